import base64
import hashlib
import re
from fractions import Fraction as F
from itertools import pairwise

import msgspec
import pytest
import report_samples as samples

from grader.language import inert
from grader.model import Listing
from grader.report.html import render

EVERY = samples.samples()
BY_NAME = pytest.mark.parametrize("sample", EVERY, ids=lambda sample: sample.name)


@BY_NAME
def test_the_page_allows_its_own_style_and_nothing_else(sample):
    page = render(sample.report, language="zh")
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1].replace("&#39;", "'")
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


@BY_NAME
def test_markup_of_a_student_stays_text(sample):
    page = render(sample.report, language="en")
    tags = re.findall(r"<([a-zA-Z!/][^>]*)>", page)
    assert not [tag for tag in tags if tag.lower().startswith(("script", "/script", "b>", "img", "iframe", "link"))]
    assert not [tag for tag in tags if re.search(r"\s(on\w+|style|src)\s*=", tag)]
    assert {tag for tag in tags if "href=" in tag and 'href="#' not in tag} == set()


def test_hidden_cases_stay_hidden():
    student, teacher = (render(report, language="en") for report in (samples.mixed(), samples.instructor()))
    assert "987654321" in teacher
    assert "987654321" not in student
    assert "20240501" not in student


LONG_LINE = Listing(at=samples.at(14), lines=(inert("    X_pad = " + "x + " * 60 + "1"),))


@pytest.fixture
def visit(tab, tmp_path):
    """Open a report from disk; complaints of the console and requests are kept on the page object."""

    def open_page(report, language="zh", width=1000, scheme="light"):
        path = tmp_path / "report.html"
        path.write_text(render(report, language=language), "utf-8")
        tab.set_viewport_size({"width": width, "height": 800})
        tab.emulate_media(media="screen", color_scheme=scheme)
        tab.goto("about:blank")
        tab.complaints.clear()
        tab.requests.clear()
        tab.goto(path.as_uri())
        return tab

    return open_page


@BY_NAME
def test_it_opens_from_disk_without_a_complaint_and_asks_for_nothing(sample, visit):
    page = visit(sample.report)
    assert page.complaints == []
    assert [url.split(":")[0] for url in page.requests] == ["file"]
    assert page.locator("h1").inner_text() == "分步构建卷积神经网络"
    for width in (1000, 390):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, "something sticks out"


def test_hostile_text_is_seen_as_it_was_written(visit):
    page = visit(samples.hostile(), language="en")
    assert page.locator("script, b[onclick], main b:has-text('.py')").count() == 0
    assert "<script>alert(1)</script>" in page.locator("#f-zero_pad .message").inner_text()
    assert "[bold]évil[/bold]<b>&amp;.py" in page.locator(".submission").inner_text()
    assert page.complaints == []


def test_the_policy_would_stop_a_script_that_got_in(visit):
    page = visit(samples.full())
    page.evaluate(
        "document.body.insertAdjacentHTML('beforeend', '<img src=http://127.0.0.1:9/x onerror=document.title=1>')"
    )
    page.evaluate(
        "document.body.append(Object.assign(document.createElement('script'), {textContent: 'document.title=2'}))"
    )
    page.wait_for_timeout(50)
    assert page.title().startswith("100 / 100")
    assert any("Content Security Policy" in complaint for complaint in page.complaints)


def test_the_language_switch_needs_no_script(visit):
    page = visit(samples.mixed())
    next_step = page.locator("p.next")
    assert next_step.inner_text().startswith("下一步")
    page.locator("label[for=en]").click()
    assert next_step.inner_text().startswith("Next")
    assert "步长与填充" not in page.locator("main").inner_text()
    page.keyboard.press("ArrowLeft")
    assert next_step.inner_text().startswith("下一步")


def test_another_slice_can_be_chosen_with_the_keyboard(visit):
    page = visit(samples.mixed())
    tabs = page.locator("#f-conv_forward .picture").first.locator(".tabs")
    assert tabs.locator("input:checked + label").inner_text() == "[0, :, :, 3]"
    assert tabs.locator(".tab:visible rect.first").count() == 3
    tabs.locator("input:checked").focus()
    page.keyboard.press("ArrowRight")
    assert tabs.locator("input:checked + label").inner_text() == "[0, :, :, 4]"
    assert tabs.locator(".tab:visible").count() == 1
    assert tabs.locator(".tab:visible rect.first").count() == 0


