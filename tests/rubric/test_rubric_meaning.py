"""What a rubric without fault comes to: defaults, inheritance, exact shares, and text read as it was meant."""

import sys
from fractions import Fraction
from pathlib import Path

import pytest
from rubric_samples import HEAD

from grader.checks.errors import Errors
from grader.checks.example import Example
from grader.checks.gradient import Gradient
from grader.checks.properties import Properties
from grader.model import Comparison, Constant, Expression, Items, Limits, Pairs

ROOT = Path(__file__).parents[2]

SMALL = """\
problems:
  mean:
    points: 2.5
    checks:
      - example: handout
        draw: {x: 3}
      - values: random
        draw: {n: 1..4, x: "normal(n)"}
"""


def plain(template):
    """Return a template without its places."""
    match template:
        case Constant():
            return template.value
        case Expression():
            return template.text
        case Items():
            return [plain(item) for item in template.items]
        case Pairs():
            return {name: plain(value) for name, value in template.pairs}


def drawn(check):
    return [(", ".join(line.names), plain(line.value)) for line in check.draw.lines]


def test_defaults(good):
    problem = good(SMALL).problems[0]
    assert (problem.function, problem.title.zh, problem.points) == ("mean", "mean", Fraction(5, 2))
    assert (problem.bonus, problem.needs, problem.returns, problem.hints) == (False, None, (), ())
    assert problem.limits == Limits()
    example, values = problem.checks
    assert (example.kind, example.visibility, example.cases, example.share) == ("example", "public", 1, Fraction(1, 2))
    assert (values.kind, values.visibility, values.cases, values.share) == ("values", "hidden", 5, Fraction(1, 2))
    assert values.compare == Comparison()
    assert values.draw.stream == "mean.random"
    assert values.draw.where is values.draw.legacy_seed is values.hint is None


def test_default_numbers_of_cases(good):
    rubric = good("""\
problems:
  slope:
    points: 1
    checks:
      - values: random
        draw: {x: "normal(3)"}
      - gradient: numeric
        of: f(x)
        wrt: {dx: x}
        upstream: d
      - properties: deterministic
      - errors: bad
        raises: ValueError
        draw: {x: 0}
""")
    values, gradient, properties, errors = rubric.problems[0].checks
    assert [gradient.cases, properties.cases, errors.cases] == [2, 3, 3]
    assert {check.share for check in rubric.problems[0].checks} == {Fraction(1, 4)}
    assert gradient.demand == Gradient(of=gradient.demand.of, upstream="d", wrt=(("dx", "x"),))
    assert isinstance(properties.demand, Properties)
    assert (properties.key, properties.name.zh, properties.name.en) == ("properties", "性质", "properties")
    assert errors.demand == Errors(raises=("ValueError",))
    assert drawn(gradient) == drawn(properties) == drawn(values)
    assert gradient.draw.stream == properties.draw.stream == "slope.random"


def test_head(loaded, tmp_path):
    (tmp_path / "mine.py").touch()
    result = loaded(HEAD.replace("reference.py", "../x/../reference.py") + SMALL)
    assert result.rubric is None  # upwards of the rubric's folder, where it is not
    head = f"{HEAD}mistakes: ./mine.py\ngenerators: {tmp_path}/mine.py\nruntime: {{python: ./mine.py}}\ntotal: 2.5\n"
    rubric = loaded(head + SMALL).rubric
    folder = str(tmp_path)
    assert rubric.path == f"{folder}/grading.yaml"
    assert (rubric.submission, rubric.reference) == (f"{folder}/work.py", f"{folder}/reference.py")
    assert {rubric.mistakes, rubric.generators, rubric.runtime} == {f"{folder}/mine.py"}
    assert (rubric.title.zh, rubric.title.en, rubric.language, rubric.seed) == ("Two functions",) * 2 + ("en", 1)
    assert len(rubric.digest) == 64
    assert loaded(head + SMALL + "#").rubric.digest != rubric.digest


def test_runtime_by_command(loaded):
    rubric = loaded(HEAD + "runtime: {python: sh}\n" + SMALL).rubric
    assert Path(rubric.runtime).is_absolute()
    assert Path(rubric.runtime).name == "sh"
    assert loaded(HEAD + "runtime: {python: own}\n" + SMALL).rubric.runtime == sys.executable


def test_paths_may_leave_the_folder(loaded, tmp_path):
    inner = tmp_path / "inner"
    inner.mkdir()
    (tmp_path / "reference.py").touch()
    (inner / "grading.yaml").write_text(HEAD.replace(": reference", ": ../reference") + SMALL)
    from grader.rubric import load

    assert load(inner / "grading.yaml").rubric.reference == str(tmp_path / "reference.py")


