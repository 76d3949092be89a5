"""Follow a whole text: bind its names in scopes, then add the flows of every node."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping

from grader.checks.rules.flow.calls import GIVEN_NAMES, LISTING, UNKNOWN, is_asked
from grader.checks.rules.flow.library import RUNNING, SPECIAL, under
from grader.checks.rules.flow.members import what
from grader.checks.rules.flow.statements import READERS
from grader.checks.rules.flow.values import (
    COMPREHENSIONS,
    OWN,
    Container,
    Function,
    Instance,
    Namespace,
    OwnClass,
    OwnFunction,
    Scope,
    Unit,
)
from grader.checks.rules.flow.world import ITSELF, World
from grader.submission.modules import absolute
from grader.submission.syntax import attempt, tree_of

IDLE_NODES = (ast.expr_context, ast.operator, ast.boolop, ast.unaryop, ast.cmpop, ast.Constant)
"""Nodes in which nothing flows."""


def follow(text: str, modules: Mapping[str, str]) -> World:
    """Return the analysis of a submission and of the student's own `modules` beside it, texts by name.

    Raises Entangled where it takes too long, SyntaxError for a text that does not parse.
    """
    world = World(read)
    texts = {ITSELF: text, **{name: each for name, each in modules.items() if name != ITSELF}}
    laid: list[tuple[ast.AST, Scope]] = []
    for name, each in texts.items():
        tree = tree_of(each) if name == ITSELF else attempt(each)
        if isinstance(tree, SyntaxError):
            raise tree
        if name != ITSELF:
            _make_absolute(tree, name, texts)
        _note_classes(tree, world)
        world.tops[name] = Scope(tree, None, world, "" if name == ITSELF else f"{name}.py")
        laid += lay_out(tree, world.tops[name])
    for name in texts:
        above, _, leaf = name.rpartition(".")
        if above in world.tops:
            world.put(world.late(world.tops[above], leaf), name)
    _read(laid)
    world.settle_lost()
    _look_at_sites(world)
    return world


def _make_absolute(tree: ast.AST, name: str, names: Collection[str]) -> None:
    """Write the relative imports of a module in a package as absolute ones."""
    package = name if any(each.startswith(f"{name}.") for each in names) else name.rpartition(".")[0]
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level:
            node.module = absolute("." * node.level, node.module or "", package)
            node.level = 0


def read(tree: ast.AST, scope: Scope) -> None:
    """Bind the names of a tree in a scope, and add its flows."""
    _note_classes(tree, scope.world)
    _read(lay_out(tree, scope))


def _note_classes(tree: ast.AST, world: World) -> None:
    world.class_names |= {node.name.lstrip("_") for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}


def _read(laid: list[tuple[ast.AST, Scope]]) -> None:
    for node, scope in laid:
        scope.world.step()
        reader = READERS.get(type(node))
        if reader is not None:
            reader(node, scope)


def _look_at_sites(world: World) -> None:
    """Note what runs a computed text, and `setattr` and the like where other functions are given them."""
    for site, name, cell, is_text in world.runs:
        if is_text:
            known = any(isinstance(value, Unit | str) for value in cell.held)
        else:
            known = all(isinstance(value, Namespace) and value.of is site.scope.top for value in cell.held)
        if not known:
            site.change(name)
    for site, path in world.sites:
        if path == UNKNOWN and world.cell(site.function).held:
            continue
        for name, cell, _ in site.arguments:
            if name in GIVEN_NAMES and under(path, RUNNING):
                continue
            for value in world.deep(cell):
                if isinstance(value, str) and value in SPECIAL:
                    if not (path == "map" and is_asked(site.positional(1)[1], site)):
                        site.change(value)
                elif (
                    isinstance(value, Namespace)
                    and not isinstance(value.of, Unit | Instance | Container)
                    and path not in LISTING
                ):
                    site.change(what(value))


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
    """Note names that are not objects of a class: in `x if isinstance(x, C) else C(x)`, the last `x`."""
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

    Of a function or class in it, what runs where it is defined is yielded too, its body is not.
    """
    waiting = list(reversed(_inside(root)))
    while waiting:
        node = waiting.pop()
        yield node
        inside = [*around(node), *_annotations(node)] if isinstance(node, OWN) else list(ast.iter_child_nodes(node))
        waiting += reversed(inside)


def around(node: Function | ast.ClassDef) -> list[ast.expr]:
    """Return what runs where a function or class is defined, without annotations."""
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
