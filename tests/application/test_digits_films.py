"""The shipped application in a real browser, from nothing written to a page that is taken away; each scene is filmed.

The pictures are written to `build/films` (or to the folder PINGFEN_FILMS), to be looked at.
"""

import ast
import os
import re
import shutil
import subprocess
import sys
from math import cos, pi, sin
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILMS = Path(os.environ.get("PINGFEN_FILMS") or ROOT / "build" / "films")
FORWARD = ("zero_pad", "conv_single_step", "conv_forward", "pool_forward")
BACKWARD = ("conv_backward", "create_mask_from_window", "distribute_value", "pool_backward")
DRAWN = {
    0: [[(0.5 + 0.22 * sin(2 * pi * k / 24), 0.5 - 0.36 * cos(2 * pi * k / 24)) for k in range(25)]],
    7: [[(0.28, 0.18), (0.5, 0.18), (0.72, 0.18), (0.62, 0.4), (0.52, 0.62), (0.44, 0.86)]],
    4: [[(0.55, 0.12), (0.4, 0.35), (0.28, 0.58), (0.5, 0.6), (0.75, 0.6)], [(0.62, 0.4), (0.6, 0.65), (0.58, 0.9)]],
}
"""Strokes of digits, in parts of the drawing's width and height."""


def written(*names):
    """Return the student's file with the reference's functions `names` in it; the others are stubs."""
    full = (ROOT / "solutions" / "cnn.py").read_text("utf-8")
    stub = (ROOT / "assignment" / "cnn.py").read_text("utf-8")
    given, outlines = (
        {node.name: ast.get_source_segment(text, node) for node in ast.parse(text).body if hasattr(node, "name")}
        for text in (full, stub)
    )
    for name in names:
        stub = stub.replace(outlines[name], given[name])
    return stub


@pytest.fixture
def course(tmp_path):
    """Return a copy of the course's folder."""
    for name in ("assignment", "solutions"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", ".grade"))
    shutil.copy(ROOT / "grading.yaml", tmp_path)
    return tmp_path


@pytest.fixture
def opened(app, course, tab):
    """Return what opens the application with a submission's text in the browser."""

    def opened(text, width=1280, language="zh"):
        (course / "assignment" / "cnn.py").write_text(text, "utf-8")
        served = app(course)
        tab.set_viewport_size({"width": width, "height": 900})
        tab.complaints.clear()
        tab.requests.clear()
        tab.goto(f"{served.address}?lang={language}")
        return served

    yield opened
    assert tab.complaints == []


@pytest.fixture
def expect():
    """Return playwright's expectations, which wait."""
    return pytest.importorskip("playwright.sync_api").expect


def film(tab, name):
    FILMS.mkdir(parents=True, exist_ok=True)
    tab.screenshot(path=FILMS / f"{name}.png", full_page=True)


def locked(tab):
    return {each.get_attribute("data-stage") for each in tab.locator("[data-stage][data-open=false]").all()}


def draw(tab, digit):
    """Draw a digit with the pointer."""
    tab.locator("#clear").click()
    tab.locator("#drawing").scroll_into_view_if_needed()
    box = tab.locator("#drawing").bounding_box()
    for stroke in DRAWN[digit]:
        points = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in stroke]
        tab.mouse.move(*points[0])
        tab.mouse.down()
        for point in points[1:]:
            tab.mouse.move(*point, steps=4)
        tab.mouse.up()


def probabilities(tab):
    return [float(each) for each in re.findall(r"([\d.]+) ?%", tab.locator("#bars").inner_text())]


def test_nothing_is_written_yet(opened, tab, expect):
    opened(written())
    expect(tab.locator("[data-stage][data-open=false]").first).to_be_visible()
    assert locked(tab) == {"padded", "window", "maps", "read", "train", "judge", "examples"}
    expect(tab.locator("body")).to_contain_text("zero_pad")
    expect(tab.locator("#export")).to_be_hidden()
    film(tab, "1-nothing-written")
    tab.set_viewport_size({"width": 390, "height": 844})
    film(tab, "1-nothing-written-phone")


