"""A backward function against central differences of the reference's forward function.

With L = sum(upstream * forward), the derivative of L by one entry x is taken as (L(x+h) - L(x-h)) / 2h. Its error
(Press et al., Numerical Recipes, 3rd ed., section 5.7) has two parts:

- truncation h^2/6 * |L'''|. For L that varies on a scale l, |L'''| is about |L'| / l^2; with `SCALE` = 0.01 for l the
  allowance is (h/l)^2 times the largest derivative of this output: 1e-6 of it at h = 1e-5, a hundred times smaller or
  larger as h is ten times smaller or larger.
- rounding, about eps/h * sum |upstream| * |forward|; `ROUNDING` allows for the operations inside the forward function.

A derivative g agrees if |g - numeric| <= rtol*|numeric| + rtol*max|numeric| + truncation + rounding; `atol`, if given,
replaces rtol*max|numeric|. On a kink, where the slopes to both sides differ by more than h/l of the largest derivative
and the rounding, there is no derivative: such an entry is left out.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
from msgspec import Struct

from grader.checks.gradient import Gradient
from grader.checks.kind import Sealable
from grader.comparison.outputs import Scored, check_error, find_output, output_shares, verdict
from grader.language import say
from grader.model import Case, Check, Comparison, Entry, Mismatch, Part, Verdict
from grader.values import compared_as, type_name
from grader.values.numbers import number, same_dtype

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from grader.model import Value

SCALE = 1e-2
ROUNDING = 16.0
_EPS = float(np.finfo(np.float64).eps)


class Slopes(Struct, frozen=True, kw_only=True, eq=False):
    """Numerical derivatives of one output at the entries that are on no kink.

    `numeric` are the derivatives, `allowed` the largest difference from each: float64 arrays of shape (entries,).
    """

    entries: tuple[Entry, ...]
    numeric: NDArray[np.float64]
    allowed: NDArray[np.float64]


def stopped(demand: Gradient, returns: tuple[Part, ...]) -> Verdict:
    """Return the verdict of a backward call that did not return."""
    return Verdict(share=Fraction(0), by_part=tuple((name, Fraction(0)) for name in _stakes(demand, returns)))


def judge(
    check: Check, demand: Gradient, returns: tuple[Part, ...], case: Case, got: Value, forward: Sequence[Value]
) -> Verdict:
    """Return the verdict of one gradient case; each output in `demand.wrt` earns its share of `returns`, scaled.

    `got` are the student's gradients, `forward` the reference's forward values: as drawn, then up and down for each
    entry. Only the entries of `case.entries` are compared, but the gradient must have its input's shape, and a dtype as
    `check.compare` asks. Raises RubricError if the forward function gives no finite derivative to compare with.
    """
    stakes = _stakes(demand, returns)
    names = _names(returns, stakes)
    own, lost = _form(got, names)
    scored = [Scored(name="", stake=Fraction(1), mismatches=own, undivided=False)] if own else []
    for output, source in demand.wrt:
        found_slopes = slopes(check, demand, case, forward, output)
        mine = _handed_in(got, output, names) if output != lost else []
        found = _differs(mine[0], case.names[source], output, found_slopes, check.compare) if mine else None
        earned = stakes[output] if mine and found is None else Fraction(0)
        scored.append(Scored(name=output, stake=stakes[output], earned=earned, mismatches=(found,) if found else ()))
    return verdict(scored)


def taken(
    check: Check, demand: Gradient, returns: tuple[Part, ...], case: Case, got: Value, output: str
) -> NDArray[np.float64] | None:
    """Return the entries of a gradient that a case looks at, shape (entries,); `None` if its form or dtype is wrong."""
    names = _names(returns, _stakes(demand, returns))
    _, lost = _form(got, names)
    mine = _handed_in(got, output, names) if output != lost else []
    if not mine or _misfit(mine[0], case.names[dict(demand.wrt)[output]], output, check.compare) is not None:
        return None
    return _entries(
        mine[0], case.names[dict(demand.wrt)[output]], [one for one in case.entries if one.output == output]
    )


def sealable(check: Check, demand: Gradient, case: Case, forward: Sequence[Value]) -> Sealable:
    """Return the derivatives of each output with the largest difference that is allowed.

    With each input goes its shape, as zeros, so that the kit has no numbers of it.
    """
    found = [(output, slopes(check, demand, case, forward, output)) for output, _ in demand.wrt]
    inputs = {name: case.names[name] for _, name in demand.wrt}
    return Sealable(
        outputs=tuple((output, each.numeric, float(each.allowed.max())) for output, each in found),
        names={name: np.zeros_like(one) if isinstance(one, np.ndarray) else 0.0 for name, one in inputs.items()},
        entries=tuple(entry for _, each in found for entry in each.entries),
    )


def sealed(demand: Gradient, returns: tuple[Part, ...], got: Value, right: Collection[str]) -> Verdict:
    """Return the verdict of a gradient case, given the outputs that are `right`."""
    stakes = _stakes(demand, returns)
    own, _ = _form(got, _names(returns, stakes))
    scored = [Scored(name="", stake=Fraction(1), mismatches=own, undivided=False)] if own else []
    for output, stake in stakes.items():
        wrong = () if output in right else (Mismatch(category="sealed", output=output),)
        scored.append(Scored(name=output, stake=stake, earned=Fraction(0) if wrong else stake, mismatches=wrong))
    return verdict(scored)


def _names(returns: tuple[Part, ...], stakes: Mapping[str, Fraction]) -> tuple[Part, ...]:
    return returns or tuple(Part(name=name, share=stake) for name, stake in stakes.items())


def _stakes(demand: Gradient, returns: tuple[Part, ...]) -> dict[str, Fraction]:
    shares = dict(output_shares(returns))
    chosen = {output: shares.get(output, Fraction(1)) for output, _ in demand.wrt}
    whole = sum(chosen.values(), Fraction(0))
    return {output: share / whole if whole else Fraction(1, len(chosen)) for output, share in chosen.items()}


def _form(got: Value, names: tuple[Part, ...]) -> tuple[tuple[Mismatch, ...], str]:
    """Return what is wrong with the number of outputs, and the last of too many, which earns nothing."""
    if len(names) == 1 or isinstance(got, dict):
        return (), ""
    if not isinstance(got, tuple | list):
        return (Mismatch(category="type", got=type_name(got), want="tuple"),), ""
    if len(got) == len(names):
        return (), ""
    wrong = Mismatch(category="length", got=len(got), want=len(names))
    return (wrong,), names[-1].name if len(got) > len(names) else ""


def _handed_in(got: Value, output: str, names: tuple[Part, ...]) -> list[Value]:
    if len(names) > 1 and compared_as(got) == "number":
        return [got] if output == names[0].name else []
    return find_output(got, output, names)


def slopes(check: Check, demand: Gradient, case: Case, forward: Sequence[Value], output: str) -> Slopes:
    """Return the numerical derivatives of `output` and their tolerances, from the reference's forward values.

    Raises RubricError where there is no finite derivative to compare with.
    """
    drawn = _real(_first(forward[0]))
    upstream = _real(case.names[demand.upstream]) if demand.upstream else _loss(check, drawn)
    own = [(k, entry) for k, entry in enumerate(case.entries) if entry.output == output]
    central, bend, noise = (np.zeros(len(own)) for _ in range(3))
    with np.errstate(all="ignore"):
        for row, (k, entry) in enumerate(own):
            up, down = _real(_first(forward[1 + 2 * k])), _real(_first(forward[2 + 2 * k]))
            if not up.shape == down.shape == drawn.shape == upstream.shape:
                raise check_error(
                    check, say("The upstream gradient and the forward function's output differ in shape.")
                )
            central[row] = np.sum(upstream * (up - down)) / (2 * entry.step)
            bend[row] = abs(np.sum(upstream * ((up - drawn) - (drawn - down)))) / entry.step
            noise[row] = np.sum(np.abs(upstream) * np.maximum(np.abs(up), np.abs(down))) / entry.step
        steps = np.array([entry.step for _, entry in own]) / SCALE
        top = float(np.abs(central).max(initial=0.0))
        rounding = ROUNDING * _EPS * noise
        smooth = bend <= steps * top + 2 * rounding
    if not smooth.any() or not np.isfinite(central).all():
        raise check_error(
            check, say("The forward function has no derivative for {output} to compare with.", output=output)
        )
    rtol, atol = check.compare.rtol, check.compare.atol
    allowed = rtol * np.abs(central) + (rtol * top if atol is None else atol) + steps**2 * top + rounding
    kept = tuple(entry for (_, entry), use in zip(own, smooth, strict=True) if use)
    return Slopes(entries=kept, numeric=central[smooth], allowed=allowed[smooth])


def _loss(check: Check, drawn: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the weight of a forward output that is the loss itself: 1 for its one number."""
    if drawn.size != 1:
        raise check_error(
            check, say("The forward function does not return a single number; name its `upstream` gradient.")
        )
    return np.ones_like(drawn)


