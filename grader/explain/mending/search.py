"""The search for one or two mends with which a function is right in every case."""

from __future__ import annotations

import ast
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Protocol

from msgspec.structs import replace

from grader.comparison.outputs import output_shares
from grader.explain.mending.effects import Effects, Key
from grader.explain.mending.focus import lines
from grader.explain.mending.mends import CaseFacts, Mend, Undoing, apart, joined, mends
from grader.explain.mending.nearness import TriedCase, alike, content, duration, nearness, top, wanted
from grader.explain.mending.switches import switched
from grader.explain.mending.written import FunctionText
from grader.explain.values.samples import Array
from grader.model import Outcome, Part, Stopped, Value

TRIES, PAIRED, OTHERS = 1000, 1200, 500
"""Tries of mended functions for one function, at most; then for two slips, if one mend brought it nearer; then of loose
kinds."""
QUICK, SLOW, SECONDS = 0.003, 0.05, 20.0
"""A call that takes longer than the first, in seconds, is made less often; where another takes less than the second, it
is not made; after the third nothing more is tried. A busy machine may hold up a call of 0.2 ms for 10 ms."""
STOPPED = 2
"""Mended functions that may end their worker: they go on for ever, say."""
TOGETHER, BATCH_SECONDS = 32, 0.1
"""Tries that are made in one call of the worker, at most, and the seconds that they may take."""
NEARER, LOOKED_AT, COMPARED, BASES, BEHIND = 0.02, 12, 6, 3, Fraction(9, 10)
"""Of mends that bring an answer nearer by so much, the nearest are looked at in some other cases, and the best of them,
and what is not far behind, are tried with each other one."""
NARROWER = 60
"""Mends that are tried behind one of several lines, for one of the same kind in a single line."""
VARIED = 1000
"""Numbers of an expected array that are looked at to see whether they differ."""
RIGHT = 2.0
"""The nearness of a right answer; others have at most 1."""
SPOILT = -1.0
"""The nearness where nothing comes back."""


class Workshop(Protocol):
    """Runs other texts of the student's function, in a worker."""

    def call(self, text: str, arguments: tuple[Value, ...]) -> Outcome:
        """Return what the function makes of the arguments with another text."""
        ...

    def each(self, groups: Sequence[tuple[str, int]], arguments: tuple[Value, ...]) -> Sequence[Outcome] | None:
        """Return what the functions of some texts, so many each, make of the arguments; None if one ends the call."""
        ...

    def watched(
        self, text: str, tops: Sequence[int], arguments: tuple[Value, ...]
    ) -> tuple[frozenset[int], Mapping[str, Value]]:
        """Return the lines of the text that a call runs, and what its names hold at the lines `tops`."""
        ...


