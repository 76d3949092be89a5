"""What raised is told with the names of the student's own line."""

import traceback

import numpy as np
import pytest

from grader.explain.raised import reason
from grader.explain.scene import scene
from grader.model import Raised, SourceLine

INPUTS = (("A", np.zeros((2, 3))), ("h", {"stride": 2, "pad": 1}))


def raised(text, tmp_path, arguments):
    """Run `f` of the text and return what it raised, as a worker tells it."""
    path = str(tmp_path / "cnn.py")
    names = {}
    exec(compile(text, path, "exec"), names)
    try:
        names["f"](*arguments)
    except Exception as error:
        frames = [each for each in traceback.extract_tb(error.__traceback__) if each.filename == path]
        return Raised(
            type=type(error).__name__,
            message=str(error),
            parents=tuple(each.__name__ for each in type(error).__mro__[1:]),
            frames=tuple(SourceLine(line=each.lineno, function=each.name) for each in frames),
        )
    raise AssertionError("nothing was raised")


@pytest.fixture
def tell(desk, tmp_path):
    """Return a function that runs `f` and returns what a student is told of what it raised."""

    def told(body, *, public=True, head="import numpy as np\n", define="def f(A, h):\n", arguments=None):
        text = head + define + "".join(f"    {line}\n" for line in body.split("\n"))
        student = desk.read(text)
        what = raised(text, tmp_path, [value for _, value in INPUTS] if arguments is None else arguments)
        seen = scene(what, student, "f", given=("A", "h"), inputs=INPUTS, public=public)
        said = reason(seen)
        return said.text("en") if said is not None else None

    return told


REMOVED = [
    ("return np.Inf + A", "NumPy 2.0 removed np.Inf; write np.inf."),
    ("return A.astype(np.string_)", "NumPy 2.0 removed np.string_; write np.bytes_."),
    ("return np.math.sqrt(2)", "NumPy 2.0 removed np.math; write math (import math)."),
    ("return np.asscalar(A[0])", "NumPy 1.23 removed np.asscalar; write a.item()."),
    ("return A.ptp()", "NumPy 2.0 removed `.ptp` of arrays; write `np.ptp(a)`."),
    ("A.itemset(0, 1)", "NumPy 2.0 removed `.itemset` of arrays; write `a[…] = …`."),
    ("return A.tostring()", "NumPy 2.3 removed `.tostring` of arrays; write `a.tobytes()`."),
]


@pytest.mark.parametrize(("body", "expected"), REMOVED)
@pytest.mark.parametrize("public", [True, False])
def test_a_name_that_numpy_removed_is_told_with_its_cure(tell, body, expected, public):
    assert tell(body, public=public) == expected


