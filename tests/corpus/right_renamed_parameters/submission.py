from __future__ import annotations

import itertools
import math
from typing import Any, Dict, Tuple

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


def zero_pad(images: Array, width: int) -> Array:
    padded = np.zeros((len(images), images.shape[1] + 2 * width, images.shape[2] + 2 * width, images.shape[3]))
    for n, image in enumerate(images):
        for channel in range(image.shape[2]):
            padded[n, width:width + image.shape[0], width:width + image.shape[1], channel] = image[:, :, channel]
    return padded


def conv_single_step(window: Array, kernel: Array, bias: Array) -> float:
    return float(np.tensordot(window, kernel, axes=3)) + bias[0][0][0].item()


def _steps(size: int, kernel: int, step: int) -> int:
    return math.floor((size - kernel) / step) + 1


def conv_forward(x: Array, kernels: Array, biases: Array, hp: Dict[str, int]) -> Tuple[Array, Tuple[Any, ...]]:
    step = hp["stride"]
    padded = zero_pad(x, hp["pad"])
    k = kernels.shape[0]
    rows, cols = _steps(padded.shape[1], k, step), _steps(padded.shape[2], k, step)
    out = np.zeros((x.shape[0], rows, cols, kernels.shape[3]))
    for n, r, s, q in itertools.product(*map(range, out.shape)):
        window = padded[n, r * step:r * step + k, s * step:s * step + k]
        out[n, r, s, q] = conv_single_step(window, kernels[..., q], biases[..., q])
    return out, (x, kernels, biases, hp)


def conv_backward(grad: Array, saved: Tuple[Any, ...]) -> Tuple[Array, Array, Array]:
    x, kernels, biases, hp = saved
    step, width, k = hp["stride"], hp["pad"], kernels.shape[0]
    padded = zero_pad(x, width)
    dx, dk, dbias = np.zeros_like(padded), np.zeros_like(kernels), np.zeros_like(biases)
    for n, r, s, q in np.ndindex(grad.shape):
        here = np.s_[n, r * step:r * step + k, s * step:s * step + k]
        dx[here] += kernels[..., q] * grad[n, r, s, q]
        dk[..., q] += padded[here] * grad[n, r, s, q]
        dbias[..., q] += grad[n, r, s, q]
    if width:
        dx = dx[:, width:-width, width:-width]
    return dx, dk, dbias


def pool_forward(x: Array, hp: Dict[str, int], kind: str = "max") -> Tuple[Array, Tuple[Any, ...]]:
    k, step = hp["f"], hp["stride"]
    out = np.zeros((x.shape[0], _steps(x.shape[1], k, step), _steps(x.shape[2], k, step), x.shape[3]))
    for n, r, s, q in np.ndindex(out.shape):
        window = x[n, r * step:r * step + k, s * step:s * step + k, q]
        match kind:
            case "max":
                out[n, r, s, q] = max(window.flat)
            case "average":
                out[n, r, s, q] = sum(window.flat) / window.size
    return out, (x, hp)


create_mask_from_window = lambda window: np.isin(window, window.max())


def distribute_value(value: float, size: Tuple[int, int]) -> Array:
    rows, cols = size
    return np.array([[value / (rows * cols)] * cols] * rows)


def pool_backward(grad: Array, saved: Tuple[Any, ...], kind: str = "max") -> Array:
    x, hp = saved
    k, step = hp["f"], hp["stride"]
    dx = np.zeros_like(x)
    for n, r, s, q in np.ndindex(grad.shape):
        here = np.s_[n, r * step:r * step + k, s * step:s * step + k, q]
        value = grad[n, r, s, q]
        dx[here] += create_mask_from_window(x[here]) * value if kind == "max" else distribute_value(value, (k, k))
    return dx
