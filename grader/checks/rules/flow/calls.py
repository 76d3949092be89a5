"""Calls: arguments flow into parameters, results out; what a library's function may do with what it is given."""

from __future__ import annotations

import ast
from collections.abc import Callable

from grader.checks.rules.flow import library
from grader.checks.rules.flow.library import RUNNING, under
from grader.checks.rules.flow.members import (
    OPERATORS,
    ask,
    attribute,
    each_member,
    element,
    keep,
    members,
    named,
    owner_of,
    store,
    text,
    what,
)
from grader.checks.rules.flow.values import (
    ANY,
    ITEM,
    Cell,
    Container,
    Instance,
    Namespace,
    OwnClass,
    OwnFunction,
    Postponed,
    Scope,
    Site,
    Unit,
    Unknown,
    Value,
)

LISTING = frozenset({"list", "sorted", "tuple", "set", "frozenset", "min", "max"})
"""Functions that take only the keys of a dict."""
UNKNOWN = "?"
"""The path of a function of which nothing is known."""
GIVEN_NAMES = frozenset({"globals", "locals"})
"""Keywords that give names to a function that runs a text."""


def hold(site: Site, *things: Instance | Container, path: str = "") -> None:
    """Put the arguments of a call into things that may hold them, and call those that are own functions."""
    world = site.scope.world
    for number, (name, cell, _) in enumerate(site.arguments):
        by_name = name in library.DATA_WORDS or (name in GIVEN_NAMES and bool(under(path, library.RUNNING)))
        if not by_name and library.CALLED_ONLY.get(path) != number:
            for thing in things:
                world.each(cell, lambda value, thing=thing: _held(value, thing, path, site))  # type: ignore[misc]
        if path not in library.KEEPING:
            world.each(cell, lambda value: _call_back(value, site))


def _held(value: Value, thing: Instance | Container, path: str, site: Site) -> None:
    """Put an argument into a thing, as far as the function at `path` keeps it; `path` is "" for any other."""
    world = site.scope.world
    if isinstance(value, str) and library.plain(value):
        return
    if isinstance(value, Namespace) and path in LISTING:
        return
    if isinstance(value, Namespace):
        site.unknown(what(value))
    elif isinstance(value, str) and value in library.SPECIAL:
        site.unknown(value)
    _look_for_modules(value, path, site)
    if not under(path, library.LAZY):
        if isinstance(value, Postponed):
            return
        if isinstance(value, Container) and value.is_iterator and path:
            _held(world.worked_off(value), thing, path, site)
            return
    world.once_bearing(value, lambda: put_in(value, thing, site))


def _look_for_modules(value: Value, path: str, site: Site) -> None:
    """Let what a call returns be unknown if it is given a module, at any depth."""
    world = site.scope.world
    if isinstance(value, Container):
        if world.first("modules", site.node, value, path):
            world.each(value.all, lambda inner: _look_for_modules(inner, path, site))
    elif isinstance(value, str) and world.is_module(value):
        site.unknown(path or value)


def put_in(value: Value, thing: Instance | Container, site: Site) -> None:
    """Put a value into a thing; what a call makes is its result only if it holds anything but data."""
    world = site.scope.world
    world.put(world.field(thing, ANY), value)
    if thing is world.made(site.node):
        world.put(site.into, thing)


def _call_back(value: Value, site: Site) -> None:
    """Call an own function that is an argument with all other arguments and what they hold."""
    world = site.scope.world
    if not isinstance(value, OwnFunction) or not world.first("back", site.node, value, site.into):
        return
    args = value.args
    given = world.field(world.made(site.node), "given")

    def give(each: Value) -> None:
        if each is not value:
            world.put(given, each)
        if isinstance(each, Instance | Container):
            world.connect_but_work(each.all, given)

    for _, cell, _ in site.arguments:
        world.each(cell, give)
    for each in (*args.posonlyargs, *args.args, *args.kwonlyargs):
        world.connect(given, value.inside.bind(each.arg))
    for extra in (args.vararg, args.kwarg):
        if extra is not None:
            world.connect(given, world.field(world.display(extra), ITEM))
    world.connect(value.returned, world.field(world.made(site.node), ANY))
    world.connect(value.returned, site.into)


