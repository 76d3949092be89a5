"""Grading by hand: the table that goes out and comes back, in an order that says nothing, under names that do not.

A name in the table is a token: it follows from a secret of the store, the person and nothing else, so it is the same
each time. What several people handed in together has the token of the first of them, and its mark is that of all. The
order is that of the tokens. Whoever marks knows the work, and not whose it is, as far as it does not say so itself.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from grader.course.copies import laid_out
from grader.course.entries.nbgrader import WRITTEN
from grader.course.roll import Roll
from grader.course.standings import standings
from grader.course.store import Store
from grader.course.units import works
from grader.errors import Fault, MarksError, UsageError
from grader.grading import marks
from grader.language import Language, inert, listed, say
from grader.model import ManualItem, ManualResult
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


class MarkedWork(Struct, frozen=True, kw_only=True):
    """What is marked under one token: whose it is, which convention told of it, and how each item stands."""

    token: str
    people: tuple[str, ...]
    named_by: str
    items: tuple[ManualResult, ...]


def marked_works(store: Store, items: Collection[str] | None) -> list[MarkedWork]:
    """Return all work that is marked, in the order of the tokens: of the `items` (`None`: all) those that it has.

    Members of a group who have different marks have a token each.
    """
    manual = {one.person.id: one.report.manual for one in standings(store, evidence="none") if one.report is not None}
    counted = store.counted_hand_ins()
    found: dict[Any, MarkedWork] = {}
    for of, people in works(store).items():
        for person in people:
            own = tuple(each for each in manual.get(person, ()) if items is None or each.name in items)
            key = of, tuple((each.name, each.score, each.comment) for each in own)
            work = found.get(key) or MarkedWork(
                token=token(store, person), people=(), named_by=counted[person].named_by, items=own
            )
            found[key] = replace(work, people=(*work.people, person))
    return sorted((each for each in found.values() if each.items), key=lambda each: each.token)


def wanting(store: Store, found: Sequence[MarkedWork], items: Sequence[str] | None) -> list[str]:
    """Return which of the `items` that the rubric lists (`None`: nobody knows) are not in everybody's report.

    Raises UsageError where there is nothing to mark.
    """
    if items is not None and not items:
        raise UsageError(say("The rubric lists nothing below `manual`, so there is nothing to grade by hand."))
    if not store.counted_hand_ins():
        raise UsageError(say("Nobody has a score yet."), say("Grade the class first: grade class SUBMISSIONS…"))
    if not found:
        if items is None:
            raise UsageError(say("No report has anything to grade by hand."))
        raise UsageError(
            say("What the rubric lists below `manual` is in no report yet: {items}.", items=listed(items)),
            say("Take it in first: grade class regrade --apply"),
        )
    reports = [one.report.manual for one in standings(store, evidence="none") if one.report is not None]
    return [each for each in items or () if not all(each in {item.name for item in own} for own in reports)]


def table(found: Sequence[MarkedWork], language: Language) -> str:
    """Return a row for each item of each work, as CSV: token, item, points, comment, most."""
    words = (say("name"), say("item"), say("points"), say("comment"), say("at most"))
    rows = [[word.text(language) for word in words]]
    for work in found:
        for item in sorted(work.items, key=lambda each: each.name):
            given = show_points(item.score) if item.score is not None else ""
            rows.append([work.token, item.name, given, item.comment, show_points(item.max_score)])
    return "".join(line(map(cell, row)) for row in rows)


def lay_out_work(store: Store, found: Sequence[MarkedWork], folder: Path) -> int:
    """Write each work into a folder of its token, but for what a platform wrote; return how many there are."""
    count = 0
    for work in found:
        archive = store.copy_of(work.people[0])
        if archive is None:
            continue
        own = folder / work.token
        own.mkdir(parents=True, exist_ok=True)
        with laid_out(archive) as path:
            for file in [path] if path.is_file() else _files(path, work.named_by):
                target = own / (file.name if path.is_file() else file.relative_to(path))
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(file.read_bytes())
        count += 1
    return count


def _files(folder: Path, named_by: str) -> Iterator[Path]:
    """Yield the files of a submission that the student wrote."""
    platforms = {folder / name for name in WRITTEN} if named_by == "nbgrader" else set()
    return (each for each in folder.rglob("*") if _ordinary(each) and each not in platforms)


def _ordinary(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def decisions(
    store: Store, path: Path, items: Sequence[ManualItem], graded: Sequence[str], who: str
) -> list[Mapping[str, Any]]:
    """Return what a table of marks decides that is not so already. People are named by token, or as in `Roll`.

    What a token's row says is so of all who handed that in together; a name's row is of that person.

    Raises UsageError for a table that cannot be read, MarksError for all that is wrong with it.
    """
    read = marks.read(path, items, graded)
    people = store.people()
    tokens, roll = {token(store, person): person for person in people}, Roll(people.values())
    standing = {one.person.id: one.report for one in standings(store, evidence="none")}
    faults, named = list(read.faults), dict[tuple[str, str], marks.Mark]()
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
        first = named.setdefault((person, mark.item), mark)
        if first is not mark:
            said = say("`{item}` of `{name}` has a mark already.", item=mark.item, name=inert(mark.name, 80))
            hint = say("The first one is in line {line}.", line=first.at.line)
            faults.append(Fault(at=mark.at, message=said, hint=hint, line_text=mark.line_text))
    if faults:
        raise MarksError(faults)
    return [
        {"kind": "mark", "person": person, "item": item, "points": mark.score, "why": mark.comment, "who": who}
        for (person, item), mark in _of_all(store, named, tokens).items()
        if standing.get(person) is not None and not _is_so(standing[person], mark)
    ]


def _of_all(
    store: Store, named: Mapping[tuple[str, str], marks.Mark], tokens: Collection[str]
) -> dict[tuple[str, str], marks.Mark]:
    """Return marks by person and item, with those that a token's mark is for besides: who has a row keeps to it."""
    found, partners = dict(named), {person: whose for whose in works(store).values() for person in whose}
    for (person, item), mark in named.items():
        if mark.name in tokens:
            for each in partners.get(person, ()):
                found.setdefault((each, item), mark)
    return found


def _is_so(report: Any, mark: marks.Mark) -> bool:
    own: Mapping[str, tuple[Fraction | None, str]] = {each.name: (each.score, each.comment) for each in report.manual}
    return own.get(mark.item) == (mark.score, mark.comment)
