"""What each named output earns."""

from fractions import Fraction

import numpy as np
import pytest
from comparison_samples import BACK, CONV, F, case, check, judge, judged, part, raised
from hypothesis import given
from hypothesis import strategies as st

from grader.comparison import outputs
from grader.comparison.outputs import Scored
from grader.comparison.structure import veiled
from grader.errors import RubricError
from grader.model import Absent, Mismatch, Returned, Stopped

A, W, B = np.arange(4.0).reshape(1, 2, 2), np.ones((2, 2)), np.full((1,), 0.5)
Z = A * 3 + 1
HP = {"stride": 1, "pad": 2}
WANT = (Z, (A, W, B, HP))
GRADS = (A, W, B)


def earned(verdict):
    """Return what each output earned, in percent."""
    return {name: int(share * 100) for name, share in verdict.by_part}


def test_a_right_answer_earns_every_share():
    verdict = judged(WANT, WANT, CONV)
    assert verdict.share == 1
    assert earned(verdict) == {"Z": 80, "cache.A_prev": 5, "cache.W": 5, "cache.b": 5, "cache.hparameters": 5}


def test_lists_stand_for_tuples():
    assert judged([Z, [A, W, B, HP]], WANT, CONV).share == 1
    verdict = judged([Z, [A, W, B, HP]], WANT, CONV, sequence="same")
    assert (verdict.share, verdict.mismatches[0].category) == (0, "type")


def test_a_wrong_part_costs_its_share_and_is_named():
    verdict = judged((Z, (A, W, B, {"stride": 1, "pad": 1})), WANT, CONV)
    assert verdict.share == F(95, 100)
    assert [each.output for each in verdict.mismatches] == ["cache.hparameters['pad']"]


def test_the_largest_loss_is_told_first_and_form_before_numbers():
    verdict = judged((Z + 1, (A + 1, W[0], B, {"stride": 1})), WANT, CONV)
    told = [(each.output, each.category) for each in verdict.mismatches]
    assert told == [
        ("Z", "values"),
        ("cache.hparameters", "keys"),
        ("cache.W", "shape"),
        ("cache.A_prev", "values"),
    ]


def test_a_category_that_a_package_adds_is_told_last():
    found = tuple(Mismatch(category=category) for category in ("colour", "sealed", "shape"))
    ranked = outputs.verdict([Scored(name="Z", stake=Fraction(1), mismatches=found)]).mismatches
    assert [each.category for each in ranked] == ["shape", "sealed", "colour"]


def test_a_category_that_a_package_adds_may_tell_of_the_structure():
    found = [Mismatch(category="colour", output="Z", got="red", want="blue")]
    assert veiled(found, "all", CONV) is found[0]
    for disclosure in ("kinds", "nothing"):
        told = veiled(found, disclosure, CONV)
        assert (told.category, told.output, told.want) == ("values", "Z", None)


def test_a_bare_array_is_the_first_output():
    verdict = judged(Z, WANT, CONV)
    assert verdict.share == F(80, 100)
    assert (verdict.mismatches[0].category, verdict.mismatches[0].got) == ("type", "array")
    assert judged(A, WANT, CONV).share == 0
    assert judged(A, GRADS, BACK).share == F(40, 100)


def test_a_bare_array_within_is_no_cache():
    assert earned(judged((Z, A), WANT, CONV))["cache.A_prev"] == 0


def test_missing_outputs_earn_nothing_and_the_others_their_own():
    verdict = judged((A, W), GRADS, BACK)
    assert verdict.share == F(80, 100)
    assert [(each.category, each.got, each.want) for each in verdict.mismatches] == [("length", 2, 3)]
    assert judged((), GRADS, BACK).share == 0


def test_too_many_outputs_cost_the_last_ones_share():
    verdict = judged((A, W, B, B), GRADS, BACK)
    assert earned(verdict) == {"dA_prev": 40, "dW": 40, "db": 0}
    assert verdict.mismatches[0].category == "length"
    assert judged((Z, A, W, B, HP), WANT, CONV).share == F(80, 100)


def test_several_guesses_are_worth_no_more_than_the_first():
    assert judged((Z + 1, Z, Z), (Z, A), (part("Z", 80), part("A", 20))).share == 0
    assert judged((Z + 1, Z), (Z,), (part("Z", 100),)).share == 0
    assert judged((Z, Z + 1), (Z,), (part("Z", 100),)).share == 0


