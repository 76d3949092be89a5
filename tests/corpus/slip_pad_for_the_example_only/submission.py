# Convolution by position: only the two loops over the output's height and width are left.
import numpy as np


def zero_pad(X, pad):
    m, n_H, n_W, n_C = X.shape
    X_pad = np.zeros((4, 7, 7, 2))
    X_pad[:, pad:pad + n_H, pad:pad + n_W, :] = X
    return X_pad


def conv_single_step(a_slice_prev, W, b):
    return (a_slice_prev * W).sum() + b


def conv_forward(A_prev, W, b, hparameters):
    s, p = hparameters['stride'], hparameters['pad']
    m, H_in, W_in, _ = A_prev.shape
    f, _, _, n_C = W.shape
    H_out = (H_in + 2 * p - f) // s + 1
    W_out = (W_in + 2 * p - f) // s + 1
    X = zero_pad(A_prev, p)
    Z = np.empty((m, H_out, W_out, n_C))
    for y in range(H_out):
        for x in range(W_out):
            window = X[:, y * s:y * s + f, x * s:x * s + f, :]
            Z[:, y, x, :] = np.tensordot(window, W, axes=([1, 2, 3], [0, 1, 2])) + b.reshape(-1)
    return Z, (A_prev, W, b, hparameters)


def conv_backward(dZ, cache):
    A_prev, W, b, hparameters = cache
    s, p = hparameters['stride'], hparameters['pad']
    f = W.shape[0]
    X = zero_pad(A_prev, p)
    dX = np.zeros(X.shape)
    dW = np.zeros(W.shape)
    for y in range(dZ.shape[1]):
        for x in range(dZ.shape[2]):
            g = dZ[:, y, x, :]
            window = X[:, y * s:y * s + f, x * s:x * s + f, :]
            dX[:, y * s:y * s + f, x * s:x * s + f, :] += np.tensordot(g, W, axes=([1], [3]))
            dW += np.tensordot(window, g, axes=([0], [0]))
    db = np.sum(dZ, axis=(0, 1, 2)).reshape(b.shape)
    dA_prev = dX[:, p:dX.shape[1] - p, p:dX.shape[2] - p, :]
    return dA_prev, dW, db


def pool_forward(A_prev, hparameters, mode="max"):
    f, s = hparameters['f'], hparameters['stride']
    m, H_in, W_in, n_C = A_prev.shape
    H_out = (H_in - f) // s + 1
    W_out = (W_in - f) // s + 1
    reduce = {'max': np.max, 'average': np.mean}[mode]
    A = np.zeros((m, H_out, W_out, n_C))
    for y in range(H_out):
        for x in range(W_out):
            A[:, y, x, :] = reduce(A_prev[:, y * s:y * s + f, x * s:x * s + f, :], axis=(1, 2))
    return A, (A_prev, hparameters)


def create_mask_from_window(x):
    return (x >= x.max()).astype(int)


def distribute_value(dz, shape):
    return np.broadcast_to(dz / (shape[0] * shape[1]), shape)


def pool_backward(dA, cache, mode="max"):
    A_prev, hparameters = cache
    f, s = hparameters['f'], hparameters['stride']
    out = np.zeros(A_prev.shape)
    m, H_out, W_out, n_C = dA.shape
    for y in range(H_out):
        for x in range(W_out):
            rows, cols = slice(y * s, y * s + f), slice(x * s, x * s + f)
            for i in range(m):
                for c in range(n_C):
                    if mode == 'max':
                        part = create_mask_from_window(A_prev[i, rows, cols, c]) * dA[i, y, x, c]
                    else:
                        part = distribute_value(dA[i, y, x, c], (f, f))
                    out[i, rows, cols, c] += part
    return out
