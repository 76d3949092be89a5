"""The rubric's expressions: Python's arithmetic, comparisons, indexing and calls, and the range `1..3`.

A text becomes Python's own syntax tree, in which only a few kinds of node are allowed; Python compiles and runs
nothing. The two dots of a range are replaced by `<<`. It is as wide, so every column stays what it was. It binds looser
than arithmetic and tighter than a comparison, so `1..h - 1` ends at `h - 1`. And it has no other use here.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from msgspec.structs import replace

from grader.errors import Fault, RubricError, Span
from grader.language import Message, inert, say
from grader.model import Constant, DrawLine, Expression, Items, Template

T = TypeVar("T")


class Failure(Exception):
    """What is wrong with an expression, before it has a place in a file, and where in the expression.

    `start` and `end` count bytes of the stripped text in UTF-8, as `ast` does; -1 means the whole expression. `word` is
    Python's name for such an error.
    """

    def __init__(self, message: Message, hint: Message | None = None, *, word: str = "ValueError") -> None:
        super().__init__(message.text("en"))
        self.message = message
        self.hint = hint
        self.word = word
        self.start = -1
        self.end = -1

    def at(self, start: int, end: int) -> Failure:
        """Give the failure its place, unless a part further inside has done so; return it."""
        if self.start < 0:
            self.start, self.end = start, end
        return self

    def in_node(self, node: ast.expr) -> Failure:
        """Give the failure the place of `node`; return it."""
        return self.at(node.col_offset, node.end_col_offset or 0)


def quoted(text: str) -> str:
    """Return an author's word as it may stand in a sentence: short, on one line, without invisible characters."""
    return inert(text, 60)


def resembling(word: str, names: Iterable[str]) -> Message | None:
    """Return the question whether the nearest of `names` was meant, if one is near."""
    if len(word) > 60:
        return None
    from difflib import get_close_matches

    folded = {name.casefold(): name for name in sorted(names)}
    near = get_close_matches(word.casefold(), folded, n=1)
    return say("Did you mean `{name}`?", name=quoted(folded[near[0]])) if near else None


_LINE_END = re.compile("\r\n|[\r\n\x85\u2028\u2029]")
_LONGEST_LINE = 400


def fault(at: Span, message: Message, hint: Message | None = None) -> Fault:
    """Return a fault at `at`, with the text of its line as the file reads now."""
    text = _line(at)
    return Fault(at=at, message=message, hint=hint, line_text=text if len(text) <= _LONGEST_LINE else "")


def expression_fault(expression: Expression, failure: Failure) -> Fault:
    """Return the fault of an expression, at the column of the failure where the expression stands on one line as is."""
    at = expression.at
    if failure.start >= 0 and is_verbatim(expression):
        lead = len(expression.text) - len(expression.text.lstrip())
        start = lead + _characters(expression.text, failure.start)
        end = lead + _characters(expression.text, failure.end)
        at = replace(at, column=expression.at.column + start, end_column=expression.at.column + max(end, start + 1))
    return fault(at, failure.message, failure.hint)


def is_verbatim(expression: Expression) -> bool:
    """Return whether the file has the expression's text at its place: on one line and without escapes."""
    at = expression.at
    return at.column > 0 and _line(at).startswith(expression.text, at.column - 1)


def once(faults: Iterable[Fault]) -> list[Fault]:
    """Return the faults without repetitions, as of lines that several checks share."""
    found: list[Fault] = []
    for each in faults:
        if each not in found:
            found.append(each)
    return found


def _characters(text: str, count: int) -> int:
    return len(text.strip().encode(errors="replace")[:count].decode(errors="ignore"))


def _line(at: Span) -> str:
    lines = _lines(at.path, _changed(at.path)) if at.line else ()
    return lines[at.line - 1] if 0 < at.line <= len(lines) else ""


def _changed(path: str) -> int:
    try:
        return Path(path).stat().st_mtime_ns
    except OSError:
        return 0


