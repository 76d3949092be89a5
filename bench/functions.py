"""The overhead per graded function, beyond the compute of the student's own code."""

from __future__ import annotations

import time
from pathlib import Path

from bench.timing import median
from grader import submission
from grader.execution import open_engine
from grader.grading import grade, prepare, read

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    engine = open_engine()
    try:
        prepared = prepare(read(ROOT / "grading.yaml"), engine)
        names = [problem.function for problem in prepared.plan.rubric.problems]
        student = submission.load(ROOT / "solutions/cnn.py", names)
        wall, own = [], []
        for _ in range(10):
            began = time.perf_counter()
            report = grade(prepared, student, engine)
            wall.append((time.perf_counter() - began) * 1e3)
            own.append(
                1e3
                * sum(
                    case.exhibit.seconds
                    for problem in report.problems
                    for check in problem.checks
                    for case in check.cases
                    if case.exhibit is not None and hasattr(case.exhibit, "seconds")
                )
            )
    finally:
        engine.close()
    print("| one honest submission, warm | ms |")
    print("|---|---|")
    print(f"| wall | {median(wall):.0f} |")
    print(f"| the student's own compute (hidden cases) | {median(own):.0f} |")
    print(f"| overhead per function ({len(names)} functions) | {(median(wall) - median(own)) / len(names):.1f} |")


if __name__ == "__main__":
    main()
