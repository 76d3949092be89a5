"""Solved notebooks with other things than functions that return something: whether the courses they make grade."""

import pytest
import solved_notebooks as made
import yaml
from new_kit import convert, kinds, report, run

SOLUTION = {"nbgrader": {"schema_version": 3, "solution": True, "grade": False, "locked": False, "grade_id": "s"}}
TESTS = {"nbgrader": {"schema_version": 3, "solution": False, "grade": True, "locked": True, "grade_id": "t"}}


def solution(source):
    """Return a cell that students write, its solution between nbgrader's markers."""
    return made.code(source, **SOLUTION)


def trying(source):
    """Return a cell that tests what students write."""
    return made.code(source, **TESTS)


def grades(folder, *slips):
    """Hold that the new assignment gives the reference all, the stub nothing, and each slip in the reference less."""
    course = folder / "new"
    (reference,) = [path for path in (course / "solutions").glob("*.py") if path.name != "generators.py"]
    text = reference.read_text("utf-8")
    for problem in report(course)["problems"]:
        assert (problem["score"], problem["status"]) == (0, "not_attempted")
    whole = report(course, str(reference))
    assert whole["score"] == whole["max_score"] > 0
    for old, new in slips:
        assert text.count(old) == 1
        (folder / "handed_in.py").write_text(text.replace(old, new), "utf-8")
        assert report(course, str(folder / "handed_in.py"))["score"] < whole["max_score"]
    checked = run(course, "check", "--lang", "en")
    assert checked.returncode == 0, checked.stdout


QUEUE = """class Queue:
    def __init__(self, capacity):
        ### BEGIN SOLUTION
        self.capacity = capacity
        self.items = []
        ### END SOLUTION

    def put(self, item):
        ### BEGIN SOLUTION
        if len(self.items) == self.capacity:
            raise OverflowError("full")
        self.items.append(item)
        ### END SOLUTION

    def get(self):
        ### BEGIN SOLUTION
        return self.items.pop(0)
        ### END SOLUTION

    def __len__(self):
        ### BEGIN SOLUTION
        return len(self.items)
        ### END SOLUTION"""
PLAYED = """q = Queue(2)
for item in (3, 5):
    q.put(item)
assert len(q) == 2 and q.get() == 3"""


def test_a_class_is_checked_by_calls_like_those_of_the_notebook(tmp_path):
    checks, said = convert(tmp_path, solution(QUEUE), trying(PLAYED))
    assert checks["Queue"] == [
        {
            "methods": "random calls",
            "draw": {"capacity": "1..3"},
            "observe": ["__len__"],
            "calls": {
                "put": {"weight": 3, "draw": {"item": "3..5"}}, "__len__": {}, "get": {"weight": 2},
            },
        }
    ]  # fmt: skip
    assert "1 item to be graded: 1 with a check" in said
    assert "Nothing is left to do" in said
    grades(tmp_path, ("pop(0)", "pop()"), ("self.items.append(item)", "self.items.insert(0, item)"))


def test_a_class_without_markers_is_written_method_by_method(tmp_path):
    bare = "\n".join(line for line in QUEUE.split("\n") if "###" not in line)
    checks, _ = convert(tmp_path, solution(bare), trying(PLAYED))
    assert kinds(checks["Queue"]) == ["methods"]
    assert (tmp_path / "new" / "assignment" / "n.py").read_text("utf-8").count("START CODE HERE") == 4
    grades(tmp_path, ("== self.capacity", "> self.capacity"))


