"""The rubric: `grading.yaml` -> Rubric, every fault at once with its line and column.

Beside it stand `grader.rubric.schema` (JSON Schema for editors) and `grader.rubric.mistakes` (known wrong variants).
"""

from grader.rubric.loading import Loaded, load

__all__ = ["Loaded", "load"]
