"""`grade check` on limits of time and on rules."""

import pytest

from grader.author.check import check
from grader.grading import read

TIMED = """      - efficiency: quick
        {keys}
        draw: {{n: {n}, x: "normal(n)", by: 2.0}}
      - properties: [inputs_unchanged, deterministic]
"""
SLOW = "y = x * by if len(x) < 50 else np.array([float(a) * by for a in x for _ in range(200)])[::200]"
UNFIT = "A limit of time does not fit the reference."


@pytest.fixture
def timed(findings):
    """Return a function that checks the assignment with a limit of time."""

    def of(keys, n, body=SLOW):
        written = TIMED.format(keys="\n        ".join(keys), n=n)
        found = findings(
            rubric=("      - properties: [inputs_unchanged, deterministic]\n", written),
            reference=("y = x * by", body),
            mistakes=('[("x * by", "x / by")]', '[("* by", "/ by")]'),
        )
        return [detail.split(": ", 1)[1] for detail in found.pop(UNFIT, [])], found

    return of


@pytest.mark.slow
def test_limits_that_fit(timed):
    assert timed(["at_most: 10", "growth: 2.5", "over: n", "sizes: [200, 400, 800]"], 3) == ([], {})


@pytest.mark.slow
@pytest.mark.parametrize(
    ("keys", "n", "said"),
    [
        (["at_most: 10"], 3, "scale, quick: The reference takes less than a millisecond"),
        (["at_most: 1.5"], 400, "scale, quick: Two runs of the reference itself may differ that much"),
        (
            ["at_most: 100000"],
            400,
            "scale, quick: A function that is just quick enough is stopped by the limit of 10 s for a call.",
        ),
        (
            ["growth: 0.5", "at_most: 10", "over: n", "sizes: [200, 400, 800]"],
            3,
            "scale, quick: The reference's own time grows",
        ),
        (
            ["at_most: 150", "cases: 60", "growth: 3", "over: n", "sizes: [200, 400, 800]"],
            3,
            "scale, quick: A function that is just quick enough needs",
        ),
    ],
)
def test_limits_that_do_not(timed, keys, n, said):
    details, _ = timed(keys, n)
    assert len(details) == 1 and details[0].startswith(said)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("keys", "drawn", "remarks"),
    [
        (["growth: 2.5"], "normal(n)", ["add `at_most`."]),
        (["growth: 2.5", "at_most: 10"], "arange(n)", ["each with other numbers."]),
    ],
)
def test_what_a_limit_does_not_see_is_a_remark_and_no_fault(desk, engines, keys, drawn, remarks):
    keys = [*keys, "over: n", "sizes: [200, 400, 800]"]
    written = TIMED.format(keys="\n        ".join(keys), n=3).replace("normal(n)", drawn)
    rubric = ("      - properties: [inputs_unchanged, deterministic]\n", written)
    plan = read(desk(rubric=rubric, reference=("y = x * by", SLOW)) / "grading.yaml")
    (found,) = [found for found in check(plan, *engines) if "time are far" in found.title.text("en")]
    assert found.holds
    assert [detail.text("en").endswith(each) for detail, each in zip(found.details, remarks, strict=True)] == [True]


def test_rules_that_the_reference_breaks(findings):
    rules = "      - rules: plain\n        forbid: np.sum\n"
    found = findings(
        rubric=("      - properties: [inputs_unchanged, deterministic]\n", rules),
        reference=("y = x * by", "y = np.sum([x * by], axis=0)"),
    )
    assert any(title.startswith("The reference does not get full marks: 8.67 / 10") for title in found), found


def test_rules_that_the_reference_keeps(findings):
    rules = "      - rules: plain\n        no_loops: true\n"
    assert findings(rubric=("      - properties: [inputs_unchanged, deterministic]\n", rules)) == {}