def _differs(got: Value, source: Value, output: str, slopes: Slopes, rule: Comparison) -> Mismatch | None:
    wrong_form = _misfit(got, source, output, rule)
    if wrong_form is not None:
        return wrong_form
    taken = _entries(got, source, slopes.entries)
    with np.errstate(all="ignore"):
        finite = np.isfinite(taken)
        apart = np.abs(np.where(finite, taken - slopes.numeric, 0.0))
        wrong = ~finite | (apart > slopes.allowed)
        relative = np.divide(apart, np.abs(slopes.numeric), out=np.zeros_like(apart), where=slopes.numeric != 0)
    if not wrong.any():
        return None
    category = "values" if finite.all() else "nan"
    first = int(wrong.argmax() if finite.all() else (~finite).argmax())
    return Mismatch(
        category=category,
        output=output,
        index=slopes.entries[first].index or None,
        got=taken[first].item(),
        want=float(slopes.numeric[first]),
        differing=int(np.count_nonzero(wrong)),
        total=len(wrong),
        worst_absolute=float(apart.max()),
        worst_relative=float(relative.max()),
    )


def _misfit(got: Value, source: Value, output: str, rule: Comparison) -> Mismatch | None:
    """Return what is wrong with a gradient's kind, shape or dtype, given the input it belongs to."""
    if compared_as(got) != "number":
        return Mismatch(category="type", output=output, got=type_name(got), want=type_name(source))
    mine, theirs = number(got), number(source)
    shape = theirs.array.shape
    if mine.array.size == 0 < theirs.array.size:
        return Mismatch(category="empty", output=output, got=str(mine.array.shape), want=str(shape))
    if mine.array.shape != shape and not (rule.size_one and mine.array.size == theirs.array.size == 1):
        return Mismatch(category="shape", output=output, got=str(mine.array.shape), want=str(shape))
    if theirs.kind != "float":
        theirs = number(np.zeros(()))
    if not same_dtype(mine, theirs, rule):
        return Mismatch(category="dtype", output=output, got=str(mine.array.dtype), want=str(theirs.array.dtype))
    return None


def _entries(got: Value, source: Value, entries: Sequence[Entry]) -> NDArray[np.float64]:
    flat: NDArray[Any] = number(got).array.reshape(number(source).array.shape)
    return np.array([flat[entry.index] for entry in entries])


def _first(value: Value) -> Value:
    return value[0] if isinstance(value, tuple | list) and value else value


def _real(value: Value) -> NDArray[np.float64]:
    if compared_as(value) != "number":
        return np.full((), np.nan)
    array = number(value).array
    return array.real.astype(np.float64)
