"""The pipeline: prepare a rubric once, grade any number of submissions against it.

The names are found when they are first used: grading what is already prepared reads no rubric and draws no case.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from grader.grading.pipeline import grade
    from grader.grading.prepared import Plan, Prepared, narrow, varied, with_dependents
    from grader.grading.preparing import prepare, read
    from grader.grading.submitted import handed_in
    from grader.grading.tally import ungraded, unprepared
    from grader.model.report import for_students

_HOMES = {
    "Plan": "grader.grading.prepared",
    "Prepared": "grader.grading.prepared",
    "for_students": "grader.model.report",
    "grade": "grader.grading.pipeline",
    "handed_in": "grader.grading.submitted",
    "narrow": "grader.grading.prepared",
    "prepare": "grader.grading.preparing",
    "read": "grader.grading.preparing",
    "ungraded": "grader.grading.tally",
    "unprepared": "grader.grading.tally",
    "varied": "grader.grading.prepared",
    "with_dependents": "grader.grading.prepared",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(name)
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
