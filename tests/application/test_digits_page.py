"""The page of the digits: what becomes of a drawing, what the page shows and says of it, live and taken away."""

import json
import re
import shutil
import subprocess
import sys

import pytest

from tests.application.pages import ROOT, copy_course, draw

FULL = (ROOT / "solutions" / "cnn.py").read_text("utf-8")
PHONE = {"width": 360, "height": 640}
WAYS = {
    1: [[(0.6, 0.15), (0.42, 0.85)]],
    2: [[(0.32, 0.33), (0.38, 0.2), (0.55, 0.16), (0.66, 0.28), (0.6, 0.45), (0.3, 0.82), (0.5, 0.82), (0.72, 0.82)]],
    7: [[(0.28, 0.2), (0.7, 0.2), (0.45, 0.85)]],
}
"""Strokes of digits, in parts of the drawing's width and height."""


CONTRAST = """() => {
    const parsed = (colour) => colour.match(/[\\d.]+/g).slice(0, 3).map(Number);
    const light = (colour) => parsed(colour).map((part) => part / 255)
        .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
        .reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0);
    return [...document.querySelectorAll(".cells i, #confusion td[style]")].map((cell) => {
        const { color, backgroundColor } = getComputedStyle(cell);
        const [low, high] = [light(color), light(backgroundColor)].sort((a, b) => a - b);
        return (high + 0.05) / (low + 0.05);
    });
}"""
"""Returns the contrast of every number on a coloured cell."""


@pytest.fixture(scope="module")
def taken_away(tmp_path_factory):
    """Return the exported page of the reference's functions."""
    course = copy_course(ROOT, tmp_path_factory.mktemp("course"))
    shutil.copy(course / "solutions" / "cnn.py", course / "assignment" / "cnn.py")
    out = course / "page.html"
    command = [sys.executable, "-m", "grader", "app", "export", str(out)]
    ended = subprocess.run(command, cwd=course, capture_output=True, text=True, timeout=120)
    assert ended.returncode == 0, ended.stderr
    return out.as_uri()


@pytest.fixture
def page(tab, taken_away):
    """Return the page in the browser, which complained about nothing in the end."""
    tab.complaints.clear()
    tab.set_viewport_size({"width": 1000, "height": 900})
    tab.goto(f"{taken_away}?lang=en")
    yield tab
    assert tab.complaints == []


def blocks(page):
    """Return the 8 x 8 numbers of the padded input, without the ring of zeros, one row after the other."""
    cells = [float(each) for each in page.locator("#padded i").all_inner_texts()]
    return [cells[10 * row + column] for row in range(1, 9) for column in range(1, 9)]


@pytest.mark.parametrize("digit", WAYS)
def test_a_digit_is_read_alike_wherever_and_however_small_it_is_drawn(page, expect, digit):
    draw(page, WAYS[digit])
    expect(page.locator("#answer")).to_have_text(str(digit))
    large = blocks(page)
    draw(page, WAYS[digit], left=0.55, top=0.05, scale=0.4)
    expect(page.locator("#answer")).to_have_text(str(digit))
    small = blocks(page)
    assert max(abs(one - other) for one, other in zip(large, small, strict=True)) <= 0.13  # 2 pixels of a block's 16


def test_a_drawing_has_what_all_digits_of_the_data_have(page, expect):
    for digit in WAYS:
        draw(page, WAYS[digit])
        expect(page.locator("#answer")).to_have_text(str(digit))
        found = blocks(page)
        first, last = (next(k for k in range(8) if row[k] >= 0.1) for row in (found[:8], found[-8:]))
        assert abs(first - last) <= 1  # slanted until they are in line
        assert 16 * sum(found) == pytest.approx(312, abs=20)  # dark pixels


def test_the_window_follows_the_pointer_and_the_keys(page, expect):
    page.locator("#samples button").first.click()
    page.locator("#map i").nth(2 * 8 + 5).hover()
    expect(page.locator("#whose-number")).to_contain_text("Z[0, 2, 5, 0]")
    page.locator("#map").focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#whose-number")).to_contain_text("Z[0, 3, 5, 0]")
    shown = page.locator("#map i").nth(3 * 8 + 5).inner_text().replace("−", "-")
    expect(page.locator("#value")).to_have_text(re.compile(r"^−?\d+\.\d+$"))
    assert float(page.locator("#value").inner_text().replace("−", "-")) == pytest.approx(float(shown), abs=0.051)
    page.locator("#choose-filter input").nth(3).check()
    expect(page.locator("#whose-number")).to_contain_text("Z[0, 3, 5, 3]")


def test_the_language_changes_and_the_drawing_stays(page, expect):
    draw(page, WAYS[7])
    page.locator("[data-language=zh]").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(page.locator("#self-check")).to_contain_text("自检通过")
    expect(page.locator("#answer")).to_have_text("7")
    assert page.url.endswith("?lang=zh")


