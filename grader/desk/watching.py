"""Grades again what was edited, and only that."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from grader import submission
from grader.execution import Engine
from grader.grading import Prepared, grade, narrow, with_dependents
from grader.model import Exhibit, Report, Submission, Withheld


class Watched:
    """One file that is graded function by function as it is edited; the rubric stays prepared in between."""

    def __init__(self, prepared: Prepared, engine: Engine, path: Path) -> None:
        self._prepared, self._engine, self._path = prepared, engine, path
        self._texts: dict[str, str] = {}

    def regrade(self) -> Report[Exhibit | Withheld] | None:
        """Grade the functions whose text, or a helper's text, changed since the last call; `None` if none did.

        Lines outside the graded functions count for all of them. Raises SubmissionError where the file cannot be read.
        """
        problems = self._prepared.plan.rubric.problems
        names = [problem.function for problem in problems]
        pattern = Path(self._prepared.plan.rubric.submission).name
        student = submission.load(self._path, names, pattern)
        texts = _texts(student, names)
        edited = {name for name, text in texts.items() if self._texts.get(name) != text}
        self._texts = texts
        touched = set(names) if "" in edited else with_dependents(self._prepared, edited)
        return grade(narrow(self._prepared, touched), student, self._engine) if touched else None


def _texts(student: Submission, names: Collection[str]) -> dict[str, str]:
    """Return each graded function's text, and under "" the lines that belong to none of them."""
    lines: list[str | None] = list(student.original.splitlines())
    texts = {}
    for name in names:
        symbol = student.symbols.get(name)
        if symbol is not None:
            texts[name] = "\n".join(line or "" for line in lines[symbol.line - 1 : symbol.end_line])
            lines[symbol.line - 1 : symbol.end_line] = [None] * (symbol.end_line - symbol.line + 1)
    texts[""] = "\n".join(line.rstrip() for line in lines if line is not None and line.strip())
    return texts
