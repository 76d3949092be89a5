"""Efficiency in a rubric: what is slow, what is not, and what nobody gains by."""

from fractions import Fraction

import pytest
from msgspec.structs import replace

from grader import submission
from grader.errors import RubricError
from grader.grading import for_students, grade, prepare, read

pytestmark = pytest.mark.slow

RUBRIC = """title: t
language: en
seed: 5
submission: s.py
reference: r.py
problems:
  f:
    points: 10
    checks:
      - values: v
        draw: {n: 3, x: "normal(n)"}
      - efficiency: {zh: 够快, en: quick}
        at_most: 5
        draw: {n: 3000, x: "normal(n)"}
        share: 20%
      - efficiency: growth
        growth: 1.6
        over: n
        sizes: [1000, 2000, 4000]
        cases: 4
        draw: {n: 3, x: "normal(n)"}
        share: 20%
"""
BODY = """    t = 0.0
    for a in x:
        for _ in range(4):
            t += a * a
    return t
"""
REFERENCE = f"def f(x):\n{BODY}"
SLOW = BODY.replace("range(4)", "range(200)").replace("a * a", "a * a / 50")
QUADRATIC = """    t = 0.0
    for i, a in enumerate(x.tolist()):
        for _ in range(i // 2):
            a = a + 0.0
        t += 4 * a * a
    return t
"""


@pytest.fixture(scope="module")
def prepared(engine, tmp_path_factory):
    """Return the rubric, prepared."""
    folder = tmp_path_factory.mktemp("efficiency")
    (folder / "grading.yaml").write_text(RUBRIC, "utf-8")
    (folder / "r.py").write_text(REFERENCE, "utf-8")
    return prepare(read(folder / "grading.yaml"), engine)


@pytest.fixture
def graded(engine, prepared, tmp_path):
    """Return a function that grades a text and returns the report."""

    def of(text):
        path = tmp_path / "s.py"
        path.write_text(text, "utf-8")
        return grade(prepared, submission.load(path, ["f"]), engine)

    return of


def checks(report):
    """Return the points of each check."""
    return [check.score for check in report.problems[0].checks]


def test_cases_are_drawn_at_every_size_and_kept_apart(prepared):
    assert {task.case.check for task in prepared.tasks} == {"v"}
    quick = [task.case for task in prepared.timed if task.case.check == "够快"]
    growth = [task.case for task in prepared.timed if task.case.check == "growth"]
    assert len(quick) == 5 and all(len(case.calls) == 1 for case in quick)
    assert len({case.calls[0].arguments[0][0] for case in quick}) == 5, "every case has other numbers"
    sizes = [[len(call.arguments[0]) for call in case.calls] for case in growth]
    assert sizes == [[1000, 2000, 4000]] * 4
    assert all(case.names["n"] == 4000 for case in growth)


@pytest.mark.parametrize("text", [REFERENCE, "def f(x):\n    return 4 * float(x @ x)\n"])
def test_what_is_as_quick_as_the_reference_or_quicker(graded, text):
    assert graded(text).score == 10


def test_what_takes_many_times_as_long(graded):
    report = graded(f"def f(x):\n{SLOW}")
    assert checks(report) == [6, 0, 2]
    quick = report.problems[0].checks[1]
    assert quick.message.text("en") == "It takes more than 5 times as long as the reference."
    assert {case.category for case in quick.cases} == {"slow"}
    assert report.problems[0].status == "partial" and report.problems[0].diagnosis is None


def test_what_grows_too_fast(graded):
    report = graded(f"def f(x):\n{QUADRATIC}")
    assert checks(report)[2] == 0
    assert "power 1.6" in report.problems[0].checks[2].message.text("en")
    assert "1.6 次方" in report.problems[0].checks[2].message.text("zh")


HOSTILE = f"""import sys, time
for name in ("perf_counter", "monotonic", "time", "process_time"):
    setattr(time, name, lambda: 0.0)
for module in list(sys.modules.values()):
    if hasattr(module, "_clock"):
        module._clock = lambda: 0.0
def f(x):
{SLOW}"""
KEPT = f"""known = {{}}
def slow(x):
{SLOW}
def f(x):
    key = x.tobytes()
    if key not in known:
        known[key] = slow(x)
    return known[key]
"""


@pytest.mark.parametrize("text", [HOSTILE, KEPT], ids=["a false clock", "results kept"])
def test_nobody_gains_by(graded, text):
    assert checks(graded(text)) == [6, 0, 2]


def test_quick_and_wrong_is_wrong(graded):
    report = graded(f"def f(x):\n    if len(x) > 100:\n        return 0.0\n{BODY}")
    assert checks(report) == [6, 0, 0]
    assert {case.category for case in report.problems[0].checks[1].cases} == {""}


@pytest.mark.parametrize("body", ["pass", "return 0.0", "raise ValueError"])
def test_where_nothing_is_right_nothing_is_measured(graded, body):
    report = graded(f"def f(x):\n    {body}\n")
    assert report.score == 0
    assert all(check.cases == () and check.status == "not_attempted" for check in report.problems[0].checks[1:])


def test_half_right_earns_half(graded):
    report = graded(f"def f(x):\n    if len(x) < 10 and x[0] > 0:\n        return 0.0\n{BODY}")
    values, quick, growth = checks(report)
    assert 0 < values < 6
    assert quick == growth == 2 * values / 6


def test_students_see_no_measured_time(graded):
    from grader.report import json

    reports = [replace(for_students(graded(f"def f(x):\n{SLOW}")), seconds=0.0) for _ in range(2)]
    one, two = (json.render(report, language="en") for report in reports)
    assert one == two and '"slow"' in one
    assert all(case.exhibit is None for check in reports[0].problems[0].checks[1:] for case in check.cases)


def test_a_size_that_is_not_drawn(engine, tmp_path):
    (tmp_path / "grading.yaml").write_text(RUBRIC.replace("over: n", "over: m"), "utf-8")
    (tmp_path / "r.py").write_text(REFERENCE, "utf-8")
    with pytest.raises(RubricError) as caught:
        read(tmp_path / "grading.yaml")
    (fault,) = caught.value.faults
    assert fault.at.line == 16 and "`m`" in fault.message.text("en")


def test_shares_are_exact(graded):
    assert all(isinstance(score, Fraction | int) for score in checks(graded(REFERENCE)))
