"""The model of ONNX computes what the network does, by ONNX Runtime; it is a file that others read."""

import sys

import numpy as np
import onnx
import onnxruntime
import pytest
from hypothesis import HealthCheck, given, settings

from grader.application.network import read_examples, read_network
from grader.application.onnx_model import check_onnx, model_bytes
from grader.application.operators import OPERATORS
from grader.errors import EngineError, UsageError
from tests.application.graphs import chain, graph, reference, single

MANY = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def computed(given_, batch):
    """Return how far ONNX Runtime is from numpy on a batch, for the largest output of 1."""
    network = read_network(given_)
    outputs = reference(given_, batch)[network.output]
    examples = read_examples({"inputs": batch, "outputs": outputs}, network)
    return check_onnx(model_bytes(network), network, examples)


@pytest.mark.parametrize("op", OPERATORS)
def test_onnx_runtime_computes_every_operator_as_we_do(op):
    @given(single(op))
    @MANY
    def holds(drawn):
        assert not computed(*drawn).too_large

    holds()


@given(chain(["Conv", "Relu", "MaxPool", "AveragePool", "Transpose", "Flatten", "Gemm", "Softmax", "Sigmoid", "Tanh"]))
@MANY
def test_onnx_runtime_computes_networks_as_we_do(drawn):
    assert not computed(*drawn).too_large


@pytest.fixture
def network():
    nodes = [
        {"op": "Reshape", "inputs": ["x"], "output": "flat", "shape": [0, -1]},
        {"op": "Gemm", "inputs": ["flat", "W"], "output": "scores"},
        {"op": "Softmax", "inputs": ["scores"], "output": "y"},
    ]
    return graph((2, 3), nodes, {"W": np.random.default_rng(0).normal(size=(6, 4))})


def test_the_model_is_one_that_others_read(network):
    data = model_bytes(read_network(network))
    assert data == model_bytes(read_network(network))
    model = onnx.load_from_string(data)
    onnx.checker.check_model(model, full_check=True)
    assert [(each.domain, each.version) for each in model.opset_import] == [("", 17)] and model.ir_version == 8
    (given_,), (made,) = model.graph.input, model.graph.output
    sides = [[side.dim_param or side.dim_value for side in each.type.tensor_type.shape.dim] for each in (given_, made)]
    assert (given_.name, made.name, sides) == ("x", "y", [["n", 2, 3], ["n", 4]])
    session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
    assert session.run(None, {"x": np.zeros((5, 2, 3), np.float32)})[0].shape == (5, 4)


def test_the_largest_difference_is_told_with_its_place(network, capfd):
    read = read_network(network)
    batch = np.random.default_rng(1).normal(size=(3, 2, 3))
    outputs = reference(network, batch)["y"].copy()
    data = model_bytes(read)
    right = check_onnx(data, read, read_examples({"inputs": batch, "outputs": outputs}, read))
    assert 0 < right.largest < 1e-6 and not right.too_large
    outputs[2, 1] += 0.25
    wrong = check_onnx(data, read, read_examples({"inputs": batch, "outputs": outputs}, read))
    assert (wrong.example, wrong.element) == (2, (1,)) and abs(wrong.largest - 0.25) < 1e-6 and wrong.too_large
    assert capfd.readouterr() == ("", "")


def test_what_overflows_in_single_precision_is_refused(network):
    network["nodes"] = [{"op": "Mul", "inputs": ["x", "W"], "output": "y"}]
    network["weights"] = {"W": 1e30}
    read = read_network(network)
    batch = np.full((1, 2, 3), 1e30)
    assert check_onnx(
        model_bytes(read), read, read_examples({"inputs": batch, "outputs": batch * 1e30}, read)
    ).too_large
    network["weights"] = {"W": 1e300}
    with pytest.raises(UsageError, match="The weight W is too large for single precision"):
        model_bytes(read_network(network))


def test_a_transposition_that_moves_nothing_is_none_to_onnx_runtime(network):
    """Some of its versions take one in front of a Gemm for one that swaps the axes."""
    turn = {"op": "Transpose", "inputs": ["flat"], "output": "same", "perm": [0, 1]}
    network["nodes"][1:2] = [turn, {"op": "Gemm", "inputs": ["same", "W"], "output": "scores"}]
    assert not computed(network, np.random.default_rng(1).normal(size=(3, 2, 3))).too_large


def test_what_onnx_runtime_cannot_compute_is_told(network):
    read = read_network(network)
    examples = read_examples({"inputs": np.zeros((1, 2, 3)), "outputs": np.zeros((1, 4))}, read)
    with pytest.raises(EngineError, match="ONNX Runtime cannot compute the model: "):
        check_onnx(b"no model", read, examples)


def test_who_lacks_a_package_is_told_how_to_get_it(network, monkeypatch):
    read = read_network(network)
    data = model_bytes(read)
    examples = read_examples({"inputs": np.zeros((1, 2, 3)), "outputs": np.zeros((1, 4))}, read)
    for name, asked in (("onnx", lambda: model_bytes(read)), ("onnxruntime", lambda: check_onnx(data, read, examples))):
        monkeypatch.setitem(sys.modules, name, None)
        with pytest.raises(UsageError, match=f"needs the package {name}") as refused:
            asked()
        assert "-m pip install 'pingfen[onnx]'" in refused.value.hint.text("zh")
