"""Where 0 is expected but for rounding the exact answer is right; an answer that is tiny by right is compared."""

import pytest
from grading_kit import by_function

from grader import submission
from grader.author.kit.sealing import seal_hidden
from grader.comparison.noise import small
from grader.grading import grade, prepare, read

RUBRIC = """\
title: T
language: en
seed: 7
submission: hw.py
reference: r.py
problems:
  f:
    points: 40
    checks:
      - values: random
        draw: {draw}
{rest}"""
HEAD = "import math\nimport numpy as np\n\n\n"


@pytest.fixture
def ready(engine, tmp_path):
    """Return a function that prepares a rubric of one function."""

    def prepare_text(draw, reference, rest=""):
        (tmp_path / "r.py").write_text(f"{HEAD}def f({parameters(draw)}):\n    return {reference}\n", "utf-8")
        (tmp_path / "grading.yaml").write_text(RUBRIC.format(draw=draw, rest=rest), "utf-8")
        return prepare(read(tmp_path / "grading.yaml"), engine)

    return prepare_text


@pytest.fixture
def scored(ready, engine, tmp_path):
    """Return a function that grades an expression against a reference's and returns the points."""

    def grade_text(draw, reference, mine, rest=""):
        prepared = ready(draw, reference, rest)
        (tmp_path / "hw.py").write_text(f"{HEAD}def f({parameters(draw)}):\n    return {mine}\n", "utf-8")
        return by_function(grade(prepared, submission.load(tmp_path / "hw.py", ["f"]), engine))["f"].score

    return grade_text


def parameters(draw):
    return ", ".join(part.split(":")[0].strip() for part in draw.strip("{}").split(";")[-1].split(", ") if ":" in part)


X = "{x: normal(4)}"
NOISE = [
    (X, "np.sin(np.pi * np.round(x))", "np.zeros(4)"),
    (X, "np.sin(np.pi * np.round(x))", "np.sin(np.pi * (np.round(x) % 2))"),
    (X, "np.sin(np.pi * (np.round(x) % 2))", "np.sin(np.pi * np.round(x))"),
    ("{n: 1..9}", "math.sin(math.pi * n)", "0.0"),
    ("{n: 1..9}", "math.sin(math.pi * n)", "math.sin(math.pi * (n % 2))"),
    (X, "(x - x.mean()).mean()", "0.0"),
    (X, "(x - x.mean()).mean()", "(x - np.mean(x)).sum() / 4"),
    ("{x: 1000000 * normal(50)}", "(x - x.mean()).mean()", "0.0"),
    ("{x: 1000000 * normal(50)}", "(x - x.mean()).mean()", "float(np.mean(x - math.fsum(x) / 50))"),
    ("{x: 'normal(3, 3)'}", "x @ np.linalg.inv(x) - np.eye(3)", "np.zeros((3, 3))"),
    ("{x: normal(3)}", "np.cross(x, 2.7 * x)", "np.zeros(3)"),
    (X, "np.fft.ifft(np.fft.fft(x)).imag", "np.zeros(4)"),
    (X, "np.cos(x) ** 2 + np.sin(x) ** 2 - 1", "np.zeros(4)"),
    (X, "(x, {'rest': (x + 0.1) - x - 0.1})", "(x, {'rest': np.zeros(4)})"),
    ("{x: 'uniform(0, 1)'}", "math.tan(math.atan(x)) - x", "0.0"),
    (X, "0 * x", "1e-17 * x"),
    (X, "np.exp(1j * np.pi * np.round(x)) ** 2 - 1", "np.zeros(4, dtype=complex)"),
    ("{x: 'choice(1.5707963267948966, 4.71238898038469)'}", "math.cos(x)", "0.0"),
    ("{x: 'integers(-9, 9, 5)'}", "(x / 3).sum() - x.sum() / 3", "0.0"),
]


