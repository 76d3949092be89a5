"""The pipeline: prepare a rubric once, grade any number of submissions against it."""

from grader.grading.audience import for_students
from grader.grading.pipeline import Prepared, grade, prepare
from grader.grading.tally import ungraded

__all__ = ["Prepared", "for_students", "grade", "prepare", "ungraded"]
