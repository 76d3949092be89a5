"""The rubric's expressions: Python's arithmetic, comparisons, indexing and calls, and the range `1..3`.

A text becomes Python's own syntax tree, in which only a few kinds of node may stand; nothing is compiled or run by
Python. A range is written over as `<<`, which is as wide, binds looser than arithmetic and tighter than a comparison,
and has no other use here: so `1..h - 1` ends at `h - 1`, and every column stays what it was.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator
from functools import lru_cache

from grader.cases.failure import Failure
from grader.language import Message, say

DEEPEST = 60
"""Levels of nesting an expression may have; a sum of n terms has n."""

_NODES = (
    *(ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.IfExp, ast.Call, ast.Starred, ast.keyword),
    *(ast.Subscript, ast.Slice, ast.Attribute, ast.Name, ast.Constant, ast.Tuple, ast.List, ast.Dict),
    *(ast.operator, ast.unaryop, ast.boolop, ast.cmpop, ast.expr_context),
)
_REFUSED = {ast.BitAnd: "and", ast.BitOr: "or", ast.BitXor: "**", ast.Invert: "not", ast.Is: "==", ast.IsNot: "!="}
_INSTEAD = {"=": ("=", "=="), "&": ("&&", "and"), "|": ("||", "or"), "!": ("!", "not")}
_CONSTANTS = (bool, int, float, complex, str, type(None), type(...))
_NUMPY = {"np", "numpy", "math"}


def permit(tree: ast.expr) -> None:
    """Raise Failure at the first node that may not stand in an expression."""
    for node, depth in _walk(tree):
        failure = _refusal(node)
        if failure is None and depth > DEEPEST:
            failure = Failure(say("This expression is nested too deeply."), word="SyntaxError")
        if failure is not None:
            raise failure.in_node(node) if isinstance(node, ast.expr) else failure


def explain(error: SyntaxError, source: str) -> Failure:
    """Return what Python's parser found, in the rubric's words and at its place."""
    said, place = error.msg or "", (error.offset or 0) - 1
    if not 0 <= place < len(source):
        place = len(source)
    sign = source[place : place + 2]
    message, hint = say("The expression cannot be read from here on."), None
    if not source:
        message = say("An expression is missing here.")
    elif "never closed" in said:
        message = say("This `{sign}` is never closed.", sign=sign[:1])
    elif "unmatched" in said or "does not match" in said:
        message = say("This `{sign}` closes nothing.", sign=sign[:1])
    elif "unterminated" in said:
        message = say("This text has no closing quote.")
    elif place == len(source):
        message = say("The expression ends too early.")
    elif not sign[0].isascii():
        message = say("`{sign}` has no place in an expression.", sign=sign[0])
        hint = say("Use half-width signs: , ( ) : instead of ， （ ） ：.")
    elif sign[0] in _INSTEAD:
        hint = _instead(*_INSTEAD[sign[0]])
    elif "..." in source[max(place - 3, 0) : place + 3]:
        hint = say("A range is written `1..3`, with two dots.")
    failure = Failure(message, hint, word="SyntaxError")
    return failure.at(len(source[:place].encode()), len(source[: place + 1].encode()))


def _walk(tree: ast.AST) -> Iterator[tuple[ast.AST, int]]:
    todo = [(tree, 1)]
    while todo:
        node, depth = todo.pop()
        yield node, depth
        todo.extend((child, depth + 1) for child in ast.iter_child_nodes(node) if isinstance(child, ast.AST))


def _refusal(node: ast.AST) -> Failure | None:
    message, hint = say("This has no place in an expression."), None
    if not isinstance(node, _NODES):
        hint = say("Arithmetic, comparisons, indexing and calls by name may be used.")
    elif (operator := _operator(node)) is not None:
        right = _REFUSED.get(type(operator))
        hint = say("Did you mean `{name}`?", name=right) if right else None
    elif isinstance(node, ast.Call) and not isinstance(node.func, ast.Name):
        message, hint = say("A function is called by its name alone."), _by_name(node.func)
    elif not _foreign(node):
        return None
    return Failure(message, hint, word="SyntaxError")


def _operator(node: ast.AST) -> ast.AST | None:
    """Return an operator of `node` that is none of an expression's."""
    operators = [*node.ops] if isinstance(node, ast.Compare) else [getattr(node, "op", None)]
    refused = (*_REFUSED, ast.RShift)
    return next((operator for operator in operators if isinstance(operator, refused)), None)


