"""What `grade` does: find the rubric, prepare it, grade each submission, write the reports."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from msgspec.structs import replace

from grader import grading, submission
from grader.cli.attempts import Attempts
from grader.cli.paths import (
    RubricRequest,
    Work,
    came_by,
    came_with,
    find,
    inside,
    look_for,
    refuse_detour,
    refuse_own_files,
    works,
)
from grader.cli.speaking import of_system, own_fault, progress
from grader.cli.trusted import announce, files_run
from grader.cli.writing import refuse_linked_places, refuse_several, standings_of, write
from grader.errors import EngineError, GraderError, RubricError, SubmissionError, UsageError
from grader.execution import Engine
from grader.execution.confinement.examining import refusal
from grader.grading.cache import Recalled, Wanted, recall, remember
from grader.grading.prepared import Plan, Prepared, varied
from grader.grading.reference_answers import ReferenceAnswers
from grader.language import Inert, inert, say
from grader.model import Exhibit, Report, Rubric, Withheld
from grader.report import format_of

if TYPE_CHECKING:
    from grader.cli.exporting import FileTargets

Full: TypeAlias = "Report[Exhibit | Withheld]"


class Preparation:
    """Reads and prepares what is `wanted` of the rubric at `path`; with `cached`, it is recalled or remembered.

    `vary` gives the plan the seeds of a variant. One that follows from a secret is not remembered.
    """

    def __init__(self, path: Path, wanted: Wanted, vary: Callable[[Plan], Plan], *, cached: bool) -> None:
        self._path, self._wanted, self._vary = path, wanted, vary
        self._cached = cached and os.name == "posix"
        self._recalled: Recalled | None = recall(wanted) if self._cached else None
        self._plan: Plan = self._recalled.prepared.plan if self._recalled else self._read()
        self._new: Prepared | None = None

    @property
    def rubric(self) -> Rubric:
        """The rubric."""
        return self._plan.rubric

    @property
    def plan(self) -> Plan:
        """What the rubric's files say."""
        return self._plan

    def prepared(self, engine: Engine) -> Prepared:
        """Return the cases and what is expected of them. Raises as `read` and `prepare` do."""
        if self._recalled is not None and self._recalled.fits(engine):
            return self._recalled.prepared
        from grader.grading import prepare

        if self._recalled is not None:
            self._plan = self._read()
        self._new = prepare(self._plan, engine, self._wanted.only)
        return self._new

    def keep(self, engine: Engine) -> None:
        """Remember what was prepared now."""
        if self._cached and self._new is not None and not self._plan.replay:
            remember(self._wanted, self._new, engine)

    def _read(self) -> Plan:
        from grader.grading import read

        reference = self._wanted.reference
        return self._vary(read(self._path, Path(reference) if reference else None))


LONGEST_PATH = 1000
"""Characters of a path that are shown."""


class GradeRequest(RubricRequest, frozen=True, kw_only=True):
    """What the command line of `grade` asks for; a report's language is the rubric's where none is."""

    paths: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    audience: Literal["student", "instructor"] = "student"
    format: str = "text"
    output: str | None = None
    out: str | None = None
    each: bool = False
    official: bool | None = None
    attempt: int | None = None
    variant: str = ""
    secret: str | None = None
    manual: str | None = None
    to: tuple[str, ...] = ()
    fill: tuple[str, ...] = ()

    @property
    def is_official(self) -> bool:
        """Whether student code must be confined: as asked, else where `CI` is set."""
        return bool(os.environ.get("CI")) if self.official is None else self.official

    @property
    def is_own(self) -> bool:
        """Whether a student checks own work, as far as the command line tells."""
        return not self.is_official and self.audience == "student"

    @property
    def is_awaited(self) -> bool:
        """Whether somebody waits for a file, or a platform for its format: then a report is written in any case."""
        return bool(self.output is not None or self.out is not None or self.to) or format_of(self.format).platform

    @property
    def wants_windows(self) -> bool:
        """Whether a format shows what a wrong element was computed from (`Format.windows`)."""
        kinds = [self.format, *(word.partition("=")[0] for word in self.to)]
        return any(format_of(kind).windows for kind in kinds)

    def targets(self) -> FileTargets | None:
        """Return the files for platforms that are asked for. Raises UsageError for words that are wrong."""
        if not (self.to or self.fill):
            return None
        from grader.cli.exporting import FileTargets

        return FileTargets.of(self.to, self.fill, self.paths if self.each else ())

    @property
    def of_others(self) -> bool:
        """Whether the graded folders may hold others' work: then no rubric in them is followed.

        A student grades one path, and a downloaded kit is the student's own, with the rubric in it.
        """
        return not self.is_own or self.each or len(self.paths) > 1

    def preparation(self, paths: Sequence[Path]) -> Preparation:
        """Return the preparation of the rubric asked for; official grading neither recalls nor remembers one."""
        path = find(self.rubric, paths, brought=not self.of_others, beside=not self.is_official)
        wanted = Wanted(
            rubric=str(path.absolute()),
            reference=str(Path(self.reference).absolute()) if self.reference else "",
            only=self.only,
            variant=self.variant,
        )
        return Preparation(path, wanted, lambda plan: self.vary(plan, paths), cached=not self.is_official)

    def vary(self, plan: Plan, paths: Sequence[Path]) -> Plan:
        """Return the plan with the cases of the variant asked for; `paths` are what is graded.

        Raises UsageError for a rubric with `variants` where official grading is not told whose, or there is no secret.
        """
        if plan.rubric.variants is None and self.secret is None:
            return varied(plan, self.variant)
        from grader.cli.secret import needed, secret_of

        secret = secret_of(plan, self.secret, paths)
        if not (self.variant or self.secret or self.is_official):
            return plan
        secret = needed(secret)
        if not self.variant:
            raise UsageError(
                say("Every student has other hidden cases here, and nobody was named."),
                say("Name the student: --variant ID. For a whole class: grade class SUBMISSIONS…"),
            )
        from grader.grading.personal import with_cases

        return with_cases(plan, secret.cases(plan, self.variant))


