"""The reference solutions give the handout's numbers, and hold at every edge."""

import ast
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

ROOT = Path(__file__).resolve().parents[2]
REQUIRED = ("zero_pad", "conv_single_step", "conv_forward", "pool_forward")
OPTIONAL = ("conv_backward", "create_mask_from_window", "distribute_value", "pool_backward")


@pytest.fixture
def handout():
    """Return numpy's legacy generator as the handout seeds it."""
    return np.random.RandomState(1)


def test_zero_pad(solution, handout):
    x = handout.randn(4, 3, 3, 2)
    padded = solution.zero_pad(x, 2)
    assert padded.shape == (4, 7, 7, 2)
    assert_array_equal(padded[:, 2:5, 2:5, :], x)
    assert padded.sum() == pytest.approx(x.sum())
    assert np.count_nonzero(padded) == x.size


def test_conv_single_step(solution, handout):
    z = solution.conv_single_step(handout.randn(4, 4, 3), handout.randn(4, 4, 3), handout.randn(1, 1, 1))
    assert np.ndim(z) == 0
    assert str(z) == "-6.999089450680221"


def convolved(solution, handout):
    a_prev = handout.randn(10, 4, 4, 3)
    w = handout.randn(2, 2, 3, 8)
    b = handout.randn(1, 1, 1, 8)
    return solution.conv_forward(a_prev, w, b, {"pad": 2, "stride": 2})


def test_conv_forward(solution, handout):
    z, cache = convolved(solution, handout)
    assert str(np.mean(z)) == "0.048995203528855794"
    want = [-0.61490741, -6.7439236, -2.55153897, 1.75698377, 3.56208902, 0.53036437, 5.18531798, 8.75898442]
    assert_allclose(z[3, 2, 1], want, atol=5e-9, rtol=0)
    assert_allclose(cache[0][1][2][3], [-0.20075807, 0.18656139, 0.41005165], atol=5e-9, rtol=0)


def test_conv_backward(solution, handout):
    gradients = solution.conv_backward(*convolved(solution, handout))
    assert [str(np.mean(g)) for g in gradients] == ["1.4524377775388075", "1.7269914583139097", "7.839232564616838"]


def test_pool_forward(solution, handout):
    a_prev = handout.randn(2, 4, 4, 3)
    top, _ = solution.pool_forward(a_prev, {"f": 3, "stride": 2})
    mean, _ = solution.pool_forward(a_prev, {"f": 3, "stride": 2}, mode="average")
    want_top = [[[[1.74481176, 0.86540763, 1.13376944]]], [[[1.13162939, 1.51981682, 2.18557541]]]]
    want_mean = [[[[0.02105773, -0.20328806, -0.40389855]]], [[[-0.22154621, 0.51716526, 0.48155844]]]]
    assert_allclose(top, want_top, atol=5e-9, rtol=0)
    assert_allclose(mean, want_mean, atol=5e-9, rtol=0)


def test_create_mask_from_window(solution, handout):
    mask = solution.create_mask_from_window(handout.randn(2, 3))
    assert mask.dtype == bool
    assert_array_equal(mask, [[True, False, False], [False, False, False]])


def test_distribute_value(solution):
    assert_array_equal(solution.distribute_value(2, (2, 2)), np.full((2, 2), 0.5))


def test_pool_backward(solution, handout):
    a_prev = handout.randn(5, 5, 3, 2)
    _, cache = solution.pool_forward(a_prev, {"f": 2, "stride": 1})
    da = handout.randn(5, 4, 2, 2)
    assert str(np.mean(da)) == "0.14571390272918056"
    top = solution.pool_backward(da, cache, mode="max")
    mean = solution.pool_backward(da, cache, mode="average")
    assert_allclose(top[1, 1], [[0, 0], [5.05844394, -1.68282702], [0, 0]], atol=5e-9, rtol=0)
    want = [[0.08485462, 0.2787552], [1.26461098, -0.25749373], [1.17975636, -0.53624893]]
    assert_allclose(mean[1, 1], want, atol=5e-9, rtol=0)


SIZES = [
    # m, h, w, c, n_c, f, pad, stride
    (1, 3, 5, 2, 3, 1, 0, 1),
    (2, 4, 3, 1, 2, 2, 0, 2),
    (1, 6, 4, 3, 1, 3, 1, 2),
    (2, 5, 7, 2, 2, 4, 3, 3),
    (1, 7, 5, 1, 1, 2, 0, 3),
]


