"""Comments and strings found in Python text, well-formed or not, in one pass of one expression.

The standard `tokenize` gives up where a bracket or a string stays open; what a student hands in must be read beyond
that point, and ten times faster.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from keyword import kwlist

from msgspec import Struct

from grader.language import Message, inert, say, say_count

_POSSESSIVE = re.match(r"(?:a|b(?!b))*+bb", "abb") is not None
"""Python before 3.11.5, Debian 12's among them, loses its place where a possessive group ends (gh-106052)."""


def compiled(pattern: str, flags: re.RegexFlag) -> re.Pattern[str]:
    """Return a pattern; where no group can be possessive its groups are greedy, which takes more memory.

    So each alternative of such a group has to begin with another character, lest time grows faster than the text.
    """
    return re.compile(pattern if _POSSESSIVE else pattern.replace(")*+", ")*"), flags)


_LEXEME = compiled(
    r"""
    ["'\#]  # a set in front lets the search skip all other characters at once
    (?: (?<=\#) [^\n]*+ (?P<comment>)
      | (?<=") "" [^"\\]*+ (?: (?: \\. | "(?!"") ) [^"\\]*+ )*+ "{3}
      | (?<=') '' [^'\\]*+ (?: (?: \\. | '(?!'') ) [^'\\]*+ )*+ '{3}
      | (?<=") (?!"") (?: [^"\\\n] | \\. )*+ "
      | (?<=') (?!'') (?: [^'\\\n] | \\. )*+ '
      | (?: (?<=") "" | (?<=') '' ) .*+ (?P<endless>)
      | (?: [^\\\n] | \\. )*+ \\?  # a string cut off by the end of its line
    )
    """,
    re.VERBOSE | re.DOTALL,
)
_DEFINITION = re.compile(r"\n(?:def|class|import)[ \t]+\w")
_NOT_NEWLINE = re.compile(r"[^\n]")


class Lexed(Struct, frozen=True, kw_only=True):
    """Python text taken apart.

    `bare` is the text with every comment, and every string but its first character, turned into spaces, so that what
    is left is code in its old place. `comments` are offset and text of each comment. `endless` is the line of the
    triple quotes that are probably the ones never closed (0: all are): those whose text holds a definition at the
    margin, else the last.
    """

    bare: str
    comments: tuple[tuple[int, str], ...]
    endless: int = 0


def lex(text: str) -> Lexed:
    """Return `text` (its lines end in a plain newline) with comments and strings told from code."""
    parts: list[str] = []
    comments: list[tuple[int, str]] = []
    done = endless = suspect = 0
    for match in _LEXEME.finditer(text):
        begin, end = match.span()
        found = match.group()
        parts.append(text[done:begin])
        if match.lastgroup == "comment":
            comments.append((begin, found))
            parts.append(" " * len(found))
        else:
            parts.append(found[0] + _blank(found[1:]))
            if not suspect and "\n" in found and _DEFINITION.search(found):
                suspect = line_at(text, begin)
            if match.lastgroup == "endless":
                endless = suspect or line_at(text, begin)
        done = end
    parts.append(text[done:])
    return Lexed(bare="".join(parts), comments=tuple(comments), endless=endless)


def line_at(text: str, offset: int) -> int:
    """Return the line, from 1, that holds the character at `offset`."""
    return text.count("\n", 0, offset) + 1


def _blank(inside: str) -> str:
    return _NOT_NEWLINE.sub(" ", inside) if "\n" in inside else " " * len(inside)