CASES = [
    # what students leave over
    ("n = None\nZ = np.zeros((2, n))", "`n` is still None; fill in the placeholder in line 3."),
    ("a, b = None, None\nreturn A + b", "`b` is still None; fill in the placeholder in line 3."),
    ("for i in range(None):\n    pass", "This line still has a None in it; put the real value there."),
    ("x = g(A)\nreturn x + 1", "`x` is None: g returns nothing; is its return missing?"),
    (
        "x = [1].append(2)\nreturn x[0]",
        "`x` is None: `.append()` works in place and returns nothing; put it in a line of its own.",
    ),
    ("a, b = g(A)", "g returns nothing; is its return missing?"),
    (
        "s = h.get('f')\nreturn 1 + s",
        "Something in this line is None: is a placeholder left, or a return missing in what is called?",
    ),
    # floats for whole numbers
    (
        "n = (4 - 2) / 2 + 1\nZ = np.zeros((2, n))",
        "`n` is a float, because line 3 divides with `/`; write `//` or `int(…)`.",
    ),
    (
        "n = 4 / 2\nfor i in range(n):\n    pass",
        "`n` is a float, because line 3 divides with `/`; write `//` or `int(…)`.",
    ),
    ("n = 4 / 2\nm = n + 1\nreturn A[:m]", "`m` is a float, because line 3 divides with `/`; write `//` or `int(…)`."),
    ("n = np.floor(4 / 2)\nreturn A[n]", "`n` is a float, because line 3 divides with `/`; write `//` or `int(…)`."),
    (
        "for i in range(4 / 2):\n    pass",
        "`/` gives a float, but a whole number is needed here; write `//` or `int(…)`.",
    ),
    ("n = 2.0\nreturn A[n]", "An index in this line is not a whole number; is it a float or a list?"),
    # names
    ("return hight(A)", "`hight` is not defined; is it misspelt, or is the line missing that sets it?"),
    ("stride = 1\nreturn strid + 1", "`strid` is not defined; did you mean `stride`?"),
    ("return zero_padd(A)", "`zero_padd` is not defined; did you mean `zero_pad`?"),
    ("return math.floor(2.5)", "`math` is not known; is `import math` missing at the top of the file?"),
    ("return lenn(A)", "`lenn` is not defined; did you mean `len`?"),
    (
        "if A is None:\n    x = 1\nreturn x",
        "`x` has no value yet when this line runs; set it above, for example before the loop.",
    ),
    (
        "for i in range(0):\n    s += 1\ns += 1",
        "`s` has no value yet when this line runs; set it above, for example before the loop.",
    ),
    ("return np.zeroes(3)", "`np` has no `zeroes`; did you mean `np.zeros`?"),
    ("return np.xyzzy(3)", "`np` has no `xyzzy`; is it misspelt?"),
    ("return np.float(3)", "NumPy 1.24 removed np.float; write float."),
    ("return A.exp()", "An array has no `.exp`; write `np.exp(A)`."),
    ("return A.shap", "An array has no `.shap`; did you mean `.shape`?"),
    ("return h.stride", '`h` is a dict; write `h["stride"]`.'),
    ("x = (1, 2)\nreturn x.shape", "`x` is a tuple and has no `shape`; make an array of it first: `np.array(…)`."),
    # calls
    ("return zero_pad(A)", "zero_pad is called without pad; it takes `(X, pad)`."),
    ("return zero_pad(A, 1, 2)", "zero_pad is called with too many arguments; it takes `(X, pad)`."),
    ("return zero_pad(A, padd=1)", "zero_pad has no parameter `padd`; did you mean `pad`?"),
    ("return zero_pad(A, 1, X=2)", "zero_pad is given one argument twice; it takes `(X, pad)`."),
    ("return np.pad(A)", "`np.pad` is called with too few arguments."),
    ("return np.sum(A, axes=1)", "sum has no parameter `axes`; did you mean `axis`?"),
    (
        "return np.pad(A, 1, mode='constant', constant_value=0)",
        "pad has no parameter `constant_value`; did you mean `constant_values`?",
    ),
    (
        "B = np.zeros((4, 3))\nB[:] = A[0:-0]",
        "An empty array is assigned to a place of another shape; where does its slice begin and end?",
    ),
    ("return np.zeros(2, 3)", "The shape needs brackets of its own: `np.zeros((…, …))`."),
    ("return np.zeros(2, 3, 4, 5)", "The shape needs brackets of its own: `np.zeros((…, …))`."),
    ("x = A(0)", "`A` is not a function; to take an element of it, write [ ] instead of ( )."),
    ("x = A.shape(0)", "`A.shape` is not a function; to take an element of it, write [ ] instead of ( )."),
    ("x = 2(3)", "Between a number and a bracket a `*` is missing."),
    ("x = ((0, 0)(1, 1))", "Between two brackets a comma is missing."),
    ("sum = 3\nreturn sum(A)", "`sum` is no longer the function: line 3 gives its name to something else."),
    ("return np.zeros[3]", "`np.zeros` is a function; call it with ( ), not [ ]."),
    ("n = 3\nreturn n[0]", "`n` is a single number; it has no elements to take with [ ]."),
    ("n = np.float64(3)\nreturn n[0]", "`n` is a single number; it has no elements to take with [ ]."),
    ("n = 3\nfor i in n:\n    pass", "A number cannot be looped over; write `range(n)`."),
    ("a, b = 3", "Several names stand on the left, but the right side is a single value."),
    # arrays
    ("return A[0, 3]", "`A`: Index 3 is past the end of axis 1, which goes from 0 to 2."),
    (
        "Z = np.zeros((2, 3))\nZ[0, 0, 0] = 1",
        "`Z` (made in line 3): There are 3 indices, but the array has only 2 axes.",
    ),
    ("return A['x']", "`A` is an array, not a dict; it has no key 'x'."),
    (
        "a = 1 / 2\nb = 4 / 2\nreturn a * np.ones((2, b))",
        "`b` is a float, because line 4 divides with `/`; write `//` or `int(…)`.",
    ),
    (
        "a = 1 / 2\nb = 4 / 2\nA[0, 0] = a * np.sum(A[:b])",
        "`b` is a float, because line 4 divides with `/`; write `//` or `int(…)`.",
    ),
    ("n = 2.0\nreturn A[:n]", "A whole number is needed here, but there is a float; write `//` for `/`, or `int(…)`."),
    ("n = [[0]]\nreturn A[0:2, n, 's']", "An index in this line is not a whole number; is it a float or a list?"),
    ("return A[:0][0]", "`A`: Axis 0 is empty, so index 0 is not there."),
    ("return A[0, 0, 0]", "`A`: There are 3 indices, but the array has only 2 axes."),
    ("return A.shape[4]", "`A.shape`: The index is past the end of the list, tuple or text."),
    ("return A + np.ones((4, 4))", "The shapes (2,3) and (4,4) do not fit together."),
    ("A[0] = np.ones(2)", "An array of shape (2,) is assigned to a place of shape (3,)."),
    ("x = A[0]\nx += A", "The left side has the shape (3,), but the result has (2,3)."),
    ("return np.dot(A, A)", "A matrix of shape (2,3) cannot be multiplied by one of shape (2,3)."),
    ("return A @ A", "In this product the inner lengths differ: 3 on the left, 2 on the right."),
    ("return A.reshape(4, 4)", "6 numbers do not fill the shape (4,4)."),
    ("return np.sum(A, axis=2)", "There is no axis 2: the array has 2, counted from 0."),
    (
        "return np.pad(A, ((0, 0), (1, 1), (1, 1)))",
        "np.pad needs one pair (before, after) for every axis of the array.",
    ),
    ("return np.pad(A, -1)", "np.pad cannot pad by a negative number."),
    ("return np.max(A[5:])", "The window is empty; where does its slice begin and end?"),
    ("return np.zeros((-1, 2))", "A size is negative here; check the formula of the shape."),
    ("if A > 1:\n    pass", "A whole array is used as a condition; use np.any or np.all, or one element of it."),
    ("return float(A)", "A whole array stands where one number belongs; is an index or a sum missing?"),
    ("A[0, 0] = A[0]", "A whole array stands where one number belongs; is an index or a sum missing?"),
    (
        "x = np.zeros(3, dtype=int)\nx += 0.5",
        "An array of whole numbers cannot take in floats; make it without dtype=int.",
    ),
    ("(m, n, c) = A.shape", "3 names stand on the left, but 2 values on the right."),
    ("(m,) = A.shape", "There is 1 name on the left, but not as many values on the right."),
    ("return int(np.nan)", "`int()` is given NaN or infinity here."),
    ("return h['strides']", "`h` has no key 'strides'; did you mean 'stride'?"),
    ("return h['f']", "`h` has no key 'f'; its keys are: stride, pad."),
    # the rest
    ("n = 0\nreturn 1 // n", "`n` is 0 here, and something is divided by it."),
    ("return f(A, h)", "f calls itself and never stops."),
    (
        "x = (1, 2)\nreturn x - 1",
        "Lists and tuples cannot be calculated with; make arrays of them first: `np.array(…)`.",
    ),
    ("return 'a' < 1", "`<` does not work between a text and a whole number."),
    ("x = (1, 2)\nx[0] = 3", "A tuple or text cannot be changed in place; make a list or an array of it."),
    ("assert A.shape == (3, 3)", "This assert does not hold: `A.shape == (3, 3)`."),
    (
        "return open('data.h5')",
        "There is no file data.h5 where your work is graded. If it is yours, hand it in together with the code, in a "
        "folder or a .zip.",
    ),
    # names in scope at the line
    ("a_slice_prev = A\nreturn a_slice + 1", "`a_slice` is not defined; did you mean `a_slice_prev`?"),
    ("A_prev_pad = A\na_prev_pad = 1\nreturn A_prevv_pad", "`A_prevv_pad` is not defined; did you mean `A_prev_pad`?"),
    ("x = strid + 1\nstride = 2", "`strid` is not defined; is it misspelt, or is the line missing that sets it?"),
    ("stride = strid + 1", "`strid` is not defined; is it misspelt, or is the line missing that sets it?"),
    ("line = 1\nreturn lenn(A)", "`lenn` is not defined; did you mean `len`?"),
    ("hidden_size = 3\nreturn size * 2", "`size` is not defined; did you mean `hidden_size`?"),
    ("return Sum(A)", "`Sum` is not defined; did you mean `sum`?"),
    # kinds of values
    (
        "m = map(float, [1])\nreturn m[0]",
        "`m` is a map object, which has no index; make a list of it first: `list(…)`.",
    ),
    ("s = {1, 2}\nreturn s[0]", "`s` is a set, which has no index; make a list of it first: `list(…)`."),
    (
        "g = (v for v in A)\nreturn len(g)",
        "`len` is asked of something that gives its values one at a time; make a list of it first: `list(…)`.",
    ),
    ("return len(3)", "`len` is asked of a single number."),
    ("x = [1, 2]\nreturn x.shape", "`x` is a list and has no `shape`; make an array of it first: `np.array(…)`."),
    ("x = {1, 2}\nreturn x.append(3)", "`x` is a set and has no `append`."),
    ("return A.mean * 2", "A function that was not called stands in a calculation here; are its brackets ( ) missing?"),
    (
        "return np(3)",
        "A module stands before the round brackets; is the name of its function missing, as in `random.random()`?",
    ),
    # lists for arrays
    ("x = [1, 2]\nreturn x + 1", "`+` joins lists and tuples; to add numbers, make arrays of them with `np.array(…)`."),
    (
        "x = [1, 2]\nreturn x / 2",
        "Lists and tuples cannot be calculated with; make arrays of them first: `np.array(…)`.",
    ),
    (
        "x = [1, 2]\nreturn x * 0.5",
        "A list or text times a number repeats it; to multiply its numbers, make an array with `np.array(…)`.",
    ),
    (
        "x = [[1, 2]]\nreturn x[0, 1]",
        "A list or tuple takes one index a bracket: write `x[i][j]`, or make an array with `np.array(…)`.",
    ),
    ("x = [1]\nreturn x['a']", "A text is the index here, but what it is taken from is no dict."),
    ("return np.array([[1, 2], [3]])", "The rows that this array is made of have different lengths."),
    ("return {[1]: 2}", "A list, dict, set or array cannot be a key of a dict or an element of a set; use a tuple."),
    (
        "for i in range(A.shape):\n    pass",
        "One whole number is needed here, but there is a tuple; is an index like [0] missing?",
    ),
    ("return max([])", "The largest or smallest of nothing is asked for: the list is empty here."),
    (
        "d = {'a': 1}\nfor k in d:\n    del d[k]",
        "What is looped over is changed inside the loop; loop over `list(…)` of it.",
    ),
    # texts and numbers
    ("return 'a' + 1", "`+` does not work between a text and a number; use an f-string or `str(…)`."),
    ("return float('x')", "A text that is no number is converted to one."),
    ("return np.array(['1']) + 1.0", "An array of texts stands in a calculation; convert it first: `.astype(float)`."),
    # mathematics
    ("import math\nreturn math.exp(A)", "`math.exp` takes one number; for an array write `np.exp`."),
    (
        "import math\nreturn math.log(0)",
        "A function of `math` is given a number for which it is not defined: a root or logarithm of a negative one?",
    ),
    ("import math\nreturn math.exp(1e3)", "The result is too large for a number; does exp or a power overflow?"),
    ("return np.linalg.inv(np.zeros((2, 2)))", "The matrix has no inverse (it is singular)."),
    ("return np.linalg.inv(A)", "Only a square matrix can be inverted or solved with."),
    (
        "return -(A > 0)",
        "`-` does not work with True and False; write `~` or `^`, or make numbers with `.astype(int)`.",
    ),
    ("m, n, c = A.shape", "3 names stand on the left, but 2 values on the right."),
    ("d = {'W1': 1, 'b1': 2}\nreturn d['w1']", "`d` has no key 'w1'; did you mean 'W1'?"),
    ("from numpy import sine", "The module numpy has no sine to import."),
]
HELPERS = "import numpy as np\ndef zero_pad(X, pad):\n    return X\ndef g(A):\n    A = A + 1\n"