@pytest.mark.parametrize("size", SIZES)
def test_convolution_against_its_definition(solution, size):
    """The sum over a window, written with `tensordot`, and the adjoint of that linear map."""
    m, h, w, c, n_c, f, pad, stride = size
    rng = np.random.default_rng(sum(size))
    a_prev, weights, bias = rng.normal(size=(m, h, w, c)), rng.normal(size=(f, f, c, n_c)), rng.normal(size=n_c)
    bias = bias.reshape(1, 1, 1, n_c)
    z, cache = solution.conv_forward(a_prev, weights, bias, {"stride": stride, "pad": pad})
    padded = np.pad(a_prev, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
    views = np.lib.stride_tricks.sliding_window_view(padded, (f, f), axis=(1, 2))[:, ::stride, ::stride]
    assert_allclose(z, np.tensordot(views, weights.transpose(2, 0, 1, 3), axes=3) + bias, rtol=1e-12, atol=1e-12)

    dz = rng.normal(size=z.shape)
    da, dw, db = solution.conv_backward(dz, cache)
    assert (da.shape, dw.shape, db.shape) == (a_prev.shape, weights.shape, bias.shape)
    step_a, step_w, step_b = rng.normal(size=da.shape), rng.normal(size=dw.shape), rng.normal(size=db.shape)

    def loss(t):
        moved = (a_prev + t * step_a, weights + t * step_w, bias + t * step_b)
        return np.sum(dz * solution.conv_forward(*moved, {"stride": stride, "pad": pad})[0])

    slope = (loss(1e-4) - loss(-1e-4)) / 2e-4  # the loss is a quadratic in t: exact but for rounding
    assert slope == pytest.approx(np.sum(da * step_a) + np.sum(dw * step_w) + np.sum(db * step_b), rel=1e-7)


@pytest.mark.parametrize("mode", ["max", "average"])
@pytest.mark.parametrize("size", SIZES)
def test_pooling_against_its_definition(solution, size, mode):
    m, h, w, c, _, _, _, stride = size
    f = min(3, h, w)
    rng = np.random.default_rng(sum(size))
    a_prev = -1 - rng.permutation(m * h * w * c).reshape(m, h, w, c).astype(float)
    a, cache = solution.pool_forward(a_prev, {"f": f, "stride": stride}, mode)
    views = np.lib.stride_tricks.sliding_window_view(a_prev, (f, f), axis=(1, 2))[:, ::stride, ::stride]
    assert_allclose(a, views.max(axis=(-2, -1)) if mode == "max" else views.mean(axis=(-2, -1)), rtol=1e-12)

    da = rng.normal(size=a.shape)
    gradient = solution.pool_backward(da, cache, mode)
    step = rng.normal(size=a_prev.shape)

    def loss(t):
        return np.sum(da * solution.pool_forward(a_prev + t * step, {"f": f, "stride": stride}, mode)[0])

    assert (loss(1e-4) - loss(-1e-4)) / 2e-4 == pytest.approx(np.sum(gradient * step), rel=1e-6)


def test_inputs_are_left_alone(solution):
    rng = np.random.default_rng(0)
    a_prev, w, b = rng.normal(size=(2, 4, 5, 2)), rng.normal(size=(2, 2, 2, 3)), rng.normal(size=(1, 1, 1, 3))
    before = [a_prev.copy(), w.copy(), b.copy()]
    for pad in (0, 1):
        z, cache = solution.conv_forward(a_prev, w, b, {"stride": 1, "pad": pad})
        solution.conv_backward(z, cache)
    a, cache = solution.pool_forward(a_prev, {"f": 2, "stride": 1})
    solution.pool_backward(a, cache)
    for now, then in zip((a_prev, w, b), before, strict=True):
        assert_array_equal(now, then)


def test_ties_share_the_mask(solution):
    x = np.array([[2.0, -1.0], [2.0, 0.0], [-3.0, 2.0]])
    assert_array_equal(solution.create_mask_from_window(x), [[True, False], [True, False], [False, True]])


ARGUMENTS = {"zero_pad": 2, "conv_single_step": 3, "conv_forward": 4, "conv_backward": 2, "pool_forward": 2}
ARGUMENTS |= {"create_mask_from_window": 1, "distribute_value": 2, "pool_backward": 2}


@pytest.mark.parametrize("name", REQUIRED + OPTIONAL)
def test_untouched_stub_needs_nothing(stub, name):
    got = getattr(stub, name)(*[object()] * ARGUMENTS[name])
    assert got is None or set(got) == {None}


@pytest.mark.parametrize("folder", ["solutions", "assignment"])
def test_every_function_is_marked_and_documented(folder):
    text = (ROOT / folder / "cnn.py").read_text(encoding="utf-8")
    lines = text.splitlines()
    functions = [node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)]
    assert sorted(f.name for f in functions) == sorted(REQUIRED + OPTIONAL)
    for function in functions:
        marker = "# 评分函数:" if function.name in REQUIRED else "# 评分函数(可选):"
        assert lines[function.lineno - 2] == marker + function.name
        body = lines[function.lineno - 1 : function.end_lineno]
        assert body.count("    ### 在此处编写代码 ###") == body.count("    ### 代码结束 ###") == 1
        assert "行代码" in "".join(body)
        docstring = ast.get_docstring(function) or ""
        assert all(word in docstring for word in ("参数：", "返回：", "形状"))
