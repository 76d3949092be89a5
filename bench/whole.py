"""`grade` as a whole process against a bare `import numpy`: what a student waits for."""

from __future__ import annotations

import compileall
import sys
import tempfile
from pathlib import Path

from bench.timing import by_turns, median, ratio

ROOT = Path(__file__).resolve().parents[1]
GRADE = str(Path(sys.executable).parent / "grade")


def main() -> None:
    compileall.compile_dir(ROOT / "grader", quiet=1)  # as installing does, whatever PYTHONDONTWRITEBYTECODE says
    right, stub = str(ROOT / "solutions/cnn.py"), str(ROOT / "assignment/cnn.py")
    with tempfile.TemporaryDirectory() as cache:
        kept, nothing = f"XDG_CACHE_HOME={cache}", "XDG_CACHE_HOME=/dev/null"
        taken = by_turns(
            {
                "import numpy": [sys.executable, "-c", "import numpy"],
                "grade solutions/cnn.py": ["env", kept, GRADE, right, "--self-check"],
                "the same, nothing remembered": ["env", nothing, GRADE, right, "--self-check"],
                "grade assignment/cnn.py": ["env", kept, GRADE, stub, "--self-check"],
                "grade --help": [GRADE, "--help"],
            }
        )
    base = taken["import numpy"]
    print("| whole process | median ms | ratio to import numpy |")
    print("|---|---|---|")
    for name, values in taken.items():
        print(f"| {name} | {median(values):.0f} | {ratio(values, base):.2f} |")


if __name__ == "__main__":
    main()
