"""Drafts a check of a class from the calls that a notebook makes: its constructor's arguments, and its methods'."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeAlias

from grader.author.new.drafts import DraftCheck, Slot, range_or_value
from grader.author.new.inventing import varied
from grader.author.new.solution import Graded, Solved
from grader.author.new.tracing import Record, Trace
from grader.author.new.written import Uninventable, one_of
from grader.language import Bilingual, Language, Message, inert, say
from grader.model import Value
from grader.reading.writing import Line, flow_list, scalar

Drawing: TypeAlias = "Callable[[Sequence[Value]], str]"
"""How an expression follows from the values of an argument that were seen."""
_CALLS = Bilingual("随机的调用", "random calls")
_WEIGHTS = {"fills": 3, "changes": 2, "looks": 1}
"""How often a method comes up that takes arguments, another one that changes the object, and one that only looks."""


def slots(graded: Graded, solved: Solved, trace: Trace, language: Language) -> list[Slot]:
    """Return drafts of the one check of a class: the constructor's arguments vary, then they are as they were seen."""
    makers = [one for one in _records(graded, trace, "__init__") if one.arguments is not None]
    methods = {name: own for name, own in _by_method(graded, trace).items() if _unfit(own, solved) is None}
    first = min((one.place for one in trace.records if one.function == graded.name), default=None)
    if first is None or not methods or (_has_maker(graded, trace) and not makers):
        return []

    def drafts() -> Iterator[DraftCheck]:
        for made, drawn in ((varied, varied), (one_of, varied), (one_of, one_of)):
            try:
                lines = tuple(_lines(makers, methods, made, drawn))
            except Uninventable:
                continue
            yield DraftCheck(
                function=graded.name,
                kind="methods",
                name=_CALLS.text(language),
                lines=lines,
                cell=solved.pieces[first].cell.number,
            )

    found = tuple(drafts())
    return [found] if found else []


def left_out(graded: Graded, solved: Solved, trace: Trace) -> Iterator[Message]:
    """Yield why methods of a class that has a check are not called in it."""
    found = _by_method(graded, trace)
    named = [node.name for node in ast.iter_child_nodes(graded.node) if isinstance(node, ast.FunctionDef)]
    for name in dict.fromkeys([*found, *(each for each in named if not each.startswith("_"))]):
        why = _unfit(found.get(name, ()), solved)
        if why is not None:
            yield say("{method} is not checked: {why}.", method=f"{graded.name}.{name}", why=why)


def _records(graded: Graded, trace: Trace, method: str) -> list[Record]:
    """Return the calls of a method; those that the class itself makes only where there are no others."""
    own = [one for one in trace.records if one.function == graded.name and one.method == method]
    return [one for one in own if not one.inner] or own


def _has_maker(graded: Graded, trace: Trace) -> bool:
    return bool(_records(graded, trace, "__init__"))


def _by_method(graded: Graded, trace: Trace) -> dict[str, list[Record]]:
    names = dict.fromkeys(one.method for one in trace.records if one.function == graded.name)
    return {name: _records(graded, trace, name) for name in names if name != "__init__"}


def _unfit(own: Sequence[Record], solved: Solved) -> Message | None:
    """Return why a rubric cannot make any of a method's calls or compare what they return, `None` if it can."""
    if not own:
        return say("nothing in the notebook calls it")
    cell = solved.pieces[own[0].place].cell.number
    drawable = [one for one in own if one.arguments is not None]
    if not drawable:
        return say("cell {cell} gives it an argument that a rubric cannot draw ({kind})", cell=cell,
                   kind=inert(own[0].unfit, 60))  # fmt: skip
    if not any(one.returned or one.raised for one in drawable):
        return say("what it returns in cell {cell} cannot be compared", cell=cell)
    return None


def _lines(
    makers: Sequence[Record], methods: Mapping[str, Sequence[Record]], made: Drawing, drawn: Drawing
) -> Iterator[Line]:
    """Yield the lines of the check. Raises Uninventable for arguments that no draw makes."""
    pool = _values([one for own in methods.values() for one in own])
    if takes := _draw(makers, made, {}):
        yield "draw", takes
    looking = [name for name, own in methods.items() if all(one.looks and not one.arguments for one in own)]
    if looking:
        yield "observe", flow_list(map(scalar, looking))
    calls: list[Line] = []
    for name, own in methods.items():
        takes = _draw(own, drawn, pool)
        weight = _WEIGHTS["fills" if takes else "looks" if name in looking else "changes"]
        keys: list[Line] = [("weight", str(weight))] if weight > 1 else []
        keys += [("draw", takes)] if takes else []
        calls.append((name, keys or "{}"))
    yield "calls", calls


def _draw(records: Sequence[Record], drawing: Drawing, pool: Mapping[str, Sequence[Value]]) -> list[Line]:
    """Return the lines that draw the arguments of some calls; what another method takes by the same name is alike."""
    return [
        (
            name,
            range_or_value(drawing([*values, *(each for each in pool.get(name, ()) if type(each) is type(values[0]))])),
        )
        for name, values in _values(records).items()
    ]


def _values(records: Sequence[Record]) -> dict[str, list[Value]]:
    """Return the values that were seen of each argument."""
    seen: dict[str, list[Value]] = {}
    for one in records:
        for name, value in (one.arguments or {}).items():
            seen.setdefault(name, []).append(value)
    return seen
