"""Grades one submission of a class, in this process or in another one: bytes in, bytes out.

What earlier submissions have in common with this one is taken from them: a function whose code, helpers, item and
reference are the same has the same result (`sameness`).
"""

from __future__ import annotations

import os
import shlex
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from grader import grading, submission
from grader.course.copies import laid_out, of_place
from grader.course.sameness import Code, Fingerprints
from grader.course.store.encoding import Bodies, LoadingRecord, Refusal, Unreadable, decoded, encoded
from grader.errors import EngineError, GraderError, ReferenceFailure, RubricError, SubmissionError, whereabouts
from grader.execution import Engine
from grader.grading.personal import PersonalCases, with_cases
from grader.grading.pipeline import results_of
from grader.grading.prepared import Plan, Prepared, narrow
from grader.grading.reference_answers import ReferenceAnswers
from grader.grading.status import whereabouts as place_of
from grader.grading.tally import tally
from grader.language import Message, inert, say
from grader.model import Happening, ProblemResult, Report, Submission

Lookup = Callable[[Iterable[str]], Mapping[str, Sequence[tuple[int, str, bytes]]]]
"""Returns what is kept by keys: number, layout and record of each."""
NAME = "submission"
"""What a report calls a submission before it is some person's."""
_INCOMPARABLE = (RecursionError, MemoryError, SyntaxError, ValueError)
"""What the comparison of code ends with where the code is too deep, too large or none at all."""


class GradingJob(Struct, frozen=True, kw_only=True):
    """A submission to grade: the store's copy of it, or where it lies if it is too large for one, as it was (`place`).

    With a `fault`, a record of what was wrong with it when it was handed in, it cannot be graded. With `killed`, one of
    what went wrong with us, it is not graded. `cases` are the student's own hidden ones, where the rubric has variants.
    `kept` has by key what the store holds of its functions, for who cannot read the store (`with_kept`).
    """

    submission: int
    archive: bytes | None = None
    path: str = ""
    beneath: str = ""
    place: str = ""
    fault: str = ""
    killed: str = ""
    cases: PersonalCases | None = None
    kept: Mapping[str, tuple[tuple[int, str, bytes], ...]] = {}


class ResultPiece(Struct, frozen=True, kw_only=True):
    """One function's result: the number under which it is kept already, or else its key, layout and record."""

    number: int = 0
    key: str = ""
    layout: str = ""
    record: bytes = b""


class GradedWork(Struct, frozen=True, kw_only=True):
    """A graded submission as the store keeps it, with a piece for each function in the rubric's order.

    `graded`: no fault of ours is in it. `afresh` is how many functions were run; the others' results were kept.
    `variant` says whose hidden cases it was graded with, "" where everybody has the same.
    """

    submission: int
    variant: str
    frame: bytes
    pieces: tuple[ResultPiece, ...]
    loading: ResultPiece | None
    bodies: Bodies
    graded: bool
    afresh: int


class Grader:
    """Grades submissions against one preparation; `body` returns a kept value by its digest."""

    def __init__(self, prepared: Prepared, engine: Engine, lookup: Lookup, body: Callable[[str], bytes]) -> None:
        self.prepared, self.engine, self.lookup, self.body = prepared, engine, lookup, body
        self.sameness = Fingerprints(prepared.plan, engine.versions, engine.tier)
        self.answers = ReferenceAnswers()
        self._personal: tuple[PersonalCases, Grader] | None = None

    def grade(self, job: GradingJob) -> GradedWork:
        """Return the job's report. What cannot be read or run gets one that says so. Raises RubricError."""
        try:
            if job.fault:
                raise SubmissionError(*said_in(job.fault))
            if job.killed:
                raise EngineError(*said_in(job.killed))
            return self._for(job).read_and_graded(job)
        except RubricError:
            raise
        except GraderError as error:
            return self._ungraded(job, error)
        except Exception as error:  # our bug: this submission is not graded (never 0 points), and the others are
            said = say("The grader itself failed here ({where}).", where=whereabouts(error))
            return self._ungraded(job, EngineError(said))
        finally:
            submission.forget()

    def _for(self, job: GradingJob) -> Grader:
        """Return who grades with the job's cases. One variant is kept, for attempts of one person follow each other."""
        if job.cases is None:
            return self
        if self._personal is None or self._personal[0] != job.cases:
            prepared = self._prepared_for(job.cases)
            self._personal = job.cases, Grader(prepared, self.engine, self.lookup, self.body)
        return self._personal[1]

    def _prepared_for(self, cases: PersonalCases) -> Prepared:
        """Return the preparation of a variant. Raises EngineError where it cannot be made: the others' can."""
        try:
            return grading.prepare(with_cases(self.prepared.plan, cases), self.engine)
        except (RubricError, ReferenceFailure) as error:  # what it says may be hidden from students
            raise EngineError(
                say("The hidden cases of this student cannot be made."),
                say("Instructors see why: grade show --variant {who}", who=inert(shlex.quote(cases.who), 400)),
            ) from error

    def read_and_graded(self, job: GradingJob) -> GradedWork:
        """Return the report of a job that can be read. Raises GraderError."""
        with _laid(job) as (path, beneath):
            try:
                student = grading.handed_in(self.prepared.plan, path, beneath=beneath, helpers=False)
                return _One(self, neutral(student, path)).graded(job)
            except GraderError as error:
                if not isinstance(error, RubricError):
                    error.message, error.hint = neutral(error.message, path), neutral(error.hint, path)
                if isinstance(error, SubmissionError):
                    error.at = neutral(error.at, path)
                raise

    def _ungraded(self, job: GradingJob, error: GraderError) -> GradedWork:
        plan = self.prepared.plan
        own = self.prepared if job.cases is None else replace(self.prepared, plan=with_cases(plan, job.cases))
        report = grading.ungraded(own, NAME, error, self.engine)
        return made(job, report, [_keyless(each) for each in report.problems], None, 0)