_WIDE = {
    **{chr(code + 0xFEE0): chr(code) for code in range(0x21, 0x7F) if not chr(code).isalnum() and chr(code) != "_"},
    **dict(zip("。、；【】《》〈〉「」『』〔〕", ".,;[]<><>''\"\"[]", strict=True)),
    **dict(zip("“”„‟″‘’‚‛′´", '"' * 5 + "'" * 6, strict=True)),
    **dict(zip("—–−‐‑‒×∗÷", "-" * 6 + "**/", strict=True)),
    **{"≤": "<=", "≥": ">=", "≠": "!=", "…": "...", "²": "**2", "³": "**3"},
}
"""What an input method or a copied page puts into code, and what Python wants there; U+FF01 to U+FF5E are ASCII's."""
UNSEEN = "\ufeff\u200b\u200c\u200d\u200e\u200f\u2060\u00ad\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
"""Characters without a width."""
_NOTHING = dict.fromkeys(map(ord, UNSEEN))
SPACES = "\u3000\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f"
"""Characters that look like a space; Python takes none of them for one."""


@cache
def _alike() -> re.Pattern[str]:
    words = "|".join(re.sub(r"[a-zA-Z]", lambda letter: chr(ord(letter[0]) + 0xFEE0), word) for word in kwlist)
    return re.compile(
        f"[{re.escape(''.join(_WIDE))}]|[{SPACES}]+|[{UNSEEN}]+"
        # A full-width letter or digit may stand in a name (Python reads it as its ASCII twin), but begins no number
        # or def.
        rf"|(?<!\w)[\uff10-\uff19]+|(?<!\w)(?:{words})(?!\w)"
    )


_ODD = r"invalid (?:non-printable )?character .*\bU\+([0-9A-F]{4,6})\b"


def lookalikes(bare: str) -> list[tuple[int, str]]:
    """Return the offset and the text of each lookalike in code (comments and strings blanked), in order."""
    return [(found.start(), found.group()) for found in _alike().finditer(bare)]


def tidied(code: str) -> str:
    """Return code as it looks to a reader: lookalikes as what they look like, nothing where nothing is to be seen."""
    if code.isascii():
        return code
    return unicodedata.normalize("NFKC", code).translate(_NOTHING)


def explain_lookalike(wrong: str, *, leads: bool, more: int = 0) -> Message:
    """Return what to do about a lookalike; `leads` says it stands in a line's indentation, `more` how many follow."""
    said = _mend(wrong, leads)
    if not more:
        return said
    return say_count(
        "{said} {count} more place needs the same.", "{said} {count} more places need the same.", more, said=said
    )


def explain_odd(words: str) -> Message | None:
    """Return what to do about a character that Python's message `words` names, `None` if it names none."""
    found = re.search(_ODD, words)
    if found is None or (code := int(found[1], 16)) > 0x10FFFF:
        return None
    char = chr(code)
    if _alike().match(char) or not char.isprintable():
        return _mend(char, leads=False)
    return say("`{wrong}` has no meaning in Python code; what should stand here?", wrong=inert(char))


def _mend(wrong: str, leads: bool) -> Message:
    code = f"{ord(wrong[0]):04X}"
    if wrong[0] in SPACES:
        return _space(code, leads)
    right = _WIDE.get(wrong) or unicodedata.normalize("NFKC", wrong)
    if wrong[0] in UNSEEN or not wrong.isprintable():
        return say("There is an invisible character here (U+{code}); delete it.", code=code)
    if unicodedata.east_asian_width(wrong[0]) in "FW":
        return say("`{wrong}` is full-width; switch the input method to English and write `{right}`.",
                   wrong=wrong, right=right)  # fmt: skip
    return say("`{wrong}` is not the character that Python knows; write `{right}`.", wrong=wrong, right=right)


def _space(code: str, leads: bool) -> Message:
    if code == "3000":
        if leads:
            return say("This line is indented with full-width spaces (U+3000); write ordinary spaces, four a level.")
        return say("There is a full-width space here (U+3000); write an ordinary space.")
    if leads:
        return say(
            "This line is indented with spaces that Python does not know (U+{code}, often copied from a web page); "
            "write ordinary spaces, four a level.", code=code,
        )  # fmt: skip
    return say(
        "There is a space here that Python does not know (U+{code}, often copied from a web page); write an ordinary "
        "space.", code=code,
    )  # fmt: skip
