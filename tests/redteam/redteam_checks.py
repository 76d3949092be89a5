"""The ten conditions under which a run holds (see attacks/README.md), each over what a run left behind."""

import base64
import hashlib
import html.parser
import json
import re
import site
import sys
from pathlib import Path

from redteam_workspace import FUNCTIONS, ROOT, SECONDS, Attack, Workspace

STATUSES = {0, 1, 2, 3}
GRADER_BYTES = 1 << 30
NUMBER = re.compile(rb"-?\d+\.\d{6,}(?:[eE][-+]\d+)?")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
ACTIVE = {"script", "iframe", "object", "embed", "form", "base", "link"}
MOST_BEFORE = 200  # lines that a further attack is put after
COMMAND = re.compile(r"(?m)^\s*::.*|##\[.*")  # a runner takes off white space in front; it knows both spellings
OURS = re.compile(r"::(error|warning|notice) ")
STOPPED = re.compile(r"(?s)^::stop-commands::(\w{32})\n.*\n::\1::\n")
CELL = re.compile(r"(?:^|,)\"?[=+\-@\t\r]", re.MULTILINE)
POLICY = {
    "042": "sleeping counts as time used",
    "068": "descriptors used up are the submission's own",
    "075": "a finalizer that never ends is a time-out",
    "110": "an archive with one unsafe path is refused as a whole",
}
"""Honest in part and yet less than full, by attack, and why."""
UNSTEADY = {
    "042": "how many of its sleeps fit into its time is the clock's doing",
    "214": "its own timers race with it",
    "247": "how far it comes in its time is the disk's doing",
}
"""Attacks that decide by chance how far they come."""


def canary_is_nowhere(texts: dict[str, bytes], workspace: Workspace) -> list[str]:
    """1: not in any output, nor spelt backwards, in hexadecimal or in base64."""
    token = workspace.canary.encode()
    spellings = {
        token,
        token[::-1],
        token.hex().encode(),
        *(base64.b64encode(b" " * n + token)[4:-4] for n in range(3)),
    }
    return [f"1: the canary is in {name}" for name, text in texts.items() if any(each in text for each in spellings)]


def hidden_is_nowhere(texts: dict[str, bytes], hidden: set[float]) -> list[str]:
    """1: no number of a hidden case is in any output for students."""
    found = []
    for name, text in texts.items():
        leaked = {rounded(float(number)) for number in NUMBER.findall(text)} & hidden
        if leaked and ".student." in name:
            found.append(f"1: hidden values are in {name}: {sorted(leaked)[:3]}")
    return found


def lines_are_its_own(texts: dict[str, bytes], attack: Attack) -> list[str]:
    """1: no report for students points at a line that the file does not have (a line number can carry a number out)."""
    found = []
    for name, text in texts.items():
        if name.startswith(f"{attack.id}-") and name.endswith(".student.json"):
            lines = {int(line) for line in re.findall(rb'"line": (\d+)', text)}
            if max(lines, default=0) > attack.path.read_bytes().rstrip().count(b"\n") + MOST_BEFORE:
                found.append(f"1: {name} points at line {max(lines)}")
    return found


def rounded(number: float) -> float:
    """Return the size of `number` to seven figures, so that a printed one is found again."""
    return float(f"{abs(number):.7g}")


def no_marker(workspace: Workspace) -> list[str]:
    """3: no file of an attack outside the scratch."""
    home = Path.home()
    flat = ["/tmp", "/var/tmp", "/dev/shm", home, home / ".cache", home / ".config", site.getusersitepackages()]
    flat += [sys.prefix, sys.base_prefix, Path(json.__file__).parents[1], *site.getsitepackages(), "/", Path.cwd()]
    places = [path for folder in flat for path in Path(folder).glob("*REDTEAM_PWNED*")]
    places += [path for folder in (workspace.folder, ROOT / "grader") for path in folder.rglob("*REDTEAM_PWNED*")]
    return [f"3: a marker at {path}" for path in places if path.parent.name != "many"]


