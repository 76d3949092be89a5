"""A kit teaches what a known mistake teaches to whoever makes it, and tells nothing of it before."""

import json

import pytest

from grader import submission
from grader.author.kit.kit import build, leaks
from grader.author.kit.lessons import lessons
from grader.author.kit.sealing import seal_hidden
from grader.grading import grade, prepare, read

RUBRIC = """\
title: T
language: en
seed: 512341234123
submission: work/a.py
reference: answers/a.py
mistakes: answers/mistakes.py
problems:
  f:
    points: 20
    hints: [Think.]
    returns: {y: 80%, x: 20%}
    checks:
      - values: shown
        visibility: public
        draw: {n: 3..5, x: "normal(n, 3)"}
      - values: drawn
        draw: {n: 3..5, x: "normal(n, 3)"}
  g:
    points: 2
    checks:
      - example: shown
        draw: {x: 3}
"""
REFERENCE = '''\
def f(x):
    """Return the centred rows of x, and x."""
    ### START CODE HERE ###
    rest = x - x.mean(axis=1, keepdims=True)
    ### END CODE HERE ###
    return rest, x


def g(x):
    """Return x + 1."""
    ### START CODE HERE ###
    y = x + 1
    ### END CODE HERE ###
    return y
'''
MISTAKES = """\
edit(of="f", name="by_columns", replace=[("axis=1", "axis=0")], zh=["按行", "axis=1"], en=["By rows", "axis=1"])
edit(of="f", name="not_centred", replace=[("x - x.mean(axis=1, keepdims=True)", "x")], zh=["减去"], en=["Subtract"])
edit(of="g", name="two_instead", replace=[("x + 1", "x + 2")], zh=["加一"], en=["Add one"])
edit(of="f", name="raises_here", replace=[("rest, x", "rest.no, x")], zh=["没有"], en=["There is none"])
"""


@pytest.fixture
def ready(engine, tmp_path):
    """Return the course's own rubric, prepared."""
    for path, text in {"grading.yaml": RUBRIC, "answers/a.py": REFERENCE, "answers/mistakes.py": MISTAKES}.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text, "utf-8")
    return prepare(read(tmp_path / "grading.yaml"), engine)


@pytest.mark.parametrize("sealed", [False, True])
def test_a_known_mistake_is_recognised_at_home_and_nowhere_written(ready, engine, tmp_path, sealed):
    taught, untaught = lessons(ready, engine)
    assert [one.function for one in taught] == ["f"]
    # The second returns an argument as it came, the third one small number, and the last nothing at all.
    assert [one.name for one in untaught] == ["not_centred", "two_instead", "raises_here"]
    kit = build(ready, sealing=seal_hidden(ready) if sealed else None, lessons=taught)
    assert leaks(kit, ready) == []
    everything = b"\n".join(kit.files.values()).decode("utf-8", "replace")
    for secret in ("By rows", "按行", "axis=0", "by_columns", "not_centred", "Subtract", "answers/", "mistakes"):
        assert secret not in everything
        assert json.dumps(secret) not in everything
    for path, data in kit.files.items():
        (tmp_path / "kit" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "kit" / path).write_bytes(data)

    def hints(old, new, attempt=1):
        (tmp_path / "kit/mine.py").write_text(REFERENCE.replace(old, new), "utf-8")
        at_home = prepare(read(tmp_path / "kit/grading.yaml"), engine)
        mine = submission.load(tmp_path / "kit/mine.py", ["f", "g"])
        report = grade(at_home, mine, engine, attempts={"f": attempt})
        return [hint.en for hint in report.problems[0].hints]

    assert hints("axis=1", "axis=0") == ["By rows"]
    assert hints("x - x.mean(axis=1, keepdims=True)", "x - sum(x) / len(x)", 2) == ["By rows", "axis=1"]
    assert hints("x - x.mean(axis=1, keepdims=True)", "x - x.mean(axis=0) + 1e-3") == ["Think."]
    assert hints("x - x.mean(axis=1, keepdims=True)", "x * 2") == ["Think."]
    assert hints("x + 1", "x + 2") == []
