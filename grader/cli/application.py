"""`grade app`: what the submission's functions are put to use in, in the user's own browser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.app import REPORT_LANG, RUBRIC
from grader.cli.grading import GradeRequest
from grader.cli.paths import look_for
from grader.cli.speaking import progress
from grader.cli.trusted import announce, files_run
from grader.cli.writing import show_text
from grader.errors import UsageError
from grader.language import Language, inert, say

if TYPE_CHECKING:
    from grader.application.building import Built
    from grader.application.running import Running


class Applications(click.Group):
    """`grade app export` and `grade app`; a first word that is no subcommand is a path."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the default subcommand in front where none is named."""
        if not args or args[0] not in (*self.commands, "--help", "-h"):
            args = ["open", *args]
        return super().parse_args(ctx, args)


@click.group(name="app", cls=Applications)
def app_command() -> None:
    """Put the functions to use: the application of the rubric, in your own browser.

    `grade app [PATH]` opens the application that the rubric names, with the functions of PATH (default: the rubric's
    own submission). Ctrl-C ends it. `grade app export OUT.html` writes it as one page that opens anywhere.
    """


OFFICIAL = click.option("--official", is_flag=True, hidden=True)


@app_command.command(name="open")
@click.argument("path", required=False)
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="The port (default: a free one).")
@RUBRIC
@REPORT_LANG
@OFFICIAL
def open_command(path: str | None, port: int, rubric: str | None, lang: Language | None, official: bool) -> None:
    """Open the application in your own browser. Ctrl-C ends it."""
    from grader.application.serving import ApplicationServer

    with suppress(KeyboardInterrupt), _running(path, rubric, lang, official=official) as (built, running, language):
        try:
            server = ApplicationServer(running, built.page, language, lambda spoken: b"", port)
        except OSError as error:
            why = inert(error.strerror or "")
            raise UsageError(
                say("Port {port} cannot be used: {why}", port=port, why=why), say("Leave --port out for a free one.")
            ) from error
        with server:
            _tell(running, server.address, language)
            server.serve_forever()


@contextmanager
def _running(
    path: str | None, rubric: str | None, lang: Language | None, *, official: bool
) -> Iterator[tuple[Built, Running, Language]]:
    """Yield the application with the submission in it, graded, and the language of its page. Raises GraderError."""
    if official:
        raise UsageError(
            say("An application is the student's own; nothing is graded officially there."),
            say("Grade officially: grade --official {path}", path=inert(path or "PATH", 200)),
        )
    from grader.application.building import build
    from grader.application.running import Running

    named = [Path(path)] if path is not None else []
    look_for(named)
    request = GradeRequest(paths=tuple(map(str, named)), rubric=rubric, lang=lang, official=False)
    preparation = request.preparation(named)
    built = build(preparation.rubric)
    file = named[0] if named else Path(preparation.rubric.submission)
    with request.engine(preparation.plan) as engine:
        if rubric is None:
            run = [*files_run(preparation.rubric), built.application.module]
            announce(preparation.rubric, engine, run)
        with progress():
            running = Running(built, preparation.prepared(engine), engine, file)
        preparation.keep(engine)
        with closing(running):
            yield built, running, lang or preparation.rubric.language


def _tell(running: Running, address: str, language: Language) -> None:
    """Say what is open, what is to be written next, and where the page is."""
    standing = running.standing(language)
    opened = sum(stage.open for stage in standing.stages.values())
    lines = [say("{file}: {open} of {all} functions of the application can be used.",
                 file=standing.file, open=opened, all=len(standing.stages))]  # fmt: skip
    if standing.following is not None:
        lines.append(say("Next: {function}", function=standing.following))
    lines.append(say("Open this address in your browser; it is for this machine alone, and for you:"))
    show_text("\n".join([*(line.text(language) for line in lines), "", f"  {address}", "",
                          say("Save your file and the page follows. Ctrl-C ends it.").text(language)]))  # fmt: skip
