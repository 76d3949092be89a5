"""What an operator of mutation is, and the list of them."""

from __future__ import annotations

import ast
from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import ClassVar, TypeAlias, TypeVar

from grader.audit.units import Unit
from grader.audit.writing import Edit
from grader.language import Message

Example: TypeAlias = "tuple[str, tuple[str, ...]]"
"""A function's body, and all that the operator makes of it."""


class Operator(ABC):
    """A kind of slip: `edits` yields every way to make it at one node.

    `says` names the slip for a person. `examples` are run by a test: each body becomes exactly those listed.
    """

    name: ClassVar[str]
    says: ClassVar[Message]
    examples: ClassVar[tuple[Example, ...]]

    @abstractmethod
    def edits(self, node: ast.AST, unit: Unit) -> Iterator[Edit]:
        """Yield the edits at `node`; what changes nothing or does not compile is sorted out later."""


OPERATORS: dict[str, Operator] = {}
"""Every operator by name, in the order defined."""

_Kind = TypeVar("_Kind", bound=type[Operator])


def operator(kind: _Kind) -> _Kind:
    """Register an operator."""
    OPERATORS[kind.name] = kind()
    return kind
