"""What is known of functions of Python, numpy and other libraries: which keep what they are given, which call it."""

from __future__ import annotations

from functools import lru_cache
from types import ModuleType

DYNAMIC = (
    "sys.modules", "sys._getframe", "sys._current_frames", "sys.exc_info", "sys.exception", "sys.last_value",
    "sys.settrace", "sys.setprofile", "sys.meta_path", "sys.path_hooks", "sys.monitoring", "sys.displayhook",
    "gc", "inspect", "ctypes", "_ctypes", "importlib", "imp", "zipimport", "runpy", "pkgutil", "pydoc", "_imp",
    "types.FunctionType", "types.LambdaType", "types.CodeType", "types.GetSetDescriptorType", "marshal", "code",
    "codeop", "pdb", "bdb", "doctest", "profile", "cProfile", "trace", "unittest.mock", "timeit",
    "operator.attrgetter", "operator.methodcaller", "typing.get_type_hints", "typing.ForwardRef",
    "annotationlib", "logging.config", "numpy.testing.runstring", "numpy.testing.rundocs", "numpy.f2py",
    "numpy.ctypeslib", "cffi", "multiprocessing", "concurrent", "threading", "_thread", "subprocess", "asyncio",
    "numba.jit_module", "__loader__", "__spec__", "__builtins__.__loader__", "__annotations__", "__main__",
    "__build_class__", "dataclasses.fields", "typing.get_args", "typing.get_origin", "eval", "exec", "compile",
    "string.Formatter", "re.Scanner",
)  # fmt: skip
"""What finds or makes functions while the program runs, with all that is in it."""
RUNNING = ("eval", "exec", "timeit.timeit", "timeit.repeat", "timeit.Timer", "timeit.main", "cProfile.run",
           "cProfile.runctx", "profile.run", "profile.runctx", "pdb.run", "pdb.runeval", "bdb.Bdb.run",
           "numpy.testing.runstring", "numpy.testing.measure", "code.interact", "runpy.run_path",
           "runpy.run_module", "doctest.testmod")  # fmt: skip
"""Functions that run a text as code."""
CHANGING = ("sys.settrace", "sys.setprofile", "ctypes", "_ctypes", "unittest.mock.patch", "gc.get_referents",
            "gc.get_objects", "gc.get_referrers", "cffi", "threading.settrace", "threading.setprofile")  # fmt: skip
"""What can change how another function runs."""
SPECIAL = frozenset({
    "getattr", "setattr", "delattr", "vars", "globals", "locals", "eval", "exec", "compile", "__import__",
    "importlib.import_module", "object.__setattr__", "type.__setattr__", "operator.attrgetter",
    "operator.methodcaller", "object.__getattribute__", "type.__getattribute__",
})  # fmt: skip
"""Functions that reach names by their text; given to another function, they cannot be followed."""
HIDDEN = frozenset({
    "__globals__", "__builtins__", "__code__", "__closure__", "__defaults__", "__kwdefaults__", "__subclasses__",
    "__bases__", "__base__", "__mro__", "mro", "__self__", "__loader__", "__spec__", "__reduce__", "__reduce_ex__",
    "__getattribute__", "__getattr__", "__annotations__", "__import__", "__getstate__", "__setstate__", "cell_contents",
    "gi_frame", "cr_frame", "ag_frame", "gi_code", "cr_code", "tb_frame", "tb_next", "__traceback__", "f_globals",
    "f_locals", "f_builtins", "f_back", "f_code", "co_consts", "__init_subclass__", "__objclass__", "__thisclass__",
    "__self_class__", "__weakref__", "__type_params__", "__context__", "__cause__", "__func__", "default_factory",
    "__args__", "__metadata__", "__dataclass_fields__", "__match_args__", "__parameters__", "_evaluate",
})  # fmt: skip
"""Attributes that lead from a value to the functions and modules behind it."""
BARE = frozenset({"object", "abc.ABC", "typing.Generic", "typing.Protocol"})
"""Classes without methods of their own that do anything."""
SEALED = frozenset({
    "__code__", "__globals__", "__defaults__", "__kwdefaults__", "__closure__", "__builtins__", "__bases__",
    "f_globals", "f_locals", "f_builtins", "cell_contents", "f_trace", "__getattribute__", "__class__",
})  # fmt: skip
"""Attributes that turn a function into another one when they are set."""
IDLE = frozenset({
    "print", "len", "isinstance", "issubclass", "callable", "hasattr", "id", "repr", "str", "type", "bool", "dir",
    "help", "hash", "format", "super", "object", "IPython.display.display", "display",
})  # fmt: skip
"""Functions whose result leads to none of their arguments."""
KEEPING = frozenset({
    *IDLE, "getattr", "delattr", "vars", "list", "tuple", "dict", "set", "frozenset", "iter", "next",
    "enumerate", "zip", "range", "reversed", "property", "staticmethod", "classmethod", "functools.partial",
    "functools.wraps", "functools.lru_cache", "functools.cache", "functools.update_wrapper",
    "functools.partialmethod", "functools.cached_property", "functools.singledispatch", "functools.total_ordering",
    "contextlib.contextmanager", "contextlib.suppress", "dataclasses.dataclass", "dataclasses.field",
    "abc.abstractmethod", "typing.cast", "typing.overload", "typing.no_type_check", "types.MethodType",
    "types.SimpleNamespace", "warnings.catch_warnings", "numba.jit", "numba.njit",
})  # fmt: skip
"""Functions that keep or wrap what they are given, and call it once at most."""
BINDING = frozenset({"functools.partial", "functools.partialmethod"})
"""Functions that give arguments to a function before it is called."""
OPERATING = ("operator", "sum", "functools.reduce", "abs", "pow", "divmod")
"""Functions that apply an operator to what they are given."""
RETURNING = frozenset({"dataclasses.dataclass", "functools.total_ordering", "abc.abstractmethod", "typing.final",
                       "typing.runtime_checkable", "enum.unique"})  # fmt: skip
