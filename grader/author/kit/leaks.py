"""What must not be in a kit: looked for in its files before they are written."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from pathlib import Path

from msgspec import Struct

from grader.author.kit.following import stubs
from grader.author.kit.kit import Kit
from grader.author.kit.public import EXPECTED
from grader.author.kit.sealing import arrays
from grader.grading import Prepared
from grader.language import Message, inert, say
from grader.model import Returned, checks_of

SHORTEST = 12
"""Characters of a line of the reference that is looked for: shorter ones (`Z = Z + 1`) stand anywhere."""


class Leak(Struct, frozen=True, kw_only=True):
    """Something of the author's in a file of the kit."""

    path: str
    message: Message


def leaks(kit: Kit, prepared: Prepared, seeds: Collection[int] = ()) -> list[Leak]:
    """Return what a kit gives away: the seed, lines of the reference, known mistakes' names, hidden expected values.

    `seeds` are others that must not be in it either. What the author wrote into the student's own README counts as
    meant, and so do lines that the stub keeps.
    """
    return [*_words(kit, prepared, {prepared.plan.rubric.seed, *seeds}), *_values(kit, prepared)]


def _words(kit: Kit, prepared: Prepared, seeds: Collection[int]) -> Iterator[Leak]:
    secret = _secret_lines(prepared)
    names = _mistakes(prepared)
    long = "|".join(str(seed) for seed in sorted(seeds) if seed > 999)
    for path, data in kit.files.items():
        text = data.decode("utf-8", "replace")
        if long and re.search(rf"(?<![\d.])(?:{long})(?!\d)", text):
            yield Leak(path=path, message=say("It holds the rubric's seed."))
        for name in names:
            if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text):
                yield Leak(path=path, message=say("It names the known mistake {name}.", name=name))
        if not path.endswith(".md"):
            lines = {_bare(line) for line in text.replace("\\n", "\n").replace('\\"', '"').split("\n")}
            yield from (
                Leak(path=path, message=say("It holds a line of the reference: {line}", line=inert(line, 80)))
                for line in sorted(secret & lines)
            )


def _secret_lines(prepared: Prepared) -> set[str]:
    """Return the reference's lines that no stub keeps."""
    source = prepared.plan.reference
    theirs = [source.original, *(text for _, text in source.source.modules)]
    kept = {_bare(line) for text in stubs(prepared.plan).values() for line in text.split("\n")}
    lines = {_bare(line) for text in theirs for line in text.split("\n")}
    return {line for line in lines - kept if len(line) >= SHORTEST and not line.startswith("#")}


def _bare(line: str) -> str:
    """Return a line without white space and a notebook's quotes around it."""
    return re.sub(r"\s+", "", line.strip().strip('",'))


def _mistakes(prepared: Prepared) -> set[str]:
    """Return the known mistakes' names, those apart that are ordinary words."""
    path = prepared.plan.rubric.mistakes
    if not path:
        return set()
    from grader.rubric.mistakes import mistakes

    found = mistakes(Path(path), prepared.plan.reference.source.text)
    return {each.name for each in found if "_" in each.name} | {each.symbol for each in found}


def _values(kit: Kit, prepared: Prepared) -> Iterator[Leak]:
    """Yield the hidden cases whose expected arrays stand in the kit; an output that is an input is no secret."""
    from grader.grading.expected import read

    tasks = read(kit.files[EXPECTED]).tasks
    cases = [task.case for task in tasks]
    shown = {key for case in cases for call in case.calls for key in arrays(call.arguments)}
    shown |= {key for case in cases for value in case.names.values() for key in arrays(value)}
    answers = [outcome.value for task in tasks for outcome in task.want if isinstance(outcome, Returned)]
    shown |= {key for value in answers for key in arrays(value)}
    checks = checks_of(prepared.plan.rubric.problems)
    for task in prepared.tasks:
        if checks[task.key].visibility == "public":
            continue
        case = task.case
        own = {key for call in case.calls for key in arrays(call.arguments)}
        for outcome in task.want:
            if isinstance(outcome, Returned) and (arrays(outcome.value) - own) & shown:
                message = say(
                    "It holds what {function} is expected to return in a hidden case of {check}.",
                    function=case.function,
                    check=checks[task.key].name,
                )
                yield Leak(path=EXPECTED, message=message)
