"""Why a policy takes something else than before: a decision, a time that was told, a rule; the cause says which."""

import csv
import re
from datetime import datetime, timedelta

import pytest

from tests.course.conftest import RIGHT, RUBRIC, STUB, WRONG_TOTAL

DEADLINE = """\
policies:
  deadline: 2026-10-10 23:59 +08:00
  late: {each: 1 day, take: 10%}
"""
FIRST, THEN = "2026-10-10 20:00", "2026-10-12 08:00"


@pytest.fixture
def late(classroom):
    """Return a class of which Bob was late by two days, or part of them."""
    classroom.rubric(RUBRIC + DEADLINE)
    for name, text in (("ann", RIGHT), ("bob", RIGHT + "\n"), ("cleo", WRONG_TOTAL), ("dan", STUB)):
        classroom.hand_in(name, text)
    times(classroom, FIRST, THEN, THEN, THEN)
    return classroom


def times(classroom, *told):
    rows = [f"{name},{at}\n" for name, at in zip(("ann", "bob", "cleo", "dan"), told, strict=True)]
    (classroom.folder / "roster.csv").write_text("id,submitted_at\n" + "".join(rows), "utf-8")
    assert classroom.command("handed in", "--roster", "roster.csv", "--jobs", "1").returncode in (0, 1)


def extended(classroom, *rows):
    table = "student,until,extra,why\n" + "".join(f"{row}\n" for row in rows)
    (classroom.folder / "more.csv").write_text(table, "utf-8")
    assert classroom.command("extend", "more.csv").returncode == 0


