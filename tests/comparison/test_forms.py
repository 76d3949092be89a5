"""Answers that are right in many forms: each form passes, and nothing wrong passes for being near to one."""

import time

import numpy as np
import pytest
from comparison_samples import case, category, check, judge, judged, part
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader.checks.compared import faults, nearest
from grader.comparison.matching import matched
from grader.errors import RubricError, Span
from grader.explain.sentences import sentence
from grader.model import Comparison, Expression, Returned

NUMBERS = st.floats(-100, 100).filter(lambda x: x == 0 or abs(x) > 1e-3)
MATRICES = hnp.arrays(float, st.tuples(st.integers(1, 5), st.integers(1, 5)), elements=NUMBERS)
PAIRS = (part("w", 40), part("V", 60))


def of(text):
    return Expression(text=text, at=Span(path="grading.yaml", line=9, column=5))


def share(got, want, **rule):
    return judged(got, want, **rule).share


ITEMS = st.recursive(
    st.integers(-3, 3) | st.text("ab", max_size=2) | NUMBERS | st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.tuples(inner, inner),
    max_leaves=4,
)


@given(st.lists(ITEMS, max_size=8), st.randoms(use_true_random=False))
@settings(deadline=None)
def test_items_in_any_order_are_right(want, random):
    got = list(want)
    random.shuffle(got)
    assert share(got, want, order="any") == share(tuple(got), want, order="any") == 1


@given(st.lists(ITEMS, min_size=1, max_size=8), st.data())
@settings(deadline=None)
def test_an_item_missing_or_twice_is_wrong(want, data):
    place = data.draw(st.integers(0, len(want) - 1))
    other = data.draw(st.integers(0, len(want) - 1))
    assert share(want[:place] + want[place + 1 :], want, order="any") == 0
    assert share([*want, want[place]], want, order="any") == 0
    twice = [want[other] if at == place else item for at, item in enumerate(want)]
    if not judged(want[other], want[place]).share:
        assert share(twice, want, order="any") == 0


@given(MATRICES, st.randoms(use_true_random=False))
@settings(deadline=None)
def test_rows_in_any_order_are_right_within_the_tolerance(want, random):
    order = list(range(len(want)))
    random.shuffle(order)
    assert share(want[order] * (1 + 1e-9), want, order="any") == 1
    wrong = want[order].copy()
    wrong[0, 0] += 1
    assume(not any(np.allclose(wrong[0], row) for row in want))
    assert share(wrong, want, order="any") == 0


@given(hnp.arrays(float, st.integers(0, 30), elements=NUMBERS), st.randoms(use_true_random=False), st.data())
@settings(deadline=None)
def test_numbers_in_any_order(want, random, data):
    got = want.tolist()
    random.shuffle(got)
    assert share(np.array(got), want, order="any") == share(got, want.tolist(), order="any") == 1
    if got:
        at = data.draw(st.integers(0, len(got) - 1))
        got[at] += 250
        assert category(np.array(got), want, order="any") == "items"
        assert category(got, want.tolist(), order="any") == "items"


def test_what_is_missing_and_what_is_too_many_is_said():
    said = sentence(judged([[0, 1], [0, 1]], [[0, 1], [1, 0]], order="any").mismatches[0], public=True).text("en")
    assert said == "Missing, in whatever order: [1, 0]; too many: [0, 1]."
    said = sentence(judged(np.eye(2)[[0, 0]], np.eye(2), order="any").mismatches[0], public=True).text("zh")
    assert "[0, 1]" in said
    assert "[1, 0]" in said


def test_a_hidden_case_tells_no_item():
    mismatch = judged([7, 8], [7, 9], order="any").mismatches[0]
    for language in ("en", "zh"):
        assert not set("789") & set(sentence(mismatch, public=False).text(language))


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=6), st.randoms(use_true_random=False))
def test_undirected_edges(want, random):
    got = [edge[::-1] if random.random() < 0.5 else edge for edge in want]
    random.shuffle(got)
    assert share(got, want, order="everywhere") == 1
    if want:
        assert share(np.array(got), np.array(want), order="everywhere") == 1
        assert share([*got[1:], (9, 9)], want, order="everywhere") == 0
        assert share(np.array([*got[1:], (9, 9)]), np.array(want), order="everywhere") == 0


def test_the_order_within_items_counts_unless_it_is_everywhere():
    assert share([(1, 0)], [(0, 1)], order="any") == 0
    assert share([(1, 0)], [(0, 1)], order="everywhere") == 1


