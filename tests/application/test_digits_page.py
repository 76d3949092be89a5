"""The page of the digits by itself, as it is taken away: what becomes of a drawing, and what the page shows of it."""

import re
import shutil
import subprocess
import sys

import pytest

from tests.application.pages import ROOT, copy_course, draw

WAYS = {
    1: [[(0.6, 0.15), (0.42, 0.85)]],
    2: [[(0.32, 0.33), (0.38, 0.2), (0.55, 0.16), (0.66, 0.28), (0.6, 0.45), (0.3, 0.82), (0.5, 0.82), (0.72, 0.82)]],
    7: [[(0.28, 0.2), (0.7, 0.2), (0.45, 0.85)]],
}
"""Strokes of digits, in parts of the drawing's width and height."""


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
