"""Where random numbers come from: seeds by digest, one stream for each drawn value, and fair turns.

A seed is a SHA-256 of the rubric's seed, the check's stream and the number of the draw, so it is the same on every
machine, and adding a check, a case or a line moves no other number. Each drawn value has its own
`numpy.random.default_rng`, seeded by the case's seed, the try and the value's name; with a legacy seed all values of a
case share one `numpy.random.RandomState`, in the order written, as after `numpy.random.seed`.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Protocol, TypeAlias

Site: TypeAlias = tuple[str, int, int]
"""A drawn value, a column in its expression, and how many values there are to choose from there."""

MOST_CARDS = 1000
"""Values of a range at most that take turns; from a larger one values are drawn with replacement."""


def digest(*words: str | int) -> int:
    """Return a whole number of 128 bits that follows from `words`."""
    from hashlib import sha256

    return int.from_bytes(sha256(_bytes(words)).digest()[:16], "big")


def case_seed(seed: int, stream: str, number: int) -> int:
    """Return the seed of a stream's draw: 32 bits, so that `numpy.random.seed` takes it too."""
    return digest(seed, stream, number) >> 96


def shuffled(count: int, *words: str | int) -> list[int]:
    """Return 0 to `count` - 1 in an order that follows from `words`."""
    from hashlib import shake_128

    keys = shake_128(_bytes(words)).digest(8 * count)
    return sorted(range(count), key=lambda card: keys[8 * card : 8 * card + 8])


class Turns(Protocol):
    """Decides which value comes next where one of several is drawn."""

    def turn(self, site: tuple[str, int], count: int) -> int:
        """Return which of `count` values is next at `site` (a drawn value, and a column in its expression)."""

    def keep(self) -> None:
        """Count what was drawn, since the case was accepted."""

    def pass_on(self, moving: Collection[str]) -> None:
        """Go on to other values of `moving`, the drawn values that the rejected condition depends on."""


class Decks:
    """Fair turns: at each site the values are a shuffled deck, and every card is played before one comes again.

    After a rejected draw the decks of the values `moving` are shuffled again and no card is taken out, so that other
    combinations are tried. After twice as many rejections as a deck has cards, a fresh deck is shuffled into it.
    """

    def __init__(self, seed: int, stream: str) -> None:
        self._key = digest(seed, stream, "decks")
        self._decks: dict[Site, list[int]] = {}
        self._shuffles: dict[Site, int] = {}
        self._passed: dict[Site, int] = {}
        self._out: list[Site] = []

    def turn(self, site: tuple[str, int], count: int) -> int:
        """Return the card on top of the site's deck."""
        place = (*site, count)
        if not self._decks.get(place):
            self._shuffle(place, list(range(count)))
        self._out.append(place)
        return self._decks[place][0]

    def keep(self) -> None:
        """Take the cards drawn out of their decks."""
        for place in self._out:
            self._decks[place].pop(0)
            self._passed[place] = 0
        self._out.clear()

    def pass_on(self, moving: Collection[str]) -> None:
        """Shuffle again the decks of the values `moving`."""
        for place in self._out:
            if place[0] in moving:
                deck = self._decks[place]
                self._passed[place] = passed = self._passed.get(place, 0) + 1
                if passed >= 2 * len(deck):
                    deck = sorted(set(deck)) + list(range(place[2]))
                    self._passed[place] = 0
                self._shuffle(place, deck)
        self._out.clear()

    def _shuffle(self, place: Site, deck: list[int]) -> None:
        self._shuffles[place] = number = self._shuffles.get(place, 0) + 1
        self._decks[place] = [deck[card] for card in shuffled(len(deck), self._key, *place, number)]


class InOrder:
    """The values in the order written, one after another: for examples of a handout."""

    def __init__(self) -> None:
        self._position = 0

    def turn(self, site: tuple[str, int], count: int) -> int:
        """Return the number of this draw, counted round."""
        return self._position % count

    def keep(self) -> None:
        """Move on."""
        self._position += 1

    def pass_on(self, moving: Collection[str]) -> None:
        """Move on."""
        self._position += 1


class Randomness:
    """What generators draw from: random numbers of the value that is being drawn, and turns."""

    def __init__(self, seed: int, attempt: int, turns: Turns, legacy: Any = None) -> None:
        self._seed = seed
        self._attempt = attempt
        self._turns = turns
        self._legacy = legacy
        self._rng: Any = legacy
        self._value = ""
        self._column = 0

    def value(self, name: str) -> None:
        """Begin the drawn value `name`."""
        self._value = name
        self._rng = self._legacy

    def site(self, column: int) -> None:
        """Begin the call or range at `column` of the value's expression."""
        self._column = column

    @property
    def rng(self) -> Any:
        """A `numpy.random.Generator`, or a `RandomState` with a legacy seed; both have what generators use."""
        if self._rng is None:
            import numpy as np

            self._rng = np.random.default_rng(digest(self._seed, self._attempt, self._value))
        return self._rng

    @property
    def legacy(self) -> bool:
        """Whether `numpy.random.seed` was asked for."""
        return self._legacy is not None

    def integers(self, low: int, high: int, shape: tuple[int, ...] = ()) -> Any:
        """Return whole numbers from `low` to `high`, both included: an int64 array of `shape`, or an int."""
        draw = self.rng.randint if self.legacy else self.rng.integers
        drawn = draw(low, high + 1, shape or None, dtype="int64")
        return drawn if shape else int(drawn)

    def turn(self, count: int) -> int:
        """Return which of `count` values is next, from 0."""
        if count == 1:
            return 0
        if count > MOST_CARDS:
            return int(self.integers(0, count - 1))
        return self._turns.turn((self._value, self._column), count)


def _bytes(words: tuple[str | int, ...]) -> bytes:
    return "\n".join(map(str, words)).encode(errors="replace")
