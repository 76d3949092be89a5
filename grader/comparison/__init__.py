"""Comparison: the student's outcomes against the reference's, as evidence and then as sentences.

What only a failing submission needs is imported when it is asked for: a right one should not wait for it.
"""

from typing import TYPE_CHECKING

from grader.comparison.explain.mismatches import named, sentence
from grader.comparison.judge import judge
from grader.comparison.values import differences

if TYPE_CHECKING:
    from grader.comparison.diagnosis import Context, diagnose
    from grader.comparison.explain.diagnoses import explanation
else:

    def __getattr__(name: str) -> object:
        """Return `Context`, `diagnose` or `explanation`, importing its module now."""
        homes = {"Context": "diagnosis", "diagnose": "diagnosis", "explanation": "explain.diagnoses"}
        if name not in homes:
            raise AttributeError(name)
        from importlib import import_module

        return getattr(import_module(f"grader.comparison.{homes[name]}"), name)


__all__ = ["Context", "diagnose", "differences", "explanation", "judge", "named", "sentence"]
