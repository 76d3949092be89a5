"""The words that almost every student types, understood without click: importing it would take as long as judging."""

from __future__ import annotations

import os

COMMANDS = {
    "grade": "Grade submissions (the default: `grade PATH…`).",
    "watch": "Grade what was edited whenever the file is saved.",
    "show": "Show the cases that a rubric draws, or replay one.",
    "check": "Check a rubric: reference, stub, known mistakes, tolerances, seeds, student kit.",
    "audit": "Show how strong a rubric is, by slips made in its reference.",
    "init": "Make a new assignment that grades at once.",
    "release": "Make the student kit from the author's files.",
    "trust": "Let a rubric have its sources run by a Python of its own.",
    "doctor": "Show how well this machine can confine student code.",
}
"""Each command is `grader.cli.NAME.command`, imported when called; the sentences are for `grade --help`."""


_OFFICIAL = {"--official": True, "--self-check": False}


def handed_in(words: list[str]) -> str | None:
    """Return the word that a shell's `*` made of a file here, and that would be taken for an option or a command.

    An option counts wherever it stands before `--`. A command's name counts where more files are named right behind it,
    as `*` does: a folder called `release` is in nobody's way.
    """
    end = words.index("--") if "--" in words and not os.path.lexists("--") else len(words)
    for word in words[:end]:
        if word.startswith("-") and os.path.lexists(word):
            return word
    if not words or words[0] not in COMMANDS or not os.path.lexists(words[0]):
        return None
    for word in words[1:]:
        if word.startswith("-"):
            break
        if word != words[0] and os.path.lexists(word):
            return words[0]
    return None


def refused(words: list[str]) -> int | None:
    """Say why nothing can be done with `words` here and return the exit code; None where something can."""
    word = handed_in(words)
    if word is None and (_is_here() or {"--help", "-h", "--version"} & set(words)):
        return None
    from grader.cli.speaking import tell
    from grader.errors import UsageError
    from grader.language import inert, say

    if word is None:
        return tell(
            UsageError(
                say("The current folder is not there any more."),
                say("Go to it anew, or to another: cd FOLDER"),
            )
        )
    shown = inert(word, 200)
    return tell(
        UsageError(
            say("{word} is a file or folder here, so it is not taken for an option or a command.", word=shown),
            say("For all that lies here write: grade . --each, or ./* for *. For this one: ./{word}", word=shown),
        )
    )


def _is_here() -> bool:
    try:
        os.getcwd()  # noqa: PTH109 - pathlib is not imported yet
    except OSError:
        return False
    return True


def understood(words: list[str]) -> tuple[tuple[str, ...], bool | None] | None:
    """Return the paths to grade, and whether officially, if `words` say nothing else; None if they do."""
    options = [word for word in words if word.startswith("-")]
    if not set(options) <= _OFFICIAL.keys() or (words and words[0] in COMMANDS):
        return None
    paths = tuple(word for word in words if not word.startswith("-"))
    return paths, _OFFICIAL[options[-1]] if options else None


def carry_out(paths: tuple[str, ...], official: bool | None) -> int:
    """Grade `paths`; return the exit code, also of an error, which is told."""
    from grader.cli.grading import Request, run
    from grader.errors import GraderError

    try:
        return run(Request(paths=paths, official=official))
    except GraderError as error:
        from grader.cli.speaking import tell

        return tell(error)
    except (BrokenPipeError, KeyboardInterrupt):  # whoever read it, or asked for it, has gone: as click does
        return 1
