"""`--to KIND=FILE`: files for platforms, any number in one run, each written whatever becomes of the others."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO, cast

from msgspec import Struct

from grader.cli.paths import inside
from grader.cli.speaking import note, of_system, tell, tell_unexpected
from grader.cli.writing import append_job_page, make_folder, place_of, refuse_links, write_bytes
from grader.errors import GraderError, UsageError, unwritable
from grader.language import Language, inert, say
from grader.model.report import for_students
from grader.report import FILES, FORMATS, contributed, format_of
from grader.report.exporting import ExportedFile, Standings, exported, is_apart
from grader.report.lines import show_error

_MOST_BYTES = 64 << 20
"""A file to fill in; a course of 10⁵ people has one of 20 MB."""


class Target(Struct, frozen=True, kw_only=True):
    """One file to be written, or a folder of files; `filled`, read from `source`, is what it is a copy of."""

    kind: str
    path: str
    filled: bytes | None = None
    source: str = ""

    @property
    def is_folder(self) -> bool:
        """Whether it says itself that it is a folder: also by a name without a suffix, where the format makes one."""
        named = bool(format_of(self.kind).links) and not Path(self.path).suffix
        return named or self.path.endswith(("/", os.sep)) or Path(self.path).is_dir()


class FileTargets(Struct, frozen=True):
    """All files that a command line asks for."""

    every: tuple[Target, ...] = ()

    @classmethod
    def of(cls, to: Sequence[str], fill: Sequence[str], graded: Sequence[str | Path] = ()) -> FileTargets:
        """Return what the words after `--to` and `--fill` ask for; `graded` are the paths that are graded.

        Raises UsageError for words that are not KIND=FILE, a kind that there is not, a file that two kinds would write,
        that cannot be filled in, or that lies among what is graded or behind a link; EngineError as `format_of`.
        """
        fills = dict(_read(word, "--fill") for word in fill)
        targets = []
        for word in to:
            kind, path = _read(word, "--to")
            filled = _filled(kind, fills.get(kind))
            targets.append(Target(kind=kind, path=path, filled=filled, source=fills.get(kind, "")))
            _refuse_place(path, graded)
        kinds = {target.kind for target in targets}
        for kind, path in fills.items():
            if not format_of(kind).fills:
                others = ", ".join(name for name in FILES if format_of(name).fills)
                raise UsageError(say("The format {name} fills in no file.", name=kind),
                                 say("These do: {names}", names=others))  # fmt: skip
            if kind not in kinds:
                raise UsageError(say("{path} is filled in nowhere.", path=inert(path)),
                                 say("Say where the result goes: --to {name}=FILE", name=kind))  # fmt: skip
        places = [os.path.abspath(target.path) for target in targets]  # noqa: PTH100
        twice = next(
            (target.path for target, place in zip(targets, places, strict=True) if places.count(place) > 1), None
        )
        if twice is not None:
            raise UsageError(
                say("{path} is to be written twice.", path=inert(twice)), say("Name another file for each --to.")
            )
        return cls(tuple(targets))

    def __bool__(self) -> bool:
        """Return whether there is any."""
        return bool(self.every)

    def write(
        self, standings: Standings, language: Language | None = None, *, several: bool, instructor: bool = False
    ) -> int:
        """Write every file of what `standings` reads; return 0, or the highest exit code.

        A format that has one person's report in a file makes a folder of `several`. A file that cannot be written is
        told, and the others are written.
        """
        codes = [0]
        for target in self.every:
            try:
                codes += _write(target, standings, language, several=several, instructor=instructor)
            except GraderError as error:
                codes.append(tell(_named(error, target)))
            except OSError as error:
                codes.append(tell(of_system(error)))
            except Exception as error:  # our bug: the other files are written all the same
                codes.append(tell_unexpected(error))
        return max(codes)


def _read(word: str, option: str) -> tuple[str, str]:
    """Return the kind and the file of a word."""
    kind, sign, path = word.partition("=")
    every = [*FORMATS, *FILES]
    if not (kind and sign and path):
        raise UsageError(
            say("{option} {word} names no format and file.", option=option, word=inert(word, 200)),
            say("Write {option} KIND=FILE, such as {option} csv=grades.csv.", option=option),
        )
    if kind not in every and kind not in contributed():
        raise UsageError(
            say("There is no report format {name}.", name=inert(kind, 80)),
            say("These there are: {names}", names=", ".join([*every, *contributed()])),
        )
    format_of(kind)
    return kind, path


def _filled(kind: str, path: str | None) -> bytes | None:
    """Return the file to fill in. Raises UsageError if it cannot be read, or the kind needs one."""
    if path is None:
        wanted = format_of(kind)
        if wanted.fills == "must":
            assert wanted.file is not None, "only a file is filled in"
            wanted.file([], language="en", filled=None)  # says what it needs, and where to find it
        return None
    try:
        with Path(path).open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        why = inert(getattr(error, "strerror", None) or str(error), 200)
        raise UsageError(say("{path}: {why}", path=inert(path), why=why)) from error
    if len(data) > _MOST_BYTES:
        raise UsageError(say("{path} is too large to be filled in.", path=inert(path)))
    return data


def _named(error: GraderError, target: Target) -> GraderError:
    """Return the error with the name of the file to fill in, if there is one: several may be refused."""
    if not target.source or not isinstance(error, UsageError):
        return error
    return UsageError(say("{path}: {remark}", path=inert(target.source, 200), remark=error.message), error.hint)


def _refuse_place(path: str, graded: Sequence[str | Path]) -> None:
    refuse_links(Path(path).parent)
    if inside(Path(path), graded):
        raise UsageError(
            say("{path} lies in a folder where everything is a submission, so the next run would grade the reports.",
                path=inert(path, 200)),
            say("Name a file outside of it: --to KIND=FILE"),
        )  # fmt: skip


def _write(
    target: Target, standings: Standings, language: Language | None, *, several: bool, instructor: bool
) -> list[int]:
    """Write one target and tell what its format has to say; return the exit codes of files that were not written."""
    apart = target.is_folder or is_apart(target.kind, several=several)
    place = place_of(to_file=True, instructor=instructor)
    parts = exported(target.kind, standings, language=language, filled=target.filled, apart=apart, place=place)
    codes, said = [], set[str]()  # what a format cannot do is the same for each of 300 files, and told once
    for part in parts:
        path = Path(target.path) / part.name if part.name else Path(target.path)
        try:
            _put(part, path)
        except GraderError as error:
            told = show_error(error, language="en")
            codes.append(error.exit_code if told in said else tell(error))
            said.add(told)
        for remark in part.remarks:
            note(say("{path}: {remark}", path=inert(str(path), 200), remark=remark))
    if format_of(target.kind).job_page is not None:
        for one in standings(evidence=True):
            if one.report is not None:
                seen = for_students(one.report)
                append_job_page(target.kind, seen, language or one.report.language, alone=not several)
    return codes


def _put(part: ExportedFile, path: Path) -> None:
    """Write one file, once all of it is made: what fails on the way leaves the old file as it is."""
    with TemporaryFile() as spool:
        for block in part.data:
            spool.write(block)
        make_folder(str(path.parent))
        try:
            write_bytes(path, cast(BinaryIO, spool))
        except OSError as error:
            why = inert(error.strerror or str(error))
            said = say("The report cannot be written to {path}: {why}", path=inert(str(path)), why=why)
            raise unwritable(error, said, say("Name another place: --to KIND=FILE")) from error
