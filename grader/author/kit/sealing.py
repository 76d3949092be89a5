"""Sealing: hidden cases put into a kit without their answers (`grader.comparison.seals` says how answers are compared).

A kit holds of a hidden case its arguments as drawn, the form of its answer, grids, and salted digests. A digest must be
hard to guess for somebody who knows the arguments and the form. Such a person is taken to know which numbers are
likely (those among the arguments, and small whole numbers), and that equal numbers repeat. What is left to guess is

- for each different number: which of the likely ones it is, or, if it is none, its place on the grid (a whole number n:
  one of about 2|n| + 2 numbers that are not larger);
- where each of them stands: log2 of the number of arrangements, n! / (n1! n2! …);

less what the grid tells: one bit an element where each has its own place in its cell, one bit a different number
where all share one offset. An output that is one of the arguments, whole, is no secret at all. A person who knows the
function can compute the answer, so nobody is taken to know it.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from grader.checks.kind import kind_of
from grader.comparison.seals import COST, Unsealable, cells_of, digest, framed, grid_of, numbers_in, steps_of
from grader.comparison.values import fitted
from grader.grading import Prepared
from grader.language import Bilingual, Message, say
from grader.model import Call, Case, Check, Outcome, Problem, Returned, Signature, Task
from grader.model.outcome import Grid, Lock, Seal, Sealed
from grader.values import family_of, leaves
from grader.values.numbers import number

if TYPE_CHECKING:
    from grader.model import Value


SMALL = 16
"""Whole numbers up to this size are likely whatever the arguments are."""
MOST = 20.0
"""Bits that a single number may count for: more digits than a tolerance asks for are no further secret."""


class GivenAway(Struct, frozen=True, kw_only=True, eq=False):
    """What the arguments of a call give away: their numbers (1-D, sorted), their arrays, their texts."""

    numbers: np.ndarray
    arrays: frozenset[tuple[tuple[int, ...], bytes]]
    texts: frozenset[str]


def given_away(call: Call) -> GivenAway:
    """Return what a call's arguments give away."""
    found = [np.asarray(one) for one in numbers_in(call.arguments)]
    flat = [_floats(one) for one in found]
    known = np.concatenate([np.arange(-SMALL, SMALL + 1.0), *flat])
    return GivenAway(
        numbers=np.unique(known[np.isfinite(known)]),
        arrays=frozenset((one.shape, _floats(one).tobytes()) for one in found),
        texts=frozenset(_texts(call.arguments)),
    )


def bits_to_guess(value: Value, grids: Sequence[Grid], known: GivenAway) -> float:
    """Return how many bits there are to guess of an output."""
    of_texts = sum(float(len(text)) for text in _texts(value) if text not in known.texts)
    return of_texts + sum(_array(one, grid, known) for one, grid in zip(numbers_in(value), grids, strict=True))


def _array(value: Value, grid: Grid, known: GivenAway) -> float:
    array = number(value).array
    flat = _floats(array)
    if (array.shape, flat.tobytes()) in known.arrays or not flat.size:
        return 0.0
    step = steps_of(value, grid) if grid.mode == "grid" else 0.0
    finite = np.where(np.isfinite(flat), flat, 0.0)
    if grid.atol and np.abs(finite).max() <= grid.atol:
        return 0.0  # 0 is right, and a grid with such a tolerance says so
    places = np.round(finite / step) if step else finite
    _, first, counts = np.unique(places, return_index=True, return_counts=True)
    top = float(np.abs(finite).max())
    of_grid = (flat.size if grid.shifted else len(first)) if step else 0
    each = (_number(float(finite[index]), step, top, known) for index in first)
    return max(0.0, sum(each) + _arrangements(counts.tolist()) - of_grid)


def _number(value: float, step: float, top: float, known: GivenAway) -> float:
    place = int(np.searchsorted(known.numbers, value))
    near = known.numbers[max(0, place - 1) : place + 2]
    likely = math.log2(len(known.numbers)) if (np.abs(near - value) <= step).any() else math.inf
    cells = 2 * abs(value) + 2 if value.is_integer() else 2 * top / step if step else math.inf
    return min(likely, math.log2(max(2.0, cells)), MOST)


def _arrangements(counts: Sequence[int]) -> float:
    """Return log2 of the number of orders of a row with so many of each kind."""
    return (math.lgamma(sum(counts) + 1) - sum(math.lgamma(count + 1) for count in counts)) / math.log(2)


def _floats(array: np.ndarray) -> np.ndarray:
    wide = np.ascontiguousarray(array, dtype=np.complex128).view(np.float64) if array.dtype.kind == "c" else array
    return wide.astype(np.float64).reshape(-1)


def _texts(value: Value) -> Iterator[str]:
    for path, leaf in leaves(value):
        yield from (each for each in (*path, leaf) if isinstance(each, str))