@lru_cache(maxsize=1)
def _lines(path: str, changed: int) -> tuple[str, ...]:
    """Return the lines of a file that was `changed` at that time; none if it cannot be read."""
    try:
        return tuple(_LINE_END.split(Path(path).read_text("utf-8-sig", errors="replace")))
    except OSError:
        return ()


DEEPEST = 60
"""Levels of nesting that an expression may have; a sum of n terms has n."""

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
    """Return what Python's parser found as a failure at its place, in words for the author of a rubric."""
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
    """Return an operator of `node` that an expression may not have."""
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
"""Characters that an expression may have; conditions that are inherited with `like` are joined into one."""

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
        raise Failure(say("This is not an expression."), word="SyntaxError") from None
    permit(tree)
    return tree


@lru_cache(maxsize=2048)  # each expression of a rubric is looked through about ten times before its cases are drawn
def parts(tree: ast.expr) -> tuple[ast.AST, ...]:
    """Return the nodes of an expression."""
    return tuple(ast.walk(tree))


def names(tree: ast.expr) -> list[ast.Name]:
    """Return the names an expression reads, in the order written; names of called functions are not among them."""
    called = {id(node.func) for node in parts(tree) if isinstance(node, ast.Call)}
    found = [node for node in parts(tree) if isinstance(node, ast.Name) and id(node) not in called]
    return sorted(found, key=lambda node: node.col_offset)


@lru_cache(maxsize=2048)
def reads(text: str) -> frozenset[str]:
    """Return the names an expression reads. Raises Failure if it is none."""
    return frozenset(node.id for node in names(parse(text)))


def calls(tree: ast.expr) -> Iterator[tuple[str, ast.Call]]:
    """Yield the calls of an expression with the called names, in the order written."""
    found = [node for node in parts(tree) if isinstance(node, ast.Call)]
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


def leaves(template: Template, place: str = "") -> Iterator[tuple[str, Expression | Constant]]:
    """Yield the places of a template's expressions and constants (`hparameters.pad`), and these."""
    if isinstance(template, Items):
        for index, item in enumerate(template.items):
            yield from leaves(item, f"{place}.{index}")
    elif isinstance(template, Expression | Constant):
        yield place, template
    else:
        for key, item in template.pairs:
            yield from leaves(item, f"{place}.{key}")


def expressions(template: Template) -> Iterator[ast.expr]:
    """Yield the syntax trees of a template. Raises RubricError for a text that is no expression."""
    return _read_each(template, parse)


def uses(template: Template) -> frozenset[str]:
    """Return the names a template reads. Raises RubricError for a text that is no expression."""
    return frozenset().union(*_read_each(template, reads))


def needed(lines: Sequence[DrawLine], wanted: Iterable[str]) -> frozenset[str]:
    """Return the `wanted` names with all that they depend on, through the lines of a draw."""
    found = set(wanted)
    for line in reversed(lines):
        if not found.isdisjoint(line.names):
            found |= uses(line.value)
    return frozenset(found)


def words(template: Template) -> tuple[str, ...]:
    """Return the bare names a template consists of (`A_prev`, `[A_prev, dZ]`), () if it is anything else."""
    if isinstance(template, Items):
        each = [words(item) for item in template.items]
        return tuple(word for some in each for word in some) if all(len(some) == 1 for some in each) else ()
    if not isinstance(template, Expression):
        return ()
    (tree,) = expressions(template)
    parts = tree.elts if isinstance(tree, ast.Tuple | ast.List) else [tree]
    found = tuple(part.id for part in parts if isinstance(part, ast.Name))
    return found if len(found) == len(parts) else ()


def _read_each(template: Template, read: Callable[[str], T]) -> Iterator[T]:
    for _, leaf in leaves(template):
        if isinstance(leaf, Expression):
            try:
                yield read(leaf.text)
            except Failure as failure:
                raise RubricError([expression_fault(leaf, failure)]) from None
