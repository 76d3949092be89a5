"""All that a function uses, and all that the student's own functions use that it comes to."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator

from msgspec import Struct

from grader.submission.aliases import Target, resolve
from grader.submission.scopes import Own, Scope, Unit, around, own_nodes


class Use(Struct, frozen=True, kw_only=True, eq=False):
    """A node and what it stands for; `root` is the function (or value) and `file` the student's own module it is in."""

    node: ast.AST
    targets: frozenset[Target]
    root: ast.AST
    file: str

    @property
    def line(self) -> int:
        """The line of the file's text."""
        return int(getattr(self.node, "lineno", 1))


def reached(start: ast.expr, module: Scope, graded: Collection[str]) -> Iterator[Use]:
    """Yield what an expression in a module uses, and what is used from there, each function once.

    `graded` functions are not gone into. Raises Entangled.
    """
    waiting: list[tuple[ast.AST, Scope]] = [(start, module)]
    seen: set[int] = {id(start)}
    for root, scope in waiting:
        for use in _uses(root, scope):
            yield use
            further = [
                (each.node, each) for each in use.targets if isinstance(each, Unit) and not _is_graded(each, graded)
            ]
            for node, unit in further:
                if id(node) not in seen:
                    seen.add(id(node))
                    waiting.append((node, unit.inside))
            for value, home in _made_from(use.node, scope):
                if id(value) not in seen:
                    seen.add(id(value))
                    waiting.append((value, home))


def _is_graded(unit: Unit, graded: Collection[str]) -> bool:
    return unit.scope.outer is None and unit.name in graded


def _uses(root: ast.AST, scope: Scope) -> Iterator[Use]:
    """Yield the nodes of a function's own scope; of a chain of attributes the whole only."""
    nodes = [root, *own_nodes(root)] if not isinstance(root, Own) else list(own_nodes(root))
    nodes += [inner for each in (around(root) if isinstance(root, Own) else ()) for inner in ast.walk(each)]
    inside: set[int] = set()
    for node in nodes:
        if id(node) in inside:
            continue
        inside |= {id(each) for each in chain(node)[1:]}
        yield Use(node=node, targets=frozenset(_targets(node, root, scope)), root=root, file=scope.file)


def chain(node: ast.AST) -> list[ast.AST]:
    """Return a chain of attributes from the last to the innermost: of `np.lib.pad`, it, `np.lib` and `np`."""
    found = [node]
    while isinstance(node, ast.Attribute):
        node = node.value
        found.append(node)
    return found


def _targets(node: ast.AST, root: ast.AST, scope: Scope) -> set[Target]:
    match node:
        case ast.Import(names=aliases):
            return {alias.name for alias in aliases}
        case ast.ImportFrom(module=str(module), names=aliases):
            return {module if alias.name == "*" else f"{module}.{alias.name}" for alias in aliases}
        case ast.Lambda():
            return {Unit(node, scope)}
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef() if isinstance(root, ast.ClassDef):
            return {Unit(node, scope)}  # a method is called by a way that cannot be followed
        case ast.expr() if isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
            return resolve(node, scope)
    return set()


def _made_from(node: ast.AST, scope: Scope) -> Iterator[tuple[ast.expr, Scope]]:
    """Yield what a module's name was computed from, where that is no plain alias: `table = {"p": np.pad}`."""
    name = chain(node)[-1]
    if not isinstance(name, ast.Name):
        return
    home = scope.home(name.id)
    if home is not None and home.outer is None:
        for bound in home.names[name.id]:
            if isinstance(bound, ast.expr) and not resolve(bound, home):
                yield bound, home
