"""`grade init NAME`: a new assignment."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path

import click

from grader.language import Language, environment_language, inert, say, say_count


@click.command(name="init")
@click.argument("name", metavar="NAME")
@click.option("--from-notebook", "notebook", metavar="FILE", help="Start from a solved notebook (.ipynb) or .py file.")
@click.option("--lang", type=click.Choice(["zh", "en"]), help="The assignment's language (default: the environment's).")
def init_command(name: str, notebook: str | None, lang: Language | None) -> None:
    """Make a working assignment in the new folder NAME: stub, reference, mistakes, rubric, README, CI file.

    Nothing is overwritten. A notebook's code runs in a confined process only; the modules and the files of data that it
    names must lie beside it.
    """
    from grader.author.new import write_new

    language = lang or environment_language()
    folder = Path(name)
    called = folder.resolve().name
    files: Mapping[str, str | bytes]
    said: list[str] = []
    if notebook is not None:
        from grader.author.new.conversion import from_notebook
        from grader.author.new.summary import lines as summary_lines
        from grader.cli.speaking import progress

        with progress():
            made = from_notebook(Path(notebook), called, lang)
        files, said = made.files, [*summary_lines(made.summary, language), ""]
    else:
        from grader.author.new import example

        files = example(called, language)
    write_new(files, folder)
    last = [
        say_count("Wrote {count} file to {path}.", "Wrote {count} files to {path}.", len(files), path=inert(name, 200)),
        say("Next: cd {path} && grade", path=inert(shlex.quote(name), 200)),
    ]
    click.echo("\n".join([*said, *(message.text(language) for message in last)]))
