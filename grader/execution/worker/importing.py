"""What a source finds that it did not define: what it imports, and the reference's helpers in place of its own.

An import finds the standard library, what is offered, the student's own modules, and placeholders for the rest. It is
in that source's own builtins, so numpy's imports are not affected. A helper of the reference is a proxy that asks the
grader for each result.
"""

from __future__ import annotations

import ast
import builtins
import importlib
import os
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from types import FunctionType, ModuleType
from typing import Any, NoReturn

from ...values import Oversized, Refused, family_of, pack, unpack
from ..confinement import kernel
from ..wire import Wire
from .binding import by_position
from .showing import NEVER_REAL, SHOWING, absent, draw_nowhere, settled, shown, starred


class Placeholder:
    """A name of a module that is not installed: it can be imported and passed on, and raises when it is used."""

    _module: str

    def __init__(self, module: str, name: str) -> None:
        self.__dict__.update(_module=module, __name__=name, __doc__=None)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Placeholder(self._module, name)

    def __mro_entries__(self, _: Any) -> tuple[type, ...]:
        return ()

    def __repr__(self) -> str:
        return f"<{self.__name__} of {self._module}, which is not available>"

    def _complain(self, *_: Any, **__: Any) -> NoReturn:
        raise absent(self._module)

    __call__ = __getitem__ = __setitem__ = __setattr__ = __iter__ = __len__ = __bool__ = __enter__ = _complain
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = __neg__ = _complain
    __matmul__ = __rmatmul__ = __pow__ = __rpow__ = __float__ = __int__ = __index__ = __array__ = _complain


class MissingModule(ModuleType):
    """A module that is not installed: any name can be imported from it."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.__path__: list[str] = []
        self.__all__ = starred(name)
        self._shows = "pylab" if name.endswith("pylab") else name.partition(".")[0]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        top = self.__name__.partition(".")[0]
        return shown(self._shows, name) if top in SHOWING else Placeholder(top, name)


OFFERED = ("numpy",)
"""What may be imported beside the standard library where the grader's own Python runs a source. Other packages are
installed for the grader, not for students."""

_import = builtins.__import__


class Importer:
    """The `__import__` of one source.

    Besides the standard library `offered` may be imported (None: whatever is installed), and the student's own
    `modules`, which `run(name)` makes. `guarded(frame)` returns whether an import there is in a `try` that expects it
    to fail; `missing(module, frame)` is called for each other module that is not there.
    """

    def __init__(
        self,
        offered: Collection[str] | None,
        modules: Collection[str],
        run: Callable[[str], ModuleType],
        missing: Callable[[str, Any], None],
        guarded: Callable[[Any], bool],
    ) -> None:
        self._offered = None if offered is None else sys.stdlib_module_names | frozenset(offered)
        self._modules, self._run = frozenset(modules), run
        self._missing, self._guarded = missing, guarded

    def __call__(
        self,
        name: str,
        globals: Mapping[str, Any] | None = None,
        locals: Mapping[str, Any] | None = None,
        fromlist: Sequence[str] = (),
        level: int = 0,
    ) -> ModuleType:
        """Return what builtins.__import__ would, or a placeholder."""
        if level:
            name = _absolute(name, level, str((globals or {}).get("__package__") or ""))
        top = name.partition(".")[0]
        if level == 0 and top not in NEVER_REAL and (self._offered is None or top in self._offered):
            try:
                module = _import(name, globals, locals, fromlist, 0)
                settled()
                return module
            except ModuleNotFoundError as error:
                if error.name not in (name, top):
                    raise
        if top in self._modules:
            return self._own(name, fromlist)
        if level and not name:
            return self._beside(fromlist)
        frame = sys._getframe(1)
        if top not in SHOWING:
            if self._guarded(frame):
                raise absent(top)
            self._missing(top or ".", frame)
        module = MissingModule(name if fromlist else top)
        if top not in SHOWING:
            _keep_own(module, globals or {}, fromlist or ())
        return module

    def _own(self, name: str, fromlist: Sequence[str]) -> ModuleType:
        """Return one of the student's own modules, with the packages above it and the modules that are asked of it."""
        parts = name.split(".")
        module = first = self._run(parts[0])
        for count in range(2, len(parts) + 1):
            whole = ".".join(parts[:count])
            if whole not in self._modules:
                raise absent(whole)
            module = self._run(whole)
        for each in fromlist or ():
            if f"{name}.{each}" in self._modules and not hasattr(module, each):
                setattr(module, each, self._run(f"{name}.{each}"))
        return module if fromlist else first

    def _beside(self, names: Sequence[str]) -> ModuleType:
        """Return a module of the modules `names`, for `from . import name` in the submission."""
        folder = ModuleType("submission")
        for each in names:
            if each not in self._modules:
                raise absent(each)
            setattr(folder, each, self._run(each))
        return folder


