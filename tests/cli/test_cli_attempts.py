"""The ladder of hints as a student climbs it: runs of `grade` in a folder of their own."""

import json
import os

import pytest
from cli_runs import as_process, in_process, in_text

RUBRIC = """\
title: Ladder
language: en
seed: 11
submission: s.py
reference: r.py
problems:
  {function}:
    points: 10
    hints: [look again, look closer, it is twice as much]
    hint_cost: 1.5
    checks:
      - example: shown
        draw: {{x: 4}}
        share: 40%
      - values: drawn
        draw: {{x: 0..3}}
        share: 60%
"""
STATE = ".grade/attempts.json"


@pytest.fixture
def course(tmp_path):
    (tmp_path / "home").mkdir()
    (tmp_path / "r.py").write_text("def f(x):\n    return 2 * x\n\ndef g(x):\n    return 2 * x\n", "utf-8")
    (tmp_path / "grading.yaml").write_text(RUBRIC.format(function="f"), "utf-8")
    return tmp_path


def hand_in(course, body, function="f"):
    (course / "s.py").write_text(f"def {function}(x):\n    return {body}\n", "utf-8")


def grade(course, *words, by=in_process):
    if "--rubric" not in words:  # one that is named needs no word about the code that it brings
        words = ("--rubric", "grading.yaml", *words)
    run = in_text(by(["s.py", *words], cwd=course, environment={"HOME": str(course / "home")}))
    assert run.returncode in (0, 1), run.stderr
    assert run.stderr == ""
    return run.stdout


def problem(course, *words):
    return json.loads(grade(course, "--format", "json", *words))["problems"][0]


def steps(course, *words):
    return len(problem(course, *words)["hints"])


def test_each_new_version_that_fails_shows_one_step_more(course):
    hand_in(course, "2 * x if x < 4 else 0")
    assert [steps(course), steps(course)] == [1, 1], "the same text again is no new try"
    hand_in(course, "2 * x if x < 4 else 1")
    second = grade(course, by=as_process)
    assert "Hint: look closer" in second and "twice as much" not in second
    assert "1 more hint comes with the next try." in second
    hand_in(course, "2 * x if x < 4 else 2")
    assert [steps(course), steps(course)] == [3, 3]
    hand_in(course, "2 * x")
    assert problem(course)["score"] == 10
    hand_in(course, "x if x == 4 else 2 * x")
    assert steps(course) == 1, "once right, the ladder begins anew"


def test_what_hints_cost_is_said_and_taken_off(course):
    hand_in(course, "2 * x if x < 4 else 0")
    free, paid = problem(course, "--attempt", "1"), problem(course, "--attempt", "3")
    assert (free["hint_penalty"], paid["hint_penalty"]) == (0, 3)
    assert free["score"] - paid["score"] == 3
    assert "Points: 6 − 3 (2 hints after the first) = 3" in grade(course, "--attempt", "3")
    assert "得分：6 − 3（第一条之后看了 2 条提示）= 3" in grade(course, "--attempt", "3", "--lang", "zh")
    assert not (course / STATE).exists(), "a number that is given is not counted"


def test_an_instructor_is_no_try(course):
    hand_in(course, "0")
    assert [steps(course, "--audience", "instructor") for _ in range(2)] == [1, 1]
    assert not (course / STATE).exists()


@pytest.mark.parametrize("how", ["--official", "CI"])
def test_official_grading_counts_no_tries(how, course, monkeypatch):
    """Others were graded under the same path before, each for the first time."""
    words = [how] if how == "--official" else []
    hand_in(course, "2 * x if x < 4 else 0")
    assert steps(course) == 1
    if how == "CI":
        monkeypatch.setenv("CI", "true")
    for value in range(1, 4):
        hand_in(course, f"2 * x if x < 4 else {value}")
        found = problem(course, *words)
        assert (len(found["hints"]), found["hint_penalty"]) == (1, 0)
    found = problem(course, *words, "--attempt", "3")
    assert (len(found["hints"]), found["hint_penalty"]) == (3, 3)
    monkeypatch.delenv("CI", raising=False)
    assert steps(course, "--self-check") == 2, "nor do they cost who checks on the same machine"


DAMAGED = [b"", b"{", b"\xff\xfe\x00", b"[" * 100_000, b"[]", b"3", b'{"grading.yaml": 3}',
           b'{"grading.yaml": {"PATH": 3}}', b'{"grading.yaml": {"PATH": {"f": []}}}',
           b'{"grading.yaml": {"PATH": {"f": {"tries": "9", "digest": 3}}}}',
           b'{"grading.yaml": {"PATH": {"f": {"tries": -5}}}}',
           b'{"grading.yaml": {"PATH": {"f": {"tries": %s}}}}' % (b"9" * 4300),
           b'{"grading.yaml": {"PATH": {"f": {"tries": 1e999}}}}']  # fmt: skip


