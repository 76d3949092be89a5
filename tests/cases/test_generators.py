"""Generators: their examples are true, and they keep what they promise."""

import numpy as np
import pytest
from case_examples import examples, run
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.cases.evaluation import Evaluator
from grader.cases.expression import Failure
from grader.cases.functions import FUNCTIONS
from grader.cases.generators import FAMILIES
from grader.cases.library import Drawing
from grader.cases.randomness import Decks, Randomness

GENERATORS = sorted(name for name, function in FUNCTIONS.items() if function.draws)
EXAMPLES = [
    (name, expression, want) for name in GENERATORS for expression, want in examples(FUNCTIONS[name].work.__doc__)
]
SHAPES = st.lists(st.integers(1, 6), min_size=1, max_size=3).map(tuple)
SEEDS = st.integers(0, 2**32 - 1)


def draw(expression, seed=1, names=None):
    source = Randomness(seed, 0, Decks(seed, "s"))
    source.value("x")
    return Evaluator(names or {}, Drawing(signatures={}, reference=None, source=source)).evaluate(expression)


@pytest.mark.parametrize(("name", "expression", "want"), EXAMPLES)
def test_examples_are_true(name, expression, want):
    assert run(expression, legacy=FUNCTIONS[name].legacy) == want


def test_every_generator_has_an_example_and_a_family():
    assert {name for name, _, _ in EXAMPLES} == set(GENERATORS)
    assert all(name in expression for name, expression, _ in EXAMPLES)
    assert sorted(each.__name__ for family in FAMILIES.values() for each in family) == GENERATORS


def test_numbers_without_sizes_are_plain():
    kinds = {"normal()": float, "uniform(0, 1)": float, "integers(1, 6)": int, "boolean()": bool, "constant(2)": float}
    assert {text: type(draw(text)) for text in kinds} == kinds


def test_arrays_are_float64_unless_they_count_or_are_truths():
    want = {
        "normal(2)": "float64",
        "uniform(0, 1, 2)": "float64",
        "distinct(2, 2)": "float64",
        "ties(2, 2)": "float64",
        "constant(1, 2)": "float64",
        "one_hot(2, 2)": "float64",
        "constant(True, 2)": "bool",
        "boolean(2)": "bool",
        "integers(0, 3, 2)": "int64",
        "permutation(3)": "int64",
        "labels(3, 2)": "int64",
    }
    assert {text: str(draw(text).dtype) for text in want} == want


@settings(max_examples=80, deadline=None)
@given(SHAPES, SEEDS)
def test_distinct_numbers_keep_their_distance(shape, seed):
    drawn = draw("distinct(*s)", seed, {"s": shape})
    assert drawn.shape == shape
    gaps = np.diff(np.sort(drawn, axis=None))
    assert gaps.size == 0 or gaps.min() >= 0.05
    assert drawn.size < 2 or drawn.min() < 0 < drawn.max()


def test_distinct_numbers_are_shuffled():
    orders = {tuple(np.argsort(draw("distinct(5)", seed))) for seed in range(20)}
    assert len(orders) > 10


@settings(max_examples=80, deadline=None)
@given(SHAPES, SEEDS)
def test_ties_tie_at_the_top(shape, seed):
    drawn = draw("ties(*s)", seed, {"s": shape})
    assert drawn.shape == shape
    assert len(np.unique(drawn)) <= 5
    if drawn.size > 1:
        assert (drawn == drawn.max()).sum() >= 2
    if drawn.size > 2:
        assert drawn.min() < 0


def test_the_greatest_of_ties_may_be_negative_or_positive():
    tops = {float(draw("ties(3, 3)", seed).max()) for seed in range(40)}
    assert min(tops) < 0 < max(tops)


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 12), st.integers(1, 5), SEEDS)
def test_labels_are_even(count, classes, seed):
    labels = draw("labels(m, k)", seed, {"m": count, "k": classes})
    counts = np.bincount(labels, minlength=classes)
    assert counts.sum() == count
    assert counts.max() - counts.min() <= 1
    hot = draw("one_hot(m, k)", seed, {"m": count, "k": classes})
    assert hot.shape == (count, classes)
    assert (hot.sum(axis=1) == 1).all()
    assert set(np.unique(hot)) <= {0.0, 1.0}


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 8), SEEDS)
def test_matrices_have_their_property(n, seed):
    q = draw("orthogonal(n)", seed, {"n": n})
    np.testing.assert_allclose(q.T @ q, np.eye(n), atol=1e-12)
    a = draw("spd(n)", seed, {"n": n})
    assert (a == a.T).all()
    assert 0.99 < np.linalg.eigvalsh(a).min() <= np.linalg.eigvalsh(a).max() < 10.01
    d = draw("dominant(n)", seed, {"n": n})
    diagonal = np.abs(np.diag(d))
    assert (diagonal > np.abs(d).sum(axis=1) - diagonal).all()


