"""Which rubric is taken: the course's, never one that came with what is graded; and which of its code may run how."""

import json
import os
import shutil
import stat
import subprocess
import sys

import pytest
from cli_runs import as_process, in_process, in_text

EVIL = """\
title: mine
language: en
seed: 1
submission: {submission}
reference: {reference}
{more}problems:
  f:
    points: 100
    checks:
      - values: x
        draw: {{x: 1..9}}
"""
SCRIPT = '#!/bin/sh\necho ran >> "{mark}"\nexec "{python}" "$@"\n'
POSIX = pytest.mark.skipif(os.name != "posix", reason="Windows tells no owner, and runs no script of sh")


def grade(folder, *words, by=in_process, **environment):
    return in_text(by(words, cwd=folder, environment={"LC_ALL": "C.UTF-8", **environment}))


@pytest.fixture(autouse=True)
def own_folders(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


def assignment(folder, *, returns="x", submission="cnn.py", reference="ref.py", more=""):
    """Make a folder with a rubric, a reference and a submission that returns `returns`."""
    for name, value in ((submission, returns), (reference, "x")):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"def f(x):\n    return {value}\n", "utf-8")
    text = EVIL.format(submission=submission, reference=reference, more=more)
    (folder / "grading.yaml").write_text(text, "utf-8")
    return folder


@pytest.fixture
def eve(tmp_path):
    """A submission with a rubric of its own, whose own Python leaves a mark."""
    folder = assignment(tmp_path / "class/eve", more="runtime: {python: ./evil.sh}\n")
    script = folder / "evil.sh"
    script.write_text(SCRIPT.format(mark=tmp_path / "mark", python=sys.executable), "utf-8")
    script.chmod(0o755)
    return folder


@pytest.fixture
def course(tmp_path):
    """A course that wants f to double; nobody's f that returns x is right."""
    folder = assignment(tmp_path / "course", submission="assignment/cnn.py", reference="solutions/cnn.py")
    (folder / "solutions/cnn.py").write_text("def f(x):\n    return 2 * x\n", "utf-8")
    return folder


def mark(tmp_path):
    return (tmp_path / "mark").exists()


WAYS = [("eve", ["cnn.py"]), ("eve", ["."]), ("eve", []), ("class", ["eve/cnn.py"]), ("class", ["eve"]),
        ("eve", ["../eve"]), ("class", ["eve/../eve/cnn.py"]), ("eve", ["--each", "."]),
        ("class", ["--each", "eve"]), ("class", ["link/cnn.py"]), ("link", ["."]), ("link", ["cnn.py"])]  # fmt: skip


@pytest.mark.parametrize(("where", "words"), WAYS, ids=str)
@pytest.mark.parametrize("how", ["--official", "CI", "--self-check"])
def test_a_rubric_that_was_handed_in_decides_nothing(how, where, words, eve, tmp_path):
    (eve.parent / "link").symlink_to(eve)
    folder = eve.parent if where == "class" else eve.parent / where
    words = [*words] if how == "CI" else [how, *words]
    run = grade(folder, *words, CI="true" if how == "CI" else "")
    assert (run.returncode, run.stdout) == (2, ""), run.stderr
    assert not mark(tmp_path) and "--rubric" in run.stderr


@pytest.mark.parametrize(("where", "words"), WAYS[:3], ids=str)
def test_official_grading_names_the_rubric_it_does_not_follow(where, words, eve):
    run = grade(eve, "--official", *words)
    assert "eve/grading.yaml came with what is graded" in run.stderr


@pytest.mark.parametrize("words", [["cnn.py"], ["."], ["../eve"]])
def test_the_courses_rubric_above_is_taken_in_its_place(words, eve, course, tmp_path):
    shutil.copytree(course, eve.parent, dirs_exist_ok=True)
    run = grade(eve, "--official", "--format", "json", *words)
    assert json.loads(run.stdout)["score"] == 0 and not mark(tmp_path)
    (line,) = run.stderr.splitlines()
    assert line == f"{eve}/grading.yaml was passed over: it came with what is graded."


