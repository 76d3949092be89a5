"""The rubric: `grading.yaml` -> Rubric, every fault at once with its line and column.

Beside it stand `grader.rubric.schema` (JSON Schema for editors) and `grader.rubric.mistakes` (known wrong variants).
The names are imported when they are first used, since known mistakes are also read without a rubric.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from grader.rubric.loading import LoadedRubric, load

__all__ = ["LoadedRubric", "load"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(name)
    from grader.rubric import loading

    return getattr(loading, name)
