"""Explanations: why a call raised, why a value is wrong, and which known mistake it is."""

from __future__ import annotations

from msgspec import Struct

from grader.model import Bilingual, Message


class Explanation(Struct, frozen=True, kw_only=True, eq=False):
    """What is told about one failing function.

    `hints` are the steps of the ladder shown at this attempt, `more` how many are left; `mistake` names the known
    mistake that was recognised, `diagnosis` is the sentence of a hypothesis that explains every failing case.
    `undefined` says why the function's own `def` failed when the file was loaded.
    """

    diagnosis: Message | None = None
    mistake: str = ""
    hints: tuple[Bilingual, ...] = ()
    more: int = 0
    undefined: str = ""


NOTHING = Explanation()
"""What there is to tell of a function that is right."""
