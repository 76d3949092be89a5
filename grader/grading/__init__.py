"""The pipeline: prepare a rubric once, grade any number of submissions against it."""

from grader.grading.audience import for_students
from grader.grading.narrowing import narrow, with_dependents
from grader.grading.pipeline import Plan, Prepared, grade, prepare, read
from grader.grading.tally import ungraded
from grader.grading.variant import varied

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
