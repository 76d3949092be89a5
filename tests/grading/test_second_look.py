"""The second look, with the reference's helpers in place, gives points and nothing else."""

import pytest

from grader import submission
from grader.grading import for_students, grade, prepare, read
from grader.report import json as as_json

MUTUAL = """\
title: mutual
language: en
seed: 5
submission: s.py
reference: r.py
problems:
  is_even:
    points: 50
    checks: [{values: random, draw: {n: 0..40}}]
  is_odd:
    points: 50
    checks: [{values: random, draw: {n: 0..40}}]
"""
BY_NAME = """
def is_even(n):
    return True if n == 0 else is_odd(n - 1)

def is_odd(n):
    return False if n == 0 else is_even(n - 1)
"""
BY_ANOTHER = """
def _other(n):
    return [is_odd][0](n)

def is_even(n):
    return True if n == 0 else _other(n - 1)

def is_odd(n):
    return n > 0 and is_even(n - 1)
"""
BY_TABLE = """
def is_even(n):
    return True if n == 0 else is_odd(n - 1)

KEPT = []
KEPT.append(is_even)
TABLE = {"even": KEPT[0]}

def is_odd(n):
    return n > 0 and TABLE["even"](n - 1)
"""
BY_DECORATOR = """
def is_even(n):
    return True if n == 0 else is_odd(n - 1)

def less(function):
    return lambda _: lambda n: n > 0 and function(n - 1)

@less(is_even)
def is_odd(n):
    pass
"""
ASKING = """
def is_even(n):
    return not is_odd(n)

def is_odd(n):
    return not is_even(n)
"""
DAYS = """\
title: days
language: en
seed: 5
submission: s.py
reference: r.py
problems:
  holiday:
    points: 50
    checks: [{values: random days, cases: 20, draw: {day: 1..365}}]
  workdays:
    points: 50
    checks:
      - {example: handout example, draw: {first: 1, last: 7}, show: {n: result}, share: 10%}
      - {values: random spans, draw: {first: 1..100, last: 120..365}}
"""
RULE = """
def holiday(day):
    return (day * day + 3 * day) % 17 in (2, 5, 11)

def workdays(first, last):
    return sum(not holiday(day) for day in range(first, last + 1))
"""


def graded(folder, rubric, reference, student, engine, only=()):
    (folder / "grading.yaml").write_text(rubric, "utf-8")
    (folder / "r.py").write_text(reference, "utf-8")
    (folder / "s.py").write_text(student, "utf-8")
    prepared = prepare(read(folder / "grading.yaml"), engine, only)
    names = [problem.function for problem in prepared.plan.rubric.problems]
    report = grade(prepared, submission.load(folder / "s.py", names), engine)
    return {problem.function: problem for problem in report.problems}, report


@pytest.mark.parametrize("reference", [BY_NAME, BY_ANOTHER, BY_TABLE, BY_DECORATOR])
def test_a_helper_that_comes_back_to_the_function_is_not_lent(reference, engine, tmp_path):
    problems, _ = graded(tmp_path, MUTUAL, reference, ASKING, engine)
    assert [problem.score for problem in problems.values()] == [0, 0]
    assert [problem.blames for problem in problems.values()] == [(), ()]


def test_honest_work_is_lent_a_right_helper(engine, tmp_path):
    student = RULE.replace("% 17", "% 19")
    problems, _ = graded(tmp_path, DAYS, RULE, student, engine)
    assert problems["holiday"].score < 50
    assert problems["workdays"].score == 50
    assert problems["workdays"].blames == ("holiday",)
    said = {case.message.text("en") for check in problems["workdays"].checks for case in check.cases}
    assert "Right with right helpers." in said


