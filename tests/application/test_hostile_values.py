"""What a submission or the file of the state gives is bounded, and costs nobody but its own page."""

import json
import os

import numpy as np
import pytest

from grader.application.building import build
from grader.application.calling import NoValue
from grader.application.plain import MOST_PARTS, NotPlain, to_json
from grader.errors import RubricError, UsageError
from grader.grading import read
from tests.application.conftest import MODULE, RUBRIC

MORE = """

def kept(state, what):
    values = {
        "text": "half a character: \\ud800",
        "deep": nested(14),
        "many": [0] * 99_000,
        "odd": [{1, 2}, b"bytes", lambda: 0, np.array(["a"]), 10**400, work],
    }
    return {"state": values[what]}


def nested(levels):
    return [nested(levels - 1)] if levels else []


def shown(state):
    return state if isinstance(state, str) else len(state)
"""


@pytest.fixture
def module(course):
    """Add functions to the course's module that keep odd states."""
    (course / "application/count.py").write_text(MODULE + MORE, "utf-8")
    (course / "grading.yaml").write_text(RUBRIC, "utf-8")


@pytest.mark.parametrize(
    "value",
    [
        np.zeros((10**9, 0)), np.zeros((10**4, 10**4, 0)), [np.zeros((1500, 1000, 0))] * 2, np.zeros(MOST_PARTS + 1),
        np.zeros(2, complex), b"bytes", range(10**12), {1.5: 1}, {True: 1},
    ],
)  # fmt: skip
def test_what_a_page_cannot_be_shown_is_refused(value):
    """An array without a single number would else become a thousand million lists in the grader's own process."""
    with pytest.raises(NotPlain):
        to_json(value)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (10**400, None), (-(10**400), None), (2**60, float(2**60)), ("a\ud800", "a?"), ({"\udfff": 1}, {"?": 1}),
        (np.zeros((2, 0)), [[], []]), (np.array(np.nan), None), (np.ma.masked_all(2), [None, None]),
    ],
)  # fmt: skip
def test_odd_numbers_and_texts_have_their_json(value, shown):
    assert to_json(value) == shown
    json.dumps(shown, allow_nan=False).encode()


def test_a_state_with_half_a_character_outlasts_the_run(run, module):
    first = run()
    assert first.call("kept", {"what": "text"}) == {}
    first.close()
    assert run().call("shown", {}) == "half a character: ?"


@pytest.mark.parametrize("what", ["deep", "odd"])
def test_a_state_that_no_worker_can_be_given_is_not_kept(run, module, what):
    running = run()
    running.call("kept", {"what": "text"})
    with pytest.raises(NoValue) as caught:
        running.call("kept", {"what": what})
    assert caught.value.kind == "stopped" and "`kept`" in caught.value.message.text("en")
    assert running.call("shown", {}) == "half a character: ?"
    running.close()


def test_state_and_arguments_that_are_too_much_together_are_refused(run, module):
    running = run()
    running.call("kept", {"what": "many"})
    with pytest.raises(NoValue) as caught:
        running.call("summed", {"a": [0] * 2000})
    assert caught.value.kind == "refused"
    assert running.call("shown", {}) == 99_000


@pytest.mark.parametrize(
    ("node", "data"),
    [
        ("[" + "[]," * 5_000_000 + "0]", ""), ("[" * 100_000, ""), ('["a","f8",[4611686018427387903]]', ""),
        ('["a","f8",[1]]', "AA=="), ("{}", ""), ("NaN", ""), ('["D","1e9"]', "AAAA"),
    ],
)  # fmt: skip
def test_a_state_file_that_came_with_a_kit_is_read_with_care(run, course, node, data):
    first = run()
    first.call("summed", {"a": 3})
    first.close()
    (kept,) = course.glob(".grade/application-*.json")
    known = json.loads(kept.read_bytes())
    kept.write_text(json.dumps(known | {"node": node, "data": data}))
    assert run().call("told", {}) == [0.0, 0.0]


