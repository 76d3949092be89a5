"""The functions that a source defines at its top level, as far as its text tells; remarks on the source."""

from __future__ import annotations

import ast
import builtins
import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TypeVar

from grader.language import Message, inert, listed, say
from grader.model import Marker, Symbol
from grader.submission.spelling import same, spelled, worded
from grader.submission.text import line_at


def untouched(body: Sequence[ast.stmt]) -> bool:
    """Return whether a function's body does nothing yet.

    These do nothing: a docstring, `pass`, `...`, assertions, names and elements bound to `None`, loops over
    `range(None)`, branches that do nothing, `raise NotImplementedError`, names packed into a tuple (the line
    `cache = (A_prev, W, b, hparameters)` of a stub), and returns of what is still `None`, alone or beside such a tuple.
    Anything that computes, if only a shape, is a beginning.
    """
    empty: set[str] = set()
    return all(_nothing(node, empty) for node in body)


def _nothing(node: ast.stmt, empty: set[str]) -> bool:
    match node:
        case ast.Assign(targets=[ast.Name(id=bound)], value=ast.Tuple(elts=elements)) if _all_names(elements):
            empty.add(f"({bound})")
            return True
        case ast.Return(value=ast.Tuple(elts=elements)) if any(_is_empty(each, empty) for each in elements):
            return all(_is_empty(each, empty) or _is_packed(each, empty) for each in elements)
        case ast.Pass() | ast.Assert() | ast.Expr(value=ast.Constant()):
            return True
        case ast.Assign(targets=targets, value=value):
            return _is_empty(value, empty) and all(_take(target, empty) for target in targets)
        case ast.AnnAssign(target=target, value=value):
            return value is None or (_is_empty(value, empty) and _take(target, empty))
        case ast.AugAssign(value=value):
            return _is_empty(value, empty)
        case ast.Return(value=value):
            return value is None or _is_empty(value, empty)
        case ast.Raise(exc=exc):
            name = exc.func if isinstance(exc, ast.Call) else exc
            return isinstance(name, ast.Name) and name.id == "NotImplementedError"
        case ast.For(iter=each, body=body, orelse=rest):
            return _is_range(each, empty) and all(_nothing(inner, empty) for inner in (*body, *rest))
        case ast.If(test=test, body=body, orelse=rest):
            return _calls_nothing(test) and all(_nothing(inner, empty) for inner in (*body, *rest))
    return False


def _take(target: ast.expr, empty: set[str]) -> bool:
    """Add the names that an assignment of nothing binds to `empty`; return whether the target computes nothing."""
    if isinstance(target, ast.Name):
        empty.add(target.id)
    elif isinstance(target, ast.Tuple | ast.List):
        return all(_take(each, empty) for each in target.elts)
    return not isinstance(target, ast.Attribute)


def _is_empty(value: ast.expr, empty: set[str]) -> bool:
    match value:
        case ast.Constant(value=None) | ast.Constant(value=builtins.Ellipsis):
            return True
        case ast.Name(id=name):
            return name in empty
        case ast.Tuple(elts=elements) | ast.List(elts=elements):
            return bool(elements) and all(_is_empty(each, empty) for each in elements)
    return False


def _all_names(elements: Sequence[ast.expr]) -> bool:
    return bool(elements) and all(isinstance(each, ast.Name) for each in elements)


def _is_packed(value: ast.expr, empty: set[str]) -> bool:
    return isinstance(value, ast.Name) and f"({value.id})" in empty


def _is_range(value: ast.expr, empty: set[str]) -> bool:
    return (
        isinstance(value, ast.Call)
        and isinstance(value.func, ast.Name)
        and value.func.id == "range"
        and all(_is_empty(each, empty) for each in value.args)
    ) or _is_empty(value, empty)


def _calls_nothing(test: ast.expr) -> bool:
    return not any(isinstance(node, ast.Call) for node in ast.walk(test))


_CALLED = re.compile(r"(?<![\w.])(?<!def )([A-Za-z_]\w*)[ \t]*\(")
_KEYWORDS = frozenset(
    {"and", "assert", "await", "del", "elif", "else", "except", "for", "from", "if", "in", "is", "lambda", "not"}
    | {"or", "print", "raise", "range", "return", "while", "with", "yield", "super"}
)

Definition = ast.FunctionDef | ast.AsyncFunctionDef


