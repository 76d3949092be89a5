"""`grade app`: what the submission's functions are put to use in, in the user's own browser."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.app import REPORT_LANG, RUBRIC
from grader.cli.grading import GradeRequest
from grader.cli.paths import look_for
from grader.cli.speaking import progress
from grader.cli.trusted import announce, files_run, is_trusted
from grader.cli.writing import show_text, write_bytes, write_file
from grader.errors import UsageError
from grader.language import Language, Message, inert, say, say_count

if TYPE_CHECKING:
    from grader.application.building import Built
    from grader.application.exporting import LargestDifference
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
            server = ApplicationServer(running, built.page, language, port)
        except OSError as error:
            why = inert(error.strerror or "")
            raise UsageError(
                say("Port {port} cannot be used: {why}", port=port, why=why), say("Leave --port out for a free one.")
            ) from error
        with server:
            _tell(built, running, server.address, language)
            server.serve_forever()


@app_command.command(name="export")
@click.argument("out")
@click.argument("path", required=False)
@click.option("--onnx", metavar="FILE", help="Write the network as a model of ONNX, too (needs pingfen[onnx]).")
@RUBRIC
@REPORT_LANG
@OFFICIAL
def export_command(
    out: str, path: str | None, onnx: str | None, rubric: str | None, lang: Language | None, official: bool
) -> None:
    """Write the application, as it is trained now, to OUT: one HTML file that opens anywhere, without a network.

    Before it is written it is checked against what the functions of PATH give for test inputs.
    """
    from grader.application.calling import NoValue
    from grader.application.deploying import deploy

    with _running(path, rubric, lang, official=official) as (built, running, language):
        taken = [*built.application.files, *([path] if path is not None else [])]
        for file, ending in ((out, ".html"), (onnx, ".onnx")):
            _refuse_place(file, ending, taken)
        try:
            deployed = deploy(running, built.page, language)
        except NoValue as error:
            command = f"grade {inert(path, 200)}" if path else "grade"
            raise UsageError(error.message, say("See what is missing: {command}", command=command)) from error
        model = None
        if onnx is not None:
            from grader.application.onnx_model import check_onnx, model_bytes

            model = model_bytes(deployed.network)
            single = check_onnx(model, deployed.network, deployed.examples)
            single.require(say("The model"))
        write_file(Path(out), deployed.page)
        count = len(deployed.examples.inputs)
        lines = [_wrote(out), _checked(deployed.difference, count)]
        if onnx is not None and model is not None:
            write_bytes(Path(onnx), BytesIO(model))
            lines += [_wrote(onnx), _checked(single, count)]
        show_text("\n".join(line.text(language) for line in lines))


def _refuse_place(file: str | None, ending: str, taken: Sequence[str]) -> None:
    """Raise UsageError for a file whose name does not end so, or that is one of those which are `taken`."""
    if file is None:
        return
    if Path(file).suffix.lower() != ending:
        raise UsageError(
            say("{path} must end in {ending}.", path=inert(file, 200), ending=ending),
            say("For example: {path}", path=f"grade app export my_network{ending}" if ending == ".html"
                else f"--onnx my_network{ending}"),
        )  # fmt: skip
    if not Path(file).parent.is_dir():
        raise UsageError(say("There is no folder {path}.", path=inert(str(Path(file).parent), 200)))
    if Path(file).exists() and any(Path(file).samefile(each) for each in taken if Path(each).exists()):
        raise UsageError(say("{path} is a file of the application itself.", path=inert(file, 200)),
                         say("Give the export another name."))  # fmt: skip


def _wrote(file: str) -> Message:
    return say("Wrote {path} ({size} kB).", path=inert(file, 200), size=max(1, round(Path(file).stat().st_size / 1000)))


def _checked(difference: LargestDifference | None, count: int) -> Message:
    if difference is None:
        return say("It was not checked here, for want of a JavaScript engine (pip install 'pingfen[app]'): it checks "
                   "itself whenever it is opened.")  # fmt: skip
    return say_count(
        "Checked with {count} test input: the largest difference from your own functions is {largest}.",
        "Checked with {count} test inputs: the largest difference from your own functions is {largest}.",
        count, largest=f"{difference.largest:.1e}" if difference.largest else "0",
    )  # fmt: skip


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
    built = build(preparation.rubric, anywhere=rubric is not None or is_trusted(preparation.rubric))
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


def _tell(built: Built, running: Running, address: str, language: Language) -> None:
    """Say what is open, what is to be written next, and where the page is."""
    standing = running.standing(language)
    staged = [standing.stages[name].open for name, needed in built.needs.items() if needed]
    lines = [say("{file}: {open} of {all} parts of the application are unlocked.",
                 file=standing.file, open=sum(staged), all=len(staged))]  # fmt: skip
    if standing.following is not None:
        lines.append(say("Next: {function}", function=standing.following))
    lines.append(say("Open this address in your browser; it is for this machine alone, and for you:"))
    show_text("\n".join([*(line.text(language) for line in lines), "", f"  {address}", "",
                          say("Save your file and the page follows. Ctrl-C ends it.").text(language)]))  # fmt: skip
    sys.stdout.flush()  # it may be a pipe, and nothing more is written
