"""`grade release OUT.zip --gradescope`: unpacked, set up and run as Gradescope does it, with the folder elsewhere."""

import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from recipe_machine import FILES, RIGHT, SECRETS, environment_at, shell

from grader.author.kit.wheel import own_wheel
from grader.cli.app import app

ROOT = Path(__file__).resolve().parents[2]
METADATA = {
    "id": 1,
    "created_at": "2026-11-30T10:00:00.000000-08:00",
    "assignment": {"due_date": "2026-12-01T23:59:00.000000-08:00", "total_points": "6.0"},
    "users": [{"email": "=cmd@example.org", "id": 7, "name": "::error::A"}],
    "previous_submissions": [
        {"submission_time": "2026-11-29T10:00:00.000000-08:00", "score": "2.0", "autograder_error": False},
        {"submission_time": "2026-11-29T11:00:00.000000-08:00", "score": "0", "autograder_error": True, "results": {}},
    ],
}
WRONG = "import numpy as np\n\ndef square(x):\n    return x\n\ndef total(x):\n    return np.mean(x)\n"
HOSTILE = """
import os, sys, glob
print("::error::gotcha")
FOUND = []
for top in ("COURSE", "/proc/1/environ", "/autograder"):
    for folder, _, names in os.walk(top):
        for name in names:
            try:
                FOUND.append(open(os.path.join(folder, name)).read())
            except OSError:
                pass
try:
    open("RESULTS", "w").write('{"score": 100}')
except OSError:
    pass

def square(x):
    if FOUND:
        raise ValueError(str(FOUND)[:2000])
    sys.exit(0)

def total(x):
    os._exit(0)
"""


