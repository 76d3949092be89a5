"""One cause is told once, in every format: what follows from it is counted, and the next step is that cause."""

import json

import pytest
from cli_runs import in_process

RUBRIC = """
title: T
language: en
seed: 1
submission: work.py
reference: ref.py
problems:
  first: {points: 2, checks: [{values: {zh: "数", en: numbers}, draw: {x: normal(3)}, visibility: public}]}
  second: {points: 2, checks: [{values: {zh: "数", en: numbers}, draw: {x: normal(3)}, visibility: public}]}
  third: {points: 2, checks: [{values: {zh: "数", en: numbers}, draw: {x: normal(3)}, cases: 3}]}
"""
REFERENCE = """
import numpy as np

def first(x):
    return np.sum(x)

def second(x):
    return np.max(x) - 1

def third(x):
    return np.min(x) * 2
"""


def graded(folder, text, *words, rubric=RUBRIC):
    (folder / "grading.yaml").write_text(rubric, "utf-8")
    (folder / "ref.py").write_text(REFERENCE, "utf-8")
    (folder / "work.py").write_text(text, "utf-8")
    return in_process(words, cwd=folder, environment={"COLUMNS": "80"}).stdout.decode()


def swapped(*pairs):
    text = REFERENCE
    for old, new in pairs:
        text = text.replace(old, new)
    return text


ONE_CAUSE = {
    "a missing import": (
        swapped(("import numpy as np\n", "")),
        "`import numpy as np` is missing at the top",
        "First write `import numpy as np` at the top",
    ),
    "a missing import that annotations need": (
        swapped(("import numpy as np\n", ""), ("(x):", "(x: np.ndarray):"), ("np.sum", "sum")),
        "`import numpy as np` is missing at the top",
        "First write `import numpy as np` at the top",
    ),
    "a module of the standard library": (
        swapped(("return ", "return math.floor(0) + ")),
        "`import math` is missing at the top",
        "First write `import math` at the top",
    ),
    "a helper that is not there": (
        swapped(("np.sum(x)", "total(x)"), ("np.max(x)", "total(x)"), ("np.min(x)", "total(x)")),
        "`total` is called here, and is not defined anywhere in the file.",
        "First define `total`, or correct its name (work.py:5)",
    ),
    "a helper that Python cannot read": (
        swapped(
            ("return ", "return total(x) + "), ("import numpy as np", "import numpy as np\n\ndef total(x:\n    pass")
        ),
        "total is not there, because Python cannot read it",
        "First fix the line that Python cannot read (work.py:4)",
    ),
    "a line outside the functions that fails": (
        swapped(("return ", "return SCALE * "), ("as np\n", "as np\nSCALE = float('one')\n")),
        "Line 3, outside the functions, failed, so `SCALE` is not known: ValueError",
        "First fix the line outside the functions that fails (work.py:3)",
    ),
    "a module that is not here": (
        swapped(("import numpy as np", "import torch as np")),
        "The module torch is not available here",
        "First write the functions without the module torch (work.py:2)",
    ),
    "all of a module that is not here": (
        swapped(("import numpy as np", "from mytools import *"), ("np.", "my_")),
        "The module mytools is not available here, so `my_sum` is not known.",
        "(work.py:2)",
    ),
    "a line of a helper": (
        swapped(
            ("np.sum(x)", "total(x)"),
            ("np.max(x)", "total(x)"),
            ("as np", "as np\n\ndef total(x):\n    return x / '1'"),
        ),
        "Line 5, in total:",
        "First look at total (work.py:5)",
    ),
}
FORMATS = ("text", "json", "markdown", "html", "junit", "gradescope", "github")


@pytest.mark.parametrize("name", ONE_CAUSE)
def test_one_cause_has_one_section_and_is_the_next_step(tmp_path, name):
    text, said, step = ONE_CAUSE[name]
    shown = " ".join(graded(tmp_path, text, "--lang", "en").split())
    if name == "all of a module that is not here":  # every function lacks another name of it
        assert "The module mytools is not available here" in shown
        return
    assert shown.count(said) == 1, shown
    assert f"Next: {step}" in shown, shown
    assert "functions stop because of it; their cases are not listed." in shown
    assert "handout" not in shown and "cases are not right" not in shown, shown
    chinese = graded(tmp_path, text, "--lang", "zh")
    assert "个函数因此停下" in chinese and " stop" not in chinese


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_tells_the_cause(tmp_path, format):
    text, said, _ = ONE_CAUSE["a missing import"]
    shown = graded(tmp_path, text, "--lang", "en", "--format", format)
    plain = shown.replace("\\", "").replace("&#39;", "'")
    assert said in plain, shown
    assert "NameError" not in plain or format == "json", shown
    if format == "json":
        report = json.loads(shown)
        assert {problem["cause"] for problem in report["problems"]} == {f"{said}: `np` is not known."}
        assert report["next"].startswith("First write `import numpy as np`")


