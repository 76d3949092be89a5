"""What flows where in each statement and expression."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from grader.checks.rules.flow.calls import call, called
from grader.checks.rules.flow.members import (
    OPERATORS,
    ask,
    attribute,
    combined,
    direct,
    each_member,
    element,
    implied,
    key,
    store,
    subscripted,
)
from grader.checks.rules.flow.values import (
    ANY,
    COMPREHENSIONS,
    ITEM,
    Accessor,
    Cell,
    Container,
    Instance,
    Namespace,
    OwnClass,
    OwnFunction,
    Scope,
    Site,
    Unit,
    Value,
)


def assign(target: ast.expr, value: Cell, scope: Scope, source: ast.expr | None = None) -> None:
    """Bind a target to a value; `source` is the expression, where it is one."""
    world = scope.world
    waiting = [(target, value, source)]
    while waiting:
        left, cell, right = waiting.pop()
        world.step()
        if isinstance(left, ast.Name):
            world.connect(cell, scope.bind(left.id))
            if right is not None:
                note_source(left, right, scope)
        elif isinstance(left, ast.Attribute):
            store(world.cell(left.value), left.attr, cell, left, scope)
        elif isinstance(left, ast.Subscript):
            store(world.cell(left.value), key(left.slice), cell, left, scope)
            _keep_key(world.cell(left.value), left.slice, scope)
            subscripted(world.cell(left.value), [world.cell(left.slice), cell], Cell(), scope)
        elif isinstance(left, ast.Starred):
            rest = world.display(left)
            world.connect(cell, world.field(rest, ITEM))
            waiting.append((left.value, world.holding(rest), None))
        elif isinstance(left, ast.Tuple | ast.List):
            waiting += _pairs(left, cell, right, scope)


def _keep_key(base: Cell, slice_: ast.expr, scope: Scope) -> None:
    """Let a key that is a module or a function be an item of the dict."""
    world = scope.world
    kept = Cell()

    def keep(value: Value) -> None:
        named = isinstance(value, str) and (value.startswith("numpy.") or world.is_module(value))
        if named or isinstance(value, Unit):
            world.put(kept, value)

    for each in slice_.elts if isinstance(slice_, ast.Tuple) else [slice_]:
        world.each(world.cell(each), keep)

    def into(value: Value) -> None:
        if isinstance(value, Instance | Container):
            world.connect(kept, world.field(value, ITEM))

    world.each(base, into)


def _pairs(
    left: ast.Tuple | ast.List, cell: Cell, right: ast.expr | None, scope: Scope
) -> list[tuple[ast.expr, Cell, ast.expr | None]]:
    several = (*left.elts, *(right.elts if isinstance(right, ast.Tuple | ast.List) else ()))
    starred = any(isinstance(each, ast.Starred) for each in several)
    if isinstance(right, ast.Tuple | ast.List) and len(right.elts) == len(left.elts) and not starred:
        return [(one, scope.world.cell(each), each) for one, each in zip(left.elts, right.elts, strict=True)]
    found: list[tuple[ast.expr, Cell, ast.expr | None]] = []
    for number, one in enumerate(left.elts):
        drawn = Cell()
        element(cell, None if starred else f"#{number}", drawn, one, scope)
        found.append((one, drawn, None))
    return found


def note_source(target: ast.Name, value: ast.expr, scope: Scope) -> None:
    """Note what a module's name is computed from."""
    if scope.outer is None:
        scope.sources.setdefault(target.id, []).append(value)


def iterated(target: ast.expr, iterable: ast.expr, scope: Scope) -> None:
    """Bind a loop's target to what is iterated."""
    drawn = Cell()
    element(scope.world.cell(iterable), None, drawn, iterable, scope)
    assign(target, drawn, scope)


_ON_ASKING = frozenset({"__getattr__", "__getattribute__", "__get__"})
"""Methods that return an attribute."""
_BY_CLASS = frozenset({"__new__", "__init_subclass__", "__class_getitem__", "__prepare__"})
"""Methods whose first argument is the class."""


