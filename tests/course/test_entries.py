"""Whatever an instructor points at, each submission is somebody's, at its time, and none is lost."""

import os
from datetime import UTC, datetime, timedelta

import pytest
from namings import (
    START,
    make_canvas,
    make_git,
    make_gradescope,
    make_moodle,
    make_nbgrader,
    make_plain,
    moodle_worksheet,
    number,
    write,
    zipped,
)

from grader import submission
from grader.course.entries import entries, read_roster
from grader.errors import GraderError, UsageError

ADDED = (
    "`zoe` is not on the roster, and was added to the class. To leave them out: grade class leave "
    f"zoe_{number('zoe')} --why …"
)
NAMES = ["alice", "bob", "carol", "dave"]
PEOPLE = {name: {"hw.py": f"who = {name!r}\n"} for name in NAMES}


@pytest.fixture
def listed(tmp_path):
    """Return a function that lists what was handed in; a roster is given as a table."""

    def run(*paths, roster=None, own=(), **more):
        people = None
        if roster is not None:
            file = tmp_path / "roster.csv"
            if isinstance(roster, str):
                file.write_text(roster, "utf-8")
            people = read_roster(file if isinstance(roster, str) else roster, UTC)
        found = entries(paths, people, own=own, unpacked=tmp_path / "ours", zone=UTC, **more)
        return sorted(found, key=lambda entry: entry.person.name or entry.person.id if entry.person else "")

    return run


@pytest.fixture
def roster():
    lines = [f"{name},{name.title()} Jones,{name}@uni.edu,{number(name)},{number(name)},{name}" for name in NAMES]
    return "\n".join(["id,name,email,canvas,moodle,github", *lines]) + "\n"


def whose(found):
    return [entry.person.id if entry.person else None for entry in found]


def code(entry):
    return submission.load(entry.path, [], beneath=entry.beneath, helpers=entry.helpers).original


def inside(path):
    """The names in a folder, or the name of a file."""
    return sorted(each.name for each in path.iterdir()) if path.is_dir() else path.name


def said(entry):
    return [message.text("en") for message in entry.told]


def all_right(found):
    return [(entry.fault, entry.told) for entry in found] == [(None, ())] * len(found)


BUILDERS = {
    "plain": make_plain,
    "canvas": make_canvas,
    "moodle": make_moodle,
    "gradescope": make_gradescope,
    "nbgrader": make_nbgrader,
    "git": make_git,
}


@pytest.mark.parametrize("name", BUILDERS)
def test_every_naming_tells_whose_a_submission_is(listed, roster, tmp_path, name):
    found = listed(BUILDERS[name](tmp_path / "class", PEOPLE), roster=roster)
    assert whose(found) == NAMES and {entry.named_by for entry in found} == {name}
    assert [code(entry) for entry in found] == [f"who = {name!r}\n" for name in NAMES]
    assert all_right(found)


@pytest.mark.parametrize("name", BUILDERS)
def test_without_a_roster_the_naming_itself_tells_people_apart(listed, tmp_path, name):
    found = listed(BUILDERS[name](tmp_path / "class", PEOPLE))
    assert len(set(whose(found))) == 4 and all_right(found)
    assert all(name in entry.person.id + entry.person.name for name, entry in zip(NAMES, found, strict=True))


@pytest.mark.parametrize("name", ["canvas", "moodle", "gradescope", "nbgrader"])
def test_an_export_is_read_as_the_zip_that_it_is(listed, roster, tmp_path, name):
    folder = BUILDERS[name](tmp_path / "class", PEOPLE)
    archive = zipped(folder, tmp_path / "export.zip", under="assignment_77_export/" if name == "gradescope" else "")
    found = listed(archive, roster=roster)
    assert whose(found) == NAMES and {entry.named_by for entry in found} == {name} and all_right(found)
    assert [code(entry) for entry in found] == [f"who = {name!r}\n" for name in NAMES]
    kept = [(entry.path, entry.path.stat().st_mtime_ns) for entry in found]
    assert [(entry.path, entry.path.stat().st_mtime_ns) for entry in listed(archive, roster=roster)] == kept


def test_all_namings_at_once(listed, roster, tmp_path):
    places = [builder(tmp_path / name, PEOPLE) for name, builder in BUILDERS.items()]
    found = listed(*places, roster=roster)
    assert whose(found) == [name for name in NAMES for _ in BUILDERS]
    assert len({entry.path for entry in found}) == 4 * len(BUILDERS)
    assert [entry.named_by for entry in found].count("nbgrader") == 4


