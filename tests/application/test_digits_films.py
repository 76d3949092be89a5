"""The shipped application in a real browser, from nothing written to a page that is taken away; each scene is filmed.

The pictures are written to `build/films` (or to the folder PINGFEN_FILMS), to be looked at.
"""

import ast
import re
import subprocess
import sys
from math import cos, pi, sin

import pytest

from tests.application.pages import ROOT, copy_course, draw, film

FORWARD = ("zero_pad", "conv_single_step", "conv_forward", "pool_forward")
BACKWARD = ("conv_backward", "create_mask_from_window", "distribute_value", "pool_backward")
DRAWN = {
    0: [[(0.5 + 0.22 * sin(2 * pi * k / 24), 0.5 - 0.36 * cos(2 * pi * k / 24)) for k in range(25)]],
    7: [[(0.28, 0.18), (0.5, 0.18), (0.72, 0.18), (0.62, 0.4), (0.52, 0.62), (0.44, 0.86)]],
    4: [[(0.55, 0.12), (0.4, 0.35), (0.28, 0.58), (0.5, 0.6), (0.75, 0.6)], [(0.62, 0.4), (0.6, 0.65), (0.58, 0.9)]],
}
"""Strokes of digits, in parts of the drawing's width and height."""
DIGIT = re.compile(r"^\d$")
NUMBER = re.compile(r"^−?\d+\.\d+$")


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
    return copy_course(ROOT, tmp_path)


def locked(tab):
    return {each.get_attribute("data-stage") for each in tab.locator("[data-stage][data-open=false]").all()}


def probabilities(tab):
    return [float(each) for each in re.findall(r"([\d.]+) ?%", tab.locator("#bars").inner_text())]


def test_nothing_is_written_yet(opened, tab, expect):
    opened(written(), "zh")
    expect(tab.locator("[data-stage][data-open=false]").first).to_be_visible()
    assert locked(tab) == {"padded", "window", "maps", "read", "train", "judge", "examples"}
    expect(tab.locator("body")).to_contain_text("zero_pad")
    expect(tab.locator("#export")).to_be_hidden()
    film(tab, "1-nothing-written")
    tab.set_viewport_size({"width": 390, "height": 844})
    film(tab, "1-nothing-written-phone")


def test_the_forward_functions_read_digits_with_the_weights_that_ship(opened, tab, expect):
    served = opened(written(*FORWARD), "zh")
    expect(tab.locator("#training")).to_have_attribute("data-open", "false")
    assert locked(tab) == {"train"}
    expect(tab.locator("#training")).to_contain_text("conv_backward")
    for digit in DRAWN:
        draw(tab, DRAWN[digit])
        expect(tab.locator("#answer")).to_have_text(str(digit), timeout=20_000)
        assert sum(probabilities(tab)) == pytest.approx(100, abs=0.6)
    film(tab, "2-forward-only")
    assert {each.partition("?")[0].removeprefix(served.address) for each in tab.requests} <= {"", "call", "standing"}


def test_a_digit_can_be_drawn_with_the_keys(opened, tab, expect):
    opened(written(*FORWARD), width=390)
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
    opened(written(*FORWARD, *BACKWARD), "zh")
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
    tab.locator("#clear").click()
    expect(tab.locator("#answer")).to_have_text("–")
    draw(tab, DRAWN[0])  # meanwhile
    expect(tab.locator("#answer")).to_have_text(DIGIT, timeout=20_000)
    tab.locator("#start-training").click()
    expect(tab.locator("#start-training")).to_have_text("接着训练")
    stopped = tab.evaluate("app.call('progress')")
    tab.wait_for_timeout(600)
    assert tab.evaluate("app.call('progress')") == stopped
    film(tab, "3-training")
    tab.locator("#start-test").click()
    expect(tab.locator("#accuracy-note")).to_contain_text("299", timeout=60_000)
    film(tab, "3-tested")


def test_stop_and_start_within_one_piece_leave_one_training(opened, tab, expect):
    opened(written(*FORWARD, *BACKWARD))
    asked = []

    def hear(request):
        if request.url.endswith("/call"):
            asked.append(request.post_data_json["function"])

    tab.on("request", hear)
    button = tab.locator("#start-training")
    button.click()
    expect(button).to_have_text("Stop")
    button.evaluate("(button) => { button.click(); button.click(); }")
    asked.clear()
    # Calls are made in the order in which they were asked for: two trainings would be asked for two pieces between two.
    tab.evaluate("(async () => { for (let k = 0; k < 8; k++) await app.call('progress'); })()")
    between = "".join({"train": "t", "progress": "p"}.get(name, "") for name in asked).split("p")[1:-1]
    button.click()
    expect(button).not_to_have_text("Stop")
    tab.remove_listener("request", hear)
    assert len(between) == 7
    assert {*between} <= {"", "t"} and "t" in between