@pytest.mark.parametrize("words", [[], ["assignment/cnn.py"], ["assignment"], ["solutions/cnn.py"], ["solutions"]])
@pytest.mark.parametrize("here", [".", "assignment"])
def test_a_courses_own_folder_is_graded_officially_as_before(here, words, course):
    run = grade(course / here, "--official", *(os.path.relpath(course / word, course / here) for word in words))
    assert run.returncode == ("solutions" not in str(words)), run.stderr
    assert run.stderr == ""


def test_a_rubric_in_a_class_folder_may_be_anyones_and_must_be_named(course):
    assignment(course / "amy")
    assignment(course / "bob", returns="2 * x")
    shutil.rmtree(course / "assignment")
    shutil.rmtree(course / "solutions")
    (course.parent / "ref.py").write_text("def f(x):\n    return 2 * x\n", "utf-8")
    text = (course / "grading.yaml").read_text("utf-8").replace("solutions/cnn.py", "../ref.py")
    (course / "grading.yaml").write_text(text, "utf-8")
    words = ("--official", "--each", "--format", "json", ".")
    run = grade(course, *words)
    assert run.returncode == 2 and "came with what is graded" in run.stderr
    run = grade(course, "--rubric", "grading.yaml", *words)
    assert [report["score"] for report in json.loads(run.stdout)] == [0, 100], run.stderr


def test_a_rubric_that_is_named_may_lie_beside_a_file_that_is_graded(tmp_path):
    folder = assignment(tmp_path / "small")
    assert grade(folder, "--official", "cnn.py").returncode == 2
    run = grade(folder, "--official", "--rubric", "grading.yaml", "cnn.py")
    assert (run.returncode, run.stderr) == (0, "")


def test_a_link_to_a_rubric_that_was_handed_in_is_no_way_around(eve, tmp_path):
    (eve.parent / "grading.yaml").symlink_to(eve / "grading.yaml")
    run = grade(eve.parent, "--official", "eve/cnn.py")
    assert run.returncode == 2 and "came with what is graded" in run.stderr and not mark(tmp_path)


@POSIX
def test_no_python_of_a_named_rubric_may_lie_in_what_is_graded(course, tmp_path):
    eve = assignment(course / "class/eve", returns="2 * x")
    script = eve / "evil.sh"
    script.write_text(SCRIPT.format(mark=tmp_path / "mark", python=sys.executable), "utf-8")
    script.chmod(0o755)
    text = (course / "grading.yaml").read_text("utf-8")
    (course / "grading.yaml").write_text(text + "runtime: {python: class/eve/evil.sh}\n", "utf-8")
    run = grade(course, "--official", "--rubric", "grading.yaml", "class/eve")
    assert (run.returncode, run.stdout, mark(tmp_path)) == (2, "", False)
    assert f"`runtime` is {eve}/evil.sh" in run.stderr


@pytest.mark.parametrize("key", ["reference", "generators", "mistakes"])
def test_no_file_of_a_named_rubric_may_lie_in_what_is_graded(key, course):
    eve = assignment(course / "class/eve")
    (eve / "own.py").write_text("def f(x):\n    return x\n", "utf-8")
    text = (course / "grading.yaml").read_text("utf-8")
    text = text.replace("solutions/cnn.py", "class/eve/own.py") if key == "reference" else (
        text.replace("problems:", f"{key}: class/eve/own.py\nproblems:"))  # fmt: skip
    (course / "grading.yaml").write_text(text, "utf-8")
    run = grade(course, "--official", "--rubric", "grading.yaml", "class/eve")
    assert (run.returncode, run.stdout) == (2, "")
    line = text[: text.index(f"{key}:")].count("\n") + 1
    assert run.stderr.startswith(f"grading.yaml:{line}:1: `{key}` is {eve}/own.py"), run.stderr


def test_a_students_own_kit_is_graded_in_place(tmp_path):
    kit = assignment(tmp_path / "kit")
    for words in (["."], ["cnn.py"], []):
        assert grade(kit, *words, by=in_process if words else as_process).returncode == 0
    assert grade(tmp_path, "kit/cnn.py").returncode == 0, "beside the file, where there is none above"
    assert grade(tmp_path, "kit").returncode == 2, "but never inside"
    (kit / "sub").mkdir()
    assert grade(kit / "sub", "..").returncode == 0


