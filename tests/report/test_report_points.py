import json
import re
from fractions import Fraction as F

import class_samples as classes
import pytest
import report_samples as samples
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from grader.errors import EngineError
from grader.language import Bilingual, say
from grader.model import Adjustment
from grader.report import FORMATS, format_of
from grader.report.points import apportion, round_points, show_points, shown_points
from grader.report.wording import summary_of
from tests.cli.cli_runs import in_process

points = st.fractions(min_value=0, max_value=100, max_denominator=60)


def test_points_are_written_as_people_write_them():
    assert [show_points(F(n)) for n in ("15", "12.5", "0", "33.335", "33.334", "100.10", "-0.5")] == [
        "15", "12.5", "0", "33.34", "33.33", "100.1", "-0.5",
    ]  # fmt: skip


def test_thirds_add_up():
    assert apportion([F(10, 3)] * 3, F(10)) == [F("3.34"), F("3.33"), F("3.33")]


@given(st.lists(points, min_size=1, max_size=12))
def test_parts_add_up_to_the_rounded_sum_and_stay_within_a_cent(parts):
    shown = apportion(parts, round_points(sum(parts)))
    assert sum(shown) == round_points(sum(parts))
    assert all(abs(one - part) < F(1, 100) for one, part in zip(shown, parts, strict=True))
    assert all(one == part for one, part in zip(shown, parts, strict=True) if (part * 100).denominator == 1)


@given(st.lists(st.tuples(points, st.sampled_from([F(0), F(1, 3), F(1)])), min_size=1, max_size=8))
def test_scores_add_up_whatever_the_full_scores_round_to(pairs):
    full = apportion([most for most, _ in pairs], round_points(sum(most for most, _ in pairs)))
    exact = [most * share for most, share in pairs]
    shown = apportion(exact, round_points(sum(exact)), full)
    assert sum(shown) == round_points(sum(exact))
    assert all(one == 0 for one, score in zip(shown, exact, strict=True) if score == 0)


def test_a_full_check_is_shown_full():
    """Of 3.34, 3.33, 3.33 the cent of rounding follows the check that is shown with it."""
    full = apportion([F(10, 3)] * 3, F(10))
    assert apportion([F(10, 3), F(10, 3), F(0)], round_points(F(20, 3)), full)[0] == full[0]
    assert apportion([F(10, 3)] * 3, F(10), full) == full


def test_parts_of_which_something_was_taken_add_up_to_their_own_sum():
    assert apportion([F(10, 3), F(10, 3), F(10, 3)], F(7)) == [F("3.34"), F("3.33"), F("3.33")]


def test_a_report_adds_up_at_every_level():
    for sample in samples.samples():
        report, shown = sample.report, shown_points(sample.report)
        for bonus, total in ((False, shown.required), (True, shown.bonus)):
            group = [shown.problems[problem.function] for problem in report.problems if problem.bonus is bonus]
            group += [shown.manual[item.name] for item in report.manual if item.bonus is bonus]
            assert sum(pair.score for pair in group) == total.score
            assert sum(pair.max_score for pair in group) == total.max_score
        for problem in report.problems:
            checks = shown.checks[problem.function]
            earned = shown.problems[problem.function].score + problem.taken_by("hints")
            assert sum(pair.score for pair in checks) == earned
            assert sum(pair.max_score for pair in checks) == shown.problems[problem.function].max_score


@pytest.mark.parametrize(
    ("magnitude", "en", "zh"),
    [
        (2, "off by 100 times what is expected, or more", "误差达到应有值的 100 倍以上"),
        (0, "off by as much as what is expected, or more", "误差不小于应有值本身"),
        (-1, "off by 10% of what is expected, or more", "误差达到应有值的 10% 以上"),
        (-4, "off by 0.01% of what is expected, or more", "误差达到应有值的 0.01% 以上"),
        (-9, "relative error about 1e-9", "相对误差约 1e-9"),
    ],
)
def test_how_far_off_a_hidden_check_is(magnitude, en, zh):
    """Only an instructor's report has the magnitude."""
    failed = samples.check(
        Bilingual("v", "v"), F(0), F(1), (samples.case("failed", category="values", magnitude=magnitude),)
    )
    assert summary_of(failed).text("en").endswith(en)
    assert zh in summary_of(failed).text("zh")


