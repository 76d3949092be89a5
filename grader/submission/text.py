"""From bytes to Python text, and from text to code: encodings, comments and strings, lookalikes of Python's characters.

The standard `tokenize` stops where a bracket or a string stays open. What a student hands in must be read beyond that
point, and ten times faster: by one regular expression, in one pass.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import cache
from itertools import islice
from keyword import kwlist

from msgspec import Struct

from grader.errors import Span, SubmissionError
from grader.language import Message, inert, say, say_count

_CODING = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")  # PEP 263
_BLANK = re.compile(rb"^[ \t\f]*(?:#[^\r\n]*)?\r?$")
_CODECS = {
    "utf_8": "utf-8",
    "utf8": "utf-8",
    "u8": "utf-8",
    "utf_8_sig": "utf-8",
    "ascii": "utf-8",
    "us_ascii": "utf-8",
    "gbk": "gb18030",
    "cp936": "gb18030",
    "936": "gb18030",
    "ms936": "gb18030",
    "gb2312": "gb18030",
    "gb18030": "gb18030",
    "big5": "big5",
    "cp950": "cp950",
    "latin_1": "latin-1",
    "latin1": "latin-1",
    "iso_8859_1": "latin-1",
    "iso8859_1": "latin-1",
    "cp1252": "cp1252",
    "windows_1252": "cp1252",
    "shift_jis": "shift_jis",
    "sjis": "shift_jis",
    "cp932": "cp932",
    "euc_kr": "euc_kr",
    "cp949": "cp949",
    "utf_16": "utf-16",
    "utf16": "utf-16",
}
"""Codecs that are accepted, by their names. None can hide code as utf-7, rot13 and unicode_escape can."""
_LOOKED_AT = 100_000
"""How many characters that are not ASCII an encoding is guessed from."""
_PLAUSIBLE = 0.7
"""The share of characters that are not ASCII that must be common ones for a guessed encoding to be taken."""


def decode(data: bytes, path: str) -> tuple[str, Message | None]:
    """Return the text of `data`, with plain newlines, and a remark if its encoding was guessed.

    Raises SubmissionError, with the encoding that the file seems to have.
    """
    text, remark = _text(data, path)
    text = text.replace("\r\n", "\n")
    text = text.replace("\r", "\n")  # in two steps, so that no more than two copies of a large text exist at a time
    return text, remark


def _text(data: bytes, path: str) -> tuple[str, Message | None]:
    if data.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")):
        raise _refusal(data, path, "UTF-32")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _strict(data, "utf-16", path), None
    if data.startswith(b"\xef\xbb\xbf"):
        return _strict(data[3:], "utf-8", path), None
    if b"\0" in data:
        meant = "UTF-16" if data[:400].count(b"\0") * 3 > len(data[:400]) else ""
        raise _refusal(data, path, meant)
    named = _coding_line(data)
    codec = _CODECS.get(named.lower().replace("-", "_"), "") if named else "utf-8"
    if not codec:
        raise SubmissionError(
            say("The coding line names {encoding}, which is not accepted.", encoding=inert(named, 40)),
            hint=say("Save the file as UTF-8 and take the coding line out."),
            at=Span(path=path, line=1),
        )
    if codec != "utf-8":
        return _strict(data, codec, path), None
    try:
        return data.decode("utf-8"), None
    except UnicodeDecodeError:
        guess = _guess(data)
    if guess != "gb18030":
        raise _refusal(data, path, guess)
    return data.decode(guess), say("The file is not UTF-8; it was read as {encoding}.", encoding="GBK")


def _coding_line(data: bytes) -> str:
    for line in data[:4000].replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")[:2]:
        if found := _CODING.match(line):
            return found.group(1).decode("ascii", "replace")
        if not _BLANK.match(line):
            break
    return ""


def _strict(data: bytes, codec: str, path: str) -> str:
    try:
        text = data.decode(codec)
    except UnicodeDecodeError as error:
        at = Span(path=path, line=data.count(b"\n", 0, error.start) + 1)
        raise SubmissionError(
            say("The file says it is {encoding}, but it is not.", encoding=codec.upper()), hint=_AS_UTF8, at=at
        ) from None
    if "\0" in text:
        raise _refusal(data, path, "")
    return text


def _guess(data: bytes) -> str:
    for codec, everyday in _EVERYDAY.items():
        try:
            text = data.decode(codec)
        except UnicodeDecodeError:
            continue
        wide = [found.group() for found in islice(re.finditer(r"[^\x00-\x7f]", text), _LOOKED_AT)]
        usual = sum(1 for char in wide if everyday(char.encode(codec)))
        if usual >= _PLAUSIBLE * len(wide):
            return codec
    return "cp1252"


def _within(low: int, high: int, *more: tuple[int, int]) -> Callable[[bytes], bool]:
    """Return a test for characters of two bytes whose first lies in one of the ranges."""
    ranges = ((low, high), *more)
    return lambda pair: len(pair) == 2 and any(first <= pair[0] <= last for first, last in ranges)


_EVERYDAY: dict[str, Callable[[bytes], bool]] = {
    # GB2312: punctuation in rows A1 to A3, the 3755 commonest characters in rows B0 to D7.
    "gb18030": _within(0xA1, 0xA3, (0xB0, 0xD7)),
    # Big5: punctuation from A1, the 5401 common characters up to C6. Shift_JIS: kana 81 to 83, level 1 88 to 97.
    "big5": _within(0xA1, 0xC6),
    "shift_jis": _within(0x81, 0x83, (0x88, 0x97)),
}
_AS_UTF8 = say("Save the file as UTF-8 and hand it in again.")


def _refusal(data: bytes, path: str, meant: str) -> SubmissionError:
    if not meant:
        return SubmissionError(
            say("The file holds NUL bytes; it is not Python text."), hint=_AS_UTF8, at=Span(path=path)
        )
    try:
        line = 0
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
    return SubmissionError(
        say("The file is not UTF-8; it seems to be {encoding}.", encoding=_SHOWN.get(meant, meant)),
        hint=_AS_UTF8,
        at=Span(path=path, line=line),
    )


_SHOWN = {"big5": "Big5", "shift_jis": "Shift_JIS", "cp1252": "Windows-1252"}


_POSSESSIVE = re.match(r"(?:a|b(?!b))*+bb", "abb") is not None
"""Python before 3.11.5, Debian 12's among them, loses its place where a possessive group ends (gh-106052)."""


