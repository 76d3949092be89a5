"""A student's function written out anew, one statement a line, with the place of each node in it and in the file."""

from __future__ import annotations

import ast
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TypeAlias

from msgspec import Struct

from grader.language import Inert, inert

Function: TypeAlias = ast.FunctionDef
Loop = ast.For | ast.While


class Replacement(Struct, frozen=True, order=True):
    """The bytes `begin` to `end` of the text, and what replaces them."""

    begin: int
    end: int
    text: str


class FunctionText:
    """The text of a function without its docstring and comments, and its tree.

    Raises ValueError where what is written anew is not what was written.
    """

    def __init__(self, function: Function) -> None:
        body = function.body[1:] if ast.get_docstring(function) is not None else function.body
        if not body:
            raise ValueError(function.name)
        bare = ast.FunctionDef(**{**{name: getattr(function, name) for name in function._fields}, "body": body})
        self.data = ast.unparse(ast.copy_location(bare, function)).encode() + b"\n"
        (made,) = ast.parse(self.data).body
        if not isinstance(made, ast.FunctionDef):
            raise ValueError(function.name)
        self.function = made
        self.starts = [0]
        for line in self.data.splitlines(keepends=True):
            self.starts.append(self.starts[-1] + len(line))
        self.nodes: list[ast.AST] = []
        self._lines: dict[ast.AST, int] = {}
        self.parents: dict[ast.AST, ast.AST] = {}
        for mine, theirs in zip(ast.walk(made), ast.walk(bare), strict=True):
            if type(mine) is not type(theirs):
                raise ValueError(function.name)
            self.nodes.append(mine)
            self._lines[mine] = getattr(theirs, "lineno", function.lineno)
            for child in ast.iter_child_nodes(mine):
                self.parents.setdefault(child, mine)
        self.nodes.sort(key=lambda node: (getattr(node, "lineno", 0), getattr(node, "col_offset", 0)))
        self.parameters = [one.arg for one in (*made.args.posonlyargs, *made.args.args, *made.args.kwonlyargs)]

    def line(self, node: ast.AST) -> int:
        """Return the line of the student's file in which the node begins."""
        return self._lines[node]

    def line_at(self, place: int) -> int:
        """Return the line of this text, from 1, that holds a byte."""
        return bisect_right(self.starts, place)

    def part(self, node: ast.AST) -> tuple[int, int]:
        """Return the bytes that a statement or an expression takes."""
        assert isinstance(node, ast.expr | ast.stmt | ast.keyword)
        assert node.end_lineno is not None and node.end_col_offset is not None
        return (
            self.starts[node.lineno - 1] + node.col_offset,
            self.starts[node.end_lineno - 1] + node.end_col_offset,
        )

    def words(self, node: ast.AST) -> str:
        """Return the text of a node."""
        begin, end = self.part(node)
        return self.data[begin:end].decode()

    def shown(self, node: ast.AST) -> Inert:
        """Return the node's text fit for a sentence: its first line, cut where it is long."""
        return inert(self.words(node).split("\n")[0].strip().rstrip(":"), 60)

    def replaced(self, node: ast.AST, text: str) -> Replacement:
        """Return the edit that puts a text in a node's place as it is."""
        return Replacement(*self.part(node), text)

    def instead(self, node: ast.AST, text: str) -> Replacement:
        """Return the edit that puts an expression's text in a node's place, in brackets where it needs them."""
        plain = isinstance(node, ast.stmt | ast.Slice | ast.keyword) or text.replace("_", "a").isalnum()
        return Replacement(*self.part(node), text if plain else f"({text})")

    def only(self, node: ast.AST, kept: ast.expr) -> tuple[Replacement, ...]:
        """Return the edits that leave a side of an operation alone, and may be made beside others within that side."""
        (begin, end), (first, last) = self.part(node), self.part(kept)
        return Replacement(begin, first, "("), Replacement(last, end, ")")

    def signed(self, node: ast.BinOp, sign: str) -> tuple[Replacement, ...]:
        """Return the edits that give an operation another sign, and may be made beside others within its sides."""
        begin, end = self.part(node)
        (left, left_end), (right, right_end) = self.part(node.left), self.part(node.right)
        return (
            Replacement(begin, left, "(("),
            Replacement(left_end, right, f") {sign} ("),
            Replacement(right_end, end, "))"),
        )

    def whole_lines(self, first: ast.stmt, last: ast.stmt) -> tuple[int, int]:
        """Return the bytes of all lines from one statement to another, the last line's end included."""
        assert last.end_lineno is not None
        return self.starts[first.lineno - 1], self.starts[last.end_lineno]

    def moved(self, statement: ast.stmt, column: int) -> str:
        """Return the statement's lines as they are when they begin at another column."""
        assert statement.end_lineno is not None
        begin, end = self.whole_lines(statement, statement)
        lines = self.data[begin:end].decode().splitlines()
        return "".join(f"{' ' * column}{line[statement.col_offset :]}\n" for line in lines)

    def made(self, edits: Sequence[Replacement]) -> str:
        """Return the text with edits made, of which no two overlap."""
        return replaced_in(self.data.decode(), edits)

    def above(self, node: ast.AST) -> Iterator[ast.AST]:
        """Yield the nodes around a node, innermost first, up to the function."""
        while node in self.parents:
            node = self.parents[node]
            yield node

    def loops(self, node: ast.AST) -> list[Loop]:
        """Return the loops in whose body a node stands, outermost first."""
        inner, found = node, []
        for outer in self.above(node):
            if isinstance(outer, Loop) and inner in outer.body:
                found.append(outer)
            inner = outer
        return found[::-1]

    def rounds(self, node: ast.AST) -> list[str]:
        """Return the names that the loops around a node count with, outermost first."""
        targets = [loop.target for loop in self.loops(node) if isinstance(loop, ast.For)]
        return [name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)]

    def statement(self, node: ast.AST) -> ast.stmt:
        """Return the statement that a node is, or stands in."""
        return next(one for one in (node, *self.above(node)) if isinstance(one, ast.stmt))

    def block(self, statement: ast.stmt) -> list[ast.stmt]:
        """Return the block that a statement stands in."""
        holder = self.parents[statement]
        blocks = [getattr(holder, name, None) for name in ("body", "orelse", "finalbody")]
        return next((block for block in blocks if isinstance(block, list) and statement in block), [])

    def is_bound_before(self, target: ast.Name) -> bool:
        """Return whether a name has a value before the place at which it is bound."""
        begin = self.part(target)[0]
        return target.id in self.parameters or any(at < begin and name == target.id for at, name in self.stored)

    @cached_property
    def endless(self) -> bool:
        """Return whether the function has a loop that may go on for ever."""
        return any(isinstance(node, ast.While) for node in self.nodes)

    @cached_property
    def stored(self) -> list[tuple[int, str]]:
        """Return where names are bound, in order, and the names."""
        return [
            (self.part(one)[0], one.id)
            for one in self.nodes
            if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)
        ]

    @cached_property
    def read(self) -> set[str]:
        """Return the names that are read."""
        return {one.id for one in self.nodes if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load)}

    @cached_property
    def unread(self) -> list[str]:
        """Return the names that are bound and never read."""
        return [name for name in dict.fromkeys(name for _, name in self.stored) if name not in self.read]

    @cached_property
    def factors(self) -> list[ast.Name]:
        """Return the names that are read and may be numbers or arrays: no module's, no function's, no index."""
        return [
            one
            for one in self.nodes
            if isinstance(one, ast.Name)
            and isinstance(one.ctx, ast.Load)
            and one.id not in self.imported
            and isinstance(holder := self.parents[one], ast.BinOp | ast.Call | ast.List | ast.Tuple)
            and getattr(holder, "func", None) is not one
        ]

    @cached_property
    def rows(self) -> list[list[str]]:
        """Return the names that are bound by unpacking, each time."""
        return [
            [each.id for each in one.elts if isinstance(each, ast.Name)]
            for one in self.nodes
            if isinstance(one, ast.Tuple) and isinstance(one.ctx, ast.Store)
        ]

    @cached_property
    def assigned(self) -> list[str]:
        """Return the names that statements of their own are about, in order."""
        return [
            one.targets[0].id
            for one in self.nodes
            if isinstance(one, ast.Assign) and isinstance(one.targets[0], ast.Name)
        ]

    @cached_property
    def sizes(self) -> list[str]:
        """Return names that are numbers by the look of them: unpacked, looked up by a text, or parameters."""
        found: dict[str, None] = {}
        for node in self.nodes:
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                value = node.value
                if isinstance(value, ast.Subscript) and (
                    is_text(value.slice) or isinstance(value.value, ast.Attribute)
                ):
                    found[node.targets[0].id] = None
                if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id in ("int", "len"):
                    found[node.targets[0].id] = None
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Tuple):
                found |= dict.fromkeys(one.id for one in node.targets[0].elts if isinstance(one, ast.Name))
        found |= dict.fromkeys(self.parameters)
        return sorted(found, key=lambda name: name in self.unpacked or name in self.arrays)[:10]

    @cached_property
    def arrays(self) -> list[str]:
        """Return names that are arrays by the look of them: indexed, made by a call, or asked for their shape."""
        found: dict[str, None] = {}
        for node in self.nodes:
            match node:
                case ast.Subscript(value=ast.Name(id=name), slice=index) if not is_text(index):
                    found[name] = None
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call()):
                    found[name] = None
                case ast.Attribute(value=ast.Name(id=name), attr="shape" | "T" | "copy"):
                    found[name] = None
        return list(found)

    @cached_property
    def windows(self) -> list[str]:
        """Return names of arrays that are bound in a loop, by what is cut from another array."""
        return list(
            dict.fromkeys(
                one.targets[0].id
                for one in self.nodes
                if isinstance(one, ast.Assign)
                and isinstance(one.targets[0], ast.Name)
                and isinstance(one.value, ast.Subscript)
                and self.loops(one)
            )
        )

    @cached_property
    def cuts(self) -> list[str]:
        """Return the indices that cut a window out of an array: those with a slice that has both ends."""
        found: dict[str, None] = {}
        for node in self.nodes:
            if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice | ast.Tuple):
                items = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
                if any(isinstance(item, ast.Slice) and item.lower and item.upper for item in items):
                    found[self.words(node.slice).removeprefix("(").removesuffix(")")] = None
        return list(found)[:4]

    @cached_property
    def found(self) -> list[str]:
        """Return the names that stand together for what a call gives: places that `np.where` finds, say."""
        return [
            one.id
            for each in self.nodes
            if isinstance(each, ast.Assign)
            and isinstance(each.targets[0], ast.Tuple)
            and isinstance(each.value, ast.Call)
            for one in each.targets[0].elts
            if isinstance(one, ast.Name)
        ]

    @cached_property
    def locals(self) -> list[str]:
        """Return the names that statements bind to what is cut out of an array or calculated."""
        given = (one for one in self.nodes if isinstance(one, ast.Assign) and isinstance(one.targets[0], ast.Name))
        found = ((one.targets[0], one.value) for one in given)
        return [
            name.id
            for name, value in found
            if isinstance(name, ast.Name) and isinstance(value, ast.Subscript | ast.BinOp)
        ]

    @cached_property
    def unpacked(self) -> set[str]:
        """Return the names that are taken from a tuple or a dict as they are."""
        given = (one for one in self.nodes if isinstance(one, ast.Assign) and isinstance(one.value, ast.Name))
        return {one.id for each in given for one in ast.walk(each.targets[0]) if isinstance(one, ast.Name)}

    @cached_property
    def begins(self) -> list[list[str]]:
        """Return where the windows begin that are cut out of arrays, an expression for each axis."""
        found: dict[tuple[str, ...], None] = {}
        for node in self.nodes:
            if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Tuple):
                cut = [item for item in node.slice.elts if isinstance(item, ast.Slice) and item.lower and item.upper]
                if cut:
                    found[tuple(self.words(item.lower) for item in cut if item.lower)] = None
        return [[*each] for each in found][:3]

    @cached_property
    def imported(self) -> set[str]:
        """Return names that stand for modules by the look of them."""
        called = {
            one.value.id for one in self.nodes if isinstance(one, ast.Attribute) and isinstance(one.value, ast.Name)
        }
        return called & {"np", "numpy", "math", "scipy", "random"}


def replaced_in(text: str, edits: Sequence[Replacement]) -> str:
    """Return a text with edits made, of which no two overlap."""
    data = text.encode()
    for edit in sorted(edits, reverse=True):
        data = data[: edit.begin] + edit.text.encode() + data[edit.end :]
    return data.decode()


def is_text(node: ast.AST) -> bool:
    """Return whether a node is a text written in."""
    return isinstance(node, ast.Constant) and isinstance(node.value, str)
