"""Lessons: what a known mistake teaches, for whoever makes it, without what it computes.

A student's kit holds of a known mistake a salted digest of what it returns in the public cases, quantised as sealed
answers are (`grader.comparison.seals`). An answer with the same digest makes the same mistake. Its hints are encrypted
with a key that follows from the same answers, so that nobody can read them beforehand.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from grader.comparison.seals import cells_of, digest
from grader.comparison.values import fitted
from grader.language import Bilingual
from grader.model import Returned
from grader.model.outcome import Grid, Lesson

if TYPE_CHECKING:
    from grader.model import Check, Trial

_KEY = b"hints"


def lesson(
    function: str, hints: Sequence[Bilingual], grids: Sequence[tuple[Grid, ...]], cells: Sequence[bytes],
    salt: bytes, cost: int,
) -> Lesson:  # fmt: skip
    """Return the lesson of a mistake with these hints, whose answers to the public cases have these cells."""
    text = json.dumps([[hint.zh, hint.en] for hint in hints]).encode()
    return Lesson(
        function=function,
        grids=tuple(grids),
        cost=cost,
        salt=salt.hex(),
        digest=digest(cells, salt, cost),
        hints=_mixed(text, digest(cells, salt + _KEY, cost)).hex(),
    )


def learned(lessons: Sequence[Lesson], trials: Sequence[tuple[Check, Sequence[Trial]]]) -> tuple[Bilingual, ...]:
    """Return the hints of the lesson whose mistake the answers to the public cases make; none if there is no such."""
    public = [(check, trial) for check, each in trials if is_shown(check) for trial in each]
    for one in lessons:
        cells = []
        for (check, trial), grids in zip(public, one.grids, strict=False):
            got = trial.got[0]
            found = cells_of(got.value, grids, fitted(check, trial.task).compare) if isinstance(got, Returned) else None
            if found is None:
                break
            cells.append(found)
        salt = bytes.fromhex(one.salt)
        if len(cells) == len(public) == len(one.grids) and digest(cells, salt, one.cost) == one.digest:
            text = _mixed(bytes.fromhex(one.hints), digest(cells, salt + _KEY, one.cost))
            return tuple(Bilingual(zh=zh, en=en) for zh, en in json.loads(text))
    return ()


def is_shown(check: Check) -> bool:
    """Return whether the cases of a check are public, and compared."""
    return check.visibility == "public" and check.demand.compares


def _mixed(text: bytes, key: str) -> bytes:
    """Return a text encrypted, or decrypted, by a stream that follows from a key that is used only once."""
    from hashlib import shake_256

    stream = shake_256(key.encode()).digest(len(text))
    return bytes(one ^ other for one, other in zip(text, stream, strict=True))
