"""From bytes to text: what Python would read, what Chinese editors write, and a clear refusal of the rest."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import islice

from grader.errors import Span, SubmissionError
from grader.language import Message, inert, say

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
"""Codecs that turn bytes into text and nothing else: no codec here can hide code (utf-7, rot13, unicode_escape)."""
_LOOKED_AT = 100_000
"""Wide characters from which an encoding is guessed."""
_PLAUSIBLE = 0.7
"""The share of a text's wide characters that must be everyday ones before a guessed encoding is believed."""


def decode(data: bytes, path: str) -> tuple[str, Message | None]:
    """Return the text of `data`, lines ended by plain newlines, and a remark if its encoding had to be guessed.

    Raises SubmissionError naming the encoding that seems to be meant.
    """
    text, remark = _text(data, path)
    text = text.replace("\r\n", "\n")
    text = text.replace("\r", "\n")  # no more than two of them at a time: a wide character makes a text large
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
