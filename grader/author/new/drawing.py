"""A call's arguments as the lines of a draw, where a rubric can say them; with a seed, number for number."""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping, Sequence

from msgspec import Struct

from grader.author.new.calls import Example, arguments, backwards
from grader.author.new.solution import Piece
from grader.author.new.translation import Untranslatable, translate

_OTHERS = {"randn": "normal", "rand": "uniform", "randint": "integers"}


class Lines(Struct, frozen=True, kw_only=True):
    """The lines of a draw, names and expression, the legacy seed before them, and what the notebook's names became."""

    lines: tuple[tuple[str, str], ...]
    seed: int | None
    names: Mapping[str, str]


def lines_of(example: Example, functions: Collection[str]) -> Lines:
    """Return the draw of an example's arguments; `functions` are the reference's.

    Raises Untranslatable where a rubric has no words for it.
    """
    given = arguments(example)
    if given is None:
        raise Untranslatable
    found = backwards(list(given.values()), example.before, {*functions, "np", "numpy", "math"})
    if found.unknown or found.unseeded:
        raise Untranslatable
    writer = _Writer(found.pieces, given, functions)
    for piece in found.pieces:
        writer.statement(piece.node)
    for name, value in given.items():
        writer.argument(name, value)
    return Lines(lines=tuple(writer.lines.items()), seed=found.seed, names=writer.names)


def afresh(lines: Lines) -> tuple[tuple[str, str], ...]:
    """Return the same draw without a seed: other numbers in the same shapes."""
    return tuple((names, _afresh(text)) for names, text in lines.lines)


class _Writer:
    """Writes one line after the other; a name bound several times gets a number, all but the last time."""

    def __init__(self, pieces: Sequence[Piece], given: Mapping[str, ast.expr], functions: Collection[str]) -> None:
        self.functions = functions
        self.lines: dict[str, str] = {}
        self.names: dict[str, str] = {}
        self._values: dict[str, ast.expr] = {}
        self._left: dict[str, int] = {}
        for piece in pieces:
            for name in piece.binds:
                self._left[name] = self._left.get(name, 0) + 1
        self._final = {value.id: name for name, value in reversed([*given.items()]) if isinstance(value, ast.Name)}
        self._taken = {*self._final.values(), *(name for name in given if name not in self._final.values())}

    def statement(self, node: ast.stmt) -> None:
        """Write a statement. Raises Untranslatable."""
        match node:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
            ):
                self._bind([name], value)
            case ast.Assign(targets=[ast.Tuple(elts=parts)], value=value) if all(
                isinstance(one, ast.Name) for one in parts
            ):
                self._bind([one.id for one in parts if isinstance(one, ast.Name)], value)
            case ast.AugAssign(target=ast.Name(id=name), op=sign, value=value):
                self._bind([name], ast.BinOp(ast.Name(name, ast.Load()), sign, value))
            case ast.Assign(targets=[ast.Subscript(value=ast.Name(id=name), slice=ast.Constant() as key)], value=value):
                self._put(name, key, value)
            case _:
                raise Untranslatable

    def argument(self, name: str, value: ast.expr) -> None:
        """Write an argument that is not drawn under its own name yet."""
        if isinstance(value, ast.Name) and self.names.get(value.id) == name:
            return
        if name in self.lines:
            raise Untranslatable
        self.lines[name] = translate(value, self.names, self.functions)

    def _bind(self, names: Sequence[str], value: ast.expr) -> None:
        text = translate(value, self.names, self.functions)
        new = [self._new(name) for name in names]
        if len(set(new)) < len(new) or set(new) & self._drawn():
            raise Untranslatable
        self.names |= dict(zip(names, new, strict=True))
        self.lines[", ".join(new)] = text
        if len(new) == 1:
            self._values[new[0]] = ast.parse(text, mode="eval").body

    def _new(self, name: str) -> str:
        self._left[name] -= 1
        if self._left[name]:
            return f"{name}_{self._left[name]}"
        final = f"{name}_0" if name in self._taken else name
        return self._final.get(name, final)

    def _drawn(self) -> set[str]:
        return {name for names in self.lines for name in names.split(", ")}

    def _put(self, name: str, key: ast.Constant, value: ast.expr) -> None:
        """Put one more entry into a dict that was written out."""
        new = self.names.get(name, "")
        known = self._values.get(new)
        if not isinstance(known, ast.Dict):
            raise Untranslatable
        entry = ast.parse(translate(value, self.names, self.functions), mode="eval").body
        if any(isinstance(one, ast.Name) for one in ast.walk(entry)):
            raise Untranslatable  # it may be drawn after the dict is
        pairs = [pair for pair in zip(known.keys, known.values, strict=True) if not _same(pair[0], key)]
        keys, values = [*(one for one, _ in pairs), key], [*(one for _, one in pairs), entry]
        self._values[new] = ast.Dict(keys, values)
        self.lines[new] = ast.unparse(self._values[new])


def _same(key: ast.expr | None, other: ast.Constant) -> bool:
    return isinstance(key, ast.Constant) and key.value == other.value


def _afresh(text: str) -> str:
    class Other(ast.NodeTransformer):
        def visit_Call(self, node: ast.Call) -> ast.AST:
            self.generic_visit(node)
            name = node.func.id if isinstance(node.func, ast.Name) else ""
            args = node.args
            if name == "rand":
                args = [ast.Constant(0), ast.Constant(1), *args]
            elif name == "randint":
                args = [args[0], ast.BinOp(args[1], ast.Sub(), ast.Constant(1)), *args[2:]]
            return ast.Call(ast.Name(_OTHERS[name], ast.Load()), args, []) if name in _OTHERS else node

    return ast.unparse(ast.fix_missing_locations(Other().visit(ast.parse(text, mode="eval").body)))
