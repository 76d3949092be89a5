"""What keeps an explanation from being given on too little: each test fails where its guard is relaxed."""

import numpy as np
import pytest
from diagnosis_lab import diagnosed, said

from grader.comparison.structure import MOST, skeleton
from grader.explain.values.forms import border, constant_along, flipped, part_of_an_axis, shifted
from grader.explain.values.formulas import name_products
from grader.explain.values.samples import Evidence, Sample
from grader.model import Case, Comparison

CASE = Case(function="f", check="v", index=0, seed=0, names={}, calls=(), truth=())


def sample(got, want, *, public=True, **facts):
    """Return one case of one output: what came, what is expected, and the whole numbers that were drawn."""
    return Sample(case=CASE, public=public, rule=Comparison(), got=np.array(got, float), want=np.array(want, float),
                  mismatch=None, facts=facts, arrays={}, words={}, changed=(), others={})  # fmt: skip


def evidence(*wrong, right=()):
    return Evidence(output="", wrong=tuple(wrong), right=tuple(right))


def named(values, size=None, **facts):
    """Return the name of `values`, one a case, as a product of the facts; results have one element, or `size` each."""
    sizes = size or [1] * len(values)
    columns = [dict(zip(facts, row, strict=True)) for row in zip(*facts.values(), strict=True)] or [{}] * len(values)
    samples = [sample(np.zeros(n), np.zeros(n), **own) for n, own in zip(sizes, columns, strict=True)]
    return name_products(np.array(values, float), samples, np.full(len(values), 1e-9))


def test_two_cases_name_nothing():
    assert named([2, 3], n=[2, 3]) == ""
    assert named([2, 3, 2], n=[2, 3, 2]) == "n"


def test_one_value_in_all_cases_names_nothing():
    assert named([4, 4, 4], size=[4, 4, 4], n=[2, 3, 2]) == ""


def test_numbers_that_never_change_are_in_no_name():
    assert named([2, 4, 6], k=[2, 2, 2], n=[1, 2, 3]) == ""


@pytest.mark.parametrize(
    ("values", "n", "name"),
    [
        ([4, 9, 4, 9, 4], [2, 3, 2, 3, 2], ""),
        ([4, 9, 4, 9, 4, 9], [2, 3, 2, 3, 2, 3], "n*n"),
        ([8, 27, 8, 27, 8, 27], [2, 3, 2, 3, 2, 3], ""),
        ([8, 27, 64], [2, 3, 4], "n*n*n"),
    ],
)
def test_longer_products_need_more_values_or_more_cases(values, n, name):
    assert named(values, n=n) == name


@pytest.mark.parametrize(
    ("roots", "name"),
    [([2, 3, 4, 5, 6], "sqrt(n)"), ([2, 3, 4, 5], ""), ([2, 3, 2, 3, 2, 3], "")],
)
def test_roots_need_five_cases_and_three_values(roots, name):
    assert named(roots, n=[root**2 for root in roots]) == name


@pytest.mark.parametrize(("times", "name"), [(100, "100*n"), (101, ""), (-2, "")])
def test_a_number_beside_a_name_is_a_small_whole_one(times, name):
    assert named([times * n for n in (3, 5, 7, 11, 13)], n=[3, 5, 7, 11, 13]) == name


def test_the_size_of_the_result_is_no_factor():
    assert named([2 * 3, 3 * 5, 4 * 7], size=[2, 3, 4], n=[3, 5, 7]) == ""


LAST = ([1.0, 2.0, 0.0], [1.0, 2.0, 3.0])
"""The last of three places is wrong."""
LAST_MISSING = "Along axis 0 only the last place is wrong; does the loop stop too early?"


def certainty(diagnosis):
    return "likely" if said(diagnosis).startswith("Perhaps: ") else "certain"


def test_a_place_is_told_of_public_cases_alone():
    got, want = LAST
    assert said(part_of_an_axis(evidence(sample(got, want), sample(got, want)))) == LAST_MISSING
    assert part_of_an_axis(evidence(sample(got, want, public=False), sample(got, want, public=False))) is None


def test_half_of_the_cases_have_more_than_one_place():
    short, long = sample([0.0], [3.0]), sample(*LAST)
    assert said(part_of_an_axis(evidence(short, short, long, long))) == LAST_MISSING
    assert part_of_an_axis(evidence(short, short, short, long)) is None


def test_a_right_case_that_has_the_place_speaks_against_it():
    right = sample([1.0, 2.0], [1.0, 2.0])
    assert part_of_an_axis(evidence(sample(*LAST), sample(*LAST), right=[right])) is None
    assert part_of_an_axis(evidence(sample(*LAST), sample(*LAST), right=[sample([1.0], [1.0])])) is not None


def test_of_two_places_none_is_called_missing():
    one, two = sample([0.0], [3.0]), sample([1.0, 0.0], [1.0, 3.0])
    assert part_of_an_axis(evidence(one, two, two)) is None
    one, two = sample([0.0], [3.0]), sample([0.0, 1.0], [3.0, 1.0])
    assert part_of_an_axis(evidence(one, two, two)) is None


def test_two_cases_of_two_places_are_too_few():
    two = sample([1.0, 0.0], [1.0, 3.0])
    assert part_of_an_axis(evidence(two, two)) is None
    told = (
        "Along axis 0 only index 0 is right, the rest is zero; does the loop end after one turn, at a return inside it?"
    )
    assert said(part_of_an_axis(evidence(two, two, two))) == told


