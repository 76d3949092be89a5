"""Writes reports in the format asked for, to the terminal or to files, and never through a link.

Whatever already has the name of a new file may have been handed in. So the file is written under a name that nobody can
have put there before, and then renamed to the wanted one.
"""

from __future__ import annotations

import os
import re
import stat
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TypeAlias

from grader.errors import EngineError, UsageError, unwritable
from grader.grading import for_students
from grader.language import Language, inert, say
from grader.model import Exhibit, Report, Withheld
from grader.report import FORMATS, Surroundings, format_of, rendered

if TYPE_CHECKING:
    from grader.model.standing import Standing

Reports: TypeAlias = Sequence[Report[Exhibit | Withheld]]

_DOWNLOADED = r"[^/]_(?:(?P<moodle>[0-9]+)_assignsubmission_\w*|(?:LATE_)?(?P<canvas>[0-9]+)_[0-9]+_[^/]+)$"
"""How Moodle calls the folder, and Canvas the file, of a person in a zip of all."""
_STREAMS = ("/dev/", "/proc/")
_MEMORY = "/dev/shm/"


def write(reports: Reports, format: str, lang: Language | None, output: str | None, *, instructor: bool) -> None:
    """Write `reports` in a format; without `instructor` nothing hidden is written.

    Raises UsageError if the file cannot be written.
    """
    refuse_several(format, len(reports))
    wanted = format_of(format)
    if wanted.table is not None:
        from grader.report.exporting import table

        utf8 = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
        marked = output is not None or (utf8 and not sys.stdout.isatty())
        put((wanted.mark if marked else "") + table(format, standings_of(reports), lang), output)
        return
    place = place_of(to_file=output is not None)
    texts = []
    for report in reports:
        language = lang or report.language
        seen = report if instructor else for_students(report)
        texts.append(rendered(format, seen, language, place))
        append_job_page(format, seen, language, alone=len(reports) == 1)
    if len(texts) == 1 or wanted.join is None:
        put(texts[0], output)
        return
    put(wanted.join([*texts, _at_a_glance(reports, lang)] if wanted.glance else texts), output)


def append_job_page(
    format: str, report: Report[Exhibit] | Report[Exhibit | Withheld], language: Language, *, alone: bool
) -> None:
    """Append what the format shows on the page of a CI job, and of a report `alone` what later steps can ask for."""
    wanted = format_of(format)
    page, outputs = os.environ.get("GITHUB_STEP_SUMMARY"), os.environ.get("GITHUB_OUTPUT")
    if wanted.job_page is not None and page:
        with Path(page).open("a", encoding="utf-8") as file:
            file.write(wanted.job_page(report, language=language))
    if wanted.job_outputs is not None and outputs and alone:
        with Path(outputs).open("a", encoding="utf-8") as file:
            file.writelines(f"{name}={value}\n" for name, value in wanted.job_outputs(report).items())


def write_each(reports: Reports, format: str, lang: Language | None, folder: str, *, instructor: bool) -> None:
    """Write a file for each report into `folder` in a format; HTML pages if the format is a table of all submissions.

    Raises UsageError if one cannot be written.
    """
    from grader.report.naming import names_of

    make_folder(folder)
    format = "html" if format_of(format).table is not None else format
    names = names_of([one.submission for one in reports], format_of(format).suffix)
    place = place_of(to_file=True)
    for report, name in zip(reports, names, strict=True):
        seen = report if instructor else for_students(report)
        put(rendered(format, seen, lang or report.language, place), str(Path(folder) / name))


def make_folder(folder: str) -> None:
    """Make a folder for reports, where it is not there. Raises UsageError if that cannot be, or it is a link."""
    refuse_links(Path(folder), last=True)
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(folder, error) from error


def standings_of(reports: Reports) -> list[Standing]:
    """Return a standing for each report: the submission's name stands for the person.

    What Moodle or Canvas called a download also tells the number by which they know the person.
    """
    from grader.model.standing import Person, Standing

    standings = []
    for report in reports:
        found = re.search(_DOWNLOADED, report.submission)
        ids = {name: text for name, text in found.groupdict().items() if text} if found is not None else {}
        person = Person(id=report.submission, ids=ids)
        standings.append(Standing(person=person, report=report, submission=report.submission))
    return standings


def write_summary(reports: Reports, lang: Language | None, output: str | None) -> None:
    """Write a line for each report."""
    put(_at_a_glance(reports, lang), output)


def refuse_several(format: str, count: int) -> None:
    """Raise UsageError if there are several submissions and a file of this format holds one."""
    if count < 2:
        return
    wanted = format_of(format)
    if wanted.join is None and wanted.table is None:
        several = [name for name in FORMATS if format_of(name).join or format_of(name).table]
        raise UsageError(
            say("A report in the format {name} holds one submission; {count} were given.", name=format, count=count),
            say("Write a file for each: --out FOLDER. Or name one of these by --format: {formats}",
                formats=", ".join(several)),
        )  # fmt: skip


def refuse_linked_places(output: str | None, folder: str | None) -> None:
    """Raise UsageError if the file `output`, or the reports' `folder`, lies behind a link."""
    if output is not None:
        refuse_links(Path(output).parent)
    if folder is not None:
        refuse_links(Path(folder), last=True)


