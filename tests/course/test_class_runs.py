"""Runs over a class: what is new is graded and counted, what is mended is shown first, and every run can be undone."""

import csv
import json
import os
import re
import shutil
from contextlib import closing
from fractions import Fraction

import pytest
from msgspec.structs import replace

from grader import grading
from grader.course import grading as course_grading
from grader.course.grading import neutral
from grader.execution.engine import open_engine
from grader.report import format_of
from tests.course.conftest import RIGHT, RUBRIC, STUB, WRONG_DOUBLE, WRONG_TOTAL, our_fault, timeless

ALONE = "def double(x):\n    return {double}\n\n\ndef total(xs):\n    return summe(xs) * 2\n"
"""A name that nothing has fails one function, or both: then one cause is told of both."""


@pytest.fixture
def graded(classroom):
    """Return a class of four that is graded once."""
    for person, text in (("ann", RIGHT), ("bob", WRONG_DOUBLE), ("cleo", WRONG_TOTAL), ("dan", STUB)):
        classroom.hand_in(person, text)
    classroom.run()
    return classroom


def test_everybody_has_a_score(graded):
    assert graded.scores() == {"ann": 10, "bob": 6, "cleo": 4, "dan": 0}


def test_a_second_run_has_nothing_to_do(graded):
    assert "Nothing new to grade" in graded.run()
    assert graded.scores() == {"ann": 10, "bob": 6, "cleo": 4, "dan": 0}


def test_only_what_is_new_is_graded_and_counted(graded):
    graded.hand_in("eve", RIGHT.replace("2 * x", "x + x"))
    shutil.rmtree(graded.folder / "handed in" / "bob")
    assert "Run 2: 5 of 5 people are graded." in graded.run()
    assert graded.scores() == {"ann": 10, "bob": 6, "cleo": 4, "dan": 0, "eve": 10}
    with graded.store as store:
        assert store.scored(2) == {"eve"}


def test_a_later_attempt_counts(graded):
    graded.hand_in("bob", RIGHT)
    graded.run()
    assert graded.scores()["bob"] == 10
    standing = graded.standing("bob")
    assert (standing.attempt, standing.attempts) == (2, 2)


def test_what_cannot_be_graded_has_a_row_and_its_reason(graded):
    (graded.folder / "handed in" / "fay").mkdir()
    (graded.folder / "handed in" / "gus.txt").write_text("an essay\n")
    done = graded.command("handed in", "--jobs", "1")
    assert done.returncode == 1
    assert "What they handed in cannot be graded: fay, gus" in done.stdout
    report = graded.standing("fay").report
    assert {problem.status for problem in report.problems} == {"ungradable"}
    assert report.notes[0].message.text("en") == "The folder that was handed in is empty."


@pytest.mark.parametrize(("name", "beside"), [("hw.py", ""), ("hw.py", "notes.txt"), ("hw", "")])
def test_a_link_in_place_of_the_file_is_told(classroom, name, beside):
    classroom.hand_in("fay", "mine", beside or "gone.txt")
    folder = classroom.folder / "handed in" / "fay"
    (folder / name).symlink_to(classroom.folder / "solutions" / ("hw.py" if name == "hw.py" else ""))
    if not beside:
        (folder / "gone.txt").unlink()
    assert classroom.command("handed in", "--jobs", "1").returncode == 1
    said = classroom.standing("fay").report.notes[0].message.text("en")
    assert f"{name} is a link; links are not followed." in said and "solutions" not in said


def test_each_fault_is_told_once_at_its_line_in_a_sentence_of_its_own(classroom):
    classroom.mend("seed: 90711", "seed: 90711\npolicies: {deadline: 2026-10-10 23:59 Asia/Shanghai}")
    classroom.hand_in("ann", "dog ate it\nand more it\n")
    classroom.run()
    told = "hw.py:1: Python cannot read this: invalid syntax. hw.py:2: Python cannot read this, so it was left out: "
    told += "invalid syntax. When this was handed in is not known; it counts as in time."
    assert told in " ".join(classroom.command("show").stdout.split())
    classroom.command("export", "--to", "csv=en.csv", "--lang", "en")
    assert told in (classroom.folder / "en.csv").read_text("utf-8-sig")
    classroom.command("export", "--to", "csv=zh.csv", "--lang", "zh")
    told = (
        "hw.py:1：Python 读不懂这里（原话：invalid syntax）。hw.py:2：Python 读不懂这里，所以略过了：invalid syntax。"
    )
    assert told + "不知道这一份是什么时候交的，按准时算。" in (classroom.folder / "zh.csv").read_text("utf-8-sig")


