"""What a hidden case may tell of the structure of what it wants: kinds, keys, lengths and dtypes.

Where all cases of a check want one structure, it may be told and helps. Where they want several, it is part of the
answer: a student who returns `{k: None for k in range(2, 1000)}` would read from the place of the mismatch which key is
wanted, and from a list of None how long it is. Shapes of arrays vary with the inputs, and are told.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Literal, TypeAlias

from msgspec.structs import replace

from grader.comparison.outputs import find_output, output_shares
from grader.model import Check, Mismatch, Part, Returned, Trial
from grader.model.categories import WAYS, way
from grader.values import family_of, type_name

if TYPE_CHECKING:
    from grader.model import Value

Disclosure: TypeAlias = Literal["all", "kinds", "nothing"]
"""What may be told: the structure, the kinds of the whole and of the outputs that the rubric names, or neither."""

MOST = 4096
"""Values within a value that are looked at; a larger one counts as unlike any other."""


def disclosures(returns: tuple[Part, ...], trials: Sequence[tuple[Check, Sequence[Trial]]]) -> Mapping[str, Disclosure]:
    """Return what may be told of the wanted values of hidden checks that compare values, by the check's key.

    A check that is not named may tell all. A check's only case is compared with the public cases: what these want is
    known.
    """
    values = {check.key: found for check, cases in trials if (found := _wanted(check, cases))}
    public = [value for check, _ in trials if check.visibility == "public" for value in values.get(check.key, ())]
    return {
        check.key: _disclosure(
            values[check.key] if len(values[check.key]) > 1 else [*values[check.key], *public], returns
        )
        for check, _ in trials
        if check.visibility == "hidden" and check.key in values
    }


def veiled(mismatches: Sequence[Mismatch], disclosure: Disclosure, returns: tuple[Part, ...]) -> Mismatch:
    """Return the mismatch that is told of a hidden case: the most telling one, or what may be told in its place.

    Where not all is told, what is wrong in an output, its form or its numbers, does not decide which output is named.
    """
    if disclosure == "all":
        return mismatches[0]
    ranks = {name: (-share, index) for index, (name, share) in enumerate(output_shares(returns))}

    def rank(mismatch: Mismatch) -> tuple[object, ...]:
        own = ranks.get(mismatch.output.partition("[")[0], (0, 0)) if returns else (0, 0)
        container = bool(returns) and mismatch.output not in ranks and "[" not in mismatch.output
        return (mismatch.category == "keys" if container else 0, not container, *own)

    return _veiled(min(mismatches, key=rank), disclosure, returns)


def _veiled(mismatch: Mismatch, disclosure: Disclosure, returns: tuple[Part, ...]) -> Mismatch:
    output, _, inside = mismatch.output.partition("[")
    declared = bool(returns) and output not in dict(output_shares(returns))  # as many outputs as the rubric names
    structural = mismatch.category not in WAYS or way(mismatch.category).about == "structure"
    harmless = not structural or (mismatch.category == "length" and declared)
    if disclosure == "kinds" and not inside and harmless:
        return mismatch
    if not inside and mismatch.category == "type" and mismatch.got == "None":
        return replace(mismatch, want="")  # a case is wrong, so it does not want None; what else is not said
    total = 2 if disclosure == "kinds" else 0  # the sentence is for several values, or for one, whatever differs
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


def _wanted(check: Check, trials: Sequence[Trial]) -> list[Value]:
    """Return what is wanted in the cases of a check that compares values; a sealed answer is not there."""
    if not check.demand.compares:
        return []
    outcomes = (trial.want[0] for trial in trials if trial.want)
    return [outcome.value for outcome in outcomes if isinstance(outcome, Returned)]


def _disclosure(values: Sequence[Value], returns: tuple[Part, ...]) -> Disclosure:
    skeletons = {skeleton(value) for value in values}
    if len(values) > 1 and len(skeletons) == 1 and None not in skeletons:
        return "all"
    return "kinds" if len({_kinds(value, returns) for value in values}) == 1 else "nothing"


def _kinds(value: Value, returns: tuple[Part, ...]) -> Hashable:
    """Return the kinds of the whole, of every output that `returns` names, and of what holds these."""
    names = {name.rsplit(".", up)[0] for name, _ in output_shares(returns) for up in range(name.count(".") + 1)}
    return _kind(value), tuple(tuple(map(_kind, find_output(value, name, returns))) for name in sorted(names))


def _kind(value: Value) -> tuple[str, str]:
    return type_name(value), str(getattr(value, "dtype", ""))