def test_beside_what_is_graded_is_not_inside_of_it(eve, tmp_path):
    (eve / "sub").mkdir()
    for words in (["eve/sub/.."], ["eve/cnn.py", "eve"]):
        run = grade(eve.parent, *words)
        assert run.returncode == 2 and "There is no grading.yaml" in run.stderr


COMMANDS = [
    ["grade", "cnn.py"],
    ["check"],
    ["audit"],
    ["show"],
    ["release", "OUT"],
    ["watch"],
    ["show", "--case", "f.x[0]"],
]


@POSIX
@pytest.mark.parametrize("command", COMMANDS, ids=str)
def test_no_command_follows_a_runtime_that_nobody_named_or_trusts(command, eve, tmp_path):
    (eve / "cnn.py").write_text("def f(x):\n    return None\n", "utf-8")
    command = [word.replace("OUT", str(tmp_path / "out")) for word in command]
    if command[0] == "release":
        grade(eve, "release", "--update")
    run = grade(eve, *command, by=as_process)
    assert run.returncode == 2 and "evil.sh" in run.stderr and "grade trust" in run.stderr, run.stderr
    assert not mark(tmp_path)


@POSIX
def test_a_runtime_is_followed_from_a_rubric_that_the_user_named_and_alone_may_write(eve, tmp_path):
    words = ["--rubric", "grading.yaml", "cnn.py"]
    (eve / "grading.yaml").chmod(0o666)
    run = grade(eve, *words)
    assert run.returncode == 2 and "Other users can change" in run.stderr and not mark(tmp_path)
    (eve / "grading.yaml").chmod(0o644)
    grade(eve, *words)
    assert mark(tmp_path)


@POSIX
@pytest.mark.parametrize("what", ["program", "folder", "where the link leads", "the link's folder"])
def test_naming_a_rubric_is_not_enough_where_others_can_change_its_python(what, eve, tmp_path):
    """Eve owns the rubric; whoever can rewrite the program that it names runs what they like."""
    words, there = ["--official", "--rubric", "class/eve/grading.yaml", "cnn.py"], tmp_path / "bin"
    shutil.copy(eve / "cnn.py", tmp_path / "cnn.py")
    there.mkdir(mode=0o755)
    script = (eve / "evil.sh").rename(there / "evil.sh")
    text = (eve / "grading.yaml").read_text("utf-8")
    named = tmp_path / "links/evil.sh" if "link" in what else script
    named.parent.mkdir(mode=0o755, exist_ok=True)
    if "link" in what:
        named.symlink_to(script)
    (eve / "grading.yaml").write_text(text.replace("./evil.sh", str(named)), "utf-8")
    loose = {"program": script, "folder": there, "where the link leads": there, "the link's folder": named.parent}[what]
    loose.chmod(0o777)
    run = grade(tmp_path, *words)
    assert run.returncode == 2 and "Other users can change that program or its folder." in run.stderr
    assert "grade trust" in run.stderr and not mark(tmp_path)
    loose.chmod(0o1777 if loose.is_dir() else 0o755)
    grade(tmp_path, *words)
    assert mark(tmp_path)


@POSIX
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives a file away")
@pytest.mark.parametrize("name", ["evil.sh", "."])
def test_nor_where_its_python_is_somebody_elses(name, eve, tmp_path):
    os.chown(eve / name, 12345, 12345)
    run = grade(eve, "--rubric", "grading.yaml", "cnn.py")
    assert run.returncode == 2 and "That program or its folder belongs to another user." in run.stderr
    assert not mark(tmp_path)


@POSIX
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives a file away")
def test_a_named_rubric_of_somebody_elses_is_not_enough(eve, tmp_path):
    os.chown(eve / "grading.yaml", 12345, 12345)
    run = grade(eve, "--rubric", "grading.yaml", "cnn.py")
    assert run.returncode == 2 and "belongs to another user" in run.stderr and not mark(tmp_path)