@pytest.mark.parametrize(
    ("got", "want"),
    [
        ([1.0, 2.0], [1, 2]),
        ([True], [1]),
        (np.array([2, 1]), [1, 2]),
        ([1, 2], np.array([1, 2])),
        (np.array([2.0, 1.0], np.float32), np.array([1.0, 2.0])),
        ([np.nan, 1.0], [1.0, 2.0]),
        (None, [1]),
        ({0: 1}, [1]),
        ([], [1]),
        ([1], []),
        (np.zeros((0, 2)), np.zeros((1, 2))),
        (np.zeros((2, 3)), np.zeros((2, 2))),
    ],
)
def test_another_kind_is_wrong_in_any_order(got, want):
    assert share(got, want, order="any") == 0


def test_nan_has_a_place_in_no_order():
    assert share(np.array([np.nan, 1.0, np.inf]), np.array([1.0, np.inf, np.nan]), order="any") == 1
    assert share(np.array([np.nan, np.nan, np.inf]), np.array([1.0, np.inf, np.nan]), order="any") == 0
    assert share(np.array([np.nan, 1.0]), np.array([1.0, np.nan]), order="any", nan_equal=False) == 0


def test_partners_are_exchanged_where_one_took_the_place_of_another():
    agree = {0: [0, 1], 1: [0]}
    assert matched(lambda place: agree[place], 2) == {0: 1, 1: 0}
    want = np.array([[0.0, 0.0], [1.5, 0.0]])
    got = np.array([[0.8, 0.0], [-0.5, 0.0]])  # the first is within 1 of both
    assert share(got, want, order="any", atol=1.0) == 1


@given(st.integers(1, 7), st.data())
@settings(deadline=None)
def test_a_matching_is_as_large_as_there_is_one(size, data):
    agree = [data.draw(st.lists(st.integers(0, size - 1), max_size=3)) for _ in range(size)]
    found = matched(lambda place: agree[place], size)
    assert len(set(found.values())) == len(found)
    assert all(want in agree[got] for got, want in found.items())

    def best(place, used):
        if place == size:
            return 0
        taking = [1 + best(place + 1, used | {want}) for want in agree[place] if want not in used]
        return max([best(place + 1, used), *taking])

    assert len(found) == best(0, frozenset())


@pytest.mark.parametrize("rows", [2000, 20_000])
def test_many_rows_in_another_order_are_right_and_soon_judged(rows):
    random = np.random.default_rng(1)
    want = random.normal(size=(rows, 3))
    started = time.process_time()
    assert share(want[::-1].copy(), want, order="any") == 1
    assert share(want[random.permutation(rows)] * (1 + 1e-10), want, order="any") == 1
    assert share(random.normal(size=(rows, 3)), want, order="any") == 0
    assert share([row.tolist() for row in want[:500]], [row.tolist() for row in -want[:500]], order="any") == 0
    assert time.process_time() - started < 20


CHANGES = st.sampled_from([("sign",), ("scale",), ("permutation",), ("sign", "permutation"), ("scale", "permutation")])


def changed(want, up_to, random, axis):
    """Return another right form."""
    columns = want.T if axis == "rows" else want
    factors = {"sign": [-1.0, 1.0], "scale": [-3.0, 0.25, 1e6]}.get(up_to[0], [1.0])
    made = columns * np.array([random.choice(factors) for _ in range(columns.shape[1])])
    order = list(range(columns.shape[1]))
    if "permutation" in up_to:
        random.shuffle(order)
    made = made[:, order]
    return made.T if axis == "rows" else made


def distinct(matrix, axis):
    """Return whether no two vectors are near to one line, and none near to 0."""
    columns = matrix.T if axis == "rows" else matrix
    lengths = np.linalg.norm(columns, axis=0)
    if lengths.min() < 0.1:
        return False
    angles = np.abs((columns / lengths).T @ (columns / lengths)) - np.eye(columns.shape[1])
    return angles.max() < 0.999


@given(MATRICES, CHANGES, st.sampled_from(["columns", "rows"]), st.randoms(use_true_random=False))
@settings(max_examples=300, deadline=None)
def test_another_form_is_right(want, up_to, axis, random):
    assume(np.abs(want.T if axis == "rows" else want).max(axis=0).min() > 0.01)
    assert share(changed(want, up_to, random, axis) * (1 + 1e-10), want, up_to=up_to, axis=axis) == 1


