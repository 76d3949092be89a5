"""What does not parse costs only itself."""

import ast

import pytest
from submission_desk import remarks

from grader import submission
from grader.language import inert

BEFORE = "import numpy as np\n\n# 评分函数:zero_pad\ndef zero_pad(X, pad):\n    return X\n\n\n"
AFTER = "\n\n# 评分函数:pool_forward\ndef pool_forward(A_prev, hparameters, mode='max'):\n    return A_prev\n"


@pytest.mark.parametrize(
    ("function", "caret", "says"),
    [
        ("def conv_forward(A, W, b, h)\n    return A\n", (1, 29), "A colon is missing"),
        (
            (
                "def conv_forward(A, W, b, h):\n    Z = np.zeros((1, 2)\n    for i in range(3):\n"
                "        Z += 1\n    return Z\n"
            ),
            (2, 17),
            "never closed",
        ),
        ("def conv_forward(A, W, b, h):\n    return A)\n", (2, 13), "never opened"),
        ("def conv_forward(A, W, b, h):\n    return [A)\n", (2, 14), "another kind"),
        ("def conv_forward(A, W, b, h):\n    print 'x', A\n    return A\n", (2, 5), "write `print('x', A)`."),
        ("def conv_forward(A, W, b, h):\n\tif A:\n        return A\n", (3, 9), "Tabs and spaces are mixed"),
        ("def conv_forward(A, W, b, h):\n    for i in range(3):\n    return A\n", (3, 5), "must be indented"),
        ("def conv_forward(A, W, b, h):\n    x = 1\n      y = 2\n    return A\n", (3, 7), "indented further"),
        (
            "def conv_forward(A, W, b, h):\n    if A:\n        x = 1\n      y = 2\n    return A\n",
            (4, 7),
            "matches no line above",
        ),
        ("def conv_forward(A, W, b, h):\n    s = 'abc\n    return A\n", (2, 9), "not closed on its line"),
        ("def conv_forward(A, W, b, h):\n    if A = 1:\n        return A\n", (2, 8), "write =="),
        ("def conv_forward(A, W, b, h):\n    Z = [1 2]\n    return A\n", (2, 10), "comma or an operator"),
        (
            "def conv_forward(A, W, b, h):\n<<<<<<< HEAD\n    return A\n=======\n    return W\n>>>>>>> x\n",
            (2, 1),
            "merge conflict",
        ),
        (
            "def conv_forward（A, W, b, h):\n    return A\n",
            (1, 17),
            "`（` is full-width; switch the input method to English and write `(`.",
        ),
        ("def conv_forward(A, W, b, h)：\n    return A\n", (1, 29), "`：` is full-width"),
        ("def conv_forward(A， W, b, h):\n    return A\n", (1, 19), "`，` is full-width"),
        (
            "def conv_forward(A, W, b, h):\n    s = “max”\n    return A\n",
            (2, 9),
            '“` is not the character that Python expects; write `"`',
        ),
        ("def conv_forward(A, W, b, h):\n    x =\u3000A\n    return A\n", (2, 8), "full-width space here (U+3000)"),
        (
            "def conv_forward(A, W, b, h):\n    x =\u00a0A\n    return A\n",
            (2, 8),
            "a space here that Python does not know",
        ),
        ("def conv_forward(A, W, b, h):\n    x =\u200bA\n    return A\n", (2, 8), "invisible character here (U+200B)"),
        ("def conv_forward(A, W, b, h):\n    x = A\n\ufeff    return x\n", (3, 1), "invisible character here (U+FEFF)"),
        ("def conv_forward(A, W, b, h):\n    x = A［0］\n    return x\n", (2, 10), "`［` is full-width"),
        ("def conv_forward(A, W, b, h):\n    x = １２\n    return x\n", (2, 9), "`１２` is full-width"),
        ("def conv_forward(A, W, b, h):\n    x = A ＊ 2\n    return x\n", (2, 11), "write `*`"),
        ("def conv_forward(A, W, b, h):\n    ｒｅｔｕｒｎ A\n", (2, 5), "write `return`"),
        ("def conv_forward(A, W, b, h):\n    x = A − 2\n    return x\n", (2, 11), "write `-`"),
        ("def conv_forward(A, W, b, h):\n    x = A ¤ 2\n    return x\n", (2, 11), "`¤` has no meaning in Python"),
        ("def conv_forward(A, W, b, h):\n    x = A\x07\n    return x\n", (2, 10), "invisible character here (U+0007)"),
        ("def conv_forward（A，W，b，h）：\n    return A\n", (1, 17), "5 more places need the same"),
        ("def\u3000conv_forward(A, W, b, h):\n    return A\n", (1, 4), "full-width space here (U+3000)"),
        ("\ufeffdef conv_forward(A, W, b, h):\n    return A\n", (1, 1), "invisible character here (U+FEFF)"),
        (
            "def conv_forward(A, W, b, h):\n    x = A\n\u3000\u3000\u3000\u3000return x\n",
            (3, 1),
            "indented with full-width",
        ),
        (
            "def conv_forward(A, W, b, h):\n\u3000\u3000x = A\n\u3000\u3000return x\n",
            (2, 1),
            "1 more place needs the same",
        ),
        (
            "def conv_forward(A, W, b, h):\n    x = A\n\u00a0\u00a0\u00a0\u00a0return x\n",
            (3, 1),
            "does not know (U+00A0",
        ),
        ("def conv_forward(A, W, b, h):\n    x = A\n    \u3000return x\n", (3, 5), "indented with full-width"),
        ("def conv_forward(A, W, b, h):\n    x = A\n\u3000\n    return x\n", (3, 1), "full-width spaces"),
        ("def conv_forward(A, W, b, h):\n    x = A\n＃ 然后\n    return x\n", (3, 1), "write `#`"),
        ("def conv_forward(A, W, b, h):\n    x = A\n  \ty = 1\n    return x\n", (3, 4), "Tabs and spaces are mixed"),
        ("def conv_forward(A, W, b, h):\n    x = " + "9" * 5000 + "\n    return A\n", (2, 1), "far too many digits"),
    ],
)
def test_one_broken_function_costs_only_itself(desk, function, caret, says):
    student = desk.read(BEFORE + function + AFTER)
    assert set(student.symbols) == {"zero_pad", "pool_forward"}
    (broken,) = student.broken
    assert broken.function == "conv_forward"
    assert says in broken.hint.text("en")
    assert (broken.at.line - 7, broken.at.column) == caret
    assert broken.line_text == inert((BEFORE + function + AFTER).split("\n")[broken.at.line - 1])
    assert remarks(student) == []


