"""Functions that are drawn: text that a worker compiles, never an object.

On the wire: ["L", text, names]. The text is a lambda or one `def`; `names` are the values of the names in it. A worker
can send any text as such a function, and it may come back from a file that the grader kept it in. So nobody compiles
one but a worker that serves a source.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterator, Mapping
from types import FunctionType
from typing import Any

from .family import DEPTH, Family, Forged, Node, Pack, Packer, Refused, Style, Unpack, Unpacker, Value

LONGEST = 20_000
MATHS = ("exp", "log", "sqrt", "sin", "cos", "tan", "tanh", "arctan", "floor", "ceil", "sign", "abs", "where", "pi")
"""Names of numpy's that a text may use as they are."""


class WrittenFunction:
    """A function as text, with the values of the names in it; equal to another of the same text and values."""

    __slots__ = ("names", "text")

    def __init__(self, text: str, names: Mapping[str, Value]) -> None:
        self.text, self.names = text, dict(names)

    def __repr__(self) -> str:
        if not self.names:
            return self.text
        return f"{self.text}, {', '.join(f'{name} = {value!r}' for name, value in self.names.items())}"


_made: dict[int, tuple[FunctionType, Node]] = {}
"""By identity the functions that were compiled here, and the nodes that they came of."""
_compiling = False


def compile_here() -> None:
    """Make functions of their texts from now on. Only a confined worker may call this: making one runs its text."""
    global _compiling  # noqa: PLW0603
    _compiling = True


def compiled(text: str, names: Mapping[str, Value]) -> FunctionType:
    """Return the function that a text makes. Raises what compiling and running its `def` raises."""
    import math

    import numpy as np

    space: dict[str, Any] = {"np": np, "numpy": np, "math": math, "__builtins__": builtins}
    space |= {name: getattr(np, name) for name in MATHS}
    space |= names
    if text.startswith("lambda"):
        made = eval(text, space)  # noqa: S307 (a worker runs whatever it is given)
    else:
        before = {*space}
        exec(text, space)  # noqa: S102
        made = next(value for name, value in space.items() if name not in before)
    assert isinstance(made, FunctionType)
    return made


def _pack_text(packer: Packer, value: Value, depth: int) -> Node:
    if depth >= DEPTH:
        raise Refused("function")
    packer.take(len(value.text))
    return ["L", value.text, packer.pack(value.names, depth + 1)]


def _pack_function(packer: Packer, value: Value, depth: int) -> Node:
    if id(value) not in _made:
        raise Refused("function")
    return _made[id(value)][1]


def _make(unpacker: Unpacker, node: list[Node], depth: int) -> Value:
    if len(node) != 3 or type(node[1]) is not str or len(node[1]) > LONGEST:
        raise Forged("no function")
    names = unpacker.value(node[2], depth + 1)
    if type(names) is not dict or not all(type(name) is str for name in names):
        raise Forged("no names")
    if not (unpacker.copied and _compiling):
        return WrittenFunction(node[1], names)
    made = compiled(node[1], names)
    _made[id(made)] = (made, node)
    return made


class FunctionFamily(Family):
    """Functions as text. None that a student's code makes crosses the wire: it is called there."""

    compared_as = "function"
    packs: Mapping[type, Pack] = {WrittenFunction: _pack_text, FunctionType: _pack_function}
    tags: Mapping[str, Unpack] = {"L": _make}

    def compare(self, got: Value, want: Value, rule: Any, output: str, found: Any) -> None:
        if repr(got) != repr(want):
            found.add("text", output, got=repr(got), want=repr(want), differing=1, total=1)

    def type_name(self, value: Value) -> str:
        return "function"

    def kind(self, value: Value) -> str:
        return "function"

    def shown(self, value: Value, style: Style, inner: Callable[[Value], str]) -> str:
        names = "".join(f", {name} = {inner(each)}" for name, each in value.names.items())
        return style.quote(value.text) + names

    def literal(self, value: Value, inner: Callable[[Value], str]) -> str:
        if not value.text.startswith("lambda"):
            return repr(value.text)
        given = ", ".join(f"{name}={inner(each)}" for name, each in value.names.items())
        return f"(lambda {given}: ({value.text}))()" if given else f"({value.text})"

    def cells(self, value: Value, rule: Any, inner: Callable[[Value], Iterator[Any]]) -> Iterator[bytes | None]:
        yield f"function {value!r}".encode()


FAMILIES = (FunctionFamily(),)
