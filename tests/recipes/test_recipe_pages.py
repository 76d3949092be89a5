"""The pages show the recipes as they are, each in both languages, and nothing that was not tried."""

from pathlib import Path

import pytest

from bench import recipes

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "docs" / language / "platforms.md" for language in ("en", "zh")]
FILES = sorted(str(path.relative_to(recipes.RECIPES)) for path in recipes.RECIPES.rglob("*") if path.is_file())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.parent.name)
def test_a_page_shows_every_recipe_as_it_is(page):
    text = page.read_text("utf-8")
    assert sorted(recipes.shown(text)) == FILES
    assert recipes.filled(text) == text, "run: python -m bench.recipes"


def test_a_recipe_that_changed_is_noticed():
    page = '<!-- recipe: gitlab/student.yml -->\n```yaml title=".gitlab-ci.yml"\nold\n```\n'
    assert "include:" in recipes.filled(page) and recipes.shown(page) == ["gitlab/student.yml"]
    with pytest.raises(OSError):
        recipes.filled(page.replace("student.yml", "none.yml"))