def test_a_mended_rubric_changes_no_score_until_it_is_applied(graded):
    graded.mend("points: 4", "points: 8")
    told = graded.command("regrade", "--jobs", "1").stdout
    assert "+4  2 students\n    +4 double: worth 8, before 4 (rubric)\n    ann 10 → 14, cleo 4 → 8" in told
    assert graded.scores()["ann"] == 10
    graded.command("regrade", "--apply", "--jobs", "1")
    assert graded.scores() == {"ann": 14, "bob": 6, "cleo": 8, "dan": 0}
    assert graded.standing("dan").report.max_score == 16


def test_a_changed_case_is_named(graded):
    graded.mend("draw: {x: 100..999}", "draw: {x: 100..999}\n        compare: {atol: 1000}")
    told = graded.command("regrade", "--jobs", "1").stdout
    assert "+2 double: large numbers 0 → 2 (cases 1, 2, 3) (rubric)\n    bob 6 → 8" in told


def test_changes_as_a_table(graded):
    graded.mend("points: 4", "points: 8")
    graded.command("regrade", "--jobs", "1", "--csv", "changes.csv")
    assert (graded.folder / "changes.csv").read_text("utf-8").splitlines() == [
        "student,before,bonus before,after,bonus after,change,of,points,why,cause",
        'ann,10,0,14,0,4,double,4,rubric,"worth 8, before 4"',
        'cleo,4,0,8,0,4,double,4,rubric,"worth 8, before 4"',
    ]