@POSIX
def test_a_command_is_not_looked_for_in_the_current_folder(eve, tmp_path):
    text = (eve / "grading.yaml").read_text("utf-8").replace("./evil.sh", "evil.sh")
    (eve / "grading.yaml").write_text(text, "utf-8")
    for path in (".", "", os.curdir + os.pathsep):
        run = grade(eve, "--rubric", "grading.yaml", "cnn.py", PATH=f"{path}{os.pathsep}{os.environ['PATH']}")
        assert run.returncode == 2 and "no command" in run.stderr and not mark(tmp_path)


def test_the_graders_own_python_needs_no_trust(tmp_path):
    kit = assignment(tmp_path / "kit", more=f"runtime: {{python: {sys.executable}}}\n")
    assert grade(kit, "cnn.py").returncode == 0


def test_the_graders_own_python_offers_what_is_installed_for_it_if_a_course_names_it(tmp_path):
    for number, (python, code) in enumerate((("", 1), (sys.executable, 0), ("own", 0))):
        kit = assignment(tmp_path / f"kit{number}", more=f"runtime: {{python: {python}}}\n" if python else "")
        work = kit / "cnn.py"
        work.write_text("import hypothesis.strategies as at_hand\n" + work.read_text("utf-8"), "utf-8")
        run = grade(kit, "cnn.py", "--lang", "en")
        assert ("The module hypothesis is not available here" in run.stdout) == (code == 1), run.stdout


@POSIX
def test_trust_holds_for_what_was_trusted_and_is_taken_back(eve, tmp_path):
    store = tmp_path / "config/pingfen/trusted"
    told = grade(eve, "trust", "--lang", "en", by=as_process)
    assert told.returncode == 0 and str(store) in told.stdout
    assert "evil.sh" in told.stdout and "ref.py" in told.stdout and not mark(tmp_path)
    assert [stat.S_IMODE(each.stat().st_mode) for each in (store, store.parent)] == [0o600, 0o700]
    grade(eve, "cnn.py")
    assert mark(tmp_path)
    for change in ("grading.yaml", "evil.sh"):
        (tmp_path / "mark").unlink(missing_ok=True)
        before = (eve / change).read_text("utf-8")
        (eve / change).write_text(before + "# changed\n", "utf-8")
        assert grade(eve, "cnn.py").returncode == 2 and not mark(tmp_path)
        (eve / change).write_text(before, "utf-8")
    shutil.copytree(eve, tmp_path / "copy")
    assert grade(tmp_path / "copy", "cnn.py").returncode == 2 and not mark(tmp_path)
    assert "no longer" in grade(tmp_path, "trust", "--forget", eve, "--lang", "en", by=as_process).stdout
    assert grade(eve, "cnn.py").returncode == 2 and not mark(tmp_path)
    assert "was not trusted" in grade(eve, "trust", "--forget", "--lang", "en").stdout


@POSIX
@pytest.mark.parametrize("how", ["others may write", "a link", "a pipe", "the folder", "relative", "relative home"])
def test_a_store_that_somebody_else_could_have_written_counts_for_nothing(how, eve, tmp_path):
    grade(eve, "trust")
    store, environment = tmp_path / "config/pingfen/trusted", {}
    if how == "others may write":
        store.chmod(0o620)
    elif how == "the folder":
        store.parent.chmod(0o777)
    elif how.startswith("relative"):
        shutil.copytree(store.parent, eve / ".config/pingfen")
        environment = {
            "XDG_CONFIG_HOME": ".config" if how == "relative" else "",
            "HOME": "." if "home" in how else "/x",
        }
    else:
        store.rename(tmp_path / "moved")
        os.mkfifo(store) if how == "a pipe" else store.symlink_to(tmp_path / "moved")
    run = grade(eve, "cnn.py", **environment)
    assert run.returncode == 2 and not mark(tmp_path)
    if how in ("the folder", "relative home"):
        assert grade(eve, "trust", **environment).returncode == 2


@POSIX
def test_a_path_forges_no_line_of_the_store(eve, tmp_path):
    grade(eve, "trust")
    line = (tmp_path / "config/pingfen/trusted").read_text("utf-8").splitlines()[0]
    grade(eve, "trust", "--forget")
    odd = tmp_path / ("kit\n" + line.replace("/", "\\"))
    assignment(odd)
    assert grade(odd, "trust").returncode == 0
    assert len((tmp_path / "config/pingfen/trusted").read_text("utf-8").split("\n")) == 2
    assert grade(odd, "trust", "--forget", "--lang", "en").stdout.endswith("is trusted no longer.\n")


