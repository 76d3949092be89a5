"""The first page of a kit: what lies in it and how to check one's own work."""

from __future__ import annotations

from collections.abc import Collection

from grader.language import say
from grader.model import Rubric
from grader.release.public import complete


def readme(rubric: Rubric, checks: Collection[tuple[str, str]], submission: str, *, sealed: bool = False) -> str:
    """Return the README of a kit in the rubric's language; `checks` are those the kit can make."""
    language = rubric.language
    first = next(problem.function for problem in rubric.problems)
    parts = [
        f"# {rubric.title.text(language)}",
        say("Write your code in `{path}`, between the markers.", path=submission).text(language),
        "```bash\npip install pingfen\n"
        f"grade                      # {say('checks the whole file').text(language)}\n"
        f"grade --only {first:<13} # {say('checks one function').text(language)}\n```",
    ]
    if sealed:
        parts.append(
            say(
                "Hidden checks are here too, without their answers: a digest tells whether yours is right, and nothing "
                "else."
            ).text(language)
        )
    if not complete(rubric, checks):
        parts.append(
            say(
                "These checks are only a part: your work is graded with others that are not here, and the points here "
                "are those of the checks that are."
            ).text(language)
        )
    return "\n\n".join(parts) + "\n"
