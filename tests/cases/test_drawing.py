"""From a rubric to its cases: the same everywhere, fair, and unmoved by what stands beside."""

import importlib.util
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from cases_kit import REFERENCE, SIGNATURES, call, drawn, fault_of, fingerprint, rubric, shown, signature

from grader.checks.drawing import draw, examine
from grader.errors import EngineError, ReferenceFailure, RubricError
from grader.language import say
from grader.rubric import load

ROOT = Path(__file__).resolve().parents[2]

SCALE = """
scale:
  checks:
    - values: random
      cases: 6
      draw: {m: 1..3, h: 2..5, X: "normal(m, h)", factor: 'choice(2, 3)', p: {a: 1..2, b: [1..2, 7, true]}}
"""

EVERYTHING = (
    SCALE
    + """
    - example: handout
      legacy_seed: 1
      draw: {X: "randn(2, 3)", factor: "uniform(0, 1)"}
    - values: hard
      cases: 2
      draw: {X: "distinct(3, 3)", factor: "integers(2, 9)"}
    - values: more
      draw: {X: "ties(3, 2)", t: text(1..5), ws: words(2), o: "one_hot(4, 3)", b: boolean(3), i: permutation(4)}
"""
)


def names(cases, *keys):
    return [tuple(case.names[key] for key in keys) for case in cases]


def prints(cases, check):
    return [fingerprint(dict(case.names)) for case in cases if case.check == check]


def test_the_same_numbers_on_every_machine(tmp_path):
    cases = drawn(tmp_path, EVERYTHING)
    assert [case.seed for case in cases[:3]] == [229955001, 440635751, 1943799202]
    assert fingerprint([dict(case.names) for case in cases]) == "adf5c0c813ab8a49"
    again = drawn(tmp_path, EVERYTHING)
    assert [fingerprint(case.calls[0].arguments) for case in again] == [
        fingerprint(case.calls[0].arguments) for case in cases
    ]


SHOWN = (
    SCALE
    + """
    - values: shown
      visibility: public
      cases: 3
      draw: {X: "normal(2, 2)", factor: "1..9"}
    - properties: [inputs_unchanged]
      name: unchanged
      visibility: public
      cases: 2
      draw: {X: "normal(2, 2)", factor: "1..9"}
    - values: like it
      like: shown
      cases: 3
"""
)


def test_what_is_shown_does_not_follow_from_the_seed(tmp_path):
    """Else seeds could be tried until one draws what is shown, and every hidden case drawn with it."""
    one, other = drawn(tmp_path, SHOWN, seed=7), drawn(tmp_path, SHOWN, seed=20240501)
    keys = {case.check for case in one}
    same = {key for key in keys if prints(one, key) == prints(other, key)}
    assert same == {key for key in keys if key.endswith(("shown", "unchanged"))}
    assert not set(prints(one, "shown")) & set(prints(one, "like it"))


def test_another_seed_draws_other_numbers(tmp_path):
    assert prints(drawn(tmp_path, SCALE, seed=8), "random") != prints(drawn(tmp_path, SCALE), "random")


def test_adding_checks_cases_and_lines_moves_nothing(tmp_path):
    before = drawn(tmp_path, SCALE)
    beside = "label:\n  checks: [{values: random, draw: {text: text(3), times: 1..2}}]\n"
    after = [case for case in drawn(tmp_path, beside + EVERYTHING.lstrip()) if case.function == "scale"]
    assert prints(after, "random") == prints(before, "random")
    longer = drawn(tmp_path, SCALE.replace("cases: 6", "cases: 9"))
    assert prints(longer, "random")[:6] == prints(before, "random")
    wider = drawn(tmp_path, SCALE.replace("{m: 1..3,", "{new: 1..9, noise: normal(5), m: 1..3,"))
    assert names(wider, "m", "h", "factor") == names(before, "m", "h", "factor")
    assert all((a.names["X"] == b.names["X"]).all() for a, b in zip(wider, before, strict=True))


def test_what_is_drawn_is_plain(tmp_path):
    case = drawn(tmp_path, SCALE)[0]
    assert {name: type(value) for name, value in case.names.items()} == {
        "m": int,
        "h": int,
        "X": np.ndarray,
        "factor": int,
        "p": dict,
    }
    assert case.names["X"].dtype == np.float64
    assert case.names["X"].flags.c_contiguous
    assert type(case.names["p"]["b"]) is list
    assert case.names["p"]["b"][1:] == [7, True]
    assert [type(each) for each in case.calls[0].arguments] == [np.ndarray, int]


