"""A rubric that takes several forms, graded: right ones get all points, wrong ones a sentence that fits."""

import pytest
from grading_kit import by_function

from grader import submission
from grader.author.kit.public import public_rubric
from grader.author.kit.sealing import seal_hidden
from grader.errors import RubricError
from grader.grading import for_students, grade, prepare, read
from grader.report import terminal
from grader.rubric import load

HEAD = "title: T\nlanguage: en\nseed: 7\nsubmission: hw.py\nreference: r.py\nproblems:\n  f:\n    points: 40\n"
EIGEN = "import numpy as np\n\n\ndef f(A):\n    w, V = np.linalg.eigh(A)\n    return w, V\n"
PAIRS = "def f(n):\n    return [(a, b) for a in range(n) for b in range(a)]\n"
EIGEN_RUBRIC = """\
    returns: [w, V]
    checks:
      - values: random
        draw: {n: 3..4, A: spd(n)}
        compare: {outputs: {V: {up_to: sign}}}
        visibility: VISIBLE
"""
PAIRS_RUBRIC = """\
    checks:
      - values: random
        draw: {n: 3..5}
        compare: {order: ORDER}
        visibility: VISIBLE
"""
HOLDS = """\
    returns: [w, V]
    checks:
      - values: random
        draw: {n: 3..4, A: spd(n)}
        visibility: VISIBLE
        holds:
          eigenvectors: {that: A @ V == V * w, share: 60%}
          orthonormal: {that: V.T @ V == eye(n), say: Are the columns orthonormal?}
"""


@pytest.fixture
def ready(engine, tmp_path):
    def prepare_text(rubric, reference, **words):
        (tmp_path / "r.py").write_text(reference, "utf-8")
        for word, by in ({"VISIBLE": "hidden"} | words).items():
            rubric = rubric.replace(word, by)
        (tmp_path / "grading.yaml").write_text(HEAD + rubric, "utf-8")
        return prepare(read(tmp_path / "grading.yaml"), engine)

    return prepare_text


@pytest.fixture
def graded(engine, tmp_path):
    def grade_text(prepared, text):
        (tmp_path / "hw.py").write_text(text, "utf-8")
        return grade(prepared, submission.load(tmp_path / "hw.py", ["f"]), engine)

    return grade_text


def of(report):
    return by_function(report)["f"]


def test_eigenvectors_with_other_signs_are_right(ready, graded):
    prepared = ready(EIGEN_RUBRIC, EIGEN)
    assert of(graded(prepared, EIGEN.replace("return w, V", "return w, -V"))).score == 40
    assert (
        of(graded(prepared, EIGEN.replace("return w, V", "return w, V * np.array([1, -1, 1, -1])[: len(w)]"))).score
        == 40
    )
    assert of(graded(prepared, EIGEN.replace("return w, V", "return -w, V"))).score == 20


def test_a_diagnosis_does_not_speak_of_the_form(ready, graded):
    prepared = ready(EIGEN_RUBRIC, EIGEN, VISIBLE="public")
    found = of(graded(prepared, EIGEN.replace("return w, V", "return w, -2 * V")))
    assert "2 times" in found.diagnosis.text("en")
    assert "-2 times" not in found.diagnosis.text("en")
    shown = found.checks[0].cases[0].exhibit
    assert shown.compared.text("en") == "V: columns up to sign"
    assert shown.compared.text("zh") == "V：各列的正负号不计"
    assert (shown.got[1] * shown.want[1] >= 0).all()


@pytest.mark.parametrize("order", ["any", "everywhere"])
def test_items_in_another_order_are_right(ready, graded, order):
    prepared = ready(PAIRS_RUBRIC, PAIRS, ORDER=order)
    assert of(graded(prepared, PAIRS.replace("]\n", "][::-1]\n"))).score == 40
    turned = of(graded(prepared, PAIRS.replace("(a, b)", "(b, a)"))).score
    assert turned == (40 if order == "everywhere" else 0)
    assert of(graded(prepared, PAIRS.replace("]\n", "] + [(1, 0)]\n"))).score == 0


def test_a_public_case_tells_what_is_missing(ready, graded):
    report = graded(
        ready(PAIRS_RUBRIC, PAIRS, ORDER="any", VISIBLE="public"), PAIRS.replace("range(n)", "range(n - 1)")
    )
    text = terminal.render(report, language="en")
    assert "missing   result: (2, 0), (2, 1)" in text
    assert "in any order" in text
    assert "次序不限" in terminal.render(report, language="zh")


def test_a_hidden_case_tells_no_more_than_before(ready, graded):
    report = for_students(graded(ready(PAIRS_RUBRIC, PAIRS, ORDER="any"), PAIRS.replace("range(a)", "range(a - 1)")))
    said = of(report).checks[0].message.text("en")
    assert "items" in said
    assert not any(char.isdigit() for char in said)


