"""Whether a statement that Python cannot read here is well-formed in a newer Python, and in which."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable

Version = tuple[int, int]
LONGEST = 20_000
"""Characters of a broken statement that is looked at; a longer one is data."""
DEEPEST = 4
"""Levels of f-strings within one another."""

_DEFINES = re.compile(
    r"(?m)^([ \t]*(?:async[ \t]+)?(?:def|class)[ \t]+\w+)[ \t]*\[[^][\n]*(?:\[[^][\n]*\][^][\n]*)*\](?=[ \t]*[(:])"
)
_TYPE = re.compile(r"(?m)^([ \t]*)type[ \t]+(\w+)[ \t]*(?:\[[^=\n]*\])?[ \t]*=(?!=)")
_TEMPLATE = re.compile(r"(?i)(?<![\w'\"])(?:tr|rt|t)(?=['\"])")
_CLAUSE = re.compile(
    r"(?m)^([ \t]*except\*?[ \t]+)((?:[\w.]{0,80}[A-Z]\w{0,80},[ \t]*)+[\w.]{0,80}[A-Z]\w{0,80})[ \t]*:"
)
_OPENS = re.compile(r"(?i)(?<![\w'\"])(?:fr|rf|f)(\"\"\"|'''|\"|')")


def needed(text: str, parses: Callable[[str], bool]) -> Version | None:
    """Return the oldest Python that reads `text`, which does not parse here; None where none is known to.

    Newer syntax is put into older words, and `parses` says whether that is well-formed.
    """
    if len(text) > LONGEST:
        return None
    changes: tuple[tuple[Version, Callable[[str], str]], ...] = (
        ((3, 12), _of_types),
        ((3, 12), lambda code: _without_f_strings(code, parses)),
        ((3, 14), lambda code: _TEMPLATE.sub("f", code)),
        ((3, 14), lambda code: _CLAUSE.sub(r"\1(\2):", code)),
    )
    least: Version | None = None
    for version, change in changes:
        changed = change(text)
        if changed == text:
            continue
        text, least = changed, max(version, least or version)
        if parses(text):
            return least if least > sys.version_info[:2] else None
    return None


def _of_types(code: str) -> str:
    return _TYPE.sub(r"\1\2 =", _DEFINES.sub(r"\1", code))


def _without_f_strings(code: str, parses: Callable[[str], bool], depth: int = 0) -> str:
    """Return the code with an empty string for each f-string whose expressions are well-formed."""
    parts: list[str] = []
    done = 0
    while depth < DEEPEST and (found := _OPENS.search(code, done)) is not None:
        read = _string(code, found.end(), found[1])
        if read is None:
            break
        end, inside = read
        sound = all(parses(f"({_without_f_strings(each, parses, depth + 1)}\n)") for each in inside)
        parts += [code[done : found.start()], "''" if sound else code[found.start() : end]]
        done = end
    return "".join([*parts, code[done:]])


def _string(code: str, at: int, quote: str) -> tuple[int, list[str]] | None:
    """Return where the f-string ends whose text begins at `at`, and its expressions; None where it does not end."""
    expressions: list[str] = []
    while at < len(code):
        if code.startswith(quote, at):
            return at + len(quote), expressions
        if code[at] == "\n" and len(quote) == 1:
            return None
        if code.startswith(("{{", "}}", "\\"), at):
            at += 2
        elif code[at] == "{":
            field = _field(code, at + 1)
            if field is None:
                return None
            at, expression = field
            expressions.append(expression)
        else:
            at += 1
    return None


def _field(code: str, at: int) -> tuple[int, str] | None:
    """Return where a replacement field ends, and its expression without conversion and format."""
    begin, depth, stop = at, 0, 0
    while at < len(code):
        sign = code[at]
        if sign in "'\"":
            quote = sign * 3 if code.startswith(sign * 3, at) else sign
            closed = code.find(quote, at + len(quote))
            if closed < 0:
                return None
            at = closed + len(quote)
            continue
        if sign == "}" and not depth:
            return at + 1, code[begin : stop or at].rstrip("= ")
        if sign in "!:" and not depth and not stop and code[at + 1 : at + 2] != "=":
            stop = at
        depth += (sign in "([{") - (sign in ")]}")
        at += 1
    return None