def _foreign(node: ast.AST) -> bool:
    """Return whether `node` is a constant of another kind (bytes), or takes a dict apart with `**`."""
    if isinstance(node, ast.Constant):
        return not isinstance(node.value, _CONSTANTS)
    return (isinstance(node, ast.keyword) and node.arg is None) or (isinstance(node, ast.Dict) and None in node.keys)


def _by_name(called: ast.expr) -> Message | None:
    if not isinstance(called, ast.Attribute):
        return None
    owner = called.value.id if isinstance(called.value, ast.Name) else ""
    inside = "…" if owner in _NUMPY or not owner else owner
    return say("Write `{right}`.", right=f"{called.attr}({inside})")


def _instead(wrong: str, right: str) -> Message:
    return say("Write `{right}` instead of `{wrong}`.", right=right, wrong=wrong)


LONGEST = 10_000
"""Characters an expression may have; conditions that are inherited with `like` add up to one."""

_TOKEN = re.compile(r"""('{3}|"{3}|'|")|(\.{2,}|<<)""")
_CLOSERS = {quote: re.compile(rf"\\.|{quote}", re.DOTALL) for quote in ("'''", '"""', "'", '"')}


@lru_cache(maxsize=2048)
def parse(text: str) -> ast.expr:
    """Return the syntax tree of an expression. Raises Failure, with its place, if it is none."""
    if len(text) > LONGEST:
        raise Failure(say("An expression has at most {most} characters.", most=LONGEST), word="SyntaxError")
    source = _ranges(re.sub(r"[\t\n\r\f\v]", " ", text.strip()))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source, mode="eval").body
    except SyntaxError as error:
        raise explain(error, source) from None
    except (ValueError, RecursionError, MemoryError):
        raise Failure(say("This is no expression."), word="SyntaxError") from None
    permit(tree)
    return tree


def names(tree: ast.expr) -> list[ast.Name]:
    """Return the names an expression reads, in the order written; names of called functions are not among them."""
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and id(node) not in called]
    return sorted(found, key=lambda node: node.col_offset)


@lru_cache(maxsize=2048)
def reads(text: str) -> frozenset[str]:
    """Return the names an expression reads. Raises Failure if it is none."""
    return frozenset(node.id for node in names(parse(text)))


def calls(tree: ast.expr) -> Iterator[tuple[str, ast.Call]]:
    """Yield the calls of an expression with the called names, in the order written."""
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    for node in sorted(found, key=lambda node: node.col_offset):
        if isinstance(node.func, ast.Name):
            yield node.func.id, node


def _ranges(text: str) -> str:
    """Write `<<` over each `..` outside quotes; `...` stays for `x[..., 0]`."""
    done, at = "", 0
    while token := _TOKEN.search(text, at):
        quote, sign = token.groups()
        start, end = token.span()
        if quote:
            end = _closed(text, end, quote)
        elif sign == "<<":
            failure = Failure(say("`{sign}` has no place in an expression.", sign=sign), word="SyntaxError")
            raise failure.at(len(text[:start].encode(errors="replace")), len(text[:end].encode(errors="replace")))
        done += text[at:start] + ("<<" if sign == ".." else text[start:end])
        at = end
    return done + text[at:]


def _closed(text: str, at: int, quote: str) -> int:
    while found := _CLOSERS[quote].search(text, at):
        at = found.end()
        if found.group() == quote:
            return at
    return len(text)
