"""A network that came from a student's process: what fits is computed as ONNX defines it, all else is refused."""

import copy

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.application.network import read_examples, read_network
from grader.application.operators import OPERATORS
from grader.errors import UsageError
from grader.values import pack, unpack
from tests.application.graphs import InJavaScript, chain, graph, reference, single

MANY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture(scope="module")
def javascript():
    return InJavaScript()


def agree(got, want):
    assert list(got) == list(want)
    for name, array in want.items():
        assert got[name].shape == array.shape, name
        np.testing.assert_allclose(got[name], array, rtol=1e-11, atol=1e-11 * (1 + np.abs(array).max()), err_msg=name)


@pytest.mark.parametrize("op", OPERATORS)
def test_every_operator_is_computed_as_onnx_defines_it(op, javascript):
    @given(single(op))
    @MANY
    def holds(drawn):
        given_, batch = drawn
        network = read_network(given_)
        want = reference(given_, batch)
        assert network.result == want["y"].shape[1:]
        agree(javascript.run(network.plain(), batch), want)

    holds()


@given(chain([op for op in OPERATORS if op != "Div"]))  # what came before may be 0
@MANY
def test_networks_are_computed_node_by_node(javascript, drawn):
    given_, batch = drawn
    network = read_network(given_)
    want = reference(given_, batch)
    assert network.result == want[network.output].shape[1:]
    agree(javascript.run(network.plain(), batch), want)


def test_attributes_that_are_left_out_have_onnx_s_defaults_in_the_page_too(javascript):
    """An author may hand `runNetwork` a graph of their own."""
    rng = np.random.default_rng(3)
    image, numbers = rng.normal(size=(2, 2, 5, 4)), rng.normal(size=(2, 3))
    for node, weights, batch in (
        ({"op": "Conv", "inputs": ["x", "W"]}, {"W": rng.normal(size=(3, 2, 2, 3))}, image),
        ({"op": "MaxPool", "inputs": ["x"], "kernel_shape": [2, 2]}, {}, image),
        ({"op": "Softmax", "inputs": ["x"]}, {}, numbers),
        ({"op": "Softmax", "inputs": ["x"]}, {}, 1000 + numbers),  # exp of that alone is no number
        ({"op": "Flatten", "inputs": ["x"]}, {}, image),
        ({"op": "Gemm", "inputs": ["x", "W"]}, {"W": rng.normal(size=(3, 4))}, numbers),
        ({"op": "Gemm", "inputs": ["x", "W"], "transA": 1}, {"W": rng.normal(size=(2, 4))}, numbers),
    ):
        own = graph(batch.shape[1:], [{**node, "output": "y"}], weights)
        plain = own | {"weights": {name: array.tolist() for name, array in weights.items()}}
        agree(javascript.run(plain, batch), reference(own, batch))


@pytest.fixture
def network():
    rng = np.random.default_rng(0)
    nodes = [
        {"op": "Transpose", "inputs": ["x"], "output": "turned", "perm": [0, 3, 1, 2]},
        {"op": "Conv", "inputs": ["turned", "W", "b"], "output": "z", "pads": [1, 1, 1, 1]},
        {"op": "Flatten", "inputs": ["z"], "output": "flat"},
        {"op": "Gemm", "inputs": ["flat", "V"], "output": "y"},
    ]
    weights = {"W": rng.normal(size=(2, 1, 3, 3)), "b": rng.normal(size=2), "V": rng.normal(size=(32, 3))}
    return graph((4, 4, 1), nodes, weights)


def test_what_was_read_is_what_was_given(network):
    """Numbers of any kind become doubles, exactly; what comes over the wire is read as well."""
    network["about"] = {"epochs": 3, "losses": np.array([2.5, np.nan]), "of": ["训练", None, True]}
    packed = pack(network, 1 << 20)
    read = read_network(unpack(packed.node, b"".join(map(bytes, packed.buffers))))
    assert (read.input, read.shape, read.output, read.result) == ("x", (4, 4, 1), "y", (3,))
    assert read.about == {"epochs": 3, "losses": [2.5, None], "of": ["训练", None, True]}
    for name, array in network["weights"].items():
        assert read.weights[name].tobytes() == array.tobytes() and not read.weights[name].flags.writeable
    network["weights"]["b"] = np.array([1, 2], dtype=np.int8)
    assert read_network(network).weights["b"].dtype == np.float64
    assert (
        read_network(read_network(network).plain() | {"weights": network["weights"]}).plain()
        == read_network(network).plain()
    )


def changed(path, value):
    def change(network):
        *way, last = path
        part = network
        for key in way:
            part = part[key]
        if value is DELETED:
            del part[last]
        else:
            part[last] = value

    return pytest.param(change, id=f"{'.'.join(map(str, path))}={type(value).__name__} {str(value)[:24]!r}")


