"""What explaining a failure adds to grading it: known mistakes, hypotheses, and the reference asked again."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from unittest import mock

from bench.timing import median
from grader import submission
from grader.execution import Engine, open_engine
from grader.grading import Plan, grade, marking, prepare, read

ROOT = Path(__file__).resolve().parents[1]
ROUNDS = 15
REFERENCE = (ROOT / "solutions/cnn.py").read_text("utf-8")
SLIPS = {
    "a known mistake (the stride left out)": [("h * stride", "h"), ("w * stride", "w")],
    "another, told by arithmetic (a factor)": [("    return Z, cache", "    return Z / m, cache")],
    "another, told by asking the reference": [("c] += da", "c] += da * (A_prev[i, 0, 0, 0] > 0)")],
    "one that nothing explains": [("    return Z, cache", "    return Z + np.sin(A_prev.sum()), cache")],
    "three functions at once": [("(pad, pad), (pad, pad)", "(pad, 0), (pad, 0)"), ("np.mean(a", "np.median(a")],
}


def measure(plan: Plan, engine: Engine, text: str, file: Path) -> dict[str, list[float]]:
    """Return percent added, round by round: to the grader's processor time and to what one waits.

    `alone` is one submission with all that is made ready for it, `next` a further one of a class.
    """
    file.write_text(text, "utf-8")
    student = submission.load(file, [problem.function for problem in plan.rubric.problems])
    added: dict[str, list[float]] = {"alone cpu": [], "alone wall": [], "next cpu": [], "next wall": []}
    for _ in range(ROUNDS):
        with mock.patch.object(marking, "explain", return_value={}):
            plain = _taken(plan, student, engine)
        told = _taken(plan, student, engine)
        for name, one, other in zip(added, told, plain, strict=True):
            added[name].append(100 * (one / other - 1))
    return added


def _taken(plan: Plan, student: submission.Submission, engine: Engine) -> tuple[float, float, float, float]:
    """Return seconds of processor and of wall clock: of preparing and grading, then of grading once more."""
    cpu, wall = time.process_time(), time.perf_counter()
    prepared = prepare(plan, engine)
    grade(prepared, student, engine)
    half_cpu, half_wall = time.process_time(), time.perf_counter()
    grade(prepared, student, engine)
    return half_cpu - cpu, half_wall - wall, time.process_time() - half_cpu, time.perf_counter() - half_wall


def main() -> None:
    engine = open_engine()
    try:
        plan = read(ROOT / "grading.yaml")
        print("| added by explaining, % | alone: processor | alone: wall | next of a class: processor | its wall |")
        print("|---|---|---|---|---|")
        with tempfile.TemporaryDirectory() as folder:
            for what, replaced in SLIPS.items():
                text = REFERENCE
                for old, new in replaced:
                    text = text.replace(old, new)
                added = measure(plan, engine, text, Path(folder) / "cnn.py")
                print(f"| {what} | {' | '.join(f'{median(each):.0f}' for each in added.values())} |")
    finally:
        engine.close()


if __name__ == "__main__":
    main()
