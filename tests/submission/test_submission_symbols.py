"""What is known of functions without running them: names, parameters, stubs, what they call, what is amiss."""

from pathlib import Path

import pytest
from submission_desk import NAMES, remarks

from grader import submission

ROOT = Path(__file__).resolve().parents[2]


def test_every_form_of_definition_counts(desk):
    student = desk.read(
        "from functools import partial\nfrom layers import distribute_value\nhelper = 3\n"
        "async def conv_backward(dZ, cache): pass\nclass Layer:\n    pass\n"
        "conv_forward = lambda A, W, b=1, *rest, h: A\n"
        "zero_pad = partial(print)\n"
        "if True:\n    try:\n        def pool_forward(a, /, b, *, c=1): return a\n    except E:\n        pass\n"
        "for i in []:\n    pass\nelse:\n    def pool_backward(): return 1\n"
    )
    symbols = student.symbols
    assert set(symbols) == {
        "distribute_value",
        "conv_backward",
        "Layer",
        "conv_forward",
        "zero_pad",
        "pool_forward",
        "pool_backward",
    }
    assert (symbols["conv_forward"].parameters, symbols["conv_forward"].defaults) == (("A", "W", "b"), ("b",))
    assert symbols["pool_forward"].parameters == ("a", "b")
    assert symbols["distribute_value"].line == 2


def test_lines_and_calls(desk):
    student = desk.read(
        "@f\ndef conv_forward(A):\n    # g(1)\n    s = 'h(2)'\n"
        "    if (zero_pad(A)).sum(): return conv_single_step (A)\n\n"
        "    return np.pad(A)\n"
    )
    symbol = student.symbols["conv_forward"]
    assert (symbol.line, symbol.end_line) == (2, 7)
    assert symbol.calls == ("zero_pad", "conv_single_step")


def test_signatures_of_the_reference():
    found = submission.signatures(submission.load(ROOT / "solutions/cnn.py", NAMES))
    assert {name: (*found[name].parameters, *found[name].defaults) for name in NAMES} == {
        "zero_pad": ("X", "pad"),
        "conv_single_step": ("a_slice_prev", "W", "b"),
        "conv_forward": ("A_prev", "W", "b", "hparameters"),
        "conv_backward": ("dZ", "cache"),
        "pool_forward": ("A_prev", "hparameters", "mode", "mode"),
        "create_mask_from_window": ("x",),
        "distribute_value": ("dz", "shape"),
        "pool_backward": ("dA", "cache", "mode", "mode"),
    }


def test_the_stubs_are_untouched_and_the_reference_is_not():
    stubs = submission.load(ROOT / "assignment/cnn.py", NAMES)
    assert [name for name in NAMES if not stubs.symbols[name].untouched] == []
    solved = submission.load(ROOT / "solutions/cnn.py", NAMES)
    assert [name for name in NAMES if solved.symbols[name].untouched] == []
    assert remarks(stubs) == remarks(solved) == []
    assert [marker.optional for marker in stubs.markers] == [False, False, False, True, False, True, True, True]


@pytest.mark.parametrize(
    "body",
    [
        "pass",
        "...",
        '"""Only words."""',
        "raise NotImplementedError",
        "raise NotImplementedError('later')",
        "return None",
        "return",
        "Z = None\n    return Z",
        "Z = None; cache = (None, None)\n    return Z, cache",
        "(m, n) = None, None\n    assert m == n\n    return m",
        "m = None\n    for i in range(None):\n        for h in range(m):\n            Z[i, h] = None\n    return m",
        (
            "mask: bool = None\n    if mode == 'max':\n        mask += None\n"
            "    elif mode == 'average':\n        pass\n    return mask"
        ),
        "(A, W) = None\n    return A",
        "Z = None\n    cache = (X, pad)\n    return Z, cache",
    ],
)
def test_nothing_written_yet(desk, body):
    assert desk.read(f"def zero_pad(X, pad, mode='max'):\n    {body}\n").symbols["zero_pad"].untouched


@pytest.mark.parametrize(
    "body",
    [
        "return X",
        "return 0",
        "Z = None\n    Z = X * 2\n    return Z",
        "m = X.shape\n    Z = None\n    return Z",
        "print('hi')",
        "Z = np.zeros(3)\n    return None",
        "for i in range(3): pass",
        "X = 0",
        "if f(X): pass",
        "raise ValueError",
        "return {}",
        "import numpy",
        "X.a = None",
        "return []",
        "cache = (X, pad)\n    return cache",
        "cache = (X, pad)\n    return X, cache",
        "Z = None\n    cache = (X, f(pad))\n    return Z, cache",
    ],
)
def test_something_written(desk, body):
    assert not desk.read(f"def zero_pad(X, pad):\n    {body}\n").symbols["zero_pad"].untouched


def test_the_last_definition_counts_with_a_remark(desk):
    student = desk.read("def zero_pad(X, pad):\n    pass\n\ndef zero_pad(X, pad):\n    return X\n")
    assert student.symbols["zero_pad"].line == 4
    assert not student.symbols["zero_pad"].untouched
    assert remarks(student) == [("zero_pad is defined 2 times; the last one, here, counts.", 0, 4)]


@pytest.mark.parametrize(
    ("text", "sentence", "line"),
    [
        ("x = 1\ndef pool_foward(A, h): return A\n", "If pool_foward is meant to be it, rename it to pool_forward", 2),
        ("def poolForward(A, h): return A\n", "If poolForward is meant to be it", 1),
        ("def PoolForward(A, h): return A\n", "If PoolForward is meant to be it", 1),
        ("pool_forwrd = lambda A: A\n", "If pool_forwrd is meant to be it", 1),
        ("class Net:\n    def pool_forward(self, A): return A\n", "pool_forward is a method of class Net", 2),
        ("def f():\n    x = 1\n    def pool_forward(A): return A\n", "pool_forward is indented", 3),
        ("class Net:\n    def pool_foward(self, A): return A\n", "If pool_foward is meant to be it", 2),
    ],
)
def test_nearly_there(desk, text, sentence, line):
    student = desk.read(text)
    ((said, _, where),) = remarks(student)
    assert sentence in said
    assert where == line
    assert student.meant["pool_forward"] == student.remarks[0]


