"""`grade init --from-notebook`: a solved notebook becomes an assignment whose reference gets full marks."""

import ast
import json
import subprocess
import sys

import pytest
import solved_notebooks as made
import yaml
from new_kit import blocks, report, run, statuses


def start(folder, notebook, *words):
    """Make an assignment called `new` from a notebook; return the run and the rubric as written."""
    done = run(folder, "init", "new", "--from-notebook", str(notebook), *words)
    rubric = folder / "new" / "grading.yaml"
    return done, yaml.safe_load(rubric.read_text("utf-8")) if rubric.is_file() else None


def assert_it_works(folder, file):
    """Hold an assignment to what every one made from a notebook is: right, empty, consistent, releasable."""
    reference = report(folder, f"solutions/{file}")
    assert {problem["status"] for problem in reference["problems"]} == {"passed"}
    assert set(statuses(folder).values()) == {"not_attempted"}
    assert run(folder, "release", "--check").returncode == 0
    assert run(folder, "release", "kit").returncode == 0
    assert set(statuses(folder / "kit").values()) == {"not_attempted"}


@pytest.mark.slow
def test_the_shipped_assignment_comes_back_from_its_notebook(tmp_path):
    done, rubric = start(tmp_path, made.shipped(tmp_path / "CNN step by step.ipynb"))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("Wrote 7 files to new.\nNext: cd new && grade\n")
    assert_it_works(tmp_path / "new", "cnn_step_by_step.py")
    text = (tmp_path / "new" / "solutions" / "cnn_step_by_step.py").read_text("utf-8")
    shipped = (made.ROOT / "solutions" / "cnn.py").read_text("utf-8")
    assert ast.dump(ast.parse(text)) == ast.dump(ast.parse(shipped)).replace(
        ast.dump(ast.parse(shipped).body[0]), ast.dump(ast.parse(text).body[0])
    )
    assert "h5py" not in text
    assert "# 评分函数(可选):pool_backward" in text
    problems = rubric["problems"]
    bonus = [name for name, problem in problems.items() if problem.get("bonus")]
    assert bonus == ["conv_backward", "create_mask_from_window", "distribute_value", "pool_backward"]
    forward, again, wider = problems["conv_forward"]["checks"][:3]
    assert forward["legacy_seed"] == 1
    assert forward["draw"] == {
        "A_prev": "randn(10, 4, 4, 3)", "W": "randn(2, 2, 3, 8)", "b": "randn(1, 1, 1, 8)",
        "hparameters": {"pad": 2, "stride": 2},
    }  # fmt: skip
    assert forward["show"]["Z's mean"] == "mean(Z)"
    assert again["draw"]["A_prev"] == "normal(10, 4, 4, 3)"
    assert "legacy_seed" not in again
    assert wider["draw"]["A_prev"].startswith("normal(")
    assert not wider["draw"]["A_prev"].startswith("normal(10, 4")
    assert problems["conv_backward"]["checks"][0]["draw"]["dZ, cache"].startswith("conv_forward(A_prev, W, b, ")


def test_nbgrader_cells(tmp_path):
    done, rubric = start(tmp_path, made.save(tmp_path / "means.ipynb", *made.NBGRADER))
    assert (done.returncode, done.stderr) == (0, "")
    assert_it_works(tmp_path / "new", "means.py")
    problems = rubric["problems"]
    assert {name: problem["points"] for name, problem in problems.items()} == {"centre": 2.5, "scale": 4}
    assert problems["centre"]["returns"] == ["centred", "mean"]
    public = [check for check in problems["scale"]["checks"] if "example" in check]
    hidden = [check for check in problems["scale"]["checks"] if "values" in check]
    assert [check["draw"] for check in public] == [{"x": "rand(2, 3)"}]
    assert {"x": "rand(2, 3)", "by": 3} in [check["draw"] for check in hidden]
    handout = (tmp_path / "new" / "assignment" / "README.md").read_text("utf-8")
    assert "by=3" not in handout
    for code in blocks(handout, "python"):
        subprocess.run([sys.executable, "-c", code], check=True, cwd=tmp_path / "new" / "solutions")


