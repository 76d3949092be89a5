"""Why values are wrong: the one line of thought that explains every failing case of a function."""

from grader.explain.values.reruns import key
from grader.explain.values.workflow import Context, diagnose

__all__ = ["Context", "diagnose", "key"]