@given(MATRICES, CHANGES, st.sampled_from(["columns", "rows"]), st.randoms(use_true_random=False), st.data())
@settings(max_examples=300, deadline=None)
def test_a_number_that_is_off_is_wrong_in_every_form(want, up_to, axis, random, data):
    least = 1 if "scale" not in up_to else 2
    assume(min(want.shape) >= least and distinct(want, axis))
    got = changed(want, up_to, random, axis)
    place = tuple(data.draw(st.integers(0, side - 1)) for side in want.shape)
    vector = got[:, place[1]] if axis == "columns" else got[place[0]]
    # Along the vector itself a change is another length; the largest number is left alone, so that it is none.
    assume("scale" not in up_to or np.abs(got[place]) < 0.9 * np.abs(vector).max())
    got[place] += 0.3 * np.abs(vector).max()
    wanted = (got if axis == "columns" else got.T), (want if axis == "columns" else want.T)
    if "permutation" in up_to or "sign" in up_to:  # the change may make another right vector
        lines = [
            any(np.allclose(sign * one, other) for sign in (1, -1) for other in wanted[1].T) for one in wanted[0].T
        ]
        assume(not all(lines))
    assert share(got, want, up_to=up_to, axis=axis) == 0


@given(st.integers(1, 5), st.integers(1, 4), st.integers(0, 10**6), st.booleans())
@settings(deadline=None)
def test_a_turned_matrix_is_right_and_a_spoilt_one_is_not(rows, columns, seed, wide):
    random = np.random.default_rng(seed)
    kind = np.complex128 if wide else float
    want = (random.normal(size=(rows, columns)) + (1j * random.normal(size=(rows, columns)) if wide else 0)).astype(
        kind
    )
    turn = np.linalg.qr((random.normal(size=(columns, columns)) + (1j if wide else 0)).astype(kind))[0]
    assert share(want @ turn, want, up_to=("rotation",)) == 1
    assert (
        share(
            (want.T.conj() @ np.linalg.qr(random.normal(size=(rows, rows)))[0]).T,
            want.conj(),
            up_to=("rotation",),
            axis="rows",
        )
        == 1
    )
    assert share(1.01 * want @ turn, want, up_to=("rotation",)) == 0
    assert share(np.zeros_like(want), want, up_to=("rotation",)) == 0


def test_a_complex_vector_may_have_another_phase():
    want = np.linalg.eig(np.array([[0.0, 1.0], [-1.0, 0.5]]))[1]
    assert share(want * np.exp([0.3j, -2j]), want, up_to=("sign",)) == 1
    assert share(want * [1.1, 1j], want, up_to=("sign",)) == 0
    assert share(want.real.copy(), want, up_to=("sign",)) == 0


SCALE = {"up_to": ("scale",)}


@pytest.mark.parametrize(
    ("got", "want", "rule"),
    [
        (np.zeros(3), np.array([1.0, 2, 3]), SCALE),
        (np.array([1.0, 2, 3]), np.zeros(3), SCALE),
        (np.array([1.0, 2, 3]), np.array([1e-17, 2e-17, 3.1e-17]), SCALE | {"atol": 1e-12}),
        (np.array([1.0, np.nan]), np.array([1.0, 2.0]), SCALE),
        (np.array([1.0, np.inf]), np.array([1.0, 2.0]), SCALE),
        (np.array([np.inf, np.inf]), np.array([1.0, 1.0]), SCALE),
        (np.array([1.0, 2.0], np.float32), np.array([1.0, 2.0]), SCALE),
        (np.array([[1.0], [2.0]]), np.array([1.0, 2.0]), SCALE),
        (np.array([2, 4]), np.array([1.0, 2.0]), SCALE),
        (np.array([10**9 + 1, 2 * 10**9]), np.array([1, 2]), SCALE),
        (np.array([False, True]), np.array([True, False]), {"up_to": ("sign",)}),
        (np.zeros(2), np.array([1.0, -1.0]), {"up_to": ("sign",)}),
        (np.array([-np.inf, 1.0]), np.array([np.inf, 1.0]), {"up_to": ("sign",)}),
        (np.array([[1.0, 1.0], [0.0, 0.0]]), np.eye(2), {"up_to": ("permutation",)}),
        (np.array([1.0, 1.0, 2.0]), np.array([1.0, 2.0, 2.0]), {"up_to": ("permutation",)}),
        (np.array([0, 0, 1, 1]), np.array([0, 1, 1, 0]), {"up_to": ("permutation",), "axis": "labels"}),
        (np.array([0, 0, 0, 1]), np.array([0, 0, 1, 2]), {"up_to": ("permutation",), "axis": "labels"}),
        (np.array([0, 1, 2, 3]), np.array([0, 0, 1, 2]), {"up_to": ("permutation",), "axis": "labels"}),
        (np.array([0.0, 1.0]), np.array([0, 1]), {"up_to": ("permutation",), "axis": "labels"}),
        ([True, False], [1, 0], {"up_to": ("permutation",), "axis": "labels"}),
        (-1, 1, {"up_to": ("sign",)}),
        (np.array(-1.0), np.array(1.0), {"up_to": ("sign",)}),
        ([-1.0], [1.0], {"up_to": ("sign",)}),
        ("a", np.array([1.0]), {"up_to": ("sign",)}),
        (None, np.array([1.0]), {"up_to": ("rotation",)}),
    ],
)
def test_no_form_makes_a_wrong_answer_right(got, want, rule):
    assert share(got, want, **rule) == 0