def causes(classroom, *words):
    """Return each change as (person, of, why), after a look at the sums: the causes of each add up to its change."""
    done = classroom.command(*words, "--csv", "why.csv")
    assert done.returncode == 0, done.stderr
    with (classroom.folder / "why.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for person in {row["student"] for row in rows}:
        own = [row for row in rows if row["student"] == person]
        assert sum(float(row["points"]) for row in own) == pytest.approx(float(own[0]["change"]), abs=0.011)
    return {(row["student"], row["of"], row["why"]) for row in rows}


def test_what_an_extension_gives_back_and_a_withdrawal_takes_is_a_decision(late):
    extended(late, "bob,,3 days,ill", "cleo,,1 day,ill")
    assert causes(late, "diff", "1", "2") == {("bob", "", "decision"), ("cleo", "", "decision")}
    late.command("withdraw", "1", "--why", "by mistake")
    late.command("regrade", "--apply", "--jobs", "1")
    assert causes(late, "diff", "2", "4") == {("bob", "", "decision")}
    assert causes(late, "diff", "1", "4") == {("cleo", "", "decision")}
    late.command("undo", "2")
    assert causes(late, "diff", "2", "1") >= {("cleo", "", "decision")}


def test_what_a_policy_takes_of_points_by_hand_is_a_decision(late):
    late.mend("take: 10%", "take: 10%, of: score")
    late.command("regrade", "--apply", "--jobs", "1")
    (late.folder / "marks.csv").write_text("name,item,points\nbob,essay,2\n", "utf-8")
    late.command("manual", "import", "marks.csv")
    assert causes(late, "diff", "2", "3") == {("bob", "essay", "decision"), ("bob", "", "decision")}


def test_what_a_rule_takes_that_was_mended_is_the_rubrics(late):
    late.mend("take: 10%", "take: 20%")
    assert causes(late, "regrade", "--apply", "--jobs", "1") == {("bob", "", "rubric"), ("cleo", "", "rubric")}


def test_a_rule_and_an_extension_together_are_both_told(late):
    late.mend("take: 10%", "take: 30%")
    extended(late, "bob,,1 day,ill")
    late.mend("each: 1 day", "each: 12 h")
    late.command("regrade", "--apply", "--jobs", "1")
    assert causes(late, "diff", "1", "3") == {("bob", "", "decision, rubric"), ("cleo", "", "rubric")}


def test_what_lateness_takes_by_a_time_that_was_told_later_is_the_times(late):
    late.mend("title: t\n", "title: x\n")
    times(late, FIRST, "2026-10-11 08:00", THEN, THEN)
    assert causes(late, "diff", "1", "2") == {("bob", "", "time")}
    assert "no longer" not in (told := late.command("diff", "1", "2").stdout) and "another attempt" not in told
    assert causes(late, "diff", "2", "1") == {("bob", "", "time")}
    assert "（时间）" in late.command("diff", "1", "2", "--lang", "zh").stdout


def test_another_attempt_counts_for_what_made_it_count(late):
    late.mend("take: 10%}", "take: 40%}\n  attempts: {count: best}")
    (late.folder / "handed in" / "bob" / "2026-10-10T12-00").mkdir()
    (late.folder / "handed in" / "bob" / "hw.py").rename(late.folder / "handed in" / "bob" / "2026-10-12T08-00.py")
    told = late.folder / "handed in" / "bob"
    (told / "2026-10-12T08-00").mkdir()
    (told / "2026-10-12T08-00.py").rename(told / "2026-10-12T08-00" / "hw.py")
    (told / "2026-10-10T12-00" / "hw.py").write_text(WRONG_TOTAL, "utf-8")
    late.command("handed in", "--jobs", "1")
    late.command("regrade", "--apply", "--jobs", "1")
    before = late.scores()["bob"]
    extended(late, "bob,,3 days,ill")
    assert late.scores()["bob"] > before
    assert causes(late, "diff", "3", "4") == {("bob", "", "decision")}
    assert re.search(r"another attempt counts \(decision\)", late.command("diff", "3", "4").stdout)


def many(classroom, texts, policies, minutes_apart=97):
    """Hand in for a class, each late by other minutes; the deadline comes later. Return what the regrade says."""
    start = datetime.fromisoformat("2026-10-11 00:09")
    rows = []
    for number, text in enumerate(texts):
        classroom.hand_in(f"p{number:02}", text + "\n" * number)
        rows.append(f"p{number:02},{start + timedelta(minutes=number * minutes_apart)}\n")
    (classroom.folder / "roster.csv").write_text("id,submitted_at\n" + "".join(rows), "utf-8")
    assert classroom.command("handed in", "--roster", "roster.csv", "--jobs", "1", TZ="Asia/Shanghai").returncode == 0
    classroom.rubric(RUBRIC + policies)
    return classroom.command("regrade", "--apply", "--jobs", "1").stdout


def test_lateness_is_told_by_what_it_takes_with_its_range(classroom):
    told = many(classroom, [RIGHT] * 20, DEADLINE)
    assert re.findall(r"\n(\S+)  (\d+) students\n    \S+ whole submission: (.+)", told) == [
        ("−2.4", "5", "late by 1 day 25 min to 1 day 6 h 53 min: 20% of 12"),
        ("−1.2", "15", "late by 10 min to 22 h 48 min: 10% of 12 points"),
    ]
    assert "p00 10 → 8.8" in told and told.count(" students") == 2
    (classroom.folder / "more.csv").write_text(
        "student,extra,why\n" + "".join(f"p{number:02},2 days,ill\n" for number in range(20)), "utf-8"
    )
    classroom.command("extend", "more.csv")
    told = classroom.command("diff", "2", "3").stdout
    assert "+1.2  15 students\n    +1.2 whole submission: no longer: late by 10 min to " in told
    assert told.count(" students") == 2


@pytest.mark.parametrize("late", ["{each: 1 day, take: 10%, of: score}", "{slope: 10% a day}"])
def test_other_points_of_the_same_rule_are_a_range(classroom, late):
    texts = [RIGHT, WRONG_TOTAL] * 10
    told = many(classroom, texts, DEADLINE.replace("{each: 1 day, take: 10%}", late), minutes_apart=37)
    assert told.count(" students\n") == 1
    assert re.search(
        r"\n−[\d.]+ to −[\d.]+  20 students\n    −[\d.]+ to −[\d.]+ whole submission: late by 10 min", told
    )
    assert "迟交 10 分钟至" in classroom.command("diff", "1", "2", "--lang", "zh").stdout