def with_kept(job: GradingJob, plan: Plan, sameness: Fingerprints, lookup: Lookup) -> GradingJob:
    """Return the job with what is kept of its functions as they stand there, and of how its source is loaded.

    One that cannot be read, or whose code cannot be compared, is returned as it is: who grades it says why.
    """
    try:
        with _laid(job) as (path, beneath):
            student = neutral(grading.handed_in(plan, path, beneath=beneath, helpers=False), path)
        keys = sameness.keys(student, Code(student))
    except (GraderError, *_INCOMPARABLE):
        return job
    finally:
        submission.forget()
    layouts = dict(keys.values())
    found = lookup(layouts)
    kept = {key: tuple(row for row in rows if row[1] == layouts[key]) for key, rows in found.items()}
    return replace(job, kept={key: rows for key, rows in kept.items() if rows})


class _One:
    """One submission that was read, and what is kept of code like its own."""

    def __init__(self, grader: Grader, student: Submission) -> None:
        self._grader, self._student = grader, student
        self._chosen = [problem.function for problem in grader.prepared.chosen]
        self._code: Code | None = None
        self._keys: dict[str, tuple[str, str]] = {}
        try:
            self._code = Code(student)
            self._keys = grader.sameness.keys(student, self._code)
        except _INCOMPARABLE:
            pass  # it is graded whole
        self._numbers: dict[str, int] = {}

    def graded(self, job: GradingJob) -> GradedWork:
        """Return the report, with as much of it as is kept taken from there."""
        began = time.perf_counter()
        kept, happenings = self._kept(), self._loading()
        missing = self._chosen if happenings is None else [name for name in self._chosen if name not in kept]
        afresh = self._with_reached(missing)
        results = {name: one for name, one in kept.items() if name not in afresh}
        if share_a_cause(results.values(), results.values()):
            afresh, results = {*self._chosen}, {}
        if afresh or happenings is None:
            happenings, fresh = self._run(afresh)
            if results and share_a_cause([*results.values(), *fresh], results.values()):
                results = {}
                happenings, fresh = self._run(self._chosen)
            results |= {each.function: each for each in fresh}
            afresh = {each.function for each in fresh}
        whole = [results[name] for name in self._chosen]
        grader = self._grader
        report = tally(grader.prepared, self._student, grader.engine, happenings, whole)
        report = replace(report, seconds=time.perf_counter() - began)
        pieces = [self._piece(each, fresh=each.function in afresh) for each in whole]
        bodies: Bodies = {}
        loading = self._keyed("", encoded(LoadingRecord(happenings=happenings), bodies)) if afresh else None
        return made(job, report, pieces, loading, len(afresh))

    def _run(self, names: Collection[str]) -> tuple[tuple[Happening, ...], list[ProblemResult[Any]]]:
        grader = self._grader
        part = narrow(grader.prepared, names) if len(names) < len(self._chosen) else grader.prepared
        return results_of(part, self._student, grader.engine, {}, grader.answers)

    def _with_reached(self, names: Collection[str]) -> set[str]:
        """Return the functions and those that they reach: a wrong one of these is replaced in a second look."""
        if self._code is None:
            return {*self._chosen}
        return {each for name in names for each in self._grader.sameness.reached(name, self._code)} & {*self._chosen}

    def _kept(self) -> dict[str, ProblemResult[Any]]:
        """Return the functions' results that are kept, each with the places that it has in this submission."""
        found = {}
        rows = self._grader.lookup([key for key, _ in self._keys.values()])
        for name in self._chosen:
            key, layout = self._keys.get(name, ("", ""))
            for number, where, record in sorted(rows.get(key, ()), key=lambda row: row[1] != layout):
                try:
                    result = decoded(record, self._grader.body, evidence="none" if where == layout else "all")
                except Unreadable:
                    continue
                if where == layout:
                    self._numbers[name] = number
                elif not _says_no_place(result):
                    continue
                else:
                    at, listing = place_of(name, result.status, self._student)
                    result = replace(result, at=at, listing=listing)
                found[name] = result
                break
        return found

    def _loading(self) -> tuple[Happening, ...] | None:
        """Return what happened when such a source was loaded, if that is known."""
        key, layout = self._keys.get("", ("", ""))
        for _, where, record in self._grader.lookup([key]).get(key, ()) if key else ():
            try:
                found: LoadingRecord = decoded(record, self._grader.body)
            except Unreadable:
                continue
            if where == layout or not found.happenings:
                return found.happenings
        return None

    def _piece(self, result: ProblemResult[Any], *, fresh: bool) -> tuple[ResultPiece, Bodies]:
        number = self._numbers.get(result.function, 0)
        if number and not fresh:
            return ResultPiece(number=number), {}
        bodies: Bodies = {}
        record = encoded(result, bodies)
        if number or result.function not in self._keys or _may_differ(result):
            return _keyless(result)
        return self._keyed(result.function, record), bodies

    def _keyed(self, name: str, record: bytes) -> ResultPiece:
        key, layout = self._keys.get(name, ("", ""))
        return ResultPiece(key=key, layout=layout, record=record)