class OwnModules:
    """Finds the student's own modules for `importlib`, after all that is installed."""

    def __init__(self, names: Collection[str], run: Callable[[str], ModuleType]) -> None:
        self._names, self._run = frozenset(names), run

    def find_spec(self, name: str, *_: Any) -> Any:
        """Return the specification of one of these modules, None for others."""
        from importlib.machinery import ModuleSpec

        return ModuleSpec(name, self, is_package=True) if name in self._names else None  # type: ignore[arg-type]

    def create_module(self, spec: Any) -> ModuleType:
        """Return the module, which has run."""
        return self._run(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Do nothing: what is reloaded has not changed."""


def _keep_own(module: ModuleType, known: Mapping[str, Any], names: Sequence[str]) -> None:
    """Put the functions and classes that a source has already into a missing module: the import takes them from it.

    `from helpers import f` at the end of a file would else put a placeholder in the place of the file's own `f`.
    """
    for name in names:
        if isinstance(own := known.get(name), FunctionType | type) and own.__module__ == known.get("__name__"):
            setattr(module, name, own)


def _absolute(name: str, level: int, package: str) -> str:
    """Return the full name of a relative import; the submission and what lies beside it count as in no package."""
    above = package.split(".") if package else []
    return ".".join([*above[: max(0, len(above) - level + 1)], *filter(None, name.split("."))])


def import_ahead(names: Sequence[str]) -> bool:
    """Import the modules `names`, so that workers forked later have them; return whether only one thread is left.

    A process with more than one can give its children no namespaces. A name that cannot be imported is left to the
    source that asks for it. Nothing of the user's settings is read: a library's folder for them is an empty one.
    """
    import tempfile
    import threading

    before = dict(os.environ)
    with tempfile.TemporaryDirectory() as folder:
        draw_nowhere()
        os.environ.update(HOME=folder, MPLCONFIGDIR=folder)
        for name in names:
            if name.partition(".")[0] not in NEVER_REAL:
                with suppress(BaseException):  # the source that asks for it will meet it again
                    importlib.import_module(name)
        settled()
    os.environ.clear()
    os.environ.update(before)
    tempfile.tempdir = None  # a worker has a folder of its own
    for each in threading.enumerate():
        if each is not threading.main_thread():
            each.join(_LINGERING)
    return "\nThreads:\t1\n" in kernel.read_own("status")


_LINGERING = 1.0  # seconds for a thread that is about to end, as the one that tells that matplotlib looks for fonts


def beside(text: str, file: str, source: str, submission: ModuleType, importer: Importer) -> dict[str, Any]:
    """Run a `text` that imports the `submission` by the name `source`; return its names, or raise what it raises.

    There are no placeholders in it, but for what shows. It is run anew each time and stands in no table of modules: so
    no name of the submission's own files can take its place, and nothing that the submission did to an earlier one is
    left.
    """

    def find(name: str, globals: Any = None, locals: Any = None, fromlist: Any = (), level: int = 0) -> ModuleType:
        if name == source and not level:
            return submission
        found = importer(name, globals, locals, fromlist, level)
        top = name.partition(".")[0]
        if isinstance(found, MissingModule) and top not in SHOWING:
            raise absent(top)
        return found

    namespace = {"__name__": "beside", "__builtins__": {**vars(builtins), "__import__": find}}
    exec(compile(text, file, "exec", dont_inherit=True), namespace)  # noqa: S102 (this is the worker)
    return namespace


def guarded_lines(text: str) -> frozenset[int]:
    """Return the lines in `try` bodies whose handlers expect an import to fail."""
    lines: set[int] = set()
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return frozenset()
    for node in ast.walk(tree):
        if isinstance(node, ast.Try) and any(_expects(handler.type) for handler in node.handlers):
            for each in node.body:
                lines.update(range(each.lineno, (each.end_lineno or each.lineno) + 1))
    return frozenset(lines)


_EXPECTED = ("ImportError", "ModuleNotFoundError", "Exception", "BaseException")


def _expects(kind: ast.expr | None) -> bool:
    if kind is None:
        return True
    if isinstance(kind, ast.Tuple):
        return any(_expects(each) for each in kind.elts)
    return isinstance(kind, ast.Name) and kind.id in _EXPECTED


def installed(offered: Collection[str] | None) -> tuple[str, ...]:
    """Return the folders of installed packages if all of them are offered."""
    return () if offered is not None else tuple(path for path in sys.path if path.endswith("-packages"))


class LentHelpers:
    """Proxies for the helpers `names`; `parameters` are the reference's, by function.

    What the reference changes in its arguments is changed in the student's, so a helper that works in place does here
    too. Two arguments that share memory do not share it there: a change of one does not change the other.
    """

    def __init__(self, names: Sequence[str], parameters: Mapping[str, Sequence[str]], wire: Wire) -> None:
        self.names, self._parameters, self._wire = names, parameters, wire
        self._made: dict[int, Callable[..., Any]] = {}

    def put(self, namespace: dict[str, Any]) -> None:
        """Put a proxy into `namespace` in the place of each helper that is there or may come."""
        for name in self.names:
            own = namespace.get(name)
            if id(own) not in self._made:
                made = _proxy(name, own, self._parameters.get(name, ()), self._wire)
                self._made[id(made)] = namespace[name] = made


def _proxy(name: str, own: Any, parameters: Sequence[str], wire: Wire) -> Callable[..., Any]:
    def stand_in(*arguments: Any, **named: Any) -> Any:
        try:
            positional = by_position(own, arguments, named, parameters)
        except TypeError as error:
            raise TypeError(f"{name}() {error}") from None
        return _ask(wire, name, positional)

    stand_in.__name__ = stand_in.__qualname__ = name
    return stand_in


def _ask(wire: Wire, name: str, arguments: tuple[Any, ...]) -> Any:
    try:
        packed = pack(arguments, wire.room)
    except Refused as refused:
        raise TypeError(f"{name}() got a value of type {refused}") from None
    except Oversized:
        raise MemoryError(f"{name}() got too large a value") from None
    wire.write({"was": "asks", "id": wire.call, "name": name, "arguments": packed.node}, packed.buffers)
    frame = wire.read()
    if frame is None:
        raise SystemExit
    header = frame.header
    if header["was"] == "returned":
        value, changed = unpack(header["value"], frame.body, copied=True)
        for old, new in zip(arguments, changed or (), strict=False):
            _change(old, new)
        return value
    raise _error(header["type"], header["message"])


def _change(old: Any, new: Any) -> bool:
    """Change an argument, or what is in it, in place as the reference changed its own; return whether that was done.

    What the reference did not change is not written to: it may be an array that cannot be written to.
    """
    family = family_of(old)
    return family is family_of(new) and family.assign(old, new, _change)


def _error(kind: str, message: str) -> BaseException:
    found = getattr(builtins, kind, None)
    if isinstance(found, type) and issubclass(found, Exception):
        try:
            return found(message)
        except TypeError:  # UnicodeDecodeError and its like want more than a message
            pass
    return RuntimeError(f"{kind}: {message}")
