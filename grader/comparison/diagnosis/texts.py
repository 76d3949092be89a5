"""Texts, and lists of whatever can be compared: nearly right in letter case, white space or order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from grader.comparison.diagnosis.agreement import verdict
from grader.comparison.diagnosis.samples import Run
from grader.model import Cause, Diagnosis

if TYPE_CHECKING:
    from grader.model import Value


def texts(wrong: Sequence[Run]) -> Diagnosis | None:
    """Return what explains all of these cases if they return texts or plain lists, None if nothing does."""
    pairs = [(run.got.value, run.want.value) for run in wrong]
    tests: tuple[tuple[Cause, Callable[[Value, Value], bool]], ...] = (
        ("white_space", _spaces), ("letter_case", _letters), ("order", _order),
    )  # fmt: skip
    for cause, same in tests:
        if all(same(got, want) for got, want in pairs):
            return verdict(cause, "", len(pairs), sure=True)
    return None


def _spaces(got: Value, want: Value) -> bool:
    return isinstance(got, str) and isinstance(want, str) and got.split() == want.split()


def _letters(got: Value, want: Value) -> bool:
    return isinstance(got, str) and isinstance(want, str) and got.casefold().split() == want.casefold().split()


def _order(got: Value, want: Value) -> bool:
    if not isinstance(got, tuple | list) or not isinstance(want, tuple | list) or len(got) != len(want):
        return False
    if len(want) < 2 or not all(isinstance(item, str | int | float) for item in (*got, *want)):
        return False
    return Counter(map(repr, got)) == Counter(map(repr, want))
