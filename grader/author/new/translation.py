"""Python expressions of a notebook as expressions of a rubric: `np.random.randn(4, 3) * 0.1` is `randn(4, 3) * 0.1`."""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping, Sequence
from copy import deepcopy

from grader.cases.expression import parse
from grader.cases.failure import Failure
from grader.cases.registry import FUNCTIONS

_MODULES = {"np", "numpy", "math"}
_AS_THEY_ARE = {"len", "abs", "min", "max", "int", "float", "range", "list", "tuple", "round", "sum"}
_ATTRIBUTES = {"shape", "size", "ndim", "T", "dtype"}
_METHODS = {"mean", "sum", "max", "min", "std", "any", "all"}
_FILLED = {"zeros": 0, "ones": 1}


class Untranslatable(Exception):
    """What has no like in a rubric."""


def translate(node: ast.expr, names: Mapping[str, str], functions: Collection[str]) -> str:
    """Return an expression's text in a rubric; `functions` are the reference's.

    `names` are what the notebook's names are called in the rubric. Raises Untranslatable for what a rubric cannot say.
    """
    try:
        text = ast.unparse(ast.fix_missing_locations(_Translator(names, functions).visit(deepcopy(node))))
        parse(text)
    except (Failure, RecursionError, ValueError) as error:
        raise Untranslatable from error
    return text


def draws(node: ast.AST) -> bool:
    """Return whether a node mentions `numpy.random` or `random`."""
    return any(
        (isinstance(one, ast.Attribute) and one.attr == "random") or (isinstance(one, ast.Name) and one.id == "random")
        for one in ast.walk(node)
    )


def seed_of(node: ast.stmt) -> int | None:
    """Return n of a statement `np.random.seed(n)`, `None` for any other."""
    match node:
        case ast.Expr(value=ast.Call(func=ast.Attribute(attr="seed"), args=[ast.Constant(value=int(seed))])):
            return seed
    return None


class _Translator(ast.NodeTransformer):
    """Returns the tree of the rubric's expression; raises Untranslatable."""

    def __init__(self, names: Mapping[str, str], functions: Collection[str]) -> None:
        self.names = names
        self.functions = functions

    def generic_visit(self, node: ast.AST) -> ast.AST:
        """Refuse what makes names or code of its own."""
        if isinstance(node, ast.Lambda | ast.comprehension | ast.JoinedStr | ast.NamedExpr | ast.Await):
            raise Untranslatable
        return super().generic_visit(node)

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """Return the name as the rubric has it."""
        if node.id not in self.names:
            raise Untranslatable
        return ast.parse(self.names[node.id], mode="eval").body

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        """Return a constant of numpy, or an array's shape and the like."""
        if isinstance(node.value, ast.Name) and node.value.id in _MODULES:
            if node.attr in ("pi", "inf", "nan"):
                return ast.Name(node.attr, ast.Load())
            raise Untranslatable
        if node.attr not in _ATTRIBUTES:
            raise Untranslatable
        return ast.Attribute(self.visit(node.value), node.attr, ast.Load())

    def visit_Call(self, node: ast.Call) -> ast.expr:
        """Return the call by the name it has in a rubric."""
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
        order = {
            "randint": ("low", "high", "size"),
            "normal": ("loc", "scale", "size"),
            "uniform": ("low", "high", "size"),
        }
        if name not in order:
            raise Untranslatable
        named = dict(zip(order[name], args, strict=False)) | given
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
