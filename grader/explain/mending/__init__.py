"""Mending: typical slips undone one by one in the student's function, until every case comes out right.

A slip is told where the function without it is right in all cases, as the checks judge them. That holds as tightly as
the checks do, so nothing of a hidden case is told that its verdict does not tell. The mended functions run in a worker,
like any code of the student's, and after all that is shown; what they return is seen by the judge alone.
"""

from __future__ import annotations

import ast
import time
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import islice
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from msgspec import Struct

from grader.comparison.values import fitted
from grader.explain.mending import formulas, loops, places, words
from grader.explain.mending.mends import CaseFacts, Mend, Undoing, apart, joined, mends
from grader.explain.mending.written import FunctionText
from grader.explain.values.samples import Array, outputs, wide
from grader.language import Message, listed, say
from grader.model import Check, Outcome, Part, Raised, Returned, Stopped, Trial, Value
from grader.submission.syntax import tree_of
from grader.values import element_count, leaves

if TYPE_CHECKING:
    from grader.explain.failing import Trials
    from grader.model import Submission

__all__ = ["Ask", "mended"]

Ask: TypeAlias = Callable[[str, tuple[Value, ...]], Outcome]
"""Runs a text of the student's function on arguments, in a worker."""

SPECIFIC: tuple[Undoing, ...] = (
    loops.return_inside,
    formulas.written_in,
    words.texts,
    loops.assigned,
    loops.second_name,
    loops.exchanged,
    places.indices,
    loops.ranges,
    places.slices,
    formulas.terms,
    formulas.brackets,
    formulas.signs,
    formulas.factors,
    formulas.inside_the_sum,
    words.options,
    words.steps,
    words.order,
    words.functions,
    words.comparisons,
    words.truths,
    loops.wrong_start,
    loops.wrong_depth,
    places.whole_array,
    loops.left_out,
    formulas.rounding,
    words.names,
)
"""The kinds of slips, the likeliest and those with the clearest sentence first: the first mend that does is told."""

LOOSE: tuple[Undoing, ...] = (
    formulas.numbers,
    formulas.minus,
    formulas.missing_one,
    formulas.factor_left_out,
    formulas.divided,
    formulas.complement,
    formulas.step_left_out,
)
"""Kinds that fit many a formula; two slips at once are none of these."""

TRIES, PAIRED = 800, 500
"""Calls of mended functions for one function, at most; then for two slips, if one mend brought it nearer."""
QUICK, SECONDS = 0.003, 20.0
"""A call that takes longer than the first, in seconds, is made less often; after the second nothing more is tried."""
STOPPED = 2
"""Mended functions that may end their worker: they go on for ever, say."""
LINES, NODES = 200, 2000
"""A function that is longer, or has more nodes in its tree, is not looked at: looking takes the grader's time."""
BASES, NEARER = 4, 0.02
"""Mends that bring an answer nearer, by so much, and are then tried with each other one."""


class _Case(Struct, frozen=True, eq=False):
    """A case with its check."""

    check: Check
    trial: Trial

    @property
    def size(self) -> int:
        return element_count(self.trial.case.calls[0].arguments)

    @property
    def right(self) -> bool:
        return self.trial.verdict.share == 1


def mended(
    function: str, returns: tuple[Part, ...], trials: Trials, student: Submission, ask: Ask
) -> Iterator[Message | None]:
    """Yield what is wrong in which line of the student's function: first a specific slip, then a loose one.

    Each is None where no mend makes every case right.
    """
    written = _written(function, student)
    cases = [
        _Case(fitted(check, trial.task), trial)
        for check, each in trials
        for trial in each
        if check.demand.drawn and not check.demand.timed and not _surrounded(trial)
    ]
    failing = sorted((one for one in cases if not one.right), key=_probing_order)
    if written is None or not failing or not _mendable(failing):
        return
    search = _Search(written, returns, cases, ask)
    for found in search.found(failing[0], _known(written, cases)):
        yield _told(found, student) if found else None


def _written(function: str, student: Submission) -> FunctionText | None:
    tree = tree_of(student.source.text)
    if not isinstance(tree, ast.Module):
        return None
    found = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == function]
    if len(found) != 1 or (found[0].end_lineno or 0) - found[0].lineno > LINES:
        return None
    if sum(1 for _ in islice(ast.walk(found[0]), NODES + 1)) > NODES:
        return None
    try:
        return FunctionText(found[0])
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return None


def _surrounded(trial: Trial) -> bool:
    """Return whether a case is about what its call leaves behind, which a mended function is not asked for."""
    return any(call.watched or call.beside for call in trial.case.calls)