def test_a_function_that_is_there_needs_no_guess(desk):
    assert (
        remarks(
            desk.read(
                "def pool_foward(A): pass\ndef pool_forward(A): return A\nclass N:\n    def pool_forward(self): pass\n"
            )
        )
        == []
    )


def test_one_graded_function_is_never_taken_for_another(desk):
    assert remarks(desk.read("def conv_forward(A): return A\n")) == []


@pytest.mark.parametrize(
    ("comment", "optional"),
    [
        ("# 评分函数:zero_pad", False),
        ("# 评分函数：zero_pad", False),
        ("#评分函数 : zero_pad", False),
        ("## 评分函数(可选):zero_pad", True),
        ("# 评分函数（可选）：zero_pad", True),
        ("# GRADED FUNCTION: zero_pad", False),
        ("# UNQ_C1 (UNIQUE CELL IDENTIFIER, DO NOT EDIT)\n# GRADED FUNCTION: zero_pad", False),
        ("# graded function: zero_pad (15 points)", False),
    ],
)
def test_markers(desk, comment, optional):
    student = desk.read(f"{comment}\ndef helper(): return 1\n\ndef zero_pad(X, pad):\n    return X\n")
    assert [(marker.name, marker.optional) for marker in student.markers] == [("zero_pad", optional)]
    assert remarks(student) == []


def test_a_marker_is_a_comment_and_nothing_else(desk):
    student = desk.read(
        '"""\n# 评分函数:zero_pad\n"""\ns = "# GRADED FUNCTION: zero_pad"\nx = 1  # 评分函数 zero_pad\n'
    )
    assert student.markers == ()


@pytest.mark.parametrize(
    ("text", "sentence", "line"),
    [
        ("x = 1\n# 评分函数:zero_pad\nx = 2\n", "The marker for zero_pad has no function below it.", 2),
        (
            "# 评分函数:zero_pad\ndef pool_forward(A, h): return A\n",
            "The marker says zero_pad, but the function below it is pool_forward.",
            1,
        ),
        (
            "# 评分函数:zero_pad\ndef zero_pad(X, p): return X\n# 评分函数:zero_pad\n",
            "The marker for zero_pad stands here a second time.",
            3,
        ),
        (
            "def zero_pad(X, p): return X\n# 评分函数:zero_pad\n",
            "The marker for zero_pad has no function below it; zero_pad stands elsewhere.",
            2,
        ),
    ],
)
def test_odd_markers_get_a_sentence(desk, text, sentence, line):
    assert (sentence, 0, line) in remarks(desk.read(text))


def test_a_marker_over_a_broken_or_misspelt_function_is_not_complained_of_twice(desk):
    assert remarks(desk.read("# 评分函数:zero_pad\ndef zero_pad(X, p:\n    return X\n")) == []
    assert len(remarks(desk.read("# 评分函数:pool_forward\ndef pool_foward(X, p):\n    return X\n"))) == 1


def test_a_function_without_a_marker_counts(desk):
    assert "zero_pad" in desk.read("def zero_pad(X, p): return X\n").symbols


def test_names_numpy_no_longer_has(desk):
    student = desk.read(
        "import numpy as np\nimport numpy as N\n# np.float\ns = 'np.object'\n"
        "a = np.float32(1)\nb = np.zeros(3, dtype=np.float)\n"
        "c = N.int(3)\nd = np.float(4)\ne = self.np.str\nf = np.linalg.bool\ng = torch.float\nh = np.product([1])\n"
    )
    assert remarks(student) == [
        ("NumPy 1.24 removed np.float; write float.", 0, 6),
        ("NumPy 1.24 removed np.int; write int.", 0, 7),
        ("NumPy 2.0 removed np.product; write np.prod.", 0, 12),
    ]


def test_placeholders_in_loops(desk):
    student = desk.read("def zero_pad(X, pad):\n    m = X.shape\n    for i in range(None):\n        pass\n")
    assert remarks(student) == [("range(None) is still the placeholder; fill it in.", 0, 3)]
    assert not student.symbols["zero_pad"].untouched


def test_remarks_of_a_notebook_name_the_cell(desk):
    student = desk.notebook("x = 1", "# 评分函数:zero_pad\ny = np.float(1)")
    assert [(cell, line) for _, cell, line in remarks(student)] == [(2, 1), (2, 2)]


@pytest.mark.parametrize(
    "condition",
    ['mode is "max"', "mode is not 'average'", "n is 1000", '"max" is mode', 'p["k"] is  "same"', "mode is '''max'''"],
)
def test_a_literal_compared_with_is_is_told(desk, condition):
    student = desk.read(f"def one(mode, n, p):\n    if {condition}:\n        return 1\n")
    said = "Compare with ==, not with is: two equal texts or numbers need not be one and the same object."
    assert remarks(student) == [(said, 0, 2)]


@pytest.mark.parametrize(
    "condition",
    [
        "mode is None",
        "mode is not None",
        "mode is True",
        "a is b",
        'mode == "is max"',
        'f(mode, "x") is None',
        "is1 or 2",
    ],
)
def test_objects_compared_with_is_are_not(desk, condition):
    assert remarks(desk.read(f"def one(mode, a, b, f, is1):\n    return {condition}  # it is 'x'\n")) == []
