"""A backward function against central differences."""

import numpy as np
import pytest
from comparison_samples import AT, BACK, Call, Entry, Expression, F, Gradient, case, check, judge, part, raised

from grader.errors import RubricError
from grader.model import Returned

RNG = np.random.default_rng(5)
X, W, B = RNG.normal(size=(3, 4)), RNG.normal(size=(4, 2)), RNG.normal(size=(1, 2))
UP = RNG.normal(size=(3, 2))
WRT = (("dA_prev", "X"), ("dW", "W"), ("db", "b"))


def affine(x, w, b):
    return x @ w + b, "cache"


def smooth(x, w, b):
    return np.tanh(x @ w + b), "cache"


def relu(x, w, b):
    return np.maximum(x @ w + b, 0.0)


def right(x, w, b):
    """Return the gradients of the affine function."""
    return UP @ w.T, x.T @ UP, UP.sum(axis=0, keepdims=True)


def verdict(got, forward=affine, *, names=None, wrt=WRT, returns=BACK, step=1e-5, every=1, rule=None):
    """Return the verdict for the gradients `got` of `forward` at the drawn inputs."""
    names = names or {"X": X, "W": W, "b": B}
    plan = Gradient(of=Expression(text="forward(X, W, b)", at=AT), upstream="dZ", wrt=wrt, step=step)
    entries = [
        Entry(output=output, input=source, index=index, step=step)
        for output, source in wrt
        for index in list(np.ndindex(np.shape(names[source])))[::every]
    ]
    values = [forward(*names.values())]
    for entry in entries:
        for sign in (1, -1):
            moved = {name: np.array(value, dtype=float) for name, value in names.items()}
            moved[entry.input][entry.index] += sign * step
            values.append(forward(*moved.values()))
    scene = case(
        truth=tuple(Call(function="forward", arguments=()) for _ in values),
        names=names | {"dZ": UP},
        entries=tuple(entries),
    )
    outcome = got if hasattr(got, "seconds") else Returned(value=got)
    return judge(check(plan, **(rule or {})), returns, scene, [outcome], [Returned(value=value) for value in values])


def test_right_gradients_earn_all():
    found = verdict(right(X, W, B))
    assert found.share == 1
    assert dict(found.by_part) == {"dA_prev": F(40, 100), "dW": F(40, 100), "db": F(20, 100)}


def test_a_nonlinear_function():
    slope = UP * (1 - np.tanh(X @ W + B) ** 2)
    got = (slope @ W.T, X.T @ slope, slope.sum(axis=0, keepdims=True))
    assert verdict(got, smooth).share == 1
    assert verdict(got, smooth, step=1e-6).share == 1
    assert verdict(got, smooth, step=1e-4).share == 1
    assert verdict((got[0] * 1.0001, *got[1:]), smooth).share == F(60, 100)


def test_a_wrong_gradient_is_named_with_its_index():
    da, dw, db = right(X, W, B)
    dw = dw.copy()
    dw[2, 1] += 1e-3
    found = verdict((da, dw, db))
    (wrong,) = found.mismatches
    assert found.share == F(60, 100)
    assert (wrong.category, wrong.output, wrong.index) == ("values", "dW", (2, 1))
    assert wrong.want == pytest.approx(dw[2, 1] - 1e-3)
    assert (wrong.differing, wrong.total) == (1, 8)


@pytest.mark.parametrize(
    "spoil",
    [lambda g: -g, lambda g: g / 3, lambda g: g * 1.00001, lambda g: np.zeros_like(g), lambda g: g + 1e-4],
)
def test_plausible_slips_lose(spoil):
    assert verdict(tuple(spoil(g) for g in right(X, W, B))).share == 0


@pytest.mark.parametrize("scale", [1e-9, 1e9])
def test_the_tolerance_follows_the_size_of_the_gradient(scale):
    def forward(x, w, b):
        return scale * (x @ w + b)

    got = tuple(g * scale for g in right(X, W, B))
    assert verdict(got, forward).share == 1
    assert verdict(tuple(g * 1.0001 for g in got), forward).share == 0
    assert verdict(tuple(np.zeros_like(g) for g in got), forward).share == 0


def test_rounding_of_a_large_constant_term_is_allowed_for():
    def forward(x, w, b):
        return x @ w + b + 1e7

    assert verdict(right(X, W, B), forward).share == 1
    assert verdict(tuple(-g for g in right(X, W, B)), forward).share == 0


