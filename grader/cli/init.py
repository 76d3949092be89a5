"""`grade init NAME`: a new assignment."""

from __future__ import annotations

from pathlib import Path

import click

from grader.cli.language import environment_language
from grader.language import Language, inert, say, say_count


@click.command(name="init")
@click.argument("name", metavar="NAME")
@click.option("--from-notebook", "notebook", metavar="FILE", help="Start from a solved notebook (.ipynb).")
@click.option("--lang", type=click.Choice(["zh", "en"]), help="The assignment's language; else the environment's.")
def command(name: str, notebook: str | None, lang: Language | None) -> None:
    """Make a working assignment in the new folder NAME: stub, reference, mistakes, rubric, README, CI file.

    Nothing is overwritten.
    """
    from grader.drafting.example import example
    from grader.drafting.writing import write

    language = lang or environment_language()
    folder = Path(name)
    files = example(folder.resolve().name, language)
    write(files, folder)
    told = [
        say_count("Wrote {count} file to {path}.", "Wrote {count} files to {path}.", len(files), path=inert(name, 200)),
        say("Next: cd {path} && grade", path=inert(name, 200)),
    ]
    click.echo("\n".join(message.text(language) for message in told))
