"""What Python's types are called, and what to do where a value of a type that cannot be graded comes back."""

from __future__ import annotations

import builtins

from msgspec.structs import replace

from grader.language import Bilingual, Message, inert, listed, say
from grader.values import type_names

KINDS: dict[str, Message] = {
    "array": say("an array"),
    "numpy.ndarray": say("an array"),
    "tuple": say("a tuple"),
    "list": say("a list"),
    "dict": say("a dict"),
    "str": say("a text"),
    "int": say("a whole number"),
    "float": say("a number"),
    "complex": say("a complex number"),
    "numpy.float64": say("a number"),
    "numpy.int64": say("a whole number"),
    "bool": say("a bool"),
    "set": say("a set"),
    "frozenset": say("a frozenset"),
    "bytearray": say("a bytearray"),
    "bytes": say("a bytes object"),
    "range": say("a range"),
    "generator": say("a generator"),
    "iterator": say("an iterator"),
    "map": say("a map object"),
    "zip": say("a zip object"),
    "filter": say("a filter object"),
    "enumerate": say("an enumerate object"),
    "dict_keys": say("the keys of a dict"),
    "dict_values": say("the values of a dict"),
    "dict_items": say("the items of a dict"),
    "coroutine": say("a coroutine"),
    "module": say("a module"),
    "type": say("a class"),
    "function": say("a function"),
    "builtin_function_or_method": say("a function"),
    "method": say("a function"),
    "numpy.ufunc": say("a function"),
    "numpy._ArrayFunctionDispatcher": say("a function"),
    "decimal.Decimal": say("a Decimal"),
    "fractions.Fraction": say("a Fraction"),
    "Decimal": say("a Decimal"),
    "Fraction": say("a Fraction"),
    "date": say("a date"),
    "datetime": say("a date with a time"),
    "time": say("a time"),
    "timedelta": say("a span of time"),
    "array of str": say("an array of texts"),
    "array of bytes": say("an array of bytes"),
    "array of object": say("an array of objects"),
    "array of datetime64": say("an array of dates"),
    "array of timedelta64": say("an array of spans of time"),
    "structured array": say("a structured array"),
    "DataFrame": say("a DataFrame"),
    "Series": say("a Series"),
    "Index": say("an Index of pandas"),
    "Categorical": say("a Categorical"),
    "sparse matrix": say("a sparse matrix"),
    "masked array": say("a masked array"),
    "object": say("an object"),
    "None": say("nothing"),
}
"""What Python's types are called."""

_FAMILIAR = """\
int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 float32 complex64 complex128 longdouble
frozenset bytearray reversed slice list_iterator deque Decimal Fraction SimpleNamespace datetime date timedelta
datetime64 timedelta64 void Series DataFrame Index csr_matrix csc_matrix coo_matrix csr_array csc_array coo_array
Tensor"""
_OF = ("object", "records", "str", "bytes", "datetime64", "timedelta64")
FAMILIAR = frozenset(_FAMILIAR.split()) | {f"ndarray of {what}" for what in _OF}
"""Types that may be named of a hidden case, besides `KINDS`: a student's own could carry its inputs in its name."""

FUNCTIONS = ("function", "method", "type", "_ArrayFunctionDispatcher", "ufunc")
"""How the names of types end whose values are called, not indexed."""
LAZY = ("generator", "map", "zip", "filter", "enumerate", "dict_keys", "dict_values", "dict_items", "set")
"""Types whose values have elements, but no index."""

