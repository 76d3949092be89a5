"""The structure of what a hidden case wants is told only where all cases of its check want the same one.

An attack answered `{k: None for k in range(2, 1000)}`, and was told by a place which prime divides the hidden number.
"""

import itertools

import pytest
from msgspec.structs import replace

from grader import submission
from grader.cli.writing import write
from grader.grading import for_students, grade, prepare, read
from grader.report import FORMATS

HEAD = "title: t\nlanguage: en\nseed: 5\nsubmission: s.py\nreference: r.py\nproblems:\n"


def problem(function, draw, *, cases=6, returns="", example=""):
    """Return a problem with one hidden check, and a public example if one is given."""
    shown = f"      - {{example: shown, draw: {example}, share: 10%}}\n" if example else ""
    named = f"    returns: {returns}\n" if returns else ""
    check = f"      - {{values: hidden, draw: {draw}, cases: {cases}}}\n"
    return f"  {function}:\n    points: 10\n{named}    checks:\n{shown}{check}"


RUBRIC = HEAD + "".join([
    problem("factorize", "{n: 100..999}"),
    problem("alone", "{n: 100..999}", cases=1, example="{n: 12}"),
    problem("primes", "{n: 10..99}"),
    problem("as_array", "{n: 10..99}"),
    problem("words", "{n: 10..99}"),
    problem("index", "{n: 1..6}", cases=12),
    problem("mixed", "{n: 1..6}", cases=12),
    problem("both", "{n: 10..99}", returns="{total: 50%, items: 50%}"),
])  # fmt: skip
REFERENCE = """\
import numpy as np

def factorize(n):
    found, p = {}, 2
    while n > 1:
        while n % p == 0:
            found[p] = found.get(p, 0) + 1
            n //= p
        p += 1
    return found

def alone(n):
    return factorize(n)

def primes(n):
    return [p for p in range(2, n + 1) if all(p % q for q in range(2, p))]

def as_array(n):
    return np.array([float(p) for p in primes(n)])

def words(n):
    return [str(p) for p in primes(n)]

def index(n):
    return n if n % 2 else None

def mixed(n):
    return np.arange(float(n)) if n % 2 else "text"

def both(n):
    return float(n), primes(n)
"""
FACTORS = [
    "{}", "{k: None for k in range(2, 1000)}", "{k: None for k in range(2, 500)}", "{k: 0 for k in factorize(n)}",
    "{k: None for k in factorize(n)}", "{k: 'x' for k in factorize(n)}", "{**factorize(n), 7919: 1}", "{2: 'x'}",
    "{k: 0.0 for k in range(1000)}", "{k: np.zeros(3) for k in factorize(n)}", "{k: math.nan for k in factorize(n)}",
]  # fmt: skip
LISTS = [
    "[]", "[None] * 8", "[0] * 12 + [None] * 8", "[0] * len(primes(n))", "[None] * len(primes(n))",
    "[-p for p in primes(n)]", "[float(p) for p in primes(n)]", "['x'] * len(primes(n))", "['x'] * 40",
    "[0.0] * len(primes(n))", "[np.zeros(2)] * len(primes(n))", "[math.inf] * len(primes(n))", "primes(n)[:-1]",
]  # fmt: skip
NEAR = {
    "factorize": FACTORS,
    "alone": FACTORS,
    "primes": LISTS,
    "words": [*LISTS, "[str(p) + '.' for p in primes(n)]", "[' ' + str(p) for p in primes(n)]", "words(n)[::-1]"],
    "index": ["()", "0", "-1.5", "'text'", "[]", "{}", "np.zeros(3)"],
    "mixed": ["'other'", "np.zeros(n + 1)", "np.zeros(n) - 1", "np.full(n, np.nan)", "np.zeros(0)", "0", "'TEXT'",
              "np.ones(n, dtype=int)"],
    "both": [f"(n + 0.5, {each})" for each in LISTS],
}  # fmt: skip
"""Wrong answers that differ in how near they come to the structure of the right one, and in nothing else."""


@pytest.fixture(scope="module")
def ready(folder, engine):
    names = [*NEAR, "as_array"]
    return {name: prepare(read(folder / "grading.yaml"), engine, [name]) for name in names}


def graded(folder, prepared, engine, function, answer):
    """Return the report of a function that gives `answer`, which it knows by the reference's own means."""
    text = f"import math\n{REFERENCE}\nright = {function}\ndef {function}(n):\n    return {answer}\n"
    (folder / "s.py").write_text(text.replace(f"{function}(n)}}", "right(n)}"), "utf-8")
    names = [problem.function for problem in prepared.plan.rubric.problems]
    return grade(prepared, submission.load(folder / "s.py", names), engine)


def answers(function):
    """Return the wrong answers with the reference's function in the place of the student's."""
    return [each.replace(f"{function}(n)", "right(n)") for each in NEAR[function]]


@pytest.fixture(autouse=True)
def steady(monkeypatch):
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    monkeypatch.setattr("secrets.token_hex", lambda size: "0" * size)


