# ruff: noqa: E501 - a case of a table stays on its line
"""Every fault of a draw is found without drawing, with the text under the caret."""

import os
import subprocess
import sys

import pytest
from cases_kit import REFERENCE, SIGNATURES, rubric, shown, signature, write

from grader.checks.drawing import examine
from grader.rubric import load


def found(tmp_path, problems, **options):
    return [shown(fault) for fault in examine(rubric(tmp_path, problems, **options), SIGNATURES)]


def line(tmp_path, text):
    """Return the faults of one line of a draw, after m, h and X are drawn."""
    problems = f"""
    scale:
      checks:
        - values: v
          draw:
            m: 1..3
            h: 2
            X: {text}
            late: 3
    """
    return found(tmp_path, problems)


def test_a_sound_draw_has_no_faults(tmp_path):
    assert line(tmp_path, "normal(m, *(h, 2)) * uniform(-1, 1) + loss(y=constant(pi, 2))") == []


@pytest.mark.parametrize(
    ("text", "under", "message", "hint"),
    [
        ("normal(m, hh)", "hh", "`hh` is not drawn.", "Did you mean `h`?"),
        ("normal(m, late)", "late", "`late` is used before it is drawn, in line 16.", None),
        ("normal(m, X)", "X", "`X` is used before it is drawn, in line 15.", None),
        ("average", "average", "`average` is not drawn.", "A text needs quotes of its own: '\"average\"'."),
        ("max", "max", "`max` is a function, not a value.", "A text needs quotes of its own: '\"max\"'."),
        ("scale", "scale", "`scale` is a function, not a value.", "A text needs quotes of its own: '\"scale\"'."),
        ("nromal(m, h)", "nromal", "There is no function `nromal`.", "Did you mean `normal`?"),
        ("2 * afine(m)", "afine", "There is no function `afine`.", "Did you mean `affine`?"),
        ("h(3)", "h", "`h` is a value, not a function.", None),
        ("1 + permutation(m, 2)", "permutation(m, 2)", "`permutation` takes 1 argument, not 2.", None),
        ("uniform(1)", "uniform(1)", "`uniform` takes at least 2 arguments, not 1.", None),
        ("round(m, 2, 3)", "round(m, 2, 3)", "`round` takes 1 to 2 arguments, not 3.", None),
        ("normal(size=m)", "normal(size=m)", "`normal` takes its arguments by position.", None),
        ("randn(m)", "randn(m)", "`randn` needs a `legacy_seed`.", "Write `normal` or `uniform`, or give the check a `legacy_seed`."),
        ("affine(m, h)", "affine(m, h)", "`affine` also needs `b`.", "The reference has affine(X, W, b)."),
        ("scale(m, h, 3)", "scale(m, h, 3)", "`scale` takes 1 to 2 arguments, not 3.", None),
        ("scale(m, fctor=2)", "scale(m, fctor=2)", "`scale` takes no `fctor` here.", "The reference has scale(X, factor)."),
        ("scale(m, X=2)", "scale(m, X=2)", "`scale` takes no `X` here.", "The reference has scale(X, factor)."),
        ("normal(m, (h)", "(", "This `(` is never closed.", None),
        ("normal(m，h)", "，", "`，` has no place in an expression.", "Use half-width signs: , ( ) : instead of ， （ ） ：."),
        ("np.random.randn(m, h)", "np.random.randn(m, h)", "A function is called by its name alone.", "Write `randn(…)`."),
    ],
)  # fmt: skip
def test_a_faulty_line_is_pointed_at(tmp_path, text, under, message, hint):
    assert line(tmp_path, text) == [(under, message, hint)]


def test_several_faults_of_one_line_come_from_left_to_right(tmp_path):
    assert [under for under, _, _ in line(tmp_path, "normal(mm) + hh * nrmal(late)")] == ["mm", "hh", "nrmal", "late"]


def test_columns_in_quotes_after_chinese_and_in_flow(tmp_path):
    problems = """
    label:
      checks:
        - values: v
          draw: {text: '"数据" + wrod', times: 1, k: [1, {深: "2 * tims"}]}
    """
    assert found(tmp_path, problems) == [
        ("wrod", "`wrod` is not drawn.", "A text needs quotes of its own: '\"wrod\"'."),
        ("tims", "`tims` is not drawn.", "Did you mean `times`?"),
    ]


def test_without_a_place_in_the_line_the_whole_is_pointed_at(tmp_path):
    problems = """
    label:
      checks:
        - values: v
          draw:
            text: "\\"a\\" + b"
            times: >-
              1 +
              tims
    """
    faults = examine(rubric(tmp_path, problems), SIGNATURES)
    assert [(shown(fault)[1], fault.at.line) for fault in faults] == [
        ("`b` is not drawn.", 13),
        ("`tims` is not drawn.", 14),
    ]