def _probing_order(one: _Case) -> tuple[bool, bool, int]:
    """Sort cases for trying: those that compare a value, of more than two numbers, small ones first."""
    want = one.trial.want[0] if one.trial.want else None
    numbers = element_count((want.value,)) if isinstance(want, Returned) else 0
    return not one.check.demand.compares, numbers < 3, one.size


_HOPELESS = {"NameError", "ImportError", "ModuleNotFoundError", "AttributeError", "TypeError", "NotImplementedError"}


def _mendable(failing: Sequence[_Case]) -> bool:
    """Return whether the function returned, or raised what a slip in a number or an index raises.

    A single hidden case is left: its right answer could be found by trying many at once.
    """
    if len(failing) == 1 and failing[0].check.visibility != "public":
        return False
    first = failing[0].trial.got[0]
    if isinstance(first, Raised) and all(
        isinstance(one.trial.got[0], Raised) and one.trial.got[0].type in _HOPELESS for one in failing
    ):
        return False
    return isinstance(first, Returned | Raised)


def _seconds(one: _Case) -> float:
    return sum(outcome.seconds for outcome in one.trial.got if isinstance(outcome, Returned | Raised))


def _known(written: FunctionText, cases: Sequence[_Case]) -> CaseFacts:
    """Return the texts that public cases are called with or the function compares with, and sizes of public cases."""
    texts = dict.fromkeys(
        one.value
        for one in written.nodes
        if isinstance(one, ast.Constant)
        and isinstance(one.value, str)
        and isinstance(written.parents[one], ast.Compare)
    )
    sizes: dict[int, dict[str, None]] = {}
    shapes: dict[tuple[int, ...], dict[str, None]] = {}
    for one in (one for one in cases if one.check.visibility == "public"):
        for name, argument in zip(written.parameters, one.trial.case.calls[0].arguments, strict=False):
            for path, value in leaves(argument):
                where = name + "".join(f"[{at!r}]" for at in path)
                if isinstance(value, str):
                    texts[value] = None
                if isinstance(value, np.ndarray) and value.ndim:
                    shapes.setdefault(value.shape, {})[f"{where}.shape"] = None
                    for axis, length in enumerate(value.shape):
                        sizes.setdefault(length, {})[f"{where}.shape[{axis}]"] = None
                elif type(value) is int:
                    sizes.setdefault(value, {})[where] = None
    return CaseFacts(
        texts=tuple(sorted(texts))[:4],
        sizes={size: tuple(where) for size, where in sizes.items()},
        shapes={shape: tuple(where) for shape, where in shapes.items()},
    )


class _Search:
    """Tries mends; `left` are the calls that may still be made."""

    def __init__(self, written: FunctionText, returns: tuple[Part, ...], cases: Sequence[_Case], ask: Ask) -> None:
        self.written, self.returns, self.ask = written, returns, ask
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
        numbers = [array for one in self.cases if not one.right for array in _wanted(one, self.returns)]
        if any(array.dtype.kind == "b" for array in numbers):
            return True
        return len({number for array in numbers for number in array[array != 0][:VARIED].tolist()}) > 1

    def found(self, probe: _Case, known: CaseFacts) -> Iterator[tuple[Mend, ...]]:
        """Yield the one or two specific mends with which every case is right, then a loose one; () if there is none."""
        pace = QUICK / max(QUICK, _seconds(probe))
        self.left = int(TRIES * pace)
        before = _nearness(probe.trial.got, probe, self.returns)
        tried: list[tuple[float, Mend]] = []
        right = self.single(SPECIFIC, probe, known, tried)
        nearer = sorted((one for one in tried if one[0] > before + NEARER), key=lambda one: -one[0])
        if nearer and not right:
            left, self.left = self.left, int(PAIRED * pace)
            right = self.pair([mend for _, mend in nearer[:BASES]], [mend for _, mend in tried])
            self.left = left
        yield right
        yield self.single(LOOSE, probe, known, []) if self.varied else ()

    def single(
        self, undoings: Sequence[Undoing], probe: _Case, known: CaseFacts, tried: list[tuple[float, Mend]]
    ) -> tuple[Mend, ...]:
        """Return the first mend of these kinds with which every case is right, () if there is none.

        All that were tried before are put into `tried`, each with how near to right it comes.
        """
        for mend in mends(undoings, self.written, known):
            if self.over:
                break
            near = self.nearness((mend,), probe)
            if near == RIGHT and self.all_right((mend,)):
                return (self.needed(mend),)
            tried.append((near, mend))
        return ()

    def needed(self, mend: Mend) -> Mend:
        """Return the mend without the places that were right before: those must not be blamed."""
        parts = list(mend.parts)
        for part in mend.parts:
            rest = [one for one in parts if one is not part]
            if rest and self.all_right((joined(rest),)):
                parts = rest
        return joined(parts) if parts else mend

    def pair(self, firsts: Sequence[Mend], seconds: Sequence[Mend]) -> tuple[Mend, ...]:
        """Return two mends with which every case is right, () if there are none.

        The second is tried on a case that the first leaves wrong.
        """
        for first in firsts:
            wrong = next(one for one in self.cases if self.nearness((first,), one) < RIGHT)
            for second in seconds:
                if self.over:
                    return ()
                both = first, second
                if not apart(sorted(first.edits + second.edits)) or self.nearness(both, wrong) < RIGHT:
                    continue
                if self.all_right(both):
                    return both
        return ()

    def nearness(self, some: Sequence[Mend], one: _Case) -> float:
        """Return how near to right the mended function is in a case, `RIGHT` if it is right."""
        got = self.outcomes(some, one)
        if self.judged(one, got) == 1:
            return RIGHT
        return _nearness(got, one, self.returns)

    def all_right(self, some: Sequence[Mend]) -> bool:
        """Return whether the mended function is right in every case."""
        return all(self.judged(one, self.outcomes(some, one)) == 1 for one in self.cases)

    def judged(self, one: _Case, got: tuple[Outcome, ...]) -> Fraction:
        return one.check.demand.judge(one.check, self.returns, one.trial.case, got, one.trial.want).share

    def outcomes(self, some: Sequence[Mend], one: _Case) -> tuple[Outcome, ...]:
        text = self.written.made([edit for mend in some for edit in mend.edits])
        got = tuple(self.ask(text, call.arguments) for call in one.trial.case.calls)
        self.left -= len(got)
        self.stopped += any(isinstance(outcome, Stopped) for outcome in got)
        return got


