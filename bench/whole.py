"""`grade` as a whole process against a bare `import numpy`: what a student waits for."""

from __future__ import annotations

import sys
from pathlib import Path

from bench.timing import by_turns, median, ratio

ROOT = Path(__file__).resolve().parents[1]
GRADE = str(Path(sys.executable).parent / "grade")


def main() -> None:
    commands = {
        "import numpy": [sys.executable, "-c", "import numpy"],
        "grade solutions/cnn.py": [GRADE, str(ROOT / "solutions/cnn.py"), "--self-check"],
        "grade assignment/cnn.py": [GRADE, str(ROOT / "assignment/cnn.py"), "--self-check"],
        "grade --help": [GRADE, "--help"],
    }
    taken = by_turns(commands)
    base = taken["import numpy"]
    print("| whole process | median ms | ratio to import numpy |")
    print("|---|---|---|")
    for name, values in taken.items():
        print(f"| {name} | {median(values):.0f} | {ratio(values, base):.2f} |")


if __name__ == "__main__":
    main()
