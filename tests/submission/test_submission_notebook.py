"""Notebooks: code cells in order, each line with its cell; what is not code or not sound is passed over."""

import json

import nbformat
import pytest
from submission_desk import remarks

from grader import submission
from grader.errors import SubmissionError

DEF = "def zero_pad(X, pad):\n    return X"


def test_cells_are_joined_and_every_line_knows_its_cell(desk):
    student = desk.notebook(
        {"cell_type": "markdown", "metadata": {}, "source": "# 标题"},
        ["import numpy as np\n", "x = 1"],
        {"cell_type": "raw", "source": "raise SystemExit"},
        DEF,
    )
    assert student.source.text == f"import numpy as np\nx = 1\n{DEF}"
    assert [(place.cell, place.line) for place in student.source.places] == [(1, 1), (1, 2), (2, 1), (2, 2)]
    at = student.source.span(student.symbols["zero_pad"].line)
    assert (at.cell, at.line) == (2, 1)
    assert submission.line(student, at) == "def zero_pad(X, pad):"


@pytest.mark.parametrize("version", [3, 4])
def test_both_formats_as_jupyter_writes_them(desk, version):
    maker = getattr(nbformat, f"v{version}")
    cells = [
        maker.new_text_cell("markdown", "文字") if version == 3 else maker.new_markdown_cell("文字"),
        maker.new_code_cell(DEF),
    ]
    book = (
        maker.new_notebook(worksheets=[maker.new_worksheet(cells=cells)])
        if version == 3
        else maker.new_notebook(cells=cells)
    )
    nbformat.validate(book)
    student = desk.read(nbformat.writes(book, version=version), "cnn.ipynb")
    assert student.symbols["zero_pad"].line == 1
    assert student.source.text == DEF


def test_a_syntax_error_costs_only_its_function(desk):
    student = desk.notebook(
        DEF,
        "def conv_forward(A:\n    return A\n\ndef pool_forward(A, h):\n    return A",
        "def distribute_value(dz, shape): return dz",
    )
    assert set(student.symbols) == {"zero_pad", "pool_forward", "distribute_value"}
    (broken,) = student.broken
    assert (broken.function, broken.at.cell, broken.at.line) == ("conv_forward", 2, 1)


@pytest.mark.parametrize(
    "cell", ["x = (1,", 's = """never closed', "def f():", "x = 1 +\\", "if x:", "print 'x'", "a b c"]
)
def test_a_broken_cell_leaves_the_others(desk, cell):
    student = desk.notebook(DEF, cell, "def distribute_value(dz, shape): return dz")
    assert {"zero_pad", "distribute_value"} <= set(student.symbols)
    assert [broken.at.cell for broken in student.broken] == [2]


def test_magics_are_blanked_and_never_deleted(desk):
    cell = (
        "%matplotlib inline\n%load_ext autoreload\nimport numpy as np\n"
        "!pip install h5py \\\n    keras\n?np.pad\nnp.pad?\nfiles = !ls\nt = %time 3\n"
        "if True:\n    %time 1\nx = (5\n  % 3)\ny = 7 \\\n  % 4\n" + DEF
    )
    student = desk.notebook(cell)
    assert not student.broken
    assert student.original == cell
    lines = student.source.text.split("\n")
    assert lines[:9] == ["", "", "import numpy as np", "", "", "", "", "files = []", "t = None"]
    assert lines[9:13] == ["if True:", "    1", "x = (5", "  % 3)"]
    assert student.symbols["zero_pad"].line == 16


@pytest.mark.parametrize(
    ("magic", "runs"),
    [
        ("%time y = x * 2", "y = x * 2"),
        ("    %time y = x * 2", "    y = x * 2"),
        ("%time  f(1)", "f(1)"),
        ("%time --no-raise-error y = 1", "y = 1"),
        ("%prun -q y = f(3)", "y = f(3)"),
        ("%time y = f(1, \\\n    2)", "y = f(1, \\\n    2)"),
        ("%time -x", ""),
        ("%time", ""),
        ("%timeit y = f(3)", ""),
        ("    %timeit y = f(3)", "    pass"),
        ("files = !ls -l", "files = []"),
        ("    a, b = !ls", "    a, b = []"),
        ("here = %pwd", "here = None"),
        ("    !echo hi", "    pass"),
        ("%timer y = 3", ""),
    ],
)
def test_what_a_magic_times_is_run_and_what_it_binds_is_bound(desk, magic, runs):
    assert desk.notebook(f"if 1:\n    pass\n{magic}\nz = 1").source.text == f"if 1:\n    pass\n{runs}\nz = 1"


def test_magics_of_an_exported_script(desk):
    student = desk.read(f"# In[1]:\nget_ipython().run_line_magic('matplotlib', 'inline')\n%autoreload 2\n{DEF}\n!ls\n")
    assert not student.broken
    assert "get_ipython()" in student.source.text
    assert student.source.text.split("\n")[2] == ""
    assert student.symbols["zero_pad"].line == 4


