"""Kinds of calls, markers and cells in solved notebooks, each with what must come of it."""

import numpy as np
import pytest
import solved_notebooks as made
from new_kit import convert, kinds, report, run

from grader.author.new.traced import trace

NUMPY = made.code("import numpy as np")
TOTAL = made.code(
    "# GRADED FUNCTION: total\ndef total(x):\n    ### START CODE HERE ###\n    s = x.sum(axis=0)\n"
    "    ### END CODE HERE ###\n    return s"
)


DRAWN = {
    "default_rng": "rng = np.random.default_rng(1)\nx = rng.normal(size=(3, 2))\nprint(total(x))",
    "RandomState": "state = np.random.RandomState(3)\nx = state.rand(3, 2)\nprint(total(x))",
    "in a loop": "for seed in range(2):\n    np.random.seed(seed)\n    print(total(np.random.randn(3, 2)))",
    "by a lambda": "make = lambda n: np.linspace(0, 1, 2 * n).reshape(n, 2)\nprint(total(make(3)))",
    "by a function": "def case():\n    np.random.seed(1)\n    return np.random.randn(3, 2)\nx = case()\ntotal(x)",
    "in a comprehension": "print([total(np.eye(3)[:, :2] * k) for k in (1.5, 2.5)])",
    "in a test": "def check(f):\n    assert f(np.full((3, 2), 0.3)).shape == (2,)\ncheck(total)",
    "with two seeds": "np.random.seed(1)\na = np.random.randn(3, 2)\nnp.random.seed(1)\nb = np.random.randn(3, 2)\n"
    "total(a * b)",
}


def renamed(names):
    """Return a function's name for each of `names`."""
    return {name: f"total_{number}" for number, name in enumerate(names)}


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """Return the checks by kind of call, of one notebook that has a function for each."""
    cells = [NUMPY]
    for name, function in renamed(DRAWN).items():
        cells += [made.code(text.replace("total", function)) for text in (TOTAL["source"], DRAWN[name])]
    checks, _ = convert(tmp_path_factory.mktemp("drawn"), *cells)
    return {name: checks[function] for name, function in renamed(DRAWN).items()}


@pytest.mark.parametrize("name", DRAWN)
def test_inputs_that_code_makes(drawn, name):
    own = kinds(drawn[name])
    assert own.count("values") == 2
    assert "example" in own
    names = {check["values"] for check in drawn[name] if "values" in check}
    assert names == {"same shapes, other numbers", "other shapes"}


def test_numbers_of_a_loop_are_examples_each(tmp_path):
    source = "def rest(n, by):\n    ### BEGIN SOLUTION\n    r = n - by * (n // by)\n    ### END SOLUTION\n    return r"
    loop = "for n, by in [(7.5, 2.0), (9.0, 4.5)]:\n    assert 0 <= rest(n, by) < by"
    checks, said = convert(tmp_path, made.code(source), made.code(loop))
    assert kinds(checks["rest"]) == ["example", "example", "values"]
    assert [check["draw"] for check in checks["rest"][:2]] == [{"n": 7.5, "by": 2.0}, {"n": 9.0, "by": 4.5}]
    assert "cannot be repeated" not in said


CASES = "import numpy as np\n\n\ndef case():\n    np.random.seed(1)\n    return np.random.randn(3, 2)\n"
TESTS = "import numpy as np\n\n\ndef total_test(f):\n    assert f(np.arange(6.0).reshape(3, 2)).shape == (2,)\n"


@pytest.mark.parametrize(
    ("imported", "call", "files"),
    [
        ("from cases import *", "x = case()\nprint(total(x))", {"cases": CASES}),
        ("from cases import case", "total(case())", {"cases": CASES}),
        ("import cases", "total(cases.case())", {"cases": CASES}),
        ("from public_tests import *", "total_test(total)", {"public_tests": TESTS}),
        ("from all_of_it import *", "total(case())", {"all_of_it": "from cases import *\n", "cases": CASES}),
    ],
)
def test_inputs_from_a_module_beside(tmp_path, imported, call, files):
    checks, _ = convert(tmp_path, NUMPY, made.code(imported), TOTAL, made.code(call), **files)
    assert kinds(checks["total"]).count("values") == 2
    assert not (tmp_path / "new" / "assignment" / "cases.py").exists()


def test_a_helper_from_a_star_import_comes_along_by_name(tmp_path):
    tools = "import numpy as np\n\n\ndef squash(z):\n    return np.tanh(z)\n\n\ndef other(z):\n    return z\n"
    source = "# GRADED FUNCTION: neuron\ndef neuron(x):\n    ### START CODE HERE ###\n    a = squash(2 * x)\n"
    cell = made.code(source + "    ### END CODE HERE ###\n    return a")
    checks, _ = convert(tmp_path, NUMPY, made.code("from tools import *"), cell,
                        made.code("neuron(np.array([0.1, 0.2]))"), tools=tools)  # fmt: skip
    assert kinds(checks["neuron"]).count("values") == 2
    assert "from tools import squash\n" in (tmp_path / "new" / "assignment" / "n.py").read_text("utf-8")