@pytest.mark.parametrize("name", ["gradescope", "nbgrader", "git"])
def test_the_platform_says_when(listed, tmp_path, name):
    found = listed(BUILDERS[name](tmp_path / "class", PEOPLE))
    times = [entry.handed_in.replace(microsecond=0) for entry in found]
    assert times == [START + timedelta(minutes=count) for count in range(4)]


def test_moodles_worksheet_knows_the_participants_and_the_times(listed, tmp_path):
    sheet = moodle_worksheet(tmp_path / "grades.csv", PEOPLE)
    found = listed(make_moodle(tmp_path / "class", PEOPLE), roster=sheet)
    assert whose(found) == [f"{name}@uni.edu" for name in NAMES]
    assert [entry.handed_in for entry in found] == [START + timedelta(minutes=count) for count in range(4)]


def test_canvas_says_what_is_late(listed, roster, tmp_path):
    found = listed(make_canvas(tmp_path / "class", PEOPLE, late={"bob"}), roster=roster)
    assert [entry.late for entry in found] == [False, True, False, False]


def test_several_files_of_one_student_are_one_submission(listed, roster, tmp_path):
    people = {"alice": {"hw.py": "import tools\n", "tools.py": "x = 1\n", "data.csv": "1\n"}}
    for name in ("canvas", "moodle"):
        (entry,) = listed(BUILDERS[name](tmp_path / name, people), roster=roster)
        assert inside(entry.path) == ["data.csv", "hw.py", "tools.py"] and not entry.told


def test_canvas_numbers_what_comes_again(listed, tmp_path):
    folder = write(
        tmp_path / "class",
        {
            "smithbob_12_100_hw.py": "first = 1\n", "smithbob_12_101_tools.py": "first = 1\n",
            "smithbob_12_200_hw-1.py": "second = 2\n", "smithbob_12_201_extra.py": "second = 2\n",
            "zhangsan_13_300_lab-1.py": "a = 1\n", "zhangsan_13_301_lab-2.py": "b = 1\n",
            "ogradym_14_400_hw-2.py": "import tools\n", "ogradym_14_401_tools-2.py": "c = 1\n",
            "李雷_15_500_hw_16_17_x.py": "d = 1\n",
        },
    )  # fmt: skip
    found = listed(folder)
    assert [(entry.person.id, inside(entry.path)) for entry in found] == [
        ("ogradym_14", ["hw.py", "tools.py"]),
        ("smithbob_12", ["hw.py", "tools.py"]),
        ("smithbob_12", ["extra.py", "hw.py"]),
        ("zhangsan_13", ["lab-1.py", "lab-2.py"]),
        ("李雷_15", "李雷_15_500_hw_16_17_x.py"),
    ]
    smith = found[1:3]
    assert [(entry.path / "hw.py").read_text() for entry in smith] == ["first = 1\n", "second = 2\n"]
    assert not any(entry.told for entry in smith)


def test_numbers_that_are_not_canvass(listed, tmp_path):
    files = dict.fromkeys([f"2026000{count}_1_2_hw.py" for count in range(4)], "x = 1\n")
    roster = "学号,姓名\n" + "".join(f"2026000{count},n{count}\n" for count in range(4))
    found = listed(write(tmp_path / "class", files), roster=roster)
    assert whose(found) == [f"2026000{count}" for count in range(4)] and all_right(found)


def test_canvas_names_nobody_or_a_group(listed, tmp_path):
    folder = write(tmp_path / "class", {"anon_aB3_1_hw.py": "", "LATE_anon_cD4_2_hw.py": "", "red_12_3_hw.py": ""})
    found = listed(folder, roster="id,group\na,Red\nb,Red\n")
    assert [(entry.person.id, entry.late) for entry in found] == [("a", False), ("anon_aB3", False), ("anon_cD4", True)]
    assert [member.id for member in found[0].members] == ["b"]


