"""What the reference answers for a wrong helper, and what it does not: who asks must be able to do the rest alone."""

import pytest
from test_second_look import graded

from grader.execution.boards import drive
from grader.grading import second_look
from grader.grading.reference_answers import ReferenceAnswers
from grader.model import Call, Limits, Raised, Returned, Source

CYCLE = """\
title: cycle
language: en
seed: 5
submission: s.py
reference: r.py
problems:
  flatten:
    points: 50
    needs: [visit]
    checks: [{values: random, draw: {n: 1..9, t: "[[n, n + 1], n]"}}]
  visit:
    points: 50
    checks: [{values: random, draw: {n: 1..9, t: "[[n, n + 1], n]"}}]
"""
ASKING = "def flatten(t):\n    return visit(t)\n\ndef visit(t):\n    return flatten(t)\n"
PLAIN = "def flatten(t):\n    return [x for i in t for x in (visit(i) if isinstance(i, list) else [i])]\n"
BACK = {
    "a decorator that registers": f"""
RULES = {{}}

def rule(kind):
    return lambda function: RULES.setdefault(kind, function)

@rule(list)
{PLAIN}
def visit(t):
    return RULES[type(t)](t)
""",
    "a loop that fills a table": f"""
{PLAIN}
RULES = {{}}
for kind, function in ((list, flatten),):
    RULES[kind] = function

def visit(t):
    return RULES[type(t)](t)
""",
    "an attribute": f"""
{PLAIN}
class Walk:
    pass

setattr(Walk, "h" + "ow", staticmethod(flatten))

def visit(t):
    return Walk.how(t)
""",
    "a name made at run time": f"{PLAIN}\ndef visit(t):\n    return globals()['flat' + 'ten'](t)\n",
    "another body of the same function": """
from functools import singledispatch

@singledispatch
def flatten(t):
    return [t]

@flatten.register(list)
def _(t):
    return [x for i in t for x in visit(i)]

KEPT = [flatten]

def visit(t):
    return KEPT[0](t)
""",
    "a lambda": """
flatten = lambda t: [x for i in t for x in (visit(i) if isinstance(i, list) else [i])]
KEPT = [flatten]

def visit(t):
    return KEPT[0](t)
""",
    "a lambda with a type": """
from collections.abc import Callable
flatten: Callable = lambda t: [x for i in t for x in (visit(i) if isinstance(i, list) else [i])]
KEPT = [flatten]

def visit(t):
    return KEPT[0](t)
""",
    "a lambda of two names": """
flatten = other = lambda t: [x for i in t for x in (visit(i) if isinstance(i, list) else [i])]

def visit(t):
    return other(t)
""",
}


@pytest.mark.parametrize("way", BACK)
def test_a_helper_that_comes_back_to_the_function_does_not_answer(way, engine, tmp_path):
    problems, _ = graded(tmp_path, CYCLE, BACK[way], ASKING, engine)
    assert problems["flatten"].score == 0


def test_a_helper_that_comes_back_in_some_cases_answers_in_the_others(engine, tmp_path):
    """`term` comes back to `value` where there are brackets, as a parser's does."""
    rubric = CYCLE.replace("flatten", "value").replace("visit", "term").replace('t: "[[n, n + 1], n]"', "t: {}", 1)
    reference = """
def value(t):
    return sum(term(each) for each in t)

def term(t):
    return value(t) if isinstance(t, list) else t
"""
    wrong = reference.replace("else t", "else t + 1")
    flat, _ = graded(
        tmp_path, rubric.replace("t: {}", 't: "[n, n]"', 1), reference, wrong, engine, only=["value", "term"]
    )
    assert (flat["value"].score, flat["value"].blames) == (50, ("term",))


