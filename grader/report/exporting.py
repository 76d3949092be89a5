"""Reports of a class as files for platforms: one seam for every command that writes them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from grader.language import Language, Message
from grader.model.report import for_students
from grader.model.standing import Standing
from grader.report import Format, Surroundings, format_of, made, rendered
from grader.report.naming import names_of
from grader.report.standings import language_of
from grader.report.wording import AnyReport

INDEX = "index"
PAGES = "students"
"""A folder's file that links to all others, and the folder in it where these lie."""


class ExportedFile(Struct, frozen=True, kw_only=True):
    """One file of an export: its name in a folder ("": the only one), its bytes piece by piece, what is to be told."""

    name: str = ""
    data: Iterable[bytes]
    remarks: tuple[Message, ...] = ()


class Standings(Protocol):
    """Reads how everybody stands, whenever it is called: with or without the evidence of the cases."""

    def __call__(self, *, evidence: bool) -> Iterable[Standing]:
        """Return one for each person, in the same order each time."""
        ...


def exported(
    kind: str, standings: Standings, *, language: Language | None = None, filled: bytes | None = None,
    apart: bool = False, place: Surroundings | None = None,
) -> Iterator[ExportedFile]:  # fmt: skip
    """Yield the files that the standings are in the format `kind`, each when it is asked for.

    They are one file, and with `apart` a file for each person who handed something in, of whom one's evidence at a time
    is held; `language` is the first report's where none is asked for. `filled` is the file that the platform gave out:
    the new one is a copy with points. Nothing is in them that students may not see, unless the `place` is an
    instructor's and the format shows one report.

    Raises UsageError as the format's `file` does, EngineError where a format cannot say that something was not graded,
    or another package's format fails.
    """
    wanted, place = format_of(kind), place or Surroundings()
    apart = apart and (wanted.render is not None or bool(wanted.links))
    seen = (_seen(one, wanted, place) for one in standings(evidence=wanted.evidence and not apart))
    if wanted.streams:
        yield ExportedFile(data=_encoded(chain([wanted.mark], _table(kind, seen, language))))
        return
    every = list(seen)
    spoken = language_of(every, language)
    if wanted.file is not None:
        done = made(kind, wanted.file, every, language=spoken, filled=filled)
        yield ExportedFile(data=[done.data], remarks=done.remarks)
    elif wanted.table is not None and apart:
        names = {own: f"{PAGES}/{name}" for own, name in _named(wanted.links, every).items()}
        yield ExportedFile(name=f"{INDEX}.{wanted.suffix}", data=_encoded(_table(kind, every, spoken, pages=names)))
        yield from _each(wanted.links, names, standings, language, place)
    elif wanted.table is not None:
        yield ExportedFile(data=_encoded(chain([wanted.mark], _table(kind, every, spoken))))
    elif apart:
        yield from _each(kind, _named(kind, every), standings, language, place)
    else:
        texts = [rendered(kind, one.report, language or one.report.language, place) for one in every if one.report]
        if texts or wanted.join is not None:
            yield ExportedFile(
                data=_encoded([wanted.join(texts) if wanted.join is not None and len(texts) != 1 else texts[0]])
            )


def is_apart(kind: str, *, several: bool) -> bool:
    """Return whether the format has no way to put the reports of `several` people into one file."""
    wanted = format_of(kind)
    return several and wanted.render is not None and wanted.join is None


def table(kind: str, standings: Sequence[Standing], language: Language | None) -> str:
    """Return the text of a table of all people, with what students may see. Raises EngineError as `exported`."""
    wanted = format_of(kind)
    seen = [_seen(one, wanted, Surroundings()) for one in standings]
    return "".join(_table(kind, seen, language if wanted.streams else language_of(seen, language)))


def _table(kind: str, standings: Iterable[Standing], language: Language | None, **links: object) -> Iterable[str]:
    text = made(kind, format_of(kind).table, standings, language=language, **links)
    return [text] if isinstance(text, str) else text


def _seen(one: Standing, wanted: Format, place: Surroundings) -> Standing:
    """Return the standing with what its reader may see: what holds all people is never for instructors alone."""
    if one.report is None or (place.instructor and wanted.render is not None):
        return one
    return replace(one, report=for_students(one.report))


def _named(kind: str, standings: Sequence[Standing]) -> dict[str, str]:
    """Return the name of the file of each person who handed something in, by the person's id."""
    those = [one.person.id for one in standings if one.report is not None]
    return dict(zip(those, names_of(those, format_of(kind).suffix), strict=True))


def _each(
    kind: str, names: Mapping[str, str], standings: Standings, language: Language | None, place: Surroundings
) -> Iterator[ExportedFile]:
    """Yield a file for each person who has a name for one, made when it is read."""
    wanted = format_of(kind)
    for one in standings(evidence=wanted.evidence):
        report = _seen(one, wanted, place).report
        if report is not None and one.person.id in names:
            yield ExportedFile(name=names[one.person.id], data=_encoded(_late(kind, report, language, place)))


def _late(kind: str, report: AnyReport, language: Language | None, place: Surroundings) -> Iterator[str]:
    yield rendered(kind, report, language or report.language, place)


def _encoded(texts: Iterable[str]) -> Iterator[bytes]:
    for text in texts:
        yield text.encode()
