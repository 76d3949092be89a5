"""What a person decides stays through every regrade, stands in the report and in the journal, and can be taken back."""

import csv
import io
from fractions import Fraction

import pytest

from tests.course.conftest import RIGHT, WRONG_DOUBLE, WRONG_TOTAL, our_fault


def override(classroom, person, points, *words):
    done = classroom.command("override", person, "--points", points, "--why", "was ill", "--who", "prof", *words)
    assert done.returncode == 0, done.stderr
    return done


@pytest.mark.parametrize(
    ("given", "points"), [("19/2", Fraction(19, 2)), ("9.5", Fraction(19, 2)), ("1/3", Fraction(1, 3)), ("0/7", 0)]
)
def test_points_may_be_given_as_exact_fractions(graded, given, points):
    override(graded, "bob", given)
    assert graded.standing("bob").report.score == points


def test_points_that_are_set_by_hand_stand_in_the_report(graded):
    override(graded, "bob", "9.5")
    report = graded.standing("bob").report
    assert float(report.score) == 9.5
    assert [each.reason.text("en") for each in report.adjustments] == ["set by prof: was ill"]
    assert "6 + 3.5 (set by prof: was ill) = 9.5" in graded.command("show", "bob", "--lang", "en").stdout


def test_they_stay_through_a_regrade(graded):
    override(graded, "bob", "9.5")
    graded.mend("points: 6", "points: 7")
    graded.command("regrade", "--apply", "--jobs", "1")
    assert graded.scores() == {"ann": 11, "bob": 9.5, "cleo": 4}


def test_points_of_one_function(graded):
    override(graded, "bob", "3", "--item", "double")
    report = graded.standing("bob").report
    assert [float(each.score) for each in report.problems] == [3, 6]
    assert float(report.score) == 9


def test_marks_below_an_override_are_told_that_it_stands(graded):
    override(graded, "bob", "9.5", "--until", "2099-01-31")
    (graded.folder / "m.csv").write_text("name,item,points\nann,essay,1\nbob,essay,2\n", "utf-8")
    told = graded.command("manual", "import", "m.csv").stdout
    assert "bob: 9.5 points, set by prof (was ill), stand until 2099-01-31 23:59" in told
    assert "ann:" not in told and "grade class withdraw 1 --why" in told
    assert graded.scores()["bob"] == 9.5
    assert "8 + 1.5 (set by prof: was ill, until 2099-01-31 23:59) = 9.5" in graded.command("show", "bob").stdout


@pytest.mark.parametrize("what", ["function", "hand-in", "extension"])
def test_whatever_comes_below_an_override_is_told_that_it_stands(graded, what):
    override(graded, "bob", "9.5")
    if what == "function":
        told = override(graded, "bob", "1", "--item", "double").stdout
    elif what == "hand-in":
        graded.hand_in("bob", RIGHT)
        told = graded.run()
    else:
        graded.mend("title: t\n", "title: t\npolicies: {deadline: 2026-10-10 23:59 UTC}\n")
        (graded.folder / "more.csv").write_text("student,extra,why\nbob,1 day,ill\n", "utf-8")
        told = graded.command("extend", "more.csv").stdout
    assert "bob: 9.5 points, set by prof (was ill), stand, so nothing else changes them" in told
    assert graded.scores()["bob"] == 9.5


def test_an_override_shows_where_the_points_are_the_same_anyway(graded):
    override(graded, "bob", "6")
    assert "6 + 0 (set by prof: was ill) = 6" in graded.command("show", "bob").stdout


@pytest.mark.parametrize(
    ("points", "item", "most"), [("12", [], 6), ("4", ["--item", "double"], 1)], ids=["whole", "function"]
)
def test_an_override_above_what_a_mended_rubric_gives_is_lowered_and_told(graded, points, item, most):
    override(graded, "ann", points, *item)
    graded.mend("points: 4", "points: 1")
    graded.mend("points: 6", "points: 3")
    told = " ".join(graded.command("regrade", "--apply", "--jobs", "1").stdout.split())
    assert f"set to {points}, now worth {most} at most" in told
    report = graded.standing("ann").report
    assert report.score <= report.max_score
    assert all(each.score <= each.max_score for each in report.problems)
    assert graded.command("show", "ann").returncode == 0


