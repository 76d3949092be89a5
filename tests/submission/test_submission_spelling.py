"""Which name was meant by one that is not there."""

import pytest
from submission_desk import remarks

from grader.submission.spelling import spelled, worded


@pytest.mark.parametrize(
    ("name", "known", "expected"),
    [
        ("A_prevv_pad", {"A_prev_pad", "a_prev_pad", "A_prev"}, "A_prev_pad"),
        ("a_prevv_pad", {"A_prev_pad", "a_prev_pad"}, "a_prev_pad"),
        ("X_Pad", {"x_pad", "X_pad"}, "X_pad"),
        ("dw", {"dW", "DW"}, "dW"),
        ("vertstart", {"vert_start", "vert_end", "horiz_start"}, "vert_start"),
        ("learningRate", {"learning_rate", "rate"}, "learning_rate"),
        ("zzz", {"A", "b"}, ""),
    ],
)
def test_case_decides_between_names_that_differ_in_nothing_else(name, known, expected):
    assert spelled(name, known) == expected


LONGER = "zero_padding my_zero_pad zero_pads zeropad zeroPad ZeroPadding zero_pad_v2 zero_pad_solution np_zero_pad"


@pytest.mark.parametrize("found", LONGER.split())
def test_a_function_under_a_longer_name_is_named(desk, found):
    student = desk.read(f"def {found}(X, pad):\n    return X\n")
    assert remarks(student) == [
        (f"There is no zero_pad. If {found} is meant to be it, rename it to zero_pad.", 0, 1)
    ] + [each for each in remarks(student) if "zero_pad" not in each[0]]


@pytest.mark.parametrize(
    "found", ["test_zero_pad", "zero_pad_test", "plot_zero_pad", "pad", "zero", "add_noise", "one_pad"]
)
def test_a_function_of_another_purpose_is_not(desk, found):
    assert not any("zero_pad" in each[0] for each in remarks(desk.read(f"def {found}(X, pad):\n    return X\n")))


def test_of_two_that_are_as_likely_both_are_named(desk):
    student = desk.read("def my_zero_pad(X, pad):\n    return X\n\n\ndef zero_pad_v2(X, pad):\n    return X\n")
    told = "There is no zero_pad. If one of zero_pad_v2, my_zero_pad is meant to be it, rename that to zero_pad."
    assert (told, 0, 5) in remarks(student)


def test_words_count_for_the_names_of_a_scope():
    assert worded("a_slice", {"a_slice_prev", "slice_of", "h"}) == ("a_slice_prev",)
    assert worded("pad", {"pad_h", "X_pad"}) == ()
