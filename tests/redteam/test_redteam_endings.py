"""What one call to `grade` survives, and what does not survive it."""

import json
import socket
import subprocess
import sys
import time

import pytest
import redteam_made
from redteam_campaign import Ears, _launch
from redteam_checks import no_marker
from redteam_workspace import HERE, Workspace, attacks, grade_command

SETTINGS = ["user", "bare"]


@pytest.fixture
def workspace(tmp_path):
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "out").mkdir()
    (tmp_path / "work" / "out").chmod(0o777)
    return Workspace(tmp_path / "work")


def test_odd_files_cost_only_themselves(workspace):
    secret = workspace.folder / "solutions" / "cnn.py"
    odd = redteam_made.make(workspace.folder / "submissions" / "odd", secret)
    paths = [workspace.honest, *odd, workspace.honest]
    report = workspace.folder / "out" / "report.json"
    asked = ["--rubric", workspace.rubric, "--format", "json", "--audience", "instructor", "--output", report]
    result = _launch("asis", workspace, workspace.folder / "out", len(paths), [*grade_command(), *asked, "--", *paths])
    assert not result["late"]
    assert result["status"] in (1, 3)
    assert result["left"] == []
    assert result["peak"] < 1 << 30
    reports = json.loads(report.read_text("utf-8"))
    assert len(reports) == len(paths)
    assert workspace.canary not in report.read_text("utf-8")
    for honest in (reports[0], reports[-1]):
        assert (honest["score"], honest["bonus"]) == (honest["max_score"], honest["max_bonus"])
    for path, one in zip(odd, reports[1:-1], strict=True):
        assert one["score"] < one["max_score"], path
        assert not any(problem["status"] == "not_graded" for problem in one["problems"]), path
    assert no_marker(workspace) == []


@pytest.mark.parametrize("setting", SETTINGS)
def test_after_a_kill_of_the_grader_no_worker_is_left(workspace, setting):
    attack = next(attack for attack in attacks() if attack.id == "057")
    busy = workspace.place(attack)[0]
    out = workspace.folder / "out"
    result = out / "result"
    launcher = [sys.executable, str(HERE / "redteam_launcher.py"), setting, "2.5", str(result)]
    command = [*grade_command(), busy, "--rubric", workspace.rubric, "--output", out / "never.txt"]
    subprocess.run([*launcher, *map(str, command)], env=workspace.environment, cwd=workspace.folder, check=True)
    ended = json.loads(result.read_text())
    assert ended["late"], "it was over before it could be killed"
    assert ended["left"] == []


STASH = """
import sys
import numpy as np
KEPT = []
def zero_pad(X, pad):
    KEPT.extend(np.ravel(X)[:50].tolist())
    print(KEPT)
    print(KEPT, file=sys.stderr)
    if len(KEPT) % 2:
        raise ValueError(repr(KEPT))
    return np.array(KEPT)
"""
HIDDEN_FIRST = """
title: Order
language: en
seed: 3
submission: assignment/cnn.py
reference: solutions/cnn.py
limits: {seconds: 2}
problems:
  zero_pad:
    points: 10
    checks:
      - values: hidden first
        cases: 3
        draw: {m: 1..3, h: 1..5, w: 1..5, c: 1..3, X: "normal(m, h, w, c)", pad: 0..3}
      - properties: [deterministic]
        share: 10%
      - example: public last
        share: 10%
        legacy_seed: 1
        draw: {X: "randn(4, 3, 3, 2)", pad: 2}
"""


def test_public_cases_run_before_hidden_ones_can_be_remembered(workspace):
    """Else a submission shows, in a public case, what it was given in a hidden one."""
    from redteam_campaign import _hidden
    from redteam_checks import NUMBER, rounded

    workspace.rubric.write_text(HIDDEN_FIRST, "utf-8")
    student = workspace.folder / "submissions" / "stash.py"
    student.write_text(STASH, "utf-8")
    hidden = _hidden(workspace)
    assert hidden
    for form in ("text", "json", "html"):
        command = [*grade_command(), str(student), "--rubric", str(workspace.rubric), "--format", form]
        ran = subprocess.run(command, env=workspace.environment, cwd=workspace.folder, capture_output=True, check=False)
        assert ran.returncode == 1, ran.stderr.decode()
        shown = {rounded(float(number)) for number in NUMBER.findall(ran.stdout + ran.stderr)}
        assert shown & hidden == set(), form


def test_the_listeners_hear():
    """A campaign that cannot hear would prove nothing; other ports, as a campaign may be running beside this."""
    with Ears(((socket.SOCK_STREAM, 48615), (socket.SOCK_DGRAM, 48616))) as ears:
        with socket.create_connection(("127.0.0.1", 48615)):
            pass
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.sendto(b"x", ("127.0.0.1", 48616))
        until = time.monotonic() + 5
        while len(ears.heard()) < 2 and time.monotonic() < until:
            time.sleep(0.01)
        assert len(ears.heard()) == 2
