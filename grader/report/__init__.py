"""Reports: each module of a format turns a `Report` into text and knows nothing of the stages that made it.

A new format is one module here that declares its `FORMAT`, and one line in `FORMATS`. A package of a course's own adds
one by an entry point, without a change here:

    [project.entry-points."pingfen.reports"]
    latex = "course_reports.latex:FORMAT"
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct

from grader.errors import EngineError, UsageError
from grader.language import inert, say

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
}
"""The formats by name, each with the module whose `FORMAT` it is; imported when asked for."""


class Format(Struct, frozen=True, kw_only=True):
    """How reports become text in one format.

    `render(report, language=…)` returns the text of one report: a `Report[Exhibit]`, which holds nothing that students
    may not see, or for an instructor a `Report[Exhibit | Withheld]` (see `grader.model`). It writes no file and returns
    the same text for the same report. `asks` names what else it is given about the place that the text goes to: `width`
    (cells in a line), `colour` (whether there are colours), `encoding`, `root` (the repository's folder in a CI job,
    else "").

    A file of the format ends with `suffix`. `join(texts)` makes one text of several reports' texts, and with `glance` a
    line for each submission follows them; a format without `join` has one submission a file.

    `table(reports, language=…)` is there in place of `render`: it returns one text for all submissions, made of what
    students may see. A file of it begins with `mark`.

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
    table: Callable[..., str] | None = None
    mark: str = ""
    job_page: Callable[..., str] | None = None
    job_outputs: Callable[..., Mapping[str, str]] | None = None
    windows: bool = False
    platform: bool = False


def contributed() -> list[str]:
    """Return the names of the formats that installed packages add, in alphabetical order."""
    from importlib.metadata import entry_points

    return sorted({point.name for point in entry_points(group=GROUP)} - FORMATS.keys())


def format_of(name: str) -> Format:
    """Return the format called `name`; other packages are looked at only if none here is called so.

    Raises UsageError where there is none, EngineError where a package has one that cannot be used.
    """
    if name in FORMATS:
        found: Format = importlib.import_module(FORMATS[name]).FORMAT
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
    if not isinstance(loaded, Format) or (loaded.render is None and loaded.table is None):
        raise EngineError(
            say(
                "The report format {name} cannot be used: {value} is not a `grader.report.Format` with `render` or "
                "`table`.",
                name=name, value=inert(point.value, 200),
            )
        )  # fmt: skip
    return loaded
