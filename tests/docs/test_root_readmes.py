"""What the READMEs show is what the commands print, and what they link to is there."""

import re
from pathlib import Path

import pytest

from bench.readme import READMES, filled

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("name", READMES)
def test_readme_shows_what_is_printed(name):
    text = (ROOT / name).read_text("utf-8")
    assert "$ grade" in text
    assert filled(text) == text, "run: python -m bench.readme"


@pytest.mark.parametrize("name", READMES)
def test_readme_links_to_files(name):
    links = re.findall(r"\]\(([^)#]+)\)", (ROOT / name).read_text("utf-8"))
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []
