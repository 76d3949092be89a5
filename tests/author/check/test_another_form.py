"""`grade check` remarks where a right answer of another form would fail, and says nothing where none would."""

from pathlib import Path

import pytest

from grader.author.check.another_form import another_form_fails
from grader.author.check.checkup import set_up
from grader.grading import read

ROOT = Path(__file__).resolve().parents[3]
HEAD = "title: T\nlanguage: en\nseed: 7\nsubmission: hw.py\nreference: r.py\nproblems:\n  f:\n    points: 4\n"
IMPORTS = "import itertools\n\nimport numpy as np\nfrom numpy.linalg import eigh\n\n\n"


@pytest.fixture
def remarks(engines, tmp_path):
    """Return a function that gives the remarks about a reference's body and a check."""

    def of(body, draw="{n: 3..4, A: spd(n)}", more="", parameters="A"):
        (tmp_path / "r.py").write_text(f"{IMPORTS}def f({parameters}):\n    {body}\n", "utf-8")
        check = f"    checks:\n      - values: v\n        draw: {draw}\n        {more}\n"
        (tmp_path / "grading.yaml").write_text(HEAD + check, "utf-8")
        found = another_form_fails(set_up(read(tmp_path / "grading.yaml"), engines[0]))
        assert found is None or found.holds
        return [] if found is None else [detail.text("en") for detail in found.details]

    return of


@pytest.mark.parametrize(
    "body",
    [
        "return np.linalg.eigh(A)[1]",
        "return eigh(A)[1][:, -1]",
        "return np.linalg.svd(A)[2][:2].T",
        "return np.linalg.qr(A)[1]",
        "w, V = np.linalg.eig(A)\n    return V",
    ],
)
def test_another_sign_would_fail(remarks, body):
    (said,) = remarks(body)
    assert "`compare: {up_to: sign}`" in said
    assert remarks(body, more="compare: {up_to: sign}") == []


@pytest.mark.parametrize(
    "body",
    [
        "return np.linalg.eigh(A)[0]",
        "return abs(np.linalg.eigh(A)[1])",
        "U, S, Vt = np.linalg.svd(A)\n    return U @ Vt",
        "V = eigh(A)[1]\n    return V * np.sign(V[0])",
        "return np.linalg.svd(A, compute_uv=False)",
        "return A.T",
    ],
)
def test_nothing_is_said_where_the_sign_is_settled(remarks, body):
    assert remarks(body) == []


def test_the_output_is_named(remarks):
    said = remarks("return np.linalg.eigh(A)", more="\n    returns: [w, V]")
    assert "`compare: {outputs: {V: {up_to: sign}}}`" in said[0]


@pytest.mark.parametrize(
    ("body", "source"),
    [
        ("return list(set(range(n)))", "set"),
        ("found = {i % 3 for i in range(n)}\n    return list(found)", "set"),
        ("return [list(p) for p in itertools.permutations(range(3), 2)]", "permutations"),
        ("out = list(itertools.combinations(range(n), 2))\n    return out", "combinations"),
    ],
)
def test_another_order_would_fail(remarks, body, source):
    (said,) = remarks(body, draw="{n: 3..4}", parameters="n")
    assert f"`{source}`" in said and "`compare: {order: any}`" in said
    assert remarks(body, draw="{n: 3..4}", parameters="n", more="compare: {order: any}") == []


@pytest.mark.parametrize(
    "body",
    [
        "return sorted(set(range(n)))",
        "return len(set(range(n)))",
        "return [i for i in range(n)]",
        "return list(range(n))",
    ],
)
def test_nothing_is_said_of_an_order_that_is_asked_for(remarks, body):
    assert remarks(body, draw="{n: 3..4}", parameters="n") == []


def test_another_way_to_draw_would_fail(remarks):
    body = "return np.random.default_rng(seed).choice(9, 3, replace=False)"
    (said,) = remarks(body, draw="{seed: 1..9}", parameters="seed")
    assert "`choice`" in said and "holds" in said
    assert remarks(body, draw="{seed: 1..9}", parameters="seed", more='holds: {three: "len(result) == 3"}') == []


SHIPPED = (ROOT / "grading.yaml", *sorted(ROOT.glob("examples/*/grading.yaml")))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.parent.name)
def test_nothing_is_said_of_what_ships(path, engines_of):
    plan = read(path)
    found = another_form_fails(set_up(plan, engines_of(plan)[0]))
    assert found is None, [each.text("en") for each in found.details]
