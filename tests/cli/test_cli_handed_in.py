"""A class that is graded where it lies: no name, link or rubric that was handed in there decides anything."""

import csv
import os
import subprocess
import sys

import pytest
from cli_runs import as_process, in_process, in_text

RUBRIC = """\
title: Double
language: en
seed: 7
submission: {submission}
reference: {reference}
problems:
  f:
    points: 10
    checks:
      - values: x
        draw: {{x: 1..9}}
"""
RIGHT, WRONG = "def f(x):\n    return 2 * x\n", "def f(x):\n    return 3\n"
POSIX = pytest.mark.skipif(os.name != "posix", reason="Windows has other links and other names")


def grade(folder, *words, by=in_process, **environment):
    return in_text(by(words, cwd=folder, environment={"LC_ALL": "C.UTF-8", **environment}))


def points(run):
    """Return each submission's points in a gradebook."""
    assert run.returncode in (0, 1), run.stderr
    return {row[0]: row[2] for row in [*csv.reader(run.stdout.removeprefix("\ufeff").splitlines())][2:]}


@pytest.fixture(autouse=True)
def own_folders(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


@pytest.fixture
def course(tmp_path):
    """A course whose class lies in it: alice is wrong, bob is right."""
    folder = tmp_path / "course"
    for name, text in {"solutions/d.py": RIGHT, "class/alice.py": WRONG, "class/bob.py": RIGHT}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    text = RUBRIC.format(submission="assignment/d.py", reference="solutions/d.py")
    (folder / "grading.yaml").write_text(text, "utf-8")
    return folder


def own_rubric(folder):
    """Put a rubric into `folder` that takes what is wrong for right."""
    (folder / ".ref.py").write_text(WRONG, "utf-8")
    (folder / "grading.yaml").write_text(RUBRIC.format(submission="x.py", reference=".ref.py"), "utf-8")


def star(folder):
    """Return what a shell makes of `*`."""
    return sorted(each.name for each in folder.iterdir() if not each.name.startswith("."))


NAMES = ["--reference=alice.py", "--rubric=grading.yaml", "--self-check", "--audience=instructor", "--output=bob.py",
         "-h", "--version", "--", "--each"]  # fmt: skip


@POSIX
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("before", [["--official"], [], ["--format", "csv"]], ids=str)
def test_no_file_of_a_class_is_an_option(before, name, course):
    own_rubric(course / "class")
    (course / "class" / name).write_text("", "utf-8")
    run = grade(course / "class", *before, *star(course / "class"))
    assert (run.returncode, run.stdout) == (2, "")
    assert f"{name} is a file or folder here" in run.stderr and "./*" in run.stderr
    assert (course / "class/bob.py").read_text("utf-8") == RIGHT


@POSIX
@pytest.mark.parametrize("name", ["grade", "release", "audit", "trust"])
def test_no_file_of_a_class_is_a_command(name, course):
    (course / "class" / name).mkdir()
    words = [each for each in [name, *star(course / "class")] if each != "alice.py"]
    run = grade(course / "class", *words, by=as_process)
    assert (run.returncode, run.stdout) == (2, ""), run.stderr
    assert f"{name} is a file or folder here" in run.stderr and "./*" in run.stderr
    assert (course / "class/bob.py").is_file()


@POSIX
def test_a_folder_called_like_an_option_gives_none_to_what_is_in_it(course):
    (course / "class/--rubric=eve").mkdir()
    own_rubric(course / "class/--rubric=eve")
    run = grade(course / "class", "--rubric=eve/grading.yaml", "alice.py")
    assert run.returncode == 2 and "is a file or folder here" in run.stderr


@POSIX
def test_a_name_with_a_dash_is_graded_by_its_path_or_behind_two_dashes(course):
    (course / "class/-x.py").write_text(RIGHT, "utf-8")
    for words in (["./-x.py", "./bob.py"], ["--", "-x.py", "bob.py"]):
        assert [*points(grade(course / "class", "--format", "csv", *words)).values()] == ["10", "10"]
    assert points(grade(course, "--each", "class", "--format", "csv"))["class/-x.py"] == "10"


def test_a_folder_called_like_a_command_is_in_nobodys_way(course):
    """An author's kit lies in `release`, notes in `check`."""
    (course / "release").mkdir()
    (course / "assignment").mkdir()
    (course / "assignment/d.py").write_text("def f(x):\n    # YOUR CODE HERE\n    pass\n", "utf-8")
    (course / "check").mkdir()
    for words in (["check", "--rubric", "grading.yaml"], ["check"], ["release", "--check"]):
        assert "is a file or folder here" not in grade(course, *words).stderr
    assert "is a file or folder here" not in grade(course, "release", "release").stderr


def py_test(folder, *words):
    """Return what pytest says; other plugins than the grader's take longer to load than it to grade."""
    command = [sys.executable, "-m", "pytest", "-p", "grader.pytest_plugin", "-p", "no:cacheprovider", "-c", os.devnull,
               f"--rootdir={folder.parent}", *words]  # fmt: skip
    env = {**os.environ, "CI": "1", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, env=env).stdout


@POSIX
@pytest.mark.parametrize("link", ["a link to the file", "a link to its folder", "no link"])
def test_a_rubric_that_was_handed_in_as_a_link_is_not_named_to_pytest(link, course):
    """It would be read from where the link lies, with Eve's own reference and Python beside it."""
    eve = course / "class/eve"
    for name, text in {"assignment/d.py": WRONG, "solutions/d.py": WRONG, "python": "#!/bin/sh\ntouch ran\n"}.items():
        (eve / name).parent.mkdir(parents=True, exist_ok=True)
        (eve / name).write_text(text, "utf-8")
    (eve / "python").chmod(0o755)
    (course / "python").write_text(f"#!/bin/sh\nexec '{sys.executable}' \"$@\"\n", "utf-8")
    (course / "python").chmod(0o755)
    (course / "assignment").mkdir()
    (course / "assignment/d.py").write_text(WRONG, "utf-8")
    with (course / "grading.yaml").open("a", encoding="utf-8") as file:
        file.write("runtime: {python: ./python}\n")
    if link == "a link to the file":
        (eve / "grading.yaml").symlink_to("../../grading.yaml")
    elif link == "a link to its folder":
        (eve / "up").symlink_to("../..")
    else:
        (eve / "grading.yaml").write_bytes((course / "grading.yaml").read_bytes())
    said = py_test(course, "grading.yaml", "class", "--ignore-glob=*/up/class")
    assert not [*course.rglob("ran")] and "1 passed" not in said, said
    assert "1 failed" in said, said
    assert "was passed over" in said
    named = py_test(course, "class", "--deselect", "grading.yaml", "--ignore", "class/eve/grading.yaml")
    assert "1 passed" not in named and not [*course.rglob("ran")], named


@POSIX
def test_a_rubric_that_is_named_to_pytest_may_be_a_link_and_lie_elsewhere(course, tmp_path):
    (course / "assignment").mkdir()
    (course / "assignment/d.py").write_text(RIGHT, "utf-8")
    assert "1 passed" in py_test(tmp_path, "course/grading.yaml")
    assert "1 passed" in py_test(tmp_path, "course/grading.yaml", "-p", "xdist", "-n1")
    (course / "rubric").mkdir()
    (course / "rubric/grading.yaml").symlink_to("../grading.yaml")
    assert "was passed over" not in py_test(course, "rubric/grading.yaml")


@POSIX
@pytest.mark.parametrize("kind", ["a link", "a link to nothing", "a hard link", "a pipe"])
@pytest.mark.parametrize("words", [["--output", "out"], ["--output", "out", "--out", "r"], ["--out", "."]], ids=str)
def test_no_report_is_written_through_what_was_handed_in(words, kind, course):
    folder, solution = course / "class", course / "solutions/d.py"
    place = folder / ("bob.py.html" if words[-1] == "." else "out")
    if kind == "a pipe":
        os.mkfifo(place)
    elif kind == "a hard link":
        place.hardlink_to(solution)
    else:
        place.symlink_to("../solutions/" + ("d.py" if kind == "a link" else "new"))
    run = grade(folder, "bob.py", "--official", "--format", "csv", *words)
    assert run.returncode == 0, run.stderr
    assert solution.read_text("utf-8") == RIGHT and not (course / "solutions/new").exists()
    assert place.is_file() and not place.is_symlink() and place.stat().st_nlink == 1
    assert not [*folder.glob(".pingfen-*")]


@POSIX
@pytest.mark.parametrize("words", [["--out", "r"], ["--out", "r/"], ["--out", "r/s"], ["--output", "r/x.csv"]], ids=str)
def test_no_folder_of_reports_is_a_link(words, course):
    (course / "class/r").symlink_to("../solutions")
    run = grade(course / "class", ".", "--each", "--official", *words)
    assert (run.returncode, run.stdout) == (2, "")
    assert "r is a link" in run.stderr and f"leads to: {course}/solutions" in run.stderr
    assert [each.name for each in (course / "solutions").iterdir()] == ["d.py"]


@POSIX
@pytest.mark.parametrize("name", ["replay.py", "replay_submission.py"])
def test_no_script_is_written_through_a_link(name, course):
    (course / name).symlink_to("solutions/d.py")
    run = grade(course, "show", "--case", "f.x[0]", "--script", "replay.py", "--submission", "class")
    assert run.returncode == 2
    run = grade(course, "show", "--case", "f.x[0]", "--script", "replay.py", "--submission", "class/bob.py")
    assert run.returncode == 0 and (course / "solutions/d.py").read_text("utf-8") == RIGHT


@POSIX
def test_a_report_goes_where_it_is_wanted(course):
    """A stream, an open file, another's folder by its whole path, and one's own file with the rights it had."""
    words = ("class/bob.py", "--format", "csv", "--official")
    assert "bob.py" in grade(course, *words, "--output", "/dev/stdout", by=as_process).stdout
    assert grade(course, *words, "--output", "/dev/null").returncode == 0
    (course / "share").mkdir()
    (course / "link").symlink_to("share")
    assert grade(course, *words, "--output", course / "link/x.csv").returncode == 0
    (course / "share/x.csv").chmod(0o600)
    assert grade(course, *words, "--output", course / "link/x.csv").returncode == 0
    assert (course / "share/x.csv").stat().st_mode & 0o777 == 0o600
    run = grade(course, *words, "--output", "share")
    assert run.returncode == 2 and "Is a directory" in run.stderr
    run = grade(course, *words, "--output", "nowhere/x.csv")
    assert run.returncode == 2 and "No such file or directory" in run.stderr


@POSIX
@pytest.mark.skipif(os.name == "posix" and os.geteuid() == 0, reason="root may write anywhere")
def test_a_file_in_a_folder_that_is_closed_is_written_in_place(course):
    (course / "x.csv").write_text("", "utf-8")
    course.chmod(0o555)
    run = grade(course, "class/bob.py", "--format", "csv", "--official", "--output", "x.csv")
    other = grade(course, "class/bob.py", "--format", "csv", "--official", "--output", "y.csv")
    course.chmod(0o755)
    assert run.returncode == 0 and "bob.py" in (course / "x.csv").read_text("utf-8")
    assert other.returncode == 2 and "Permission denied" in other.stderr


@POSIX
@pytest.mark.parametrize("way", ["class --each", "class/alice.py class/bob.py class/sol class/up"])
def test_a_link_to_the_courses_own_files_stops_nobody_elses_grading(way, course):
    (course / "class/up").symlink_to("..")
    (course / "class/sol").symlink_to("../solutions")
    run = grade(course, "--official", "--format", "csv", *way.split())
    wanted = {"class/alice.py": "0", "class/bob.py": "10", "class/sol": "0", "class/up": "0"}
    assert (points(run), run.stderr) == (wanted, "")


SEVERAL = [". --each", "alice.py bob.py", "*", ". --each --audience instructor", "bob.py --audience instructor",
           ". --audience instructor", "../class --each"]  # fmt: skip


def words_of(way, folder):
    return [name for word in way.split() for name in (star(folder) if word == "*" else [word])]


@pytest.mark.parametrize("way", SEVERAL)
def test_no_rubric_that_was_handed_in_decides_what_a_class_gets(way, course):
    own_rubric(course / "class")
    run = grade(course / "class", "--format", "csv", "--lang", "en", *words_of(way, course / "class"))
    if way == ". --audience instructor":
        assert run.returncode == 2 and "that could be the submission" in run.stderr
    else:
        found = points(run)
        assert {name.split("/")[-1]: found[name] for name in found if name.endswith(("alice.py", "bob.py"))} in (
            {"alice.py": "0", "bob.py": "10"}, {"d.py": "10"}, {"bob.py": "10"})  # fmt: skip
    assert f"{course}/class/grading.yaml was passed over: it came with what is graded." in run.stderr


@pytest.mark.parametrize("way", SEVERAL)
def test_where_the_class_has_none_but_its_own_it_says_how_to_name_one(way, course):
    own_rubric(course / "class")
    (course / "grading.yaml").rename(course / "rubric.yaml")
    run = grade(course / "class", *words_of(way, course / "class"))
    assert (run.returncode, run.stdout) == (2, "")
    assert "class/grading.yaml came with what is graded, so it is not followed" in run.stderr
    assert "--rubric path/to/grading.yaml" in run.stderr
    run = grade(course / "class", *words_of(way, course / "class"), "--rubric", "../rubric.yaml", "--format", "csv")
    assert run.returncode in (0, 1) or way == ". --audience instructor", run.stderr


@pytest.mark.parametrize("way", ["class --each", "class/alice.py class/bob.py", "class/*"])
@pytest.mark.parametrize("rubric", ["the course's", "none"])
def test_beside_what_is_graded_no_rubric_of_the_class_is_found_either(rubric, way, course):
    own_rubric(course / "class")
    if rubric == "none":
        (course / "grading.yaml").rename(course / "rubric.yaml")
    names = [f"course/{word}" for word in way.split()]
    if way.endswith("*"):
        names = [f"course/class/{name}" for name in star(course / "class")]
    names = ["course/class", "--each"] if "--each" in way else names
    run = grade(course.parent, "--format", "csv", *names)
    if rubric == "none":
        assert (run.returncode, run.stdout) == (2, ""), run.stdout
        assert "--rubric" in run.stderr
    else:
        assert (points(run)["course/class/alice.py"], points(run)["course/class/bob.py"]) == ("0", "10")


@pytest.mark.parametrize("key", ["generators", "mistakes"])
def test_no_file_of_the_courses_rubric_lies_in_a_class(key, course):
    (course / "class/own.py").write_text(WRONG, "utf-8")
    text = (course / "grading.yaml").read_text("utf-8").replace("problems:", f"{key}: class/own.py\nproblems:")
    (course / "grading.yaml").write_text(text, "utf-8")
    run = grade(course, "class", "--each")
    assert (run.returncode, run.stdout) == (2, "") and f"`{key}` is {course}/class/own.py" in run.stderr


def test_the_courses_rubric_above_a_class_is_found_as_ever(course):
    assert points(grade(course / "class", ".", "--each", "--format", "csv")) == {"alice.py": "0", "bob.py": "10"}
    (course / "class/amy").mkdir()
    (course / "class/amy/d.py").write_text(RIGHT, "utf-8")
    assert points(grade(course / "class", "amy", "bob.py", "--format", "csv")) == {"amy": "10", "bob.py": "10"}
    assert grade(course / "class", "bob.py", "--audience", "instructor").returncode == 0
    assert grade(course, "solutions", "--audience", "instructor").returncode == 0
    assert points(grade(course, "solutions/d.py", "class/bob.py", "--format", "csv")).popitem()[1] == "10"


def test_a_student_checks_all_of_her_own_kit(tmp_path):
    """A kit that was downloaded is hers, with the rubric that lies in it."""
    kit = tmp_path / "kit"
    kit.mkdir()
    own_rubric(kit)
    (kit / "x.py").write_text(WRONG, "utf-8")
    for words in ([], ["."], ["x.py"], ["../kit"]):
        assert grade(kit, *words).returncode == 0
    assert grade(tmp_path, "kit/x.py").returncode == 0
    (kit / "x.py").rename(kit / "y.py")
    (kit / "assignment").mkdir()
    for name in ("a.py", "b.py"):
        (kit / "assignment" / name).write_text(WRONG, "utf-8")
    assert grade(kit, "assignment/a.py", "assignment/b.py").returncode == 0


@POSIX
@pytest.mark.parametrize("deep", [3, 9])
def test_submissions_with_long_paths_are_told_apart(deep, course):
    """A platform's folders have long names, and the student's comes last."""
    folder = course
    for level in range(deep):
        folder = folder / (f"Year 2026 - Numerics - Section {level} - " + "final hand in " * 8)
        folder.mkdir()
    for name, text in {"Li Na_7654321": WRONG, "Zhang Wei_1234567": RIGHT}.items():
        (folder / f"{name}_assignsubmission_file_").mkdir()
        (folder / f"{name}_assignsubmission_file_/d.py").write_text(text, "utf-8")
    run = grade(course, folder, "--each", "--format", "csv", "--out", "reports")
    found = points(run)
    assert len(str(folder)) > (1000 if deep > 3 else 200)
    assert [(name.rpartition("/")[2], score) for name, score in found.items()] == [
        ("Li Na_7654321_assignsubmission_file_", "0"),
        ("Zhang Wei_1234567_assignsubmission_file_", "10"),
    ]
    names = sorted(each.name for each in (course / "reports").iterdir())
    assert len(names) == 2
    if deep == 3:
        assert names == ["Li_Na_7654321_assignsubmission_file.html", "Zhang_Wei_1234567_assignsubmission_file.html"]


@POSIX
def test_a_student_with_a_helper_is_graded_by_a_rubric_that_lies_outside(course, tmp_path):
    """As docs/security.md advises a CI job: it names the rubric and the student's folder."""
    work = tmp_path / "checkout/assignment"
    work.mkdir(parents=True)
    (work / "d.py").write_text("from helpers import two\n\ndef f(x):\n    return two() * x\n", "utf-8")
    (work / "helpers.py").write_text("def two():\n    return 2\n", "utf-8")
    own_rubric(work.parent)
    run = grade(work.parent, "--official", "--rubric", "../course/grading.yaml", "assignment")
    assert (run.returncode, run.stderr) == (0, "")


@POSIX
@pytest.mark.parametrize("way", ["", "d.py", "{0}/d.py", "--each .", "check", "watch", "--rubric {0}/x.yaml {0}/d.py"])
def test_a_current_folder_that_is_gone_is_told(way, course, tmp_path):
    """As where a branch was changed, or a kit unpacked anew."""
    (tmp_path / "gone").mkdir()
    call = [sys.executable, "-P", "-m", "grader", *way.format(course).split()]
    shell = 'cd "$0" && rmdir "$0" && exec "$@"'
    run = subprocess.run(["sh", "-c", shell, tmp_path / "gone", *call], capture_output=True, text=True)
    assert (run.returncode, run.stdout) == (2, "") and "Traceback" not in run.stderr
    assert "The current folder is not there any more." in run.stderr


@pytest.mark.parametrize("width", ["9" * 5000, "0" * 12, "1" * 9, "-1", "", "x", "8" * 4300])
def test_a_width_of_any_length_is_none(width, course):
    run = grade(course, "--rubric", "grading.yaml", "class/bob.py", COLUMNS=width)
    assert run.returncode == 0 and "Traceback" not in run.stderr
    assert max(map(len, run.stdout.splitlines())) <= 100
