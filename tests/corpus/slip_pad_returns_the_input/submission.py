import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def zero_pad(X, pad):
    return X


def conv_single_step(a_slice_prev, W, b):
    return np.vdot(a_slice_prev, W) + b.squeeze()


def _views(A, f, stride):
    # (m, n_H, n_W, n_C, f, f)
    return sliding_window_view(A, (f, f), axis=(1, 2))[:, ::stride, ::stride]


def conv_forward(A_prev, W, b, hparameters):
    stride, pad = hparameters["stride"], hparameters["pad"]
    views = _views(zero_pad(A_prev, pad), W.shape[0], stride)
    Z = np.einsum("mhwcxy,xyck->mhwk", views, W) + b
    return Z, (A_prev, W, b, hparameters)


def conv_backward(dZ, cache):
    A_prev, W, b, hparameters = cache
    stride, pad = hparameters["stride"], hparameters["pad"]
    f = W.shape[0]
    padded = zero_pad(A_prev, pad)
    dW = np.einsum("mhwcxy,mhwk->xyck", _views(padded, f, stride), dZ)
    db = dZ.sum(axis=(0, 1, 2), keepdims=True)
    dpadded = np.zeros_like(padded)
    n_H, n_W = dZ.shape[1:3]
    for x in range(f):
        for y in range(f):
            dpadded[:, x : x + stride * n_H : stride, y : y + stride * n_W : stride, :] += dZ @ W[x, y].T
    n_H_prev, n_W_prev = A_prev.shape[1:3]
    return dpadded[:, pad : pad + n_H_prev, pad : pad + n_W_prev, :], dW, db


def pool_forward(A_prev, hparameters, mode="max"):
    views = _views(A_prev, hparameters["f"], hparameters["stride"])
    A = views.max(axis=(-2, -1)) if mode == "max" else views.mean(axis=(-2, -1))
    return A, (A_prev, hparameters)


def create_mask_from_window(x):
    return np.equal(x, x.max())


def distribute_value(dz, shape):
    return np.full(shape, dz / np.prod(shape))


def pool_backward(dA, cache, mode="max"):
    A_prev, hparameters = cache
    f, stride = hparameters["f"], hparameters["stride"]
    views = _views(A_prev, f, stride)
    top = views.max(axis=(-2, -1), keepdims=True)
    share = (views == top) if mode == "max" else np.full(views.shape, 1 / (f * f))
    dA_prev = np.zeros_like(A_prev)
    n_H, n_W = dA.shape[1:3]
    for x in range(f):
        for y in range(f):
            dA_prev[:, x : x + stride * n_H : stride, y : y + stride * n_W : stride, :] += share[..., x, y] * dA
    return dA_prev