class Answer(Struct, frozen=True, kw_only=True, eq=False):
    """A case as it stands in the kit, its sealed answer, and for each output the cells and the bits to guess."""

    case: Case
    sealed: Sealed
    cells: tuple[bytes, ...]
    bits: tuple[float, ...]


def sealed_answer(
    problem: Problem, check: Check, task: Task, signature: Signature, random: Callable[[], float]
) -> Answer:
    """Return the answer of a task whose values are compared. Raises Unsealable for what cannot be sealed."""
    case = task.case
    values = [outcome.value for outcome in task.want if isinstance(outcome, Returned)]
    bare = _without_names(case, signature)
    compared = kind_of(check).sealable(check, case, values)
    if compared is None:
        frame, locks, outputs = framed(values[0], problem.returns, fitted(check, task).compare, random)
    else:
        frame, (locks, outputs) = None, _locked(check, compared.outputs, random)
        bare = replace(bare, entries=compared.entries, names={**bare.names, **compared.names})
    cells = [cells_of(output, lock.grids, check.compare) for output, lock in zip(outputs, locks, strict=True)]
    if None in cells:
        raise Unsealable("form")
    known = given_away(case.calls[0])
    return Answer(
        case=bare,
        sealed=Sealed(frame=frame, locks=locks),
        cells=tuple(each for each in cells if each is not None),
        bits=tuple(bits_to_guess(output, lock.grids, known) for output, lock in zip(outputs, locks, strict=True)),
    )


def _without_names(case: Case, signature: Signature) -> Case:
    """Return a case with its arguments under their parameters' names and nothing else that was drawn."""
    arguments = case.calls[0].arguments if case.calls else ()
    names = dict(zip(signature.parameters, arguments, strict=False))
    return replace(case, names=names, seed=0, truth=())


def _form_only(outcome: Outcome) -> Outcome:
    """Return an outcome that keeps only the containers and the first axis of each array.

    That is all a property asks of the reference: which outputs have one row a sample.
    """
    return Returned(value=_without_content(outcome.value)) if isinstance(outcome, Returned) else outcome


def _without_content(value: Value) -> Value:
    if isinstance(value, np.ndarray):
        return np.zeros(value.shape[:1], dtype=np.uint8)
    family = family_of(value)
    if family.any_parts:
        made: Value = family.rebuilt(value, [_without_content(item) for _, item in family.parts(value)])
        return made
    return None if value is None else ""


def _locked(
    check: Check, compared: Sequence[tuple[str, Any, float]], random: Callable[[], float]
) -> tuple[tuple[Lock, ...], tuple[Value, ...]]:
    """Return a lock for each of the outputs, and the outputs; `compared` are name, array and what it may be off by."""
    locks: list[Lock] = []
    for output, array, allowed in compared:
        top = float(np.abs(array).max())
        if top == 0.0:
            raise Unsealable(output)
        # Two digits of the ratio, rounded up: it holds the rounding of what was computed, and says no more of it.
        ratio = float(f"{allowed / top * 1.05:.1e}")
        locks.append(Lock(output=output, grids=(grid_of(array, check.compare, random, (0.0, ratio)),)))
    return tuple(locks), tuple(array for _, array, _ in compared)


LEAST = 48.0
"""Bits that a digest must hold; at 50 ms a guess, half of them tried, some 200 000 years of one core."""
FAST = 96.0
"""From so many bits on, guesses need not be made slow."""

Place = tuple[int, int]
"""A case, by its place among the check's, and an output, by its lock."""


class DigestGroup(Struct, frozen=True, kw_only=True):
    """Outputs that share one digest (`covers`), those among them that it decides (`opens`), and the bits to guess."""

    covers: tuple[Place, ...]
    opens: tuple[Place, ...]
    bits: float


def digest_groups(answers: Sequence[Answer]) -> tuple[DigestGroup, ...]:
    """Return how the outputs of a check's cases are digested; none if all of them together could be guessed.

    An output that holds enough bits has a digest of its own. A lesser one (a cache, a flag) shares a digest with those
    of its case, and so counts only where these are right. Where a whole case holds too little, it shares one with the
    cases after it: they are then right together or not at all.
    """
    found: list[DigestGroup] = []
    waiting: dict[int, Answer] = {}
    for index, one in enumerate(answers):
        if sum(one.bits) >= LEAST:
            found += _within(index, one)
        else:
            waiting[index] = one
            together = _together(waiting)
            if together.bits >= LEAST:
                found.append(together)
                waiting = {}
    if not waiting:
        return tuple(found)
    return tuple(_with_the_rest(found, _together(waiting))) if found else ()


