"""Other answers to a graded function, the author's or ours, run beside the reference and judged as submissions are."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from grader.execution import Engine, Session
from grader.grading.checking import with_checkers
from grader.grading.judging import Judged, judge
from grader.grading.prepared import Plan, Prepared
from grader.grading.runs import run
from grader.model import Call, Limits, Mistake, Outcome, Raised, Returned, Source, Submission, Task, Value

TOGETHER = 48
"""Variants in one source: few enough to be compiled again quickly where one ended its worker."""


class Variant(Struct, frozen=True, kw_only=True):
    """Another answer to the graded `function`: `text` defines it as `symbol`.

    Names in `text` are the reference's; `modules` are those that it imports, by name, with their text. A call may take
    what the problem's limits say, or these `limits`.
    """

    function: str
    symbol: str
    text: str
    modules: tuple[tuple[str, str], ...] = ()
    limits: Limits | None = None


def known_mistakes(plan: Plan) -> tuple[Mistake, ...]:
    """Return the author's known mistakes of the rubric's functions. Raises RubricError for faults in their file."""
    if not plan.rubric.mistakes:
        return ()
    from grader.rubric.mistakes import mistakes

    graded = {problem.function for problem in plan.rubric.problems}
    found = mistakes(Path(plan.rubric.mistakes), plan.reference.source.text, programs=plan.rubric.programs)
    return tuple(mistake for mistake in found if mistake.function in graded)


def as_variant(mistake: Mistake) -> Variant:
    """Return a known mistake as a variant."""
    return Variant(function=mistake.function, symbol=mistake.symbol, text=mistake.text)


def try_all(prepared: Prepared, engine: Engine, variants: Sequence[Variant]) -> Iterator[Judged]:
    """Yield each variant judged on the tasks of its function, in order; what is timed is left out.

    They run in the reference's worker, never beside a student's code.
    """
    tasks: dict[str, list[Task]] = {problem.function: [] for problem in prepared.chosen}
    for task in prepared.tasks:
        tasks[task.case.function].append(task)
    problems = {problem.function: problem for problem in prepared.chosen}
    for start in range(0, len(variants), TOGETHER):
        some = variants[start : start + TOGETHER]
        calls = [_calls(task, variant) for variant in some for task in tasks[variant.function]]
        limits = {each.symbol: each.limits or prepared.limits[each.function] for each in some}
        source = beside(prepared.plan.reference.source, some)
        _, got = run(engine, source, calls, limits, together=True, public=())
        rest = iter(got)
        with with_checkers(prepared.plan, engine):
            judged = [
                judge([problems[each.function]], tasks[each.function], [next(rest) for _ in tasks[each.function]])
                for each in some
            ]
        yield from (one[each.function] for one, each in zip(judged, some, strict=True))


def _calls(task: Task, variant: Variant) -> tuple[Call, ...]:
    return tuple(called_as(variant.symbol, call) for call in task.case.calls)


def called_as(symbol: str, call: Call) -> Call:
    """Return the call, and those of its function beside it, as calls of `symbol`; what was measured is left out."""
    others = tuple((symbol if name == call.function else name, given) for name, given in call.beside)
    given = {**call.given, "variant": symbol} if call.act == "program" else call.given
    return replace(call, function=symbol, beside=others, room=0, seconds=0.0, given=given)


def beside(source: Source, variants: Sequence[Variant | Mistake]) -> Source:
    """Return the reference's source with the variants' texts behind it."""
    texts = dict.fromkeys(each.text for each in variants)
    modules = dict.fromkeys(module for each in variants if isinstance(each, Variant) for module in each.modules)
    return replace(source, text="\n\n\n".join([source.text, *texts]), modules=(*source.modules, *modules))


def in_place(right: Submission, variants: Sequence[Variant | Mistake]) -> Submission:
    """Return the reference with each variant in the place of its function.

    A variant sees the names as they are before it takes its function's place, and so may call the right one.
    """
    classes = {node.name for node in ast.parse(right.source.text).body if isinstance(node, ast.ClassDef)}
    rebound = [
        f"{each.function} = {each.symbol}\n"
        if each.function in classes
        else f"{each.function} = type({each.function})({each.symbol}.__code__, {{**globals()}}, {each.function!r}, "
        f"{each.symbol}.__defaults__)\n"
        for each in variants
    ]
    text = "\n\n\n".join([beside(right.source, variants).text, *rebound])
    return replace(right, source=replace(right.source, text=text), original=text)


_MENDED = """


