"""A platform that calls `grade` gets a file in any case, and never a zero for what is not the student's fault."""

import json

import pytest
from cli_runs import in_process

from grader.cli import grading

RUBRIC = """
title: T
language: en
seed: 1
submission: work.py
reference: ref.py
problems:
  first: {points: 3, checks: [{values: numbers, draw: {x: normal(3)}, visibility: public}]}
  second: {points: 1, checks: [{values: numbers, draw: {x: normal(3)}}]}
  extra: {points: 2, bonus: true, checks: [{values: numbers, draw: {x: normal(3)}}]}
"""
REFERENCE = "def first(x):\n    return x + 1\n\ndef second(x):\n    return 2 * x\n\ndef extra(x):\n    return x - 1\n"
PLATFORMS = ("prairielearn", "gradescope", "github")


def graded(folder, format, text, *words, rubric=RUBRIC):
    """Return the exit code and what was written."""
    (folder / "grading.yaml").write_text(rubric, "utf-8")
    (folder / "ref.py").write_text(REFERENCE, "utf-8")
    if text is not None:
        (folder / "work.py").write_text(text, "utf-8")
    place = folder / "results"
    place.unlink(missing_ok=True)
    words = (*words, "--lang", "en", "--format", format, "--output", place)
    code = in_process(words, cwd=folder, environment={"COLUMNS": "80"}).returncode
    return code, place.read_text("utf-8")


def test_prairielearn_has_a_share_and_a_test_a_check(tmp_path):
    for text, share in (
        (REFERENCE.replace("x + 1", "x"), 0.75),  # a bonus makes up for what is lost
        (REFERENCE, 1.0),
        (REFERENCE.replace("x + 1", "x").replace("x - 1", "x"), 0.25),
    ):
        results = json.loads(graded(tmp_path, "prairielearn", text)[1])
        assert (results["gradable"], results["score"]) == (True, share)
        assert [test["max_points"] for test in results["tests"]] == [3, 1, 2]
    test = results["tests"][0]
    assert (test["name"], test["points"]) == ("first: numbers", 0) and "x + 1" not in json.dumps(results["tests"][1:])
    assert "is expected" in test["output"] and "Next: First fix first" in results["message"]
    assert "format_errors" not in results


def failing_engine(*_args, **_more):
    raise ValueError("ours")


OURS = "our own failure"
TROUBLES = {
    "no submission": (None, ["handed_in"], "handed_in is not there"),
    "no function can be read": ("def first(x):\n    return (x\n", [], "never closed"),
    "not a Python file": ("\0\0\0\0", [], ""),
    "the rubric": (REFERENCE, ["--rubric", "none.yaml"], "none.yaml"),
    "a wrong name": (REFERENCE, ["--only", "third"], "third"),
    "several submissions": (REFERENCE, ["two"], "two"),
    OURS: (REFERENCE, [], "The grader itself failed here"),
}


@pytest.mark.parametrize("format", PLATFORMS)
def test_a_platform_gets_a_file_in_any_case(tmp_path, monkeypatch, format):
    (tmp_path / "two").mkdir()
    for name in ("a.py", "b.py"):
        (tmp_path / "two" / name).write_text(REFERENCE, "utf-8")
    for name, (text, words, said) in TROUBLES.items():
        with monkeypatch.context() as patch:
            if name == OURS:
                patch.setattr(grading.grading, "handed_in", failing_engine)
            code, written = graded(tmp_path, format, text, *words)
        assert said in " ".join(written.split()) and code in (1, 2, 3), (name, written)
        assert (code == 3) == (name == OURS), name
        if format == "github":
            assert "::error " in written, (name, written)
        elif format == "gradescope":
            theirs = name in ("no function can be read", "not a Python file", "several submissions")
            assert ("score" in json.loads(written)) == theirs, (name, written)
        else:
            results = json.loads(written)
            assert results["gradable"] is False and results["message"] == results["format_errors"][0], name
            assert "score" not in results and "tests" not in results, name


def test_what_can_be_read_is_gradable(tmp_path):
    code, written = graded(
        tmp_path, "prairielearn", REFERENCE.replace("return 2 * x", "return (2 * x").replace("x - 1", "x")
    )
    results = json.loads(written)
    assert code == 1 and results["gradable"] and results["score"] < 1 and "never closed" in results["message"]


def test_prairielearn_takes_a_million_bytes_at_most(tmp_path):
    checks = ", ".join(f"{{values: n{number}, draw: {{x: normal(200)}}, visibility: public}}" for number in range(60))
    rubric = RUBRIC.replace("[{values: numbers, draw: {x: normal(3)}, visibility: public}]", f"[{checks}]")
    text = REFERENCE.replace("return x + 1", "print('\\N{CJK UNIFIED IDEOGRAPH-4E00}' * 5000)\n    return x * 2")
    _, written = graded(tmp_path, "prairielearn", text, rubric=rubric)
    assert len(json.loads(written).get("tests", ())) == 62, written[:400]
    assert len(written.encode()) < 1_000_000


def test_later_steps_of_a_job_learn_the_points(tmp_path, monkeypatch):
    outputs = tmp_path / "outputs"
    monkeypatch.setenv("GITHUB_OUTPUT", str(outputs))
    work = REFERENCE.replace("return 2 * x", "print('points=100')\n    return x")
    assert graded(tmp_path, "github", work)[0] == 1
    assert outputs.read_text("utf-8") == "graded=true\npoints=3\nmax-points=4\nbonus=2\n"
    outputs.unlink()
    assert graded(tmp_path, "github", REFERENCE, "--rubric", "none.yaml")[0] == 2
    assert outputs.read_text("utf-8") == "graded=false\npoints=\nmax-points=\nbonus=\n"
    outputs.unlink()
    graded(tmp_path, "json", REFERENCE)
    assert not outputs.exists()
