"""Reads from the store what is compared: everybody's functions as they count, and the wrong answers in hidden cases."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from hashlib import sha256
from pathlib import Path

from msgspec import Struct

from grader import grading, submission
from grader.course.copies import laid_out
from grader.course.insight.gathering import ClassView, Outline
from grader.course.similarity.dolos import DolosEntry
from grader.course.similarity.evidence import PersonsWork
from grader.course.similarity.shapes import Shapes, shapes_of
from grader.course.store import Store
from grader.course.units import works
from grader.errors import GraderError
from grader.grading.prepared import Plan
from grader.model import Submission

_RETURNED = ("partial", "failed")
"""States of a function that gave an answer: what raises or never ends gives none that could be shared."""
_MOST_HANDED_OUT = 200
"""Files of the handout that are read."""
_MOST_BYTES = 1 << 20


class ClassWork(Struct, frozen=True, kw_only=True):
    """A class's work, and whose could not be read or was too large to be kept."""

    works: tuple[PersonsWork, ...]
    unread: tuple[str, ...]


def gather_works(store: Store, view: ClassView, plan: Plan) -> ClassWork:
    """Return what everybody's score comes from; each copy is read once. Raises EngineError for a damaged store."""
    known: dict[str, Shapes | None] = {}
    works, unread = [], []
    for member in view.members:
        archive = store.copy_of(member.person.id)
        digest = sha256(archive or b"").hexdigest()
        if digest not in known:
            known[digest] = shapes_in(archive, plan)
        shapes = known[digest]
        if shapes is None:
            unread.append(member.person.id)
        outlines = view.of(member)
        alike = plan.rubric.variants is None  # else everybody has other hidden cases
        wrong = {each.function: found for each in outlines if alike and (found := _hidden(each))}
        works.append(
            PersonsWork(
                person=member.person.id,
                unit=member.unit,
                shapes=shapes or {},
                answers={name: sha256(repr(found).encode()).hexdigest() for name, found in wrong.items()},
                wrong={name: len(found) for name, found in wrong.items()},
            )
        )
    return ClassWork(works=tuple(works), unread=tuple(unread))


def _hidden(outline: Outline) -> tuple[tuple[int, int, str], ...]:
    """Return what a function answered in the hidden cases in which it is wrong, where the mistake is its own."""
    if outline.status not in _RETURNED or outline.caused:
        return ()
    return tuple((each.check, each.index, each.answer) for each in outline.wrong if not each.public)


def code_in(archive: bytes | None, plan: Plan) -> Submission | None:
    """Return what was handed in as it is read for grading, `None` where it cannot be read."""
    if archive is None:
        return None
    with laid_out(archive) as path:
        try:
            return grading.handed_in(plan, path, beneath=path.parent, helpers=False)
        except GraderError:
            return None
        finally:
            submission.forget()


def shapes_in(archive: bytes | None, plan: Plan) -> Shapes | None:
    """Return the shapes of what was handed in, `None` where it cannot be read."""
    return _shapes(code_in(archive, plan), plan)


def dolos_entries(store: Store, view: ClassView, plan: Plan) -> Iterator[DolosEntry]:
    """Yield everybody's code for Dolos, a group's once; without those whose work cannot be read."""
    members = {member.person.id: member.person for member in view.members}
    for whose in works(store).values():
        people = [members[each] for each in whose if each in members]
        student = code_in(store.copy_of(people[0].id), plan) if people else None
        if student is not None:
            yield DolosEntry(
                person=people[0].id,
                full_name=", ".join(each.name or each.id for each in people),
                label=people[0].section,
                handed_in=store.handed_in_at(people[0].id),
                code=student.original,
            )


def stub_code(plan: Plan) -> str:
    """Return the stub's code, "" where there is none."""
    stub = Path(plan.rubric.submission)
    return submission.code_text(stub.read_bytes(), str(stub)) if stub.is_file() else ""


def _shapes(student: Submission | None, plan: Plan) -> Shapes | None:
    if student is None:
        return None
    tried = {problem.function for problem in plan.rubric.problems if problem.function in student.symbols}
    tried -= {name for name in tried if student.symbols[name].untouched}
    return _parsed(student.source.text, plan, tried)


def _parsed(text: str, plan: Plan, among: set[str] | None = None) -> Shapes | None:
    programs = [problem.function for problem in plan.rubric.problems if problem.subject == "program"]
    named = [problem.function for problem in plan.rubric.problems if problem.subject in ("function", "class")]
    try:
        shapes = shapes_of(text, named, programs)
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # the last is what Python says of deep nesting
        return None
    return {name: shape for name, shape in shapes.items() if among is None or name in among}


def given_shapes(plan: Plan) -> list[Shapes]:
    """Return the shapes of what everybody has or may come to by itself: the reference, the stub and the handout."""
    parse = partial(_parsed, plan=plan)
    return [shapes for text in (plan.reference.source.text, *_handout(plan)) if (shapes := parse(text))]


def _handout(plan: Plan) -> Iterator[str]:
    """Yield the code in the stub and in the files beside it, if it lies in a folder of its own.

    Folders below are not looked into: what was handed in may lie there.
    """
    stub = Path(plan.rubric.submission)
    if stub.parent.absolute() == Path(plan.rubric.path).absolute().parent:
        files = [stub]
    else:
        found = (path for path in stub.parent.glob("*") if path.suffix.lower() in (".py", ".ipynb"))
        files = sorted(path for path in found if path.is_file())[:_MOST_HANDED_OUT]
    for path in files:
        if path.is_file() and path.stat().st_size <= _MOST_BYTES:
            yield submission.code_text(path.read_bytes(), str(path))
