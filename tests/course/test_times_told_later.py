"""A platform says that work is late and not when it came: the run says whose, and a table of times prices it."""

import pytest

from tests.course.conftest import RIGHT, RUBRIC, STUB

DEADLINE = """
policies:
  deadline: 2026-10-10 23:59 +08:00
  late: {each: 1 day, take: 10%}
"""
ROSTER = "id,name,canvas{head}\nann,Ann Lee,7{ann}\nbob,Bob Wood,8{bob}\n"


@pytest.fixture
def late(classroom):
    classroom.rubric(RUBRIC + DEADLINE)
    for name, text in (("leeann_7_100_hw.py", RIGHT), ("woodbob_LATE_8_101_hw.py", RIGHT + "\n")):
        (classroom.folder / "handed in" / name).write_text(text, "utf-8")
    roster(classroom)
    return classroom


def roster(classroom, head="", ann="", bob=""):
    (classroom.folder / "roster.csv").write_text(ROSTER.format(head=head, ann=ann, bob=bob), "utf-8")


def test_who_is_late_by_nobody_knows_what_is_told_with_the_way_out(late):
    told = late.run("--roster", "roster.csv")
    assert "counts as in time: bob\n" in told
    assert "a column `submitted_at` in the table for --roster" in told
    assert late.scores() == {"ann": 10, "bob": 10}


@pytest.fixture
def after_the_fact(late):
    """Return a class of three, two by file names of Canvas's and one in a folder, whose deadline came later."""
    late.rubric(RUBRIC)
    late.hand_in("cleo", RIGHT)
    with (late.folder / "roster.csv").open("a", encoding="utf-8") as roster:
        roster.write("cleo,Cleo Moss,9\n")
    assert "in time" not in late.run("--roster", "roster.csv")
    late.rubric(RUBRIC + DEADLINE)
    return late


UNTIMED = "Nobody knows when 2 people handed in; that counts as in time.\n"
LATE = "counts as in time: bob\nSay when: a column `submitted_at` in the table for --roster"


@pytest.mark.parametrize("words", [("regrade",), ("regrade", "--apply"), ("handed in",)])
def test_a_deadline_that_comes_later_tells_whose_time_nobody_knows(after_the_fact, words):
    told = after_the_fact.command(*words, "--jobs", "1").stdout
    assert UNTIMED in told and LATE in told
    after_the_fact.command("leave", "bob", "cleo", "--why", "x")
    told = after_the_fact.command(*words, "--jobs", "1").stdout
    assert "when 1 person handed in" in told and "bob" not in told.partition("Left out")[0]


@pytest.mark.parametrize("words", [("regrade",), ("handed in",)])
def test_times_that_came_once_are_not_asked_for_again(after_the_fact, words):
    (after_the_fact.folder / "times.csv").write_text(
        "id,submitted_at\nann,2026-10-10 23:00\nbob,2026-10-12 08:00\ncleo,2026-10-10 08:00\n", "utf-8"
    )
    for tables in (["--roster", "roster.csv", "--roster", "times.csv"], ["--roster", "roster.csv"], []):
        assert "in time" not in after_the_fact.run(*tables)
    assert "in time" not in after_the_fact.command(*words, "--jobs", "1").stdout


def test_a_report_says_of_late_work_that_the_platform_says_so(after_the_fact):
    after_the_fact.command("regrade", "--apply", "--jobs", "1")
    notes = {name: [each.message.text("en") for each in after_the_fact.standing(name).report.notes]
             for name in ("ann", "bob", "cleo")}  # fmt: skip
    unknown = "When this was handed in is not known; it counts as in time."
    assert notes == {
        "ann": [unknown],
        "bob": ["The course system says that this is late, and not by how much; it counts as in time."],
        "cleo": [unknown],
    }


def test_that_it_is_late_stays_known_where_the_same_file_has_another_name(after_the_fact):
    canvas = after_the_fact.folder / "handed in" / "woodbob_LATE_8_101_hw.py"
    canvas.rename(canvas.with_name("bob.py"))
    assert LATE in after_the_fact.run()
    assert after_the_fact.standing("bob").attempts == 1