def test_no_text_in_a_state_file_is_run(run, course, tmp_path):
    first = run()
    first.call("summed", {"a": 3})
    first.close()
    (kept,) = course.glob(".grade/application-*.json")
    known = json.loads(kept.read_bytes())
    text = f"__import__('os').mkdir({str(tmp_path / 'made')!r})\ndef f(): pass"
    kept.write_text(json.dumps(known | {"node": json.dumps(["L", text, ["d"]]), "data": ""}))
    with pytest.raises(NoValue):
        run().call("told", {})
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize("kind", ["link", "folder", "pipe", "huge"])
def test_a_state_file_that_is_no_file_of_ours_is_left_alone(run, course, tmp_path, kind):
    first = run()
    first.call("summed", {"a": 3})
    first.close()
    (kept,) = course.glob(".grade/application-*.json")
    whole = kept.read_bytes()
    kept.unlink()
    if kind == "link":
        (tmp_path / "elsewhere").write_bytes(whole)
        kept.symlink_to(tmp_path / "elsewhere")
    elif kind == "folder":
        kept.mkdir()
    elif kind == "pipe":
        os.mkfifo(kept)
    else:
        with kept.open("wb") as file:
            file.truncate(1 << 40)
    second = run()
    assert second.call("told", {}) == [0.0, 0.0]
    second.call("summed", {"a": 4})
    second.close()
    if kind == "link":
        assert (tmp_path / "elsewhere").read_bytes() == whole


@pytest.mark.parametrize("key", ["module", "page", "data"])
@pytest.mark.parametrize("way", ["path", "link", "links", "device"])
def test_a_rubric_that_was_found_shows_no_other_file_of_the_users(course, tmp_path_factory, key, way):
    """A page can take what it was shown to any address: it opens one."""
    elsewhere = tmp_path_factory.mktemp("home")
    for name in ("count.py", "count.html", "words.txt"):
        (elsewhere / name).write_bytes((course / "application" / name).read_bytes())
    name = {"module": "count.py", "page": "count.html", "data": "words.txt"}[key]
    own = course / "application" / name
    if way == "path":
        rubric = (course / "grading.yaml").read_text("utf-8")
        (course / "grading.yaml").write_text(rubric.replace(f"application/{name}", str(elsewhere / name)), "utf-8")
    elif way == "links":
        (course / "application").rename(course / "away")
        (course / "application").symlink_to(elsewhere)
    else:
        own.unlink()
        own.symlink_to(elsewhere / name if way == "link" else "/dev/zero")
    try:
        plan = read(course / "grading.yaml")
    except RubricError:  # a device is no data file
        return
    with pytest.raises(UsageError) as caught:
        build(plan.rubric)
    assert "folder" in caught.value.message.text("en")
    if way == "path":
        assert build(plan.rubric, anywhere=True).page


def test_an_endless_file_is_not_read(course):
    (course / "application/count.html").unlink()
    os.mkfifo(course / "application/count.html")
    with pytest.raises(UsageError):
        build(read(course / "grading.yaml").rubric, anywhere=True)


def test_a_closed_application_starts_nothing_anew(run):
    running = run()
    running.close()
    with pytest.raises(NoValue) as caught:
        running.call("words", {})
    assert caught.value.kind == "gone"


def test_a_submissions_folder_cannot_stand_in_the_way_of_a_data_file(run, course):
    (course / "hand-in/words.txt").mkdir(parents=True)
    (course / "hand-in/words.txt/more.txt").write_text("mine", "utf-8")
    (course / "hand-in/work.py").write_text((course / "work.py").read_text("utf-8") + "\nDATA = 'words.txt/more.txt'\n")
    assert run(path="hand-in").call("words", {}) == ["one", "two", "three"]


def test_the_applications_own_files_come_before_a_submissions(run, course):
    own = course / "application/words.txt"
    (course / "words.txt").write_text("mine", "utf-8")
    (course / "count.py").write_text("def start(): return 1 / 0\n", "utf-8")
    text = (course / "work.py").read_text("utf-8")
    running = run(text + "\nimport count\nDATA = 'words.txt'\n")
    assert running.call("words", {}) == own.read_text("utf-8").split()
    assert running.call("told", {}) == [0.0, 0.0]
    assert build(read(course / "grading.yaml").rubric).name == "work"
