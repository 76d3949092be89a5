"""What goes out for grading by hand: each work once, without what says whose it is or when it came, or nothing."""

import csv

import pytest
from namings import make_canvas, make_gradescope, make_nbgrader, make_plain, number, write

from tests.course.conftest import RIGHT, RUBRIC, WRONG_DOUBLE, WRONG_TOTAL

PEOPLE = ("ann", "bob", "cleo", "dan")


def graded(classroom, folder):
    (classroom.folder / "roster.csv").write_text(
        "id,email\n" + "".join(f"{each},{each}@uni.edu\n" for each in PEOPLE), "utf-8"
    )
    done = classroom.command(str(folder), "--roster", "roster.csv", "--jobs", "1")
    assert done.returncode in (0, 1), done.stderr
    return classroom


@pytest.fixture
def grouped(classroom):
    """Return a class in which ann and bob handed in together, and cleo the same text for herself."""
    works = {name: {"hw.py": RIGHT} for name in ("ann", "cleo")}
    return graded(classroom, make_gradescope(classroom.folder / "out", works, groups={"ann": ["bob"]}))


def export(classroom):
    done = classroom.command("manual", "export", "by hand")
    assert done.returncode == 0, done.stderr
    with (classroom.folder / "by hand" / "marks.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    folders = {path.name for path in (classroom.folder / "by hand").iterdir() if path.is_dir()}
    assert folders == {row["name"] for row in rows}
    return rows


def take(classroom, rows, **more):
    with (classroom.folder / "marks.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, ["name", "item", "points", "comment", "at most"])
        table.writeheader()
        table.writerows(rows + [{"name": name, "item": "essay", "points": points} for name, points in more.items()])
    return classroom.command("manual", "import", "marks.csv")


def marks(classroom):
    found = {name: classroom.standing(name).report for name in PEOPLE}
    return [None if each is None or each.manual[0].is_open else float(each.manual[0].score) for each in found.values()]


def test_work_of_a_group_is_marked_once_for_all_of_it(grouped):
    rows = export(grouped)
    assert len(rows) == 2  # equal texts of two hand-ins are two
    assert take(grouped, [{**row, "points": points} for row, points in zip(rows, ("0.5", "1.5"), strict=True)]).stdout
    ann, bob, cleo, dan = marks(grouped)
    assert {ann, cleo} == {0.5, 1.5} and bob == ann and dan is None


def test_a_mark_of_all_stands_in_the_next_table_and_says_nothing_new(grouped):
    rows = [{**row, "points": "2", "comment": "fine"} for row in export(grouped)]
    assert "3 marks are new" in take(grouped, rows).stdout
    again = export(grouped)
    assert [(row["name"], row["points"], row["comment"]) for row in again] == [
        (row["name"], "2", "fine") for row in rows
    ]
    assert "nothing new" in take(grouped, again).stdout


def test_a_member_has_a_mark_of_its_own(grouped):
    rows = [{**row, "points": "2"} for row in export(grouped)]
    assert take(grouped, rows, bob="1").returncode == 0
    assert marks(grouped) == [2, 1, 2, None]
    again = export(grouped)
    assert len(again) == 3
    assert "nothing new" in take(grouped, again).stdout
    assert marks(grouped) == [2, 1, 2, None]


def test_a_row_that_names_a_member_is_not_of_the_others(grouped):
    assert take(grouped, [], ann="2").returncode == 0
    assert marks(grouped) == [2, None, None, None]


def test_who_handed_in_otherwise_afterwards_is_marked_alone(grouped):
    folder = grouped.folder / "handed in"
    make_gradescope(folder, {"cleo": {"hw.py": RIGHT}, "dan": {"hw.py": RIGHT}, "bob": {"hw.py": WRONG_TOTAL}})
    graded(grouped, folder)
    assert len(export(grouped)) == 4


def test_nothing_that_nbgrader_wrote_goes_out(classroom):
    works = {name: {"hw.py": text, "notes/timestamp.txt": "mine"} for name, text in (("ann", RIGHT), ("bob", RIGHT))}
    works["bob"]["submission_secret.txt"] = "0123"
    graded(classroom, make_nbgrader(classroom.folder / "course", works))
    export(classroom)
    out = classroom.folder / "by hand"
    files = sorted(path.relative_to(out).as_posix().partition("/")[2] for path in out.glob("*/**/*") if path.is_file())
    assert files == ["hw.py", "hw.py", "notes/timestamp.txt", "notes/timestamp.txt"]


def test_nothing_that_canvas_named_after_a_student_goes_out(classroom):
    folder = make_canvas(
        classroom.folder / "canvas", {"ann": {"hw.py": RIGHT, "data.txt": "1"}, "bob": {"hw.py": RIGHT}}
    )
    write(folder, {f"ann_{number('ann')}_text.html": "<p>hello</p>"})
    graded(classroom, folder)
    assert len(export(classroom)) == 2
    names = sorted(path.name for path in (classroom.folder / "by hand").glob("*/*"))
    assert names == ["_text.html", "data.txt", "hw.py", "hw.py"]


def test_a_students_own_file_of_that_name_goes_out(classroom):
    graded(classroom, make_plain(classroom.folder / "in", {"ann": {"hw.py": RIGHT, "timestamp.txt": "mine"}}))
    export(classroom)
    assert len([*(classroom.folder / "by hand").glob("*/timestamp.txt")]) == 1


@pytest.fixture
def unmarked(classroom):
    classroom.rubric(RUBRIC.partition("manual:")[0])
    classroom.hand_in("ann", RIGHT)
    classroom.hand_in("bob", WRONG_DOUBLE)
    classroom.run()
    return classroom


def refused(classroom):
    done = classroom.command("manual", "export", "by hand")
    assert done.returncode == 2
    assert not (classroom.folder / "by hand").exists()
    return done.stderr


def test_an_item_that_is_in_no_report_yet_is_not_waited_for_in_vain(unmarked):
    assert "nothing below `manual`" in refused(unmarked)
    unmarked.rubric(RUBRIC)
    told = refused(unmarked)
    assert "in no report yet: essay" in told and "grade class regrade --apply" in told
    assert unmarked.command("regrade", "--apply", "--jobs", "1").returncode == 0
    assert len(export(unmarked)) == 2


def test_a_rubric_with_faults_is_told_and_nothing_is_written(unmarked):
    unmarked.rubric(RUBRIC.replace("points: 2", "points: many"))
    assert "grading.yaml" in refused(unmarked)


def test_nothing_is_written_where_nobody_has_a_score(classroom):
    classroom.hand_in("ann", RIGHT)
    classroom.run()
    with classroom.store as store:
        store.connection.execute("DELETE FROM standings")
    assert "Nobody has a score yet" in refused(classroom)


def test_what_is_not_in_force_yet_is_told_beside_what_is(classroom):
    classroom.hand_in("ann", RIGHT)
    classroom.run()
    classroom.mend("manual:\n", "manual:\n  talk: {points: 1, title: talk}\n")
    told = classroom.command("manual", "export", "by hand").stdout
    assert "1 submission is in by hand" in told
    assert "Not in everybody's report yet: talk." in told
    assert [row["item"] for row in export(classroom)] == ["essay"]


def test_the_store_alone_tells_what_is_marked(classroom, tmp_path):
    classroom.hand_in("ann", RIGHT)
    classroom.run()
    (classroom.folder / "grading.yaml").unlink()
    done = classroom.command("manual", "export", "by hand", "--store", str(classroom.path))
    assert "1 submission is in by hand" in done.stdout
