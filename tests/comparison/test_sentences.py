"""What a student reads of a mismatch."""

import subprocess
import sys
from collections import namedtuple
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import get_args

import numpy as np
import pytest
from comparison_samples import CONV, Properties, judged

from grader.explain.kinds import known_type
from grader.explain.sentences import of_outcome, sentence
from grader.model import Limits, Mismatch, Stopped
from grader.model.outcome import StopReason
from grader.values import pack, unpack

A = np.array([[1.5, 2.25], [3.125, 4.0625]])


Point = namedtuple("Point", "x y")


def sent(value):
    """Return a value as it comes out of the wire."""
    packed = pack(value, 1 << 20)
    return unpack(packed.node, b"".join(packed.buffers))


def said(got, want, *, public=True, language="en", returns=(), **rule):
    """Return the sentence for the first mismatch."""
    return sentence(judged(got, want, returns, **rule).mismatches[0], public=public).text(language)


def test_a_public_case_shows_both_values_at_the_index():
    wrong = A.copy()
    wrong[1, 0] = 7.5
    assert said(wrong, A) == "At [1, 0] there is 7.5, but 3.125 is expected; 1 of 4 elements differs"
    assert said(wrong, A, language="zh") == "[1, 0] 处是 7.5，应当是 3.125；4 个元素中有 1 个不同"


def test_values_that_look_alike_get_more_digits():
    assert said(1.0000015, 1.0, rtol=1e-7) == "The value is 1.0000015, but 1 is expected."


@pytest.mark.parametrize(
    ("got", "want", "words"),
    [
        (A[0], A, "The shape is (2,), but (2, 2) is expected."),
        (A[:0], A, "The array is empty, but the shape (2, 2) is expected."),
        (A.astype(int), A, "The dtype is int64, but float64 is expected."),
        (
            None,
            A,
            "Your function gives None, but an array is expected: is a return missing, or a None still to be filled in?",
        ),
        (A.tolist(), A, "Your function gives a list here, but an array is expected: return `np.array(…)` of it."),
        ((1, 2), (1, 2, 3), "There are 2 items, but 3 are expected."),
        ({"a": 1}, {"b": 1}, "The keys 'b' are missing, and 'a' should not be there."),
        ("mx", "max", "The text is 'mx', but 'max' is expected."),
    ],
)
def test_forms(got, want, words):
    assert said(got, want) == words
    assert said(got, want, language="zh") != words


def test_none_inside_a_result_is_no_missing_return():
    words = said((A, None), (A, (A, A, A, {"pad": 1})), returns=CONV)
    assert words == "cache: Your function gives None here, but a tuple is expected: is a None still to be filled in?"


def test_the_output_leads():
    cache = (A, A, A, {"pad": 1})
    assert said((A, (A, A, A, {"pad": 2})), (A, cache), returns=CONV) == (
        "cache.hparameters['pad']: The value is 2, but 1 is expected."
    )


def test_a_hidden_case_shows_neither_value_nor_place():
    secret, told = 3.125, 8123.5
    wrong = A.copy()
    wrong[1, 0] = told
    text = said(wrong, A, public=False)
    assert text == "The values differ."
    assert str(secret) not in text
    assert "[1, 0]" not in text


@pytest.mark.parametrize(
    ("got", "want"),
    [
        (np.zeros(4321), np.zeros(8765)),
        (np.zeros(0), np.zeros(8765)),
        ((0,) * 4321, (0,) * 8765),
        ({"k4321": 1}, {"k8765": 1}),
        ("k4321", "k8765"),
        (4321, 8765),
        (4321.0, 8765.0),
        (np.array([4321.0, np.nan]), np.array([8765.0, 1.0])),
        (float("nan"), 8765.0),
    ],
)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_nothing_leaks_from_a_hidden_case(got, want, language):
    text = said(got, want, public=False, language=language)
    assert "4321" not in text
    assert "8765" not in text


def test_a_students_words_are_made_inert():
    mismatch = Mismatch(category="text", got="\x1b[31mred\u202e", want="plain")
    text = sentence(mismatch, public=True).text("en")
    assert "\x1b" not in text
    assert "\u202e" not in text


@pytest.mark.parametrize("name", ["deterministic", "samples_independent", "linear_in", "inputs_unchanged"])
def test_every_property_has_its_own_sentence(name):
    texts = {
        sentence(Mismatch(category="property", property=one), public=False, kind=Properties(properties=())).text("zh")
        for one in (name, "something else")
    }
    assert len(texts) == 2


