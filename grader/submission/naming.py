"""Functions that are nearly there: misspelt, in camelCase, inside a class or inside another function."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from grader.language import Message, say
from grader.model import Symbol
from grader.submission.lexing import line_at

_NESTED = r"(?m)^([ \t]+)(?:async[ \t]+)?def[ \t]+(\w+)"
_CLASS = r"^class[ \t]+(\w+)"


def suggest(
    missing: Sequence[str], symbols: Mapping[str, Symbol], graded: Collection[str], bare: str
) -> dict[str, tuple[Message, int]]:
    """Return, for graded names that are not defined, what was probably meant, with its line."""
    if not missing:
        return {}
    nested = {found[2]: line_at(bare, found.start(2)) for found in re.finditer(_NESTED, bare)}
    found: dict[str, tuple[Message, int]] = {}
    spare = {name: symbol.line for name, symbol in symbols.items() if name not in graded}
    for name in missing:
        if name in nested:
            found[name] = (_inside(name, nested[name], bare), nested[name])
        elif meant := _nearest(name, spare):
            found[name] = (
                say("There is no {name}; did you mean it by {found}? Rename it to {name}.", name=name, found=meant),
                spare[meant],
            )
        elif meant := _nearest(name, nested):
            found[name] = (
                say("There is no {name}; did you mean it by {found}? Rename it to {name}.", name=name, found=meant),
                nested[meant],
            )
    return found


def _inside(name: str, line: int, bare: str) -> Message:
    for above in reversed(bare.split("\n")[: line - 1]):
        if above and not above[0].isspace():
            if of := re.match(_CLASS, above):
                return say(
                    "{name} is a method of class {owner}; move it out, without self, to the margin.",
                    name=name,
                    owner=of[1],
                )
            break
    return say("{name} is indented, so it belongs to what stands above it; move it to the margin.", name=name)


def _nearest(name: str, spare: Mapping[str, int]) -> str:
    plain = {_plain(each): each for each in spare}
    if _plain(name) in plain:
        return plain[_plain(name)]
    from difflib import get_close_matches

    close = get_close_matches(_plain(name), plain, n=1, cutoff=0.85)
    return plain[close[0]] if close else ""


def _plain(name: str) -> str:
    return name.replace("_", "").lower()
