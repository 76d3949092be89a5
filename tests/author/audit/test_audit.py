"""An audit of tiny rubrics: what survives, what would notice it, what is equivalent, what decides nothing."""

import json
from fractions import Fraction
from pathlib import Path

import pytest
from click.testing import CliRunner

from grader.author.audit import audit
from grader.author.audit.findings import Caught
from grader.author.audit.rendering import as_json, as_percent, as_text
from grader.cli.app import app
from grader.errors import RubricError, UsageError
from grader.grading import read

AREA = """
    def area(w, h):
        return w * h
"""
SQUARE = """
area:
  title: Area
  points: 10
  checks:
    - values: square
      cases: 1
      draw: {w: 2, h: 2}
"""
ANY = SQUARE.replace("w: 2, h: 2", "w: 3..5, h: 6..9")


def survivors(found):
    return {each.after[-1].strip() for each in found.survivors if each.after}


def test_a_weak_rubric_lets_a_slip_through_and_hears_what_would_notice_it(audited):
    found = audited(AREA, SQUARE)
    assert survivors(found) == {"return w + h", "return w * w", "return h * h"}
    one = next(each for each in found.survivors if each.after[-1].strip() == "return w + h")
    assert (one.at.line, one.rubric_at.line, one.mark) == (2, 8, "# equivalent: * → + — …")
    assert one.suggestion is not None
    (change,) = [each for each in one.suggestion.changes if each.before != "cases: 1"]
    assert (change.before, change.after) in {("w: 2", "w: 1..4"), ("h: 2", "h: 1..4")}
    drawn = {name: int(value) for name, value in one.suggestion.drawn}
    assert drawn["w"] * drawn["h"] != drawn["w"] + drawn["h"]


def test_the_suggested_change_does_notice(audited):
    assert survivors(audited(AREA, SQUARE.replace("w: 2", "w: 1..4").replace("cases: 1", "cases: 4"))) == set()


def test_a_strong_rubric_notices_everything(audited):
    found = audited(AREA, ANY)
    (function,) = found.functions
    assert (found.score, found.survivors, function.survived) == (1, (), 0)
    assert found.killed == function.killed >= 4
    assert function.hollow == Caught(4, 4)


def test_slips_that_only_raise_do_not_count(audited):
    (function,) = audited(AREA, ANY).functions  # zeros written into a number: a TypeError, whatever the numbers are
    assert function.stillborn == 2
    assert function.killed == 6


def test_properties_are_suggested_for_a_caller_who_loses_numbers(audited):
    problem = """
        f:
          title: Sum
          points: 5
          checks:
            - values: numbers
              draw: {x: "normal(5)"}
    """
    import textwrap

    found = audited("def f(x):\n    total = x.sum()\n    return total\n", textwrap.dedent(problem))
    (one,) = found.survivors
    assert one.after[0].strip() == "x[...] = 0" and one.suggestion is not None
    assert one.suggestion.changes[0].after == "- properties: [inputs_unchanged, deterministic]"


def test_a_default_that_no_case_uses_is_tried(audited):
    problem = SQUARE.replace("w: 2, h: 2", "w: 3..5, h: 7..9")
    found = audited("def area(w, h=1):\n    return w * h\n", problem)
    assert survivors(found) == {"def area(w, h=2):", "def area(w, h=0):"}
    assert all(each.suggestion and "h" not in dict(each.suggestion.drawn) for each in found.survivors)


def test_public_answers_written_out_survive_a_rubric_of_examples(audited):
    example = SQUARE.replace("values: square", "example: handout").replace("w: 2, h: 2", "w: 2, h: 3")
    found = audited(AREA, example)
    (one,) = [each for each in found.survivors if each.sort == "hollow"]
    assert one.name == "area__public" and not found.holds(Fraction(0))
    assert found.functions[0].hollow_earns == 1


def test_a_known_mistake_that_nobody_notices_is_reported(audited):
    mistake = """
        edit(of="area", name="adds", replace=[("*", "+")], zh=["应当相乘。"], en=["Multiply."])
    """
    found = audited(AREA, SQUARE, mistakes=mistake)
    assert found.functions[0].mistakes == Caught(0, 1)
    assert [each.name for each in found.survivors if each.sort == "mistake"] == ["area__adds"]
    assert not found.holds(Fraction(0))
    assert audited(AREA, ANY, mistakes=mistake).holds(Fraction(1))


