"""Tries drafts of checks until all that is left holds: with the reference, with the stub, and for `grade check`."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from msgspec import Struct

from grader import submission
from grader.author.audit import Audit, audit
from grader.author.check import check
from grader.author.check.checkup import Look
from grader.author.new import write_new
from grader.author.new.assembly import Assembly
from grader.author.new.drafts import DraftCheck, Slot
from grader.checks.kind import kind_of
from grader.errors import Fault, RubricError
from grader.execution import Engine, open_engine
from grader.grading import Prepared, grade, prepare, read
from grader.language import Bilingual, Message, inert, say
from grader.model import Returned, Task, Value
from grader.values import fingerprint

_NUMBER = re.compile(r"[-+]?\d+\.?\d*(?:e[-+]?\d+)?")
_MOST_ROUNDS = 60
_MOST_LOOKS = 6
_TIMES = 4
"""How many times as many cases are drawn at first, so that another seed gives none that the reference refuses."""


class Settled(Struct, frozen=True, kw_only=True, eq=False):
    """What came of the drafts: the checks by function, those that no longer agree with the notebook's output.

    `reasons` say why functions are left without a check, `looks` what `grade check` still finds, `faults` why there is
    no `audit`.
    """

    checks: Mapping[str, Sequence[DraftCheck]]
    stale: Sequence[DraftCheck]
    reasons: Mapping[str, Message]
    looks: Sequence[Look]
    audit: Audit | None
    faults: Sequence[Message]


class _Place:
    """One slot, and which of its drafts is being tried."""

    def __init__(self, slot: Slot) -> None:
        self.slot, self.at = slot, 0

    @property
    def draft(self) -> DraftCheck | None:
        return self.slot[self.at] if self.at < len(self.slot) else None


class Rehearsal:
    """The drafts of an assignment, tried together on an engine; where two are needed, `opened` returns the other."""

    def __init__(
        self,
        assembly: Assembly,
        slots: Mapping[str, Sequence[Slot]],
        engine: Engine,
        opened: Callable[[], Engine] = open_engine,
    ) -> None:
        self.assembly, self.engine, self.opened = assembly, engine, opened
        self.places = {name: [_Place(slot) for slot in each] for name, each in slots.items()}
        self.reasons: dict[str, Message] = {}

    @property
    def checks(self) -> dict[str, list[DraftCheck]]:
        """The drafts that are tried now; properties only beside a check of values."""
        found = {name: [one.draft for one in each if one.draft is not None] for name, each in self.places.items()}
        return {name: each if any(one.kind != "properties" for one in each) else [] for name, each in found.items()}

    def settle(self) -> Settled:
        """Return the checks that hold together, each the first of its drafts that does."""
        stale: Sequence[DraftCheck] = ()
        looks: list[Look] = []
        for times in (_TIMES, 1):
            for _ in range(_MOST_ROUNDS):
                failing, stale = self._tried(times)
                if not self._next(failing):
                    break
        looked = 0
        while any(self.checks.values()):
            failing, looks = self._looked()
            if failing and self._leaks(looks) and self.assembly.reseeded():
                # Few whole numbers may draw what is public: with another seed they do not.
                failing = {}
            elif not self._next(failing, last=looked >= _MOST_LOOKS):
                break
            looked += 1
            failing, stale = self._tried()
            while self._next(failing):
                failing, stale = self._tried()
        found, faults = self._audited()
        return Settled(checks=self.checks, stale=stale, reasons=self.reasons, looks=looks, audit=found, faults=faults)

    def _next(self, failing: Mapping[int, Message | None], *, last: bool = False) -> bool:
        """Put the next draft in the place of each failing one; return whether there were any.

        None is put there if the failing one was to be the `last`, or if every draft of its function fails alike.
        """
        moved = False
        for name, each in self.places.items():
            for place in each:
                draft = place.draft
                if draft is not None and id(draft) in failing:
                    moved = True
                    why = failing[id(draft)]
                    place.at = len(place.slot) if last or why is _UNSEEDED else place.at + 1
                    if why is not None and place.draft is None:
                        self.reasons.setdefault(name, why)
        return moved

    def _tried(self, times: int = 1) -> tuple[dict[int, Message | None], Sequence[DraftCheck]]:
        """Return the failing drafts by id with the reason, and the stale ones; `times` as many cases are drawn."""
        if not any(self.checks.values()):
            return {}, ()
        with TemporaryDirectory() as folder:
            write_new(self.assembly.files(self.checks, times), Path(folder))
            drafted, known = self._drafted(), len(self.assembly.whole)
            try:
                prepared = prepare(read(Path(folder, "grading.yaml")), self.engine)
                failing = dict(self._unlike(prepared, drafted)) or dict(self._marked(prepared, Path(folder), drafted))
            except RubricError as error:
                return self._blamed(error), ()
            if not failing and len(self.assembly.whole) > known:
                return self._tried(times)
            return failing, [] if failing else _stale(prepared, drafted)

    def _drafted(self) -> dict[tuple[str, str], DraftCheck]:
        return {(one.function, one.name): one for each in self.checks.values() for one in each}

    def _blamed(self, error: RubricError) -> dict[int, Message | None]:
        """Return the drafts that faults are about. Raises the error if there are none."""
        found: dict[int, Message | None] = {}
        drafted = self._drafted()
        for fault in error.faults:
            for draft in self._owners(fault, drafted):
                found[id(draft)] = None
        if not found:
            found = {id(one): None for one in drafted.values() if one.generator}
        if not found:
            raise error
        return found

    def _owners(self, fault: Fault, drafted: Mapping[tuple[str, str], DraftCheck]) -> Iterator[DraftCheck]:
        """Yield the draft a fault is about: by the check its hint names, by its line, or by the generator it names."""
        for message in (fault.hint, fault.message):
            for function, name in _named(message) if message is not None else ():
                place = (function or str(fault.message.parameters.get("function", "")), name)
                if place in drafted:
                    yield drafted[place]
                    return
        if fault.at.path.endswith("grading.yaml") and fault.at.line in self.assembly.owners:
            yield self.assembly.owners[fault.at.line]

    def _unlike(
        self, prepared: Prepared, drafted: Mapping[tuple[str, str], DraftCheck]
    ) -> Iterator[tuple[int, Message | None]]:
        """Yield the drafts with other arguments than they should have, or results of another kind than was seen."""
        tasks: dict[int, list[Task]] = {}
        for task in prepared.tasks:
            draft = drafted.get((task.case.function, prepared.checks[task.key].name.en))
            if draft is not None:
                tasks.setdefault(id(draft), []).append(task)
        shown = {
            (one.function, _inputs(task)) for one in drafted.values() if one.public for task in tasks.get(id(one), ())
        }
        for one in drafted.values():
            own = tasks.get(id(one), [])
            if not all(_as_wanted(task, one) for task in own):
                yield id(one), None
            elif one.hidden and own and all((one.function, _inputs(task)) in shown for task in own):
                yield id(one), say("every other input that was found is a public one")

    def _marked(
        self, prepared: Prepared, folder: Path, drafted: Mapping[tuple[str, str], DraftCheck]
    ) -> Iterator[tuple[int, Message | None]]:
        """Yield the drafts that the reference fails, and those for which the stub gets points."""
        names = [problem.function for problem in prepared.plan.rubric.problems]
        for where, right in (("solutions", True), ("assignment", False)):
            report = grade(prepared, submission.load(folder / where / self.assembly.file, names), self.engine)
            for problem in report.problems:
                for each in problem.checks:
                    draft = drafted.get((problem.function, each.name.en))
                    if draft is None:
                        continue
                    earned, partly = each.score > 0, each.score < each.max_score
                    if not problem.max_score:  # it only informs, so its state says what points would
                        earned, partly = each.status in ("passed", "partial"), each.status == "partial"
                    if right and each.status != "passed":
                        yield id(draft), None
                    elif not right and earned and partly and problem.function not in self.assembly.whole:
                        # Some outputs are given in the stub: then all of them together count.
                        self.assembly.whole.add(problem.function)
                    elif not right and earned:
                        yield id(draft), say("the stub would pass, since what it returns does not show its work")

    def _looked(self) -> tuple[dict[int, Message | None], list[Look]]:
        """Return the drafts to which `grade check` objects, and all that it objects to."""
        with TemporaryDirectory() as folder, closing(self.opened()) as other:
            write_new(self.assembly.files(self.checks), Path(folder))
            plan = read(Path(folder, "grading.yaml"))
            drafted, failing, looks = self._drafted(), dict[int, Message | None](), list[Look]()
            try:
                for each in check(plan, self.engine, other):
                    if not each.holds:
                        looks.append(each)
                        failing |= _objected(each, drafted)
            except RubricError as error:
                failing |= self._blamed(error)
            return failing, looks

    @staticmethod
    def _leaks(looks: Sequence[Look]) -> bool:
        return any(each.title.template == _LEAKED for each in looks)

    def _audited(self) -> tuple[Audit | None, Sequence[Message]]:
        """Return the audit, or why there is none."""
        if not any(self.checks.values()):
            return None, ()
        with TemporaryDirectory() as folder:
            write_new(self.assembly.files(self.checks), Path(folder))
            try:
                return audit(read(Path(folder, "grading.yaml")), self.engine, advice=False), ()
            except RubricError as error:
                return None, [
                    say("{place}: {what}", place=inert(f"{Path(each.at.path).name}:{each.at.line}"), what=each.message)
                    for each in error.faults
                ]


_UNSTEADY = "Two runs give different reports."
_LEAKED = "The student kit would give away what students must not see."
_UNSEEDED = say("it returns something else each time, so it seems to draw without a seed")


def _objected(found: Look, drafted: Mapping[tuple[str, str], DraftCheck]) -> dict[int, Message | None]:
    """Return the drafts that a look is about; where a function is not steady, all of its drafts."""
    failing: dict[int, Message | None] = {}
    for detail in found.details:
        for function, name in _named(detail):
            for place, draft in drafted.items():
                if place == (function, name):
                    failing[id(draft)] = None
                if found.title.template == _UNSTEADY and place[0] == function:
                    failing[id(draft)] = _UNSEEDED
    return failing


def _named(message: Message) -> Iterator[tuple[str, str]]:
    """Yield the functions and checks that a message and those inside it name; "" for a function that is not said."""
    name = message.parameters.get("check")
    if isinstance(name, Bilingual):
        yield str(message.parameters.get("function", "")), name.en
    for inner in message.parameters.values():
        if isinstance(inner, Message):
            yield from _named(inner)


def _inputs(task: Task) -> object:
    return tuple(fingerprint(list(call.arguments)) for call in task.case.calls)


def _as_wanted(task: Task, draft: DraftCheck) -> bool:
    """Return whether a case has the arguments that it should, and returned what is built as was seen."""
    given = draft.wanted
    if given is not None and fingerprint(list(task.case.calls[0].arguments)) != fingerprint(list(given)):
        return False
    outcome = task.want[0] if task.want else None
    return draft.like is None or (isinstance(outcome, Returned) and _alike(outcome.value, draft.like[0]))


def _alike(value: Value, wanted: Value) -> bool:
    if isinstance(wanted, dict):
        return isinstance(value, dict) and bool(value) == bool(wanted)
    if isinstance(wanted, tuple):
        return isinstance(value, tuple) and len(value) == len(wanted) and all(map(_alike, value, wanted))
    if isinstance(wanted, np.ndarray):
        if not isinstance(value, np.ndarray) or (value.ndim, value.dtype.kind) != (wanted.ndim, wanted.dtype.kind):
            return False
        return _finite(value) or not _finite(wanted)
    if isinstance(wanted, float):
        return isinstance(value, float) and (math.isfinite(value) or not math.isfinite(wanted))
    return (value is None) == (wanted is None)


def _finite(value: np.ndarray) -> bool:
    return value.dtype.kind not in "fc" or bool(np.isfinite(value).all())


def _stale(prepared: Prepared, drafted: Mapping[tuple[str, str], DraftCheck]) -> list[DraftCheck]:
    """Return the drafts whose notebook's output lacks a number that the reference returns now."""
    returns = {problem.function: problem.returns for problem in prepared.chosen}
    printed: dict[int, list[str]] = {}
    for task in prepared.tasks:
        found = prepared.checks[task.key]
        draft = drafted.get((task.case.function, found.name.en))
        if draft is not None and draft.output and found.demand.compares and isinstance(task.want[0], Returned):
            lines = kind_of(found).labelled(returns[task.case.function], task.case, task.want[0].value)
            printed.setdefault(id(draft), []).extend(text for _, text in lines)
    return [one for one in drafted.values() if one.output and not _agrees(one.output, printed.get(id(one), ()))]


def _agrees(output: str, expected: Collection[str]) -> bool:
    """Return whether the notebook's output contains every expected number."""
    printed = [float(number) for number in _NUMBER.findall(output)]
    wanted = [float(number) for text in expected for number in _NUMBER.findall(text)]
    return all(any(math.isclose(one, other, rel_tol=1e-6, abs_tol=1e-8) for other in printed) for one in wanted)
