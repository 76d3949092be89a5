"""How a figure differs from the one that is wanted, part by part.

Artists of one kind have no order: each that is wanted is matched with one that is there. Colours, widths, markers and
styles do not count. A line may be drawn from its other end; points and bars may be drawn in any order, and in one go or
in several.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import zip_longest
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from grader.comparison.figures import DATA, EMPTY, Artist, Drawn, Plot
from grader.comparison.values import differences
from grader.model import Comparison, Mismatch

_TOLD = 8
"""Artists of one plot and kind of which it is told what is wrong with them."""
_MOST_PAIRS = 4000
"""Pairs of artists that are compared one with another; of more only those in the same place."""


class PartScore(NamedTuple):
    """How much of one part is right, from 0 to 1, and what is wrong with it."""

    right: Fraction
    mismatches: list[Mismatch]


def compared(part: str, got: Drawn, want: Drawn, rule: Comparison) -> PartScore:
    """Return how much of a part of `want` is in `got`."""
    if part == "legend":
        return _of_legend(got, want, rule)
    several = len(want.plots) > 1
    found = []
    titles = list(zip_longest(got.titles(), want.titles(), fillvalue=""))
    for number, (mine, theirs) in enumerate(zip_longest(got.plots, want.plots, fillvalue=EMPTY)):
        place = number + 1 if several else 0
        if part in DATA:
            found.append(_of_artists(part, mine, theirs, rule, place))
        elif part == "title":
            found.append(_of_text("title", *titles[number], place))
        elif part == "labels":
            pairs = zip(("xlabel", "ylabel"), mine.labels, theirs.labels, strict=True)
            found += [_of_text(name, one, other, place) for name, one, other in pairs]
        elif part == "texts":
            found.append(_of_texts("texts", mine.texts, theirs.texts, place))
        elif part == "scale":
            pairs = zip(("xscale", "yscale"), mine.scale, theirs.scale, strict=True)
            if theirs is not EMPTY:
                found += [_of_word(name, one, other, place) for name, one, other in pairs]
        elif theirs.limits:
            found += _of_limits(mine, theirs, rule, place)
    whole = sum(total for _, total, _ in found)
    right = Fraction(sum(count for count, _, _ in found), whole) if whole else Fraction(1)
    return PartScore(right, [each for *_, wrong in found for each in wrong])


def _of_legend(got: Drawn, want: Drawn, rule: Comparison) -> PartScore:
    """Return how many names the legend has right, none where they stand for each other's artists."""
    count, whole, wrong = _of_texts("legend", got.legend, want.legend, 0)
    if not wrong and any(_misnamed(*plots, rule) for plots in zip(got.plots, want.plots, strict=False)):
        return PartScore(Fraction(0), [_wrong("legend", "exchanged", 0)])
    return PartScore(Fraction(count, whole) if whole else Fraction(1), wrong)


def _misnamed(got: Plot, want: Plot, rule: Comparison) -> bool:
    """Return whether some artist is there with another one's name."""
    for kind in ("lines", "scatter", "bars"):
        mine, theirs = ([each for each in plot.artists[kind] if _is_named(each)] for plot in (got, want))
        for each in theirs if len(mine) * len(theirs) <= _MOST_PAIRS else ():
            names = {_plain(one.label) for one in mine if _agree(kind, one, each, rule)}
            if names and _plain(each.label) not in names:
                return True
    return False


def _is_named(artist: Artist) -> bool:
    return bool(artist.label.strip()) and not artist.label.startswith("_")


Found: TypeAlias = "tuple[int, int, list[Mismatch]]"
"""How many are right, of how many, and what is wrong."""


def _wrong(output: str, way: str, place: int, **what: Any) -> Mismatch:
    """Return a mismatch; `index` begins with the number of the plot (0: there is one only)."""
    index = (place, *what.pop("index", ()))
    return Mismatch(category="figure", output=output, property=way, index=index, **what)


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def _of_text(output: str, got: str, want: str, place: int) -> Found:
    if not want.strip():
        return 0, 0, []
    if _plain(got) == _plain(want):
        return 1, 1, []
    return 0, 1, [_wrong(output, "text" if got.strip() else "unwritten", place, got=got, want=want)]