DISTANCE = """\
title: distance
language: en
seed: 5
submission: s.py
reference: r.py
problems:
  cost:
    points: 20
    checks: [{values: random, draw: {a: 0..9, b: 0..9}}]
  distance:
    points: 80
    checks: [{values: random, draw: {n: 4..5, s: "'kitten'", t: "'sitting'", k: n}}]
"""
TABLE = """
def cost(a, b):
    return int(a != b)

def distance(s, t, k):
    row = list(range(len(t[:k]) + 1))
    for i, a in enumerate(s[:k]):
        new = [i + 1]
        for j, b in enumerate(t[:k]):
            new.append(min(new[j] + 1, row[j + 1] + 1, row[j] + cost(a, b)))
        row = new
    return row[-1]
"""
NAIVE = """
def cost(a, b):
    return 2 * (a != b)

def distance(s, t, k):
    def go(i, j):
        if not i or not j:
            return i + j
        return min(go(i - 1, j) + 1, go(i, j - 1) + 1, go(i - 1, j - 1) + cost(s[i - 1], t[j - 1]))
    return go(len(s[:k]), len(t[:k]))
"""
REMEMBERING = TABLE.replace(
    "    return int(a != b)", "    cost.known[a, b] = int(a != b)\n    return cost.known[a, b]"
).replace("\n\ndef distance", "\n\ncost.known = {}\n\ndef distance")


@pytest.mark.parametrize("reference", [TABLE, REMEMBERING], ids=["plain", "with a memo at the helper"])
@pytest.mark.parametrize("student", [TABLE.replace("int(a", "2 * int(a"), NAIVE], ids=["as the reference", "naive"])
def test_right_work_with_a_wrong_helper_is_paid_in_full(reference, student, engine, tmp_path):
    """The naive one asks the same few questions again and again, which tells it nothing new."""
    problems, _ = graded(tmp_path, DISTANCE, reference, student, engine)
    assert problems["cost"].score < 20
    assert (problems["distance"].score, problems["distance"].blames) == (80, ("cost",))


def test_a_reference_that_remembers_is_no_less_a_measure(engine, tmp_path):
    """It asks each question once in its life; its own questions are counted anew for each case."""
    rubric = DISTANCE.replace("a: 0..9", "a: 0..999")
    rubric = rubric.replace("n: 4..5, s: \"'kitten'\", t: \"'sitting'\", k: n", "n: 80..90")
    reference = """
KNOWN = {}

def cost(a, b):
    return a * 7 % 5 + b

def distance(n):
    for k in range(n):
        if k not in KNOWN:
            KNOWN[k] = cost(k, 0)
    return sum(KNOWN[k] for k in range(n))
"""
    student = "def cost(a, b):\n    return 0\n\ndef distance(n):\n    return sum(cost(k, 0) for k in range(n))\n"
    problems, _ = graded(tmp_path, rubric, reference, student, engine)
    assert problems["distance"].score == 80


def test_a_method_of_the_functions_name_is_no_coming_back(engine, tmp_path):
    rubric = CYCLE.replace("flatten", "pop").replace("visit", "sift").replace('t: "[[n, n + 1], n]"', 't: "[n, 3, 5]"')
    reference = """
def sift(t):
    path = list(t)
    last = path.pop()
    return [last, *path]

def pop(t):
    return sift(t)[0]
"""
    wrong = reference.replace("[last, *path]", "[last, *path, 0]")
    problems, _ = graded(tmp_path, rubric, reference, wrong, engine)
    assert problems["sift"].score < 50
    assert problems["pop"].score == 50
    assert problems["pop"].blames == ()  # it is right with the wrong one too
    other = wrong.replace("sift(t)[0]", "sift(t)[-1] or 0").replace("*path, 0", "*path")
    assert graded(tmp_path, rubric, reference, other, engine)[0]["pop"].score < 50


