"""Grades again the functions that were edited; the earlier results of the others stay in the report."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from grader.execution import Engine
from grader.grading import Prepared, grade, handed_in, narrow, with_dependents
from grader.grading.adjusting import summed
from grader.grading.reference_answers import ReferenceAnswers
from grader.grading.tally import open_items
from grader.model import Exhibit, ProblemResult, Report, Submission, Withheld

Result = ProblemResult[Exhibit | Withheld]


class Regraded(Struct, frozen=True, kw_only=True, eq=False):
    """The report on the whole file, and the functions that were graded again for it, in the rubric's order."""

    report: Report[Exhibit | Withheld]
    functions: tuple[str, ...]


class Watched:
    """One file that is graded function by function as it is edited; the rubric stays prepared in between."""

    def __init__(self, prepared: Prepared, engine: Engine, path: Path) -> None:
        self._prepared, self._engine, self._path = prepared, engine, path
        self._texts: Mapping[str, str] = {}
        self._places: Mapping[str, int] = {}
        self._results: dict[str, Result] = {}
        self._answers = ReferenceAnswers()
        self.submission: Submission | None = None
        """The file as it was last read."""

    def regrade(self) -> Regraded | None:
        """Grade the functions whose text, or a helper's text, changed since the last call; `None` if none did.

        A change outside the graded functions counts for all of them. A function without full points that moved to
        another line is graded again too, because its sentences name lines. Raises SubmissionError or UsageError if the
        file cannot be read.
        """
        names = [problem.function for problem in self._prepared.plan.rubric.problems]
        student = self.submission = handed_in(self._prepared.plan, self._path)
        texts, places = _texts(student, names), {name: one.line for name, one in student.symbols.items()}
        edited = {name for name, text in texts.items() if self._texts.get(name) != text}
        edited |= {name for name in self._texts if name not in texts}
        moved = {name for name, line in places.items() if self._places.get(name) != line and not self._full(name)}
        touched = set(names) if "" in edited else with_dependents(self._prepared, edited)
        touched |= moved & set(names)
        if not touched:
            self._texts, self._places = texts, places
            return None
        report = grade(narrow(self._prepared, touched), student, self._engine, answers=self._answers)
        self._texts, self._places = texts, places
        self._results |= {problem.function: problem for problem in report.problems}
        rubric = self._prepared.plan.rubric
        report = replace(report, manual=open_items(rubric))
        whole = _merged(report, [self._results[name] for name in names], student)
        elsewhere = rubric.elsewhere
        graded = tuple(name for name in names if name in touched)
        return Regraded(report=replace(whole, elsewhere=elsewhere), functions=graded)

    def _full(self, name: str) -> bool:
        result = self._results.get(name)
        return result is not None and result.is_full and not result.blames


def _merged(
    report: Report[Exhibit | Withheld], results: Collection[Result], student: Submission
) -> Report[Exhibit | Withheld]:
    """Return the report with all `results`, each at the line where its function now stands."""
    problems = tuple(
        replace(one, at=student.source.span(student.symbols[one.function].line))
        if one.at is not None and one.status == "passed" and one.function in student.symbols
        else one
        for one in results
    )
    return summed(report, problems)


def _texts(student: Submission, names: Collection[str]) -> dict[str, str]:
    """Return each graded function's text, and under "" the lines that belong to none of them."""
    lines: list[str | None] = list(student.original.splitlines())
    texts = {}
    for name in names:
        symbol = student.symbols.get(name)
        if symbol is not None:
            texts[name] = "\n".join(line or "" for line in lines[symbol.line - 1 : symbol.end_line])
            lines[symbol.line - 1 : symbol.end_line] = [None] * (symbol.end_line - symbol.line + 1)
    rest = [line.rstrip() for line in lines if line is not None and line.strip()]
    texts[""] = "\n".join([*rest, *(text for _, text in student.source.modules)])
    return texts