def run(request: GradeRequest) -> int:
    """Grade what is asked for, write the reports and return the exit code. Raises GraderError.

    Where a file is awaited, an error is written there, too, as a report without points.
    """
    _refuse_places(request)
    targets = request.targets()
    try:
        return _run(request, targets)
    except GraderError as error:
        failure = error
    except OSError as error:
        failure = of_system(error)
    except Exception as error:  # our bug
        failure = _own_fault(error, request)
    if request.is_awaited:
        from grader.language import environment_language

        language = request.lang or environment_language()
        names = request.paths or (say("submission").text(language),)
        with suppress(GraderError, OSError):  # what cannot be written now is said below
            _write_reports([grading.unprepared(name, failure, language) for name in names], request, targets)
    raise failure


def _refuse_places(request: GradeRequest) -> None:
    """Raise UsageError where reports would be written through a link, or among submissions."""
    refuse_linked_places(request.output, request.out)
    if request.each and request.out is not None and inside(Path(request.out), request.paths):
        raise UsageError(
            say("{path} lies in a folder where everything is a submission, so the next run would grade the reports.",
                path=inert(request.out, 200)),
            say("Name a folder outside of it: --out FOLDER"),
        )  # fmt: skip


def _run(request: GradeRequest, targets: FileTargets | None) -> int:
    named = [Path(path) for path in request.paths]
    look_for(named)
    entries = works(named, (), each=True, own=False) if request.each and named else []
    preparation = request.preparation(_graded_paths(named, entries))
    authors = [Path(path) for path in (preparation.rubric.submission, preparation.rubric.reference) if path]
    named_files = [Path(preparation.rubric.path), *([Path(request.manual)] if request.manual else [])]
    entries = [work for work in entries if not any(_is(work.path, file) for file in named_files)]  # of a class folder
    handed_in = entries or works(named or authors[:1], authors, each=request.each, own=request.is_own)
    alone = len(handed_in) == 1 and not request.each
    if alone:
        refuse_detour(handed_in[0])
    if request.of_others:
        refuse_handed_in_rubric(
            preparation.rubric, [work.path for work in handed_in if alone or work.link is None], request
        )
    marks = _marks(preparation.rubric, handed_in, request)
    refuse_several(request.format, 1 if request.out is not None else len(handed_in))
    with request.engine(preparation.plan) as engine:
        strict = request.is_official or preparation.plan.replay
        if strict and (error := refusal(engine.tier)) is not None:
            raise error
        if request.rubric is None and not request.is_official:
            announce(preparation.rubric, engine, files_run(preparation.rubric, reference=request.reference is None))
        with progress():
            prepared = preparation.prepared(engine)
            answers = ReferenceAnswers()
            reports = [_grade_one(prepared, engine, work, request, answers, alone=alone) for work in handed_in]
    reports = [by_hand(report) for report, by_hand in zip(reports, marks, strict=True)] if marks else reports
    written = _write_reports(reports, request, targets)
    preparation.keep(engine)
    return max(written, *(exit_code(report) for report in reports))


def _is(path: Path, file: Path) -> bool:
    """Return whether a submission's path is this file, by its own name."""
    return path.name == file.name and path.exists() and file.exists() and path.samefile(file)


def _marks(rubric: Rubric, handed_in: Sequence[Work], request: GradeRequest) -> list[Callable[[Full], Full]]:
    """Return for each submission what enters the marks that a person gave; nothing where no table is named.

    Raises UsageError for a table that came with what is graded, or that the rubric has no item for; MarksError.
    """
    if request.manual is None:
        return []
    from grader.grading import marks

    table = Path(request.manual)
    if not rubric.manual:
        raise UsageError(
            say("This rubric lists nothing that a person grades."),
            say("Name it in the rubric: manual: {{essay: {{points: 3}}}}"),
        )
    if any(_is(work.path, table) for work in handed_in) or inside(table.parent, [work.path for work in handed_in]):
        raise UsageError(
            say("{path} came with what is graded, so it is not followed.", path=inert(str(table), 1000)),
            say("Keep the table of marks in another folder than the submissions."),
        )
    read = marks.read(table, rubric.manual, [problem.function for problem in rubric.problems])
    own = marks.shared_out(read, [str(work.path) for work in handed_in], all_here=len(handed_in) > 1 or request.each)
    if not any(own):
        from grader.cli.speaking import note

        note(say("{path} has no mark for what is graded here.", path=inert(request.manual, 200)))
    return [partial(marks.filled, marks=each) for each in own]


