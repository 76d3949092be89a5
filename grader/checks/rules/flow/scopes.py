"""Names and the scopes that bind them: modules, functions, classes, comprehensions."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from grader.checks.rules.flow.values import COMPREHENSIONS, OWN, Cell, Function, OwnClass, OwnFunction, Unit

if TYPE_CHECKING:
    from grader.checks.rules.flow.world import World


IDLE_NODES = (ast.expr_context, ast.operator, ast.boolop, ast.unaryop, ast.cmpop, ast.Constant)
"""Nodes in which nothing flows."""


class Scope:
    """The names that a module, function, class or comprehension binds; `file` is "" for the submission itself.

    `late` are a module's names that are bound from elsewhere: `helpers.norm = …`, `globals()["norm"] = …`.
    """

    def __init__(self, root: ast.AST, outer: Scope | None, world: World, file: str) -> None:
        self.root, self.outer, self.world, self.file = root, outer, world, file
        self.top: Scope = self if outer is None else outer.top
        self.names: dict[str, Cell] = {}
        self.lines: dict[str, int] = {}
        self.stars: list[tuple[str, int]] = []
        self.late: dict[str, Cell] = {}
        self.sources: dict[str, list[ast.expr]] = {}
        self.function: OwnFunction | None = None
        self._global: set[str] = set()
        self._nonlocal: set[str] = set()
        self._found: dict[str, Cell] = {}

    @property
    def is_class(self) -> bool:
        """Whether it is a class's."""
        return isinstance(self.root, ast.ClassDef)

    @property
    def frame(self) -> Scope:
        """The innermost scope that is no comprehension's: `:=` binds there."""
        scope = self
        while isinstance(scope.root, COMPREHENSIONS) and scope.outer is not None:
            scope = scope.outer
        return scope

    def class_around(self) -> ast.ClassDef | None:
        """Return the innermost class that this stands in."""
        scope: Scope | None = self
        while scope is not None:
            self.world.step()
            if isinstance(scope.root, ast.ClassDef):
                return scope.root
            scope = scope.outer
        return None

    def bind(self, name: str, line: int = 0) -> Cell:
        """Return the cell that a binding of `name` here goes to."""
        name = self._mangled(name)
        if name in self._global:
            return self.top.bind(name, line)
        scope: Scope = self
        if name in self._nonlocal:
            while scope.outer is not None and (scope is self or scope.is_class or name not in scope.names):
                self.world.step()
                scope = scope.outer
        scope.lines.setdefault(name, line)
        return scope.names.setdefault(name, Cell())

    def declare(self, node: ast.Global | ast.Nonlocal) -> None:
        """Take note of names that are bound elsewhere."""
        names = {self._mangled(name) for name in node.names}
        if isinstance(node, ast.Nonlocal):
            self._nonlocal |= names
        else:
            self._global |= names
            for name in names:
                self.top.bind(name, node.lineno)

    def home(self, name: str) -> Scope | None:
        """Return the innermost scope that binds `name` for what stands here, `None` if none does."""
        name = self._mangled(name)
        if name in self._global:
            return self.top
        scope: Scope | None = self
        while scope is not None:
            self.world.step()
            if name in scope.names and not (scope.is_class and scope is not self) and name not in scope._nonlocal:
                return scope
            scope = scope.outer
        return None

    def find(self, name: str) -> Cell:
        """Return the cell of all that a name may stand for where it is read here."""
        found = self._found.get(name)
        if found is None:
            found = self._found[name] = Cell()
            self._look_up(self._mangled(name), found)
        return found

    def _look_up(self, name: str, found: Cell) -> None:
        world, home = self.world, self.home(name)
        if home is None:
            world.connect(world.free(self.top, name), found)
            return
        world.connect(home.names[name], found)
        if home.is_class and home.outer is not None:  # read before it is bound there, it is the name outside
            world.connect(home.outer.find(name), found)
        if home.outer is None:
            world.connect(home.late.setdefault(name, Cell()), found)
            for module, line in home.stars:
                if line > home.lines[name]:
                    world.member(module, name, found)

    def _mangled(self, name: str) -> str:
        """Return `__name` in a class as Python reads it, `_Class__name`."""
        if not name.startswith("__") or name.endswith("__"):
            return name
        around = self.class_around()
        own = around.name.lstrip("_") if around is not None else ""
        return f"_{own}{name}" if own else name


def lay_out(tree: ast.AST, scope: Scope) -> list[tuple[ast.AST, Scope]]:
    """Return all nodes below `tree` with the scopes they are in, after binding their names. Raises Entangled."""
    laid: list[tuple[ast.AST, Scope]] = []
    waiting = [(child, scope) for child in reversed(list(ast.iter_child_nodes(tree)))]
    while waiting:
        node, scope = waiting.pop()
        if isinstance(node, IDLE_NODES):
            continue
        scope.world.step()
        laid.append((node, scope))
        _bind(node, scope)
        waiting += reversed(list(_children(node, scope)))
    return laid