@pytest.mark.parametrize(("body", "says"), CASES, ids=[body for body, _ in CASES])
@pytest.mark.filterwarnings("ignore")
def test_the_reason_of_what_raised(tell, body, says):
    helpers = any(name in body for name in ("zero_pad", "g(A)"))
    said = tell(body, head=HELPERS if helpers else "import numpy as np\n")
    assert said == (says.replace("line 3", "line 7") if helpers else says)


def test_numpy_that_is_not_imported(tell):
    assert tell("return np.sum(A)", head="") == (
        "`np` is not known; is `import numpy as np` missing at the top of the file?"
    )


def test_a_name_that_python_could_not_read(desk, tmp_path):
    text = "def f(A):\n    return g(A)\ndef g(A)\n    return A\n"
    student = desk.read(text)
    what = Raised(type="NameError", message="name 'g' is not defined", frames=(SourceLine(line=2, function="f"),))
    seen = scene(what, student, "f", given=("A",), public=True)
    assert reason(seen).text("en") == "g is not there, because Python cannot read it (line 3)."


def test_keys_of_a_dict_that_came_in_a_cache(desk):
    student = desk.read("def f(dA, cache):\n    X, h = cache\n    return h['strides']\n")
    what = Raised(type="KeyError", message="'strides'", frames=(SourceLine(line=3, function="f"),))
    inputs = (("dA", 1.0), ("cache", (np.zeros(2), {"stride": 1})))
    assert "did you mean 'stride'" in reason(scene(what, student, "f", inputs=inputs, public=True)).text("en")
    assert "is it spelt right" in reason(scene(what, student, "f", inputs=inputs)).text("en")