def fill_fields(owner: OwnClass, names: list[str], site: Site) -> None:
    """Let arguments flow into an object's fields: into those named, in order, or else into any."""
    spread = any(name == "*" for name, _, _ in site.arguments)
    for number, (name, cell, _) in enumerate(site.arguments):
        field = name if name in names else names[number] if not name and not spread and number < len(names) else ANY
        site.scope.world.connect(cell, site.scope.world.field(owner.instance, field))


def in_order(owner: OwnClass) -> tuple[list[str], ast.expr | None]:
    """Return the fields of what seems to be a plain dataclass in their order, and its decorator."""
    node = owner.node
    if node.bases or len(node.decorator_list) != 1:
        return [], None
    fields = [each for each in node.body if isinstance(each, ast.AnnAssign)]
    for each in fields:
        plain = each.value is None or isinstance(each.value, ast.Constant)
        if not plain or any(word in ast.unparse(each.annotation) for word in ("KW_ONLY", "InitVar", "ClassVar")):
            return [], None
    decorator = node.decorator_list[0]
    names = [each.target.id for each in fields if isinstance(each.target, ast.Name)]
    return names, decorator.func if isinstance(decorator, ast.Call) else decorator


def is_asked(node: ast.expr | None, site: Site) -> bool:
    """Return whether a text comes from `input()`, as `input().split()`: nobody types any while it is graded."""
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        site.scope.world.step()
        node = node.func.value
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "input"
        and site.scope.home("input") is None
        and not site.scope.world.patch("input").held
    )


def run(path: str, site: Site) -> None:
    """Follow a text that is run as code; note that it cannot be followed where it is computed."""
    world = site.scope.world
    name = under(path, RUNNING)
    if not site.arguments:
        site.change(name)
    for number, (keyword, cell, node) in enumerate(site.arguments):
        word = text(node)
        if keyword in GIVEN_NAMES or (number and name in ("eval", "exec")):
            world.runs.append((site, name, cell, False))
        elif word is not None:
            _run_text(word, name, site)
        elif not isinstance(node, ast.Constant) and keyword in ("", "*", "**", "stmt", "setup", "source"):
            asked = name == "eval" and is_asked(node, site)
            world.runs.append((site, name, world.patch("input") if asked else cell, not asked))


def _run_text(word: str, name: str, site: Site) -> None:
    world = site.scope.world
    try:
        code = ast.parse(word.strip())
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return  # it raises
    for each in ast.walk(code):
        world.step()
        if isinstance(each, ast.expr | ast.stmt | ast.excepthandler | ast.arg):
            each.lineno = getattr(site.node, "lineno", 1)
    inner = Scope(code, site.scope.top, world, site.scope.file)
    world.read(code, inner)
    for bound, cell in inner.names.items() if name == "exec" else ():
        world.connect(cell, world.late(site.scope.top, bound))
    if name == "exec" and site.scope.frame.is_class:
        site.change(name)
    if len(code.body) == 1 and isinstance(code.body[0], ast.Expr):
        world.connect(world.cell(code.body[0].value), site.into)


_MADE_BY = frozenset({"__init__", "__new__", "__post_init__", "__setattr__", "__getattribute__", "__class__",
                      "__dataclass_fields__"})  # fmt: skip
"""Names by which a class changes how `replace` copies its objects."""


def reflect(path: str, site: Site) -> bool:
    """Add the flows of a call of one of `_FUNCTIONS` or the like; return whether it was one."""
    name = "setattr" if path.endswith(".__setattr__") else path
    found = _FUNCTIONS.get(name)
    if path in ("isinstance", "issubclass"):
        _check(site)
    if path == "dataclasses.replace":
        return _replace(site)
    if found is not None:
        if path.endswith(".__setattr__") and path not in ("object.__setattr__", "type.__setattr__"):
            site.change("setattr")
        found(site)
    return found is not None


