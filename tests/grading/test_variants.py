"""Other answers to a function are tried beside the reference, or put in its place."""

import pytest
from msgspec.structs import replace

from grader.grading import grade, prepare, read
from grader.grading.variants import Variant, in_place, try_all

RUBRIC = """\
title: t
language: en
seed: 1
submission: s.py
reference: r.py
problems:
  f:
    points: 1
    checks: [{values: v, draw: {x: 1..4}, cases: 4}]
  g:
    points: 1
    checks: [{values: v, draw: {x: 1..4}, cases: 4}]
"""
REFERENCE = "def f(x):\n    return x + 1\n\ndef g(x):\n    return 2 * f(x)\n"


def variant(function, name, body, **more):
    symbol = f"{function}__{name}"
    return Variant(function=function, symbol=symbol, text=f"def {symbol}(x):\n    return {body}\n", **more)


@pytest.fixture
def prepared(engine, tmp_path):
    (tmp_path / "grading.yaml").write_text(RUBRIC, "utf-8")
    (tmp_path / "r.py").write_text(REFERENCE, "utf-8")
    return prepare(read(tmp_path / "grading.yaml"), engine)


def test_each_is_judged_on_its_own_function_in_the_order_given(prepared, engine):
    tried = [
        variant("g", "right", "f(x) + f(x)"),
        variant("f", "wrong", "x - 1"),
        variant("f", "raises", "1 / 0"),
        variant("g", "lucky", "2 * f(x) if x < 3 else 0"),
        variant("f", "modular", "made(x)", modules=(("maker", "def make(x):\n    return x + 1\n"),)),
    ]
    tried[-1] = replace(tried[-1], text="from maker import make as made\n" + tried[-1].text)
    judged = list(try_all(prepared, engine, tried))
    assert [one.problem.function for one in judged] == ["g", "f", "f", "g", "f"]
    assert [float(one.earned) for one in judged] == [1, 0, 0, 0.5, 1]


def test_one_that_ends_its_worker_leaves_the_others_judged(prepared, engine):
    tried = [variant("f", f"ends{number}" if number % 2 else f"right{number}",
                     "__import__('os')._exit(3)" if number % 2 else "x + 1") for number in range(6)]  # fmt: skip
    assert [float(one.earned) for one in try_all(prepared, engine, tried)] == [1, 0] * 3


def test_one_may_be_given_less_time(prepared, engine):
    limits = replace(prepared.limits["f"], seconds=0.3)
    slow = variant("f", "slow", "__import__('time').sleep(60)", limits=limits)
    (judged,) = try_all(prepared, engine, [slow])
    assert {trial.got[0].reason for _, trials in judged.trials for trial in trials} == {"timeout", "unreached"}


def test_in_place_of_its_function_it_may_still_call_the_right_one(prepared, engine):
    student = in_place(prepared.plan.reference, [variant("f", "off", "f(x) + 1")])
    first, second = grade(prepared, student, engine).problems
    assert (first.score, second.score, second.blames) == (0, 1, ("f",))