RUBRIC = """
title: T
language: en
seed: 1
submission: work.py
reference: ref.py
problems:
  whole: {points: 1, checks: [{values: numbers, draw: {x: 1..250}, cases: 250}]}
"""
WRONG = {"nearly": ("x == 7", "0.99"), "hardly": ("x != 7", "0.01"), "fully": ("x < 0", "1"), "never": ("x > 0", "0")}


def test_what_is_nearly_full_or_nearly_nothing_is_never_shown_as_such(tmp_path):
    """One case of 250 is 0.004 points, which rounding alone would take for nothing."""
    (tmp_path / "grading.yaml").write_text(RUBRIC, "utf-8")
    (tmp_path / "ref.py").write_text("def whole(x):\n    return x + 1\n", "utf-8")
    for name, (wrong, _) in WRONG.items():
        (tmp_path / f"{name}.py").write_text(f"def whole(x):\n    return 0 if {wrong} else x + 1\n", "utf-8")

    def shown(format, *names):
        words = [*(f"{each}.py" for each in names), "--rubric", "grading.yaml", "--lang", "en", "--format", format]
        return in_process(words, cwd=tmp_path, environment={"COLUMNS": "80"}).stdout.decode()

    text, table = shown("text", *WRONG), shown("csv", *WRONG)
    for name, (_, points) in WRONG.items():
        assert len(re.findall(rf"^{name}\.py +{re.escape(points)} / 1  ", text, re.MULTILINE)) == 1, text
        assert re.search(rf"^{name}\.py,[\w ]+,{re.escape(points)},,{re.escape(points)},", table, re.MULTILINE), table
    assert re.findall(r"^required (.*)$", text, re.MULTILINE) == [f"{points} / 1" for _, points in WRONG.values()]
    assert json.loads(shown("gradescope", "nearly"))["score"] == 0.99


def lost():
    """Return a report whose functions were not graded, by our fault, and had points taken off all the same."""
    late = Adjustment(policy="late", reason=say("late by 1 day"), points=F(-5))
    problems = [
        replace(samples.problem(name, "not_graded", message=say("No.")), adjustments=(late,))
        for name in ("zero_pad", "pool_backward")
    ]
    return replace(samples.report(*problems), adjustments=(late,), bonus_adjustments=(late,))


@pytest.mark.parametrize("kind", [name for name in FORMATS if format_of(name).render is not None])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_is_not_graded_is_a_zero_in_no_format(kind, language):
    try:
        text = classes.text_of(kind, lost(), language)
    except EngineError:  # the platform has no word for it
        return
    text = re.sub(r"<style>.*?</style>|<svg.*?</svg>", "", text, flags=re.DOTALL)
    plain = re.sub(r"<[^>]*>", "", text) if kind == "html" else text
    assert not re.search(r"(?<![\d.])0 ?/ ?\d|= 0\b|\b0 (?:points|分)", plain)
    assert not re.search(r'"(?:score|points|points_earned)": ?(?:0(?:\.0)?|-)[,\s]', text)
    if kind in ("text", "markdown", "html"):
        assert "– / 15" in " ".join(plain.split())


def test_what_is_graded_beside_it_keeps_its_points():
    text = classes.text_of("text", samples.stopped(), "en")
    assert "– / 20" in text and "0 / 15" in text


@pytest.mark.parametrize("kind", ["text", "markdown", "html"])
def test_an_instructor_is_told_how_a_hidden_check_is_made_public(kind):
    said = "Students see the cases of a hidden check once the rubric says"
    whole = format_of(kind).render(samples.instructor(), language="en")
    assert said in " ".join(whole.split())
    assert said not in " ".join(format_of(kind).render(samples.mixed(), language="en").split())
