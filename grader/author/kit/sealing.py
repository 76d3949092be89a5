"""Sealing: hidden cases put into a kit without their answers (`grader.comparison.seals` says how answers are compared).

What stands in the kit of a hidden case: its arguments as drawn, the form of its answer, grids, salted digests.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from grader.author.kit.guessing import Answer, DigestGroup, form_only, groups, seal_of, sealed_answer, without_names
from grader.checks.kind import kind_of
from grader.comparison.seals import Unsealable, digest
from grader.grading import Prepared
from grader.language import Bilingual, Message, say
from grader.model import Case, Check, Problem, Returned, Task
from grader.model.seal import Seal
from grader.values import leaves

if TYPE_CHECKING:
    from grader.model import Value


FEWEST = 4
"""Different numbers in an array that is looked for: fewer (a mask has two) may be equal by chance."""


def arrays(value: Value) -> set[tuple[Any, ...]]:
    """Return the arrays within a value, by shape and bytes as float64, without those of fewer than `FEWEST` numbers."""
    import numpy as np

    return {
        (leaf.shape, leaf.astype(np.float64).tobytes())
        for _, leaf in leaves(value)
        if isinstance(leaf, np.ndarray) and leaf.dtype.kind in "iuf" and len(np.unique(leaf)) >= FEWEST
    }


__all__ = ["Guesswork", "LeftOut", "Sealing", "seal_hidden"]


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
    maker = _Sealer(prepared)
    for problem in prepared.chosen:
        for check in problem.checks:
            if check.visibility == "hidden":
                maker.add(problem, check)
    return maker.done()


class _Sealer:
    def __init__(self, prepared: Prepared) -> None:
        self.prepared = prepared
        self.key = _key(prepared)
        self.secrets = _secrets(prepared)
        self.tasks: list[Task] = []
        self.seals: list[Seal] = []
        self.left_out: list[LeftOut] = []
        self.work: list[Guesswork] = []

    def add(self, problem: Problem, check: Check) -> None:
        """Add a check's cases, or the reason why they are left out."""
        reason = self._added(problem, check)
        if reason is not None:
            self.left_out.append(LeftOut(function=problem.function, name=check.name, reason=reason))

    def done(self) -> Sealing:
        """Return all that was added."""
        return Sealing(
            tasks=tuple(self.tasks),
            seals=tuple(self.seals),
            left_out=tuple(self.left_out),
            work=tuple(self.work),
        )

    def _added(self, problem: Problem, check: Check) -> Message | None:
        own = [task for task in self.prepared.tasks if task.key == (problem.function, check.key)]
        signature = self.prepared.plan.signatures[problem.function]
        if any(self._tells(task.case) for task in own):
            return say("its arguments hold what another function is expected to return")
        keeping = kind_of(check).keeping
        if keeping == "hollow":
            self.tasks += [
                Task(case=without_names(task.case, signature), want=tuple(map(form_only, task.want))) for task in own
            ]
            return None
        if keeping == "beside":
            return say("the reference has to run beside it")
        if keeping == "guessable":
            return say("it only holds or fails, which is easy to guess")
        try:
            answers = [
                sealed_answer(problem, check, task, signature, self._dice(problem.function, check.key, task.case.index))
                for task in own
            ]
        except Unsealable:
            return say("its answers cannot be quantised with this tolerance")
        found = groups(answers)
        if not found:
            whole = sum(sum(one.bits) for one in answers)
            return say("all its answers together could be guessed ({bits:.0f} bits)", bits=whole)
        self._seal(problem, check, answers, found)
        return None

    def _seal(self, problem: Problem, check: Check, answers: Sequence[Answer], found: Sequence[DigestGroup]) -> None:
        first = len(self.tasks)
        for number, group in enumerate(found):
            cells = [answers[case].cells[lock] for case, lock in group.covers]
            salt = self._salt(problem.function, check.key, number)
            made = seal_of(group, cells, salt, first)
            self.seals.append(made)
            work = Guesswork(function=problem.function, name=check.name, bits=group.bits, cost=made.cost)
            self.work.append(work)
        self.tasks += [Task(case=one.case, sealed=one.sealed) for one in answers]

    def _tells(self, case: Case) -> bool:
        """Return whether a case's arguments hold an answer of another one."""
        mine = {key for call in case.calls for key in arrays(call.arguments)}
        return not mine.isdisjoint(self.secrets)

    def _salt(self, *words: str | int) -> bytes:
        from hashlib import sha256

        return sha256(self.key + repr(("salt", *words)).encode()).digest()[:16]

    def _dice(self, *words: str | int) -> Callable[[], float]:
        """Return numbers from 0 to 1 that follow from the rubric, the reference and `words`."""
        from hashlib import shake_128

        seed = self.key + repr(("dice", *words)).encode()
        count = 0

        def roll() -> float:
            nonlocal count
            count += 1
            return int.from_bytes(shake_128(seed + count.to_bytes(4, "little")).digest(6), "little") / 2**48

        return roll


def _key(prepared: Prepared) -> bytes:
    """Return a secret that follows from the author's files, so that salts made from it do not betray a short seed."""
    from hashlib import sha256

    source = prepared.plan.reference.source
    texts = [source.text, *(text for _, text in source.modules), prepared.plan.rubric.digest]
    return sha256("\0".join([*texts, str(prepared.plan.rubric.seed)]).encode()).digest()


def _secrets(prepared: Prepared) -> set[tuple[Any, ...]]:
    """Return the arrays expected of hidden cases that are none of their own arguments."""
    found: set[tuple[Any, ...]] = set()
    checks = prepared.checks
    for task in prepared.tasks:
        if checks[task.key].visibility == "hidden":
            own = {key for call in task.case.calls for key in arrays(call.arguments)}
            for outcome in task.want:
                if isinstance(outcome, Returned):
                    found |= arrays(outcome.value) - own
    return found


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
    """Return the shortest time of three runs, since other processes only make a run longer."""
    taken = []
    for count in range(3):
        began = time.perf_counter()
        digest([bytes([count])], bytes(16), cost)
        taken.append(time.perf_counter() - began)
    return min(taken)
