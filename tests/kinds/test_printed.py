"""Functions that print: what is printed during a call is compared, and input() may be answered."""

PROBLEMS = """\
greet:
  points: 3
  checks:
    - printed: others
      draw: {name: text(3), times: 0..4}
ask:
  points: 3
  checks:
    - {printed: p, draw: {n: 1..5}, files: {n.txt: "{n}"}, stdin: ["{n}", "{n + 1}"]}
"""
REFERENCE = """
def greet(name, times):
    for i in range(times):
        print(f"Hello, {name}!")

def ask():
    print(int(input("a? ")) * int(input("b? ")), open("n.txt").read())
"""


def test_what_is_printed_counts_and_nothing_else(course):
    course = course(PROBLEMS, REFERENCE)
    assert course.points(REFERENCE) == 6
    assert course.points(REFERENCE.replace('print(f"', 'return (f"')) == 3 + 3 / 5  # nothing is printed 0 times, too
    assert course.points(REFERENCE.replace("a? ", "first: ")) == 6
    assert course.points(REFERENCE.replace("print(int", "print('=', int")) == 3


def test_a_print_that_was_replaced_prints_nothing_for_the_grader(course):
    course = course(PROBLEMS, REFERENCE)
    lying = "print = lambda *words, **how: 'Hello'\n" + REFERENCE
    assert course.points(lying) == 3 / 5


def test_printing_through_another_stream_is_seen_too(course):
    course = course(PROBLEMS, REFERENCE)
    other = REFERENCE.replace('print(f"Hello, {name}!")', 'import sys; sys.__stdout__.write(f"Hello, {name}!\\n")')
    assert course.points(other) == 6
