"""A diagnosis is no measure of how near a hidden answer is: not by being coarse, and not by what is known beside it.

An attack answered 12.0 where "only as precise as float16" held within a tenth, and halved from there.
"""

import re

import numpy as np
import pytest
from diagnosis_lab import diagnosed, said
from hypothesis import given, settings
from hypothesis import strategies as st

SHOWN = np.array([1.2345678, -2.3456789, 33.456789, 0.56789123, -5.6789123])
SECRETS = (7.7310943, -40.1234567, 0.3141592)
WIDTH = 5
COARSE = {
    "rounded to 2": lambda y: np.round(y, 2),
    "rounded to 0": lambda y: np.round(y),
    "float32": lambda y: y.astype(np.float32).astype(float),
    "float16": lambda y: y.astype(np.float16).astype(float),
    "max(x, 0)": lambda y: np.maximum(y, 0),
    "min(x, 0)": lambda y: np.minimum(y, 0),
    "trunc(x)": np.trunc,
    "floor(x)": np.floor,
    "ceil(x)": np.ceil,
    "tanh(x)": np.tanh,
    "1/(1 + exp(-x))": lambda y: 1 / (1 + np.exp(-y)),
    "first only": lambda y: np.where(np.arange(y.size) == 0, y, 0.0),
    "last only": lambda y: np.where(np.arange(y.size) == y.size - 1, y, 77.5),
    "last missing": lambda y: np.where(np.arange(y.size) == y.size - 1, 77.5, y),
    "first missing": lambda y: np.where(np.arange(y.size) == 0, 77.5, y),
    "shifted": lambda y: np.append([77.5], y[:-1]),
    "summed": lambda y: np.asarray(y.sum()),
}
EXACT = ("shifted", "summed", "first only", "last only", "last missing", "first missing")
"""What holds of a number as closely as the check does."""
COARSELY = re.compile(
    "are rounded to|only as precise as|Negative numbers come back|Only the whole part|What comes back is"
    "|only index 0 is|only the last place is|everything repeats|is moved by|Summed over too many axes|Only a border"
)
"""What is said of a coarse likeness."""


def told(answers, wants=SECRETS, *, shown=None, scale=7):
    """Return the sentence, "" for none, where a public case is answered by `shown` and hidden ones by `answers`."""
    right = {0: SHOWN} | {k: np.full(WIDTH, want) * (1 + np.arange(WIDTH) / scale) for k, want in enumerate(wants, 1)}
    mine = {0: SHOWN if shown is None else shown} | dict(enumerate(answers, 1))
    draws = [{"n": k} for k in range(1, len(wants) + 1)]
    return said(
        diagnosed(lambda n: right[n], lambda n: mine[n], draws, ("n",), example={"n": 0}, asked=False, rtol=1e-9)
    )


def hidden(wants=SECRETS):
    return [np.full(WIDTH, want) * (1 + np.arange(WIDTH) / 7) for want in wants]


def noise(seed):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=WIDTH) * rng.choice([1e-3, 1.0, 1e3]) + 1e-3 * rng.normal() for _ in SECRETS]


@pytest.mark.parametrize("name", sorted(COARSE.keys() - {*EXACT}))
def test_hidden_wants_and_answers_change_no_coarse_diagnosis(name):
    """Those of one case or all are right but for the coarseness, nearly so, far off, or expected to be others."""
    coarse = COARSE[name]
    first = told(noise(0), shown=coarse(SHOWN))
    assert COARSELY.search(first), first
    right, nearly = ([coarse(want * scale) for want in hidden()] for scale in (1, 1 + 1e-3))
    for answers in (noise(1), right, [*noise(2)[:2], right[2]], nearly, [1.5 * each + 1e-4 for each in right]):
        for wants in (SECRETS, (1e6, 2e-6, 3.5), tuple(10 * secret for secret in SECRETS)):
            again = told(answers, wants, shown=coarse(SHOWN))
            if COARSELY.search(again):
                assert again == first


@pytest.mark.parametrize("name", EXACT)
def test_hidden_cases_that_contradict_silence_an_exact_diagnosis_and_near_is_as_far_as_any(name):
    coarse = COARSE[name]
    right = [coarse(want) for want in hidden()]
    assert COARSELY.search(told(right, shown=coarse(SHOWN)))
    for off in (1e-7, 1e-3, 0.5, 1e3):
        assert not COARSELY.search(told([each * (1 + off) for each in right], shown=coarse(SHOWN))), off


@pytest.mark.parametrize("name", EXACT)
def test_hidden_whole_numbers_silence_nothing(name):
    """They could be tried one after the other."""
    wants = (3.0, -40.0, 7.0)
    whole = dict(enumerate(np.full(WIDTH, want) * (1 + np.arange(WIDTH)) for want in wants))
    said_of = [told(answers, wants, shown=COARSE[name](SHOWN), scale=1) for answers in (
        [COARSE[name](each) for each in whole.values()], noise(0), noise(1),
    )]  # fmt: skip
    assert len(set(said_of)) == 1 and COARSELY.search(said_of[0])


