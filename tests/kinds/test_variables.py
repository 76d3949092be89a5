"""Answers in variables are graded like functions without arguments."""

PROBLEMS = """\
answers:
  points: 3
  checks:
    - variable: q1
    - {variable: q2, compare: {rtol: 1e-3}}
    - variable: q3
"""
REFERENCE = "q1 = 42\nq2 = 3.14159\nq3 = 'Paris'\n"


def test_each_variable_earns_by_itself(course):
    course = course(PROBLEMS, REFERENCE)
    assert course.points(REFERENCE) == 3
    assert course.points("q1 = 6 * 7\nq2 = 3.1416\nq3 = 'Pa' + 'ris'\n") == 3
    assert course.points("q1 = 42\nq2 = 3\n") == 1
    assert "There is no variable called q1, q2, q3 once the file has run." in course.shown("x = 1\n")
    assert "Begin with answers" in course.shown("q1 = None\nq2 = None\nq3 = ...\n")


def test_a_hidden_value_is_not_told(course):
    shown = course(PROBLEMS, REFERENCE).shown("q1 = 41\nq2 = 3.14159\nq3 = 'London'\n")
    assert "42" not in shown
    assert "Paris" not in shown


def test_a_value_that_lies_about_being_equal_earns_nothing(course):
    lying = "class A:\n    def __eq__(self, other): return True\nq1 = q2 = q3 = A()\n"
    assert course(PROBLEMS, REFERENCE).points(lying) == 0


def test_a_line_that_fails_is_told_as_the_variables_own(course):
    problem = "q3:\n  points: 1\n  checks:\n    - variable: q3\n"
    shown = course(problem, REFERENCE).shown("q3 = None['capital']\n")
    assert "The line that sets it fails: TypeError: 'NoneType' object is not subscriptable" in shown
    assert "It has no value, because the line that sets it failed." in shown
    assert "def line" not in shown


def test_a_line_that_takes_too_long_is_told(course):
    problem = "q3:\n  points: 1\n  checks:\n    - variable: q3\n"
    slow = "import time\nq3 = time.sleep(60)\n"
    shown = course(problem, REFERENCE, head="limits: {load_seconds: 1}\n").shown(slow)
    assert "hw.py:2: This statement outside the functions ran too long" in shown
