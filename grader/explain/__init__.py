"""Explanations: why a call raised, why a value is wrong, and which known mistake was made."""

from __future__ import annotations

from msgspec import Struct

from grader.model import Bilingual, Message


class Explanation(Struct, frozen=True, kw_only=True, eq=False):
    """What a report says about why one function fails.

    `diagnosis` is the sentence of a hypothesis that explains every failing case, `mistake` the name of a known mistake
    that was recognised. `hints` are the steps of the ladder that are shown at this attempt, `more` how many are left.
    `line` is the line of the student's file that the diagnosis is about, 0 where it names none.
    `undefined` says why the function's own `def` failed when the file was loaded.
    """

    diagnosis: Message | None = None
    line: int = 0
    mistake: str = ""
    hints: tuple[Bilingual, ...] = ()
    more: int = 0
    undefined: str = ""


NOTHING = Explanation()
"""The explanation of a function that is right."""