def _getattr(site: Site) -> None:
    world = site.scope.world
    (base, _), (_, node), (default, _) = (site.positional(number) for number in range(3))
    world.connect(default, site.into)
    name = text(node)
    if name is not None:
        attribute(base, name, site.into, site.node, site.scope)
        return
    world.put(site.into, Unknown(site.node, "getattr", site.scope.file, member=True))

    def react(value: Value) -> None:
        match value:
            case OwnClass() | Instance() | Container():
                world.connect_but_work(value.all, site.into)
                owner = owner_of(value)
                if owner is not None:
                    members(owner, None, site.into)
                else:
                    world.put(site.into, value)
            case _:
                if isinstance(value, OwnFunction):
                    world.connect_but_work(value.all, site.into)
                site.unknown("getattr")

    world.each(base, react)
    if len([1 for name, _, _ in site.arguments if not name]) < 2:
        site.unknown("getattr")


def _setattr(site: Site) -> None:
    (base, _), (_, node), (value, _) = (site.positional(number) for number in range(3))
    name = text(node)
    if node is None:
        site.change("setattr")
    store(base, ANY if name is None else name, value, site.node, site.scope)
    if name is None:
        site.scope.world.each(base, lambda holder: site.change("setattr") if isinstance(holder, OwnFunction) else None)


def set_by_method(site: Site) -> None:
    """Add the flows of `x.__setattr__(name, f)`, `type(x).__setattr__(x, name, f)` and the like."""
    (first, _), (second, key_of), (value, _) = (site.positional(number) for number in range(3))
    holder, word, held = (first, text(key_of), value)
    if len(site.arguments) < 3 and site.receiver is not None:
        holder, word, held = site.receiver, text(site.positional(0)[1]), second
    in_key = site.method == "__setitem__"
    if word is None:
        word = ITEM if in_key else ANY
    elif in_key:
        word = f"[{word}"
    store(holder, word, held, site.node, site.scope)


def _vars(site: Site) -> None:
    if not site.arguments:
        _locals(site)
        return
    world = site.scope.world

    def react(value: Value) -> None:
        world.put(site.into, Namespace(world.tops.get(value, value) if isinstance(value, str) else value))

    world.each(site.positional(0)[0], react)


def _globals(site: Site) -> None:
    site.scope.world.put(site.into, Namespace(site.scope.top))


def _locals(site: Site) -> None:
    site.scope.world.put(site.into, Namespace(site.scope.frame))


def _import(site: Site) -> None:
    world = site.scope.world
    name = text(site.positional(0)[1])
    if name is None:
        site.unknown("import")
        return
    world.path(name.partition(".")[0], site.into, site.node, site.scope.file)  # what `__import__("a.b")` returns
    world.imported.add(name)
    world.path(name, site.into, site.node, site.scope.file)


def _super(site: Site) -> None:
    """Attributes of `super()` are those of the class's bases."""
    around = site.scope.class_around()
    for base in around.bases if around is not None else ():
        site.scope.world.connect(site.scope.world.cell(base), site.into)


def _type(site: Site) -> None:
    world = site.scope.world

    def react(value: Value) -> None:
        if isinstance(value, Instance):
            world.put(site.into, value.owner)

    world.each(site.positional(0)[0], react)
    if len(site.arguments) > 1:
        made = world.made(site.node)
        made.is_class = True
        world.put(site.into, made)
        for _, cell, _ in site.arguments:
            world.connect(cell, world.field(made, ANY))


def _check(site: Site) -> None:
    """Let `isinstance` call the methods of own metaclasses."""
    (value, _), (classes, _) = site.positional(0), site.positional(1)
    inside = Cell()
    element(classes, None, inside, site.node, site.scope)
    for each in (classes, inside):
        ask(each, ("__instancecheck__", "__subclasscheck__"), [value], Cell(), site.scope)


