"""Diagnosis: the one line of thought that explains every failing case of a function, found from the numbers alone."""

from grader.comparison.diagnosis.reruns import key
from grader.comparison.diagnosis.workflow import Context, diagnose

__all__ = ["Context", "diagnose", "key"]