def test_whole_methods_between_markers_leave_their_heads_and_share_what_they_take(tmp_path):
    source = """class Store:
    ### BEGIN SOLUTION
    def __init__(self):
        self.held = {}

    def put(self, key, value):
        self.held[key] = value

    def get(self, key):
        return self.held[key]
    ### END SOLUTION"""
    played = "s = Store()\ns.put('x', 1.5)\ns.put('y', 2.5)\nassert s.get('x') == 1.5"
    checks, _ = convert(tmp_path, solution(source), trying(played))
    calls = checks["Store"][0]["calls"]
    assert calls["get"]["draw"] == {"key": "choice('x', 'y', 'a')"} == {"key": calls["put"]["draw"]["key"]}
    stub = (tmp_path / "new" / "assignment" / "n.py").read_text("utf-8")
    assert "def get(self, key):\n        ### START CODE HERE ###\n        return None\n" in stub
    grades(tmp_path, ("return self.held[key]", "return self.held"))


def test_methods_that_cannot_be_called_are_told(tmp_path):
    source = (
        QUEUE
        + """

    def add(self, other):
        ### BEGIN SOLUTION
        self.items += other.items
        ### END SOLUTION

    def clear(self):
        ### BEGIN SOLUTION
        self.items = []
        ### END SOLUTION"""
    )
    checks, said = convert(tmp_path, solution(source), trying(PLAYED + "\nq.add(Queue(3))"))
    said = " ".join(said.split())
    assert {*checks["Queue"][0]["calls"]} == {"put", "get", "__len__"}
    assert "Queue.add is not checked: cell 2 gives it an argument that a rubric cannot draw (Queue)." in said
    assert "Queue.clear is not checked: nothing in the notebook calls it." in said
    grades(tmp_path)


TABLE = """def table(n, sep):
    ### BEGIN SOLUTION
    for i in range(n):
        print(i, i * i, sep=sep)
    ### END SOLUTION"""


def test_what_a_function_prints_is_checked_where_it_returns_nothing(tmp_path):
    checks, said = convert(tmp_path, solution(TABLE), trying("table(3, ' ')\ntable(4, ';')"))
    assert kinds(checks["table"]) == ["printed"] * 4
    assert [check.get("visibility") for check in checks["table"]] == ["public", "public", None, None]
    assert checks["table"][0]["draw"] == {"n": 3, "sep": "' '"}
    assert checks["table"][2]["draw"]["sep"] == "choice(' ', ';')"
    assert "Nothing is left to do" in said
    grades(tmp_path, ("i * i", "i + i"), ("range(n)", "range(1, n)"))


def test_numbers_that_are_printed_with_all_their_digits_are_compared_as_numbers(tmp_path):
    source = "def third(x):\n    ### BEGIN SOLUTION\n    print('a third is', x / 3)\n    ### END SOLUTION"
    checks, _ = convert(tmp_path, solution(source), solution(TABLE), trying("third(1.6)\ntable(3, ' ')"))
    assert [each.get("output") for each in checks["third"]] == ["numbers"] * 2
    assert not any("output" in each for each in checks["table"])
    grades(tmp_path, ("x / 3", "x / 4"))


DATA = made.code("import numpy as np\nnp.random.seed(4)\nx = np.random.rand(5)\nheights = [1.5, 1.75, 1.8]")


def test_answers_in_variables_are_checked_and_follow_from_what_made_them(tmp_path):
    means = solution("### BEGIN SOLUTION\nparts = x[x > 0.5]\nmean = parts.mean()\n### END SOLUTION")
    total = solution("total = 0  # SOLUTION\nfor height in heights:  # SOLUTION\n    total += height  # SOLUTION")
    who = made.code("### START CODE HERE ###\nrest = 1\nwho = 'Euler'\n### END CODE HERE ###\nprint(who)")
    tried = [made.code("assert 0 < mean < 1", **TESTS | {"nbgrader": TESTS["nbgrader"] | {"points": 4}})]
    checks, said = convert(tmp_path, DATA, means, *tried, total, who)
    assert checks == {name: [{"variable": name}] for name in ("mean", "total", "who")}
    assert "3 items to be graded: 3 with a check, 3 with a hidden one." in said
    stub = (tmp_path / "new" / "assignment" / "n.py").read_text("utf-8")
    assert "np.random.seed(4)\nx = np.random.rand(5)" in stub
    assert "x > 0.5" not in stub and "Euler" not in stub and "+= height" not in stub
    points = [problem["max_score"] for problem in report(tmp_path / "new")["problems"]]
    assert points == [4, 10, 10]
    grades(tmp_path, ("x > 0.5", "x < 0.5"), ("+= height", "= height"), ("Euler", "Gauss"))