def find(tree: ast.Module, bare: str, graded: Collection[str]) -> tuple[dict[str, Symbol], dict[str, list[int]]]:
    """Return each top-level function by name, and the lines of all its definitions, last one last.

    Other names count only if they are `graded`: `f = partial(g)`, `from layers import f`. `bare` is the text with
    comments and strings blanked.
    """
    symbols: dict[str, Symbol] = {}
    lines: dict[str, list[int]] = {}
    code = bare.split("\n")
    for node in statements(tree):
        for symbol in _symbols(node, code, graded):
            if isinstance(node, ast.ImportFrom) and symbol.name in symbols:
                continue  # where the module is missing, the function above is called
            symbols.pop(symbol.name, None)
            symbols[symbol.name] = symbol
            if not isinstance(node, ast.ImportFrom):
                lines.setdefault(symbol.name, []).append(symbol.line)
    return symbols, lines


def statements(tree: ast.Module) -> Iterator[ast.stmt]:
    """Yield the statements that run when the module is loaded, those inside `if`, `try`, `with` and loops too."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.stmt):
            yield node
        if not isinstance(node, Definition | ast.ClassDef):
            inside = [*getattr(node, "body", ()), *getattr(node, "handlers", ()), *getattr(node, "cases", ())]
            inside += [*getattr(node, "orelse", ()), *getattr(node, "finalbody", ())]
            waiting += reversed(inside)


def _symbols(node: ast.stmt, code: Sequence[str], graded: Collection[str]) -> Iterator[Symbol]:
    if isinstance(node, Definition):
        yield _function(node.name, node, node.args, code, untouched(node.body))
    elif isinstance(node, ast.ClassDef):
        yield _class(node)
    elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        for name in (each.id for each in targets if isinstance(each, ast.Name)):
            if isinstance(node.value, ast.Lambda):
                yield _function(name, node, node.value.args, code, False)
            elif name in graded:
                yield Symbol(name=name, line=node.lineno, end_line=node.end_lineno or node.lineno)
    elif isinstance(node, ast.ImportFrom):
        for alias in node.names:
            if (alias.asname or alias.name) in graded:
                yield Symbol(name=alias.asname or alias.name, line=node.lineno, end_line=node.end_lineno or node.lineno)


def _class(node: ast.ClassDef) -> Symbol:
    """Return a class with what its constructor and its methods take besides the object; a stub if all of them are."""
    own = {each.name: each for each in node.body if isinstance(each, Definition)}
    taken = {name: [one.arg for one in (*each.args.posonlyargs, *each.args.args)][1:] for name, each in own.items()}
    needed = {name: taken[name][: max(0, len(taken[name]) - len(each.args.defaults))] for name, each in own.items()}
    made = taken.get("__init__", ())
    if "__init__" not in own and any("dataclass" in ast.unparse(each) for each in node.decorator_list):
        made = [
            each.target.id
            for each in node.body
            if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name)
        ]
    return Symbol(
        name=node.name,
        line=node.lineno,
        end_line=node.end_lineno or node.lineno,
        parameters=tuple(made),
        defaults=tuple(made[len(needed.get("__init__", made)) :]),
        untouched=bool(own) and all(untouched(each.body) for each in own.values()),
        methods=tuple((name, tuple(parameters)) for name, parameters in needed.items()),
    )


def _function(name: str, node: ast.stmt, arguments: ast.arguments, code: Sequence[str], stub: bool) -> Symbol:
    parameters = [each.arg for each in (*arguments.posonlyargs, *arguments.args)]
    optional = parameters[len(parameters) - len(arguments.defaults) :]
    last = node.end_lineno or node.lineno
    called = dict.fromkeys(_CALLED.findall("\n".join(code[node.lineno - 1 : last])))
    return Symbol(
        name=name,
        line=node.lineno,
        end_line=last,
        parameters=tuple(parameters),
        defaults=tuple(optional),
        untouched=stub,
        calls=tuple(each for each in called if each not in _KEYWORDS and each != name),
    )


_NESTED = r"(?m)^([ \t]+)(?:async[ \t]+)?def[ \t]+(\w+)"
_ALIKE = 0.85
"""How alike a misspelt name has to be: functions of other names are no slips."""
_CLASS = r"^class[ \t]+(\w+)"


def suggest(
    missing: Sequence[str], symbols: Mapping[str, Symbol], graded: Collection[str], bare: str
) -> dict[str, tuple[Message, int]]:
    """Return by graded name that is not defined what was probably meant, with its line."""
    if not missing:
        return {}
    nested = {found[2]: line_at(bare, found.start(2)) for found in re.finditer(_NESTED, bare)}
    found: dict[str, tuple[Message, int]] = {}
    spare = {name: symbol.line for name, symbol in symbols.items() if name not in graded}
    for name in missing:
        if name in nested:
            found[name] = (_inside(name, nested[name], bare), nested[name])
        elif meant := _meant(name, spare) or _meant(name, nested):
            found[name] = (_renamed(name, meant), spare[meant[0]] if meant[0] in spare else nested[meant[0]])
    return found


def _meant(name: str, known: Iterable[str]) -> Sequence[str]:
    near = spelled(name, known, _ALIKE)
    if same(near, name):
        return [near]
    longer = (each for each in worded(name, known) if len(each) > len(name))
    return [*dict.fromkeys((*([near] if near else []), *longer))]


def _renamed(name: str, meant: Sequence[str]) -> Message:
    if len(meant) > 1:
        several = listed(meant[:4])
        return say("There is no {name}. If one of {found} is meant to be it, rename that to {name}.",
                   name=name, found=several)  # fmt: skip
    return say("There is no {name}. If {found} is meant to be it, rename it to {name}.", name=name, found=meant[0])


def _inside(name: str, line: int, bare: str) -> Message:
    for above in reversed(bare.split("\n")[: line - 1]):
        if above and not above[0].isspace():
            if of := re.match(_CLASS, above):
                return say(
                    "{name} is a method of class {owner}; move it out, without self, to the margin.",
                    name=name,
                    owner=of[1],
                )
            break
    return say("{name} is indented, so it belongs to what stands above it; move it to the margin.", name=name)


MOST = 50
"""Remarks of one kind that are told at most."""

_At = TypeVar("_At")


def some(remarks: Iterable[tuple[Message, _At]]) -> list[tuple[Message, _At]]:
    """Return remarks of a kind; of more than `MOST`, the last one says how many more there are."""
    rest = iter(remarks)
    first = list(islice(rest, MOST))
    more = sum(1 for _ in rest)
    if more:
        first[-1] = (say("… and {count} more like these.", count=more + 1), first[-1][1])
    return first


_MARKER = re.compile(
    r"#+[ \t]*(?:评分(?:函数|类)[ \t]*+(?P<optional>[(（][ \t]*可选[ \t]*[)）])?|GRADED (?:FUNCTION|CLASS))"
    r"[ \t]*[:：][ \t]*(?P<name>\w+)",
    re.IGNORECASE,
)


def find_markers(text: str, comments: Sequence[tuple[int, str]]) -> tuple[Marker, ...]:
    """Return the markers among the comment tokens of `text`, in order."""
    return tuple(
        Marker(name=inert(found["name"], 80), line=line_at(text, offset), optional=found["optional"] is not None)
        for offset, comment in comments
        if (found := _MARKER.match(comment))
    )


def odd_markers(
    markers: Sequence[Marker],
    symbols: Mapping[str, Symbol],
    starts: Mapping[str, Sequence[int]],
    excused: Collection[str],
) -> Iterator[tuple[Message, int]]:
    """Yield a remark on each marker that fits no function, with its line.

    `starts` are the lines of every definition of each name. `excused` are names that are reported already: a function
    that does not parse, a misspelt one.
    """
    seen: set[str] = set()
    where = sorted((line, name) for name, lines in starts.items() for line in lines)
    for index, marker in enumerate(markers):
        name = str(marker.name)
        until = bisect_left(where, (markers[index + 1].line, "")) if index + 1 < len(markers) else len(where)
        below = [defined for _, defined in where[bisect_left(where, (marker.line, "")) : until]]
        if name in seen:
            yield say("The marker for {name} stands here a second time.", name=name), marker.line
        elif name in below or name in excused:
            pass
        elif below:
            says = say("The marker says {name}, but the function below it is {found}.", name=name, found=below[0])
            yield says, marker.line
        elif name in symbols:
            says = say("The marker for {name} has no function below it; {name} stands elsewhere.", name=name)
            yield says, marker.line
        else:
            yield say("The marker for {name} has no function below it.", name=name), marker.line
        seen.add(name)
