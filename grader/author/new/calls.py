"""The notebook's own calls of graded functions: their places, their arguments, and what was printed of them."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from grader.author.new.pieces import Piece, names_in
from grader.author.source_text import bound_names

if TYPE_CHECKING:
    from grader.author.new.solution import Graded


class GradedCall(Struct, frozen=True, kw_only=True, eq=False):
    """One call of a graded function at a cell's top level.

    `arguments` are its arguments by parameter, in the function's order; `None` if it is unclear which is which.
    `before` are the statements left over up to it, in order. `targets` are the names that its result was assigned to,
    `displayed` what was printed of it: a label and an expression over the notebook's names, with `result` for the call.
    """

    graded: Graded
    piece: Piece
    arguments: Mapping[str, ast.expr] | None
    targets: tuple[str, ...]
    displayed: tuple[tuple[str, ast.expr], ...]
    before: tuple[Piece, ...]
    hidden: bool = False


def examples(rest: Sequence[Piece], graded: Sequence[Graded]) -> Iterator[GradedCall]:
    """Yield every call of a graded function, in order, without calls in loops and branches."""
    known = {one.name: one for one in graded if one.kind == "function"}
    for index, piece in enumerate(rest):
        if not isinstance(piece.node, ast.Assign | ast.Expr | ast.Assert):
            continue
        for call in _calls(piece.node, known):
            targets = _targets(piece.node, call)
            yield GradedCall(
                graded=known[_name(call)],
                piece=piece,
                arguments=_arguments(known[_name(call)], call),
                targets=targets,
                displayed=tuple(_displayed(rest, index, call, targets, known)),
                before=tuple(rest[:index]),
                hidden=piece.cell.role == "hidden tests",
            )


def _arguments(graded: Graded, call: ast.Call) -> dict[str, ast.expr] | None:
    """Return a call's arguments by parameter; a parameter that is left out before one that is given has its default."""
    spec = graded.takes
    parameters = [one.arg for one in (*spec.posonlyargs, *spec.args)]
    starred = any(isinstance(one, ast.Starred) for one in call.args)
    if starred or spec.vararg or spec.kwonlyargs or len(call.args) > len(parameters):
        return None
    given = dict(zip(parameters, call.args, strict=False))
    for keyword in call.keywords:
        if keyword.arg not in parameters or keyword.arg in given:
            return None
        given[keyword.arg] = keyword.value
    defaults = dict(zip(reversed(parameters), reversed(spec.defaults), strict=False))
    last = max((parameters.index(name) for name in given), default=-1)
    found: dict[str, ast.expr] = {}
    for name in parameters[: last + 1]:
        value = given.get(name, defaults.get(name))
        if value is None:
            return None
        found[name] = value
    return found


def _calls(node: ast.stmt, known: Mapping[str, Graded]) -> list[ast.Call]:
    """Return the outermost calls of graded functions in a statement."""
    found: list[ast.Call] = []
    waiting: list[ast.AST] = [node]
    while waiting:
        inner = waiting.pop(0)
        if isinstance(inner, ast.Call) and _name(inner) in known:
            found.append(inner)
        elif not isinstance(inner, ast.Lambda | ast.comprehension):
            waiting = [*ast.iter_child_nodes(inner), *waiting]
    return found