def _replace(site: Site) -> bool:
    """Add the flows of `replace(c, axis=1)`, an object of the same class; return whether all its names are known."""
    world = site.scope.world
    first, *changes = site.arguments
    if first[0] or not all(name.isidentifier() for name, _, _ in changes):
        return False
    world.sites.append((site, "dataclasses.replace"))
    changed = site._replace(arguments=changes)

    def hand_over() -> None:
        if world.first("replaced", site.node, site.into):
            hold(site, world.made(site.node))

    def react(value: Value) -> None:
        owner = value.owner if isinstance(value, Instance) else None
        names, decorator = in_order(owner) if owner is not None else ([], None)
        if owner is None or decorator is None or not _MADE_BY.isdisjoint(owner.inside.names):
            hand_over()
            return
        world.put(site.into, value)
        fill_fields(owner, names, changed)
        kinds = world.cell(decorator)
        for name in (*_MADE_BY, ANY):  # `C.__init__ = f`
            world.each(world.field(owner, name), lambda _: hand_over())
        world.each(kinds, lambda kind: hand_over() if kind != "dataclasses.dataclass" else None)
        world.unsure.append((kinds, hand_over))

    world.each(first[1], react)
    world.unsure.append((first[1], hand_over))
    return True


_FUNCTIONS: dict[str, Callable[[Site], None]] = {
    "getattr": _getattr, "setattr": _setattr, "object.__setattr__": _setattr, "type.__setattr__": _setattr,
    "delattr": lambda _: None, "vars": _vars, "globals": _globals, "locals": _locals, "__import__": _import,
    "importlib.import_module": _import, "super": _super, "type": _type,
}  # fmt: skip


def of_names(space: Namespace, name: str, site: Site) -> None:
    """Add the flows of a method of `globals()` and the like."""
    world, (cell, node) = site.scope.world, site.positional(0)
    word = text(node)
    if name in ("get", "__getitem__", "pop", "setdefault"):
        named(space, word, site.into, site.node, site.scope)
        world.connect(site.positional(1)[0], site.into)
    elif name not in ("keys", "update", "__setitem__", "__contains__"):
        site.unknown(what(space))
    holder = world.holding(space)
    if name in ("__setitem__", "setdefault"):
        store(holder, f"[{word}" if word is not None else ITEM, site.positional(1)[0], site.node, site.scope)
    elif name == "update":
        for keyword, value, _ in site.arguments:
            if keyword and keyword != "**":
                store(holder, f"[{keyword}", value, site.node, site.scope)
        if isinstance(node, ast.Dict) and all(key is not None and text(key) is not None for key in node.keys):
            for key, each in zip(node.keys, node.values, strict=True):
                store(holder, f"[{text(key)}", world.cell(each), site.node, site.scope)
        elif any(not keyword or keyword == "**" for keyword, _, _ in site.arguments):
            store(holder, ITEM, cell, site.node, site.scope)
    elif name in ("clear", "popitem", "__ior__", "__delitem__"):
        site.change(what(space))


def call(site: Site, function: Cell) -> None:
    """Add the flows of a call."""
    world = site.scope.world
    world.each(function, lambda value: called(value, site))
    world.sites.append((site, UNKNOWN))
    receiver = site.receiver
    if receiver is not None:
        if site.method in ("__setattr__", "__setitem__"):
            set_by_method(site)
        world.each(receiver, lambda value: _method(value, site))
        if site.method in library.LENDING:
            world.connect(world.lost(ITEM), site.into)
        for name, cell, _ in site.arguments:
            if name not in library.DATA_WORDS:
                keep(receiver, ITEM, cell, site.node, site.scope)


def called(value: Value, site: Site) -> None:
    """Add the flows of a call of one value."""
    world = site.scope.world
    match value:
        case str(path):
            _library(path, site)
        case OwnClass():
            _instance(value, site)
        case OwnFunction():
            _bind(value, site)
        case Instance(owner=owner):
            each_member(owner, "__call__", lambda method: called(method, site))
            world.connect(world.field(value, ANY), site.into)
        case Container(gives_back=True):
            for _, cell, _ in site.arguments:
                world.connect(cell, site.into)
                world.each(cell, lambda given: _wrap(given, value, site))
        case Container():
            of_itself = site.receiver is not None and value in site.receiver.held
            if value.is_class:
                world.put(site.into, value)
            if world.first("call", site.node, value, site.into) and not of_itself:
                hold(site, world.made(site.node), value)
                world.each(value.all, lambda inner: _called_within(inner, value, site))
        case Unknown():
            world.put(site.into, value)