def snapshot(workspace: Workspace) -> dict[str, tuple[object, ...]]:
    """Return content, mode and times of all that an attack must leave alone."""
    folders = [workspace.folder / name for name in ("solutions", "assignment", "submissions")]
    files = [
        path for folder in (*folders, ROOT / "grader") for path in folder.rglob("*") if "__pycache__" not in path.parts
    ]
    return {str(path): _state(path) for path in [*files, workspace.rubric, *folders]}


def _state(path: Path) -> tuple[object, ...]:
    status = path.lstat()
    content = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
    times = 0 if path.is_dir() else status.st_mtime_ns  # folders take in further attacks
    return content, status.st_mode, times, status.st_uid


def unchanged(before: dict[str, tuple[object, ...]], workspace: Workspace) -> list[str]:
    """5: every file is as it was."""
    after = snapshot(workspace)
    return [f"5: {path} was changed" for path, state in before.items() if after.get(path) != state]


def verdicts(attack: Attack, report: dict[str, object]) -> list[str]:
    """6: no full marks for what is no work; full marks for what is honest."""
    found = []
    problems = {problem["function"]: problem for problem in report["problems"]}
    for name in FUNCTIONS:
        problem = problems[name]
        full = problem["score"] == problem["max_score"]
        if name in attack.must_fail and full:
            found.append(f"6: {name} got full marks")
        if name in attack.may_full and not full and attack.id not in POLICY:
            found.append(
                f"6: {name} is honest and got {problem['score']} of {problem['max_score']} ({problem['status']})"
            )
    return found


def ended_well(result: dict[str, object], submissions: int) -> list[str]:
    """4 and 7: nobody is left, in time, with a documented exit status, within its memory."""
    bound = SECONDS * len(FUNCTIONS) * submissions + 30
    found = [f"4: left behind {line}" for line in result["left"]]
    if result["late"] or result["seconds"] > bound:
        found.append(f"7: took {result['seconds']:.0f} s of {bound}")
    if result["status"] not in STATUSES:
        found.append(f"7: exit status {result['status']}")
    if result["peak"] > GRADER_BYTES:
        found.append(f"7: took {result['peak'] >> 20} MiB")
    return found


def inert(texts: dict[str, bytes]) -> list[str]:
    """9: nothing that steers a terminal, a page, a spreadsheet or a log; UTF-8 and JSON as they should be."""
    found = []
    for name, raw in texts.items():
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError:
            found.append(f"9: {name} is no UTF-8")
            continue
        if name.endswith(".csv"):
            text = text.removeprefix("\ufeff")  # how a spreadsheet knows UTF-8
        if match := CONTROL.search(text.replace("\r\n", "\n")):
            found.append(f"9: {name} carries {match[0]!r}")
        commands = COMMAND.findall(STOPPED.sub("", text) if name.endswith(".github") else text)
        if any(not name.endswith(".github") or not OURS.match(line) for line in commands):
            found.append(f"9: {name} has a line that begins with ::")
        if name.endswith(".json"):
            json.loads(text)
        if name.endswith(".html"):
            found += [f"9: {name}: {line}" for line in _live(text)]
        if name.endswith(".csv") and CELL.search(text):
            found.append(f"9: {name} has a cell that is a formula")
    return found


class _Page(html.parser.HTMLParser):
    """Collects what could act in a page."""

    def __init__(self) -> None:
        super().__init__()
        self.live: list[str] = []

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            target = (value or "").strip().lower()
            if name.startswith("on") or (
                name in ("href", "src", "action") and not target.startswith(("#", "data:image/"))
            ):
                self.live.append(f"{tag} {name}={value!r}")
        policy = tag == "meta" and ("http-equiv", "Content-Security-Policy") in attrs
        if tag in ACTIVE or (tag == "meta" and "http-equiv" in dict(attrs) and not policy):
            self.live.append(f"<{tag}>")


def _live(text: str) -> list[str]:
    page = _Page()
    page.feed(text)
    return page.live
