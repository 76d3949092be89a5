"""`grade check` says what is wrong with a rubric, and nothing of one that is right."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from grader.author.check import check, ways
from grader.grading import read

ROOT = Path(__file__).resolve().parents[3]


def only(found):
    """Return the one finding: its title and its details."""
    assert len(found) == 1, found
    return next(iter(found.items()))


def test_a_right_assignment_has_nothing_to_complain_of(findings):
    assert findings() == {}


def test_a_law_about_calls_in_between_can_fail(findings):
    law = "[inputs_unchanged, deterministic]\n      - properties: calls_independent\n        name: calls"
    assert findings(rubric=("[inputs_unchanged, deterministic]", law)) == {}


@pytest.mark.slow
def test_the_shipped_rubric_and_its_examples_hold(engines_of):
    for path in (ROOT / "grading.yaml", *sorted(ROOT.glob("examples/*/grading.yaml"))):
        plan = read(path)
        found = [each for each in check(plan, *engines_of(plan)) if not each.holds]
        assert [(each.title.text("en"), [one.text("en") for one in each.details]) for each in found] == [], path


def test_a_rubric_without_anything_public_has_no_kit_to_look_at(findings):
    assert findings(rubric=("- example: shown", "- values: shown")) == {}


def test_a_stub_with_its_body_still_there(findings):
    found = findings(stub=("y = None", "y = x * by"))
    assert found["The stub stub.py is not worth 0 points."][0].startswith("scale, shown: 1.33 of 1.33 points.")
    assert "The assignment no longer follows from the reference." in found
    title = "3 checks give all their points for nothing."
    assert [detail.split(": ", 1)[1] for detail in found[title]] == [
        f"scale, {name}: the stub gets all its points, with nothing written."
        for name in ("shown", "drawn", "properties")
    ]


def test_a_stub_that_is_not_there(desk, engines):
    folder = desk()
    (folder / "stub.py").unlink()
    titles = [found.title.text("en") for found in check(read(folder / "grading.yaml"), *engines) if not found.holds]
    assert "The stub stub.py is not worth 0 points." in titles


def test_a_mistake_that_no_case_shows(findings):
    found = findings(mistakes=('"x / by"', '"x * by + 1e-9"'))
    assert found["1 of 3 known mistakes lose no points."] == [
        "mistakes.py:2: scale.divides gets full marks. Draw cases on which it shows."
    ]


def test_two_mistakes_that_no_case_tells_apart(findings):
    again = 'edit(of="centred", name="rows_again", replace=[("axis=0", "axis=-1")], zh=["按行"], en=["by rows"])'
    title, details = only(findings(mistakes=("\n\n\n@mistake", f"\n{again}\n\n\n@mistake")))
    assert title == "1 of them is not recognised."
    assert details == ["mistakes.py:4: centred.rows_again is taken for by_rows: do they differ on any case?"]


def test_a_mistake_that_is_paid_for_twice(findings):
    title, details = only(findings(reference=("scale(x.sum", "globals()['scale'](x.sum")))
    assert title == "1 costs points in other functions too."
    said = "mistakes.py:2: scale.divides costs points in centred too, which only builds on it: name it in needs."
    assert details == [said]


@pytest.mark.parametrize(
    ("old", "new", "check"),
    [
        ("[inputs_unchanged, deterministic]", "[finite]\n        draw: {x: 1..3, by: 2}", None),
        ("[inputs_unchanged, deterministic]", "[inputs_unchanged]\n        draw: {x: 1.5, by: 2.0}", "properties"),
        ('by: "uniform(2, 3)"}', 'by: "uniform(2, 3)"}\n        compare: {atol: 1e9}', "drawn"),
    ],
)  # fmt: skip
def test_a_check_that_nothing_can_fail(findings, old, new, check):
    title = "1 check passes whatever a function returns."
    found = findings(rubric=(old, new))
    assert (title in found) == (check is not None)
    if check is not None:
        assert f": scale, {check}: every wrong answer that was tried passes." in found[title][0]


NOISY = "A tolerance is too near to rounding noise or to a known mistake."


@pytest.mark.parametrize("body", ["(x + 1e10) * by - 1e10 * by", "np.sin(x * 1e9) * by"])
def test_a_result_that_rounding_moves(findings, body):
    found = findings(reference=("x * by", body), mistakes=("x * by", body))
    assert len(found[NOISY]) == 3  # one for each check of values: the other function builds on this one
    assert found[NOISY][0].startswith("grading.yaml:11: scale, shown: in case 1 rounding alone may move")


def test_a_mistake_near_the_tolerance(findings):
    found = findings(mistakes=('"x / by"', '"x * by * (1 + 4e-6)"'))
    assert found[NOISY] == [
        "mistakes.py:2: scale.divides differs from the reference by less than ten times the tolerance."
    ]


def test_a_reference_that_is_never_the_same(findings):
    found = findings(reference=("y = x * by", "y = x * by + int.from_bytes(__import__('os').urandom(2), 'big')"))
    assert any(title.startswith("The reference does not get full marks: 0 / 10") for title in found)
    assert "Two runs give different reports." in found


UNSTEADY = [
    "y = x * by + np.random.rand()",
    "y = x * by + np.random.default_rng().normal()",
    "y = x * by + __import__('random').random()",
    "y = x * by + 1e-6 * __import__('time').time()",
    "y = x * by + __import__('time').time() // 3600",
    "y = x * by + __import__('datetime').date.today().day",
    "y = x * by + __import__('datetime').datetime.now().month",
    "y = x * by + globals().setdefault('calls', []).append(1) if False else x * by + len(globals().setdefault('c', []))"
    "\n    globals()['c'].append(0)",
]


@pytest.mark.parametrize("line", UNSTEADY)
def test_a_reference_whose_answers_change_is_always_told(findings, line):
    found = findings(reference=("y = x * by", line), mistakes=("x * by", line.partition("\n")[0][4:]))
    details = found["Two runs give different reports."]
    assert details[0].startswith(
        "scale, shown: called again with the same input, the reference returns something else."
    ), found


def test_a_reference_that_seeds_its_numbers_is_steady(findings):
    line = "y = x * by + 0 * np.random.RandomState(3).rand(*np.shape(x))"
    assert "Two runs give different reports." not in findings(reference=("y = x * by", line))


@pytest.mark.parametrize(("seeds", "steady"), [("", False), ("[seed, index]", True)])
def test_a_generator_that_does_not_draw_from_its_seed(findings, tmp_path, seeds, steady):
    body = f'    return {{"x": np.random.default_rng({seeds}).normal(size=3), "by": 2.5}}\n'
    (tmp_path / "makers.py").write_text(f"import numpy as np\n\n\ndef some(seed, index):\n{body}", "utf-8")
    (tmp_path / "stub.py").touch()
    drawn = 'draw: {n: 2..5, x: "normal(n)", by: "uniform(2, 3)"}'
    found = findings(rubric=(f"{drawn}\n", "generator: some\n"), top="generators: makers.py\n")
    said = ["grading.yaml:14: scale, drawn: its cases differ from run to run. A generator function draws from its "
            "`seed` alone: `np.random.default_rng([seed, index])`."]  # fmt: skip
    assert found.get("Two runs give different reports.", [])[:1] == ([] if steady else said)


def test_a_seed_that_was_lucky(findings):
    """A mistake that shows for one seed only is told of the other."""
    shows_once = '"x * by + (abs(x).max() == 0.8028)"'
    found = findings(mistakes=('"x / by"', shows_once))
    assert "1 of 3 known mistakes lose no points." in found


def test_probes_keep_ties_and_whole_numbers():
    given = [np.array([0.1, 0.1, -3.0, 0.0, np.inf]), {"stride": 2, "rate": 0.1}, (True, "max", None)]
    array, options, rest = ways.rounded(lambda *all_given: all_given, given)
    assert array[0] == array[1] != 0.1 and abs(array[0] - 0.1) < 0.1 * 2.0**-31
    assert array[2:].tolist() == [-3.0, 0.0, np.inf]
    assert options["stride"] == 2 and 0 < abs(options["rate"] - 0.1) < 1e-10
    assert rest == (True, "max", None)


def grade_check(cwd, *words):
    return subprocess.run(
        [sys.executable, "-m", "grader", "check", *words],
        cwd=cwd, capture_output=True, text=True, check=False, encoding="utf-8", env={**os.environ, "LANG": "C.UTF-8"},
    )  # fmt: skip


def test_the_command_says_it_all_on_one_screen(desk):
    folder = desk()
    run = grade_check(folder)
    assert (run.returncode, run.stderr) == (0, ""), run.stdout
    lines = run.stdout.splitlines()
    assert len(lines) <= 24 and max(map(len, lines)) <= 80
    assert lines[-1] == "All of it holds." and all(line.startswith(("✓", " ")) for line in lines[:-2])
    assert "全部成立" in grade_check(folder, "--lang", "zh").stdout


def test_the_command_fails_where_something_does_not_hold(desk):
    run = grade_check(desk(mistakes=('"x / by"', '"x * by + 1e-9"')), "--lang", "en")
    assert run.returncode == 1
    assert "✗ 1 of 3 known mistakes lose no points." in run.stdout
    assert run.stdout.splitlines()[-1].endswith("does not hold.")


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"rubric": ("points: 4", "pionts: 4")}, "grading.yaml:9:5"),
        ({"rubric": ("uniform(2, 3)", "unifrom(2, 3)")}, "grading.yaml:14:46"),
        ({"mistakes": ("x * by", "x ** by")}, "mistakes.py:2:"),
    ],
)
def test_faults_have_their_place_and_a_caret(desk, changes, place):
    run = grade_check(desk(**changes), "--lang", "en")
    assert run.returncode == 2
    assert place in run.stderr and "^" in run.stderr


def test_a_students_kit_cannot_be_checked(desk):
    folder = desk()
    kit = folder / "kit"
    release = subprocess.run([sys.executable, "-m", "grader", "release", str(kit)], cwd=folder, check=False)
    assert release.returncode == 0
    run = grade_check(kit, "--lang", "en")
    assert run.returncode == 2 and "student kit" in run.stderr


def test_what_is_asked_of_handed_in_work_is_told_in_words_and_what_changes_nothing_is_a_finding(desk, engines):
    asked = "policies:\n  deadline: 2026-10-10 23:59 Asia/Shanghai\n"
    folder = desk()
    rubric = folder / "grading.yaml"
    rubric.write_text(rubric.read_text("utf-8") + asked + "  late: {take: 10%}\n", "utf-8")
    looks = {each.title.text("en"): each for each in check(read(rubric), *engines)}
    told = looks["What the course asks of work that is handed in:"]
    assert told.holds
    assert [each.text("en") for each in told.details] == [
        "Deadline: 2026-10-10 23:59 (Asia/Shanghai).", "Late work loses 10% of all required points.",
    ]  # fmt: skip
    idle = asked + "  grace: 1 day\n  late: {steps: {1 day: 10%, 2 days: 100%}, until: 2 days}\n  cap: 110%\n"
    rubric.write_text(rubric.read_text("utf-8").partition("policies:")[0] + idle, "utf-8")
    looks = {each.title.text("en"): each for each in check(read(rubric), *engines)}
    found = looks["A part of what the course asks of work that is handed in changes nothing."]
    assert not found.holds
    assert [each.text("en") for each in found.details][:3] == [
        "`cap` drops nothing: this rubric has no bonus points.",
        "`until` changes nothing: work 2 days late gets no points anyway.",
        "The first step of `late` takes nothing: `grace` is as long.",
    ]