@pytest.mark.parametrize("name", ["_file_", "_file"])
def test_moodle_in_its_older_forms_and_beside_an_online_text(listed, tmp_path, name):
    folder = write(
        tmp_path / "class",
        {
            f"Bob Smith_12_assignsubmission{name}/hw.py": "x = 1\n",
            "Bob Smith_12_assignsubmission_onlinetext/onlinetext.html": "<p>",
            "参与人_13_assignsubmission_file_hw.py": "x = 1\n",
            "Ann_14_assignsubmission_file_a.py": "x = 1\n",
            "Ann_14_assignsubmission_file_b.csv": "1\n",
        },
    )
    found = listed(folder)
    assert whose(found) == ["Ann_14", "Bob Smith_12", "参与人_13"]
    assert [entry.person.ids["moodle"] for entry in found] == ["14", "12", "13"]
    assert inside(found[0].path) == ["a.py", "b.csv"] and code(found[1]) == code(found[2]) == "x = 1\n"
    assert said(found[1]) == ["Bob Smith_12_assignsubmission_onlinetext was handed in beside it, and is not graded."]


def test_groups_of_the_roster_and_of_platforms(listed, tmp_path):
    roster = "id,name,email,number,group\na,Ann,ann@uni.edu,1,Red\nb,Bo,bo@uni.edu,2,Red\nc,Cy,cy@uni.edu,3,\n"
    moodle = write(tmp_path / "m", {"Red_99_assignsubmission_file/hw.py": "x = 1\n"})
    scope = make_gradescope(tmp_path / "g", {"cy": {"hw.py": "x = 1\n"}}, groups={"cy": ["ann"]})
    found = listed(moodle, scope, write(tmp_path / "p", {"bo.py": "x = 1\n"}), roster=roster)
    told = {entry.named_by: (entry.person.id, [each.id for each in entry.members]) for entry in found}
    assert told == {"moodle": ("a", ["b"]), "gradescope": ("c", ["a"]), "plain": ("b", ["a"])}


def test_several_submissions_come_in_order_of_time(listed, tmp_path):
    names = ["2026-10-02T09-00", "2026-10-01T12:00:00+08:00", "2026-10-01 05:00"]
    files = {f"{who}/{when}/hw.py": f"x = {when!r}\n" for who in ("alice", "bob") for when in names}
    found = listed(write(tmp_path / "class", files))
    assert whose(found) == ["alice"] * 3 + ["bob"] * 3
    assert [entry.handed_in.hour for entry in found[:3]] == [12, 5, 9] and not any(map(said, found))


def test_each_students_own_folders_of_times_are_attempts(listed, tmp_path):
    files = {
        "alice/2026-10-09T12-00/hw.py": "x = 1\n", "alice/2026-10-11T01-00/hw.py": "x = 2\n",
        "alice/.DS_Store": "", "alice/__MACOSX/x": "", "bob/2026-10-09T13-00/hw.py": "x = 1\n",
        "carol/hw.py": "", "dave.py": "", "eve/hw.py": "", "eve/2026-10-09T12-00/hw.py": "",
        "fay/2026-10-09.py": "", "gus/hw.py": "", "hal/hw.py": "",
    }  # fmt: skip
    found = listed(write(tmp_path / "class", files))
    assert whose(found) == ["alice", "alice", "bob", "carol", "dave", "eve", "fay", "gus", "hal"]
    assert [entry.handed_in and entry.handed_in.day for entry in found] == [9, 11, 9] + [None] * 6
    assert [code(entry) for entry in found[:3]] == ["x = 1\n", "x = 2\n", "x = 1\n"] and not any(map(said, found))


def test_one_students_folder_cannot_say_when_it_came(listed, tmp_path):
    files = {"alice/hw.py": "", "bob/hw.py": "", "eve/2026-01-01T00-00/hw.py": "x = 1\n", "eve/timestamp.txt": ""}
    assert [entry.handed_in for entry in listed(write(tmp_path / "class", files))] == [None] * 3


def test_what_nothing_puts_in_order_is_told(listed, roster, tmp_path):
    folder = write(tmp_path / "class", {"alice.py": "", "Alice.ipynb": "{}", "bob.py": ""})
    found = listed(folder, roster=roster)
    assert whose(found) == ["alice", "alice", "bob"]
    assert (
        said(found[0])
        == said(found[1])
        == ["2 submissions are here, and nothing says which came last; alice.py was taken for the last."]
    )


