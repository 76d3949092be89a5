"""What the tests in a browser share: a course's copy, strokes on a drawing, pictures to be looked at."""

import os
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FILMS = Path(os.environ.get("PINGFEN_FILMS") or ROOT / "build" / "films")


def copy_course(source, folder):
    """Copy a course's rubric, assignment and solutions to a folder that exists, and return it."""
    for name in ("assignment", "solutions"):
        shutil.copytree(source / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", ".grade"))
    shutil.copy(source / "grading.yaml", folder)
    return folder


def film(tab, name):
    """Write a picture of the whole page to `build/films`, or to the folder PINGFEN_FILMS."""
    FILMS.mkdir(parents=True, exist_ok=True)
    tab.screenshot(path=FILMS / f"{name}.png", full_page=True)


def draw(tab, strokes, left=0.0, top=0.0, scale=1.0):
    """Draw strokes (parts of the drawing's width and height) with the pointer, moved and made smaller."""
    tab.locator("#clear").click()
    tab.locator("#drawing").scroll_into_view_if_needed()
    box = tab.locator("#drawing").bounding_box()
    for stroke in strokes:
        placed = [(left + x * scale, top + y * scale) for x, y in stroke]
        points = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in placed]
        tab.mouse.move(*points[0])
        tab.mouse.down()
        for point in points[1:]:
            tab.mouse.move(*point, steps=4)
        tab.mouse.up()
    # The page reads a drawing in the next frame.
    tab.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