def test_answers_that_cannot_be_graded_are_told(tmp_path):
    cells = [
        solution("first = 2 + 3  # SOLUTION"),
        solution("first = 2 * 3  # SOLUTION"),
        solution("drawn = np.random.default_rng().normal()  # SOLUTION"),
        solution("seeded = np.random.default_rng(2).normal()  # SOLUTION"),
        solution("lost = undefined + 1  # SOLUTION"),
        solution("model = object()  # SOLUTION"),
    ]
    checks, said = convert(tmp_path, made.code("import numpy as np"), *cells)
    said = " ".join(said.split())
    assert checks == {name: [{"variable": name}] for name in ("first", "seeded")}
    assert "Cell 2: first is not checked: a later cell gives the name another value." in said
    assert "Cell 4: drawn is not checked: it follows from random numbers without a seed." in said
    assert "Cell 6: lost is not checked: nothing in the notebook binds undefined." in said
    assert "No check for model: its value in cell 7 cannot be compared." in said
    grades(tmp_path, ("2 * 3", "2 + 3"))


BISECT = """def bisect(f, a, b):
    ### BEGIN SOLUTION
    while b - a > 1e-9:
        m = (a + b) / 2
        a, b = (a, m) if f(a) * f(m) <= 0 else (m, b)
    return (a + b) / 2
    ### END SOLUTION"""
EULER = """def euler(f, y, n):
    ### BEGIN SOLUTION
    for k in range(n):
        y = y + f(k / n, y) / n
    return y
    ### END SOLUTION"""
GIVEN = """shift = 2.0
bisect(lambda x: x**2 - shift, 0.5, 3.0)
bisect(np.cos, 0.5, 3.0)
euler(lambda t, y: -2 * y, 1.5, 10)

def ramp(t, y):
    slope = 0.5 if t < 0.5 else 0.25
    return slope * t

euler(ramp, 1.5, 10)"""


@pytest.mark.slow
def test_functions_that_a_function_is_given_are_drawn(tmp_path):
    checks, _ = convert(tmp_path, made.code("import numpy as np"), solution(BISECT), solution(EULER), trying(GIVEN))
    given = {name: [check["draw"]["f"] for check in own] for name, own in checks.items()}
    assert given["bisect"][:2] == ["func('x ** 2 - shift', shift=2.0)", "func('cos(x)')"]
    assert given["euler"][:2] == ["func('t, y: -2 * y')", "ramp"]
    assert "func('x ** 2 - shift', shift=uniform(1.0, 3.0))" in given["bisect"][2:]
    assert "func('t, y: -a * y', a=uniform(1.0, 3.0))" in given["euler"][2:]
    assert "def ramp(t, y):" in (tmp_path / "new" / "assignment" / "n.py").read_text("utf-8")
    grades(tmp_path, ("f(a) * f(m) <= 0", "f(m) <= 0"), ("k / n, y", "k, y"))