@pytest.mark.parametrize("data", DAMAGED, ids=range(len(DAMAGED)))
def test_a_damaged_count_starts_anew(data, course):
    hand_in(course, "2 * x if x < 4 else 0")
    (course / ".grade").mkdir()
    (course / STATE).write_bytes(data.replace(b"PATH", b"s.py"))
    assert steps(course) == 1
    hand_in(course, "2 * x if x < 4 else 1")
    assert steps(course) == 2


@pytest.mark.parametrize("blocked", ["the folder", "the file", "no right"])
def test_where_nothing_can_be_kept_grading_goes_on(blocked, course):
    hand_in(course, "2 * x if x < 4 else 0")
    if blocked == "the folder":
        (course / ".grade").write_text("in the way", "utf-8")
    elif blocked == "the file":
        (course / STATE).mkdir(parents=True)
    elif os.geteuid() == 0:
        pytest.skip("root may write anywhere")
    else:
        course.chmod(0o555)
    assert [steps(course), steps(course)] == [1, 1]
    if blocked == "no right":
        course.chmod(0o755)


@pytest.mark.skipif(os.name != "posix", reason="links and pipes are POSIX's")
@pytest.mark.parametrize("name", [".gitignore", "attempts.json", "attempts.new", ""])
@pytest.mark.parametrize("kind", ["a link", "a link to nothing", "a pipe", "a device"])
def test_nothing_is_read_or_written_through_what_lies_in_a_kits_folder(kind, name, course):
    """A kit that was downloaded, or a folder of a whole course, may hold more than we put there."""
    hand_in(course, "2 * x if x < 4 else 0")
    precious, place = course / "precious", course / ".grade" / name
    place.parent.mkdir() if name else None
    if kind == "a pipe":
        os.mkfifo(place)
    elif kind == "a device":
        place.symlink_to("/dev/full")
    elif not name and kind == "a link":
        precious.mkdir()
    elif kind == "a link":
        precious.write_text('{"grading.yaml": {"PATH": {"f": {"digest": "", "tries": 7}}}}', "utf-8")
    if kind.startswith("a link"):
        place.symlink_to(precious)
    before = precious.read_text("utf-8") if precious.is_file() else ""
    assert steps(course) == 1
    if precious.is_dir():
        assert [*precious.iterdir()] == []
    else:
        assert precious.exists() == bool(before) and (not before or precious.read_text("utf-8") == before)
    hand_in(course, "2 * x if x < 4 else 1")
    assert steps(course) == (2 if name else 1), "a link, a pipe or a device is replaced, and counting goes on"


def test_a_count_of_any_size_is_not_read(course):
    hand_in(course, "2 * x if x < 4 else 0")
    (course / ".grade").mkdir()
    with (course / STATE).open("wb") as file:
        file.truncate(1 << 40)
    assert steps(course) == 1


def test_two_assignments_in_one_folder_count_each_for_itself(course):
    (course / "other.yaml").write_text(RUBRIC.format(function="g"), "utf-8")
    for value in (0, 1):
        hand_in(course, f"2 * x if x < 4 else {value}")
        first = steps(course)
    hand_in(course, "2 * x if x < 4 else 0", "g")
    assert (first, steps(course, "--rubric", "other.yaml")) == (2, 1)
    hand_in(course, "2 * x if x < 4 else 2")
    assert steps(course) == 3, "the other assignment has not made it forget"


def test_grading_one_function_keeps_the_count_of_the_others(course):
    both = RUBRIC.format(function="f") + RUBRIC.format(function="g").partition("problems:\n")[2]
    (course / "grading.yaml").write_text(both, "utf-8")

    def text(f, g):
        code = "def {}(x):\n    return 2 * x if x < 4 else {}\n"
        (course / "s.py").write_text(code.format("f", f) + code.format("g", g), "utf-8")

    for value in (0, 1):
        text(value, 0)
        assert steps(course) == value + 1
    text(1, 1)
    assert steps(course, "--only", "g") == 2
    text(2, 1)
    assert steps(course, "--only", "f") == 3


def test_the_state_holds_digests_and_numbers_only(course):
    hand_in(course, "2 * x if x < 4 else 'my secret'")
    grade(course)
    state = json.loads((course / STATE).read_text("utf-8"))
    (kept,) = state["grading.yaml"].values()
    assert set(kept["f"]) == {"digest", "tries"} and "secret" not in json.dumps(state)
    assert (course / ".grade/.gitignore").read_text("utf-8") == "*\n"