"""Functions that return what they are given."""
STORING = ("list", "dict", "set", "collections", "heapq", "bisect", "operator", "object", "type", "queue", "array",
           "functools.update_wrapper", "numpy.put", "numpy.copyto", "numpy.place", "numpy.putmask",
           "numpy.ndarray")  # fmt: skip
"""Functions that put later arguments into the first."""
REGISTERING = ("numpy.seterrcall", "numpy.set_printoptions", "numpy.set_string_function", "signal.signal",
               "gc.callbacks", "weakref.finalize", "weakref.ref", "codecs", "copyreg", "threading.Thread")  # fmt: skip
"""Functions that have an argument called later."""
PATCHED_AT_WILL = frozenset({"matplotlib", "warnings", "logging", "time", "tqdm", "IPython", "seaborn", "pandas"})
"""Modules in which a name may be replaced: no result depends on them."""
MAKING = ("list", "dict", "set", "collections", "queue", "types", "weakref", "contextvars", "array", "functools",
          "threading", "copy", "object", "shelve")  # fmt: skip
"""Functions that make a thing into which something may be put later."""
LENDING = frozenset({"pop", "popleft", "get", "item", "tolist", "values", "items", "popitem", "take", "setdefault",
                     "__getitem__", "__next__", "copy", "ravel", "flatten", "view", "astype"})  # fmt: skip
"""Methods by which a container hands out what it holds."""
LAZY = ("map", "filter", "itertools", "zip", "iter", "enumerate")
"""Functions that return an iterator over what they are given."""
CALLED_ONLY = {
    "map": 0, "filter": 0, "functools.reduce": 0, "numpy.apply_along_axis": 0, "numpy.apply_over_axes": 0,
    "numpy.fromfunction": 0, "numpy.piecewise": 2, "collections.defaultdict": 0, "timeit.timeit": 0, "timeit.repeat": 0,
}  # fmt: skip
"""Functions that call the argument at this place, and return its results, never the argument itself."""
DATA_WORDS = frozenset({"dtype", "key", "axis", "out", "order", "file", "sep", "end"})
"""Keywords whose value is never part of a result."""
MUTATORS = frozenset({
    "append", "extend", "insert", "add", "update", "setdefault", "put", "put_nowait", "push", "appendleft",
    "extendleft", "pop", "popleft", "remove", "discard", "popitem", "fill", "itemset", "sort", "send", "register",
    "set", "__setitem__", "__ior__", "__iadd__", "__setattr__", "__setstate__",
})  # fmt: skip
"""Methods by which a container changes."""
SPOKEN = frozenset({
    "__name__", "__doc__", "__class__", "__version__", "__file__", "__module__", "__qualname__", "__dict__",
    "__annotations__", "__slots__", "__all__", "__author__", "__wrapped__", "__array_interface__",
})  # fmt: skip
"""Names with two underscores on each side that are not methods."""

TEXTS = frozenset({"__file__", "__name__", "__doc__", "__debug__", "__package__", "NotImplemented", "Ellipsis"})
"""Names that every module has, and that are plain data."""

