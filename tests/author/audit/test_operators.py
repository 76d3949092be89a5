"""Every operator does what its examples say, and every mutant is Python with one slip in it."""

import ast
import re
import textwrap
from pathlib import Path

import pytest
from operator_examples import EXAMPLES

from grader.author.audit.mutants import mutants, numbered, read_marks, slips, stale, symbol, variant
from grader.author.audit.operators import OPERATORS
from grader.author.audit.units import units
from grader.author.source_text import SourceText
from grader.model import Source

ROOT = Path(__file__).resolve().parents[3]
HEAD = "def test(a, b, n, x):\n"
LONGEST = ROOT / "solutions" / "cnn.py"
REFERENCES = pytest.mark.parametrize(
    "path",
    [
        pytest.param(path, id=path.stem, marks=pytest.mark.slow if path == LONGEST else ())
        for path in sorted(ROOT.glob("**/solutions/*.py"))
    ],
)


def made(text, names=None):
    """Return what the operators make of the one function in `text`."""
    unit = next(iter(units(SourceText(f"import numpy as np\n{text}")).values()))
    return [unit.changed(edit) for _, edit, _ in slips(unit, names)]


@pytest.mark.parametrize(
    ("name", "before", "after"), [(name, *each) for name, examples in EXAMPLES.items() for each in examples]
)
def test_an_operator_makes_what_its_examples_say(name, before, after):
    bodies = made(HEAD + textwrap.indent(before, "    "), [name])
    assert [textwrap.dedent(body.removeprefix(HEAD)) for body in bodies] == list(after)


def test_every_operator_has_an_example_of_what_it_makes():
    without = [name for name in OPERATORS if not any(after for _, after in EXAMPLES[name])]
    assert without == ["ignored-parameter"]  # the examples' parameters have no defaults: a test of its own is below


@REFERENCES
def test_mutants_of_real_references_compile_differ_and_are_unlike(path):
    for unit in units(SourceText(path.read_text("utf-8"))).values():
        texts = [unit.changed(edit) for _, edit, _ in slips(unit)]
        trees = [ast.dump(ast.parse(text)) for text in texts]
        assert len(set(trees)) == len(trees) and ast.dump(ast.parse(unit.changed(None))) not in trees


def test_a_parameter_is_ignored_where_it_has_a_default():
    text = "def f(a, b, mode='max', *, axis=0):\n    return g(a, mode, axis)"
    assert made(text, ["ignored-parameter"]) == [
        text.replace("    return", "    mode = 'max'\n    return"),
        text.replace("    return", "    axis = 0\n    return"),
    ]


def test_a_docstring_stays_in_front():
    text = 'def f(a):\n    """Say."""\n    return a'
    assert made(text, ["reseeded"]) == [text.replace("    return", "    np.random.seed(0)\n    return")]


def test_every_slip_of_a_line_has_a_name_of_its_own():
    text = "import numpy as np\ndef f(x, n):\n    return x[1] + n[1] + 1 + 1 + f(1, 1)\n"
    found = mutants(text, ["f"])
    assert len({(mutant.line, mutant.slip) for mutant in found}) == len(found)
    assert "x[1] → x[2]" in {mutant.slip for mutant in found} or any("x[2]" in mutant.slip for mutant in found)


@REFERENCES
def test_a_slip_keeps_its_name_once_it_is_marked(path):
    text = path.read_text("utf-8")
    lines = text.split("\n")
    for mutant in mutants(text, list(units(SourceText(text))))[::400]:
        marked = list(lines)
        if re.search(r'"""|#|\\$', marked[mutant.line - 1]):
            continue
        marked[mutant.line - 1] += f"  # equivalent: {mutant.slip} — it is"
        again = mutants("\n".join(marked), list(units(SourceText(text))))
        marks, faults = read_marks(Source(path="a.py", text="\n".join(marked), digest=""))
        own = [mark for mark in marks if mark.line == mutant.line and mark.reason == "it is"]
        assert faults == [] and stale(own, again) == []
        assert [each.after for each in again if any(mark.fits(each) for mark in own)] != []


def test_what_no_check_sees_is_left_alone():
    text = '''
        def f(a: "int" = None) -> "x + 1":
            """Return 1 + 1."""
            print("1 + 1")
            raise ValueError(f"{a + 1} is {1 + 1}")
    '''
    assert made(textwrap.dedent(text).strip()) == [
        textwrap.dedent(text).strip().replace('raise ValueError(f"{a + 1} is {1 + 1}")', "pass"),
        textwrap.dedent(text).strip().replace("raise ValueError(", "raise Exception("),
    ]


def test_words_are_replaced_where_they_stand_behind_chinese():
    assert 'def f(a):\n    甲 = "乙"; return a - 1  # 加一' in made('def f(a):\n    甲 = "乙"; return a + 1  # 加一')


def test_brackets_are_written_only_where_words_would_come_apart():
    assert "def f(a, b, n):\n    return a * (b + n)" in made("def f(a, b, n):\n    return a * (b * n)")
    assert "def f(a, b, n):\n    return (a + b) * n" in made("def f(a, b, n):\n    return a * b * n")
    assert "def f(a, b, n):\n    return a + b ** n" not in made("def f(a, b, n):\n    return (a * b) ** n")


def test_a_slip_is_said_in_a_few_words_with_its_lines():
    text = "def f(x):\n    total = np.zeros(3)\n    for each in x:\n        total += each\n    return total\n"
    found = {(mutant.line, mutant.slip): mutant for mutant in mutants(text, ["f"])}
    assert found[2, "zeros → ones"].after == ("    total = np.ones(3)",)
    assert found[4, "+= → ="].before == ("        total += each",)
    assert found[3, "∅ → break"].after == ("    for each in x:", "        …", "        break")


def test_a_helper_is_mutated_for_the_functions_that_call_it():
    text = textwrap.dedent("""
        def half(n):
            return n // 2

        def quarter(n):
            return half(half(n))

        def unused(n):
            return n + 1

        def eighth(n):
            return half(quarter(n))
    """)
    found = mutants(text, ["quarter", "eighth"])
    assert {(mutant.unit, mutant.functions) for mutant in found} == {
        ("half", ("quarter", "eighth")),
        ("quarter", ("quarter",)),
        ("eighth", ("eighth",)),
    }
    known = units(SourceText(text))
    one = next(mutant for mutant in found if mutant.slip == "// → *")
    scope = {}
    exec(text + numbered(variant(known, "quarter", "half", one.edit, ["quarter", "eighth"]), 3), scope)
    assert (scope["quarter"](8), scope[symbol("quarter", 3)](8)) == (2, 32)


def test_a_recursive_mutant_calls_itself():
    text = "def fact(n):\n    return n * fact(n - 1) if n else 1\n"
    one = next(mutant for mutant in mutants(text, ["fact"]) if mutant.slip == "* → +")
    scope = {}
    exec(text + numbered(variant(units(SourceText(text)), "fact", "fact", one.edit, ["fact"]), 1), scope)
    assert (scope["fact"](4), scope[symbol("fact", 1)](4)) == (24, 4 + 3 + 2 + 1 + 1)
