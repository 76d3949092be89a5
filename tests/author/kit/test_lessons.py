"""A kit teaches what a known mistake teaches to whoever makes it, and tells nothing of it before."""

import json
import math

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


def test_nothing_is_taught_that_simple_variants_of_the_right_answer_would_find(ready, engine, tmp_path):
    (tmp_path / "answers/mistakes.py").write_text(
        'edit(of="f", name="twice", replace=[("return rest", "return 2.25 * rest")], zh=["因子"], en=["Factor"])\n'
        'edit(of="f", name="moved", replace=[("return rest, x", "return rest + 3, x")], zh=["常数"], en=["Term"])\n',
        "utf-8",
    )
    taught, untaught = lessons(prepare(read(tmp_path / "grading.yaml"), engine), engine)
    assert (taught, [one.name for one in untaught]) == ([], ["twice", "moved"])


def test_a_tolerance_tells_no_other_answer(engine, tmp_path):
    """The largest number of a case says how far a zero may be missed; exactly, it would be the hidden total."""
    rubric = """\
title: T
language: en
seed: 9912345678
submission: work.py
reference: ref.py
problems:
  energy:
    points: 10
    returns: {drift: 50%, total: 50%}
    checks: [{values: hidden, cases: 3, draw: {x: normal(30)}}]
"""
    (tmp_path / "grading.yaml").write_text(rubric, "utf-8")
    reference = "import numpy as np\n\n\ndef energy(x):\n    return np.zeros(3), np.sum(x**2) * 1000.0\n"
    (tmp_path / "ref.py").write_text(reference, "utf-8")
    ready = prepare(read(tmp_path / "grading.yaml"), engine)
    kit = build(ready, sealing=seal_hidden(ready), lessons=[])
    grids = [grid for grid in found(json.loads(kit.files["expected.json"]), "atol") if grid]
    assert len(grids) >= 3 and all(math.frexp(each)[0] == 0.5 for each in grids if each < 1e-6)


def found(node, name):
    """Yield the values of a key wherever it stands."""
    if isinstance(node, dict):
        yield from (value for key, value in node.items() if key == name)
    for each in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from found(each, name)
