"""What another machine needs to grade a class as this one does: the course's files as bytes, and what must be alike."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from grader import grading
from grader.course.sameness import Fingerprints, own_digest
from grader.errors import EngineError, UsageError
from grader.execution import Engine
from grader.grading.prepared import Plan
from grader.language import inert, say


class Parcel(Struct, frozen=True, kw_only=True):
    """The files by their paths from a folder above them all, and which of them are the rubric and the reference.

    `key` stands for all that a report follows from beside the submission; `grader`, `versions` and `tier` are parts of
    it that can be named. `python` and `ahead` are what `open_engine` takes.
    """

    files: tuple[tuple[str, bytes], ...]
    rubric: str
    reference: str
    python: str
    ahead: tuple[str, ...]
    key: str
    grader: str
    versions: Mapping[str, str]
    tier: str


def parcel(plan: Plan, reference: Path | None, engine: Engine, python: str, ahead: tuple[str, ...]) -> Parcel:
    """Return what another machine needs of the plan, whose rubric may have another `reference`. Raises UsageError."""
    paths = {Path(os.path.abspath(path)) for path in _paths(plan, reference)}  # noqa: PTH100 - links stay
    above = Path(os.path.commonpath([path.parent for path in paths]))
    try:
        files = tuple((path.relative_to(above).as_posix(), path.read_bytes()) for path in sorted(paths))
    except OSError as error:
        why = inert(error.strerror or "")
        raise UsageError(say("{path} cannot be read: {why}", path=inert(str(error.filename)), why=why)) from error
    return Parcel(
        files=files,
        rubric=Path(plan.rubric.path).relative_to(above).as_posix(),
        reference=Path(os.path.abspath(reference)).relative_to(above).as_posix() if reference else "",  # noqa: PTH100
        python=python,
        ahead=ahead,
        key=Fingerprints(plan, engine.versions, engine.tier).whole,
        grader=own_digest(),
        versions=dict(engine.versions),
        tier=engine.tier,
    )


def _paths(plan: Plan, reference: Path | None) -> Iterator[Path]:
    """Yield every file that is read when the plan is: those that the rubric names, and what lies beside them."""
    rubric, source = plan.rubric, plan.reference.source
    own = str(reference) if reference else rubric.reference
    yield Path(rubric.path)
    for path in (
        own,
        rubric.reference,
        rubric.expected,
        rubric.mistakes,
        rubric.generators,
        *(path for _, path in rubric.files),
        *(rubric.application.files if rubric.application else ()),
        *rubric.read_by_checks,
    ):
        if path:
            yield Path(path)
    modules = [name.replace(".", "/") for name, _ in source.modules]
    beside = [
        *(f"{name}{end}" for name in modules for end in (".py", "/__init__.py")),
        *(name for name, _ in source.files),
    ]
    handed_out = Path(rubric.submission)
    found = [handed_out, *(folder / name for folder in (Path(own).parent, handed_out.parent) for name in beside)]
    yield from (path for path in found if path.is_file())


def lay(parcel: Parcel, folder: Path) -> Plan:
    """Lay the files in a folder that is its user's alone, and return the plan. Raises GraderError."""
    if parcel.grader != own_digest():
        raise EngineError(
            say("Another version of the grader is installed there."),
            say("Install the same one everywhere: the same wheel, or the same commit."),
        )
    for name, data in parcel.files:
        path = folder / name
        if not path.resolve().is_relative_to(folder.resolve()):
            raise EngineError(say("The grader itself failed here ({where}).", where="parcel"))
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.write_bytes(data)
    return grading.read(folder / parcel.rubric, folder / parcel.reference if parcel.reference else None)


def compare(parcel: Parcel, plan: Plan, engine: Engine) -> None:
    """Raise EngineError, with what differs, where the engine would come to other reports than the parcel's sender."""
    here = dict(engine.versions)
    if here != parcel.versions:
        shown = [
            ", ".join(f"{name} {version}" for name, version in sorted(each.items())) for each in (here, parcel.versions)
        ]
        raise EngineError(
            say("Sources would be run by {there} there, by {here} here.", there=inert(shown[0]), here=inert(shown[1])),
            say("Install the same Python and numpy everywhere."),
        )
    if engine.tier != parcel.tier:
        raise EngineError(
            say(
                "Student code would be confined by {there} there, by {here} here.", there=engine.tier, here=parcel.tier
            ),
            say("See what is missing there: grade doctor"),
        )  # fmt: skip
    if Fingerprints(plan, engine.versions, engine.tier).whole != parcel.key:
        raise EngineError(say("The course's files are not there as they are here."))