@pytest.mark.parametrize(
    ("name", "person"),
    [
        ("alice", "alice"), ("ALICE.py", "alice"), ("alice@uni.edu", "alice"), ("Alice Jones", "alice"),
        ("Jones, Alice", "alice"), ("jones_alice_hw1.py", "alice"), ("hw1-alice.zip", "alice"), ("20260001", "李雷"),
        ("20260001_李雷_作业1.py", "李雷"), ("作业1 李雷.ipynb", "李雷"), ("Ｊosé", "José"), ("Jose\u0301 hw", "José"),
        ("alice (bob)", None), ("20260001_alice", None), ("Sam Twin", None), ("hw 1", "hw 1"), ("nobody", "nobody"),
        ("alicebob", "alicebob"),
    ],
)  # fmt: skip
def test_a_plain_name_means_one_person_or_nobody(listed, tmp_path, name, person):
    roster = (
        "id,name,email,number\nalice,Alice Jones,alice@uni.edu,\nbob,Bob Ray,bob@uni.edu,\n李雷,李雷,,20260001\n"
        "José,José,j@uni.edu,\nt1,Sam Twin,,\nt2,Sam Twin,,\n"
    )
    (entry,) = listed(
        write(tmp_path / "class", {name if "." in name[-6:] else f"{name}/hw.py": "x = 1\n"}), roster=roster
    )
    assert whose([entry]) == [person]
    known = person in ("alice", "bob", "李雷", "José")
    assert bool(entry.told) is not known


def test_who_is_not_on_the_roster_is_told_and_kept(listed, roster, tmp_path):
    found = listed(make_canvas(tmp_path / "class", {"alice": {"a.py": ""}, "zoe": {"a.py": ""}}), roster=roster)
    assert [said(entry) for entry in found] == [[], [ADDED]]
    assert found[1].person.ids == {"canvas": str(number("zoe"))}


def test_a_name_in_two_spellings_is_one_person(listed, tmp_path):
    found = listed(write(tmp_path / "class", {"Jose\u0301.py": "", "JOSÉ.ipynb": "{}"}))
    assert len(set(whose(found))) == 1 and all(said(entry) for entry in found)


def test_links_empty_folders_and_odd_files_have_a_row_with_a_reason(listed, tmp_path):
    folder = write(tmp_path / "class", {"alice.py": "x = 1\n"})
    (folder / "bob").mkdir()
    (folder / "carol.py").symlink_to(folder / "alice.py")
    (folder / "dave").symlink_to("/etc")
    os.mkfifo(folder / "eve.py")
    found = listed(folder)
    assert [entry.fault.message.text("en").split("/")[-1] if entry.fault else "" for entry in found] == [
        "", "The folder that was handed in is empty.",
        "carol.py is a link; links are not followed.", "dave is a link; links are not followed.",
        "eve.py is not an ordinary file.",
    ]  # fmt: skip


def test_names_that_steer_a_terminal_or_a_spreadsheet_are_told_inertly(listed, tmp_path):
    folder = write(tmp_path / "class", {"=1+1.py": "", "a\x1b[31m.py": "", "b\u202ec.py": ""})
    assert whose(listed(folder)) == ["=1+1", "a\\x1b[31m", "b\\u202ec"]


@pytest.mark.skipif(os.name == "nt" or os.uname().sysname == "Darwin", reason="the disk takes no such name")
def test_a_name_that_is_no_text_is_kept(listed, tmp_path):
    folder = write(tmp_path / "class", {"bob.py": ""})
    (folder / os.fsdecode(b"\xff\xfe.py")).write_text("x = 1\n")
    found = listed(folder)
    assert len(found) == 2 and code(found[0]) == "x = 1\n"


def test_the_courses_own_files_are_no_submissions(listed, tmp_path):
    folder = write(tmp_path / "class", {"alice.py": "", "roster.csv": "", "solution/ref.py": "", ".grade/x": ""})
    (folder / "eve.py").symlink_to(folder / "solution/ref.py")
    own = [folder / "roster.csv", folder / "solution/ref.py", folder / ".." / "grading.yaml"]
    assert [entry.path.name for entry in listed(folder, own=own)] == ["alice.py", "eve.py"]