@pytest.mark.parametrize(
    ("got", "want", "rule"),
    [
        (np.array([2, 4]), np.array([1, 2]), SCALE),
        (np.array([-3, -6]), np.array([1, 2]), SCALE),
        (np.array([1, 2], np.uint8), np.array([-1, -2]), {"up_to": ("sign",)}),
        (np.array([-np.inf, -1.0]), np.array([np.inf, 1.0]), {"up_to": ("sign",)}),
        (np.array([np.nan, -1.0]), np.array([np.nan, 1.0]), {"up_to": ("sign",)}),
        (np.array([1e200, 2e200]), np.array([1e-100, 2e-100]), SCALE),
        (-np.ones((2, 3, 4)), np.ones((2, 3, 4)), {"up_to": ("sign",), "axis": "all"}),
        (np.array([3.0, 1.0, 2.0]), np.array([1.0, 2.0, 3.0]), {"up_to": ("permutation",)}),
        (np.array([5, 5, 9, -1]), np.array([0, 0, 1, 2]), {"up_to": ("permutation",), "axis": "labels"}),
        ([1, 0, 0], [0, 1, 1], {"up_to": ("permutation",), "axis": "labels"}),
        (np.zeros((0, 2)), np.zeros((0, 2)), {"up_to": ("sign",)}),
    ],
)
def test_these_forms_are_right(got, want, rule):
    assert share(got, want, **rule) == 1


@given(st.lists(st.integers(0, 3), min_size=1, max_size=12), st.permutations(range(4)))
@settings(deadline=None)
def test_labels_may_be_renamed(want, names):
    got = np.array([names[label] for label in want])
    rule = {"up_to": ("permutation",), "axis": "labels"}
    assert share(got, np.array(want), **rule) == share(got.tolist(), want, **rule) == 1


def test_a_huge_answer_is_soon_judged_in_any_form():
    random = np.random.default_rng(0)
    want = random.normal(size=(250, 250))
    started = time.process_time()
    for up_to in (("sign", "permutation"), ("rotation",), ("scale",)):
        share(random.normal(size=(250, 250)), want, up_to=up_to)
    assert time.process_time() - started < 10


def outputs(**own):
    return tuple((name, Comparison(**rule)) for name, rule in own.items())


def pairs_judged(got, want, **rule):
    return judged(got, want, PAIRS, **rule)


def test_one_output_may_have_forms_that_the_others_have_not():
    want = (np.array([1.0, 2.0]), np.eye(2))
    rule = {"outputs": outputs(V={"up_to": ("sign",)})}
    assert pairs_judged((want[0], -want[1]), want, **rule).share == 1
    assert dict(pairs_judged((-want[0], -want[1]), want, **rule).by_part)["w"] == 0
    assert pairs_judged([want[0], -want[1]], want, **rule).share == 1


def test_an_expression_is_compared_in_place_of_an_output():
    random = np.random.default_rng(2)
    basis = np.linalg.qr(random.normal(size=(4, 4)))[0][:, :2]
    turned = basis @ np.array([[0.6, -0.8], [0.8, 0.6]])
    rule = {"outputs": outputs(V={"of": of("V @ V.T")})}
    want = (np.ones(2), basis)
    assert pairs_judged((np.ones(2), turned), want, **rule).share == 1
    verdict = pairs_judged((np.ones(2), 1.1 * turned), want, **rule)
    assert dict(verdict.by_part) == {"w": PAIRS[0].share, "V": 0}
    assert verdict.mismatches[0].total == 16
    assert judged(turned, basis, of=of("result @ result.T")).share == 1
    assert judged((np.zeros(2), turned), want, PAIRS, of=of("V @ V.T")).share == 1