def define_function(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, scope: Scope) -> None:
    """Let defaults flow into a function's parameters, and the function into its name."""
    world, function = scope.world, scope.world.functions[node]
    args = node.args
    plain = [*args.posonlyargs, *args.args]
    defaults = [*zip(reversed(plain), reversed(args.defaults), strict=False)]
    defaults += [(one, default) for one, default in zip(args.kwonlyargs, args.kw_defaults, strict=True) if default]
    for argument, default in defaults:
        world.connect(world.cell(default), function.inside.bind(argument.arg))
    for extra in (args.vararg, args.kwarg):
        if extra is not None:
            world.put(function.inside.bind(extra.arg), world.display(extra))
    if isinstance(node, ast.Lambda):
        world.put(world.cell(node), function)
        world.connect(world.cell(node.body), function.returned)
    elif function.is_property:
        world.put(scope.bind(node.name), Accessor(function))
    else:
        _bound_to(node, function, scope)


def _bound_to(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, unit: Unit, scope: Scope) -> None:
    """Bind a definition's name to it, and to what its decorators return."""
    world = scope.world
    value = world.holding(unit)
    world.connect(value, scope.bind(node.name))
    for decorator in reversed(node.decorator_list):
        made = world.decorated.setdefault(decorator, Cell())
        call(Site(decorator, scope, [("", value, None)], made), world.cell(decorator))
        value = made
    if node.decorator_list:
        world.connect(value, scope.bind(node.name))
        stages = [world.decorated[each] for each in node.decorator_list]
        world.wrapped.setdefault((scope, node.name), []).append((unit, stages))


def define_class(node: ast.ClassDef, scope: Scope) -> None:
    """Let the methods of a class and of its own bases get its objects as first argument."""
    world, made = scope.world, scope.world.classes[node]
    _bound_to(node, made, scope)

    def adopt(value: Value) -> None:
        if not isinstance(value, OwnClass) or not world.first("adopt", made, value):
            return
        for method in value.node.body:
            if isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef):
                _adopt(world.functions[method], method, made)
        for base in value.node.bases:
            world.each(world.cell(base), adopt)

    def prepare(value: Value) -> None:
        if isinstance(value, OwnClass):
            each_member(value, "__prepare__", lambda _: world.change("__prepare__", node, scope))

    def initialize(value: Value) -> None:
        """Let `__init_subclass__` of an own base be called with the class and its keywords."""
        if isinstance(value, OwnClass):
            site = Site(node, scope, _words(node, scope), Cell())
            each_member(value, "__init_subclass__", lambda method: called(method, site))

    adopt(made)
    for base in node.bases if node.keywords else ():
        world.each(world.cell(base), initialize)
    for keyword in node.keywords:
        world.each(world.cell(keyword.value), prepare)


def _adopt(method: OwnFunction, node: ast.FunctionDef | ast.AsyncFunctionDef, made: OwnClass) -> None:
    """Give a method its object; let what a special or decorated one returns be found in the object."""
    world = made.scope.world
    by_class = bool(node.decorator_list) or node.name in _BY_CLASS
    for name in method.positional[: not method.is_static]:
        for each in (made.instance, made) if by_class else (made.instance,):
            world.put(method.inside.bind(name), each)
    special = node.name.startswith("__") and node.name != "__init__"
    field = ANY if node.name in _ON_ASKING else ITEM if special else node.name
    if (special and node.name not in OPERATORS) or node.decorator_list:
        for thing in (made, made.instance):
            world.connect(method.returned, world.field(thing, field))


def _name(node: ast.Name, scope: Scope) -> None:
    if isinstance(node.ctx, ast.Load):
        world, home = scope.world, scope.home(node.id)
        into = world.cell(node)
        if node in world.narrowed and scope.home("isinstance") is None:
            world.each(
                scope.find(node.id), lambda value: None if _is_of(value, node, scope) else world.put(into, value)
            )
        else:
            world.connect(scope.find(node.id), into)
        around = scope.class_around() if node.id == "__class__" else None
        if around is not None:
            world.put(into, world.classes[around])
        if home is None:
            world.path(node.id, into, node, scope.file)
        elif home.outer is None:
            world.homes[node] = home


