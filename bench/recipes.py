"""Puts the recipes of docs/recipes into the pages that show them.

`python -m bench.recipes` fills all pages in place; a test holds them to it. In a page the comment
`<!-- recipe: github/grade.yml -->` stands before the block that shows this file, whole.
"""

from __future__ import annotations

import re
from pathlib import Path

from bench.documents import PAGES, ROOT

RECIPES = ROOT / "docs" / "recipes"
SHOWN = re.compile(
    r"(?P<head>^<!-- recipe: (?P<name>\S+) -->\n```\w+ title=\"[^\"]+\"\n).*?^```$", re.DOTALL | re.MULTILINE
)


def filled(text: str) -> str:
    """Return a page with its recipes as they are now. Raises OSError for a recipe that is not there."""
    return SHOWN.sub(lambda found: f"{found['head']}{_recipe(found['name'])}```", text)


def shown(text: str) -> list[str]:
    """Return the recipes that a page shows."""
    return [found["name"] for found in SHOWN.finditer(text)]


def _recipe(name: str) -> str:
    return Path(RECIPES, name).read_text("utf-8")


def main() -> None:
    """Fill all pages."""
    for path in PAGES:
        text = path.read_text("utf-8")
        if shown(text):
            path.write_text(filled(text), "utf-8")


if __name__ == "__main__":
    main()
