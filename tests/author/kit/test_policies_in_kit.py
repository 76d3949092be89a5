"""A student kit carries what the course asks of handed-in work, and its page says it in words."""

import subprocess
import sys
from fractions import Fraction as F

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from grader.author.kit.public import public_rubric
from grader.errors import Span
from grader.model import AttemptRule, Instant, LateDays, LateRule, Policies
from grader.rubric import load

ASKED = """\
policies:
  deadline: 2026-10-10 23:59 Asia/Shanghai
  grace: 15 min
  late: {each: 1 day, take: 10%, at_most: 50%, until: 1 week}
  late_days: {budget: 4}
  attempts: {count: best, at_most: 5, cool_down: 1 hour}
"""


def grade(folder, *words):
    command = [sys.executable, "-m", "grader", *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_the_kit_and_its_page_tell_the_deadline_and_the_rule(squares):
    with (squares / "grading.yaml").open("a", encoding="utf-8") as file:
        file.write(ASKED)
    made = grade(squares, "release", "out")
    assert made.returncode == 0, made.stderr
    shown = (squares / "out" / "grading.yaml").read_text("utf-8")
    assert "  deadline: 2026-10-10 23:59 +08:00\n" in shown, "a student's machine may know no zones"
    page = (squares / "out" / "README.md").read_text("utf-8")
    assert "- Deadline: 2026-10-10 23:59 (Asia/Shanghai).\n- Up to 15 min late costs no points.\n" in page
    assert (
        "- Lateness takes 10% of all required points per 1 day, or part of it.\n- At most 50% is taken off.\n" in page
    )
    (squares / "out" / "work" / "squares.py").write_text(
        (squares / "answers" / "squares.py").read_text("utf-8"), "utf-8"
    )
    assert grade(squares / "out").returncode == 0


MINUTES = st.integers(1, 30 * 24 * 60)
SHARES = st.fractions(0, 1, max_denominator=40).filter(bool)
LATES = (
    st.builds(LateRule, take=SHARES, until=st.none() | MINUTES, of=st.sampled_from(["maximum", "score"]))
    | st.builds(lambda take, each, of: LateRule(take=take, each=each, at_most=max(take, F(1, 2)), of=of),
                SHARES, MINUTES, st.sampled_from(["maximum", "score"]))
    | st.builds(LateRule, take=SHARES, each=st.sampled_from([1, 60, 1440, 10080]), steady=st.just(True), at_most=SHARES)
    | st.builds(LateRule, until=MINUTES)
    | st.builds(lambda bounds, shares: LateRule(steps=tuple(zip(sorted(bounds), sorted(shares), strict=False))),
                st.sets(MINUTES, min_size=1, max_size=4), st.lists(SHARES, min_size=4, max_size=4))
)  # fmt: skip
POLICIES = st.builds(
    Policies,
    deadline=st.builds(Instant, minute=st.integers(29_000_000, 40_000_000), offset=st.integers(-720, 840)),
    grace=st.just(0) | MINUTES,
    late=LATES,
    late_days=st.none() | st.builds(lambda most, more: LateDays(budget=most + more, at_most=most),
                                    st.integers(1, 9), st.integers(0, 9)),
    attempts=st.builds(AttemptRule, count=st.sampled_from(["best", "last"]), at_most=st.none() | st.integers(1, 99),
                       cool_down=st.just(0) | MINUTES),
    cap=st.none() | st.integers(100, 300).map(lambda percent: F(percent, 100)),
)  # fmt: skip


@given(POLICIES)
def test_what_a_kit_says_is_what_the_course_says(tmp_path_factory, asked):
    folder = tmp_path_factory.mktemp("kit")
    (folder / "reference.py").touch()
    (folder / "expected.json").touch()
    (folder / "rubric.yaml").write_text(
        "title: t\nlanguage: en\nseed: 1\nsubmission: s.py\nreference: reference.py\nproblems:\n  f:\n    points: 1\n"
        "    checks: [{example: a, draw: {x: 1}}]\n",
        "utf-8",
    )
    rubric = load(folder / "rubric.yaml").rubric
    text = public_rubric(replace(rubric, policies=asked), [("f", rubric.problems[0].checks[0].key)], "s.py")
    (folder / "grading.yaml").write_text(text, "utf-8")
    found = load(folder / "grading.yaml")
    assert [fault.message.text("en") for fault in found.faults] == []
    assert replace(found.rubric.policies, at=Span(path="")) == asked
