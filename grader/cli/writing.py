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
from itertools import takewhile
from pathlib import Path
from typing import TypeAlias

from grader.errors import EngineError, UsageError, unwritable
from grader.grading import for_students
from grader.language import Language, inert, say
from grader.model import Exhibit, Report, Withheld
from grader.report import FORMATS, format_of

Reports: TypeAlias = Sequence[Report[Exhibit | Withheld]]

_LONGEST = 100
_MOST_BYTES = 200
"""A file's name may have 255 bytes in most file systems; a Chinese character takes three."""
_STREAMS = ("/dev/", "/proc/")
_MEMORY = "/dev/shm/"


def write(reports: Reports, format: str, lang: Language | None, output: str | None, *, instructor: bool) -> None:
    """Write `reports` in a format; without `instructor` nothing hidden is written.

    Raises UsageError if the file cannot be written.
    """
    refuse_several(format, len(reports))
    wanted = format_of(format)
    if wanted.table is not None:
        utf8 = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
        marked = output is not None or (utf8 and not sys.stdout.isatty())
        table = wanted.table([for_students(one) for one in reports], language=lang or reports[0].language)
        put((wanted.mark if marked else "") + table, output)
        return
    texts = []
    for report in reports:
        language = lang or report.language
        seen = report if instructor else for_students(report)
        texts.append(_render(seen, format, language, to_file=output is not None))
        page, outputs = os.environ.get("GITHUB_STEP_SUMMARY"), os.environ.get("GITHUB_OUTPUT")
        if wanted.job_page is not None and page:
            with Path(page).open("a", encoding="utf-8") as file:
                file.write(wanted.job_page(seen, language=language))
        if wanted.job_outputs is not None and outputs and len(reports) == 1:
            with Path(outputs).open("a", encoding="utf-8") as file:
                file.writelines(f"{name}={value}\n" for name, value in wanted.job_outputs(seen).items())
    if len(texts) == 1 or wanted.join is None:
        put(texts[0], output)
        return
    put(wanted.join([*texts, _at_a_glance(reports, lang)] if wanted.glance else texts), output)


def write_each(reports: Reports, format: str, lang: Language | None, folder: str, *, instructor: bool) -> None:
    """Write a file for each report into `folder` in a format; HTML pages if the format is a table of all submissions.

    Raises UsageError if one cannot be written.
    """
    refuse_links(Path(folder), last=True)
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(folder, error) from error
    format = "html" if format_of(format).table is not None else format
    names = names_of([one.submission for one in reports], format_of(format).suffix)
    for report, name in zip(reports, names, strict=True):
        seen = report if instructor else for_students(report)
        put(_render(seen, format, lang or report.language, to_file=True), str(Path(folder) / name))


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


def _render(
    report: Report[Exhibit] | Report[Exhibit | Withheld], format: str, language: Language, *, to_file: bool
) -> str:
    wanted = format_of(format)
    assert wanted.render is not None, "a table of all submissions is written by itself"
    place = {
        "width": terminal_width(),
        "colour": not to_file and sys.stdout.isatty() and "NO_COLOR" not in os.environ,
        "encoding": "utf-8" if to_file else sys.stdout.encoding or "utf-8",
        "root": os.environ.get("GITHUB_WORKSPACE", ""),
    }
    try:
        return wanted.render(report, language=language, **{name: place[name] for name in wanted.asks})
    except Exception as error:  # the code of an installed format failed
        if format in FORMATS:
            raise
        why = inert(f"{type(error).__name__}: {error}", 400)
        raise EngineError(say("The report format {name} failed: {why}", name=format, why=why)) from error


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
    refuse_links(path.parent)
    whole = os.path.abspath(path)  # noqa: PTH100 - /dev/stdout is a link
    if whole.startswith(_STREAMS) and not whole.startswith(_MEMORY):
        path.write_text(text, encoding="utf-8")
        return
    try:
        _replace(path, text)
    except OSError as error:  # a folder without the right to add files, or a file that is a mount of its own
        try:
            _rewrite(path, text)
        except FileNotFoundError:
            raise error from None


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


def _replace(path: Path, text: str) -> None:
    new = path.parent / f".pingfen-{os.urandom(8).hex()}"
    try:
        with new.open("x", encoding="utf-8") as stream:
            _keep_mode(path, new)
            stream.write(text)
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


def _rewrite(path: Path, text: str) -> None:
    """Overwrite the file at `path` if it is an ordinary one and has no second name (hard link)."""
    flags = os.O_WRONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    with os.fdopen(os.open(path, flags), "w", encoding="utf-8") as stream:
        seen = os.fstat(stream.fileno())
        if not stat.S_ISREG(seen.st_mode) or seen.st_nlink > 1:
            raise PermissionError(1, os.strerror(1), str(path))
        stream.truncate(0)
        stream.write(text)


def names_of(submissions: Sequence[str], suffix: str) -> list[str]:
    """Return a file name for each submission's report: its path without the folders that all share; no two are alike.

    Names that can stay as they are come first, so that no changed name takes that of another submission.
    """
    parts = [Path(each).parts for each in submissions]
    above = common_folders([each[:-1] for each in parts])
    wanted = ["-".join(each[above:]) for each in parts]
    stems = [_stem(each) for each in wanted]
    unchanged = [len(each) - above == 1 and stem == name for each, stem, name in zip(parts, stems, wanted, strict=True)]
    names = [""] * len(parts)
    taken: set[str] = set()
    for again in (False, True):
        for place, stem in enumerate(stems):
            if names[place] or not (unchanged[place] or again):
                continue
            name, number = f"{stem}.{suffix}", 1
            while name.casefold() in taken and again:
                number += 1
                name = f"{stem}-{number}.{suffix}"
            if name.casefold() not in taken:
                names[place] = name
                taken.add(name.casefold())
    return names


def common_folders(parts: Sequence[tuple[str, ...]]) -> int:
    """Return how many folders all paths begin with, given the parts of each."""
    levels = zip(*parts, strict=False)
    return sum(1 for _ in takewhile(lambda level: len(set(level)) == 1, levels))


def _stem(name: str) -> str:
    stem = re.sub(r"[^\w.()+@-]+", "_", name).strip("._-")[:_LONGEST] or "submission"
    return stem.encode()[:_MOST_BYTES].decode(errors="ignore")
