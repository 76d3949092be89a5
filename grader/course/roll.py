"""Whom an instructor means who writes an id, a name, an e-mail address or what a platform calls somebody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from itertools import islice

from grader.course.entries.people import by_word, compact, spelt
from grader.errors import UsageError
from grader.language import inert, listed, say
from grader.model import Person
from grader.reading.nodes import LONGEST_WORD, did_you_mean
from grader.reading.sheet import folded

MOST_NEAR = 3
_MOST_WORDS = 20_000
"""So many are compared with what nobody is called: a second."""
_MOST_CANDIDATES = 8


class Roll:
    """The people of a class by all that they are called."""

    def __init__(self, people: Iterable[Person]) -> None:
        self._people: Mapping[str, Person] = {each.id: each for each in people}

    def person(self, text: str) -> Person:
        """Return whom `text` means; an id is one person's, whoever else is called so.

        Raises UsageError with the candidates where several people are called so, and with the nearest where nobody is.
        """
        exact = self._people.get(text) or self._people.get(inert(text, 200))
        if exact is not None:
            return exact
        word, shown = folded(text), inert(text, 80)
        found = self._ids.get(word) or {*self._called.get(word, ()), *self._named.get(compact(text), ())}
        if len(found) == 1:
            return self._people[next(iter(found))]
        if found:
            names = [self._shown(each) for each in sorted(found)[:_MOST_CANDIDATES]]
            raise UsageError(
                say("`{name}` names {count} people; write the id.", name=shown, count=len(found)),
                say("Ids: {names}", names=listed(names + ["…"] * (len(found) > _MOST_CANDIDATES))),
            )
        near = [self._shown(each) for each in self._near(word)]
        hint = did_you_mean(near[0]) if near else None
        if near[1:]:
            hint = say("Did you mean one of these: {names}?", names=listed(near))
        raise UsageError(say("Nobody in this class is called `{name}`.", name=shown), hint)

    @cached_property
    def _ids(self) -> Mapping[str, set[str]]:
        return by_word((folded(each.id), each.id) for each in self._people.values())

    @cached_property
    def _called(self) -> Mapping[str, set[str]]:
        return by_word(
            (folded(word), each.id)
            for each in self._people.values()
            for word in (each.id, each.name, each.email, *each.ids.values())
            if word
        )

    @cached_property
    def _named(self) -> Mapping[str, set[str]]:
        return by_word((word, each.id) for each in self._people.values() for word in spelt(each.name))

    def _near(self, word: str) -> list[str]:
        """Return the ids of those who are called much like that: with more, or another letter.

        A number that is near is just another student's.
        """
        from difflib import get_close_matches

        if not word or word.isdecimal() or len(word) > LONGEST_WORD:
            return []
        words = list(islice(self._called, _MOST_WORDS))
        parts = [each for each in words if word in each]
        close = get_close_matches(word, words, n=MOST_NEAR)
        ids = dict.fromkeys(each for near in (*parts, *close) for each in sorted(self._called[near]))
        return list(ids)[:MOST_NEAR]

    def _shown(self, own: str) -> str:
        name = self._people[own].name
        return f"{inert(own, 80)} ({name})" if name and name != own else str(inert(own, 80))
