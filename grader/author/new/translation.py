"""A call's arguments as the lines of a draw, where a rubric can express them; a seed gives exactly the same numbers.

Python expressions become expressions of a rubric: `np.random.randn(4, 3) * 0.1` is `randn(4, 3) * 0.1`.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping, Sequence
from copy import deepcopy

from msgspec import Struct

from grader.author.new.calls import GradedCall, backwards
from grader.author.new.pieces import Piece
from grader.cases.expression import Failure, parse
from grader.cases.functions import FUNCTIONS

_MODULES = {"np", "numpy", "math"}
_AS_THEY_ARE = {"len", "abs", "min", "max", "int", "float", "range", "list", "tuple", "round", "sum"}
_ATTRIBUTES = {"shape", "size", "ndim", "T", "dtype"}
_METHODS = {"mean", "sum", "max", "min", "std", "any", "all"}
_PARAMETERS = {
    "randint": ("low", "high", "size"),
    "normal": ("loc", "scale", "size"),
    "uniform": ("low", "high", "size"),
}
_FILLED = {"zeros": 0, "ones": 1}


class Untranslatable(Exception):
    """Raised for what a rubric cannot express."""


def translate(node: ast.expr, names: Mapping[str, str], functions: Collection[str]) -> str:
    """Return an expression's text in a rubric; `functions` are the reference's, `names` the rubric's by the notebook's.

    Raises Untranslatable for what a rubric cannot express.
    """
    try:
        text = ast.unparse(ast.fix_missing_locations(_Translator(names, functions).visit(deepcopy(node))))
        parse(text)
    except (Failure, RecursionError, ValueError) as error:
        raise Untranslatable from error
    return text


class _Translator(ast.NodeTransformer):
    """Returns the tree of the rubric's expression; raises Untranslatable."""

    def __init__(self, names: Mapping[str, str], functions: Collection[str]) -> None:
        self.names = names
        self.functions = functions

    def generic_visit(self, node: ast.AST) -> ast.AST:
        """Refuse a node that binds names of its own."""
        if isinstance(node, ast.Lambda | ast.comprehension | ast.JoinedStr | ast.NamedExpr | ast.Await):
            raise Untranslatable
        return super().generic_visit(node)

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """Return the rubric's name."""
        if node.id not in self.names:
            raise Untranslatable
        return ast.parse(self.names[node.id], mode="eval").body

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        """Return a constant of numpy, or an attribute of an array, like its shape."""
        if isinstance(node.value, ast.Name) and node.value.id in _MODULES:
            if node.attr in ("pi", "inf", "nan"):
                return ast.Name(node.attr, ast.Load())
            raise Untranslatable
        if node.attr not in _ATTRIBUTES:
            raise Untranslatable
        return ast.Attribute(self.visit(node.value), node.attr, ast.Load())

    def visit_Call(self, node: ast.Call) -> ast.expr:
        """Return the call of the rubric's function."""
        called = node.func
        if isinstance(called, ast.Name):
            if called.id in self.functions:
                keywords = [ast.keyword(one.arg, self.visit(one.value)) for one in node.keywords]
                return ast.Call(called, self._all(node.args), keywords)
            if called.id in _AS_THEY_ARE and not node.keywords:
                return ast.Call(called, self._all(node.args), [])
            raise Untranslatable
        if not isinstance(called, ast.Attribute):
            raise Untranslatable
        if _is_random(called.value):
            return self._random(called.attr, node)
        if isinstance(called.value, ast.Name) and called.value.id in _MODULES:
            return self._numpy(called.attr, node)
        return self._method(called, node)

    def _all(self, nodes: Sequence[ast.expr]) -> list[ast.expr]:
        return [self.visit(one) for one in nodes]

    def _random(self, name: str, node: ast.Call) -> ast.expr:
        given = {one.arg: one.value for one in node.keywords}
        args = list(node.args)
        if name in ("randn", "rand") and not given:
            return _call(name, self._all(args))
        if name in ("random", "random_sample"):
            return _call("rand", self._sizes(given.get("size") or (args[0] if args else None)))
        if name not in _PARAMETERS:
            raise Untranslatable
        named = dict(zip(_PARAMETERS[name], args, strict=False)) | given
        sizes = self._sizes(named.get("size"))
        if name == "randint":
            low, high = named.get("low"), named.get("high")
            low, high = (ast.Constant(0), low) if high is None else (low, high)
            return _call(name, [*self._all([one for one in (low, high) if one is not None]), *sizes])
        if name == "uniform":
            low, high = named.get("low", ast.Constant(0)), named.get("high", ast.Constant(1))
            return _call(name, [*self._all([low, high]), *sizes])
        drawn = _call("normal", sizes)
        if "scale" in named:
            drawn = ast.BinOp(self.visit(named["scale"]), ast.Mult(), drawn)
        return ast.BinOp(self.visit(named["loc"]), ast.Add(), drawn) if "loc" in named else drawn

    def _numpy(self, name: str, node: ast.Call) -> ast.expr:
        args = list(node.args)
        given = {one.arg: one.value for one in node.keywords}
        if name in _FILLED and args and not given:
            return _call("constant", [ast.Constant(_FILLED[name]), *self._sizes(args[0])])
        if name == "full" and len(args) == 2 and not given:
            return _call("constant", [self.visit(args[1]), *self._sizes(args[0])])
        if name in ("array", "asarray") and len(args) == 1 and not given:
            return _call("array", self._all(args))
        if set(given) == {"axis"} and name in ("sum", "mean", "std", "argmax", "concatenate"):
            args, given = [*args, given["axis"]], {}
        name = {"absolute": "abs", "amax": "max", "amin": "min"}.get(name, name)
        if given or name not in FUNCTIONS or FUNCTIONS[name].draws or name in self.functions:
            raise Untranslatable
        return _call(name, self._all(args))

    def _method(self, called: ast.Attribute, node: ast.Call) -> ast.expr:
        if node.keywords:
            raise Untranslatable
        value: ast.expr = self.visit(called.value)
        if called.attr == "copy" and not node.args:
            return value
        if called.attr == "reshape":
            sizes = self._sizes(node.args[0]) if len(node.args) == 1 else self._all(node.args)
            return _call("reshape", [value, *sizes])
        if called.attr in _METHODS and not node.args:
            return _call(called.attr, [value])
        raise Untranslatable

    def _sizes(self, node: ast.expr | None) -> list[ast.expr]:
        """Return the sizes of an array as arguments: those of a tuple, one number, or a spread shape."""
        if node is None:
            return []
        if isinstance(node, ast.Tuple | ast.List):
            return self._all(node.elts)
        if isinstance(node, ast.Attribute) and node.attr == "shape":
            return [ast.Starred(self.visit(node), ast.Load())]
        return [self.visit(node)]


