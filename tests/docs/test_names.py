"""What the pages for developers name stands in the tree: modules, folders, tests."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "CONTRIBUTING.md", *(ROOT / "docs" / name for name in ("design.md", "security.md", "performance.md"))]
TOPS = ("grader", "tests", "bench", "docs", "solutions", "assignment")
PATHS = [f"/{path.relative_to(ROOT)}" for top in TOPS for path in (ROOT / top).rglob("*")] + [
    "/hatch_build.py",
    *(f"/{top}" for top in TOPS),
]
OF_STUDENTS = {"grader.py", "_bob.py"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_path_is_there(page):
    words = set(re.findall(r"`([\w/]+(?:\.py)?)`", page.read_text("utf-8"))) - OF_STUDENTS
    named = [
        word.rstrip("/") for word in words if word.endswith(".py") or word.startswith(tuple(f"{top}/" for top in TOPS))
    ]
    assert named
    assert [name for name in named if not any(path.endswith(f"/{name}") for path in PATHS)] == []
