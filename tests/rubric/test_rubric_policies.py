"""What a course asks of work that is handed in, as it is read; and times as people write them."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from fractions import Fraction as F
from zoneinfo import ZoneInfo

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from rubric_samples import HEAD

from grader.model import AttemptRule, LateDays, LateRule, Policies
from grader.reading.moments import Unclear, minutes_in, moment_in
from grader.rubric.schema import schema

PROBLEMS = "problems:\n  f:\n    points: 1\n    checks: [{values: a, draw: {x: 1}}]\n"
DAY = 24 * 60


@pytest.fixture
def asked(good):
    """Return a function that reads the lines below `policies`."""

    def read(lines):
        return good(PROBLEMS + "policies:\n" + "".join(f"  {line}\n" for line in lines.splitlines()))

    return read


def test_all_of_it(asked):
    policies = asked(
        "deadline: 2026-10-10 23:59 Asia/Shanghai\n"
        "grace: 15 min\n"
        "late: {each: 1 day, take: 10%, at_most: 50%, until: 1 week, of: score}\n"
        "late_days: {budget: 4, at_most: 2}\n"
        "attempts: {count: best, at_most: 5, cool_down: 1 h 30 min}\n"
        "cap: 110%\n"
    ).policies
    assert (str(policies.deadline), policies.deadline.offset) == ("2026-10-10 23:59 Asia/Shanghai", 480)
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(minutes=policies.deadline.minute)
    assert at == datetime(2026, 10, 10, 15, 59, tzinfo=UTC) == policies.deadline.local
    assert policies.grace == 15
    assert policies.late == LateRule(take=F(1, 10), each=DAY, at_most=F(1, 2), until=7 * DAY, of="score")
    assert policies.late_days == LateDays(budget=4, at_most=2)
    assert policies.attempts == AttemptRule(count="best", at_most=5, cool_down=90)
    assert policies.cap == F(11, 10)


def test_other_ways_to_say_what_lateness_takes(asked):
    head = "deadline: 2026-10-10 23:59 +08:00\n"
    ways = {
        "{take: 1/3}": LateRule(take=F(1, 3)),
        "{slope: 10% a day}": LateRule(take=F(1, 10), each=DAY, steady=True),
        "{slope: 1% per hour, at_most: 20%}": LateRule(take=F(1, 100), each=60, steady=True, at_most=F(1, 5)),
        "{steps: {1 day: 10%, 3 days: 30%}}": LateRule(steps=((DAY, F(1, 10)), (3 * DAY, F(3, 10)))),
        "{until: 2 days}": LateRule(until=2 * DAY),
    }
    assert {way: asked(f"{head}late: {way}\n").policies.late for way in ways} == ways


def test_a_rubric_that_asks_nothing(good):
    assert good(PROBLEMS).policies == Policies()


VALID = [
    "deadline: 2026-10-10 23:59 Asia/Shanghai",
    "deadline: 2026-10-10 23:59:59 +08:00\ngrace: 1 day, 2 h",
    "deadline: 2026-10-10T23:59Z\nlate: {slope: 10% a day}",
    "attempts: {at_most: 3}",
    "cap: 100%",
]
INVALID = [
    "deadline: [a]",
    "deadline: 2026-10-10 23:59 UTC\nlate: {take: 10}",
    "deadline: 2026-10-10 23:59 UTC\nlate: {each: a day}",
    "deadline: 2026-10-10 23:59 UTC\nlate: {takes: 10%}",
    "attempts: {count: first}",
    "attempts: {at_most: 0}",
    "cap: 1.1",
    "cap: much",
]


@pytest.mark.parametrize("lines", VALID)
def test_the_schema_takes_what_is_read(asked, lines):
    assert asked(lines)
    written = yaml.safe_load(HEAD + PROBLEMS) | {"policies": yaml.load(lines, yaml.BaseLoader)}
    jsonschema.Draft202012Validator(schema()).validate(written | {"policies": _plain(written["policies"])})


@pytest.mark.parametrize("lines", INVALID)
def test_the_schema_refuses_what_is_refused(loaded, lines):
    text = HEAD + PROBLEMS + "policies:\n" + "".join(f"  {line}\n" for line in lines.splitlines())
    assert loaded(text).faults
    written = yaml.safe_load(HEAD + PROBLEMS) | {"policies": _plain(yaml.load(lines, yaml.BaseLoader))}
    assert not jsonschema.Draft202012Validator(schema()).is_valid(written)


def _plain(value):
    """Return what an editor sees: whole numbers as such, times as text."""
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    return int(value) if isinstance(value, str) and value.isdigit() else value


# --- times


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("15 min", 15), ("1 day", DAY), ("1 day 12 h", 36 * 60), ("2weeks", 14 * DAY), ("90分钟", 90), ("2 天", 2 * DAY),
     ("0 min", None), ("15", None), ("min", None), ("1 fortnight", None), ("-1 day", None), ("1.5 h", None)],
)  # fmt: skip
def test_lengths_of_time(text, minutes):
    assert minutes_in(text) == minutes


def test_clocks_that_are_put_forward_or_back():
    left_out, twice = (moment_in(f"{day} 02:30 Europe/Berlin") for day in ("2026-03-29", "2026-10-25"))
    assert "left out" in left_out.message.text("en")
    assert twice.hint.text("en") == "Write `2026-10-25 02:30 +02:00` or, later, `2026-10-25 02:30 +01:00`."
    first, second = (moment_in(f"2026-10-25 02:30 {offset}") for offset in ("+02:00", "+01:00"))
    assert second.minute - first.minute == 60
    assert moment_in("2026-10-25 03:30 Europe/Berlin").minute == second.minute + 60


@pytest.mark.parametrize(
    "zone", ["CST", "EST", "Asia", "Asia/Shanhai", "Mars/Base", "A/../../etc/passwd", "posixrules/x"]
)
def test_what_is_no_zone_is_said(zone):
    assert isinstance(moment_in(f"2026-10-10 23:59 {zone}"), Unclear | None)


def test_a_machine_without_zones_is_told_so(monkeypatch):
    import zoneinfo

    monkeypatch.setattr(zoneinfo, "available_timezones", set)
    monkeypatch.setattr(zoneinfo, "ZoneInfo", lambda name: {}[name])
    found = moment_in("2026-10-10 23:59 Asia/Shanghai")
    assert "knows no time zones" in found.message.text("en") and "+08:00" in found.hint.text("en")
    assert not isinstance(moment_in("2026-10-10 23:59 +08:00"), Unclear)


ZONES = ["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"]


@given(st.datetimes(datetime(1980, 1, 1), datetime(2100, 1, 1)), st.sampled_from(ZONES))
def test_a_moment_is_the_one_at_which_the_clocks_show_it(wall, zone):
    """It is one moment, or the text is refused; and what is shown is what was written."""
    text = f"{wall:%Y-%m-%d %H:%M}"
    found = moment_in(f"{text} {zone}")
    shown = wall.replace(second=0, microsecond=0)
    clocks = ZoneInfo(zone)
    real = {
        each.timestamp()
        for each in (shown.replace(tzinfo=clocks, fold=fold) for fold in (0, 1))
        if each.astimezone(UTC).astimezone(clocks).replace(tzinfo=None, fold=0) == shown
    }
    assert isinstance(found, Unclear) == (len(real) != 1)
    if not isinstance(found, Unclear):
        assert found.minute * 60 == real.pop()
        assert str(found) == f"{text} {zone}"
        assert moment_in(f"{text} {found.offset_text}").minute == found.minute


@given(
    st.text(max_size=40) | st.from_regex(r"2026-1?\d{1,2}-\d\d [0-2]\d:\d\d ?[A-Za-z/+:0-9.-]{0,20}", fullmatch=True)
)
def test_any_text_is_a_moment_or_refused(text):
    moment_in(text)
    minutes_in(text)


def test_zones_are_looked_for_only_where_a_deadline_is_written(tmp_path):
    (tmp_path / "reference.py").touch()
    (tmp_path / "grading.yaml").write_text(HEAD + PROBLEMS, "utf-8")
    code = (
        "import sys\nfrom pathlib import Path\nfrom grader.rubric import load\n"
        f"assert load(Path({str(tmp_path / 'grading.yaml')!r})).rubric\nprint(*sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "zoneinfo" not in run.stdout.split()
