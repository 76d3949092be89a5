"""Comparison: the student's outcomes against the reference's, as evidence and then as sentences."""

from grader.comparison.diagnosis import Context, diagnose
from grader.comparison.explain import explanation, sentence
from grader.comparison.judge import judge
from grader.comparison.values import differences

__all__ = ["Context", "diagnose", "differences", "explanation", "judge", "sentence"]
