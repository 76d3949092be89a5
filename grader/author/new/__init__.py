"""New assignments: from a template here, from a solved notebook in `grader.author.new.conversion`."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

from grader.author import write_files
from grader.author.kit.stubs import stub
from grader.errors import UsageError
from grader.language import Language, inert, say


def write_new(files: Mapping[str, str | bytes], folder: Path) -> None:
    """Write new files below `folder`, all or none.

    Raises UsageError if one of them exists already, before anything is written, and if their path is wrong;
    EngineError if the system refuses to write them.
    """
    there = [path for path in files if (folder / path).exists()]
    if there:
        listed = "".join(f"\n  {inert(str(folder / path), 200)}" for path in there)
        raise UsageError(
            say("Nothing was written, because these files exist already:{files}", files=listed),
            say("Name a new folder: grade init NAME"),
        )
    write_files(files, folder, "xb")


MODULE = "softmax"
FILE = f"{MODULE}.py"
"""What the template calls the file that students edit; a new assignment's is called after the assignment."""
GRADED = ("standardise", "softmax", "cross_entropy", "cross_entropy_backward")
WORKFLOW = ".github/workflows/grade.yml"


def example(name: str, language: Language) -> Mapping[str, str]:
    """Return the files of the template's assignment, called `name`, by path; each has another seed.

    It is small, complete and meant to be changed.
    """
    from secrets import randbelow

    module = module_name(name)
    file = f"{module}.py"
    handout = _template(f"{language}/assignment/README.md")
    solution = _template(f"{language}/solutions/{FILE}")
    rubric = _template(f"{language}/grading.yaml").replace("{seed}", str(2**62 + randbelow(2**62)))
    return {
        "README.md": readme(name, file, language),
        "grading.yaml": rubric.replace(FILE, file),
        "assignment/README.md": handout.replace(f"from {MODULE} ", f"from {module} ").replace(FILE, file),
        f"assignment/{file}": stub(solution, GRADED, file),
        f"solutions/{file}": solution,
        "solutions/mistakes.py": _template(f"{language}/solutions/mistakes.py").replace(FILE, file),
        **tools(file),
    }


def module_name(stem: str) -> str:
    """Return a module's name made from a file's or an assignment's: `week_1_cnn` from `Week 1 - CNN`."""
    name = re.sub(r"\W+", "_", stem, flags=re.ASCII).strip("_").lower()
    if not name or name[0].isdigit() or name in sys.stdlib_module_names or name in ("numpy", "mistakes"):
        name = f"assignment_{name}".rstrip("_")
    return name


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
