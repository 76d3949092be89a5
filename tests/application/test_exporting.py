"""An exported page needs nothing else and computes what the student's functions do, or is not written."""

import json
import re
import sys
from html.parser import HTMLParser

import numpy as np
import pytest

from grader.application.exporting import check_javascript, json_of, page_of
from grader.application.network import read_examples, read_network
from grader.errors import UsageError
from grader.language import say
from tests.application.graphs import graph, reference

CLIENT = """
const app = (() => {
  const deployed = JSON.parse(document.getElementById("deployed").textContent);
  return { deployed, run: (input) => runNetwork(deployed.network, [input]) };
})();
"""
PAGE = """<!DOCTYPE html>
<html lang="zh-CN">
<head>
<title>数字</title>
<style>body { color: rgb(1, 2, 3); }</style>
</head>
<body>
<p id="says"></p>
<img src="https://example.invalid/a.png" alt="">
<script>\r
const tensors = app.deployed.examples.inputs.map((input) => app.run(input));
document.getElementById("says").textContent = JSON.stringify(tensors.map((tensor) => tensor.y[0]));
</script>
</body>
</html>
"""
STANDING = {"title": "</script><!-- <script>", "file": "cnn.py", "language": "en", "functions": [{"says": "hidden"}]}


def made(seed=0):
    """Return a network as a module gives it, and examples that agree with it."""
    rng = np.random.default_rng(seed)
    nodes = [
        {"op": "Transpose", "inputs": ["x"], "output": "first", "perm": [0, 3, 1, 2]},
        {"op": "Conv", "inputs": ["first", "W", "b"], "output": "z", "pads": [1, 1, 1, 1]},
        {"op": "Relu", "inputs": ["z"], "output": "a"},
        {"op": "MaxPool", "inputs": ["a"], "output": "pooled", "kernel_shape": [2, 2], "strides": [2, 2]},
        {"op": "Flatten", "inputs": ["pooled"], "output": "flat"},
        {"op": "Gemm", "inputs": ["flat", "V"], "output": "scores"},
        {"op": "Softmax", "inputs": ["scores"], "output": "y"},
    ]
    weights = {"W": rng.normal(size=(4, 1, 3, 3)), "b": rng.normal(size=4), "V": rng.normal(size=(36, 10))}
    given = graph((6, 6, 1), nodes, weights) | {"about": "</script><img src=x>"}
    batch = rng.uniform(size=(5, 6, 6, 1))
    return given, {"inputs": batch, "outputs": reference(given, batch)["y"]}


@pytest.fixture
def network():
    return read_network(made()[0])


@pytest.fixture
def examples(network):
    return read_examples(made()[1], network)


def changed(examples, network, change):
    outputs = examples.outputs.copy()
    change(outputs)
    return read_examples({"inputs": examples.inputs, "outputs": outputs}, network)


def test_the_same_text_that_is_exported_is_examined(network, examples):
    found = check_javascript(network, examples)
    assert found.largest < 1e-14 and not found.too_large and found.scale == examples.outputs.max()
    found.require(say("not graded"))


def test_the_largest_difference_is_told_and_refused(network, examples):
    def change(outputs):
        outputs[1, 2] += 1e-12
        outputs[3, 7] -= 1e-6

    found = check_javascript(network, changed(examples, network, change))
    assert (found.example, found.element) == (3, (7,)) and abs(found.largest - 1e-6) < 1e-12 and found.too_large
    with pytest.raises(UsageError, match=r"difference is 1e-06, in output \[7\] of example 3 .*Nothing was written"):
        found.require(say("graded"))


def test_what_is_no_number_is_the_largest_difference():
    """Weights are finite, yet what they make may overflow: inf - inf is no number, and never small."""
    given = graph(
        (2,),
        [{"op": "Mul", "inputs": ["x", "W"], "output": "a"}, {"op": "Sub", "inputs": ["a", "a"], "output": "y"}],
        {"W": 1e200},
    )
    read = read_network(given)
    examples = read_examples({"inputs": np.array([[1.0, 1.0], [1.0, 1e200]]), "outputs": np.zeros((2, 2))}, read)
    found = check_javascript(read, examples)
    assert (found.largest, found.example, found.element) == (np.inf, 1, (1,)) and found.too_large


