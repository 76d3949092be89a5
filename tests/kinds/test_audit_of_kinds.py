"""The audit makes its slips in classes and in programs, too."""

from grader.author.audit.attempts import Testbed, tried_slips
from grader.grading import prepare


def _slips(course):
    return tried_slips(Testbed(prepare(course.plan(), course.engine), course.engine))


def test_slips_of_a_program_are_noticed_by_what_it_prints(course):
    problems = """\
    squares:
      points: 1
      checks: [{program: p, cases: 8, draw: {n: 0..6}, stdin: ["{n}"]}]
    """
    reference = 'n = int(input("n? "))\nfor i in range(n):\n    print(i * i)\n'
    attempts = _slips(course(problems, reference))
    assert len(attempts) > 5
    assert {each.fate for each in attempts} <= {"killed", "stillborn"}


def test_slips_inside_a_class_are_noticed_by_its_methods(course):
    problems = """\
    Counter:
      points: 1
      checks: [{methods: m, draw: {start: 0..9}, calls: {add: {draw: {x: -3..3}}, value: {}}}]
    """
    reference = """
    class Counter:
        def __init__(self, start):
            self.total = start

        def add(self, x):
            self.total += x

        def value(self):
            return self.total
    """
    attempts = _slips(course(problems, reference))
    assert len(attempts) > 2
    assert {each.fate for each in attempts} <= {"killed", "stillborn"}