def test_a_function_that_curves_needs_its_truncation_allowed_for():
    def forward(x, w, b):
        return np.exp(3 * (x @ w + b))

    slope = 3 * UP * forward(X, W, B)
    got = (slope @ W.T, X.T @ slope, slope.sum(axis=0, keepdims=True))
    assert verdict(got, forward).share == 1
    assert verdict(got, forward, step=1e-4).share == 1


def test_entries_on_a_kink_are_left_out():
    x = np.array([[0.0, 1.0], [-2.0, 3.0], [1.0, 1.0]])
    w, b = np.eye(2), np.zeros((1, 2))
    slope = UP * (x > 0)
    wrt = (("dA_prev", "X"),)
    names = {"X": x, "W": w, "b": b}
    right_off_the_kink = slope @ w.T
    right_off_the_kink[0, 0] = 99.0
    assert verdict(right_off_the_kink, relu, names=names, wrt=wrt, returns=()).share == 1
    wrong = slope @ w.T
    wrong[1, 0] = 0.5
    found = verdict(wrong, relu, names=names, wrt=wrt, returns=())
    assert (found.share, found.mismatches[0].index, found.mismatches[0].total) == (0, (1, 0), 5)


def test_nothing_but_kinks_is_the_authors_fault():
    names = {"X": np.zeros((3, 2)), "W": np.eye(2), "b": np.zeros((1, 2))}
    with pytest.raises(RubricError):
        verdict(np.zeros((3, 2)), relu, names=names, wrt=(("dA_prev", "X"),), returns=())


def test_a_forward_without_numbers_is_the_authors_fault():
    with pytest.raises(RubricError):
        verdict(right(X, W, B), lambda x, w, b: np.full((3, 2), np.nan))
    with pytest.raises(RubricError):
        verdict(right(X, W, B), lambda x, w, b: "text")
    with pytest.raises(RubricError):
        verdict(right(X, W, B), lambda x, w, b: (x @ w)[:1])


@pytest.mark.parametrize(
    ("spoil", "category"),
    [
        (lambda g: g[0], "shape"),
        (lambda g: g.T, "shape"),
        (lambda g: g.astype(np.float32), "dtype"),
        (lambda g: np.zeros((0, 2)), "empty"),
        (lambda g: g.tolist(), "type"),
        (lambda g: None, "type"),
        (lambda g: np.where(g == g[1, 1], np.nan, g), "nan"),
        (lambda g: g.astype(int), "dtype"),
    ],
)
def test_the_form_of_a_gradient_is_its_inputs(spoil, category):
    da, dw, db = right(X, W, B)
    found = verdict((da, spoil(dw), db))
    assert found.share == F(60, 100)
    assert [(each.category, each.output) for each in found.mismatches] == [(category, "dW")]


def test_forms_of_the_whole():
    da, dw, db = right(X, W, B)
    assert verdict(da).share == F(40, 100)
    assert verdict((da, dw)).share == F(80, 100)
    assert verdict((da, dw, db, db)).share == F(80, 100)
    assert verdict([da, dw, db]).share == 1
    assert verdict({"dA_prev": da, "dW": dw, "db": db}).share == 1
    assert verdict(None).share == 0
    assert verdict(None).mismatches[0].category == "type"


def test_only_the_outputs_asked_for_share_the_points():
    da, dw, db = right(X, W, B)
    wrt = (("dA_prev", "X"), ("db", "b"))
    found = verdict((da, 0 * dw, 0 * db), wrt=wrt)
    assert found.share == F(2, 3)
    assert [name for name, _ in found.by_part] == ["dA_prev", "db"]


def test_a_single_output_needs_no_name():
    wrt = (("dA_prev", "X"),)
    assert verdict(right(X, W, B)[0], wrt=wrt, returns=()).share == 1
    assert verdict(right(X, W, B)[0] + 1, wrt=wrt, returns=(part("dA_prev", 100),)).share == 0


def test_a_scalar_input():
    def forward(x, s):
        return x * s

    x = UP * 0 + 2.0
    names = {"X": x, "s": 1.5}
    assert verdict(float((UP * x).sum()), forward, names=names, wrt=(("ds", "s"),), returns=()).share == 1
    assert verdict(-float((UP * x).sum()), forward, names=names, wrt=(("ds", "s"),), returns=()).share == 0


def test_a_call_that_raised_earns_nothing():
    found = verdict(raised("ValueError"))
    assert (found.share, found.mismatches, found.call) == (0, (), 0)
