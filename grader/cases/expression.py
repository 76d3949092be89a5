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
from grader.cases.syntax import explain, permit
from grader.language import say

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