def seal_of(group: DigestGroup, cells: Sequence[bytes], salt: bytes, first: int) -> Seal:
    """Return the seal of a group; `first` is the place of the check's first case among all."""
    cost = 0 if group.bits >= FAST else COST
    return Seal(
        covers=tuple((first + case, lock) for case, lock in group.covers),
        opens=tuple((first + case, lock) for case, lock in group.opens),
        cost=cost,
        salt=salt.hex(),
        digest=digest(cells, salt, cost),
    )


def _within(index: int, one: Answer) -> Iterator[DigestGroup]:
    """Yield the groups of a case that is hard enough to guess by itself."""
    strong = [lock for lock, bits in enumerate(one.bits) if bits >= LEAST]
    if not strong:
        yield _together({index: one})
        return
    weak = [lock for lock, bits in enumerate(one.bits) if bits < LEAST]
    for lock in (*strong, *weak):
        locks = [lock] if lock in strong else [*strong, lock]
        yield DigestGroup(
            covers=tuple((index, each) for each in locks),
            opens=((index, lock),),
            bits=sum(one.bits[each] for each in locks),
        )


def _together(answers: Mapping[int, Answer]) -> DigestGroup:
    """Return the group of all outputs of several cases, which are named by their places."""
    places = tuple((index, lock) for index, one in answers.items() for lock in range(len(one.bits)))
    return DigestGroup(covers=places, opens=places, bits=sum(sum(one.bits) for one in answers.values()))


def _with_the_rest(found: Sequence[DigestGroup], rest: DigestGroup) -> Iterator[DigestGroup]:
    """Yield the groups, the last cases joined to another group: one of several cases if there is one."""
    several = [group for group in found if len({case for case, _ in group.opens}) > 1]
    host = (several or [group for group in found if group.covers == group.opens])[-1]
    yield from (group for group in found if not several or group is not host)
    yield DigestGroup(
        covers=host.covers + rest.covers,
        opens=host.opens + rest.opens if several else rest.opens,
        bits=host.bits + rest.bits,
    )


FEWEST = 4
"""Different numbers in an array that is looked for: fewer (a mask has two) may be equal by chance."""
Fingerprint = tuple[tuple[int, ...], bytes]
"""An array's shape, and its elements as float64."""


def arrays(value: Value) -> set[Fingerprint]:
    """Return the arrays within a value, without those of fewer than `FEWEST` different numbers."""
    return {
        (leaf.shape, leaf.astype(np.float64).tobytes())
        for _, leaf in leaves(value)
        if isinstance(leaf, np.ndarray) and leaf.dtype.kind in "iuf" and len(np.unique(leaf)) >= FEWEST
    }


def given_arrays(case: Case) -> set[Fingerprint]:
    """Return the arrays among the arguments of a case's calls."""
    return arrays([call.arguments for call in case.calls])


def secret_arrays(task: Task) -> set[Fingerprint]:
    """Return the arrays that a task expects; an output that is an argument is no secret."""
    return arrays([each.value for each in task.want if isinstance(each, Returned)]) - given_arrays(task.case)


class LeftOut(Struct, frozen=True, kw_only=True):
    """A hidden check that is not in the kit, and why."""

    function: str
    name: Bilingual
    reason: Message


class Guesswork(Struct, frozen=True, kw_only=True):
    """What guessing a digest takes: the bits to try, and the cost of each try (see `Seal.cost`)."""

    function: str
    name: Bilingual
    bits: float
    cost: int


class Sealing(Struct, frozen=True, kw_only=True, eq=False):
    """The hidden tasks of a kit, and the seals.

    What a task wants is sealed; for properties, only the form of what the reference returns is kept.
    """

    tasks: tuple[Task, ...]
    seals: tuple[Seal, ...]
    left_out: tuple[LeftOut, ...]
    work: tuple[Guesswork, ...]


def seal_hidden(prepared: Prepared) -> Sealing:
    """Return the hidden cases of a rubric, sealed; the same rubric and reference give the same bytes."""
    sealer = _Sealer(prepared)
    left_out = [
        LeftOut(function=problem.function, name=check.name, reason=reason)
        for problem in prepared.chosen
        for check in problem.checks
        if check.visibility == "hidden" and (reason := sealer.add(problem, check)) is not None
    ]
    return Sealing(
        tasks=tuple(sealer.tasks), seals=tuple(sealer.seals), left_out=tuple(left_out), work=tuple(sealer.work)
    )


