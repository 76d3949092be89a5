"""Gradient cases: the forward calls around each entry give the derivative."""

import numpy as np
import pytest
from cases_kit import SIGNATURES, call, drawn, fault_of, rubric, shown

from grader.checks.drawing import draw

AFFINE = """
affine:
  returns: {Z: 50%, cache: 50%}
  checks: [{values: v, cases: 1, draw: {m: 3, X: "normal(m, 2) * 100", W: "normal(2, 4)", b: normal(4)}}]
affine_backward:
  returns: {dX: 40%, dW: 40%, db: 20%}
  checks:
    - gradient: g
      of: affine(X, W, b=b)
      wrt: {dX: X, dW: W, db: b}
      upstream: dZ
      entries: 5
      cases: 2
      like: affine.v
      draw: {"Z, cache": "affine(X, W, b)", dZ: normal(*Z.shape)}
"""


def differences(case, upstream):
    """Return (entry, numerical derivative) as the judge computes them."""
    values = [call(each.function, each.arguments) for each in case.truth]
    outputs = [value[0] if isinstance(value, tuple) else value for value in values]
    for k, entry in enumerate(case.entries):
        change = np.asarray(outputs[1 + 2 * k]) - np.asarray(outputs[2 + 2 * k])
        yield entry, float(np.sum(change * upstream)) / (2 * entry.step)


def test_entries_and_calls_give_the_gradient(tmp_path):
    cases = [case for case in drawn(tmp_path, AFFINE) if case.function == "affine_backward"]
    assert [case.index for case in cases] == [0, 1]
    for case in cases:
        (student,) = case.calls
        assert student.function == "affine_backward"
        assert len(case.truth) == 1 + 2 * len(case.entries)
        assert {each.function for each in case.truth} == {"affine"}
        np.testing.assert_array_equal(call("affine", case.truth[0].arguments)[0], case.names["Z"])
        gradients = dict(zip(("dX", "dW", "db"), call("affine_backward", student.arguments), strict=True))
        for entry, slope in differences(case, case.names["dZ"]):
            assert slope == pytest.approx(gradients[entry.output][entry.index], rel=1e-7)


def test_entries_are_spread_over_every_input(tmp_path):
    case = drawn(tmp_path, AFFINE)[1]
    chosen = {}
    for entry in case.entries:
        chosen.setdefault((entry.output, entry.input), []).append(entry.index)
    assert {key: len(indices) for key, indices in chosen.items()} == {("dX", "X"): 5, ("dW", "W"): 5, ("db", "b"): 4}
    assert all(indices == sorted(set(indices)) for indices in chosen.values())
    assert chosen["db", "b"] == [(0,), (1,), (2,), (3,)]
    other = drawn(tmp_path, AFFINE, seed=8)[1]
    assert [entry.index for entry in other.entries] != [entry.index for entry in case.entries]


def test_the_step_follows_the_magnitude(tmp_path):
    case = drawn(tmp_path, AFFINE)[1]
    steps = {entry.input: entry.step for entry in case.entries}
    for name in ("X", "W", "b"):
        size = np.sqrt(np.mean(case.names[name] ** 2))
        assert steps[name] == pytest.approx(1e-5 * size, rel=1e-3)
    assert steps["X"] > 20 * steps["W"]


def test_exactly_one_entry_moves_by_exactly_the_step(tmp_path):
    case = drawn(tmp_path, AFFINE)[1]
    for k, entry in enumerate(case.entries):
        up, down = case.truth[1 + 2 * k].arguments, case.truth[2 + 2 * k].arguments
        place = ("X", "W", "b").index(entry.input)
        for position, (one, other) in enumerate(zip(up, down, strict=True)):
            moved = np.argwhere(one != other)
            assert [tuple(each) for each in moved] == ([entry.index] if position == place else [])
        assert up[place][entry.index] - down[place][entry.index] == 2 * entry.step


def test_an_input_may_reach_the_forward_call_through_other_lines(tmp_path):
    problems = """
    scale:
      checks:
        - gradient: g
          of: loss(z)
          wrt: {dz: y}
          upstream: one
          cases: 1
          draw: {X: 1, x: normal(2), y: "normal(2)", z: 3 * y + x, unused: "y * normal(2)", one: "normal()"}
    """
    (case,) = drawn(tmp_path, problems)
    for entry, slope in differences(case, 1.0):
        assert slope == pytest.approx(6 * case.names["z"][entry.index], rel=1e-8)
    random = problems.replace("3 * y + x", '"y * normal(2)"')
    fault = fault_of(lambda: drawn(tmp_path, random))
    assert shown(fault)[1] == "`z` is drawn at random from what is varied."


def test_a_scalar_loss_of_an_array_or_a_number(tmp_path):
    problems = """
    loss_backward:
      checks:
        - gradient: array
          of: loss(y)
          wrt: {dy: y}
          upstream: one
          cases: 1
          draw: {y: normal(3), one: 1.0}
        - gradient: number
          of: loss(2 * y)
          wrt: {dy: y}
          upstream: one
          cases: 1
          draw: {y: normal(), one: 1.0}
        - gradient: zero
          of: loss(y)
          wrt: {dy: y}
          upstream: one
          cases: 1
          draw: {y: "constant(0, 2)", one: 1.0}
    """
    array, number, zero = drawn(tmp_path, problems)
    for entry, slope in differences(array, 1.0):
        assert slope == pytest.approx(2 * array.names["y"][entry.index], rel=1e-8)
    ((entry, slope),) = differences(number, 1.0)
    assert entry.index == ()
    assert slope == pytest.approx(8 * number.names["y"], rel=1e-8)
    assert [entry.step for entry in zero.entries] == [1e-5, 1e-5]


@pytest.mark.parametrize(
    ("line", "of", "under", "message"),
    [
        ("permutation(3)", "loss(y)", "loss(y)", "`y` is not an array of floats, so it has no gradient."),
        ("[1.0, 2.0]", "loss(y)", "loss(y)", "`y` is not an array of floats, so it has no gradient."),
        ("normal(3)", "1 + loss(y)", "1 + loss(y)", "`of` must be a call of a function of the reference."),
        ("normal(3)", "sum(y)", "sum(y)", "`of` must be a call of a function of the reference."),
        ("normal(3)", "loss(y, 1)", "loss(y, 1)", "`loss` takes 1 argument, not 2."),
    ],
)
def test_what_cannot_be_differenced_is_told(tmp_path, line, of, under, message):
    problems = f"""
    loss_backward:
      checks:
        - gradient: g
          of: {of}
          wrt: {{dy: y}}
          upstream: one
          draw: {{y: "{line}", one: 1.0}}
    """
    loaded = rubric(tmp_path, problems)
    assert shown(fault_of(lambda: draw(loaded, SIGNATURES, call)))[:2] == (under, message)