def test_what_a_star_module_imports_is_known(tmp_path):
    tools = "import copy\nfrom math import pi\nimport numpy as np\n\n\ndef unused():\n    return 1\n"
    source = "# GRADED FUNCTION: turned\ndef turned(x):\n    ### START CODE HERE ###\n    y = copy.copy(x) + pi\n"
    cell = made.code(source + "    ### END CODE HERE ###\n    return y")
    checks, _ = convert(tmp_path, made.code("from tools import *"), cell,
                        made.code("turned(np.array([0.1, 0.2]))"), tools=tools)  # fmt: skip
    assert kinds(checks["turned"]).count("values") == 2
    reference = (tmp_path / "new" / "solutions" / "n.py").read_text("utf-8")
    assert "import copy\nfrom math import pi\n" in reference
    assert "tools" not in reference


DATA = {
    "np.load": "x = np.load('x.npy')",
    "in a folder": "import os\nx = np.loadtxt(os.path.join('data', 'x.txt'))",
    "open": "with open('./data/x.txt') as file:\n    x = np.array([[float(n) for n in line.split()] for line in file])",
    "by a module": "from tools import rows\nx = rows()",
}


@pytest.mark.parametrize("source", DATA.values(), ids=DATA)
def test_files_of_data_beside_the_notebook_are_read(tmp_path, source):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "x.txt").write_text("0.5 1.5\n2.5 0.1\n1.5 0.7\n", "utf-8")
    np.save(tmp_path / "x.npy", np.array([[0.5, 1.5], [2.5, 0.1], [1.5, 0.7]]))
    tools = "import numpy as np\n\n\ndef rows():\n    return np.genfromtxt('data/x.txt')\n"
    checks, _ = convert(tmp_path, NUMPY, TOTAL, made.code(source), made.code("print(total(x))"), tools=tools)
    assert kinds(checks["total"]).count("values") == 2
    assert kinds(checks["total"]).count("example") == 1


def test_data_behind_a_link_or_outside_the_folder_is_not_read(tmp_path):
    (tmp_path / "course").mkdir()
    (tmp_path / "above.txt").write_text("0.5 1.5\n2.5 0.1\n", "utf-8")
    (tmp_path / "course" / "x.txt").symlink_to(tmp_path / "above.txt")
    for text in ("x = np.loadtxt('x.txt')", "x = np.loadtxt('../above.txt')"):
        path = made.save(tmp_path / "course" / "n.ipynb", NUMPY, TOTAL, made.code(text), made.code("total(x)"))
        done = run(tmp_path, "init", "new", "--from-notebook", str(path), "--lang", "en")
        assert done.returncode == 2
        assert "total: cell 3 stops with FileNotFoundError" in done.stderr


def test_data_that_is_too_large_is_told(tmp_path):
    (tmp_path / "x.bin").write_bytes(bytes((8 << 20) + 8))
    path = made.save(tmp_path / "n.ipynb", NUMPY, TOTAL, made.code("x = np.fromfile('x.bin')"), made.code("total(x)"))
    done = run(tmp_path, "init", "new", "--from-notebook", str(path), "--lang", "en")
    assert done.returncode == 2
    assert "x.bin was not loaded" in " ".join(done.stderr.split())


def test_watching_changes_nothing_for_the_notebook():
    pieces = (
        "import numpy as np\ndef f(x):\n    return x",
        "for size in (2, 3, 4):\n    y = f(np.ones(size))",  # the same statement, with arrays that differ
        "f(y)",
        "loop = []\nloop.append(loop)\nassert f(loop) is loop",
        "class Odd(dict):\n    def __deepcopy__(self, memo):\n        raise KeyError('odd')",
        "def f(x, y=Odd(), z=1):\n    return x",
        "assert f(1, z=2) == 1",
    )
    found = trace(pieces, ["f"], 20.0)
    assert found["failures"] == []
    assert [call.get("from") for call in found["calls"]] == [{}, {}, {}, {"x": [2, -1]}, None, None]
    assert "result" not in found["calls"][4]


def test_why_a_call_stopped_is_told_at_the_cell_that_stopped_first(tmp_path):
    cells = [NUMPY, TOTAL, made.code("x = np.load('gone.npy')"), made.code("y = x + 1"), made.code("total(y)")]
    path = made.save(tmp_path / "n.ipynb", *cells)
    done = run(tmp_path, "init", "new", "--from-notebook", str(path), "--lang", "en")
    assert done.returncode == 2
    assert "total: cell 3 stops with FileNotFoundError" in done.stderr
    assert "data must lie beside the notebook" in done.stderr


