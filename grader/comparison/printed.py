"""What is printed, compared: whole, by lines, by words, or by its numbers."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence

from grader.model import Comparison, Mismatch
from grader.model.rubric import Output

_NUMBER = re.compile(
    r"(?<![\w.])[-+]?(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][-+]?\d{1,4})?(?![\w])|(?<!\w)[-+]?(?:nan|inf)(?!\w)"
)


def _lines(text: str) -> list[str]:
    lines = [line.rstrip() for line in text.split("\n")]
    while lines and not lines[-1]:
        lines.pop()
    return lines


_UNITS: Mapping[str, Callable[[str], Sequence[str]]] = {
    "exact": lambda text: text.split("\n"),
    "lines": _lines,
    "tokens": str.split,
    "numbers": _NUMBER.findall,
}


def compare_printed(got: str, want: str, how: Output, rule: Comparison, output: str = "") -> Mismatch | None:
    """Return how a text that was printed differs, `None` if it does not; `output` names it.

    `index` is the first line, word or number that differs, from 0, and `got` and `want` are these, `None` where there
    is none. `property` says in what the texts differ: "nothing" (nothing was printed), "white" (spaces and line
    breaks), "case" (small and capital letters), "less" and "more" (it ends too early, or goes on), else "other".
    """
    mine, theirs = _UNITS[how](got), _UNITS[how](want)
    equal = _near(rule) if how == "numbers" else str.__eq__
    differing = [place for place, (one, other) in enumerate(zip(mine, theirs, strict=False)) if not equal(one, other)]
    if not differing and len(mine) == len(theirs):
        return None
    first = differing[0] if differing else min(len(mine), len(theirs))
    return Mismatch(
        category="printed",
        output=output,
        index=(first,),
        got=mine[first] if first < len(mine) else None,
        want=theirs[first] if first < len(theirs) else None,
        differing=len(differing) + abs(len(mine) - len(theirs)),
        total=max(len(mine), len(theirs)),
        property=_way(got, want, mine, theirs, whole=not differing),
    )


def _way(got: str, want: str, mine: Sequence[str], theirs: Sequence[str], *, whole: bool) -> str:
    if not got.strip() and want.strip():
        return "nothing"
    if got.split() == want.split():
        return "white"
    if got.casefold().split() == want.casefold().split():
        return "case"
    if whole:
        return "less" if len(mine) < len(theirs) else "more"
    return "other"


def _near(rule: Comparison) -> Callable[[str, str], bool]:
    def equal(got: str, want: str) -> bool:
        one, other = float(got), float(want)
        if math.isnan(one) or math.isnan(other):
            return math.isnan(one) and math.isnan(other)
        allowed = rule.rtol * abs(other) if rule.atol is None else rule.atol + rule.rtol * abs(other)
        return one == other or abs(one - other) <= allowed

    return equal


MARKS = {"\t": "→", "\r": "␍", "\x0b": "␋", "\x0c": "␌", "\xa0": "⍽", "\u3000": "□"}
"""What stands for a character that nobody sees."""


def visible(line: str) -> str:
    """Return a line with marks for what nobody sees: tabs, spaces at its end, spaces that are none of ASCII's."""
    body = line.rstrip(" ")
    return "".join(MARKS.get(char, char) for char in body) + "·" * (len(line) - len(body))
