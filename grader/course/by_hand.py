"""Grading by hand: the table that goes out and comes back, in an order that says nothing, under names that do not.

A name in the table is a token: it follows from a secret of the store, the person and nothing else, so it is the same
each time. The order is that of the tokens. Whoever marks knows the work, and not whose it is, as far as it does not say
so itself.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from grader.course.copies import laid_out
from grader.course.roll import Roll
from grader.course.standings import standings
from grader.course.store import Store
from grader.errors import Fault, MarksError, UsageError
from grader.grading import marks
from grader.language import Language, inert, say
from grader.model import ManualItem
from grader.report.cells import cell, line
from grader.report.points import show_points

TOKEN = 10
"""Letters of a token: 50 bits, so that two of 10⁶ people are told apart."""
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def token(store: Store, person: str) -> str:
    """Return the name under which a person's work is marked."""
    secret = store.fact("marking", lambda: secrets.token_hex(32))
    digest = hmac.digest(bytes.fromhex(secret), person.encode("utf-8", "surrogatepass"), "sha256")
    return "".join(_LETTERS[each % len(_LETTERS)] for each in digest[:TOKEN])


def table(store: Store, language: Language) -> str:
    """Return a row for each item of each person who handed in something, as CSV: token, item, points, comment, most."""
    words = (say("name"), say("item"), say("points"), say("comment"), say("at most"))
    head = [word.text(language) for word in words]
    rows = []
    for standing in standings(store, evidence="none"):
        if standing.report is None:
            continue
        whose = token(store, standing.person.id)
        for item in standing.report.manual:
            given = show_points(item.score) if item.score is not None else ""
            rows.append([whose, item.name, given, item.comment, show_points(item.max_score)])
    return "".join(line(map(cell, row)) for row in [head, *sorted(rows)])


def lay_out_work(store: Store, folder: Path) -> int:
    """Write what counts of each person into a folder of its token; return how many there are."""
    count = 0
    for standing in standings(store, evidence="none"):
        archive = store.copy_of(standing.person.id)
        if archive is None:
            continue
        own = folder / token(store, standing.person.id)
        own.mkdir(parents=True, exist_ok=True)
        with laid_out(archive) as path:
            for file in [path] if path.is_file() else [each for each in path.rglob("*") if _ordinary(each)]:
                target = own / (file.name if path.is_file() else file.relative_to(path))
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(file.read_bytes())
        count += 1
    return count


def _ordinary(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def decisions(
    store: Store, path: Path, items: Sequence[ManualItem], graded: Sequence[str], who: str
) -> list[Mapping[str, Any]]:
    """Return what a table of marks decides that is not so already. People are named by token, or as in `Roll`.

    Raises UsageError for a table that cannot be read, MarksError for all that is wrong with it.
    """
    read = marks.read(path, items, graded)
    people = store.people()
    tokens, roll = {token(store, person): person for person in people}, Roll(people.values())
    standing = {one.person.id: one.report for one in standings(store, evidence="none")}
    found: list[Mapping[str, Any]] = []
    faults, seen = list(read.faults), dict[tuple[str, str], marks.Mark]()
    for mark in read.marks:
        try:
            person = tokens.get(mark.name) or roll.person(mark.name).id
        except UsageError as error:
            faults.append(Fault(at=mark.at, message=error.message, hint=error.hint, line_text=mark.line_text))
            continue
        if standing.get(person) is None:
            said = say("`{name}` handed in nothing that is graded.", name=inert(mark.name, 80))
            faults.append(Fault(at=mark.at, message=said, hint=None, line_text=mark.line_text))
            continue
        first = seen.setdefault((person, mark.item), mark)
        if first is not mark:
            said = say("`{item}` of `{name}` has a mark already.", item=mark.item, name=inert(mark.name, 80))
            hint = say("The first one is in line {line}.", line=first.at.line)
            faults.append(Fault(at=mark.at, message=said, hint=hint, line_text=mark.line_text))
        elif not _is_so(standing[person], mark):
            found.append(
                {
                    "kind": "mark",
                    "person": person,
                    "item": mark.item,
                    "points": mark.score,
                    "why": mark.comment,
                    "who": who,
                }
            )
    if faults:
        raise MarksError(faults)
    return found


def _is_so(report: Any, mark: marks.Mark) -> bool:
    own: Mapping[str, tuple[Fraction | None, str]] = {each.name: (each.score, each.comment) for each in report.manual}
    return own.get(mark.item) == (mark.score, mark.comment)
