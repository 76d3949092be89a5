"""What a hidden case may tell of the structure of what it wants: kinds, keys, lengths and dtypes.

Where all cases of a check want one structure it is no secret, and helps. Where they do not it is a part of the answer:
`{k: None for k in range(2, 1000)}` would be told by a place which key is wanted, and a list of None how long it is.
Shapes of arrays vary with the inputs, and are told.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Literal, TypeAlias

from msgspec.structs import replace

from grader.comparison.shares import leaves
from grader.comparison.values import find
from grader.model import Check, Mismatch, Part, Returned, Trial
from grader.values import family_of, word

if TYPE_CHECKING:
    from grader.model import Value

Level: TypeAlias = Literal["all", "kinds", "nothing"]
"""What is no secret: the structure, the kinds of the whole and of the declared outputs, or neither."""

MOST = 4096
"""Values within a value that are looked at; a larger one counts as unlike any other."""


def levels(returns: tuple[Part, ...], trials: Sequence[tuple[Check, Sequence[Trial]]]) -> Mapping[str, Level]:
    """Return by the key of each hidden check of examples or values what may be told of its wanted values.

    A check that is not named may tell all. A case that is alone in its check is held against the public ones: what
    these want is known.
    """
    values = {check.key: found for check, cases in trials if (found := _values(check, cases))}
    shown = [value for check, _ in trials if check.visibility == "public" for value in values.get(check.key, ())]
    return {
        check.key: _level(values[check.key] if len(values[check.key]) > 1 else [*values[check.key], *shown], returns)
        for check, _ in trials
        if check.visibility == "hidden" and check.key in values
    }


def veiled(mismatches: Sequence[Mismatch], level: Level, returns: tuple[Part, ...]) -> Mismatch:
    """Return the mismatch that is told of a hidden case: the most telling one, or what may be told in its place.

    Where not all is told, what is wrong in an output, its form or its numbers, does not decide which output is named.
    """
    if level == "all":
        return mismatches[0]
    ranks = {name: (-share, index) for index, (name, share) in enumerate(leaves(returns))}

    def rank(mismatch: Mismatch) -> tuple[object, ...]:
        own = ranks.get(mismatch.output.partition("[")[0], (0, 0)) if returns else (0, 0)
        container = bool(returns) and mismatch.output not in ranks and "[" not in mismatch.output
        return (mismatch.category == "keys" if container else 0, not container, *own)

    return _veiled(min(mismatches, key=rank), level, returns)


def _veiled(mismatch: Mismatch, level: Level, returns: tuple[Part, ...]) -> Mismatch:
    output, _, inside = mismatch.output.partition("[")
    declared = bool(returns) and output not in dict(leaves(returns))  # as many outputs as the rubric names
    kept = mismatch.category not in ("keys", "length") or (mismatch.category == "length" and declared)
    if level == "kinds" and not inside and kept:
        return mismatch
    if not inside and mismatch.category == "type" and mismatch.got == "None":
        return replace(mismatch, want="")  # a case is wrong, so it does not want None; what else is not said
    total = 2 if level == "kinds" else 0  # the sentence is for several values, or for one, whatever differs
    return Mismatch(category="values", output=output, total=total)


def skeleton(value: Value) -> Hashable | None:
    """Return what values of one structure have in common, `None` if a value is too large to say."""
    left = MOST

    def walk(one: Value) -> Hashable:
        nonlocal left
        left -= 1
        family = family_of(one)
        inside = dict(family.parts(one)) if left >= 0 else {}
        if len(inside) > left:
            left = -1
            return None
        return (*_kind(one), *((repr(key), walk(inside[key])) for key in sorted(inside, key=repr)))

    found = walk(value)
    return found if left >= 0 else None


def _values(check: Check, trials: Sequence[Trial]) -> list[Value]:
    """Return what is wanted in the cases of a check that compares values; a sealed answer is not there."""
    if not check.demand.compares:
        return []
    wanted = (trial.want[0] for trial in trials if trial.want)
    return [outcome.value for outcome in wanted if isinstance(outcome, Returned)]


def _level(values: Sequence[Value], returns: tuple[Part, ...]) -> Level:
    skeletons = {skeleton(value) for value in values}
    if len(values) > 1 and len(skeletons) == 1 and None not in skeletons:
        return "all"
    return "kinds" if len({_kinds(value, returns) for value in values}) == 1 else "nothing"


def _kinds(value: Value, returns: tuple[Part, ...]) -> Hashable:
    """Return the kinds of the whole, of every output that `returns` names, and of what holds these."""
    names = {name.rsplit(".", up)[0] for name, _ in leaves(returns) for up in range(name.count(".") + 1)}
    return _kind(value), tuple(tuple(map(_kind, find(value, name, returns))) for name in sorted(names))


def _kind(value: Value) -> tuple[str, str]:
    return word(value), str(getattr(value, "dtype", ""))
