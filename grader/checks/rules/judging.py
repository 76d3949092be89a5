"""Rules held against a student's text; nothing is run."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from pathlib import PurePath
from typing import Literal, NamedTuple

from grader.checks.rules import KEYWORDS, Rules
from grader.checks.rules.flow.following import follow
from grader.checks.rules.flow.library import IDLE, canonical, is_module
from grader.checks.rules.flow.members import text, what
from grader.checks.rules.flow.values import COMPREHENSIONS, Entangled, Namespace, Unit, Unknown, Value
from grader.checks.rules.flow.world import World
from grader.checks.rules.reaching import Use, chain, reached
from grader.errors import Span
from grader.model import Submission
from grader.submission.costs import TimeLeft, TookTooLong, forget, once

_LEAVING = (ast.Return, ast.Raise, ast.Continue, ast.Break)


def idle_nodes(nodes: Collection[ast.AST]) -> set[ast.AST]:
    """Return the nodes that do nothing: names that are only bound or stand alone, and code that never runs.

    Code never runs under `if False`, after `0 and`, after a `return`, in a loop over nothing, in a lambda that nothing
    is bound to.
    """
    return {node for each in nodes for part in _idle(each) for node in ast.walk(part)}


def _idle(node: ast.AST) -> Iterator[ast.AST]:
    for name in ("body", "orelse", "finalbody"):
        lines = getattr(node, name, None)
        if isinstance(lines, list):
            left = next((at for at, line in enumerate(lines) if isinstance(line, _LEAVING)), len(lines))
            yield from lines[left + 1 :]
    match node:
        case ast.Expr(value=ast.Lambda() as value):
            yield value
        case ast.Expr(value=value) | ast.NamedExpr(value=value) | ast.Assign(value=value):
            yield from _plain(value)
        case ast.AnnAssign(value=ast.expr() as value):
            yield from _plain(value)
        case ast.If(test=test, body=body, orelse=orelse):
            yield from {True: orelse, False: body, None: []}[_truth(test)]
        case ast.IfExp(test=test, body=chosen, orelse=other):
            yield from {True: [other], False: [chosen], None: []}[_truth(test)]
        case ast.While(test=test, body=body) if _truth(test) is False:
            yield from body
        case ast.For(iter=drawn, body=body) | ast.AsyncFor(iter=drawn, body=body) if _truth(drawn) is False:
            yield from body
        case ast.BoolOp(op=op, values=values):
            ends = isinstance(op, ast.Or)
            decided = next((at for at, value in enumerate(values) if _truth(value) is ends), len(values))
            yield from values[decided + 1 :]


def _plain(value: ast.expr) -> Iterator[ast.expr]:
    """Yield the names that an expression only lists."""
    match value:
        case ast.Name() | ast.Attribute():
            yield value
        case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Set(elts=parts) | ast.Dict(values=parts):
            for each in parts:
                yield from _plain(each)


def _truth(test: ast.expr) -> bool | None:
    """Return whether a constant condition holds; `None` where it is not constant."""
    match test:
        case ast.Constant(value=value):
            return bool(value)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            inner = _truth(operand)
            return None if inner is None else not inner
        case ast.Tuple(elts=[]) | ast.List(elts=[]) | ast.Dict(keys=[]):
            return False
    return None


MOST = 50
"""The most breaches that are reported of one function."""

_STATEMENTS: Mapping[str, tuple[type[ast.AST], ...]] = {
    "assert": (ast.Assert,),
    "class": (ast.ClassDef,),
    "del": (ast.Delete,),
    "for": (ast.For, ast.AsyncFor, *COMPREHENSIONS),
    "global": (ast.Global,),
    "if": (ast.If, ast.IfExp),
    "import": (ast.Import, ast.ImportFrom),
    "lambda": (ast.Lambda,),
    "raise": (ast.Raise,),
    "try": (ast.Try, ast.TryStar),
    "while": (ast.While,),
    "with": (ast.With, ast.AsyncWith),
    "yield": (ast.Yield, ast.YieldFrom),
}
_SHORT = {"np": "numpy", "pd": "pandas", "plt": "matplotlib.pyplot", "tf": "tensorflow", "sp": "scipy"}
"""How authors write modules in a rule."""
_LOOPING: tuple[str, ...] = (
    "map",
    "filter",
    "functools.reduce",
    "itertools",
    "np.vectorize",
    "np.apply_along_axis",
    "np.apply_over_axes",
    "np.frompyfunc",
    "np.fromfunction",
    "np.fromiter",
)
"""Functions that loop in Python without a loop being seen."""
_INNER = ("lib", "core", "_core")
"""Where numpy keeps what it offers at its top: `numpy.lib.pad` is `numpy.pad`."""
_AT = frozenset({"__matmul__", "__rmatmul__", "__imatmul__"})


class Breach(NamedTuple):
    """A place where a text breaks a rule.

    `kind`: "forbidden" or "required" with `what` as the author wrote it; "loop" with `what` one of `for`, `while`,
    `comprehension`, `recursion` or the function that loops; "unresolved" with `what` that finds or changes something
    in a way that cannot be followed (`getattr`, `globals()`, `.__code__`); "entangled" where names cannot be followed.
    `at` is the line, that of the `def` where something is missing.
    """

    kind: Literal["forbidden", "required", "loop", "unresolved", "entangled"]
    what: str
    at: Span


def breaches(
    student: Submission, function: str, rules: Rules, graded: Collection[str], time_left: TimeLeft | None = None
) -> tuple[Breach, ...] | None:
    """Return where `function` and the student's own functions that it uses break the rules, line by line.

    Functions that are `graded` themselves are not looked into. `time_left` is the CPU time that all functions of a
    submission have together. Returns `None` where there is no such function, or only a stub. Never raises.
    """
    symbol = student.symbols.get(function)
    if symbol is None or symbol.untouched:
        return None
    at = student.source.span(symbol.line)
    try:
        with (time_left or TimeLeft()).spend():
            found = list(_found(student, function, rules, frozenset(graded) - {function}))
    except TookTooLong:
        forget()  # the analysis that is kept may have stopped halfway
    except (Entangled, RecursionError, MemoryError, SyntaxError, ValueError):
        pass
    else:
        return tuple(dict.fromkeys(found))[:MOST]
    return (Breach(kind="entangled", what="", at=at),)


def _found(student: Submission, function: str, rules: Rules, graded: Collection[str]) -> Iterator[Breach]:
    world = _world(student.source.text, student.source.modules)
    itself = PurePath(student.source.path).stem
    if world is None or any(name == itself for name, _ in student.source.modules):  # it is imported by its own name
        raise Entangled
    world.renew()
    used = list(reached(function, world, graded))
    yield from _forbidden(used, rules, student)
    if rules.no_loops:
        yield from _loops(used, student, world)
    if rules.forbid or rules.no_loops:
        yield from _unresolved(used, rules, student, world)
    idle = idle_nodes({node for use in used for node in (use.root, use.node)}) if rules.require else set()
    for group in rules.require:
        if not any(_meets(use, construct) for use in used if use.node not in idle for construct in group):
            at = student.source.span(student.symbols[function].line)
            yield Breach(kind="required", what=" | ".join(group), at=at)


@once
def _world(text: str, modules: tuple[tuple[str, str], ...]) -> World | None:
    """Return the analysis of a text, `None` where it cannot be followed. It is made once for all functions."""
    try:
        return follow(text, dict(modules))
    except (Entangled, RecursionError, MemoryError, SyntaxError, ValueError):
        return None


def _forbidden(used: Collection[Use], rules: Rules, student: Submission) -> Iterator[Breach]:
    """Yield the uses of what is forbidden; where there are none, the calls that hold it or are given it."""
    for construct in rules.forbid:
        plainly = [use for use in used if _is(use, construct)]
        held = [use for use in used if any(_covers(construct, each) for each in (*use.called, *use.given))]
        for use in plainly or held:
            yield Breach(kind="forbidden", what=construct, at=_at(use.file, use.line, student))


def _is(use: Use, construct: str) -> bool:
    """Return whether a use is of the construct that an author named."""
    if construct == "@":
        if isinstance(use.node, ast.BinOp | ast.AugAssign):
            return isinstance(use.node.op, ast.MatMult)
        return any(isinstance(node, ast.Attribute) and node.attr in _AT for node in chain(use.node))
    if construct in KEYWORDS:
        return isinstance(use.node, _STATEMENTS[construct])
    if construct.startswith("."):
        return construct[1:] in _attributes(use)
    return any(_covers(construct, value) for value in use.direct if not isinstance(use.node, ast.Call))


def _meets(use: Use, construct: str) -> bool:
    """Return whether a use is what an author requires: by its name, or called under any other name."""
    plain = construct != "@" and construct not in KEYWORDS and not construct.startswith(".")
    called = use.called if plain and isinstance(use.node, ast.Call) else ()
    return _is(use, construct) or any(_covers(construct, value) for value in called)


def _attributes(use: Use) -> set[str]:
    """Return the attributes that a use asks for: by a dot, a pattern, a key or `getattr`."""
    match use.node:
        case ast.MatchClass(kwd_attrs=names):
            return set(names)
        case ast.Subscript() | ast.Call():
            found = {value.rpartition(".")[2] for value in use.direct if isinstance(value, str)}
            by_text = isinstance(use.node, ast.Call) and "getattr" in use.called
            return found | {text(each) or "" for each in use.node.args[1:2]} if by_text else found  # type: ignore[union-attr]
    return {node.attr for node in chain(use.node) if isinstance(node, ast.Attribute)}


def _covers(construct: str, value: Value) -> bool:
    """Return whether a dotted name is, or holds, what is used."""
    if isinstance(value, Unit):
        return value.name == construct and value.scope.outer is None and not hasattr(builtins, construct)
    return isinstance(value, str) and _lies_in(construct, value)


@lru_cache(maxsize=1 << 16)
def _lies_in(construct: str, value: str) -> bool:
    first, dot, rest = construct.partition(".")
    written = _SHORT.get(first, first) + dot + rest
    path = canonical(written)
    if any(value == one or value.startswith(one + ".") for one in (path, written)):
        return True
    parts = value.split(".")
    return parts[0] == "numpy" and len(parts) > 2 and parts[1] in _INNER and path == f"numpy.{parts[-1]}"


def _loops(used: Collection[Use], student: Submission, world: World) -> Iterator[Breach]:
    from grader.checks.rules.looping import loops, registered, special_methods

    for use in used:
        for name in _LOOPING:
            if any(_covers(name, value) for value in (use.called if isinstance(use.node, ast.Call) else use.direct)):
                yield Breach(kind="loop", what=name, at=_at(use.file, use.line, student))
                break
    told = {(use.file, use.line) for use in used for name in _LOOPING for value in use.called if _covers(name, value)}
    for use, name in (*loops(used, world), *special_methods(used, world), *registered(used, world)):
        if (use.file, use.line) not in told or name in ("for", "while", "comprehension", "recursion"):
            yield Breach(kind="loop", what=name, at=_at(use.file, use.line, student))


def _unresolved(used: Collection[Use], rules: Rules, student: Submission, world: World) -> Iterator[Breach]:
    """Yield what cannot be followed, at the line where it is made if that is in the function, else where it is used."""
    nodes = {use.node for use in used}
    members = any(construct.startswith(".") for construct in rules.forbid)
    places: dict[tuple[str, str, int], None] = {}
    for use in used:
        called = [value for value in use.called if _is_lost(value, members, weak=True)]
        if isinstance(getattr(use.node, "func", None), ast.Attribute):
            called = [value for value in called if not isinstance(value, Namespace)]  # its methods are followed
        plainly = [value for value in use.direct if isinstance(value, Unknown) and value.node is use.node]
        given = [value for value in use.given if _is_lost(value, members, weak=False)] if not _is_idle(use) else []
        for value in (*plainly, *called, *given):
            if isinstance(value, Unknown):
                if value.node in nodes and (value.weak or value.member) and not _is_lost(value, members, weak=True):
                    continue
                if _is_lost(value, members, weak=value in called):
                    line = getattr(value.node, "lineno", 1)
                    here = value.node in nodes
                    places[value.what, value.file if here else use.file, line if here else use.line] = None
            else:
                places[what(value) if isinstance(value, Namespace) else str(value), use.file, use.line] = None
    for change in world.changes:
        places[change.what, change.file, getattr(change.node, "lineno", 1)] = None
    inside = {(use.file, use.line) for use in used}
    for name, file, line in sorted(places, key=lambda place: (place[1], place[2], place[0])):
        if (file, line) not in inside or not any(_covers(construct, name) for construct in rules.forbid):
            yield Breach(kind="unresolved", what=name, at=_at(file, line, student))


def _is_lost(value: Value, members: bool, weak: bool) -> bool:
    """Return whether it is unknown what a value is. What may be data counts only where it is called (`weak`)."""
    if isinstance(value, Unknown):
        return members if value.member else weak or not value.weak
    return isinstance(value, Namespace) or (isinstance(value, str) and weak and is_module(value))


def _is_idle(use: Use) -> bool:
    return bool(use.called) and all(isinstance(value, str) and value in IDLE for value in use.called)


def _at(file: str, line: int, student: Submission) -> Span:
    return Span(path=file, line=line) if file else student.source.span(line)