def test_the_blanked_text_parses_and_keeps_every_line(desk):
    text = BEFORE + "def conv_forward(:\n    return 1\n" + AFTER
    student = desk.read(text)
    ast.parse(student.source.text)
    assert student.original == text
    assert student.source.text.count("\n") == text.count("\n")
    assert student.symbols["pool_forward"].line == 13
    assert (student.broken[0].line, student.broken[0].end_line) == (8, 9)


@pytest.mark.parametrize("above", ["\\", "x = 1; \\", "\\\n\\", "y = 5  # in C:\\"])
def test_a_return_at_the_margin_leaves_no_backslash_behind(desk, above):
    student = desk.read(f"def zero_pad(X, pad):\n    return X\n{above}\nreturn X")
    ast.parse(student.source.text)
    (broken,) = student.broken
    assert broken.line_text == "return X" and "zero_pad" in student.symbols
    assert ("y = 5" in student.source.text) is ("y" in above)


@pytest.mark.parametrize(
    "slipped",
    ["b = 2\nc = 3\n", "print 'b'\n", "b = = 2\n", "b = 2\n\nprint(b)\n", "（b）\n", "\u200bb = 2\n"],
)
def test_lines_at_the_margin_never_cut_a_function_short(desk, slipped):
    student = desk.read(
        f"def zero_pad(X, pad):\n    a = 1\n{slipped}    return a\n\n\ndef distribute_value(dz, shape):\n    pass\n"
    )
    assert {broken.function for broken in student.broken} == {"zero_pad"}
    assert set(student.symbols) == {"distribute_value"}


