"""The page of a class: everybody's points, links to the students' pages, and a table that sorts without network."""

import base64
import hashlib
import re
import shutil
from fractions import Fraction
from html.parser import HTMLParser
from urllib.parse import unquote

import class_samples as classes
import pytest
from msgspec.structs import replace

from grader.language import Bilingual, inert
from grader.model import ManualResult
from grader.report.exporting import exported

HOSTILE = classes.standing(classes.person("../x/<i>", inert("<img src=x onerror=alert(1)>")), classes.half())
CLASS = [*classes.a_class(), HOSTILE]


def page(people=CLASS, language="en"):
    (file,) = exported("html-class", classes.reading(people), language=language)
    return b"".join(file.data).decode()


def seen(text):
    """Return the names of all tags and attributes."""
    parser, tags, attributes = HTMLParser(), set(), set()
    parser.handle_starttag = lambda tag, given: (tags.add(tag), attributes.update(name for name, _ in given))
    parser.feed(text)
    return tags, attributes


def digest(text):
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_allows_its_own_style_and_script_and_nothing_else(language):
    text = page(language=language)
    (style,), (script,) = (re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL) for tag in ("style", "script"))
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)[1].replace("&#39;", "'")
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digest(style)}'; script-src 'sha256-{digest(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    tags, attributes = seen(text)
    assert not tags & {"img", "i", "a", "link", "iframe"}, "a page alone links to nothing"
    assert not [name for name in attributes if name.startswith("on") or name in ("style", "src", "href")]


def test_a_folder_has_the_page_and_those_of_the_students():
    files = {
        file.name: b"".join(file.data).decode()
        for file in exported("html-class", classes.reading(CLASS), language="en", apart=True)
    }
    index = files.pop("index.html")
    links = [unquote(link) for link in re.findall(r'href="([^"]*)"', index)]
    assert sorted(links) == sorted(files) and len(files) == 5, "nothing handed in, no page"
    assert all(re.fullmatch(r"students/[^/]+\.html", name) and ".." not in name for name in files)
    assert all(text.lstrip().startswith("<!doctype html>") for text in files.values())


def test_what_was_not_graded_is_no_zero_and_no_part_of_the_summary():
    text = page()
    summary = re.search(r'data-sort="zero_pad".*?</tr>', text, re.DOTALL)[0]
    assert [int(number) for number in re.findall(r'<td class="number">(\d+)</td>', summary)] == [15, 75, 3, 0, 1, 0]
    row = re.search(r"s4</td>.*?</tr>", text, re.DOTALL)[0]
    assert re.findall(r'data-sort="([^"]*)"', row)[-4:] == ["", "", "", "40.0"]


def marked(own, report, **scores):
    """Return a person with the marks of an essay and of a bonus item; what is not named is open."""
    items = tuple(
        ManualResult(name=name, title=Bilingual("文", name), score=scores.get(name), max_score=Fraction(4), bonus=bonus)
        for name, bonus in (("essay", False), ("extra", True))
    )
    essay, extra = (scores.get(name, 0) for name in ("essay", "extra"))
    return classes.standing(classes.person(own), replace(
        report, manual=items, score=report.score + essay, max_score=report.max_score + 4,
        bonus=report.bonus + extra, max_bonus=report.max_bonus + 4,
    ))  # fmt: skip


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_a_person_grades_has_a_column_and_a_row_so_that_rows_add_up(language):
    people = [
        marked("a", classes.full(), essay=Fraction(4), extra=Fraction(1)),
        marked("b", classes.half(), essay=Fraction(1)),
        marked("c", classes.nothing_right(), essay=Fraction(0)), marked("d", classes.full()),
        classes.standing(classes.person("e"), classes.full()),
    ]  # fmt: skip
    text = page(people, language)
    heads = re.findall(r"<code>(\w+)</code></button>", text.replace("<wbr>", ""))
    assert heads == ["zero_pad", "conv_forward", "essay", "extra"]

    def numbers(name):
        summary = re.search(rf'data-sort="{name}".*?</tr>', text, re.DOTALL)[0]
        return re.findall(r'<td class="number">([^<]*)</td>', summary)

    assert numbers("essay") == ["4", "42", "1", "1", "1", "0"] and numbers("extra") == ["4", "25", "0", "1", "0", "0"]
    for one in people:
        row = re.search(rf'<th scope="row" data-sort="{one.person.id}">.*?</tr>', text, re.DOTALL)[0]
        total, required, bonus, *parts = re.findall(r'data-sort="([^"]*)"', row)[-7:]
        assert sum(map(float, filter(None, parts))) == float(total) == float(required) + float(bonus or 0)
    assert parts[-2:] == ["", ""], "who has no such items has nothing there"
    row = re.search(r'<th scope="row" data-sort="d">.*?</tr>', text, re.DOTALL)[0]
    assert row.count(">–</td>") == 2, "what nobody marked is no 0"


@pytest.fixture(scope="module")
def tab():
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("no Chromium here: the page is not opened in a browser")
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        found = opened.new_page()
        found.complaints = []
        found.on("console", lambda message: found.complaints.append(message.text))
        yield found
        opened.close()


@pytest.mark.parametrize("width", [400, 1200])
def test_the_table_sorts_and_both_languages_show(tab, tmp_path, width):
    (tmp_path / "class.html").write_text(page(), "utf-8")
    tab.set_viewport_size({"width": width, "height": 900})
    tab.goto((tmp_path / "class.html").as_uri())
    people = tab.locator("table").nth(1)

    def order():
        return [text.split()[0] for text in people.locator("tbody th").all_inner_texts()]

    total = people.get_by_role("button", name="total")
    total.click()
    assert order()[:4] == ["王", "Euler,", "<img", "Ada"], "numbers, and empty cells last"
    total.click()
    assert order()[0] == "Ada" and set(order()[-2:]) == {"=cmd|'/c", "Emmy"}
    assert people.locator("th[aria-sort=descending]").count() == 1
    tab.locator("label[for=zh]").click()
    assert "所有人" in tab.inner_text("main") and "Everybody" not in tab.inner_text("main")
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    assert tab.complaints == []