def _called_within(value: Value, holder: Container, site: Site) -> None:
    """Call a value that a container holds; a class may be what a new class is made from, `type("B", (A,), {})`."""
    if _decorates(value, site):
        return
    if isinstance(value, Unit):
        site.scope.world.put(site.scope.world.varied, value)
    called(value, site)
    if isinstance(value, OwnFunction) and holder.bound:
        _fill(value, site, holder.bound)


def _decorates(value: Value, site: Site) -> bool:
    """Return whether a library's decorator is applied to this function here, and only keeps it."""
    return site.into is site.scope.world.decorated.get(site.node) and value in site.arguments[0][1].held


def _wrap(value: Value, wrapper: Container, site: Site) -> None:
    """`wraps(f)(g)` is g, with f as an attribute."""
    if isinstance(value, Unit | Instance | Container):
        site.scope.world.connect(wrapper.all, site.scope.world.field(value, "__wrapped__"))


def _bind(function: OwnFunction, site: Site) -> None:
    """Let arguments flow into the parameters of an own function, and what it returns into the result."""
    world = site.scope.world
    if not world.first("bind", site.node, function, site.into):
        return
    world.connect(function.returned, site.into)
    if not function.scope.is_class or function.is_static:
        _fill(function, site, 0)
        return
    _fill(function, site, 1)
    receiver, first, rest = site.receiver, function.positional[:1], function.args.vararg
    if receiver is None or function.decorators:
        if function.name != "__init__":
            _fill(function, site, 0)
    elif first:  # called of an object, it has that already; of the class, it is given it
        world.each(receiver, lambda value: None if isinstance(value, Instance) else _fill(function, site, 0))
    if receiver is not None and first:
        world.connect(receiver, function.inside.bind(first[0]))
    elif receiver is not None and rest is not None:  # `def m(*a)`
        world.connect(receiver, world.field(world.display(rest), ITEM))


def _fill(function: OwnFunction, site: Site, shift: int) -> None:
    """Let the arguments flow into the parameters, the first into the one at `shift`."""
    world, args = site.scope.world, function.args
    if not world.first("fill", site.node, function, shift, site.into):
        return
    plainly = function.positional
    names = [*plainly, *(each.arg for each in args.kwonlyargs)]
    several = [world.field(world.display(each), ITEM) for each in (args.vararg, args.kwarg) if each is not None]
    place = shift
    for name, cell, _ in site.arguments:
        if name in ("*", "**"):
            for each in [*map(function.inside.bind, names), *several]:
                element(cell, None, each, site.node, site.scope)
            continue
        parameter = name
        if not name:
            parameter = plainly[place] if place < len(plainly) else ""
            place += 1
        for each in [function.inside.bind(parameter)] if parameter in names else several:
            world.connect(cell, each)


def _instance(owner: OwnClass, site: Site) -> None:
    """Let arguments flow into an own class's `__init__`; without one, into its fields."""
    world = site.scope.world
    world.put(site.into, owner.instance)
    for name in ("__init__", "__new__"):
        each_member(owner, name, lambda method: called(method, site))
    generated = owner.node.decorator_list or owner.node.keywords
    if generated or owner.inside.names.keys().isdisjoint(("__init__", "__new__", "__post_init__")):
        names, decorator = in_order(owner)
        if decorator is None:
            fill_fields(owner, [], site)
            return
        made_by = world.cell(decorator)
        world.each(made_by, lambda value: fill_fields(owner, names if value == "dataclasses.dataclass" else [], site))
        world.unsure.append((made_by, lambda: fill_fields(owner, [], site)))


def _method(holder: Value, site: Site) -> None:
    """Add the flows of a method of a value: a container keeps the arguments and returns what it holds."""
    world, name = site.scope.world, site.method
    match holder:
        case Container():
            _of_library(holder, site)
        case Instance(owner=owner):
            _where_derived(owner, name, lambda: _of_library(holder, site), site)
        case Namespace():
            of_names(holder, name, site)
        case Unknown(weak=False):
            for _, cell, _ in site.arguments:
                world.each(cell, lambda value: _into_unknown(value, holder, site))
        case Unit() if name in ("__setattr__", "__delattr__", "__setstate__"):
            site.change(f".{name}")