_ASKING_NOTHING = frozenset({"isinstance", "issubclass", "callable", "hasattr", "id", "type", "super", "object"})

_ASIDE = frozenset({"sys", "os", "builtins", "numpy", "np", "importlib", "functools", "itertools", "operator",
                    "inspect", "types", "gc", "ctypes"})  # fmt: skip
"""Modules that other modules import, and that can be reached through these."""

_LATE = frozenset({"fft", "ma", "polynomial", "random"})
"""Modules that numpy imports when they are first used."""


def under(path: str, names: tuple[str, ...]) -> str:
    """Return the first of `names` that a dotted path is or lies in, "" if none."""
    return next((name for name in names if path == name or path.startswith(name + ".")), "")


def loads(path: str) -> bool:
    """Return whether a function reads what a file holds: `np.load`, `pickle.loads`, `pd.read_pickle`."""
    name = path.rpartition(".")[2].lower().replace("overload", "")
    return "load" in name or path.endswith(("read_pickle", "Unpickler", "shelve.open"))


def asks_nothing(path: str) -> bool:
    """Return whether a function calls no method of what it is given, but for those that attributes call."""
    return path in _ASKING_NOTHING or path.startswith("object.__")


def is_private(path: str) -> bool:
    """Return whether a path of a library other than numpy has a private name in it."""
    first, *rest = path.split(".")
    return (
        first != "numpy"
        and path != "os._exit"
        and any(part.startswith("_") and not part.startswith("__") for part in rest)
    )


def plain(path: str) -> bool:
    """Return whether a path is a type of numbers or text, which as an argument is data: `dtype=np.float64`."""
    return path in {"float", "int", "bool", "complex", "str", "object", "bytes", "Exception"} or _is_number(path)


@lru_cache(maxsize=1024)
def _is_number(path: str) -> bool:
    import numpy as np

    value = getattr(np, path[6:], None) if path.startswith("numpy.") and "." not in path[6:] else None
    return isinstance(value, type) and issubclass(value, np.generic | np.ndarray)


@lru_cache(maxsize=4096)
def canonical(path: str) -> str:
    """Return the usual path of a function or module: `numpy.ma.core.np.pad` is `numpy.pad`.

    In numpy the names are looked up in the grader's own copy, by their text alone; of other modules only the text is
    looked at.
    """
    if path.startswith("builtins.") or path.startswith("__builtins__."):
        return canonical(path.partition(".")[2])
    parts = path.split(".")
    if parts[0] == "numpy":
        return _in_numpy(parts)
    return _aside(parts, 1)


def _aside(parts: list[str], start: int) -> str:
    """Return a path without the modules before the last one in `_ASIDE`: `random._os.sys.path` is `sys.path`."""
    for number in range(len(parts) - 1, start - 1, -1):
        name = parts[number].lstrip("_")
        if name in _ASIDE:
            return canonical(".".join(["numpy" if name == "np" else name, *parts[number + 1 :]]))
    return ".".join(parts)


def is_module(path: str) -> bool:
    """Return whether a path is one of numpy's modules."""
    return path.startswith("numpy") and _walk(path.split("."))[2]


def _in_numpy(parts: list[str]) -> str:
    at, rest, _ = _walk(parts)
    if at.partition(".")[0] != "numpy":
        return canonical(".".join([at, *rest]))
    before = at.split(".")
    return _aside([*before, *rest], len(before))


def _walk(parts: list[str]) -> tuple[str, list[str], bool]:
    """Return the usual path of what a path in numpy leads to, the parts that are left, and whether it is a module."""
    import sys

    import numpy as np

    value: object = np
    at = "numpy"
    for number, part in enumerate(parts[1:], start=1):
        if value is np and part in _LATE:
            getattr(np, part)
        if not isinstance(value, ModuleType) or part not in vars(value):
            return at, parts[number:], False
        value = vars(value)[part]
        if isinstance(value, ModuleType):
            at = value.__name__
            if at.partition(".")[0] != "numpy":
                return at, parts[number + 1 :], number == len(parts) - 1
            continue
        home, name = getattr(value, "__module__", None), getattr(value, "__name__", None)
        known = isinstance(home, str) and isinstance(name, str) and vars(sys.modules.get(home, np)).get(name) is value
        at = f"{str(home).lstrip('_')}.{name}" if known else f"{at}.{part}"
        return at, parts[number + 1 :], False
    return at, [], isinstance(value, ModuleType)
