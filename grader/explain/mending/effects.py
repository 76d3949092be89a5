"""What a mend cannot change in a case: found from one watched call, so that it need not be tried."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from grader.explain.mending.mends import Mend
from grader.explain.mending.written import FunctionText, Replacement
from grader.model import Value

Key: TypeAlias = tuple[tuple[int, int, object], ...]


class Effects:
    """Says of mends what they can do in one case, from the lines that ran there and what the names held.

    `lines` is empty where that is not known.
    """

    def __init__(self, written: FunctionText, lines: frozenset[int], kinds: Mapping[str, Value]) -> None:
        self.written, self.lines = written, lines
        steady = _steady(written)
        self.numbers = {name: kind for name, kind in kinds.items() if type(kind) is int and name in steady}
        self.single = {name for name, kind in kinds.items() if type(kind) is int}
        self.shapes = {
            name: kind for name, kind in kinds.items() if isinstance(kind, tuple) and kind and set(kind) != {1}
        }

    def key(self, some: Sequence[Mend]) -> Key | None:
        """Return the same for mends that do the same in this case, () if they do nothing, None if they only spoil it.

        A name of a whole number in another's place does what any of the same number does; an array in a number's place
        is of no use.
        """
        edits = [edit for mend in some for edit in mend.edits]
        if any(self._spoils(edit) for edit in edits):
            return None
        if self.lines and not any("\n" in edit.text for edit in edits):
            edits = [edit for edit in edits if self.written.line_at(edit.begin) in self.lines]
        said = [(edit, self._said(edit.text)) for edit in edits]
        return tuple(
            (edit.begin, edit.end, text)
            for edit, text in sorted(said, key=lambda one: one[0])
            if text != self._said(self._stood(edit))
        )

    def _stood(self, edit: Replacement) -> str:
        return self.written.data[edit.begin : edit.end].decode()

    def _said(self, text: str) -> object:
        return self.numbers.get(text, text)

    def _spoils(self, edit: Replacement) -> bool:
        before = self._stood(edit)
        return (before in self.single and edit.text in self.shapes) or (
            before in self.shapes and edit.text in self.single
        )


def _steady(written: FunctionText) -> set[str]:
    """Return the names that are bound by plain statements of the function itself alone, or are parameters."""
    tops = set(written.function.body)
    unsteady = {
        one.id
        for one in written.nodes
        if isinstance(one, ast.Name)
        and isinstance(one.ctx, ast.Store)
        and not (isinstance(holder := written.statement(one), ast.Assign) and holder in tops)
    }
    named = {one.id for one in written.nodes if isinstance(one, ast.Name)}
    return named - unsteady
