"""Why a score is another one than before: the cause that is told is the true one."""

import re
from fractions import Fraction

import pytest
from msgspec.structs import replace

from grader.course import grading as course_grading
from grader.course import runs, sameness
from grader.report.points import show_points
from tests.course.conftest import RIGHT, RUBRIC

WRONG_WHEN_LARGE = RIGHT.replace("2 * x", "2 * x if x < 100 else 3 * x")
LARGE_LISTS = RUBRIC.replace('"integers(1, 9, 4)"', '"integers(100, 999, 4)"')
LARGE_NUMBERS = """\
      - values: large numbers
        visibility: hidden
        cases: 3
        draw: {x: 100..999}
"""


def test_a_helpers_changed_item_is_the_cause_where_its_caller_is_run_with_the_students_again(classroom):
    """A check that was too hard is removed: the helper is right by what is left, and is replaced no longer."""
    classroom.rubric(LARGE_LISTS)
    classroom.hand_in("ann", WRONG_WHEN_LARGE)
    classroom.run()
    assert classroom.scores() == {"ann": 8}
    classroom.mend(LARGE_NUMBERS, "")
    told = " ".join(classroom.command("regrade", "--apply", "--jobs", "1", "--csv", "why.csv").stdout.split())
    assert "+2 double: small numbers 2 → 4 (worth 4, before 2), large numbers is gone (0) (rubric)" in told
    assert "−6 total: lists 6 → 0 (cases 1, 2, 3, 4), no longer graded with a right double (rubric: double)" in told
    assert "newer grader" not in told and classroom.scores() == {"ann": 4}
    rows = [row.split(",")[6:9] for row in (classroom.folder / "why.csv").read_text("utf-8").splitlines()]
    assert ["total", "-6", "rubric: double"] in rows


def test_a_helpers_changed_item_is_the_cause_where_its_caller_is_run_with_a_right_one(classroom):
    classroom.rubric(LARGE_LISTS.replace(LARGE_NUMBERS, ""))
    classroom.hand_in("ann", WRONG_WHEN_LARGE)
    classroom.run()
    assert classroom.scores() == {"ann": 4}
    classroom.rubric(LARGE_LISTS)
    told = " ".join(classroom.command("regrade", "--jobs", "1").stdout.split())
    assert "+6 total: lists 0 → 6 (cases 1, 2, 3, 4), now graded with a right double (rubric: double)" in told


def half(result):
    """Return a function's result as another judge might find it, or a busy machine at a limit of time."""
    checks = tuple(
        replace(check, score=check.score / 2, cases=tuple(replace(case, status="timeout") for case in check.cases))
        for check in result.checks
    )
    return replace(result, status="timeout", score=result.score / 2, checks=checks)


@pytest.fixture
def judged_otherwise(classroom, monkeypatch):
    """Return a class of one, graded once when everything counted half."""
    own = course_grading.results_of

    def strict(*arguments):
        happenings, results = own(*arguments)
        return happenings, [half(each) for each in results]

    classroom.hand_in("ann", RIGHT)
    with monkeypatch.context() as judge:
        judge.setattr(course_grading, "results_of", strict)
        classroom.run()
    assert classroom.scores() == {"ann": 5}
    return classroom


@pytest.mark.parametrize("what", ["own_digest", "_installed"])
def test_another_grader_or_package_is_told_and_not_taken_unasked(judged_otherwise, monkeypatch, what):
    for module in (sameness, runs):
        monkeypatch.setattr(module, what, lambda *_: "another", raising=False)
    told = judged_otherwise.command("regrade", "--apply", "--jobs", "1").stdout
    assert "(newer grader)" in told and judged_otherwise.scores() == {"ann": 5}
    told = judged_otherwise.command("regrade", "--apply", "--newer-grader", "--jobs", "1").stdout
    assert "(newer grader)" in told and judged_otherwise.scores() == {"ann": 10}


def test_the_same_grader_that_finds_something_else_is_not_called_a_newer_one(judged_otherwise):
    judged_otherwise.run("--again", "ann")
    told = judged_otherwise.command("diff", "1", "2").stdout
    assert told.count("(graded again)") == 2 and "newer grader" not in told


def test_variants_that_come_later_are_a_change_of_the_rubric(classroom, monkeypatch):
    monkeypatch.setenv("PINGFEN_SECRET", "open-sesame-7f3a9c51d08e")
    monkeypatch.delenv("CI", raising=False)
    for number in range(6):
        classroom.hand_in(f"p{number}", RIGHT.replace("2 * x", "2 * x if x % 2 else 3 * x"))
    classroom.run()
    classroom.mend("seed: 90711", "seed: 90711\nvariants: per_student")
    told = classroom.command("regrade", "--jobs", "1").stdout
    assert "(rubric)" in told and "newer grader" not in told and "graded again" not in told


ONE_OF_MANY = """\
title: t
language: en
seed: 90711
submission: work/hw.py
reference: solutions/hw.py
problems:
  double:
    points: {points}
    checks:
      - {{values: small numbers, cases: 3, draw: {{x: 1..9}}}}
      - {{values: numbers, cases: 7, share: {share}, draw: {{x: 60..180}}}}
{more}\
"""
MORE = "".join(f'      - {{values: "from {n}", cases: 7, draw: {{x: {n}..{n + 140}}}}}\n' for n in range(11, 20))


@pytest.mark.parametrize("more", ["", MORE[: MORE.index("from 13") - 17], MORE])
@pytest.mark.parametrize("points", [(7, 7), (7, 11)])
def test_the_checks_that_are_named_add_up_to_the_change_the_largest_first(classroom, more, points):
    before, after = points
    classroom.rubric(ONE_OF_MANY.format(points=before, share="10%", more=more))
    classroom.hand_in("ann", WRONG_WHEN_LARGE)
    classroom.run()
    classroom.rubric(ONE_OF_MANY.format(points=after, share="30%", more=more))
    told = " ".join(classroom.command("regrade", "--jobs", "1").stdout.split()).replace("−", "-")
    change = float(re.search(r"([+-][\d.]+) double: ", told).group(1))
    parts = [float(then) - float(first) for first, then in re.findall(r"([\d.]+) → ([\d.]+) \(worth", told)]
    rest = re.search(r"and (\d+) more \((-?[\d.]+)\)", told)
    assert (rest is not None) == (more == MORE)
    assert sum(parts) + (float(rest.group(2)) if rest else 0) == pytest.approx(change, abs=0.0101)
    assert [abs(each) for each in parts] == sorted((abs(each) for each in parts), reverse=True)
    assert f"worth {show_points(Fraction(after) * 3 / 10)}, before {show_points(Fraction(before) / 10)}" in told
