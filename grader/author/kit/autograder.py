"""The autograder for Gradescope: a zip with scripts, the grader's wheel, and of the course what the rubric names.

Its layout and scripts are Gradescope's (https://gradescope-autograders.readthedocs.io/en/latest/specs/). It holds the
reference and the seed, so it is for the platform and never for students.
"""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from grader.author.kit.wheel import Wheel, pinned
from grader.errors import UsageError
from grader.grading import Plan
from grader.language import inert, say

_SCRIPTS = Path(__file__).with_name("gradescope")
EXECUTABLE = ("setup.sh", "run_autograder")


class Autograder(Struct, frozen=True, kw_only=True, eq=False):
    """The files of an autograder by path, and where its rubric lies among them."""

    files: Mapping[str, bytes]
    rubric: str


def autograder(plan: Plan, wheel: Wheel) -> Autograder:
    """Return the autograder of a rubric. Raises UsageError if it needs what no zip can carry."""
    if plan.rubric.runtime not in ("", sys.executable):
        raise UsageError(
            say("The rubric's code is run by {python}, which is not on Gradescope.",
                python=inert(plan.rubric.runtime, 200)),
            say("Write `runtime: {{python: own}}`, and install the libraries beside the grader, here and there."),
        )  # fmt: skip
    held = {path: path.read_bytes() for path in _named(plan)}
    root = Path(os.path.commonpath([path.parent for path in held]))
    course = {path.relative_to(root).as_posix(): data for path, data in held.items()}
    rubric = Path(plan.rubric.path).relative_to(root).as_posix()
    run = (_SCRIPTS / "run_autograder").read_text("utf-8").replace("@RUBRIC@", shlex.quote(rubric))
    failed = say("Your work was not graded: the grader itself failed. This is not your fault; please tell your course.")
    files = {
        "setup.sh": (_SCRIPTS / "setup.sh").read_bytes(),
        "run_autograder": run.replace("@FAILED@", failed.text(plan.rubric.language)).encode(),
        "Dockerfile": (_SCRIPTS / "Dockerfile").read_bytes(),
        "requirements.txt": _requirements(plan).encode(),
        f"wheels/{wheel.name}": wheel.data,
    }
    files |= {f"course/{path}": data for path, data in course.items()}
    return Autograder(files=dict(sorted(files.items())), rubric=f"course/{rubric}")


def differs(original: Plan, copied: Plan, folder: Path) -> UsageError | None:
    """Return the error to raise if the rubric that was unpacked in `folder` would not grade as the original does."""
    inside = folder.resolve()
    for path in _files(copied):
        if not Path(path).resolve().is_relative_to(inside):
            return UsageError(
                say("The rubric names {path} by its place on this machine, which is not on Gradescope.",
                    path=inert(path, 200)),
                say("Name it from the rubric's own folder."),
            )  # fmt: skip
    if copied.digest != original.digest:
        return UsageError(
            say("The reference reads or imports what the rubric does not name, so it would grade otherwise there."),
            say("Lay its modules beside the reference, and name its data under `files`."),
        )
    return None


def _files(plan: Plan) -> Iterator[str]:
    """Yield the files that the rubric names."""
    rubric = plan.rubric
    yield from (path for path in (rubric.path, rubric.reference, rubric.mistakes, rubric.generators) if path)
    yield from (path for _, path in rubric.files)
    yield from rubric.application.files if rubric.application else ()
    yield from rubric.read_by_checks


def _named(plan: Plan) -> dict[Path, None]:
    """Return the files that grading needs: those that the rubric names, the stub, the reference's modules and data."""
    rubric, source = plan.rubric, plan.reference.source
    beside = Path(rubric.reference).parent
    modules = [beside / name.replace(".", "/") for name, _ in source.modules]
    others = [Path(rubric.submission)] if rubric.submission else []
    others += [file for each in modules for file in (each.with_name(f"{each.name}.py"), each / "__init__.py")]
    data = [name for name, _ in source.files if name not in dict(rubric.files)]
    others += [folder / name for name in data for folder in (beside, Path(rubric.submission).parent)]
    whole = [Path(os.path.normpath(path)) for path in [*map(Path, _files(plan)), *others]]
    return dict.fromkeys(path for path in whole if path.is_file())


def _requirements(plan: Plan) -> str:
    """Return what is to be installed; a deadline needs zones of time, which a small image does not know."""
    lines = pinned(_sources(plan))
    if plan.rubric.policies.deadline is not None and "tzdata==" not in lines:
        lines += "tzdata\n"  # the newest, for zones change
    return lines


def _sources(plan: Plan) -> Iterator[str]:
    """Yield the texts whose imports are to be installed: none where workers have numpy alone."""
    if not plan.rubric.runtime:
        return
    yield plan.reference.source.text
    yield from (text for _, text in plan.reference.source.modules)
    for path in (plan.rubric.mistakes, plan.rubric.generators):
        if path:
            yield Path(path).read_text("utf-8", errors="replace")
