"""Carries out what a page of documentation says, in a folder of its own, and puts what is printed into the page.

`python -m bench.documents` fills all pages in place, `python -m bench.documents docs/en/tutorial.md …` some; a test
holds them to it. In a page

- a block with a title is a file: `python title="solutions/series.py"`; one of `diff` changes a file that is there: its
  lines without `+` and with a space or `-` in front must stand in the file exactly once;
- a `console` block holds commands after `$ ` and what each of them prints;
- `<!-- folder -->` begins a new, empty folder; `<!-- run: COMMAND -->` runs a command that readers need not see.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from grader.language import say

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted([*(ROOT / "docs" / "en").glob("*.md"), *(ROOT / "docs" / "zh").glob("*.md")])
PARTS = re.compile(
    r"^(?P<indent> *)```(?P<kind>\w+)(?: title=\"(?P<title>[^\"]+)\")?\n(?P<body>.*?)^(?P=indent)```$"
    r"|^<!-- run: (?P<run>.+?) -->$|^<!-- (?P<folder>folder) -->$",
    re.DOTALL | re.MULTILINE,
)
SELF_CHECK = say("This is a self-check; your instructor's grading is what counts.")
OTHER_CODE = say("{path} also runs code besides your own file: {files} ({how}).", path="\0", files="\0", how="\0")
"""What is said once of each rubric, to each user."""


def filled(text: str, language: str) -> str:
    """Return a page with the output of its commands as it is now. Raises ValueError for what cannot be carried out."""
    with tempfile.TemporaryDirectory() as scratch:
        page = _Page(Path(scratch), language)
        return PARTS.sub(page.part, text)


class _Page:
    """A page being carried out: the folder it is in, the language of its reader."""

    def __init__(self, scratch: Path, language: str) -> None:
        self.scratch = scratch
        self.language = language
        self.count = 0
        self._new()

    def part(self, found: re.Match[str]) -> str:
        """Carry out one part of the page; return what is to stand there."""
        if found["folder"]:
            self._new()
        elif found["run"]:
            self._run(found["run"])
        elif found["kind"] == "console":
            return self._console(found)
        elif found["title"]:
            body = re.sub(f"(?m)^{found['indent']}", "", found["body"])
            (self._patch if found["kind"] == "diff" else self._write)(found["title"], body)
        return found[0]

    def _new(self) -> None:
        self.count += 1
        self.folder = self.scratch / str(self.count) / "series"
        self.folder.mkdir(parents=True)

    def _write(self, name: str, body: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(body, "utf-8")

    def _patch(self, name: str, body: str) -> None:
        lines = body.splitlines(keepends=True)
        before = "".join(line[1:] or "\n" for line in lines if not line.startswith("+"))
        after = "".join(line[1:] or "\n" for line in lines if not line.startswith("-"))
        path = self.folder / name
        text = path.read_text("utf-8")
        if text.count(before) != 1:
            raise ValueError(f"{name} does not hold these lines once:\n{before}")
        path.write_text(text.replace(before, after), "utf-8")

    def _console(self, found: re.Match[str]) -> str:
        shown = []
        for line in found["body"].splitlines():
            command = line.removeprefix(found["indent"])
            if command.startswith("$ "):
                shown += [command, *self._run(command[2:]).splitlines()]
        body = "".join(f"{found['indent']}{line}".rstrip() + "\n" for line in shown)
        return f"{found['indent']}```console\n{body}{found['indent']}```"

    def _run(self, command: str) -> str:
        tongue = {"zh": "zh_CN.UTF-8", "en": "en_US.UTF-8"}[self.language]
        bin_ = str(Path(sys.executable).parent)
        own = {
            "PROJECT": str(ROOT),
            "PATH": f"{bin_}{os.pathsep}{os.environ['PATH']}",
            "LANG": tongue,
            "CI": "",
            "PYTHONUTF8": "1",
            "XDG_CACHE_HOME": str(self.scratch / "cache"),
            "XDG_CONFIG_HOME": str(self.scratch / "config"),
        }
        rest = {name: value for name, value in os.environ.items() if not name.startswith("LC_") and name != "COLUMNS"}
        ran = subprocess.run(
            ["bash", "-c", command],
            cwd=self.folder,
            env={**rest, **own},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
        )
        told = [SELF_CHECK.text("zh"), SELF_CHECK.text("en")]  # what only a machine without confinement adds
        once = [re.escape(OTHER_CODE.text(language)).replace("\0", ".+") for language in ("zh", "en")]
        lines = [line for line in ran.stdout.replace("\ufeff", "").splitlines() if line not in told]
        kept = [line.rstrip() for line in lines if not any(re.fullmatch(each, line) for each in once)]
        return "\n".join(kept).strip("\n")


def language_of(path: Path) -> str:
    """Return the language of a page, which is the name of its folder."""
    return "zh" if path.parent.name == "zh" else "en"


def main() -> None:
    """Fill the pages named on the command line, else all."""
    for path in [Path(name) for name in sys.argv[1:]] or PAGES:
        path.write_text(filled(path.read_text("utf-8"), language_of(path)), "utf-8")


if __name__ == "__main__":
    main()