def test_points_in_the_table_of_changes_are_plain_numbers(graded):
    graded.mend("points: 4", "points: 2.5\n    bonus: true")
    graded.hand_in("gus", RIGHT)
    graded.run()
    done = graded.command("override", "cleo", "--points", "1.25", "--why", "=1+1", "--who", "=prof")
    assert done.returncode == 0, done.stderr
    graded.command("regrade", "--apply", "--jobs", "1")
    assert graded.command("diff", "1", "4", "--csv", "changes.csv").returncode == 0
    with (graded.folder / "changes.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    numbers = ("before", "bonus before", "after", "bonus after", "change", "points")
    found = {(row["student"], row["of"]): [float(row[name] or "nan") for name in numbers] for row in rows}
    assert found[("ann", "double")] == [10, 0, 6, 2.5, -1.5, -1.5]
    assert found[("gus", "")][2:] == [6, 2.5, 8.5, 8.5] and rows[-1]["before"] == ""
    assert all("−" not in cell and "–" not in cell for row in rows for cell in row.values())


def test_a_run_is_taken_back(graded):
    graded.mend("points: 4", "points: 8")
    graded.command("regrade", "--apply", "--jobs", "1")
    assert graded.command("undo", "2").stdout == "Run 2 is undone: 2 scores are what they were before.\n"
    assert graded.scores() == {"ann": 10, "bob": 6, "cleo": 4, "dan": 0}
    assert graded.command("undo", "2").returncode == 2
    graded.command("regrade", "--apply", "--jobs", "1")
    assert graded.scores()["ann"] == 14


def test_a_run_below_a_later_one_is_not_taken_back(graded):
    graded.command("override", "bob", "--points", "9", "--why", "ill", "--who", "prof")
    refused = graded.command("undo", "1")
    assert refused.returncode == 2
    assert "grade class undo 2" in refused.stderr


def test_after_an_undone_first_run_the_same_command_counts_again(graded):
    graded.command("undo", "1")
    assert set(graded.scores().values()) == {None}
    graded.run()
    assert graded.scores() == {"ann": 10, "bob": 6, "cleo": 4, "dan": 0}


def test_two_runs_are_compared(graded):
    graded.mend("points: 4", "points: 8")
    graded.command("regrade", "--apply", "--jobs", "1")
    assert "+4  2 students" in graded.command("diff", "1", "2").stdout
    assert "−4  2 students" in graded.command("diff", "2", "1").stdout


def test_what_only_a_newer_grader_changed_is_shown_and_not_taken(graded, monkeypatch):
    """Another version that judges otherwise is played by results of another key, and a score of the old one."""
    with graded.store as store, store.change():
        store.connection.execute("UPDATE runs SET grader = 'older'")
        store.connection.execute("UPDATE scores SET score = '9' WHERE person = 'ann'")
        store.connection.execute("UPDATE reports SET key = 'older'")
        (frame,) = store.connection.execute("SELECT body FROM scores WHERE person = 'ann'").fetchone()
    monkeypatch.setattr("grader.course.changes._by_run", _with_score(graded, "ann", 9))
    told = graded.command("regrade", "--apply", "--jobs", "1").stdout
    assert frame and "1 score changed, but not by the rubric; it stays, unless --newer-grader is given." in told


def _with_score(classroom, person, points):
    from fractions import Fraction

    from msgspec.structs import replace

    from grader.course import changes

    real = changes._by_run

    def by_run(store, run, name):
        found = real(store, run, name)
        if name != person or run is not None:
            return found
        problems = tuple(
            replace(each, score=each.score - 1, checks=(replace(each.checks[0], score=Fraction(1)), *each.checks[1:]))
            if each.function == "double"
            else each
            for each in found.report.problems
        )
        return replace(found, report=replace(found.report, score=Fraction(points), problems=problems))

    return by_run


def test_reports_are_those_of_each_submission_graded_by_itself(classroom):
    """What is taken from earlier submissions is what grading would find: with other layouts, comments and mistakes."""
    texts = {
        "a": RIGHT,
        "b": "# a comment\n\n\n" + RIGHT,
        "c": RIGHT.replace("2 * x", "2 * x  # twice"),
        "d": WRONG_DOUBLE,
        "e": "\n\n" + WRONG_DOUBLE,
        "f": WRONG_DOUBLE,
        "g": WRONG_TOTAL + "\n\nprint(total([1]))\n",
        "h": RIGHT + "\n\nraise ValueError('no')\n",
        "i": "import nothing_of_this_name\n" + RIGHT,
        "j": RIGHT.replace("sum(", "summe("),
        "k": RIGHT.replace("2 * x", "zwei * x").replace("sum(", "summe("),
        "l": "def helper(x):\n    return 2 * x\n" + RIGHT.replace("2 * x", "helper(x)"),
        "m": STUB,
        "n": RIGHT.replace("return 2 * x", "return 2 * (x"),
        "aa": ALONE.format(double="2 * x"),
        "ab": ALONE.format(double="summe([x])"),
        "ac": ALONE.format(double="summe([x])") + "\n",
        "p": RIGHT + "\nclass A:\n    double.__code__ = (lambda x: 3 * x).__code__\n",
        "q": RIGHT + "\nclass A:\n    global double\n    def double(x):\n        return 3 * x\n",
        "r": RIGHT + "\ndef unused(y=setattr(double, '__code__', (lambda x: 3 * x).__code__)):\n    return 1\n",
        "s": RIGHT + "\nclass T:\n    import os\n    os._exit(3)\n",
        "t": RIGHT + "\ndef f(y: np.ndarray):\n    return y\n",
        "u": RIGHT.replace("def double", "def duble"),
        "v": RIGHT.replace("def double", "def Double_of_another"),
        "w": RIGHT.replace("2 * x", "doubleit(x)") + "\ndef doubleit(x):\n    return 2 * y\n",
        "x": RIGHT.replace("2 * x", "doubelit(x)") + "\ndef doubleit(x):\n    return 2 * x\n",
        "y": RIGHT.replace("2 * x", "doubelit(x)"),
        "z": "def other():\n    return 1\n"
        + RIGHT.replace("2 * x", "getattr(other, '__globals__')['k'] * x")
        + "\nk = 2\n",
        "o": "def double(x):\n    return globals()['two'] * x\ntwo = 3\n" + RIGHT.split("\n\n\n")[1],
    }
    for person, text in texts.items():
        classroom.hand_in(person, text)
    classroom.run()
    render, plan = format_of("json").render, grading.read(classroom.folder / "grading.yaml")
    alone = {}
    with closing(open_engine()) as engine:
        prepared = grading.prepare(plan, engine)
        for person in texts:
            path = classroom.folder / "handed in" / person
            student = neutral(grading.handed_in(plan, path, beneath=path.parent, helpers=False), path)
            report = grading.grade(prepared, student, engine)
            alone[person] = timeless(json.loads(render(report, language="en")))
    assert classroom.reports() == alone


def test_nobody_elses_path_is_in_a_report(classroom):
    for person in ("ann_secret", "bob_secret"):
        classroom.hand_in(person, WRONG_DOUBLE)
    classroom.run()
    with classroom.store as store:
        rows = [
            bytes(row[0])
            for table in ("reports", "results", "scores")
            for row in store.connection.execute(f"SELECT body FROM {table}")
        ]
    import zlib

    texts = [zlib.decompress(row).decode() for row in rows]
    assert sum("ann_secret" in text or "bob_secret" in text for text in texts) == 2  # each score its own person's


def test_the_store_is_the_users_alone(graded):
    assert graded.path.stat().st_mode & 0o077 == 0
    assert (graded.path.parent / ".gitignore").read_text() == "*\n"


def test_marks_can_be_mended_when_the_folder_is_gone(graded):
    shutil.rmtree(graded.folder / "handed in")
    graded.mend("points: 4", "points: 8")
    graded.command("regrade", "--apply", "--jobs", "1")
    assert graded.scores() == {"ann": 14, "bob": 6, "cleo": 8, "dan": 0}


def test_where_there_is_no_class_yet(classroom):
    refused = classroom.command("show")
    assert refused.returncode == 2
    assert "There is no class at" in refused.stderr and "grade class SUBMISSIONS…" in refused.stderr


def test_a_file_that_is_no_store(classroom):
    (classroom.folder / "notes.db").write_bytes(b"no database" * 100)
    refused = classroom.command("show", "--store", "notes.db")
    assert refused.returncode == 2
    assert "--store FILE" in refused.stderr


def test_a_store_of_a_later_version(graded):
    with graded.store as store:
        store.connection.execute("PRAGMA user_version = 99")
    refused = graded.command("show")
    assert refused.returncode == 2
    assert "later version" in refused.stderr


def test_two_processes_find_the_same(classroom):
    for number in range(8):
        classroom.hand_in(f"s{number}", (RIGHT, WRONG_DOUBLE, WRONG_TOTAL, STUB)[number % 4].replace("x)", "x) "))
    done = classroom.command("handed in", "--jobs", "2", process=True)
    assert done.returncode == 0, done.stderr
    assert list(classroom.scores().values()) == [10, 6, 4, 0] * 2


def test_policies_count_the_best_attempt(graded):
    graded.rubric(RUBRIC + "policies:\n  attempts: {count: best}\n")
    graded.hand_in("ann", WRONG_DOUBLE)
    graded.run()
    assert graded.scores()["ann"] == 10


def test_who_hands_in_after_the_rubric_was_mended_is_told_apart(graded):
    graded.mend("points: 4", "points: 8")
    graded.hand_in("eve", RIGHT)
    assert "4 scores are by an older rubric or grader. To see what would change: grade class regrade" in graded.run()
    assert graded.scores() == {"ann": 10, "bob": 6, "cleo": 4, "dan": 0, "eve": 14}


def test_what_a_dry_run_graded_is_no_new_attempt(graded):
    graded.mend("points: 4", "points: 8")
    graded.command("regrade", "--jobs", "1")
    assert "Nothing new to grade" in graded.run()
    assert graded.scores()["ann"] == 10


def test_a_course_file_among_the_submissions_is_refused(graded):
    graded.mend("reference: solutions/hw.py", "reference: handed in/ann/hw.py")
    refused = graded.command("handed in", "--jobs", "1")
    assert refused.returncode == 2
    assert "may have been handed in" in refused.stderr


def test_a_mended_checker_is_a_mended_rubric(graded):
    good = "def good(result, expected):\n    return result == expected\n"
    (graded.folder / "my.py").write_text(good, "utf-8")
    graded.mend("        draw: {xs:", "        checker: my.py:good\n        draw: {xs:")
    graded.command("regrade", "--apply", "--jobs", "1")
    assert graded.scores()["cleo"] == 4
    (graded.folder / "my.py").write_text(good.replace("result == expected", "True"), "utf-8")
    assert "cleo 4 → 10" in graded.command("regrade", "--jobs", "1").stdout


def killed(classroom, monkeypatch, *words):
    """Stop a run after it graded one submission, as `kill -9` does: nothing of it is written afterwards."""
    with monkeypatch.context() as machine:
        machine.setattr("grader.cli.course.request.ClassProgress.__call__", _stopped)
        with pytest.raises(KeyboardInterrupt):
            classroom.command("handed in", "--jobs", "1", *words)


def _stopped(*_):
    raise KeyboardInterrupt


UNFINISHED = "has not ended. If it was stopped: what it graded is kept, and the same command goes on.\n"


def test_a_run_that_was_stopped_tells_who_is_not_graded_yet_from_who_handed_in_nothing(classroom, monkeypatch):
    (classroom.folder / "roster.csv").write_text("id\nann\nbob\ncleo\neve\n", "utf-8")
    for person, text in (("ann", RIGHT), ("bob", WRONG_DOUBLE)):
        classroom.hand_in(person, text)
    killed(classroom, monkeypatch, "--roster", "roster.csv")
    shown = classroom.command("show").stdout
    assert "Handed in nothing: cleo, eve\nNot graded yet: ann, bob\n" in shown
    assert f"Run 1 {UNFINISHED}" in shown and "submissions" not in shown
    classroom.run()
    shown = classroom.command("show").stdout
    assert "Handed in nothing: cleo, eve\n" in shown and "2 submissions" in shown
    assert "Not graded yet" not in shown and "has not ended" not in shown


def test_a_later_run_that_was_stopped_is_told_beside_the_scores(graded, monkeypatch):
    for person in ("eve", "fay"):
        graded.hand_in(person, STUB.replace("pass", f"return '{person}'"))
    killed(graded, monkeypatch)
    shown = graded.command("show").stdout
    assert "4 submissions" in shown and "Not graded yet: eve, fay\n" in shown and f"Run 2 {UNFINISHED}" in shown
    graded.command("override", "ann", "--points", "3", "--why", "x")
    assert f"Run 2 {UNFINISHED}" in graded.command("show").stdout


def test_our_own_fault_is_tried_again_even_after_a_dry_run(classroom):
    classroom.hand_in("ann", RIGHT)
    with our_fault():
        assert classroom.command("handed in", "--jobs", "1").returncode == 3
    classroom.command("export", "--to", "csv=marks.csv")
    assert ",1,1,not graded,,,," in (classroom.folder / "marks.csv").read_text("utf-8-sig"), "never a 0"
    shown = classroom.command("show", "ann").stdout
    assert "required – / 12" in shown and ": – (handed in" in shown and not re.search(r"\b0 /|: 0 \(", shown)
    classroom.command("regrade", "--jobs", "1")
    classroom.run()
    assert classroom.scores() == {"ann": 10}


def test_what_is_not_graded_yet_is_not_taken_for_nothing(graded):
    graded.command("undo", "1")
    assert graded.command("show").returncode == 0
    assert "not graded yet" in graded.command("show", "ann").stderr
    graded.command("export", "--to", "csv=marks.csv", "--to", "nbgrader=nb.csv")
    assert "ann,1,not graded yet" in (graded.folder / "marks.csv").read_text("utf-8-sig")
    assert ",0.0,0.0" not in (graded.folder / "nb.csv").read_text("utf-8-sig")


def test_who_goes_back_to_an_earlier_version_has_handed_in_anew(graded):
    for text, points in ((RIGHT, 10), (WRONG_DOUBLE, 6), (RIGHT, 10)):
        graded.hand_in("bob", text)
        graded.run()
        assert graded.scores()["bob"] == points


def test_an_undone_hand_in_does_not_come_back_by_another_decision(graded):
    graded.hand_in("ann", WRONG_DOUBLE)
    graded.run()
    graded.command("undo", "2")
    (graded.folder / "m.csv").write_text("name,item,points\nann,essay,1\n", "utf-8")
    graded.command("manual", "import", "m.csv")
    assert graded.scores()["ann"] == 11


def test_an_earlier_run_is_compared_as_it_stood(graded):
    graded.hand_in("ann", WRONG_DOUBLE)
    graded.run()
    assert "1 score changes" in graded.command("diff", "1", "2").stdout
    assert graded.scores(2) == {"ann": 6, "bob": 6, "cleo": 4, "dan": 0}


@pytest.mark.skipif(os.name != "posix", reason="names of any bytes")
def test_names_of_any_bytes_cost_nobody_anything(graded):
    odd = graded.folder / "handed in" / os.fsdecode(b"e\xffve")
    odd.mkdir()
    (odd / "hw.py").write_text(RIGHT, "utf-8")
    for name in (b"\xff.txt", b"\xfe.txt"):
        (graded.folder / "handed in" / "bob" / os.fsdecode(name)).write_text("x")
    graded.hand_in("bob", RIGHT)
    graded.run()
    scores = graded.scores()
    assert scores["bob"] == 10
    assert len(scores) == 5 and sorted(scores.values()) == [0, 4, 10, 10, 10]


def test_a_large_submission_that_is_gone_is_no_zero(graded):
    graded.hand_in("big", RIGHT)
    (graded.folder / "handed in" / "big" / "data.bin").write_bytes(b"\0" * (17 << 20))
    graded.run()
    assert graded.scores()["big"] == 10
    shutil.rmtree(graded.folder / "handed in")
    graded.mend("points: 4", "points: 8")
    graded.command("regrade", "--apply", "--jobs", "1")
    assert graded.scores()["ann"] == 14
    assert graded.scores()["big"] == 10, "what cannot be graded anew keeps its score"


def stopped(result):
    """Return a function's result as a limit of time makes it, and as a busy machine may: once."""
    checks = tuple(
        replace(check, score=Fraction(0), cases=tuple(replace(case, status="timeout") for case in check.cases))
        for check in result.checks
    )
    return replace(result, status="timeout", score=Fraction(0), checks=checks)


@pytest.mark.parametrize("whom", ["bob", "timeout"])
def test_whom_a_limit_of_time_stopped_is_graded_once_more(graded, monkeypatch, whom):
    own = course_grading.results_of

    def busy(*arguments):
        happenings, results = own(*arguments)
        return happenings, [stopped(each) for each in results]

    for person in ("bob", "fay"):  # who hand in the very same
        graded.hand_in(person, RIGHT.replace("2 * x", "x + x"))
    with monkeypatch.context() as machine:
        machine.setattr(course_grading, "results_of", busy)
        assert "A limit of time stopped: bob, fay." in graded.run()
    assert graded.scores() == {"ann": 10, "bob": 0, "cleo": 4, "dan": 0, "fay": 0}
    assert "Nothing new to grade" in graded.run()
    again = graded.run("--again", whom)
    assert "Run 3: 5 of 5 people are graded." in again and "A limit of time" not in again
    assert graded.scores() == {"ann": 10, "bob": 10, "cleo": 4, "dan": 0, "fay": 10}
    assert "2 scores are" in graded.command("undo", "3").stdout
    assert graded.scores()["bob"] == 0
    assert graded.command("verify").returncode == 0
    assert "Did you mean `bob`?" in graded.command("handed in", "--again", "bobb").stderr


def test_who_is_graded_again_has_no_other_score_unsaid(graded):
    assert "Other scores" not in graded.run("--again", "ann")
    graded.mend("points: 4", "points: 1")
    assert "Other scores than before: ann (10 → 7)" in graded.run("--again", "ann")
    assert graded.command("show", "ann").returncode == 0


def test_no_table_tells_where_things_lay_on_the_instructors_machine(graded):
    graded.command("export", "--to", "csv=marks.csv", "--to", "jsonl=all.jsonl", "--to", "json=reports/")
    marks = (graded.folder / "marks.csv").read_text("utf-8-sig")
    assert marks.startswith("id,submission,attempt number,") and "\nann,ann,1,1,open," in marks
    for file in [graded.folder / "marks.csv", graded.folder / "all.jsonl", *(graded.folder / "reports").iterdir()]:
        assert str(graded.folder) not in file.read_text("utf-8-sig"), file.name