def _call(name: str, args: Sequence[ast.expr]) -> ast.expr:
    return ast.Call(ast.Name(name, ast.Load()), list(args), [])


def _is_random(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "random" and isinstance(node.value, ast.Name)


_OTHERS = {"randn": "normal", "rand": "uniform", "randint": "integers"}


class Lines(Struct, frozen=True, kw_only=True):
    """The lines of a draw (names and expression), its legacy seed, and its names by the notebook's."""

    lines: tuple[tuple[str, str], ...]
    seed: int | None
    names: Mapping[str, str]


def draw_of(example: GradedCall, functions: Collection[str]) -> Lines:
    """Return the draw of an example's arguments; `functions` are the reference's.

    Raises Untranslatable for what a rubric cannot express.
    """
    given = example.arguments
    if given is None:
        raise Untranslatable
    found = backwards(list(given.values()), example.before, {*functions, "np", "numpy", "math"})
    if found.unknown or found.unseeded:
        raise Untranslatable
    writer = _DrawWriter(found.pieces, given, functions)
    for piece in found.pieces:
        writer.statement(piece.node)
    for name, value in given.items():
        writer.argument(name, value)
    return Lines(lines=tuple(writer.lines.items()), seed=found.seed, names=writer.names)


def afresh(lines: Lines) -> tuple[tuple[str, str], ...]:
    """Return the same draw without a seed: other numbers in the same shapes."""
    return tuple((names, _afresh(text)) for names, text in lines.lines)


class _DrawWriter:
    """Writes the lines of a draw; of a name that is bound several times, all but the last one get a number."""

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
        """Write a line for an argument, unless it is drawn under its own name already. Raises Untranslatable."""
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
        """Put one more entry into a dict that is a literal."""
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