def _of_word(output: str, got: str, want: str, place: int) -> Found:
    return (1, 1, []) if got == want else (0, 1, [_wrong(output, "scale", place, got=got, want=want)])


def _of_texts(output: str, got: Sequence[str], want: Sequence[str], place: int) -> Found:
    if not want:
        return 0, 0, []
    if not got:
        return 0, len(want), [_wrong(output, "unwritten", place, want=", ".join(want))]
    left = [_plain(each) for each in got]
    missing = []
    for each in want:
        if _plain(each) in left:
            left.remove(_plain(each))
        else:
            missing.append(each)
    extra = [each for each in got if _plain(each) in left]
    whole = max(len(want), len(got))
    if not missing and not extra:
        return whole, whole, []
    wrong = _wrong(output, "text", place, got=", ".join(extra), want=", ".join(missing))
    return len(want) - len(missing), whole, [wrong]


def _of_limits(got: Plot, want: Plot, rule: Comparison, place: int) -> list[Found]:
    found: list[Found] = []
    mine = got.limits or ((np.zeros(0), False),) * 2
    for name, (ends, _), (theirs, by_hand) in zip(("xlim", "ylim"), mine, want.limits, strict=True):
        if by_hand:
            agree = _same(ends, theirs, rule)
            shown = [", ".join(f"{end:.6g}" for end in each) for each in (ends, theirs)]
            wrong = [] if agree else [_wrong(name, "limits", place, got=shown[0], want=shown[1])]
            found.append((int(agree), 1, wrong))
    return found


def _same(got: np.ndarray, want: np.ndarray, rule: Comparison) -> bool:
    return got.shape == want.shape and not differences(got, want, rule)


def _agree(kind: str, got: Artist, want: Artist, rule: Comparison) -> bool:
    """Return whether two artists draw the same."""
    if kind in ("lines", "scatter", "pie"):
        return any(_alike(one, want, rule) for one in _orders(kind, got, want))
    if kind == "images":
        return _alike(got, want, rule)
    return _alike_bars(got, want, rule)


def _alike(got: Artist, want: Artist, rule: Comparison) -> bool:
    return all(_same(got.numbers[name], theirs, rule) for name, theirs in want.numbers.items())


def _orders(kind: str, got: Artist, want: Artist) -> Iterator[Artist]:
    """Yield an artist with its points in other orders, which draw the same."""
    yield got
    if kind == "lines":
        yield Artist(numbers={name: each[::-1] for name, each in got.numbers.items()})
    elif kind == "scatter" and got.count == want.count:
        yield _sorted_as(got, want)


def _sorted_as(got: Artist, want: Artist) -> Artist:
    """Return an artist with its points in the places of those of `want` that have the same rank."""
    order = np.empty(got.count, np.intp)
    order[_ranking(want)] = _ranking(got)
    return Artist(numbers={name: each[order] for name, each in got.numbers.items()}, label=got.label)


def _ranking(artist: Artist) -> np.ndarray:
    """Return the order by the first number, then the others; numbers that differ by rounding alone count as equal."""
    with np.errstate(all="ignore"):
        keys = [np.round(each / (_top(each) * 1e-7)) for each in list(artist.numbers.values())[:2]]
    order: np.ndarray = np.lexsort(keys[::-1])
    return order


def _top(each: np.ndarray) -> float:
    finite = np.abs(each[np.isfinite(each)])
    return float(finite.max()) or 1.0 if finite.size else 1.0


def _alike_bars(got: Artist, want: Artist, rule: Comparison) -> bool:
    """Return whether bars stand at the same places, or have the same names, and end at the same heights."""
    if got.across != want.across or got.count != want.count:
        return False
    by_name = bool(got.names and want.names)
    if by_name and sorted(got.names) != sorted(want.names):
        return False
    mine, theirs = (_in_order(each, by_name) for each in (got, want))
    keys = ("base", "top") if by_name else ("at", "base", "top")
    return all(_same(mine.numbers[key], theirs.numbers[key], rule) for key in keys)


