"""The operators: the slips that are made in a reference to see whether its rubric notices."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from msgspec import Struct

from grader.author.audit.units import TopLevel
from grader.author.source_text import Edit
from grader.language import Message, say
from grader.submission.symbols import Definition

Edits = Callable[[ast.AST, TopLevel], Iterator[Edit]]


class Operator(Struct, frozen=True, kw_only=True):
    """A kind of slip: its name in a report, and a function that yields every way to make it at one node.

    Edits that change nothing or do not compile are sorted out later. What comes of a `habit` is right within a rubric's
    tolerance; whether it loses points is the author's choice, so it is told and not counted.
    """

    says: Message
    edits: Edits
    habit: bool = False


OPERATORS: dict[str, Operator] = {}
"""Every operator by name, in the order of their definitions: where two make the same slip, the first one counts."""


def operator(says: Message, *, habit: bool = False) -> Callable[[Edits], Edits]:
    """Register a function as an operator; `dropped_call` is called dropped-call."""

    def register(edits: Edits) -> Edits:
        OPERATORS[edits.__name__.replace("_", "-")] = Operator(says=says, edits=edits, habit=habit)
        return edits

    return register


_MAKERS = {
    *("range", "len", "enumerate", "zip", "isinstance", "print", "super", "open", "iter", "next", "type"),
    *("zeros", "ones", "empty", "full", "eye", "arange", "linspace", "identity", "getattr", "hasattr"),
}
"""Functions whose argument is nothing like their result: the argument in their place would only raise."""
_OPTIONS = {"axis", "keepdims", "ddof", "dtype", "key", "reverse", "default", "initial", "where", "start"}
"""Options that change the result; others may only repeat the default."""


@operator(say("a step left out"))
def dropped_call(node: ast.AST, unit: TopLevel) -> Iterator[Edit]:
    """Yield an argument in place of the call (each of two, the first of more), for a method its object."""
    if not isinstance(node, ast.Call) or _name(node) in _MAKERS or isinstance(unit.written.parent(node), ast.Expr):
        return
    if isinstance(node.func, ast.Attribute) and not _of_module(node.func, unit):
        yield unit.written.instead(node, unit.written.words(node.func.value))
        return
    plain = [each for each in node.args if not isinstance(each, ast.Starred)]
    for argument in plain if len(plain) <= 2 else plain[:1]:
        yield unit.written.instead(node, unit.written.words(argument))


@operator(say("an option left out"))
def dropped_option(node: ast.AST, unit: TopLevel) -> Iterator[Edit]:
    """Yield the call without each of its options."""
    if not isinstance(node, ast.Call):
        return
    given: list[ast.expr | ast.keyword] = [*node.args, *node.keywords]
    for index, each in enumerate(given):
        if isinstance(each, ast.keyword) and each.arg in _OPTIONS:
            begin, end = unit.written.part(each)
            if index:
                begin = unit.written.part(given[index - 1])[1]
            elif index + 1 < len(given):
                end = unit.written.part(given[index + 1])[0]
            yield Edit(begin, end, "")


def _name(node: ast.Call) -> str:
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def _of_module(function: ast.Attribute, unit: TopLevel) -> bool:
    """Return whether the function belongs to something imported: `np.linalg.norm`."""
    owner: ast.expr = function.value
    while isinstance(owner, ast.Attribute):
        owner = owner.value
    return isinstance(owner, ast.Name) and (owner.id in unit.modules or owner.id in ("np", "numpy", "math"))


_BUILT_IN = {
    **{"max": ("min",), "min": ("max",), "sum": ("max",), "any": ("all",), "all": ("any",), "round": ("int",)},
    **{"sorted": ("list",), "reversed": ("list",), "set": ("list",)},
}
_OF_SOMETHING = {
    **{"max": ("min", "mean"), "min": ("max",), "sum": ("mean", "max"), "mean": ("sum", "max"), "prod": ("sum",)},
    **{"argmax": ("argmin",), "argmin": ("argmax",), "maximum": ("minimum",), "minimum": ("maximum",)},
    **{"any": ("all",), "all": ("any",), "std": ("var",), "var": ("std",), "median": ("mean",)},
    **{"cumsum": ("cumprod",), "cumprod": ("cumsum",), "floor": ("ceil",), "ceil": ("floor",)},
    **{"sin": ("cos",), "cos": ("sin",), "tanh": ("sin",), "exp": ("expm1",), "log": ("log1p",), "sqrt": ("square",)},
    **{"vstack": ("hstack",), "hstack": ("vstack",), "dot": ("multiply",), "matmul": ("multiply",)},
    **{"append": ("extend",), "extend": ("append",), "upper": ("lower",), "lower": ("upper",)},
    **{"startswith": ("endswith",), "endswith": ("startswith",), "strip": ("lstrip",), "keys": ("values",)},
    **{"values": ("keys",), "union": ("intersection",), "intersection": ("union",), "logical_and": ("logical_or",)},
}
_INITIAL = {"zeros": "ones", "ones": "zeros", "zeros_like": "ones_like", "ones_like": "zeros_like"}


@operator(say("another function of its kind"))
def other_function(node: ast.AST, unit: TopLevel) -> Iterator[Edit]:
    """Yield the call of each function of the same family."""
    match node:
        case ast.Call(func=ast.Attribute(attr=name) as function):
            yield from (_renamed(function, other, unit) for other in _OF_SOMETHING.get(name, ()))
        case ast.Call(func=ast.Name(id=name) as function):
            yield from (unit.written.instead(function, other) for other in _BUILT_IN.get(name, ()))


@operator(say("another initial value"))
def other_initial_value(node: ast.AST, unit: TopLevel) -> Iterator[Edit]:
    """Yield ones in place of zeros and the reverse, 0.0 in place of infinity; `other-number` changes literals."""
    match node:
        case ast.Call(func=ast.Attribute(attr=name) as function) if name in _INITIAL:
            yield _renamed(function, _INITIAL[name], unit)
        case ast.Call(func=ast.Name(id="float"), args=[ast.Constant(value=str() as text)]):
            if text.strip("+-").lower() in ("inf", "infinity"):
                yield unit.written.instead(node, "0.0")
        case ast.Attribute(attr="inf"):
            yield unit.written.instead(node, "0.0")


def _renamed(node: ast.Attribute, name: str, unit: TopLevel) -> Edit:
    end = unit.written.part(node)[1]
    return Edit(end - len(node.attr), end, name)


@operator(say("neighbours exchanged"))
def swapped_items(node: ast.AST, unit: TopLevel) -> Iterator[Edit]:
    """Yield each pair of neighbours of a tuple or list exchanged: axes, indices, what is unpacked or returned."""
    if isinstance(node, ast.Tuple | ast.List):
        yield from _exchanged(node.elts, unit)


@operator(say("arguments exchanged"))
def swapped_arguments(node: ast.AST, unit: TopLevel) -> Iterator[Edit]:
    """Yield each pair of neighbouring arguments exchanged."""
    if isinstance(node, ast.Call) and not any(isinstance(each, ast.Starred) for each in node.args):
        yield from _exchanged(node.args, unit)


@operator(say("a transpose left out"))
def untransposed(node: ast.AST, unit: TopLevel) -> Iterator[Edit]:
    """Yield the matrix in place of its transpose."""
    if isinstance(node, ast.Attribute) and node.attr in ("T", "mT") and isinstance(node.ctx, ast.Load):
        yield unit.written.instead(node, unit.written.words(node.value))


def _exchanged(nodes: Sequence[ast.expr], unit: TopLevel) -> Iterator[Edit]:
    for one, other in pairwise(nodes):
        (begin, at), (to, end) = unit.written.part(one), unit.written.part(other)
        yield Edit(begin, end, unit.written.text[to:end] + unit.written.text[at:to] + unit.written.text[begin:at])


@operator(say("a name taken for its neighbour"))
def mixed_up_name(node: ast.AST, unit: TopLevel) -> Iterator[Edit]:
    """Yield each neighbour of a name that is read: names unpacked, looped over or assigned together, or parameters."""
    if not (isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)):
        return
    function, holder = unit.function(node), unit.written.parent(node)
    if function is None or (isinstance(holder, ast.Call) and holder.func is node):
        return
    rows = [*_rows(function), unit.parameters(node)]
    found = [name for row in rows for name in _beside(row, node.id)]
    yield from (unit.written.instead(node, name) for name in dict.fromkeys(found))


def _rows(function: Definition) -> Iterator[list[str]]:
    """Yield rows of names that stand side by side in a function's body."""
    for node in ast.walk(function):
        if isinstance(node, ast.Tuple) and isinstance(node.ctx, ast.Store):
            yield _names(node.elts)
        for block in (getattr(node, name, None) for name in ("body", "orelse")):
            if isinstance(block, list):
                yield from _assigned(block)
        if isinstance(node, ast.For):
            inner = [each for each in node.body if isinstance(each, ast.For)]
            yield from (_names([node.target, each.target]) for each in inner)


