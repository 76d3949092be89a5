"""Which known name a misspelt one is nearest to; among names in scope, the function's own come first."""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Iterator
from functools import partial

from grader.explain.scene import Scene
from grader.language import inert
from grader.submission.costs import once
from grader.submission.spelling import spelled

_MOST = 1000
"""Names that one is compared with at most."""
_ALIKE = 0.7
"""How alike two names are at least, of 1."""
_PYTHON = 0.8
"""The same for Python's own names, which are many and short."""
_SHORT = 3
"""A name of so many letters may be the beginning or the end of the one that is meant."""
_PART = 0.85
"""How alike a name and such a longer one are said to be."""
_LEAD = (0.15, 0.05, 0.0)
"""How much the function's own names, those of the file and Python's own are ahead."""


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the known name with the most similar spelling, "" if there is none."""
    return inert(spelled(name, (each for each in known if not each.startswith("_"))), 60)


def of_scope(name: str, scene: Scene) -> str:
    """Return the name in scope at the scene's line that `name` may be meant for, "" if there is none.

    The function's own names come before those of the file, and these before Python's own.
    """
    inside = scene.home is not None
    own = set(_before(scene)) if inside else set()
    file = {*scene.globals, *scene.student.symbols} if inside else set(_before(scene))
    python = {each for each in dir(builtins) if not each.startswith("_")}
    return _ranked(name, tuple(tuple(sorted(names - {name})[:_MOST]) for names in (own, file, python)))


@partial(once, most=64)
def _ranked(name: str, tiers: tuple[tuple[str, ...], ...]) -> str:
    ranked = [
        (alike + lead, each)
        for lead, names in zip(_LEAD, tiers, strict=True)
        for each in names
        if (alike := _alike(name, each)) >= (_ALIKE if lead else _PYTHON)
    ]
    return inert(max(ranked)[1], 60) if ranked else ""


def _before(scene: Scene) -> Iterator[str]:
    """Yield the names that the function (or the file, outside of any) has bound above the line, parameters included."""
    at = scene.frames[-1].line if scene.frames else 0
    for name, bound in scene.names.items():
        if any(each.line < at or _is_parameter(name, scene) for each in bound):
            yield name


def _is_parameter(name: str, scene: Scene) -> bool:
    if scene.home is None:
        return False
    arguments = scene.home.args
    named = (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg)
    return any(each is not None and each.arg == name for each in named)


def _alike(name: str, other: str) -> float:
    """Return how alike two names are, from 0 to 1: one that is a part of the other is, too."""
    from difflib import SequenceMatcher

    short, long = sorted((name.casefold(), other.casefold()), key=len)
    if len(long) - len(short) < 4:
        folded = SequenceMatcher(None, name.casefold(), other.casefold())
        if folded.quick_ratio() >= _ALIKE and (ratio := folded.ratio()) >= _ALIKE:
            return ratio + 0.01 * SequenceMatcher(None, name, other).ratio()
    words = long.startswith(f"{short}_") or long.endswith(f"_{short}")
    return _PART if words and len(short) >= _SHORT else 0.0