def test_what_a_person_grades_and_what_only_informs(tmp_path):
    done, rubric = start(tmp_path, made.save(tmp_path / "means.ipynb", *made.BY_HAND))
    assert (done.returncode, done.stderr) == (0, "")
    assert_it_works(tmp_path / "new", "means.py")
    assert {name: problem["points"] for name, problem in rubric["problems"].items()} == {"centre": 0, "scale": 4}
    assert rubric["manual"] == {
        "why_centre": {"title": "Why centre?", "points": 3},
        "centre_2": {"title": "Draw the points.", "points": 2},
    }  # fmt: skip
    assert "    #   - the SECRET is seen: 1\n" in (tmp_path / "new" / "grading.yaml").read_text("utf-8")
    handout = (tmp_path / "new" / "assignment" / "README.md").read_text("utf-8")
    assert "Answer in two sentences." in handout and "Draw the points." in handout
    given = [path for path in (tmp_path / "new" / "kit").rglob("*") if path.is_file()]
    texts = [handout, *(path.read_text("utf-8") for path in given)]
    assert not [text for text in texts if "SECRET" in text], "an answer and a mark scheme are not for students"


def test_otter_regions(tmp_path):
    done, rubric = start(tmp_path, made.save(tmp_path / "numbers.ipynb", *made.OTTER))
    assert (done.returncode, done.stderr) == (0, "")
    assert_it_works(tmp_path / "new", "assignment_numbers.py")
    assert rubric["problems"]["fib"]["points"] == 3
    assert [(next(iter(check)), check["draw"]) for check in rubric["problems"]["fib"]["checks"]][:2] == [
        ("example", {"n": 7}), ("values", {"n": 10}),
    ]  # fmt: skip
    stub = (tmp_path / "new" / "assignment" / "assignment_numbers.py").read_text("utf-8")
    assert "before = None" in stub
    assert "total = None" in stub
    assert "# add the two before" in stub
    assert "fib(n - " not in stub


SUM = made.code("# GRADED FUNCTION: total\ndef total(rows):\n    return sum(map(sum, rows))")


def test_what_a_draw_cannot_say_becomes_a_generator(tmp_path):
    cells = [
        made.code("import numpy as np\nimport random"),
        SUM,
        made.code("def make(n):\n    return [[i * j for j in range(n)] for i in range(n)]"),
        made.code(
            "rows = []\nfor i in range(3):\n    rows.append([i, i + 1])\nprint('total =', total(rows))",
            "total = 9\n",
        ),
        made.code("np.random.seed(5)\na = make(2)\nfor row in a:\n    row.append(float(np.random.rand()))\ntotal(a)"),
    ]
    done, rubric = start(tmp_path, made.save(tmp_path / "sums.ipynb", *cells))
    assert (done.returncode, done.stderr) == (0, "")
    assert_it_works(tmp_path / "new", "sums.py")
    checks = rubric["problems"]["total"]["checks"]
    assert [check["generator"] for check in checks if "example" in check] == ["total_1", "total_2"]
    assert "np.random.seed(5)" in (tmp_path / "new" / "solutions" / "generators.py").read_text("utf-8")
    (hidden,) = [check for check in checks if "values" in check]
    assert hidden["draw"]["rows"].startswith("[[0, 0, uniform(")


def test_a_call_that_cannot_be_repeated_is_told(tmp_path):
    cells = [
        made.code("import numpy as np"),
        SUM,
        made.code("total(np.random.rand(2, 2))"),
        made.code("data = load('file.csv')\ntotal(data)"),
        made.code("total([[1, 2]])"),
    ]
    done, rubric = start(tmp_path, made.save(tmp_path / "sums.ipynb", *cells))
    assert done.returncode == 0
    told = done.stdout.splitlines()
    assert [line.partition(":")[0] for line in told if "makes no check" in line] == [" 1. Cell 4"]
    assert len([check for check in rubric["problems"]["total"]["checks"] if "example" in check]) == 2
    assert_it_works(tmp_path / "new", "sums.py")


def test_a_call_that_the_solution_fails_is_left_out(tmp_path):
    cells = [SUM, made.code("total(None)"), made.code("total([[1, 2]])")]
    done, rubric = start(tmp_path, made.save(tmp_path / "sums.ipynb", *cells))
    assert done.returncode == 0
    assert "Cell 2: a call of total makes no check: TypeError" in done.stdout
    assert [check["draw"] for check in rubric["problems"]["total"]["checks"]] == [{"rows": "[[1, 2]]"}]


def test_an_output_that_is_no_longer_true_is_told(tmp_path):
    cells = [SUM, made.code("print('total =', total([[1, 2]]))", "total = 4\n")]
    done, _ = start(tmp_path, made.save(tmp_path / "sums.ipynb", *cells))
    assert done.returncode == 0
    assert "Cell 2: total no longer returns what is printed here." in done.stdout


