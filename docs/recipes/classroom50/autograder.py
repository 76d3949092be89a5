"""CLASSROOM/autograders/ASSIGNMENT/autograder.py, beside `kit` (the sealed kit) and the grader's wheel.

Students can read all that lies beside it, so no reference and no seed of the course's may. It teaches; the marks come
from your own machine, over the downloaded clones.
"""

import subprocess
import sys
import tempfile
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
RESULT = Path.cwd() / "result.json"
SUBMISSION = Path.cwd() / "assignment"


def main() -> int:
    """Grade the student's checkout, which is the working folder; return 0 if that was possible."""
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = Path(folder, "bin", "python")
        (wheel,) = HERE.glob("pingfen-*.whl")
        subprocess.run([python, "-I", "-m", "pip", "install", "--quiet", wheel], check=True)
        words = ["--official", "--rubric", HERE / "kit" / "grading.yaml", "--to", f"classroom50={RESULT}", SUBMISSION]
        ran = subprocess.run([python, "-I", "-m", "pingfen", *words], check=False)
    return 0 if ran.returncode <= 1 else ran.returncode  # 1: not everything is right


if __name__ == "__main__":
    sys.exit(main())
