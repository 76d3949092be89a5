"""The application that ships: a network of the student's functions that reads handwritten digits."""

import hashlib
import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

from grader.execution import open_engine
from grader.model import Limits, Source

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "assignment" / "application"


def module(cnn):
    """Return the application's module as it is with `cnn` as the student's file."""
    spec = importlib.util.spec_from_file_location("application_digits", FOLDER / "digits.py")
    loaded = importlib.util.module_from_spec(spec)
    before = sys.modules.get("cnn")
    sys.modules["cnn"] = cnn
    try:
        spec.loader.exec_module(loaded)
    finally:
        if before is None:
            del sys.modules["cnn"]
        else:
            sys.modules["cnn"] = before
    return loaded


@pytest.fixture(scope="module")
def digits(solution):
    """Return the application over the reference."""
    return module(solution)


@pytest.fixture
def state(digits):
    """Return the state with the weights that ship."""
    return digits.start()


@pytest.fixture(scope="module")
def image(digits):
    """Return one test image."""
    return digits.samples(0, 1)[0]["image"].tolist()


def judged(digits, state):
    """Return every piece of reading all test images."""
    pieces = [digits.judge(state, 0)]
    while not pieces[-1]["done"]:
        pieces.append(digits.judge(pieces[-1]["state"], pieces[-1]["place"]))
    return pieces


def steps(digits, state, *counts):
    """Return the state after a piece of training of each of these lengths."""
    for count in counts:
        state = digits.train(state, steps=count)["state"]
    return state


def same(one, other):
    """Return whether two states hold the same parameters, bit for bit."""
    return all(np.array_equal(one["parameters"][name], other["parameters"][name]) for name in one["parameters"])


def test_data_are_those_of_scikit_learn(digits):
    sklearn = pytest.importorskip("sklearn.datasets")
    table = sklearn.load_digits()
    places = np.arange(len(table.target)) % 6 == 5
    samples = digits.samples(0, 1000)
    assert len(samples) == places.sum() == 299
    assert [sample["label"] for sample in samples] == table.target[places].tolist()
    assert np.array_equal([sample["image"] for sample in samples], table.images[places] / 16)


def test_notice_names_what_ships():
    short, whole = (file.read_text(encoding="utf-8") for file in (ROOT / "NOTICE", FOLDER / "NOTICE"))
    for words in ("digits.csv.gz", "Alpaydin", "CC BY 4.0", "BSD 3-Clause"):
        assert words in whole.replace("\n", " ") and words in " ".join(short.split())
    assert "13 people" in whole
    digest = hashlib.sha256((FOLDER / "digits.csv.gz").read_bytes()).hexdigest()
    assert digest == "09f66e6debdee2cd2b5ae59e0d6abbb73fc2b0e0185d2e1957e9ebb51e23aa22"


def test_samples_end_where_the_images_end(digits):
    assert [sample["place"] for sample in digits.samples(295, 20)] == [295, 296, 297, 298]
    assert digits.samples(299, 20) == []


def test_padded_is_the_students(digits, solution, image):
    want = solution.zero_pad(np.reshape(image, (1, 8, 8, 1)), 1)[0, :, :, 0]
    assert np.array_equal(digits.padded(image)["padded"], want)


def test_maps_and_the_window_are_the_students_numbers(digits, solution, state, image):
    parameters = state["parameters"]
    want, _ = solution.conv_forward(
        np.reshape(image, (1, 8, 8, 1)), parameters["W1"], parameters["b1"], {"stride": 1, "pad": 1}
    )
    maps = digits.maps(state, image)
    assert np.array_equal(maps["Z"], want[0].transpose(2, 0, 1))
    assert np.array_equal(maps["A"], np.maximum(maps["Z"], 0))
    assert maps["padded"].shape == (10, 10)
    for row, column, which in ((0, 0, 0), (7, 3, 5), (2, 7, 7)):
        window = digits.window(state, image, row, column, which)
        assert window["Z"] == maps["Z"][which, row, column]
        assert np.array_equal(window["window"], maps["padded"][row : row + 3, column : column + 3])
        assert np.array_equal(window["filter"], digits.filters(state)["now"][which])
        assert np.array_equal(window["products"], window["window"] * window["filter"])
        assert window["sum"] + window["bias"] == pytest.approx(window["Z"])


