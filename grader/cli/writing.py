"""Writes reports in the format asked for, to the terminal or to a file."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from grader.cli.output import refuse_links, write_file
from grader.errors import UsageError
from grader.grading import for_students
from grader.language import Language, inert, say
from grader.model import Exhibit, Report, Withheld

FORMATS = ("text", "json", "html", "markdown", "junit", "gradescope", "github", "csv")
"""Each but "text" and "csv", which is a table of all submissions, is `grader.report.NAME.render`."""
ALONE = ("html", "junit", "gradescope")
"""The formats whose files hold one submission."""


def write(
    reports: Sequence[Report[Exhibit | Withheld]],
    form: str,
    lang: Language | None,
    output: str | None,
    *,
    instructor: bool,
) -> None:
    """Write `reports` as `form`; a student's audience gets reports without anything hidden.

    Raises UsageError if the file cannot be written.
    """
    fits(form, len(reports))
    if form == "csv":
        _write_table(reports, lang, output)
        return
    texts = []
    for report in reports:
        language = lang or report.language
        seen = report if instructor else for_students(report)
        texts.append(_render(seen, form, language, to_file=output is not None))
        if form == "github":
            _summarise(seen, language)
    if form == "text" and len(reports) > 1:
        texts.append(_at_a_glance(reports, lang))
    put(_joined(texts, form), output)


def write_each(
    reports: Sequence[Report[Exhibit | Withheld]], form: str, lang: Language | None, folder: str, *, instructor: bool
) -> None:
    """Write a file for each report into `folder` as `form` (pages, where that is the table of all of them).

    Raises UsageError if one cannot be written.
    """
    from grader.cli.works import names_of

    refuse_links(Path(folder), last=True)
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(folder, error) from error
    for report, name in zip(reports, names_of([one.submission for one in reports], form), strict=True):
        seen = report if instructor else for_students(report)
        text = _render(seen, "html" if form == "csv" else form, lang or report.language, to_file=True)
        put(text, str(Path(folder) / name))


def write_summary(reports: Sequence[Report[Exhibit | Withheld]], lang: Language | None, output: str | None) -> None:
    """Write a line for each report."""
    put(_at_a_glance(reports, lang), output)


def fits(form: str, count: int) -> None:
    """Raise UsageError for a format whose file holds one submission, where there are several."""
    if count > 1 and form in ALONE:
        raise UsageError(
            say("{form} holds one submission; {count} were given.", form=form, count=count),
            say("Write a file for each: --out FOLDER. Or use --format text, json, markdown or csv."),
        )


def reachable(output: str | None, folder: str | None) -> None:
    """Raise UsageError where the file `output`, or the reports' `folder`, lies behind a link."""
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


def _unwritable(path: str, error: OSError) -> UsageError:
    why = inert(error.strerror or "")
    return UsageError(say("The report cannot be written to {path}: {why}", path=inert(path), why=why))


def _write_table(reports: Sequence[Report[Exhibit | Withheld]], lang: Language | None, output: str | None) -> None:
    """Write the gradebook; a file, and what is piped into one, says that it is UTF-8."""
    from grader.report import gradebook

    table = gradebook.render([for_students(one) for one in reports], language=lang or reports[0].language)
    utf8 = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    marked = output is not None or (utf8 and not sys.stdout.isatty())
    put((gradebook.MARK if marked else "") + table, output)


def _at_a_glance(reports: Sequence[Report[Exhibit | Withheld]], lang: Language | None) -> str:
    from grader.report import summary

    seen = [for_students(report) for report in reports]
    return summary.render(seen, language=lang or reports[0].language, width=terminal_width())


def _summarise(report: Report[Exhibit] | Report[Exhibit | Withheld], language: Language) -> None:
    """Append the report to the job's page, where GitHub Actions names a file for it."""
    from grader.report import github

    page = os.environ.get("GITHUB_STEP_SUMMARY")
    if page:
        with Path(page).open("a", encoding="utf-8") as file:
            file.write(github.summary(report, language=language))


def _render(
    report: Report[Exhibit] | Report[Exhibit | Withheld], form: str, language: Language, *, to_file: bool
) -> str:
    if form == "github":
        from grader.report import github

        return github.render(report, language=language, root=os.environ.get("GITHUB_WORKSPACE", ""))
    if form != "text":
        import importlib

        text: str = importlib.import_module(f"grader.report.{form}").render(report, language=language)
        return text
    from grader.report import terminal

    colour = not to_file and sys.stdout.isatty() and "NO_COLOR" not in os.environ
    encoding = "utf-8" if to_file else sys.stdout.encoding or "utf-8"
    return terminal.render(report, language=language, width=terminal_width(), colour=colour, encoding=encoding)


def terminal_width() -> int:
    """Return the terminal's width, at most 100: longer lines are hard to read; 80 where there is none."""
    asked = os.environ.get("COLUMNS", "")
    if asked.isdecimal() and len(asked) < 10 and int(asked):  # Python reads no number of thousands of digits
        return min(int(asked), 100)
    try:
        return min(os.get_terminal_size(1).columns or 80, 100)
    except OSError:
        return 80


def _joined(texts: Sequence[str], form: str) -> str:
    if form == "json" and len(texts) != 1:
        return "[" + ",\n".join(text.strip() for text in texts) + "]\n"
    return "\n".join(texts)


def show_text(text: str) -> None:
    """Print; a character that the terminal's encoding lacks becomes a question mark, never a traceback."""
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(text.encode(encoding, "replace").decode(encoding).rstrip("\n") + "\n")