OTHERWISE = {
    "a variable of one function": swapped(("np.sum(x)", "np.sum(xx)")),
    "a variable misspelt in two": swapped(("np.sum(x)", "np.sum(xx)"), ("np.max(x)", "np.max(xx)")),
    "two different names": swapped(("np.sum(x)", "total(x)"), ("np.max(x)", "most(x)")),
    "wrong numbers": swapped(("- 1", "- 2"), ("* 2", "* 3")),
    "one exception in two functions": swapped(("np.sum(x)", "x / '1'"), ("np.max(x)", "x / '1'")),
}


@pytest.mark.parametrize("name", OTHERWISE)
def test_what_has_reasons_of_its_own_has_sections_of_its_own(tmp_path, name):
    shown = graded(tmp_path, OTHERWISE[name], "--lang", "en")
    assert "stop because of it" not in shown, shown


def test_a_hidden_case_chooses_no_name_to_tell(tmp_path):
    """Of hidden cases alone, a name is told only where the line leaves no choice."""
    raising = "raise NameError(\"name '\" + ('yes' if x[0] > 0 else 'no') + \"' is not defined\") or (yes, no)"
    text = swapped(("return np.max(x) - 1", raising), ("return np.min(x) * 2", raising))
    hidden = RUBRIC.replace("public", "hidden")
    shown = graded(tmp_path, text, "--lang", "en", rubric=hidden)
    assert "stop because of it" not in shown, shown


def test_a_name_is_told_of_hidden_cases_where_the_line_leaves_no_choice(tmp_path):
    hidden = RUBRIC.replace("public", "hidden")
    for name in ("a missing import", "a line outside the functions that fails"):
        text, said, _ = ONE_CAUSE[name]
        assert said in " ".join(graded(tmp_path, text, "--lang", "en", rubric=hidden).split())


def test_the_next_step_is_a_line_to_mend_and_not_one_that_is_right(tmp_path):
    """A kit has no reference to blame a helper with: a helper that is right is called wrongly."""
    text = swapped(("np.max(x) - 1", "first([1, 'a'])"))
    (tmp_path / "kit").mkdir()
    shown = " ".join(graded(tmp_path, text, "--lang", "en").split())
    assert "Next: First fix second (work.py:8)" in shown, shown


def test_an_endless_string_is_the_next_step(tmp_path):
    shown = " ".join(graded(tmp_path, swapped(("def second", '"""notes\ndef second')), "--lang", "en").split())
    assert "Next: First fix the line that Python cannot read (work.py:7)" in shown, shown


def test_what_was_not_run_is_no_failure(tmp_path):
    text = swapped(("return np.min(x) * 2", "while True:\n        pass"))
    rubric = RUBRIC.replace("cases: 3}]", "cases: 9}, {properties: [deterministic]}], limits: {seconds: 0.5}")
    (tmp_path / "grading.yaml").write_text(rubric, "utf-8")
    (tmp_path / "ref.py").write_text(REFERENCE, "utf-8")
    (tmp_path / "work.py").write_text(text, "utf-8")

    def shown(*words):
        return in_process(words, cwd=tmp_path, environment={}).stdout.decode()

    report = json.loads(shown("--format", "json"))
    third = report["problems"][2]
    loop = next(line for line, each in enumerate(text.splitlines(), 1) if "while True" in each)
    assert f"work.py:{loop}" in report["next"]
    states = [case["status"] for check in third["checks"] for case in check["cases"]]
    assert states.count("timeout") < 4 and set(states) == {"timeout", "not_run"}, states
    assert third["checks"][1]["status"] == "not_run"
    unrun = [case["status"] for case in third["checks"][0]["cases"]].count("not_run")
    assert f"{unrun} cases not run" in shown("--lang", "en"), shown("--lang", "en")
    assert f"{unrun} 个用例未运行" in shown("--lang", "zh")
    assert "<skipped" in shown("--format", "junit") and "not run" in shown("--format", "gradescope", "--lang", "en")
    for format in ("markdown", "html"):
        assert f"{unrun} cases not run" in shown("--format", format, "--lang", "en")


def test_a_file_without_any_of_the_functions_is_told_once(tmp_path):
    shown = graded(tmp_path, "")
    assert shown.count("None of the functions to be written is in this file.") == 1, shown
    assert "There is no function called" not in shown


def test_a_removed_name_that_stopped_a_function_is_told_once(tmp_path):
    shown = graded(tmp_path, "import numpy as np\n\n\ndef first(x):\n    return np.NaN\n")
    assert shown.count("NumPy 2.0 removed np.NaN") == 1, shown