@pytest.mark.parametrize("head", ["for i in X:", "if X:", "while X:"])
def test_a_loop_at_the_margin_does_not_cut_the_function_above(desk, head):
    student = desk.read(
        f"def zero_pad(X, pad):\n    a = 1\n{head}\n        a = 2\n    return a\n\n"
        "def distribute_value(dz, shape):\n    return dz\n"
    )
    assert set(student.symbols) == {"distribute_value"}
    (broken,) = student.broken
    assert (broken.function, broken.at.line) == ("zero_pad", 3)
    assert "slipped to the margin" in broken.hint.text("en")


def test_a_broken_loop_outside_functions_costs_only_itself(desk):
    student = desk.read("def zero_pad(X, pad):\n    return X\n\nfor i in a:\n        b = 1\n    c = 2\nd = 3\n")
    assert set(student.symbols) == {"zero_pad"}
    assert [(broken.function, broken.line, broken.end_line) for broken in student.broken] == [("", 4, 6)]


def test_an_early_return_does_not_end_a_function(desk):
    student = desk.read("def zero_pad(X, pad):\n    if pad:\n        return X\n    a = 1\nb = 2\nc = 3\n    return a\n")
    assert student.symbols == {}
    assert [broken.at.line for broken in student.broken] == [5]


def test_what_stands_in_a_loop_at_the_margin_does_not_cost_the_statements_between(desk):
    student = desk.read("for i in a:\n    b = 1\nc = 2\ndef zero_pad(X, pad):\n    return X\nd = 3\n    e = 4\n")
    assert set(student.symbols) == {"zero_pad"}
    assert [broken.line for broken in student.broken] == [7]


def test_a_function_that_returned_is_not_broken_by_what_stands_further_down(desk):
    student = desk.read("def zero_pad(X, pad):\n    return X\n\nx = 3\nprint(x)\n    y = 2\n")
    assert set(student.symbols) == {"zero_pad"}
    assert [broken.line for broken in student.broken] == [6]


@pytest.mark.parametrize("inside", ["'（，：　）'", "1  # （，：　）", '"""（\n　，"""', "f'（，：　）'"])
def test_full_width_characters_in_strings_and_comments_are_welcome(desk, inside):
    student = desk.read(f"def zero_pad(X, pad):\n    x = {inside}\n    return X\n\nprint 'a'\n")
    assert "zero_pad" in student.symbols
    assert [broken.function for broken in student.broken] == [""]


def test_names_may_hold_full_width_letters_and_digits(desk):
    student = desk.read("def zero_pad(Ｘ, pad１):\n    return Ｘ\n")
    assert student.broken == ()


def test_a_line_that_slipped_to_the_margin_breaks_the_function_above(desk):
    student = desk.read(
        "def zero_pad(X, pad):\n    a = 1\nb = 2\n    return a + b\n\n\n"
        "def distribute_value(dz, shape):\n    return dz\n"
    )
    assert [broken.function for broken in student.broken] == ["zero_pad"]
    assert (student.broken[0].at.line, student.broken[0].at.column) == (3, 1)
    assert "slipped to the margin" in student.broken[0].hint.text("en")
    assert set(student.symbols) == {"distribute_value"}


def test_indented_lines_after_an_import_leave_the_import(desk):
    student = desk.read("import numpy as np\n    x = 1\ndef zero_pad(X, pad):\n    return np.pad(X, pad)\n")
    assert "import numpy as np" in student.source.text
    assert "zero_pad" in student.symbols
    assert (student.broken[0].line, student.broken[0].end_line) == (2, 2)


def test_a_return_at_the_margin_is_pointed_at_and_the_function_stays(desk):
    student = desk.read(
        "def zero_pad(X, pad):\n    Y = X\nreturn Y\n\ndef distribute_value(dz, shape):\n    return dz\n"
    )
    assert set(student.symbols) == {"zero_pad", "distribute_value"}
    assert "outside its function" in student.broken[0].hint.text("en")
    assert "return Y" not in student.source.text


def test_broken_statements_between_functions(desk):
    student = desk.read(
        "print 'start'\ndef zero_pad(X, pad):\n    return X\nprint zero_pad(1, 2)\n"
        "x = = 3\ndef distribute_value(dz, shape):\n    return dz\n"
    )
    assert set(student.symbols) == {"zero_pad", "distribute_value"}
    assert [broken.line for broken in student.broken] == [1, 4, 5]


