import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from grader.model import Mismatch
from grader.report.pictures import COLUMNS, ROWS, SLICES, compare, drawable, pair_of, single


def test_the_slice_with_the_error_is_shown_first():
    want = np.arange(2 * 3 * 4 * 5.0).reshape(2, 3, 4, 5)
    got = want.copy()
    got[1, 2, 3, 4] += 7
    slices = compare(want, got, (1, 2, 3, 4))
    chosen = [each for each in slices if each.chosen]
    assert [each.label for each in chosen] == ["[1, :, :, 4]"]
    expected, received, gap = chosen[0].grids
    assert [(cell.y, cell.x, cell.text) for cell in gap.cells if cell.first] == [(2, 3, "7")]
    assert [cell.text for cell in gap.cells if cell.shade] == ["7"]
    assert next(cell.text for cell in expected.cells if cell.first) == "119"
    assert next(cell.text for cell in received.cells if cell.first) == "126"
    assert {each.label for each in slices} == {f"[1, :, :, {n}]" for n in range(5)} | {"[0, :, :, 4]"}


def test_large_slices_are_cut_around_the_error():
    want, got = np.zeros((100, 90)), np.zeros((100, 90))
    got[70, 80] = 1
    grid = compare(want, got, (70, 80))[0].grids[1]
    assert (grid.rows, grid.columns, grid.cut, grid.written) == (ROWS, COLUMNS, True, False)
    assert [(cell.y + grid.top, cell.x + grid.left) for cell in grid.cells if cell.first] == [(70, 80)]


def test_places_that_are_not_numbers_stand_out():
    cells = compare(np.array([1.0, np.nan]), np.array([np.inf, np.nan]), (0,))[0].grids
    assert [cell.odd for cell in cells[1].cells] == [True, True]
    assert [cell.text for cell in cells[2].cells] == ["inf", "0"]


def test_a_window_is_cut_at_the_edge_and_drawn_only_on_its_slices():
    slices = single(np.zeros((2, 4, 4, 3)), window=((1, 2), (-1, 2), (2, 6), (0, 1)))
    drawn = {each.label: each.grids[0].window for each in slices if each.grids[0].window}
    assert drawn == {"[1, :, :, 0]": (2, 0, 2, 2)}
    assert next(each.label for each in slices if each.chosen) == "[1, :, :, 0]"


def test_only_arrays_worth_a_picture_are_drawn():
    assert [drawable(value) for value in (np.zeros((2, 2)), np.zeros((1, 1, 1, 8)), np.array(3.0), [1, 2], 4)] == [
        True, False, False, False, False,
    ]  # fmt: skip


@given(st.lists(st.integers(1, 4), min_size=1, max_size=5), st.data())
def test_any_shape_has_a_chosen_slice_and_few_others(shape, data):
    focus = tuple(data.draw(st.integers(0, size - 1)) for size in shape)
    array = np.arange(float(np.prod(shape))).reshape(shape)
    slices = compare(array, array + 1, focus)
    assert sum(each.chosen for each in slices) == 1
    assert len(slices) <= SLICES
    first = next(each for each in slices if each.chosen).grids[0]
    assert [cell.text for cell in first.cells if cell.first] == [f"{array[focus]:.3g}"]


@given(st.sampled_from([np.bool_, np.int32, np.float32, np.complex128]))
def test_every_kind_of_number_can_be_drawn(dtype):
    ones = np.ones((2, 2), dtype)
    assert compare(ones, np.zeros((2, 2), dtype), (0, 0))[0].grids[2].cells[0].shade == -1


def test_the_array_a_mismatch_is_about_is_found_within_what_was_returned():
    want, got = (np.zeros(3), {"mask": np.array([True, False])}), (np.zeros(3), {"mask": np.array([False, False])})
    mismatch = Mismatch(category="values", output="cache.mask", index=(0,), want=True, got=False)
    found = pair_of(want, got, mismatch)
    assert found is not None
    assert found[0] is want[1]["mask"]
    assert found[1] is got[1]["mask"]
    assert pair_of(want, got, Mismatch(category="values", index=(7,), want=True, got=False)) is None