def _children(node: ast.AST, scope: Scope) -> Iterator[tuple[ast.AST, Scope]]:
    _narrow(node, scope)
    if isinstance(node, OWN):
        unit = _unit(node, scope)
        unit.inside = Scope(node, scope, scope.world, scope.file)
        unit.inside.function = unit if isinstance(unit, OwnFunction) else None
        yield from ((each, scope) for each in (*around(node), *_annotations(node)))
        for argument in _arguments(node):
            unit.inside.bind(argument.arg, argument.lineno)
        yield from ((each, unit.inside) for each in _inside(node))
    elif isinstance(node, COMPREHENSIONS):
        inner = scope.world.inner[node] = Scope(node, scope, scope.world, scope.file)
        inner.function = scope.function
        for number, part in enumerate(node.generators):
            yield part.iter, inner if number else scope
            yield from ((each, inner) for each in (part.target, *part.ifs))
        elements = (node.key, node.value) if isinstance(node, ast.DictComp) else (node.elt,)
        yield from ((each, inner) for each in elements)
    elif isinstance(node, ast.NamedExpr):
        scope.frame.bind(node.target.id, node.lineno)
        yield node.value, scope
    elif isinstance(node, ast.If) and scope.outer is None and _is_main_guard(node) and "__name__" not in scope.names:
        yield from ((each, scope) for each in node.orelse)  # the grader loads it under another name
    else:
        yield from ((each, scope) for each in ast.iter_child_nodes(node))


def _unit(node: Function | ast.ClassDef, scope: Scope) -> Unit:
    if isinstance(node, ast.ClassDef):
        made = scope.world.classes[node] = OwnClass(node, node.name, scope)
        return made
    function = scope.world.functions[node] = OwnFunction(node, getattr(node, "name", ""), scope)
    return function


def _narrow(node: ast.AST, scope: Scope) -> None:
    """Take note of names that are no object of a class: in `x if isinstance(x, C) else C(x)`, the last `x`."""
    match node:
        case ast.IfExp(test=ast.Call() as test, orelse=value):
            pass
        case ast.If(test=ast.UnaryOp(op=ast.Not(), operand=ast.Call() as test), body=[ast.Assign(value=value), *_]):
            pass
        case _:
            return
    match test, value:
        case (
            ast.Call(func=ast.Name(id="isinstance"), args=[ast.Name(id=name), ast.Name(id=of)]),
            ast.Call(func=ast.Name(), args=[ast.Name(id=again) as narrowed], keywords=[]),
        ) if name == again:
            scope.world.narrowed[narrowed] = of


def _is_main_guard(node: ast.If) -> bool:
    match node.test:
        case ast.Compare(left=ast.Name(id="__name__"), ops=[ast.Eq()], comparators=[ast.Constant(value="__main__")]):
            return True
    return False


def _bind(node: ast.AST, scope: Scope) -> None:
    line: int = getattr(node, "lineno", 0)
    if isinstance(node, ast.alias) or getattr(node, "name", None) in scope.names:
        scope.world.assigned.add(str(getattr(node, "asname", None) or getattr(node, "name", "")))
    match node:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            scope.bind(name, line)
            scope.world.assigned.add(name)
        case ast.Global() | ast.Nonlocal():
            scope.declare(node)
        case ast.Import(names=aliases):
            for alias in aliases:
                scope.bind(alias.asname or alias.name.partition(".")[0], line)
        case ast.ImportFrom(module=module, names=aliases):
            for alias in aliases:
                if alias.name == "*":
                    scope.top.stars.append((module or "", line))
                else:
                    scope.bind(alias.asname or alias.name, line)
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            scope.bind(name, line)
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
            scope.bind(name, line)
        case ast.MatchMapping(rest=str(name)):
            scope.bind(name, line)


def own_nodes(root: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes inside `root` that belong to its own scope, from top to bottom.

    A function or class within is yielded, its decorators, defaults and annotations are gone into, its body is not.
    """
    waiting = list(reversed(_inside(root)))
    while waiting:
        node = waiting.pop()
        yield node
        inside = [*around(node), *_annotations(node)] if isinstance(node, OWN) else list(ast.iter_child_nodes(node))
        waiting += reversed(inside)


def around(node: Function | ast.ClassDef) -> list[ast.expr]:
    """Return what of a function or class is computed where it stands, but for annotations."""
    if isinstance(node, ast.ClassDef):
        return [*node.decorator_list, *node.bases, *(keyword.value for keyword in node.keywords)]
    defaults = [*node.args.defaults, *(each for each in node.args.kw_defaults if each is not None)]
    return [*getattr(node, "decorator_list", ()), *defaults]


def _annotations(node: Function | ast.ClassDef) -> list[ast.expr]:
    found = [argument.annotation for argument in _arguments(node)]
    return [each for each in (*found, getattr(node, "returns", None)) if each is not None]


def _arguments(node: Function | ast.ClassDef) -> list[ast.arg]:
    if isinstance(node, ast.ClassDef):
        return []
    args = node.args
    some = [*args.posonlyargs, *args.args, *args.kwonlyargs]
    return [*some, *(each for each in (args.vararg, args.kwarg) if each is not None)]


def _inside(root: ast.AST) -> list[ast.AST]:
    if isinstance(root, ast.Lambda):
        return [root.body]
    if isinstance(root, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [*root.body]
    return list(ast.iter_child_nodes(root))