def _into_unknown(value: Value, holder: Unknown, site: Site) -> None:
    if isinstance(value, Unit | Unknown | Instance | str) or (isinstance(value, Container) and not value.passing):
        site.change(holder.what)


def _where_derived(owner: OwnClass, name: str, proceed: Callable[[], None], site: Site) -> None:
    """Call `proceed` if a class is derived from a library's, so that its method `name` may be a library's.

    An own method of a NamedTuple is not, and its `_replace` returns an object of the same class.
    """
    world = site.scope.world
    defined = {each.name for each in owner.node.body if isinstance(each, ast.FunctionDef)}
    is_own = not name.startswith("_") and name in defined

    def react(value: Value) -> None:
        if value == "typing.NamedTuple" and name == "_replace":
            world.put(site.into, owner.instance)
            fill_fields(owner, [], site)
        elif isinstance(value, OwnClass):
            if world.first("derived", site.node, owner, value):
                _where_derived(value, "", proceed, site)
        elif value not in library.BARE and not (value == "typing.NamedTuple" and is_own):
            proceed()

    for node in owner.node.bases:
        base = world.cell(node.value if isinstance(node, ast.Subscript) else node)
        world.each(base, react)
        world.unsure.append((base, proceed))


def _of_library(holder: Instance | Container, site: Site) -> None:
    world = site.scope.world
    made = world.made(site.node)
    if not world.first("method", site.node, holder, site.into):
        return
    world.sites.append((site, site.method))
    world.once_bearing(holder, lambda: put_in(holder, made, site))
    hold(site, made, holder)
    world.connect_but_work(holder.all, site.into)
    if site.method in ("send", "throw", "asend", "athrow"):
        for _, cell, _ in site.arguments:
            world.connect(cell, world.sent)


def _library(path: str, site: Site) -> None:
    """Add the flows of a library's function: what it returns may be, or hold, all that it was given."""
    world = site.scope.world
    cells = [cell for _, cell, _ in site.arguments]
    if not world.first("library", site.node, path, site.into):
        return
    if under(path, library.CHANGING):
        site.change(under(path, library.CHANGING))
    if under(path, library.REGISTERING):
        world.registered += cells
    if under(path, library.RUNNING):
        run(path, site)
    if reflect(path, site):
        return
    if under(path, library.DYNAMIC):
        site.unknown(under(path, library.DYNAMIC))
    if library.loads(path):
        world.put(site.into, Unknown(site.node, path, site.scope.file, weak=True))
    if path in library.IDLE:
        return
    if path in library.RETURNING:
        for cell in cells:
            world.connect(cell, site.into)
        return
    world.sites.append((site, path))
    made = world.made(site.node)
    made.gives_back = path == "functools.wraps"
    if under(path, library.MAKING):
        world.put(site.into, made)
    if under(path, library.LAZY) and path not in ("zip", "iter", "enumerate"):
        world.postpone(made, None)
        world.put(site.into, made)
    hold(site, made, path=path)
    if path in library.BINDING and site.arguments:
        (_, function, _), *bound = site.arguments
        kept = site._replace(arguments=bound, into=Cell())
        made.bound = sum(not name for name, _, _ in bound)
        world.each(function, lambda value: _fill(value, kept, 0) if isinstance(value, OwnFunction) else None)
    if under(path, library.OPERATING):
        _operate(site)
    if under(path, library.STORING):
        for cell in cells[1:]:
            store(cells[0], ANY if path != "type" else ITEM, cell, site.node, site.scope)


def _operate(site: Site) -> None:
    """Let flow what own objects' operators return to a function that applies them: `operator.add(a, b)`, `sum(own)`."""
    given = [cell for _, cell, _ in site.arguments]
    inside = Cell()
    for cell in given:
        element(cell, None, inside, site.node, site.scope)
    for cell in (*given, inside):
        for other in (*given, inside):
            ask(cell, OPERATORS, [other], site.into, site.scope)
