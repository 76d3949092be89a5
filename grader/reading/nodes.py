"""YAML as written: every scalar is still text, every node knows its place."""

from __future__ import annotations

from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from grader.errors import Span

NULLS = frozenset({"", "~", "null", "Null", "NULL"})


class Scalar(Struct, frozen=True, kw_only=True):
    """Text; `style` is "" for plain text, else the sign it begins with (`'`, `"`, `|` or `>`).

    `flow` says it stands inside [...] or {...}, where a comma ends it.
    """

    text: str
    style: str
    flow: bool
    at: Span
    size: int = 1
    levels: int = 0

    @property
    def is_null(self) -> bool:
        """Whether nothing is written here, or YAML's word for nothing."""
        return not self.style and self.text in NULLS

    @property
    def inner(self) -> Span:
        """The place of the text itself, without quotes; no end for a block of lines."""
        if self.style in {"'", '"'}:
            end = self.at.end_column
            return replace(self.at, column=self.at.column + 1, end_column=end - 1 if end else 0)
        return self.at


class Sequence(Struct, frozen=True, kw_only=True):
    """A list. `at` is the key it is the value of, or its own bracket if it is written with brackets."""

    items: tuple[Node, ...]
    at: Span
    size: int
    levels: int


class Mapping(Struct, frozen=True, kw_only=True):
    """Keys and values in the order written, keys that stand twice included; `at` as for a list."""

    pairs: tuple[tuple[Scalar, Node], ...]
    at: Span
    size: int
    levels: int


Node: TypeAlias = Scalar | Sequence | Mapping
"""`size` counts the node and all below it, `levels` the collections down to the deepest."""
