"""What a case came to: evidence, not prose."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Literal, TypeAlias

from msgspec import Struct

from grader.errors import Span

if TYPE_CHECKING:
    from grader.model.outcome import Case, Outcome, Task, Value


Category: TypeAlias = Literal[
    "type",  # another kind of object (a list for an array, None for a tuple)
    "length",  # a tuple or list of another length
    "keys",  # a dict with other keys
    "shape",
    "empty",  # an empty array where numbers are expected
    "dtype",
    "nan",  # NaN or infinity in other places
    "values",
    "text",  # another string
    "property",  # a property does not hold
    "sealed",  # another answer than the sealed one
    "raised",  # nothing (or something else) was raised where an exception was asked for
    "slow",  # takes longer than it may; `got` was measured, `want` is the most, `property` "ratio", "growth" or "fixed"
]


class Mismatch(Struct, frozen=True, kw_only=True, eq=False):
    """The first difference found in one output, as evidence.

    `output` names the output by the rubric's names, then by place (`cache.hparameters['pad']`). `got` and `want` are
    the two values at `index` or, for type, shape and dtype, the two words (`(2, 3)`, `float32`). `differing` of `total`
    elements differ; `worst_absolute` and `worst_relative` are over the elements that are finite in both.
    For length, `got` and `want` are the two lengths; for keys, the keys too many and the keys missing, as words; for
    raised, the exception's name ("" if the call returned) and the names asked for. `property` is the registered name
    of the property that does not hold ("" for other checks); `output` is then an output or an argument's name.
    """

    category: Category
    output: str = ""
    index: tuple[int, ...] | None = None
    got: Value = None
    want: Value = None
    differing: int = 0
    total: int = 0
    worst_absolute: float = 0.0
    worst_relative: float = 0.0
    property: str = ""


class Verdict(Struct, frozen=True, kw_only=True, eq=False):
    """One case judged: `share` of the case earned (0 to 1, exact), and the mismatches, most telling first.

    `by_part` is the share earned by each leaf output of the rubric's `returns`.
    `call` is the index of the call that decided (a property makes several).
    """

    share: Fraction
    mismatches: tuple[Mismatch, ...] = ()
    by_part: tuple[tuple[str, Fraction], ...] = ()
    call: int = 0


class Trial(Struct, frozen=True, kw_only=True, eq=False):
    """A case with what is wanted of it, what came of it, and the verdict.

    If it was `lent` the reference's helpers, the verdict's share is what was earned with these, better or worse; all
    else is of the first look, with the student's own.
    """

    task: Task
    got: tuple[Outcome, ...]
    verdict: Verdict
    lent: Literal["", "better", "worse"] = ""

    @property
    def case(self) -> Case:
        """The task's case."""
        return self.task.case

    @property
    def want(self) -> tuple[Outcome, ...]:
        """What is wanted of the case."""
        return self.task.want


class Violation(Struct, frozen=True, kw_only=True):
    """A rule of the rubric that a student's text does not keep.

    `kind`: "forbidden" or "required" with `what` as the author wrote it; "loop" with `what` one of `for`, `while`,
    `comprehension`, `recursion` or the function that loops; "unresolved" with `what` that finds or changes something
    in a way that cannot be followed (`getattr`, `globals()`, `.__code__`); "entangled" where names cannot be followed.
    `at` is the line, that of the `def` where something is missing.
    """

    kind: Literal["forbidden", "required", "loop", "unresolved", "entangled"]
    what: str
    at: Span
