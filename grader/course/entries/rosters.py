"""Several tables of one class as one: the course's own, such as one for each section, and what platforms add to them.

A person of a later table is one of an earlier table who has the same id, e-mail address or platform's id. A platform's
export, such as Moodle's worksheet, may know people by their names alone, and may spell them in another way; who is in
no table of the course's own is not in the course, and may be called like one who is. What two tables say otherwise of
one person is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from pathlib import Path

from msgspec.structs import replace

from grader.course.entries.people import by_word, spelt
from grader.course.entries.roster import FAULTY, Roster, read_roster
from grader.errors import Fault, TableError
from grader.language import Message, inert, say
from grader.model import Person
from grader.reading.sheet import folded


def read_rosters(paths: Sequence[Path], zone: tzinfo | None = None) -> Roster:
    """Return the people of all tables. Raises what `read_roster` raises, and TableError for what contradicts.

    The course's own tables come first, whatever their order: their ids and names stand.
    """
    first, *others = sorted((read_roster(path, zone) for path in paths), key=lambda each: each.export)
    for other in others:
        first = _Together(first, other).roster()
    return first


class _Together:
    """Two tables, and what contradicts in them."""

    def __init__(self, first: Roster, other: Roster) -> None:
        self.first, self.other = first, other
        self.own = other.export == first.export
        self.faults: list[Fault] = []
        self.taken: dict[str, Person] = {}
        self.people = dict(first.people)
        self.handed_in = dict(first.handed_in)
        everybody = first.people.values()
        self.known = by_word(
            (value, each.id) for each in everybody for value in (*_identities(each), *_ids(each, own=self.own))
        )
        self.named = by_word((word, each.id) for each in everybody if not self.own for word in spelt(each.name))

    def roster(self) -> Roster:
        """Return them as one. Raises TableError with each contradiction."""
        sure = {person.id: self._surely(person) for person in self.other.people.values()}
        named = set().union(*sure.values())
        for person in self.other.people.values():
            self._take(person, sure[person.id] or self._called(person) - named)
        if self.own:
            self._compare_groups()
        if self.faults:
            raise TableError(FAULTY, self.faults)
        places = {**self.other.places, **self.first.places}
        return replace(self.first, people=self.people, handed_in=self.handed_in, places=places)

    def _surely(self, person: Person) -> set[str]:
        values = [*_identities(person), *(_ids(person, own=True) if self.own else ())]
        return {each for value in values for each in self.known.get(value, ())}

    def _called(self, person: Person) -> set[str]:
        return self.named.get(next(spelt(person.name), ""), set())

    def _take(self, person: Person, found: set[str]) -> None:
        if len(found) > 1:
            who = ", ".join(inert(each, 40) for each in sorted(found)[:5])
            said = say("`{name}` would be several people of another roster: {people}.",
                       name=inert(person.name or person.id, 80), people=who)  # fmt: skip
            self._contradict(person, said, sorted(found)[0])
        elif found:
            (one,) = found
            before = self.taken.setdefault(one, person)
            if before is not person:
                self._twice(one, before, person)
                return
            self._compare(self.first.people[one], person)
            self._compare_times(one, person)
            self.people[one] = _filled(self.people[one], person)
            if person.id in self.other.handed_in:
                self.handed_in.setdefault(one, self.other.handed_in[person.id])
        elif self.own:
            self.people[person.id] = person
            if person.id in self.other.handed_in:
                self.handed_in[person.id] = self.other.handed_in[person.id]

    def _contradict(self, person: Person, said: Message, first: str) -> None:
        there = self.first.places[first]
        hint = say("In {path}, line {line}, it is otherwise.", path=there.path, line=there.line)
        self.faults.append(Fault(at=self.other.places[person.id], message=said, hint=hint))

    def _twice(self, one: str, before: Person, person: Person) -> None:
        line = self.other.places[before.id].line
        said = say("`{name}` may be `{person}` of another roster, and so may who is in line {line}.",
                   name=inert(person.name or person.id, 80), person=inert(one, 80), line=line)  # fmt: skip
        hint = say("Write the e-mail address or the platform's id of `{person}` into the course's own roster.",
                   person=inert(one, 80))  # fmt: skip
        self.faults.append(Fault(at=self.other.places[person.id], message=said, hint=hint))

    def _compare_times(self, one: str, person: Person) -> None:
        was, now = self.first.handed_in.get(one), self.other.handed_in.get(person.id)
        if self.own and was is not None and now is not None and was != now:
            said = say("`{name}` has `{now}` here, and `{was}` in another roster.", name=inert(one, 80),
                       now=inert(f"{now:%Y-%m-%d %H:%M}", 40), was=inert(f"{was:%Y-%m-%d %H:%M}", 40))  # fmt: skip
            self._contradict(person, said, one)

    def _compare(self, first: Person, other: Person) -> None:
        if self.own and first.id != other.id:
            same = dict(_identities(first)).items() & dict(_identities(other)).items()
            said = say("`{value}` is `{one}` here, and `{other}` in another roster.",
                       value=inert(min(same)[1] if same else other.id, 80), one=inert(other.id, 80),
                       other=inert(first.id, 80))  # fmt: skip
            self._contradict(other, said, first.id)
            return
        pairs = [(getattr(first, name), getattr(other, name)) for name in (_SAID if self.own else ("email",))]
        pairs += [(value, other.ids[kind]) for kind, value in first.ids.items() if kind in other.ids]
        for was, now in pairs:
            if was and now and folded(was) != folded(now):
                said = say("`{name}` has `{now}` here, and `{was}` in another roster.", name=inert(first.id, 80),
                           now=inert(now, 80), was=inert(was, 80))  # fmt: skip
                self._contradict(other, said, first.id)

    def _compare_groups(self) -> None:
        before = _groups(self.first)
        for name, members in _groups(self.other).items():
            there = before.get(name, [])
            if there and not {each.id for each in there} & {each.id for each in members}:
                said = say("The group `{name}` is in another roster too, with other members.",
                           name=inert(members[0].group, 80))  # fmt: skip
                self._contradict(members[0], said, there[0].id)


_SAID = ("name", "email", "section", "group")


def _identities(person: Person) -> list[tuple[str, str]]:
    """Return what nobody else may have, each with what it is."""
    return [(kind, folded(value)) for kind, value in (("email", person.email), *person.ids.items()) if value]


def _ids(person: Person, *, own: bool) -> list[tuple[str, str]]:
    """Return the id, or what the id of a course's own table may be called in a platform's."""
    return [(kind, folded(person.id)) for kind in (("id",) if own else ("number", "sis", "login", "email"))]


def _groups(roster: Roster) -> dict[str, list[Person]]:
    found: dict[str, list[Person]] = {}
    for person in roster.people.values():
        if person.group:
            found.setdefault(folded(person.group), []).append(person)
    return found


def _filled(first: Person, other: Person) -> Person:
    said = {name: getattr(first, name) or getattr(other, name) for name in _SAID}
    return replace(first, **said, ids={**other.ids, **first.ids})
