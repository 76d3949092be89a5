"""Who is whose partner: a matching of two lists of items, as large as there is one, within a bounded effort.

One answer must not be held twice: where two of the items that were handed in agree with one that is expected, only one
of them counts. And none must be lost because another took its place first, so partners are exchanged along augmenting
paths (C. Berge, Two theorems in graph theory, 1957). What a search without success has looked at is never looked at
again: no later path leads through it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable


class Spent(Exception):
    """Raised by `fits` where no more may be compared."""


def matched(
    wanted: Callable[[int], Iterable[int]],
    items: int,
    known: dict[int, int] | None = None,
) -> dict[int, int]:
    """Return which expected item each of the `items` is paired with, as many as can be, beginning with the `known`.

    `wanted` yields the places of the expected items that agree with the one at a place. It may raise Spent: then those
    that have no partner yet get none.
    """
    partner = dict(known or {})
    taken = {want: got for got, want in partner.items()}
    dead: set[int] = set()
    try:
        for start in range(items):
            if start not in partner:
                _augment(start, wanted, partner, taken, dead)
    except Spent:
        pass
    return partner


def _augment(
    start: int,
    wanted: Callable[[int], Iterable[int]],
    partner: dict[int, int],
    taken: dict[int, int],
    dead: set[int],
) -> None:
    """Look for a path from an item without a partner to an expected one that is free, and exchange along it."""
    came: dict[int, int] = {}
    todo = [start]
    while todo:
        got = todo.pop()
        for want in wanted(got):
            if want in came or want in dead:
                continue
            came[want] = got
            if want not in taken:
                _exchange(want, came, partner, taken)
                return
            todo.append(taken[want])
    dead.update(came)


def _exchange(want: int, came: dict[int, int], partner: dict[int, int], taken: dict[int, int]) -> None:
    while True:
        got = came[want]
        before = partner.get(got)
        partner[got], taken[want] = want, got
        if before is None:
            return
        want = before