def test_percent_signs_in_strings_are_no_magics(desk):
    text = 's = """\n%matplotlib inline\n!ls\n"""\nt = 7 \\\n%3\n'
    assert desk.read(text).source.text == text


@pytest.mark.parametrize(
    ("magic", "kept"),
    [
        ("%%time", True),
        ("%%capture out", True),
        ("%%html", False),
        ("%%bash", False),
        ("%%writefile cnn.py", False),
        ("%%timeit", False),
    ],
)
def test_cell_magics(desk, magic, kept):
    student = desk.notebook(f"{magic}\n{DEF}")
    assert ("zero_pad" in student.symbols) is kept
    assert student.source.text.count("\n") == 2
    if kept:
        assert student.symbols["zero_pad"].line == 2
    else:
        assert remarks(student)[0] == (f"This cell begins with {magic.split()[0]}, so it was not read.", 1, 0)


def test_an_indented_cell_runs_as_in_ipython(desk):
    student = desk.notebook("x = 1", "    def zero_pad(X, pad):\n        return X\n    y = 2")
    assert "zero_pad" in student.symbols
    assert not student.broken


def test_odd_cells_are_skipped_with_a_remark(desk):
    odd = [
        {"cell_type": "code", "source": None},
        {"cell_type": "code", "source": 12},
        {"cell_type": "code", "source": ["import numpy\n", 5]},
        {"cell_type": "code", "source": {"x": 1}},
        {"cell_type": "code"},
        {"source": "x = 1"},
        {"cell_type": "code", "source": "x = '\0'"},
    ]
    book = {"cells": [*odd, [], "cell", None, {"cell_type": "code", "source": DEF}], "nbformat": 4}
    student = desk.read(json.dumps(book), "cnn.ipynb")
    assert len(student.remarks) == 10
    assert [at.cell for _, at in student.remarks] == list(range(1, 11))
    assert student.source.span(student.symbols["zero_pad"].line).cell == 11


def test_lone_surrogates_become_harmless(desk):
    student = desk.read('{"nbformat": 4, "cells": [{"cell_type": "code", "source": "x = \'\\ud800\'"}]}', "cnn.ipynb")
    student.source.text.encode()
    assert student.source.text == "x = '\ufffd'"


def test_saved_outputs_prove_nothing(desk):
    student = desk.notebook(
        {
            "cell_type": "code",
            "outputs": [{"output_type": "stream", "text": "def conv_forward(): pass\nAll tests passed"}],
            "metadata": {"nbgrader": {"points": 100}},
            "source": DEF,
        }
    )
    assert set(student.symbols) == {"zero_pad"}
    assert "passed" not in student.source.text + student.original


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('{"cells": [,', "not valid JSON"),
        ("", "not valid JSON"),
        ("[1, 2]", "a notebook is a JSON object"),
        ("[" * 100_000, "nested too deeply"),
        ('{"a":' * 100_000, "nested too deeply"),
        ('{"nbformat": 4, "x": ' + "9" * 5000 + "}", "far too long"),
        ('{"cells": [], "nbformat": 2}', "format is 2; formats 3 and 4"),
        ('{"cells": [], "nbformat": 5}', "format is 5"),
        ('{"cells": [], "nbformat": "4"}', "format is '4'"),
        ('{"cells": [], "nbformat": 4.0}', "format is 4.0"),
        ('{"cells": []}', "format is None"),
        ('{"nbformat": 4}', "no list of cells"),
        ('{"nbformat": 4, "cells": {}}', "no list of cells"),
        ('{"nbformat": 4, "cells": [], "cells": []}', 'The key "cells" stands twice'),
        (
            '{"nbformat": 4, "cells": [{"cell_type": "code", "source": "a", "source": "b"}]}',
            'The key "source" stands twice',
        ),
        ('{"nbformat": 4, "cells": [' + ",".join(["0"] * 5001) + "]}", "5001 cells"),
        ('{"nbformat": 4, "cells": [' + ",".join(["[]"] * 1_500_001) + "]}", "clear its outputs"),
    ],
)
def test_what_is_no_notebook_is_refused_in_a_sentence(desk, text, sentence):
    with pytest.raises(SubmissionError) as caught:
        desk.read(text, "cnn.ipynb")
    assert sentence in caught.value.message.text("en")
    assert caught.value.at.path.endswith("cnn.ipynb")


def test_the_place_of_invalid_json_is_named(desk):
    with pytest.raises(SubmissionError) as caught:
        desk.read('{\n "cells": [\n  oops\n', "cnn.ipynb")
    assert (caught.value.at.line, caught.value.at.column) == (3, 3)
    with pytest.raises(SubmissionError) as caught:
        desk.read('{"nbformat": 4, "cells": [{}, {"cell_type": "code", "source": "", "source": ""}]}', "cnn.ipynb")
    assert caught.value.at.cell == 2


def test_keys_that_do_not_matter_may_stand_twice(desk):
    student = desk.read(
        '{"nbformat": 4, "metadata": {"a": 1, "a": 2}, "cells": [{"cell_type": "code", "source": "x = 1"}]}',
        "cnn.ipynb",
    )
    assert student.source.text == "x = 1"