def test_of_several_attempts_the_one_that_counts_is_told(after_the_fact):
    after_the_fact.hand_in("dan", RIGHT)
    after_the_fact.run()
    after_the_fact.hand_in("dan", STUB)
    assert "when 3 people handed in" in after_the_fact.run()
    assert after_the_fact.standing("dan").attempts == 2


@pytest.mark.parametrize("head", ["submitted_at", "提交时间"])
def test_a_time_that_is_told_later_counts(late, head):
    late.run("--roster", "roster.csv")
    roster(late, f",{head}", ",2026-10-10 23:00", ",2026-10-12 08:00")
    told = late.run("--roster", "roster.csv")
    assert "in time: bob" not in told
    assert late.scores() == {"ann": 10, "bob": pytest.approx(7.6)}
    assert (late.standing("bob").attempt, late.standing("bob").attempts) == (1, 1)
    assert "Nothing new to grade" in late.run("--roster", "roster.csv")
    roster(late)
    assert "Nothing new to grade" in late.run("--roster", "roster.csv"), "what is known stays known"
    assert late.scores()["bob"] == pytest.approx(7.6)


def test_tables_show_the_clocks_of_the_deadline_and_that_late_work_is_right(late):
    late.rubric((late.folder / "grading.yaml").read_text("utf-8").replace("23:59 +08:00", "23:59 Asia/Shanghai"))
    roster(late, ",submitted_at", ",2026-10-10 23:00", ",2026-10-12 08:00")
    late.run("--roster", "roster.csv")
    late.command("export", "--to", "csv=g.csv", "--to", "html-class=page.html", "--to", "nbgrader=n.csv")
    table = (late.folder / "g.csv").read_text("utf-8-sig")
    assert ',2026-10-12 08:00:00+08:00,1,1,"right, with deductions",7.6,,7.6,' in table
    assert "2026-10-12 08:00+08:00" in (late.folder / "page.html").read_text("utf-8")
    assert ",2026-10-12 00:00:00," in (late.folder / "n.csv").read_text("utf-8"), "nbgrader's times are of UTC"


def test_work_that_changed_since_is_another_attempt(late):
    late.run("--roster", "roster.csv")
    (late.folder / "handed in" / "woodbob_LATE_8_101_hw.py").write_text(STUB, "utf-8")
    roster(late, ",submitted_at", ",", ",2026-10-10 08:00")
    late.run("--roster", "roster.csv")
    assert late.scores()["bob"] == 0 and late.standing("bob").attempts == 2


def test_a_time_that_cannot_be_read_is_a_fault_and_never_in_time(late):
    roster(late, ",submitted_at", ",-", ",on Monday")
    refused = late.command("handed in", "--roster", "roster.csv", "--jobs", "1")
    assert refused.returncode == 2 and "roster.csv:3:" in refused.stderr
    assert "`on Monday` is no date with a time." in refused.stderr


def test_a_time_that_was_mistyped_is_mended_in_the_table(late):
    for day in (15, 12):
        roster(late, ",submitted_at", ",2026-10-10 23:00", f",2026-10-{day} 08:00")
        late.run("--roster", "roster.csv")
    assert late.scores()["bob"] == pytest.approx(7.6)
    assert (late.standing("bob").attempt, late.standing("bob").attempts) == (1, 1)


@pytest.mark.parametrize("words", [("regrade", "--apply", "--jobs", "1"), ("handed in", "--roster", "roster.csv")])
def test_a_time_without_a_zone_is_meant_in_that_of_a_deadline_that_comes_later(late, words, monkeypatch):
    monkeypatch.setenv("TZ", "UTC")
    late.rubric(RUBRIC)
    roster(late, ",submitted_at", ",2026-10-10 20:00", ",2026-10-12 01:00+08:00")
    late.run("--roster", "roster.csv")
    late.rubric(RUBRIC + DEADLINE)
    done = late.command(*words)
    assert done.returncode == 0, done.stderr
    late.command("regrade", "--apply", "--jobs", "1")
    assert late.scores() == {"ann": 10, "bob": pytest.approx(7.6)}
    assert (late.standing("ann").attempt, late.standing("ann").attempts) == (1, 1)
    assert late.standing("ann").handed_in.isoformat() == "2026-10-10T20:00:00+08:00"
    assert late.command("verify").returncode == 0
