import json
import os

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))


def mask(x):
    return x == x.max()


def share(dz, shape):
    with open(os.path.join(HERE, "data", "axes.json")) as file:
        axes = json.load(file)
    return np.full(shape, dz / np.prod([shape[axis] for axis in axes]))
