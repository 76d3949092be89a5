# then: 1000000 blank lines
"""Long file, deep tracebacks: each of 50 frames of each case is looked up in a million lines."""


def deep(n):
    if n:
        return deep(n - 1)
    raise KeyError


def zero_pad(X, pad):
    return deep(60)


def conv_single_step(a_slice_prev, W, b):
    return deep(60)


def conv_forward(A_prev, W, b, hparameters):
    return deep(60)


def conv_backward(dZ, cache):
    return deep(60)


def pool_forward(A_prev, hparameters, mode="max"):
    return deep(60)


def create_mask_from_window(x):
    return deep(60)


def distribute_value(dz, shape):
    return deep(60)


def pool_backward(dA, cache, mode="max"):
    return deep(60)
