"""A name is what it stands for, by whatever way it came; each use is told at its line."""

import time

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

from grader.checks.rules import Rules
from grader.submission import costs

NO_PAD = Rules(forbid=("np.pad",))
NO_LOOPS = Rules(no_loops=True)

USED_IN_LINE = [
    ("import numpy as np\ndef f(x):\n    return np.pad(x, 1)\n", 3),
    ("import numpy\ndef f(x):\n    return numpy.pad(x, 1)\n", 3),
    ("from numpy import pad as p\ndef f(x):\n    return p(x, 1)\n", 3),
    ("from numpy import *\ndef f(x):\n    return pad(x, 1)\n", 3),
    ("import numpy as np\np = np.pad\ndef f(x):\n    return p(x, 1)\n", 4),
    ("import numpy as np\nq = p = np.pad\ndef f(x):\n    g = q\n    return g(x, 1)\n", 4),
    ("import numpy as np\np, q = np.pad, np.sum\ndef f(x):\n    return q(p(x, 1))\n", 4),
    ("import numpy as np\nlib = np.lib\ndef f(x):\n    return lib.pad(x, 1)\n", 4),
    ("import numpy.lib as lib\ndef f(x):\n    return lib._arraypad_impl.pad(x, 1)\n", 3),
    ("def f(x):\n    import numpy as n\n    return n.pad(x, 1)\n", 3),
    ("import numpy as np\ndef f(x):\n    return getattr(np, 'pad')(x, 1)\n", 3),
    ("import numpy as np\ng = getattr\ndef f(x):\n    return g(np, 'p' + 'ad')(x, 1)\n", 4),
    ("import numpy as np\ndef f(x):\n    return vars(np)['pad'](x, 1)\n", 3),
    ("import numpy as np\ndef f(x):\n    return np.__dict__['pad'](x, 1)\n", 3),
    ("import numpy as np\ndef f(x):\n    return globals()['np'].pad(x, 1)\n", 3),
    ("def f(x):\n    return __import__('numpy').pad(x, 1)\n", 2),
    ("import importlib as i\ndef f(x):\n    return i.import_module('numpy').pad(x, 1)\n", 3),
    ("import numpy as np\ndef f(x, p=np.pad):\n    return p(x, 1)\n", 2),
    ("import numpy as np\ndef f(x):\n    return (p := np.pad)(x, 1)\n", 3),
    ("import numpy as np\ndef f(x):\n    return (np.sum if x is None else np.pad)(x, 1)\n", 3),
    ("import numpy as np\nt = {'p': np.pad}\ndef f(x):\n    return t.get('p')(x, 1)\n", 2),
    ("import numpy as np\nfrom functools import partial\nf = partial(np.pad, pad_width=1)\n", 3),
    ("from numpy import pad as f\n", 1),
    ("import numpy as np\nf = lambda x: np.pad(x, 1)\n", 2),
    ("import numpy as np\nx = x or x or np.pad\ndef f(y):\n    return x(y)\n", 4),
    ("import numpy as np\ndef wrong(g):\n    return np.pad\n@wrong\ndef f(x):\n    return x\n", 3),
]


@pytest.mark.parametrize(("text", "line"), USED_IN_LINE)
def test_a_forbidden_function_is_found_by_any_way_that_is_written_out(held, text, line):
    found = held(text, NO_PAD)
    assert ("forbidden", "np.pad", line) in found
    assert {each[:2] for each in found} == {("forbidden", "np.pad")}


NOT_USED = [
    "import numpy as np\np = np.pad\ndef f(x):\n    return np.padded\n",
    "import numpy as np\ndef f(x, np):\n    return np.pad(x, 1)\n",
    "import numpy as np\ndef g(x):\n    return np.pad(x, 1)\ndef f(x):\n    return 'np.pad' # np.pad\n",
    "from mine import pad\ndef f(x):\n    return pad(x)\n",
    "def pad(x):\n    return x\ndef f(x):\n    return pad(x)\n",
    "import numpy as np\ndef f(x):\n    x.pad = 1\n    return x.pad\n",
]


@pytest.mark.parametrize("text", NOT_USED)
def test_what_is_called_alike_is_something_else(held, text):
    assert held(text, NO_PAD) == []


def test_helpers_are_gone_into_and_graded_functions_are_not(held):
    text = "import numpy as np\ndef h(x):\n    return np.pad(x, 1)\ndef f(x):\n    return list(map(h, x))\n"
    assert held(text, NO_PAD) == [("forbidden", "np.pad", 3)]
    assert held(text, NO_PAD, graded=["f", "h"]) == []


