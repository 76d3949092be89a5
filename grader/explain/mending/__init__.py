"""Mending: typical slips undone one by one in the student's function, until every case comes out right.

A slip is told where the function without it is right in all cases, as the checks judge them. That holds as tightly as
the checks do, so nothing of a hidden case is told that its verdict does not tell. The mended functions run in a worker,
like any code of the student's, and after all that is shown; what they return is seen by the judge alone.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from grader.comparison.values import fitted
from grader.explain.mending import formulas, loops, missing, places, siblings, sizes, states, windows, words
from grader.explain.mending.mends import CaseFacts, FoundSlip, Mend, Undoing, joined
from grader.explain.mending.nearness import TriedCase, alike
from grader.explain.mending.search import SLOW, Search, Workshop
from grader.explain.mending.written import FunctionText
from grader.language import Message, listed, say
from grader.model import Part, Raised, Returned, Trial
from grader.submission.syntax import tree_of
from grader.values import element_count, leaves

if TYPE_CHECKING:
    from grader.explain.failing import Trials
    from grader.model import Submission

__all__ = ["mended"]

SPECIFIC: tuple[Undoing, ...] = (
    words.ends,
    states.kept,
    loops.return_inside,
    sizes.written_in,
    words.texts,
    formulas.minus_too_much,
    loops.counted_too,
    loops.assigned,
    loops.exchanged,
    words.counterparts,
    places.indices,
    loops.second_name,
    loops.counter_lost,
    loops.ranges,
    places.slices,
    missing.half_ends,
    missing.item,
    missing.argument,
    formulas.terms,
    formulas.brackets,
    formulas.signs,
    sizes.counted_once,
    sizes.windows_short,
    sizes.padding_left_out,
    formulas.factors,
    formulas.inside_the_sum,
    windows.product_of_sums,
    windows.next_window,
    windows.cut_at_the_end,
    windows.given,
    windows.place_or_number,
    windows.nearly,
    windows.in_the_window,
    windows.steps_of_axes,
    siblings.by_order,
    siblings.each_channel,
    states.gives_nothing,
    states.made_anew,
    states.copied,
    siblings.counters,
    siblings.loops_over,
    siblings.as_its_neighbour,
    places.stepping,
    siblings.one_round,
    siblings.in_every_case,
    formulas.outside_the_call,
    formulas.inside_the_call,
    words.options,
    words.steps,
    places.letters,
    words.order,
    words.own_of_python,
    words.functions,
    words.comparisons,
    words.truths,
    loops.wrong_start,
    loops.wrong_depth,
    loops.not_carried,
    states.cut_from,
    states.overwritten,
    places.whole_array,
    places.other_axis,
    places.other_part,
    places.element_for_window,
    places.target_whole,
    windows.before_the_loops,
    places.other_array,
    windows.turned,
    sizes.both_the_same,
    sizes.product_of_others,
    siblings.other_sizes,
    siblings.axes_added,
    loops.exchanged_lines,
    loops.left_out,
    sizes.rounding,
    words.names,
    words.exchanged_names,
    formulas.exchanged_numbers,
    formulas.crossed,
    missing.factor_of_others,
    missing.factor_of_arrays,
    missing.power,
    missing.first_of_ties,
    missing.unused,
)
"""The kinds of slips, the likeliest and those with the clearest sentence first: the first mend that does is told."""

LOOSE: tuple[Undoing, ...] = (
    formulas.numbers,
    formulas.minus,
    formulas.missing_one,
    formulas.factor_left_out,
    formulas.power_left_out,
    formulas.name_left_out,
    formulas.divided,
    formulas.complement,
    formulas.step_left_out,
)
"""Kinds that fit many a formula; two slips at once are none of these."""

LINES, NODES = 200, 2000
"""A function that is longer, or has more nodes in its tree, is not looked at: looking takes the grader's time."""


def mended(
    function: str, returns: tuple[Part, ...], trials: Trials, student: Submission, workshop: Workshop
) -> Iterator[FoundSlip | None]:
    """Yield what is wrong in which line of the student's function: first a specific slip, then a loose one.

    Each is None where no mend makes every case right.
    """
    written = _written(function, student)
    cases = [
        TriedCase(fitted(check, trial.task), trial)
        for check, each in trials
        for trial in each
        if check.demand.drawn and not check.demand.timed and not _surrounded(trial)
    ]
    failing = sorted((one for one in cases if not one.right), key=lambda one: _probing_order(one, returns))
    if written is None or not failing or not _mendable(failing):
        return
    search = Search(written, returns, cases, workshop)
    for found in search.found((SPECIFIC, LOOSE), failing[0], _known(written, cases, student)):
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


def _probing_order(one: TriedCase, returns: tuple[Part, ...]) -> tuple[bool, bool, bool, float, float, int]:
    """Sort cases for trying: those that compare a value, of more than two numbers; quick, nearly right, small ones.

    Of two slips a case that is nearly right shows one.
    """
    want = one.trial.want[0] if one.trial.want else None
    numbers = element_count((want.value,)) if isinstance(want, Returned) else 0
    near = (alike(one.trial.got, one, returns) or {"": -1.0}).values()
    whole, worst = round(sum(near) / len(near), 1), round(min(near), 1)
    return not one.check.demand.compares, numbers < 3, one.seconds > SLOW, -worst, -whole, one.size


_OF_ANOTHER_KIND = {
    "FloatingPointError",
    "EOFError",
    "OSError",
    "PermissionError",
    "FileNotFoundError",
    "SystemExit",
    "KeyboardInterrupt",
}
"""What is raised for want of somebody to ask, or of a file: without the line it would run, but that is not its slip."""
_HOPELESS = {"NameError", "ImportError", "ModuleNotFoundError", "AttributeError", "TypeError", "NotImplementedError"}


def _mendable(failing: Sequence[TriedCase]) -> bool:
    """Return whether the function returned, or raised what a slip in a number or an index raises.

    A single hidden case is left: its right answer could be found by trying many at once.
    """
    if len(failing) == 1 and failing[0].check.visibility != "public":
        return False
    got = [one.trial.got[0] for one in failing]
    # numpy's TypeError where an array stands for a number: an index is missing
    types = {one.type if isinstance(one, Raised) and "scalar" not in one.message else "" for one in got}
    if types <= _HOPELESS or any(name in _OF_ANOTHER_KIND or name.endswith("Warning") for name in types):
        return False
    return isinstance(got[0], Returned | Raised)


def _known(written: FunctionText, cases: Sequence[TriedCase], student: Submission) -> CaseFacts:
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
        states=states.outside(tree_of(student.source.text)),
    )


def _told(found: Sequence[Mend], student: Submission) -> FoundSlip:
    if len(found) > 1 and found[0].said == found[1].said:
        found = [joined(found)]
    found = sorted(found, key=lambda mend: mend.lines)
    said, *rest = (_placed(mend, student) for mend in found)
    if rest:
        said = say("{first} There is one more slip. {second}", first=said, second=rest[0])
    if found[0].outputs:
        said = say("{first} There is one more slip.", first=said)
    return FoundSlip(said=said, line=found[0].lines[0], outputs=found[0].outputs)


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