def _is_of(value: Value, node: ast.Name, scope: Scope) -> bool:
    """Return whether a value is an object of the class that the name was tested for, and is not of."""
    name, world = scope.world.narrowed[node], scope.world
    match value:
        case Instance(owner=OwnClass(node=ast.ClassDef(name=of, keywords=[], bases=[])) as owner):
            return of == name and owner.scope is scope.home(name) and name not in world.assigned
    return False


def _attribute(node: ast.Attribute, scope: Scope) -> None:
    if isinstance(node.ctx, ast.Load):
        world = scope.world
        attribute(world.cell(node.value), node.attr, world.cell(node), node, scope)
        if isinstance(node.value, ast.Name) and (scope.frame, node.value.id) in world.caught:
            if node.attr in ("obj", "value"):
                world.unknown(f".{node.attr}", world.cell(node), node, scope.file)
            world.connect(world.raised, world.cell(node))


def _subscript(node: ast.Subscript, scope: Scope) -> None:
    world = scope.world
    base, into = world.cell(node.value), world.cell(node)
    if isinstance(node.ctx, ast.Del):
        subscripted(base, [world.cell(node.slice)], into, scope)
    elif not isinstance(node.ctx, ast.Load):
        return
    elif isinstance(node.slice, ast.Slice):
        implied([base], node, into, scope)
        subscripted(base, [world.cell(node.slice)], into, scope)
    else:
        element(base, key(node.slice), into, node, scope)
        subscripted(base, [world.cell(node.slice)], into, scope)


def _slice(node: ast.Slice, scope: Scope) -> None:
    """Let a slice hold its bounds."""
    world = scope.world
    heap = world.display(node)
    world.put(world.cell(node), heap)
    for part in (node.lower, node.upper, node.step):
        if part is not None:
            world.connect(world.cell(part), world.field(heap, ANY))


def _alike(node: ast.expr, scope: Scope) -> None:
    """Let the values of its parts flow into an expression."""
    for part in ast.iter_child_nodes(node):
        if isinstance(part, ast.expr) and not (isinstance(node, ast.IfExp) and part is node.test):
            scope.world.connect(scope.world.cell(part), scope.world.cell(node))


def _walrus(node: ast.NamedExpr, scope: Scope) -> None:
    value = scope.world.cell(node.value)
    scope.world.connect(value, scope.world.cell(node))
    scope.world.connect(value, scope.frame.bind(node.target.id))
    note_source(node.target, node.value, scope.frame)


def _display(node: ast.List | ast.Tuple | ast.Set, scope: Scope) -> None:
    if not isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
        return
    world = scope.world
    heap = world.display(node)
    world.put(world.cell(node), heap)
    fixed = isinstance(node, ast.Tuple) and not any(isinstance(each, ast.Starred) for each in node.elts)
    for number, each in enumerate(node.elts):
        value = world.cell(each)
        if value is not world.nothing:
            world.connect(value, world.field(heap, f"#{number}" if fixed else ITEM))


def _dict(node: ast.Dict, scope: Scope) -> None:
    world = scope.world
    heap = world.display(node)
    world.put(world.cell(node), heap)
    for name, value in zip(node.keys, node.values, strict=True):
        if name is None:
            element(world.cell(value), None, world.field(heap, ANY), node, scope)
            continue
        world.connect(world.cell(name), world.field(heap, ITEM))
        field = key(name)
        world.connect(world.cell(value), world.field(heap, ITEM if field.startswith("#") else field))


def _comprehension(node: Any, scope: Scope) -> None:
    world = scope.world
    heap = world.display(node)
    world.put(world.cell(node), heap)
    if isinstance(node, ast.GeneratorExp):
        world.postpone(heap, None)
    for each in (node.key, node.value) if isinstance(node, ast.DictComp) else (node.elt,):
        world.connect(world.cell(each), world.field(heap, ITEM))
    for part in node.generators:
        iterated(part.target, part.iter, world.inner[node])


def _starred(node: ast.Starred, scope: Scope) -> None:
    if isinstance(node.ctx, ast.Load):
        element(scope.world.cell(node.value), None, scope.world.cell(node), node, scope)


def _binary(node: ast.BinOp, scope: Scope) -> None:
    """Add the flows of an operator: the sum of two lists holds what both held."""
    world = scope.world
    combined(world.cell(node.left), node.op, world.cell(node.right), node, world.cell(node), scope)