def _name(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _targets(node: ast.stmt, call: ast.Call) -> tuple[str, ...]:
    if not isinstance(node, ast.Assign) or node.value is not call or len(node.targets) != 1:
        return ()
    target = node.targets[0]
    parts = target.elts if isinstance(target, ast.Tuple | ast.List) else [target]
    names = tuple(one.id if isinstance(one, ast.Name) else "" for one in parts)
    return names if all(names) else ()


def _displayed(
    rest: Sequence[Piece], index: int, call: ast.Call, targets: tuple[str, ...], known: Mapping[str, Graded]
) -> Iterator[tuple[str, ast.expr]]:
    """Yield what the call's own statement prints, or the statements after it up to the next graded call."""
    if not targets:
        yield from _printed(rest[index], call)
        return
    for piece in rest[index + 1 :]:
        if piece.cell is not rest[index].cell or set(targets) & piece.binds or _calls(piece.node, known):
            return
        yield from _printed(piece, call)


def _printed(piece: Piece, call: ast.Call) -> Iterator[tuple[str, ast.expr]]:
    """Yield the labels and expressions that a `print` shows; for an expression alone, its text and itself."""
    match piece.node:
        case ast.Expr(value=ast.Call(func=ast.Name(id="print"), args=args)):
            label = ""
            for one in (part for arg in args for part in _parts(arg)):
                if isinstance(one, ast.Constant) and isinstance(one.value, str):
                    label = one.value.strip().rstrip("=:： ").strip() or label
                else:
                    yield label or ast.unparse(one), _with_result(one, call)
                    label = ""
        case ast.Expr(value=value) if not isinstance(value, ast.Constant):
            yield ast.unparse(value), _with_result(value, call)


def _parts(node: ast.expr) -> list[ast.expr]:
    """Return the operands of a sum of texts, with `x` in place of `str(x)`; of any other expression, itself."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        parts = [*_parts(node.left), *_parts(node.right)]
        if any(isinstance(one, ast.Constant) and isinstance(one.value, str) for one in parts):
            return [_bare(one) for one in parts]
    return [node]


def _bare(node: ast.expr) -> ast.expr:
    match node:
        case ast.Call(func=ast.Name(id="str"), args=[inner]):
            return inner
    return node


def _with_result(node: ast.expr, call: ast.Call) -> ast.expr:
    """Return an expression with the name `result` in place of the call."""
    from copy import deepcopy

    return deepcopy(node, {id(call): ast.Name("result", ast.Load())})


class Dependencies(Struct, frozen=True, kw_only=True, eq=False):
    """The statements that some expressions need, and the seed set before them (`None`: they need no random numbers).

    `unknown` are names that nothing binds; with `unseeded`, random numbers are needed but no seed was set.
    """

    pieces: tuple[Piece, ...]
    seed: int | None
    unknown: frozenset[str]
    unseeded: bool = False


def backwards(wanted: Collection[ast.expr], before: Sequence[Piece], known: Collection[str]) -> Dependencies:
    """Return those statements `before` the expressions `wanted` on which they depend; `known` names need none.

    Random numbers follow each other: all draws after the seed, up to the last draw that is needed, are needed too.
    """
    given = {*known, *dir(builtins)}
    needed = set().union(*(names_in(one, ast.Load) for one in wanted)) - given
    chosen = _chosen(needed, before, given)
    drawing = [index for index in chosen if draws(before[index].node)]
    at_the_end = any(draws(one) for one in wanted)
    if not drawing and not at_the_end:
        return _sliced(chosen, before, needed, given, None)
    first = min(drawing, default=len(before))
    last = len(before) if at_the_end else max(drawing)
    seeds = [index for index, piece in enumerate(before[:first]) if seed_of(piece.node) is not None]
    if not seeds:
        return _sliced(chosen, before, needed, given, None, unseeded=True)
    between = [
        index
        for index in range(seeds[-1] + 1, last)
        if draws(before[index].node) and _touched(before[index].node) and index not in chosen
    ]
    for index in between:
        more = set(before[index].reads) - given
        chosen |= {index} | _chosen(more, before[:index], given)
        needed |= more
    return _sliced(chosen, before, needed, given, seed_of(before[seeds[-1]].node))


def _chosen(needed: Collection[str], before: Sequence[Piece], given: Collection[str]) -> set[int]:
    """Return the indices of statements that bind the needed names or change their values, and of those they need."""
    open_names, chosen = set(needed), set()
    for index in range(len(before) - 1, -1, -1):
        piece = before[index]
        if touched(piece) & open_names and seed_of(piece.node) is None:
            chosen.add(index)
            if isinstance(piece.node, _BINDING):
                open_names -= piece.binds
            open_names |= piece.reads - set(given)
    return chosen


_BINDING = (
    *(ast.Assign, ast.AnnAssign, ast.Import, ast.ImportFrom), *(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef),
)  # fmt: skip


def touched(piece: Piece) -> frozenset[str]:
    """Return the names whose values a statement binds or may change; a definition only binds its own."""
    if isinstance(piece.node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return piece.binds
    return frozenset(_touched(piece.node))


def _sliced(
    chosen: Collection[int],
    before: Sequence[Piece],
    needed: Collection[str],
    given: Collection[str],
    seed: int | None,
    *,
    unseeded: bool = False,
) -> Dependencies:
    pieces = tuple(before[index] for index in sorted(chosen))
    bound = set(given).union(*(piece.binds for piece in pieces))
    read = set(needed).union(*(piece.reads for piece in pieces))
    return Dependencies(pieces=pieces, seed=seed, unknown=frozenset(read - bound), unseeded=unseeded)


def _touched(node: ast.stmt) -> Iterator[str]:
    """Yield the names whose values a statement binds or may change: `x = `, `x[0] = `, `x.append(…)`.

    A loop or branch that changes anything may change all it reads (`for row in x: row.append(…)`).
    """
    changed = []
    for one in ast.walk(node):
        yield from bound_names(one)
        if isinstance(one, ast.Subscript | ast.Attribute) and isinstance(one.ctx, ast.Store):
            changed.append(_owner(one))
        elif (
            isinstance(one, ast.Expr) and isinstance(one.value, ast.Call) and isinstance(one.value.func, ast.Attribute)
        ):
            changed.append(_owner(one.value.func))
            changed += names_in(one.value, ast.Load) if one.value.func.attr == "shuffle" else ()
    yield from changed
    if changed and isinstance(node, ast.For | ast.While | ast.With | ast.If | ast.Try):
        yield from names_in(node, ast.Load)


def _owner(node: ast.expr) -> str:
    while isinstance(node, ast.Subscript | ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def draws(node: ast.AST) -> bool:
    """Return whether a node mentions `numpy.random` or `random`."""
    return any(
        (isinstance(one, ast.Attribute) and one.attr == "random") or (isinstance(one, ast.Name) and one.id == "random")
        for one in ast.walk(node)
    )


def seed_of(node: ast.stmt) -> int | None:
    """Return n of a statement `np.random.seed(n)`, `None` of any other."""
    match node:
        case ast.Expr(value=ast.Call(func=ast.Attribute(attr="seed"), args=[ast.Constant(value=int(seed))])):
            return seed
    return None