class Search:
    """Tries mends; `left` are the calls that may still be made."""

    def __init__(
        self, written: FunctionText, returns: tuple[Part, ...], cases: Sequence[TriedCase], workshop: Workshop
    ) -> None:
        self.written, self.returns, self.workshop = written, returns, workshop
        self.cases = sorted(cases, key=lambda one: (one.right, one.size))
        self.until, self.stopped = time.monotonic() + SECONDS, 0
        self.left = TRIES

    @property
    def over(self) -> bool:
        """Whether nothing more is to be tried."""
        return self.left <= 0 or self.stopped > STOPPED or time.monotonic() > self.until

    @property
    def varied(self) -> bool:
        """Whether the wrong cases expect different numbers: of one number alone many a formula is right by chance."""
        return _vary([array for one in self.cases if not one.right for array in wanted(one, self.returns).values()])

    def found(
        self, kinds: tuple[Sequence[Undoing], Sequence[Undoing]], probe: TriedCase, known: CaseFacts
    ) -> Iterator[tuple[Mend, ...]]:
        """Yield the one or two mends with which every case is right, for each of two kinds; () if there is none.

        Two slips are looked for among the first kinds; one of them may be of the others where it alone feeds an output,
        or makes a case right by itself.
        """
        specific, loose = kinds
        pace = QUICK / max(QUICK, self.pause(probe))
        self.left = int(TRIES * pace)
        before = nearness(probe.trial.got, probe, self.returns)
        likely = self.likely()
        tried: list[tuple[float, Mend]] = []
        effects = self.effects(probe)
        every = [*mends(specific, self.written, known, likely)]
        right = self.single(iter(every), probe, effects, tried)
        nearer = sorted((one for one in tried if one[0] > before + NEARER), key=lambda one: -one[0])
        seconds = [mend for _, mend in sorted(tried, key=lambda one: -one[0])] + every[len(tried) :]
        firsts = self.best([mend for _, mend in nearer[:LOOKED_AT]]) if nearer and not right else []
        if firsts:
            right = self.pair(firsts, seconds, int(PAIRED * pace))
        if right:
            yield right
        others = [*mends(loose, self.written, known, likely)] if self.varied else []
        self.left = int(OTHERS * pace)
        found: list[tuple[float, Mend]] = []
        alone = self.single(iter(others), probe, effects, found)
        if not right:
            if firsts and not alone:
                right = self.pair(firsts, others, int(OTHERS * pace), apart_only=True)
                by_itself = [mend for near, mend in found if near == RIGHT]
                if by_itself and not right:
                    right = self.pair(self.best(by_itself[:LOOKED_AT]), seconds, int(OTHERS * pace))
            yield right or (() if alone else self.of_one_output([*every, *others], int(OTHERS * pace)))
        yield alone

    def pause(self, probe: TriedCase) -> float:
        """Return how many seconds a case takes: the least of five, where the machine may have held up some."""
        least = probe.seconds
        for _ in range(4):
            if least <= QUICK:
                break
            least = min(least, duration(self.outcomes((), probe)) or least)
        return least

    def likely(self) -> frozenset[int]:
        """Return the lines that feed a wrong output and no right one, if there are any."""
        return self.feeding(self.written, [(one, one.trial.got) for one in self.cases if not one.right])

    def feeding(self, written: FunctionText, wrong: Sequence[tuple[TriedCase, tuple[Outcome, ...]]]) -> frozenset[int]:
        """Return the lines of a text that feed an output that some answers have wrong, and none that all have right."""
        bad = set[str]()
        for one, got in wrong:
            if not one.plain:
                continue
            each = alike(got, one, self.returns)
            if each is None:
                return frozenset()
            bad |= {top(name) for name, part in each.items() if part < 1}
        places = {place for place, part in enumerate(self.returns) if part.name in bad}
        return lines(written, places, {*range(len(self.returns))} - places)

    def effects(self, one: TriedCase, some: Sequence[Mend] = ()) -> Effects:
        """Return what mends can do in a case, with some made, as far as watching the function tells."""
        tops = [getattr(each, "lineno", 0) for each in self.written.function.body]
        text = self.text(some)
        lines, kinds = self.workshop.watched(text, tops, one.trial.case.calls[0].arguments)
        moved = any("\n" in edit.text for mend in some for edit in mend.edits)
        same = not moved and text.count("\n") == self.written.data.count(b"\n")
        return Effects(self.written, lines if one.plain and same else frozenset(), kinds)

    def single(
        self, some: Iterator[Mend], probe: TriedCase, effects: Effects, tried: list[tuple[float, Mend]]
    ) -> tuple[Mend, ...]:
        """Return the first of the mends with which every case is right, () if there is none.

        All that were tried before are put into `tried`, each with how near to right it comes. One of several lines
        gives way to one of the same kind in a single line: then the other lines were right.
        """
        wide, more = None, 0
        for (mend,), near in self.nearnesses(((each,) for each in some), probe, effects):
            more += wide is not None
            if more > NARROWER:
                break
            if near < RIGHT or (wide is not None and (len(mend.lines) > 1 or mend.said.template != wide.said.template)):
                tried.append((near, mend))
            elif self.all_right((mend,)):
                found = self.needed(mend)
                if len(found.lines) == 1:
                    return (found,)
                wide = found
            else:
                tried.append((near, mend))
        return () if wide is None else (wide,)

    def needed(self, mend: Mend, beside: tuple[Mend, ...] = ()) -> Mend:
        """Return the mend without the places that were right before: those must not be blamed."""
        parts = list(mend.parts)
        for part in mend.parts:
            rest = [one for one in parts if one is not part]
            if rest and self.all_right((joined(rest), *beside)):
                parts = rest
        return joined(parts) if parts else mend

    def of_one_output(self, some: Sequence[Mend], tries: int) -> tuple[Mend, ...]:
        """Return a mend that leaves an output right everywhere which was not, with another one still wrong.

        It is looked for in the lines that feed this output alone, if the wrong cases expect different numbers of it.
        """
        before = {name for one in self.cases for name in self.wrong_in(one, one.trial.got)}
        places = {part.name: place for place, part in enumerate(self.returns)}
        for name in sorted(before) if len({top(each) for each in before}) > 1 else ():
            place = places.get(top(name), 0)
            own = lines(self.written, {place}, {*places.values()} - {place})
            wrong = [one for one in self.cases if name in self.wrong_in(one, one.trial.got)]
            if not own or not _vary([wanted(one, self.returns).get(name) for one in wrong]):
                continue
            probe = wrong[0]
            self.left, start = tries, nearness(probe.trial.got, probe, self.returns)
            inside = ((mend,) for mend in some if mend.within(own, self.written))
            for (mend,), near in self.nearnesses(inside, probe, self.effects(probe)):
                if near > start + NEARER:
                    after = {each for one in self.cases for each in self.wrong_in(one, self.outcomes((mend,), one))}
                    if name not in after and after < before:
                        return (replace(mend, outputs=tuple(sorted(before - after))),)
        return ()

    def wrong_in(self, one: TriedCase, got: tuple[Outcome, ...]) -> set[str]:
        """Return the names of the outputs of which the check takes something away in a case."""
        if not one.plain:
            return set()
        verdict = one.check.demand.judge(one.check, self.returns, one.trial.case, got, one.trial.want)
        earned = dict(verdict.by_part)
        return {name for name, share in output_shares(self.returns) if earned.get(name, Fraction(0)) < share}

    def best(self, firsts: Sequence[Mend]) -> list[Mend]:
        """Return those of the mends that get most in some cases, of which those that were wrong come first."""
        shares = [
            sum(self.judged(one, self.outcomes((first,), one)) for one in self.cases[:COMPARED]) for first in firsts
        ]
        ranked = sorted(zip(shares, firsts, strict=True), key=lambda one: -one[0])[:BASES]
        return [first for share, first in ranked if share >= BEHIND * ranked[0][0]]

    def pair(
        self, firsts: Sequence[Mend], seconds: Sequence[Mend], tries: int, *, apart_only: bool = False
    ) -> tuple[Mend, ...]:
        """Return two mends with which every case is right, () if there are none.

        The second is tried on a case that the first leaves wrong, first in the lines that may be wrong then, or there
        alone (`apart_only`). Every first mend gets its part of the tries.
        """
        for number, first in enumerate(firsts):
            self.left = tries >> min(number + 1, len(firsts) - 1)
            answers = [(one, self.outcomes((first,), one)) for one in self.cases]
            wrong = [(one, got) for one, got in answers if self.judged(one, got) < 1]
            if not wrong:  # the function does not give the same twice
                continue
            likely = self.feeding(self.mended(first), wrong)
            effects = self.effects(wrong[0][0], (first,))
            inside = [likely and mend.within(likely, self.written) for mend in seconds]
            inner = [mend for mend, one in zip(seconds, inside, strict=True) if one]
            far = [mend for mend, one in zip(seconds, inside, strict=True) if not one and not apart_only]
            pairs = ((first, second) for second in (*inner, *far) if apart(sorted(first.edits + second.edits)))
            for both, near in self.nearnesses(pairs, wrong[0][0], effects):
                if near == RIGHT and self.all_right(both):
                    second = self.needed(both[1], (first,))
                    return self.needed(first, (second,)), second
        return ()

    def nearnesses(
        self, candidates: Iterable[tuple[Mend, ...]], one: TriedCase, effects: Effects
    ) -> Iterator[tuple[tuple[Mend, ...], float]]:
        """Yield mends, each with how near to right it comes in a case, `RIGHT` where it is right.

        Mends that do the same there are tried once, and those that only spoil it never.
        """
        known: dict[Key, float] = {(): nearness(one.trial.got, one, self.returns)}
        waiting: list[tuple[tuple[Mend, ...], Key | None]] = []
        new: dict[Key, tuple[Mend, ...]] = {}
        size = 4
        for some in candidates:
            if self.over:
                break
            key = effects.key(some)
            waiting.append((some, key))
            if key is not None and key not in known:
                new.setdefault(key, some)
            if len(new) >= min(size, self.together(one)):
                known |= self.tried(new, one)
                yield from _each(waiting, known)
                waiting, new, size = [], {}, size * 2
        known |= self.tried(new, one)
        yield from _each(waiting, known)

    def together(self, one: TriedCase) -> int:
        """Return how many mended functions are run at once in a case: a loop without an end would end them all."""
        return (
            1
            if not one.plain or self.written.endless
            else max(1, min(TOGETHER, int(BATCH_SECONDS / max(one.seconds, 1e-6))))
        )

    def tried(self, some: Mapping[Key, tuple[Mend, ...]], one: TriedCase) -> dict[Key, float]:
        """Return how near to right mended functions are in a case."""
        got = self.at_once(tuple(some.values()), one) if len(some) > 1 and self.together(one) > 1 else None
        if got is None:
            return {key: self.rated(self.outcomes(each, one), one) for key, each in some.items()}
        self.left -= len(some)
        same = [content(outcome) for outcome in got]
        near = {each: self.rated((outcome,), one) for each, outcome in dict(zip(same, got, strict=True)).items()}
        return {key: near[each] for key, each in zip(some, same, strict=True)}

    def at_once(self, some: Sequence[tuple[Mend, ...]], one: TriedCase) -> list[Outcome] | None:
        """Return what mended functions do in a case, made in one call; None if one of them ends it."""
        whole = switched(self.written, [[edit for mend in each for edit in mend.edits] for each in some])
        alone = [index for index in range(len(some)) if index not in set(whole.held)]
        groups = [(whole.text, len(whole.held)), *((self.text(some[index]), 1) for index in alone)]
        got = self.workshop.each(groups, one.trial.case.calls[0].arguments)
        if got is None:
            return None
        places = dict(zip((*whole.held, *alone), got, strict=True))
        return [places[index] for index in range(len(some))]

    def rated(self, got: tuple[Outcome, ...], one: TriedCase) -> float:
        """Return how near to right an answer is in a case, `RIGHT` if it is right."""
        return RIGHT if self.judged(one, got) == 1 else nearness(got, one, self.returns)

    def all_right(self, some: Sequence[Mend]) -> bool:
        """Return whether the mended function is right in every case."""
        return all(self.judged(one, self.outcomes(some, one)) == 1 for one in self.cases)

    def judged(self, one: TriedCase, got: tuple[Outcome, ...]) -> Fraction:
        """Return what a check gives an answer, of 1."""
        return one.check.demand.judge(one.check, self.returns, one.trial.case, got, one.trial.want).share

    def text(self, some: Sequence[Mend]) -> str:
        """Return the function's text with mends made."""
        return self.written.made([edit for mend in some for edit in mend.edits])

    def mended(self, mend: Mend) -> FunctionText:
        """Return the text with a mend made, if it keeps its lines; otherwise as it is."""
        text = self.text((mend,))
        (made,) = ast.parse(text).body
        same = not any("\n" in edit.text for edit in mend.edits) and text.count("\n") == self.written.data.count(b"\n")
        return FunctionText(made) if same and isinstance(made, ast.FunctionDef) else self.written

    def outcomes(self, some: Sequence[Mend], one: TriedCase) -> tuple[Outcome, ...]:
        """Return what the mended function does in a case."""
        text = self.text(some)
        got = tuple(self.workshop.call(text, call.arguments) for call in one.trial.case.calls)
        self.left -= len(got)
        self.stopped += any(isinstance(outcome, Stopped) for outcome in got)
        return got


def _vary(arrays: Sequence[Array | None]) -> bool:
    """Return whether arrays hold different numbers, or truth values."""
    given = [array for array in arrays if array is not None]
    if any(array.dtype.kind == "b" for array in given):
        return True
    return len({number for array in given for number in array[array != 0][:VARIED].tolist()}) > 1


def _each(
    waiting: Sequence[tuple[tuple[Mend, ...], Key | None]], known: Mapping[Key, float]
) -> Iterator[tuple[tuple[Mend, ...], float]]:
    for some, key in waiting:
        yield some, SPOILT if key is None else known[key]
