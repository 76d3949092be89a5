"""An application's network as an ONNX model, in single precision, checked with ONNX Runtime.

What the model is made of was checked by `network`; the packages are imported where they are first needed.
"""

from __future__ import annotations

import importlib
import shlex
import sys
from typing import TYPE_CHECKING, Any

from grader.application.exporting import LargestDifference, place_of
from grader.errors import EngineError, UsageError
from grader.language import inert, say
from grader.version import __version__

if TYPE_CHECKING:
    from grader.application.network import Examples, Layer, Network

OPSET = 17
IR_VERSION = 8
"""The format's version that came with opset 17, so that old runtimes read it too."""
TOLERANCE = 1e-4
"""Of the largest output: single precision has about seven digits, and a network loses some in its sums."""


def model_bytes(network: Network) -> bytes:
    """Return the network as a model of ONNX (float32; the batch is of any size), which its own checker accepts.

    Raises UsageError where the package is not installed, or a weight is too large for single precision.
    """
    import numpy as np

    onnx = _package("onnx")
    helper, numbers = onnx.helper, onnx.TensorProto.FLOAT
    nodes, shapes = [], []
    for at, layer in enumerate(network.nodes):
        node, shape = _node(layer, at, onnx)
        nodes.append(node)
        shapes += shape
    weights = []
    for name, array in network.weights.items():
        with np.errstate(over="ignore"):
            single = array.astype(np.float32)
        if not np.isfinite(single).all():
            raise UsageError(say("The weight {name} is too large for single precision.", name=name))
        weights.append(onnx.numpy_helper.from_array(single, name))
    graph = helper.make_graph(
        nodes,
        "application",
        [helper.make_tensor_value_info(network.input, numbers, ["n", *network.shape])],
        [helper.make_tensor_value_info(network.output, numbers, ["n", *network.result])],
        [*weights, *shapes],
    )
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION,
        producer_name="pingfen", producer_version=__version__,
    )  # fmt: skip
    onnx.checker.check_model(model, full_check=True)
    data: bytes = model.SerializeToString(deterministic=True)
    return data


def _node(layer: Layer, at: int, onnx: Any) -> tuple[Any, list[Any]]:
    """Return a node, and the tensors that only it needs: ONNX gives Reshape its shape as an input."""
    import numpy as np

    op, attributes = layer.op, dict(layer.attributes)
    if op == "Transpose" and attributes["perm"] == tuple(sorted(attributes["perm"])):
        # ONNX Runtime (1.19 to 1.23) joins any Transpose with a Gemm behind it as if it swapped both axes.
        op = "Identity"
        attributes.clear()
    if op == "Gemm" and len(layer.inputs) == 2:
        attributes.pop("beta")
    inputs, shapes = list(layer.inputs), []
    if op == "Reshape":
        name = f"_shape_{at}"  # no name of a network begins with an underscore
        shapes = [onnx.numpy_helper.from_array(np.array(attributes.pop("shape"), dtype=np.int64), name)]
        inputs.append(name)
    return onnx.helper.make_node(op, inputs, [layer.output], **attributes), shapes


def check_onnx(data: bytes, network: Network, examples: Examples) -> LargestDifference:
    """Return how far ONNX Runtime is from the student's outputs with this model.

    Raises UsageError where the package is not installed, EngineError where it cannot compute the model.
    """
    import numpy as np

    runtime = _package("onnxruntime")
    options = runtime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    with np.errstate(over="ignore"):
        inputs = {network.input: examples.inputs.astype(np.float32)}
    try:
        session = runtime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
        (made,) = session.run([network.output], inputs)
    except Exception as error:  # of types that ONNX Runtime does not name in public
        raise EngineError(say("ONNX Runtime cannot compute the model: {why}", why=inert(str(error)))) from error
    differences = np.abs(made.astype(np.float64) - examples.outputs).reshape(len(examples.inputs), -1)
    differences[~np.isfinite(differences)] = np.inf
    example, element = divmod(int(differences.argmax()), differences.shape[1])
    return LargestDifference(
        largest=float(differences.max()), example=example, element=place_of(element, network.result),
        scale=float(np.abs(examples.outputs).max()), tolerance=TOLERANCE,
    )  # fmt: skip


def _package(name: str) -> Any:
    try:
        found = importlib.import_module(name)
        if name == "onnxruntime":
            found.disable_telemetry_events()
        return found
    except ImportError as error:
        command = f"{shlex.quote(sys.executable)} -m pip install 'pingfen[onnx]'"
        raise UsageError(
            say("A model of ONNX needs the package {package}.", package=name),
            say("Install it: {command}", command=inert(command, 400)),
        ) from error