def put(text: str, output: str | None) -> None:
    """Print `text`, or write it to the file `output`. Raises UsageError if that cannot be written."""
    if output is None:
        show_text(text)
        return
    try:
        write_file(Path(output), text)
    except OSError as error:
        raise _unwritable(output, error) from error


def _unwritable(path: str, error: OSError) -> UsageError | EngineError:
    said = say(
        "The report cannot be written to {path}: {why}", path=inert(path), why=inert(error.strerror or str(error))
    )
    return unwritable(error, said, say("Name another place: --output FILE or --out FOLDER."))


def _at_a_glance(reports: Reports, lang: Language | None) -> str:
    from grader.report import gradebook

    seen = [for_students(report) for report in reports]
    return gradebook.at_a_glance(seen, language=lang or reports[0].language, width=terminal_width())


def place_of(*, to_file: bool, instructor: bool = False) -> Surroundings:
    """Return what formats may ask about a file, or else about the terminal."""
    return Surroundings(
        width=terminal_width(),
        colour=not to_file and sys.stdout.isatty() and "NO_COLOR" not in os.environ,
        encoding="utf-8" if to_file else sys.stdout.encoding or "utf-8",
        root=os.environ.get("GITHUB_WORKSPACE", ""),
        environment=os.environ,
        now=datetime.now(UTC),
        instructor=instructor,
    )


def terminal_width() -> int:
    """Return the terminal's width, at most 100: longer lines are hard to read; 80 where there is none."""
    asked = os.environ.get("COLUMNS", "")
    if asked.isdecimal() and len(asked) < 10 and int(asked):  # int() refuses thousands of digits
        return min(int(asked), 100)
    try:
        return min(os.get_terminal_size(1).columns or 80, 100)
    except OSError:
        return 80


def show_text(text: str) -> None:
    """Print; a character that the terminal's encoding lacks becomes a question mark."""
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(text.encode(encoding, "replace").decode(encoding).rstrip("\n") + "\n")


def write_file(path: Path, text: str) -> None:
    """Write `text` to the file at `path`. Raises OSError; UsageError where a folder on the way is a link."""
    write_bytes(path, BytesIO(text.encode()))


def write_bytes(path: Path, source: BinaryIO) -> None:
    """Write all that `source` holds to the file at `path`. Raises as `write_file`."""
    refuse_links(path.parent)
    whole = os.path.abspath(path)  # noqa: PTH100 - /dev/stdout is a link
    if whole.startswith(_STREAMS) and not whole.startswith(_MEMORY):
        with path.open("wb") as stream:
            _copy(source, stream)
        return
    try:
        _replace(path, source)
    except OSError as error:  # a folder without the right to add files, or a file that is a mount of its own
        try:
            _rewrite(path, source)
        except FileNotFoundError:
            raise error from None


def _copy(source: BinaryIO, target: BinaryIO) -> None:
    source.seek(0)
    while block := source.read(1 << 16):
        target.write(block)


def refuse_links(folder: Path, *, last: bool = False) -> None:
    """Raise UsageError if a folder on the way to `folder`, as it is written, is a link.

    The way of an absolute path is the user's own, so it may hold links; with `last` the folder itself may not be one.
    """
    way = [folder] if last else []
    way += [] if folder.is_absolute() else [folder, *folder.parents]
    link = next((each for each in way if os.path.islink(each)), None)  # noqa: PTH114 - raises nothing
    if link is not None:
        raise UsageError(
            say("{path} is a link, and nothing is written through one: it may have been handed in.",
                path=inert(str(link), 1000)),
            say("Name the folder that it leads to: {path}", path=inert(os.path.realpath(folder), 1000)),
        )  # fmt: skip


def _replace(path: Path, source: BinaryIO) -> None:
    new = path.parent / f".pingfen-{os.urandom(8).hex()}"
    try:
        with new.open("xb") as stream:
            _keep_mode(path, new)
            _copy(source, stream)
        new.replace(path)
    except BaseException:
        new.unlink(missing_ok=True)
        raise


def _keep_mode(old: Path, new: Path) -> None:
    """Give `new` the rights of the user's own file that it replaces. Raises OSError if that may not be written.

    A folder is refused with the system's own error.
    """
    try:
        seen = old.lstat()
    except OSError:
        return
    if stat.S_ISDIR(seen.st_mode):
        raise IsADirectoryError
    if not stat.S_ISREG(seen.st_mode):
        return
    if not os.access(old, os.W_OK):
        raise PermissionError
    if hasattr(os, "geteuid") and seen.st_uid == os.geteuid():
        new.chmod(stat.S_IMODE(seen.st_mode) & 0o777)


def _rewrite(path: Path, source: BinaryIO) -> None:
    """Overwrite the file at `path` if it is an ordinary one and has no second name (hard link)."""
    flags = os.O_WRONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    with os.fdopen(os.open(path, flags), "wb") as stream:
        seen = os.fstat(stream.fileno())
        if not stat.S_ISREG(seen.st_mode) or seen.st_nlink > 1:
            raise PermissionError(1, os.strerror(1), str(path))
        stream.truncate(0)
        _copy(source, stream)
