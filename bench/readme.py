"""Fills the READMEs with what the commands really print: `python -m bench.readme` (a test holds them to it)."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
READMES = ("README.md", "README.zh.md")


def filled(text: str) -> str:
    """Return the README with the output under each `$ grade …` and each quoted file as it is now."""
    text = re.sub(r"```console\n(\$ grade [^\n]*)\n.*?```", _console, text, flags=re.DOTALL)
    return re.sub(r"<!-- file: (\S+) -->\n```(\w+)\n.*?```", _file, text, flags=re.DOTALL)


def _console(found: re.Match[str]) -> str:
    words = shlex.split(found[1].removeprefix("$ grade "))
    run = subprocess.run(
        [sys.executable, "-m", "grader", *words], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return f"```console\n{found[1]}\n{run.stdout.rstrip()}\n```"


def _file(found: re.Match[str]) -> str:
    body = (ROOT / found[1]).read_text("utf-8").rstrip()
    return f"<!-- file: {found[1]} -->\n```{found[2]}\n{body}\n```"


def main() -> None:
    for name in READMES:
        path = ROOT / name
        path.write_text(filled(path.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