def _assigned(block: list[ast.stmt]) -> Iterator[list[str]]:
    """Yield the names assigned one after the other in a block of statements."""
    row: list[str] = []
    for one in block:
        if isinstance(one, ast.Assign) and len(one.targets) == 1 and isinstance(one.targets[0], ast.Name):
            row.append(one.targets[0].id)
        else:
            yield row
            row = []
    yield row


def _names(nodes: list[ast.expr]) -> list[str]:
    return [node.id for node in nodes if isinstance(node, ast.Name)]


def _beside(row: Sequence[str], name: str) -> Iterator[str]:
    for index, each in enumerate(row):
        if each == name:
            yield from (other for other in (row[index - 1] if index else "", *row[index + 1 : index + 2]) if other)


@operator(say("a setting ignored"))
def ignored_setting(node: ast.AST, unit: TopLevel) -> Iterator[Edit]:
    """Yield 0 and 1 in place of a value that is looked up by a text."""
    match node:
        case ast.Subscript(slice=ast.Constant(value=str()), ctx=ast.Load()):
            yield unit.written.instead(node, "0")
            yield unit.written.instead(node, "1")


_ARITHMETIC = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow, ast.MatMult)
_BITWISE = (ast.BitAnd, ast.BitOr, ast.BitXor, ast.LShift, ast.RShift)
_SIGNS: dict[type[ast.operator], str] = dict(
    zip((*_ARITHMETIC, *_BITWISE), ["+", "-", "*", "/", "//", "%", "**", "@", "&", "|", "^", "<<", ">>"], strict=True)
)
# A sign binds no tighter than the one it replaces, so that its operands need no brackets.
_OTHER_SIGNS = {
    **{"+": ("-",), "-": ("+",), "*": ("+", "/"), "/": ("*", "//"), "//": ("/", "*"), "%": ("//",)},
    **{"**": ("*",), "@": ("*",), "&": ("|",), "|": ("^",), "^": ("|",), "<<": (">>",), ">>": ("<<",)},
}
_EITHER = ("+", "*", "@", "&", "|")


