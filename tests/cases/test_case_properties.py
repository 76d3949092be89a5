"""Properties: the calls that each one makes."""

import numpy as np
import pytest
from cases_kit import REFERENCE, SIGNATURES, call, drawn, fault_of, rubric, shown

from grader.checks.drawing import draw
from grader.checks.properties.laws import LAWS

AFFINE = """
affine:
  returns: {{Z: 50%, cache: 50%}}
  checks:
    - properties: [{stated}]
      cases: 3
      draw: {{m: 1..3, X: "normal(m, 2)", W: "normal(2, 4)", b: normal(4)}}
"""
BACKWARD = """
affine_backward:
  checks:
    - properties: [{stated}]
      cases: 2
      draw:
        X: normal(3, 2)
        W: normal(2, 4)
        b: normal(4)
        Z, cache: affine(X, W, b)
        dZ: {dZ}
"""


def cases(tmp_path, stated):
    return drawn(tmp_path, AFFINE.format(stated=stated))


def same(one, other):
    return one.function == other.function and all(
        np.array_equal(a, b) for a, b in zip(one.arguments, other.arguments, strict=True)
    )


@pytest.mark.parametrize("name", ["inputs_unchanged", "finite"])
def test_one_call_is_enough(tmp_path, name):
    for case in cases(tmp_path, name):
        (one,) = case.calls
        assert one.function == "affine"
        assert [array is case.names[key] for array, key in zip(one.arguments, "XWb", strict=True)] == [True] * 3
        assert (case.truth, case.property, case.options) == ((), name, {})


def test_deterministic_calls_twice(tmp_path):
    for case in cases(tmp_path, "deterministic"):
        first, second = case.calls
        assert same(first, second)
        assert case.truth == ()


def test_properties_share_their_inputs_and_count_on(tmp_path):
    drawn_cases = cases(tmp_path, "inputs_unchanged, deterministic")
    assert [(case.index, case.property) for case in drawn_cases] == [
        (0, "inputs_unchanged"),
        (1, "inputs_unchanged"),
        (2, "inputs_unchanged"),
        (3, "deterministic"),
        (4, "deterministic"),
        (5, "deterministic"),
    ]
    assert [case.seed for case in drawn_cases[:3]] == [case.seed for case in drawn_cases[3:]]
    assert all(a.names is b.names for a, b in zip(drawn_cases[:3], drawn_cases[3:], strict=True))


@pytest.mark.parametrize("stated", ["samples_independent", "samples_independent: {over: X}"])
def test_samples_alone_and_reversed(tmp_path, stated):
    for case in cases(tmp_path, stated):
        batch, *alone, turned = case.calls
        X, W, b = (case.names[key] for key in "XWb")
        assert case.options == {"over": ("X",)}
        assert len(X) >= 2
        assert len(alone) == len(X)
        np.testing.assert_array_equal(batch.arguments[0], X)
        for i, one in enumerate(alone):
            np.testing.assert_array_equal(one.arguments[0], X[i : i + 1])
        np.testing.assert_array_equal(turned.arguments[0], X[::-1])
        assert turned.arguments[0].flags.c_contiguous
        assert all(each.arguments[1] is W and each.arguments[2] is b for each in case.calls)
        assert case.truth == case.calls[:2]


def test_batches_of_one_are_drawn_again_for_this_property_alone(tmp_path):
    mixed = cases(tmp_path, "deterministic, samples_independent")
    sizes = [len(case.names["X"]) for case in mixed]
    assert 1 in sizes[:3]
    assert min(sizes[3:]) >= 2


def test_a_batch_that_is_always_one_is_told(tmp_path):
    problems = AFFINE.format(stated="samples_independent: {over: X}").replace("1..3", "1")
    fault = fault_of(lambda: drawn(tmp_path, problems))
    assert shown(fault)[:2] == (
        "samples_independent",
        "`X` never has two samples, so none can depend on another.",
    )


