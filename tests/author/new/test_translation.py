"""What a notebook draws and what the rubric draws instead are the same numbers."""

import ast

import numpy as np
import pytest

from grader.author.new.translation import Untranslatable, translate
from grader.cases.evaluation import Evaluator
from grader.cases.library import Drawing
from grader.cases.randomness import InOrder, Randomness
from grader.reading.writing import draw_value

NAMES = {"x": np.arange(6.0).reshape(2, 3), "n": 3, "d": {"pad": 2}}

SAME = [
    "np.random.randn(4, 3)",
    "np.random.randn()",
    "np.random.rand(2, 2) * 2 - 1",
    "np.random.random((2, 3))",
    "np.random.random_sample(size=4)",
    "np.random.randint(5, size=(2, 2))",
    "np.random.randint(2, 9, 4)",
    "np.random.randint(low=0, high=2, size=(3,))",
    "np.random.normal(0, 0.5, (2, 2))",
    "np.random.normal(size=3)",
    "np.random.uniform(-1, 1, (2, 2))",
    "np.random.uniform(size=2)",
    "np.random.randn(*x.shape) * 0.01",
    "np.random.randn(2, 3) + 3 * np.random.rand(2, 3)",
    "(np.random.randn(1, 5) > 0)",
    "np.zeros((2, n))",
    "np.ones(x.shape)",
    "np.full((2, 2), 7.0)",
    "np.array([[1, 2], [3, 4]])",
    "np.asarray([0.5, -1])",
    "np.eye(n)",
    "np.arange(n)",
    "np.linspace(0, 1, 5)",
    "x.T",
    "x.reshape(3, 2)",
    "x.reshape((6,)).sum()",
    "x[0, 1:]",
    "np.sum(x, axis=1)",
    "np.exp(-x) + np.abs(x.mean())",
    "np.max(x) if n > 2 else n",
    "d['pad'] // 2",
    "(n, [n, -n], {'a': n})",
    "np.pi * n",
    "len(x)",
]


@pytest.mark.parametrize("text", SAME)
def test_the_same_numbers(text):
    np.random.seed(7)
    want = eval(text, {"np": np}, NAMES)
    written = translate(ast.parse(text, mode="eval").body, {name: name for name in NAMES}, ())
    source = Randomness(0, 0, InOrder(), np.random.RandomState(7))
    drawing = Drawing(signatures={}, reference=lambda name, arguments: None, source=source)
    got = Evaluator(NAMES, drawing).evaluate(written)
    np.testing.assert_equal(got, want)
    assert isinstance(got, np.ndarray) == isinstance(want, np.ndarray)


@pytest.mark.parametrize(
    "text",
    [
        "np.random.permutation(5)",
        "np.random.default_rng(1)",
        "np.random.randn(2).astype(int)",
        "np.sum(x, keepdims=True)",
        "[i for i in range(3)]",
        "lambda: 1",
        "f'{n}'",
        "open('file')",
        "helper(x)",
        "unknown + 1",
        "np.linalg.inv(x)",
        "print(*x)",
        "x.__class__",
    ],
)
def test_what_a_rubric_cannot_say(text):
    with pytest.raises(Untranslatable):
        translate(ast.parse(text, mode="eval").body, {name: name for name in NAMES}, ())


def test_the_notebook_is_left_as_it_is():
    node = ast.parse("np.random.randn(2) + f(x)", mode="eval").body
    before = ast.dump(node)
    assert translate(node, {"x": "X"}, {"f"}) == "randn(2) + f(X)"
    assert ast.dump(node) == before


@pytest.mark.parametrize(
    ("text", "yaml"),
    [
        ("3", "3"),
        ("-0.5", '"-0.5"'),
        ("None", "null"),
        ("True", "true"),
        ("'max'", "\"'max'\""),
        ("randn(4, 3)", "randn(4, 3)"),
        ("y", '"y"'),
        ("x[0]", '"x[0]"'),
        ("{'pad': 2, 'mode': 'same'}", "{pad: 2, mode: \"'same'\"}"),
        ("{'f': x + 1}", '{f: "x + 1"}'),
        ("{1: 2}", '"{1: 2}"'),
    ],
)
def test_expressions_are_written_as_yaml(text, yaml):
    assert draw_value(text) == yaml