def test_methods_and_modules_of_the_students_own(held):
    text = "from helpers import Tool, other\nt = Tool()\ndef f(x):\n    return t.run(x) + other.h(x)\n"
    tool = "import numpy as np\nclass Tool:\n    def run(self, x):\n        return np.pad(x, 1)\nimport other\n"
    found = held(text, NO_PAD, helpers=tool, other="from numpy import pad\ndef h(x):\n    return pad(x, 1)\n")
    assert set(found) == {("forbidden", "np.pad", "helpers.py:4"), ("forbidden", "np.pad", "other.py:3")}


def test_whole_modules_names_attributes_keywords_and_signs(held):
    text = (
        "import torch.nn as n\nfrom scipy.signal import convolve2d\n"
        "def f(x):\n"
        "    import scipy.signal\n"
        "    with open('x') as g:\n"
        "        y = n.Linear(2)\n"
        "    y @= x.T.dot(x)\n"
        "    return convolve2d(eval('x'), zero_pad(x))\n"
        "def zero_pad(x):\n    return x\n"
    )
    rules = Rules(forbid=("torch", "scipy.signal", "eval", ".dot", "with", "@", "zero_pad"))
    assert set(held(text, rules, graded=["zero_pad"])) == {
        ("forbidden", "torch", 6),
        ("forbidden", "scipy.signal", 4),
        ("forbidden", "scipy.signal", 8),
        ("forbidden", "eval", 8),
        ("forbidden", ".dot", 7),
        ("forbidden", "with", 5),
        ("forbidden", "@", 7),
        ("forbidden", "zero_pad", 8),
    }


def test_an_own_function_with_a_builtins_name_is_not_the_builtin(held):
    assert held("def sum(x):\n    return x\ndef f(x):\n    return sum(x)\n", Rules(forbid=("sum",))) == []
    assert held("def f(x):\n    return sum(x)\n", Rules(forbid=("sum",))) == [("forbidden", "sum", 2)]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("    for a in x:\n        pass\n    while x:\n        pass\n", [("for", 2), ("while", 4)]),
        ("    return [a for a in x], {a for a in x}\n", [("comprehension", 2)]),
        ("    return sum(a for a in x)\n", [("comprehension", 2)]),
        ("    return list(map(abs, x))\n", [("map", 2)]),
        ("    import functools\n    return functools.reduce(max, x)\n", [("functools.reduce", 3)]),
        ("    import numpy\n    return numpy.vectorize(abs)(x)\n", [("np.vectorize", 3)]),
        ("    return x if x < 1 else f(x - 1)\n", [("recursion", 2)]),
        ("    def g(y):\n        return g(y - 1)\n    return g(x)\n", [("recursion", 3)]),
        ("    def g(y):\n        return h(y - 1)\n    def h(y):\n        return g(y)\n    return g(x)\n",
         [("recursion", 3), ("recursion", 5)]),
        ("    return sorted(x, key=lambda a: -a)\n", [("sorted", 2)]),
        ("    return sorted(x), x.sum()\n", []),
    ],
)  # fmt: skip
def test_loops_in_every_shape(held, body, found):
    assert sorted((what, line) for _, what, line in held(f"def f(x):\n{body}", NO_LOOPS)) == sorted(found)


def test_what_is_required_is_told_at_the_def(held):
    rules = Rules(require=(("np.pad", "for"), ("zero_pad",), ("@",)))
    assert held("\n\ndef f(x):\n    return x\n", rules) == [
        ("required", "np.pad | for", 3),
        ("required", "zero_pad", 3),
        ("required", "@", 3),
    ]
    right = "def zero_pad(x):\n    return x\ndef g(x):\n    return [zero_pad(a) for a in x]\n"
    right += "def f(x):\n    return x @ g(x)\n"
    assert held(right, rules, graded=["zero_pad", "f"]) == []


EINSUM = Rules(require=(("np.einsum",),))


@pytest.mark.parametrize(
    "body",
    [
        "np.einsum",
        "y = np.einsum",
        "y: object = np.einsum",
        "(np.einsum, {'e': np.einsum})",
        "if 0:\n        np.einsum('i', x)",
        "if not 1:\n        np.einsum('i', x)",
        "if 1:\n        pass\n    else:\n        np.einsum('i', x)",
        "0 and np.einsum('i', x)",
        "x is x or 1 or np.einsum('i', x)",
        "1 if True else np.einsum('i', x)",
        "for _ in []:\n        np.einsum('i', x)",
        "lambda: np.einsum('i', x)",
        "def g():\n        return np.einsum('i', x)",
        "return x\n    np.einsum('i', x)",
        "if x is None:\n        raise ValueError\n        y = np.einsum('i', x) + 1",
    ],
)
def test_what_is_required_is_not_met_by_a_name_or_by_what_never_runs(held, body):
    text = f"import numpy as np\ndef f(x):\n    {body}\n    return x\n"
    assert held(text, EINSUM) == [("required", "np.einsum", 2)]