def release(course, out, *words):
    return subprocess.run(
        [sys.executable, "-P", "-m", "grader", "release", str(out), "--gradescope", "--lang", "en", *words],
        cwd=course, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.fixture(scope="session")
def zipped(course, tmp_path_factory):
    out = tmp_path_factory.mktemp("zip") / "autograder.zip"
    made = release(course, out)
    assert made.returncode == 0, made.stdout + made.stderr
    assert "not for students" in made.stdout
    return out


def members(path):
    with zipfile.ZipFile(path) as held:
        return {one.filename: (one.external_attr >> 16, held.read(one)) for one in held.infolist()}


def unpack(path, folder):
    for name, (mode, data) in members(path).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
        (folder / name).chmod(mode & 0o777)


def test_it_holds_what_the_rubric_names_and_nothing_else(zipped):
    named = set(FILES) - {"solutions/notes.txt", "assignment/old_try.py"}
    found = members(zipped)
    course = {name.removeprefix("course/"): data.decode() for name, (_, data) in found.items() if "course/" in name}
    assert course == {name: FILES[name] for name in named}
    rest = {name for name in found if not name.startswith(("course/", "wheels/"))}
    assert rest == {"setup.sh", "run_autograder", "Dockerfile", "requirements.txt"}
    assert {name: oct(mode) for name, (mode, _) in found.items() if mode != 0o100644} == {
        "setup.sh": "0o100755", "run_autograder": "0o100755",
    }  # fmt: skip


def test_the_same_course_gives_the_same_bytes(zipped, course, tmp_path):
    moved = tmp_path / "elsewhere"
    shutil.copytree(course, moved)
    os.utime(moved / "grading.yaml", (1, 1))
    assert release(moved, tmp_path / "again.zip").returncode == 0
    assert (tmp_path / "again.zip").read_bytes() == zipped.read_bytes()


@pytest.mark.slow
def test_its_wheel_is_the_one_that_a_build_makes(tmp_path):
    command = [sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", str(tmp_path), str(ROOT)]
    built = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert built.returncode == 0, built.stdout + built.stderr
    (file,) = tmp_path.glob("*.whl")
    own = own_wheel()
    assert own.name == file.name
    with zipfile.ZipFile(file) as theirs, zipfile.ZipFile(io.BytesIO(own.data)) as ours:
        apart = {f"pingfen-0.1.0.dist-info/{name}" for name in ("WHEEL", "RECORD")}
        assert set(ours.namelist()) == set(theirs.namelist())
        assert [one for one in ours.namelist() if one not in apart and ours.read(one) != theirs.read(one)] == []


def test_a_deadline_brings_its_zones(course, tmp_path):
    folder = tmp_path / "squares"
    shutil.copytree(course, folder)
    with (folder / "grading.yaml").open("a") as file:
        file.write("policies: {deadline: 2026-10-10 23:59 Asia/Shanghai}\n")
    assert release(folder, tmp_path / "a.zip").returncode == 0
    lines = members(tmp_path / "a.zip")["requirements.txt"][1].decode().splitlines()
    assert [line.partition("==")[0] for line in lines].count("tzdata") == 1


REFUSED = {
    "no zip": (["autograder"], "takes a zip file"),
    "a kit's option": (["a.zip", "--sealed"], "no kit"),
    "a kit's seed": (["a.zip", "--seed", "3"], "no kit"),
    "not a wheel": (["a.zip", "--wheel", "grading.yaml"], "not a wheel of the grader"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_makes_no_autograder_is_refused(course, name):
    (out, *words), said = REFUSED[name]
    made = release(course, out, *words)
    assert made.returncode == 2 and said in made.stdout + made.stderr, made.stdout + made.stderr
    assert not (course / out).exists()


def test_a_wheel_without_an_autograder_is_refused(course):
    made = subprocess.run(
        [sys.executable, "-P", "-m", "grader", "release", "kit", "--wheel", "a.whl", "--lang", "en"],
        cwd=course, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert made.returncode == 2 and "Only an autograder" in made.stderr and not (course / "kit").exists()


BROKEN = {
    "an absolute path": (("reference: solutions", "reference: {here}/solutions"), "not on Gradescope"),
    "a Python of this machine": (("generators:", "runtime: {{python: {python}}}\ngenerators:"), "not on Gradescope"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_would_not_hold_there_is_told_here(course, tmp_path, name):
    (old, new), said = BROKEN[name]
    folder = tmp_path / "squares"
    shutil.copytree(course, folder)
    python = tmp_path / "python"
    python.symlink_to(sys.executable)
    text = FILES["grading.yaml"].replace(old, new.format(here=folder, python=python))
    (folder / "grading.yaml").write_text(text, "utf-8")
    made = release(folder, tmp_path / "a.zip", "--rubric", "grading.yaml")
    assert made.returncode == 2 and said in made.stderr, made.stdout + made.stderr
    assert not (tmp_path / "a.zip").exists()


def test_a_reference_that_fails_is_told_here(course, tmp_path):
    folder = tmp_path / "squares"
    shutil.copytree(course, folder)
    (folder / "solutions" / "halves.py").write_text("def half(x):\n    raise KeyError('x')\n", "utf-8")
    made = release(folder, tmp_path / "a.zip")
    assert made.returncode == 2 and "KeyError" in made.stderr and not (tmp_path / "a.zip").exists()


# --- on the platform


class Platform:
    """A machine on which the zip was unpacked and set up."""

    def __init__(self, folder):
        self.folder = folder

    def run(self, files, metadata=METADATA, setting="asis"):
        """Return the exit code and results.json for what a student hands in."""
        submission = self.folder / "submission"
        shutil.rmtree(submission, ignore_errors=True)
        submission.mkdir()
        for name, text in files.items():
            text = text.replace("COURSE", str(self.folder / "source")).replace("RESULTS", str(self.results))
            (submission / name).write_text(text, "utf-8")
        (self.folder / "submission_metadata.json").write_text(
            metadata if isinstance(metadata, str) else json.dumps(metadata), "utf-8"
        )
        self.results.parent.mkdir(exist_ok=True)
        self.results.write_text('{"score": 100}', "utf-8")
        script = str(self.folder / "run_autograder")
        words = [script] if setting == "asis" else launched(setting, self.folder, script)
        ran = subprocess.run(
            words, cwd="/", env={"PATH": os.environ["PATH"], "AUTOGRADER": str(self.folder)},
            capture_output=True, text=True, check=False, timeout=200,
        )  # fmt: skip
        return ran.returncode, json.loads(self.results.read_text("utf-8"))

    @property
    def results(self):
        return self.folder / "results" / "results.json"


def launched(setting, folder, script):
    launcher = ROOT / "tests" / "redteam" / "redteam_launcher.py"
    return [sys.executable, str(launcher), setting, "150", str(folder / "launched.json"), script]


def schema(results, *, graded=True):
    """Hold results.json against what the platform documents, field by field."""
    top = {
        "score": (int, float), "execution_time": (int, float), "output": str, "output_format": str, "tests": list,
        "visibility": str, "stdout_visibility": str, "extra_data": dict,
    }  # fmt: skip
    assert set(results) <= set(top) and all(isinstance(results[key], top[key]) for key in results)
    assert ("score" in results) == graded and results["output"]
    assert results["visibility"] == "visible" and results["stdout_visibility"] == "hidden"
    fields = {
        "name": str, "number": str, "score": (int, float), "max_score": (int, float), "status": str, "output": str,
        "name_format": str, "output_format": str, "visibility": str, "tags": list,
    }  # fmt: skip
    for test in results.get("tests", []):
        assert set(test) <= set(fields) and all(isinstance(test[key], fields[key]) for key in test)
        assert test["status"] in ("passed", "failed") and test["visibility"] == "visible"
        assert {test["name_format"], test["output_format"], results["output_format"]} == {"text"}
        assert 0 <= test.get("score", 0) <= test["max_score"]
    if graded:
        assert results["score"] == pytest.approx(sum(test["score"] for test in results["tests"]))
    assert [word for word in SECRETS if word in json.dumps(results)] == []


@pytest.fixture(scope="module")
def platform(zipped, tmp_path_factory):
    folder = tmp_path_factory.mktemp("machine") / "autograder"
    unpack(zipped, folder / "source")
    environment_at(folder / "grader")
    ran = shell(folder / "source" / "setup.sh", cwd=folder, AUTOGRADER=folder)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    shutil.copy(folder / "source" / "run_autograder", folder)
    return Platform(folder)


FAKE = """#!/bin/bash
echo "$(basename "$0") $*" >> "$LOG"
case "$(basename "$0") $*" in
    "apt-get install"*" $WORKS "*) ln -s fake "$BIN/$WORKS" ;;
    "apt-get install"*) exit 100 ;;
    *"-m venv "*) mkdir -p "${!#}/bin" && cp "$0" "${!#}/bin/python" && cp "$0" "${!#}/bin/grade" ;;
    "python3 "*) exit 1 ;;
esac
"""


@pytest.mark.parametrize("works", ["python3.11", "python3.12", "none"])
def test_an_image_without_python_is_given_one(zipped, tmp_path, works):
    """On a machine with nothing but an old python3 and an apt-get that has one other."""
    tools, log = tmp_path / "tools", tmp_path / "log"
    laid = {"fake": FAKE, "python3": FAKE, "apt-get": FAKE}
    tools.mkdir()
    for name, text in laid.items():
        (tools / name).write_text(text, "utf-8")
        (tools / name).chmod(0o755)
    for name in ("basename", "bash", "chmod", "chown", "cp", "id", "ln", "mkdir"):
        (tools / name).symlink_to(shutil.which(name))
    unpack(zipped, tmp_path / "source")
    given = {"AUTOGRADER": tmp_path, "PATH": tools, "BIN": tools, "LOG": log, "WORKS": works}
    ran = shell(tmp_path / "source" / "setup.sh", cwd=tmp_path, **given)
    lines = log.read_text("utf-8").splitlines()
    assert (ran.returncode == 0) == (works != "none"), ran.stdout + ran.stderr
    if works == "none":
        assert "take a newer image" in ran.stderr and not (tmp_path / "grader").exists()
        return
    assert f"{works} -I -m venv {tmp_path}/grader" in lines
    assert [line for line in lines if "pip install" in line and line.endswith("-none-any.whl")]
    assert lines[-1] == "grade doctor"


def test_any_name_of_a_folder_will_do(course, tmp_path):
    """The rubric may lie deep in a folder of any name, and name files above it."""
    folder = tmp_path / "squares"
    shutil.copytree(course, folder)
    deep = folder / "it's $(touch x)" / "grading.yaml"
    deep.parent.mkdir()
    text = (folder / "grading.yaml").read_text("utf-8")
    for name in ("assignment/", "solutions/", "more/draws", "more/table"):
        text = text.replace(name, f"../{name}")
    deep.write_text(text, "utf-8")
    (folder / "grading.yaml").unlink()
    made = release(folder, tmp_path / "a.zip", "--rubric", str(deep))
    assert made.returncode == 0, made.stdout + made.stderr
    unpack(tmp_path / "a.zip", tmp_path / "source")
    laid = tmp_path / "grader" / "bin" / "grade"
    laid.parent.mkdir(parents=True)
    laid.write_text('#!/bin/bash\ntest -f "$3" && echo "rubric: $3"\n', "utf-8")
    laid.chmod(0o755)
    ran = shell(tmp_path / "source" / "run_autograder", cwd=tmp_path, AUTOGRADER=tmp_path)
    assert "rubric: course/it's $(touch x)/grading.yaml" in ran.stdout
    assert not list(tmp_path.rglob("x"))


def test_an_installed_grader_makes_the_same_zip(platform, zipped, course, tmp_path):
    """The wheel is made of a checkout here, and there of what pip installed from that wheel."""
    command = [platform.folder / "grader" / "bin" / "grade", "release", tmp_path / "a.zip", "--gradescope"]
    made = subprocess.run(command, cwd=course, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stdout + made.stderr
    assert members(tmp_path / "a.zip") == members(zipped)


def test_only_the_owner_reads_the_course(platform):
    course = platform.folder / "source" / "course"
    modes = {oct(path.stat().st_mode & 0o077) for path in [course, *course.rglob("*")]}
    assert modes == {"0o0"}


def test_right_work_has_full_marks(platform):
    code, results = platform.run({"squares.py": RIGHT})
    schema(results)
    assert code == 0 and results["score"] == 6
    assert [(test["name"], test["score"]) for test in results["tests"]] == [
        ("square: shown", 1), ("square: drawn", 3), ("total: sums", 2),
    ]  # fmt: skip
    assert {test["status"] for test in results["tests"]} == {"passed"}


def test_wrong_work_has_fewer_and_the_try_counts(platform):
    code, results = platform.run({"squares.py": WRONG})
    schema(results)
    assert code == 0 and results["score"] == 0
    first, second = "Is it the mean that is asked for?", "It is the sum."
    assert first in json.dumps(results) and second in json.dumps(results)
    _, results = platform.run({"squares.py": WRONG}, metadata="damaged")
    assert first in json.dumps(results) and second not in json.dumps(results)


@pytest.mark.parametrize("files", [{}, {"squares.py": FILES["assignment/squares.py"]}, {"notes.txt": "sorry"}])
def test_no_work_is_no_fault_of_ours(platform, files):
    code, results = platform.run(files)
    schema(results)
    assert code == 0 and results["score"] == 0


def attempt_told(metadata, folder):
    """What the script makes of the metadata: its own lines are run."""
    text = (folder / "run_autograder").read_text("utf-8")
    body = text.partition("<<'PYTHON'\n")[2].partition("\nPYTHON\n")[0]
    file = folder / "told.json"
    file.write_text(metadata, "utf-8")
    ran = subprocess.run([sys.executable, "-I", "-", str(file)], input=body, capture_output=True, text=True, check=True)
    return ran.stdout.strip()


def test_a_run_that_failed_by_our_fault_was_no_try(platform):
    assert attempt_told(json.dumps(METADATA), platform.folder) == "2"
    for text in ("", "[]", "{}", '{"previous_submissions": 3}', '{"previous_submissions": [1]}', "\ud83d"):
        assert attempt_told(text.encode("utf-8", "replace").decode(), platform.folder) == "1"


def test_hostile_work_reads_nothing_and_writes_nothing(platform):
    bystanders = {"grading.yaml": "title: mine\n", "numpy.py": "raise SystemExit(0)\n", "sitecustomize.py": "1/0\n",
                  "conftest.py": "1/0\n", "results.json": '{"score": 100}'}  # fmt: skip
    before = {path: path.read_bytes() for path in (platform.folder / "source").rglob("*") if path.is_file()}
    code, results = platform.run({"squares.py": HOSTILE, **bystanders})
    schema(results)
    assert code == 0 and results["score"] == 0 and "ValueError" not in json.dumps(results)
    assert {path: path.read_bytes() for path in before} == before


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can become root in a container")
@pytest.mark.parametrize(("text", "score"), [(RIGHT, 6), (HOSTILE, 0)], ids=["right", "hostile"])
def test_it_grades_as_root_in_a_container(platform, text, score):
    """Docker's default profile: no namespaces; Landlock and seccomp hold the student's code."""
    _, results = platform.run({"squares.py": text}, setting="docker")
    schema(results)
    assert json.loads((platform.folder / "launched.json").read_text())["status"] == 0
    assert results["score"] == score and "ValueError" not in json.dumps(results)


def test_a_failure_of_ours_is_no_zero(platform):
    rubric = platform.folder / "source" / "course" / "grading.yaml"
    text = rubric.read_text("utf-8")
    rubric.write_text("problems: [", "utf-8")
    try:
        code, results = platform.run({"squares.py": RIGHT})
    finally:
        rubric.write_text(text, "utf-8")
    schema(results, graded=False)
    assert code == 2


def test_a_grader_that_is_gone_is_no_zero(platform):
    command = platform.folder / "grader" / "bin" / "grade"
    command.rename(command.with_name("gone"))
    try:
        code, results = platform.run({"squares.py": RIGHT})
    finally:
        command.with_name("gone").rename(command)
    schema(results, graded=False)
    assert code > 1 and "not graded" in results["output"] and "tests" not in results


def test_the_dockerfile_follows_the_layout(zipped):
    text = members(zipped)["Dockerfile"][1].decode()
    lines = [line.split(" ", 1) for line in text.splitlines() if line[:1] not in "#"]
    assert [word for word, _ in lines if word not in ("ARG", "FROM", "COPY", "RUN", "WORKDIR", "CMD")] == []
    named = {name for _, rest in lines for name in rest.replace('"', " ").split() if name.startswith("/autograder/s")}
    held = {f"/autograder/source/{name}" for name in members(zipped)}
    assert {name for name in named if "source/" in name} <= held


def test_the_option_is_in_the_help():
    assert any("--gradescope" in option.opts for option in app.get_command(None, "release").params)
