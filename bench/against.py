"""Compares this checkout with another, before and after: `python -m bench.against OTHER [SCRIPT…]`, all four if none.

OTHER is a folder with another commit, set up by `make setup` (`git worktree add OTHER COMMIT`). Every script is run in
both by turns, each time with the scripts and the environment of that checkout, so that names may have changed between
them. The ratios are taken pair by pair, so that they hold while the machine's speed drifts.
"""

from __future__ import annotations

import subprocess
import sys
from collections import defaultdict
from pathlib import Path

from bench.timing import median, ratio

ROOT = Path(__file__).resolve().parents[1]
SCRIPTS = ("whole", "functions", "confinement", "diagnosis")
ROUNDS = 3


def figures(table: str) -> dict[tuple[str, str], float]:
    """Return the numbers of a Markdown table by row (its cells that are words) and column."""
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines() if line[:1] == "|"]
    found = {}
    for row in rows[2:]:
        numbers = {
            place: float(cell) for place, cell in enumerate(row) if cell.replace(".", "", 1).lstrip("-").isdigit()
        }
        name = ", ".join(cell for place, cell in enumerate(row) if place not in numbers)
        found |= {(name, rows[0][place]): number for place, number in numbers.items()}
    return found


def run(checkout: Path, script: str) -> dict[tuple[str, str], float]:
    """Return the figures of one run of a script of a checkout."""
    command = [checkout / ".venv/bin/python", "-m", f"bench.{script}"]
    return figures(subprocess.run(command, cwd=checkout, stdout=subprocess.PIPE, text=True, check=True).stdout)


def main() -> None:
    """Print what each script measures there and here."""
    other, *scripts = sys.argv[1:]
    print("| measured | there | here | here / there |")
    print("|---|---|---|---|")
    for script in scripts or SCRIPTS:
        there, here = defaultdict(list), defaultdict(list)
        for _ in range(ROUNDS):
            for checkout, taken in ((Path(other).resolve(), there), (ROOT, here)):
                for name, figure in run(checkout, script).items():
                    taken[name].append(figure)
        for name in (each for each in here if each in there and all(there[each])):
            pair = f"{median(there[name]):.4g} | {median(here[name]):.4g} | {ratio(here[name], there[name]):.2f}"
            print(f"| {script}: {': '.join(name)} | {pair} |", flush=True)


if __name__ == "__main__":
    main()
