"""The site (`make docs`): each page in its own language, the switch on the same page, nothing from elsewhere."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from bench.website import foreign, on_page_markdown

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    pytest.importorskip("material", reason="the site is built by `make docs`, which installs mkdocs-material")
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--strict", "--site-dir", str(folder)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return folder


def test_nothing_is_loaded_from_elsewhere(site):
    assert foreign(site) == []


def test_what_is_loaded_from_elsewhere_is_noticed(tmp_path):
    (tmp_path / "page.html").write_text(
        '<link rel="stylesheet" href=//fonts.example/a.css><a href="https://b.example">', "utf-8"
    )
    (tmp_path / "page.css").write_text(
        "@import 'https://c.example/c.css'; a { background: url(data:image/png;base64,) }", "utf-8"
    )
    assert [line.split(": ", 1)[1] for line in foreign(tmp_path)] == [
        "https://c.example/c.css",
        "//fonts.example/a.css",
    ]


def test_each_page_is_in_its_language_and_leads_to_the_same_page_in_the_other(site):
    pages = [*site.glob("en/*.html"), *site.glob("zh/*.html"), site / "feedback.html", site / "feedback.zh.html"]
    assert len(pages) >= 14
    for page in pages:
        text = page.read_text("utf-8")
        language = "zh" if page.parent.name == "zh" or page.name.endswith(".zh.html") else "en"
        assert re.search(r'<html lang="(\w+)"', text)[1] == language
        links = dict(re.findall(r'<a href="([^"]+)" hreflang="(\w+)"', text))
        found = {key: (page.parent / link).resolve() for link, key in links.items()}
        assert found[language] == page
        other = found["en" if language == "zh" else "zh"]
        assert other != page and other.exists()
        assert other.name.replace(".zh.", ".") == page.name.replace(".zh.", ".")


def test_lines_of_chinese_are_joined(site):
    text = (site / "zh" / "cookbook.html").read_text("utf-8")
    paragraphs = re.findall(r"<p>(.*?)</p>", text, re.DOTALL)
    assert len(paragraphs) > 30
    assert [each for each in paragraphs if re.search(r"[\u3001-\u3011\u4e00-\u9fff]\n[\u4e00-\u9fff]", each)] == []
    page = "甲，\n乙\n`c`\n- 丙\n\n丁\n\n```text\n甲\n乙\n```\n"
    assert on_page_markdown(page) == "甲，乙`c`\n- 丙\n\n丁\n\n```text\n甲\n乙\n```\n"


def test_a_page_in_english_leads_to_english_pages(site):
    text = (site / "en" / "tutorial.html").read_text("utf-8")
    tabs = re.findall(r'<a href="([^"]+)" class="md-tabs__link">', text)
    assert "cookbook.html" in tabs and not [tab for tab in tabs if "zh" in tab]
