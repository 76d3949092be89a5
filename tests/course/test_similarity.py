"""Similar work: what is equal is found whatever the names, what everybody has says nothing."""

import ast
import re

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from grader.course.similarity.evidence import SMALLEST, PersonsWork, continued, leads
from grader.course.similarity.likelihood import FLOOR, CodeModel
from grader.course.similarity.shapes import shapes_of

LONG = """
def total(xs, ys):
    best = 0
    for at, x in enumerate(xs):
        if x > ys[at] and at % 2 == 0:
            best += x * ys[at] - at
        elif x < 0:
            best -= abs(x) + {number}
    for y in reversed(ys):
        while y > best / 3:
            y = y // 2
            best = max(best, y, {number} * 7)
    return [best, best * len(xs), sum(ys) + {number}]
"""
NAMES = st.sampled_from(["a", "b", "total_", "区", "best_of_all", "x1"])


def shape(text, name="total"):
    return shapes_of(text, [name])[name]


def work(person, text, answers=(), unit=""):
    return PersonsWork(
        person=person, unit=unit or person, shapes=shapes_of(text, ["total"]), answers=dict(answers),
        wrong=dict.fromkeys(dict(answers), 3),
    )  # fmt: skip


def own(number):
    """Return a long function that nobody else writes."""
    lines = [f"    {chr(97 + (number * at) % 26)}{at} = {'+-*'[(number + at) % 3].join(['xs', 'ys', str(at)])}"
             for at in range(1, 5 + number % 7)]  # fmt: skip
    loop = ["    for x in xs:", f"        ys.append(x {'+-*'[number % 3]} {number})"] * (1 + number % 4)
    return "\n".join(["def total(xs, ys):", *lines, *loop, f"    return ys[{number}:]"])


def class_of(*works, people=30):
    return [*works, *(work(f"other {number}", own(number)) for number in range(people - len(works)))]


def names_of(found):
    return [(lead.first, lead.second) for lead in found.leads]


@for_all(st.permutations(["best", "at", "x", "y"]), NAMES)
def test_a_tree_does_not_depend_on_the_authors_names(names, prefix):
    changed = LONG.format(number=1)
    tree = ast.parse(changed)
    new = {old: f"{prefix}_{name}" for old, name in zip(["best", "at", "x", "y"], names, strict=True)}
    for each in ast.walk(tree):
        if isinstance(each, ast.Name):
            each.id = new.get(each.id, each.id)
    one, other = shape(changed), shape(ast.unparse(tree))
    assert one.form == other.form
    assert (one.tree == other.tree) == (new == {old: old for old in new})


@pytest.mark.parametrize(
    ("old", "new"),
    [("x > ys", "x >= ys"), ("- at", "+ at"), ("best += x", "at += x"), ("abs(x)", "max(x)"), ("// 2", "// 3")],
)
def test_other_code_is_another_tree(old, new):
    text = LONG.format(number=1)
    assert old in text
    assert shape(text).form != shape(text.replace(old, new)).form


def test_comments_docstrings_annotations_and_layout_are_not_in_a_tree():
    text = LONG.format(number=1)
    other = text.replace("best = 0", '"""What it does."""\n    best: int = 0  # begin').replace(
        "(xs, ys)", "(xs: list, ys) -> list"
    )
    one, two = shape(text), shape(other)
    assert (one.tree, one.form) == (two.tree, two.form)
    assert one.text != two.text


def test_a_function_counts_with_the_authors_own_helpers():
    text = "def total(xs, ys):\n    return {0}(xs)\n\ndef {0}(a):\n    return {1}\n"
    assert shape(text.format("help", "a + 1")).form == shape(text.format("aid", "a + 1")).form
    assert shape(text.format("help", "a + 1")).form != shape(text.format("help", "a + 2")).form


