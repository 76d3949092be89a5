"""Comparison: the student's outcomes against the reference's, as evidence and then as sentences."""

from grader.comparison.explain import sentence
from grader.comparison.judge import judge
from grader.comparison.values import differences

__all__ = ["differences", "judge", "sentence"]
