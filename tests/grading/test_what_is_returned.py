"""What a function returns is graded as it is: nothing of it is dropped, and what cannot be graded costs only itself."""

import pytest
from grading_kit import by_function

from grader import submission
from grader.errors import RubricError
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
{returns}    checks:
      - values: random
        visibility: {visibility}
        draw: {{n: 3..5, x: normal(n)}}
        where: any(x > 0) and any(x < 0)
"""
CACHE = "    returns: {Z: 76%, cache: {A: 8%, W: 8%, h: 8%}}\n"
HEAD = "import numpy as np\n"


@pytest.fixture
def scored(engine, tmp_path):
    """Return a function that grades a text against a reference and returns the problem's result."""

    def grade_text(reference, text, *, returns="", visibility="hidden"):
        (tmp_path / "r.py").write_text(HEAD + reference, "utf-8")
        (tmp_path / "hw.py").write_text(HEAD + text, "utf-8")
        (tmp_path / "grading.yaml").write_text(RUBRIC.format(returns=returns, visibility=visibility), "utf-8")
        ready = prepare(read(tmp_path / "grading.yaml"), engine)
        return by_function(grade(ready, submission.load(tmp_path / "hw.py", ["f"]), engine))["f"]

    return grade_text


def body(value):
    return f"def f(x):\n    return {value}\n"


MASKED = [
    ("np.ma.masked_less(x, 0)", "np.ma.masked_where(x < 0, x)", 40),
    ("np.ma.masked_less(x, 0)", "np.ma.array(np.where(x < 0, 77.0, x), mask=x < 0, fill_value=3)", 40),
    ("np.ma.masked_less(x, 0)", "x", 0),
    ("np.ma.masked_less(x, 0)", "np.ma.masked_greater(x, 0)", 0),
    ("np.ma.masked_less(x, 0)", "np.ma.masked_less(x, 0) + 1", 0),
    ("np.ma.masked_less(x, 0)", "np.ma.masked_less(x, 0).filled(0)", 0),
    ("np.ma.masked_less(x, 0).cumsum()", "np.ma.array(x, mask=x < 0).cumsum()", 40),
    ("np.ma.masked_invalid(np.log(np.abs(x)))", "np.log(np.abs(x))", 40),
    ("x", "np.ma.array(x, mask=False)", 40),
    ("x", "np.ma.masked_less(x, 0)", 0),
    ("np.ma.array(1.0, mask=True)", "np.ma.masked", 40),
    ("np.ma.array(1.0, mask=True)", "0.0", 0),
    ("np.ma.masked_less(x * 1j, 0)", "np.ma.masked_less(x * 1j, 0)", 40),
    ("np.ma.array(x > 0, mask=x < 0)", "np.ma.array(x > -9, mask=x < 0)", 40),
    ("np.ma.array(np.arange(len(x)), mask=x < 0)", "np.arange(len(x))", 0),
    ("{'a': [np.ma.masked_less(x, 0)]}", "{'a': [x]}", 0),
]


@pytest.mark.parametrize(("reference", "mine", "points"), MASKED)
def test_masks_are_compared_and_what_lies_under_them_is_not(scored, reference, mine, points):
    assert scored(body(reference), body(mine)).score == points


def test_a_mask_in_another_place_is_told(scored):
    hidden = scored(body("np.ma.masked_less(x, 0)"), body("x"))
    assert hidden.message.text("en") == "The mask is in the wrong places."
    public = scored(body("np.ma.masked_less(x, 0)"), body("np.ma.masked_greater(x, 0)"), visibility="public")
    assert "masked" in public.message.text("en")
    assert public.message.text("zh").startswith("[0] 处")


def test_masked_arguments_arrive_masked(scored):
    maker = "def make():\n    return np.ma.array([1.0, 2.0, 3.0], mask=[True, False, False])\n"
    assert scored(maker + body("make().mean() + x"), body("2.5 + x")).score == 40