@operator(say("another sign"))
def other_sign(node: ast.AST, unit: TopLevel) -> Iterator[Edit]:
    """Yield the operation with each other sign."""
    text = unit.written.text
    if isinstance(node, ast.BinOp):
        sign = _SIGNS[type(node.op)]
        at, to = unit.written.between(node.left, node.right, sign)
        begin, end = unit.written.part(node)
        for other in _OTHER_SIGNS[sign]:
            yield unit.written.instead(node, text[begin:at] + other + text[to:end])
    elif isinstance(node, ast.AugAssign):
        sign = _SIGNS[type(node.op)]
        at, to = unit.written.between(node.target, node.value, f"{sign}=")
        yield Edit(at, to, _OTHER_SIGNS[sign][-1 if sign == "*" else 0] + "=")


@operator(say("a term left out"))
def dropped_term(node: ast.AST, unit: TopLevel) -> Iterator[Edit]:
    """Yield the left operand alone, and the right one where the two are alike."""
    if isinstance(node, ast.BinOp):
        sign = _SIGNS[type(node.op)]
        at, to = unit.written.between(node.left, node.right, sign)
        begin, end = unit.written.part(node)
        yield unit.written.instead(node, unit.written.text[begin:at].rstrip())
        if sign in _EITHER:
            yield unit.written.instead(node, unit.written.text[to:end].lstrip())