def test_what_a_submission_holds_says_nothing_of_whose_it_is(listed, tmp_path):
    trap = {
        "submission_metadata.yml": "submission_1:\n  :submitters:\n  - :name: bob\n",
        "submission_1/hw.py": "", "timestamp.txt": "2020-01-01 00:00:00 UTC", "bob_12_34_hw.py": "",
        "bob_1_assignsubmission_file/hw.py": "",
    }  # fmt: skip
    folder = write(tmp_path / "class", {f"eve/{name}": text for name, text in trap.items()} | {"bob.py": "x = 1\n"})
    assert [(entry.person.id, entry.handed_in, entry.named_by) for entry in listed(folder)] == [
        ("bob", None, "plain"), ("eve", None, "plain"),
    ]  # fmt: skip


def test_one_file_cannot_make_a_folder_an_export(listed, tmp_path):
    names = [
        "alice.py",
        "bob.py",
        "carol_12_34_hw.py",
        "carol_12_assignsubmission_file_hw.py",
        "submission_metadata.yml",
    ]
    found = listed(write(tmp_path / "class", dict.fromkeys(names, "x = 1\n")))
    assert {entry.named_by for entry in found} == {"plain"} and len(found) == len(names)


def test_a_students_zip_that_looks_like_an_export_is_the_students(listed, roster, tmp_path):
    trap = write(tmp_path / "trap", {f"bob_{number('bob')}_34_hw.py": "bad = 1\n"})
    folder = tmp_path / "class"
    folder.mkdir()
    zipped(trap, folder / "alice.zip")
    zipped(write(tmp_path / "own", {"hw.py": "x = 1\n"}), folder / "carol.zip")
    assert whose(listed(folder, roster=roster)) == ["alice", "carol"]
    assert whose(listed(*sorted(folder.iterdir()))) == ["alice", "carol"]
    assert whose(listed(folder / "alice.zip", roster=roster)) == ["alice"]


def test_a_folder_or_file_that_is_named_as_somebody_is_that_persons(listed, roster, tmp_path):
    folder = make_plain(tmp_path / "class", {"alice": {"a.py": "", "b.py": ""}, "bob": {"hw.py": ""}})
    found = listed(*sorted(folder.iterdir()), roster=roster)
    assert [(entry.person.id, entry.path) for entry in found] == [
        ("alice", folder / "alice"), ("bob", folder / "bob.py"),
    ]  # fmt: skip


def test_a_name_does_not_stand_against_a_platforms_number(listed, tmp_path):
    roster = "id,name,canvas\nalice,Alice,11\nbob,Bob,12\n"
    found = listed(write(tmp_path / "class", {"alice_12_1_a.py": "", "bob_77_2_a.py": ""}), roster=roster)
    assert [(entry.person.id, bool(entry.told)) for entry in found] == [("bob", False), ("bob_77", True)]


def test_a_submission_that_an_export_speaks_of_and_lacks_has_a_row(listed, tmp_path):
    folder = make_gradescope(tmp_path / "class", PEOPLE)
    (folder / f"submission_{number('bob')}" / "hw.py").unlink()
    (folder / f"submission_{number('bob')}").rmdir()
    found = listed(folder)
    assert len(found) == 4 and [entry.person.name for entry in found if entry.fault] == ["bob"]


def test_a_course_under_git_is_no_checkout_of_a_students(listed, tmp_path):
    folder = write(make_plain(tmp_path / "class", PEOPLE), {".git/HEAD": "ref: refs/heads/main\n", "grading.yaml": ""})
    assert whose(listed(folder, own=[folder / "grading.yaml"])) == NAMES
    assert len(listed(folder)) == 1


def test_a_class_in_one_zip_is_known_by_the_roster(listed, roster, tmp_path):
    archive = zipped(make_plain(tmp_path / "class", PEOPLE), tmp_path / "all.zip")
    assert whose(listed(archive, roster=roster)) == NAMES


def test_a_course_of_nbgraders_needs_nothing_beside_what_was_submitted(listed, roster, tmp_path):
    course = make_nbgrader(tmp_path / "course", PEOPLE).parent
    assert whose(listed(course)) == whose(listed(course, roster=roster)) == NAMES
    assert whose(listed(zipped(course, tmp_path / "course.zip"))) == NAMES
    write(course, {"README.md": "", "grades.csv": ""})
    assert [entry.named_by for entry in listed(course, roster=roster)].count("nbgrader") == 4


