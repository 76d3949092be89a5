"""The recipes in docs/recipes, run as their platforms run them, with right, wrong and hostile work."""

import json
import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
import yaml
from act import PROJECT, Job, commands
from recipe_machine import RIGHT, SECRETS, environment_at, shell

from grader.author.kit.wheel import own_wheel, pinned

ROOT = Path(__file__).resolve().parents[2]
RECIPES = ROOT / "docs" / "recipes"
WORKFLOWS = [RECIPES / "github/grade.yml", RECIPES / "github/official.yml", RECIPES / "gitea/grade.yml"]
KINDS = ["right", "wrong", "hostile"]
WRONG = RIGHT.replace("* x", "+ 1")
PRINTS = """
import os, sys
COMMANDS = ["::error::taken", "::set-output name=points::1", "::add-path::/tmp", "##[error]taken", "::stop-commands::x"]
for name in ("GITHUB_ENV", "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"):
    try:
        open(os.environ[name], "a").write("points=100\\n")
    except (KeyError, OSError):
        pass

def square(x):
    print(*COMMANDS, sep="\\n")
    raise ValueError("\\n".join(COMMANDS))

def total(x):
    print(*COMMANDS, sep="\\n")
    return "\\n".join(COMMANDS)
"""
EASY = """\
title: Mine
language: en
seed: 1
submission: assignment/squares.py
reference: mine.py
problems:
  square: {points: 1, checks: [{values: v, draw: {x: "1"}}]}
"""
BROUGHT = {
    "grading.yaml": EASY,
    "mine.py": "def square(x):\n    return 1\n",
    "numpy.py": "raise SystemExit(0)\n",
    "sitecustomize.py": "raise SystemExit(0)\n",
    "conftest.py": "raise SystemExit(0)\n",
    "venv.py": "raise SystemExit(0)\n",
    "pip.py": "raise SystemExit(0)\n",
    "action.yml": "name: mine\n",
    ".github/workflows/grade.yml": "on: push\n",
    "assignment/grading.yaml": EASY,
    "assignment/numpy.py": "raise SystemExit(0)\n",
    "assignment/pip.conf": "[global]\nindex-url = file:///nowhere\n",
}


def laid(folder, files):
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return folder