def _graded_paths(named: list[Path], entries: Sequence[Work]) -> list[Path]:
    """Return the paths that are graded and the folders that hold the `entries`, but no links."""
    if entries or len(named) < 2:
        return [*named, *(work.path for work in entries if work.link is None)]
    return [work.path for work in works(named, (), each=False, own=False) if work.link is None]


def refuse_handed_in_rubric(rubric: Rubric, paths: Sequence[Path], request: GradeRequest) -> None:
    """Raise UsageError if the rubric came with what is graded, RubricError if one of its files did."""
    if request.rubric is None and came_by(Path(rubric.path), paths):
        raise came_with(Path(rubric.path))
    refuse_own_files(rubric, paths, reference=request.reference is None)


def _write_reports(
    reports: Sequence[Report[Exhibit | Withheld]], request: GradeRequest, targets: FileTargets | None
) -> int:
    """Write the reports; with --out, a file for each, and a line or a row for each besides; then those for platforms.

    Return 0, or the highest exit code of a file for a platform that could not be written.
    """
    instructor = request.audience == "instructor"
    summed_up = False
    if request.out is not None:
        from grader.cli.writing import write_each, write_summary

        write_each(reports, request.format, request.lang, request.out, instructor=instructor)
        summed_up = format_of(request.format).table is None
        if summed_up:
            write_summary(reports, request.lang, request.output)
    if not summed_up:
        write(reports, request.format, request.lang, request.output, instructor=instructor)
    if targets is None:
        return 0
    standings = standings_of(reports)
    several = request.each or len(reports) > 1
    return targets.write(lambda *, evidence: standings, request.lang, several=several, instructor=instructor)


def _grade_one(
    prepared: Prepared, engine: Engine, work: Work, request: GradeRequest, answers: ReferenceAnswers, *, alone: bool
) -> Report[Exhibit | Withheld]:
    """Grade one path. What cannot be read or run gets a report that says so, and the other paths are graded.

    If the path is the only one and several files in it could be the submission, UsageError is raised, unless a file is
    awaited.
    """
    path = work.path
    try:
        report = _graded(prepared, engine, work, request, answers, alone=alone)
    except RubricError:
        raise
    except UsageError as error:
        if alone and not request.is_awaited:
            raise
        report = grading.ungraded(prepared, str(path), error, engine)
    except (SubmissionError, EngineError) as error:
        report = grading.ungraded(prepared, str(path), error, engine)
    except Exception as error:  # our bug: this submission is not graded (never 0 points), and the others are
        report = grading.ungraded(prepared, str(path), _own_fault(error, request), engine)
    finally:
        submission.forget()
    return report if alone else replace(report, submission=_shown_path(str(path)))


def _graded(
    prepared: Prepared, engine: Engine, work: Work, request: GradeRequest, answers: ReferenceAnswers, *, alone: bool
) -> Report[Exhibit | Withheld]:
    rubric = prepared.plan.rubric
    names = [problem.function for problem in rubric.problems]
    student = grading.handed_in(prepared.plan, work.path, beneath=work.beneath, helpers=work.helpers)
    counted = request.attempt is None and alone and request.is_own
    attempts = Attempts(Path(rubric.path), student) if counted else None
    tries = attempts.now() if attempts is not None else dict.fromkeys(names, request.attempt or 1)
    report = grading.grade(prepared, student, engine, tries, answers)
    if attempts is not None:
        attempts.record(report)
    if not request.wants_windows:
        return report
    from grader.explain.windows import with_windows
    from grader.grading.runs import reference_limits

    plan = prepared.plan
    if plan.expected is not None:  # a student kit has no reference to ask
        return report
    return with_windows(report, prepared.chosen, engine, plan.reference.source, reference_limits(prepared.limits))


def _shown_path(path: str) -> Inert:
    """Return the path as one of several reports shows it; of a very long path the end, where paths differ."""
    return inert(path if len(path) <= LONGEST_PATH else f"…{path[1 - LONGEST_PATH :]}", LONGEST_PATH)


def _own_fault(error: Exception, request: GradeRequest) -> EngineError:
    """Return the bug as an EngineError; its traceback, which may hold hidden values, is for an instructor only."""
    if request.audience == "instructor":
        import traceback

        traceback.print_exception(error)
    return own_fault(error)


def exit_code(report: Report[Any]) -> int:
    """Return 0 for full required marks, 3 if anything was not graded, else 1.

    What is still to be graded by hand is not missing: nobody did it wrong.
    """
    if any(problem.status == "not_graded" for problem in report.problems):
        return 3
    return 0 if report.is_full else 1
