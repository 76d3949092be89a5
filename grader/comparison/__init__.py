"""Comparison: the student's outcomes against the reference's, as evidence."""

from grader.comparison.values import differences

__all__ = ["differences"]