def compiled(pattern: str, flags: re.RegexFlag) -> re.Pattern[str]:
    """Return a pattern whose groups are greedy instead of possessive where Python cannot match possessive ones.

    That takes more memory. Each alternative of such a group has to begin with another character: otherwise time would
    grow faster than the text.
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
    """Python text with its comments and strings told from code.

    `bare` is the text with spaces for every comment and for every string but its first character; the code stays in
    its place. `comments` are offset and text of each comment. `endless` is the line of the triple quotes that are
    probably the ones never closed, 0 if all are closed: the first whose text holds an unindented definition, else the
    last.
    """

    bare: str
    comments: tuple[tuple[int, str], ...]
    endless: int = 0


def lex(text: str) -> Lexed:
    """Return `text`, whose lines end in plain newlines, with comments and strings told from code."""
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
    """Return code as a reader sees it: lookalikes replaced by what they look like, invisible characters left out."""
    if code.isascii():
        return code
    return unicodedata.normalize("NFKC", code).translate(_NOTHING)


def explain_lookalike(wrong: str, *, leads: bool, more: int = 0) -> Message:
    """Return what to do about a lookalike; `leads` if it is in a line's indentation, `more` is how many follow."""
    said = _mend(wrong, leads)
    if not more:
        return said
    return say_count(
        "{said} {count} more place needs the same.", "{said} {count} more places need the same.", more, said=said
    )


def explain_odd(words: str) -> Message | None:
    """Return what to do about the character that Python's message `words` names, None if it names none."""
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
    return say("`{wrong}` is not the character that Python expects; write `{right}`.", wrong=wrong, right=right)


def _space(code: str, leads: bool) -> Message:
    if code == "3000":
        if leads:
            return say("This line is indented with full-width spaces (U+3000); write ordinary spaces, four per level.")
        return say("There is a full-width space here (U+3000); write an ordinary space.")
    if leads:
        return say(
            "This line is indented with spaces that Python does not know (U+{code}, often copied from a web page); "
            "write ordinary spaces, four per level.", code=code,
        )  # fmt: skip
    return say(
        "There is a space here that Python does not know (U+{code}, often copied from a web page); write an ordinary "
        "space.", code=code,
    )  # fmt: skip
