"""Items in any order: which of those expected are missing, and which are too many.

Items are the parts of a tuple or list, and the rows of an array (the numbers of one with a single axis). Two agree as
if they were compared by themselves, the rows of an array within the tolerance of the whole array.

The effort is bounded, for a student may hand in anything. Whole numbers, texts and containers of these are counted; the
real numbers of an array are sorted, which finds partners for all that have one. Other rows are compared each with each
up to `MOST` numbers, and other items up to `TRIES` pairs, those first that stand side by side when sorted. Beyond that
partners are only those that are the same to the last bit, or side by side.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from msgspec.structs import replace

from grader.comparison.matching import Spent, matched
from grader.language import inert
from grader.model import Comparison
from grader.values import compared_as, family_of
from grader.values.family import Style

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from grader.model import Value

MOST = 1 << 22
"""Numbers that are compared where each row is compared with each."""
TRIES = 1 << 12
"""Pairs of other items that are compared."""
TOLD, FEW = 4, 8
"""Items that a mismatch names, and numbers of an array that is written out."""


class Paired(NamedTuple):
    """What was handed in, in the expected order as far as there is one, and the items without a partner."""

    value: Value
    missing: list[Value]
    extra: list[Value]
    total: int


def has_items(value: Value) -> bool:
    """Return whether a value has items that may stand in any order."""
    kind = compared_as(value)
    return kind == "sequence" or (kind == "number" and _plain_array(value))


def paired(got: Value, want: Value, rule: Comparison, output: str) -> Paired | None:
    """Return the items of two values of one form as pairs; `None` where they cannot be: they then differ in form."""
    if compared_as(want) == "sequence":
        return _sequences(got, want, rule, output)
    return _arrays(got, want, rule, output) if _plain_array(got) and _plain_array(want) else None


def listed(items: Sequence[Value]) -> str:
    """Return some items as words, for a mismatch."""
    text = ", ".join(inert(_shown(item, 3), 80) for item in items[:TOLD])
    return f"{text}, …" if len(items) > TOLD else text


def _shown(value: Any, depth: int) -> str:
    if _plain_array(value) and value.size <= FEW:
        return _shown(value.tolist(), depth)
    style = Style(digits=6, depth=depth, quote=lambda text: inert(text, 80))
    return family_of(value).shown(value, style, lambda part: _shown(part, depth - 1))


def _plain_array(value: Value) -> bool:
    from grader.values.numbers import mask_of

    return compared_as(value) == "number" and bool(getattr(value, "ndim", 0)) and mask_of(value) is None


def _within(rule: Comparison) -> Comparison:
    """Return the rule for the items themselves."""
    return rule if rule.order == "everywhere" else replace(rule, order="same")


def _sequences(got: Any, want: Any, rule: Comparison, output: str) -> Paired:
    inner = _within(rule)
    pairs = _counted(got, want, rule)
    if pairs is None:
        pairs = _tried(got, want, inner, output)
    return _arranged(list(got), list(want), pairs, lambda items: tuple(items) if isinstance(got, tuple) else items)


def _arranged(got: list[Value], want: list[Value], pairs: dict[int, int], made: Any) -> Paired:
    """Return the items as pairs; those without a partner stand in the places that are left, in their own order."""
    used = set(pairs.values())
    rest = [item for place, item in enumerate(got) if place not in pairs]
    missing = [item for place, item in enumerate(want) if place not in used]
    value = made(got)
    if len(got) == len(want):
        by_place = {at: got[place] for place, at in pairs.items()}
        left = iter(rest)
        value = made([by_place[place] if place in by_place else next(left) for place in range(len(want))])
    return Paired(value=value, missing=missing, extra=rest, total=len(want))


def _counted(got: Sequence[Value], want: Sequence[Value], rule: Comparison) -> dict[int, int] | None:
    """Return the pairs where all that is expected can be counted: without fractions, and to be met exactly."""
    if rule.atol is not None or rule.size_one or rule.dtype not in ("kind", "exact"):
        return None
    places: dict[Hashable, list[int]] = {}
    for place, item in enumerate(want):
        key = _key(item, rule)
        if key is None:
            return None
        places.setdefault(key, []).append(place)
    for each in places.values():
        each.reverse()
    pairs = {}
    for place, item in enumerate(got):
        if left := places.get(_key(item, rule)):
            pairs[place] = left.pop()
    return pairs


def _key(value: Any, rule: Comparison) -> Hashable | None:
    """Return what equal values share and others do not; `None` for what holds more than whole numbers and texts."""
    if value is None or type(value) in (bool, int, str):
        return type(value).__name__, value
    if type(value) in (tuple, list):
        inside = [_key(item, rule) for item in value]
        if None in inside:
            return None
        name = type(value).__name__ if rule.sequence == "same" else "sequence"
        return name, tuple(sorted(inside, key=repr) if rule.order == "everywhere" else inside)
    if type(value) is dict:
        keyed = [(type(key).__name__, key, _key(value[key], rule)) for key in sorted(value, key=repr)]
        return None if any(one is None for _, _, one in keyed) else ("dict", tuple(keyed))
    return None


def _tried(got: Sequence[Value], want: Sequence[Value], rule: Comparison, output: str) -> dict[int, int]:
    """Return the pairs of items that are compared one with another."""
    from grader.comparison.values import differences, item_name

    left, seen, near = TRIES, dict[tuple[int, int], bool](), _near(got, want, rule)

    def fits(mine: int, theirs: int) -> bool:
        nonlocal left
        if near is not None and theirs not in near[mine]:
            return False
        if (mine, theirs) not in seen:
            left -= 1
            if left < 0:
                raise Spent
            seen[mine, theirs] = not differences(got[mine], want[theirs], rule, item_name(output, theirs))
        return seen[mine, theirs]

    begun: dict[int, int] = {}
    try:
        begun = {place: place for place in range(min(len(got), len(want))) if fits(place, place)}
        if len(begun) < max(len(got), len(want)):
            mine, theirs = _sorted(got), _sorted(want)
            beside = {one: other for one, other in zip(mine, theirs, strict=False) if fits(one, other)}
            begun = max(begun, beside, key=len)
    except Spent:
        return begun

    def wanted(mine: int) -> Iterable[int]:
        every = range(len(want)) if near is None else sorted(near[mine])
        return (theirs for theirs in every if fits(mine, theirs))

    return matched(wanted, len(got), begun)


def _near(got: Sequence[Value], want: Sequence[Value], rule: Comparison) -> list[set[int]] | None:
    """Return for each item the expected ones whose numbers are near enough, `None` where there are too many to look at.

    It spares most comparisons, and loses no pair: it looks at numbers alone, and somewhat beyond the tolerance.
    """
    import numpy as np

    from grader.values.numbers import EPS, FLOOR

    mine, theirs = ([np.array(_numbers(item)) for item in items] for items in (got, want))
    if len(mine) * sum(max(1, len(each)) for each in theirs) > MOST:
        return None
    near: list[set[int]] = [set() for _ in mine]
    for size in {len(each) for each in theirs}:
        places = [np.array([at for at, one in enumerate(each) if len(one) == size]) for each in (mine, theirs)]
        if not len(places[0]):
            continue
        expected = np.array([theirs[at] for at in places[1]]).reshape(len(places[1]), size)
        sizes = np.where(np.isfinite(expected), np.abs(expected), 0.0)
        tops = sizes.max(axis=1, initial=0.0, keepdims=True)
        absolute = rule.rtol * tops if rule.atol is None else rule.atol
        noise = FLOOR * np.maximum(tops if rule.noise else 0.0, EPS * rule.scale) if rule.scale else 0.0
        allowed = 1.01 * (absolute + rule.rtol * sizes + noise)
        for at in places[0].tolist():
            with np.errstate(all="ignore"):
                fits = ~(np.abs(mine[at] - expected) > allowed)
            near[at] = set(places[1][fits.all(axis=1)].tolist())
    return near


def _numbers(value: Any) -> list[float]:
    """Return the real parts of the numbers in a value."""
    if compared_as(value) != "number":
        return [each for _, item in family_of(value).in_order(value) for each in _numbers(item)]
    if getattr(value, "ndim", 0):
        from grader.values.numbers import number  # zeros where it is masked

        return [float(each) for each in number(value).array.real.reshape(-1).tolist()]
    try:
        return [float(value.real)]
    except OverflowError:
        return [math.inf]


def _sorted(items: Sequence[Value]) -> list[int]:
    """Return the places of items in an order that equal items share, whatever they are."""
    return sorted(range(len(items)), key=lambda place: _sort_key(items[place]))


def _sort_key(value: Any) -> Any:
    if compared_as(value) == "number" and not getattr(value, "ndim", 0) and not isinstance(value, complex):
        number = float(value) if not isinstance(value, int) or abs(value) < 1 << 900 else 0.0
        odd = math.isnan(number)
        return (0, odd, 0.0 if odd else number, ())
    inside = tuple(_sort_key(item) for _, item in family_of(value).in_order(value))
    return (1, False, 0.0, inside) if inside else (2, False, 0.0, (repr(value)[:200],))


def _arrays(got: Any, want: Any, rule: Comparison, output: str) -> Paired | None:
    """Return the rows of two arrays as pairs; `None` where the arrays differ in more than their number of rows."""
    import numpy as np

    from grader.values.numbers import number, same_dtype, tolerance

    one, other = number(got), number(want)
    mine, theirs = one.array, other.array
    if mine.shape[1:] != theirs.shape[1:] or not same_dtype(one, other, rule):
        return None
    allowed = tolerance(one, other, rule, output)
    real = "c" not in (mine.dtype.kind, theirs.dtype.kind)
    flat = [each.reshape(len(each), math.prod(each.shape[1:])) for each in (mine, theirs)]
    if rule.order == "everywhere" and real:
        flat = [np.sort(each, axis=1) for each in flat]
    rows = _Rows(flat[0], flat[1], allowed, rule)
    pairs = rows.sorted_pairs() if flat[0].shape[1] == 1 and real else rows.pairs()
    found = _arranged(list(got), list(want), pairs, list)
    value = got
    if len(got) == len(want) and len(got):
        value = got[_places(pairs, len(want))]
        if rule.order == "everywhere" and not found.missing:
            value = want.astype(got.dtype)  # each number has a partner, and where it stood does not count
    return found._replace(value=value)


class _Rows(NamedTuple):
    """The rows of two arrays, and how far apart two numbers may be."""

    mine: NDArray[np.generic]
    theirs: NDArray[np.generic]
    allowed: tuple[float, float]
    rule: Comparison

    def agree(self, mine: NDArray[np.generic], theirs: NDArray[np.generic]) -> NDArray[np.bool_]:
        """Return for each row of two arrays of one shape whether they agree."""
        import numpy as np

        from grader.values.numbers import agreeing

        if not mine.size:
            return np.ones(len(mine), np.bool_)
        fits = agreeing(mine.reshape(-1), theirs.reshape(-1), self.allowed, self.rule).reshape(mine.shape)
        every: NDArray[np.bool_] = np.asarray(fits.all(axis=1))
        return every

    def sorted_pairs(self) -> dict[int, int]:
        """Return the pairs of real numbers.

        Both ends of what a number may be grow with it, so whoever takes the least that is left never takes too much.
        """
        import numpy as np

        mine, theirs = (np.argsort(each[:, 0], kind="stable") for each in (self.mine, self.theirs))
        if len(mine) == len(theirs):
            same = self.agree(self.mine[mine], self.theirs[theirs])
            if same.all() or len(mine) > MOST >> 6:
                return dict(zip(mine[same].tolist(), theirs[same].tolist(), strict=True))
        return self._merged(mine.tolist(), theirs.tolist())

    def _merged(self, mine: list[int], theirs: list[int]) -> dict[int, int]:
        """Return the pairs along two sorted lists of places; NaN stands last."""
        ours, others = self.mine[:, 0].tolist(), self.theirs[:, 0].tolist()
        atol, rtol = self.allowed
        pairs, one, other = {}, 0, 0
        while one < len(mine) and other < len(theirs):
            got, want = ours[mine[one]], others[theirs[other]]
            odd = got != got, want != want  # noqa: PLR0124 - NaN
            if got == want or abs(got - want) <= atol + rtol * abs(want) or (all(odd) and self.rule.nan_equal):
                pairs[mine[one]] = theirs[other]
                one, other = one + 1, other + 1
            elif want < got or odd == (True, False):
                other += 1
            else:
                one += 1
        return pairs

    def pairs(self) -> dict[int, int]:
        """Return the pairs of rows of several numbers."""
        import numpy as np

        ours, others = len(self.mine), len(self.theirs)
        side = min(ours, others)
        same = self.agree(self.mine[:side], self.theirs[:side])
        if same.all():
            return {place: place for place in range(side)}
        if ours * others * max(1, self.mine.shape[1]) > MOST:
            return self._beside()
        known: dict[int, NDArray[np.intp]] = {}

        def wanted(row: int) -> Iterable[int]:
            if row not in known:
                repeated = np.broadcast_to(self.mine[row], self.theirs.shape)
                known[row] = np.flatnonzero(self.agree(repeated, self.theirs))
            return known[row].tolist()  # type: ignore[no-any-return]

        return matched(wanted, ours, {int(place): int(place) for place in np.flatnonzero(same)})

    def _beside(self) -> dict[int, int]:
        """Return the pairs of many rows: those that are equal to the last bit, then those side by side when sorted."""
        import numpy as np

        kind = np.result_type(self.mine, self.theirs)
        mine, theirs = (np.ascontiguousarray(each, dtype=kind) + kind.type(0) for each in (self.mine, self.theirs))
        places: dict[bytes, list[int]] = {}
        for place in range(len(theirs) - 1, -1, -1):
            places.setdefault(theirs[place].tobytes(), []).append(place)
        pairs = {}
        for place in range(len(mine)):
            if left := places.get(mine[place].tobytes()):
                pairs[place] = left.pop()
        used = set(pairs.values())
        rest = [np.array([row for row in range(len(mine)) if row not in pairs], dtype=int),
                np.array([row for row in range(len(theirs)) if row not in used], dtype=int)]  # fmt: skip
        side = min(map(len, rest))
        one, other = (
            rows[np.lexsort(each[rows].T[::-1])][:side] for rows, each in zip(rest, (mine, theirs), strict=True)
        )
        same = self.agree(self.mine[one], self.theirs[other])
        return pairs | dict(zip(one[same].tolist(), other[same].tolist(), strict=True))


def in_order(mine: NDArray[Any], theirs: NDArray[Any], allowed: tuple[float, float], rule: Comparison) -> NDArray[Any]:
    """Return real numbers in the order of the expected ones, as far as they agree with one of them."""
    pairs = _Rows(mine.reshape(-1, 1), theirs.reshape(-1, 1), allowed, rule).sorted_pairs()
    ordered: NDArray[Any] = mine[_places(pairs, len(theirs))]
    return ordered


def _places(pairs: dict[int, int], count: int) -> NDArray[Any]:
    """Return for each of `count` expected items which one is its own; those without a partner fill what is left."""
    import numpy as np

    places = np.full(count, -1)
    places[list(pairs.values())] = list(pairs)
    places[places < 0] = [place for place in range(count) if place not in pairs]
    return places
