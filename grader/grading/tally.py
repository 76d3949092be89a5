"""Adds up a report: results, notes on the submission, and what it was graded with."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

from msgspec.structs import replace

from grader.errors import GraderError, Span, SubmissionError, UsageError
from grader.execution import Engine
from grader.execution.confinement import sufficient
from grader.grading.adjusting import summed
from grader.language import Bilingual, Inert, Language, Message, inert, listed, plain, say
from grader.model import (
    CheckResult,
    Exhibit,
    Happening,
    ManualResult,
    Note,
    Problem,
    ProblemResult,
    Report,
    Rubric,
    Status,
    Submission,
    Withheld,
)
from grader.submission.symbols import some
from grader.version import __version__

if TYPE_CHECKING:
    from grader.grading.prepared import Prepared

Full: TypeAlias = "Exhibit | Withheld"


def tally(
    prepared: Prepared,
    student: Submission,
    engine: Engine,
    happenings: Sequence[Happening],
    problems: Sequence[ProblemResult[Full]],
) -> Report[Full]:
    """Return the whole report, with what only an instructor may see in `Withheld`; `seconds` are not known yet."""
    notes = (*_notes(student, happenings, problems), *_absent(prepared), *_unconfined(engine), *_aged(engine))
    report = _empty(prepared, engine, student.name, notes)
    return summed(replace(report, submission_digest=student.source.digest, elsewhere=_elsewhere(prepared)), problems)


def ungraded(prepared: Prepared, name: str, error: GraderError, engine: Engine) -> Report[Full]:
    """Return the report of a submission that could not be run.

    *Ungradable* if its file could not be read or chosen, *not graded* if the fault is ours.
    """
    theirs = isinstance(error, SubmissionError | UsageError)
    status: Status = "ungradable" if theirs else "not_graded"
    at = error.at if isinstance(error, SubmissionError) else None
    message = say("Line {line}: {what}", line=at.line, what=error.message) if at and at.line else error.message
    notes = [Note(message=message, at=at)]
    if error.hint is not None:
        notes.append(Note(message=error.hint))
    report = _empty(prepared, engine, inert(name, 200), notes)
    place = at if at is not None and at.line else None
    return summed(report, [_nothing(problem, status, message, place) for problem in prepared.chosen])


def unprepared(name: str, error: GraderError, language: Language) -> Report[Full]:
    """Return the report of a submission whose rubric could not be used, or was not even looked for.

    It holds no function and no points. A rubric's faults may tell what is hidden, so they are not in it.
    """
    notes = [Note(message=error.message)]
    if error.hint is not None:
        notes.append(Note(message=error.hint))
    none = Fraction(0)
    return Report(
        assignment=Bilingual("评分", "Grading"),
        language=language,
        submission=inert(name, 200),
        score=none,
        max_score=none,
        bonus=none,
        max_bonus=none,
        problems=(),
        notes=tuple(notes),
        seed=None,
        rubric_digest="",
        submission_digest="",
        versions={"pingfen": __version__},
        tier="",
        self_check=False,
        seconds=0.0,
    )


def _empty(prepared: Prepared, engine: Engine, submission: Inert, notes: Sequence[Note]) -> Report[Full]:
    """Return a report without results."""
    rubric, none = prepared.plan.rubric, Fraction(0)
    return Report(
        assignment=rubric.title,
        language=rubric.language,
        submission=submission,
        score=none,
        max_score=none,
        bonus=none,
        max_bonus=none,
        problems=(),
        manual=open_items(rubric) if len(prepared.chosen) == len(rubric.problems) else (),
        notes=tuple(notes),
        seed=rubric.seed,
        rubric_digest=prepared.plan.digest,
        rubric_file_digest=rubric.digest,
        submission_digest="",
        versions={"pingfen": __version__, **engine.versions},
        tier=engine.tier,
        self_check=not sufficient(engine.tier),
        replay=prepared.plan.replay,
        seconds=0.0,
    )


def open_items(rubric: Rubric) -> tuple[ManualResult, ...]:
    """Return what a person grades, all of it still open."""
    return tuple(
        ManualResult(name=item.name, title=item.title, max_score=item.points, bonus=item.bonus, criteria=item.criteria)
        for item in rubric.manual
    )


def _nothing(problem: Problem, status: Status, message: Message, at: Span | None) -> ProblemResult[Full]:
    checks: tuple[CheckResult[Full], ...] = tuple(
        CheckResult(
            name=check.name,
            kind=check.kind,
            visibility=check.visibility,
            status=status,
            score=Fraction(0),
            max_score=check.share * problem.points,
            message=None,
            cases=(),
        )
        for check in problem.checks
    )
    return ProblemResult(
        function=problem.function,
        title=problem.title,
        status=status,
        score=Fraction(0),
        max_score=problem.points,
        bonus=problem.bonus,
        subject=problem.subject,
        message=message,
        checks=checks,
        at=at,
    )


def _elsewhere(prepared: Prepared) -> tuple[str, ...]:
    """Return the functions asked for that the course grades with more checks than there are here."""
    rubric, names = prepared.plan.rubric, {problem.function for problem in prepared.chosen}
    whole = len(prepared.chosen) == len(rubric.problems)
    return tuple(name for name in rubric.elsewhere if whole or name in names)


def _absent(prepared: Prepared) -> tuple[Note, ...]:
    """Return a note on the functions that have no checks here."""
    here = {problem.function for problem in prepared.plan.rubric.problems}
    names = [name for name in _elsewhere(prepared) if name not in here]
    if not names:
        return ()
    return (Note(message=say("Not checked here, but graded by your course: {functions}.", functions=listed(names))),)


def _unconfined(engine: Engine) -> tuple[Note, ...]:
    if sufficient(engine.tier):
        return ()
    from grader.execution.confinement.examining import remark

    message = remark(engine.tier)
    return (Note(message=message),) if message is not None else ()


OLDEST_NUMPY = (1, 26)


def _aged(engine: Engine) -> tuple[Note, ...]:
    """Return a note on a numpy that is older than supported, as a course's own Python may have."""
    version = engine.versions.get("numpy", "")
    parts = version.split(".")[:2]
    if len(parts) < 2 or not all(part.isdecimal() for part in parts) or tuple(map(int, parts)) >= OLDEST_NUMPY:
        return ()
    said = say("This is graded with numpy {version}; numpy older than 1.26 is not supported.", version=version)
    return (Note(message=said),)


