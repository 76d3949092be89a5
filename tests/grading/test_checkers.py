"""An author's own function judges: beside the reference, by data alone, and its faults cost no student a point."""

from fractions import Fraction

import pytest
from grading_kit import by_function
from hypothesis import given, settings
from hypothesis import strategies as st

from grader import submission
from grader.author.kit.autograder import autograder
from grader.author.kit.kit import build
from grader.author.kit.sealing import seal_hidden
from grader.author.kit.wheel import Wheel
from grader.checks.checkers import read_verdict
from grader.cli.paths import refuse_own_files
from grader.course.parcels import lay, parcel
from grader.errors import EngineError, RubricError
from grader.grading import for_students, grade, prepare, read
from grader.grading.cache import Wanted, remember

RUBRIC = """\
title: T
language: en
seed: 7
submission: hw.py
reference: r.py
problems:
  f:
    points: 40
    checks:
      - values: random
        draw: {n: 3..6, X: "normal(n, 2)", k: 2}
        checker: checkers.py:WORK
        visibility: VISIBLE
"""
REFERENCE = "def f(X, k):\n    return X[:k]\n"
CHECKERS = '''
def accepts(X, k, result, expected, inputs):
    """Half for the shape, all for rows of X."""
    assert set(inputs) == {"n", "X", "k"} and expected.shape == (k, 2)
    if getattr(result, "shape", None) != (k, 2):
        return {"share": 0, "says": f"{k} rows are wanted."}
    known = {tuple(row) for row in X.tolist()}
    return all(tuple(row) in known for row in result.tolist()) or (0.5, "Not all rows are of X.")


def never(result):
    return False


def raises(result, expected):
    return 1 / (not (result != expected).any())


def nonsense(result):
    return "yes"


def endless(result):
    while True:
        pass


def wants(secret):
    return True
'''


@pytest.fixture
def ready(engine, tmp_path):
    def prepare_text(work, visible="public", more=""):
        (tmp_path / "r.py").write_text(REFERENCE, "utf-8")
        (tmp_path / "checkers.py").write_text(CHECKERS, "utf-8")
        text = RUBRIC.replace("WORK", work).replace("VISIBLE", visible) + more
        (tmp_path / "grading.yaml").write_text(text, "utf-8")
        return prepare(read(tmp_path / "grading.yaml"), engine)

    return prepare_text


@pytest.fixture
def graded(engine, tmp_path):
    def grade_text(prepared, body):
        (tmp_path / "hw.py").write_text(f"def f(X, k):\n    return {body}\n", "utf-8")
        return grade(prepared, submission.load(tmp_path / "hw.py", ["f"]), engine)

    return grade_text


@pytest.mark.parametrize(
    ("body", "score", "said"),
    [
        ("X[:k]", 40, ""),
        ("X[-k:]", 40, ""),
        ("X[:k] + 1", 20, "Not all rows are of X."),
        ("X[:1]", 0, "2 rows are wanted."),
        ("None", 0, "2 rows are wanted."),
        ("{'a': 1}", 0, "2 rows are wanted."),
        ("[object(), X]", 0, "object"),
        ("1 / 0", 0, "ZeroDivisionError"),
    ],
)
def test_what_the_checker_says_counts(ready, graded, body, score, said):
    found = by_function(graded(ready("accepts"), body))["f"]
    assert found.score == score
    if said:
        assert said in found.checks[0].cases[0].message.text("en")


def test_a_hidden_case_keeps_the_checkers_sentence(ready, graded):
    found = by_function(for_students(graded(ready("accepts", "hidden"), "X[:k] + 1")))["f"]
    assert found.score == 20
    for language in ("en", "zh"):
        assert "rows" not in found.checks[0].message.text(language)


@pytest.mark.parametrize(
    ("work", "said"),
    [
        ("never", "does not accept"),
        ("nonsense", "no verdict"),
        ("wants", "`secret`"),
        ("missing", "no function `missing`"),
    ],
)
def test_a_checker_that_is_no_use_is_the_authors_fault(ready, work, said):
    with pytest.raises(RubricError) as caught:
        ready(work)
    fault = caught.value.faults[0]
    assert said in fault.message.text("en")
    assert fault.at.line == 12


def test_a_checker_that_fails_on_an_answer_costs_nothing(ready, graded):
    prepared = ready("raises")
    with pytest.raises(EngineError) as caught:
        graded(prepared, "X[:k] + 1")
    said = caught.value.message.text("en")
    assert "checkers.py:raises" in said and "ZeroDivision" not in said


def test_a_file_that_is_not_there_and_two_judges(ready):
    with pytest.raises(RubricError) as caught:
        ready("accepts", more="        holds: {a: k == 2}\n")
    assert "not by both" in caught.value.faults[0].message.text("en")
    with pytest.raises(RubricError) as caught:
        ready("a.py:accepts")
    assert "no file" in caught.value.faults[0].message.text("en")


def test_a_kit_has_no_checker(ready):
    more = '      - example: shown\n        draw: {X: "normal(3, 2)", k: 2}\n'
    prepared = ready("accepts", "public", more)
    kit = build(prepared)
    assert kit.checks == {("f", "shown")}
    assert b"checker" not in b"".join(kit.files.values())
    assert seal_hidden(ready("accepts", "hidden", more)).left_out[0].reason.text("en")


@given(st.floats(0, 1), st.text(max_size=5))
@settings(deadline=None)
def test_a_share_may_come_with_a_sentence(share, text):
    for verdict in (share, (share, text), [share, text], {"share": share, "says": text}):
        found = read_verdict(verdict)
        assert found is not None and abs(float(found[0]) - share) <= 1e-6
    assert read_verdict(True) == (Fraction(1), "")


@pytest.mark.parametrize("value", [None, "a", 2, -0.1, float("nan"), (1, 2), (1, "a", "b"), {"says": "a"}, [], {}, 1j])
def test_what_is_no_verdict(value):
    assert read_verdict(value) is None


def test_a_file_that_is_gone_costs_nobody_a_point(ready, graded, tmp_path):
    prepared = ready("accepts")
    (tmp_path / "checkers.py").unlink()
    with pytest.raises(EngineError):
        graded(prepared, "X[:k]")


def test_a_preparation_with_a_checker_is_not_remembered(ready, engine, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    prepared = ready("accepts")
    remember(Wanted(rubric=prepared.plan.rubric.path), prepared, engine)
    assert not list(tmp_path.glob("cache/**/*.prepared"))


def test_a_checker_goes_where_its_rubric_goes_and_is_followed_from_nowhere_else(tmp_path, engine):
    """An autograder and another machine need its file; in what is graded it may have been handed in."""
    for name, text in {"hw.py": REFERENCE, "r.py": REFERENCE, "in/checkers.py": CHECKERS}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    rubric = RUBRIC.replace("checkers.py:WORK", "in/checkers.py:accepts").replace("VISIBLE", "hidden")
    (tmp_path / "grading.yaml").write_text(rubric, "utf-8")
    plan = read(tmp_path / "grading.yaml")
    assert "course/in/checkers.py" in autograder(plan, Wheel(name="pingfen-0-py3-none-any.whl", data=b"")).files
    there = tmp_path / "there"
    there.mkdir()
    assert lay(parcel(plan, None, engine, "", ()), there).digest == plan.digest
    (tmp_path / "in/hw.py").write_text(REFERENCE, "utf-8")
    with pytest.raises(RubricError) as caught:
        refuse_own_files(plan.rubric, [tmp_path / "in"], reference=True)
    (fault,) = caught.value.faults
    assert fault.message.text("en").startswith("`checks` is ")
