"""The first page of a kit: what lies in it and how to check one's own work."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from grader.language import Message, listed, say
from grader.model import Rubric
from grader.release.public import complete, uncheckable


def readme(
    rubric: Rubric, checks: Collection[tuple[str, str]], submission: str, *, sealed: bool = False, install: str = ""
) -> str:
    """Return the README of a kit in the rubric's language; `checks` are those the kit can make.

    `install` is the command by which this course's students install the grader ("": the page says what to look for).
    """
    language, here = rubric.language, {function for function, _ in checks}
    first = next((problem.function for problem in rubric.problems if problem.function in here), "NAME")
    setup = [] if install else [_where().text(language)]
    commands = [
        *([install] if install else []),
        f"grade                      # {say('checks the whole file').text(language)}",
        f"grade --only {first:<13} # {say('checks one function').text(language)}",
    ]
    parts = [
        f"# {rubric.title.text(language)}",
        say("Write your code in `{path}`, between the markers.", path=submission).text(language),
        *setup,
        "\n".join(["```bash", *commands, "```"]),
        *(said.text(language) for said in _missing(rubric, checks, sealed=sealed)),
    ]
    return "\n\n".join(parts) + "\n"


def _where() -> Message:
    return say(
        "The grader is called pingfen and needs Python 3.11 or newer. Install it from where your course keeps it: "
        "`pip install FOLDER` from its source, or `pip install FILE.whl` from a file you were given."
    )


def _missing(rubric: Rubric, checks: Collection[tuple[str, str]], *, sealed: bool) -> Iterator[Message]:
    """Yield what is to be known of checks that are sealed, and of those that are not here."""
    if sealed:
        yield say(
            "Hidden checks are here too, without their answers: a digest tells whether yours is right, and nothing "
            "else."
        )
    if not complete(rubric, checks):
        yield say(
            "These checks are only a part: your work is graded with others that are not here, and the points here "
            "are those of the checks that are."
        )
    if absent := uncheckable(rubric, checks):
        yield say("Not checked here, but graded by your course: {functions}.", functions=listed(absent))