@pytest.mark.parametrize("what", ["start-training", "begin-anew", "restore"])
def test_weights_that_change_halfway_end_the_test(opened, tab, expect, what):
    opened(written(*FORWARD, *BACKWARD))
    tab.locator("#start-test").click()
    tab.evaluate("""(what) => new Promise((done) => {
        const watching = setInterval(() => {
            if (document.getElementById("test-result").hidden) return;
            clearInterval(watching);
            document.getElementById(what).click();
            done();
        }, 5);
    })""", what)  # fmt: skip
    expect(tab.locator("#test-note")).to_contain_text("nothing of it counts")
    expect(tab.locator("#test-result")).to_be_hidden()
    if what == "start-training":
        expect(tab.locator("#start-test")).to_be_disabled()
        tab.locator("#start-training").click()
    tab.locator("#start-test").click()
    expect(tab.locator("#test-note")).to_have_text("", timeout=60_000)
    expect(tab.locator("#accuracy-note")).to_contain_text("299")
    counts = [int(each) for each in tab.locator("#confusion tbody td").all_inner_texts() if each]
    assert sum(counts) == 299


def test_a_function_that_only_the_course_grades_is_named_in_a_kit(course, app, tab, expect):
    """In a kit, no check is left of a function whose checks are all hidden, and the page is told nothing of it."""
    rubric = (course / "grading.yaml").read_text("utf-8")
    before, after = rubric.split("\n  pool_forward:\n")
    example = "- example: {zh: 讲义示例, en: handout example}\n"
    hidden = after.replace(example, f"{example}        visibility: hidden\n", 1)
    (course / "grading.yaml").write_text(f"{before}\n  pool_forward:\n{hidden}", "utf-8")
    command = [sys.executable, "-m", "grader", "release", "kit"]
    ended = subprocess.run(command, cwd=course, capture_output=True, text=True, timeout=120)
    assert ended.returncode == 0, ended.stderr
    work = course / "kit" / "assignment" / "cnn.py"
    work.write_text(written(*FORWARD[:-1], *BACKWARD), "utf-8")
    served = app(course / "kit")
    tab.complaints.clear()
    tab.goto(f"{served.address}?lang=en")
    assert "pool_forward" not in [each["name"] for each in tab.evaluate("app.functions")]
    expect(tab.locator("#onward")).to_contain_text("Next: pool_forward")
    for stage in ("read", "train", "judge", "examples"):
        expect(tab.locator(f"[data-stage={stage}] > .lock").first).to_contain_text("pool_forward")
    work.write_text(written(*FORWARD, *BACKWARD), "utf-8")
    expect(tab.locator("#onward")).to_contain_text("Everything on this page is open", timeout=20_000)
    assert locked(tab) == set()
    tab.goto("about:blank")
    assert tab.complaints == []


def test_a_wrong_pool_forward_is_locked_and_says_why(opened, tab, expect):
    text = written(*FORWARD, *BACKWARD)
    assert text.count("np.max(") >= 1
    opened(re.sub(r"np\.max\(", "np.min(", text, count=1), "zh")
    expect(tab.locator("[data-stage=read][data-open=false]").first).to_be_visible()
    assert locked(tab) == {"read", "judge", "train", "examples"}
    expect(tab.locator("[data-stage=read][data-open=false]").first).to_contain_text("pool_forward")
    (said,) = {each["says"] for each in tab.evaluate("app.functions") if each["name"] == "pool_forward"}
    expect(tab.locator("[data-stage=read][data-open=false]").first).to_contain_text(said.replace("`", ""))
    expect(tab.locator("#value")).to_have_text(NUMBER)  # what is open shows the first sample
    film(tab, "4-pool-forward-wrong")


def test_the_exported_page_reads_digits_from_the_disk(course, tab, expect, tmp_path):
    (course / "assignment" / "cnn.py").write_text(written(*FORWARD), "utf-8")
    out, model = tmp_path / "我的网络.html", tmp_path / "我的网络.onnx"
    command = [sys.executable, "-m", "grader", "app", "export", str(out), "--onnx", str(model), "--lang", "zh"]
    ended = subprocess.run(command, cwd=course, capture_output=True, text=True, timeout=120)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.count("已用 20 个测试输入核对") == 2
    assert 4000 < model.stat().st_size < 20_000
    tab.set_viewport_size({"width": 1280, "height": 900})
    tab.complaints.clear()
    tab.requests.clear()
    tab.goto(f"{out.as_uri()}?lang=zh")
    for digit in DRAWN:
        draw(tab, DRAWN[digit])
        expect(tab.locator("#answer")).to_have_text(str(digit))
    expect(tab.locator("#self-check")).to_contain_text("自检通过")
    assert float(tab.locator("#self-check").get_attribute("data-difference")) < 1e-9
    expect(tab.locator("#training")).to_be_hidden()
    film(tab, "5-exported")
    assert tab.requests == [f"{out.as_uri()}?lang=zh"]
    assert tab.complaints == []
