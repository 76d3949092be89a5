"""Numbers for what belongs together, where it is told pair by pair."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class Labels:
    """Numbers for keys; keys that came together have the same one."""

    def __init__(self) -> None:
        self._first: dict[Any, int] = {}
        self._same: list[int] = []

    def add(self, keys: Sequence[Any]) -> None:
        """Take in keys that came together."""
        known = [self._root(self._first[key]) for key in keys if key in self._first]
        if not known:
            known = [len(self._same)]
            self._same.append(known[0])
        for each in known:
            self._same[each] = min(known)
        for key in keys:
            self._first[key] = min(known)

    def of(self, keys: Sequence[Any]) -> int:
        """Return the number of keys that were taken in."""
        return self._root(self._first[keys[0]])

    def _root(self, label: int) -> int:
        while self._same[label] != label:
            label = self._same[label]
        return label
