"""The course's secret, from which every student's hidden cases follow: from the environment, or a file of one's own.

It is never an argument of a command (others see those), and what is read from the environment is taken out of it, so
that no process that is started later has it. Where it is used, student code is confined or does not run.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from pathlib import Path

import click

from grader.cli.paths import came_by
from grader.cli.trusted import owned
from grader.errors import UsageError
from grader.grading.personal import CourseSecret
from grader.grading.prepared import Plan
from grader.language import inert, say

VARIABLE = "PINGFEN_SECRET"
MOST_BYTES = 4096
_OTHERS = stat.S_IRWXG | stat.S_IRWXO

SECRET = click.option(
    "--secret",
    metavar="FILE",
    help="The file of the course's secret, for a rubric with variants (default: PINGFEN_SECRET in the environment).",
)


def secret_of(plan: Plan, file: str | None, handed_in: Sequence[Path] = ()) -> CourseSecret | None:
    """Return the secret from `file`, or else from the environment; `None` if there is neither.

    Raises UsageError for a rubric without variants, for a secret that can be guessed, and for a file that is not the
    user's alone or that was `handed_in`.
    """
    text = os.environ.pop(VARIABLE, "")
    if file is not None:
        if plan.rubric.variants is None:
            raise UsageError(
                say("This rubric has no variants, so it needs no secret."),
                say("To give every student other hidden cases, write in the rubric: variants: per_student"),
            )
        return CourseSecret(_read(Path(file), [*handed_in, *(Path(each) for _, each in plan.rubric.files)]))
    if not text or plan.rubric.variants is None:
        return None
    return CourseSecret(os.fsencode(text))


def needed(secret: CourseSecret | None) -> CourseSecret:
    """Return the secret. Raises UsageError where there is none."""
    if secret is None:
        raise UsageError(
            say("This rubric has `variants: per_student`: the hidden cases follow from the course's secret, and there "
                "is none."),
            say("Name its file with --secret FILE, or put it into PINGFEN_SECRET in the environment."),
        )  # fmt: skip
    return secret


def _read(path: Path, handed_in: Sequence[Path]) -> bytes:
    shown = inert(str(path), 1000)
    if came_by(path, handed_in):
        raise UsageError(
            say("{path} came with what is graded, or lies beside files that students get.", path=shown),
            say("Make another secret, and keep it in a folder of its own."),
        )
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
        with os.fdopen(handle, "rb") as stream:
            seen = os.fstat(stream.fileno())
            if not stat.S_ISREG(seen.st_mode):
                raise UsageError(say("{path} is no file.", path=shown))
            if hasattr(os, "geteuid") and (seen.st_mode & _OTHERS or not owned(seen, root=True)):
                raise UsageError(
                    say("Others than you can read {path}, or it is not yours.", path=shown),
                    say("Make it yours alone: chmod 600 {path}", path=shown),
                )
            data = stream.read(MOST_BYTES + 1)
    except OSError as error:
        why = inert(error.strerror or "")
        raise UsageError(say("{path} cannot be read: {why}", path=shown, why=why)) from error
    if len(data) > MOST_BYTES:
        raise UsageError(say("{path} is longer than {most} bytes, so it is no secret.", path=shown, most=MOST_BYTES))
    return data
