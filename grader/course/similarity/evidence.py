"""From what people share to leads: how often two of this class who work alone would share as much.

Two kinds of evidence are compared by digest, never pair by pair: a function's tree up to names, and its wrong answers
in all hidden cases. Of a function only the stronger counts, since equal code gives equal answers.

**Trees.** Two who work alone share a tree that is at most so probable with at most its probability, for the sum of p²
over all trees with p ≤ q is at most q. The probability is the code model's without those who share the tree.

**Wrong answers.** So, too: at most q times the part of the class that gives answers so rare. q is estimated without the
two: (others + 1) / (n - 1).

**Several functions.** One misreading may spoil several functions, and one style may shape them. So each further
function counts by how often others of this class who share something rare in the one share something rare in the
other, at least by what its own evidence is worth.

The product is multiplied by the number of pairs and by that of the ways to choose the functions: so many pairs of this
class are expected to share as much if all work alone.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import Literal, TypeAlias

from msgspec import Struct

from grader.course.similarity.likelihood import CodeModel
from grader.course.similarity.shapes import Shape

Basis: TypeAlias = Literal["text", "tree", "form", "answers"]
THRESHOLD = 0.05
"""Pairs like a lead, or stronger, that are expected in the class if all work alone."""
SMALLEST = 20
"""People with whom chance can be told."""
CROWD = 5
"""People who share a tree and may still have it from one another; with more, how many they are counts."""
MOST_ALIKE = 12
"""People who share something rare; what more than one in 25 of a large class share is not rare either."""
BOND = 0.1
"""How often two share a rare thing in another function, too, where the class has not shown it yet."""
BOND_WEIGHT = 10
"""People whose word the assumed bond has against that of the class."""
GIVEN_WEIGHT = 10
"""One in so many people wrote what the stub and the reference have, as the code model takes it."""


class Work(Struct, frozen=True, kw_only=True):
    """One person's functions. `unit` is the group, or the person alone. `answers` has a digest of the wrong ones.

    They are those of hidden cases, and `wrong` is how many.

    A function that was not tried is in neither `shapes` nor `answers`; one that is right is in `shapes` alone.
    """

    person: str
    unit: str
    shapes: Mapping[str, Shape]
    answers: Mapping[str, str] = {}
    wrong: Mapping[str, int] = {}


class Trace(Struct, frozen=True, kw_only=True):
    """What two share in one function: on which `bases`, how many others of the class do, and the chance of it alone.

    `cases` is in how many hidden cases they are wrong alike; `others_wrong` is how many others are, just so.
    """

    function: str
    bases: tuple[Basis, ...]
    others: int
    others_wrong: int
    cases: int
    chance: float


class Lead(Struct, frozen=True, kw_only=True):
    """Two people (or groups), what they share, the strongest first, and how many such pairs are expected by chance."""

    first: str
    second: str
    expected: float
    traces: tuple[Trace, ...]


class Leads(Struct, frozen=True, kw_only=True):
    """The leads of a class, the strongest first. `told`: chance can be told. `pairs` are those that were compared."""

    leads: tuple[Lead, ...]
    units: int
    pairs: int
    told: bool


Holders: TypeAlias = "dict[str, dict[str, str]]"
"""Who has one kind of thing in one function: digest → units, each with the first person who has it."""


def leads(
    works: Sequence[Work], given: Iterable[Mapping[str, Shape]], functions: Sequence[str], threshold: float = THRESHOLD
) -> Leads:
    """Return the leads of a class. `given` are the shapes of what everybody has: stub, reference and handout.

    `functions` are the graded ones. In a class that is too small for chances, everything that is shared is a lead.
    """
    count = len({work.unit for work in works})
    pairs = count * (count - 1) // 2
    told = count >= SMALLEST
    if count < 2:
        return Leads(leads=(), units=count, pairs=pairs, told=told)
    class_ = _Sharing(works, list(given), functions, count)
    found = []
    for pair, traces in class_.traces().items():
        strongest = sorted(traces, key=lambda each: (each.chance, each.function))
        expected = pairs * class_.together(pair, strongest)
        if expected <= threshold or not told:
            first, second = (class_.called[unit] for unit in pair)
            found.append(Lead(first=first, second=second, expected=expected, traces=tuple(strongest)))
    found.sort(key=lambda lead: (lead.expected, -len(lead.traces), lead.first, lead.second))
    return Leads(leads=tuple(found), units=count, pairs=pairs, told=told)


class _Sharing:
    """Who shares what in a class of `count` units."""

    def __init__(
        self, works: Sequence[Work], given: Sequence[Mapping[str, Shape]], functions: Sequence[str], count: int
    ) -> None:
        self._works = {work.person: work for work in works}
        self._given, self._count, self._functions = given, count, functions
        self._most = max(MOST_ALIKE, count // 25)
        self.called: dict[str, str] = {}
        for work in works:
            known = self.called.get(work.unit)
            self.called[work.unit] = work.person if known is None else f"{known}, {work.person}"
        self._forms = {name: self._with_forms(name) for name in functions}
        self._answers = {name: self._with_answers(name) for name in functions}
        self._rare_forms = {name: self._rare(held) for name, held in self._forms.items()}
        self._rare_answers = {name: self._rare(held) for name, held in self._answers.items()}
        self._of_unit = {name: self._labels(name) for name in functions}
        self._bonds: dict[tuple[str, str], tuple[float, int]] = {}

    def _with_forms(self, name: str) -> Holders:
        free = {shape.form for each in self._given for shape in each.values()}
        held: Holders = defaultdict(dict)
        for work in self._works.values():
            shape = work.shapes.get(name)
            if shape is not None and shape.form not in free:
                held[shape.form].setdefault(work.unit, work.person)
        return held

    def _with_answers(self, name: str) -> Holders:
        held: Holders = defaultdict(dict)
        for work in self._works.values():
            if name in work.answers:
                held[work.answers[name]].setdefault(work.unit, work.person)
        return held

    def _rare(self, held: Holders) -> Holders:
        return {digest: units for digest, units in held.items() if 1 < len(units) <= self._most}

    def _labels(self, name: str) -> dict[str, set[str]]:
        """Return by unit the rare things that it has in a function."""
        found: dict[str, set[str]] = defaultdict(set)
        for held in (self._rare_forms[name], self._rare_answers[name]):
            for digest, units in held.items():
                for unit in units:
                    found[unit].add(digest)
        return found

    def traces(self) -> dict[tuple[str, str], list[Trace]]:
        """Return by pair of units what they share and few others do."""
        found: dict[tuple[str, str], list[Trace]] = defaultdict(list)
        for name in self._functions:
            forms = {pair: digest for digest, pair in _pairs(self._rare_forms[name])}
            answers = {pair: digest for digest, pair in _pairs(self._rare_answers[name])}
            chances = self._form_chances(name)
            for pair in sorted({*forms, *answers}):
                found[pair].append(self._trace(name, pair, forms.get(pair), answers.get(pair), chances))
        return found

    def _trace(
        self, name: str, pair: tuple[str, str], form: str | None, answer: str | None, chances: Mapping[str, float]
    ) -> Trace:
        bases: list[Basis] = []
        chance, others, others_wrong, cases = 1.0, 0, 0, 0
        if form is not None:
            units = self._forms[name][form]
            one, other = (self._works[units[unit]].shapes[name] for unit in pair)
            bases.append("text" if one.text == other.text else "tree" if one.tree == other.tree else "form")
            others, chance = len(units) - 2, chances[form]
        if answer is not None:
            units = self._answers[name][answer]
            bases.append("answers")
            others_wrong = len(units) - 2
            cases = self._works[units[pair[0]]].wrong[name]
            chance = min(chance, self._answer_chance(name, len(units)))
        return Trace(
            function=name, bases=tuple(bases), others=others, others_wrong=others_wrong, cases=cases, chance=chance
        )

    def _form_chances(self, name: str) -> dict[str, float]:
        """Return the chance of each rare tree of a function."""
        wanted = self._rare_forms[name]
        if not wanted:
            return {}
        written: dict[str, set[str]] = defaultdict(set)
        tokens: dict[str, tuple[str, ...]] = {}
        for work in self._works.values():
            if (shape := work.shapes.get(name)) is not None:
                written[shape.form].add(work.unit)
                tokens[shape.form] = shape.tokens
        weight = max(1, self._count // GIVEN_WEIGHT)
        known = [(each[name].tokens, weight) for each in self._given if name in each]
        model = CodeModel([*((tokens[form], len(units)) for form, units in written.items()), *known])
        return {
            form: max(
                model.chance(tokens[form], len(units)),
                (len(units) - 1) / (self._count - 1) if len(units) > CROWD else 0.0,
            )
            for form, units in wanted.items()
        }

    def _answer_chance(self, name: str, size: int) -> float:
        """Return the chance that two share wrong answers which `size` units give, or rarer ones."""
        rare = sum(len(units) for units in self._answers[name].values() if len(units) <= size)
        return (size - 1) / (self._count - 1) * min(1.0, rare / self._count)

    def together(self, pair: tuple[str, str], traces: Sequence[Trace]) -> float:
        """Return the chance that two share as much as in these `traces`, or as in the best part of them."""
        best, product = 1.0, 1.0
        for number, trace in enumerate(traces, 1):
            bonds = [self._bond(pair, before.function, trace.function) for before in traces[: number - 1]]
            product *= max(trace.chance, *bonds) if bonds else trace.chance
            best = min(best, product * math.comb(len(self._functions), number))
        return best

    def _bond(self, pair: tuple[str, str], one: str, other: str) -> float:
        """Return how often people who share a rare thing in the function `one` do in the `other`, without this pair."""
        if (one, other) not in self._bonds:
            self._bonds[one, other] = self._fellows(one, other)
        sharing, people = self._bonds[one, other]
        there = self._of_unit[other]
        ours = 2 if there[pair[0]] & there[pair[1]] else 0
        return (max(0.0, sharing - ours) + BOND * BOND_WEIGHT) / (max(0, people - 2) + BOND_WEIGHT)

    def _fellows(self, one: str, other: str) -> tuple[float, int]:
        """Return what part of their fellows in `one` people share a rare thing with in `other`, summed, and how many.

        The fellows of somebody are those who share a rare thing in `one`.
        """
        there = self._of_unit[other]
        groups = {frozenset(units) for held in (self._rare_forms[one], self._rare_answers[one])
                  for units in held.values()}  # fmt: skip
        sharing, people = 0.0, 0
        for units in groups:
            alike = sum(2 for a, b in combinations(sorted(units), 2) if there[a] & there[b])
            sharing += alike / (len(units) - 1)
            people += len(units)
        return sharing, people


def _pairs(held: Holders) -> Iterable[tuple[str, tuple[str, str]]]:
    for digest, units in held.items():
        for first, second in combinations(sorted(units), 2):
            yield digest, (first, second)
