"""A Python text with its syntax tree, the places of its nodes, and edits of the text."""

from __future__ import annotations

import ast
import re
from bisect import bisect_right
from collections.abc import Iterator

from msgspec import Struct

_LINE_END = re.compile("\r\n|\r|\n")
_COMMENT = re.compile(r"#[^\r\n]*")
_OPEN = (ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.IfExp, ast.Lambda, ast.NamedExpr)
EQUIVALENT = re.compile(r"#+\s*(?:等价|equivalent)\s*[:：]\s*(?P<body>.*)", re.IGNORECASE)
"""A comment in a reference that declares a slip of the audit equivalent."""
# How tightly signs bind, loosest first: https://docs.python.org/3/reference/expressions.html#operator-precedence
_STRENGTHS: tuple[tuple[type[ast.AST], ...], ...] = (
    *((ast.Lambda, ast.NamedExpr), (ast.IfExp,), (ast.Or,), (ast.And,), (ast.Not,), (ast.Compare,)),
    *((ast.BitOr,), (ast.BitXor,), (ast.BitAnd,), (ast.LShift, ast.RShift), (ast.Add, ast.Sub)),
    *((ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.MatMult), (ast.USub, ast.UAdd, ast.Invert), (ast.Pow,)),
)


class Edit(Struct, frozen=True):
    """The characters `begin` to `end` (exclusive) of a text, and the text that replaces them."""

    begin: int
    end: int
    text: str

    def apply(self, text: str, start: int = 0) -> str:
        """Return `text` with this edit made; its first character is number `start` of the whole."""
        return text[: self.begin - start] + self.text + text[self.end - start :]


def first_line(node: ast.AST) -> int:
    """Return the line, from 1, in which a statement or expression begins; decorators belong to what they decorate."""
    assert isinstance(node, ast.expr | ast.stmt | ast.keyword | ast.arg | ast.excepthandler)
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(one.lineno for one in decorators)])


def bound_names(node: ast.AST) -> list[str]:
    """Return the names that a node itself binds, those of parameters and of nodes inside it apart."""
    match node:
        case ast.Name(id=name, ctx=ast.Store()):
            return [name]
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return [name]
        case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
            return [(alias.asname or alias.name).partition(".")[0] for alias in aliases]
    return []


class SourceText:
    """A text, its syntax tree, and where each node stands. Raises SyntaxError or ValueError if it is not Python."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tree = ast.parse(text)
        self._starts = [0, *(found.end() for found in _LINE_END.finditer(text))]
        self._parents: dict[ast.AST, ast.AST] = {}
        for node in ast.walk(self.tree):
            for child in ast.iter_child_nodes(node):
                self._parents[child] = node

    def place(self, line: int, column: int) -> int:
        """Return the offset of a line (from 1) and a column in bytes, as the syntax tree counts."""
        start = self._starts[line - 1]
        end = self._starts[line] if line < len(self._starts) else len(self.text)
        whole = self.text[start:end]
        return start + (column if whole.isascii() else len(whole.encode()[:column].decode(errors="ignore")))

    def line(self, offset: int) -> int:
        """Return the line, from 1, that holds the character at `offset`."""
        return bisect_right(self._starts, offset)

    def lines(self, first: int, last: int) -> tuple[int, int]:
        """Return where the lines `first` to `last` begin and end, the last line's end not included."""
        end = self._starts[last] if last < len(self._starts) else len(self.text)
        begin = self._starts[first - 1]
        return begin, begin + len(self.text[begin:end].rstrip("\r\n"))

    def part(self, node: ast.AST) -> tuple[int, int]:
        """Return where a node begins and ends."""
        first = first_line(node)
        assert isinstance(node, ast.expr | ast.stmt | ast.keyword | ast.arg | ast.excepthandler)
        return self.place(first, node.col_offset), self.place(node.end_lineno or first, node.end_col_offset or 0)

    def words(self, node: ast.AST) -> str:
        """Return a node's text."""
        begin, end = self.part(node)
        return self.text[begin:end]

    def parent(self, node: ast.AST) -> ast.AST | None:
        """Return the node that holds `node`."""
        return self._parents.get(node)

    def above(self, node: ast.AST) -> Iterator[ast.AST]:
        """Yield the nodes that hold `node`, innermost first."""
        while (parent := self._parents.get(node)) is not None:
            yield parent
            node = parent

    def between(self, left: ast.AST, right: ast.AST, sign: str) -> tuple[int, int]:
        """Return where `sign` stands between two nodes, outside comments."""
        begin, end = self.part(left)[1], self.part(right)[0]
        gap = _COMMENT.sub(lambda found: " " * len(found[0]), self.text[begin:end])
        found = re.search(r"\s+".join(map(re.escape, sign.split())), gap)
        assert found is not None
        return begin + found.start(), begin + found.end()

    def instead(self, node: ast.AST, text: str) -> Edit:
        """Return the edit that writes `text` in place of `node`, in brackets where it needs them."""
        begin, end = self.part(node)
        if self._apart(node, text) and not self._bracketed(begin, end):
            text = f"({text})"
        return Edit(begin, end, text)

    def operand(self, node: ast.expr) -> str:
        """Return a node's text as it can stand beside any sign of arithmetic."""
        words = self.words(node)
        return f"({words})" if isinstance(node, _OPEN) else words

    def _apart(self, node: ast.AST, text: str) -> bool:
        """Return whether `text` needs brackets in the place of `node`."""
        try:
            strength = _strength(ast.parse(text, mode="eval").body)
        except SyntaxError:
            return False
        holder = self._parents.get(node)
        owned = getattr(holder, "value", None) is node or getattr(holder, "func", None) is node
        if owned and isinstance(holder, ast.Attribute | ast.Subscript | ast.Call | ast.Starred | ast.Await):
            around = len(_STRENGTHS)
        elif isinstance(holder, ast.BinOp):
            around = _strength(holder) + ((holder.right is node) != isinstance(holder.op, ast.Pow))
        elif isinstance(holder, ast.UnaryOp | ast.BoolOp | ast.Compare | ast.IfExp):
            around = _strength(holder) + isinstance(holder, ast.Compare | ast.IfExp)
        else:
            around = 0
        return strength < around

    def _bracketed(self, begin: int, end: int) -> bool:
        return self.text[:begin].rstrip()[-1:] == "(" and self.text[end:].lstrip()[:1] == ")"


def _strength(node: ast.AST) -> int:
    """Return how tightly an expression binds: its place in `_STRENGTHS`, their number if it never needs brackets."""
    sign = node.op if isinstance(node, ast.BinOp | ast.UnaryOp | ast.BoolOp) else node
    return next((at for at, kinds in enumerate(_STRENGTHS) if isinstance(sign, kinds)), len(_STRENGTHS))
