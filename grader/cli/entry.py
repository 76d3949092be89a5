"""The `grade` command's first lines: they start the workers' server before anything slow or secret is read.

The words that almost every student types, `grade` and `grade PATH…`, are understood here without click. Its import and
the declared options take 20 ms of CPU, a seventh of such a run (`grade FILE`: 143 ms without, 166 ms with them).
"""

from __future__ import annotations

import gc
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

COMMANDS = {
    "grade": "Grade submissions (the default: `grade PATH…`).",
    "watch": "Grade what was edited whenever the file is saved.",
    "show": "Show the cases that a rubric draws, or replay one.",
    "check": "Check a rubric: reference, stub, known mistakes, tolerances, seeds, student kit.",
    "audit": "Show how strong a rubric is, by slips made in its reference.",
    "class": "Grade a whole class, keep what was found, and give every platform its file.",
    "app": "Put the functions to use: the application of the rubric, in your own browser.",
    "init": "Make a new assignment that grades at once.",
    "release": "Make the student kit from the author's files.",
    "trust": "Let a rubric have its sources run by a Python of its own.",
    "doctor": "Show how well this machine can confine student code.",
}
"""The commands with their sentences for `grade --help`; `app` imports a command when it is called."""

_QUIET = {"init", "trust"}
"""The commands that need no server at the start; a first word that is not a command is a path to grade."""
_HELP = {"--help", "-h", "--version"}
_OFFICIAL = {"--official": True, "--self-check": False}


INTERRUPTED = 130
"""The exit code after Ctrl-C, as shells give it: 128 and the signal's number."""


def main() -> None:
    """Run the command line and exit with its code (see `grader.errors`); what goes wrong is said in a sentence."""
    if sys.version_info < (3, 11):  # noqa: UP036 - an older one can read this file, and nothing that it imports
        print("grade: Python 3.11 or later is needed. 需要 Python 3.11 或更新的版本。", file=sys.stderr)
        sys.exit(3)
    _open_streams()
    try:
        code = _run(sys.argv[1:])
        sys.stdout.flush()
    except BaseException as error:  # nobody who grades is shown a traceback of ours
        from grader.cli.speaking import tell_unexpected

        code = tell_unexpected(error)
    _leave(code)


def _open_streams() -> None:
    """Let what is written to a closed stream (`>&-`) go nowhere; no file that is opened later takes its place."""
    while (handle := os.open(os.devnull, os.O_RDWR)) < 3:
        pass
    os.close(handle)
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115 - stays open


def _run(words: list[str]) -> object:
    from grader.search_path import sound

    sys.path[:] = sound(sys.path)  # before anything is imported by its name alone
    gc.set_threshold(400_000)  # a report makes few cycles: looking for them takes 10 ms of a run
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # idle BLAS threads take 60 ms of CPU at import
    code: object = refused(words)
    if code is None:
        if not (_HELP & set(words)) and not (words and words[0] in _QUIET):
            from grader.execution.start import start

            start()
        code = carry_out(words)
    return code


def refused(words: list[str]) -> int | None:
    """Return None where `words` can be carried out here; else write why they cannot, and return the exit code."""
    word = handed_in(words)
    if word is None and (_is_here() or _HELP & set(words)):
        return None
    from grader.cli.speaking import tell
    from grader.errors import UsageError
    from grader.language import inert, say

    if word is None:
        gone = say("The current folder is not there any more.")
        return tell(UsageError(gone, say("Enter it again, or go to another folder: cd FOLDER")))
    shown = inert(word, 200)
    return tell(
        UsageError(
            say("{word} is a file or folder here, so it is not taken for an option or a command.", word=shown),
            say(
                "To grade all that is here: grade . --each, or ./* in place of *. To grade only this one: ./{word}",
                word=shown,
            ),
        )
    )


def handed_in(words: list[str]) -> str | None:
    """Return a word that names a file here, as a shell's `*` does, and would be taken for an option or a command.

    An option counts wherever it stands before `--`. A command's name counts only where another file is named right
    behind it: a folder called `release` does not keep `grade release` from working.
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


def carry_out(words: list[str]) -> object:
    """Carry out the command line, of which `words` follow the program's name; return what `sys.exit` takes."""
    plain = understood(words)
    if plain is not None:
        return _grade(*plain)
    from grader.cli.app import app

    try:
        app(prog_name="grade")
    except SystemExit as end:
        return end.code
    return 0


def _grade(paths: tuple[str, ...], official: bool | None) -> int:
    """Grade `paths`; return the exit code, also of an error, which is shown."""
    from grader.cli.grading import GradeRequest, run
    from grader.errors import GraderError

    try:
        return run(GradeRequest(paths=paths, official=official))
    except GraderError as error:
        from grader.cli.speaking import tell

        return tell(error)


def _leave(code: object) -> NoReturn:
    """End this process at once: taking numpy and the rest apart first would take 10 ms."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):  # it was said already, as far as that can be said
            code = code or 3
    os._exit(code if isinstance(code, int) else int(code is not None))
