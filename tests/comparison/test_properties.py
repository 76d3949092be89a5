"""Properties that need no expected value: one that holds, one that does not, and the evidence."""

import numpy as np
import pytest
from comparison_samples import AT, BACK, CONV, Properties, case, check, judge, part, raised

from grader.checks.properties import Property
from grader.errors import RubricError
from grader.explain.sentences import sentence
from grader.model import Returned

RNG = np.random.default_rng(3)
X = RNG.normal(size=(3, 4))
Z_A = (part("Z", 80), part("cache", 20))


def verdict(name, got, *, truths=(), returns=(), rule=None, **more):
    """Return the verdict on the property `name` for these returned values (or outcomes)."""
    plan = Properties(properties=(Property(name=name, at=AT),))
    outcomes = [one if hasattr(one, "seconds") else Returned(value=one) for one in got]
    scene = case(calls=len(outcomes), truth=case(calls=len(truths)).calls, property=name, **more)
    return judge(check(plan, **(rule or {})), returns, scene, outcomes, [Returned(value=one) for one in truths])


def test_an_unknown_property_is_the_authors_fault():
    with pytest.raises(RubricError):
        verdict("no_such_property", [1.0])


def test_a_call_that_did_not_return_decides():
    found = verdict("deterministic", [X, raised("ValueError")])
    assert (found.share, found.call, found.mismatches) == (0, 1, ())


def test_inputs_unchanged():
    assert verdict("inputs_unchanged", [X]).share == 1
    after = X.copy()
    after[1, 2] = 9.0
    arguments = (X, {"pad": 1})
    found = verdict(
        "inputs_unchanged",
        [Returned(value=0.0, arguments=(after, {"pad": 1}))],
        arguments=(arguments,),
        names={"X": X, "hparameters": arguments[1]},
    )
    (wrong,) = found.mismatches
    assert (found.share, wrong.category, wrong.property) == (0, "property", "inputs_unchanged")
    assert (wrong.output, wrong.index, wrong.got, wrong.want) == ("X", (1, 2), 9.0, X[1, 2])
    assert "X" in sentence(wrong, public=False, kind=Properties(properties=())).text("zh")


def test_a_changed_dict_is_named():
    hp = {"pad": 1}
    found = verdict(
        "inputs_unchanged",
        [Returned(value=0.0, arguments=(X, {"pad": 2}))],
        arguments=((X, hp),),
        names={"X": X, "hp": hp},
    )
    assert found.mismatches[0].output == "hp['pad']"


def test_an_argument_that_became_something_else_counts_as_changed():
    found = verdict("inputs_unchanged", [Returned(value=0.0, arguments=("gone",))], arguments=((X,),), names={"X": X})
    assert found.share == 0


def test_deterministic():
    assert verdict("deterministic", [(X, "a"), (X.copy(), "a")]).share == 1
    found = verdict("deterministic", [X, X * (1 + 1e-15)])
    assert (found.share, found.call, found.mismatches[0].property) == (0, 1, "deterministic")
    assert verdict("deterministic", [X, X.astype(np.float32)]).share == 0


def test_random_state_unchanged():
    assert verdict("random_state_unchanged", [X]).share == 1
    found = verdict("random_state_unchanged", [Returned(value=X, random_moved=True)])
    assert (found.share, found.mismatches[0].property) == (0, "random_state_unchanged")
    assert "np.random" in sentence(found.mismatches[0], public=False, kind=Properties(properties=())).text("zh")


def test_calls_independent():
    assert verdict("calls_independent", [(X, "a"), (X.copy(), "a")]).share == 1
    found = verdict("calls_independent", [(X, {"pad": 1}), (X, {"pad": 2})])
    assert (found.share, found.call, found.mismatches[0].property) == (0, 1, "calls_independent")
    assert "outside the function" in sentence(found.mismatches[0], public=False, kind=Properties(properties=())).text(
        "en"
    )


def test_depends_on():
    options = {"argument": "seed"}
    assert verdict("depends_on", [X, X.copy(), X + 1], options=options).share == 1
    found = verdict("depends_on", [X, X.copy(), X.copy()], options=options)
    assert (found.share, found.mismatches[0].property) == (0, "depends_on")
    said = sentence(found.mismatches[0], public=False, kind=Properties(properties=()))
    assert said.text("en") == "The result is the same whatever `seed` is: is it used?"


def samples(function, batch=X, returns=Z_A):
    """Return the verdict on samples_independent for `function`, against one that doubles each sample."""

    def truth(x):
        return 2 * x, {"W": np.ones(3), "A": x, "n": 1}

    inputs = [batch, *(batch[i : i + 1] for i in range(len(batch))), batch[::-1]]
    return verdict(
        "samples_independent",
        [function(x) for x in inputs],
        truths=[truth(batch), truth(batch[:1])],
        returns=returns,
        options={"over": ("X",)},
    )


def test_samples_independent():
    assert samples(lambda x: (2 * x, {"W": np.ones(3), "A": x, "n": 1})).share == 1
    assert samples(lambda x: (7 * x, {"W": np.zeros(0), "A": x})).share == 1