def test_a_student_cannot_make_a_class_a_course_of_nbgraders(listed, tmp_path):
    make_nbgrader(tmp_path / "class", {"bob": {"hw.py": ""}, "carol": {"hw.py": ""}})
    found = listed(write(tmp_path / "class", {"alice.py": "", "bob.py": ""}))
    assert [(entry.person.id, entry.named_by) for entry in found] == [
        ("alice", "plain"), ("bob", "plain"), ("submitted", "plain"),
    ]  # fmt: skip
    alone = make_nbgrader(tmp_path / "alone", PEOPLE).parent
    assert whose(listed(alone, roster="id\nsubmitted\n")) == ["submitted"]


def test_a_folder_called_submitted_need_not_be_nbgraders(listed, tmp_path):
    files = {"alice/hw.py": "", "bob/hw.py": "", "bob/extra/data.csv": ""}
    assert {entry.named_by for entry in listed(write(tmp_path / "submitted", files))} == {"plain"}


def test_a_link_that_is_named_is_followed_to_a_folder_and_no_further(listed, tmp_path):
    folder = make_plain(tmp_path / "class", PEOPLE)
    (tmp_path / "latest").symlink_to(folder)
    (tmp_path / "hw.py").symlink_to(folder / "bob.py")
    assert whose(listed(tmp_path / "latest")) == NAMES
    (entry,) = listed(tmp_path / "hw.py")
    assert "is a link" in entry.fault.message.text("en")


def test_what_is_not_there_or_empty_is_said(listed, tmp_path):
    with pytest.raises(UsageError, match="is not there"):
        listed(tmp_path / "nowhere")
    (tmp_path / "class").mkdir()
    with pytest.raises(UsageError, match="holds no submissions"):
        listed(tmp_path / "class")


def test_of_several_assignments_one_is_named(listed, tmp_path):
    make_nbgrader(tmp_path, PEOPLE, assignment="ps1")
    folder = make_nbgrader(tmp_path, {"alice": {"hw.py": "x = 2\n"}}, assignment="ps2")
    with pytest.raises(UsageError, match="ps1, ps2") as error:
        listed(folder)
    assert error.value.hint.text("en") == "Say which one is graded: --assignment ps1"
    assert whose(listed(folder, assignment="ps2")) == ["alice"]
    write(tmp_path, {"gradebook.db": "", "source/ps1/hw.ipynb": ""})
    assert whose(listed(tmp_path, assignment="ps1")) == NAMES
    with pytest.raises(UsageError, match="no assignment `ps3`"):
        listed(folder, assignment="ps3")


def test_a_class_of_ten_thousand(listed, tmp_path):
    many = [f"student{count}" for count in range(10_000)]
    roster = "\n".join(["id,name,canvas", *(f"{name},Name {name},{count}" for count, name in enumerate(many))]) + "\n"
    folder = tmp_path / "class"
    folder.mkdir()
    for count, name in enumerate(many):
        (folder / f"{name}_{count}_{count}_hw.py").touch()
    found = listed(folder, roster=roster)
    assert sorted(whose(found)) == sorted(many) and all_right(found)


def test_a_broken_export_is_an_error_and_no_empty_class(listed, tmp_path):
    folder = make_gradescope(tmp_path / "class", PEOPLE)
    (folder / "submission_metadata.yml").write_text("submission_1: [\n")
    with pytest.raises(GraderError, match=r"submission_metadata\.yml cannot be read"):
        listed(folder)
    (folder / "submission_metadata.yml").write_text("[" * 10_000)
    with pytest.raises(GraderError, match="nested too deeply"):
        listed(folder)


def test_an_earlier_submission_of_gradescopes_comes_first(listed, tmp_path):
    folder = make_gradescope(tmp_path / "class", {"alice": {"hw.py": "x = 2\n"}})
    write(folder, {"submission_7/hw.py": "x = 1\n"})
    text = (folder / "submission_metadata.yml").read_text()
    past = "  :history:\n  - :id: 7\n    :created_at: 2026-09-30 08:00:00.000000000 -07:00\n"
    (folder / "submission_metadata.yml").write_text(text.replace("  :history: []\n", past))
    found = listed(folder)
    assert [code(entry) for entry in found] == ["x = 1\n", "x = 2\n"]
    assert [entry.handed_in.astimezone(UTC).day for entry in found] == [30, 1] and all_right(found)
    assert found[0].handed_in == datetime(2026, 9, 30, 15, tzinfo=UTC)