def test_clearing_leaves_no_answer(page, expect):
    draw(page, WAYS[7])
    expect(page.locator("#answer")).to_have_text("7")
    page.locator("#clear").click()
    expect(page.locator("#answer")).to_have_text("–")
    expect(page.locator("#value")).to_have_text("–")
    assert set(blocks(page)) == {0.0}


@pytest.fixture
def course(tmp_path):
    """Return a copy of the course's folder."""
    return copy_course(ROOT, tmp_path)


def unstrided(text):
    """Return a student's file whose pool_forward forgets the stride where it places the windows."""
    head, name, rest = text.partition("def pool_forward")
    assert "h * stride" in rest and "w * stride" in rest
    return head + name + rest.replace("h * stride", "h", 1).replace("w * stride", "w", 1)


def test_right_on_the_public_case_and_wrong_on_digits_is_told(course, app, tab, expect):
    command = [sys.executable, "-m", "grader", "release", "kit"]
    ended = subprocess.run(command, cwd=course, capture_output=True, text=True, timeout=120)
    assert ended.returncode == 0, ended.stderr
    work = course / "kit" / "assignment" / "cnn.py"
    work.write_text(unstrided(FULL), "utf-8")
    served = app(course / "kit")
    tab.complaints.clear()
    tab.goto(f"{served.address}?lang=zh")
    for place in ("#onward", "#stray"):
        expect(tab.locator(place)).to_contain_text(
            "pool_forward 在公开用例上是对的，在 8 × 8 的图像上却不对", timeout=20_000
        )
        expect(tab.locator(place)).to_contain_text(re.compile(r"最大差 \d+\.\d+"))
    expect(tab.locator("#answer")).to_be_hidden()
    expect(tab.locator("#steps .stray")).to_contain_text("pool_forward")
    assert "✓" not in tab.locator("#steps .stray").inner_text()
    expect(tab.locator("#headline")).to_contain_text("将要")
    work.write_text(FULL, "utf-8")
    expect(tab.locator("#answer")).to_have_text("6", timeout=20_000)
    expect(tab.locator("#stray")).to_be_hidden()
    expect(tab.locator("#onward")).to_contain_text("全部打开")
    expect(tab.locator("#steps .stray")).to_have_count(0)
    tab.goto("about:blank")
    assert tab.complaints == []


def test_a_locked_stage_says_where_and_gives_the_hint(opened, tab, expect):
    def told(route):
        answer = route.fetch().json()
        for each in answer["functions"]:
            first = each["name"] == "zero_pad"
            each |= {"place": "cnn.py:77" if first else "", "hint": "Only `X`." if first else "", "whole": False}
            each["right"] = each["name"] == "conv_backward"
        route.fulfill(body=json.dumps(answer), content_type="application/json")

    opened((ROOT / "assignment" / "cnn.py").read_text("utf-8"))
    tab.route("**/standing", told)
    card = tab.locator("[data-stage=padded] > .lock")
    expect(card).to_contain_text("Where: cnn.py:77", timeout=20_000)
    expect(card).to_contain_text("Hint: Only X.")
    expect(tab.locator("#steps .right")).to_contain_text("public cases")
    expect(tab.locator("#steps small")).to_have_count(1)
    tab.unroute("**/standing")


def test_training_is_not_thrown_away_unasked(opened, tab, expect):
    asked = []

    def no(dialog):
        asked.append(dialog.message)
        dialog.dismiss()

    opened(FULL)
    tab.on("dialog", no)
    hint, button, said = tab.locator("#curve-hint"), tab.locator("#start-training"), tab.locator("#said")
    expect(hint).to_be_visible()
    tab.locator("#begin-anew").click()
    expect(said).to_have_text("Fresh random weights are in place")
    expect(hint).to_be_hidden()
    assert asked == []
    button.click()
    expect(tab.locator("#facts")).to_contain_text("images a second", timeout=20_000)
    tab.locator("#clear").click()
    expect(said).to_have_text("")
    draw(tab, WAYS[7])
    expect(said).to_contain_text(re.compile(r"^Read as \d"))  # though training goes on
    button.click()
    expect(said).to_contain_text("Training stopped")
    trained = tab.evaluate("app.call('progress')")["step"]
    tab.locator("#restore").click()
    tab.locator("#begin-anew").click()
    tab.remove_listener("dialog", no)
    assert len(asked) == 2 and f"{trained} batches" in asked[0]
    assert tab.evaluate("app.call('progress')")["step"] == trained
    tab.once("dialog", lambda dialog: dialog.accept())
    tab.locator("#restore").click()
    expect(said).to_have_text("The weights that ship are back")
    expect(hint).to_be_visible()


def test_the_test_keeps_the_focus_and_is_announced(opened, tab, expect):
    opened(FULL, "zh")
    expect(tab.locator("#answer")).to_have_text("6")
    tab.locator("#start-test").focus()
    tab.keyboard.press("Enter")
    expect(tab.locator("#start-test")).to_be_focused()
    expect(tab.locator("#said")).to_have_text("测试完了：299 幅里认对 291 幅，正确率 97.3%", timeout=60_000)
    expect(tab.locator("#start-test")).to_be_focused()
    assert tab.locator("#confusion td[style]").count() > 10
    assert min(tab.evaluate(CONTRAST)) >= 4.5
    tab.locator("[data-language=en]").click()
    expect(tab.locator("#said")).to_contain_text("Test finished: 291 of 299")