def made(
    job: GradingJob,
    report: Report[Any],
    pieces: Sequence[tuple[ResultPiece, Bodies]],
    loading: ResultPiece | None,
    afresh: int,
) -> GradedWork:
    """Return what the store keeps of a report and the pieces of its functions."""
    bodies: Bodies = {}
    frame = encoded(replace(report, problems=()), bodies)
    for _, own in pieces:
        bodies |= own
    return GradedWork(
        submission=job.submission,
        variant=job.cases.who if job.cases is not None else "",
        frame=frame,
        pieces=tuple(piece for piece, _ in pieces),
        loading=loading if loading is not None and loading.key else None,
        bodies=bodies,
        graded=all(each.status != "not_graded" for each in report.problems),
        afresh=afresh,
    )


def said_in(record: str) -> tuple[Message, Message | None]:
    """Return the sentence and the way out of the error that `refusal` wrote down. Raises Unreadable."""
    said: Refusal = decoded(bytes.fromhex(record), lambda _: b"")
    return said.message, said.hint


def refusal(error: GraderError) -> str:
    """Return why something that was handed in cannot be graded, as a text that the store keeps."""
    return encoded(Refusal(message=error.message, hint=error.hint), {}).hex()


def _keyless(result: ProblemResult[Any]) -> tuple[ResultPiece, Bodies]:
    """Return a result that is kept for this report alone."""
    bodies: Bodies = {}
    record = encoded(result, bodies)
    return ResultPiece(key=sha256(record).hexdigest(), record=record), bodies


def share_a_cause(results: Collection[ProblemResult[Any]], kept: Collection[ProblemResult[Any]]) -> bool:
    """Return whether some of the results may fail for one cause, which is told of all, and one of those is `kept`."""
    stopped = [each for each in results if _stopped(each)]
    return any(each.cause is not None for each in kept) or (len(stopped) > 1 and any(map(_stopped, kept)))


def _may_differ(result: ProblemResult[Any]) -> bool:
    """Return whether another run might find something else: our own fault, or a limit that a busy machine makes."""
    states = {case.status for check in result.checks for case in check.cases}
    return result.status == "not_graded" or bool(states & {"timeout", "out_of_memory", "crashed", "not_run"})


def _stopped(result: ProblemResult[Any]) -> bool:
    return any(case.status in ("error", "missing") for check in result.checks for case in check.cases)


def _says_no_place(result: ProblemResult[Any]) -> bool:
    """Return whether nothing is said of lines but where the function stands: then it may stand elsewhere."""
    return result.status == "passed" and not result.blames and result.message is None


@contextmanager
def _laid(job: GradingJob) -> Iterator[tuple[Path, Path]]:
    """Yield the path of what is graded, and the folder below which no link is followed."""
    if job.archive is None:
        if not os.path.lexists(job.path) or of_place(Path(job.path)) != job.place:
            raise EngineError(
                say("What was handed in was too large to be kept, and does not lie any more where it was."),
                say("Put it back, or take it in anew."),
            )
        yield Path(job.path), Path(job.beneath)
        return
    with laid_out(job.archive) as path:
        yield path, path.parent


def neutral(noun: Any, path: Path) -> Any:
    """Return a noun in which files are named from the submission at `path` on: nothing says where it lies."""
    folder = path if path.is_dir() else path.parent
    return _without(noun, f"{folder}/", str(path), path.name if path != folder else NAME)


def _without(noun: Any, above: str, path: str, name: str) -> Any:
    match noun:
        case str():
            return noun.replace(above, "").replace(path, name) if path in noun or above in noun else noun
        case tuple():
            return tuple(_without(item, above, path, name) for item in noun)
        case Struct():
            parts = {field: getattr(noun, field) for field in noun.__struct_fields__}
            new = {field: _without(part, above, path, name) for field, part in parts.items()}
            changed = {field: part for field, part in new.items() if part is not parts[field]}
            return replace(noun, **changed) if changed else noun
        case Mapping():
            return {key: _without(item, above, path, name) for key, item in noun.items()}
    return noun
