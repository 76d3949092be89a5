"""Foreign text made harmless: what a student wrote, printed or named cannot steer a terminal, a log or a page.

Renderers still escape for their own format; this takes away what no format wants: control characters
(terminal sequences, forged lines), bidirectional and zero-width characters (text that looks like other text;
https://trojansource.codes), lone surrogates, commands to a CI's log, and unbounded length.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NewType

Inert = NewType("Inert", str)
"""Text of foreign origin that went through `inert`; report fields that hold such text have this type."""

_COMMAND = re.compile(
    r"^[ \t]*::|::(?=(?:add-mask|add-matcher|add-path|debug|echo|endgroup|error|group|notice|remove-matcher|save-state"
    r"|set-env|set-output|stop-commands|warning)\b)|##\[",
    re.IGNORECASE | re.MULTILINE,
)
"""What GitHub's runner takes for a command, wherever a report may break a line; it skips white space in front."""

_DROPPED = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def inert(text: str, limit: int = 400, *, lines: bool = False) -> Inert:
    r"""Return `text` with every control, format or unassigned character spelt as `\xNN` or `\uNNNN`.

    At most `limit` characters are kept (an ellipsis marks the cut); line ends are kept if `lines`, tabs
    become spaces.
    """
    cut = text[:limit]
    if len(text) > limit:
        cut = cut[:-1] + "…"
    if not (cut.isascii() and cut.isprintable()):
        cut = "".join(_spelt(char, lines) for char in cut)
    if "::" in cut or "##[" in cut:
        cut = _COMMAND.sub(_no_command, cut)
    return Inert(cut)


def _no_command(found: re.Match[str]) -> str:
    return found[0].replace("::", r":\x3a").replace("##", r"#\x23")


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