def test_a_border_is_certain_in_two_cases():
    want = np.arange(1.0, 26.0).reshape(5, 5)
    got = want.copy()
    got[0], got[-1], got[:, 0], got[:, -1] = 0, 0, 0, 0
    one = sample(got, want)
    assert [certainty(border(evidence(*[one] * count))) for count in (1, 2)] == ["likely", "certain"]


def test_a_border_is_as_wide_in_every_case():
    def rim(width, size):
        want = np.arange(1.0, 1 + size * size).reshape(size, size)
        got = want.copy()
        got[:width], got[-width:], got[:, :width], got[:, -width:] = 0, 0, 0, 0
        return sample(got, want)

    assert border(evidence(rim(1, 7), rim(2, 7))) is None
    assert border(evidence(sample(np.zeros((3, 3)), np.ones((3, 3))))) is None


def test_most_cases_move_along_an_axis_that_stands_still():
    still, flat = sample([2.0, 2.0, 2.0], [1.0, 2.0, 3.0]), sample([3.0, 3.0, 3.0], [2.0, 2.0, 2.0])
    assert constant_along(evidence(still, still, flat)) is not None
    assert constant_along(evidence(still, flat)) is None


def test_zeros_say_nothing_of_an_axis():
    zero = sample([0.0, 0.0, 0.0], [1.0, 2.0, 3.0])
    assert constant_along(evidence(zero, zero)) is None


def test_what_moved_in_is_told_by_more_than_one_number():
    assert shifted(evidence(sample([9.0, 1.0], [1.0, 2.0]))) is None
    assert shifted(evidence(sample([9.0, 0.0, 0.0], [0.0, 0.0, 5.0]))) is None
    assert "moved by 1 along" in said(shifted(evidence(sample([9.0, 1.0, 2.0], [1.0, 2.0, 3.0]))))


def test_every_wrong_case_is_long_enough_to_move():
    long, short = sample([9.0, 1.0, 2.0], [1.0, 2.0, 3.0]), sample([9.0], [1.0])
    assert shifted(evidence(long, short)) is None


def test_right_cases_must_fit_too():
    right = sample([1.0, 2.0, 3.0], [1.0, 2.0, 3.0])
    assert shifted(evidence(sample([9.0, 1.0, 2.0], [1.0, 2.0, 3.0]), right=[right])) is None
    assert flipped(evidence(sample([3.0, 2.0, 1.0], [1.0, 2.0, 3.0]), right=[right])) is None


@pytest.mark.parametrize(("size", "how"), [(4, "likely"), (5, "certain")])
def test_five_elements_make_it_certain(size, how):
    want = np.arange(1.0, size + 1)
    moved = np.concatenate([[9.0], want[:-1]])
    assert certainty(flipped(evidence(sample(want[::-1], want)))) == how
    assert certainty(shifted(evidence(sample(moved, want)))) == how
    assert certainty(constant_along(evidence(sample(np.ones(size), want)))) == how


def test_a_value_of_too_many_values_is_like_no_other():
    assert skeleton([0] * (MOST - 1)) == skeleton([1] * (MOST - 1)) is not None
    assert skeleton([0] * MOST) is None
    assert skeleton([[0] * 64] * 64) is None
    assert MOST == 4096


def test_two_places_are_too_few_to_have_moved():
    one = sample([[9.0, 9.0, 9.0], [1.0, 2.0, 3.0]], [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    assert shifted(evidence(one)) is None
    long, short = sample([9.0, 1.0, 2.0], [1.0, 2.0, 3.0]), sample([9.0, 1.0], [1.0, 2.0])
    assert shifted(evidence(long, short)) is None
    assert "moved by 1 along" in said(shifted(evidence(long, right=[sample([1.0], [1.0])])))


def test_another_shape_is_another_matter():
    other = sample([2.0, 2.0], [1.0, 2.0, 3.0])
    assert [explain(evidence(other)) for explain in (shifted, part_of_an_axis, border, constant_along)] == [None] * 4


def test_results_of_several_ranks_have_no_axes():
    flat, square = sample([3.0, 2.0, 1.0], [1.0, 2.0, 3.0]), sample([[3.0, 4.0], [1.0, 2.0]], [[1.0, 2.0], [3.0, 4.0]])
    assert flipped(evidence(flat, square)) is None


def bordered(n, right_inside):
    """Return what is expected and what came back: right in the border alone, or nowhere."""
    want = np.random.default_rng(n).normal(size=(4, 5 + n))
    got = want + 1.0
    if not right_inside:
        got[[0, -1]], got[:, [0, -1]] = want[[0, -1]], want[:, [0, -1]]
    return want, got


@pytest.mark.parametrize("contradicted", [False, True])
def test_what_a_public_case_shows_of_a_border_is_not_told_where_hidden_ones_show_something_else(contradicted):
    found = said(diagnosed(
        lambda n: bordered(n, False)[0], lambda n: bordered(n, contradicted and n > 0)[1],
        [{"n": 1}, {"n": 2}, {"n": 3}], ("n",), example={"n": 0}, asked=False,
    ))  # fmt: skip
    assert ("Only a border" in found) != contradicted


def test_the_given_first_number_of_a_recursion_is_no_fixed_index():
    def going_on(x, factor):
        out = [x[0]]
        for each in x[1:]:
            out.append(factor * out[-1] + each)
        return np.array(out)

    draws = [{"x": np.random.default_rng(n).normal(size=5 + n)} for n in range(3)]
    found = diagnosed(lambda x: going_on(x, 0.5), lambda x: going_on(x, 0.7), draws[1:], ("x",), example=draws[0],
                      asked=False)  # fmt: skip
    assert "index 0" not in said(found)