def test_arrays_drawn_with_the_same_first_size_are_one_batch(tmp_path):
    (case, *_) = drawn(
        tmp_path,
        """
        affine:
          checks:
            - properties: [samples_independent]
              draw: {m: 2..3, n: 2, X: "-abs(normal(m, n))", W: "uniform(0, 1, n, 4)", b: "integers(0, 3, m, 1)"}
        """,
    )
    assert case.options["over"] == ("X", "b")
    assert [each.arguments[2].shape for each in case.calls[1:3]] == [(1, 1), (1, 1)]


def test_what_follows_from_a_sample_is_computed_anew(tmp_path):
    stated = "samples_independent: {over: [X, dZ]}"
    for case in drawn(tmp_path, BACKWARD.format(stated=stated, dZ="normal(3, 4)")):
        X, W, b, dZ = (case.names[key] for key in ("X", "W", "b", "dZ"))
        _, *alone, turned = case.calls
        for i, one in enumerate(alone):
            np.testing.assert_array_equal(one.arguments[0], dZ[i : i + 1])
            for got, want in zip(one.arguments[1], REFERENCE["affine"](X[i : i + 1], W, b)[1], strict=True):
                np.testing.assert_array_equal(got, want)
        np.testing.assert_array_equal(turned.arguments[1][0], X[::-1])


def test_what_follows_at_random_must_be_named(tmp_path):
    problems = BACKWARD.format(stated="samples_independent: {over: X}", dZ="normal(*Z.shape)")
    fault = fault_of(lambda: drawn(tmp_path, problems))
    assert shown(fault) == (
        "dZ",
        "`dZ` is drawn at random from what is varied.",
        "Name it too, beside what is varied.",
    )


def test_samples_must_be_arrays_of_equally_many(tmp_path):
    loaded = rubric(tmp_path, AFFINE.format(stated="samples_independent: {over: [X, W]}").replace("1..3", "3"))
    fault = fault_of(lambda: draw(loaded, SIGNATURES, call))
    assert shown(fault)[:2] == ("samples_independent", "X, W must have equally many samples.")
    loaded = rubric(tmp_path, AFFINE.format(stated="samples_independent: {over: m}"))
    fault = fault_of(lambda: draw(loaded, SIGNATURES, call))
    assert shown(fault) == (
        "samples_independent",
        "No array of samples was drawn for `m`.",
        "Say which arrays hold one sample a row: `over: A_prev`.",
    )


@pytest.mark.parametrize("outputs", ["", ", outputs: Z"])
def test_linear_in(tmp_path, outputs):
    for case in cases(tmp_path, f"linear_in: {{argument: W{outputs}}}"):
        a, b, both, zero = (each.arguments[1] for each in case.calls)
        np.testing.assert_array_equal(a, case.names["W"])
        assert a.shape == b.shape
        assert not np.allclose(a, b)
        np.testing.assert_array_equal(both, a + b)
        np.testing.assert_array_equal(zero, np.zeros_like(a))
        assert all(each.arguments[0] is case.names["X"] for each in case.calls)
        fa, fb, fab, f0 = (call(each.function, each.arguments)[0] for each in case.calls)
        np.testing.assert_allclose(fa + fb, fab + f0)
        assert case.options == {"argument": "W"} | ({"outputs": ("Z",)} if outputs else {})


def test_linear_in_a_number(tmp_path):
    (case,) = drawn(
        tmp_path,
        """
        scale:
          checks: [{properties: [linear_in: {argument: factor}], cases: 1, draw: {X: normal(2), factor: normal()}}]
        """,
    )
    a, b, both, zero = (each.arguments[1] for each in case.calls)
    assert (a, both, zero) == (case.names["factor"], a + b, 0.0)
    assert b not in (a, 0.0)


def test_linear_in_needs_floats(tmp_path):
    loaded = rubric(tmp_path, AFFINE.format(stated="linear_in: {argument: m}"))
    fault = fault_of(lambda: draw(loaded, SIGNATURES, call))
    assert shown(fault)[:2] == ("linear_in", "`m` must be a float or an array of floats.")


