"""Attacks on small rubrics, made with the grader's source at hand, in every setting; and a class with bombs in it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import redteam_campaign
from redteam_checks import NUMBER, rounded
from redteam_launcher import SETTINGS
from redteam_made import swollen
from redteam_workspace import HERE, ROOT, Workspace, attacks, grade_command

SECOND = HERE / "attacks" / "second" / "rubrics"
RULED = sorted(path.name for path in SECOND.glob("n09_*.py"))
# What a submission may earn at most: in all, or by function.
MOST = [
    ("cyc", "n04_cycle.py", 0),
    ("chain", "n105_side_by_side.py", 0),
    ("leap", "n05_oracle.py", 99),
    ("eff", "n10_growth_sleep.py", 50),
    ("eff", "n10_quadratic.py", 50),
    ("eff2", "n93_slow_honest.py", 55),
    ("eff2", "n93_helper_to_blame.py", 55),
    ("many", "n28_many_functions.py", 0),
    *(("norms", name, 50) for name in RULED),
]
BOMBS = ("501", "502", "505", "506", "507", "508", "509", "514", "515", "516")
CLASS, PARENT_BYTES = 40, 300 << 20


@pytest.fixture(params=SETTINGS)
def setting(request):
    if request.param in ("docker", "asis") and os.geteuid() != 0:
        pytest.skip("only root can take capabilities away, and as it is an ordinary user grades")
    return request.param


@pytest.fixture
def folder(tmp_path):
    for each in (tmp_path, *tmp_path.parents[:2]):
        each.chmod(0o755)
    (tmp_path / "out").mkdir()
    (tmp_path / "out").chmod(0o777)
    return tmp_path


def launch(setting, folder, *words, seconds=240):
    """Run `grade` in a setting; return how it ended and what it wrote to `out/report.json`."""
    result, report = folder / "out" / "result", folder / "out" / "report.json"
    launcher = [sys.executable, str(HERE / "redteam_launcher.py"), setting, str(seconds), str(result)]
    command = [*grade_command(), "--official", "--format", "json", "--output", str(report), *map(str, words)]
    environment = {"PATH": os.defpath, "HOME": str(folder), "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(
        [*launcher, *command], env=environment, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    ended = json.loads(result.read_text())
    assert not ended["late"] and ended["left"] == []
    assert report.exists(), ran.stdout.decode() + ran.stderr.decode()
    return ended, json.loads(report.read_text("utf-8"))


def test_small_rubrics(setting, folder):
    found = {}
    for rubric in dict.fromkeys(rubric for rubric, _, _ in MOST):
        shutil.copytree(SECOND / rubric, folder / rubric)
        names = [name for which, name, _ in MOST if which == rubric]
        for name in names:
            (folder / rubric / name).write_bytes((SECOND / name).read_bytes())
        paths = [folder / rubric / name for name in names]
        wholly = folder / rubric / "solutions" / f"{'norms' if rubric == 'norms' else 'p'}.py"
        _, reports = launch(setting, folder, "--rubric", folder / rubric / "grading.yaml", "--", *paths, wholly)
        assert reports[-1]["score"] == reports[-1]["max_score"], rubric
        found |= {(rubric, name): float(report["score"]) for name, report in zip(names, reports, strict=False)}
    over = {(rubric, name): found[rubric, name] for rubric, name, most in MOST if found[rubric, name] > most}
    assert over == {}
    assert found["eff2", "n93_helper_to_blame.py"] <= found["eff2", "n93_slow_honest.py"]


def test_what_the_oracle_was_asked_is_not_printed(setting, folder):
    shutil.copytree(SECOND / "leap", folder / "leap")
    shutil.copy(SECOND / "n05_oracle.py", folder / "leap")
    launch(setting, folder, "--rubric", folder / "leap" / "grading.yaml", "--", folder / "leap" / "n05_oracle.py")
    assert "0010010" not in (folder / "out" / "report.json").read_text("utf-8")


def test_functions_that_only_raise_earn_nothing(setting, folder):
    example = ROOT / "examples" / "text_statistics"
    shutil.copytree(example, folder / "text")
    shutil.copy(SECOND / "n03_always_raises.py", folder / "text")
    words = ("--rubric", folder / "text" / "grading.yaml", "--", folder / "text" / "n03_always_raises.py")
    _, report = launch(setting, folder, *words)
    assert (report["score"], report["bonus"]) == (0, 0)


def test_no_hidden_number_comes_through_a_lock(setting, folder):
    (folder / "work").mkdir()
    workspace = Workspace(folder / "work")
    attack = next(attack for attack in attacks() if attack.id == "510")
    launch(setting, folder, "--rubric", workspace.rubric, "--", *workspace.place(attack))
    text = (folder / "out" / "report.json").read_bytes()
    assert {rounded(float(number)) for number in NUMBER.findall(text)} & redteam_campaign._hidden(workspace) == set()


def test_a_class_with_bombs_in_it(folder):
    """The parent stays small and none of the others loses a point."""
    (folder / "work").mkdir()
    workspace = Workspace(folder / "work")
    bombs = [workspace.place(attack)[0] for attack in attacks() if attack.id in BOMBS]
    assert len(bombs) == len(BOMBS)
    every = CLASS // len(bombs)
    paths: list[Path] = []
    for number in range(CLASS):
        honest = workspace.folder / "submissions" / f"honest_{number}.py"
        shutil.copy(workspace.honest, honest)
        paths.append(bombs[number // every] if number % every == 0 else honest)
    ended, reports = launch("asis", folder, "--rubric", workspace.rubric, "--", *paths, seconds=900)
    assert ended["peak"] < PARENT_BYTES
    for path, report in zip(paths, reports, strict=True):
        whole = (report["score"], report["bonus"]) == (report["max_score"], report["max_bonus"])
        assert whole == (path not in bombs), path


def test_a_class_with_swollen_work_in_it(folder):
    """The parent stays small whatever it reads, parses, follows and explains, and none of the others loses a point."""
    shutil.copytree(SECOND / "norms", folder / "norms")
    right = (folder / "norms" / "solutions" / "norms.py").read_text("utf-8")
    bombs = swollen(folder / "swollen", right, right.replace("return", "return undefined *", 1))
    assert len(bombs) == 10
    paths: list[Path] = []
    for number in range(CLASS):
        honest = folder / f"honest_{number}.py"
        honest.write_text(right, "utf-8")
        paths.append(bombs[number // 4] if number % 4 == 0 else honest)
    ended, reports = launch("asis", folder, "--rubric", folder / "norms" / "grading.yaml", "--", *paths)
    assert ended["peak"] < PARENT_BYTES
    for path, report in zip(paths, reports, strict=True):
        assert (report["score"] == report["max_score"]) == (path not in bombs), path
        assert {problem["status"] for problem in report["problems"]} != {"not_graded"}, path
    assert (folder / "out" / "report.json").stat().st_size < 1 << 20


def ran(setting, folder, cwd, *words):
    """Run `grade` in a setting and a folder; return how it ended and what it said."""
    result = folder / "out" / "result"
    launcher = [sys.executable, str(HERE / "redteam_launcher.py"), setting, "60", str(result)]
    environment = {"PATH": os.defpath, "HOME": str(folder), "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT)}
    command = [*launcher, *grade_command(), *words]
    said = subprocess.run(
        command, env=environment, cwd=cwd, stdin=subprocess.DEVNULL, capture_output=True, check=False, text=True
    )
    return json.loads(result.read_text())["status"], said.stdout + said.stderr


@pytest.mark.parametrize("words", [["cnn.py"], ["."], ["{eve}/cnn.py"], ["--each", "."]])
def test_a_rubric_that_was_handed_in_is_not_followed(setting, folder, words):
    eve = folder / "eve"
    shutil.copytree(HERE / "attacks" / "second" / "n15_student_rubric", eve)
    (eve / "evil.sh").chmod(0o755)
    status, said = ran(setting, folder, eve, "--official", *[word.format(eve=eve) for word in words])
    assert status == 2 and "came with what is graded" in said
    status, said = ran(setting, folder, eve, "--self-check", *[word.format(eve=eve) for word in words])
    wanted = "came with what is graded" if "--each" in words else "grade trust"  # a class is not a student's own work
    assert status == 2 and wanted in said
    assert not (eve / "n15_marker").exists()


def test_a_neighbours_helper_is_not_read(setting, folder):
    (folder / "work").mkdir()
    workspace = Workspace(folder / "work")
    alice = workspace.folder / "submissions" / "alice.py"
    shutil.copy(SECOND / "n42_neighbours_helper.py", alice)
    secret = f"SECRET = {workspace.canary!r}\n\n\ndef padded(X, pad):\n    return X\n"
    (workspace.folder / "submissions" / "bob_tools.py").write_text(secret, "utf-8")
    for words in ([alice], [alice, workspace.honest], ["--each", alice.parent]):
        launch(setting, folder, "--rubric", workspace.rubric, *[word for word in words if word == "--each"], "--",
               *[word for word in words if word != "--each"])  # fmt: skip
        assert workspace.canary not in (folder / "out" / "report.json").read_text("utf-8")
        (folder / "out" / "report.json").unlink()