def _unary(node: ast.UnaryOp, scope: Scope) -> None:
    ask(scope.world.cell(node.operand), direct(node.op), [], scope.world.cell(node), scope)
    implied([scope.world.cell(node.operand)], node, scope.world.cell(node), scope)


def _compare(node: ast.Compare, scope: Scope) -> None:
    world = scope.world
    for op, left, right in zip(node.ops, [node.left, *node.comparators], node.comparators, strict=False):
        combined(world.cell(left), op, world.cell(right), node, world.cell(node), scope)
        if isinstance(op, ast.In | ast.NotIn):
            items = Cell()
            element(world.cell(right), None, items, node, scope)
            _equal(world.cell(left), items, scope)


def _equal(one: Cell, other: Cell, scope: Scope) -> None:
    """Let `__eq__` of each be called with the other."""
    ask(one, ("__eq__",), [other], Cell(), scope)
    ask(other, ("__eq__",), [one], Cell(), scope)


def _yield(node: ast.Yield | ast.YieldFrom, scope: Scope) -> None:
    world = scope.world
    world.connect(world.sent, world.cell(node))
    if scope.function is None:
        return
    heap = world.display(scope.function.args)
    world.put(scope.function.returned, heap)
    world.postpone(heap, scope.function)
    if node.value is None:
        return
    if isinstance(node, ast.YieldFrom):
        element(world.cell(node.value), None, world.field(heap, ITEM), node, scope)
        element(world.cell(node.value), None, world.cell(node), node, scope)
    else:
        world.connect(world.cell(node.value), world.field(heap, ITEM))


def _assignment(node: ast.Assign | ast.AnnAssign, scope: Scope) -> None:
    if node.value is not None:
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            assign(target, scope.world.cell(node.value), scope, node.value)


def _augmented(node: ast.AugAssign, scope: Scope) -> None:
    world = scope.world
    added, made, before = Cell(), Cell(), Cell()
    element(world.cell(node.value), None, added, node, scope)
    match node.target:
        case ast.Name(id=name):
            world.connect(scope.find(name), before)
        case ast.Attribute(value=base, attr=attr):
            attribute(world.cell(base), attr, before, node, scope)
        case ast.Subscript(value=base, slice=index):
            element(world.cell(base), key(index), before, node, scope)
    world.connect(before, world.cell(node.target))
    combined(before, node.op, world.cell(node.value), node, made, scope)

    def react(value: Value) -> None:
        if isinstance(value, Instance | Container):
            world.connect(added, world.field(value, ANY))
        elif isinstance(value, Namespace):
            store(before, ITEM, world.cell(node.value), node, scope)

    world.each(before, react)
    assign(node.target, made, scope)


def _loop(node: ast.For | ast.AsyncFor, scope: Scope) -> None:
    iterated(node.target, node.iter, scope)


def _with(node: ast.withitem, scope: Scope) -> None:
    if node.optional_vars is not None:
        entered = Cell()
        scope.world.connect(scope.world.cell(node.context_expr), entered)
        element(scope.world.cell(node.context_expr), None, entered, node.context_expr, scope)
        assign(node.optional_vars, entered, scope)


def _try(node: ast.Try | ast.TryStar, scope: Scope) -> None:
    """Let the name of a caught exception hold what was raised, and the keys that were looked up, for a KeyError."""
    named = [handler.name for handler in node.handlers if handler.name]
    if not named:
        return
    world = scope.world
    keys = [each.slice for inner in node.body for each in ast.walk(inner) if isinstance(each, ast.Subscript)]
    world.step(len(keys))
    for name in named:
        world.caught.add((scope.frame, name))
        heap = world.display(node)
        world.put(scope.bind(name), heap)
        world.connect(world.raised, scope.bind(name))
        for each in keys:
            world.connect(world.cell(each), world.field(heap, ANY))


