"""What line of thought went wrong: one explanation that fits every failing case of a function."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

from msgspec import Struct

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