def test_a_def_line_that_takes_other_arguments(tell):
    said = tell("return A", define="def f(A):\n")
    assert said == "f has to take `(A, h)`, but its def line says `(A)`."


@pytest.mark.filterwarnings("ignore")
def test_of_a_hidden_case_nothing_is_repeated_but_the_line(tell):
    for body, _ in CASES:
        if "open" in body or "f(A, h)" in body:
            continue
        said = tell(body, public=False, head=HELPERS)
        for number in ("(2,3)", "axis 1", "to 2", "stride, pad", "array has 2"):
            assert said is None or number not in said, body


@pytest.mark.parametrize(
    ("kind", "message", "line"),
    [
        ("NameError", "name '{}' is not defined", "one + two"),
        ("UnboundLocalError", "cannot access local variable '{}' where it is not associated", "one + two"),
        ("KeyError", "'{}'", "h['one'] + h['two']"),
        ("AttributeError", "'numpy.ndarray' object has no attribute '{}'", "A.one + A.two"),
        ("TypeError", "{}() missing 1 required positional argument: 'x'", "one(1) + two(2)"),
        ("TypeError", "one() got an unexpected keyword argument '{}'", "one(one=1, two=2)"),
        ("ModuleNotFoundError", "No module named '{}' where this is graded", "one.two()"),
    ],
)
def test_what_a_hidden_case_raised_cannot_choose_among_the_names_of_a_line(desk, kind, message, line):
    student = desk.read(f"def one(x):\n    return x\ndef two(x):\n    return x\ndef f(A, h):\n    return {line}\n")
    said = set()
    for word in ("one", "two", "three"):
        what = Raised(type=kind, message=message.format(word), frames=(SourceLine(line=6, function="f"),))
        found = reason(scene(what, student, "f", given=("A", "h")))
        said.add(found.text("en") if found is not None else None)
    assert len(said) == 1


