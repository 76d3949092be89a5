"""Two values of any family: containers by place or key, everything else as its family compares it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from grader.model import Check, Comparison, Mismatch, Task
from grader.values import compared_as, family_of, parts, type_name
from grader.values.family import Differences

if TYPE_CHECKING:
    from grader.comparison.order import Paired
    from grader.model import Value


MOST = 8
"""Mismatches of one category that are kept for one output.

A limit on all categories together would leak: whether a last item's wrong form is reported would then depend on how
many numbers before it are wrong, and so tell of each number whether it is right.
"""

EXACT = Comparison(rtol=0.0, atol=0.0, dtype="exact", sequence="same")
"""Equal to the last bit, and of the same types."""


class Mismatches(Differences):
    """Mismatches in the order found, at most `MOST` of each category."""

    def __init__(self) -> None:
        self.mismatches: list[Mismatch] = []
        self._counts: dict[str, int] = {}

    def add(self, category: str, output: str, **what: Any) -> None:
        """Note a mismatch; `what` are the other fields of `Mismatch`."""
        self._counts[category] = count = self._counts.get(category, 0) + 1
        if count <= MOST:
            self.mismatches.append(Mismatch(category=category, output=output, **what))

    def agree(self, got: Value, want: Value, rule: Comparison) -> bool:
        """Return whether two parts agree; nothing is noted."""
        return not differences(got, want, rule)


def differences(got: Value, want: Value, rule: Comparison, output: str = "") -> list[Mismatch]:
    """Return how `got` differs from `want`, at most `MOST` of a category, none if they agree; `output` names the value.

    A tuple may be a list and a list a tuple unless `rule.sequence` is "same". The order of a dict does not count. Texts
    must be equal character by character. Each number or array within has its own absolute tolerance. Where `rule` lets
    an answer have several forms, it is compared in the nearest one. Items that may stand in any order are paired, so
    that none of them counts twice.
    """
    found = Mismatches()
    if rule.order != "same" or rule.up_to:
        got, pairs = _nearest(got, want, rule, output)
        if pairs is not None:
            _add_items(pairs, output, found)
            return found.mismatches
    _walk(got, want, rule, output, found)
    return found.mismatches


def brought_near(got: Value, want: Value, rule: Comparison, output: str = "") -> Value:
    """Return what was handed in, in the form nearest to what is expected that `rule` lets it have."""
    return _nearest(got, want, rule, output)[0] if rule.order != "same" or rule.up_to else got


def ruled(rule: Comparison, output: str) -> Comparison:
    """Return the rule of an output, or of what is in it: its own, if it has one."""
    for name, own in rule.outputs:
        if output == name or output.startswith((f"{name}.", f"{name}[")):
            return replace(own, scale=rule.scale, noise=rule.noise)
    return rule


def _nearest(got: Value, want: Value, rule: Comparison, output: str) -> tuple[Value, Paired | None]:
    """Return the nearest form and, where items are to be compared in any order, these as pairs."""
    if rule.up_to:
        from grader.comparison import forms

        return forms.nearest(got, want, rule, output), None
    from grader.comparison import order

    pairs = order.paired(got, want, rule, output) if same_form(got, want, rule) else None
    return (got, None) if pairs is None else (pairs.value, pairs)


def _add_items(pairs: Paired, output: str, found: Mismatches) -> None:
    from grader.comparison.order import listed

    if pairs.missing or pairs.extra:
        wrong = max(len(pairs.missing), len(pairs.extra))
        found.add(
            "items", output, got=listed(pairs.extra), want=listed(pairs.missing), differing=wrong, total=pairs.total
        )


def fitted(check: Check, task: Task) -> Check:
    """Return a check with the scale and the noise of one of its cases in its rule."""
    if not task.scale:
        return check
    return replace(check, compare=replace(check.compare, scale=task.scale, noise=task.noise))


def compare(got: Value, want: Value, rule: Comparison, output: str = "") -> Mismatch | None:
    """Return how `got` differs from `want` (both scalars or arrays of numbers), `None` if they agree."""
    return next(iter(differences(got, want, rule, output)), None)


def container_differences(got: Value, want: Value, rule: Comparison, output: str) -> list[Mismatch]:
    """Return how two values differ in form, length or keys, whatever is in them."""
    found = Mismatches()
    if not same_form(got, want, rule):
        found.add("type", output, got=type_name(got), want=type_name(want))
    elif family_of(want).container:
        family_of(want).compare(got, want, rule, output, found)
    return found.mismatches


def same_form(got: Value, want: Value, rule: Comparison) -> bool:
    """Return whether two values can be compared."""
    wanted = compared_as(want)
    return wanted != "strange" and compared_as(got) == wanted and family_of(want).alike(got, want, rule)


def item_name(output: str, key: str | int) -> str:
    """Return the name of an item of `output`: `cache[0]`, `cache['pad']`."""
    return f"{output}[{key!r}]"


def part_name(value: Value, output: str, key: str | int) -> str:
    """Return the name of a part of `value`, which is called `output`, as its family says."""
    return family_of(value).item_name(value, output, key)


_SPELT = (
    (re.compile(r"\[\.(\w+)\]"), r".\1"),
    (re.compile(r"\[@@(\d+)\]$"), r".iloc[\1]"),
    (re.compile(r"\[@([^@].*)\]$"), r".loc[\1]"),
    (re.compile(r"\[::(\d+)\]"), r".iloc[:, \1]"),
    (re.compile(r"\[:(?=['\"\d-])"), "["),
)


def spelt(output: str) -> str:
    """Return an output's name as Python has it: `point.x` for `point[.x]`, `table['price'].loc[3]` for a table's cell.

    Whatever is inside an output is in brackets first, so that a name can be cut off there.
    """
    found = output
    for pattern, written in _SPELT:
        found = pattern.sub(written, found)
    return f"result{found}" if output.startswith("[") and found != output else found


def _walk(got: Value, want: Value, rule: Comparison, output: str, found: Differences) -> None:
    if type(got) is type(want) and isinstance(want, str | int | float) and got == want:
        return
    if rule.dtype == "any":
        got, want = family_of(got).loosened(got), family_of(want).loosened(want)
    if not same_form(got, want, rule):
        found.add("type", output, got=type_name(got), want=type_name(want))
        return
    family = family_of(want)
    if family.compare(got, want, rule, output, found) is not True and family.container:
        mine = dict(parts(got))
        for key, theirs in family.parts(want):
            if key in mine:
                _walk(mine[key], theirs, rule, family.item_name(want, output, key), found)