@pytest.mark.parametrize("copy", ["items.tolist()", "items.copy()"])
@pytest.mark.parametrize("call", ["swap(items, i, j)", "items = swap(items, i, j)", "swap(items, j=j, i=i)"])
def test_a_helper_that_works_in_place_does_so_when_it_is_lent(call, copy, engine, tmp_path):
    rubric = """\
title: order
language: en
seed: 5
submission: s.py
reference: r.py
problems:
  swap:
    points: 20
    checks: [{values: random, draw: {n: 1..9, items: "[n, 2, 3]", i: 0..2, j: 0..2}}]
  order:
    points: 80
    checks: [{values: random, draw: {n: 4..8, items: permutation(n)}}]
"""
    reference = """
def swap(items, i, j):
    items[i], items[j] = items[j], items[i]
    return items

def order(items):
    items = list(items)
    for i in range(len(items)):
        for j in range(i + 1, len(items)):
            if items[j] < items[i]:
                swap(items, i, j)
    return items
"""
    reference = reference.replace("list(items)", copy)
    student = reference.replace("items[j], items[i]\n", "items[j], items[j]\n")
    student = student.replace("                swap(items, i, j)", f"                {call}")
    problems, _ = graded(tmp_path, rubric, reference, student, engine)
    assert problems["swap"].score < 20
    assert problems["order"].score == 80


PLACE = """\
title: place
language: en
seed: 5
submission: s.py
reference: r.py
problems:
  step:
    points: 20
    checks: [{values: random, draw: {n: 2..9, w: normal(n), g: normal(n)}}]
  train:
    points: 80
    needs: [step]
    checks: [{values: random, draw: {n: 2..9, w: normal(n)}}]
"""
STEP = """
import numpy as np

def step(w, g):
    own = w["w"] if isinstance(w, dict) else w[0] if isinstance(w, list) else w
    own -= 0.1 * g
    return own

def train(w):
    w = w.copy()
    HOW
    return w
"""


@pytest.mark.parametrize(
    "how",
    [
        "w = step(w, np.broadcast_to(w.mean(), w.shape))",
        "step([w], np.ones(len(w)))",
        "step({'w': w}, np.ones(len(w)))",
    ],
    ids=["beside an array that nobody can write to", "in a list", "in a dict"],
)
def test_what_is_changed_in_place_is_and_nothing_else(how, engine, tmp_path):
    reference = STEP.replace("HOW", how)
    problems, _ = graded(tmp_path, PLACE, reference, reference.replace("0.1 *", "0.2 *"), engine)
    assert (problems["step"].score, problems["train"].score) == (0, 80)


CHAIN = """\
title: chain
language: en
seed: 5
submission: s.py
reference: r.py
limits: {seconds: 0.5}
problems:
  low:
    points: 10
    checks: [{values: random, cases: 2, draw: {n: 0..1000}}]
  mid:
    points: 30
    needs: [low]
    checks: [{values: random, cases: 4, draw: {n: 0..1000}}]
  other:
    points: 30
    needs: [low]
    checks: [{values: random, cases: 4, draw: {n: 0..1000}}]
  top:
    points: 30
    needs: [mid]
    checks: [{values: random, cases: 4, draw: {n: 0..1000}}]
"""
SLOW = """
import time

def low(n):
    time.sleep(0.08)
    return n * 3 + 1

def mid(n):
    return low(n) + 1

def other(n):
    return low(n) + 2

def top(n):
    return mid(n) + 3
"""


def test_who_may_ask_for_a_functions_answers_is_not_run_beside_it(engine, tmp_path, monkeypatch):
    """It could tell them, by how long its questions take. Who may not is run beside it."""
    turns = []
    run = type(engine).run

    def seen(self, *arguments, helpers=None, **options):
        turns.extend([sorted(helpers.replaced)] if helpers else [])
        return run(self, *arguments, helpers=helpers, **options)

    monkeypatch.setattr(type(engine), "run", seen)
    reference = SLOW.replace("0.08", "0")
    problems, _ = graded(tmp_path, CHAIN, reference, reference.replace("* 3 + 1", "* 3"), engine)
    assert [float(one.score) for one in problems.values()] == [0, 30, 30, 30]
    assert turns == [["mid", "other"], ["top"]]