@pytest.fixture(scope="module")
def kit(course, tmp_path_factory):
    """The sealed kit, as `grade release` makes it."""
    out = tmp_path_factory.mktemp("kits") / "kit"
    command = [sys.executable, "-P", "-m", "grader", "release", str(out), "--sealed"]
    made = subprocess.run(command, cwd=course, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stdout + made.stderr
    return out


@pytest.fixture(scope="module")
def machine(tmp_path_factory):
    """A runner's home with python and what building and running the grader need, where the recipes install it."""
    folder = tmp_path_factory.mktemp("runner")
    environment_at(folder / "pingfen-grader", more=pinned(["import hatchling, babel"]))
    environment_at(folder / "grader")
    (folder / "bin").mkdir()
    for name in ("python", "python3"):
        (folder / "bin" / name).symlink_to(sys.executable)
    (folder / "bin" / "grade").write_text(f'#!/bin/sh\nexec "{folder}/grader/bin/grade" "$@"\n', "utf-8")
    (folder / "bin" / "grade").chmod(0o755)
    wheel = own_wheel()
    (folder / "tools").mkdir()
    (folder / "tools" / wheel.name).write_bytes(wheel.data)
    return folder


def environment(machine):
    return {
        "PATH": f"{machine / 'bin'}:{os.environ['PATH']}", "HOME": str(machine), "LC_ALL": "C.UTF-8",
        "PIP_NO_INDEX": "1", "PIP_NO_BUILD_ISOLATION": "0",
    }  # fmt: skip


def installed(machine):
    """Install the grader, as an image has it."""
    install = '"$HOME/grader/bin/python" -I -m pip install --quiet tools/pingfen-*.whl'
    made = shell(install, cwd=machine, **environment(machine))
    assert made.returncode == 0, made.stderr


def student(tmp_path, kit, text, more=()):
    """A student's repository: the kit with her work, and whatever else she puts there."""
    folder = tmp_path / "student"
    shutil.copytree(kit, folder)
    return laid(folder, {"assignment/squares.py": text, **dict(more)})


# --- GitHub


def in_student_repository(tmp_path, machine, kit, text, more=()):
    workspace = student(tmp_path, kit, text, more)
    job = Job(RECIPES / "github/grade.yml", workspace, machine, environment(machine))
    return job.run(), job


def test_github_shows_a_student_that_all_is_right(tmp_path, machine, kit):
    code, job = in_student_repository(tmp_path, machine, kit, RIGHT)
    assert code == 0, job.printed
    assert job.lines[:3] == ["graded=true", "points=6", "max-points=6"]
    assert "Points 6/6" in job.printed and "square" in job.summary.read_text("utf-8")


@pytest.mark.slow
def test_github_marks_the_line_of_wrong_work(tmp_path, machine, kit):
    code, job = in_student_repository(tmp_path, machine, kit, WRONG)
    assert code == 1
    assert any(line.startswith("::error file=assignment/squares.py,line=3,") for line in commands(job.printed))
    assert job.outputs["1.outputs.points"] == "2" and job.outputs["1.outputs.graded"] == "true"


@pytest.mark.slow
def test_github_carries_out_no_command_of_a_student(tmp_path, machine, kit):
    code, job = in_student_repository(tmp_path, machine, kit, PRINTS)
    assert code == 1 and job.outputs["1.outputs.points"] == "0"
    assert [line for line in commands(job.printed) if re.match(r"::(add|set|stop)|##\[|::error::", line)] == []
    assert job.variables.read_text("utf-8") == "" and "points=100" not in job.summary.read_text("utf-8")
    assert [line.partition("=")[0] for line in job.lines] == ["graded", "points", "max-points", "bonus"]


def official(tmp_path, machine, course, theirs):
    """Run the course's workflow for a student's repository that lies at `theirs`."""
    workspace = tmp_path / "workspace"
    workspace.mkdir()

    def checkout(given):
        assert given["persist-credentials"] == "False"
        assert ("token" in given) == (given["path"] == "student")
        shutil.copytree(theirs if given["path"] == "student" else course, workspace / given["path"], symlinks=True)

    context = {
        "inputs.repository": "org/$(touch hacked)`touch hacked`", "inputs.ref": "main",
        "secrets.STUDENTS_READ_TOKEN": "t0ken",
    }  # fmt: skip
    recipe = RECIPES / "github/official.yml"
    job = Job(recipe, workspace, machine, environment(machine), context=context, checkout=checkout)
    return job.run(), job, workspace


@pytest.mark.slow
@pytest.mark.parametrize(("text", "points"), [(RIGHT, "6"), (WRONG, "2"), (PRINTS, "0")], ids=KINDS)
def test_github_grades_officially_in_the_courses_repository(tmp_path, machine, course, kit, text, points):
    code, job, workspace = official(tmp_path, machine, course, student(tmp_path, kit, text, BROUGHT))
    assert code == 0, job.printed
    row = (workspace / "points.csv").read_text("utf-8").splitlines()[1]
    assert row.endswith(f",{points},6") and not (workspace / "hacked").exists()
    assert [word for word in SECRETS if word in job.printed + job.summary.read_text("utf-8")] == []


@pytest.mark.slow
def test_github_keeps_no_points_where_nothing_was_graded(tmp_path, machine, course, kit):
    broken = tmp_path / "broken"
    shutil.copytree(course, broken)
    (broken / "grading.yaml").write_text("problems: [", "utf-8")
    code, job, workspace = official(tmp_path, machine, broken, student(tmp_path, kit, RIGHT))
    assert code == 3 and not (workspace / "points.csv").exists(), job.printed


@pytest.mark.slow
@pytest.mark.parametrize("link", ["assignment", "assignment/squares.py"])
def test_github_follows_no_link_to_the_solutions(tmp_path, machine, course, kit, link):
    theirs = student(tmp_path, kit, RIGHT)
    shutil.rmtree(theirs / "assignment")
    (theirs / link).parent.mkdir(exist_ok=True)
    (theirs / link).symlink_to("../course/solutions" if link == "assignment" else "../../course/solutions/squares.py")
    _, job, workspace = official(tmp_path, machine, course, theirs)
    kept = workspace / "points.csv"
    assert not kept.exists() or kept.read_text("utf-8").splitlines()[1].endswith(",0,6"), job.printed
    assert [word for word in SECRETS if word in job.printed] == []


@pytest.mark.parametrize("file", [*WORKFLOWS, ROOT / "action.yml"], ids=lambda path: str(path.relative_to(ROOT)))
def test_no_text_of_a_student_is_a_part_of_a_script(file):
    """And every action of another's is named by a whole commit; no event gives a fork's change the course's secrets."""
    document = yaml.load(file.read_text("utf-8"), yaml.BaseLoader)
    steps = document["runs"]["steps"] if "runs" in document else next(iter(document["jobs"].values()))["steps"]
    assert [step["run"] for step in steps if "${{" in step.get("run", "")] == []
    used = [step["uses"] for step in steps if "uses" in step]
    assert [name for name in used if name != PROJECT and not re.search(r"@[0-9a-f]{40}$", name)] == []
    if "jobs" in document:
        assert not {"pull_request_target", "workflow_run", "issue_comment"} & {*document["on"]}
    if "github" in str(file):
        assert document["permissions"] == {"contents": "read"}


@pytest.mark.slow
def test_the_action_takes_paths_that_look_like_options(tmp_path, machine, course):
    workspace = laid(tmp_path / "work space", {"-x/squares.py": RIGHT, "course/none": ""})
    shutil.copytree(course, workspace / "course", dirs_exist_ok=True)
    workflow = tmp_path / "try.yml"
    given = {
        "submission": "-x", "rubric": "course/grading.yaml", "reference": "course/solutions/squares.py",
        "language": "zh", "output": "report file.txt", "python-version": "",
    }  # fmt: skip
    workflow.write_text(yaml.safe_dump({"jobs": {"one": {"steps": [{"uses": PROJECT, "with": given}]}}}), "utf-8")
    job = Job(workflow, workspace, machine, environment(machine))
    assert job.run() == 0, job.printed
    assert "全部正确" in (workspace / "report file.txt").read_text("utf-8") and job.used == [PROJECT]


# --- GitLab


def script_of(recipe, name):
    job = yaml.safe_load((RECIPES / recipe).read_text("utf-8"))[name]
    return "\n".join(job["script"]), job


def points_of(report):
    """Return the names of what failed in a JUnit file."""
    cases = ElementTree.parse(report).getroot().iter("testcase")
    return [f"{case.get('classname')} {case.get('name')}" for case in cases if len(case.findall("failure"))]


@pytest.mark.slow
def test_gitlab_shows_a_student_the_tests(tmp_path, machine, kit):
    script, job = script_of("gitlab/grade.yml", "grade")
    for text, code in ((RIGHT, 0), (WRONG, 1), (PRINTS, 1)):
        shutil.rmtree(tmp_path / "student", ignore_errors=True)
        folder = student(tmp_path, kit, text)
        shutil.copytree(machine / "tools", folder / "tools")
        ran = shell(script, cwd=folder, **{**environment(machine), "CI": "true"})
        assert ran.returncode == code, ran.stdout + ran.stderr
        assert bool(points_of(folder / job["artifacts"]["reports"]["junit"])) == bool(code)
    included = yaml.safe_load((RECIPES / "gitlab/student.yml").read_text("utf-8"))["include"]
    assert [one["file"] for one in included] == ["grade.yml"]


def repository(folder, files_from):
    """Make a git repository of a folder's files at `folder`, to be cloned."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    quiet = {"capture_output": True, "check": True}
    shutil.copytree(files_from, folder, symlinks=True)
    who = ["-c", "user.name=s", "-c", "user.email=s@example.org"]
    subprocess.run(["git", "init", "--quiet", "-b", "main"], cwd=folder, **quiet)
    subprocess.run(["git", "add", "--all", "--force"], cwd=folder, **quiet)
    subprocess.run(["git", *who, "commit", "--quiet", "-m", "work"], cwd=folder, **quiet)


@pytest.mark.slow
@pytest.mark.parametrize(("text", "code"), [(RIGHT, 0), (WRONG, 1), (PRINTS, 1)], ids=KINDS)
def test_gitlab_grades_officially_in_the_courses_project(tmp_path, machine, course, kit, text, code):
    script, job = script_of("gitlab/official.yml", "official")
    folder = tmp_path / "builds"
    shutil.copytree(course, folder)
    shutil.copytree(machine / "tools", folder / "tools")
    repository(tmp_path / "hub" / "group" / "one.git", student(tmp_path, kit, text, BROUGHT))
    given = {
        "STUDENT": "group/one", "STUDENTS_URL": f"file://{tmp_path / 'hub'}", "REF": job["variables"]["REF"],
        "STUDENTS_READ_TOKEN": "t0ken-of-staff", "GIT_CONFIG_GLOBAL": tmp_path / "gitconfig", "CI": "true",
    }  # fmt: skip
    ran = shell(script, cwd=folder, **{**environment(machine), **given})
    assert ran.returncode == code, ran.stdout + ran.stderr
    assert code in (0, job["allow_failure"]["exit_codes"])
    assert bool(points_of(folder / "report.xml")) == bool(code)
    files = [path for path in folder.rglob("*") if path.is_file() and path.suffix != ".whl"]
    written = [path.read_text("utf-8", "replace") for path in [*files, tmp_path / "gitconfig"]]
    assert not any("t0ken-of-staff" in text for text in [*written, ran.stdout, ran.stderr])
    assert [word for word in SECRETS if word in (folder / "report.xml").read_text("utf-8")] == []


def test_gitlab_hands_the_token_to_git(tmp_path):
    script, _ = script_of("gitlab/official.yml", "official")
    (line,) = [line for line in script.splitlines() if "credential.helper" in line]
    given = {"GIT_CONFIG_GLOBAL": tmp_path / "gitconfig", "STUDENTS_READ_TOKEN": "t0ken", "GIT_TERMINAL_PROMPT": "0"}
    asked = "printf 'protocol=https\\nhost=example.org\\n\\n' | git credential fill"
    ran = shell(f"{line}\n{asked}", cwd=tmp_path, **given)
    assert "username=oauth2" in ran.stdout and "password=t0ken" in ran.stdout, ran.stderr


# --- Gitea and Forgejo


@pytest.mark.slow
@pytest.mark.parametrize(("text", "code"), [(RIGHT, 0), (WRONG, 1), (PRINTS, 1)], ids=KINDS)
def test_gitea_shows_a_student_the_report(tmp_path, machine, kit, text, code):
    workspace = student(tmp_path, kit, text)
    shutil.copytree(machine / "tools", workspace / "tools")
    job = Job(RECIPES / "gitea/grade.yml", workspace, machine, environment(machine))
    assert job.run() == code, job.printed
    assert all(name.startswith("https://") for name in job.used) and "square" in job.printed
    assert commands(job.printed) == []


# --- Jenkins


def jenkins_steps():
    """The shell scripts of the Jenkinsfile by its stages, as Groovy reads them."""
    text = (RECIPES / "jenkins/Jenkinsfile").read_text("utf-8")
    found = {}
    for part in re.split(r"stage\('", text)[1:]:
        name, _, rest = part.partition("')")
        found[name] = [body.replace("\\\\", "\\") for body in re.findall(r"'''(.*?)'''", rest, re.DOTALL)]
    return text, found


@pytest.mark.slow
@pytest.mark.parametrize(("text", "code"), [(RIGHT, 0), (WRONG, 1), (PRINTS, 1)], ids=KINDS)
def test_jenkins_grades_in_the_courses_job(tmp_path, machine, course, kit, text, code):
    _, steps = jenkins_steps()
    folder = tmp_path / "workspace"
    shutil.copytree(course, folder)
    shutil.copytree(machine / "tools", folder / "tools")
    shutil.copytree(student(tmp_path, kit, text, BROUGHT), folder / "student")
    given = {**environment(machine), "WORKSPACE_TMP": machine}
    ran = [shell(script, cwd=folder, **given) for scripts in steps.values() for script in scripts]
    assert [one.returncode for one in ran] == [0, code], [one.stdout + one.stderr for one in ran]
    assert bool(points_of(folder / "report.xml")) == bool(code)


def test_jenkins_takes_no_text_of_a_student_into_a_script():
    text, steps = jenkins_steps()
    assert sum(map(len, steps.values())) == 2
    assert not re.search(r'sh\s*(?:returnStatus: true, script: )?"', text), "only '…' keeps Groovy from filling it in"
    assert text.count("{") == text.count("}") and "report.xml" in text.partition("junit")[2]


# --- PrairieLearn


def in_prairielearn(tmp_path, machine, course, text):
    grade = tmp_path / "grade"
    shutil.copytree(course, grade / "tests")
    shutil.copy(RECIPES / "prairielearn/run.sh", grade / "tests")
    laid(grade / "student", {"squares.py": text, **{name: body for name, body in BROUGHT.items() if "/" not in name}})
    laid(grade / "results", {"results.json": '{"gradable": true, "score": 1}'})
    installed(machine)
    ran = shell(grade / "tests" / "run.sh", cwd=tmp_path, **{**environment(machine), "GRADE": grade})
    return ran.returncode, json.loads((grade / "results" / "results.json").read_text("utf-8")), ran


@pytest.mark.parametrize(("text", "score"), [(RIGHT, 1), (WRONG, 1 / 3), (PRINTS, 0)], ids=KINDS)
def test_prairielearn_has_its_file(tmp_path, machine, course, text, score):
    code, results, ran = in_prairielearn(tmp_path, machine, course, text)
    assert code == 0 and results["gradable"], ran.stdout + ran.stderr
    assert results["score"] == pytest.approx(score)
    assert [word for word in SECRETS if word in json.dumps(results)] == []
    assert all(path.stat().st_mode & 0o077 == 0 for path in (tmp_path / "grade" / "tests").rglob("*"))


def test_prairielearn_counts_no_attempt_where_the_grader_fails(tmp_path, machine, course):
    broken = tmp_path / "broken"
    shutil.copytree(course, broken)
    (broken / "grading.yaml").write_text("problems: [", "utf-8")
    code, results, _ = in_prairielearn(tmp_path, machine, broken, RIGHT)
    assert code > 1 and results["gradable"] is False and "score" not in results


def test_prairielearn_counts_no_attempt_where_there_is_no_grader(tmp_path, machine, course):
    nobody = tmp_path / "nobody"
    (nobody / "bin").mkdir(parents=True)
    grade = {**environment(machine), "PATH": f"{nobody / 'bin'}:/usr/bin:/bin"}
    place = tmp_path / "grade"
    shutil.copytree(course, place / "tests")
    ran = shell(RECIPES / "prairielearn/run.sh", cwd=tmp_path, **{**grade, "GRADE": place})
    results = json.loads((place / "results" / "results.json").read_text("utf-8"))
    assert ran.returncode == 3 and results["gradable"] is False and results["format_errors"] == [results["message"]]


def test_prairielearn_starts_what_lies_there():
    info = json.loads((RECIPES / "prairielearn/info.json").read_text("utf-8"))
    assert info["externalGradingOptions"]["entrypoint"] == "bash /grade/tests/run.sh"
    assert info["externalGradingOptions"]["enableNetworking"] is False


# --- Classroom 50


def test_nothing_of_the_course_is_in_what_classroom_50_shows(kit):
    """Its bundle is public, so the recipe takes the sealed kit."""
    held = "".join(path.read_text("utf-8", "replace") for path in kit.rglob("*") if path.is_file())
    assert [word for word in SECRETS if word in held] == []
    text = (RECIPES / "classroom50/autograder.py").read_text("utf-8")
    assert '"kit" / "grading.yaml"' in text and "solutions" not in text


# --- Autolab


@pytest.mark.parametrize(("text", "scores"), [(RIGHT, (4, 2)), (WRONG, (0, 2)), (PRINTS, (0, 0))], ids=KINDS)
def test_autolab_reads_the_scores_in_the_last_line(tmp_path, machine, course, text, scores):
    """Tango runs `make` where the Makefile, the archive and the handed-in file lie."""
    job = laid(tmp_path / "job", {"handin.py": text})
    shutil.copy(RECIPES / "autolab/autograde-Makefile", job / "Makefile")
    shutil.make_archive(str(job / "autograde"), "tar", course.parent, course.name)
    packed = "mkdir course && tar xf autograde.tar --strip-components 1 -C course && tar cf autograde.tar course"
    assert shell(f"{packed} && rm -r course", cwd=job).returncode == 0
    installed(machine)
    ran = shell("make", cwd=job, **environment(machine))
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert json.loads(ran.stdout.splitlines()[-1]) == {"scores": dict(zip(("square", "total"), scores, strict=True))}
    assert [word for word in SECRETS if word in ran.stdout] == []
    (job / "course" / "grading.yaml").write_text("problems: [", "utf-8")
    assert shell("tar cf autograde.tar course && make", cwd=job, **environment(machine)).returncode != 0