def test_a_right_submission_does_not_wait_for_diagnoses():
    code = "import grader.comparison, sys; print([name for name in sys.modules if 'explain' in name])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_value_that_is_not_taken_is_told_with_the_types_that_are():
    got = Stopped(reason="kind", detail="Quirk")
    types = "str, bool, int, float, complex, tuple, list, dict, set, frozenset, bytes, bytearray, range, array"
    cannot = f"cannot be graded; return one of these types: {types}."
    assert (
        of_outcome(got, Limits(), public=True).text("en")
        == f"What comes back is or holds an object of type Quirk, which {cannot}"
    )
    assert of_outcome(got, Limits(), public=False).text("en") == f"Returned something that {cannot}"


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("generator", "a generator, not a list or array of its values; return `list(…)` of it, or"),
        ("map", "a map object, not a list"),
        ("zip", "a zip object, not a list"),
        ("dict_values", "the values of a dict, not a list"),
        ("list_reverseiterator", "an iterator, not a list"),
        ("coroutine", "a coroutine: an `async def` was called and not awaited"),
        ("function", "a function that was not called; are the brackets ( ) behind it missing?"),
        ("_ArrayFunctionDispatcher", "a function that was not called"),
        ("type", "a class; return a value"),
        ("module", "a module; return a value"),
        ("ValueError", "An exception comes back (ValueError); to raise it, write `raise`"),
    ],
)
def test_a_type_that_cannot_be_graded_is_named_with_its_cure(kind, says):
    told = of_outcome(Stopped(reason="kind", detail=kind), Limits(), public=True)
    assert says in told.text("en")
    hidden = of_outcome(Stopped(reason="kind", detail=kind), Limits(), public=False)
    assert hidden == told if known_type(kind) else "something that cannot" in hidden.text("en")


@pytest.mark.parametrize("public", [True, False])
@pytest.mark.parametrize("reason", get_args(StopReason))
def test_every_reason_of_a_stop_has_a_sentence_that_repeats_a_student_in_public_alone(reason, public):
    said = of_outcome(Stopped(reason=reason, detail="quirk", seconds=1.0), Limits(), public=public)
    assert ("quirk" in said.text("en")) is (public and reason in ("kind", "crash"))
    assert said.text("zh") != said.text("en")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_category_that_nobody_words_has_a_general_sentence(language):
    other = Mismatch(category="colour", output="Z[3]", got="red", want="blue")
    public = sentence(other, public=True).text(language)
    assert "red" in public and "blue" in public
    bare = sentence(Mismatch(category="colour"), public=True)
    assert bare == sentence(Mismatch(category="sealed"), public=True)
    hidden = sentence(other, public=False).text(language)
    assert hidden == sentence(Mismatch(category="sealed", output="Z"), public=False).text(language)


@pytest.mark.parametrize(
    ("got", "want", "says"),
    [
        ({1, 2}, [1, 2], "Your function gives a set here, but a list is expected. A set has no order: return `sorted"),
        (range(2), [0, 1], "a range here, but a list is expected. Return `list(…)` of it."),
        (b"ab", "ab", "Return a text: `.decode()`."),
        (Decimal(2), 2.0, "Return `float(…)` of it."),
        ({1, 2}, {1: 2}, "Your function gives a set here, but a dict is expected."),
        (np.array(["a"]), A, "It holds texts, not numbers: make it with `dtype=float`."),
    ],
)
def test_a_value_of_another_type_is_told_with_its_cure(got, want, says):
    assert says in said(sent(got), want)


@pytest.mark.parametrize(
    ("got", "want", "says"),
    [
        ({1, 2, 7}, {1, 2, 3}, "The set lacks 3, and should not hold 7."),
        ({1, 2}, {1, 2, 3}, "The set lacks 3."),
        ({1, 2, 3}, {1, 2}, "The set should not hold 3."),
        (b"ab", b"abc", "The value is b'ab', but b'abc' is expected."),
        (Fraction(1, 3), Fraction(1, 2), "The value is 1/3, but 1/2 is expected."),
        (date(2024, 1, 2), date(2024, 1, 3), "The value is 2024-01-02, but 2024-01-03 is expected."),
        (
            np.array(["a", "b"]),
            np.array(["a", "c"]),
            "At [1] there is 'b', but 'c' is expected; 1 of 2 elements differs",
        ),
        (
            np.datetime64("2024-01-02"),
            np.datetime64("2024-01-03"),
            "The value is 2024-01-02, but 2024-01-03 is expected.",
        ),
        (Point(1, 3), Point(1, 2), "result.y: The value is 3, but 2 is expected."),
    ],
)
def test_what_is_no_number_is_told_as_it_is_written(got, want, says):
    assert says in said(sent(got), sent(want))
    hidden = said(sent(got), sent(want), public=False)
    assert not any(each.isdigit() for each in hidden)
    assert "result.y" not in hidden
