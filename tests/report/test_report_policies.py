"""What lateness and a cap took stands in every format as arithmetic, and the points are those that are left."""

import csv
import io
import json
import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta
from fractions import Fraction as F

import pytest
import report_samples
from class_samples import AT, RUNNER

from grader.course.policies import GradedAttempt, counted
from grader.model import Instant, LateRule, Person, Policies, Standing
from grader.report import FORMATS, Surroundings, format_of, markdown
from grader.report import rendered as form
from grader.report.exporting import table

DUE = Instant(minute=29_000_000, offset=480, zone="Asia/Shanghai")
POLICIES = Policies(deadline=DUE, late=LateRule(take=F(1, 10), each=1440), cap=F(1))
SAID = {
    "en": (
        "Required points: 100 − 20 (late by 1 day 2 h: 20% of 100 points) = 80",
        "Bonus points: 60 − 12 (late by 1 day 2 h: 20% of 60 points) − 28 (required and bonus points together count up "
        "to 100 points) = 20",
    ),
    "zh": (
        "必做题得分：100 − 20（迟交 1 天 2 小时，扣 100 分的 20%）= 80",
        "选做题得分：60 − 12（迟交 1 天 2 小时，扣 60 分的 20%）− 28（必做和选做合计最多算 100 分）= 20",
    ),
}


@pytest.fixture(scope="module")
def late():
    """Return the report on right work that came 26 hours late."""
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(minutes=DUE.minute + 26 * 60)
    return counted(POLICIES, [GradedAttempt(report=report_samples.full(), at=at, number=1)]).report


def rendered(name, report, language):
    if format_of(name).table is not None:
        return table(name, [Standing(person=Person(id="ada"), report=report)], language)
    return form(name, report, language, Surroundings(width=300, environment=RUNNER, now=AT))


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", FORMATS)
def test_every_format_shows_the_arithmetic(late, name, language):
    text = rendered(name, late, language)
    if name in ("html-class", "nbgrader", "classroom50"):
        pytest.skip("a table of the class, or points alone")
    if name in ("json", "jsonl"):
        wire = json.loads(text)
        wire = wire.get("report", wire)
        assert (wire["score"], wire["bonus"]) == (80, 20)
        assert [each["points"] for each in wire["adjustments"]] == [-20]
        assert [(each["policy"], each["points"]) for each in wire["bonus_adjustments"]] == [("late", -12), ("cap", -28)]
        return
    if name in ("gradescope", "prairielearn"):
        text = json.loads(text)["output" if name == "gradescope" else "message"]
    if name == "junit":
        text = "\n".join(each.get("value") for each in ET.fromstring(text).iter("property"))
    for said in SAID[language]:
        shown = markdown.escape(said) if name == "markdown" else said
        assert "".join(shown.split()) in "".join(text.split()), "a terminal may break its lines anywhere"


def test_the_points_of_every_platform_are_those_that_are_left(late):
    assert json.loads(rendered("gradescope", late, "en"))["score"] == 100
    assert json.loads(rendered("prairielearn", late, "en"))["score"] == 1.0
    assert '{"totalPoints":80,"maxPoints":100}' in rendered("github", late, "en")
    names, _, row = csv.reader(io.StringIO(rendered("csv", late, "en")))
    row = dict(zip(names, row, strict=True))
    assert (row["required"], row["bonus"], row["total"]) == ("80", "20", "100")
    suite = ET.fromstring(rendered("junit", late, "en")).find("testsuite[@name='points']/properties")
    points = {each.get("name"): each.get("value") for each in suite}
    assert (points["points"], points["bonus"]) == ("80", "20")


def test_thirds_of_points_add_up_as_they_are_shown():
    """What is taken off a third is rounded so that what is shown adds up to what is left."""
    report = report_samples.thirds()
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(minutes=DUE.minute + 1)
    result = counted(Policies(deadline=DUE, late=LateRule(take=F(1, 3), of="score")),
                     [GradedAttempt(report=report, at=at, number=1)]).report  # fmt: skip
    (line,) = [each for each in rendered("text", result, "en").splitlines() if each.startswith("Required points:")]
    before, rest = line.removeprefix("Required points: ").split(" − ", 1)
    taken, after = rest.split(" (", 1)[0], rest.rsplit("= ", 1)[1]
    assert F(before) - F(taken) == F(after)
    assert json.loads(rendered("json", result, "en"))["score"] == float(after)
