"""Whatever bytes are handed in: a submission comes of them, or a sentence, and soon."""

import ast
import io
import json
import warnings
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from submission_desk import NAMES

from grader import submission
from grader.errors import SubmissionError, UsageError

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["cell_type", "source", "input", "cells", "x"]), inner, max_size=4)
    ),
    max_leaves=20,
)
PYTHON = st.lists(
    st.sampled_from(
        [
            "def zero_pad(X, pad):",
            "\n",
            "\n    ",
            "    return X",
            "(",
            ")",
            "[",
            "]",
            "'",
            '"',
            '"""',
            "'''",
            "#",
            "\\",
            "%time",
            "!",
            "?",
            "：",
            "（",
            "，",
            "评分函数:zero_pad",
            "# 评分函数:",
            "x",
            "=",
            " ",
            "\t",
            "@",
            "class A:",
            "lambda",
            "return",
            "else:",
            "\f",
            "\r",
            "\u3000",
            "“",
            "import h",
            "print x",
            "np.float",
            "-",
            "**",
            "{",
            "}",
            ":",
            ",",
            "0",
            "async ",
            "\ufeff",
        ]
    ),
    max_size=60,
).map("".join)
LENIENT = settings(deadline=5000, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])


def holds(path):
    try:
        student = submission.load(path, NAMES, "cnn.*")
    except (SubmissionError, UsageError) as error:
        assert error.message.text("zh") and error.message.text("en")
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ast.parse(student.source.text)
    assert student.source.text.count("\n") == student.original.count("\n")
    assert (
        not student.source.places
        or len(student.source.places) == student.original.count("\n") + 1
        or not student.original
    )
    lines = student.original.count("\n") + 1
    for broken in student.broken:
        assert 1 <= broken.line <= broken.end_line <= lines
    for name, symbol in student.symbols.items():
        assert name == symbol.name
        assert 1 <= symbol.line <= symbol.end_line <= lines
    for message, at in student.remarks:
        assert message.text("zh") and message.text("en")
        submission.line(student, at)
    return student


@pytest.fixture(scope="module")
def spot(tmp_path_factory):
    return tmp_path_factory.mktemp("fuzz")


def put(spot, name, data):
    path = spot / name
    path.write_bytes(data)
    return path


@LENIENT
@given(data=st.binary(max_size=400))
@pytest.mark.parametrize("name", ["cnn.py", "cnn.ipynb", "cnn.zip"])
def test_any_bytes(spot, name, data):
    holds(put(spot, name, data))


@LENIENT
@given(text=PYTHON)
def test_scraps_of_python(spot, text):
    holds(put(spot, "cnn.py", text.encode()))


@LENIENT
@given(text=PYTHON)
def test_scraps_leave_what_is_whole(spot, text):
    """A whole function at the margin survives whatever stands before and after it, unless a string swallows it."""
    student = holds(
        put(spot, "cnn.py", f"{text}\n\ndef distribute_value(dz, shape):\n    return dz / shape[0]\n".encode())
    )
    if student is not None and not any(mark in text for mark in ('"', "'", "\\", "@", "“")):
        assert "distribute_value" in student.symbols


@LENIENT
@given(cells=st.lists(JSON | PYTHON.map(lambda text: {"cell_type": "code", "source": text}), max_size=6), rest=JSON)
@pytest.mark.parametrize("form", [3, 4])
def test_any_json(spot, form, cells, rest):
    book = {"nbformat": form, "cells": cells, "worksheets": [{"cells": cells}, rest], "metadata": rest}
    holds(put(spot, "cnn.ipynb", json.dumps(book).encode()))


@LENIENT
@given(cells=st.lists(PYTHON, max_size=4))
def test_a_cell_never_costs_another(spot, cells):
    whole = "def distribute_value(dz, shape):\n    return dz / shape[0]"
    book = {"nbformat": 4, "cells": [{"cell_type": "code", "source": source} for source in [*cells, whole]]}
    student = holds(put(spot, "cnn.ipynb", json.dumps(book).encode()))
    assert "distribute_value" in student.symbols


ARCHIVE = io.BytesIO()
with zipfile.ZipFile(ARCHIVE, "w", zipfile.ZIP_DEFLATED) as _archive:
    _archive.writestr("cnn.py", "import h\ndef zero_pad(X, pad): return X\n" * 30)
    _archive.writestr("h.py", "x = 1\n" * 30)


@LENIENT
@given(place=st.integers(0, len(ARCHIVE.getvalue()) - 1), patch=st.binary(min_size=1, max_size=6), cut=st.booleans())
def test_damaged_archives(spot, place, patch, cut):
    data = ARCHIVE.getvalue()
    data = data[:place] if cut else data[:place] + patch + data[place + len(patch) :]
    holds(put(spot, "cnn.zip", data))


@LENIENT
@given(members=st.dictionaries(st.text(min_size=1, max_size=12), st.binary(max_size=40), max_size=5))
def test_any_names_in_an_archive(spot, members):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, content in members.items():
            try:
                archive.writestr(name + ".py", content)
            except (ValueError, IndexError):
                return
    holds(put(spot, "cnn.zip", data.getvalue()))