def test_arguments_are_in_c_order_wherever_they_are(tmp_path):
    (case,) = drawn(
        tmp_path,
        """
        scale:
          checks:
            - values: t
              cases: 1
              draw: {A: "normal(2, 3)", X: A.T, factor: "(A.T, [A[:, 1]])"}
        """,
    )
    X, (first, (second,)) = case.calls[0].arguments
    assert all(array.flags.c_contiguous for array in (X, first, second))
    assert X.shape == (3, 2)


def test_values_take_turns(tmp_path):
    cases = drawn(tmp_path, SCALE)
    assert Counter(case.names["m"] for case in cases) == {1: 2, 2: 2, 3: 2}
    assert Counter(case.names["factor"] for case in cases) == {2: 3, 3: 3}
    assert Counter(case.names["p"]["a"] for case in cases) == {1: 3, 2: 3}
    assert len({case.names["h"] for case in cases[:4]}) == 4
    assert any(case.names["p"]["a"] != case.names["p"]["b"][0] for case in cases)


def test_ranges_may_depend_on_what_was_drawn(tmp_path):
    cases = drawn(
        tmp_path,
        """
        scale:
          checks: [{values: v, cases: 12, draw: {h: 2..4, f: "1..h - 1", g: f..f+2, X: "normal(h, f)"}}]
        """,
    )
    assert all(1 <= case.names["f"] < case.names["h"] for case in cases)
    assert all(case.names["f"] <= case.names["g"] <= case.names["f"] + 2 for case in cases)
    assert set(names(cases, "h", "f")) == {(2, 1), (3, 1), (3, 2), (4, 1), (4, 2), (4, 3)}
    by_h = {h: Counter(f for each, f in names(cases, "h", "f") if each == h) for h in (2, 3, 4)}
    assert all(max(counts.values()) - min(counts.values()) <= 1 for counts in by_h.values())


def test_where_holds_and_turns_stay_fair(tmp_path):
    cases = drawn(
        tmp_path,
        """
        scale:
          checks:
            - values: v
              cases: 12
              where: pad >= 1 and h != w
              draw: {h: 1..4, w: 1..4, pad: 0..3, stride: 1..3, X: "normal(h, w)"}
        """,
    )
    assert all(case.names["pad"] >= 1 and case.names["h"] != case.names["w"] for case in cases)
    assert Counter(case.names["stride"] for case in cases) == {1: 4, 2: 4, 3: 4}
    pads = Counter(case.names["pad"] for case in cases)
    assert set(pads) == {1, 2, 3}
    assert max(pads.values()) - min(pads.values()) <= 2
    assert {case.names["h"] for case in cases} == {1, 2, 3, 4}


def test_where_may_ask_about_arrays_and_the_reference(tmp_path):
    cases = drawn(
        tmp_path,
        """
        scale:
          checks:
            - values: v
              cases: 4
              where: max(X) < 0 and loss(X) > 1
              draw: {X: normal(2)}
        """,
    )
    assert all(case.names["X"].max() < 0 and (case.names["X"] ** 2).sum() > 1 for case in cases)


def test_where_is_asked_before_costly_lines(tmp_path):
    asked = []

    def counting(function, arguments):
        asked.append(function)
        return call(function, arguments)

    rubric_ = rubric(
        tmp_path,
        """
        scale:
          checks: [{values: v, cases: 3, where: k == 5, draw: {k: 1..9, X: "scale(normal(2))"}}]
        """,
    )
    assert len(draw(rubric_, SIGNATURES, counting)) == 3
    assert len(asked) == 3


@pytest.mark.parametrize("condition", ["h > 9", "max(X) > 99"])
def test_a_draw_that_cannot_be_satisfied_is_told(tmp_path, condition):
    problems = f"""
    scale:
      checks:
        - values: v
          where: {condition}
          draw: {{h: 1..3, X: "normal(h)"}}
    """
    fault = fault_of(lambda: drawn(tmp_path, problems))
    assert shown(fault) == (
        condition,
        "This did not hold in any of 1000 draws.",
        "Widen the ranges that it depends on.",
    )


