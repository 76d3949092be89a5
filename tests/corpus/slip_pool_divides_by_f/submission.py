import numpy as np

"""im2col: every window becomes one row, so that a convolution is one matrix product."""


def zero_pad(X, pad):
    if pad == 0:
        return X.copy()
    return np.pad(X, pad_width=((0,), (pad,), (pad,), (0,)), mode='constant')


def conv_single_step(a_slice_prev, W, b):
    total = 0.0
    for value, weight in zip(a_slice_prev.ravel(), W.ravel()):
        total += value * weight
    return total + b.ravel()[0]


def out_size(n, f, pad, stride):
    return 1 + (n - f + 2 * pad) // stride


def im2col(X, f, stride, n_H, n_W):
    m, _, _, c = X.shape
    rows = np.zeros((m, n_H, n_W, f * f * c))
    for h in range(n_H):
        for w in range(n_W):
            rows[:, h, w] = X[:, h * stride:h * stride + f, w * stride:w * stride + f].reshape(m, -1)
    return rows


def col2im(rows, shape, f, stride):
    X = np.zeros(shape)
    m, n_H, n_W, _ = rows.shape
    for h in range(n_H):
        for w in range(n_W):
            X[:, h * stride:h * stride + f, w * stride:w * stride + f] += rows[:, h, w].reshape(m, f, f, shape[-1])
    return X


def conv_forward(A_prev, W, b, hparameters):
    stride = hparameters.get('stride', 1)
    pad = hparameters.get('pad', 0)
    f = W.shape[0]
    n_H = out_size(A_prev.shape[1], f, pad, stride)
    n_W = out_size(A_prev.shape[2], f, pad, stride)
    rows = im2col(zero_pad(A_prev, pad), f, stride, n_H, n_W)
    Z = rows @ W.reshape(-1, W.shape[-1]) + b[0, 0, 0]
    return Z, [A_prev, W, b, hparameters]


def conv_backward(dZ, cache):
    A_prev, W, b, hparameters = cache
    stride, pad = hparameters['stride'], hparameters['pad']
    f = W.shape[0]
    padded = zero_pad(A_prev, pad)
    rows = im2col(padded, f, stride, dZ.shape[1], dZ.shape[2])
    flat = rows.reshape(-1, rows.shape[-1])
    dZ_flat = dZ.reshape(-1, dZ.shape[-1])
    dW = (flat.T @ dZ_flat).reshape(W.shape)
    db = dZ_flat.sum(axis=0)[None, None, None, :]
    dpadded = col2im(dZ @ W.reshape(-1, W.shape[-1]).T, padded.shape, f, stride)
    _, H, Wd, _ = A_prev.shape
    return [dpadded[:, pad:pad + H, pad:pad + Wd], dW, db]


def pool_forward(A_prev, hparameters, mode='max'):
    f, stride = hparameters['f'], hparameters['stride']
    m, H, Wd, c = A_prev.shape
    n_H, n_W = out_size(H, f, 0, stride), out_size(Wd, f, 0, stride)
    rows = im2col(A_prev, f, stride, n_H, n_W).reshape(m, n_H, n_W, f * f, c)
    A = rows.max(axis=3) if mode == 'max' else rows.sum(axis=3) / f
    return A, [A_prev, hparameters]


def create_mask_from_window(x):
    mask = np.zeros_like(x)
    mask[np.where(x == np.amax(x))] = 1.0
    return mask


def distribute_value(dz, shape):
    a = np.empty(shape)
    a.fill(dz / a.size)
    return a


def pool_backward(dA, cache, mode='max'):
    A_prev, hparameters = cache
    f, stride = hparameters['f'], hparameters['stride']
    m, n_H, n_W, c = dA.shape
    rows = im2col(A_prev, f, stride, n_H, n_W).reshape(m, n_H, n_W, f * f, c)
    if mode == 'max':
        weights = (rows == rows.max(axis=3, keepdims=True)).astype(float)
    else:
        weights = np.ones(rows.shape) / (f * f)
    back = weights * dA[:, :, :, None, :]
    return col2im(back.reshape(m, n_H, n_W, -1), A_prev.shape, f, stride)