SPY = """
def holiday(day):
    return None

def workdays(first, last):
    {body}
"""
WAYS = {
    "printed": "print('told', [holiday(day) for day in range(20)])\n    return -1",
    "raised": "raise ValueError('told', [holiday(day) for day in range(20)])",
    "raised by another name": "raise (KeyError if holiday(first) else IndexError)",
    "at another line": "if holiday(2):\n        raise ValueError\n    raise ValueError",
    "returned": "return [[holiday(day)] * 2 for day in range(20)]",
    "right, and printed": (
        "print('told', holiday(3))\n    return sum(not holiday(day) for day in range(first, last + 1))"
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_nothing_of_the_second_look_is_shown(way, engine, tmp_path):
    """The report is that of the same function whose helper is not lent, but for points and statuses."""
    lent, report = graded(tmp_path, DAYS, RULE, SPY.format(body=WAYS[way]), engine)
    text = as_json.render(for_students(report), language="en")
    alone, _ = graded(tmp_path, DAYS, RULE, SPY.format(body=WAYS[way]), engine, only=["workdays"])
    assert "True" not in text
    for mine, plain in zip(lent["workdays"].checks, alone["workdays"].checks, strict=True):
        for case, other in zip(mine.cases, plain.cases, strict=True):
            if case.status != "passed":
                assert (case.category, case.error, case.at) == (other.category, other.error, other.at)
                assert case.message.text("en") == other.message.text("en")


def test_a_case_asks_about_as_often_as_the_reference(engine, tmp_path):
    """All days of the year, where seven are needed."""
    body = (
        "table = [holiday(day) for day in range(366)]\n    return sum(not table[day] for day in range(first, last + 1))"
    )
    problems, _ = graded(tmp_path, DAYS, RULE, SPY.format(body=body), engine)
    example = problems["workdays"].checks[0]
    assert example.score == 0


def test_a_slow_function_gains_no_time_by_a_wrong_helper(engine, tmp_path):
    rubric = DAYS.replace("seed: 5\n", "seed: 5\nlimits: {seconds: 0.5}\n")
    slow = RULE.replace("    return sum", "    import time\n    time.sleep(0.7)\n    return sum")
    problems, _ = graded(tmp_path, rubric, RULE, slow.replace("% 17", "% 19"), engine)
    assert problems["workdays"].score == 0


def test_a_helper_that_hangs_costs_its_own_points_only(engine, tmp_path):
    rubric = DAYS.replace("seed: 5\n", "seed: 5\nlimits: {seconds: 1.5}\n")
    hangs = RULE.replace("    return (day", "    while day > 100: pass\n    return (day")
    problems, _ = graded(tmp_path, rubric, RULE, hangs, engine)
    assert problems["holiday"].score < 50
    assert problems["workdays"].score == 50


def test_what_the_reference_takes_for_answers_is_bounded(engine, tmp_path):
    """Each question keeps the reference busy until it is stopped; all together may take eight times that."""
    rubric = DAYS.replace("seed: 5\n", "seed: 5\nlimits: {seconds: 0.2}\n")
    reference = RULE.replace("    return (day", "    for _ in range(day):\n        pass\n    return (day")
    body = (
        "for _ in range(60):\n        try:\n            holiday(10**12)\n        except Exception:\n            pass\n"
        "    return sum(not holiday(day) for day in range(first, last + 1))"
    )
    problems, _ = graded(tmp_path, rubric, reference, SPY.format(body=body), engine)
    assert problems["workdays"].score == 0


SLOWLY = """
import time

def slow(n):
    time.sleep(0.3)
    return n + 1

def quick(n):
    return n + 2

def f(n):
    return slow(n) * 2

def g(n):
    return sum(quick(i) for i in range(10))
"""


def test_another_functions_helper_takes_nobodys_time(engine, tmp_path):
    """While the reference answers the one, the other waits for its own answers."""
    check = "checks: [{values: random, draw: {n: 1..100}, cases: 2}]"
    problems = "".join(f"  {name}: {{points: 10, {check}}}\n" for name in ("slow", "quick", "f", "g"))
    head = "title: t\nlanguage: en\nseed: 5\nlimits: {seconds: 0.9}\nsubmission: s.py\nreference: r.py\nproblems:\n"
    student = SLOWLY.replace("    time.sleep(0.3)\n", "").replace("n + 1", "n").replace("n + 2", "n")
    student = student.replace("slow(n) * 2", "slow(n) + slow(n) + 0 * slow(n) + 0 * slow(n)")
    problems, _ = graded(tmp_path, head + problems, SLOWLY, student, engine)
    assert [problems[name].score for name in ("f", "g")] == [10, 10]


GUESSING = """\
title: guess
language: en
seed: 5
submission: s.py
reference: r.py
problems:
  same:
    points: 10
    checks: [{values: random, draw: {a: 0..3, b: 0..3}}]
  repeats:
    points: 50
    checks:
      - {values: shown, draw: {xs: "integers(0, 9, 6)"}, cases: 6, visibility: public}
      - {values: random, draw: {xs: "integers(0, 9, 6)"}, cases: 6}
"""


def test_two_looks_are_not_two_guesses(engine, tmp_path):
    """Its own planted error tells a function which look it is in; it answers one thing in each."""
    reference = "def same(a, b):\n    return a == b\n\ndef repeats(xs):\n    return len({*xs.tolist()}) < len(xs)\n"
    student = "def same(a, b):\n    return (a, b) == (0, 1)\n\ndef repeats(xs):\n    return bool(same(0, 1)) is {}\n"
    rubric = GUESSING.replace("  repeats:\n", "  repeats:\n    needs: [same]\n")
    scores, told = [], []
    for guess in (False, True):
        problems, _ = graded(tmp_path, rubric, reference, student.format(guess), engine)
        scores.append(problems["repeats"].score)
        told += [case.message.text("en") for check in problems["repeats"].checks for case in check.cases]
    constant, _ = graded(tmp_path, rubric, reference, student.replace("bool(same(0, 1)) is {}", "True"), engine)
    assert max(scores) == constant["repeats"].score and 0 < max(scores) < 50
    assert "Worse with right helpers than with your own." in told