def _in_order(bars: Artist, by_name: bool) -> Artist:
    order = sorted(range(bars.count), key=bars.names.__getitem__) if by_name else _ranking(bars)
    return Artist(numbers={name: each[order] for name, each in bars.numbers.items()}, across=bars.across)


def _of_artists(kind: str, got: Plot, want: Plot, rule: Comparison, place: int) -> Found:
    """Return how many artists of one kind have a match, of all that are there or are wanted."""
    mine, theirs = list(got.artists[kind]), list(want.artists[kind])
    if kind in ("scatter", "bars") and theirs and len(mine) != len(theirs):
        joined = [_together(each) for each in (mine, theirs)]
        if all(joined) and _agree(kind, joined[0], joined[1], rule):  # type: ignore[arg-type]
            return len(theirs), len(theirs), []
    whole = max(len(mine), len(theirs))
    for pair in _candidates(len(mine), len(theirs)):
        one, other = mine[pair[0]], theirs[pair[1]]
        if one is not None and other is not None and _agree(kind, one, other, rule):
            mine[pair[0]] = theirs[pair[1]] = None  # type: ignore[call-overload]
    rest, lacking = ([each for each in some if each is not None] for some in (mine, theirs))
    found = list(_told(kind, _by_likeness(rest[:_TOLD], lacking[:_TOLD]), (got, want), rule, place))
    return len(want.artists[kind]) - len(lacking), whole, found


def _together(artists: Sequence[Artist]) -> Artist | None:
    """Return what several artists of a kind draw, as one; `None` where they cannot be one."""
    if not artists or len({each.across for each in artists}) > 1 or len({bool(each.names) for each in artists}) > 1:
        return None
    numbers = {name: np.concatenate([each.numbers[name] for each in artists]) for name in artists[0].numbers}
    names = tuple(name for each in artists for name in each.names)
    return Artist(numbers=numbers, names=names, across=artists[0].across)


def _candidates(mine: int, theirs: int) -> Iterator[tuple[int, int]]:
    """Yield the pairs that may match: first those in the same place, then all others unless they are too many."""
    yield from ((place, place) for place in range(min(mine, theirs)))
    if mine * theirs <= _MOST_PAIRS:
        yield from ((one, other) for other in range(theirs) for one in range(mine) if one != other)


def _by_likeness(rest: list[Artist], lacking: list[Artist]) -> list[tuple[Artist | None, Artist | None]]:
    """Return pairs of what is wrong and what it should be: of one label or one size first, then as they come."""
    pairs: list[tuple[Artist | None, Artist | None]] = []
    left = list(rest)
    for likeness in (_one_label, _one_size, lambda _, __: True):
        for want in [each for each in lacking if not any(each is other for _, other in pairs)]:
            near = next((each for each in left if likeness(each, want)), None)
            if near is not None:
                pairs.append((near, want))
                left = [each for each in left if each is not near]
    pairs += [(None, want) for want in lacking if not any(want is other for _, other in pairs)]
    return pairs + [(each, None) for each in left]


def _one_label(got: Artist, want: Artist) -> bool:
    return _is_named(want) and _plain(got.label) == _plain(want.label)


def _one_size(got: Artist, want: Artist) -> bool:
    return got.count == want.count


def _told(
    kind: str,
    pairs: Sequence[tuple[Artist | None, Artist | None]],
    plots: tuple[Plot, Plot],
    rule: Comparison,
    place: int,
) -> Iterator[Mismatch]:
    """Yield what is wrong with each pair."""
    twins = {"lines": "scatter", "scatter": "lines"}
    for got, want in pairs:
        if want is None:
            assert got is not None
            yield _wrong(kind, "extra", place, got=got.count)
        elif got is None:
            others = plots[0].artists[twins[kind]] if kind in twins else ()
            way = next((("joined" if kind == "scatter" else "apart") for each in others
                        if any(_agree(one, each, want, rule) for one in twins)), "missing")  # fmt: skip
            yield _wrong(kind, way, place, want=want.count, got=want.label if _is_named(want) else "")
        else:
            yield _difference(kind, got, want, rule, place)


