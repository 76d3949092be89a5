"""A forbidden function or a loop is told by whatever way it comes; honest work of every shape is told nothing."""

import json
import time
from pathlib import Path

import pytest

from grader import submission
from grader.checks.rules import Rules
from grader.checks.rules.judging import breaches
from grader.submission import costs
from grader.submission.costs import TimeLeft

HERE = Path(__file__).resolve().parent
RULES = Rules(no_loops=True, forbid=("np.linalg", "exec", "eval"))
FORBID = Rules(forbid=("np.convolve", ".dot"))


def _samples(name):
    _, *parts = (HERE / name).read_text("utf-8").split("=== ")
    titled = [part.partition("\n") for part in parts]
    return [pytest.param(text, title.partition(": ")[2], id=title.partition(": ")[0]) for title, _, text in titled]


def _told(found):
    return ", ".join(f"{line} {kind} {what}" for kind, what, line in found)


@pytest.mark.parametrize(("text", "told"), _samples("evasions.txt"))
def test_what_is_hidden_is_told(held, text, told):
    assert told and _told(held(text, RULES, graded=["norms"], function="norms")) == told


@pytest.mark.parametrize(("text", "told"), _samples("evasions_of_forbid.txt"))
def test_a_forbidden_function_is_told_without_any_other_rule(held, text, told):
    assert told and _told(held(text, FORBID, graded=["norms"], function="norms")) == told


@pytest.mark.parametrize(("text", "told"), _samples("honest.txt"))
def test_honest_work_is_told_nothing(held, text, told):
    assert not told
    assert held(text, RULES, graded=["norms"], function="norms") == []
    assert held(text, Rules(forbid=("np.convolve",)), graded=["norms"], function="norms") == []


def test_in_a_notebook_a_place_is_told_by_its_cell(tmp_path):
    cells = ["import numpy as np\nglobals()['norm'] = np.linalg.norm", "def norms(X):\n    return norm(X, axis=1)"]
    cells = [{"cell_type": "code", "source": cell, "metadata": {}, "outputs": []} for cell in cells]
    path = tmp_path / "n.ipynb"
    path.write_text(json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}), "utf-8")
    (found,) = breaches(submission.load(path, ["norms"]), "norms", RULES, ["norms"])
    assert (found.kind, found.at.cell, found.at.line) == ("forbidden", 2, 2)


BEHIND_MODULES = [
    ("import box\ndef norms(X):\n    return box.norm(X, axis=1)\n", "import numpy as np\nnorm = np.linalg.norm\n"),
    ("from box import *\ndef norms(X):\n    return norm(X, axis=1)\n", "from numpy.linalg import *\n"),
    ("import box\ndef norms(X):\n    return norm(X, axis=1)\n",
     "import numpy as np, submission\nsubmission.norm = np.linalg.norm\n"),
    ("import box, numpy as np\nbox.norm = np.linalg.norm\ndef norms(X):\n    return box.f(X)\n",
     "def f(X):\n    return norm(X, axis=1)\n"),
    ("import box\ndef norms(X):\n    return box.anything(X, axis=1)\n",
     "import numpy as np\ndef __getattr__(name):\n    return np.linalg.norm\n"),
    ("def helper(X):\n    return X\nfrom box import *\ndef norms(X):\n    return helper(X)\n",
     "import numpy as np\ndef helper(X):\n    return np.linalg.norm(X, axis=1)\n"),
    ("def norms(X):\n    import shared, box\n    return shared.out\n", "for i in (1, 2):\n    print(i)\n"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "box"), BEHIND_MODULES)
def test_own_modules_hide_nothing(held, text, box):
    assert held(text, RULES, graded=["norms"], function="norms", box=box)


HIDDEN = "import numpy as np\ndef g(X):\n    return np.linalg.norm(X, axis=1)\n"
BEHIND_PACKAGES = [
    ("from pkg.a import g\ndef norms(X):\n    return g(X)\n", {"pkg.a": HIDDEN}),
    ("import pkg.a\ndef norms(X):\n    return pkg.a.g(X)\n", {"pkg.a": HIDDEN}),
    ("import pkg.sub.b as b\ndef norms(X):\n    return b.g(X)\n", {"pkg.sub.b": HIDDEN}),
    ("from pkg import a\ndef norms(X):\n    return a.g(X)\n", {"pkg.__init__": "", "pkg.a": HIDDEN}),
    ("from pkg import g\ndef norms(X):\n    return g(X)\n", {"pkg.__init__": "from .a import g\n", "pkg.a": HIDDEN}),
    ("from pkg import *\ndef norms(X):\n    return g(X)\n", {"pkg.__init__": "from .a import *\n", "pkg.a": HIDDEN}),
    ("from pkg.b import h\ndef norms(X):\n    return h(X)\n", {"pkg.b": "from .a import g as h\n", "pkg.a": HIDDEN}),
    ("from pkg.s.b import h\ndef norms(X):\n    return h(X)\n",
     {"pkg.s.b": "from ..a import g as h\n", "pkg.a": HIDDEN}),
    ("from .box import g\ndef norms(X):\n    return g(X)\n", {"box": HIDDEN}),
    ("from . import box\ndef norms(X):\n    return box.g(X)\n", {"box": HIDDEN}),
    ("import importlib\ndef norms(X):\n    return importlib.import_module('box').g(X)\n", {"box": HIDDEN}),
    ("import box\ndef norms(X):\n    return norm(X, axis=1)\n",
     {"box": "import s, numpy as np\ns.norm = np.linalg.norm\n"}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "modules"), BEHIND_PACKAGES)