def test_where_and_show_and_options_draw_nothing(tmp_path):
    problems = """
    scale:
      returns: {Z: 100%}
      checks:
        - example: e
          legacy_seed: 1
          draw: {X: randn(2), m: 2}
          where: randn() < 1 or 1..3 == mm
          show: {a: mean(X) + normal(), b: Z.shape, c: result, d: scale(X), e: zz}
        - properties: [shape: {Z: "(1..3, mm)", Y: 2}]
          draw: {X: normal(2), m: 1..2}
    """
    nothing = "Nothing can be drawn at random here."
    assert sorted(found(tmp_path, problems), key=str) == [
        ("1..3", nothing, None),
        ("1..3", nothing, None),
        ("mm", "`mm` is not drawn.", "Did you mean `m`?"),
        ("mm", "`mm` is not drawn.", "Did you mean `m`?"),
        ("normal()", nothing, None),
        ("randn()", nothing, None),
        ("scale(X)", "The reference cannot be called here.", None),
        ("shape", "`Y` is not an output of this function.", None),
        ("zz", "`zz` is not drawn.", "Did you mean `Z`?"),
    ]


def test_parameters_must_be_drawn(tmp_path):
    problems = """
    affine:
      checks:
        - values: v
          draw: {X: normal(2), w: normal(2)}
    label:
      checks:
        - values: defaults
          draw: {text: text(2), times: 2}
        - values: gap
          draw: {times: 3, sep: '"-"'}
    """
    assert [fault[1:] for fault in found(tmp_path, problems)] == [
        ("`affine` takes `W`, which is never drawn.", "Did you mean `w`?"),
        ("`affine` takes `b`, which is never drawn.", None),
        ("`label` takes `text`, which is never drawn.", None),
    ]


def test_a_missing_parameter_is_said_once_where_the_draw_begins(tmp_path):
    problems = """
    label:
      checks:
        - values: v
          draw: {text: text(2)}
        - properties: [deterministic]
        - values: w
          like: v
          draw: {text: text(3)}
    scale:
      checks:
        - values: other
          like: label.v
    """
    faults = examine(rubric(tmp_path, problems), SIGNATURES)
    assert [(fault.at.line, shown(fault)[1]) for fault in faults] == [
        (12, "`label` takes `times`, which is never drawn."),
        (20, "`scale` takes `X`, which is never drawn."),
    ]


def test_a_default_before_a_drawn_parameter_must_be_drawn(tmp_path):
    def three(a, b=1, c=2):
        return a, b, c

    loaded = rubric(tmp_path, "three:\n  checks: [{values: v, draw: {a: 1, c: 2}}]\n")
    (fault,) = examine(loaded, {"three": signature(three)})
    assert fault.message.text("en") == "`b` must be drawn too, for it comes before other arguments."


def test_a_function_the_reference_lacks(tmp_path):
    problems = "afine:\n  checks: [{values: v, draw: {x: 1}}]\n"
    assert found(tmp_path, problems) == [
        ("afine", "The reference has no function `afine`.", "Did you mean `affine`?"),
    ]


GRADIENT = """
loss_backward:
  checks:
    - gradient: numeric
      of: {of}
      wrt: {{dy: {name}}}
      upstream: {upstream}
      draw: {{y: normal(3), one: 1.0}}
"""