def test_one_reason_of_many_functions_is_told_once(tmp_path):
    other = made.code(
        "# GRADED FUNCTION: twice\ndef twice(x):\n    ### START CODE HERE ###\n    y = 2 * x\n"
        "    ### END CODE HERE ###\n    return y\n\n# GRADED FUNCTION: half\ndef half(x):\n"
        "    ### START CODE HERE ###\n    y = x / 2\n    ### END CODE HERE ###\n    return y"
    )
    calls = "import absent_package\nx = absent_package.read()\ntwice(x)\nhalf(x)\ntotal(np.array([0.1, 0.2]))"
    checks, said = convert(tmp_path, NUMPY, TOTAL, other, made.code(calls))
    assert list(checks) == ["total"]
    said = " ".join(said.split())
    assert "No check for twice, half: cell 4 stops with ModuleNotFoundError" in said
    assert said.count("(only what is installed beside the grader can be imported). Add one to grading.yaml.") == 1


def test_a_notebook_that_ends_its_process_is_told_so(tmp_path):
    ends = made.code("import os\nos._exit(1)")
    checks, said = convert(tmp_path, NUMPY, TOTAL, made.code("total(np.array([0.1, 0.2]))"), ends)
    assert kinds(checks["total"]).count("example") == 1
    assert "Running the notebook was ended" in " ".join(said.split())
    assert "Ended the whole program" in " ".join(said.split())


def test_a_function_that_draws_without_a_seed_has_no_check(tmp_path):
    source = (
        "# GRADED FUNCTION: some\ndef some(x):\n    ### START CODE HERE ###\n    y = np.random.permutation(x)[:2]\n"
    )
    cell = made.code(source + "    ### END CODE HERE ###\n    return y")
    checks, said = convert(tmp_path, NUMPY, TOTAL, cell, made.code("x = np.arange(2.0)\nsome(x)\ntotal(x)"))
    assert list(checks) == ["total"]
    assert "No check for some: it returns something else each time" in " ".join(said.split())
    assert run(tmp_path / "new", "check").returncode == 0


def test_a_function_that_returns_nothing_is_told_so(tmp_path):
    source = "# GRADED FUNCTION: step\ndef step(v):\n    ### START CODE HERE ###\n    v += 1\n    ### END CODE HERE ###"
    _, said = convert(tmp_path, NUMPY, TOTAL, made.code(source), made.code("v = np.ones(3)\nstep(v)\ntotal(v)"))
    assert "No check for step: it neither returns nor prints anything" in " ".join(said.split())


def test_what_the_stub_would_pass_and_what_is_public_is_no_check(tmp_path):
    picture = "def picture(n):\n    ### BEGIN SOLUTION\n    sorted(np.arange(n))\n    ### END SOLUTION"
    matrix = "def matrix():\n    ### BEGIN SOLUTION\n    m = np.arange(9)\n    ### END SOLUTION\n    return m"
    hidden = "print(matrix())\n### BEGIN HIDDEN TESTS\nassert len(matrix()) == 9\n### END HIDDEN TESTS"
    checks, said = convert(tmp_path, NUMPY,
                           *map(made.code, (picture, matrix, "picture(3)", hidden)))  # fmt: skip
    assert {function: kinds(own) for function, own in checks.items()} == {"matrix": ["example"]}
    assert "No check for picture: it neither returns nor prints anything" in said
    assert "No hidden check for matrix: no other inputs" in said


def test_outputs_that_the_stub_gives_earn_only_with_the_others(tmp_path):
    source = "# GRADED FUNCTION: f\ndef f(x):\n    ### START CODE HERE ###\n    y = 2 * x\n    ### END CODE HERE ###\n"
    checks, _ = convert(tmp_path, NUMPY, made.code(source + "    cache = (x,)\n    return y, cache"),
                        made.code("y, cache = f(np.array([0.5, 1.5]))\nprint('y =', y)"))  # fmt: skip
    assert kinds(checks["f"]).count("values") == 2


def test_a_statement_that_is_not_python_is_told_at_its_cell_and_the_rest_counts(tmp_path):
    broken = 'np.random.seed(1)\nx = np.random.randn(3, 2)\nr = total(x)\nprint(f"{r["s"]} {r[}")'
    checks, said = convert(tmp_path, NUMPY, TOTAL, made.code(broken))
    assert "Cell 3, line 4:" in said
    assert kinds(checks["total"]).count("values") == 2


