"""Small random networks as hypothesis draws them, and what numpy makes of them."""

import json

import numpy as np
import quickjs
from hypothesis import strategies as st

from grader.application.exporting import json_of
from grader.application.page import script

NUMBERS = np.random.default_rng
RANKS = {
    "AveragePool": 3, "Conv": 3, "MaxPool": 3, "Gemm": 1,
}  # fmt: skip
"""How many dimensions one input of an operator must have, where it must."""


def weight(rng, *shape):
    """Numbers that are not near 0, for something may be divided by them."""
    return rng.uniform(0.5, 2, shape) * rng.choice([-1, 1], shape)


def drawn(draw, op, shape, rng):
    """Return a node on an input of a shape (without the batch), as its weights and what it adds to "x" → "y"."""
    return {"Conv": _conv, "MaxPool": _pool, "AveragePool": _pool, "Gemm": _gemm, "MatMul": _matmul}.get(op, _other)(
        draw, op, shape, rng
    )


def _conv(draw, _, shape, rng):
    kernel = [draw(st.integers(1, 3)) for _ in range(2)]
    pads = [draw(st.integers(0, 3)) for _ in range(4)]
    for axis in range(2):  # the kernel must have a place
        pads[axis] += max(0, kernel[axis] - shape[1 + axis] - pads[axis] - pads[2 + axis])
    filters = draw(st.integers(1, 3))
    weights, inputs = {"W": weight(rng, filters, shape[0], *kernel)}, ["x", "W"]
    if draw(st.booleans()):
        weights["b"] = weight(rng, filters)
        inputs.append("b")
    node = {"inputs": inputs, "pads": pads, "strides": [draw(st.integers(1, 3)) for _ in range(2)]}
    return weights, node | draw(st.sampled_from([{}, {"kernel_shape": kernel, "group": 1, "dilations": [1, 1]}]))


def _pool(draw, _, shape, __):
    kernel = [draw(st.integers(1, min(3, side + 1))) for side in shape[1:]]
    pads = [draw(st.integers(0, side - 1)) for side in kernel * 2]
    for axis in range(2):
        pads[axis] = max(pads[axis], kernel[axis] - shape[1 + axis])
    strides = [draw(st.integers(1, 3)) for _ in range(2)]
    return {}, {"kernel_shape": kernel, "pads": pads, "strides": strides}


def _gemm(draw, _, shape, rng):
    turned, columns = draw(st.booleans()), draw(st.integers(1, 4))
    sides = (shape[0], columns)
    weights, inputs = {"W": weight(rng, *(sides[::-1] if turned else sides))}, ["x", "W"]
    if draw(st.booleans()):
        weights["c"] = weight(rng, *draw(st.sampled_from([(), (1,), (columns,), (1, 1), (1, columns)])))
        inputs.append("c")
    numbers = {"alpha": draw(st.sampled_from([1.0, -0.5])), "beta": draw(st.sampled_from([1.0, 2]))}
    return weights, {"inputs": inputs, "transB": int(turned), **draw(st.sampled_from([{}, numbers]))}


def _matmul(draw, _, shape, rng):
    inner, other = shape[-1], draw(st.integers(1, 4))
    ways = [(("x", "W"), (inner, other))]
    if len(shape) > 1:
        ways += [(("x", "W"), (inner,)), (("W", "x"), (other, shape[-2])), (("W", "x"), (shape[-2],))]
    if len(shape) > 2:
        ways += [(("x", "W"), (shape[0], inner, other)), (("W", "x"), (1, 1, other, shape[-2]))]
    inputs, sides = draw(st.sampled_from(ways))
    return {"W": weight(rng, *sides)}, {"inputs": list(inputs)}


def _other(draw, op, shape, rng):
    rank = len(shape) + 1
    if op in ("Add", "Sub", "Mul", "Div"):
        sides = [draw(st.sampled_from([1, side])) for side in shape][draw(st.integers(0, rank - 1)) :]
        inputs = draw(st.sampled_from([["x", "W"], ["W", "x"], ["x", "x"]]))
        return ({"W": weight(rng, *sides)} if "W" in inputs else {}), {"inputs": inputs}
    if op == "Transpose":
        return {}, {"perm": [0, *draw(st.permutations(range(1, rank)))]}
    if op == "Flatten":
        return {}, draw(st.sampled_from([{}, {"axis": 1}, {"axis": 1 - rank}]))
    if op == "Softmax":
        return {}, draw(
            st.sampled_from([{}, *({"axis": axis} for axis in range(1, rank)), {"axis": -1}, {"axis": 1 - rank}])
        )
    if op == "Reshape":
        whole = int(np.prod(shape))
        return {}, {
            "shape": draw(st.sampled_from([[0, -1], [-1, whole], [-1, *shape[::-1]], [0, 1, whole], [0, 0, -1]]))
        }
    return {}, {}


