"""New assignments: from a template here, from a solved notebook in `grader.author.new.conversion`."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

from grader.author import write_files
from grader.author.kit.stubs import stub
from grader.errors import UsageError
from grader.language import Language, inert, say


def write_new(files: Mapping[str, str | bytes], folder: Path) -> None:
    """Write new files below `folder`, all or none.

    Raises UsageError if one of them exists already, before anything is written, and if they cannot be written.
    """
    there = [path for path in files if (folder / path).exists()]
    if there:
        listed = "".join(f"\n  {inert(str(folder / path), 200)}" for path in there)
        raise UsageError(
            say("Nothing was written, because these files exist already:{files}", files=listed),
            say("Name a new folder: grade init NAME"),
        )
    write_files(files, folder, "xb")


FILE = "softmax.py"
GRADED = ("standardise", "softmax", "cross_entropy", "cross_entropy_backward")
WORKFLOW = ".github/workflows/grade.yml"


def example(name: str, language: Language) -> Mapping[str, str]:
    """Return the files of the template's assignment, called `name`, by path; each has another seed.

    It is small, complete and meant to be changed.
    """
    from secrets import randbelow

    solution = _template(f"{language}/solutions/{FILE}")
    return {
        "README.md": readme(name, FILE, language),
        "grading.yaml": _template(f"{language}/grading.yaml").replace("{seed}", str(2**62 + randbelow(2**62))),
        "assignment/README.md": _template(f"{language}/assignment/README.md"),
        f"assignment/{FILE}": stub(solution, GRADED, FILE),
        f"solutions/{FILE}": solution,
        "solutions/mistakes.py": _template(f"{language}/solutions/mistakes.py"),
        **tools(FILE),
    }


def readme(name: str, file: str, language: Language) -> str:
    """Return the README for instructors: the files of the assignment `name`, and the commands for it."""
    from shlex import quote

    page = _template(f"{language}/README.md").replace("{kit}", quote(f"../{name}-kit"))
    return page.replace("{name}", name).replace("{file}", file)


def tools(file: str) -> Mapping[str, str]:
    """Return the files beside an assignment: .gitignore, and the workflow for GitHub."""
    return {".gitignore": _template("both/gitignore"), WORKFLOW: _template("both/grade.yml").replace("{file}", file)}


def _template(path: str) -> str:
    return files("grader.author.new").joinpath("template", f"{path}.txt").read_text("utf-8")
