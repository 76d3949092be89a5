"""`grade show [FUNCTION]`: the cases a rubric draws, and one of them replayed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from msgspec import Struct

from grader import submission
from grader.cli.rubric_file import find
from grader.cli.trusted import engine_of
from grader.cli.writing import write_file
from grader.errors import UsageError
from grader.execution import Engine
from grader.grading import Prepared, prepare, read, varied
from grader.language import Language, environment_language, inert, say
from grader.model import Submission


class Request(Struct, frozen=True, kw_only=True):
    """What the command line asks for."""

    function: str | None
    case: str | None
    script: str | None
    repl: bool
    generators: bool
    submission: str | None
    rubric: str | None
    variant: str
    lang: Language | None

    @property
    def language(self) -> Language:
        """The language asked for, else the environment's."""
        return self.lang or environment_language()


@click.command(name="show")
@click.argument("function", required=False)
@click.option(
    "--case", metavar="NAME", help="One case: `function.check[index]`; without --script or --repl its script."
)
@click.option("--script", metavar="FILE", help="Write a script that makes the case's calls, for a debugger.")
@click.option("--repl", is_flag=True, help="Open a prompt with the case's names and the reference's answer.")
@click.option("--generators", is_flag=True, help="List what a draw may call, each with an example.")
@click.option("--submission", metavar="PATH", help="Whose code --script and --repl call; else the rubric's submission.")
@click.option("--rubric", metavar="FILE", help="The rubric; else the nearest grading.yaml upwards.")
@click.option("--variant", metavar="ID", default="", help="The cases of `grade --variant ID`.")
@click.option("--lang", type=click.Choice(["zh", "en"]), help="Else the environment's.")
def command(**options: Any) -> None:
    """Show the cases that a rubric draws, of one FUNCTION or of all: for instructors, since hidden ones are shown."""
    request = Request(**options)
    if request.generators:
        from grader.author.library import render

        click.echo(render(request.language), nl=False)
        return
    if request.case is None and (request.script is not None or request.repl):
        hint = say("Name it: --case 'function.check[0]'. `grade show` lists all.")
        raise UsageError(say("Which case?"), hint)
    plan = varied(read(find(request.rubric, ())), request.variant)
    with engine_of(plan.rubric, named=request.rubric is not None) as engine:
        wanted = request.function if request.case is None else request.case.partition(".")[0]
        prepared = prepare(plan, engine, [wanted] if wanted else ())
        if request.case is None:
            _list(prepared, request)
        else:
            _replay(prepared, engine, request, request.case)


def _list(prepared: Prepared, request: Request) -> None:
    from grader.report import cases

    tasks = (*prepared.tasks, *prepared.timed)
    click.echo(cases.render(prepared.chosen, tasks, prepared.plan.signatures, request.language))
    said = say(
        "For instructors only: what is hidden from students is shown here. Seed {seed}.", seed=prepared.plan.rubric.seed
    )
    click.echo(said.text(request.language))


def _replay(prepared: Prepared, engine: Engine, request: Request, name: str) -> None:
    from grader.author.replay import find_case, script

    found = find_case(prepared, name)
    path = Path(request.submission or prepared.plan.rubric.submission)
    if request.repl:
        from grader.author.replay import interact

        interact(found, prepared, _load(prepared, path), engine, request.language)
        return
    file = Path(request.script or "replay.py")
    source = _python(prepared, path, file, write=request.script is not None)
    text = script(found, str(source.absolute()), file.name)
    if request.script is None:
        click.echo(text, nl=False)
        return
    _write(file, text)
    said = say("Wrote {path}. Run it, or step through it: python -m pdb {path}", path=inert(str(file), 200))
    click.echo(said.text(request.language))


def _python(prepared: Prepared, path: Path, file: Path, *, write: bool) -> Path:
    """Return the .py file to call; the code of anything else is written beside the script."""
    if path.suffix == ".py" and path.is_file():
        return path
    code = file.with_name(f"{file.stem}_submission.py")
    if write:
        _write(code, _load(prepared, path).source.text)
    return code


def _load(prepared: Prepared, path: Path) -> Submission:
    rubric = prepared.plan.rubric
    return submission.load(path, [problem.function for problem in rubric.problems], Path(rubric.submission).name)


def _write(file: Path, text: str) -> None:
    try:
        write_file(file, text)
    except OSError as error:
        path, why = inert(str(file), 200), inert(error.strerror or "")
        raise UsageError(say("{path} cannot be written: {why}", path=path, why=why)) from error