def test_sets_texts_bytes_and_exact_numbers_are_drawn(tmp_path):
    bodies = {
        "common": ("a, b", "a & b", "common({1, 2, 3}, {2, 3, 5})"),
        "vowels": ("s", "sum(c in 'aeiou' for c in s)", "vowels('hello world')"),
        "checksum": ("data", "sum(data) % 256", "checksum(b'abc')"),
        "half": ("x", "x / 2", "half(Fraction(3, 4))"),
        "year": ("when", "when.year + when.day", "year(date(2024, 2, 29))"),
        "tags": ("names", "{name[0] for name in names}", "tags({'ab', 'cd', 'ae'})"),
    }
    cells = [
        solution(f"def {name}({takes}):\n    ### BEGIN SOLUTION\n    return {value}\n    ### END SOLUTION")
        for name, (takes, value, _) in bodies.items()
    ]
    first = made.code("from datetime import date\nfrom fractions import Fraction")
    calls = trying("\n".join(call for _, _, call in bodies.values()))
    checks, said = convert(tmp_path, first, *cells, calls)
    assert "6 functions to be graded: 6 with a check, 6 with a hidden one." in said
    drawn = {name: next(check["draw"] for check in own if "values" in check) for name, own in checks.items()}
    assert drawn == {
        "common": {"a": "set(integers(1, 5, 3))", "b": "set(integers(2, 7, 3))"},
        "vowels": {"s": "text(11, ' abcdefghijklmnopqrstuvwxyz')"},
        "checksum": {"data": "bytes(integers(97, 99, 3))"},
        "half": {"x": "fraction(integers(1, 8), 4)"},
        "year": {"when": "date(2024, 2, integers(29, 429))"},
        "tags": {"names": "set(choices(['ab', 'ae', 'cd'], 3))"},
    }
    grades(tmp_path, ("a & b", "a | b"), ("% 256", "% 255"), ("'aeiou'", "'aiou'"), ("x / 2", "x"))


def test_tables_are_drawn_where_pandas_is_installed(tmp_path):
    source = "def means(df, by):\n    ### BEGIN SOLUTION\n    return df.groupby(by)['a'].mean()\n    ### END SOLUTION"
    call = "means(pd.DataFrame({'a': [1.5, 2.5, 0.5, 4.0], 'kind': ['u', 'v', 'u', 'u']}), 'kind')"
    checks, said = convert(tmp_path, made.code("import pandas as pd"), solution(source), trying(call))
    assert kinds(checks["means"]) == ["example", "values", "values"]
    column = "choices(['u', 'v'], 4)"
    assert checks["means"][1]["draw"]["df"] == f"table({{'a': uniform(0.45, 4, 4), 'kind': {column}}})"
    assert "The rubric's runtime is the Python that runs grade, for the sake of pandas." in " ".join(said.split())
    rubric = yaml.safe_load((tmp_path / "new" / "grading.yaml").read_text("utf-8"))
    assert rubric["runtime"] == {"python": "own"}
    grades(tmp_path, (".mean()", ".sum()"))


@pytest.mark.slow
def test_what_a_function_draws_is_checked_as_a_figure(tmp_path):
    source = (
        "def draw(x):\n    ### BEGIN SOLUTION\n    plt.plot(x, x**2)\n    plt.title('squares')\n    ### END SOLUTION"
    )
    first = made.code("import numpy as np\nimport matplotlib.pyplot as plt")
    checks, _ = convert(tmp_path, first, solution(source), made.code("draw(np.array([0.5, 1.5, 0.25]))"))
    assert kinds(checks["draw"]) == ["figure"] * 3
    grades(tmp_path, ("x**2", "x**3"), ("'squares'", "'cubes'"))


def test_data_that_an_answer_follows_from_comes_along(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "x.txt").write_text("0.5 1.5\n2.5 0.1\n", "utf-8")
    read = made.code("import numpy as np\nx = np.loadtxt('data/x.txt')")
    checks, _ = convert(tmp_path, read, solution("largest = x.max()  # SOLUTION"))
    assert checks == {"largest": [{"variable": "largest"}]}
    assert (tmp_path / "new" / "assignment" / "data" / "x.txt").is_file()
    grades(tmp_path, ("x.max()", "x.min()"))


def test_a_program_is_said_to_need_a_rubric_of_its_own(tmp_path):
    (tmp_path / "squares.py").write_text("n = int(input())\nprint(n * n)\n", "utf-8")
    done = run(tmp_path, "init", "new", "--from-notebook", "squares.py", "--lang", "en")
    assert done.returncode == 2
    assert "write a rubric with `program` for it" in done.stderr
