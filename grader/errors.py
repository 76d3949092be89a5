"""Everything that can go wrong, by whose fault it is.

GraderError
├── UsageError        exit 2   the command line: a path, an option
├── RubricError       exit 2   the author's: every fault of the rubric, each with its place
│   ├── MarksError    exit 2   whoever graded by hand: every fault of the table of marks
│   └── TableError    exit 2   whoever keeps the course's tables: every fault of one of them
├── ReferenceFailure  exit 2   the author's: the reference did not return when a draw called it (becomes a RubricError)
├── SubmissionError   exit 1   the student's file cannot be read at all (it becomes a report: *ungradable*)
├── ConfinementError  exit 3   this machine cannot hold hostile code, and official grading was asked for
└── EngineError       exit 3   ours: *not graded*, never a zero

What a student's *code* does is no exception of ours: it is an `Outcome` (`grader.model`).
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from msgspec import Struct

from grader.language import Message, say


class Span(Struct, frozen=True, kw_only=True):
    """Where something was written; it stays with the data, so that any stage can point at a line.

    `line` and `column` count from 1; `end_column` is exclusive (0: unknown); `cell` is a notebook
    cell's number from 1 (0: not a notebook), and `line` then counts within that cell.
    """

    path: str
    line: int = 0
    column: int = 0
    end_column: int = 0
    cell: int = 0


class Fault(Struct, frozen=True, kw_only=True):
    """One fault that an author must mend: its place, a sentence, a way out, and its line of text (for the caret)."""

    at: Span
    message: Message
    hint: Message | None = None
    line_text: str = ""


class GraderError(Exception):
    """An error with a sentence for a person (`message`), a way out (`hint`) and an exit code."""

    exit_code = 3

    def __init__(self, message: Message, hint: Message | None = None) -> None:
        super().__init__(message.text("en"))
        self.message = message
        self.hint = hint

    def __reduce__(self) -> tuple[Any, ...]:
        """Return how another process that grades a class sends it here: made anew from what it holds."""
        return _made_again, (type(self), self.args, self.__dict__)


def _made_again(kind: type[GraderError], args: tuple[Any, ...], held: dict[str, Any]) -> GraderError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(held)
    return error


class UsageError(GraderError):
    """The command line asks for something that is not there or makes no sense."""

    exit_code = 2


class RubricError(GraderError):
    """The rubric cannot be used; `faults` lists every reason found, in file order."""

    exit_code = 2

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(faults, key=lambda fault: (fault.at.path, fault.at.line, fault.at.column)))
        super().__init__(say("The rubric has faults; nothing was graded."))


class MarksError(RubricError):
    """A table of marks cannot be used; `faults` lists every reason found, in file order."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        super().__init__(faults)
        self.message = say("The table of marks has faults; nothing was graded.")


class TableError(RubricError):
    """A table of the course's cannot be used, as `message` says; `faults` lists every reason, in file order."""

    def __init__(self, message: Message, faults: Iterable[Fault]) -> None:
        super().__init__(faults)
        self.message = message


class ReferenceFailure(GraderError):
    """A reference function did not return while a case was drawn; the drawing stage adds the rubric's line."""

    exit_code = 2


class SubmissionError(GraderError):
    """The student's file cannot be read: too large, not text, not a notebook, an unsafe archive."""

    exit_code = 1

    def __init__(self, message: Message, hint: Message | None = None, at: Span | None = None) -> None:
        super().__init__(message, hint)
        self.at = at


class ConfinementError(GraderError):
    """Official grading was asked for where student code cannot be confined."""

    exit_code = 3


class EngineError(GraderError):
    """Our own fault: the affected functions are *not graded*."""

    exit_code = 3


def whereabouts(error: BaseException) -> str:
    """Return the type of an error of ours and where it arose; its own words may hold hidden values."""
    import traceback  # 4 ms, and seldom needed

    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}, {Path(last.filename).name}:{last.lineno}"


def unwritable(error: OSError, said: Message, hint: Message | None = None) -> UsageError | EngineError:
    """Return the error for a file that cannot be written: the command line's where its path is wrong, else ours."""
    wrong = isinstance(error, FileNotFoundError | FileExistsError | IsADirectoryError | NotADirectoryError)
    return UsageError(said, hint) if wrong else EngineError(said, hint)