def test_a_mistake_that_only_breaks_a_rule_is_noticed(audited):
    mistake = """
        @mistake(of="area", zh=["不要用循环。"], en=["No loops."])
        def loops(w, h):
            return sum(h for _ in range(w))
    """
    assert audited(AREA, ANY, mistakes=mistake).functions[0].mistakes == Caught(0, 1)
    ruled = audited(AREA, ANY + "    - rules: no loops\n      no_loops: true\n      share: 20%\n", mistakes=mistake)
    assert ruled.functions[0].mistakes == Caught(1, 1)
    assert [check.killed for check in ruled.checks if check.kind == "rules"] == [1]
    assert ruled.idle == ()


def test_a_slip_in_a_helper_counts_once_and_any_function_may_notice(audited):
    reference = """
        def _twice(n):
            return n * 2


        def two(n):
            return _twice(n)


        def four(n):
            return _twice(_twice(n))
    """
    weak = SQUARE.replace("area", "two").replace("w: 2, h: 2", "n: 2")
    strong = ANY.replace("area", "four").replace("w: 3..5, h: 6..9", "n: 3..5")
    found = audited(reference, weak + strong)
    assert found.survivors == ()
    assert [(each.function, each.survived) for each in found.functions] == [("two", 0), ("four", 0)]
    (one,) = audited(reference, weak).survivors
    assert (one.function, one.slip, one.at.line) == ("two", "* → +", 2)


def test_draws_made_by_the_authors_functions_are_varied_too(audited, tmp_path):
    (tmp_path / "makers.py").write_text("def make(seed, index):\n    return {'w': 2, 'h': 2}\n", "utf-8")
    problem = SQUARE.replace("draw: {w: 2, h: 2}", "generator: make\n      draw: {h: 2}")
    found = audited(AREA, problem, extra="generators: makers.py\n")
    one = next(each for each in found.survivors if each.slip == "* → +")
    assert one.suggestion is not None and dict(one.suggestion.drawn)["w"] == "2"


def test_a_slip_that_hangs_is_noticed(audited):
    reference = """
        def count(n):
            total = 0
            while n > 0:
                total += n
                n -= 1
            return total
    """
    found = audited(reference, ANY.replace("area", "count").replace("w: 3..5, h: 6..9", "n: 3..6"))
    assert found.survived <= 2 and found.killed > 5


class TestMarks:
    """Slips that change nothing are marked in the reference, and marks are held to be true."""

    def marked(self, mark, slip="zeros → ones"):
        return f"""
            import numpy as np


            def fill(n):
                x = np.zeros(n)  {mark}
                for i in range(n):
                    x[i] = i * i
                return x
        """

    problem = ANY.replace("area", "fill").replace("w: 3..5, h: 6..9", "n: 3..5")

    def test_an_equivalent_slip_survives_until_it_is_marked(self, audited):
        assert "x = np.ones(n)" in survivors(audited(self.marked(""), self.problem))
        found = audited(self.marked("# equivalent: zeros → ones — every entry is set"), self.problem)
        assert "x = np.ones(n)" not in survivors(found)
        assert [(each.slip, each.reason) for each in found.equivalents] == [("zeros → ones", "every entry is set")]
        assert found.functions[0].equivalent == 1

    def test_a_mark_may_be_chinese_and_stand_above_its_line(self, audited):
        text = self.marked("").replace("x = np.zeros", "# 等价：zeros->ones —— 都会写上\n                x = np.zeros")
        assert audited(text, self.problem).functions[0].equivalent == 1

    @pytest.mark.parametrize(
        ("mark", "word"),
        [
            ("# equivalent: zeros → twos — why", "The audit makes no slip"),
            ("# equivalent: zeros → ones", "what and why"),
            ("# equivalent: — why", "what and why"),
            ("# equivalent: n → n + 1 — why", "The audit makes no slip"),
        ],
    )
    def test_a_mark_without_a_slip_or_a_reason_is_a_fault(self, audited, mark, word):
        with pytest.raises(RubricError) as caught:
            audited(self.marked(mark), self.problem)
        (fault,) = caught.value.faults
        assert word in fault.message.text("en") and fault.at.line == 5

    def test_a_mark_that_a_check_refutes_is_a_fault(self, audited):
        text = self.marked("").replace("x[i] = i * i", "x[i] = i * i  # equivalent: * → + — the same")
        with pytest.raises(RubricError) as caught:
            audited(text, self.problem)
        assert "not equivalent" in caught.value.faults[0].message.text("en")


