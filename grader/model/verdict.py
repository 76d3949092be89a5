"""What a case came to: evidence, not prose; and the one explanation that fits every failing case."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Literal, TypeAlias

from msgspec import Struct

from grader.errors import Span

if TYPE_CHECKING:
    from grader.model.outcome import Value


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


Cause: TypeAlias = Literal[
    # answers that do not come from the inputs, or only from them
    "hard_coded",  # the public example's answer, whatever the input
    "same_every_time",  # one and the same answer for different inputs
    "zeros",  # nothing but zeros; `value`: "False" where it is truth values
    "echo",  # argument `name`, as it came in
    "other_output",  # what output `name` should be
    # form
    "precision",  # single precision (or half) on the way; `dtype`
    "rounded",  # rounded to `decimals` decimals
    "right_but_dtype",  # right numbers in another `dtype`
    "not_finite",  # NaN or infinity; `where`: "everywhere", "zero", "negative", "large" (of argument `name`), "some"
    "reshaped",  # right numbers in another shape
    "unsummed",  # what is expected once it is summed over `axes`
    "summed",  # what is expected, summed over `axes`
    "too_many_axes",  # by `by`
    "too_few_axes",
    "transposed",  # axes in the order `axes`
    "axis_without",  # an axis length as if `name` were left out of its formula
    "axis_with",  # … as if `name` were in it, or in it `times` times
    "axis_for",  # … with `name` where `instead` belongs
    "axis_rounded_up",  # … rounded up instead of down
    "axis_off",  # … too long by `by` (negative: too short)
    "axis_formula",  # … another formula altogether
    # size
    "sign",
    "factor",  # `factor` times what is expected, in drawn names or a small number; without it a factor that is measured
    "factor_but",  # … all but the added argument `name`
    "offset",  # off by `times` argument `name`; without it a number that is measured
    "bias_missing",  # off by minus argument `name`
    "bias_repeated",  # argument `name` was added `times` times
    "constant_offset",  # off by `by` everywhere; without it a number that is measured
    "elementwise",  # `function` of what is expected
    # place
    "flipped",  # along `axes`
    "shifted",  # by `by` along `axis`
    "first_only",  # right only at index 0 of `axis`; `rest`: "zero", "repeated", "other"
    "last_only",
    "first_missing",
    "last_missing",
    "constant_along",  # the same all along `axes`
    "interior_only",  # right but for a border `width` wide on `axes`
    "border_only",
    # inputs
    "changed_input",  # argument `name` is changed by the call
    "as_if",  # what the reference gives if `name` were `value`
    "exchanged",  # what the reference gives if `name` and `other` changed places
    "ignored",  # what the reference gives if array `name` were zero
    "opposite",  # minus what the reference gives for minus `name`: the least for the largest
    "entry_missing",  # what the reference gives if the `which` entry along `axis` of `name` were zero
    "left_out",  # wrong only where argument `name` is left to its default; maybe right were that not `value`
    "one_contribution",  # what the reference gives if only the `which` entry along `axes` axes of `name` were not zero
    "right_only_where",  # `condition`; `lucky` cases are right without it
    "wrong_only_where",  # `condition`; `lucky` cases are right in spite of it
    # texts and lists
    "letter_case",
    "white_space",
    "order",  # the right items in another order
]


class Diagnosis(Struct, frozen=True, kw_only=True):
    """What explains all failing cases of one output: a cause with its evidence, and how sure it is.

    `certain`: the numbers agree with the explanation element by element, in a way chance does not. `likely`: they
    fit, but few cases or a coarse fact stand behind it. `words` and `numbers` are named at `Cause`; the words are
    names of the rubric and formulas in them, never a student's text, and no number is an expected value. `cases`
    counts the failing cases it explains, public ones alone where it is coarse. Cause `axis_…` has `axis` and the
    `formula` that the student's lengths follow. `when` (a condition, "" for always) says where the cause is at
    work, if the cases beyond are right.
    """

    cause: Cause
    certainty: Literal["certain", "likely"]
    output: str
    cases: int
    when: str = ""
    words: Mapping[str, str] = {}
    numbers: Mapping[str, int | float] = {}
