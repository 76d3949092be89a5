"""Names and what they are bound to, in a module or function of the student's.

Order is not looked at: a name stands for all that it is ever bound to in its scope, so that no alias is hidden by
binding the name to something else as well.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import TypeAlias

Function = ast.FunctionDef | ast.AsyncFunctionDef
Own = Function | ast.ClassDef | ast.Lambda
Bound: TypeAlias = "str | ast.expr | Unit"
"""A dotted path from an import, an expression, or a function or class of the student's own."""

MOST_STEPS = 100_000
"""Names that are looked up for one function, before they count as too entangled."""


class Entangled(Exception):
    """Names are bound to one another in a way that cannot be followed: nobody writes so in good faith."""


class World:
    """The scopes of the student's own modules by name, and how many steps are left."""

    def __init__(self, modules: Mapping[str, str]) -> None:
        self._left = MOST_STEPS
        self.modules = {name: Scope(ast.parse(text), None, self, f"{name}.py") for name, text in modules.items()}

    def step(self, steps: int = 1) -> None:
        """Count steps. Raises Entangled if there were too many."""
        self._left -= steps
        if self._left < 0:
            raise Entangled


class Unit:
    """A function, class or lambda of the student's own: its node, the scope it stands in, its name."""

    def __init__(self, node: Own, scope: Scope, name: str = "") -> None:
        self.node, self.scope, self.name = node, scope, name

    @property
    def inside(self) -> Scope:
        """The scope of its body."""
        return Scope(self.node, self.scope, self.scope.world, self.scope.file)


class Scope:
    """The names that a module or function binds; `file` is "" for the submission itself."""

    def __init__(self, root: ast.Module | Own, outer: Scope | None, world: World, file: str = "") -> None:
        self.outer, self.world, self.file = outer, world, file
        self.names: dict[str, list[Bound]] = {}
        self.stars: list[str] = []
        if isinstance(root, Function | ast.Lambda):
            self._take(root.args)
        outside: set[str] = set()
        for node in own_nodes(root):
            if isinstance(node, ast.Global | ast.Nonlocal):
                outside |= set(node.names)
            self._bind(node)
        for name in outside:
            self.names.pop(name, None)

    def home(self, name: str) -> Scope | None:
        """Return the innermost scope that binds `name`, `None` if none does."""
        scope: Scope | None = self
        while scope is not None and name not in scope.names:
            scope = scope.outer
        return scope

    @property
    def top(self) -> Scope:
        """The module's scope."""
        scope = self
        while scope.outer is not None:
            scope = scope.outer
        return scope

    def _take(self, arguments: ast.arguments) -> None:
        plain = [*arguments.posonlyargs, *arguments.args]
        for each in (*plain, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg):
            if each is not None:
                self.names[each.arg] = []
        for each, value in zip(reversed(plain), reversed(arguments.defaults), strict=False):
            self._add(each.arg, value)
        for each, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
            if default is not None:
                self._add(each.arg, default)

    def _bind(self, node: ast.AST) -> None:
        match node:
            case ast.Name(id=name, ctx=ast.Store()):
                self.names.setdefault(name, [])
            case ast.Import(names=aliases):
                for alias in aliases:
                    first = alias.name.partition(".")[0]
                    self._add(alias.asname or first, alias.name if alias.asname else first)
            case ast.ImportFrom(module=module, names=aliases):
                for alias in aliases:
                    if alias.name == "*":
                        self.stars.append(module or "")
                    else:
                        self._add(alias.asname or alias.name, f"{module or ''}.{alias.name}")
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                self._add(name, Unit(node, self, name))
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    self._assign(target, value)
            case ast.AnnAssign(target=target, value=ast.expr() as value) | ast.NamedExpr(target=target, value=value):
                self._assign(target, value)

    def _assign(self, target: ast.expr, value: ast.expr) -> None:
        pairs = [(target, value)]
        for left, right in pairs:
            if isinstance(left, ast.Name):
                self._add(left.id, Unit(right, self, left.id) if isinstance(right, ast.Lambda) else right)
            elif isinstance(left, ast.Tuple | ast.List) and isinstance(right, ast.Tuple | ast.List):
                pairs += zip(left.elts, right.elts, strict=False)

    def _add(self, name: str, bound: Bound) -> None:
        self.names.setdefault(name, []).append(bound)


def own_nodes(root: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes inside `root` that belong to its own scope, from top to bottom.

    A function or class within is yielded, its decorators and defaults are gone into, its body is not.
    """
    waiting = list(reversed(_inside(root)))
    while waiting:
        node = waiting.pop()
        yield node
        waiting += reversed(around(node) if isinstance(node, Own) else list(ast.iter_child_nodes(node)))


def around(node: Own) -> list[ast.AST]:
    """Return what of a function or class is computed where it stands."""
    if isinstance(node, ast.ClassDef):
        return [*node.decorator_list, *node.bases, *(keyword.value for keyword in node.keywords)]
    defaults = [*node.args.defaults, *(each for each in node.args.kw_defaults if each is not None)]
    return [*getattr(node, "decorator_list", ()), *defaults]


def _inside(root: ast.AST) -> list[ast.AST]:
    if isinstance(root, ast.Lambda):
        return [root.body]
    return [*root.body] if isinstance(root, Function | ast.ClassDef) else list(ast.iter_child_nodes(root))