def test_a_function_of_the_students_own_is_what_is_shown(solution, image):
    def doubled(A_prev, W, b, hparameters):
        Z, cache = solution.conv_forward(A_prev, W, b, hparameters)
        return 2 * Z, cache

    class Doubled:
        zero_pad, pool_forward, conv_forward = solution.zero_pad, solution.pool_forward, staticmethod(doubled)

    digits = module(Doubled)
    state = digits.start()
    right = module(solution).read(state, image)
    wrong = digits.read(state, image)
    assert np.array_equal(wrong["Z"], 2 * right["Z"])
    assert np.array_equal(wrong["pooled"], 2 * right["pooled"])


def test_what_needs_no_function_works_with_an_empty_file(solution, image):
    class Nothing:
        pass

    digits = module(Nothing)
    state = digits.start()
    assert digits.filters(state)["first"].shape == digits.filters(state)["now"].shape == (8, 3, 3)
    assert len(digits.samples()) == 20
    assert digits.progress(digits.begin(3)["state"])["step"] == 0
    assert digits.network(state)["output"] == "probabilities"
    with pytest.raises(AttributeError):
        digits.padded(image)


def _one_window_for_all(solution):
    """Return a pool_forward that is right where one window covers the input, and moves by 1 whatever the stride."""

    def pool_forward(A_prev, hparameters, mode="max"):
        A, cache = solution.pool_forward(A_prev, {**hparameters, "stride": 1}, mode)
        rows, columns = ((size - hparameters["f"]) // hparameters["stride"] + 1 for size in A_prev.shape[1:3])
        return A[:, :rows, :columns], cache

    return pool_forward


def _with(solution, **changed):
    """Return the reference's functions, some of them changed, as a student's module."""
    names = ("zero_pad", "conv_single_step", "conv_forward", "pool_forward")
    return type("Work", (), {name: staticmethod(changed.get(name, getattr(solution, name))) for name in names})


def test_right_functions_agree_with_the_numbers_that_ship(digits):
    assert digits.agrees() == {"function": None}


def test_a_pool_forward_without_the_stride_does_not_agree(solution):
    found = module(_with(solution, pool_forward=_one_window_for_all(solution))).agrees()
    assert (found["function"], found["layer"]) == ("pool_forward", "pooled")
    assert found["largest"] > 0.1


def test_the_first_function_that_differs_is_named_and_no_other(solution):
    def unpadded(X, pad):
        return solution.zero_pad(X, 0)

    def shifted(A_prev, W, b, hparameters):
        Z, cache = solution.conv_forward(A_prev, W, b, hparameters)
        return Z + 1e-3, cache

    def unsure(A_prev, W, b, hparameters):
        Z, cache = solution.conv_forward(A_prev, W, b, hparameters)
        return Z * np.nan, cache

    found = module(_with(solution, zero_pad=unpadded, conv_forward=shifted)).agrees()
    assert found == {"function": "zero_pad", "layer": "padded", "largest": None}
    found = module(_with(solution, conv_forward=shifted, pool_forward=_one_window_for_all(solution))).agrees()
    assert found == {"function": "conv_forward", "layer": "Z", "largest": pytest.approx(1e-3, rel=1e-3)}
    assert module(_with(solution, conv_forward=unsure)).agrees()["largest"] is None


def test_where_the_weights_come_from_is_known(digits, state):
    fresh = digits.begin(9)["state"]
    states = {"shipped": state, "continued": steps(digits, state, 1), "fresh": fresh, "own": steps(digits, fresh, 1)}
    for origin, each in states.items():
        assert digits.progress(each)["origin"] == digits.network(each)["about"]["origin"] == origin


def test_read_gives_every_layer(digits, state, image):
    found = digits.read(state, image)
    assert {name: np.shape(value) for name, value in found.items()} == {
        "padded": (10, 10),
        "Z": (8, 8, 8),
        "A": (8, 8, 8),
        "pooled": (8, 4, 4),
        "probabilities": (10,),
        "digit": (),
    }
    assert found["probabilities"].sum() == pytest.approx(1)
    assert found["probabilities"].min() >= 0
    assert found["digit"] == found["probabilities"].argmax()
    assert np.array_equal(found["Z"], digits.maps(state, image)["Z"])
    assert found["pooled"][2, 1, 3] == found["A"][2, 2:4, 6:8].max()


def test_shipped_weights_read_what_the_file_tells(digits, state):
    pieces = judged(digits, state)
    labels = [label for piece in pieces for label in piece["labels"]]
    found = [digit for piece in pieces for digit in piece["digits"]]
    wrong = [one for piece in pieces for one in piece["wrong"]]
    assert labels == [sample["label"] for sample in digits.samples(0, 299)]
    assert [one["place"] for one in wrong] == [place for place in range(299) if labels[place] != found[place]]
    assert [(one["label"], one["digit"]) for one in wrong] == [(a, b) for a, b in zip(labels, found) if a != b]
    accuracy = 1 - len(wrong) / 299
    assert accuracy >= 0.97
    assert digits.network(state)["about"]["accuracy"] == pytest.approx(accuracy)
    assert digits.network(pieces[-1]["state"])["about"]["accuracy"] == pytest.approx(accuracy)


def test_training_improves_from_fresh_weights(digits):
    done = digits.train(digits.begin(7)["state"], steps=5)
    first = done["loss"]
    for _ in range(3):
        done = digits.train(done["state"], steps=20)
    assert first > 1.5
    assert done["loss"] < first / 2
    assert done["accuracy"] > 0.6
    assert (done["step"], done["epoch"], done["images"]) == (65, 1, 65 * 8)
    assert [point[0] for point in digits.progress(done["state"])["points"]] == [10, 20, 30, 40, 50, 60]
    assert not np.allclose(digits.filters(done["state"])["first"], digits.filters(done["state"])["now"])


def test_training_in_pieces_is_training(digits):
    fresh = digits.begin(7)["state"]
    whole, pieces = steps(digits, fresh, 12), steps(digits, fresh, 5, 1, 6)
    assert same(whole, pieces)
    assert whole["history"] == pieces["history"]
    assert not same(whole, steps(digits, digits.begin(8)["state"], 12))
    assert same(fresh, digits.begin(7)["state"])


def test_a_piece_without_time_is_one_batch(digits):
    done = digits.train(digits.begin(7)["state"], seconds=0)
    assert done["step"] == 1
    assert same(done["state"], steps(digits, digits.begin(7)["state"], 1))
    assert len(digits.judge(digits.start(), 0, seconds=0)["labels"]) == 8


def test_an_epoch_uses_every_training_image_once(digits, monkeypatch):
    seen = []
    monkeypatch.setattr(digits, "_forward", lambda _, X: seen.append(X) or {"probabilities": np.eye(10)[[0] * len(X)]})
    monkeypatch.setattr(digits, "_backward", lambda parameters, forward, y: dict.fromkeys(parameters, 0.0))
    done = digits.train(digits.begin(7)["state"], steps=2 * 188)
    assert (done["epoch"], done["images"], done["batches"]) == (2, 2 * 1498, 188)
    images = [np.concatenate(seen[:188]), np.concatenate(seen[188:])]
    assert not np.array_equal(*images)
    rows = [np.unique(part.reshape(-1, 64), axis=0) for part in images]
    assert len(images[0]) == 1498
    assert np.array_equal(*rows)


def test_accuracy_is_not_told_of_other_weights(digits, state):
    assert digits.network(steps(digits, state, 1))["about"]["accuracy"] is None
    part = digits.judge(digits.begin(7)["state"], 0)["state"]
    assert digits.network(part)["about"]["accuracy"] is None
    assert digits.network(digits.judge(part, 290)["state"])["about"]["accuracy"] is None


def test_the_step_goes_down_the_slope_that_finite_differences_find(digits):
    random = np.random.RandomState(3)
    images, labels = random.rand(2, 8, 8, 1), np.array([3, 8])
    parameters = digits.begin(2)["state"]["parameters"]
    parameters["W2"] = random.randn(*parameters["W2"].shape) * 0.3

    def loss(**changed):
        return digits.losses(parameters | changed, images, labels, 0.0, 1)[0]

    def slope(name, at, width=1e-5):
        ends = []
        for sign in (1, -1):
            value = parameters[name].copy()
            value[at] += sign * width
            ends.append(loss(**{name: value}))
        return (ends[0] - ends[1]) / (2 * width)

    gradients = digits._backward(parameters, digits._forward(parameters, images), labels)
    for name, gradient in gradients.items():
        assert gradient.shape == parameters[name].shape
        places = random.permutation(list(np.ndindex(gradient.shape)))[:24]
        for at in map(tuple, places):
            assert gradient[at] == pytest.approx(slope(name, at), abs=1e-7), (name, at)


def test_losses_follow_plain_descent_and_change_nothing(digits):
    images = np.array([sample["image"] for sample in digits.samples(0, 6)])[..., None]
    labels = np.array([sample["label"] for sample in digits.samples(0, 6)])
    parameters = digits.begin(2)["state"]["parameters"]
    before = {name: value.copy() for name, value in parameters.items()}
    losses = digits.losses(parameters, images, labels, 0.1, 4)
    assert losses.shape == (4,)
    assert losses[0] == pytest.approx(np.log(10), abs=0.1)
    assert all(later < earlier for earlier, later in zip(losses, losses[1:]))
    assert all(np.array_equal(before[name], parameters[name]) for name in before)
    assert np.array_equal(digits.losses(parameters, images, labels, 0.1, 2), losses[:2])


def test_network_computes_what_the_students_functions_do(digits, state):
    examples = digits.examples(state)
    assert examples["inputs"].shape == (20, 8, 8, 1)
    graph = digits.network(state)
    assert graph["input"] == {"name": "image", "shape": [8, 8, 1]}
    tensors = graph["weights"] | {"image": examples["inputs"]}
    for node in graph["nodes"]:
        tensors[node["output"]] = computed(node, *(tensors[name] for name in node["inputs"]))
    assert np.allclose(tensors[graph["output"]], examples["outputs"], atol=1e-12)
    assert tensors["Z"].shape == (20, 8, 8, 8)
    read = digits.read(state, examples["inputs"][4])
    for name in ("Z", "A", "pooled", "probabilities"):
        assert np.allclose(tensors[name][4], read[name], atol=1e-12)


def computed(node, x, *weights):
    """Return what an ONNX node gives, written apart from the application."""
    match node["op"]:
        case "Transpose":
            return x.transpose(node["perm"])
        case "Conv":
            padded = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))
            windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(2, 3))
            return np.einsum("mchwij,ocij->mohw", windows, weights[0]) + weights[1][:, None, None]
        case "Relu":
            return x.clip(min=0)
        case "MaxPool":
            return x.reshape(*x.shape[:2], 4, 2, 4, 2).max(axis=(3, 5))
        case "Flatten":
            return x.reshape(len(x), -1)
        case "Gemm":
            return x @ weights[0] + weights[1]
        case "Softmax":
            return np.exp(x) / np.exp(x).sum(axis=-1, keepdims=True)