def test_clusters_are_compared_by_the_centre_of_each_point():
    returns = (part("labels", 50), part("C", 50))
    rule = {"outputs": outputs(labels={"up_to": ("permutation",), "axis": "labels"}, C={"of": of("C[labels]")})}
    want = (np.array([0, 0, 1, 2]), np.arange(6.0).reshape(3, 2))
    assert judged((np.array([2, 2, 0, 1]), want[1][[1, 2, 0]]), want, returns, **rule).share == 1
    assert judged((np.array([2, 2, 0, 1]), want[1]), want, returns, **rule).share == returns[0].share
    assert judged((np.array([2, 2, 0, 9]), want[1][[1, 2, 0]]), want, returns, **rule).share == returns[0].share


@pytest.mark.parametrize(
    "got",
    [
        np.ones((1, 30_000)),
        np.ones(3),
        None,
        "a",
        1.0,
        [np.ones((2, 2))],
        np.ones((2, 2), bool),
        {"V": np.ones((2, 2))},
    ],
)
def test_an_expression_is_computed_of_what_has_the_expected_form_only(got):
    started = time.process_time()
    assert judged(got, np.ones((2, 2)) * 3, of=of("result @ result.T")).share == 0
    assert time.process_time() - started < 1


def test_an_expression_takes_no_more_effort_than_the_references():
    started = time.process_time()
    assert judged((7_000, np.ones(2)), (2, np.ones(2)), PAIRS, of=of("eye(w) * sum(V)")).share == 0
    assert judged((10**8, np.ones(2)), (2, np.ones(2)), PAIRS, of=of("range(w)")).share == 0
    assert time.process_time() - started < 1


def test_an_expression_without_a_value_for_the_reference_is_the_authors_fault():
    with pytest.raises(RubricError) as caught:
        judged(np.ones(2), np.ones(2), of=of("result @ eye(3)"))
    assert caught.value.faults[0].at.line == 9


def fault_of(want, returns=(), **rule):
    return [each.message.text("en") for each in faults(check(**rule), returns, case(), want)]


def test_the_reference_must_have_what_may_have_several_forms():
    assert not fault_of(np.eye(2), up_to=("sign", "permutation"))
    assert not fault_of([1, 2], order="any")
    assert not fault_of((np.ones(2), np.eye(2)), PAIRS, outputs=outputs(V={"up_to": ("sign",)}))
    assert "vectors" in fault_of(1.0, up_to=("sign",))[0]
    assert "vectors" in fault_of(np.ones((2, 2, 2)), up_to=("sign",))[0]
    assert "vectors" in fault_of((np.ones(2), np.eye(2)), up_to=("sign",))[0]
    assert "vectors" in fault_of(np.ones(2), up_to=("sign", "permutation"))[0]
    assert "several outputs" in fault_of((np.ones(2), np.eye(2)), PAIRS, up_to=("sign",))[0]
    assert "no items" in fault_of({"a": 1}, order="any")[0]
    assert "no items" in fault_of(3.0, order="any")[0]
    assert "w" in fault_of((1.0, np.eye(2)), PAIRS, outputs=outputs(w={"order": "any"}))[0]


def test_the_nearest_form_is_what_is_shown():
    rule = check(outputs=outputs(V={"up_to": ("sign", "permutation")}))
    want = (np.ones(2), np.eye(2))
    found = nearest(rule, PAIRS, case(), (np.ones(2), -np.eye(2)[::-1]), want)
    assert np.array_equal(found.got[1], np.eye(2))
    assert nearest(rule, PAIRS, case(), None, want).got is None


def test_a_check_without_forms_is_judged_as_ever():
    assert judge(check(), (), case(), [Returned(value=[2, 1])], [Returned(value=[1, 2])]).share == 0


def test_items_with_arrays_and_masks_have_partners_too():
    masked = [np.ma.array([1.0, 7.0], mask=[False, True]), np.ma.array([2.0, 8.0], mask=[False, True])]
    other = [np.ma.array([2.0, -1.0], mask=[False, True]), np.ma.array([1.0, 0.0], mask=[False, True])]
    assert share(other, masked, order="any") == 1
    assert share([np.eye(2), np.ones(2)], [np.ones(2), np.eye(2)], order="any") == 1
    assert share([{"a": 1.5}, (10**400, 0.5)], [(10**400, 0.5), {"a": 1.5}], order="any") == 1
    assert share([1.5, 2j], [2j, 1.5], order="any") == 1
    assert share([float("nan"), 0.5], [0.5, float("nan")], order="any") == 1


@given(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=8), st.randoms(use_true_random=False))
@settings(deadline=None)
def test_points_within_the_tolerance_are_partners(want, random):
    got = [(x * (1 + 9e-7), y * (1 - 9e-7)) for x, y in want]
    random.shuffle(got)
    assert share(got, want, order="any") == 1
    assert share([(x + 300, y) for x, y in got], want, order="any") == 0