def test_shape_is_computed_for_each_case(tmp_path):
    for case in cases(tmp_path, 'shape: {Z: "(m, 4)", b: 4, result: "()", W: [2, 2 * 2]}'):
        assert case.options == {"Z": (len(case.names["X"]), 4), "b": (4,), "result": (), "W": (2, 4)}
        assert len(case.calls) == 1


def test_a_shape_is_whole_numbers(tmp_path):
    loaded = rubric(tmp_path, AFFINE.format(stated='shape: {Z: "(m / 2, 4)"}'))
    fault = fault_of(lambda: draw(loaded, SIGNATURES, call))
    assert shown(fault)[:2] == ("shape", "The shape of `Z` must be whole numbers.")


def test_dtype_is_taken_as_a_word(tmp_path):
    case = cases(tmp_path, "dtype: {Z: float64, cache: float}")[0]
    assert case.options == {"Z": "float64", "cache": "float"}
    assert len(case.calls) == 1


def test_every_property_is_tried_here(tmp_path):
    options = {
        "depends_on": ": {argument: X}",
        "linear_in": ": {argument: W}",
        "shape": ": {Z: [m, 4]}",
        "dtype": ": {Z: float}",
    }
    stated = ", ".join(f"{{{name}{options[name]}}}" if name in options else name for name in LAWS)
    assert [case.property for case in cases(tmp_path, stated)] == [name for name in LAWS for _ in range(3)]


def test_an_unknown_property_is_told(tmp_path):
    loaded = rubric(tmp_path, AFFINE.format(stated="determinstic"))
    fault = fault_of(lambda: draw(loaded, SIGNATURES, call))
    assert shown(fault) == (
        "determinstic",
        "There is no property `determinstic`.",
        "Did you mean `deterministic`?",
    )


def test_random_numbers_are_watched_in_one_call(tmp_path):
    for case in cases(tmp_path, "random_state_unchanged"):
        (one,) = case.calls
        assert (one.watched, one.beside, case.truth) == (True, (), ())


def test_the_argument_that_all_depends_on_takes_other_values(tmp_path):
    for case in cases(tmp_path, "depends_on: {argument: W}"):
        first, *others = case.calls
        assert case.options == {"argument": "W"}
        assert len(others) == 3
        for each in others:
            assert each.arguments[0] is first.arguments[0] and each.arguments[2] is first.arguments[2]
            assert not np.array_equal(each.arguments[1], first.arguments[1])


def test_an_argument_with_one_value_shows_nothing(tmp_path):
    problem = """
        scale:
          checks: [{properties: [depends_on: {argument: factor}], draw: {X: normal(2), factor: 2.5}}]
        """
    fault = fault_of(lambda: drawn(tmp_path, problem))
    assert shown(fault)[1] == "`factor` is drawn with one value only."


def test_other_calls_stand_around_the_second_of_two(tmp_path):
    for case in cases(tmp_path, "calls_independent"):
        alone, between = case.calls
        assert same(alone, between)
        assert (alone.beside, case.truth) == ((), ())
        assert [name for name, _ in between.beside] == ["affine"] * 3
        assert not any(np.array_equal(given[1], alone.arguments[1]) for _, given in between.beside)


def test_other_calls_may_be_of_another_function(tmp_path):
    for case in drawn(
        tmp_path, BACKWARD.format(stated='calls_independent: {of: "affine(X, W, b)"}', dZ="normal(*Z.shape)")
    ):
        alone, between = case.calls
        assert alone.function == "affine_backward"
        assert [name for name, _ in between.beside] == ["affine"] * 3
        assert [len(given) for _, given in between.beside] == [3] * 3


def test_the_other_call_must_be_one(tmp_path):
    fault = fault_of(lambda: cases(tmp_path, "calls_independent: {of: X}"))
    assert shown(fault)[1] == "`of` must be a call of a function of the reference."