_ORDERED = ("list", "tuple", "array")
_TO_ARRAY = (_ORDERED, say("Return its array: `.to_numpy()`."))
_TO_FLOAT = (("float", "int", "array"), say("Return `float(…)` of it."))
_SORTED = (_ORDERED, say("A set has no order: return `sorted(…)` or `list(…)` of it."))
_TO_TEXT = (("str",), say("Return a text: `.decode()`."))
_CURED: dict[str, tuple[tuple[str, ...], Message]] = {
    "set": _SORTED,
    "frozenset": _SORTED,
    "range": (_ORDERED, say("Return `list(…)` of it.")),
    "bytes": _TO_TEXT,
    "bytearray": _TO_TEXT,
    "Decimal": _TO_FLOAT,
    "Fraction": _TO_FLOAT,
    "Series": _TO_ARRAY,
    "DataFrame": _TO_ARRAY,
    "Index": _TO_ARRAY,
    "Categorical": _TO_ARRAY,
    "sparse matrix": (("array",), say("Return `.toarray()` of it.")),
    "array of object": (("array",), say("It holds objects, not numbers: make it with `dtype=float`.")),
    "array of str": (("array",), say("It holds texts, not numbers: make it with `dtype=float`.")),
}
"""By the type that comes back: in place of which types, and what to do about it."""


_FRAMES = {
    ("Series", "DataFrame"): say("`.to_frame()` or `.reset_index()` makes a DataFrame of it."),
    ("DataFrame", "Series"): say("Take one column of it."),
}


def cure(got: str, want: str) -> Message | None:
    """Return what to do about a value of type `got` where one of type `want` is expected."""
    wants, said = _CURED.get(got, ((), None))
    return said if want in wants else _FRAMES.get((got, want))


_CURES: tuple[tuple[tuple[str, ...], Message], ...] = (
    (
        (*LAZY[:-1], "reversed"),
        say(
            "What comes back is or holds {kind}, not a list or array of its values; return `list(…)` of it, or "
            "`np.array(list(…))`."
        ),
    ),
    (("Tensor", "EagerTensor", "Parameter"), say("What comes back is or holds {kind}; return its array: `.numpy()`.")),
    (
        ("coroutine", "async_generator"),
        say("What comes back is or holds {kind}: an `async def` was called and not awaited; write a plain `def`."),
    ),
    (
        (
            "function", "method", "builtin_function_or_method", "method-wrapper", "_ArrayFunctionDispatcher", "ufunc",
            "partial", "vectorize", "method_descriptor",
        ),
        say("What comes back is or holds a function that was not called; are the brackets ( ) behind it missing?"),
    ),
    (
        ("type", "ABCMeta", "EnumType"),
        say("What comes back is or holds a class; return a value, not the class itself."),
    ),
    (("module",), say("What comes back is or holds a module; return a value, not the module itself.")),
    (
        ("ndarray of records",),
        say("What comes back is or holds an array of something else than numbers; make it with `dtype=float`."),
    ),
    (("ellipsis",), say("What comes back is or holds `...`; put a value there.")),
)  # fmt: skip
"""Types that cannot be graded, and what to return instead."""


def of_kind(name: str) -> Message:
    """Return what to do about a value of the type called `name` that came back and cannot be graded.

    `name` is "" where it may not be told.
    """
    types = listed(type_names())
    if not name:
        return say("Returned something that cannot be graded; return one of these types: {types}.", types=types)
    plain = name.removesuffix("_iterator").removesuffix("iterator").removesuffix("_reverse")
    for names, said in _CURES:
        if name in names or (plain != name and "generator" in names):
            return replace(said, parameters={"kind": _called("iterator" if plain != name else name)})
    found = getattr(builtins, name, None)
    if isinstance(found, type) and issubclass(found, BaseException):
        return say("An exception comes back ({kind}); to raise it, write `raise` for `return`.", kind=inert(name, 60))
    return say(
        "What comes back is or holds an object of type {kind}, which cannot be graded; return one of these types: "
        "{types}.",
        kind=inert(name, 60), types=types,
    )  # fmt: skip


def known_type(name: str) -> str:
    """Return the name of a type if it is one that many know, else ""."""
    return name if name in KINDS or name in FAMILIAR else ""


def _called(name: str) -> Message | Bilingual:
    full = next((each for each in KINDS if each == name or each.endswith(f".{name}")), "")
    return KINDS[full] if full else Bilingual(zh=inert(name, 60), en=inert(name, 60))
