"""What stands below a function in a terminal: checks whose points add up, tables that hold together, nothing twice."""

import re
from fractions import Fraction as F

import numpy as np
import pytest
import report_samples as samples

from grader.language import Bilingual, inert, say
from grader.model import Mismatch
from grader.report import terminal
from grader.report.lines import cell_width
from grader.report.points import shown_points

PROPERTIES = Bilingual("性质", "properties")
HEAD = re.compile(r"^  [✓◐✗] .*? · (?:public|hidden) · ([\d.]+) / ([\d.]+)", re.MULTILINE)


def shown(*checks, **fields):
    report = samples.report(samples.problem("zero_pad", "partial", checks, **fields))
    return report, terminal.render(report, language="en")


def some_properties(score):
    return samples.check(PROPERTIES, score, F(3, 2), kind="properties", visibility="hidden", status="passed")


@pytest.mark.parametrize("earned", [F(0), F(1, 7), F(2, 3)])
def test_the_listed_checks_add_up_to_the_heading(earned):
    report, text = shown(
        samples.check(samples.EXAMPLE, F(0), F(3, 2), (samples.case("failed"),)),
        samples.check(samples.RANDOM, earned * 12, F(12), (samples.case("partial"),), kind="values"),
        some_properties(earned * F(4, 3)),
    )
    listed = [(F(score), F(most)) for score, most in HEAD.findall(text)]
    total = shown_points(report).problems["zero_pad"]
    assert len(listed) == 3
    assert sum(score for score, _ in listed) == total.score
    assert sum(most for _, most in listed) == total.max_score
    assert "Scored in proportion to the other checks" in " ".join(text.split())


def test_a_check_that_lost_nothing_is_not_explained():
    _, text = shown(
        samples.check(samples.EXAMPLE, F(1), F(2), (samples.case("failed"),)),
        samples.check(PROPERTIES, F(0), F(2), (samples.case("failed"),), kind="values"),
    )
    assert "proportion" not in text


def test_a_sentence_is_said_once():
    said = say("Raised {error}.", error="KeyError")
    failing = tuple(
        samples.check(name, F(0), F(5), (samples.case("error", message=said),), message=said, status="error")
        for name in (samples.EXAMPLE, samples.RANDOM, PROPERTIES)
    )
    _, text = shown(*failing)
    assert text.count("KeyError") == 1


def test_an_exceptions_words_are_not_repeated_below_the_headline():
    inside = samples.exhibit(inputs=(("x", 1),), returned=False, error=inert("KeyError: no such word"))
    one = samples.check(samples.EXAMPLE, F(0), F(5), (samples.case("error", exhibit=inside),), status="error")
    headline = say("Raised {error}: {message}", error="KeyError", message="no such word")
    _, text = shown(one, message=headline)
    assert text.count("no such word") == 1 and "input" in text
    _, text = shown(one, message=say("It died."))
    assert text.count("no such word") == 1 and "error" in text


def test_a_title_that_is_the_name_is_not_repeated():
    report = samples.report(samples.problem("f", "failed", (samples.check(samples.EXAMPLE, F(0), F(5)),)))
    assert "f f" not in terminal.render(report, language="en")


def test_wide_tables_stand_below_their_label_whole():
    row = "[-0.61490741 -6.7439236  -2.55153897  1.75698377  3.56208902  0.53036437"
    assert len(row) < 76
    table = f"{row}\n  5.18531798  8.75898442]"
    inside = samples.exhibit(
        want=np.zeros(8),
        got=np.ones(8),
        mismatches=(Mismatch(category="dtype", got="int64", want="float64"),),
        handout=(("Z[3,2,1]", table, "[1 2]\n 3"),),
    )
    _, text = shown(samples.check(samples.EXAMPLE, F(0), F(5), (samples.case("failed", exhibit=inside),)))
    lines = text.splitlines()
    assert f"    {row}" in lines and "    [1 2]" in lines, "both, so that they can be compared"
    assert max(map(cell_width, lines)) <= 80


@pytest.mark.parametrize(
    ("want", "got", "told"),
    [
        ("0.048995203528855794", "0.04899520352885577", False),
        ("[1.5\n  -2e-05]", "[1.5 -2.00000000000001e-05]", False),
        ("(4, 3) 0.5", "(4, 4) 0.5", True),
        ("0.048995203", "0.048995204", True),
        ("[1. 2.]", "[1. 2. 3.]", True),
        ("0.0", "1e-12", True),
        ("1.5 m", "1.5 s", True),
    ],
)
def test_a_line_of_the_handout_that_differs_by_rounding_only_is_not_told(want, got, told):
    inside = samples.exhibit(
        want=np.zeros(8),
        got=np.ones(8),
        mismatches=(Mismatch(category="dtype", got="int64", want="float64"),),
        handout=(("Z's mean", want, got),),
    )
    _, text = shown(samples.check(samples.EXAMPLE, F(0), F(5), (samples.case("failed", exhibit=inside),)))
    assert ("Z's mean" in text) == told


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_instructor_is_told_how_many_cases_are_folded(language):
    text = terminal.render(samples.instructor(), language=language)
    assert text.count("987654321") == 3
    assert ("还有 2 个不对的用例" if language == "zh" else "2 more failing cases") in text