def test_who_left_is_left_out_and_can_come_back(graded):
    done = graded.command("leave", "bob", "--why", "another course", "--who", "prof")
    assert done.stdout == "1 person is left out (run 2). To take it back: grade class undo 2\n"
    assert {*graded.scores()} == {"ann", "cleo"}
    graded.command("export", "--to", "csv=g.csv", "--to", "html=pages/")
    assert "bob" not in (graded.folder / "g.csv").read_text("utf-8-sig")
    assert [each.name for each in (graded.folder / "pages").glob("*bob*")] == []
    assert graded.command("report", "site", "--no-run").returncode == 0
    assert not [each for each in (graded.folder / "site").rglob("*.html") if ">bob<" in each.read_text("utf-8")]
    assert "left 1 by prof: another course" in graded.command("show", "bob").stdout
    assert "They have left already." in graded.command("leave", "bob", "--why", "x").stdout
    assert graded.command("verify").returncode == 0
    graded.hand_in("bob", RIGHT)
    told = graded.run()
    assert "Left out, since they left: bob." in told and "grade class withdraw 1 --why" in told
    graded.command("withdraw", "1", "--why", "is back", "--who", "prof")
    assert graded.scores() == {"ann": 10, "bob": 10, "cleo": 4}
    assert graded.command("verify").returncode == 0


def test_a_leave_is_undone(graded):
    graded.command("leave", "bob", "cleo", "--why", "x")
    assert graded.command("undo", "2").returncode == 0
    assert graded.scores() == {"ann": 10, "bob": 6, "cleo": 4}
    assert "Did you mean `bob`?" in graded.command("leave", "bobb", "--why", "x").stderr


def test_who_came_by_a_wrong_roster_leaves_before_anything_is_handed_in(graded):
    (graded.folder / "roster.csv").write_text("id,name\nann,Ann\nzed,Zed\n", "utf-8")
    graded.run("--roster", "roster.csv")
    assert graded.scores()["zed"] is None
    assert graded.command("leave", "zed", "--why", "wrong roster").returncode == 0
    assert {*graded.scores()} == {"ann", "bob", "cleo"}
    assert graded.command("verify").returncode == 0


def test_a_new_roster_renames(graded):
    for name in ("Ann Able", "Ann Baker"):
        (graded.folder / "roster.csv").write_text(f"id,name,email\nann,{name},ann@u.edu\n", "utf-8")
        graded.run("--roster", "roster.csv")
        assert graded.standing("ann").person.name == name


def test_a_run_that_changes_no_score_says_so_when_it_is_undone(graded):
    override(graded, "bob", "6")
    assert "0 scores are" in graded.command("undo", "2").stdout


def test_an_override_that_has_run_out_holds_no_more(graded):
    done = override(graded, "bob", "9", "--until", "2020-01-01")
    assert "2020-01-01 is past, so this override has run out already" in done.stderr
    assert graded.scores()["bob"] == 6
    assert "past" not in override(graded, "bob", "9", "--until", "2199-01-01").stderr


def test_undo_takes_the_decision_back_for_good(graded):
    override(graded, "bob", "9")
    graded.command("undo", "2")
    assert graded.scores()["bob"] == 6
    graded.hand_in("bob", WRONG_TOTAL)
    graded.run()
    assert graded.scores()["bob"] == 4


def test_a_decision_is_withdrawn(graded):
    override(graded, "bob", "9")
    graded.command("withdraw", "1", "--why", "by mistake", "--who", "prof")
    assert graded.scores()["bob"] == 6
    shown = graded.command("show", "bob").stdout
    assert "override 1 by prof: was ill" in shown and "withdrawn 1 by prof: by mistake" in shown


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["bob", "--points", "11", "--why", "x"], "from 0 to 12"),
        (["bob", "--points", "many", "--why", "x"], "from 0 to 12"),
        (["bob", "--points", "37/3", "--why", "x"], "from 0 to 12, such as 17.5 or 35/2"),
        (["bob", "--points", "1/0", "--why", "x"], "from 0 to 12"),
        (["bob", "--points=-1/2", "--why", "x"], "from 0 to 12"),
        (["bob", "--points", "1/2/3", "--why", "x"], "from 0 to 12"),
        (["bob", "--points", "5", "--why", "x", "--item", "tripple"], "It is one of: double, total"),
        (["bobb", "--points", "5", "--why", "x"], "Did you mean `bob`?"),
        (["bob", "--points", "5", "--why", "x", "--until", "soon"], "2027-01-31"),
    ],
)
def test_what_makes_no_sense_is_refused(graded, words, says):
    refused = graded.command("override", *(word.replace("11", "13") for word in words))
    assert refused.returncode == 2
    assert says in refused.stderr
    assert graded.scores()["bob"] == 6


def test_a_note_is_shown_and_closed(graded):
    graded.command("note", "bob", "asks for another look at double", "--who", "tutor")
    assert "note 1 by tutor: asks for another look at double" in graded.command("show", "bob").stdout
    assert graded.scores()["bob"] == 6


