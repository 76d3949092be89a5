"""Reads what was handed in for a rubric, and knows what of it its author gave: the stub is no attempt."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache, partial
from pathlib import Path

from msgspec.structs import replace

from grader import submission
from grader.grading.data_files import with_data
from grader.grading.prepared import Plan
from grader.model import Problem, Submission, Symbol
from grader.submission.costs import SCRIPT
from grader.submission.stubs import Given, digest, given_in, is_idle
from grader.submission.text import lex


def handed_in(plan: Plan, path: Path, *, beneath: Path | None = None, helpers: bool = True) -> Submission:
    """Return the submission at `path`, as the plan's rubric asks for it. Raises what `submission.load` raises.

    Where the reference lies among the files that are looked through for data, the code gets none of them, unless it is
    the reference: the course's own data may lie there, too.
    """
    pattern = Path(plan.rubric.submission).name
    student = submission.load(
        path, plan.rubric.defined, pattern, beneath=beneath, helpers=helpers, given=partial(given, plan)
    )
    source = student.source
    if source.files and _holds_the_reference(path, plan.rubric.reference):
        source = replace(source, files=())
    return _with_places(replace(student, source=with_data(source, plan.files, fixed=bool(plan.rubric.files))), plan)


def _with_places(student: Submission, plan: Plan) -> Submission:
    """Return the submission with the place of each program and variable that is graded; a stub is untouched.

    So is a training of which a function is not written yet; its place is that function's.
    """
    others = [problem for problem in plan.rubric.problems if not problem.named]
    if not others:
        return student
    found = {**student.symbols}
    lines = student.source.text.split("\n")
    untouched = _same_code(student, plan) or (
        not student.source.modules and is_idle(student.source.text, plan.rubric.defined)
    )
    whole = Symbol(name="", line=1, end_line=len(lines), untouched=untouched)
    for problem in others:
        if problem.subject == "program":
            found[problem.function] = replace(whole, name=problem.function)
        elif problem.subject == "variable":
            found |= _assigned(problem, student)
        elif idle := unwritten(problem, student):
            here = next((student.symbols[name] for name in idle if name in student.symbols), whole)
            found[problem.function] = replace(here, name=problem.function, untouched=True)
    return replace(student, symbols=found)


def unwritten(problem: Problem, student: Submission) -> tuple[str, ...]:
    """Return which of the functions that a problem needs are stubs, or not there."""
    symbols = student.symbols
    return tuple(name for name in problem.needs or () if name not in symbols or symbols[name].untouched)


def _same_code(student: Submission, plan: Plan) -> bool:
    """Return whether a file holds the code of the author's stub, or none; comments and blank lines do not count."""
    own = _code(student.source.text)
    file = Path(plan.rubric.submission)
    return not own or (not _is_same(file, Path(student.source.path)) and own == _code(_text(file)))


def _code(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in lex(text).bare.split("\n") if line.strip())


def _assigned(problem: Problem, student: Submission) -> dict[str, Symbol]:
    """Return the place where a problem's variables get their values, by the problem's name; nothing if none does."""
    names = [name for check in problem.checks for name in check.demand.variables()]
    bound = re.compile(rf"(?:{'|'.join(map(re.escape, names))})[ \t]*(?::[^=\n]*)?=(?!=)[ \t]*(.*)")
    found = [(line, match[1]) for line, text in enumerate(lex(student.source.text).bare.split("\n"), 1)
             if (match := bound.match(text))]  # fmt: skip
    if not found:
        return {}
    empty = all(value.strip() in ("None", "...") for _, value in found)
    place = Symbol(name=problem.function, line=found[0][0], end_line=found[-1][0], untouched=empty)
    return {problem.function: place}


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
