"""Reads what was handed in for a rubric, and knows what of it its author gave: the stub is no attempt."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache, partial
from pathlib import Path

from msgspec.structs import replace

from grader import submission
from grader.grading.prepared import Plan
from grader.model import Submission
from grader.submission.costs import SCRIPT
from grader.submission.stubs import Given, digest, given_in


def handed_in(plan: Plan, path: Path, *, beneath: Path | None = None, helpers: bool = True) -> Submission:
    """Return the submission at `path`, as the plan's rubric asks for it. Raises what `submission.load` raises.

    Where the reference lies among the files that are looked through for data, the code gets none of them, unless it is
    the reference: the course's own data may lie there, too.
    """
    names = [problem.function for problem in plan.rubric.problems]
    pattern = Path(plan.rubric.submission).name
    student = submission.load(path, names, pattern, beneath=beneath, helpers=helpers, given=partial(given, plan))
    if student.source.files and _holds_the_reference(path, plan.rubric.reference):
        return replace(student, source=replace(student.source, files=()))
    return student


def _holds_the_reference(path: Path, reference: str) -> bool:
    """Return whether the reference lies in a folder, or in a file's folder or below, and is not that file."""
    if not reference or _is_same(path, Path(reference)):
        return False
    whole = path.resolve() if path.is_dir() else path.resolve().parent
    return Path(reference).resolve().is_relative_to(whole)


def given(plan: Plan, path: str) -> Given:
    """Return digests of the outlines that stubs of the plan's functions have: a kit's, the reference's, the author's.

    The author's stub does not count for itself (`path`): a student may have worked in that very file.
    """
    names = tuple(problem.function for problem in plan.rubric.problems)
    if plan.expected is not None:
        return {name: (found,) for name, found in plan.expected.given.items()}
    own = plan.reference.original
    found = {name: {digest(outline)} for name, outline in _outlines(own, names, True).items()}
    file = Path(plan.rubric.submission)
    if not _is_same(file, Path(path)):
        whole = _outlines(own, names, False)
        for name, outline in _outlines(_text(file), names, False).items():
            if {*outline} <= {*whole.get(name, ())}:  # another line was written by somebody: it is no stub
                found.setdefault(name, set()).add(digest(outline))
    return found


@lru_cache(maxsize=4)
def _outlines(text: str, names: tuple[str, ...], solved: bool) -> Mapping[str, tuple[str, ...]]:
    return given_in(text, names, solved=solved)


def _is_same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False


def _text(file: Path) -> str:
    """Return the text of the author's stub, "" where there is none to read."""
    try:
        with file.open("rb") as stream:
            data = stream.read(SCRIPT)
    except OSError:
        return ""
    return submission.code_text(data, str(file))