@settings(max_examples=30, deadline=None)
@given(SHAPES, SEEDS)
def test_probabilities_add_up(shape, seed):
    drawn = draw("probabilities(*s)", seed, {"s": shape})
    assert (drawn > 0).all()
    np.testing.assert_allclose(drawn.sum(axis=-1), 1)


def test_the_rest_keeps_its_word():
    assert sorted(draw("permutation(9)")) == list(range(9))
    assert (np.diff(draw("increasing(50)")) >= 0.05).all()
    assert set(draw("integers(1, 3, 200)")) == {1, 2, 3}
    assert set(draw("boolean(100)")) == {True, False}
    assert set(draw("text(200, 'ab')")) == {"a", "b"}
    assert draw("text(0)") == ""
    assert all(1 <= len(word) <= 8 and word.isalpha() for word in draw("words(50)"))
    uniform = draw("uniform(-3, -2, 500)")
    assert -3 <= uniform.min() < -2.9
    assert -2.1 < uniform.max() < -2


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("normal(2.0)", "A size is a whole number, not float."),
        ("normal((2, 3))", "A size is a whole number, not tuple."),
        ("normal(True)", "A size is a whole number, not bool."),
        ("normal(2, -1)", "A size cannot be negative (-1)."),
        ("normal(10**5, 10**5)", "This array would have more than 50000000 elements."),
        ("distinct(10**9)", "This array would have more than 50000000 elements."),
        ("labels(10**9, 2)", "This array would have more than 50000000 elements."),
        ("one_hot(10**5, 10**5)", "This array would have more than 50000000 elements."),
        ("constant('a', 2)", "A number is needed, not str."),
        ("uniform('a', 2)", "A number is needed, not str."),
        ("integers(1.5, 2)", "A whole number is needed, not float."),
        ("integers(3, 2)", "No number is both at least 3 and at most 2."),
        ("orthogonal(10**4)", "A number from 1 to 500 is needed."),
        ("spd(0)", "A number from 1 to 500 is needed."),
        ("labels(3, 0)", "A number from 1 to 50000000 is needed."),
        ("text(10**9)", "A number from 0 to 1000000 is needed."),
        ("text(3, '')", "Characters to choose from are needed, not str."),
        ("text(3, 5)", "Characters to choose from are needed, not int."),
        ("words(10**9)", "A number from 0 to 125000 is needed."),
        ("randn(2)", "`randn` needs a `legacy_seed`."),
        ("uniform(1)", "`uniform` takes at least 2 arguments, not 1."),
        ("choice()", "`choice` takes at least 1 argument, not 0."),
        ("permutation(1, 2)", "`permutation` takes 1 argument, not 2."),
        ("uniform(0, inf, 3)", "This number is too large."),
    ],
)
def test_wrong_arguments_are_told(expression, message):
    with pytest.raises(Failure) as caught:
        draw(expression)
    assert caught.value.message.text("en") == message


def test_a_shape_given_whole_gets_a_hint():
    with pytest.raises(Failure) as caught:
        draw("normal((2, 3))")
    assert caught.value.hint.text("en") == "Spread a shape with a star: `normal(*X.shape)`."


def test_legacy_numbers_are_numpys_own():
    np.random.seed(3)
    want = [np.random.randn(2, 3), np.random.rand(2), np.random.randint(0, 10, (4,)), np.random.normal(size=(2, 2))]
    want += [np.random.uniform(-1, 1, 3), np.random.permutation(5)]
    source = Randomness(99, 0, Decks(0, ""), np.random.RandomState(3))
    evaluator = Evaluator({}, Drawing(signatures={}, reference=None, source=source))
    texts = ("randn(2, 3)", "rand(2)", "randint(0, 10, 4)", "normal(2, 2)", "uniform(-1, 1, 3)", "permutation(5)")
    for text, array in zip(texts, want, strict=True):
        source.value(text)
        np.testing.assert_array_equal(evaluator.evaluate(text), array)
