"""An application of another course: the linear regression draws its fit, and its points can be dragged."""

import re
from contextlib import closing
from itertools import pairwise

import numpy as np
import pytest

from grader.application.building import build
from grader.application.calling import NoValue
from grader.application.network import read_examples, read_network
from grader.application.running import Running
from grader.grading import prepare, read
from tests.application.pages import ROOT, copy_course, film

EXAMPLE = ROOT / "examples" / "linear_regression"
RIGHT = (EXAMPLE / "solutions" / "regression.py").read_text("utf-8")
HALF_A_GRADIENT = RIGHT.replace("dw = 2 / m", "dw = 1 / m")
SUM_OF_SQUARES = RIGHT.replace("np.mean(", "np.sum(")
POINTS = [[-2.0, 1.5], [0.25, 0.5], [1.0, 3.0], [4.5, -2.0]]


@pytest.fixture
def course(tmp_path):
    """Return a copy of the example's folder."""
    return copy_course(EXAMPLE, tmp_path)


@pytest.fixture
def running(course, engine):
    """Return what runs the application with a submission's text."""
    opened = []

    def run(text):
        (course / "assignment" / "regression.py").write_text(text, "utf-8")
        plan = read(course / "grading.yaml")
        one = Running(build(plan.rubric), prepare(plan, engine), engine, course / "assignment" / "regression.py")
        opened.append(one)
        return one

    yield run
    for each in opened:
        with closing(each):
            pass


def best(points):
    """Return w and b of the least squares, by numpy."""
    X, y = np.array(points)[:, :1], np.array(points)[:, 1]
    return np.linalg.lstsq(np.column_stack([X, np.ones(len(X))]), y, rcond=None)[0]


def costs(points, w, b):
    X, y = np.array(points).T
    return (w * X + b - y) ** 2


def locked(one, language="en"):
    return {name for name, stage in one.standing(language).stages.items() if not stage.open}


@pytest.mark.parametrize(
    "points",
    [POINTS, POINTS[:2], [[1.0, 1.0], [1.0, 2.0], [1.0, 4.5]], [[0.0, 1.0]]],
    ids=["four", "two", "upright", "one"],
)
def test_the_fit_is_the_least_squares(running, points):
    found = running(RIGHT).call("fit", {"points": points})
    assert (found["w"], found["b"]) == pytest.approx(tuple(best(points)), abs=1e-9)


def test_the_loss_is_told_together_and_for_each_point(running):
    one = running(RIGHT)
    found = one.call("measure", {"points": POINTS, "w": 0.5, "b": -1.0})
    assert found["squares"] == pytest.approx(costs(POINTS, 0.5, -1.0))
    assert found["cost"] == pytest.approx(costs(POINTS, 0.5, -1.0).mean())
    for b, row in zip((-4, 0, 4), one.call("landscape", {"points": POINTS}), strict=True):
        assert row == pytest.approx([costs(POINTS, w, b).mean() for w in (-2, 0, 2)])


def test_descent_goes_on_where_it_stopped_and_comes_to_the_fit(running):
    one = running(RIGHT)
    one.call("keep", {"points": POINTS, "w": -1.0, "b": 3.0, "follow": False})
    path = one.call("descend", {"rate": 0.05, "steps": 3})["path"]
    assert path[0] == pytest.approx([-1.0, 3.0, costs(POINTS, -1.0, 3.0).mean()])
    longer = one.call("descend", {"rate": 0.05, "steps": 500})["path"]
    assert longer[:4] == path
    assert longer[-1][:2] == pytest.approx(list(best(POINTS)), abs=1e-6)
    assert all(later[2] <= earlier[2] + 1e-12 for earlier, later in pairwise(longer))
    assert one.call("look", {})["path"] == longer


def test_a_rate_that_is_too_large_is_told_and_keeps_its_numbers_finite(running):
    found = running(RIGHT).call("descend", {"rate": 5.0, "steps": 1000})
    assert found["diverged"]
    assert np.isfinite(found["path"]).all()


