"""Reports: each module of a format turns a `Report` into text and knows nothing of the stages that made it.

A new format is one module here that declares its `FORMAT`, and one line in `FORMATS`. A package of a course's own adds
one by an entry point, without a change here:

    [project.entry-points."pingfen.reports"]
    latex = "course_reports.latex:FORMAT"
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Literal, TypeAlias, TypeVar

from msgspec import Struct

from grader.errors import EngineError, GraderError, UsageError
from grader.language import Language, Message, inert, say
from grader.model import Exhibit, Report, Withheld

if TYPE_CHECKING:
    from datetime import datetime

GROUP = "pingfen.reports"
"""The entry points of formats that other packages add; each names a `Format`."""

FORMATS = {
    "text": "grader.report.terminal",
    "json": "grader.report.json",
    "html": "grader.report.html",
    "markdown": "grader.report.markdown",
    "junit": "grader.report.junit",
    "gradescope": "grader.report.gradescope",
    "prairielearn": "grader.report.prairielearn",
    "github": "grader.report.github",
    "csv": "grader.report.gradebook",
    "jsonl": "grader.report.jsonl",
    "html-class": "grader.report.class_page",
    "classroom50": "grader.report.classroom50",
    "coursera": "grader.report.coursera",
    "nbgrader": "grader.report.nbgrader",
    "autolab": "grader.report.autolab",
}
"""The formats by name, each with the module whose `FORMAT` it is; imported when asked for."""

FILES = {
    "canvas": "grader.report.canvas",
    "moodle": "grader.report.moodle",
    "moodle-feedback": "grader.report.moodle_feedback",
}
"""Formats that are files only, and no text: what a platform takes back, often in the file that it gave out."""

Fills: TypeAlias = Literal["", "may", "must"]
T = TypeVar("T")


class Surroundings(Struct, frozen=True, kw_only=True):
    """Where a report goes: what formats ask about it, and whether instructors read it.

    `width` is in cells, `root` the repository's folder in a CI job, else "". `environment` are the variables that the
    platform set, and `now` is the time.
    """

    width: int = 80
    colour: bool = False
    encoding: str = "utf-8"
    root: str = ""
    environment: Mapping[str, str] = {}
    now: datetime | None = None
    instructor: bool = False


class Filled(Struct, frozen=True):
    """A file for a platform: its bytes, and what whoever asked for it should know."""

    data: bytes
    remarks: tuple[Message, ...] = ()


class Format(Struct, frozen=True, kw_only=True):
    """How reports become text in one format.

    `render(report, language=…)` returns the text of one report: a `Report[Exhibit]`, which holds nothing that students
    may not see, or for an instructor a `Report[Exhibit | Withheld]` (see `grader.model`). It writes no file and returns
    the same text for the same report. `asks` names what else it is given: fields of `Surroundings`. It raises
    EngineError where it has no way to say that something was not graded: there is no text then, and never a 0.

    A file of the format ends with `suffix`. `join(texts)` makes one text of several reports' texts, and with `glance` a
    line for each submission follows them; a format without `join` has one submission a file.

    `table(standings, language=…)` is there in place of `render`: it returns one text for all `Standing`s, or the texts
    that it consists of, made of what students may see. A file of it begins with `mark`. With `streams` it looks at the
    standings once, one by one. Without `evidence` it shows none, and its standings come without, which are read
    much faster. With `links` (a format's name) it may also be given `pages`: a folder then holds its text as `index`,
    and a file for each person in that format, whose path is in `pages` by the person's id.

    `file(standings, language=…, filled=…)` is there in place of both: it returns a `Filled`. `filled` are the bytes of
    a file that the platform gave out, in which this one `fills` in the points: it may or must be given. It raises
    UsageError where that is another file.

    `job_page(report, language=…)` returns what is appended to the page of a CI job, and `job_outputs(report)` what
    later steps of it can ask for, by name. With `windows`, the report also says which part of an input a wrong element
    is made of; that takes some dozens of calls. A `platform` reads what is printed, so it gets a report also where
    nothing could be graded.
    """

    suffix: str = "txt"
    render: Callable[..., str] | None = None
    asks: tuple[str, ...] = ()
    join: Callable[[Sequence[str]], str] | None = None
    glance: bool = False
    table: Callable[..., str | Iterator[str]] | None = None
    mark: str = ""
    streams: bool = False
    evidence: bool = True
    links: str = ""
    file: Callable[..., Filled] | None = None
    fills: Fills = ""
    job_page: Callable[..., str] | None = None
    job_outputs: Callable[..., Mapping[str, str]] | None = None
    windows: bool = False
    platform: bool = False


def contributed() -> list[str]:
    """Return the names of the formats that installed packages add, in alphabetical order."""
    from importlib.metadata import entry_points

    return sorted({point.name for point in entry_points(group=GROUP)} - FORMATS.keys() - FILES.keys())


def format_of(name: str) -> Format:
    """Return the format called `name`; other packages are looked at only if none here is called so.

    Raises UsageError where there is none, EngineError where a package has one that cannot be used.
    """
    ours = FORMATS.get(name) or FILES.get(name)
    if ours is not None:
        found: Format = importlib.import_module(ours).FORMAT
        return found
    from importlib.metadata import entry_points

    point = next(iter(entry_points(group=GROUP, name=name)), None)
    if point is None:
        raise UsageError(say("There is no report format {name}.", name=inert(name, 80)))
    try:
        loaded = point.load()
    except Exception as error:  # it is another's code
        why = inert(f"{type(error).__name__}: {error}", 400)
        raise EngineError(say("The report format {name} cannot be loaded: {why}", name=name, why=why)) from error
    if not isinstance(loaded, Format) or (loaded.render is None and loaded.table is None and loaded.file is None):
        raise EngineError(
            say(
                "The report format {name} cannot be used: {value} is not a `grader.report.Format` with `render` or "
                "`table`.",
                name=name, value=inert(point.value, 200),
            )
        )  # fmt: skip
    return loaded


def made(name: str, make: Callable[..., T] | None, *given: object, **asked: object) -> T:
    """Return what a function of the format called `name` makes of what it is given.

    Raises EngineError where the code of another package's format fails; our own errors stay what they are.
    """
    assert make is not None, "another function of the format does this"
    if name in FORMATS or name in FILES:
        return make(*given, **asked)
    try:
        return make(*given, **asked)
    except GraderError:
        raise
    except Exception as error:  # the code of an installed format failed
        why = inert(f"{type(error).__name__}: {error}", 400)
        raise EngineError(say("The report format {name} failed: {why}", name=name, why=why)) from error


def rendered(name: str, report: Report[Exhibit | Withheld], language: Language, place: Surroundings) -> str:
    """Return the text of one report in the format called `name`. Raises as `format_of`, `Format.render` and `made`."""
    wanted = format_of(name)
    return made(name, wanted.render, report, language=language, **{asks: getattr(place, asks) for asks in wanted.asks})
