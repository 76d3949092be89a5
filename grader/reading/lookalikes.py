"""Full-width signs where YAML wants ASCII's: what an input method writes when nobody looks."""

from __future__ import annotations

import re

from grader.language import Message, say

_WIDE = dict(zip("：，％｛｝［］（）＃－．＝＋＊／、“”‘’\u3000", ":,%{}[]()#-.=+*/,\"\"'' ", strict=True))
_SIGN = re.compile(f"(?<![\u3400-\u9fff])[{re.escape(''.join(_WIDE))}]")
_QUOTED = re.compile(r"\"(?:\\.|[^\"\\])*\"|'(?:''|[^'])*'|(?:^|(?<=\s))#.*")
_IDEOGRAPH = re.compile("[\u3400-\u9fff]")


def find(line: str, start: int = 0) -> int:
    """Return the index of the first full-width sign from `start` on, -1 if there is none.

    Quotes and comments are left out, and so is what follows a Chinese character, as it does in prose.
    """
    bare = _QUOTED.sub(lambda found: " " * len(found[0]), line)
    found = _SIGN.search(bare, start)
    return found.start() if found else -1


def instead(char: str) -> Message:
    """Return what to write in place of a full-width sign."""
    if char == "：":
        return say("`：` is full-width; write `:` and a space.")
    return say("`{wide}` is full-width; write `{narrow}`.", wide=char, narrow=_WIDE[char])


def hint(text: str) -> Message | None:
    """Return what to write in a faulty piece of a rubric, if a full-width sign may be why; prose has such signs."""
    at = -1 if text.isascii() or _IDEOGRAPH.search(text) else find(text)
    return instead(text[at]) if at >= 0 else None