def on(name, op, **attributes):
    return {"op": op, "inputs": [name], "output": "y", **attributes}


DELETED = object()


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (changed(path, value).values[0], place)
        for path, value, place in [
            (["extra"], 1, "network"),
            (["weights"], DELETED, "network"),
            (["input"], "x", "input"),
            (["input", "name"], "__proto__", "input.name"),
            (["input", "name"], "W", "input.name"),
            (["input", "name"], "a" * 41, "input.name"),
            (["input", "shape"], [4, -4, 1], "input.shape"),
            (["input", "shape"], [10_000, 10_000], "input.shape"),
            (["input", "shape"], [], "input.shape"),
            (["input", "shape"], [4.0, 4, 1], "input.shape"),
            (["input", "shape"], [True, 4, 1], "input.shape"),
            (["output"], "x", "output"),
            (["output"], "W", "output"),
            (["output"], ["y"], "output"),
            (["nodes"], [], "nodes"),
            (["nodes"], {}, "nodes"),
            (["nodes"], [{}] * 201, "nodes"),
            (["nodes", 0], None, "nodes[0]"),
            (["nodes", 0, "op"], "Scan", "nodes[0].op"),
            (["nodes", 0, "op"], ["Conv"], "nodes[0].op"),
            (["nodes", 0, "perm"], DELETED, "nodes[0] (Transpose)"),
            (["nodes", 0, "perm"], [0, 1, 2], "nodes[0] (Transpose)"),
            (["nodes", 0, "perm"], [0, 1, 2, 2], "nodes[0] (Transpose)"),
            (["nodes", 0, "perm"], [1, 0, 2, 3], "nodes[0] (Transpose)"),
            (["nodes", 0, "perm"], [0] * 10_000, "nodes[0] (Transpose).perm"),
            (["nodes", 0, "inputs"], ["y"], "nodes[0].inputs"),
            (["nodes", 0, "inputs"], "x", "nodes[0].inputs"),
            (["nodes", 0, "inputs"], [1], "nodes[0].inputs[0]"),
            (["nodes", 1, "inputs"], ["turned"], "nodes[1].inputs"),
            (["nodes", 1, "inputs"], ["W", "W"], "nodes[1] (Conv)"),
            (["nodes", 1, "inputs"], ["turned", "b"], "nodes[1] (Conv)"),
            (["nodes", 1, "output"], "x", "nodes[1].output"),
            (["nodes", 1, "output"], "</script>", "nodes[1].output"),
            (["nodes", 1, "pads"], [1, 1], "nodes[1] (Conv).pads"),
            (["nodes", 1, "pads"], [0, 0, 0, 10**9], "nodes[1] (Conv).pads"),
            (["nodes", 1, "pads"], [9999] * 4, "nodes[1] (Conv)"),
            (["nodes", 1, "strides"], [0, 1], "nodes[1] (Conv).strides"),
            (["nodes", 1, "group"], 2, "nodes[1] (Conv).group"),
            (["nodes", 1, "auto_pad"], "SAME_UPPER", "nodes[1] (Conv)"),
            (["nodes", 1, "kernel_shape"], [2, 2], "nodes[1] (Conv)"),
            (["nodes", 1, 7], 7, "nodes[1] (Conv)"),
            (["nodes", 2, "axis"], 0, "nodes[2] (Flatten)"),
            (["nodes", 2, "axis"], 2, "nodes[2] (Flatten)"),
            (["nodes", 2, "axis"], 1 << 200, "nodes[2] (Flatten).axis"),
            (["nodes", 3, "alpha"], float("nan"), "nodes[3] (Gemm).alpha"),
            (["nodes", 3, "alpha"], 10**400, "nodes[3] (Gemm).alpha"),
            (["nodes", 3, "transA"], 1, "nodes[3] (Gemm)"),
            (["nodes", 3], on("flat", "Softmax", axis=0), "nodes[3] (Softmax)"),
            (["nodes", 3], on("flat", "Reshape", shape=[1, -1]), "nodes[3] (Reshape)"),
            (["nodes", 3], on("flat", "Reshape", shape=[-1, 7]), "nodes[3] (Reshape)"),
            (["nodes", 3], on("z", "Add") | {"inputs": ["z", "V"]}, "nodes[3] (Add)"),
            (["nodes", 3], on("V", "Relu"), "nodes[3] (Relu)"),
            (["nodes", 3], on("z", "MaxPool", kernel_shape=[2, 2], pads=[2, 0, 0, 0]), "nodes[3] (MaxPool)"),
            (["nodes", 3], on("z", "MaxPool", kernel_shape=[2, 2], ceil_mode=1), "nodes[3] (MaxPool).ceil_mode"),
            (["weights"], [], "weights"),
            (["weights"], {f"w{at}": 1.0 for at in range(201)}, "weights"),
            (["weights", "V"], "text", "weights.V"),
            (["weights", "V"], [[1.0]], "weights.V"),
            (["weights", "V"], np.array([["1"]]), "weights.V"),
            (["weights", "V"], np.array([[None]], dtype=object), "weights.V"),
            (["weights", "V"], np.ones((32, 3)) * 1j, "weights.V"),
            (["weights", "V"], np.full((32, 3), np.inf), "weights.V"),
            (["weights", "V"], np.zeros((32, 0)), "weights.V"),
            (["weights", "V"], np.zeros((1,) * 9), "weights.V"),
            (["weights", "V"], np.broadcast_to(0.0, (4001, 1000)), "weights.V"),
            (["weights", "more"], np.broadcast_to(0.0, (4000, 1000)), "weights"),
            (["weights", "a b"], 1.0, "weights"),
            (["weights", 5], 1.0, "weights"),
            (["about"], {1: 2}, "about"),
            (["about"], {"seen": {1, 2}}, "about"),
            (["about"], "x" * 100_001, "about"),
            (["about"], np.zeros(100_001), "about"),
            (["about"], 1 << 60, "about"),
        ]
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused_with_its_place(change, place, network):
    assert read_network(copy.deepcopy(network))
    change(network)
    with pytest.raises(UsageError) as refused:
        read_network(network)
    assert refused.value.message.text("en").startswith(f"{place}: ")
    assert "`network`" in refused.value.hint.text("zh")