def test_settings_are_overridden_key_by_key(good):
    rubric = good(
        """\
problems:
  mean:
    points: 1
    compare: {atol: 0.5, size_one: true}
    limits: {seconds: 2, memory: 1.5 MB, output: 5 KiB}
    checks:
      - values: random
        draw: {x: 1}
        compare: {rtol: 1e-3, dtype: any}
  spread:
    points: 1
    limits: {cpu_seconds: 1}
    checks:
      - values: random
        draw: {x: 1}
""".replace("1.5 MB", "32.5 MB"),
        HEAD + "limits: {seconds: 5, memory: 1 GiB, result: 1000}\ncompare: {rtol: 1e-4, sequence: same}\n",
    )
    mean, spread = rubric.problems
    assert mean.checks[0].compare == Comparison(rtol=1e-3, atol=0.5, dtype="any", size_one=True, sequence="same")
    assert spread.checks[0].compare == Comparison(rtol=1e-4, sequence="same")
    assert mean.limits == Limits(seconds=2, cpu_seconds=2, memory=32_500_000, output=5 << 10, result=1000)
    assert spread.limits == Limits(seconds=5, cpu_seconds=1, memory=1 << 30, result=1000)


def test_scalars_are_read_by_what_is_wanted(good):
    rubric = good(
        """\
problems:
  on:
    title: 1e3
    points: 10
    checks:
      - values: yes
        share: 1/3
        draw:
          i: 3
          f: 1e-6
          point: .5
          infinite: -.inf
          t: true
          nothing: null
          also nothing:
          no_truth: yes
          range: 1..3
          size: 1 GiB
          quoted: "2"
          text: '"max"'
          octal: 010
          list: [1, [n + 1, true]]
          dict: {on: off, 1: 2}
      - values: 12
        share: 40%
        draw: {x: 1}
      - values: rest
        draw: {x: 1}
""".replace("          also nothing:\n", "          also_nothing:\n")
    )
    problem = rubric.problems[0]
    assert (problem.function, problem.title.en) == ("on", "1e3")
    assert [check.key for check in problem.checks] == ["yes", "12", "rest"]
    assert [check.share for check in problem.checks] == [Fraction(1, 3), Fraction(2, 5), Fraction(4, 15)]
    assert drawn(problem.checks[0]) == [
        ("i", 3),
        ("f", 1e-6),
        ("point", 0.5),
        ("infinite", float("-inf")),
        ("t", True),
        ("nothing", None),
        ("also_nothing", None),
        ("no_truth", "yes"),
        ("range", "1..3"),
        ("size", "1 GiB"),
        ("quoted", "2"),
        ("text", '"max"'),
        ("octal", 10),
        ("list", [1, ["n + 1", True]]),
        ("dict", {"on": "off", "1": 2}),
    ]


def test_expressions_know_their_columns(good):
    draw = (
        good("""\
problems:
  mean:
    points: 1
    checks:
      - values: random
        draw: {n: 1..3, x: "normal(n)"}
        where: n > 1
""")
        .problems[0]
        .checks[0]
        .draw
    )
    spans = [(line.value.at.line, line.value.at.column, line.value.at.end_column) for line in draw.lines]
    assert spans == [(11, 19, 23), (11, 29, 38)]
    assert (draw.where.at.line, draw.where.at.column) == (12, 16)


LIKE = """\
problems:
  one:
    points: 1
    checks:
      - values: {zh: 基础, en: basis}
        legacy_seed: 7
        draw: {n: 1..4, "a, b": pair(n), x: "normal(n)"}
        where: n > 1
  two:
    points: 1
    checks:
      - values: middle
        like: one.基础
        draw: {n: 2..9, y: x + 1}
      - values: last
        like: middle
        where: y[0] > 0 or a
        draw: {"a, b": "(1, 2)"}
      - values: by its English name
        like: one.basis
      - example: shown
        like: middle
        legacy_seed: 8
"""


def test_like_draws_the_other_lines_with_own_ones_in_place(good):
    middle, last, english, shown = good(LIKE).problems[1].checks
    assert drawn(middle) == [("n", "2..9"), ("a, b", "pair(n)"), ("x", "normal(n)"), ("y", "x + 1")]
    assert drawn(last) == [("n", "2..9"), ("a, b", "(1, 2)"), ("x", "normal(n)"), ("y", "x + 1")]
    assert drawn(english) == [("n", "1..4"), ("a, b", "pair(n)"), ("x", "normal(n)")]
    assert {check.draw.stream for check in (middle, last, english, shown)} == {"one.基础"}
    assert [check.draw.legacy_seed for check in (middle, last, english, shown)] == [7, 7, 7, 8]


def test_both_conditions_must_hold(good):
    middle, last, *_ = good(LIKE).problems[1].checks
    assert middle.draw.where.text == "n > 1"
    assert last.draw.where.text == "(n > 1) and (y[0] > 0 or a)"
    assert last.draw.where.at.line == 22