def test_a_self_check_says_once_what_runs_besides(tmp_path):
    kit = assignment(tmp_path / "kit", reference="solutions/ref.py")
    first, second = grade(kit, "cnn.py"), grade(kit, "cnn.py")
    assert first.stderr.startswith("grading.yaml also runs code besides your own file: solutions/ref.py (")
    assert first.stderr.count("\n") == 1 and second.stderr == ""
    assert (first.returncode, second.returncode) == (0, 0)
    text = (kit / "grading.yaml").read_text("utf-8").replace("solutions/ref.py", "other.py")
    shutil.copy(kit / "solutions/ref.py", kit / "other.py")
    (kit / "grading.yaml").write_text(text, "utf-8")
    assert "other.py" in grade(kit, "cnn.py").stderr


def test_another_rubric_in_the_same_place_is_said_again(tmp_path):
    """A second kit is unpacked over the first: other code under the same names."""
    kit = assignment(tmp_path / "kit")
    assert grade(kit, "cnn.py").stderr and not grade(kit, "cnn.py").stderr
    text = (kit / "grading.yaml").read_text("utf-8")
    (kit / "grading.yaml").write_text(text.replace("title: mine", "title: theirs"), "utf-8")
    assert "also runs code besides your own file: ref.py" in grade(kit, "cnn.py").stderr
    assert grade(kit, "cnn.py").stderr == ""
    (kit / "grading.yaml").write_text(text, "utf-8")
    assert grade(kit, "cnn.py").stderr == "", "this one was said"


@pytest.mark.parametrize("words", [["--rubric", "grading.yaml"], ["--official", "--rubric", "grading.yaml"]])
def test_nothing_is_said_of_a_rubric_that_was_named(words, tmp_path):
    assert grade(assignment(tmp_path / "kit"), *words, "cnn.py").stderr == ""


def test_nothing_is_said_of_a_trusted_rubric_or_a_kit_of_expected_values(tmp_path):
    kit = assignment(tmp_path / "kit")
    assert grade(kit, "trust").returncode == 0
    assert grade(kit, "cnn.py").stderr == ""
    text = (kit / "grading.yaml").read_text("utf-8").replace("values: x", "values: x\n        visibility: public")
    (kit / "grading.yaml").write_text(text, "utf-8")
    made = grade(kit, "release", "--update"), grade(kit, "release", tmp_path / "out")
    assert made[-1].returncode == 0, made
    run = grade(tmp_path / "out")
    assert (run.returncode, run.stderr) == (1, "")
    assert "nothing to trust" in grade(tmp_path / "out", "trust", "--lang", "en").stdout


@POSIX
def test_check_names_a_rubric_only_where_its_caller_does(eve, tmp_path):
    def checked(argument):
        code = f"from grader import check; print(check({argument}lang='en').graded)"
        run = subprocess.run([sys.executable, "-P", "-c", code], cwd=eve, capture_output=True, text=True)
        return run.stdout

    assert "evil.sh" in checked("") and not mark(tmp_path)
    checked("rubric='grading.yaml', ")
    assert mark(tmp_path)


@POSIX
@pytest.mark.parametrize("ci", ["", "true"])
@pytest.mark.parametrize("words", [[], ["."], ["eve"]])
def test_a_rubric_that_pytest_finds_is_not_named(words, ci, eve, tmp_path):
    folder = eve.parent if words == ["eve"] else eve
    command = [sys.executable, "-m", "pytest", "-p", "grader.pytest_plugin", "-p", "no:cacheprovider",
               "-c", os.devnull, f"--rootdir={tmp_path}", *words]  # fmt: skip
    run = subprocess.run(
        command,
        cwd=folder,
        capture_output=True,
        text=True,
        env={**os.environ, "CI": ci, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
    )
    assert not mark(tmp_path) and " passed in" not in run.stdout, run.stdout
    if words == ["eve"] and ci:
        assert "was passed over" in run.stdout
    else:
        assert ("came with what is graded" if ci else "evil.sh") in run.stdout
