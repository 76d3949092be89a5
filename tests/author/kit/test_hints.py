"""A kit gives its hints, and says of answers that share a digest that it cannot tell them apart."""

import re

import pytest
import yaml

from grader import submission
from grader.author.kit.kit import build, leaks
from grader.author.kit.sealing import joined, seal_hidden
from grader.grading import grade, prepare, read

RUBRIC = """\
title: T
language: en
seed: 512341234123
submission: work/a.py
reference: answers/a.py
problems:
  f:
    points: 20
    hints: [Think., {zh: "加一", en: "Add one"}]
    checks:
      - example: e
        draw: {x: 3}
        hint: look at x
      - values: v
        draw: {x: 100..999}
        cases: 8
  g:
    points: 10
    returns: {y: 80%, n: 20%}
    checks:
      - example: e
        draw: {x: 3}
        hint: look at x
      - values: v
        draw: {x: normal(6)}
"""
REFERENCE = '''\
def f(x):
    """Return x and one."""
    ### START CODE HERE ###
    y = x + 1
    ### END CODE HERE ###
    return y


def g(x):
    """Return x times 2, and 7."""
    ### START CODE HERE ###
    twice = x * 2
    ### END CODE HERE ###
    return twice, 7
'''


@pytest.fixture
def ready(engine, tmp_path):
    """Return the course's own rubric, prepared."""
    for path, text in {"grading.yaml": RUBRIC, "answers/a.py": REFERENCE}.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text, "utf-8")
    return prepare(read(tmp_path / "grading.yaml"), engine)


@pytest.fixture
def kit_of(ready, tmp_path):
    """Return a function that writes a kit and returns its folder."""

    def write(sealing=None):
        kit = build(ready, sealing=sealing)
        assert leaks(kit, ready) == []
        for path, data in kit.files.items():
            (tmp_path / "kit" / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / "kit" / path).write_bytes(data)
        return tmp_path / "kit"

    return write


@pytest.fixture
def at_home(engine):
    """Return a function that grades a changed reference in a kit."""

    def graded(folder, old, new, attempt=1):
        (folder / "mine.py").write_text(REFERENCE.replace(old, new), "utf-8")
        prepared = prepare(read(folder / "grading.yaml"), engine)
        found = grade(prepared, submission.load(folder / "mine.py", ["f", "g"]), engine, attempts={"f": attempt})
        return {problem.function: problem for problem in found.problems}

    return graded


@pytest.mark.parametrize("sealed", [False, True])
def test_hints_come_home_one_at_each_try(ready, kit_of, at_home, sealed):
    folder = kit_of(seal_hidden(ready) if sealed else None)
    assert yaml.safe_load((folder / "grading.yaml").read_text("utf-8"))["problems"]["f"]["hints"][0] == "Think."
    first = at_home(folder, "x + 1", "x + 3")["f"]
    assert ([each.en for each in first.hints], first.more_hints) == (["Think."], 1)
    assert all(check.hint is None for check in first.checks)
    second = at_home(folder, "x + 1", "x + 3", attempt=2)["f"]
    assert [each.zh for each in second.hints] == ["Think.", "加一"]
    assert "look at x" in [check.hint.en for check in second.checks if check.hint]


def test_a_hint_of_an_example_is_shown_where_nothing_is_right(kit_of, at_home):
    checks = at_home(kit_of(), "x * 2", "x * 3")["g"].checks
    assert [check.hint.en for check in checks if check.hint] == ["look at x"]
    right = at_home(kit_of(), "x * 2", "x + x")["g"].checks
    assert [check.hint for check in right if check.hint] == []


def test_what_shares_a_digest_is_not_said_to_be_wrong(ready, kit_of, at_home):
    folder = kit_of(seal_hidden(ready))
    last = seal_hidden(ready).tasks[0].case.calls[0].arguments[0]
    wrong = at_home(folder, "return y", f"return y if x != {last} else 0")["f"]
    told = [case.message.text("en") for case in wrong.checks[1].cases if case.message]
    assert len(told) > 1
    assert all("cannot tell them apart" in each for each in told)
    outputs = at_home(folder, "x * 2", "x * 3")["g"]
    sealed_cases = [case.message.text("en") for check in outputs.checks[1:] for case in check.cases if case.message]
    assert sealed_cases
    assert all(each == "y: The answer is not the expected one." for each in sealed_cases)


def test_the_command_s_words_on_what_differs(ready):
    said = [each.text("en") for each in joined(seal_hidden(ready), ready.checks)]
    assert any(re.match(r"Sealed together: 8 cases of f, v\.", each) for each in said)
    assert said[-1].startswith("A kit may give fewer points than your course")
    assert not any(" of g, v." in each for each in said)
