"""What to do about a file that is not there: at home it lies beside the code, where work is graded it may not."""

from __future__ import annotations

import ast
import re
from pathlib import PurePosixPath

from grader.explain.scene import Scene
from grader.language import Message, inert, say
from grader.model import Submission

_SAID = (
    r"^(?:FileNotFoundError: )?\[Errno 2\] [^:]*: '([^']{1,200})'$|^(?:FileNotFoundError: )?(\S{1,200}) not found\.$"
)
"""The words of `open` and of `np.loadtxt`."""
_ELSEWHERE = re.compile(r"^(?:[/~\\]|[A-Za-z]:)")
_HAND_IN = say("If it is yours, hand it in together with the code, in a folder or a .zip.")


def no_file(scene: Scene) -> Message:
    """Return what to do about a FileNotFoundError in a function.

    Of a hidden case the file's name is told only where it is the one text in the student's own line.
    """
    texts = {node.value for node in scene.every(ast.Constant) if isinstance(node.value, str)}
    found = re.search(_SAID, scene.raised.message)
    name = next(filter(None, found.groups()), "") if found is not None and scene.public else ""
    name = name or (texts.pop() if len(texts) == 1 else "")
    return _of_file(name, scene.student) if name else say(
        "This file is not there when your work is graded; the function gets all it needs as arguments."
    )  # fmt: skip


def no_file_outside(words: str, student: Submission) -> Message | None:
    """Return what to do about the words of a FileNotFoundError of a statement outside functions, None for others."""
    found = re.search(_SAID, words)
    name = next(filter(None, found.groups()), "") if found is not None else ""
    return _of_file(name, student) if name else None


def _of_file(name: str, student: Submission) -> Message:
    """Return why a file of this name is not found, and what to do."""
    if _ELSEWHERE.match(name):
        return say(
            "{file} is a place on one machine only; put the file beside the code, and open it by its name alone.",
            file=inert(name, 80),
        )
    asked = PurePosixPath(name.replace("\\", "/")).name
    there = {PurePosixPath(path).name: path for path, _ in student.source.files}
    if asked in there:
        return say("{file} was handed in as {path}; open it by this path.",
                   file=inert(asked, 60), path=inert(there[asked], 80))  # fmt: skip
    near = next((each for each in there if each.casefold() == asked.casefold()), "")
    if near:
        return say("There is no file {file}; {near} was handed in, and every letter counts.",
                   file=inert(asked, 60), near=inert(near, 60))  # fmt: skip
    return say("There is no file {file} where your work is graded. {hint}", file=inert(asked, 60), hint=_HAND_IN)