def test_swapped_outputs_lose():
    assert judged((W, A, B), GRADS, BACK).share == F(20, 100)


@pytest.mark.parametrize("got", [None, "Z", {"Z": Z, "cache": ()}, 3.0, True])
def test_other_objects_earn_nothing(got):
    verdict = judged(got, WANT, CONV)
    assert verdict.share == 0
    assert verdict.mismatches[0].category == "type"


def test_outputs_of_a_dict_go_by_key():
    want, parts = {"a": A, "b": B}, (part("a", 70), part("b", 30))
    assert judged({"b": B, "a": A}, want, parts).share == 1
    verdict = judged({"a": A}, want, parts)
    assert (verdict.share, verdict.mismatches[0].category) == (F(7, 10), "keys")
    assert judged({"a": A, "b": B, "c": B}, want, parts).share == F(7, 10)
    assert judged((A, B), want, parts).share == 0


def test_one_name_may_be_that_of_the_whole_value():
    verdict = judged(Z + 1, Z, (part("Z", 100),))
    assert (verdict.share, verdict.mismatches[0].output) == (0, "Z")
    assert judged((A, W), (A, W), (part("cache", 100, part("A", 50), part("W", 50)),)).share == 1


def test_shares_are_exact():
    thirds = tuple(part(name, 0) for name in "abc")
    thirds = tuple(type(p)(name=p.name, share=Fraction(1, 3)) for p in thirds)
    assert judged((A, W, B), GRADS, thirds).share == 1
    assert judged((A, W, W), GRADS, thirds).share == Fraction(2, 3)


@pytest.mark.parametrize(
    "outcome", [raised("ValueError"), Stopped(reason="timeout"), Stopped(reason="kind", detail="set"), Absent()]
)
def test_a_call_that_did_not_return_earns_nothing_and_says_nothing(outcome):
    verdict = judge(check(), CONV, case(), [outcome], [Returned(value=WANT)])
    assert (verdict.share, verdict.mismatches, verdict.call) == (0, (), 0)
    assert set(earned(verdict).values()) == {0}
    assert len(verdict.by_part) == 5


@pytest.mark.parametrize("outcome", [raised("ValueError"), Stopped(reason="timeout"), Absent()])
def test_a_reference_that_did_not_return_is_the_authors_fault(outcome):
    with pytest.raises(RubricError) as caught:
        judge(check(), (), case(), [Returned(value=1.0)], [outcome])
    (fault,) = caught.value.faults
    assert (fault.at.line, fault.at.path) == (7, "grading.yaml")
    assert "f" in fault.message.text("zh")


@pytest.mark.parametrize(
    ("want", "words"),
    [
        ((Z, A, W), "2"),
        (Z, "2"),
        ({"Z": Z}, "cache"),
        ((Z, (A, W)), "cache"),
        ((Z, A), "cache"),
    ],
)
def test_a_reference_without_the_named_outputs_is_the_authors_fault(want, words):
    with pytest.raises(RubricError) as caught:
        judged(want, want, CONV)
    assert words in caught.value.faults[0].message.text("en")


@given(st.lists(st.booleans(), min_size=5, max_size=5))
def test_the_share_is_the_sum_of_the_right_outputs(right):
    mine = [value if ok else "wrong" for value, ok in zip((Z, A, W, B, HP), right, strict=True)]
    verdict = judged((mine[0], tuple(mine[1:])), WANT, CONV)
    assert verdict.share == sum(F(80 if i == 0 else 5, 100) for i, ok in enumerate(right) if ok)
    assert verdict.share == sum(share for _, share in verdict.by_part)
    assert len(verdict.mismatches) == right.count(False)


@pytest.mark.parametrize("last", ["x", [], float("nan")])
def test_what_comes_last_does_not_tell_whether_a_number_before_it_is_right(last):
    """Only the first eight mismatches were kept: with eight wrong numbers a text at the end was seen or not."""
    want = [3, *range(20, 27), 5.0]
    tried = [judged([first, *[1000] * 7, last], want).mismatches[0] for first in (3, 4)]
    assert tried[0].category == tried[1].category != "values"
