"""Runs the attacks in a setting and says which conditions they broke. As a command it prints the table.

redteam_campaign.py [SETTING…]      (default: all four)
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import redteam_checks as checks
from redteam_launcher import SETTINGS
from redteam_workspace import HERE, ROOT, SECONDS, Attack, Workspace, attacks, grade_command

PORTS = ((socket.SOCK_STREAM, 48613), (socket.SOCK_DGRAM, 48614))
SURVIVORS = 60  # seconds after which no marker may have turned up either
CHUNK = 8
RACES = {"timeout", "failed", "out_of_memory", "crashed"}  # which comes first may hang on how busy the machine is


class Outcome(NamedTuple):
    """What the attacks of one setting broke: attack id to sentences, and the full score of honest work."""

    setting: str
    breaches: dict[str, list[str]]
    tier: str
    seconds: float


def campaign(setting: str, chosen: list[Attack], *, twice: bool = True, patience: float = 0) -> Outcome:
    """Run `chosen` in `setting`, each through the command and, if `twice`, again, side by side, in every format."""
    began = time.monotonic()
    breaches: dict[str, list[str]] = defaultdict(list)
    with tempfile.TemporaryDirectory(prefix="redteam-") as folder, Ears() as ears:
        Path(folder).chmod(0o755)
        workspace = Workspace(Path(folder))
        placed = {attack.id: workspace.place(attack) for attack in chosen}
        before = checks.snapshot(workspace)
        hidden = _hidden(workspace) if twice else set()
        with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
            runs = pool.map(lambda attack: _command(setting, workspace, attack, placed[attack.id]), chosen)
            first = dict(zip([attack.id for attack in chosen], runs, strict=True))
            for attack in chosen:
                breaches[attack.id] += _judge(workspace, attack, first[attack.id])
            chunks = [chosen[at : at + CHUNK] for at in range(0, len(chosen), CHUNK)] if twice else []
            again = list(pool.map(lambda chunk: _formats(setting, workspace, chunk, placed), chunks))
        for chunk, run in zip(chunks, again, strict=True):
            for attack in chunk:
                breaches[attack.id] += _judge_again(workspace, attack, run, first[attack.id], hidden)
        time.sleep(max(0, patience - (time.monotonic() - began)))
        whole = [*checks.no_marker(workspace), *checks.unchanged(before, workspace), *ears.heard()]
        for sentence in whole:
            culprits = [attack.id for attack in chosen if f"_{attack.id}_" in sentence] or ["all"]
            for culprit in culprits:
                breaches[culprit].append(sentence)
        tier = first[chosen[0].id].reports[0]["tier"] if first[chosen[0].id].reports else "?"
    return Outcome(setting, {name: found for name, found in breaches.items() if found}, tier, time.monotonic() - began)


class Run(NamedTuple):
    """One run of the launcher: how it ended, what it wrote, and its reports."""

    result: dict[str, object]
    texts: dict[str, bytes]
    reports: list[dict[str, object]]


def _command(setting: str, workspace: Workspace, attack: Attack, paths: list[Path]) -> Run:
    out = _folder(workspace, f"one-{attack.id}")
    report = out / "report.instructor.json"
    inputs = [workspace.honest, *paths, workspace.honest]
    asked = [
        "--rubric",
        workspace.rubric,
        "--format",
        "json",
        "--audience",
        "instructor",
        "--output",
        report,
        "--official",
    ]
    result = _launch(setting, workspace, out, len(inputs), [*grade_command(), *asked, "--", *inputs])
    return Run(result, _texts(out), _reports(report))


def _formats(setting: str, workspace: Workspace, chunk: list[Attack], placed: dict[str, list[Path]]) -> Run:
    out = _folder(workspace, f"many-{chunk[0].id}")
    named = []
    for attack in chunk:
        named += [f"{attack.id}-{number}={path}" for number, path in enumerate(placed[attack.id])]
        named.append(f"honest-{attack.id}={workspace.honest}")
    command = [sys.executable, str(HERE / "redteam_formats.py"), str(workspace.rubric), str(out), *named]
    return Run(_launch(setting, workspace, out, len(named), command), _texts(out), [])


def _launch(
    setting: str, workspace: Workspace, out: Path, submissions: int, command: list[object]
) -> dict[str, object]:
    result = out / "result"
    bound = SECONDS * 8 * submissions + 40
    launcher = [sys.executable, str(HERE / "redteam_launcher.py"), setting, str(bound), str(result)]
    with (out / "terminal.txt").open("wb") as terminal:
        subprocess.run(
            [*launcher, *map(str, command)],
            env=workspace.environment,
            cwd=workspace.folder,
            stdin=subprocess.DEVNULL,
            stdout=terminal,
            stderr=subprocess.STDOUT,
            check=True,
        )
    return json.loads(result.read_text())


def _folder(workspace: Workspace, name: str) -> Path:
    out = workspace.folder / "out" / name
    out.mkdir(parents=True)
    out.chmod(0o777)
    return out


def _texts(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(out.iterdir()) if path.name != "result"}


def _reports(path: Path) -> list[dict[str, object]]:
    return json.loads(path.read_text("utf-8")) if path.exists() else []


def _hidden(workspace: Workspace) -> set[float]:
    """Return every number of the hidden cases, rounded, that no public case shows."""
    command = [sys.executable, str(HERE / "redteam_hidden.py"), str(workspace.rubric)]
    ran = subprocess.run(command, capture_output=True, check=True, env={"PATH": os.defpath}, cwd=ROOT)
    return set(json.loads(ran.stdout))


def _judge(workspace: Workspace, attack: Attack, run: Run) -> list[str]:
    found = checks.canary_is_nowhere(run.texts, workspace) + checks.inert(run.texts)
    if len(run.reports) < 3:
        text = run.texts["terminal.txt"].decode("utf-8", "replace")
        return [*found, f"7: no report; exit status {run.result['status']}: {text[-300:]}"]
    found += checks.ended_well(run.result, len(run.reports))
    for report in run.reports[1:-1]:
        found += checks.verdicts(attack, report)
    for place, report in (("before", run.reports[0]), ("after", run.reports[-1])):
        found += _honest(place, report)
    return found


def _honest(place: str, report: dict[str, object]) -> list[str]:
    """8: honest work has the full score."""
    got = (report["score"], report["bonus"])
    return [] if got == (report["max_score"], report["max_bonus"]) else [f"8: honest work {place} it got {got}"]


def _judge_again(workspace: Workspace, attack: Attack, run: Run, first: Run, hidden: set[float]) -> list[str]:
    texts = {
        name: text for name, text in run.texts.items() if name.startswith((f"{attack.id}-", f"honest-{attack.id}."))
    }
    found = checks.canary_is_nowhere(texts, workspace) + checks.hidden_is_nowhere(texts, hidden) + checks.inert(texts)
    found += checks.lines_are_its_own(texts, attack)
    found += checks.ended_well(run.result, len(run.texts)) if attack.id in run.texts else []
    for number, before in enumerate(first.reports[1:-1]):
        report = json.loads(run.texts.get(f"{attack.id}-{number}.instructor.json", b"null"))
        if report is None:
            found.append(f"7: no report the second time: {run.texts['terminal.txt'][-300:]!r}")
        elif attack.id not in checks.UNSTEADY and _verdict(attack, report) != _verdict(attack, before):
            found.append(f"10: another verdict: {_verdict(attack, before)} then {_verdict(attack, report)}")
    between = run.texts.get(f"honest-{attack.id}.instructor.json")
    return found + (_honest("after", json.loads(between)) if between else ["8: honest work was not graded"])


def _verdict(attack: Attack, report: dict[str, object]) -> list[tuple[object, ...]]:
    races = RACES if attack.kind == "resources" else set()
    return [
        (problem["function"], problem["score"], "lost" if problem["status"] in races else problem["status"])
        for problem in report["problems"]
    ]


class Ears:
    """Listens where the attacks would phone home, or at other `ports`."""

    def __init__(self, ports: tuple[tuple[socket.SocketKind, int], ...] = PORTS) -> None:
        self._ports = ports

    def __enter__(self):
        self._heard: list[str] = []
        self._sockets = [socket.socket(socket.AF_INET, kind) for kind, _ in self._ports]
        for ear, (kind, port) in zip(self._sockets, self._ports, strict=True):
            ear.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)  # two campaigns may run side by side
            ear.bind(("127.0.0.1", port))
            if kind == socket.SOCK_STREAM:
                ear.listen()
            threading.Thread(target=self._listen, args=(ear, kind, port), daemon=True).start()
        return self

    def _listen(self, ear, kind, port):
        while True:
            try:
                what = ear.accept()[1] if kind == socket.SOCK_STREAM else ear.recvfrom(100)
            except OSError:
                return
            self._heard.append(f"2: heard {what!r} on port {port}")

    def heard(self) -> list[str]:
        """Return what came in."""
        return list(self._heard)

    def __exit__(self, *_):
        for ear in self._sockets:
            ear.shutdown(socket.SHUT_RDWR) if ear.type == socket.SOCK_STREAM else None
            ear.close()


def table(outcomes: list[Outcome], chosen: list[Attack]) -> str:
    """Return the table: class, attacks, contained in each setting."""
    kinds: dict[str, list[Attack]] = defaultdict(list)
    for attack in chosen:
        kinds[attack.kind].append(attack)
    heads = [f"{outcome.setting} ({outcome.tier}, {outcome.seconds:.0f} s)" for outcome in outcomes]
    lines = [f"{'class':<18} {'attacks':>7}  " + "  ".join(heads)]
    for kind, members in kinds.items():
        held = [sum(attack.id not in outcome.breaches for attack in members) for outcome in outcomes]
        cells = "  ".join(f"{count:>{len(head)}}" for count, head in zip(held, heads, strict=True))
        lines.append(f"{kind:<18} {len(members):>7}  {cells}")
    for outcome in outcomes:
        for name, found in sorted(outcome.breaches.items()):
            lines += [f"{outcome.setting}: {name}: {sentence}" for sentence in found]
    return "\n".join(lines)


def main(settings: list[str]) -> int:
    """Print the table; return 1 if anything was not contained."""
    possible = [name for name in SETTINGS if name != "docker" or os.geteuid() == 0]
    chosen = attacks()
    outcomes = [campaign(setting, chosen, patience=SURVIVORS) for setting in settings or possible]
    print(table(outcomes, chosen))
    return int(any(outcome.breaches for outcome in outcomes))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