@operator(say("operands the wrong way round"))
def swapped_operands(node: ast.AST, unit: TopLevel) -> Iterator[Edit]:
    """Yield the operands exchanged where their order matters: a difference, a quotient, a matrix product."""
    if isinstance(node, ast.BinOp) and not isinstance(node.op, ast.Add | ast.Mult | ast.BitAnd | ast.BitOr):
        sign = _SIGNS[type(node.op)]
        yield unit.written.instead(node, f"{unit.written.operand(node.right)} {sign} {unit.written.operand(node.left)}")


@operator(say("a minus or `not` lost"))
def dropped_sign(node: ast.AST, unit: TopLevel) -> Iterator[Edit]:
    """Yield the operand without its minus, `not` or `~`."""
    if isinstance(node, ast.UnaryOp) and not isinstance(node.op, ast.UAdd):
        yield unit.written.instead(node, unit.written.words(node.operand))


@operator(say("another number"))
def other_number(node: ast.AST, unit: TopLevel) -> Iterator[Edit]:
    """Yield n + 1, and n - 1 for a whole number or 0.0 for a real one."""
    value = node.value if isinstance(node, ast.Constant) else None
    if isinstance(value, int | float) and not isinstance(value, bool):
        yield unit.written.instead(node, repr(value + 1))
        if isinstance(value, int):
            yield Edit(*unit.written.part(node), repr(value - 1))
        elif value:
            yield unit.written.instead(node, "0.0")


@operator(say("True for False"))
def other_truth(node: ast.AST, unit: TopLevel) -> Iterator[Edit]:
    """Yield the other truth value."""
    if isinstance(node, ast.Constant) and type(node.value) is bool:
        yield unit.written.instead(node, repr(not node.value))


@operator(say("another text"))
def other_text(node: ast.AST, unit: TopLevel) -> Iterator[Edit]:
    """Yield the empty text, or a question mark for the empty text; another key would only raise."""
    holder = unit.written.parent(node)
    if isinstance(node, ast.JoinedStr):
        yield unit.written.instead(node, '""')
    elif not isinstance(holder, ast.Subscript | ast.JoinedStr):
        value = node.value if isinstance(node, ast.Constant) else None
        if isinstance(value, str):
            yield unit.written.instead(node, '""' if value else '"?"')


_ORDER = (ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE)
_COMPARISONS: dict[type[ast.cmpop], str] = {
    **dict(zip(_ORDER, ["==", "!=", "<", "<=", ">", ">="], strict=True)),
    **{ast.In: "in", ast.NotIn: "not in", ast.Is: "is", ast.IsNot: "is not"},
}
_OTHER_COMPARISONS = {
    **{"==": ("!=",), "!=": ("==",), "<": ("<=", ">"), "<=": ("<", ">="), ">": (">=", "<"), ">=": (">", "<=")},
    **{"in": ("not in",), "not in": ("in",), "is": ("is not",), "is not": ("is",)},
}


@operator(say("another comparison"))
def other_comparison(node: ast.AST, unit: TopLevel) -> Iterator[Edit]:
    """Yield one edit for each other comparison."""
    if isinstance(node, ast.Compare):
        operands = [node.left, *node.comparators]
        for left, sign, right in zip(operands, node.ops, operands[1:], strict=False):
            at, to = unit.written.between(left, right, _COMPARISONS[type(sign)])
            yield from (Edit(at, to, other) for other in _OTHER_COMPARISONS[_COMPARISONS[type(sign)]])


@operator(say("a condition ignored"))
def ignored_condition(node: ast.AST, unit: TopLevel) -> Iterator[Edit]:
    """Yield True and False in place of a test; only True for a filter, only False for a loop."""
    if isinstance(node, ast.If | ast.IfExp):
        yield unit.written.instead(node.test, "True")
        yield unit.written.instead(node.test, "False")
    elif isinstance(node, ast.While):
        yield unit.written.instead(node.test, "False")
    elif isinstance(node, ast.comprehension):
        yield from (unit.written.instead(test, "True") for test in node.ifs)


@operator(say("a condition turned round"))
def negated_condition(node: ast.AST, unit: TopLevel) -> Iterator[Edit]:
    """Yield the test negated; not a comparison, for which `other-comparison` does so."""
    if isinstance(node, ast.If | ast.IfExp | ast.While) and not isinstance(
        node.test, ast.Compare | ast.UnaryOp | ast.Constant
    ):
        yield unit.written.instead(node.test, f"not ({unit.written.words(node.test)})")