def test_like_draws_the_same_numbers(tmp_path):
    cases = drawn(
        tmp_path,
        """
        affine:
          returns: {Z: 50%, cache: 50%}
          checks:
            - values: forward
              cases: 4
              where: n != k
              draw: {m: 2..3, n: 1..3, k: 1..3, X: "normal(m, n)", W: "normal(n, k)", b: normal(k)}
            - properties: [deterministic]
            - values: negative
              cases: 2
              like: forward
              draw: {X: "-abs(normal(m, n))"}
        affine_backward:
          checks:
            - values: backward
              cases: 4
              like: affine.forward
              draw: {"Z, cache": "affine(X, W, b)", dZ: normal(*Z.shape)}
        """,
    )
    forward, deterministic, negative, backward = (
        [case for case in cases if case.check == check] for check in ("forward", "properties", "negative", "backward")
    )
    for one, other in zip(forward, backward, strict=True):
        assert one.seed == other.seed
        assert all(fingerprint(one.names[name]) == fingerprint(other.names[name]) for name in "mnkXWb")
        assert fingerprint(REFERENCE["affine"](*one.calls[0].arguments)[1]) == fingerprint(other.calls[0].arguments[1])
    for one, other in zip(forward, deterministic, strict=False):
        assert one.names is other.names
    for one, other in zip(forward, negative, strict=False):
        assert names([one], "m", "n", "k") == names([other], "m", "n", "k")
        assert (one.names["W"] == other.names["W"]).all()
        assert (abs(one.names["X"]) == -other.names["X"]).all()


def test_a_legacy_seed_is_numpys(tmp_path):
    cases = drawn(
        tmp_path,
        """
        scale:
          checks:
            - example: handout
              legacy_seed: 1
              cases: 2
              draw: {X: "randn(4, 3, 3, 2)", other: rand(2), factor: 'choice("max", "average")', k: 3..5}
        """,
    )
    np.random.seed(1)
    X, other = np.random.randn(4, 3, 3, 2), np.random.rand(2)
    for case in cases:
        np.testing.assert_array_equal(case.names["X"], X)
        np.testing.assert_array_equal(case.names["other"], other)
    assert names(cases, "factor", "k") == [("max", 3), ("average", 4)]


def test_legacy_draws_with_where_go_on_in_the_stream(tmp_path):
    (case,) = drawn(
        tmp_path,
        """
        scale:
          checks: [{example: e, legacy_seed: 1, where: "X[0] > 2", draw: {X: randn(2)}}]
        """,
    )
    assert case.names["X"][0] > 2


def test_calls_are_by_position_and_defaults_may_be_left_out(tmp_path):
    cases = drawn(
        tmp_path,
        """
        label:
          checks:
            - values: short
              cases: 1
              draw: {times: 1..2, text: text(2), unused: 3}
            - values: long
              cases: 1
              draw: {times: 2, text: '"ab"', sep: '"-"'}
            - errors: bad
              cases: 1
              raises: TypeError
              draw: {text: 3, times: '"x"'}
        """,
    )
    short, long, errors = cases
    assert short.calls[0].function == "label"
    assert short.calls[0].arguments == (short.names["text"], short.names["times"])
    assert long.calls[0].arguments == ("ab", 2, "-")
    assert errors.calls[0].arguments == (3, "x")
    assert all(case.truth == case.calls for case in cases)
    assert [(case.function, case.check, case.index, case.property) for case in cases] == [
        ("label", "short", 0, ""),
        ("label", "long", 0, ""),
        ("label", "bad", 0, ""),
    ]


def test_the_reference_takes_keywords(tmp_path):
    (case,) = drawn(
        tmp_path,
        """
        scale:
          checks: [{values: v, cases: 1, draw: {Y: normal(2), X: "scale(factor=3.0, X=Y)", t: "label('a', times=2)"}}]
        """,
    )
    np.testing.assert_array_equal(case.names["X"], case.names["Y"] * 3)
    assert case.names["t"] == "a a"


def test_an_author_may_draw_in_python(tmp_path):
    problems = """
    scale:
      checks:
        - values: v
          cases: 3
          generator: made
          where: n < 9
          draw: {factor: n + 1}
    """
    cases = drawn(tmp_path, problems, top="generators: gen.py\n")
    assert [case.names["factor"] for case in cases] == [1, 2, 3]
    for case in cases:
        np.testing.assert_array_equal(case.calls[0].arguments[0], call("made", (case.seed, case.index))["X"])


