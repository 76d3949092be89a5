"""YAML as written: nodes that know their places, still as text, and the faults found in them, each with its line."""

from __future__ import annotations

import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Collection, Iterable
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from grader.errors import Fault, Span
from grader.language import Message, inert, say

NULLS = frozenset({"", "~", "null", "Null", "NULL"})


class Scalar(Struct, frozen=True, kw_only=True):
    """Text; `style` is "" for plain text, else the sign it begins with (`'`, `"`, `|` or `>`).

    `flow` says that it stands inside [...] or {...}, where a comma ends it.
    """

    text: str
    style: str
    flow: bool
    at: Span
    size: int = 1
    depth: int = 0

    @property
    def is_null(self) -> bool:
        """Whether nothing is written here, or YAML's word for nothing."""
        return not self.style and self.text in NULLS

    @property
    def inner(self) -> Span:
        """The place of the text itself, without quotes; no end for a block of lines."""
        if self.style in {"'", '"'}:
            end = self.at.end_column
            return replace(self.at, column=self.at.column + 1, end_column=end - 1 if end else 0)
        return self.at


class Sequence(Struct, frozen=True, kw_only=True):
    """A list. `at` is the key it is the value of, or its own bracket if it is written with brackets."""

    items: tuple[Node, ...]
    at: Span
    size: int
    depth: int


class Mapping(Struct, frozen=True, kw_only=True):
    """Keys and values in the order written, keys that stand twice included; `at` as for a list."""

    pairs: tuple[tuple[Scalar, Node], ...]
    at: Span
    size: int
    depth: int


Node: TypeAlias = Scalar | Sequence | Mapping
"""`size` counts the node and all below it, `depth` the collections down to the deepest."""


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


_WIDE = dict(zip("：，％｛｝［］（）＃－．＝＋＊／、“”‘’\u3000", ":,%{}[]()#-.=+*/,\"\"'' ", strict=True))
# Only faults need these patterns, so they are compiled when one is found: 3 ms.
_SIGN = f"(?<![\u3400-\u9fff])[{re.escape(''.join(_WIDE))}]"
_QUOTED = r"\"(?:\\.|[^\"\\])*\"|'(?:''|[^'])*'|(?:^|(?<=\s))#.*"
_IDEOGRAPH = "[\u3400-\u9fff]"


def full_width(line: str) -> int:
    """Return the index of the first full-width sign in a line, -1 if there is none.

    Signs in quotes and comments do not count, nor does one behind a Chinese character: those are prose.
    """
    bare = re.sub(_QUOTED, lambda found: " " * len(found[0]), line)
    found = re.search(_SIGN, bare)
    return found.start() if found else -1


def narrow(char: str) -> Message:
    """Return what to write in place of a full-width sign."""
    if char == "：":
        return say("`：` is full-width; write `:` and a space.")
    return say("`{wide}` is full-width; write `{narrow}`.", wide=char, narrow=_WIDE[char])


def _narrow_hint(text: str) -> Message | None:
    """Return what to write in place of a full-width sign in a faulty text, if it has one; prose may have such signs."""
    at = -1 if text.isascii() or re.search(_IDEOGRAPH, text) else full_width(text)
    return narrow(text[at]) if at >= 0 else None


LINE_END = re.compile("\r\n|[\r\n\x85\u2028\u2029]")
"""What YAML 1.1 and libyaml count as the end of a line."""

PYTHON_LINE_END = re.compile("\r\n|\r|\n")

MOST_SUGGESTIONS = 50
MOST_NAMES = 200
LONGEST_WORD = 60
LONGEST_LINE = 400


class Log:
    """Collects the faults of one file; suggestions are looked for only for the first faults.

    `margin` are the keys that may stand at the left margin of the file.
    """

    def __init__(
        self, path: str, text: str, line_end: re.Pattern[str] = LINE_END, margin: Collection[str] = ()
    ) -> None:
        self.path = path
        self.margin = margin
        self._text = text
        self._line_end = line_end
        self._lines: list[str] | None = None
        self._faults: list[Fault] = []

    @property
    def faults(self) -> tuple[Fault, ...]:
        """All faults, in file order."""
        return tuple(sorted(self._faults, key=lambda fault: (fault.at.line, fault.at.column)))

    @property
    def count(self) -> int:
        """How many faults there are."""
        return len(self._faults)

    def add(self, at: Span, message: Message, hint: Message | None = None) -> None:
        """Record a fault, once; if the marked text has a full-width sign, the hint says what to write instead."""
        line = self.line(at.line)
        hint = _narrow_hint(line[at.column - 1 : at.end_column - 1] if at.end_column else "") or hint
        fault = Fault(at=at, message=message, hint=hint, line_text=line)
        if not self._faults or self._faults[-1] != fault:
            self._faults.append(fault)

    def expected(self, wanted: Message, node: Node, hint: Message | None = None) -> None:
        """Record that `node` is something else than `wanted`."""
        self.add(node.at, say("Expected {wanted}, found {found}.", wanted=wanted, found=_found(node)), hint)

    def nearest(self, word: str, names: Iterable[str]) -> str | None:
        """Return the one of `names` that `word` was probably meant to be."""
        if len(self._faults) >= MOST_SUGGESTIONS or len(word) > LONGEST_WORD:
            return None
        from difflib import get_close_matches

        by_folded = {name.casefold(): name for name, _ in zip(names, range(MOST_NAMES), strict=False)}
        near = get_close_matches(word.casefold(), by_folded, n=1)
        return by_folded[near[0]] if near else None

    def line(self, number: int) -> str:
        """Return a line of the file, counted from 1; "" for one that is too long to be shown."""
        if self._lines is None:
            self._lines = self._line_end.split(self._text)
        text = self._lines[number - 1] if 0 < number <= len(self._lines) else ""
        return text if len(text) <= LONGEST_LINE else ""


def did_you_mean(name: str | None) -> Message | None:
    """Return a question that suggests `name`; None for None."""
    return None if name is None else say("Did you mean `{name}`?", name=quoted(name))


def quoted(text: str) -> str:
    """Return an author's word as a sentence can quote it: short, on one line, without invisible characters."""
    return inert(text, LONGEST_WORD)


def _found(node: Node) -> Message:
    if isinstance(node, Scalar):
        return (
            say("`{text}`", text=quoted(node.text)) if node.text.strip() and not node.is_null else say("an empty value")
        )
    if isinstance(node, Mapping):
        return say("a mapping") if node.pairs else say("an empty mapping")
    return say("a list") if node.items else say("an empty list")