def rows(classroom):
    text = (classroom.folder / "by hand" / "marks.csv").read_text("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def write(classroom, changed):
    with (classroom.folder / "by hand" / "marks.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, changed[0])
        table.writeheader()
        table.writerows(changed)


def test_marks_go_out_without_names_and_come_back(graded):
    graded.command("manual", "export", "by hand")
    out = rows(graded)
    assert len(out) == 3 and not {row["name"] for row in out} & {"ann", "bob", "cleo"}
    assert [row["name"] for row in out] == sorted(row["name"] for row in out)
    work = {row["name"]: (graded.folder / "by hand" / row["name"] / "hw.py").read_text() for row in out}
    for row in out:
        row["points"] = "2" if "3 * x" in work[row["name"]] else ""
        row["comment"] = "=well done" if row["points"] else ""
    write(graded, out)
    done = graded.command("manual", "import", "by hand/marks.csv", "--who", "tutor")
    assert done.stdout == "1 mark is new (run 2). To take it back: grade class undo 2\n"
    assert graded.scores()["bob"] == 8
    assert graded.standing("bob").report.manual[0].comment == "=well done"
    assert graded.command("manual", "import", "by hand/marks.csv").stdout == "The table says nothing new.\n"


def test_names_in_the_table_are_the_same_each_time(graded):
    graded.command("manual", "export", "by hand")
    before = [row["name"] for row in rows(graded)]
    graded.hand_in("dan", RIGHT)
    graded.run()
    graded.command("manual", "export", "by hand")
    assert {*before} < {row["name"] for row in rows(graded)}


def test_faults_of_the_table_are_all_told_and_nothing_is_taken(graded):
    table = graded.folder / "m.csv"
    table.write_text("name,item,points\nann,essay,2\nbobb,essay,1\ncleo,essay,3\n", "utf-8")
    refused = graded.command("manual", "import", "m.csv")
    assert refused.returncode == 2
    assert (
        "`bobb`" in refused.stderr and "Did you mean `bob`?" in refused.stderr and "more than the 2" in refused.stderr
    )
    assert graded.scores()["ann"] == 10


def test_marks_stay_through_a_regrade(graded):
    (graded.folder / "m.csv").write_text("name,item,points\nann,essay,2\n", "utf-8")
    graded.command("manual", "import", "m.csv")
    graded.mend("points: 4", "points: 5")
    graded.command("regrade", "--apply", "--jobs", "1")
    assert graded.scores()["ann"] == 13


def test_an_override_that_runs_out_is_counted_anew(graded):
    override(graded, "bob", "9", "--until", "2099-01-01")
    assert graded.scores()["bob"] == 9
    with graded.store as store, store.change():
        store.connection.execute("UPDATE adjustments SET until = '2026-11-01T00:00:00+00:00'")
        store.connection.execute("UPDATE runs SET began = '2026-10-01T00:00:00.000Z'")
    graded.run()
    assert graded.scores()["bob"] == 6


def test_a_marker_gets_the_work_that_counts(graded):
    graded.hand_in("bob", RIGHT)
    graded.run()
    graded.command("manual", "export", "by hand")
    works = [file.read_text("utf-8") for file in (graded.folder / "by hand").glob("*/hw.py")]
    assert WRONG_DOUBLE.strip() not in [each.strip() for each in works]


PEOPLE = """学号,姓名,邮箱,canvas,moodle
ann,Ann Lee,lee@example.edu,7,8
bob,韩梅梅,bob.h@example.edu,8,9
cleo,Ann Lee,cleo@example.edu,9,7
dan,Dan Wood,dan@example.edu,12,13
"""


@pytest.fixture
def known(graded):
    (graded.folder / "roster.csv").write_text(PEOPLE, "utf-8")
    graded.hand_in("dan", RIGHT)
    graded.run("--roster", "roster.csv")
    return graded


@pytest.mark.parametrize("word", ["dan", "DAN", "Dan Wood", "wood, dan", "dan@example.edu", "12", "13"])
def test_a_person_is_found_by_all_that_it_is_called(known, word):
    override(known, word, "1")
    assert known.scores()["dan"] == 1 and known.scores()["bob"] == 6
    known.command("note", word, "look again")
    assert "note 2" in known.command("show", word).stdout


def test_who_shares_a_name_is_asked_for_by_id(known):
    for words in (
        ["show", "ann lee"],
        ["note", "lee ann", "x"],
        ["override", "Ann Lee", "--points=1", "--why=x"],
    ):
        refused = known.command(*words)
        assert refused.returncode == 2
        assert "names 2 people; write the id." in refused.stderr
        assert "ann (Ann Lee)" in refused.stderr and "cleo (Ann Lee)" in refused.stderr
    assert "names 2 people" in known.command("show", "8").stderr  # Moodle's ann, Canvas's bob


def test_who_is_nobody_is_told_the_nearest(known):
    told = known.command("show", "wood").stderr
    assert "Nobody in this class is called `wood`." in told and "Did you mean `dan (Dan Wood)`?" in told
    assert "韩梅梅" in known.command("show", "梅梅").stderr
    assert "Did you mean" not in known.command("show", "zzzzzz").stderr


def test_two_people_are_compared_by_their_names(known):
    assert known.command("similar", "韩梅梅", "Dan Wood").returncode == 0


def test_marks_and_extensions_name_people_in_the_same_way(known):
    (known.folder / "marks.csv").write_text("name,item,points\nDan Wood,essay,1\nAnn Lee,essay,2\n", "utf-8")
    refused = known.command("manual", "import", "marks.csv")
    assert refused.returncode == 2 and "names 2 people" in refused.stderr
    (known.folder / "marks.csv").write_text('name,item,points\n"Wood, Dan",essay,1\n', "utf-8")
    assert "1 mark is new" in known.command("manual", "import", "marks.csv").stdout
    (known.folder / "more.csv").write_text('student,extra,why\n"Wood, Dan",2 days,ill\n', "utf-8")
    known.command("extend", "more.csv")
    assert "extension 2" in known.command("show", "dan").stdout


def test_what_nobody_has_marked_yet_is_told_and_shown_as_pending(graded):
    kinds = ("csv=all.csv", "html-class=class.html", "nbgrader=nb.csv", "json=r/")
    words = ("export", *(word for kind in kinds for word in ("--to", kind)))
    done = graded.command(*words)
    assert done.returncode == 0 and "3 students have items that nobody has marked yet" in done.stderr
    table = list(csv.DictReader(io.StringIO((graded.folder / "all.csv").read_text("utf-8-sig"))))
    assert [row["to be graded by hand"] for row in table] == ["", "2", "2", "2"]
    assert {row["essay"] for row in table[1:]} == {""}
    assert "to be graded by hand" in (graded.folder / "class.html").read_text()
    (graded.folder / "marks.csv").write_text("name,item,points\nann,essay,1\nbob,essay,2\ncleo,essay,0\n", "utf-8")
    graded.command("manual", "import", "marks.csv")
    assert "nobody has marked" not in graded.command(*words).stderr


@pytest.mark.parametrize(
    ("items", "total", "state"),
    [([("10.5", "")], "10.5", "set by hand"), ([("3", "double"), ("6", "total")], "9", "partly right")],
    ids=["whole", "functions"],
)
def test_whom_we_failed_to_grade_can_be_given_points(classroom, items, total, state):
    classroom.hand_in("ann", RIGHT)
    with our_fault():
        assert classroom.command("handed in", "--jobs", "1").returncode == 3
    for points, item in items:
        override(classroom, "ann", points, *(["--item", item] if item else []))
    classroom.command("export", "--to", "csv=marks.csv", "--to", "nbgrader=n.csv")
    _, row = csv.reader(io.StringIO((classroom.folder / "n.csv").read_text("utf-8")))
    assert row[7] == str(float(total))
    table = (classroom.folder / "marks.csv").read_text("utf-8-sig").splitlines()
    (own,) = csv.DictReader([table[0], table[2]])
    assert (own["status"], own["required"], own["total"]) == (state, total, total)
    assert f"required {total} / 12" in classroom.command("show", "ann").stdout
    classroom.run()
    assert classroom.scores() == {"ann": float(total)}


def test_a_decision_without_a_reason_has_no_colon(graded):
    graded.mend("title: t\n", "title: t\npolicies: {deadline: 2020-10-10 23:59 UTC}\n")
    (graded.folder / "more.csv").write_text("student,extra\nbob,1 day\n", "utf-8")
    graded.command("extend", "more.csv", "--who", "prof")
    assert "extension 1 by prof\n" in graded.command("show", "bob").stdout


def test_points_that_are_set_do_not_hide_a_bonus_that_we_failed_to_grade(classroom):
    classroom.mend("  total:\n", "  total:\n    bonus: true\n")
    classroom.hand_in("ann", RIGHT)
    with our_fault():
        assert classroom.command("handed in", "--jobs", "1").returncode == 3
    assert "The bonus of total is not graded and counts nothing." in override(classroom, "ann", "4").stdout
    assert "The bonus of" not in override(classroom, "ann", "6", "--item", "total").stdout
    assert "The bonus of" not in override(classroom, "ann", "4").stdout
