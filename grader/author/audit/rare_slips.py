"""More operators: slips that show only on some inputs, or only from one call to the next.

Whole numbers, sizes beyond the usual ones, large and negative numbers, numbers close together, entries in another
order, what is kept between calls, the caller's random numbers. Audits of other rubrics found them where draws were
narrow.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.author.audit.operators import operator
from grader.author.audit.units import TopLevel
from grader.author.source_text import Edit
from grader.language import say
from grader.submission.symbols import Definition

CAP = 3
"""The largest size for which a capped slip is right."""
LOW = 1000
"""A running maximum begins with minus so much, a running minimum with so much."""
_EMPTY = ("zeros", "ones", "empty", "full")


def _first(node: ast.AST, unit: TopLevel) -> Definition | None:
    """Return the function whose first statement, its docstring aside, is `node`."""
    holder = unit.written.parent(node)
    if not isinstance(holder, Definition) or holder is not unit.node:
        return None
    described = isinstance(holder.body[0], ast.Expr) and isinstance(holder.body[0].value, ast.Constant)
    body = holder.body[1:] if described else holder.body
    return holder if body and body[0] is node else None


def _before(node: ast.AST, line: str, unit: TopLevel) -> Iterator[Edit]:
    """Yield a line in front of a statement that stands at the beginning of its own."""
    assert isinstance(node, ast.stmt)
    begin = unit.written.part(node)[0]
    indent = unit.written.text[unit.written.lines(node.lineno, node.lineno)[0] : begin]
    if not indent.strip():
        yield Edit(begin, begin, f"{line}\n{indent}")


def _in_tuples(function: Definition) -> set[str]:
    """Return the names that stand in a tuple or list that is made in a function, indices aside."""
    rows = [
        row for row in ast.walk(function) if isinstance(row, ast.Tuple | ast.List) and isinstance(row.ctx, ast.Load)
    ]
    indices = [row.slice for row in ast.walk(function) if isinstance(row, ast.Subscript)]
    return {each.id for row in rows if row not in indices for each in row.elts if isinstance(each, ast.Name)}


def _numpy(unit: TopLevel) -> str:
    """Return the name that numpy has in the text, "" if it is not imported."""
    return next((name for name in ("np", "numpy") if name in unit.modules), "")


def _of_numpy(node: ast.AST, unit: TopLevel, names: tuple[str, ...]) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=module), attr=name)):
            return module == _numpy(unit) and name in names
    return False


@operator(say("a result that takes its input's dtype"))
def inputs_dtype(node: ast.AST, unit: TopLevel) -> Iterator[Edit]:
    """Yield a new array with the dtype of the first parameter; where that is no array this only raises."""
    parameters = unit.parameters(node)
    if not parameters or not _of_numpy(node, unit, _EMPTY):
        return
    assert isinstance(node, ast.Call)
    assert isinstance(node.func, ast.Attribute)
    given = 2 if node.func.attr == "full" else 1
    if len(node.args) == given and not any(each.arg in (None, "dtype") for each in node.keywords):
        end = unit.written.part(node)[1] - 1
        yield Edit(end, end, f", dtype={parameters[0]}.dtype")


@operator(say("whole numbers divided without a remainder"))
def whole_division(node: ast.AST, unit: TopLevel) -> Iterator[Edit]:
    """Yield `//` for whole numbers alone, where a parameter is divided."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and isinstance(node.left, ast.Name):
        name = node.left.id
        if name in unit.parameters(node):
            _, to = unit.written.between(node.left, node.right, "/")
            end = unit.written.part(node)[1]
            whole = f"{name} //{unit.written.text[to:end]}"
            words = unit.written.words(node)
            yield unit.written.instead(node, f'{whole} if getattr({name}, "dtype", type({name})) == int else {words}')


@operator(say("right for small sizes only"))
def capped_size(node: ast.AST, unit: TopLevel) -> Iterator[Edit]:
    """Yield `min(…, 3)` for a range's end, a setting looked up by a text, and a parameter in a tuple, as sizes are."""
    match node:
        case ast.Call(func=ast.Name(id="range"), args=[end] | [_, end]) if not isinstance(end, ast.Constant):
            yield unit.written.instead(end, f"min({unit.written.words(end)}, {CAP})")
        case ast.Subscript(slice=ast.Constant(value=str()), ctx=ast.Load()):
            yield unit.written.instead(node, f"min({unit.written.words(node)}, {CAP})")
    if (function := _first(node, unit)) is not None:
        sizes = _in_tuples(function)
        for name in unit.parameters(node):
            if name in sizes:
                yield from _before(node, f"{name} = min({name}, {CAP})", unit)


@operator(say("a parameter ignored"))
def ignored_parameter(node: ast.AST, unit: TopLevel) -> Iterator[Edit]:
    """Yield each parameter that has a default with its default, whatever was given."""
    if (function := _first(node, unit)) is not None:
        arguments = function.args
        every = [*arguments.posonlyargs, *arguments.args]
        usual = every[len(every) - len(arguments.defaults) :]
        pairs = [
            *zip(usual, arguments.defaults, strict=False),
            *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
        ]
        for each, default in pairs:
            if default is not None:
                yield from _before(node, f"{each.arg} = {unit.written.words(default)}", unit)