def test_a_module_beside_the_notebook_comes_along(tmp_path):
    (tmp_path / "rates.py").write_text("RATE = 3\n", "utf-8")
    cells = [
        made.code("from rates import RATE"),
        made.code(
            "def price(n):\n    ### START CODE HERE ###\n    p = n * RATE\n    ### END CODE HERE ###\n    return p"
        ),
        made.code("price(4)", "12\n"),
    ]
    done, _ = start(tmp_path, made.save(tmp_path / "prices.ipynb", *cells))
    assert done.returncode == 0
    assert_it_works(tmp_path / "new", "prices.py")
    assert (tmp_path / "new" / "assignment" / "rates.py").is_file()


def test_pictures_come_along(tmp_path):
    picture = made.text("# Sums\n![a](attachment:a.png)", attachments={"a.png": {"image/png": "aGFsbG8="}})
    done, _ = start(tmp_path, made.save(tmp_path / "sums.ipynb", picture, SUM, made.code("total([[1]])")))
    assert done.returncode == 0
    assert (tmp_path / "new" / "assignment" / "figures" / "a.png").read_bytes() == b"hallo"
    assert "![a](figures/a.png)" in (tmp_path / "new" / "assignment" / "README.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("no json", "is not a notebook"),
        ("[]", "is not a notebook"),
        ('{"cells": [3]}', "is not a notebook"),
        ('{"cells": []}', "No function to be graded was found"),
        (json.dumps({"cells": [made.code("def f(x):\n    return x\nf(1)")]}), "No function to be graded was found"),
        (json.dumps({"cells": [SUM]}), "No call of a graded function"),
    ],
)
def test_what_makes_no_assignment_is_told(tmp_path, text, told):
    (tmp_path / "a.ipynb").write_text(text, "utf-8")
    done, rubric = start(tmp_path, tmp_path / "a.ipynb")
    assert (done.returncode, rubric) == (2, None)
    assert told in done.stderr


def test_nothing_is_overwritten(tmp_path):
    notebook = made.save(tmp_path / "sums.ipynb", SUM, made.code("total([[1, 2]])"))
    (tmp_path / "new" / "solutions").mkdir(parents=True)
    mine = tmp_path / "new" / "solutions" / "sums.py"
    mine.write_text("precious = 1\n", "utf-8")
    done, rubric = start(tmp_path, notebook)
    assert (done.returncode, rubric) == (2, None)
    assert mine.read_text("utf-8") == "precious = 1\n"
    assert [path.name for path in (tmp_path / "new").rglob("*.*")] == ["sums.py"]


def test_a_marker_after_the_last_return_belongs_to_the_function(tmp_path):
    notebook = made.save(
        tmp_path / "n.ipynb",
        made.code("import numpy as np"),
        made.code(
            "# GRADED FUNCTION: half\ndef half(x):\n    ### BEGIN SOLUTION\n    return x / 2\n\n"
            "    ### END SOLUTION\n\n# below\n"
        ),
        made.code("print(half(np.array([1.0, 3.0])))", "[0.5 1.5]\n"),
    )
    done, _ = start(tmp_path, notebook, "--lang", "en")
    assert (done.returncode, done.stderr) == (0, "")
    assert_it_works(tmp_path / "new", "n.py")
    stub = (tmp_path / "new" / "assignment" / "n.py").read_text("utf-8")
    assert "    ### BEGIN SOLUTION\n    return None\n\n    ### END SOLUTION\n" in stub
    assert "{" not in (tmp_path / "new" / "README.md").read_text("utf-8")
    assert "grade release ../new-kit" in (tmp_path / "new" / "README.md").read_text("utf-8")


def test_a_region_that_never_ends_is_told_by_its_cell_and_ends_with_its_block(tmp_path):
    body = "def f(x):\n    ### START CODE HERE ###\n    y = x + 1\n    return y"
    made.save(tmp_path / "n.ipynb", made.code("x = 1"), made.code(body), made.code("f(1.5)"))
    done = run(tmp_path, "init", "new", "--from-notebook", "n.ipynb", "--lang", "en")
    assert done.returncode == 0
    assert " 1. Cell 2, line 2: `### START CODE HERE ###` is not one of a pair." in done.stdout
    stub = (tmp_path / "new" / "assignment" / "n.py").read_text("utf-8")
    assert "    y = None\n    ### END CODE HERE ###\n    return y" in stub
