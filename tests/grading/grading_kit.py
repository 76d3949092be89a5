"""Where things are, and a report's problems by name."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def by_function(report):
    """Return the problems' results by function."""
    return {problem.function: problem for problem in report.problems}