def _match(node: ast.Match, scope: Scope) -> None:
    """Let every name in a pattern stand for all that lies in the subject at whatever depth."""
    world = scope.world
    drawn = Cell()
    world.connect(world.cell(node.subject), drawn)
    element(drawn, None, drawn, node, scope)

    def open_up(value: Value) -> None:
        if isinstance(value, Instance | Container):
            world.connect(value.all, drawn)

    world.each(drawn, open_up)
    for case in node.cases:
        for part in ast.walk(case.pattern):
            world.step()
            if isinstance(part, ast.MatchValue):
                _equal(drawn, world.cell(part.value), scope)
            if isinstance(part, ast.MatchClass):
                _class_pattern(part, drawn, scope)
            for name in (getattr(part, "name", None), getattr(part, "rest", None)):
                if isinstance(name, str):
                    world.connect(drawn, scope.bind(name))


def _class_pattern(part: ast.MatchClass, drawn: Cell, scope: Scope) -> None:
    """Add the flows of `case C(name=x)`; which attributes `case C(x)` reads, an own class says in `__match_args__`."""
    world = scope.world
    for name in part.kwd_attrs:
        attribute(drawn, name, drawn, part, scope)

    def react(value: Value) -> None:
        if isinstance(value, OwnClass):
            each_member(value, "__match_args__", lambda _: world.unknown("__match_args__", drawn, part, scope.file))

    world.each(world.cell(part.cls), react)


def _return(node: ast.Return, scope: Scope) -> None:
    if node.value is not None and scope.function is not None:
        scope.world.connect(scope.world.cell(node.value), scope.function.returned)


def _raise(node: ast.Raise, scope: Scope) -> None:
    if node.exc is not None:
        scope.world.connect(scope.world.cell(node.exc), scope.world.raised)


def _import(node: ast.Import, scope: Scope) -> None:
    for alias in node.names:
        path = alias.name if alias.asname else alias.name.partition(".")[0]
        scope.world.imported |= {alias.name, path}
        scope.world.path(path, scope.bind(alias.asname or path), node, scope.file)


def _import_from(node: ast.ImportFrom, scope: Scope) -> None:
    for alias in node.names:
        if alias.name != "*":
            into = scope.bind(alias.asname or alias.name)
            module = node.module or ""
            if module in scope.world.tops:
                scope.world.member(module, alias.name, into)
            else:
                scope.world.path(f"{module}.{alias.name}" if module else alias.name, into, node, scope.file)


def _call(node: ast.Call, scope: Scope) -> None:
    world = scope.world
    arguments: list[tuple[str, Cell, ast.expr | None]] = [
        ("*", world.cell(each.value), each.value) if isinstance(each, ast.Starred) else ("", world.cell(each), each)
        for each in node.args
    ]
    call(Site(node, scope, arguments + _words(node, scope), world.cell(node)), world.cell(node.func))


def _words(node: ast.Call | ast.ClassDef, scope: Scope) -> list[tuple[str, Cell, ast.expr | None]]:
    """Return the keywords of a call or class as arguments of a Site."""
    return [(each.arg or "**", scope.world.cell(each.value), each.value) for each in node.keywords]


READERS: dict[type[ast.AST], Callable[[Any, Scope], None]] = {
    ast.Name: _name, ast.Attribute: _attribute, ast.Subscript: _subscript, ast.NamedExpr: _walrus,
    ast.IfExp: _alike, ast.BoolOp: _alike, ast.Await: _alike, ast.List: _display, ast.Tuple: _display,
    ast.Set: _display, ast.Dict: _dict, ast.Starred: _starred, ast.BinOp: _binary, ast.UnaryOp: _unary,
    ast.Compare: _compare, ast.Yield: _yield, ast.YieldFrom: _yield, ast.Lambda: define_function,
    ast.FunctionDef: define_function, ast.AsyncFunctionDef: define_function, ast.ClassDef: define_class,
    ast.Assign: _assignment, ast.AnnAssign: _assignment, ast.AugAssign: _augmented, ast.For: _loop,
    ast.AsyncFor: _loop, ast.withitem: _with, ast.Try: _try, ast.TryStar: _try, ast.Match: _match,
    ast.Return: _return, ast.Raise: _raise, ast.Import: _import, ast.ImportFrom: _import_from, ast.Call: _call,
    ast.Slice: _slice,
    **dict.fromkeys(COMPREHENSIONS, _comprehension),
}  # fmt: skip