@st.composite
def single(draw, op):
    """Return a network of one node, as a module would give it, and a batch of inputs."""
    rank = RANKS.get(op) or draw(st.integers(1, 3))
    shape = tuple(draw(st.integers(1, 5)) for _ in range(rank))
    rng = NUMBERS(draw(st.integers(0, 2**32)))
    weights, node = drawn(draw, op, shape, rng)
    nodes = [{"op": op, "inputs": ["x"], "output": "y", **node}]
    return graph(shape, nodes, weights), weight(rng, draw(st.integers(1, 3)), *shape)


@st.composite
def chain(draw, ops):
    """Return a network of some nodes, each on what the one before made, and a batch of inputs."""
    shape = start = tuple(draw(st.integers(1, 5)) for _ in range(3))
    rng = NUMBERS(draw(st.integers(0, 2**32)))
    nodes, weights = [], {}
    for at in range(draw(st.integers(1, 6))):
        op = draw(st.sampled_from([op for op in ops if RANKS.get(op, len(shape)) == len(shape) and shape]))
        names = {"x": f"t{at}" if at else "x"}
        own, node = drawn(draw, op, shape, rng)
        names |= {name: f"{name}{at}" for name in own}
        nodes.append(
            {"op": op, "output": f"t{at + 1}", **node, "inputs": [names[each] for each in node.get("inputs", ["x"])]}
        )
        weights |= {names[name]: array for name, array in own.items()}
        shape = reference(graph(start, nodes, weights), np.ones((1, *start)))[f"t{at + 1}"].shape[1:]
        if not 1 <= len(shape) <= 4 or np.prod(shape) > 300:
            break
    return graph(start, nodes, weights, output=f"t{len(nodes)}"), weight(rng, draw(st.integers(1, 3)), *start)


def graph(shape, nodes, weights, output="y"):
    return {"input": {"name": "x", "shape": list(shape)}, "output": output, "nodes": nodes, "weights": weights}


def reference(network, batch):
    """Return every tensor of a network in double precision, by numpy and by the text of ONNX's operators."""
    known = {"x": batch, **network["weights"]}
    for node in network["nodes"]:
        known[node["output"]] = _computed(node, *(known[name] for name in node["inputs"]))
    return {name: known[name] for name in ("x", *(node["output"] for node in network["nodes"]))}


def _windows(x, kernel, node, filled):
    pads = node.get("pads", [0] * 4)
    wide = np.pad(x, [(0, 0), (0, 0), pads[0::2], pads[1::2]], constant_values=filled)
    down, across = node.get("strides", [1, 1])
    return np.lib.stride_tricks.sliding_window_view(wide, tuple(kernel), axis=(2, 3))[:, :, ::down, ::across]


def _computed(node, x, *more):
    match node["op"]:
        case "Add" | "Sub" | "Mul" | "Div":
            return {"Add": np.add, "Sub": np.subtract, "Mul": np.multiply, "Div": np.divide}[node["op"]](x, *more)
        case "Relu":
            return np.maximum(x, 0)
        case "Tanh":
            return np.tanh(x)
        case "Sigmoid":
            return (1 + np.tanh(x / 2)) / 2
        case "Softmax":
            axis = node.get("axis", -1)
            raised = np.exp(x - x.max(axis, keepdims=True))
            return raised / raised.sum(axis, keepdims=True)
        case "Transpose":
            return x.transpose(node["perm"])
        case "Flatten":
            return x.reshape(len(x), -1)
        case "Reshape":
            return x.reshape([x.shape[at] if side == 0 else side for at, side in enumerate(node["shape"])])
        case "MatMul":
            return np.matmul(x, *more)
        case "Gemm":
            a = x.T if node.get("transA") else x
            b = more[0].T if node.get("transB") else more[0]
            return node.get("alpha", 1) * a @ b + (node.get("beta", 1) * more[1] if len(more) > 1 else 0)
        case "MaxPool":
            return _windows(x, node["kernel_shape"], node, -np.inf).max((4, 5))
        case "AveragePool":
            return np.nanmean(_windows(x, node["kernel_shape"], node, np.nan), (4, 5))
        case "Conv":
            made = np.einsum("nchwij,mcij->nmhw", _windows(x, more[0].shape[2:], node, 0), more[0])
            return made + (more[1][:, None, None] if len(more) > 1 else 0)


class InJavaScript:
    """An engine that holds the program of an exported page."""

    def __init__(self):
        self.context = quickjs.Context()
        self.context.eval(script("network.js"))
        self.context.eval(
            "const parsed = JSON.parse; var run = (a, b) => JSON.stringify(runNetwork(parsed(a), parsed(b)))"
        )

    def run(self, network, batch):
        """Return every tensor by its name, of a network as JSON has it."""
        told = self.context.get("run")(json_of(network), json_of(batch.tolist()))
        return {name: np.array(nested, dtype=float) for name, nested in json.loads(told).items()}