def mended__(text, name, *arguments):
    if mended__.text != text:
        mended__.scope = {**globals()}
        exec(text, mended__.scope)
        mended__.text = text
    return mended__.scope[name](*arguments)


mended__.text = None


def all_mended__(groups, name, *arguments):
    from copy import deepcopy
    from random import getstate, setstate

    from numpy import random

    before, found = (getstate(), random.get_state()), []
    for text, count in groups:
        scope = {**globals()}
        try:
            exec(text, scope)
        except SyntaxError:
            if count > 1:
                raise
            found.append((False, None))
            continue
        for number in range(count):
            setstate(before[0])
            random.set_state(before[1])
            scope["mend__"] = number
            try:
                found.append((True, scope[name](*deepcopy(arguments))))
            except Exception:
                found.append((False, None))
    return found


def watched__(text, name, tops, *arguments):
    import sys

    lines, kinds = set(), {}
    scope = {**globals()}
    exec(compile(text, "watched__", "exec"), scope)

    def look(frame):
        for each, value in frame.f_locals.items():
            shape = getattr(value, "shape", None)
            if type(value) is int and abs(value) < 1 << 31:
                kind = value
            else:
                kind = tuple(map(int, shape)) if isinstance(shape, tuple) else None
            kinds[each] = kind if kinds.get(each, kind) == kind else None

    def within(frame, event, argument):
        lines.add(frame.f_lineno)
        if frame.f_code.co_name == name and (event == "return" or frame.f_lineno in tops):
            look(frame)
        return within

    sys.settrace(lambda frame, event, argument: within if frame.f_code.co_filename == "watched__" else None)
    try:
        scope[name](*arguments)
    except Exception:
        pass
    finally:
        sys.settrace(None)
    return sorted(lines), kinds
"""


def mendable(source: Source) -> Source:
    """Return a student's source with functions behind it that run other texts of one of its functions."""
    return replace(source, text=source.text + _MENDED)


def mending_limits(limits: Limits) -> Limits:
    """Return the limits of a mended function: it may go on for ever."""
    return replace(limits, seconds=min(limits.seconds, 0.5), cpu_seconds=min(limits.cpu_seconds, 0.5))


class MendedRuns(Struct, frozen=True):
    """Runs other texts of one of the student's functions, in the worker of a `mendable` source."""

    session: Session
    function: str

    def call(self, text: str, arguments: tuple[Value, ...]) -> Outcome:
        """Return what the function makes of the arguments with another text."""
        outcome = self.session.call("mended__", (text, self.function, *arguments))
        if isinstance(outcome, Returned) and outcome.arguments is not None:
            return replace(outcome, arguments=outcome.arguments[2:])
        return outcome

    def each(self, groups: Sequence[tuple[str, int]], arguments: tuple[Value, ...]) -> list[Outcome] | None:
        """Return what the functions of some texts make of the arguments, in one call; None if one of them ends it.

        A text holds so many functions, chosen by the global `mend__`. What was raised, and what became of the
        arguments, is not known.
        """
        outcome = self.session.call("all_mended__", ([*groups], self.function, *arguments))
        found = outcome.value if isinstance(outcome, Returned) else None
        if not isinstance(found, list) or len(found) != sum(count for _, count in groups):
            return None
        pairs = [one if isinstance(one, tuple) and len(one) == 2 else (False, None) for one in found]
        return [Returned(value=value) if done else Raised(type="", message="") for done, value in pairs]

    def watched(
        self, text: str, tops: Sequence[int], arguments: tuple[Value, ...]
    ) -> tuple[frozenset[int], Mapping[str, Value]]:
        """Return the lines of the text that a call runs, and what its names hold at the lines `tops`.

        That is a whole number, the shape of an array, or None: something else, or not the same all the time.
        """
        outcome = self.session.call("watched__", (text, self.function, [*tops], *arguments))
        match outcome:
            case Returned(value=(list() as lines, dict() as kinds)):
                held = {name: kind for name, kind in kinds.items() if _is_kind(kind)}  # the student's code was there
                return frozenset(one for one in lines if isinstance(one, int)), held
            case _:
                return frozenset(), {}


def _is_kind(value: Value) -> bool:
    return type(value) is int or (isinstance(value, tuple) and all(type(one) is int for one in value))