def test_checks_that_decide_nothing_are_named(audited):
    twice = ANY + '    - values: again\n      draw: {w: "1", h: "1"}\n      share: 10%\n'
    found = audited(AREA, twice)
    assert [(check.key, check.killed > 0) for check in found.idle] == [("again", True)]


def test_only_some_functions_may_be_audited(assignment, engine):
    both = AREA + "\n    def side(a):\n        return a + 1\n"
    problems = ANY + ANY.replace("area:", "side:").replace("w: 3..5, h: 6..9", "a: 3..9")
    plan = read(assignment(both, problems))
    assert [each.function for each in audit(plan, engine, ["side"]).functions] == ["side"]
    with pytest.raises(UsageError):
        audit(plan, engine, ["back"])


@pytest.mark.parametrize(
    ("language", "words"), [("zh", ("拦下", "漏过", "加")), ("en", ("killed", "survived", "w + h"))]
)
def test_the_text_is_one_screen_in_both_languages(audited, language, words):
    page = as_text(audited(AREA, SQUARE), language=language, least=Fraction(98, 100))
    assert all(word in page for word in words[:2])
    assert "- return w * h\n" in page and "w: 1..4" in page
    assert len(page.splitlines()) <= 24


def test_json_holds_every_survivor_with_its_places(audited):
    told = json.loads(as_json(audited(AREA, SQUARE)))
    assert told["schema"] == "grade/audit/v1" and 0 < told["score"] < 1
    one = next(each for each in told["survivors"] if each["slip"] == "* → +")
    assert one["at"].endswith("reference.py:2") and one["suggestion"]["changes"]
    assert one["says"] == {"zh": "换了运算符", "en": "another sign"}


@pytest.mark.parametrize(
    ("problem", "options", "code"),
    [
        (SQUARE, [], 0),
        (SQUARE, ["--min", "98%"], 1),
        (SQUARE, ["--min", "0.5"], 0),
        (ANY, ["--min", "100%"], 0),
        (ANY, ["--min", "101%"], 2),
        (ANY, ["--min", "most"], 2),
    ],
)
def test_the_exit_code_says_whether_it_is_enough(assignment, problem, options, code):
    ran = CliRunner().invoke(app, ["audit", "--rubric", str(assignment(AREA, problem)), "--lang", "en", *options])
    assert ran.exit_code == code, ran.output


def test_a_file_may_be_written(assignment, tmp_path):
    to = Path(tmp_path) / "audit.json"
    rubric = str(assignment(AREA, ANY))
    ran = CliRunner().invoke(app, ["audit", "--rubric", rubric, "--format", "json", "--output", str(to)])
    assert (ran.exit_code, ran.output) == (0, "") and json.loads(to.read_text("utf-8"))["score"] == 1


def test_rounding_never_makes_a_whole_of_a_part():
    assert [as_percent(Fraction(n, 10000)) for n in (10000, 9999, 9870, 0)] == ["100%", "99.9%", "98.7%", "0%"]