@pytest.mark.parametrize("name", COARSE)
def test_hidden_cases_alone_bear_no_coarse_diagnosis_out(name):
    found = told([COARSE[name](want) for want in hidden()])
    assert not COARSELY.search(found)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(COARSE)), st.lists(st.floats(-1e6, 1e6), min_size=3, max_size=3), st.floats(-0.1, 0.1))
def test_no_hidden_number_is_found_by_how_far_away_is_too_far(name, wants, off):
    """Whatever is wanted and however near it an answer is, nothing coarse is said of it."""
    found = told([COARSE[name](want * (1 + off)) for want in hidden(wants)], tuple(wants))
    assert not COARSELY.search(found)


KNOWN = [{"u": 1e6, "b": 3.0}, {"u": 2e6, "b": 5e3}, {"u": 3e5, "b": 7.0}, {"u": 4e4, "b": 2e5}]
UNKNOWN = {"u": 0.731094, "b": 1e3}
CARRIED = {
    "offset": lambda u, b: u + 12345.5,
    "a multiple of b": lambda u, b: u + 1000.25 * b,
    "b missing": lambda u, b: u - b,
    "b repeated": lambda u, b: u + 7 * b,
    "a factor": lambda u, b: 3 * u,
    "a factor of all but b": lambda u, b: b + 3 * (u - b),
    "1 - x": lambda u, b: 1 - u,
}
CARRIED_SAID = {
    "offset": re.compile("too (large|small) by|the same amount"),
    "a multiple of b": re.compile("multiple of b|times b"),
    "b missing": re.compile("b is missing"),
    "b repeated": re.compile("b is added|multiple of b|times b"),
    "a factor": re.compile("times what it should be|the same factor"),
    "a factor of all but b": re.compile("All but the added b"),
    "1 - x": re.compile("comes back is 1 - x"),
}


@pytest.mark.parametrize("known", [KNOWN, [{"u": one["u"], "b": UNKNOWN["b"]} for one in KNOWN]], ids=["bs", "one b"])
@pytest.mark.parametrize("place", [0, 2, 4])
@pytest.mark.parametrize("how", CARRIED)
def test_known_numbers_do_not_carry_an_unknown_one(how, place, known):
    """An answer that is wrong by far passes for no right one because others are large, or the answer is."""
    cases = [*known[:place], UNKNOWN, *known[place:]]

    def with_guess(guess):
        return said(diagnosed(
            lambda u, b: u, lambda u, b: CARRIED[how](guess if u == UNKNOWN["u"] else u, b),
            [{key: float(value) for key, value in one.items()} for one in cases], ("u", "b"), asked=False,
        ))  # fmt: skip

    right = with_guess(UNKNOWN["u"])
    for off in (1e-4, 1e-3, 0.03, 0.5):
        found = with_guess(UNKNOWN["u"] * (1 + off))
        assert not (CARRIED_SAID[how].search(right) and CARRIED_SAID[how].search(found)), (off, found)


@pytest.mark.parametrize("function", [np.square, np.exp, lambda y: 1 / y, lambda y: 1 - y, np.sqrt, np.log])
def test_a_function_of_what_is_expected_is_no_wider_than_equality(function):
    """The square of the largest number is so large that many small ones would pass beside it."""
    for place in range(3):
        wants = [np.array([30.0, 2.0, 1.5, 0.5]), np.array([20.0, 3.0, 0.25, 1.25])]

        def wrong(n, place=place, wants=wants):
            near = wants[n].copy()
            near[1 + place] += 1e-3 * n
            return function(near)

        found = diagnosed(lambda n, wants=wants: wants[n], wrong, [{"n": 0}, {"n": 1}], ("n",), asked=False)
        assert "comes back" not in said(found), place


def test_one_large_number_is_no_excuse_where_the_check_has_none():
    """With an `atol` of its own, or of whole numbers, the check is as strict with the small ones."""
    for dtype, rule in ((float, {"atol": 1e-9}), (int, {})):
        wants = [np.array([10**9, 37, 4], dtype), np.array([2 * 10**9, 55, 9], dtype)]
        near = [want[::-1].copy() for want in wants]
        near[1][0] += 3
        found = diagnosed(lambda n, wants=wants: wants[n], lambda n, near=near: near[n], [{"n": 0}, {"n": 1}], ("n",),
                          asked=False, **rule)  # fmt: skip
        assert "reversed" not in said(found), dtype


def test_places_of_nan_are_not_found_one_after_the_other():
    x = np.array([0.0, 1.0, 2.0, 3.0])
    want = np.array([5.0, np.nan, 7.0, 8.0])
    for extra in range(1, 4):
        mine = np.where((x == 0) | (x == extra), np.nan, 0.5)
        found = diagnosed(lambda x: want, lambda x, mine=mine: mine, [{"x": x}], ("x",), asked=False)
        assert "exactly where" not in said(found)