@pytest.mark.parametrize(("draw", "reference", "mine"), NOISE)
def test_an_exact_answer_is_right_where_the_reference_is_rounding_noise(scored, draw, reference, mine):
    assert scored(draw, reference, mine) == 40


@pytest.mark.parametrize(("draw", "reference", "mine"), NOISE)
def test_an_answer_that_is_wrong_by_more_than_the_floor_is_wrong(scored, draw, reference, mine):
    wrong = mine.replace("np.zeros(4)})", "np.full(4, 1e-8)})") if mine.startswith("(x, {") else f"({mine}) + 1e-8"
    assert scored(draw, reference, wrong) == 0


TINY = [
    ("{x: 'uniform(27, 29)'}", "np.exp(-x)"),
    ("{x: 'uniform(30, 40)'}", "math.exp(-x)"),
    ("{n: 38..42}", "0.5 ** n"),
    ("{n: 50..60}", "math.comb(n, 2) * 0.5 ** n"),
    ("{n: 1..250}", "1.2e-15 * n ** (1 / 3)"),
    ("{x: '1e13 * uniform(1, 2)'}", "3e-9 / x"),
    ("{x: 'uniform(0.1, 0.2, 16)'}", "np.prod(x)"),
    ("{x: 'uniform(7, 8)'}", "np.exp(-x * x / 2) / np.sqrt(2 * np.pi)"),
    ("{x: 'uniform(7, 8)'}", "math.erfc(x)"),
    ("{x: '1e-9 * uniform(1, 2)'}", "np.log1p(x * x)"),
    ("{x: normal(3)}", "1e-16 * x"),
]


@pytest.mark.parametrize("wrong", ["0 * ({})", "2 * ({})", "1.001 * ({})"])
@pytest.mark.parametrize(("draw", "reference"), TINY)
def test_an_answer_that_is_tiny_by_right_is_compared_relatively(scored, draw, reference, wrong):
    assert scored(draw, reference, wrong.format(reference)) == 0
    assert scored(draw, reference, f"({reference}) * (1 + 1e-9)") == 40


def test_a_tolerance_that_the_author_gives_is_the_author_s(scored):
    draw, reference = X, "np.sin(np.pi * np.round(x))"
    assert scored(draw, reference, "np.zeros(4)", "        compare: {atol: 1e-30}\n") < 40
    assert scored(draw, reference, "np.full(4, 1e-9)", "        compare: {atol: 1e-8}\n") == 40
    assert scored(draw, "0 * x", "1e-17 + 0 * x", "        compare: {rtol: 0}\n") == 0


def test_noise_is_named_and_sealed_with_its_floor(ready):
    prepared = ready(X, "(x * 2, np.sin(np.pi * np.round(x)))", "    returns: [a, b]\n")
    assert {task.noise for task in prepared.tasks} <= {("b",), ()}
    assert any(task.noise for task in prepared.tasks)
    assert all("a" not in small(task, prepared.chosen[0].returns) for task in prepared.tasks)
    for task in seal_hidden(prepared).tasks:
        grids = {lock.output: lock.grids[0] for lock in task.sealed.locks}
        assert grids["a"].atol == 0.0
        assert 0.0 < grids["b"].atol < 1e-13
        assert not task.noise


def test_an_argument_that_only_says_without_bound_makes_no_room_for_wrong_answers(scored):
    draw = '{x: "-abs(normal(4)) - 1", hi: 1e30}'
    assert scored(draw, "np.clip(x, 0, hi)", "np.clip(x, 0.0, hi) * 1") == 40
    assert scored(draw, "np.clip(x, 0, hi)", "np.abs(x) + 7") == 0


def test_a_count_that_jumps_is_no_noise(scored):
    draw = "{rate: 0.001, epoch: 70, every: 10}"
    assert scored(draw, "rate * 0.1 ** (epoch // every)", "rate / 10 ** (epoch // every)") == 40
    assert scored(draw, "rate * 0.1 ** (epoch // every)", "rate * 0.1 ** (epoch // every + 1)") == 0
