"""A call may be watched for its caller's random numbers, and be made between other calls."""

import numpy as np
import pytest
from execution_kit import LIMITS, source

from grader.model import Call

TEXT = """
import random
import numpy as np
kept = {}
def seeds(x): np.random.seed(1); return x
def draws(x): return x + 0 * np.random.rand()
def python_draws(x): return x + 0 * random.random()
def own_generator(x): return x + 0 * np.random.default_rng(1).random()
def puts_back(x):
    state = np.random.get_state()
    np.random.seed(3)
    np.random.set_state(state)
    return x
def last(x):
    kept["x"] = x
    return x
def uses_last(x): return kept.get("x", x)
def same_dict(x):
    kept["x"] = x
    return kept
def changes(x):
    x += 1
    return x
def raises(x): raise ValueError
def leaves(x): raise SystemExit
"""


def outcome(engine, call):
    return engine.run(source(TEXT), [call], {call.function: LIMITS}).outcomes[0]


@pytest.mark.parametrize(
    ("function", "moved"),
    [("seeds", True), ("draws", True), ("python_draws", True), ("own_generator", False), ("puts_back", False)],
)
def test_a_watched_call_tells_whether_it_moved_random_numbers(engine, function, moved):
    assert outcome(engine, Call(function=function, arguments=(2.0,), watched=True)).random_moved is moved
    assert outcome(engine, Call(function=function, arguments=(2.0,))).random_moved is False


def test_calls_beside_are_made_before_and_after(engine):
    def around(function, other):
        return outcome(engine, Call(function=function, arguments=(1.0,), beside=((other, (5.0,)),))).value

    assert around("uses_last", "last") == 5.0
    assert around("same_dict", "same_dict") == {"x": 5.0}
    assert around("last", "last") == 1.0
    assert around("last", "raises") == around("last", "leaves") == around("last", "absent") == 1.0


def test_calls_beside_have_arguments_of_their_own(engine):
    own, other = np.ones(3), np.zeros((2, 2))
    found = outcome(
        engine, Call(function="last", arguments=(own,), beside=(("changes", (other,)), ("changes", (own,))))
    )
    assert found.arguments is None
    np.testing.assert_array_equal(found.value, own)