class _Sealer:
    """Collects the tasks of hidden checks and their seals."""

    def __init__(self, prepared: Prepared) -> None:
        from hashlib import sha256

        plan = prepared.plan
        texts = [plan.reference.source.text, *(text for _, text in plan.reference.source.modules)]
        self.prepared = prepared
        # It follows from the author's files, so that salts made from it do not betray a short seed.
        self.key = sha256("\0".join([*texts, plan.rubric.digest, str(plan.rubric.seed)]).encode()).digest()
        hidden = [task for task in prepared.tasks if prepared.checks[task.key].visibility == "hidden"]
        self.secrets = set[Fingerprint]().union(*map(secret_arrays, hidden))
        self.tasks: list[Task] = []
        self.seals: list[Seal] = []
        self.work: list[Guesswork] = []

    def add(self, problem: Problem, check: Check) -> Message | None:
        """Add a check's cases, or return the reason why they must be left out."""
        own = [task for task in self.prepared.tasks if task.key == (problem.function, check.key)]
        signature = self.prepared.plan.signatures[problem.function]
        if any(not self.secrets.isdisjoint(given_arrays(task.case)) for task in own):
            return say("its arguments hold what another function is expected to return")
        keeping = kind_of(check).keeping
        if keeping == "hollow":
            self.tasks += [
                Task(case=_without_names(task.case, signature), want=tuple(map(_form_only, task.want))) for task in own
            ]
            return None
        if keeping == "beside":
            return say("the reference has to run beside it")
        if keeping == "conditions":
            return say("it is judged by conditions, which a seal cannot hold")
        if keeping == "stepwise":
            return say("its steps are compared one by one, which a seal cannot do")
        if check.compare.free and kind_of(check).compares:
            return say("a right answer may have several forms, which a seal cannot tell")
        if keeping == "guessable":
            return say("it only holds or fails, which is easy to guess")
        try:
            answers = [
                sealed_answer(problem, check, task, signature, self._dice(problem.function, check.key, task.case.index))
                for task in own
            ]
        except Unsealable:
            return say("its answers cannot be quantised with this tolerance")
        found = digest_groups(answers)
        if not found:
            whole = sum(sum(one.bits) for one in answers)
            return say("all its answers together could be guessed ({bits:.0f} bits)", bits=whole)
        self._seal(problem, check, answers, found)
        return None

    def _seal(self, problem: Problem, check: Check, answers: Sequence[Answer], found: Sequence[DigestGroup]) -> None:
        from hashlib import sha256

        first = len(self.tasks)
        for place, group in enumerate(found):
            cells = [answers[case].cells[lock] for case, lock in group.covers]
            salt = sha256(self.key + repr(("salt", problem.function, check.key, place)).encode()).digest()[:16]
            made = seal_of(group, cells, salt, first)
            self.seals.append(made)
            self.work.append(Guesswork(function=problem.function, name=check.name, bits=group.bits, cost=made.cost))
        self.tasks += [Task(case=one.case, sealed=one.sealed) for one in answers]

    def _dice(self, *words: str | int) -> Callable[[], float]:
        """Return a function that gives numbers from 0 to 1; they follow from the rubric, the reference and `words`."""
        from hashlib import shake_128
        from itertools import count

        seed = self.key + repr(("dice", *words)).encode()
        rolls = count(1)
        return lambda: int.from_bytes(shake_128(seed + next(rolls).to_bytes(4, "little")).digest(6), "little") / 2**48


def joined(sealing: Sealing, checks: Mapping[tuple[str, str], Check]) -> Iterator[Message]:
    """Yield how a kit's points may differ from the course's, where anything is sealed."""
    found: dict[tuple[str, str], int] = {}
    for seal in sealing.seals:
        if len({place for place, _ in seal.opens}) > 1:
            for place in {place for place, _ in seal.opens}:
                key = sealing.tasks[place].key
                found[key] = found.get(key, 0) + 1
    for key, count in found.items():
        yield say(
            "Sealed together: {count} cases of {function}, {check}. One by one they could be guessed, so in the kit "
            "one wrong case costs all of them.",
            count=count, function=key[0], check=checks[key].name,
        )  # fmt: skip
    if sealing.seals:
        yield say(
            "A kit may give fewer points than your course: what shares a digest is right together or not at all, and a "
            "function is not tried again with right helpers, since the kit has none."
        )


YEAR = 365.25 * 24 * 3600
"""Seconds."""


def weakest(work: Sequence[Guesswork]) -> tuple[Guesswork, float, float]:
    """Return the digest that takes least work to guess, the seconds of one guess here, and the years of one core.

    On average half of the possibilities have to be tried.
    """
    seconds = {cost: _guess(cost) for cost in {one.cost for one in work}}
    least = min(work, key=lambda one: 2.0 ** min(one.bits, 1000.0) * seconds[one.cost])
    return least, seconds[least.cost], 2.0 ** min(least.bits - 1, 1000.0) * seconds[least.cost] / YEAR


def _guess(cost: int) -> float:
    """Return the shortest time of three runs in seconds, since other processes only make a run longer."""
    taken = []
    for count in range(3):
        began = time.perf_counter()
        digest([bytes([count])], bytes(16), cost)
        taken.append(time.perf_counter() - began)
    return min(taken)