def test_packages_hide_nothing(held, text, modules):
    assert held(text, RULES, graded=["norms"], function="norms", **modules)


def test_a_package_may_hold_what_is_not_used(held):
    text = "from pkg.a import f\ndef norms(X):\n    return f(X).sum(axis=1) ** 0.5\n"
    modules = {
        "pkg.__init__": "",
        "pkg.a": "from .b import half\ndef f(X):\n    return X * X\n",
        "pkg.b": HIDDEN + "half = 0.5\n",
    }
    assert held(text, RULES, graded=["norms"], function="norms", **modules) == []


def test_own_modules_may_hold_what_is_not_used(held):
    box = "import numpy as np\ndef f(X):\n    return X * X\ndef g(X):\n    return [np.linalg.norm(x) for x in X]\n"
    text = "from box import f\ndef norms(X):\n    return f(X).sum(axis=1) ** 0.5\n"
    assert held(text, RULES, graded=["norms"], function="norms", box=box) == []


def test_what_cannot_be_followed_is_told_once_where_it_comes_to_be(held):
    text = "import numpy as np\ndef f(x, k):\n    g = getattr(np, k)\n    y = g(x)\n    return g(y)\n"
    assert held(text, Rules(forbid=("np.pad",))) == [("unresolved", "getattr", 3)]
    assert held(text, Rules(require=(("np",),))) == []


def test_a_computed_attribute_of_data_matters_to_rules_about_attributes(held):
    text = "def f(x, k):\n    return getattr(x, k)(x)\n"
    assert held(text, Rules(forbid=("np.dot",))) == []
    assert held(text, Rules(forbid=(".dot",))) == [("unresolved", "getattr", 2)]
    assert held("def f(x):\n    return x.__matmul__(x)\n", Rules(forbid=("@",))) == [("forbidden", "@", 2)]


def test_a_decorated_function_may_call_another_that_is_decorated_alike(held):
    text = (
        "def seen(g):\n    def inner(x):\n        return g(x)\n    return inner\n"
        "@seen\ndef h(x):\n    return x\n@seen\ndef f(x):\n    return {}(x)\n"
    )
    assert held(text.format("h"), Rules(no_loops=True)) == []
    assert ("loop", "recursion", 10) in held(text.format("f"), Rules(no_loops=True))


HOSTILE = {
    "calls": "def g(a, b, c): return a, b, c\n" + "".join(f"z = g(z, z, {i})\n" for i in range(9000)),
    "lists": "a = []\n" + "a = a + [a]\n" * 12000,
    "lambdas": "a = 0\n" + "a = lambda x=a: x(a)\n" * 8000,
    "tries": "".join("\n" + " " * i + "try:" for i in range(90)) + "\n" + (" " * 90 + "x[a]\n") * 9000
    + "".join(" " * i + "except E as e: pass\n" for i in range(89, -1, -1)),
    "keywords": "def g(**k): return k\n" + "".join(f"x = g(**g(a{i}=x))\n" for i in range(7000)),
    "paths": "import numpy as a\n" + "a = a.b or a.c or a.d\n" * 100,
    "functions": "".join(f"def g{i}(x):\n    return g{i + 1}(x)\n" for i in range(7000)),
}  # fmt: skip
QUICK = ("calls", "paths", "tries")


@pytest.mark.parametrize(
    "text",
    [pytest.param(text, id=name, marks=() if name in QUICK else pytest.mark.slow) for name, text in HOSTILE.items()],
)
def test_no_text_is_looked_at_for_long(held, text, monkeypatch):
    monkeypatch.setattr(costs, "SECONDS", 3.0)
    began = time.process_time()
    found = held(text + "\ndef f(x):\n    return g0(x), a, x\n", RULES)
    assert time.process_time() - began < 20  # it would be minutes or hours
    assert {kind for kind, _, _ in found} <= {"entangled", "unresolved"}


BUSY = {
    "telling": ("def __repr__(self):\n        return (" + "1," * 8000 + ")", "str([a])", 3500),
    "attributes": ("".join(f"a{i} = 1\n    " for i in range(4000)), "''.format(a)", 3000),
}


@pytest.mark.parametrize(("body", "use", "times"), BUSY.values(), ids=BUSY)
def test_a_class_is_looked_at_once_however_often_it_is_used(held, body, use, times):
    text = f"class A:\n    {body}\na = A()\ndef norms(X):\n    if X is None:\n" + f"        {use}\n" * times
    began = time.process_time()
    assert held(text + "    return X\n", RULES, graded=["norms"], function="norms") == []
    assert time.process_time() - began < 8  # it would be half a minute and more


def test_all_functions_of_a_submission_share_one_account(tmp_path):
    text = "a = []\n" + "a = a + [a]\n" * 3000 + "".join(f"def f{i}(x):\n    return a\n" for i in range(3))
    (tmp_path / "s.py").write_text(text, "utf-8")
    student = submission.load(tmp_path / "s.py", ["f0", "f1", "f2"])
    account = TimeLeft()
    account.left = 0.05
    for name in ("f0", "f1", "f2"):
        assert [each.kind for each in breaches(student, name, RULES, [name], account)] == ["entangled"]
    assert account.left == 0
    account = TimeLeft()
    assert breaches(student, "f1", RULES, ["f1"], account) == ()
    assert 0 < account.left < costs.SECONDS
