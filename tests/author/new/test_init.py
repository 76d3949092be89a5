"""`grade init NAME` makes an assignment that works as it stands."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from new_kit import blocks, run, statuses

from grader import submission
from grader.execution import open_engine
from grader.grading import grade, prepare, read
from grader.rubric.mistakes import mistakes

FUNCTIONS = ["standardise", "softmax", "cross_entropy", "cross_entropy_backward"]


@pytest.fixture(scope="module", params=["zh", "en"])
def made(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("init") / "course"
    done = run(folder.parent, "init", "course", "--lang", request.param)
    assert (done.returncode, done.stderr) == (0, "")
    return folder


def test_the_stub_is_not_attempted_and_the_reference_is_full(made):
    first, stub = run(made), run(made)
    assert first.stderr.count("\n") == 1 and "solutions/course.py" in first.stderr  # what runs besides is said once
    assert (stub.returncode, stub.stderr) == (1, "")
    assert statuses(made) == dict.fromkeys(FUNCTIONS, "not_attempted")
    assert run(made, "solutions/course.py").returncode == 0
    assert statuses(made, "solutions/course.py") == dict.fromkeys(FUNCTIONS, "passed")


def test_every_mistake_costs_points_in_its_own_function(made, tmp_path):
    plan = read(made / "grading.yaml")
    original = plan.reference.original
    known = mistakes(made / "solutions" / "mistakes.py", original)
    assert {each.function for each in known} == set(FUNCTIONS)
    engine = open_engine()
    try:
        prepared = prepare(plan, engine)
        for each in known:
            wrong = f"{original}\n\n{each.text}\n\n{each.function} = {each.symbol}\n"
            (tmp_path / "course.py").write_text(wrong, "utf-8")
            report = grade(prepared, submission.load(tmp_path / "course.py", FUNCTIONS), engine)
            (problem,) = (one for one in report.problems if one.function == each.function)
            assert problem.score < problem.max_score, each.name
            assert problem.mistake == each.name
    finally:
        engine.close()


def test_the_stub_follows_and_a_kit_can_be_made(made, tmp_path):
    assert run(made, "release", "--check").returncode == 0
    assert run(made, "release", str(tmp_path / "kit")).returncode == 0
    assert run(tmp_path / "kit").returncode == 1


def test_a_folder_with_a_space_can_be_pasted_into_a_shell(tmp_path):
    done = run(tmp_path, "init", "my course", "--lang", "en")
    assert "Next: cd 'my course' && grade" in done.stdout
    page = (tmp_path / "my course" / "README.md").read_text("utf-8")
    assert "grade release '../my course-kit' --zip" in page and "{" not in page


def test_the_handout_prints_what_it_says(made):
    handout = (made / "assignment" / "README.md").read_text("utf-8")
    codes, outputs = blocks(handout, "python"), blocks(handout, "text")
    assert len(codes) == len(outputs) == 4
    for code, output in zip(codes, outputs, strict=True):
        program = [sys.executable, "-c", code]
        done = subprocess.run(program, capture_output=True, text=True, check=True, cwd=made / "solutions")
        assert done.stdout == output


def test_what_github_runs(made):
    workflow = yaml.safe_load((made / ".github" / "workflows" / "grade.yml").read_text("utf-8"))
    steps = [step["run"] for step in workflow["jobs"]["rubric"]["steps"] if "run" in step]
    graded = [step.split() for step in steps if step.startswith("grade ")]
    assert ["grade", "--official", "solutions/course.py"] in graded
    assert ["grade", "release", "--check"] in graded
    for _, *words in graded:
        assert run(made, *words).returncode in (0, 3)  # 3: official grading, where code cannot be confined
    assert all((made / path).is_file() for path in ("README.md", ".gitignore", "assignment/README.md"))


def test_nothing_is_overwritten(made):
    before = {path: path.read_bytes() for path in made.rglob("*") if path.is_file() and ".grade" not in path.parts}
    again = run(made.parent, "init", "course", "--lang", "en")
    assert again.returncode == 2
    assert "grading.yaml" in again.stderr
    assert {path: path.read_bytes() for path in before} == before


def test_every_assignment_has_a_seed_of_its_own(tmp_path):
    seeds = set()
    for name in ("one", "two"):
        assert run(tmp_path, "init", name).returncode == 0
        seeds.add(yaml.safe_load(Path(tmp_path, name, "grading.yaml").read_text("utf-8"))["seed"])
    assert len(seeds) == 2
    assert min(seeds) > 2**40  # `grade release --sealed` calls anything less short


def test_it_passes_its_own_check_and_audit_and_its_kit_checks_every_function(made, tmp_path):
    checked = run(made, "check", "--lang", "en")
    assert (checked.returncode, checked.stderr) == (0, ""), checked.stdout
    audited = run(made, "audit", "--min", "100%", "--lang", "en")
    assert audited.returncode == 0, audited.stdout
    released = run(made, "release", str(tmp_path / "kit"), "--lang", "en")
    *unknown, wrote = released.stdout.splitlines()  # every function has a public check; some mistakes no kit can know
    assert wrote == f"Wrote 6 files to {tmp_path / 'kit'}."
    assert [line.split(": ")[0::2] for line in unknown] == [
        ["softmax", "powers_overflow, sum_of_everything."],
        ["cross_entropy", "sum_for_mean."],
        ["cross_entropy_backward", "not_divided."],  # a factor of the right answers: found by trying few
    ]
    assert all("cannot recognise these known mistakes" in line for line in unknown)


@pytest.mark.parametrize(
    ("name", "file"),
    [("week 2 - CNN", "week_2_cnn.py"), ("作业1", "assignment_1.py"), ("json", "assignment_json.py")],
)
def test_the_file_is_called_after_the_assignment(tmp_path, name, file):
    assert run(tmp_path, "init", name).returncode == 0
    assert (tmp_path / name / "assignment" / file).is_file() and (tmp_path / name / "solutions" / file).is_file()
    texts = [each.read_text("utf-8") for each in (tmp_path / name).rglob("*") if each.is_file()]
    assert not any("softmax.py" in text or "from softmax" in text for text in texts)
    assert not list((tmp_path / name).rglob("softmax*"))
    assert run(tmp_path / name, f"solutions/{file}").returncode == 0
