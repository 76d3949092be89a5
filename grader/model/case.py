"""A case: drawn arguments and the calls that are made with them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from grader.model.outcome import Call

if TYPE_CHECKING:
    import numpy as np

Value: TypeAlias = (
    "bool | int | float | complex | str | np.ndarray | tuple[Value, ...] | list[Value] | dict[str | int, Value] | None"
)
"""What can cross the wire: plain scalars, arrays of bool, int, float or complex, and containers of these."""


class Entry(Struct, frozen=True, kw_only=True):
    """One entry of a gradient that is differenced: d L / d `input`[`index`], which the student returns in `output`.

    The two forward calls have the entry moved by exactly `step` up and down (`index` is () for a number).
    """

    output: str
    input: str
    index: tuple[int, ...]
    step: float


class Case(Struct, frozen=True, kw_only=True, eq=False):
    """One case of one check.

    `calls` are made on the student's function; `truth` on the reference. `names` holds all that was drawn, in order,
    for showing and explaining. `index` counts the cases of a check from 0. `seed` (32 bits) follows from the rubric's
    seed, the check's stream and the number of the draw. Arrays are C-contiguous; nobody may change a value in place.

    **example, values, errors**: one call, and the same call as truth.

    **gradient**: one call of the student's backward function. `truth[0]` is the forward call as drawn; `truth[1 + 2*k]`
    and `truth[2 + 2*k]` are it with entry `entries[k]` moved up and down. The upstream gradient is
    `names[plan.upstream]`. Then d L / d x is (L(truth[1 + 2*k]) - L(truth[2 + 2*k])) / (2 * entries[k].step), and where
    L(up) - L(drawn) and L(drawn) - L(down) differ by far more than the step explains, the entry sits on a kink.

    **properties**: `property` is the registered name, `options` its options, evaluated. What each one's calls are:

    | property | calls | truth | holds if |
    |---|---|---|---|
    | inputs_unchanged | f | – | `Returned.arguments` is None (the call changed no argument) |
    | deterministic | f, f | – | both return the same bytes |
    | samples_independent | batch, sample 0, …, sample m-1, batch reversed | batch, sample 0 | see below |
    | linear_in | f(a), f(b), f(a+b), f(0) | – | f(a) + f(b) = f(a+b) + f(0): linear, a constant term allowed |
    | shape | f | – | every output named in `options` has that shape (a tuple of ints; () is a scalar) |
    | dtype | f | – | every output named in `options` has that dtype (`float64`) or kind (`float`) |
    | finite | f | – | no NaN and no infinity in any number of the result |

    samples_independent: `options["over"]` is the tuple of drawn names that were cut into samples of one, `[i:i+1]`,
    and reversed, `[::-1]`; m = len(calls) - 2 is at least 2. An output is *per sample* if its first axis has length m
    in truth[0] and 1 in truth[1]; the others (weights in a cache) are not compared. Each per-sample output of
    call 1+i must equal its rows [i:i+1] of call 0, and that of the last call must equal call 0's reversed.
    linear_in: `options["argument"]` is the name that was varied; `options["outputs"]`, if given, is the tuple of
    outputs it is about, else all numbers of the result. Outputs are named as in the problem's `returns`, or `result`
    for what the function returns.
    """

    function: str
    check: str
    index: int
    seed: int
    names: Mapping[str, Value]
    calls: tuple[Call, ...]
    truth: tuple[Call, ...]
    property: str = ""
    options: Mapping[str, Value] = {}
    entries: tuple[Entry, ...] = ()
