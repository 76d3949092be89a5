"""Whose a submission is: what a platform or a name claims, looked up among the people of the roster.

A value of a platform (Canvas's number of a user, Moodle's of a participant) is looked up as that platform's alone: the
same number elsewhere is somebody else's. A word that people wrote (the name of a folder) may be any id, or a name in
either order. Where two people share what it says, nobody is taken.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from msgspec import Struct

from grader.course.entries.roster import Roster
from grader.language import Message, inert, listed, say
from grader.model.standing import Person
from grader.reading.sheet import folded

Word = TypeVar("Word", bound=Hashable)
_SHORTEST = 3
"""A part of a name that is shorter says too little: the `1` of `hw 1` is no student's id. Chinese names have two."""
_MOST_PARTS = 12
_LONGEST_NAME = 4


class Claim(Struct, frozen=True, kw_only=True):
    """Who somebody is by what a platform wrote: `ids` as in `Person`, `word` where only a name is there to guess from.

    `group` says that the word, or else the name, may be a group's.
    """

    ids: Mapping[str, str] = {}
    name: str = ""
    email: str = ""
    word: str = ""
    group: bool = False


class Whose(Struct, frozen=True, kw_only=True):
    """The person of a claim, if one could be told, the other members of the group, and what is to be said about it."""

    person: Person | None
    members: tuple[Person, ...] = ()
    told: Message | None = None


class People:
    """The people of a class. Without a roster, or for who is not on it, a person is made from the claim itself."""

    def __init__(self, roster: Roster | None) -> None:
        self._known = roster.people if roster is not None else {}
        self._roster = roster is not None
        self._unlisted = frozenset(roster.unlisted if roster is not None else ())
        self._by_platform: dict[tuple[str, str], set[str]] = {}
        self._by_id: dict[str, set[str]] = {}
        self._by_name: dict[str, set[str]] = {}
        self._groups: dict[str, list[Person]] = {}
        self._made: dict[str, Person] = {}
        for person in self._known.values():
            self._learn(person)

    def whose(self, claim: Claim) -> Whose:
        """Return whose a submission is."""
        found = self._found(claim)
        if len(found) == 1:
            person = self._known[next(iter(found))]
            return Whose(person=person, members=self.members(person))
        shown = inert(claim.name or claim.word or claim.email or next(iter(claim.ids.values()), ""), 80)
        if len(found) > 1:
            names = listed([inert(each, 60) for each in sorted(found)[:4]] + ["…"] * (len(found) > 4))
            return Whose(person=None, told=say("`{name}` may be several people of the roster: {people}.",
                                               name=shown, people=names))  # fmt: skip
        group = self._groups.get(compact(claim.word or claim.name), []) if claim.group else []
        if group:
            return Whose(person=group[0], members=tuple(group[1:]))
        person = self._make(claim)
        told = say("`{name}` is not on the roster, and was added to the class. To leave them out: "
                   "grade class leave {id} --why …", name=shown, id=shlex.quote(person.id))  # fmt: skip
        return Whose(person=person, told=told if self._roster else None)

    def known(self, word: str) -> bool:
        """Return whether a whole name is that of a person or a group of the roster, or of somebody unlisted."""
        return bool(self._exactly(word)) or self.on_roster(word)

    def on_roster(self, word: str) -> bool:
        """Return whether a whole name is that of a person or a group whom a table named."""
        return bool(self._exactly(word) - self._unlisted) or compact(word) in self._groups

    def can_tell(self, claim: Claim) -> bool:
        """Return whether somebody on the roster may be meant."""
        return bool(self._found(claim))

    def is_github(self, word: str) -> bool:
        """Return whether a word is a user name on GitHub of the roster, or another id of somebody's there."""
        return ("github", folded(word)) in self._by_platform or folded(word) in self._by_id

    def members(self, person: Person) -> tuple[Person, ...]:
        """Return the others of a person's group."""
        group = self._groups.get(compact(person.group), []) if person.group else []
        return tuple(each for each in group if each.id != person.id)

    def _learn(self, person: Person) -> None:
        for platform, value in person.ids.items():
            self._by_platform.setdefault((platform, folded(value)), set()).add(person.id)
        for word in (person.id, person.email, *(person.ids[key] for key in _WRITTEN if key in person.ids)):
            if word:
                self._by_id.setdefault(folded(word), set()).add(person.id)
        for word in (*spelt(person.name), compact(person.email.partition("@")[0])):
            if word:
                self._by_name.setdefault(word, set()).add(person.id)
        if person.group:
            self._groups.setdefault(compact(person.group), []).append(person)

    def _found(self, claim: Claim) -> set[str]:
        """Return the ids of those whom a claim may mean, by the surest thing that it says."""
        for platform, value in claim.ids.items():
            found = self._by_platform.get((platform, folded(inert(value, 200))))
            if found:
                return found
        for word in (claim.email, *(claim.ids[key] for key in _WRITTEN if key in claim.ids)):
            found = self._allowed(self._by_id.get(folded(inert(word, 320)), set()), claim) if word else None
            if found:
                return found
        if claim.name and (found := self._allowed(self._by_name.get(compact(claim.name), set()), claim)):
            return found
        found = (self._exactly(claim.word) or self._in_parts(claim.word)) if claim.word else set()
        return self._allowed(found, claim)

    def _allowed(self, found: set[str], claim: Claim) -> set[str]:
        """Return those of whom the roster does not say that the platform calls them otherwise.

        A number may be of another kind than the roster's, as Gradescope's SID: it may say nothing against a name.
        """
        own = [(key, folded(value)) for key, value in claim.ids.items() if key != "number"]
        return {
            each for each in found if all(folded(self._known[each].ids.get(key, value)) == value for key, value in own)
        }

    def _exactly(self, word: str) -> set[str]:
        return self._by_id.get(folded(inert(word, 200))) or self._by_name.get(compact(word)) or set()

    def _in_parts(self, word: str) -> set[str]:
        """Return those who are named by parts of a word: `20260001_张三_hw1` means one person, `alice (bob)` two."""
        parts = [part for part in re.split(r"[\W_]+", folded(inert(word, 200))) if part][:_MOST_PARTS]
        by_id = set().union(*(self._by_id.get(part, set()) for part in parts if _telling(part)))
        named: set[str] = set()
        start = 0
        while start < len(parts):
            length, found = next(self._names_at(parts, start), (1, set()))
            named = (named & found or named | found) if named else found
            start += length
        return (by_id & named or by_id | named) if by_id and named and len(by_id) == 1 else by_id | named

    def _names_at(self, parts: Sequence[str], start: int) -> Iterator[tuple[int, set[str]]]:
        """Yield what the parts from `start` on name, the longest name first, with the number of its parts."""
        for length in range(min(_LONGEST_NAME, len(parts) - start), 0, -1):
            name = "".join(parts[start : start + length])
            if _telling(name) and (found := self._by_name.get(name)):
                yield length, set(found)

    def _make(self, claim: Claim) -> Person:
        """Return the person that a claim itself describes: the same one for the same claim."""
        word = inert(_normal(_key(claim)), 200)
        person = self._made.get(folded(word))
        if person is None:
            name = inert(_normal(claim.name), 200)
            ids = {key: str(inert(value, 200)) for key, value in claim.ids.items()}
            person = Person(id=self._free(word), name=name, email=inert(claim.email, 320), ids=ids)
            self._made[folded(word)] = person
        return person

    def _free(self, word: str) -> str:
        """Return an id that nobody on the roster has."""
        while word in self._known:
            word += "'"
        return word