def test_the_forward_functions_read_digits_with_the_weights_that_ship(opened, tab, expect):
    served = opened(written(*FORWARD))
    expect(tab.locator("#training")).to_have_attribute("data-open", "false")
    assert locked(tab) == {"train"}
    expect(tab.locator("#training")).to_contain_text("conv_backward")
    for digit in DRAWN:
        draw(tab, digit)
        expect(tab.locator("#answer")).to_have_text(str(digit), timeout=20_000)
        assert sum(probabilities(tab)) == pytest.approx(100, abs=0.6)
    film(tab, "2-forward-only")
    assert {each.partition("?")[0].removeprefix(served.address) for each in tab.requests} <= {"", "call", "standing"}


def test_a_digit_can_be_drawn_with_the_keys(opened, tab, expect):
    opened(written(*FORWARD), width=390, language="en")
    tab.locator("#drawing").focus()
    for _ in range(12):
        tab.keyboard.press("ArrowUp")
    tab.keyboard.press("Space")
    for _ in range(24):
        tab.keyboard.press("ArrowDown")
    tab.keyboard.press("Space")
    expect(tab.locator("#answer")).to_have_text("1", timeout=20_000)
    tab.emulate_media(color_scheme="dark")
    film(tab, "2-forward-only-phone-dark")
    tab.emulate_media(color_scheme="light")


def test_all_eight_train_from_nothing_and_get_better(opened, tab, expect):
    opened(written(*FORWARD, *BACKWARD))
    expect(tab.locator("#training")).to_have_attribute("data-open", "true")
    assert locked(tab) == set()
    tab.locator("#begin-anew").click()
    tab.locator("#start-training").click()
    for _ in range(400):
        losses = [loss for _, loss, _ in tab.evaluate("app.call('progress', {})")["points"]]
        if losses and losses[-1] < 0.5 * losses[0]:
            break
        tab.wait_for_timeout(100)
    else:
        pytest.fail(f"after 40 s the losses are {losses}")
    draw(tab, 0)  # meanwhile
    expect(tab.locator("#answer")).not_to_be_empty()
    tab.locator("#start-training").click()  # stop
    stopped = tab.evaluate("app.call('progress', {})")
    tab.wait_for_timeout(600)
    assert tab.evaluate("app.call('progress', {})")["step"] - stopped["step"] <= 100  # the piece that was on its way
    film(tab, "3-training")
    tab.locator("#start-test").click()
    expect(tab.locator("#accuracy-note")).to_contain_text("299", timeout=60_000)
    film(tab, "3-tested")


def test_a_wrong_pool_forward_is_locked_and_says_why(opened, tab, expect):
    text = written(*FORWARD, *BACKWARD)
    assert text.count("np.max(") >= 1
    opened(re.sub(r"np\.max\(", "np.min(", text, count=1))
    expect(tab.locator("[data-stage=read][data-open=false]").first).to_be_visible()
    assert locked(tab) == {"read", "judge", "train", "examples"}
    expect(tab.locator("[data-stage=read][data-open=false]").first).to_contain_text("pool_forward")
    (said,) = {each["says"] for each in tab.evaluate("app.functions") if each["name"] == "pool_forward"}
    expect(tab.locator("[data-stage=read][data-open=false]").first).to_contain_text(said.replace("`", ""))
    expect(tab.locator("#value")).not_to_be_empty()  # what is open shows the first sample
    film(tab, "4-pool-forward-wrong")


def test_the_exported_page_reads_digits_from_the_disk(course, tab, expect, tmp_path):
    (course / "assignment" / "cnn.py").write_text(written(*FORWARD), "utf-8")
    out = tmp_path / "我的网络.html"
    command = [sys.executable, "-m", "grader", "app", "export", str(out), "--lang", "zh"]
    ended = subprocess.run(command, cwd=course, capture_output=True, text=True, timeout=120)
    assert ended.returncode == 0, ended.stderr
    tab.set_viewport_size({"width": 1280, "height": 900})
    tab.complaints.clear()
    tab.requests.clear()
    tab.goto(out.as_uri())
    for digit in DRAWN:
        draw(tab, digit)
        expect(tab.locator("#answer")).to_have_text(str(digit))
    expect(tab.locator("#self-check")).not_to_be_empty()
    expect(tab.locator("#training")).to_be_hidden()
    film(tab, "5-exported")
    assert tab.requests == [out.as_uri()]
    assert tab.complaints == []
