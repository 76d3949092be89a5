"""`grade trust [RUBRIC]`: lets a rubric have its sources run by the Python it names."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from grader import rubric as rubrics
from grader.cli.rubric_file import NAME, find
from grader.cli.trusted import files_run, forget, near, trust
from grader.errors import RubricError
from grader.language import Language, environment_language, inert, listed, say
from grader.model import Rubric


@click.command(name="trust")
@click.argument("rubric", required=False, metavar="[RUBRIC]")
@click.option("--forget", "forgets", is_flag=True, help="Trust it no longer.")
@click.option("--lang", type=click.Choice(["zh", "en"]), help="Else the environment's.")
def command(rubric: str | None, forgets: bool, lang: Language | None) -> None:
    """Trust a rubric with this machine: show what it would have run, and record it as it now is.

    The Python of its `runtime` is not confined. When the rubric changes, or that Python where it lies in the rubric's
    folder, it is trusted no longer. Without RUBRIC it is the nearest grading.yaml upwards.
    """
    language = lang or environment_language()
    path = find(None if rubric is None else str(_file(Path(rubric))))
    if forgets:
        said = (
            say("{path} is trusted no longer.", path=inert(str(path), 1000))
            if forget(str(path))
            else say("{path} was not trusted.", path=inert(str(path), 1000))
        )
        click.echo(said.text(language))
        return
    loaded = rubrics.load(path)
    if loaded.rubric is None or loaded.faults:
        raise RubricError(loaded.faults)
    _record(loaded.rubric, language)


def _file(path: Path) -> Path:
    return path / NAME if path.is_dir() else path


def _record(rubric: Rubric, language: Language) -> None:
    files = [near(path) for path in files_run(rubric)]
    shown = near(rubric.path)
    if not files and not rubric.runtime:
        click.echo(
            say("{path} runs nothing but the work that is graded: there is nothing to trust.", path=shown).text(
                language
            )
        )
        return
    recorded = trust(rubric)
    told = [say("From now on {path} may run:", path=shown)]
    if rubric.runtime:
        told.append(say("  not confined, so it can do whatever you can: {python}", python=near(rubric.runtime)))
    if files:
        told.append(say("  confined, if this machine can (see `grade doctor`): {files}", files=listed(files)))
    told.append(
        say(
            "This is recorded in {path}. To take it back: grade trust --forget {rubric}",
            path=inert(str(recorded), 1000), rubric=inert(shlex.quote(rubric.path), 1000),
        )
    )  # fmt: skip
    click.echo("\n".join(message.text(language) for message in told))
