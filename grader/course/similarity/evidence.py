"""From what people share to leads: how often two of this class who work alone would share as much.

Two kinds of evidence are compared by digest, never pair by pair: a function's tree up to names, and its wrong answers
in all hidden cases. Of a function only the stronger counts, since equal code gives equal answers.

**Trees.** Two who work alone share a tree that is at most so probable with at most its probability, for the sum of p²
over all trees with p ≤ q is at most q. The probability is the code model's without those who share the tree.

**Wrong answers.** So, too: at most q times the part of the class that gives answers so rare. q is estimated without the
two: (others + 1) / (n - 1).

**What the class shows.** A model may take for many choices what is one habit. So nothing in a function is taken to be
less probable than the other pairs of this class show, who share something rare in it, too.

**Several functions.** One misreading may spoil several functions, and one habit may shape them. So a further function
counts for no more than `BOND`, and the class is asked again: how many pairs share something rare in one, in two, in
three functions. The row is continued from those that share less than the pair in question, so that those who copied
much do not hide one another.

What comes out is how many pairs of this class are expected to share as much if all work alone.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Literal, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from grader.course.similarity.likelihood import CodeModel
from grader.course.similarity.shapes import Shapes

Basis: TypeAlias = Literal["text", "tree", "form", "answers"]
THRESHOLD = 0.05
"""Pairs like a lead, or stronger, that are expected in the class if all work alone."""
SMALLEST = 20
"""People with whom chance can be told."""
MOST_ALIKE = 5
"""People who share something rare: they may have it from one another, and more have it from elsewhere."""
LARGE = 60
"""In a class of more than five times as many, one in so many may share something rare."""
BOND = 0.03
"""How often two who share a rare thing in one function share one in another, where the class does not show more."""
NEXT, NEXT_WEIGHT = 1, 10
"""One in ten pairs that share something in so many functions share it in one more, until the class has shown it."""
GIVEN_WEIGHT = 10
"""One in so many people wrote what the stub and the reference have, as the code model takes it."""


class PersonsWork(Struct, frozen=True, kw_only=True):
    """One person's functions. `unit` is the same for all who stand behind one hand-in.

    `answers` has a digest of the wrong ones, in hidden cases, and `wrong` is how many.

    A function that was not tried is in neither `shapes` nor `answers`; one that is right is in `shapes` alone.
    """

    person: str
    unit: str
    shapes: Shapes
    answers: Mapping[str, str] = {}
    wrong: Mapping[str, int] = {}


class SharedPart(Struct, frozen=True, kw_only=True):
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
    traces: tuple[SharedPart, ...]


class Leads(Struct, frozen=True, kw_only=True):
    """The leads of a class, the strongest first. `told`: chance can be told. `pairs` are those that were compared."""

    leads: tuple[Lead, ...]
    units: int
    pairs: int
    told: bool


Holders: TypeAlias = "dict[str, dict[str, str]]"
"""Who has one kind of thing in one function: digest → units, each with the first person who has it."""


def leads(
    works: Sequence[PersonsWork],
    given: Iterable[Shapes],
    functions: Sequence[str],
    threshold: float = THRESHOLD,
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
    for pair, lead in class_.leads(pairs):
        if lead.expected <= threshold or not told:
            found.append(replace(lead, first=class_.called[pair[0]], second=class_.called[pair[1]]))
    found.sort(key=lambda lead: (lead.expected, -len(lead.traces), lead.first, lead.second))
    return Leads(leads=tuple(found), units=count, pairs=pairs, told=told)


class _Sharing:
    """Who shares what in a class of `count` units."""

    def __init__(
        self,
        works: Sequence[PersonsWork],
        given: Sequence[Shapes],
        functions: Sequence[str],
        count: int,
    ) -> None:
        self._works = {work.person: work for work in works}
        self._given, self._count, self._functions = given, count, functions
        self._most = max(MOST_ALIKE, count // LARGE)
        self.called: dict[str, str] = {}
        for work in works:
            known = self.called.get(work.unit)
            self.called[work.unit] = work.person if known is None else f"{known}, {work.person}"
        self._forms = {name: self._with_forms(name) for name in functions}
        self._answers = {name: self._with_answers(name) for name in functions}
        self._rare_forms = {name: self._rare(held) for name, held in self._forms.items()}
        self._rare_answers = {name: self._rare(held) for name, held in self._answers.items()}

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

    def leads(self, pairs: int) -> Iterator[tuple[tuple[str, str], Lead]]:
        """Yield each pair of units that shares something, with what it is worth among so many pairs."""
        found = self._traces()
        kinds = (_any, _of_forms, _of_answers)
        sharing = [Counter(len(kind(traces)) for traces in found.values()) for kind in kinds]
        shown = Counter(_as_rare(trace) for traces in found.values() for trace in traces)
        for pair, traces in found.items():
            seen = sorted(
                (replace(each, chance=max(each.chance, _shown(each, shown) / pairs)) for each in traces),
                key=lambda each: (each.chance, each.function),
            )
            expected = min(
                pairs * len(self._functions) * seen[0].chance,
                *(self._expected(kind(seen), pairs, row) for kind, row in zip(kinds, sharing, strict=True)),
            )
            yield pair, Lead(first=pair[0], second=pair[1], expected=expected, traces=tuple(seen))

    def _expected(self, traces: Sequence[SharedPart], pairs: int, sharing: Mapping[int, int]) -> float:
        """Return how many pairs are expected to share as much as in all these `traces`.

        `sharing` is how many pairs of the class share something rare in how many functions.
        """
        if len(traces) < 2:
            return math.inf
        product = traces[0].chance * math.prod(max(each.chance, BOND) for each in traces[1:])
        return max(pairs * math.comb(len(self._functions), len(traces)) * product, continued(sharing, len(traces)))

    def _traces(self) -> dict[tuple[str, str], list[SharedPart]]:
        """Return by pair of units what they share and few others do."""
        found: dict[tuple[str, str], list[SharedPart]] = defaultdict(list)
        for name in self._functions:
            forms = {pair: digest for digest, pair in _pairs(self._rare_forms[name])}
            answers = {pair: digest for digest, pair in _pairs(self._rare_answers[name])}
            chances = self._form_chances(name)
            for pair in sorted({*forms, *answers}):
                found[pair].append(self._trace(name, pair, forms.get(pair), answers.get(pair), chances))
        return found

    def _trace(
        self, name: str, pair: tuple[str, str], form: str | None, answer: str | None, chances: Mapping[str, float]
    ) -> SharedPart:
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
        return SharedPart(
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
        return {form: model.chance(tokens[form], len(units)) for form, units in wanted.items()}

    def _answer_chance(self, name: str, size: int) -> float:
        """Return the chance that two share wrong answers which `size` units give, or rarer ones."""
        rare = sum(len(units) for units in self._answers[name].values() if len(units) <= size)
        return (size - 1) / (self._count - 1) * min(1.0, rare / self._count)


def continued(sharing: Mapping[int, int], functions: int) -> float:
    """Return how many pairs share something rare in so many functions, as the row of those that share less goes on."""
    reach = [sum(sharing.get(each, 0) for each in range(least, functions)) for least in range(functions + 1)]
    expected = float(reach[1])
    for number in range(1, functions):
        expected *= (reach[number + 1] + NEXT) / (reach[number] + NEXT_WEIGHT)
    return expected


def _as_rare(trace: SharedPart) -> tuple[str, int]:
    """Return the function and how many others share what fewest share."""
    forms, answers = _of_forms([trace]), _of_answers([trace])
    return trace.function, min([trace.others] * len(forms) + [trace.others_wrong] * len(answers))


def _shown(trace: SharedPart, shown: Mapping[tuple[str, int], int]) -> int:
    """Return how many other pairs share something in the function that so few share."""
    name, others = _as_rare(trace)
    return sum(shown.get((name, each), 0) for each in range(others + 1)) - 1


def _any(traces: Iterable[SharedPart]) -> list[SharedPart]:
    return list(traces)


def _of_forms(traces: Iterable[SharedPart]) -> list[SharedPart]:
    return [each for each in traces if each.bases[0] != "answers"]


def _of_answers(traces: Iterable[SharedPart]) -> list[SharedPart]:
    return [each for each in traces if "answers" in each.bases]


def _pairs(held: Holders) -> Iterable[tuple[str, tuple[str, str]]]:
    for digest, units in held.items():
        for first, second in combinations(sorted(units), 2):
            yield digest, (first, second)