def test_names_with_a_dot_are_found(good):
    rubric = good("""\
problems:
  one:
    points: 1
    checks:
      - values: pad = 0.5
        draw: {pad: 0.5}
      - values: other
        like: pad = 0.5
  two:
    points: 1
    checks:
      - values: again
        like: one.pad = 0.5
""")
    assert rubric.problems[0].checks[1].draw.stream == rubric.problems[1].checks[0].draw.stream == "one.pad = 0.5"


def test_returns_hints_and_shown_lines(good):
    rubric = good("""\
problems:
  one:
    points: 1
    needs: [two]
    bonus: true
    returns: {Z: 80%, cache: {W: 15%, the rest: 5%}}
    hints: [look, {zh: 再看看, en: look again}, {zh: 只有中文}]
    checks:
      - example: shown
        draw: {x: 1}
        hint: add them
        show: {x.shape: X.shape, Z's mean: mean(Z)}
  two:
    points: 1
    returns: [a, b, c]
    checks:
      - properties: [deterministic, samples_independent: {over: X, times: 2}]
        name: {zh: 两条, en: two rules}
        draw: {X: 1}
        visibility: public
""")
    one, two = rubric.problems
    Z, cache = one.returns
    assert (Z.name, Z.share, Z.parts) == ("Z", Fraction(4, 5), ())
    assert (cache.share, [(part.name, part.share) for part in cache.parts]) == (
        Fraction(1, 5),
        [("W", Fraction(3, 20)), ("the rest", Fraction(1, 20))],
    )
    assert [(part.name, part.share) for part in two.returns] == [(name, Fraction(1, 3)) for name in "abc"]
    assert [(hint.zh, hint.en) for hint in one.hints] == [("look", "look"), ("再看看", "look again"), ("只有中文",) * 2]
    assert (one.needs, one.bonus) == (("two",), True)
    shown = one.checks[0]
    assert isinstance(shown.demand, Example)
    assert [(label, line.text) for label, line in shown.demand.show] == [
        ("x.shape", "X.shape"),
        ("Z's mean", "mean(Z)"),
    ]
    assert shown.hint.zh == "add them"
    rules = two.checks[0]
    assert (rules.key, rules.name.en, rules.visibility) == ("两条", "two rules", "public")
    assert [
        (rule.name, [(name, plain(value)) for name, value in rule.options]) for rule in rules.demand.properties
    ] == [
        ("deterministic", []),
        ("samples_independent", [("over", "X"), ("times", 2)]),
    ]


def test_an_alias_stands_for_what_it_names(good):
    rubric = good("""\
problems:
  one:
    points: 1
    checks:
      - {values: a, draw: &same {x: 1..3}}
      - {values: b, draw: *same}
""")
    first, second = rubric.problems[0].checks
    assert drawn(first) == drawn(second) == [("x", "1..3")]
    assert first.draw.stream != second.draw.stream


def test_names_are_those_python_reads(good):
    micro, mu = "\u00b5", "\u03bc"  # NFKC makes the first the second, as Python does
    rubric = good(f"""\
problems:
  均值:
    points: 1
    checks:
      - values: a
        draw: {{{micro}: 1}}
""")
    assert rubric.problems[0].function == "均值"
    assert rubric.problems[0].checks[0].draw.lines[0].names == (mu,)


def test_faulty_checks_are_left_out_and_the_rest_is_there(loaded):
    result = loaded(
        HEAD + "problems:\n  one:\n    points: none\n    checks:\n      - values: a\n        draw: {x: 1}\n"
        "      - values: b\n        like: c\n      - errors: d\n        draw: {x: 1}\n"
    )
    assert len(result.faults) == 3
    assert [check.key for check in result.rubric.problems[0].checks] == ["a"]


@pytest.mark.parametrize("gone", ["reference.py", "problems"])
def test_what_leaves_nothing_to_look_at_is_no_rubric(loaded, gone):
    result = loaded((HEAD + SMALL).replace(gone, "gone"))
    assert result.faults
    assert result.rubric is None


def test_the_shipped_rubric_has_no_fault():
    from grader.rubric import load

    result = load(ROOT / "grading.yaml")
    assert [(fault.at.line, fault.message.text("en")) for fault in result.faults] == []
    assert len(result.rubric.problems) == 8
    assert sum(problem.points for problem in result.rubric.problems if not problem.bonus) == 100
    for problem in result.rubric.problems:
        assert sum(check.share for check in problem.checks) == 1


def test_a_gradient_without_upstream_is_that_of_a_scalar_loss(good):
    rubric = good("""\
problems:
  slope:
    points: 1
    checks:
      - gradient: numeric
        of: loss(x)
        wrt: {dx: x}
        draw: {x: "normal(3)"}
""")
    assert rubric.problems[0].checks[0].demand.upstream == ""
