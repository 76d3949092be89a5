"""`grade watch [PATH]`: grade what was edited whenever the file is saved."""

from __future__ import annotations

import os
import shlex
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import click

from grader.cli.app import REPORT_LANG, RUBRIC
from grader.cli.paths import RubricRequest
from grader.cli.trusted import announce, files_run, near
from grader.cli.writing import show_text, terminal_width, write
from grader.desk.watching import Watched
from grader.errors import GraderError, UsageError
from grader.grading import prepare
from grader.language import Language, Message, inert, listed, say
from grader.report.lines import cell_width, cut, show_error

_ENDINGS = (".py", ".ipynb", ".zip")
"""A change of a file with such an ending may change the submission: helper modules lie beside it."""


@click.command(name="watch")
@click.argument("path", required=False)
@RUBRIC
@REPORT_LANG
def watch_command(path: str | None, rubric: str | None, lang: Language | None) -> None:
    """Grade once, then again what was edited whenever the file is saved. Ctrl-C ends it."""
    try:
        import watchfiles  # noqa: F401 - asked for before anything is prepared
    except ImportError as error:
        command = f"{shlex.quote(near(sys.executable))} -m pip install watchfiles"
        raise UsageError(
            say("Watching needs the package watchfiles."), say("Install it: {command}", command=inert(command, 400))
        ) from error
    request = RubricRequest(rubric=rubric, lang=lang)
    plan = request.plan([path] if path else [])
    language = lang or plan.rubric.language
    file = Path(path or plan.rubric.submission)
    if not os.path.lexists(file):
        raise UsageError(say("{path} is not there.", path=inert(str(file))))
    with suppress(KeyboardInterrupt), request.engine(plan) as engine:
        if rubric is None:
            announce(plan.rubric, engine, files_run(plan.rubric))
        watched = Watched(prepare(plan, engine), engine, file)
        last = _grade(watched, file, language, "")
        show_text(say("Watching {path}; Ctrl-C ends it.", path=inert(str(file))).text(language))
        for _ in _saved(file):
            last = _grade(watched, file, language, last)


def _saved(file: Path) -> Iterator[object]:
    """Yield whenever a file at or beside `file` was written, and every two seconds besides, until Ctrl-C.

    The folder is watched, not the file: an editor that saves by renaming puts another file in its place. Folders shared
    over a network report no changes: there the file is looked at every two seconds.
    """
    from watchfiles import watch

    folders = {file} if file.is_dir() else {file.absolute().parent, file.resolve().parent}
    while True:
        try:
            yield from watch(
                *folders,
                watch_filter=lambda _, changed: changed.endswith(_ENDINGS),
                debounce=50,
                step=20,
                recursive=file.is_dir(),
                rust_timeout=2000,
                yield_on_timeout=True,
                raise_interrupt=False,
            )
            return
        except FileNotFoundError:  # the folder is gone, as when a branch is changed
            time.sleep(0.5)
            yield None


def _grade(watched: Watched, file: Path, language: Language, last: str) -> str:
    """Grade and show; return the error that was shown, "" if there was none. The `last` error is not shown twice.

    If the file is missing or cannot be read just now (it is half saved), the next change is waited for.
    """
    try:
        found = watched.regrade()
    except GraderError as error:
        said = show_error(error, language=language)
        if file.exists() and said != last:
            _rule(say("not graded"), language)
            show_text(said)
        return said if file.exists() else last
    if found is not None:
        again = len(found.functions) < len(found.report.problems)
        _rule(say("graded again: {functions}", functions=listed(found.functions)) if again else say("graded"), language)
        write([found.report], "text", language, None, instructor=False)
        return ""
    return last


def _rule(what: Message, language: Language) -> None:
    """Draw a line between two reports, with the time of day and what was done."""
    width = terminal_width()
    try:
        "─".encode(sys.stdout.encoding or "utf-8")
        line = "─"
    except UnicodeEncodeError:
        line, language = "-", "en"
    head = cut(f"{line * 2} {time.strftime('%H:%M:%S')} {what.text(language)}", width - 3) + " "
    show_text("\n" + head + line * (width - cell_width(head)))
