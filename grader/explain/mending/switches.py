"""Many mended functions as one text, in which a number chooses: to compile each alone takes longer than to run it."""

from __future__ import annotations

import ast
from bisect import bisect_right
from collections.abc import Sequence
from functools import partial

from msgspec import Struct

from grader.explain.mending.written import FunctionText, Replacement
from grader.submission.costs import once

CHOICE = "mend__"
"""The global name that holds the number."""

_PLAIN = (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Expr, ast.Return, ast.Assert, ast.Delete, ast.Raise)
_PLAIN_WORDS = (ast.Pass, ast.Break, ast.Continue)


class Switch(Struct, frozen=True, order=True):
    """A part of the text that can be one of several: a statement of one line, at `column`, or an expression (-1)."""

    begin: int
    end: int
    column: int = -1


class Switched(Struct, frozen=True):
    """A text, and which of the functions it holds, in the order of their numbers."""

    text: str
    held: tuple[int, ...]


def switched(written: FunctionText, variants: Sequence[Sequence[Replacement]]) -> Switched:
    """Return the text that holds all functions that change statements and conditions where they stand."""
    switches = _switches(written)
    begins = [one.begin for one in switches]
    chosen: dict[Switch, dict[int, str]] = {}
    held: list[int] = []
    for index, edits in enumerate(variants):
        parts: dict[Switch, list[Replacement]] = {}
        for edit in edits:
            at = bisect_right(begins, edit.begin) - 1
            if at < 0 or edit.end > switches[at].end or "\n" in edit.text:
                break
            parts.setdefault(switches[at], []).append(edit)
        else:
            texts = {one: _made(written, one, some) for one, some in parts.items()}
            if all(_parses(text) for text in texts.values()):
                for one, text in texts.items():
                    chosen.setdefault(one, {})[len(held)] = text
                held.append(index)
    edits = [_edit(written, one, texts) for one, texts in chosen.items()]
    return Switched(text=written.made(edits), held=tuple(held))


@once
def _switches(written: FunctionText) -> list[Switch]:
    found = []
    for node in written.nodes:
        if isinstance(node, (*_PLAIN, *_PLAIN_WORDS)):
            begin, end = written.part(node)
            if b"\n" not in written.data[begin:end]:
                found.append(Switch(begin=begin, end=end, column=node.col_offset))
        elif isinstance(node, ast.If | ast.While):
            found.append(Switch(*written.part(node.test)))
        elif isinstance(node, ast.For):
            found.append(Switch(*written.part(node.iter)))
    return sorted(found)


def _made(written: FunctionText, switch: Switch, edits: Sequence[Replacement]) -> str:
    text = written.data[switch.begin : switch.end]
    for edit in sorted(edits, reverse=True):
        begin, end = edit.begin - switch.begin, edit.end - switch.begin
        text = text[:begin] + edit.text.encode() + text[end:]
    return text.decode() if switch.column >= 0 else f"({text.decode()})"


@partial(once, most=4096)
def _parses(text: str) -> bool:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _edit(written: FunctionText, switch: Switch, texts: dict[int, str]) -> Replacement:
    stood = written.data[switch.begin : switch.end].decode()
    numbers = "{" + ", ".join(map(str, texts)) + "}"
    if switch.column < 0:
        others = "".join(f" else {text} if {CHOICE} == {number}" for number, text in texts.items())
        return Replacement(switch.begin, switch.end, f"(({stood}) if {CHOICE} not in {numbers}{others} else None)")
    margin = "\n" + " " * switch.column
    others = "".join(f"{margin} if {CHOICE} == {number}:{margin}  {text}" for number, text in texts.items())
    return Replacement(switch.begin, switch.end, f"if {CHOICE} not in {numbers}:{margin} {stood}{margin}else:{others}")