def test_it_runs_where_student_code_runs(digits, image):
    """The module is the worker's main file, the data lie in its folder, and the state goes there and back."""
    student = (ROOT / "solutions" / "cnn.py").read_text(encoding="utf-8")
    source = Source(
        path="digits.py",
        text=(FOLDER / "digits.py").read_text(encoding="utf-8"),
        digest="0" * 64,
        modules=(("cnn", student),),
        files=tuple((name, (FOLDER / name).read_bytes()) for name in ("digits.csv.gz", "weights.npz")),
    )
    engine = open_engine()
    try:
        with engine.session(source, Limits()) as session:
            state = session.call("start", ()).value
            read = session.call("read", (state, image)).value
            trained = session.call("train", (state, 0.0, 2)).value["state"]
            trained = session.call("train", (trained, 0.0, 1)).value["state"]
    finally:
        engine.close()
    assert np.allclose(read["probabilities"], digits.read(digits.start(), image)["probabilities"])
    here = steps(digits, digits.start(), 3)
    assert trained["step"] == here["step"]
    for name, value in here["parameters"].items():
        assert np.allclose(trained["parameters"][name], value), name


@pytest.mark.slow
def test_the_weights_that_ship_are_what_training_gives(digits, state):
    fresh = digits.begin(state["seed"])["state"]
    assert np.allclose(fresh["first"], state["first"], atol=1e-6)
    trained = steps(digits, fresh, state["step"])
    for name, value in state["parameters"].items():
        assert np.allclose(trained["parameters"][name], value, atol=1e-4), name