def test_a_network_that_is_too_much_work_is_refused(network):
    network["input"]["shape"] = [1000, 1000, 1]
    network["nodes"] = network["nodes"][:2]
    network["nodes"][1] |= {"pads": [0, 0, 0, 0], "output": "y"}
    network["weights"]["W"] = np.ones((2, 1, 20, 20))
    with pytest.raises(UsageError, match=r"nodes\[1\] \(Conv\): The network is too large"):
        read_network(network)


LEAVES = st.one_of(
    *(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5)),
    st.sampled_from(["x", "W", "Conv", "y", {1}, 1j, object()]),
    st.builds(np.zeros, st.lists(st.integers(0, 3), max_size=4)),
)
KEYS = st.sampled_from(["op", "inputs", "shape", "name", "pads"]) | st.text(max_size=3)
PARTS = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=12
)


@given(st.data())
@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_whatever_comes_is_read_or_refused_in_a_sentence(network, data):
    made = copy.deepcopy(network)
    part = made
    while isinstance(part, dict | list) and part:
        key = data.draw(st.sampled_from(sorted(part, key=str) if isinstance(part, dict) else range(len(part))))
        if data.draw(st.integers(0, 2)) == 0 or not isinstance(part[key], dict | list):
            part[key] = data.draw(PARTS)
            break
        part = part[key]
    try:
        read_network(made)
    except UsageError as refused:
        assert refused.message.text("en") and refused.message.text("zh")


def test_examples_are_read(network):
    read = read_network(network)
    examples = read_examples({"inputs": np.ones((2, 4, 4, 1), np.float32), "outputs": np.zeros((2, 3))}, read)
    assert examples.inputs.dtype == np.float64 and examples.plain()["outputs"] == [[0.0] * 3] * 2


@pytest.mark.parametrize(
    ("given_", "place"),
    [
        (None, "examples"),
        ({"inputs": np.ones((2, 4, 4, 1))}, "examples"),
        ({"inputs": np.ones((2, 4, 4)), "outputs": np.zeros((2, 3))}, "inputs"),
        ({"inputs": np.ones((2, 4, 4, 1)), "outputs": np.zeros((2, 4))}, "outputs"),
        ({"inputs": np.ones((2, 4, 4, 1)), "outputs": np.zeros((3, 3))}, "outputs"),
        ({"inputs": np.ones((2, 4, 4, 1)), "outputs": np.full((2, 3), np.nan)}, "outputs"),
        ({"inputs": np.ones((501, 4, 4, 1)), "outputs": np.zeros((501, 3))}, "inputs"),
        ({"inputs": np.ones((0, 4, 4, 1)), "outputs": np.zeros((0, 3))}, "inputs"),
        ({"inputs": 1.0, "outputs": 1.0}, "inputs"),
        ({"inputs": {1}, "outputs": 1.0}, "inputs"),
    ],
)
def test_examples_that_do_not_fit_are_refused(given_, place, network):
    with pytest.raises(UsageError) as refused:
        read_examples(given_, read_network(network))
    assert refused.value.message.text("en").startswith(f"{place}: ") and "`examples`" in refused.value.hint.text("en")
