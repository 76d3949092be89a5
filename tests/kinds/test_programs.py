"""Programs: the whole file is run anew for each case, and what it prints, leaves and ends with is compared."""

import re

import pytest

from grader.errors import RubricError
from grader.grading.variants import known_mistakes

SQUARES = 'n = int(input("n? "))\nfor i in range(n):\n    print(i * i)\n'
PROBLEMS = """\
squares:
  points: 4
  checks:
    - program: shown
      visibility: public
      share: 25%
      cases: 1
      draw: {n: 4..4}
      stdin: ["{n}"]
    - program: hidden
      draw: {n: 2..6}
      stdin: ["{n}"]
"""


@pytest.fixture
def squares(course):
    return course(PROBLEMS, SQUARES)


@pytest.mark.parametrize(
    "source",
    [
        SQUARES,
        'n = int(input("Please enter a number: "))\nfor i in range(n):\n    print(i * i)\n',
        "import sys\nfor i in range(int(sys.stdin.read())): print(i ** 2, end=' \\n')\n",
        "def main():\n    for i in range(int(input())):\n        print(i * i)\n\n"
        "if __name__ == '__main__':\n    main()\n",
        "import sys\nn = int(sys.stdin.readline())\n"
        "sys.stdout.write(''.join(f'{i*i}\\n' for i in range(n)) + '\\n\\n')\n",
        "import sys\nprint('reading', file=sys.stderr)\nfor i in range(int(input())): print(i * i)\nsys.exit()\n",
    ],
)
def test_right_programs_in_many_forms(squares, source):
    assert squares.points(source) == 4


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("n = int(input())\nfor i in range(n): print(float(i * i))\n", "“0.0” is printed where “0” is expected."),
        ("n = int(input())\nfor i in range(n + 1): print(i * i)\n", "Too much is printed: “16” comes after all"),
        (
            "n = int(input())\nfor i in range(n - 1): print(i * i)\n",
            "Too little is printed: “9” is missing at the end.",
        ),
        ("n = int(input())\nfor i in range(n): print(i * i, end=' ')\n", "Only spaces or line breaks differ"),
        ("n = int(input())\n", "Nothing is printed."),
        ("n = int(input())\nm = int(input())\nprint(n)\n", "The program waits for more input than there is"),
        ("n = int(input())\nwhile True: print('x' * 999)\n", "Printed without end and was stopped"),
        ("n = int(input())\nprint(n[0])\n", "Line 2"),
        ("", "Begin with squares"),
        ("print(open('../solutions/hw.py').read())\n", "Line 1: "),
    ],
)
def test_wrong_programs_are_told_why(squares, source, said):
    report = squares.graded(source)
    assert report.score == 0
    assert said in squares.shown(source)


def test_a_hidden_case_shows_no_line(squares):
    shown = squares.shown("n = int(input())\nfor i in range(n): print(i + 7000)\n")
    hidden = shown.partition("hidden · hidden")[2]
    assert "What is printed is not what is expected." in hidden
    assert "7000" not in hidden


def test_a_program_that_raises_is_shown_what_it_should_print(squares):
    shown = squares.shown("n = int(input())\nprint(n[0])\n")
    assert re.search(r"expected +0\n +1\n +4\n +9\n", shown), shown
    assert "{" not in shown


def test_nobody_sees_spaces_at_the_end_of_a_line_but_the_report(course):
    exact = PROBLEMS.replace('stdin: ["{n}"]', 'stdin: ["{n}"]\n      output: exact')
    shown = course(exact, SQUARES).shown("n = int(input())\nfor i in range(n): print(i * i, end=' \\n')\n")
    assert "0·" in shown


def test_what_a_program_changes_is_gone_in_its_next_case(course):
    """Each run has a namespace, a folder and modules of its own; one is not to see what another one did."""
    course = course(
        'count:\n  points: 2\n  checks:\n    - {program: p, cases: 4, draw: {n: 1..9}, stdin: ["{n}"]}\n',
        "print(input(), 0)\n",
    )
    counted = """
        import os
        here = [name for name in os.listdir(".")]
        open("left", "w").close()
        globals().setdefault("seen", len(here))
        print(input(), seen)
    """
    assert course.points(counted) == 2


def test_arguments_files_and_the_exit_code(course):
    course = course(
        """\
        total:
          points: 6
          checks:
            - program: p
              visibility: public
              draw: {a: 1..9, rows: "integers(0, 9, 3, 2)"}
              args: ["--times", "{a}"]
              files: {"in/data.csv": ["x,y", "{rows}"]}
              writes: [out.txt]
              exit_code: true
        """,
        """
        import sys
        lines = open("in/data.csv").read().split("\\n")[1:]
        total = sum(int(word) for line in lines for word in line.split()) * int(sys.argv[2])
        open("out.txt", "w").write(f"{total}\\n")
        print("done")
        sys.exit(total % 3)
        """,
    )
    right = (course.folder / "solutions" / "hw.py").read_text("utf-8")
    assert course.points(right) == 6
    assert course.points(right.replace("total % 3", "0")) < 6
    assert "The program ends with exit code" in course.shown(right.replace("total % 3", "7"))
    unwritten = right.replace('open("out.txt", "w")', 'open("other.txt", "w")')
    assert course.points(unwritten) == pytest.approx(4)
    assert "The file out.txt is not written." in course.shown(unwritten)
    assert "out.txt: " in course.shown(right.replace('f"{total}', 'f"{total + 1}'))