@operator(say("a clause left out, or `and` for `or`"))
def other_clause(node: ast.AST, unit: TopLevel) -> Iterator[Edit]:
    """Yield the clauses with one left out, and with the other word between them."""
    if isinstance(node, ast.BoolOp):
        word, other = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
        texts = [unit.written.words(value) for value in node.values]
        loose = [isinstance(value, ast.BoolOp | ast.IfExp | ast.Lambda) for value in node.values]
        clauses = [f"({text})" if brackets else text for text, brackets in zip(texts, loose, strict=True)]
        for index in range(len(clauses)):
            yield unit.written.instead(node, f" {word} ".join(clauses[:index] + clauses[index + 1 :]))
        yield unit.written.instead(node, f" {other} ".join(clauses))


@operator(say("a range off by one"))
def shifted_range(node: ast.AST, unit: TopLevel) -> Iterator[Edit]:
    """Yield each bound of a `range` moved, and the first element left out; `other-number` changes literal bounds."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "range"):
        return
    arguments = node.args
    if len(arguments) > 1:
        yield from _moved(arguments[0], unit, (1,))
    if arguments:
        last = arguments[min(1, len(arguments) - 1)]
        yield from _moved(last, unit, (-1, 1))
        if len(arguments) == 1:
            yield unit.written.instead(last, f"1, {unit.written.words(last)}")


@operator(say("a slice with another bound"))
def shifted_slice(node: ast.AST, unit: TopLevel) -> Iterator[Edit]:
    """Yield each bound moved, added or left out, and the step left out."""
    if not isinstance(node, ast.Slice) or not (node.lower or node.upper or node.step):
        return
    begin, end = unit.written.part(node)
    bounds = [bound for bound in (node.lower, node.upper) if bound is not None]
    if node.lower is not None:
        yield from _moved(node.lower, unit, (1,))
    elif node.upper is not None:
        yield Edit(begin, begin, "1")
    if node.upper is not None:
        yield from _moved(node.upper, unit, (-1, 1))
    elif node.step is None:
        yield Edit(end, end, "-1")
    for bound in [*bounds, *([node.step] if node.step is not None else [])]:
        yield Edit(*unit.written.part(bound), "")


@operator(say("an index off by one"))
def shifted_index(node: ast.AST, unit: TopLevel) -> Iterator[Edit]:
    """Yield each index moved by one where an element is read; the index is a name or arithmetic."""
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
        for part in node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]:
            if isinstance(part, ast.Name | ast.BinOp):
                yield from _moved(part, unit, (1, -1))


def _moved(node: ast.expr, unit: TopLevel, steps: tuple[int, ...]) -> Iterator[Edit]:
    """Yield a bound moved by each of the steps, unless it is a literal number."""
    inner = node.operand if isinstance(node, ast.UnaryOp) else node
    if isinstance(inner, ast.Constant):
        return
    plain = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub | ast.Mult)
    words = unit.written.words(node) if plain else unit.written.operand(node)
    for step in steps:
        yield Edit(*unit.written.part(node), f"{words} {'+' if step > 0 else '-'} 1")


_LOOP = ast.For | ast.While | ast.AsyncFor


@operator(say("a loop left after its first round"))
def first_round_only(node: ast.AST, unit: TopLevel) -> Iterator[Edit]:
    """Yield a `break` at the end of a loop."""
    if isinstance(node, _LOOP):
        yield from _at_the_end(node, "break", unit)


@operator(say("a return inside the loop"))
def early_return(node: ast.AST, unit: TopLevel) -> Iterator[Edit]:
    """Yield the function's last `return` statement at the end of each loop that stands directly in it."""
    function = unit.written.parent(node)
    if isinstance(node, _LOOP) and isinstance(function, Definition):
        last = function.body[-1]
        if isinstance(last, ast.Return) and last.value is not None:
            yield from _at_the_end(node, unit.written.words(last), unit)