def _difference(kind: str, got: Artist, want: Artist, rule: Comparison, place: int) -> Mismatch:
    return _DIFFERENCES.get(kind, _of_points)(kind, got, want, rule, place)


def _first(
    kind: str, way: str, got: np.ndarray, want: np.ndarray, rule: Comparison, place: int
) -> Mismatch:  # fmt: skip
    """Return the mismatch of the first number that differs."""
    found = next(iter(differences(got, want, rule)), None)
    at = found.index if found is not None and found.index else (0,)
    differing = found.differing if found is not None else 0
    return _wrong(kind, way, place, index=at, got=float(got[at]), want=float(want[at]),
                  differing=differing, total=int(want.size))  # fmt: skip


def _of_points(kind: str, got: Artist, want: Artist, rule: Comparison, place: int) -> Mismatch:
    if got.count != want.count:
        return _wrong(kind, "count", place, got=got.count, want=want.count)
    if kind == "pie":
        return _first(kind, "y", got.numbers["parts"], want.numbers["parts"], rule, place)
    swapped = Artist(numbers={"x": got.numbers["y"], "y": got.numbers["x"]})
    if _agree(kind, swapped, want, rule):
        return _wrong(kind, "swapped", place)
    for one in _orders(kind, got, want):
        for right, way in (("x", "y"), ("y", "x")):
            if _same(one.numbers[right], want.numbers[right], rule):
                return _first(kind, way, one.numbers[way], want.numbers[way], rule, place)
    return _wrong(kind, "xy", place)


def _of_bars(kind: str, got: Artist, want: Artist, rule: Comparison, place: int) -> Mismatch:
    if got.across != want.across:
        return _wrong(kind, "across" if want.across else "upright", place)
    if got.count != want.count:
        return _wrong(kind, "count", place, got=got.count, want=want.count)
    by_name = bool(got.names and want.names)
    if by_name and sorted(got.names) != sorted(want.names):
        return _wrong(kind, "names", place, got=", ".join(got.names), want=", ".join(want.names))
    mine, theirs = (_in_order(each, by_name) for each in (got, want))
    for key, way in (("at", "x"), ("top", "y"), ("base", "base")):
        if not (by_name and key == "at") and not _same(mine.numbers[key], theirs.numbers[key], rule):
            return _first(kind, way, mine.numbers[key], theirs.numbers[key], rule, place)
    return _wrong(kind, "xy", place)


def _of_image(kind: str, got: Artist, want: Artist, rule: Comparison, place: int) -> Mismatch:
    mine, theirs = got.numbers["data"], want.numbers["data"]
    turns: tuple[tuple[str, Callable[[np.ndarray], np.ndarray]], ...] = (
        ("upside", lambda data: data[::-1]),
        ("mirrored", lambda data: data[:, ::-1]),
        ("transposed", lambda data: data.swapaxes(0, 1)),
    )
    if not _same(mine, theirs, rule):
        for way, turn in turns if mine.ndim > 1 else ():
            if _same(turn(mine), theirs, rule):
                return _wrong(kind, way, place)
        if mine.shape != theirs.shape:
            return _wrong(kind, "shape", place, got=str(mine.shape), want=str(theirs.shape))
        return _first(kind, "y", mine, theirs, rule, place)
    if _same(got.numbers["extent"][[0, 1, 3, 2]], want.numbers["extent"], rule):
        return _wrong(kind, "upside", place)
    shown = [", ".join(f"{end:.6g}" for end in each.numbers["extent"]) for each in (got, want)]
    return _wrong(kind, "extent", place, got=shown[0], want=shown[1])


_DIFFERENCES = {"bars": _of_bars, "images": _of_image}
