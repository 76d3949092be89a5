import numpy as np


# GRADED FUNCTION: zero_pad
def zero_pad(X, pad):
    ### START CODE HERE ### (1 line)
    X_pad = None
    ### END CODE HERE ###
    return X_pad


def conv_single_step(a_slice_prev, W, b):
    s = None
    Z = None
    Z = None
    return Z


def conv_forward(A_prev, W, b, hparameters):
    (m, n_H_prev, n_W_prev, n_C_prev) = None
    (f, f, n_C_prev, n_C) = None
    stride = None
    n_H = None
    Z = None
    for i in range(None):
        a_prev_pad = None
        for h in range(None):
            for c in range(None):
                vert_start = None
                Z[i, h, c] = None
    assert Z.shape == (m, n_H, 1, n_C)
    cache = (A_prev, W, b, hparameters)
    return Z, cache


def conv_backward(dZ, cache):
    """待写"""


def pool_forward(A_prev, hparameters, mode="max"):
    (m, n_H_prev, n_W_prev, n_C_prev) = A_prev.shape
    f = hparameters["f"]
    stride = hparameters["stride"]
    n_H = int(1 + (n_H_prev - f) / stride)
    n_W = int(1 + (n_W_prev - f) / stride)
    A = np.zeros((m, n_H, n_W, n_C_prev))
    for i in range(None):
        for h in range(None):
            A[i, h] = None
    cache = (A_prev, hparameters)
    return A, cache


def create_mask_from_window(x):
    raise NotImplementedError("稍后再写")


def distribute_value(dz, shape):
    ...


def pool_backward(dA, cache, mode="max"):
    return None