def told(report, folder, hidden):
    """Return every format of the student's report, or what the `hidden` cases say: the public one differs, openly."""
    report = for_students(replace(report, submission_digest="", seconds=0.5))
    if hidden:
        cases = [case for check in report.problems[0].checks if check.visibility == "hidden" for case in check.cases]
        return [(case.status, case.category, case.output, case.message.text("en")) for case in cases]
    texts = {}
    for form in FORMATS:
        target = folder / "report.out"
        write([report], form, "en", str(target), instructor=False)
        texts[form] = [line for line in target.read_text("utf-8").splitlines() if "return " not in line]
    return texts


@pytest.mark.parametrize("function", NEAR)
def test_however_near_the_structure_is_the_report_is_the_same(function, folder, ready, engine):
    first = None
    for answer in answers(function):
        report = graded(folder, ready[function], engine, function, answer)
        texts = told(report, folder, function == "alone")
        first = texts if first is None else first
        assert texts == first, answer


def test_the_instructor_sees_what_differs(folder, ready, engine):
    report = graded(folder, ready["factorize"], engine, "factorize", "{k: None for k in range(2, 1000)}")
    cases = report.problems[0].checks[0].cases
    assert {case.category for case in cases} == {"values"}
    found = [[each.output for each in case.exhibit.exhibit.mismatches if each.category == "type"] for case in cases]
    assert all(places[0].strip("[]").isdigit() for places in found)
    assert {each.category for case in cases for each in case.exhibit.exhibit.mismatches} == {"type", "keys"}


@pytest.mark.parametrize("function", ["index", "primes", "both"])
def test_a_forgotten_return_is_told_without_what_is_expected(function, folder, ready, engine):
    report = for_students(graded(folder, ready[function], engine, function, "None"))
    said = {case.message.text("en") for case in report.problems[0].checks[0].cases if case.status != "passed"}
    kind = "a list" if function == "primes" else "a tuple" if function == "both" else "something else"
    assert said == {f"Your function gives None, but {kind} is expected: is a return missing, or a None still to be "
                    "filled in?"}  # fmt: skip


def test_shapes_are_told(folder, ready, engine):
    report = for_students(graded(folder, ready["as_array"], engine, "as_array", "np.zeros(1)"))
    assert {case.category for case in report.problems[0].checks[0].cases} == {"shape"}


def test_how_many_outputs_the_rubric_names_is_no_secret(folder, ready, engine):
    report = for_students(graded(folder, ready["both"], engine, "both", "(1.0, [], 3)"))
    assert {case.category for case in report.problems[0].checks[0].cases} == {"length"}


SHARED = """\
import numpy as np

def start(n):
    return {"W1": np.ones((n, 2)), "b1": np.zeros((n, 1))}

def split(n):
    return np.arange(n), np.arange(2.0 * n)

def stats(n):
    return [n + 1, n / 2, "text"]
"""
USEFUL = [
    ("start", "{'W1': np.ones((n, 2))}", "keys", "The dict does not have the expected keys."),
    ("start", "{'W1': None, 'b1': np.zeros((n, 1))}", "type",
     "['W1']: Your function gives None here, but an array is expected: is a None still to be filled in?"),
    ("start", "{'W1': np.ones((n, 2)), 'b1': np.zeros(n)}", "shape", "['b1']: The shape is not the expected one."),
    ("split", "(np.arange(n), np.arange(n))", "shape", "[1]: The shape is not the expected one."),
    ("split", "(np.arange(float(n)), np.arange(2.0 * n))", "dtype",
     "[0]: The dtype is float64, but int64 is expected."),
    ("split", "None", "type",
     "Your function gives None, but a tuple is expected: is a return missing, or a None still to be filled in?"),
    ("stats", "[n + 1, n / 2]", "length", "The number of items is not the expected one."),
    ("stats", "[n + 1, n / 2, 'other']", "text", "The text is not the expected one."),
]  # fmt: skip


@pytest.fixture(scope="module")
def shared(tmp_path_factory, engine):
    folder = tmp_path_factory.mktemp("shared")
    draws = itertools.product(["start", "split", "stats"], ["{n: 2..9}"])
    (folder / "grading.yaml").write_text(HEAD + "".join(problem(*each, cases=3) for each in draws), "utf-8")
    (folder / "r.py").write_text(SHARED, "utf-8")
    return folder, prepare(read(folder / "grading.yaml"), engine)


@pytest.mark.parametrize(("function", "answer", "category", "said"), USEFUL)
def test_a_structure_that_all_cases_share_is_told(function, answer, category, said, shared, engine):
    folder, prepared = shared
    (folder / "s.py").write_text(f"{SHARED}\ndef {function}(n):\n    return {answer}\n", "utf-8")
    names = [each.function for each in prepared.plan.rubric.problems]
    report = for_students(grade(prepared, submission.load(folder / "s.py", names), engine))
    cases = next(each for each in report.problems if each.function == function).checks[0].cases
    assert {(case.category, case.message.text("en")) for case in cases} == {(category, said)}
