"""The pipeline: prepare a rubric once, grade any number of submissions against it.

The names are found when they are first used: grading what is already prepared reads no rubric and draws no case.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from grader.grading.audience import for_students
    from grader.grading.pipeline import grade
    from grader.grading.prepared import Plan, Prepared, narrow, varied, with_dependents
    from grader.grading.preparing import prepare, read
    from grader.grading.tally import ungraded

_HOMES = {
    "Plan": "prepared",
    "Prepared": "prepared",
    "for_students": "audience",
    "grade": "pipeline",
    "narrow": "prepared",
    "prepare": "preparing",
    "read": "preparing",
    "ungraded": "tally",
    "varied": "prepared",
    "with_dependents": "prepared",
}

__all__ = [
    "Plan",
    "Prepared",
    "for_students",
    "grade",
    "narrow",
    "prepare",
    "read",
    "ungraded",
    "varied",
    "with_dependents",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(name)
    from importlib import import_module

    return getattr(import_module(f"grader.grading.{_HOMES[name]}"), name)