VARIED = 1000
"""Numbers of an expected array that are looked at to see whether they differ."""


def _wanted(one: _Case, returns: tuple[Part, ...]) -> list[Array]:
    want = one.trial.want[0] if one.trial.want else None
    return list(outputs(want.value, returns).values()) if isinstance(want, Returned) else []


RIGHT = 2.0
"""The nearness of a right answer; others have at most 1."""


def _nearness(got: Sequence[Outcome], one: _Case, returns: tuple[Part, ...]) -> float:
    """Return which part of the expected numbers comes back, from 0 (wrong shapes) to 1; -1 where nothing does."""
    want = one.trial.want
    if not isinstance(got[0], Returned) or not want or not isinstance(want[0], Returned):
        return -1.0
    mine, theirs = outputs(got[0].value, returns), outputs(want[0].value, returns)
    return sum(_alike(mine.get(name), array) for name, array in theirs.items()) / max(1, len(theirs))


def _alike(mine: Array | None, theirs: Array) -> float:
    if mine is None or mine.shape != theirs.shape:
        return 0.0
    if not theirs.size:
        return 1.0
    one, other = wide(mine), wide(theirs)
    same = np.isclose(one, other, rtol=1e-6, atol=1e-6 * float(np.abs(other).max(initial=0.0)), equal_nan=True)
    found = 0.2 + 0.8 * float(same.mean())
    if one.size < 3 or not np.isfinite(one).all() or not other.all():
        return found
    ratio = np.median(np.abs(one / other))  # all in proportion: what is left is a factor
    same = np.isclose(np.abs(one), ratio * np.abs(other), rtol=1e-6, atol=0.0)
    return max(found, 0.9 * float(same.mean())) if ratio > 0 else found


def _told(found: Sequence[Mend], student: Submission) -> Message:
    first, *rest = (_placed(mend, student) for mend in found)
    return say("{first} And one more: {second}", first=first, second=rest[0]) if rest and rest[0] != first else first


def _placed(mend: Mend, student: Submission) -> Message:
    """Return the sentence led by its line, in a notebook with the cell."""
    places = [student.source.span(line) for line in mend.lines]
    at = places[0]
    if len(mend.lines) == 1:
        where = (
            say("Cell {cell}, line {line}", cell=at.cell, line=at.line) if at.cell else say("Line {line}", line=at.line)
        )
    else:
        lines = listed([str(each.line) for each in places])
        where = (
            say("Cell {cell}, lines {lines}", cell=at.cell, lines=lines)
            if at.cell
            else say("Lines {lines}", lines=lines)
        )
    return say("{where}: {what}", where=where, what=mend.said)
