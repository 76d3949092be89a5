"""Finds what is wrong with an expression without drawing: every fault, at its line and column."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from grader.cases.evaluation import CONSTANTS
from grader.cases.expression import Failure, calls, expression_fault, leaves, names, parse, parts, quoted, resembling
from grader.cases.functions import FUNCTIONS
from grader.cases.library import bind, check_arity, needs_legacy
from grader.errors import Fault
from grader.language import say
from grader.model import Expression, Part, Signature, Template


class Vocabulary(Struct, frozen=True, kw_only=True):
    """The names and functions that an expression may use at its place.

    `known` are the names with a value, `later` those that a later line draws, with that line's number; `open` says that
    other names may have a value too. `signatures` are those of the reference's functions, and `reference` says whether
    they may be called. `random` says whether anything may be drawn, `legacy` whether there is a `legacy_seed`.
    A function of the reference may stand as a value where anything may be drawn, unless it is `graded`. A module of the
    author's imports the functions from `source`.
    """

    signatures: Mapping[str, Signature]
    known: frozenset[str]
    later: Mapping[str, int] = {}
    open: bool = False
    reference: bool = True
    random: bool = False
    legacy: bool = False
    graded: frozenset[str] = frozenset()
    source: str = ""


def scrutinize(expression: Expression, scope: Vocabulary) -> Iterator[Fault]:
    """Yield every fault of an expression, from left to right."""
    try:
        tree = parse(expression.text)
    except Failure as failure:
        yield expression_fault(expression, failure)
        return
    for found in sorted(_failures(tree, scope), key=lambda each: each.start):
        yield expression_fault(expression, found)


def _failures(tree: ast.expr, scope: Vocabulary) -> Iterable[Failure]:
    for name in names(tree):
        lent = name.id in scope.signatures and scope.random and name.id not in {*scope.later, *scope.graded}
        if name.id not in scope.known and name.id not in CONSTANTS and not scope.open and not lent:
            yield _no_value(name.id, scope).in_node(name)
    for word, node in calls(tree):
        try:
            _check_call(word, node, scope)
        except Failure as failure:
            yield failure.in_node(node)
    for part in parts(tree):
        if isinstance(part, ast.BinOp) and isinstance(part.op, ast.LShift) and not scope.random:
            yield Failure(say("Nothing can be drawn at random here.")).in_node(part)


def _no_value(name: str, scope: Vocabulary) -> Failure:
    if name in scope.later:
        message = say("`{name}` is used before it is drawn, in line {line}.", name=quoted(name), line=scope.later[name])
        return Failure(message)
    text = say("A text needs quotes of its own: {example}.", example=f"'\"{quoted(name)}\"'")
    if name in FUNCTIONS or name in scope.signatures:
        return Failure(say("`{name}` is a function, not a value.", name=quoted(name)), text)
    return Failure(say("`{name}` is not drawn.", name=quoted(name)), resembling(name, scope.known) or text)


def _check_call(name: str, node: ast.Call, scope: Vocabulary) -> None:
    starred = any(isinstance(argument, ast.Starred) for argument in node.args)
    keywords = [keyword.arg or "" for keyword in node.keywords]
    if name in scope.signatures:
        if not scope.reference:
            raise Failure(say("The reference cannot be called here."))
        if not starred:
            bind(scope.signatures[name], name, len(node.args), keywords)
    elif name in FUNCTIONS:
        function = FUNCTIONS[name]
        if function.draws and not scope.random:
            raise Failure(say("Nothing can be drawn at random here."))
        if function.legacy and not scope.legacy:
            raise needs_legacy(name)
        if not starred:
            check_arity(function, len(node.args), keywords)
    elif name in scope.known:
        raise Failure(say("`{name}` is a value, not a function.", name=quoted(name))).in_node(node.func)
    else:
        hint = resembling(name, (*FUNCTIONS, *scope.signatures))
        raise Failure(say("There is no function `{name}`.", name=quoted(name)), hint).in_node(node.func)


def scrutinize_template(template: Template, scope: Vocabulary) -> Iterator[Fault]:
    """Yield every fault of the expressions in a drawn value."""
    for _, leaf in leaves(template):
        if isinstance(leaf, Expression):
            yield from scrutinize(leaf, scope)


def output_names(returns: tuple[Part, ...]) -> frozenset[str]:
    """Return the names that an expression may use for what a function returns."""
    return frozenset({"result", *_names(returns)})


def _names(parts: tuple[Part, ...]) -> Iterator[str]:
    for part in parts:
        yield part.name
        yield from _names(part.parts)