def test_what_is_exported_is_the_line_that_is_kept(running):
    one = running(RIGHT)
    assert one.standing("en").exportable
    one.call("keep", {"points": POINTS, "w": 1.25, "b": -0.5, "follow": False})
    shown, made = one.exported()
    examples = read_examples(made, read_network(shown))
    assert examples.outputs == pytest.approx(1.25 * examples.inputs - 0.5)


@pytest.mark.parametrize(
    ("text", "wrong", "shut"),
    [
        (HALF_A_GRADIENT, "gradient", {"fit", "descend", "examples"}),
        (SUM_OF_SQUARES, "loss", {"measure", "landscape", "descend"}),
    ],
    ids=["gradient", "loss"],
)
def test_a_wrong_function_locks_what_needs_it_and_says_why(running, text, wrong, shut):
    one = running(text)
    assert locked(one) == shut
    standing = one.standing("en")
    (state,) = [each for each in standing.functions if each.name == wrong]
    assert (state.right, set(state.unlocks), standing.following) == (False, shut, wrong)
    assert "times" in state.says  # half of it, or as often as there are rows
    with pytest.raises(NoValue) as refused:
        one.call("descend", {"rate": 0.1})
    assert refused.value.kind == "locked"


def test_a_function_that_is_missing_breaks_only_what_needs_it(running):
    outline, _, _ = RIGHT.partition("def gradient(")
    assert "def loss(" in outline
    one = running(outline)
    assert locked(one) == {"fit", "descend", "examples"}
    assert one.call("measure", {"points": POINTS, "w": 0.5, "b": -1.0})["cost"] == pytest.approx(
        costs(POINTS, 0.5, -1.0).mean()
    )
    with pytest.raises(NoValue, match="gradient"):
        one.call("fit", {"points": POINTS})


# ---------------------------------------------------------------- in a browser


PAINTED = """() => {
    const copied = document.createElement("canvas").getContext("2d");
    copied.drawImage(document.getElementById("map"), -190, -190);
    return copied.getImageData(0, 0, 1, 1).data[3];
}"""
"""How much of the map's middle is covered, from 0 to 255; Chromium complains of a canvas that is read twice."""


def painted(tab):
    """Return whether the map is there within ten seconds; the page's policy forbids `wait_for_function` its eval."""
    for _ in range(100):
        if tab.evaluate(PAINTED):
            return True
        tab.wait_for_timeout(100)
    return False


def points_of(tab):
    tab.locator("#points .point").first.wait_for()
    labels = [each.get_attribute("aria-label") for each in tab.locator("#points .point").all()]
    return [[float(number) for number in re.findall(r"-?[\d.]+", label.replace("−", "-"))] for label in labels]


def equation(w, b):
    """Return the equation as the page writes it."""
    return f"y = {w:.3f} x {'-' if b < 0 else '+'} {abs(b):.3f}".replace("-", "−")


def drag(tab, index, x, y):
    """Drag a point by as many pixels."""
    box = tab.locator("#points .dot").nth(index).bounding_box()
    at = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    tab.mouse.move(*at)
    tab.mouse.down()
    tab.mouse.move(at[0] + x, at[1] + y, steps=5)
    tab.mouse.up()


def test_the_line_follows_a_point_that_is_dragged(opened, tab, expect):
    served = opened(RIGHT)
    before = points_of(tab)
    expect(tab.locator("#equation")).to_have_text(equation(*best(before)))
    drag(tab, 2, 60, -90)
    after = points_of(tab)
    assert after[2][0] > before[2][0] and after[2][1] > before[2][1]
    assert after[:2] + after[3:] == before[:2] + before[3:]
    expect(tab.locator("#equation")).to_have_text(equation(*best(after)))
    expect(tab.locator("#cost")).to_have_text(f"{costs(after, *best(after)).mean():.4f}")
    assert equation(*best(after)) != equation(*best(before))
    film(tab, "regression-dragged")
    assert all(each.startswith((served.address, "data:")) for each in tab.requests)