def test_decorators_and_continued_statements_stay_whole(desk):
    student = desk.read(
        "import functools\n@functools.lru_cache(\n    maxsize=None,\n)\n@staticmethod\n"
        "def zero_pad(X, pad):\n    return X\nif 1:\n    pass\n"
        "elif 2:\n    pass\nelse:\n    pass\nx = 1 + \\\n2\ny = [\n1,\n]\nz z\n"
    )
    assert [broken.line for broken in student.broken] == [19]
    assert "zero_pad" in student.symbols


def test_a_definition_inside_a_long_string_is_no_border(desk):
    student = desk.read(
        'def zero_pad(X, pad):\n    """Doc\ndef conv_forward(A):\n    """\n'
        "    return X X\ndef distribute_value(dz, shape): return dz\n"
    )
    assert set(student.symbols) == {"distribute_value"}
    assert (student.broken[0].line, student.broken[0].end_line) == (1, 5)


@pytest.mark.parametrize(
    "bomb",
    [
        "x = " + "-" * 60_000 + "1",
        "x = a" + ".b" * 30_000,
        "x = 1" + " + 1" * 30_000,
        "x = " + "(" * 5000 + ")" * 5000,
        "x = " + "not " * 30_000 + "1",
        "x = " + "1 if a else " * 12_000 + "1",
        "x = " + "lambda: " * 30_000 + "1",
        "if a:\n pass\n" + "elif a:\n pass\n" * 5000,
        "x = '" + "a" * 500_000,
        "x = f'" + "{" * 3000,
        "".join(" " * depth + "if a:\n" for depth in range(200)) + " " * 200 + "pass",
    ],
    ids=["minus", "attributes", "plus", "brackets", "not", "ternary", "lambda", "elif", "string", "fields", "blocks"],
)
def test_depth_bombs_cost_only_themselves(desk, bomb):
    student = desk.read(
        f"def zero_pad(X, pad):\n    return X\n\n{bomb}\n\ndef distribute_value(dz, shape):\n    return dz\n"
    )
    assert {"zero_pad", "distribute_value"} <= set(student.symbols)


def test_warnings_of_the_parser_are_silent(desk, recwarn):
    desk.read('x = "\\d"\nassert (1, "x")\ny = 1 is 1\n')
    assert not recwarn.list


@pytest.mark.parametrize(
    ("function", "says"),
    [
        ("def conv_forward(A):\n    s = 'abc\n    return A\n", "unterminated string literal"),
        (
            "def conv_forward(A):\n    for i in A:\n    return A\n",
            "expected an indented block after 'for' statement on line 9",
        ),
        ("def conv_forward(A):\n    x = [\n    1)\n    return A\n", "does not match opening parenthesis '[' on line 9"),
    ],
)
def test_pythons_own_words_name_the_lines_of_the_file(desk, function, says):
    (broken,) = desk.read(BEFORE + function + AFTER).broken
    assert broken.message.endswith(says)


def test_pythons_own_words_name_the_lines_of_the_cell(desk):
    student = desk.notebook("import numpy as np\n", "x = 1\ndef zero_pad(X, pad):\n    for i in X:\n    return X\n")
    assert student.broken[0].message.endswith("on line 3")
    assert (student.broken[0].at.cell, student.broken[0].at.line) == (2, 4)


def test_excerpts_are_inert_and_of_the_text_as_written(desk):
    student = desk.read("x = '\x1b[2J'\n%matplotlib inline\n")
    assert submission.line(student, student.source.span(1)) == r"x = '\x1b[2J'"
    assert submission.line(student, student.source.span(2)) == "%matplotlib inline"
    assert submission.line(student, student.source.span(99)) == ""


def test_a_line_of_one_full_width_space_costs_only_itself(desk):
    student = desk.read("\n\u3000\n\ndef zero_pad(X, pad):\n    return X\n")
    assert "zero_pad" in student.symbols
    assert [broken.line for broken in student.broken] == [2]


def test_broken_statements_that_cost_nothing_are_told(desk):
    student = desk.read("x = 1\nprint 'a'\ndef zero_pad(X, pad):\n    return X\ndef conv_forward(:\n    pass\n")
    assert remarks(student) == [
        ("Python cannot read this, so it was left out: This is Python 2; in Python 3 write `print('a')`.", 0, 2)
    ]
