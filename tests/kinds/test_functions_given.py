"""Functions as arguments and results: text that a worker compiles, and points at which a result is called."""

import pytest

PROBLEMS = """\
integrate:
  points: 3
  checks:
    - {example: square, draw: {g: 'func("x**2 - a", a=2)', n: 50}}
    - {values: polys, draw: {n: 5..9, g: poly(0..3)}}
    - {values: given, draw: {n: 5..9, g: bump}}
    - {values: made, draw: {n: 5..9, k: 1..3, g: power(k)}}
    - {values: two, draw: {n: 5..9, g: 'func("sin(x) * where(x > a, 1, 0)", a=0.5)'}}
derivative:
  points: 3
  checks:
    - {values: at points, at: "linspace(-1, 1, 3)", draw: {f: poly(3), h: 0.001}}
"""
REFERENCE = """
import numpy as np

SCALE = 2.0

def bump(t):
    \"\"\"Given to students.\"\"\"
    return SCALE * np.exp(-t**2)

def power(k):
    return lambda t: t ** k

def integrate(g, n):
    return float(sum(g(i / n) for i in range(n)) / n)

def derivative(f, h):
    def inner(x):
        return (f(x + h) - f(x - h)) / (2 * h)
    return inner
"""
RIGHT = REFERENCE.partition("def integrate")[2].join(["import numpy as np\ndef integrate", ""])


def test_functions_reach_the_students_code_and_come_back(course):
    course = course(PROBLEMS, REFERENCE)
    assert course.points(RIGHT) == 6
    assert course.points(RIGHT.replace("range(n)", "range(n + 1)")) == 3
    assert course.points(RIGHT.replace("    return inner", "    return lambda x: inner(x)")) == 6
    assert course.points(RIGHT.replace("    return inner", "    return inner(0)")) == 3
    assert course.points(RIGHT.replace("for i in range(n)", "for i in np.arange(n)")) == 6


def test_a_report_shows_a_function_as_text(course):
    shown = course(PROBLEMS, REFERENCE).shown(RIGHT.replace("range(n)", "range(n + 1)"))
    assert "lambda x: x**2 - a, a = 2" in shown
    assert "poly" not in shown.partition("polys")[2].split("\n")[1]  # a hidden case


def test_an_identity_of_a_function_is_no_way_out(course):
    """Somebody returns what was given: a function is no value that could be compared."""
    course = course(PROBLEMS, REFERENCE)
    assert course.points(RIGHT.replace("    return inner", "    return f")) == 3
    assert course.points(RIGHT.replace("return float(sum(g(i / n) for i in range(n)) / n)", "return g")) == 3


@pytest.mark.parametrize(
    ("draw", "said"),
    [
        ("integrate", "`integrate` is a function, not a value"),
        ('func("x + y", x=1, y=2)', "takes nothing"),
        ('func("x: x + y")', "`y` is neither taken nor given."),
        ('func("x +")', ""),
        ("uses(2)", "cannot be given as text: it uses helper"),
        ("nobody", "`nobody` is not drawn"),
        ("integrate(bump, 3)", "`integrate` is graded, so its text must not reach"),
        ("by_way_of(2)", "it is written inside integrate"),
        ("bound(2)", "it is written inside square"),
        ("itself(2)", "`integrate` is graded, so its text must not reach"),
    ],
)
def test_an_author_is_told_what_is_wrong(course, draw, said):
    from grader.errors import RubricError
    from grader.grading import prepare

    problems = f"integrate:\n  points: 1\n  checks:\n    - {{values: v, draw: {{n: 3, g: '{draw}'}}}}\n"
    more = "\ndef integrate(g, n):\n    return lambda t: t * n\n\ndef by_way_of(n):\n    return integrate(bump, n)\n"
    more += "\nsquare = lambda t: t * t\n\ndef bound(n):\n    return square\n"
    more += "\ndef itself(n):\n    return integrate\n"
    more += "\ndef helper(t):\n    return t\n\ndef uses(k):\n    return lambda t: helper(t) * k\n"
    course = course(problems, REFERENCE + more)
    with pytest.raises(RubricError) as caught:
        prepare(course.plan(), course.engine)
    assert said in " ".join(str(each.message.text("en")) for each in caught.value.faults)


def test_a_graded_functions_text_never_reaches_a_worker_of_the_students(course):
    course = course(PROBLEMS, REFERENCE)
    spy = RIGHT + "\nimport gc\nprint([each for each in map(repr, gc.get_objects()) if 'Given to' in each][:1])\n"
    assert "def integrate" not in course.shown(
        spy + "def integrate(g, n):\n    print(g.__code__.co_names)\n    return 0\n"
    )
