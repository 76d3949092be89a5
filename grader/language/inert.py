"""Foreign text made harmless: what a student wrote, printed or named cannot steer a terminal, a log or a page.

Renderers still escape for their own format; this takes away what no format wants: control characters
(terminal sequences, forged lines), bidirectional and zero-width characters (text that looks like other text;
https://trojansource.codes), lone surrogates, and unbounded length.
"""

from __future__ import annotations

import unicodedata
from typing import NewType

Inert = NewType("Inert", str)
"""Text of foreign origin that went through `inert`; report fields that hold such text have this type."""

_DROPPED = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def inert(text: str, limit: int = 400, *, lines: bool = False) -> Inert:
    r"""Return `text` with every control, format or unassigned character spelt as `\xNN` or `\uNNNN`.

    At most `limit` characters are kept (an ellipsis marks the cut); line ends are kept if `lines`, tabs
    become spaces.
    """
    cut = text[:limit]
    if len(text) > limit:
        cut = cut[:-1] + "…"
    if cut.isascii() and cut.isprintable():
        return Inert(cut)
    return Inert("".join(_spelt(char, lines) for char in cut))


def _spelt(char: str, lines: bool) -> str:
    if char == "\n" and lines:
        return char
    if char == "\t":
        return "    "
    if unicodedata.category(char) not in _DROPPED:
        return char
    code = ord(char)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
