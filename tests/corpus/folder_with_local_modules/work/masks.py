import numpy as np


def mask(x):
    return x == x.max()


def share(dz, shape):
    return np.full(shape, dz / np.prod(shape))