def test_words_of_a_student_are_made_inert(desk):
    student = desk.read("def f(A):\n    return A['\\x1b[2J']\n")
    what = Raised(type="KeyError", message=repr("\x1b[2J"), frames=(SourceLine(line=2, function="f"),))
    assert "\x1b" not in reason(scene(what, student, "f", public=True)).text("en")


def test_exceptions_of_a_students_own_are_left_alone(desk):
    student = desk.read("def f(A):\n    raise E('x')\n")
    what = Raised(type="E", message="x", parents=("Exception",), frames=(SourceLine(line=2, function="f"),))
    assert reason(scene(what, student, "f", public=True)) is None


@pytest.mark.parametrize("line", [-1, 0, 3, 99])
def test_lines_that_are_no_statement(desk, line):
    student = desk.read("def f(A):\n    return A\n\n")
    for kind in ("TypeError", "NameError", "AssertionError", "ZeroDivisionError", "RecursionError", "KeyError"):
        what = Raised(type=kind, message="x", frames=(SourceLine(line=line, function="f"),))
        reason(scene(what, student, "f", public=True))


@pytest.mark.parametrize(
    "line",
    [
        "return A" + ".b" * 900,
        "return A" + "[0]" * 500,
        "return " + "+".join(["A"] * 900),
        "return A + " + ",".join(f"x{n}" for n in range(4_000)),
        "return h / " + "(" * 90 + "A" + ")" * 90,
    ],
    ids=["attributes", "indices", "sum", "names", "brackets"],
)
@pytest.mark.parametrize("kind", ["TypeError", "NameError", "AttributeError", "ZeroDivisionError", "IndexError"])
def test_monstrous_lines_cost_a_sentence_at_most(desk, line, kind):
    student = desk.read(f"def f(A, h):\n    {line}\n")
    messages = {
        "TypeError": "'float' object cannot be interpreted as an integer",
        "NameError": "name 'x1' is not defined",
        "AttributeError": "'numpy.ndarray' object has no attribute 'b'",
        "IndexError": "index 3 is out of bounds for axis 0 with size 2",
    }
    what = Raised(type=kind, message=messages.get(kind, ""), frames=(SourceLine(line=2, function="f"),))
    for public in (True, False):
        said = reason(scene(what, student, "f", public=public))
        assert said is None or len(said.text("en")) < 400


def test_values_that_depend_on_one_another_come_to_an_end(desk):
    lines = "".join(f"    x{n} = x{(n * 7 + 1) % 40} + x{(n * 3 + 2) % 40} + x{n}\n" for n in range(40)) * 5
    student = desk.read(f"def f(A, h):\n{lines}    return range(x1)\n")
    what = Raised(
        type="TypeError",
        message="'float' object cannot be interpreted as an integer",
        frames=(SourceLine(line=202, function="f"),),
    )
    assert "A whole number is needed" in reason(scene(what, student, "f")).text("en")


def test_foreign_spaces_in_a_notebook_are_found_in_their_cell(desk):
    student = desk.notebook("import numpy as np", "x = 1\ndef zero_pad(X, pad):\n    x = X\n\u3000\u3000return x\n")
    (broken,) = student.broken
    assert (broken.function, broken.at.cell, broken.at.line, broken.at.column) == ("zero_pad", 2, 4, 1)