def test_the_window_of_the_first_wrong_element_is_drawn(visit):
    page = visit(samples.mixed())
    assert page.locator("#f-conv_forward .inputs rect.window:visible").count() == 1


def test_the_line_that_went_wrong_is_marked(visit):
    page = visit(samples.mixed())
    marked = page.locator("#f-conv_single_step .source .marked")
    assert marked.count() == 1
    assert marked.inner_text().split()[:3] == ["52", "s", "="]
    assert page.locator("#f-conv_single_step .source").evaluate("node => node.open")
    broken = visit(samples.unreadable())
    assert broken.locator("#f-zero_pad .source mark").inner_text() == "("


def test_on_a_phone_an_open_listing_scrolls_and_the_page_does_not(visit):
    problem = samples.problem("zero_pad", "error", listing=LONG_LINE, at=LONG_LINE.at)
    wrong = samples.case("error", at=LONG_LINE.at)
    problem = msgspec.structs.replace(
        problem, checks=(samples.check(samples.EXAMPLE, F(0), F(15), (wrong,), status="error"),)
    )
    page = visit(samples.report(problem), width=360)
    assert page.locator(".source .marked").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.locator(".source pre").evaluate("node => node.scrollWidth > node.clientWidth")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_in_light_and_dark(scheme, visit):
    page = visit(samples.mixed(), scheme=scheme)
    pairs = page.evaluate(
        """() => ['body', '.card .message', '.card .of', '.state', 'dt', 'dl .good pre', 'dl .bad pre', '.next',
                  'small', '.tabs label', 'footer']
              .flatMap(name => [...document.querySelectorAll(name)].slice(0, 8)).map(node => {
                let under = node;
                while (getComputedStyle(under).backgroundColor === 'rgba(0, 0, 0, 0)') under = under.parentElement;
                return [node.className, getComputedStyle(node).color, getComputedStyle(under).backgroundColor];
              })"""
    )
    assert len(pairs) > 20
    weak = [pair for pair in pairs if contrast(pair[1], pair[2]) < 4.5]
    assert weak == []


def contrast(one, other):
    """The contrast ratio of WCAG 2.2 (https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio)."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour):
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_on_paper_it_is_dark_on_white_and_the_controls_are_gone(visit):
    page = visit(samples.mixed(), scheme="dark")
    page.emulate_media(media="print")
    assert contrast(page.evaluate("getComputedStyle(document.querySelector('h1')).color"), "rgb(255, 255, 255)") > 10
    assert not page.locator(".switch").is_visible()
    assert page.locator("#f-conv_forward").is_visible()


def test_everything_has_a_name_for_a_screen_reader(visit):
    page = visit(samples.mixed())
    assert page.evaluate("[...document.querySelectorAll('input')].every(node => node.labels.length === 1)")
    assert page.evaluate(
        "[...document.querySelectorAll('svg')].every(node => node.getAttribute('aria-hidden') === 'true')"
    )
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4,h5')].map(node => +node.tagName[1])")
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(node => node.id)")
    assert len(ids) == len(set(ids))


def test_an_instructor_opens_the_other_failing_cases_with_the_keyboard(visit):
    page = visit(samples.instructor(), language="en")
    more = page.locator(".checks details", has=page.locator("summary", has_text="more failing case")).first
    assert more.locator(".case:visible").count() == 0
    more.locator("summary").first.focus()
    page.keyboard.press("Enter")
    assert more.locator(".case.withheld:visible").count() == 4
    assert more.inner_text().count("987654321") == 4
    assert visit(samples.mixed(), language="en").locator("summary", has_text="more failing case").count() == 0


def test_a_check_called_by_its_kind_says_so_once():
    page = render(samples.mixed(), language="en")
    assert page.count('<span class="t" lang="en">properties</span>') == 1
    assert '<span class="t" lang="en">values</span> · ' in page
