"""Whether the student's files still follow from the author's: derived anew and compared, line by line."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from grader.errors import UsageError
from grader.grading import Plan
from grader.language import inert, say
from grader.release.notebook import code_lines, notebook
from grader.release.stubs import stub


class Difference(Struct, frozen=True, kw_only=True):
    """A file of the assignment that no longer follows from the reference: its path, and the difference.

    `diff` is a unified diff from the file to what it should be, "" where there is no such file.
    """

    path: str
    diff: str


def stubs(plan: Plan) -> Mapping[str, str]:
    """Return the student's files by path (as the rubric names it, from its folder), made from the reference.

    Beside the submission stand the reference's own modules. Raises UsageError for a reference that is no .py file,
    RubricError for a marker without its other half.
    """
    source = plan.reference.source
    if not source.path.endswith(".py"):
        hint = say("Save its code as a .py file; `grade release --notebook` makes the notebook.")
        raise UsageError(say("A kit is made from a .py file, not from {path}.", path=inert(source.path)), hint)
    graded = [problem.function for problem in plan.rubric.problems]
    path = place(plan)
    try:
        found = {path: stub(plan.reference.original, graded, source.path)}
        for name, text in source.modules:
            found[str(Path(path).with_name(f"{name}.py"))] = stub(text, graded, f"{name}.py")
    except SyntaxError as error:
        raise UsageError(say("The reference is not Python: {what}", what=inert(str(error), 200))) from error
    return found


def place(plan: Plan) -> str:
    """Return the submission's path from the rubric's folder, with forward slashes; its name if it lies elsewhere."""
    relative = os.path.relpath(plan.rubric.submission, Path(plan.rubric.path).parent)
    return Path(plan.rubric.submission).name if relative.startswith("..") else Path(relative).as_posix()


def differences(plan: Plan) -> list[Difference]:
    """Return the assignment's files that do not follow from the reference. Raises as `stubs` does."""
    found = []
    for path, wanted in stubs(plan).items():
        file = Path(plan.rubric.path).parent / path
        if not file.is_file():
            found.append(Difference(path=path, diff=""))
            continue
        text = file.read_text("utf-8")
        if path.endswith(".ipynb"):
            theirs, ours = code_lines(text), code_lines(notebook(wanted, ""))
        else:
            theirs, ours = text.split("\n"), wanted.split("\n")
        if theirs != ours:
            found.append(Difference(path=path, diff=_diff(theirs, ours, path)))
    return found


def _diff(theirs: list[str], ours: list[str], path: str) -> str:
    from difflib import unified_diff

    return "\n".join(unified_diff(theirs, ours, path, f"{path} (grade release)", lineterm="")) + "\n"