def test_points_are_moved_added_and_removed_by_keyboard_and_click(opened, tab, expect):
    opened(RIGHT, language="zh")
    expect(tab.locator("#points .point")).to_have_count(8)
    before = points_of(tab)
    tab.locator("#points .point").nth(3).focus()
    tab.keyboard.press("ArrowUp")
    tab.keyboard.press("Shift+ArrowLeft")
    moved = points_of(tab)
    assert moved[3] == pytest.approx([before[3][0] - 0.5, before[3][1] + 0.1])
    expect(tab.locator("#equation")).to_have_text(equation(*best(moved)))
    tab.keyboard.press("Delete")
    assert points_of(tab) == moved[:3] + moved[4:]
    box = tab.locator("#plane").bounding_box()
    tab.locator("#plane").click(position={"x": box["width"] * 0.8, "y": box["height"] * 0.85})
    expect(tab.locator("#points .point")).to_have_count(8)
    assert points_of(tab)[7] == pytest.approx([3, -2.8], abs=0.05)
    expect(tab.locator("#equation")).to_have_text(equation(*best(points_of(tab))))


def test_descent_runs_to_the_best_line_and_stays_where_it_came_to(opened, tab, expect):
    opened(RIGHT, width=390)
    expect(tab.locator("#equation")).to_have_text(equation(*best(points_of(tab))))
    tab.locator("#rate").fill("0.13")
    tab.locator("#run").click()
    expect(tab.locator("#run")).to_have_text("Stop")
    expect(tab.locator("#run")).to_have_text("Descend", timeout=60_000)
    w, b = best(points_of(tab))
    told = [float(each) for each in re.findall(r"-?[\d.]+", tab.locator("#equation").inner_text().replace("− ", "-"))]
    assert told == pytest.approx([w, b], abs=0.01)
    film(tab, "regression-descended-phone")
    steps = tab.locator("#facts").inner_text().split(" · ")[0]
    tab.reload()
    expect(tab.locator("#facts")).to_contain_text(steps)
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_locked_stage_says_why_and_opens_when_the_file_is_saved(opened, tab, expect, course):
    opened(HALF_A_GRADIENT)
    expect(tab.locator("#cost")).to_be_visible()
    expect(tab.locator("#run")).to_be_hidden()
    expect(tab.locator("[data-stage=descend]")).to_contain_text("gradient")
    expect(tab.locator("[data-stage=descend]")).to_contain_text("0.5 times")
    expect(tab.locator("#states .next")).to_contain_text("gradient")
    assert painted(tab)
    film(tab, "regression-locked")
    (course / "assignment" / "regression.py").write_text(RIGHT, "utf-8")
    expect(tab.locator("#run")).to_be_visible(timeout=20_000)
    expect(tab.locator("#equation")).to_have_text(equation(*best(points_of(tab))))
    tab.locator("[data-language=zh]").click()
    expect(tab.locator("h1")).to_have_text("拖动一个点，直线就跟着动")
    expect(tab.locator("#states")).to_contain_text("均方误差")


def test_the_line_is_taken_away_as_one_file_and_read_there(opened, tab, expect, tmp_path):
    opened(RIGHT)
    drag(tab, 0, 30, -120)
    w, b = best(points_of(tab))
    expect(tab.locator("#equation")).to_have_text(equation(w, b))
    with tab.expect_download() as started:
        tab.locator("#export").click()
    started.value.save_as(tmp_path / "line.html")
    tab.requests.clear()
    tab.goto((tmp_path / "line.html").as_uri())
    tab.locator("#x").fill("3")
    expect(tab.locator("#chosen")).to_have_text(f"x = 3.0 → y = {3 * w + b:.3f}".replace("-", "−"))
    film(tab, "regression-taken-away")
    assert all(each.startswith(("file:", "data:", "blob:")) for each in tab.requests)
