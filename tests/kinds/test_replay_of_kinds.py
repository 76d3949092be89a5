"""`grade show --script`: a case of every kind can be done again by hand."""

import subprocess
import sys

from grader.author.replay import find_case, script
from grader.grading import prepare

PROBLEMS = """\
main:
  points: 1
  checks: [{program: p, cases: 1, draw: {n: 3..3}, stdin: ["{n}"], args: [-v]}]
Box:
  points: 1
  checks:
    - methods: m
      cases: 1
      steps: 9
      draw: {start: 4..4}
      calls: {add: {draw: {x: 2..2}}, fail: {weight: 2}, __eq__: {weight: 2, another: alike}}
answer:
  points: 1
  checks: [{variable: answer, name: v}]
adder:
  points: 1
  checks: [{values: a, cases: 1, at: "[10]", draw: {k: 7..7}}]
echo:
  points: 1
  checks: [{printed: e, cases: 1, stdin: [typed]}]
"""
REFERENCE = """
import sys

class Box:
    def __init__(self, start):
        self.total = start
    def add(self, x):
        self.total += x
        return self.total
    def __eq__(self, other):
        return self.total == other.total
    def fail(self):
        raise KeyError(self.total)

answer = 42

def adder(k):
    return lambda x: x + k

def echo():
    print(input())

if __name__ == "__main__":
    print("twice", 2 * int(input()), sys.argv[1:])
"""


def test_a_script_does_what_a_case_does(course, tmp_path):
    course = course(PROBLEMS, REFERENCE)
    prepared = prepare(course.plan(), course.engine)
    expected = {
        "main.p": "twice 6 ['-v']",
        "Box.m": "fail raises KeyError(10)\nadd 12",
        "answer.v": "42",
        "adder.a": "[17]",
        "echo.e": "typed",
    }
    for name, said in expected.items():
        file = tmp_path / "again.py"
        work = str(course.folder / "solutions/hw.py")
        file.write_text(script(find_case(prepared, f"{name}[0]"), work, "again.py"), "utf-8")
        done = subprocess.run(
            [sys.executable, str(file)], capture_output=True, text=True, cwd=tmp_path, check=False, timeout=60
        )
        assert said in done.stdout, (name, done.stdout, done.stderr)
