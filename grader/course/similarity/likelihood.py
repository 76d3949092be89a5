"""How probable it is that somebody of this class writes a function exactly so: a model of code, from the class itself.

The model predicts each part of a tree from the parts before it, as often as the others in the class, the stub and the
reference have it (contexts of falling length, blended as Witten and Bell 1991 do). What the stub prescribes is then
almost free, each choice costs what it costs in this class, and a short function that leaves no choice is probable.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable

LENGTHS = (0, 1, 2, 4, 8, 16)
"""Parts before one that are looked at. The longest tell what the stub prescribes, the shortest what is new."""
TRUST = 0.5
"""The power by which a probability is weakened: who writes `stride * h` once writes it four times, which the model
takes for four choices. Half of the evidence is left, and `bench/similarity.py` measures that this is enough."""
FLOOR = 1e-8
"""No function is less probable: two may come from one book."""
A_CHOICE = 12
"""Parts of a tree that are worth a choice among e, at most. What is new in a class costs the model much at once; this
keeps a short function, which leaves few choices, from being improbable by one odd word (0.12 bits a part)."""


class _Counts:
    """How often each part follows each context, and how many parts follow it in all."""

    def __init__(self) -> None:
        self.after: dict[tuple[str, ...], dict[str, int]] = defaultdict(dict)
        self.total: dict[tuple[str, ...], int] = defaultdict(int)

    def add(self, tokens: tuple[str, ...], times: int) -> None:
        """Count a sequence that so many wrote."""
        for at, token in enumerate(tokens):
            for length in LENGTHS:
                if length > at:
                    break
                context = tokens[at - length : at]
                after = self.after[context]
                after[token] = after.get(token, 0) + times
                self.total[context] += times


class CodeModel:
    """A model of one function's code in a class."""

    def __init__(self, written: Iterable[tuple[tuple[str, ...], int]]) -> None:
        """Learn from sequences of tokens, each with how many wrote it."""
        self._all = _Counts()
        for tokens, times in written:
            self._all.add(tokens, times)
        self._size = len(self._all.after[()]) + 1

    def chance(self, tokens: tuple[str, ...], times: int) -> float:
        """Return the probability of a sequence, for a class without the `times` that it was written."""
        own = _Counts()
        own.add(tokens, times)
        only = {
            context: sum(self._all.after[context][each] == count for each, count in after.items())
            for context, after in own.after.items()
        }
        logarithm = 0.0
        for at, token in enumerate(tokens):
            chance = 1 / (self._size + 1)
            for length in LENGTHS:
                if length > at:
                    break
                context = tokens[at - length : at]
                total = self._all.total[context] - own.total[context]
                if not total:
                    break
                kinds = len(self._all.after[context]) - only[context]
                times_here = self._all.after[context][token] - own.after[context][token]
                chance = (times_here + kinds * chance) / (total + kinds)
            logarithm += math.log(chance)
        return max(FLOOR, math.exp(TRUST * logarithm), math.exp(-len(tokens) / A_CHOICE))
