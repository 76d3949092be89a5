"""The whole pipeline on real sources: who gets what, and for what reason."""

from fractions import Fraction

import pytest
from grading_kit import ROOT, by_function

from grader import submission
from grader.errors import EngineError, RubricError, SubmissionError, UsageError
from grader.explain import failing
from grader.grading import for_students, grade, prepare, read, ungraded
from grader.model import Exhibit

BROKEN_PAD = "((0, 0), (0, pad), (0, pad), (0, 0))"
RIGHT_PAD = "((0, 0), (pad, pad), (pad, pad), (0, 0))"


def test_the_reference_gets_everything(graded, reference_text):
    report = graded(reference_text)
    assert (report.score, report.bonus) == (report.max_score, report.max_bonus) == (100, 50)
    assert {problem.status for problem in report.problems} == {"passed"}


def test_the_stub_is_not_attempted(graded):
    report = graded((ROOT / "assignment/cnn.py").read_text("utf-8"))
    assert (report.score, report.bonus) == (0, 0)
    assert {problem.status for problem in report.problems} == {"not_attempted"}


def test_points_add_up_to_the_last_cent(graded, reference_text):
    report = graded(reference_text.replace("vert_start = h * stride", "vert_start = h"))
    assert 0 < report.score < 100
    for problem in report.problems:
        assert sum(check.score for check in problem.checks) == problem.score
        assert sum(check.max_score for check in problem.checks) == problem.max_score
    assert report.score == sum(problem.score for problem in report.problems if not problem.bonus)
    assert all(isinstance(problem.score, Fraction) for problem in report.problems)


def test_a_wrong_helper_is_paid_for_once(graded, reference_text):
    assert RIGHT_PAD in reference_text
    found = by_function(graded(reference_text.replace(RIGHT_PAD, BROKEN_PAD)))
    assert found["zero_pad"].score < found["zero_pad"].max_score
    assert (found["conv_forward"].status, found["conv_forward"].blames) == ("passed", ("zero_pad",))
    assert "zero_pad" in found["conv_forward"].message.text("zh")
    assert found["conv_backward"].score == found["conv_backward"].max_score


def test_a_stub_is_not_rescued_by_right_helpers(graded):
    stub = (ROOT / "assignment/cnn.py").read_text("utf-8")
    assert all(problem.blames == () for problem in graded(stub).problems)


def test_zeros_of_the_right_shape_earn_nothing_for_changing_nothing(graded):
    report = graded("import numpy as np\ndef zero_pad(X, pad):\n    return np.zeros((1, 1, 1, 1))\n")
    assert by_function(report)["zero_pad"].score == 0


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("while True: pass", "timeout"),
        ("raise ValueError(X)", "error"),
        ("import os; os._exit(0)", "crashed"),
        ("return [0] * (1 << 40)", "out_of_memory"),
        ("return X[0]", "failed"),
        ("raise NotImplementedError", "not_attempted"),
        ("pass", "not_attempted"),
    ],
)
def test_states_are_told_apart(prepared, engine, tmp_path, body, status):
    quick = prepare(read(ROOT / "grading.yaml"), engine, ["zero_pad"])
    path = tmp_path / "cnn.py"
    path.write_text(f"def zero_pad(X, pad):\n    {body}\n", "utf-8")
    (problem,) = grade(quick, submission.load(path, ["zero_pad"]), engine).problems
    assert problem.status == status
    assert problem.score == 0
    assert problem.message.text("zh") != problem.message.text("en")


def test_a_missing_function_and_a_broken_one(graded, reference_text):
    broken = reference_text.replace("def zero_pad(X, pad):", "def zero_pad(X, pad:")
    found = by_function(graded(broken))
    assert found["zero_pad"].status == "ungradable"
    assert found["zero_pad"].listing.caret
    assert found["pool_forward"].status == "passed"
    gone = by_function(graded("x = 1\n"))
    assert {problem.status for problem in gone.values()} == {"missing"}


def test_warnings_and_prints_cost_nothing(graded, reference_text):
    noisy = reference_text.replace(
        "    return X_pad",
        "    import sys, warnings\n    warnings.warn('!')\n    print('hm')\n"
        "    print('hm', file=sys.stderr)\n    return X_pad",
    )
    assert graded(noisy).score == 100


def test_same_arguments_same_report(graded, reference_text):
    wrong = reference_text.replace("horiz_start = w * stride", "horiz_start = w")
    one, two = (for_students(graded(wrong)) for _ in range(2))
    assert [problem.score for problem in one.problems] == [problem.score for problem in two.problems]
    assert [problem.message for problem in one.problems] == [problem.message for problem in two.problems]


def test_a_known_mistake_is_told_step_by_step(graded, reference_text):
    wrong = reference_text.replace(RIGHT_PAD, BROKEN_PAD)
    first = by_function(graded(wrong))["zero_pad"]
    second = by_function(graded(wrong, attempts={"zero_pad": 2}))["zero_pad"]
    assert first.mistake == "pads_after_only"
    assert len(first.hints) == 1 and first.more_hints
    assert second.hints[:1] == first.hints and len(second.hints) == 2


