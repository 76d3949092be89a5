"""Slips of names, functions, options, texts and comparisons."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Iterator
from functools import partial
from itertools import combinations, pairwise, permutations

from grader.explain.mending.mends import SIGNS, CaseFacts, Mend, drops, mend
from grader.explain.mending.written import FunctionText, Replacement
from grader.language import say
from grader.submission.costs import once

_EXCHANGED = (("vert", "horiz"), ("h", "w"), ("H", "W"), ("row", "col"), ("x", "y"), ("i", "j"), ("height", "width"))


def names(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield a name that is read replaced by one beside it or like it."""
    if not (isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)):
        return
    holder = written.parents[node]
    if (isinstance(holder, ast.Call) and holder.func is node) or node.id == written.function.name:
        return
    if node.id in written.imported:
        return
    around: ast.AST = next((one for one in written.above(node) if isinstance(one, ast.expr)), written.statement(node))
    if isinstance(around, ast.Tuple) and isinstance(written.parents[around], ast.Subscript):
        around = written.parents[around]
    if isinstance(around, ast.Attribute):
        around = next((one for one in written.above(around) if isinstance(one, ast.expr)), written.statement(node))
    said = say("`{name}` is not the right name in `{code}`.", name=node.id, code=written.shown(around))
    for other in _near(node, written):
        inside = next((one for one in written.above(node) if isinstance(one, ast.Slice)), None)
        places = [f"{written.line(node)}", "", *([f"{id(inside)}"] if inside else []), *_side(node, holder)]
        alike = tuple(f"{place} {node.id} {other}" for place in places)
        yield mend(written, node, said, written.instead(node, other), alike=alike)