_WRITTEN = ("number", "sis", "login", "github", "nbgrader")
"""The ids that people and platforms also write as names. Numbers that a platform counts (Canvas, Moodle) are not."""


def compact(text: str) -> str:
    """Return a name as it is compared: letters and digits alone, folded."""
    return re.sub(r"[\W_]+", "", folded(inert(text, 200)))


def spelt(name: str) -> Iterator[str]:
    """Yield a name with each of its parts in front: "Smith, Bob" is "bobsmith", and Canvas's "smithbob"."""
    parts = [part for part in re.split(r"[\W_]+", folded(name)) if part]
    for start in range(min(len(parts), 6)):
        yield "".join(parts[start:] + parts[:start])


def by_word(pairs: Iterable[tuple[Word, str]]) -> dict[Word, set[str]]:
    """Return by each word, or value of a kind, the ids of those whom it is said of; an empty one says nothing."""
    found: dict[Word, set[str]] = {}
    for word, own in pairs:
        if word:
            found.setdefault(word, set()).add(own)
    return found


def _telling(part: str) -> bool:
    return len(part) >= (_SHORTEST if part.isascii() else 2)


def _key(claim: Claim) -> str:
    """Return what is most readable of what tells somebody from others: a platform's number counts with the name."""
    for key in _WRITTEN:
        if claim.ids.get(key):
            return claim.ids[key]
    number = next((value for key, value in claim.ids.items() if value), "")
    return claim.email or "_".join(part for part in (claim.name or claim.word, number) if part)


def _normal(text: str) -> str:
    import unicodedata

    return unicodedata.normalize("NFC", text)
