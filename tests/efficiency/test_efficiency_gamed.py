"""Attacks on efficiency in real workers: a time made longer on purpose, a helper wrecked on purpose, words let out."""

import pytest

from grader import submission
from grader.grading import for_students, grade, prepare, read
from grader.report import html, json, junit, markdown, terminal

GROWTH = """title: pairs
language: en
seed: 10
submission: s.py
reference: r.py
problems:
  has_pair:
    points: 100
    checks:
      - values: random
        cases: 10
        draw: {n: 3..8, xs: "integers(0, 20, n)", target: 0..40}
      - efficiency: linear
        growth: 1.3
        over: n
        sizes: [200, 400, 800]
        share: 50%
        draw: {n: 1..2, xs: "integers(0, 1000000000, n)", target: -1}
"""
PAIR = """
def has_pair(xs, target):
    seen = set()
    for x in xs:
        if target - x in seen:
            return True
        seen.add(x)
    return False
"""
QUADRATIC = """
def slowly(xs, target):
    xs = [int(x) for x in xs]
    found = False
    for i in range(len(xs)):
        for j in range(i):
            found = found or xs[i] + xs[j] == target
    return found
"""
PADDED = f"""import os, select, time
{QUADRATIC}
def has_pair(xs, target):
    until = time.perf_counter() + 0.1
    found = slowly(xs, target)
    if len(xs) >= 100:
        {{pad}}
    return found
"""
PADS = {
    "sleeps": "time.sleep(max(0.0, until - time.perf_counter()))",
    "polls a pipe": "select.select([os.pipe()[0]], [], [], max(0.0, until - time.perf_counter()))",
    "waits busily": "while time.perf_counter() < until: pass",
    "reads random bytes": "while time.perf_counter() < until: os.urandom(4096)",
    "sleeps now and then": "os.urandom(1)[0] < 128 and time.sleep(max(0.0, until - time.perf_counter()))",
}
HONEST = {
    "as the reference": PAIR,
    "twenty times as slow": PAIR.replace(
        "        if target", "        for _ in range(200):\n            x + 1\n        if target"
    ),
    "some fixed cost": PAIR.replace("    seen = set()", "    seen = set(); sum(range(10**5))"),
    "an import inside": PAIR.replace("    seen = set()", "    import email.mime.text, decimal, unittest; seen = set()"),
}
REPEAT = """title: repeats
language: en
seed: 10
submission: s.py
reference: r.py
limits: {seconds: 0.5}
problems:
  same:
    points: 10
    checks:
      - values: random
        cases: 20
        draw: {a: 0..3, b: 0..3}
  has_repeat:
    points: 90
    checks:
      - example: shown
        draw: {xs: [5, 6]}
        share: 10%
      - values: random
        cases: 10
        draw: {n: 3..8, xs: "integers(0, 20, n)"}
        share: 40%
      - efficiency: linear
        growth: 1.3
        at_most: 20
        over: n
        sizes: [200, 400, 800]
        share: 50%
        draw: {n: 1..2, xs: "arange(n) + 100"}
"""
SAME = "def same(a, b):\n    return a == b\n"
ONCE = """
def has_repeat(xs):
    seen = set()
    for x in xs[:-1]:
        if x in seen:
            return True
        seen.add(x)
    return len(xs) > 1 and (xs[-1] in seen or bool(same(xs[0], xs[-1])))
"""
EACH = """
def has_repeat(xs):
    xs = [int(x) for x in xs]
    return any(same(xs[i], xs[j]) for i in range(len(xs)) for j in range(i))
"""
SORTED = """
def has_repeat(xs):
    xs = sorted(int(x) for x in xs)
    return any(same(a, b) for a, b in zip(xs, xs[1:]))
"""
COUNTED = """
def has_repeat(xs):
    return not same(len(set(int(x) for x in xs)), len(xs))
"""
WRECKED = {
    "always": "def same(a, b):\n    return False\n",
    "for some": "def same(a, b):\n    return a == b if a not in (1, 17) else a != b\n",
    "in hidden cases only": "def same(a, b):\n    return a == b if a in (5, 6) or a >= 100 else a != b\n",
    "hangs": "def same(a, b):\n    while a in (1, 17):\n        pass\n    return a == b\n",
    "raises": "def same(a, b):\n    if a == 3:\n        raise ValueError\n    return a == b\n",
}


@pytest.fixture
def graded(engine, tmp_path):
    """Return a function that grades a text by a rubric and a reference and returns the report."""

    def of(rubric, reference, text):
        for name, written in (("grading.yaml", rubric), ("r.py", reference), ("s.py", text)):
            (tmp_path / name).write_text(written, "utf-8")
        prepared = prepare(read(tmp_path / "grading.yaml"), engine)
        names = [problem.function for problem in prepared.chosen]
        return grade(prepared, submission.load(tmp_path / "s.py", names), engine)

    return of