@pytest.mark.parametrize(
    "text",
    [
        "def f(x):\n    return getattr(np, 'einsum')('i->', x)\n",
        "e = np.einsum\ndef f(x):\n    return e('i->', x)\n",
        "t = {'e': np.einsum}\ndef f(x):\n    return t['e']('i->', x)\n",
        "def g(x, how):\n    return how('i->', x)\ndef f(x):\n    return g(x, np.einsum)\n",
        "def f(x):\n    e = np.einsum\n    return e('i->', x)\n",
        "def f(x):\n    for e in (np.einsum,):\n        x = e('i->', x)\n    return x\n",
        "def f(x):\n    while True:\n        return x or np.einsum('i->', x)\n",
        "from functools import partial\nf = partial(np.einsum, 'i->')\n",
        "class A:\n    how = np.einsum\n    def run(self, x):\n        return self.how('i->', x)\n"
        "def f(x):\n    return A().run(x)\n",
    ],
)
def test_what_is_required_may_be_called_by_any_name(held, text):
    assert held(f"import numpy as np\n{text}", EINSUM) == []


@pytest.mark.parametrize("body", ["return x[:, {}]", "k = {}\n    return x[:, k]", "k, r = {}, 1\n    return x[r, k]"])
def test_what_is_required_need_not_be_a_function(held, body):
    text = f"import numpy as np\ndef f(x):\n    {body.format('np.newaxis')}\n"
    assert held(text, Rules(require=(("np.newaxis",),))) == []


@pytest.mark.parametrize("text", ["x = 1\n", "def f(x):\n    pass\n", "def f(x):\n    return (\n"])
def test_where_there_is_nothing_to_look_at(held, text):
    assert held(text, NO_LOOPS) is None


def test_names_bound_to_one_another_are_followed(held):
    knot = "".join(f"x{i} = x{i + 1} or x{i + 1}\n" for i in range(60))
    chain = "".join(f"x{i} = x{i + 1}\n" for i in range(5000))
    for text in (knot, chain):
        assert held(text + "def f(y):\n    return x0\n", NO_PAD) == []
        last = text.rpartition(" ")[2]
        bound = f"import numpy as np\n{text}{last.strip()} = np.pad\ndef f(y):\n    return x0(y)\n"
        assert {each[:2] for each in held(bound, NO_PAD)} == {("forbidden", "np.pad")}


def test_names_too_entangled_are_told_soon(held, monkeypatch):
    monkeypatch.setattr(costs, "SECONDS", 1.0)
    knot = "".join(f"x{i % 700} = x{i * 7 % 700}, x{i * 13 % 700}\n" for i in range(12000))
    began = time.process_time()
    assert held(knot + "def f(y):\n    return x0(y)\n", NO_PAD) == [("entangled", "", 12001)]
    assert time.process_time() - began < 30  # it would be years


NAMES = st.sampled_from(["a", "b", "f", "np", "x", "g"])
LINES = st.one_of(
    st.builds("{} = {}".format, NAMES, NAMES),
    st.builds("{} = {}.{}".format, NAMES, NAMES, NAMES),
    st.builds("import {} as {}".format, NAMES, NAMES),
    st.builds("from {} import {} as {}".format, NAMES, NAMES, NAMES),
    st.builds("from {} import *".format, NAMES),
    st.builds("{} = lambda {}: {}({})".format, NAMES, NAMES, NAMES, NAMES),
    st.builds("def {}({}={}):\n    global {}\n    {} = {}({})\n    return {}".format, *[NAMES] * 8),
    st.builds("class {}({}):\n    def {}(self):\n        return {}.{}".format, *[NAMES] * 5),
    st.builds("{} = getattr({}, '{}') or {}['{}'] or vars({})['{}']".format, *[NAMES] * 7),
    st.builds("@{}\ndef f({}):\n    return [{} for {} in {}]".format, *[NAMES] * 5),
)


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(LINES, max_size=12), st.lists(LINES, max_size=3))
def test_whatever_names_are_bound_to_it_comes_to_an_end(held, lines, other):
    rules = Rules(forbid=("np.pad", "a", ".x"), require=(("g",),), no_loops=True)
    found = held("\n".join([*lines, "def f(x):\n    return a(b)"]), rules, a="\n".join(other))
    assert found is not None and all(isinstance(each[0], str) for each in found)