@pytest.mark.parametrize(
    ("how", "prints", "right"),
    [
        ("tokens", "print(n,\n1/n)", True),
        ("tokens", "print(n, 1/n + 1e-12)", False),
        ("numbers", "print('The value of', n, 'is', 1/n + 1e-12)", True),
        ("numbers", "print(n, 1/n + 1e-3)", False),
        ("exact", "print(n, 1/n)", True),
        ("exact", "print(n, 1/n, end='')", False),
        ("pattern\n      pattern: '\\d+ 0\\.\\d+'", "print(n + 1, 0.7)", True),
        ("pattern\n      pattern: '\\d+ 0\\.\\d+'", "print('n', 1/n)", False),
    ],
)
def test_output_is_compared_as_the_rubric_says(course, how, prints, right):
    problems = f"""\
inverse:
  points: 1
  checks:
    - program: p
      draw: {{n: 3..8}}
      stdin: ["{{n}}"]
      output: {how}
"""
    course = course(problems, "n = int(input())\nprint(n, 1 / n)\n")
    assert course.points(f"n = int(input())\n{prints}\n") == right


def test_a_pattern_that_takes_forever_on_one_text_ends(course):
    problems = "p:\n  points: 1\n  checks:\n    - {program: p, cases: 1, output: pattern, pattern: '(a+)+b'}\n"
    course = course(problems, "print('aab')\n")
    assert course.points("print('a' * 60)\n") == 0


BOTH = """\
double:
  points: 1
  checks: [{values: v, draw: {x: 1..9}}]
program:
  points: 1
  checks: [{program: p, draw: {n: 1..9}, stdin: ["{n}"]}]
"""
DOUBLED = """
import sys

def double(x):
    return 2 * x

if __name__ == "__main__":
    n = int(input())
    print(double(n))
"""


def test_functions_and_a_program_in_one_file(course):
    course = course(BOTH, DOUBLED)
    assert course.points(DOUBLED) == 2
    assert course.points(DOUBLED.replace("print(", "print('=', ")) == 1


@pytest.mark.parametrize(
    ("source", "status"),
    [
        (DOUBLED, "passed"),
        (DOUBLED.replace("int(input())", "None").replace("    print(double(n))\n", ""), "not_attempted"),
        (DOUBLED.partition("if __name__")[0], "not_attempted"),
        (DOUBLED.replace("    print(double(n))\n", ""), "failed"),
        (DOUBLED.replace('if __name__ == "__main__":', "def main():"), "failed"),  # nobody calls it
        (DOUBLED.replace('if __name__ == "__main__":', "class Main:\n  def run(self):").replace("\n    ", "\n        "),
         "failed"),
    ],
)  # fmt: skip
def test_a_program_that_does_nothing_yet_is_not_attempted_in_the_stubs_own_file(course, source, status):
    """A student works in the stub itself, so there is no other text to compare with."""
    from grader.grading import grade, handed_in, prepare

    course = course(BOTH, DOUBLED, stub=source)
    plan = course.plan()
    report = grade(prepare(plan, course.engine), handed_in(plan, course.folder / "work" / "hw.py"), course.engine)
    assert report.problems[1].status == status


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("stdin: ['{m}']", "`m` is not drawn"),
        ("stdin: ['{n']", "A `{` is not closed."),
        ("stdin: ['{n:%%}']", "no format"),
        ("output: pattern", "belong together"),
        ("output: pattern, pattern: '('", "no regular expression"),
        ("files: {../x: a}", "no name of a file"),
        ("writes: [/etc/passwd]", "the name of a file"),
        ("output: words", "one of"),
    ],
)
def test_an_author_is_told_what_is_wrong(course, key, said):
    from grader.errors import RubricError
    from grader.grading import prepare

    course = course(f"p:\n  points: 1\n  checks:\n    - {{program: p, draw: {{n: 1..3}}, {key}}}\n", "print(1)\n")
    with pytest.raises(RubricError) as caught:
        prepare(course.plan(), course.engine)
    assert said in " ".join(str(each.message.text("en")) for each in caught.value.faults)


MISTAKES = """
edit(of="squares", name="from_one", replace=[("range(n)", "range(1, n + 1)")],
     zh=["从几开始数？"], en=["Which number comes first?"])
edit(of="squares", name="asks_twice", replace=[("print(i * i)", "print(i * i, int(input()))")],
     zh=["要输入几次？"], en=["How often does it ask?"])
edit(of="squares", name="on_one_line", replace=[("print(i * i)", "print(i * i, end=' ')")],
     zh=["一行打印几个数？"], en=["How many numbers are in a line?"])
"""


def with_mistakes(course, mistakes):
    return course(PROBLEMS, SQUARES, head="mistakes: mistakes.py\n", **{"mistakes.py": mistakes})


def test_a_known_mistake_of_a_program_is_recognised(course):
    made = with_mistakes(course, MISTAKES)
    late = "def show(i):\n    print(i ** 2)\n\nfor k in range(int(input())):\n    show(k + 1)\n"
    assert "Which number comes first?" in made.shown(late)
    assert "How many numbers are in a line?" in made.shown(SQUARES.replace("i * i)", "i * i, end=' ')"))
    assert "?" not in made.shown(SQUARES.replace("i * i", "i * i * i")).replace("n? ", "")


@pytest.mark.parametrize(
    ("mistakes", "said"),
    [
        (MISTAKES.replace("range(1, n + 1)", "range(1, n +"), "After its edit, `from_one` is not Python."),
        (MISTAKES.replace('"range(n)"', '"range(m)"'), "`range(m)` does not occur in `squares`."),
        (
            '@mistake(of="squares", zh=["想"], en=["Think"])\ndef other():\n    pass\n',
            "`squares` is a program: only `edit(…)` can be of it.",
        ),
    ],
)
def test_what_cannot_be_a_mistake_of_a_program(course, mistakes, said):
    with pytest.raises(RubricError) as caught:
        known_mistakes(with_mistakes(course, mistakes).plan())
    assert said in [fault.message.text("en") for fault in caught.value.faults]