def test_two_who_share_a_long_function_are_a_lead():
    renamed = re.sub(r"\b(best|at)\b", r"my_\1", LONG.format(number=1))
    found = leads(class_of(work("ann", LONG.format(number=1)), work("bob", renamed)), [], ["total"])
    assert names_of(found) == [("ann", "bob")]
    (trace,) = found.leads[0].traces
    assert (trace.bases, trace.others) == (("form",), 0)
    assert found.leads[0].expected <= 0.05


def test_a_short_function_says_nothing():
    text = "def total(xs, ys):\n    return xs @ ys\n"
    assert not leads(class_of(work("ann", text), work("bob", text)), [], ["total"]).leads


def test_what_everybody_was_given_says_nothing():
    text = LONG.format(number=1)
    works = class_of(work("ann", text), work("bob", text.replace("best", "most")))
    assert leads(works, [], ["total"]).leads
    assert not leads(works, [shapes_of(text, ["total"])], ["total"]).leads


def test_what_many_share_says_nothing():
    text = LONG.format(number=1)
    assert not leads(class_of(*(work(f"s{each}", text) for each in range(9))), [], ["total"]).leads


def test_groups_are_no_evidence():
    text = LONG.format(number=1)
    works = class_of(work("ann", text, unit="g"), work("bob", text, unit="g"))
    found = leads(works, [], ["total"])
    assert not found.leads
    assert found.units == 29
    works.append(work("cleo", text))
    assert names_of(leads(works, [], ["total"])) == [("cleo", "ann, bob")]


def test_a_mistake_that_many_make_says_nothing_and_a_rare_one_too_little():
    common = [work(f"s{each}", own(each), {"total": "zeros"}) for each in range(9)]
    assert not leads(class_of(*common), [], ["total"], threshold=1).leads
    rare = [work(f"s{each}", own(each), {"total": "odd"}) for each in range(2)]
    assert not leads(class_of(*rare), [], ["total"]).leads


def test_the_same_rare_mistakes_in_many_functions_are_a_lead():
    functions = [f"f{each}" for each in range(8)]
    answers = dict.fromkeys(functions[:6], "as nobody else")
    works = class_of(work("ann", own(40), answers), work("bob", own(41), answers), people=300)
    found = leads(works, [], functions)
    assert names_of(found) == [("ann", "bob")]
    assert [trace.bases for trace in found.leads[0].traces] == [("answers",)] * 6
    fewer = dict(list(answers.items())[:2])
    works = class_of(work("ann", own(40), fewer), work("bob", own(41), fewer), people=300)
    assert not leads(works, [], functions).leads


def test_a_small_class_is_told_without_chance():
    text = LONG.format(number=1)
    found = leads([work("ann", text), work("bob", text), work("cleo", own(3))], [], ["total"])
    assert not found.told
    assert names_of(found) == [("ann", "bob")]
    assert leads(class_of(people=SMALLEST), [], ["total"]).told


def test_where_many_pairs_share_a_function_no_pair_is_a_lead():
    pairs = [work(f"{who} {each}", LONG.format(number=each + 10)) for each in range(6) for who in ("a", "b")]
    assert not leads(class_of(*pairs, people=60), [], ["total"]).leads


def test_the_row_of_pairs_goes_on():
    assert continued({1: 100, 2: 4}, 2) == pytest.approx(100 * 1 / 110)
    assert continued({1: 100, 2: 4, 5: 8}, 3) == pytest.approx(104 * (4 + 1) / (104 + 10) * 1 / 14)
    assert continued({1: 100, 8: 12}, 8) < 1e-4


def test_what_the_class_writes_is_probable_and_what_is_new_is_not():
    usual, odd = shape(LONG.format(number=1)).tokens, shape(own(5)).tokens
    model = CodeModel([(usual, 40), (odd, 1)])
    assert model.chance(odd, 1) < 1e-4
    assert model.chance(usual, 1) > 0.01
    assert model.chance(odd, 1) >= FLOOR