@operator(say("break for continue"))
def other_jump(node: ast.AST, unit: TopLevel) -> Iterator[Edit]:
    """Yield `break` in place of `continue` and the reverse, and `pass` in place of `continue`."""
    if isinstance(node, ast.Break):
        yield Edit(*unit.written.part(node), "continue")
    elif isinstance(node, ast.Continue):
        yield Edit(*unit.written.part(node), "break")
        yield Edit(*unit.written.part(node), "pass")


def _at_the_end(loop: ast.For | ast.While | ast.AsyncFor, words: str, unit: TopLevel) -> Iterator[Edit]:
    """Yield the statement `words` at the end of a loop's body, unless the body ends in a jump."""
    first, last = loop.body[0], loop.body[-1]
    if first.lineno == loop.lineno or isinstance(last, ast.Return | ast.Raise | ast.Break | ast.Continue):
        return
    line = last.end_lineno or last.lineno
    begin = unit.written.lines(first.lineno, first.lineno)[0]
    indent = unit.written.text[begin : unit.written.part(first)[0]]
    end = unit.written.lines(line, line)[1]
    yield Edit(end, end, f"\n{indent}{words}")


@operator(say("overwritten, not accumulated"))
def overwritten(node: ast.AST, unit: TopLevel) -> Iterator[Edit]:
    """Yield a plain assignment in place of an augmented one."""
    if isinstance(node, ast.AugAssign):
        yield Edit(*unit.written.between(node.target, node.value, f"{_SIGNS[type(node.op)]}="), "=")


@operator(say("the caller's value changed in place"))
def changed_in_place(node: ast.AST, unit: TopLevel) -> Iterator[Edit]:
    """Yield the augmented assignment to a parameter, which changes the caller's array too."""
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.BinOp(left=ast.Name(id=left), right=right, op=op)):
            if name == left and name in unit.parameters(node):
                yield Edit(*unit.written.part(node), f"{name} {_SIGNS[type(op)]}= {unit.written.words(right)}")


@operator(say("an argument overwritten"))
def spoiled_argument(node: ast.AST, unit: TopLevel) -> Iterator[Edit]:
    """Yield zeros written into each parameter before the last return; where it is not an array this only raises."""
    function = unit.written.parent(node)
    if isinstance(node, ast.Return) and isinstance(function, Definition) and function.body[-1] is node:
        begin, _ = unit.written.part(node)
        line = unit.written.lines(node.lineno, node.lineno)[0]
        indent = unit.written.text[line:begin]
        if not indent.strip():
            yield from (Edit(begin, begin, f"{name}[...] = 0\n{indent}") for name in unit.parameters(node))


@operator(say("a statement left out"))
def dropped_statement(node: ast.AST, unit: TopLevel) -> Iterator[Edit]:
    """Yield `pass` in a statement's place, unless a name would then be missing, which only raises."""
    if isinstance(node, ast.AugAssign | ast.Expr | ast.Raise | ast.Delete | ast.Assert | ast.Break):
        silent = isinstance(node, ast.Expr) and not isinstance(node.value, ast.Call)
    elif isinstance(node, ast.Assign):
        silent = any(not _is_bound(target, node, unit) for target in node.targets)
    else:
        return
    if not silent:
        yield Edit(*unit.written.part(node), "pass")


@operator(say("another exception"))
def other_exception(node: ast.AST, unit: TopLevel) -> Iterator[Edit]:
    """Yield the most general exception in place of one that is raised, none in place of one that is caught."""
    if isinstance(node, ast.Raise) and node.exc is not None:
        kind = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
        yield Edit(*unit.written.part(kind), "Exception")
    elif isinstance(node, ast.ExceptHandler) and node.type is not None and node.name is None:
        yield Edit(*unit.written.part(node.type), "()")


def _is_bound(target: ast.expr, statement: ast.stmt, unit: TopLevel) -> bool:
    """Return whether assigning to `target` may be left out without a name going missing."""
    if not isinstance(target, ast.Name):
        return isinstance(target, ast.Subscript | ast.Attribute)
    if target.id in unit.parameters(statement):
        return True
    function = unit.function(statement)
    begin = unit.written.part(statement)[0]
    return any(
        isinstance(each, ast.Name) and each.id == target.id and isinstance(each.ctx, ast.Store)
        for each in ast.walk(function or unit.node)
        if isinstance(each, ast.Name) and unit.written.part(each)[0] < begin
    )