class TestSuggestions:
    """A survivor is met with large and small numbers, zeros and defaults before it is thought equivalent."""

    def problem(self, draw, function="f", more=""):
        return SQUARE.replace("area", function).replace("w: 2, h: 2", draw).replace("cases: 1", f"cases: 4{more}")

    def changes(self, found, slip):
        one = next(each for each in found.survivors if slip in each.slip or slip in "".join(each.after))
        return [change.after for change in one.suggestion.changes] if one.suggestion else None

    def test_very_negative_numbers_for_a_maximum(self, audited):
        found = audited("import numpy as np\ndef f(x):\n    return np.max(x)\n", self.problem('x: "normal(4)"'))
        assert self.changes(found, "initial=-1000") == ['x: "-1e6*(1 + abs(normal(4)))"']

    def test_entries_in_another_order(self, audited):
        text = 'def f(d):\n    a = d["a"]\n    b = d["b"]\n    return a - 2 * b\n'
        found = audited(text, self.problem("d: {a: 4..9, b: 10..20}"))
        assert self.changes(found, "d.values()") == ["d: {b: 10..20, a: 4..9}"]

    def test_properties_for_random_numbers(self, audited):
        found = audited("import numpy as np\ndef f(x):\n    return np.sum(x) * 2\n", self.problem('x: "normal(4)"'))
        assert self.changes(found, "random.seed") == ["- properties: [random_state_unchanged, calls_independent]"]

    def test_a_finer_tolerance_for_single_precision(self, audited):
        found = audited("import numpy as np\ndef f(x):\n    return np.sum(x) * 2\n", self.problem('x: "normal(4)"'))
        assert self.changes(found, "float32") == ["compare: {rtol: 1e-09}"]

    def test_what_a_rubric_may_allow_is_told_and_does_not_count(self, audited):
        found = audited("import numpy as np\ndef f(x):\n    return np.sum(x) * 2\n", self.problem('x: "normal(4)"'))
        habits = [each for each in found.survivors if each.allowed]
        assert {each.says.text("en") for each in habits} == {
            "single precision inside", "the caller's random numbers seeded anew",
        }  # fmt: skip
        assert found.survived == len(found.survivors) - len(habits)
        told = as_text(found, language="en").split("Not counted, since it is for you to allow or forbid:")[1]
        assert "single precision inside (f)\n    To forbid it, add compare: {rtol: 1e-09}" in told

    def test_nothing_whose_answer_is_noise(self, audited):
        """With one more element the sum of what is left of the mean would be 0 but for rounding."""
        text = "import numpy as np\ndef f(x):\n    return np.sum(x - np.mean(x)) + np.sum(x) * (len(x) < 3)\n"
        found = audited(text, self.problem('n: 2, x: "normal(n)"'))
        assert all("n: " not in str(change) for each in found.survivors if each.suggestion
                   for change in each.suggestion.changes if "3" in change.after)  # fmt: skip


def test_a_mark_that_may_mean_several_slips_is_a_fault_that_names_them(audited):
    text = "def f(x):\n    return (x + 1) * (x - 1)  # equivalent: 1 → 2 — because\n"
    with pytest.raises(RubricError) as caught:
        audited(text, ANY.replace("area", "f").replace("w: 3..5, h: 6..9", "x: 3..5"))
    (fault,) = caught.value.faults
    assert "may be several slips" in fault.message.text("en")
    assert fault.hint.text("en") == "Name the one that is meant: + 1) → + 2); - 1) → - 2)"


def test_what_an_audit_advises_to_write_is_a_mark_that_it_takes(audited):
    text = "def f(n):\n    return [0 * each for each in range(n + 1)][0] + n\n"
    problem = ANY.replace("area", "f").replace("w: 3..5, h: 6..9", "n: 3..5")
    found = audited(text, problem)
    advised = [each.mark for each in found.survivors if each.mark]
    assert advised
    for mark in advised:
        marked = text.replace("[0] + n\n", f"[0] + n  {mark.replace('…', 'because')}\n")
        left = audited(marked, problem)
        assert len(left.equivalents) == 1 and len(left.survivors) == len(found.survivors) - 1


def test_a_slip_that_only_takes_points_off_is_noticed(audited):
    found = audited(
        "def f(x):\n    return x + 1 if x < 5 else x + 2\n",
        """\
        f:
          points: 4
          checks:
            - {values: low, draw: {x: 0..3}}
            - {values: high, draw: {x: 6..9}, penalty: 1}
        """,
    )
    (low, high) = found.checks
    assert (low.key, high.key) == ("low", "high")
    assert high.alone > 0, "slips in the branch for large numbers lose points by the penalty alone"
