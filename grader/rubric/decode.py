"""Bytes -> text, and where an author's file is not UTF-8."""

from __future__ import annotations

from codecs import BOM_UTF16_BE, BOM_UTF16_LE

from grader.errors import Fault, Span
from grader.language import say


def decode(data: bytes, path: str) -> tuple[str, Fault | None]:
    """Return the text of UTF-8 (or marked UTF-16) bytes; else "" and a fault at the first byte that is neither."""
    utf16 = data.startswith((BOM_UTF16_BE, BOM_UTF16_LE))
    try:
        return data.decode("utf-16" if utf16 else "utf-8-sig"), None
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-16" if utf16 else "utf-8-sig", errors="replace")
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    hint = say("It seems to be GBK; save it as UTF-8.") if _is_gbk(data) else say("Save it as UTF-8.")
    at = Span(path=path, line=line, column=column)
    return "", Fault(at=at, message=say("This file is not UTF-8 from here on."), hint=hint)


def _is_gbk(data: bytes) -> bool:
    try:
        text = data.decode("gbk")
    except UnicodeDecodeError:
        return False
    return any("\u4e00" <= char <= "\u9fff" for char in text)