def test_a_generator_that_returns_no_names_is_told(tmp_path):
    problems = "scale:\n  checks: [{values: v, generator: loss}]\n"
    loaded = rubric(tmp_path, problems, top="generators: gen.py\n")
    fault = fault_of(lambda: draw(loaded, SIGNATURES, lambda function, arguments: [1]))
    assert shown(fault)[1] == "`loss` must return a dict of names and values, not list."


def test_only_some_functions_can_be_drawn(tmp_path):
    loaded = rubric(
        tmp_path, EVERYTHING + "label:\n  checks: [{values: x, cases: 1, draw: {text: text(3), times: 2}}]\n"
    )
    alone = draw(loaded, SIGNATURES, call, {"label"})
    assert [case.function for case in alone] == ["label"]
    everyone = draw(loaded, SIGNATURES, call)
    assert fingerprint(dict(alone[0].names)) == fingerprint(dict(everyone[-1].names))


def test_every_checks_fault_is_collected_once(tmp_path):
    problems = """
    scale:
      checks:
        - values: a
          draw: {n: 1..3, X: "normal(n - 5)"}
        - values: b
          like: a
          cases: 2
        - values: c
          draw: {"X, factor": "(1, 2, 3)"}
        - values: d
          draw: {X: "1 / 0"}
        - values: e
          draw: {"X, factor": normal(2)}
    """
    with pytest.raises(RubricError) as caught:
        drawn(tmp_path, problems)
    assert [shown(fault)[:2] for fault in caught.value.faults] == [
        ("normal(n - 5)", "A size cannot be negative (-4)."),
        ("X, factor", "There are 3 values for 2 names."),
        ("1 / 0", "Division by zero."),
        ("X, factor", "2 names need a tuple of values, not array."),
    ]


def test_a_reference_that_does_not_return_is_the_authors_fault(tmp_path):
    loaded = rubric(tmp_path, "scale:\n  checks: [{values: v, draw: {X: 1 + loss(normal(2))}}]\n")

    def failing(function, arguments):
        raise ReferenceFailure(say("The reference's {function} did not return: {what}", function=function, what="x"))

    fault = fault_of(lambda: draw(loaded, SIGNATURES, failing))
    assert shown(fault) == ("loss(normal(2))", "The reference's loss did not return: x", None)


def test_our_own_fault_stays_ours(tmp_path):
    loaded = rubric(tmp_path, "scale:\n  checks: [{values: v, draw: {X: loss(normal(2))}}]\n")

    def failing(function, arguments):
        raise EngineError(say("The rubric has faults; nothing was graded."))

    with pytest.raises(EngineError):
        draw(loaded, SIGNATURES, failing)


def test_a_function_the_reference_lacks_is_told(tmp_path):
    loaded = rubric(tmp_path, "scale:\n  checks: [{values: v, draw: {X: 1}}]\n")
    fault = fault_of(lambda: draw(loaded, {}, call))
    assert shown(fault)[:2] == ("scale", "The reference has no function `scale`.")


@pytest.fixture(scope="module")
def shipped():
    """Return the shipped rubric, its reference's signatures and a way to call it."""
    spec = importlib.util.spec_from_file_location("shipped_reference", ROOT / "solutions" / "cnn.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    functions = {name: value for name, value in vars(module).items() if callable(value)}
    loaded = load(ROOT / "grading.yaml").rubric
    signatures = {name: signature(function) for name, function in functions.items()}
    return loaded, signatures, lambda function, arguments: functions[function](*arguments)


def test_the_shipped_rubric_can_be_drawn(shipped):
    loaded, signatures, reference = shipped
    assert examine(loaded, signatures) == []
    cases = draw(loaded, signatures, reference)
    for problem in loaded.problems:
        for check in problem.checks:
            own = [case for case in cases if (case.function, case.check) == (problem.function, check.key)]
            each = len(check.demand.properties) if check.kind == "properties" else 1
            assert [case.index for case in own] == list(range(check.cases * each))
            assert all(len(case.calls) >= 1 for case in own)
    assert fingerprint([case.calls[0].arguments for case in cases]) == fingerprint(
        [case.calls[0].arguments for case in draw(loaded, signatures, reference)]
    )
