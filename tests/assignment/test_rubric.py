"""The shipped rubric is strong: its draws reach every edge, and no known mistake keeps its points."""

import copy
import warnings
from collections import defaultdict
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from grader import rubric, submission
from grader.checks.drawing import draw
from grader.model import Raised, Returned
from grader.rubric.mistakes import mistakes

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = (ROOT / "solutions" / "cnn.py").read_text(encoding="utf-8")
RUBRIC = rubric.load(ROOT / "grading.yaml").rubric
MISTAKES = mistakes(ROOT / "solutions" / "mistakes.py", REFERENCE)


def loaded(text):
    """Return the names that this project's own source `text` defines."""
    names = {}
    exec(compile(text, "<source>", "exec"), names)
    return names


def outcome(function, arguments):
    given = copy.deepcopy(arguments)
    with np.errstate(all="ignore"), warnings.catch_warnings(action="ignore"):
        try:
            value = function(*given)
        except (ValueError, IndexError, TypeError) as error:
            return Raised(type=type(error).__name__, message=str(error))
    changed = any(
        isinstance(one, np.ndarray) and not np.array_equal(one, two) for one, two in zip(given, arguments, strict=True)
    )
    return Returned(value=value, arguments=given if changed else None)


@pytest.fixture(scope="module")
def drawn():
    """Return every case with the reference's outcomes, by function and check."""
    right = loaded(REFERENCE)
    names = [problem.function for problem in RUBRIC.problems]
    signatures = submission.signatures(submission.load(ROOT / "solutions" / "cnn.py", names))
    found = defaultdict(list)
    for case in draw(RUBRIC, signatures, lambda name, arguments: right[name](*copy.deepcopy(arguments))):
        want = [outcome(right[call.function], call.arguments) for call in case.truth]
        found[case.function, case.check].append((case, want))
    return found


def shares(names, function, drawn):
    """Return the shares that the function in `names` earns: of each check, of each of its cases."""
    problem = next(problem for problem in RUBRIC.problems if problem.function == function)
    earned = {}
    for check in problem.checks:
        verdicts = []
        for case, want in drawn[function, check.key]:
            got = [outcome(names[call.function], call.arguments) for call in case.calls]
            verdicts.append(check.demand.judge(check, problem.returns, case, got, want).share)
        earned[check] = verdicts
    return earned


@pytest.mark.parametrize("function", [problem.function for problem in RUBRIC.problems])
def test_reference_earns_every_case(drawn, function):
    earned = shares(loaded(REFERENCE), function, drawn)
    assert {share for verdicts in earned.values() for share in verdicts} == {Fraction(1)}


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.symbol)
def test_every_known_mistake_loses_points(drawn, mistake):
    names = loaded(f"{REFERENCE}\n\n{mistake.text}\n")
    names[mistake.function] = names[mistake.symbol]
    earned = shares(names, mistake.function, drawn)
    lost = sum(check.share * (1 - sum(verdicts) / len(verdicts)) for check, verdicts in earned.items())
    hidden = [
        check for check, verdicts in earned.items() if check.visibility == "hidden" and sum(verdicts) < len(verdicts)
    ]
    assert lost >= Fraction(3, 100)
    assert hidden, "the public example alone would tell it"


def blank(value):
    """Return zeros in the place of every number."""
    if isinstance(value, (tuple, list)):
        return type(value)(map(blank, value))
    if isinstance(value, dict):
        return {key: blank(item) for key, item in value.items()}
    return np.zeros_like(value) if isinstance(value, (np.ndarray, np.generic)) else type(value)()


@pytest.mark.parametrize("function", [problem.function for problem in RUBRIC.problems])
def test_zeros_of_the_right_shape_earn_nothing(drawn, function):
    right = loaded(REFERENCE)
    earned = shares({function: lambda *arguments: blank(right[function](*arguments))}, function, drawn)
    tried = [share for check, verdicts in earned.items() if check.kind != "properties" for share in verdicts]
    assert sum(tried) / len(tried) < Fraction(1, 10)  # a pad of 0 in a cache may be right