def test_a_students_report_has_no_place_for_what_is_hidden(graded, reference_text):
    report = graded(reference_text.replace(RIGHT_PAD, BROKEN_PAD))
    seen = for_students(report)
    assert seen.seed is None and report.seed is not None
    cases = [
        (check.visibility, case.exhibit)
        for problem in seen.problems
        for check in problem.checks
        for case in check.cases
    ]
    assert all(isinstance(exhibit, Exhibit) == (visibility == "public") for visibility, exhibit in cases)
    assert all(problem.mistake == "" for problem in seen.problems)
    assert seen.seconds == int(seen.seconds)


def test_our_fault_is_never_a_zero(prepared, engine):
    ours = ungraded(prepared, "x.py", EngineError(read_error()), engine)
    assert {problem.status for problem in ours.problems} == {"not_graded"}
    theirs = ungraded(prepared, "x.py", SubmissionError(read_error()), engine)
    assert {problem.status for problem in theirs.problems} == {"ungradable"}


def read_error():
    from grader.language import say

    return say("The rubric has faults; nothing was graded.")


def test_a_reason_that_cannot_be_looked_for_costs_no_points(graded, reference_text, monkeypatch):
    wrong = reference_text.replace(RIGHT_PAD, BROKEN_PAD)
    points = graded(wrong).score

    def fails(*_):
        raise IndexError("hidden 0.25")

    monkeypatch.setattr(failing, "why", fails)
    report = graded(wrong)
    assert report.score == points
    said = by_function(report)["zero_pad"].diagnosis.text("en")
    assert "The grader failed while it looked for the reason (IndexError, test_grade.py:" in said
    assert "0.25" not in said


def test_only_names_of_the_rubric(engine):
    with pytest.raises(UsageError, match="conv_forwad"):
        prepare(read(ROOT / "grading.yaml"), engine, ["conv_forwad"])


def test_a_reference_that_fails_is_the_authors_fault(engine, tmp_path):
    (tmp_path / "solutions.py").write_text("def f(x):\n    raise ValueError('x')\n", "utf-8")
    (tmp_path / "grading.yaml").write_text(
        "title: t\nlanguage: en\nseed: 1\nsubmission: s.py\nreference: solutions.py\n"
        "problems:\n  f:\n    points: 1\n    checks:\n      - values: v\n        draw: {x: 1..3}\n",
        "utf-8",
    )
    plan = read(tmp_path / "grading.yaml")
    with pytest.raises(RubricError) as caught:
        ready = prepare(plan, engine)
        (tmp_path / "s.py").write_text("def f(x):\n    return x\n", "utf-8")
        grade(ready, submission.load(tmp_path / "s.py", ["f"]), engine)
    (fault,) = caught.value.faults
    assert (fault.at.path[-12:], fault.at.line) == ("solutions.py", 2)
    assert fault.hint.text("en") == "It was called for case 1 of the check v."


SMALL = (
    "title: t\nlanguage: en\nseed: 1\nsubmission: s.py\nreference: r.py\n{head}"
    "problems:\n  f:\n    points: 10\n{problem}    checks:\n      - values: v\n        {draw}\n"
)


def small(tmp_path, engine, draw, head="", problem=""):
    (tmp_path / "grading.yaml").write_text(SMALL.format(head=head, problem=problem, draw=draw), "utf-8")
    (tmp_path / "r.py").write_text("def f(x):\n    return x + 1\n", "utf-8")
    return prepare(read(tmp_path / "grading.yaml"), engine)


def test_a_generator_of_the_authors_draws_cases(engine, tmp_path):
    (tmp_path / "g.py").write_text("def made(seed, index):\n    return {'x': float(index) + 0.5}\n", "utf-8")
    prepared = small(tmp_path, engine, "generator: made", head="generators: g.py\n")
    assert [task.case.names["x"] for task in prepared.tasks] == [0.5, 1.5, 2.5, 3.5, 4.5]


def test_hints_beyond_the_first_cost_what_the_rubric_says(engine, tmp_path):
    problem = "    hints: [one, two, three]\n    hint_cost: 1.5\n"
    prepared = small(tmp_path, engine, "draw: {x: 0..4}", problem=problem)
    (tmp_path / "s.py").write_text("def f(x):\n    return x + 1 if x < 4 else 0\n", "utf-8")
    student = submission.load(tmp_path / "s.py", ["f"])
    scores = [grade(prepared, student, engine, {"f": attempt}).problems[0] for attempt in (1, 2, 3, 9)]
    assert [problem.score for problem in scores] == [8, Fraction(13, 2), 5, 5]
    assert [len(problem.hints) for problem in scores] == [1, 2, 3, 3]