def _notes(
    student: Submission, happenings: Sequence[Happening], problems: Sequence[ProblemResult[Full]]
) -> tuple[Note, ...]:
    told = {line for problem in problems for line in _def_that_failed(problem, student)}
    happened = list(
        some(_happened(student, each) for each in happenings if each.kind != "raised" or each.line not in told)
    )
    said = [problem.message for problem in problems if problem.message is not None] + [note for note, _ in happened]
    texts = [message.text("en") for message in said]
    remarks = [
        Note(message=note, at=at)
        for note, at in student.remarks
        if not any(note.text("en").rstrip(".") in text for text in texts)
    ]
    causes = [problem.cause.at for problem in problems if problem.cause is not None]  # they say it themselves
    return (*remarks, *(Note(message=message, at=at) for message, at in happened if at is None or at not in causes))


def _def_that_failed(problem: ProblemResult[Full], student: Submission) -> range:
    """Return the lines of a function whose own `def` failed, which the function's own sentence says."""
    symbol = student.symbols.get(problem.function)
    if symbol is None or not any(case.status == "missing" for check in problem.checks for case in check.cases[:1]):
        return range(0)
    return range(symbol.line, symbol.end_line + 1)


def _happened(student: Submission, happening: Happening) -> tuple[Message, Span | None]:
    detail: str | Message = plain(happening.detail)
    if happening.detail.startswith("AttributeError: module 'numpy' has no attribute"):
        of_line = (note for note, at in student.remarks if at is not None and at.line == happening.line)
        detail = next(of_line, detail)
    match happening.kind:
        case "raised":
            if "FileNotFoundError" in happening.detail:
                from grader.explain.no_file import no_file_outside

                detail = no_file_outside(happening.detail, student) or detail
            message = say("This statement outside the functions failed and was skipped: {what}", what=detail)
        case "module":
            message = say("The module {what} is not available here; only what uses it fails.", what=detail)
        case "timeout":
            message = say("This statement outside the functions ran too long and was cut off.")
    return message, student.source.span(happening.line) if happening.line else None
