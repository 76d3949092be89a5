"""`grade watch [PATH]`: grade what was edited whenever the file is saved."""

from __future__ import annotations

from pathlib import Path

import click

from grader.cli.rubric_file import find
from grader.cli.writing import write
from grader.desk.watching import Watched
from grader.errors import SubmissionError, UsageError
from grader.execution import open_engine
from grader.grading import prepare, read
from grader.language import Language, say
from grader.report import faults


@click.command(name="watch")
@click.argument("path", required=False)
@click.option("--rubric", metavar="FILE", help="The rubric; else the nearest grading.yaml upwards.")
@click.option("--lang", type=click.Choice(["zh", "en"]), help="The report's language; else the rubric's.")
def command(path: str | None, rubric: str | None, lang: Language | None) -> None:
    """Grade once, then again what was edited whenever the file is saved. Ctrl-C ends it."""
    try:
        from watchfiles import watch
    except ImportError as error:
        raise UsageError(
            say("Watching needs the package watchfiles."), say("Install it: pip install watchfiles")
        ) from error
    plan = read(find(rubric, [path] if path else []))
    language = lang or plan.rubric.language
    file = Path(path or plan.rubric.submission)
    if not file.exists():
        raise UsageError(say("{path} is not there.", path=str(file)))
    engine = open_engine(python=plan.rubric.runtime)
    try:
        watched = Watched(prepare(plan, engine), engine, file)
        _grade(watched, language)
        click.echo(say("Watching {path}; Ctrl-C ends it.", path=str(file)).text(language))
        for _ in watch(file, debounce=50, step=20, raise_interrupt=False):
            _grade(watched, language)
    finally:
        engine.close()


def _grade(watched: Watched, language: Language) -> None:
    """Grade and show; a file that cannot be read just now (half saved) is said and waited for."""
    try:
        report = watched.regrade()
    except SubmissionError as error:
        click.echo(faults.render(error, language=language))
        return
    if report is not None:
        write([report], "text", language, None, instructor=False)