def counterparts(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield what `names` does for names that are the other one's counterpart, height for width: the usual slip."""
    if isinstance(node, ast.Name) and any(_exchanged(node.id, pair) for pair in _EXCHANGED):
        for each in names(node, written, known):
            if each.edits[0].text in {_exchanged(node.id, pair) for pair in _EXCHANGED}:
                yield each


def _side(node: ast.Name, holder: ast.AST) -> Iterator[str]:
    """Yield the operator that a name is a side of, with the side."""
    if isinstance(holder, ast.BinOp):
        yield f"{SIGNS[type(holder.op)]}{node is holder.left}"


def _near(node: ast.Name, written: FunctionText) -> list[str]:
    begin = written.part(node)[0]
    bound = [*written.parameters, *(name for at, name in written.stored if at < begin)]
    rows = [written.parameters, written.rounds(node), *written.rows]
    found: dict[str, None] = {}
    alike = [_exchanged(node.id, pair) for pair in _EXCHANGED]
    found |= dict.fromkeys(name for name in alike if name)
    for row in rows:
        if node.id in row:
            at = row.index(node.id)
            beside = row if len(row) <= 4 else row[max(0, at - 1) : at + 2]
            found |= dict.fromkeys(beside)
    for at, name in enumerate(written.assigned):
        if name == node.id:
            found |= dict.fromkeys(written.assigned[max(0, at - 1) : at + 2])
    found |= dict.fromkeys(one for one in bound if one.startswith(node.id) or node.id.startswith(one))
    holder = written.parents[node]
    if isinstance(holder, ast.Subscript | ast.Attribute) and holder.value is node:
        found |= dict.fromkeys(written.arrays)
    known = {*bound}
    found |= dict.fromkeys(_similar(node.id, tuple(sorted(known))))
    first = [one for one in found if one in known and one != node.id][:MOST]
    plain = node.id not in written.arrays and node.id not in written.rounds(node)
    sizes = written.sizes if plain and isinstance(holder, ast.BinOp | ast.Slice | ast.Call | ast.Tuple) else []
    return list(dict.fromkeys((*first, *(one for one in sizes if one in known and one != node.id))))


MOST = 5
"""Names that are tried in the place of one, besides sizes in the place of a size."""


@partial(once, most=256)
def _similar(name: str, bound: tuple[str, ...]) -> list[str]:
    return difflib.get_close_matches(name, bound, n=3, cutoff=0.6)


def _exchanged(name: str, pair: tuple[str, str]) -> str:
    for one, other in (pair, pair[::-1]):
        parts = name.split("_")
        if one in parts:
            return "_".join(other if part == one else part for part in parts)
    return ""


def order(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield neighbours exchanged: of a tuple, of indices, of arguments."""
    match node:
        case ast.Call(func=outer, args=[ast.Call(func=inner, args=[_], keywords=[])], keywords=[]):
            said = say("the order in `{code}` is not right.", code=written.shown(node))
            edits = (
                written.replaced(outer, written.words(inner)),
                written.replaced(inner, written.words(outer)),
            )
            yield mend(written, node, said, *edits)
    items = node.elts if isinstance(node, ast.Tuple | ast.List) else node.args if isinstance(node, ast.Call) else []
    if isinstance(node, ast.Tuple) and 2 < len(items) < 5 and all(isinstance(one, ast.Tuple) for one in items):
        texts = [written.words(one) for one in items]
        said = say("the order in `{code}` is not right.", code=written.shown(node))
        for some in sorted({*permutations(texts)}):
            yield mend(written, node, said, written.replaced(node, f"({', '.join(some)})"))
    for one, other in pairwise(items):
        said = say(
            "the order in `{code}` is not right.",
            code=written.shown(
                written.parents[node] if isinstance(written.parents[node], ast.Subscript | ast.Return) else node
            ),
        )
        yield mend(
            written, node, said,
            written.replaced(one, written.words(other)), written.replaced(other, written.words(one)),
            alike=f"{written.words(one)} {written.words(other)}",
        )  # fmt: skip


def exchanged_names(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield a statement in which two names have changed places, or a function in which two parameters have."""
    if node is written.function:
        for one, other in combinations(written.parameters[:5], 2):
            said = say("`{one}` and `{other}` are exchanged.", one=one, other=other)
            turned = {one: other, other: one}
            read = [each for each in written.nodes if isinstance(each, ast.Name) and each.id in turned]
            if all(isinstance(each.ctx, ast.Load) for each in read) and read:
                yield mend(written, read[0], said, *(written.replaced(each, turned[each.id]) for each in read))
    if not isinstance(node, ast.Assign | ast.AugAssign | ast.Return) or node.value is None:
        return
    found = [one for one in ast.walk(node.value) if isinstance(one, ast.Name) and one.id not in written.imported]
    rounds = written.rounds(node)
    names = [name for name in dict.fromkeys(one.id for one in found) if name not in rounds]
    for one, other in combinations(names[:5], 2):
        said = say("`{one}` and `{other}` are exchanged in `{code}`.", one=one, other=other, code=written.shown(node))
        turned = {one: other, other: one}
        edits = (written.replaced(each, turned[each.id]) for each in found if each.id in turned)
        yield mend(written, node, said, *edits)


_FAMILIES = (
    *(
        ("max", "min", "mean", "sum", "median"),
        ("argmax", "argmin"),
        ("maximum", "minimum"),
        ("exp", "log"),
        ("std", "var"),
    ),
    *(
        ("zeros", "ones", "zeros_like", "ones_like"),
        ("floor", "ceil", "round"),
        ("sin", "cos"),
        ("sinh", "cosh", "tanh"),
    ),
    *(("dot", "multiply", "outer"), ("vstack", "hstack", "concatenate"), ("any", "all"), ("cumsum", "cumprod")),
    *(("sqrt", "square", "abs"), ("append", "extend"), ("prod", "sum"), ("greater", "less"), ("log", "log2", "log10")),
)


def functions(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield another function of the same family, called or handed on."""
    function = node.func if isinstance(node, ast.Call) else node
    if isinstance(node, ast.Attribute):
        if getattr(written.parents[node], "func", None) is node or written.words(node.value) not in written.imported:
            return
    elif not isinstance(node, ast.Call):
        return
    name = (
        function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""
    )
    said = say("`{name}` is not the right function here.", name=written.shown(function))
    for family in _FAMILIES:
        for other in family if name in family else ():
            if other != name and not (
                isinstance(function, ast.Name) and other not in ("max", "min", "sum", "any", "all", "abs", "round")
            ):
                end = written.part(function)[1]
                yield mend(
                    written, node, said, Replacement(end - len(name.encode()), end, other), alike=f"{name} {other}"
                )


def own_of_python(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield numpy's function of all numbers of an array for Python's own of the same name."""
    match node:
        case ast.Call(func=ast.Name(id="max" | "min" | "sum" | "any" | "all" as name), args=[_], keywords=[]):
            said = say("`{name}` is Python's own and goes through an array row by row.", name=name)
            yield mend(written, node, said, written.replaced(node.func, f"np.{name}"), alike=f"np.{name}")


def steps(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield an argument in place of the call, and a transpose taken away or put in."""
    match node:
        case ast.Call(func=ast.Attribute() | ast.Name(), args=[ast.expr() as first, *_]) if drops(node):
            said = say("`{name}` is not needed here.", name=written.shown(node.func))
            yield mend(
                written,
                node,
                said,
                written.instead(node, written.words(first)),
                alike=f"drop {written.words(node.func)}",
            )
        case ast.Call(func=ast.Attribute(value=ast.expr() as inner, attr=attr)):
            if attr != "copy" and not (isinstance(inner, ast.Name) and inner.id in written.imported):
                said = say("`{name}` is not needed here.", name=f".{attr}()")
                yield mend(written, node, said, written.instead(node, written.words(inner)))
        case ast.Attribute(attr="T", ctx=ast.Load()):
            said = say("`{code}` should not be transposed.", code=written.shown(node.value))
            yield mend(written, node, said, written.instead(node, written.words(node.value)))
    match node:
        case ast.BinOp(left=ast.BinOp(left=one, op=ast.MatMult(), right=inner), op=ast.MatMult(), right=other):
            plain = _plain_matrix(one, written)
            if plain == _plain_matrix(other, written) and _is_turned(one) != _is_turned(other):
                said = say("the transpose in `{code}` is on the wrong side.", code=written.shown(node))
                sides = (plain, f"({plain}).T") if _is_turned(one) else (f"({plain}).T", plain)
                text = f"{sides[0]} @ ({written.words(inner)}) @ {sides[1]}"
                yield mend(written, node, said, written.instead(node, text))
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
        yield from (_transposed(one, written) for one in (node.left, node.right) if not _is_turned(one))
        yield from _both(node, node.left, node.right, written)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("dot", "matmul"):
        given = [
            *([] if isinstance(node.func.value, ast.Name) and node.func.value.id == "np" else [node.func.value]),
            *node.args,
        ]
        yield from (_transposed(one, written) for one in given if not _is_turned(one))
        if len(node.args) == 2:
            yield from _both(node, node.args[0], node.args[1], written)


def _both(node: ast.AST, left: ast.expr, right: ast.expr, written: FunctionText) -> Iterator[Mend]:
    """Yield a matrix product with its sides exchanged and one of them transposed."""
    said = say("the order in `{code}` is not right, and a transpose is missing or too much.", code=written.shown(node))
    one, other = written.words(left), written.words(right)
    plain = [_plain_matrix(left, written), _plain_matrix(right, written)]
    for a in dict.fromkeys((one, plain[0], f"({plain[0]}).T")):
        for b in dict.fromkeys((other, plain[1], f"({plain[1]}).T")):
            for first, second in ((a, b), (b, a)):
                yield mend(written, node, said, written.instead(node, f"({first}) @ ({second})"))


def _plain_matrix(node: ast.expr, written: FunctionText) -> str:
    return written.words(node.value) if isinstance(node, ast.Attribute) and node.attr == "T" else written.words(node)


def _is_turned(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "T"


def _transposed(node: ast.expr, written: FunctionText) -> Mend:
    said = say("`{code}` should be transposed.", code=written.shown(node))
    return mend(written, node, said, written.replaced(node, f"({written.words(node)}).T"))


_REDUCING = {"sum", "mean", "max", "min", "argmax", "argmin", "std", "var", "prod", "any", "all", "median", "cumsum",
             "argsort", "sort", "norm", "diff", "concatenate", "stack", "flip", "roll", "amax", "amin"}  # fmt: skip


def options(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield another axis, an axis or keepdims put in or left out, and an option left out."""
    if not isinstance(node, ast.Call):
        return
    code = written.shown(node)
    attr = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    given = {each.arg: each for each in node.keywords}
    wrong, absent = (
        say("the axis in `{code}` is not right.", code=code),
        say("in `{code}` the axis is missing.", code=code),
    )
    end = written.part(node)[1] - 1
    comma = ", " if node.args or node.keywords else ""
    positional = (
        node.args[1] if attr in _REDUCING and len(node.args) == 2 and isinstance(node.args[1], ast.Constant) else None
    )
    at = given["axis"].value if "axis" in given else positional
    if at is not None:
        for other in ("0", "1", "2", "-1", "(0, 1)", "(1, 2)", "(0, 1, 2)", "None"):
            if written.words(at) != other:
                yield mend(written, node, wrong, written.replaced(at, other), alike=f"axis {other}")
    elif attr in _REDUCING:
        for other in ("0", "1", "-1", "(0, 1)", "(1, 2)", "(1, 2, 3)"):
            yield mend(written, node, absent, Replacement(end, end, f"{comma}axis={other}"), alike=f"axis {other}")
            if "keepdims" not in given:
                yield mend(
                    written,
                    node,
                    absent,
                    Replacement(end, end, f"{comma}axis={other}, keepdims=True"),
                    alike=f"axis {other}, keepdims",
                )
    if attr in _REDUCING and "keepdims" not in given:
        said = say("in `{code}` the summed axis goes away, but it should stay with length 1.", code=code)
        yield mend(written, node, said, Replacement(end, end, f"{comma}keepdims=True"), alike="keepdims")
    for keyword in node.keywords:
        if keyword.arg in ("keepdims", "dtype", "ddof", "endpoint", "initial", "where", "key", "reverse"):
            said = say("`{option}` is not right in `{code}`.", option=written.shown(keyword), code=code)
            neutral = {"keepdims": "False", "dtype": "float", "ddof": "0", "endpoint": "True", "reverse": "False"}.get(
                keyword.arg
            )
            if neutral is not None and written.words(keyword.value) != neutral:
                yield mend(written, node, said, written.replaced(keyword.value, neutral))
    if attr in ("std", "var") and "ddof" not in given:
        said = say("`{name}` is not the right function here.", name=written.shown(node.func))
        yield mend(written, node, said, Replacement(end, end, f"{comma}ddof=1"))
    if attr == "linspace" and "endpoint" not in given:
        said = say("`{code}` has the wrong number of points, or the wrong last one.", code=code)
        yield mend(written, node, said, Replacement(end, end, f"{comma}endpoint=False"))


def truths(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield the other truth value."""
    if isinstance(node, ast.Constant) and type(node.value) is bool:
        holder = written.parents[node]
        said = say("`{value}` is not right here.", value=str(node.value))
        if isinstance(holder, ast.keyword):
            said = say(
                "`{option}` is not right in `{code}`.",
                option=written.shown(holder),
                code=written.shown(written.parents[holder]),
            )
        yield mend(written, node, said, written.replaced(node, str(not node.value)))


def texts(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield the texts of the cases in place of one that is written in, and two that are compared with exchanged."""
    if isinstance(node, ast.If | ast.IfExp) and len(known.texts) > 1:
        edits = [
            written.replaced(one, repr(known.texts[1 - known.texts.index(one.value)]))
            for one in written.nodes
            if isinstance(one, ast.Constant)
            and one.value in known.texts[:2]
            and isinstance(written.parents[one], ast.Compare)
        ]
        said = say("`{first}` and `{second}` are exchanged.", first=known.texts[0], second=known.texts[1])
        if len({edit.text for edit in edits}) > 1:
            yield Mend(edits=tuple(edits), lines=tuple(sorted({written.line(node)})), said=said)
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        said = say("the text `{text}` is not right.", text=written.shown(node))
        holders = [one for one in written.above(node) if isinstance(one, ast.Call)][:1]
        if [written.words(one.func) for one in holders] == ["np.pad"] and node.value != "constant":
            yield mend(written, node, said, written.replaced(node, "'constant'"))
        for text in known.texts:
            if text != node.value:
                yield mend(written, node, said, written.replaced(node, repr(text)))


_ORDER = {
    **{ast.Eq: ("==", ("!=", ">=", "<=")), ast.NotEq: ("!=", ("==",)), ast.Lt: ("<", ("<=", ">", ">=", "!="))},
    **{
        ast.LtE: ("<=", ("<", ">=", ">")),
        ast.Gt: (">", (">=", "<", "<=", "==", "!=")),
        ast.GtE: (">=", (">", "<=", "<", "==")),
    },
}


def ends(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield what `comparisons` does for the conditions of `while`: other mends of these loops may never end."""
    if isinstance(written.parents.get(node), ast.While):
        yield from comparisons(node, written, known)


def comparisons(node: ast.AST, written: FunctionText, known: CaseFacts) -> Iterator[Mend]:
    """Yield another comparison, and a condition turned round."""
    if isinstance(node, ast.Compare):
        operands = [node.left, *node.comparators]
        for left, kind, right in zip(operands, node.ops, operands[1:], strict=False):
            sign, others = _ORDER.get(type(kind), ("", ()))
            said = say("`{sign}` is not the right comparison in `{code}`.", sign=sign, code=written.shown(node))
            begin, end = written.part(left)[0], written.part(right)[1]
            for other in others:
                edit = Replacement(begin, end, f"{written.words(left)} {other} {written.words(right)}")
                yield mend(written, node, said, edit, alike=f"{sign}{other}")
    if isinstance(node, ast.BoolOp):
        said = say("`and` and `or` are exchanged in `{code}`.", code=written.shown(node))
        word = " or " if isinstance(node.op, ast.And) else " and "
        yield mend(
            written, node, said, written.instead(node, word.join(f"({written.words(one)})" for one in node.values))
        )