def test_without_an_engine_nothing_is_said(network, examples, monkeypatch):
    monkeypatch.setitem(sys.modules, "quickjs", None)
    assert check_javascript(network, examples) is None


class Parts(HTMLParser):
    """What a browser takes for elements, and the text of its scripts."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.scripts = [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        if tag == "script":
            self.scripts.append("")

    def handle_data(self, data):
        if self.tags[-1:] == ["script"]:
            self.scripts[-1] += data


@pytest.mark.parametrize("page", [PAGE, "<title>x</title><p>y", "<!-- a --><!doctype html>\n<p>y", "<head><p>y", ""])
def test_no_value_ends_the_element_that_holds_it(page, network, examples):
    text = page_of(page, CLIENT, network, examples, STANDING, check_javascript(network, examples))
    parts = Parts(text)
    deployed = json.loads(parts.scripts[0])
    assert {name: deployed[name] for name in ("title", "file", "language")} == {
        name: STANDING[name] for name in ("title", "file", "language")
    }
    assert deployed["network"]["about"] == "</script><img src=x>" and parts.tags.count("img") == page.count("<img")
    assert "hidden" not in text
    assert (
        parts.tags[:2] == ["meta"] * 2 or [tag for tag in parts.tags if tag not in ("html", "head")][:2] == ["meta"] * 2
    )
    assert text.lower().startswith(re.match(r"(<!--.*?-->)?(<!doctype html>)?", page.lower())[0])


def test_every_number_is_written_exactly(network, examples):
    text = page_of(PAGE, CLIENT, network, examples, STANDING, None)
    deployed = json.loads(Parts(text).scripts[0])
    for name, array in network.weights.items():
        assert np.array(deployed["network"]["weights"][name]).tobytes() == array.tobytes()
    assert np.array(deployed["examples"]["outputs"]).tobytes() == examples.outputs.tobytes()


def opened(tab, tmp_path, text):
    file = tmp_path / "out.html"
    file.write_text(text, "utf-8", newline="")
    tab.complaints.clear()
    tab.requests.clear()
    tab.goto(file.as_uri())
    return file.as_uri()


def test_the_page_reads_the_examples_from_disk_with_the_same_numbers(tab, tmp_path, network, examples):
    difference = check_javascript(network, examples)
    opened(tab, tmp_path, page_of(PAGE, CLIENT, network, examples, STANDING, difference))
    told = np.array(json.loads(tab.text_content("#says")))
    np.testing.assert_allclose(told, examples.outputs, rtol=1e-12)
    assert tab.evaluate("app.deployed.difference") == difference.largest
    assert tab.evaluate("getComputedStyle(document.body).color") == "rgb(1, 2, 3)"
    assert tab.evaluate("document.title") == "数字" and tab.evaluate("document.characterSet") == "UTF-8"
    assert tab.evaluate("document.querySelectorAll('[role=alert]').length") == 0
    (refused,) = tab.complaints
    assert "img-src" in refused and "example.invalid" in refused


def test_a_script_that_the_page_did_not_bring_does_not_run(tab, tmp_path, network, examples):
    text = page_of(PAGE, CLIENT, network, examples, STANDING, check_javascript(network, examples))
    opened(tab, tmp_path, text.replace("</body>", "<script>document.title = 'mine'</script></body>"))
    assert tab.evaluate("document.title") == "数字"
    assert any("script-src" in told for told in tab.complaints)


def test_without_an_engine_the_page_examines_itself(tab, tmp_path, network, examples):
    opened(tab, tmp_path, page_of(PAGE, CLIENT, network, examples, STANDING))
    assert 0 <= tab.evaluate("app.deployed.difference") < 1e-14
    assert tab.evaluate("document.querySelectorAll('[role=alert]').length") == 0

    def change(outputs):
        outputs[3, 7] -= 1e-6

    opened(tab, tmp_path, page_of(PAGE, CLIENT, network, changed(examples, network, change), STANDING))
    assert tab.text_content("[role=alert]") == "This page does not compute what the student's functions do."
    assert abs(tab.evaluate("app.deployed.difference") - 1e-6) < 1e-12


def test_json_has_no_number_that_is_not_finite():
    with pytest.raises(ValueError, match="JSON compliant"):
        json_of({"a": float("nan")})