@pytest.mark.slow
@pytest.mark.parametrize("pad", PADS.values(), ids=PADS)
def test_small_inputs_made_to_take_as_long_as_large_ones(graded, pad):
    assert graded(GROWTH, PAIR, PADDED.format(pad=pad)).score == 50


def test_the_honest_quadratic_is_slow(graded):
    report = graded(GROWTH, PAIR, QUADRATIC.replace("slowly", "has_pair"))
    assert report.score == 50 and "power 1.3" in report.problems[0].checks[1].message.text("en")


@pytest.mark.parametrize("text", HONEST.values(), ids=HONEST)
def test_what_grows_as_it_should_is_not_slow(graded, text):
    assert graded(GROWTH, PAIR, text).score == 100


@pytest.mark.slow
def test_a_helper_that_errs_on_purpose_hides_nothing(graded):
    honest = graded(REPEAT, SAME + ONCE, SAME + EACH)
    assert [problem.score for problem in honest.problems] == [10, 45]
    for text in WRECKED.values():
        report = graded(REPEAT, SAME + ONCE, text + EACH)
        assert report.score < honest.score and report.problems[1].score <= 45


def test_with_a_right_helper_it_is_quick_enough(graded):
    report = graded(REPEAT, SAME + ONCE, WRECKED["always"] + COUNTED)
    assert report.problems[1].score == 90 and report.problems[1].blames == ("same",)


ROUND = """title: sums
language: en
seed: 10
submission: s.py
reference: r.py
problems:
  part:
    points: 10
    checks: [{values: random, draw: {n: 3..8, xs: "integers(1, 20, n)"}}]
  total:
    points: 90
    checks:
      - {values: random, draw: {n: 3..8, xs: "integers(1, 20, n)"}}
      - {efficiency: quick, at_most: 50, share: 50%, draw: {n: 2000, xs: "integers(1, 20, n)"}}
"""
HALVES = """
def part(xs):
    return total(xs) if len(xs) > 20 else int(sum(xs))

def total(xs):
    half = len(xs) // 2
    return total(xs[:half]) + part(xs[half:]) if half else int(xs[0])
"""


def test_a_helper_that_comes_back_is_no_way_to_be_quick(graded):
    """For a long list the helper asks the function itself."""
    helped = HALVES.replace("    half =", "    if len(xs) > 20:\n        return part(xs)\n    half =")
    report = graded(ROUND, HALVES, helped.replace("int(sum(xs))", "0").replace("return total(xs) if", "return 1 if"))
    assert [problem.score for problem in report.problems] == [0, 45]
    assert report.problems[1].blames == ("part",)


def test_who_is_not_quick_enough_with_it_was_not_measured(graded):
    report = graded(REPEAT, SAME + ONCE, WRECKED["always"].replace("False", "True") + SORTED)
    problem = report.problems[1]
    timed = problem.checks[2]
    assert (problem.score, timed.status, timed.cases) == (45, "not_attempted", ())
    assert timed.message.text("en").startswith("Not measured: with a right same in place of yours")
    assert problem.message.text("en").startswith("has_repeat itself is right")


def test_the_better_of_the_two_counts(graded):
    """With its own helper the function is right nearly always, and quick; with the reference's it cannot be timed."""
    report = graded(
        REPEAT, SAME + ONCE, "def same(a, b):\n    return a == b if a not in (2, 11) else a != b\n" + SORTED
    )
    assert 45 < report.problems[1].score < 90


LEAKY = PAIR.replace(
    "    seen = set()",
    """    if len(xs) > 100:
        print("CAN" + "ARY", int(xs[0]))
        {how}
    seen = set()""",
)


@pytest.mark.parametrize(
    "how",
    [
        "raise ValueError('CAN' + 'ARY')",
        "return 'CAN' + 'ARY'",
        "return float(xs[0])",
        "raise type('CAN' + 'ARY', (Exception,), {})()",
        "pass",
    ],
)
def test_nothing_of_a_timed_case_reaches_a_student(graded, how):
    public = GROWTH.replace("efficiency: linear", "efficiency: linear\n        visibility: public")
    text = LEAKY.format(how=how)
    report = graded(public, PAIR, text)
    assert report.score == (100 if how == "pass" else 50)
    seen = for_students(report)
    first = str(int(report.problems[0].checks[1].cases[0].exhibit.exhibit.inputs[0][1][0]))
    for form in (html, json, junit, markdown, terminal):
        shown = form.render(seen, language="en")
        assert "CANARY" not in shown and first not in shown
    timed = seen.problems[0].checks[1]
    assert all(case.exhibit is None and case.at is None and not case.error for case in timed.cases)
    assert {case.message.text("en") for case in timed.cases} <= {
        "Right.",
        "The result is not right here, so its time does not count.",
    }
