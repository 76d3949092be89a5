"""Hostile functions in an application reach no more than in grading: the attacks on files, network, processes, memory.

What a page is told is judged as a report for students is. Between two calls of an attack its application answers a call
that uses nothing of it, and the application of honest work goes on beside it.
"""

import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
import redteam_application
import redteam_campaign
import redteam_checks as checks
from redteam_campaign import Ears, _launch
from redteam_workspace import HERE, Workspace, attacks, grade_command

from grader.application.building import build
from grader.application.running import Running
from grader.grading import prepare, read
from tests.processes import until

CONFINED = {"result_channel", "stealing", "resources", "filesystem"}
CHOSEN = [attack for attack in attacks() if attack.kind in CONFINED]
CHUNK = 6
STEADY = {"value": 42}
PADDED = {"value": [[[[float(0 < row < 5 and 0 < column < 5)] * 2 for column in range(6)] for row in range(6)]]}


@pytest.fixture
def workspace(tmp_path):
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)
    (tmp_path / "work" / "out").mkdir(parents=True)
    (tmp_path / "work" / "out").chmod(0o777)
    made = Workspace(tmp_path / "work")
    redteam_application.place(made)
    return made


def run(setting, workspace, chunk):
    """Run the attacks in one process of the setting; return how it ended and what it wrote by the attack's id."""
    out = workspace.folder / "out" / chunk[0].id
    out.mkdir()
    out.chmod(0o777)
    named = [f"{attack.id}={workspace.place(attack)[0]}" for attack in chunk]
    command = [sys.executable, HERE / "redteam_application.py", workspace.rubric, out, workspace.honest, *named]
    result = _launch(setting, workspace, out, 4 * len(chunk), command)
    return result, {path.name: path.read_bytes() for path in sorted(out.iterdir()) if path.name != "result"}


def judged(workspace, chunk, result, texts, hidden):
    """Return what the attacks of a chunk broke."""
    found = checks.ended_well(result, 4 * len(chunk)) + checks.canary_is_nowhere(texts, workspace)
    found += checks.hidden_is_nowhere(texts, hidden)
    found += [f"1: the seed is in {name}" for name, text in texts.items() if b"%d" % redteam_application.SEED in text]
    if result["status"] != 0:
        found.append(f"7: exit status {result['status']}: {texts['terminal.txt'][-500:]!r}")
    for attack in chunk:
        known = json.loads(texts.get(f"{attack.id}.student.json", b"{}"))
        if known.get("error") != "SubmissionError":  # some cannot be read at all
            found += [f"{broken} (_{attack.id}_)" for broken in judged_page(attack, known)]
    return found


def judged_page(attack, known):
    """Return what the answers of one attack's application broke."""
    if "calls" not in known:
        return [f"7: not put to use: {known}"]
    found, calls = [], known["calls"]
    told = [known["zh"], known["en"], *(each for each in calls.values() if "failure" in each)]
    if attack.id not in checks.UNSTEADY:  # an application that the attack itself ends goes on in a new worker
        found += [f"8: it answered {each}" for each, _ in known["between"] if each != STEADY]
        if list(calls.values())[-1] != {"value": 0}:
            found.append("8: its state outlasted a reset")
    found += ["8: honest work beside it got another answer" for _, each in known["between"] if each != PADDED]
    found += checks.inert({"told.json": json.dumps(told, ensure_ascii=False).encode("utf-8", "surrogatepass")})
    if known["page"].count("<script") != 2:
        found.append("9: it wrote into the page")
    is_open = known["en"]["stages"]["locked"]["open"]
    if "zero_pad" in attack.must_fail and (is_open or calls["10 locked"].get("failure") != "locked"):
        found.append("6: it opened what was locked")
    return found