TUPLE = "x + 1, (x, x * 2, {'pad': 1})"
OBJECTS = [
    ("x + 1, (x, x * 2, SimpleNamespace(pad=1))", 36.8, "cache.h", "SimpleNamespace"),
    ("x + 1, (x, lambda: x, {'pad': 1})", 36.8, "cache.W", "a function"),
    ("x + 1, (x, x * 2, {'pad', 1})", 36.8, "cache.h", "a set"),
    ("x + 1, (x, x * 2, {(1, 2): x})", 36.8, "cache.h", "an object"),
    ("x + 1, (x, x * 2, {'pad': Decimal(1)})", 36.8, "cache.h", "Decimal"),
    ("x + 1, ((each for each in x), x * 2, {'pad': 1})", 36.8, "cache.A", "a generator"),
    ("x + 1, np.array([x, x * 2, None], dtype=object)", 30.4, "cache", "an array of objects"),
    ("x + 1, np.array([(1, 2.0)], dtype='i4,f8')", 30.4, "cache", "a structured array"),
    ("x + 1, Told(x)", 30.4, "cache", "an object"),
    ("x + 1, None", 30.4, "cache", "None"),
    ("Told(x), (x, x * 2, {'pad': 1})", 9.6, "Z", "an object"),
    ("x + 1, (x, np.array('2026', dtype='M8[Y]'), {'pad': 1})", 36.8, "cache.W", "an array of dates"),
]
KINDS = """\
from decimal import Decimal
from types import SimpleNamespace


def Told(x):
    return type(str(x), (), {})()


"""


@pytest.mark.parametrize(("mine", "points", "output", "kind"), OBJECTS)
def test_an_object_costs_the_output_it_stands_in_and_is_named(scored, mine, points, output, kind):
    problem = scored(body(TUPLE), KINDS + body(mine), returns=CACHE)
    assert problem.score == pytest.approx(points)
    said = problem.message.text("en")
    assert said.startswith(output)
    assert kind in said


def test_a_type_s_own_name_is_told_of_public_cases_only(scored):
    mine = KINDS.replace("str(x)", "'Layer'") + body("x + 1, Told(x)")
    assert "Layer" not in scored(body(TUPLE), mine, returns=CACHE).message.text("en")
    assert "Layer" in scored(body(TUPLE), mine, returns=CACHE, visibility="public").message.text("en")


def test_a_list_within_itself_costs_only_its_output(scored):
    mine = "def f(x):\n    c = [x]\n    c.append(c)\n    return x + 1, c\n"
    assert scored(body(TUPLE), mine, returns=CACHE).score == pytest.approx(33.6)


@pytest.mark.parametrize(
    ("value", "kind"),
    [("{1, 2}", "set"), ("(each for each in x)", "generator"), ("Series()", "Series"), ("Decimal(1)", "Decimal")],
)
def test_the_type_of_a_whole_answer_is_named(scored, value, kind):
    mine = "from decimal import Decimal\n\n\nclass Series:\n    pass\n\n\n" + body(value)
    assert kind in scored(body("x"), mine).message.text("en")


def test_a_reference_that_returns_what_cannot_be_graded_is_the_author_s_fault(scored):
    with pytest.raises(RubricError) as caught:
        scored("from types import SimpleNamespace\n" + body("x + 1, (x, x, SimpleNamespace(a=1))"), body(TUPLE))
    assert "SimpleNamespace" in caught.value.faults[0].message.text("en")


@pytest.mark.parametrize(
    ("reference", "mine", "points"),
    [
        ("x * 2", "(x * 2).astype(np.float32)", 0),
        ("x.sum()", "np.float32(x.sum())", 0),
        ("(x * 2).astype(np.float32)", "x * 2", 40),
        ("np.float32(x[0])", "np.float32(x[0])", 40),
        ("np.float32(x[0])", "float(np.float32(x[0]))", 40),
        ("np.float16(0.5)", "np.float32(0.5)", 40),
        ("len(x)", "np.int8(len(x))", 40),
        ("x * 1j", "(x * 1j).astype(np.complex64)", 0),
        ("np.zeros(2) * -1", "np.zeros(2)", 40),
        ("np.array(2.0)", "np.array(2.0)", 40),
        ("complex(0.0, -0.0)", "complex(-0.0, 0.0)", 40),
        ("complex(float('nan'), 1)", "complex(float('nan'), 1)", 40),
    ],
)
def test_a_dtype_is_of_the_same_kind_and_at_least_as_precise(scored, reference, mine, points):
    assert scored(body(reference), body(mine)).score == points