def test_a_save_that_fails_says_why(opened, tab, expect):
    opened(FULL)
    failure = {"failure": {"kind": "refused", "message": "Your functions give nan."}}
    tab.route("**/export", lambda route: route.fulfill(status=409, json=failure))
    tab.locator("#export").click()
    expect(tab.locator("#take-note")).to_have_text("Not exported: Your functions give nan.")
    tab.unroute("**/export")
    tab.complaints[:] = [each for each in tab.complaints if "409" not in each]  # the browser tells of it by itself


def test_an_answer_does_not_outlive_the_grader(opened, tab, expect):
    opened(FULL)
    expect(tab.locator("#answer")).to_have_text("6")
    tab.route("**/call", lambda route: route.abort())
    tab.route("**/standing", lambda route: route.abort())
    draw(tab, WAYS[7])
    expect(tab.locator("#answer")).to_have_text("–")
    expect(tab.locator("#sureness")).to_contain_text("The grader has ended")
    expect(tab.locator("#value")).to_have_text("–")
    tab.unroute("**/call")
    tab.unroute("**/standing")
    expect(tab.locator("#answer")).to_have_text("7", timeout=20_000)
    tab.complaints[:] = [each for each in tab.complaints if "ERR_FAILED" not in each]


def test_every_control_has_a_name_from_the_start(page, expect):
    expect(page.get_by_role("radio", name="filter 0", exact=True)).to_be_checked()
    expect(page.get_by_role("radio", name="filter 7", exact=True)).to_have_count(1)
    nameless = page.locator("button, input, [role=application]").evaluate_all(
        """all => all.filter((each) => each.checkVisibility() && !each.ariaLabel && !each.textContent.trim())
            .map((each) => each.outerHTML)"""
    )
    assert nameless == []


def test_the_samples_are_one_stop_of_the_tab_key(page, expect):
    samples = page.locator("#samples [role=radio]")
    expect(samples).to_have_count(20)
    assert page.locator("#samples [tabindex='0']").count() == 1
    samples.first.click()
    page.keyboard.press("ArrowRight")
    expect(samples.nth(1)).to_be_focused()
    expect(samples.nth(1)).to_have_attribute("aria-checked", "true")
    label = samples.nth(1).get_attribute("data-label")
    expect(samples.nth(1)).to_have_accessible_name(f"number 2, a {label}")
    expect(page.locator("#answer")).to_have_text(label)
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(samples.last).to_be_focused()
    page.keyboard.press("Tab")
    assert not page.evaluate("document.activeElement.closest('#samples')")


def test_what_is_said_is_never_stale(page, expect):
    said = page.locator("#said")
    draw(page, WAYS[7])
    expect(said).to_contain_text("Read as 7")
    page.locator("[data-language=zh]").click()
    expect(said).to_contain_text("认成 7")
    page.locator("#map").focus()
    page.keyboard.press("ArrowDown")
    expect(said).to_have_text(re.compile(r"= −?\d+\.\d+$"))
    page.locator("#clear").click()
    expect(said).to_have_text("")
    page.locator("#map").focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#whose-number")).to_contain_text("Z[0, 5, 3, 0]")
    page.wait_for_timeout(700)
    expect(said).to_have_text("")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_number_can_be_told_from_its_cell(page, expect, scheme):
    page.emulate_media(color_scheme=scheme)
    found = []
    for at in range(8):
        page.locator("#choose-filter input").nth(at).check()
        expect(page.locator("#whose-number")).to_contain_text(f"Z[0, 3, 3, {at}]")
        found += page.evaluate(CONTRAST)
    page.emulate_media(color_scheme="light")
    assert len(found) == 8 * (100 + 64 + 27)
    assert min(found) >= 4.5


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_phone_shows_drawing_and_answer_at_once(page, expect, taken_away, language):
    page.set_viewport_size(PHONE)
    page.goto(f"{taken_away}?lang={language}")
    expect(page.locator("#answer")).to_have_text("6")
    expect(page.locator("#lead")).to_contain_text("cnn.py")
    for shown in ("#drawing", "#answer", "#sureness"):
        box = page.locator(shown).bounding_box()
        assert box["y"] + box["height"] <= PHONE["height"]
    assert page.locator("#drawing").bounding_box()["width"] <= 0.65 * PHONE["width"]  # a finger scrolls beside it
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_a_phone_shows_the_answer_at_once_where_the_grader_serves_too(opened, tab, expect):
    opened(FULL, "en", width=360)
    tab.set_viewport_size(PHONE)
    expect(tab.locator("#answer")).to_have_text("6")
    for shown in ("#drawing", "#answer", "#sureness"):
        box = tab.locator(shown).bounding_box()
        assert box["y"] + box["height"] <= PHONE["height"]