def test_a_marker_over_an_import_belongs_to_the_function(tmp_path):
    source = "# GRADED FUNCTION: half\n\nimport math\n\ndef half(x):\n    ### START CODE HERE ###\n    y = x / 2\n"
    convert(tmp_path, made.code(source + "    ### END CODE HERE ###\n    return y"), made.code("half(3.0)"))
    stub = (tmp_path / "new" / "assignment" / "n.py").read_text("utf-8")
    assert stub.index("# GRADED FUNCTION: half\n") > stub.index('"""')
    assert "# GRADED FUNCTION: half\n\ndef half" in stub
    found = report(tmp_path / "new")
    assert found.get("remarks", []) == []


MARKED = {
    "a typo": ("### STRAT CODE HERE ###", "### END CODER HERE ###", 2),
    "no spaces, other case": ("###start code here###", "# end Code  Here", 0),
    "solution and template": ("### SOLUTION", "### TEMPLATE\n    # raise NotImplementedError\n    ### END SOLUTION", 0),
    "nbgrader": ("# YOUR CODE HERE", "", 0),
    "starts and ends": ("# YOUR CODE STARTS HERE", "# YOUR CODE ENDS HERE", 0),
    "a box": ("# TODO: add up", "####\n    #   END OF YOUR CODE   #\n    ####", 0),
    "Chinese": ("### 开始编写代码 ###", "### 结束编写代码 ###", 0),
    "no end": ("### START CODE HERE ###", "", 1),
}


@pytest.fixture(scope="module")
def marked(tmp_path_factory):
    """Return the checks by function, what was said, and the stub, of one notebook that has a function for each kind."""
    folder = tmp_path_factory.mktemp("marked")
    cells = [
        made.code(
            f"# GRADED FUNCTION: {name}\ndef {name}(x):\n    {begin}\n    s = x.sum(axis=0)\n    {end}\n    return s"
        )
        for (begin, end, _), name in zip(MARKED.values(), renamed(MARKED).values(), strict=True)
    ]
    calls = "\n".join(f"{function}(np.array([[0.5, 1.5], [2.5, 0.1]]))" for function in renamed(MARKED).values())
    checks, said = convert(folder, NUMPY, *cells, made.code(calls))
    return checks, said, (folder / "new" / "assignment" / "n.py").read_text("utf-8")


@pytest.mark.parametrize(("number", "name"), [*enumerate(MARKED)], ids=MARKED)
def test_markers(marked, number, name):
    checks, said, stub = marked
    assert kinds(checks[renamed(MARKED)[name]]).count("values") == 2
    assert said.count(f"Cell {number + 2}, line") == MARKED[name][2]
    assert "x.sum" not in stub


def test_large_inputs_are_drawn_small_and_texts_and_flags_vary(tmp_path):
    source = (
        "# GRADED FUNCTION: f\ndef f(X, y, mode='sum', flag=True):\n    ### START CODE HERE ###\n"
        "    s = X.T @ y if mode == 'sum' else X.T @ y / len(y)\n    s = s if flag else -s\n"
        "    ### END CODE HERE ###\n    return s"
    )
    calls = (
        "rng = np.random.default_rng(0)\nX = rng.normal(size=(900, 64))\nf(X, X[:, 0])\nf(X, X[:, 1], 'mean', False)"
    )
    checks, _ = convert(tmp_path, NUMPY, made.code(source), made.code(calls))
    same = next(check for check in checks["f"] if check.get("values") == "same shapes, other numbers")
    assert same["draw"] == {
        "X": "normal(5, 6)", "y": "normal(5)", "mode": "choice('mean', 'sum')", "flag": "choice(True, False)",
    }  # fmt: skip


def test_what_a_rubric_cannot_draw_is_told_with_its_cell(tmp_path):
    body = "    ### START CODE HERE ###\n    y = g(x)\n    ### END CODE HERE ###\n    return y"
    source = f"# GRADED FUNCTION: apply\ndef apply(g, x):\n{body}"
    checks, said = convert(tmp_path, NUMPY, TOTAL, made.code(source), made.code("total(np.eye(2) / 3)"),
                           made.code("apply(np.cbrt, 0.5)"))  # fmt: skip
    assert list(checks) == ["total"]
    assert "No check for apply: cell 5 gives it a function that a rubric cannot write" in said


def test_labels_shares_and_matrices_stay_what_they_are(tmp_path):
    source = (
        "# GRADED FUNCTION: f\ndef f(p, y, A, n):\n    ### START CODE HERE ###\n    s = (p.sum() + A.sum()) * y + n\n"
    )
    call = "f(np.array([[0.2, 0.8], [0.5, 0.5]]), np.array([0, 2, 1, 1]), np.array([[2.0, 1.0], [1.0, 3.0]]), 3)"
    checks, _ = convert(tmp_path, NUMPY, made.code(source + "    ### END CODE HERE ###\n    return s"), made.code(call))
    same = next(check for check in checks["f"] if check.get("values") == "same shapes, other numbers")
    assert same["draw"] == {"p": "probabilities(2, 2)", "y": "labels(4, 3)", "A": "spd(2)", "n": 3}