def form(value):
    """Return what is left of a value when its real numbers are taken away."""
    if isinstance(value, tuple):
        return tuple(map(form, value))
    return getattr(value, "shape", None) or ("float" if isinstance(value, float) else repr(value))


@pytest.mark.parametrize("function", [problem.function for problem in RUBRIC.problems])
def test_answers_remembered_by_shape_do_not_last(drawn, function):
    """Whoever keeps the first answer for each shape of arguments is found out by other numbers of the same shape."""
    right, kept = loaded(REFERENCE), {}

    def remembering(*arguments):
        return kept.setdefault(form(arguments), right[function](*arguments))

    earned = shares({function: remembering}, function, drawn)
    assert any(share < 1 for check, verdicts in earned.items() if check.kind == "values" for share in verdicts)


@pytest.mark.parametrize(
    ("function", "check", "reached"),
    [
        ("zero_pad", "随机输入", {"pad": {0, 1, 2, 3}, "m": {1, 2, 3}, "c": {1, 2, 3}}),
        ("conv_single_step", "随机窗口", {"f": {1, 2, 3, 4}, "c": {1, 2, 3, 4}}),
        (
            "conv_forward",
            "步长与填充",
            {"stride": {1, 2, 3}, "pad": {0, 1, 2, 3}, "f": {1, 2, 3, 4}, "m": {1, 2}, "c": {1, 2, 3}, "n_c": {1, 2}},
        ),
        ("conv_backward", "步长与填充", {"stride": {1, 2, 3}, "pad": {1, 2, 3}, "m": {1, 2}, "n_c": {1, 2}}),
        (
            "pool_forward",
            "随机输入",
            {"stride": {1, 2, 3}, "f": {1, 2, 3, 4}, "m": {1, 2}, "c": {1, 2, 3}, "mode": {"max", "average"}},
        ),
        (
            "pool_backward",
            "随机输入",
            {"stride": {1, 2, 3}, "f": {1, 2, 3, 4}, "m": {1, 2}, "mode": {"max", "average"}},
        ),
    ],
)
def test_draws_reach_every_edge(drawn, function, check, reached):
    names = [case.names for case, _ in drawn[function, check]]
    assert {name: {each[name] for each in names} for name in reached} == reached
    if "h" in names[0]:
        assert all(each["h"] != each["w"] for each in names)


def test_some_strides_leave_a_remainder_and_some_windows_overlap(drawn):
    names = [case.names for case, _ in drawn["conv_forward", "步长与填充"]]
    assert any((each["h"] + 2 * each["pad"] - each["f"]) % each["stride"] for each in names)
    assert any(each["stride"] < each["f"] for each in names)
    assert any(each["stride"] > each["f"] for each in names)
    pooled = [case.names for case, _ in drawn["pool_backward", "随机输入"]]
    assert any((each["h"] - each["f"]) % each["stride"] for each in pooled)
    assert any(each["stride"] < each["f"] for each in pooled)
    assert any(each["stride"] > each["f"] for each in pooled)


def test_negative_tied_and_constant_inputs_are_tried(drawn):
    assert all((case.names["A_prev"] < 0).all() for case, _ in drawn["pool_forward", "全为负数"])
    assert all((case.names["x"] < 0).all() for case, _ in drawn["create_mask_from_window", "全为负数"])
    for case, _ in drawn["create_mask_from_window", "并列的最大值"]:
        assert np.count_nonzero(case.names["x"] == case.names["x"].max()) >= 2
    assert all(np.ptp(case.names["x"]) == 0 for case, _ in drawn["create_mask_from_window", "处处相等"])


def test_points_are_those_of_the_course():
    required = [problem.points for problem in RUBRIC.problems if not problem.bonus]
    assert sum(required) == 100
    assert [problem.function for problem in RUBRIC.problems if not problem.bonus] == [
        "zero_pad",
        "conv_single_step",
        "conv_forward",
        "pool_forward",
    ]
