"""What explaining a failure adds to grading it: known mistakes, hypotheses, and the reference asked again.

Processor time is that of the grader's own process, which does the work; what one waits for is the wall clock's.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

from bench.timing import median
from grader import submission
from grader.execution import Engine, open_engine
from grader.grading import grade, marking, prepare, read
from grader.grading.prepared import Prepared
from grader.grading.reference_answers import ReferenceAnswers

ROOT = Path(__file__).resolve().parents[1]
ROUNDS = 9
SLIPS = {
    "a known mistake (the stride left out of four functions)": [("h * stride", "h"), ("w * stride", "w")],
    "another, told by arithmetic (a factor)": [("    return Z, cache", "    return Z / m, cache")],
    "another, told by asking the reference": [("a_slice_prev * W", "W * W")],
    "one that nothing explains": [("    return Z, cache", "    return Z + np.sin(A_prev.sum()), cache")],
    "two in two functions": [("(pad, pad), (pad, pad)", "(pad, 0), (pad, 0)"), ("np.mean(a", "np.median(a")],
}


def alone(file: Path) -> Iterator[tuple[float, float]]:
    """Yield percent added to `grade FILE`, all of it: processor time, wall clock."""
    for turn in range(ROUNDS + 1):
        plain, told = _process(file, "plain"), _process(file, "told")
        if turn:
            yield _more(told, plain)


def next_of_a_class(prepared: Prepared, engine: Engine, file: Path) -> Iterator[tuple[float, float]]:
    """Yield percent added to grading one more submission when others were graded before."""
    student = submission.load(file, [problem.function for problem in prepared.plan.rubric.problems])
    answers = ReferenceAnswers()
    for turn in range(ROUNDS + 1):
        with mock.patch.object(marking, "explain", return_value={}):
            plain = _graded(prepared, student, engine, answers)
        told = _graded(prepared, student, engine, answers)
        if turn:
            yield _more(told, plain)


def _process(file: Path, how: str) -> tuple[float, float]:
    began = time.perf_counter()
    command = [sys.executable, "-m", "bench.diagnosis", how, str(file)]
    ran = subprocess.run(command, cwd=ROOT, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, check=False)
    if ran.returncode != 1:
        raise SystemExit(f"not graded, or nothing failed: {ran.stderr}")
    return float(ran.stderr.splitlines()[-1]), time.perf_counter() - began


def _graded(
    prepared: Prepared, student: submission.Submission, engine: Engine, answers: ReferenceAnswers
) -> tuple[float, float]:
    cpu, wall = time.process_time(), time.perf_counter()
    grade(prepared, student, engine, answers=answers)
    return time.process_time() - cpu, time.perf_counter() - wall


def _more(told: tuple[float, float], plain: tuple[float, float]) -> tuple[float, float]:
    return 100 * (told[0] / plain[0] - 1), 100 * (told[1] / plain[1] - 1)


def once(how: str, file: str) -> None:
    """Be `grade FILE`, with explanations or `plain`; say the processor time in the end."""
    from grader.cli import entry

    leave = os._exit

    def left(code: int) -> None:
        print(time.process_time(), file=sys.stderr, flush=True)
        leave(code)

    sys.argv = ["grade", file, "--self-check"]
    with mock.patch.object(os, "_exit", left):
        if how == "plain":
            marking.explain = lambda *_: {}
        entry.main()


def main() -> None:
    engine = open_engine()
    try:
        prepared = prepare(read(ROOT / "grading.yaml"), engine)
        print("| added by explaining, % | `grade FILE`: processor | wall | next of a class: processor | wall |")
        print("|---|---|---|---|---|")
        with tempfile.TemporaryDirectory() as folder:
            for what, replaced in SLIPS.items():
                text = (ROOT / "solutions/cnn.py").read_text("utf-8")
                for old, new in replaced:
                    text = text.replace(old, new)
                file = Path(folder) / "cnn.py"
                file.write_text(text, "utf-8")
                added = [*zip(*alone(file), strict=True), *zip(*next_of_a_class(prepared, engine, file), strict=True)]
                print(f"| {what} | {' | '.join(f'{median(each):.0f}' for each in added)} |", flush=True)
    finally:
        engine.close()


if __name__ == "__main__":
    if len(sys.argv) == 3:
        once(*sys.argv[1:])
    else:
        main()
