"""The operators of an exported network: those of ONNX's opset 17 that a small network of a course needs.

Here stands what an operator takes and which shape comes out; what it computes stands in `network.js`. The shapes are
those of a whole batch, whose size is not known: `BATCH` stands for it, a number that no other side can be.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import prod
from typing import Any, NamedTuple, TypeAlias

Shape: TypeAlias = tuple[int, ...]
Attributes: TypeAlias = Mapping[str, Any]

BATCH = (1 << 61) - 1
"""Stands for the number of inputs that are computed together."""
RANK = 6
"""The most dimensions of a tensor."""
SIDE = 10_000
"""The largest number in an attribute."""


class Misfit(Exception):
    """Inputs of these shapes do not fit the operator and its attributes."""


class Attribute(NamedTuple):
    """An attribute: so many whole numbers (`number`; 0: up to RANK), or one number.

    `least` and `most` bound it; `default` None means that it must be given, and () that it follows from the inputs.
    """

    kind: str
    default: Any = None
    number: int = 0
    least: int = 1
    most: int = SIDE


def _ints(default: Any, number: int, least: int, most: int = SIDE) -> Attribute:
    return Attribute("ints", default, number, least, most)


def _int(default: int, least: int, most: int) -> Attribute:
    return Attribute("int", default, 1, least, most)


class Outcoming(NamedTuple):
    """The shape that comes out, and how many products or numbers each of its elements is made of."""

    shape: Shape
    terms: int = 1


class OnnxOperator(NamedTuple):
    """What an operator takes: from `least` to `most` inputs, its attributes; `infer` raises Misfit."""

    least: int
    most: int
    infer: Callable[[list[Shape], Attributes], Outcoming]
    attributes: Mapping[str, Attribute] = {}


def broadcast(shapes: list[Shape]) -> Shape:
    """Return the shape that numpy and ONNX bring shapes to. Raises Misfit."""
    rank = max(len(shape) for shape in shapes)
    sides = zip(*((1,) * (rank - len(shape)) + shape for shape in shapes), strict=True)
    found = [{side for side in each if side != 1} or {1} for each in sides]
    if any(len(each) > 1 for each in found):
        raise Misfit
    return tuple(each.pop() for each in found)


def _same(shapes: list[Shape], _: Attributes) -> Outcoming:
    return Outcoming(broadcast(shapes))


def _transpose(shapes: list[Shape], attributes: Attributes) -> Outcoming:
    (shape,) = shapes
    if sorted(attributes["perm"]) != list(range(len(shape))):
        raise Misfit
    return Outcoming(tuple(shape[axis] for axis in attributes["perm"]))


def _slid(shape: Shape, kernel: Shape, attributes: Attributes) -> Shape:
    """Return the places of a kernel on planes. Raises Misfit where it has none."""
    (top, left, bottom, right), (down, across) = attributes["pads"], attributes["strides"]
    rows = (shape[2] + top + bottom - kernel[0]) // down + 1
    columns = (shape[3] + left + right - kernel[1]) // across + 1
    if rows < 1 or columns < 1:
        raise Misfit
    return rows, columns


def _conv(shapes: list[Shape], attributes: Attributes) -> Outcoming:
    image, weight, *bias = shapes
    if len(image) != 4 or len(weight) != 4 or image[1] != weight[1] or (bias and bias[0] != weight[:1]):
        raise Misfit
    if attributes.get("kernel_shape", weight[2:]) != weight[2:]:
        raise Misfit
    return Outcoming((image[0], weight[0], *_slid(image, weight[2:], attributes)), prod(weight[1:]))


def _pool(shapes: list[Shape], attributes: Attributes) -> Outcoming:
    (image,) = shapes
    kernel, pads = attributes["kernel_shape"], attributes["pads"]
    # A window that covers nothing but padding has no maximum; ONNX Runtime refuses such pads as well.
    if len(image) != 4 or any(pad >= side for pad, side in zip(pads, kernel * 2, strict=True)):
        raise Misfit
    return Outcoming((*image[:2], *_slid(image, kernel, attributes)), prod(kernel))


def _flatten(shapes: list[Shape], attributes: Attributes) -> Outcoming:
    (shape,) = shapes
    axis = attributes["axis"]
    if not -len(shape) <= axis <= len(shape):
        raise Misfit
    axis += len(shape) if axis < 0 else 0
    return Outcoming((prod(shape[:axis]), prod(shape[axis:])))


def _gemm(shapes: list[Shape], attributes: Attributes) -> Outcoming:
    left, right, *added = shapes
    if len(left) != 2 or len(right) != 2:
        raise Misfit
    rows, inner = left[::-1] if attributes["transA"] else left
    same, columns = right[::-1] if attributes["transB"] else right
    if inner != same or (added and broadcast([(rows, columns), added[0]]) != (rows, columns)):
        raise Misfit
    return Outcoming((rows, columns), inner)


def _matmul(shapes: list[Shape], _: Attributes) -> Outcoming:
    left, right = shapes
    if not left or not right:
        raise Misfit
    rows, columns = left[-2:-1], right[-1:] if len(right) > 1 else ()
    if left[-1] != (right[-2] if len(right) > 1 else right[-1]):
        raise Misfit
    return Outcoming((*broadcast([left[:-2], right[:-2]]), *rows, *columns), left[-1])


def _softmax(shapes: list[Shape], attributes: Attributes) -> Outcoming:
    (shape,) = shapes
    axis = attributes["axis"]
    # Along the batch, what comes out for one input would depend on the others.
    if not -len(shape) <= axis < len(shape) or shape[axis] == BATCH:
        raise Misfit
    return Outcoming(shape)


def _reshape(shapes: list[Shape], attributes: Attributes) -> Outcoming:
    (shape,), wanted = shapes, list(attributes["shape"])
    if wanted.count(-1) > 1 or any(side == 0 and at >= len(shape) for at, side in enumerate(wanted)):
        raise Misfit
    wanted = [shape[at] if side == 0 else side for at, side in enumerate(wanted)]
    if -1 in wanted:
        wanted[wanted.index(-1)] = prod(shape) // prod(side for side in wanted if side != -1)
    if prod(wanted) != prod(shape):
        raise Misfit
    return Outcoming(tuple(wanted))


_SLIDING = {
    "strides": _ints((1, 1), 2, 1),
    "pads": _ints((0, 0, 0, 0), 4, 0),
}
_BINARY = OnnxOperator(2, 2, _same)
_UNARY = OnnxOperator(1, 1, _same)
_AXIS = -RANK, RANK

OPERATORS: Mapping[str, OnnxOperator] = {
    "Add": _BINARY,
    "AveragePool": OnnxOperator(
        1, 1, _pool,
        {**_SLIDING, "kernel_shape": _ints(None, 2, 1), "ceil_mode": _int(0, 0, 0), "count_include_pad": _int(0, 0, 0)},
    ),
    "Conv": OnnxOperator(
        2, 3, _conv,
        {**_SLIDING, "kernel_shape": _ints((), 2, 1), "dilations": _ints((1, 1), 2, 1, 1), "group": _int(1, 1, 1)},
    ),
    "Div": _BINARY,
    "Flatten": OnnxOperator(1, 1, _flatten, {"axis": _int(1, *_AXIS)}),
    "Gemm": OnnxOperator(
        2, 3, _gemm,
        {
            "alpha": Attribute("float", 1.0), "beta": Attribute("float", 1.0),
            "transA": _int(0, 0, 1), "transB": _int(0, 0, 1),
        },
    ),
    "MatMul": OnnxOperator(2, 2, _matmul),
    "MaxPool": OnnxOperator(
        1, 1, _pool, {**_SLIDING, "kernel_shape": _ints(None, 2, 1), "ceil_mode": _int(0, 0, 0)},
    ),
    "Mul": _BINARY,
    "Relu": _UNARY,
    "Reshape": OnnxOperator(1, 1, _reshape, {"shape": _ints(None, 0, -1, 10**7)}),
    "Sigmoid": _UNARY,
    "Softmax": OnnxOperator(1, 1, _softmax, {"axis": _int(-1, *_AXIS)}),
    "Sub": _BINARY,
    "Tanh": _UNARY,
    "Transpose": OnnxOperator(1, 1, _transpose, {"perm": _ints(None, 0, 0)}),
}  # fmt: skip
"""Every operator that a network may have, by ONNX's name. Attributes with one value only are there to be understood."""