def test_conditions_are_judged_one_by_one(ready, graded):
    prepared = ready(HOLDS, EIGEN, VISIBLE="public")
    assert of(graded(prepared, EIGEN)).score == 40
    assert of(graded(prepared, EIGEN.replace("return w, V", "return w[::-1], -V[:, ::-1]"))).score == 40
    long = of(graded(prepared, EIGEN.replace("return w, V", "return w, 2 * V")))
    assert long.score == 24
    said = long.checks[0].cases[0].message.text("en")
    assert said.startswith("`orthonormal` does not hold: V.T @ V == eye(n), but the two sides are up to 3 apart.")
    assert said.endswith("Are the columns orthonormal?")
    assert of(graded(prepared, EIGEN.replace("return w, V", "return None"))).score == 0
    assert of(graded(prepared, "def f(A):\n    return [9][A]\n")).score == 0


def test_a_hidden_condition_tells_its_name_only(ready, graded):
    long = of(for_students(graded(ready(HOLDS, EIGEN), EIGEN.replace("return w, V", "return w, 2 * V"))))
    assert long.checks[0].message.text("en") == "`orthonormal` does not hold. Are the columns orthonormal?"
    assert "holds" not in str(long.checks[0].cases[0].exhibit)


def test_the_reference_must_meet_its_conditions(ready):
    with pytest.raises(RubricError) as caught:
        ready(HOLDS, EIGEN.replace("return w, V", "return w, 2 * V"))
    fault = caught.value.faults[0]
    assert "orthonormal" in fault.message.text("en")
    assert fault.at.line == 16


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("compare: {order: any, up_to: sign}", "do not go together"),
        ("compare: {up_to: [rotation, sign]}", "stands alone"),
        ("compare: {axis: labels}", "Labels may be renamed"),
        ("compare: {axis: rows}", "there is no `up_to`"),
        ("compare: {outputs: {V: {up_to: sign}}}", "does not divide into"),
        ("compare: {up_to: mirror}", "mirror"),
        ("compare: {of: result @ B}", "is not drawn"),
        ("compare: {of: normal(3)}", "at random"),
        ("holds: {}", "a mapping from names"),
        ("holds: {a: {that: result == 1, share: 40%}}", "100%"),
        ("holds: {a: B == 1}", "is not drawn"),
        ("holds: {a: f(x) == 1}", "cannot be called"),
        ("holds: {a: result ==}", "ends too early"),
    ],
)
def test_faults_are_told_at_their_place(ready, written, said):
    rubric = f"    checks:\n      - values: v\n        draw: {{x: normal(3)}}\n        {written}\n"
    with pytest.raises(RubricError) as caught:
        ready(rubric, "def f(x):\n    return x\n")
    assert any(said in fault.message.text("en") and fault.at.line == 12 for fault in caught.value.faults)


def test_the_lines_of_an_example_stand_beside_what_the_handout_says(ready, graded):
    rubric = HOLDS.replace("values: random", "example: shown").replace(
        "visibility: VISIBLE", "show: {w: round(sum(w))}"
    )
    prepared = ready(rubric.replace("A: spd(n)", "A: 2.0 * eye(n)").replace("n: 3..4", "n: 3"), EIGEN)
    (shown,) = of(graded(prepared, EIGEN.replace("return w, V", "return 2 * w, V"))).checks[0].cases
    assert shown.exhibit.handout == (("w", "6", "12"),)


def test_seals_leave_out_what_has_several_forms(ready):
    for rubric, reference in ((EIGEN_RUBRIC, EIGEN), (HOLDS, EIGEN)):
        found = seal_hidden(ready(rubric, reference))
        assert not found.tasks
        assert found.left_out[0].reason.text("en")


@pytest.mark.parametrize(
    ("rubric", "reference", "words"),
    [
        (EIGEN_RUBRIC, EIGEN, {}),
        (EIGEN_RUBRIC.replace("outputs: {V: {up_to: sign}}", 'of: "V @ V.T", rtol: 0.001'), EIGEN, {}),
        (PAIRS_RUBRIC, PAIRS, {"ORDER": "everywhere"}),
        (HOLDS, EIGEN, {}),
        (HOLDS.replace("values:", "example:"), EIGEN, {}),
    ],
)
def test_a_kit_s_rubric_says_the_same(ready, tmp_path, rubric, reference, words):
    plan = ready(rubric, reference, VISIBLE="public", **words).plan
    text = public_rubric(plan.rubric, [("f", "random")], "hw.py")
    (tmp_path / "expected.json").write_text("{}", "utf-8")
    (tmp_path / "kit.yaml").write_text(text, "utf-8")
    again = load(tmp_path / "kit.yaml")
    assert not again.faults
    mine, theirs = plan.rubric.problems[0].checks[0], again.rubric.problems[0].checks[0]
    assert spelt(mine.compare) == spelt(theirs.compare)
    assert [(one.name, one.that.text, one.share, one.says) for one in getattr(mine.demand, "holds", ())] == [
        (one.name, one.that.text, one.share, one.says) for one in getattr(theirs.demand, "holds", ())
    ]


def spelt(rule):
    """Return a rule without the places of its expressions."""
    own = [(name, spelt(each)) for name, each in rule.outputs]
    return rule.order, rule.up_to, rule.axis, rule.rtol, rule.of and rule.of.text, own