@pytest.mark.parametrize("setting", ["user", "bare"])
def test_no_attack_reaches_more_than_in_grading(setting, workspace):
    for attack in CHOSEN:
        workspace.place(attack)
    before = checks.snapshot(workspace)
    hidden = redteam_campaign._hidden(workspace)
    assert hidden
    chunks = [CHOSEN[at : at + CHUNK] for at in range(0, len(CHOSEN), CHUNK)]
    found, written = [], b""
    with Ears() as ears, ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        runs = pool.map(lambda chunk: run(setting, workspace, chunk), chunks)
        for chunk, (result, texts) in zip(chunks, runs, strict=True):
            found += judged(workspace, chunk, result, texts, hidden)
            written += b"".join(texts.values())
        found += [*checks.no_marker(workspace), *checks.unchanged(before, workspace), *ears.heard()]
    assert found == []
    kinds = {each.decode() for each in re.findall(rb'"failure":"(\w+)"', written)}
    assert kinds == {"locked", "raised", "stopped"}  # else no attack was at work


FORGER = """
import sys

_KEPT = []

def _text(text):
    families = sys.modules["grader.values.functions"]
    _KEPT.append(lambda: 0)
    families._made[id(_KEPT[-1])] = (_KEPT[-1], ["L", text, ["d"]])
    return _KEPT[-1]

def zero_pad(X, pad):
    return _text("__import__('pathlib').Path({marker!r}).touch()\\ndef f(): pass")
"""


def test_what_a_function_gives_as_a_function_is_never_run_by_the_grader(workspace, engine):
    """A worker can send any text as a function that was drawn; here it is kept in the state, and read again."""
    marker = workspace.folder / "home" / "REDTEAM_PWNED_by_state"
    hostile = workspace.folder / "submissions" / "forger.py"
    hostile.write_text(FORGER.format(marker=str(marker)), "utf-8")
    plan = read(workspace.rubric)
    for call in ("kept", "told"):
        with closing(Running(build(plan.rubric), prepare(plan, engine), engine, hostile)) as running:
            answered = redteam_application.answer(running, call)
        assert answered == {"value": {"done": True}} if call == "kept" else answered["failure"] in ("raised", "stopped")
    (kept,) = workspace.folder.glob(".grade/application-*.json")
    assert "REDTEAM_PWNED" in kept.read_text("utf-8")  # the attack got as far as that
    assert checks.no_marker(workspace) == []


@pytest.mark.parametrize(("end", "attack"), [("SIGINT", "057"), ("SIGINT", "064"), ("SIGKILL", "057")])
def test_nothing_is_left_once_grade_app_has_ended_in_the_midst_of_a_call(workspace, end, attack):
    busy = workspace.place(next(each for each in CHOSEN if each.id == attack))[0]
    out = workspace.folder / "out"
    launcher = [sys.executable, HERE / "redteam_launcher.py", "user", "120", out / "result"]
    command = [*grade_command(), "app", busy, "--rubric", workspace.rubric]
    spoken = {**workspace.environment, "PYTHONUNBUFFERED": "1"}
    with (out / "terminal.txt").open("wb") as terminal:
        launched = subprocess.Popen(
            [*map(str, [*launcher, *command])], env=spoken, cwd=workspace.folder, stdin=subprocess.DEVNULL,
            stdout=terminal, stderr=subprocess.STDOUT,
        )  # fmt: skip
    found = until(lambda: re.search(rb"http://(127\.0\.0\.1:\d+)/[\w-]+/", (out / "terminal.txt").read_bytes()))
    address, host = found[0].decode(), found[1].decode()

    def call():
        headers = {"Origin": f"http://{host}", "Content-Type": "application/json"}
        asked = urllib.request.Request(f"{address}call", b'{"function": "zero_pad"}', headers)
        with urllib.request.urlopen(asked, timeout=60) as answer:
            return json.load(answer)

    assert call().keys() & {"value", "failure"}
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(call)
        (grader,) = map(int, Path(f"/proc/{launched.pid}/task/{launched.pid}/children").read_text().split())
        os.kill(grader, getattr(signal, end))
        assert launched.wait(100) == 0
        asked.exception()  # it was answered, or the server had gone
    ended = json.loads((out / "result").read_text())
    assert ended["left"] == [] and not ended["late"]
    assert ended["status"] == (0 if end == "SIGINT" else -signal.SIGKILL)
    said = (out / "terminal.txt").read_bytes()
    assert b"Traceback" not in said
    assert checks.canary_is_nowhere({"terminal": said}, workspace) == []