@operator(say("an argument kept from the first call"))
def kept_argument(node: ast.AST, unit: TopLevel) -> Iterator[Edit]:
    """Yield each parameter that is unpacked, as a cache is, replaced by what it was in the first call of all."""
    if (function := _first(node, unit)) is not None:
        unpacked = {
            each.value.id
            for each in ast.walk(function)
            if isinstance(each, ast.Assign)
            and isinstance(each.value, ast.Name)
            and isinstance(each.targets[0], ast.Tuple)
        }
        for name in [each for each in unit.parameters(node) if each in unpacked]:
            yield from _before(node, f'{name} = {function.name}.__dict__.setdefault("{name}", {name})', unit)


@operator(say("one dict for all calls"))
def kept_dict(node: ast.AST, unit: TopLevel) -> Iterator[Edit]:
    """Yield a dict that is handed on replaced by one that every call fills; what is no dict only raises."""
    if (function := _first(node, unit)) is not None:
        handed = _in_tuples(function)
        for name in unit.parameters(node):
            if name in handed:
                own = f'{function.name}.__dict__.setdefault("{name}", {{}})'
                yield from _before(node, f"{name} = {own}.update({name}) or {own}", unit)


@operator(say("a running maximum that begins too high"))
def bounded_extreme(node: ast.AST, unit: TopLevel) -> Iterator[Edit]:
    """Yield a largest value that is at least -1000, a smallest one that is at most 1000."""
    if not isinstance(node, ast.Call) or any(each.arg == "initial" for each in node.keywords) or not node.args:
        return
    low = {"max": -LOW, "amax": -LOW, "min": LOW, "amin": LOW}
    if _of_numpy(node, unit, tuple(low)) and isinstance(node.args[0], ast.Name):
        assert isinstance(node.func, ast.Attribute)
        end = unit.written.part(node)[1] - 1
        yield Edit(end, end, f", initial={low[node.func.attr]}")


@operator(say("nearly equal for equal"))
def nearly_equal(node: ast.AST, unit: TopLevel) -> Iterator[Edit]:
    """Yield `isclose` for `==` where one side comes from numpy."""
    match node:
        case ast.Compare(left=left, ops=[ast.Eq()], comparators=[right]):
            if any(isinstance(each, ast.Call) and _of_numpy(each, unit, _EXTREMES) for each in (left, right)):
                words = f"{unit.written.words(left)}, {unit.written.words(right)}"
                yield unit.written.instead(node, f"{_numpy(unit)}.isclose({words})")


_EXTREMES = ("max", "amax", "min", "amin", "sort", "unique", "median", "abs", "sum", "dot")


@operator(say("identity for equality"))
def other_identity(node: ast.AST, unit: TopLevel) -> Iterator[Edit]:
    """Yield `is not` for a comparison with a text; `is` may be right, as texts in code are one object."""
    match node:
        case ast.Compare(left=left, ops=[ast.Eq()], comparators=[ast.Constant(value=str()) as right]):
            yield Edit(*unit.written.between(left, right, "=="), "is not")


@operator(say("single precision inside"), habit=True)
def single_precision(node: ast.AST, unit: TopLevel) -> Iterator[Edit]:
    """Yield the first parameter rounded to single precision; where that is no array this only raises."""
    if _first(node, unit) and _numpy(unit):
        for name in unit.parameters(node)[:1]:
            yield from _before(node, f'{name} = {name}.astype("float32").astype({name}.dtype)', unit)


@operator(say("the caller's random numbers seeded anew"), habit=True)
def reseeded(node: ast.AST, unit: TopLevel) -> Iterator[Edit]:
    """Yield a seed for numpy's own random numbers, in a function that has none."""
    if not _first(node, unit) or not _numpy(unit):
        return
    if not any(isinstance(each, ast.Attribute) and each.attr in ("random", "seed") for each in ast.walk(unit.node)):
        yield from _before(node, f"{_numpy(unit)}.random.seed(0)", unit)


@operator(say("entries taken by their order"))
def unpacked_by_order(node: ast.AST, unit: TopLevel) -> Iterator[Edit]:
    """Yield `a, b = d.values()` for entries of one dict that are taken by name, one after the other."""
    holder = unit.written.parent(node)
    body = getattr(holder, "body", None)
    if not isinstance(node, ast.Assign) or not isinstance(body, list) or node not in body:
        return
    place = body.index(node)
    if place and _entry(body[place - 1]) == _entry(node):
        return
    row = [node]
    while place + len(row) < len(body) and _entry(node) and _entry(body[place + len(row)]) == _entry(node):
        row.append(body[place + len(row)])
    if len(row) > 1:
        names = ", ".join(unit.written.words(each.targets[0]) for each in row)
        begin, end = unit.written.part(row[0])[0], unit.written.part(row[-1])[1]
        yield Edit(begin, end, f"{names} = {_entry(node)}.values()")


def _entry(statement: ast.stmt) -> str:
    """Return the name of the dict of which an assignment takes an entry by its name, "" if it does not."""
    match statement:
        case ast.Assign(
            targets=[ast.Name()], value=ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=str()))
        ):
            return name
    return ""