@pytest.mark.parametrize(
    ("of", "name", "upstream", "expected"),
    [
        ("loss(y)", "y", "one", []),
        ("sum(y)", "y", "one", [("sum(y)", "`of` must be a call of a function of the reference.")]),
        ("loss(y) + 1", "y", "one", [("loss(y) + 1", "`of` must be a call of a function of the reference.")]),
        ("loss(yy)", "y", "one", [("yy", "`yy` is not drawn.")]),
        ("loss(y)", "one", "one", [("", "`wrt` names `one`, but `of` does not depend on it.")]),
        ("loss(y)", "y", "dL", [("", "`upstream` is `dL`, which is not drawn.")]),
        ("loss(y", "y", "one", [("(", "This `(` is never closed.")]),
        ("loss(normal(3))", "y", "one", [("normal(3)", "Nothing can be drawn at random here.")]),
    ],
)  # fmt: skip
def test_gradients(tmp_path, of, name, upstream, expected):
    faults = found(tmp_path, GRADIENT.format(of=of, name=name, upstream=upstream))
    own = [(under if under not in ("gradient", "numeric") else "", message) for under, message, _ in faults]
    assert sorted(own) == sorted(expected)


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("deterministic", []),
        ("samples_independent: {over: [X, h]}", []),
        ("linear_in: {argument: X, outputs: [Z]}", []),
        ("dtype: {Z: float64, result: int}", []),
        ("finit", [("finit", "There is no property `finit`.", "Did you mean `finite`?")]),
        ("finite: {over: X}", [("finite", "`finite` has no option `over`.", None)]),
        (
            "samples_independent: {ovr: X}",
            [("samples_independent", "`samples_independent` has no option `ovr`.", "Did you mean `over`?")],
        ),
        ("samples_independent: {over: XX}", [("XX", "`XX` is not known here.", "Did you mean `X`?")]),
        ('samples_independent: {over: "X + 1"}', [("X + 1", "`over` must be a name, or a list of names.", None)]),
        ("linear_in", [("linear_in", "`linear_in` needs the option `argument`.", None)]),
        ("depends_on: {argument: Q}", [("Q", "`Q` is not known here.", None)]),
        ("linear_in: {argument: Q}", [("Q", "`Q` is not known here.", None)]),
        ("linear_in: {argument: X, outputs: [z]}", [("[z]", "`z` is not known here.", "Did you mean `Z`?")]),
        ("shape", [("shape", "`shape` needs the name of an output.", "As in `shape: {result: …}`.")]),
        ("shape: {Q: 3}", [("shape", "`Q` is not an output of this function.", None)]),
        ("dtype: {Z: flaot64}", [("flaot64", "A dtype is needed here, as `float64` or `float`.", "Did you mean `float64`?")]),
        ("dtype: {Z: 3}", [("3", "A dtype is needed here, as `float64` or `float`.", None)]),
    ],
)  # fmt: skip
def test_properties(tmp_path, stated, expected):
    problems = f"""
    scale:
      returns: {{Z: 100%}}
      checks:
        - properties: [{stated}]
          draw: {{h: 2, X: "normal(h, 2)"}}
    """
    assert found(tmp_path, problems) == expected


def test_an_authors_generator_may_draw_any_name(tmp_path):
    problems = """
    scale:
      checks:
        - values: v
          generator: made
          where: n > 0
          draw: {factor: n + nromal(2)}
        - properties: [samples_independent: {over: X}]
          generator: made
    """
    assert found(tmp_path, problems, top="generators: gen.py\n") == [
        ("nromal", "There is no function `nromal`.", "Did you mean `normal`?"),
    ]


def test_what_several_checks_share_is_said_once(tmp_path):
    problems = """
    scale:
      checks:
        - values: a
          where: m > mm
          draw: {m: 1..3, X: nrmal(m)}
        - values: b
          like: a
          where: m < 3
        - values: c
          like: b
          where: m < bad
    """
    assert found(tmp_path, problems) == [
        ("nrmal", "There is no function `nrmal`.", "Did you mean `normal`?"),
        ("mm", "`mm` is not drawn.", "Did you mean `m`?"),
        ("m < bad", "`bad` is not drawn.", "A text needs quotes of its own: '\"bad\"'."),
    ]


def test_examining_needs_no_numpy(tmp_path):
    path = write(tmp_path, 'scale:\n  checks: [{values: v, draw: {m: 1..3, X: "normal(m, hh)"}}]\n')
    program = (
        "import sys\nfrom pathlib import Path\nfrom grader.rubric import load\nfrom grader.checks.drawing import examine\n"
        f"print(len(examine(load(Path({str(path)!r})).rubric, {{}})), 'numpy' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["2", "False"]


def test_line_and_column(tmp_path):
    path = write(tmp_path, 'scale:\n  checks: [{values: v, draw: {m: 1..3, X: "normal(m, hh)"}}]\n')
    (fault,) = examine(load(path).rubric, SIGNATURES)
    text = path.read_text("utf-8").splitlines()[fault.at.line - 1]
    assert fault.line_text == text
    assert (fault.at.line, fault.at.column) == (9, text.index("hh") + 1)
    assert fault.at.end_column - fault.at.column == 2


def test_the_line_is_the_files_of_now(tmp_path):
    def told():
        path = write(tmp_path, 'scale:\n  checks: [{values: v, draw: {X: "normal(hh)"}}]\n')
        text = path.read_text("utf-8").replace("title: T", f"title: T{len(stamps)}")
        path.write_text("# one more line\n" * len(stamps) + text, "utf-8")
        stamps.append(10**18 * (1 + len(stamps)))
        os.utime(path, ns=(stamps[-1], stamps[-1]))
        (fault,) = examine(load(path).rubric, SIGNATURES)
        return shown(fault)[0]

    stamps = []
    assert [told(), told()] == ["hh", "hh"]


def test_the_kits_reference_is_what_its_signatures_say():
    assert set(SIGNATURES) == set(REFERENCE)
    assert SIGNATURES["label"].defaults == ("sep",)