def test_nobody_pays_for_the_questions_of_another(engine, tmp_path, monkeypatch):
    """Each takes more than half of the time that answers may take which count for nobody."""
    monkeypatch.setattr("grader.execution.workers.cores", lambda: 2)
    student = SLOW.replace("time.sleep(0.08)", "return -1").replace(
        "low(n) +", "max(low(n + k) for k in range(10)) - 27 +"
    )
    problems, _ = graded(tmp_path, CHAIN, SLOW, student, engine, only=["low", "mid", "other"])
    assert [float(one.score) for one in problems.values()] == [0, 30, 30]


def test_what_is_lent_keeps_what_the_reference_says_of_itself(engine):
    text = '''
"""Docstring."""
from __future__ import annotations
from functools import lru_cache

@lru_cache
def helper(n: Unknown):
    return n + 1

helper.kind = "helper"

def f(n):
    helper.calls = getattr(helper, "calls", 0) + 1
    return helper(n), helper.kind, helper.cache_info().hits

def fresh():
    return f(1)
'''
    source = second_look.instrumented(Source(path="r.py", text=text.strip(), digest=""), {"helper", "f"})
    with engine.session(source, Limits()) as session:
        assert session.call("f", (1,)).value == (2, "helper", 0)
        answer, fresh = second_look.answering(session), Call(function="fresh", arguments=())
        waits = [
            second_look.count_entries(session, fresh, ("helper",)),
            second_look.count_entries(session, fresh, ("fresh",)),
            answer("f", "helper", (4,)),
            answer("f", "fresh", ()),
        ]
        some, none, own, came = (drive(engine._board, [wait])[0] for wait in waits)
        assert some.value >= 1 and none.value == 0 and isinstance(own, Returned)
        assert isinstance(came, Raised) and came.message == "it would come back to f"


def test_what_earlier_submissions_asked_is_answered_as_if_it_were_asked_first(engine):
    text = """
total = 0

def helper(n):
    global total
    total += n
    return total

def f(n):
    return helper(n)
"""
    source = second_look.instrumented(Source(path="r.py", text=text.strip(), digest=""), {"helper", "f"})
    answers, made = ReferenceAnswers(), []

    def asked(*numbers):
        with engine.session(source, Limits()) as session:

            def counted(*question):
                made.append(question)
                return answer(*question)

            answer = second_look.answering(session)
            ask = answers.remembered(counted, "f", ("helper",))
            return [drive(engine._board, [ask("f", "helper", (number,), {})])[0].value for number in numbers]

    assert asked(1, 2, 3) == [1, 3, 6] and len(made) == 3
    assert asked(1, 2, 3) == [1, 3, 6] and len(made) == 3  # nobody was asked
    assert asked(1, 2, 5, 1) == [1, 3, 8, 9] and len(made) == 7  # 1 and 2 are made up for
    assert asked(5) == [5] and len(made) == 8
    assert asked(1, 2, 5) == [1, 3, 8] and len(made) == 8


@pytest.mark.parametrize(
    ("one", "other"),
    [([1, 2], (1, 2)), ([], {}), ([[1]], [(1,)]), ({0: 1}, [1])],
)
def test_an_answer_to_another_submission_is_none_to_a_question_of_another_type(engine, one, other):
    source = second_look.instrumented(
        Source(path="r.py", text="def helper(x):\n    return repr(x)", digest=""), {"helper"}
    )
    answers = ReferenceAnswers()

    def asked(value):
        with engine.session(source, Limits()) as session:
            ask = answers.remembered(second_look.answering(session), "f", ("helper",))
            return drive(engine._board, [ask("f", "helper", (value,), {})])[0].value

    assert [asked(each) for each in (one, other)] == [repr(one), repr(other)]