def test_a_sample_that_sees_its_batch_is_found():
    found = samples(lambda x: (x - x.mean(axis=0), {"A": x}))
    (wrong,) = found.mismatches
    assert (found.share, wrong.property, wrong.output) == (0, "samples_independent", "Z")
    assert found.call == 1
    assert wrong.index[0] == 0


def test_an_order_that_matters_is_found_in_the_reversed_batch():
    def first_is_doubled(x):
        z = 2 * x
        z[0] = z[0] if len(x) == 1 or x[0, 0] == X[0, 0] else 0.0
        return z, {"A": x}

    found = samples(first_is_doubled)
    assert (found.share, found.call) == (0, 4)
    assert found.mismatches[0].index[0] == 2


@pytest.mark.parametrize(
    "function",
    [
        lambda x: (2 * x[:1], {"A": x}),
        lambda x: (2 * X, {"A": x}),
        lambda x: (0.0, {"A": x}),
        lambda x: None,
        lambda x: (2 * x, {}),
        lambda x: (np.zeros((len(x), 0)) if len(x) > 1 else x, {"A": x}),
        lambda x: "x",
    ],
)
def test_wrong_forms_have_no_independent_samples(function):
    assert samples(function).share == 0


def test_a_reference_without_rows_is_the_authors_fault():
    with pytest.raises(RubricError):
        verdict("samples_independent", [X, X[:1], X[::-1]], truths=[1.0, 1.0])


def linear(function, **options):
    a, b = RNG.normal(size=(2, 3, 2))
    return verdict(
        "linear_in",
        [function(x) for x in (a, b, a + b, 0 * a)],
        returns=Z_A,
        options={"argument": "W"} | options,
    )


def test_linear_in():
    assert linear(lambda w: (3 * w + 1, 5)).share == 1
    assert linear(lambda w: (3 * w + 1, w * w), outputs=("Z",)).share == 1
    found = linear(lambda w: (np.maximum(w, 0), 1.0))
    assert (found.share, found.mismatches[0].property, found.mismatches[0].output) == (0, "linear_in", "Z")
    assert linear(lambda w: (3 * w, w * w)).share == 0
    assert linear(lambda w: (w if w.any() else w[0], 1.0)).share == 0
    assert linear(lambda w: (w,) if w.any() else ()).share == 0
    assert linear(lambda w: None).share == 0
    assert linear(lambda w: "text").share == 0


def test_linear_in_tolerates_rounding_only():
    assert linear(lambda w: (w * 1e8 + 1e8, 0.0)).share == 1
    assert linear(lambda w: (w + 1e-4 * w**2, 0.0)).share == 0


def test_an_output_that_is_not_named_in_returns_is_the_authors_fault():
    with pytest.raises(RubricError):
        linear(lambda w: (w, w), outputs=("Y",))
    with pytest.raises(RubricError):
        verdict("shape", [X], options={"Y": (3, 4)})


def test_shape():
    assert verdict("shape", [X], options={"result": (3, 4)}).share == 1
    assert verdict("shape", [1.5], options={"result": ()}).share == 1
    assert verdict("shape", [(X, None)], returns=Z_A, options={"Z": [3, 4]}).share == 1
    found = verdict("shape", [(X.T, None)], returns=Z_A, options={"Z": (3, 4)})
    assert [(each.category, each.output, each.got) for each in found.mismatches] == [("shape", "Z", "(4, 3)")]
    assert verdict("shape", [X[0, 0]], options={"result": (3, 4)}).share == 0
    assert verdict("shape", [None], options={"result": ()}).share == 0
    assert verdict("shape", [(X, (X, X, X, {}))], returns=CONV, options={"cache.W": (3, 4)}).share == 1
    assert verdict("shape", [(X, (X,))], returns=CONV, options={"cache.W": (3, 4)}).share == 0


def test_dtype():
    assert verdict("dtype", [X], options={"result": "float64"}).share == 1
    assert verdict("dtype", [X], options={"result": "float"}).share == 1
    assert verdict("dtype", [X.astype(np.float32)], options={"result": "float64"}).share == 0
    assert verdict("dtype", [X > 0], options={"result": "bool"}).share == 1
    assert verdict("dtype", [np.arange(3)], options={"result": "float"}).share == 0
    assert verdict("dtype", ["float"], options={"result": "float"}).share == 0
    assert verdict("dtype", [(X, X, X)], returns=BACK, options={"db": "float64"}).share == 1


def test_finite():
    assert verdict("finite", [(X, {"W": X})]).share == 1
    assert verdict("finite", [None]).share == 0
    odd = X.copy()
    odd[2, 1] = np.inf
    found = verdict("finite", [(X, {"secret 42": odd})], returns=Z_A)
    (wrong,) = found.mismatches
    assert (found.share, wrong.category, wrong.output, wrong.index, wrong.differing) == (0, "nan", "cache", (2, 1), 1)
    assert verdict("finite", [float("nan")]).share == 0
