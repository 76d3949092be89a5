"""What other programs read: each format whole for every report, and safe with whatever a student wrote."""

import json
import re
import xml.etree.ElementTree as ET
from fractions import Fraction as F

import class_samples as classes
import jsonschema
import pytest
import report_samples as samples
from report_golden import check_golden

from grader.cli.writing import standings_of
from grader.language import Bilingual, inert, say
from grader.model import Mismatch, Note
from grader.report import FORMATS, format_of, github, gradebook, gradescope, junit, markdown
from grader.report.json import schema
from grader.report.wording import is_graded

EVERY = samples.samples()
BY_NAME = pytest.mark.parametrize("sample", EVERY, ids=lambda sample: sample.name)


def with_text(text):
    """A report whose first function says `text`."""
    return samples.report(
        samples.problem("zero_pad", "failed", message=say("{text}", text=text)),
        notes=(Note(message=say("{text}", text=text)),),
    )


def taken(sample):
    """Points that hints cost: the checks do not show them."""
    return float(sum(problem.taken_by("hints") for problem in sample.report.problems))


# --- a kind of check whose package is not installed


def of_another_kind():
    """A report that was made where a package added the kind `colour` and a category of that name."""
    differing = Mismatch(category="colour", got="red", want="blue")
    shown = samples.exhibit(want="blue", got="red", mismatches=(differing, differing))
    said = say("{text}", text="Another colour is expected.")
    cases = tuple(samples.case("failed", number, category="colour", message=said, exhibit=shown) for number in (0, 1))
    made = samples.check(Bilingual("颜色", "hue"), F(0), F(10), cases, kind="colour", message=said)
    hidden = samples.check(Bilingual("暗", "dark"), F(0), F(5), cases, kind="colour", visibility="hidden")
    plain = samples.check(Bilingual("数", "numbers"), F(5), F(5), kind="values")
    return samples.report(samples.problem("paint", "partial", (made, hidden, plain), bonus=False))


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_kind_that_is_not_installed_is_called_by_its_name(name, language):
    text = classes.text_of(name, of_another_kind(), language)
    assert "paint" in text or name == "nbgrader", "its table names no functions"
    if name == "html":
        assert "colour · " in text
    if name == "json":
        jsonschema.validate(json.loads(text), schema())


# --- JUnit


@BY_NAME
def test_junit_counts_and_points_add_up(sample):
    root = ET.fromstring(junit.render(sample.report, language="en"))
    cases = root.findall(".//testcase")
    assert len(cases) == int(root.get("tests"))
    assert len(cases) == sum(len(problem.checks) for problem in sample.report.problems) + len(sample.report.manual)
    for attribute, tag in (("failures", "failure"), ("errors", "error")):
        assert int(root.get(attribute)) == len(root.findall(f".//{tag}"))
    *suites, whole = root
    for suite in suites:
        assert int(suite.get("skipped")) == len(suite.findall(".//skipped"))
        checks = suite.findall("properties/property")
        each = [float(one.get("value")) for one in checks if re.fullmatch(r"points\.\d+", one.get("name"))]
        points = [float(one.get("value")) for one in checks if one.get("name") == "points"]
        by_hand = suite.get("name") in {item.name for item in sample.report.manual}
        assert sum(each) - sum(points) == pytest.approx(0) or taken(sample) or by_hand
    if is_graded(sample.report):
        total = sum(float(whole.find(f".//property[@name='{name}']").get("value")) for name in ("points", "bonus"))
        points = [one.find("properties/property[@name='points']") for one in suites]
        each = [float(one.get("value")) for one in points if one is not None]
        assert len(each) == len(suites) - sum(item.is_open for item in sample.report.manual)
        assert sum(each) == pytest.approx(total)


@BY_NAME
def test_junit_holds_what_jenkins_schema_allows(sample):
    """github.com/jenkinsci/xunit-plugin, junit-10.xsd: no properties of a test case, nothing skipped of all suites."""
    root = ET.fromstring(junit.render(sample.report, language="zh"))
    assert root.attrib.keys() <= {"name", "time", "tests", "failures", "errors"}
    for suite in root:
        assert suite.tag == "testsuite" and {"name", "tests", "failures", "errors"} <= suite.attrib.keys()
        assert suite.attrib.keys() <= {"name", "tests", "failures", "errors", "skipped", "time", "file"}
        for each in suite:
            assert each.tag in ("properties", "testcase")
            if each.tag == "testcase":
                assert each.attrib.keys() <= {"name", "time", "classname"}
                assert {one.tag for one in each} <= {"skipped", "error", "failure", "system-out"}


def test_junit_names_what_failed_and_where():
    root = ET.fromstring(junit.render(samples.mixed(), language="en"))
    case = root.find(".//testcase[@classname='grade.zero_pad']")
    assert root.find(".//testsuite[@name='zero_pad']").get("file") == samples.PATH
    assert case.find("failure").text.startswith("cnn.py:14\n")
    assert case.find("failure").get("message") == "The result has shape (8, 7, 7, 6); expected is (4, 7, 7, 2)."
    assert "shape of result = (8, 7, 7, 6)" in case.find("failure").text
    assert root.find(".//testcase[@classname='grade.conv_single_step']/error") is not None
    assert root.find(".//testcase[@classname='grade.conv_backward']/skipped") is not None
    assert root.find(".//testcase[@classname='grade.pool_forward']/failure") is None


def test_junit_survives_what_xml_does_not_allow():
    text = "a\x00b\x1b[31m]]></failure><x>\ufffe\ud800"
    root = ET.fromstring(junit.render(with_text(text), language="en"))
    assert root.find(".//failure").get("message") == "a\ufffdb\ufffd[31m]]></failure><x>\ufffd\ufffd"
    assert root.find(".//x") is None


# --- Gradescope


@BY_NAME
def test_gradescope_totals_and_types(sample):
    results = json.loads(gradescope.render(sample.report, language="zh"))
    lost = not is_graded(sample.report)
    assert ("score" in results) is not lost
    if not lost:
        graded = [test["score"] for test in results["tests"] if "score" in test]
        assert results["score"] + taken(sample) == pytest.approx(sum(graded))
        assert len(graded) == len(results["tests"]) - sum(item.is_open for item in sample.report.manual)
    assert isinstance(results["execution_time"], float)
    assert {test["visibility"] for test in results["tests"]} == {"visible"}
    assert {test["status"] for test in results["tests"] if "score" in test} <= {"passed", "failed"}
    assert len({test["number"] for test in results["tests"]}) == len(results["tests"])


def test_gradescope_says_why():
    results = json.loads(gradescope.render(samples.mixed(), language="en"))
    test = next(test for test in results["tests"] if test["name"] == "conv_forward: stride and padding")
    assert (test["score"], test["max_score"], test["status"]) == (12, 32, "failed")
    assert "5 of 8 cases are not right" in test["output"]
    assert "A_prev" not in test["output"]
    assert results["output_format"] == test["output_format"] == "text"


# --- what a person grades


def test_what_is_open_says_so_in_every_format():
    report = samples.by_hand()
    wire = json.loads(format_of("json").render(report, language="en"))
    jsonschema.validate(wire, schema())
    assert (wire["score"], wire["max_score"], wire["open_points"], wire["open_bonus"]) == (17, 20.5, 2.5, 1)
    assert [(one["name"], one["open"], one["score"]) for one in wire["manual"]] == [
        ("answer", False, 2), ("proof", True, None), ("talk", True, None),
    ]  # fmt: skip
    assert wire["manual"][0]["criteria"][0] == {"says": "names invariance under shifts", "points": 2}
    root = ET.fromstring(junit.render(report, language="en"))
    assert root.find("testsuite[@name='proof']/testcase/skipped").text == "Still to be graded by hand."
    assert "Comment: Clear, but" in root.find("testsuite[@name='answer']/testcase/failure").text
    assert root.find(".//property[@name='open_points']").get("value") == "2.5"
    tests = {one["number"]: one for one in json.loads(gradescope.render(report, language="en"))["tests"]}
    assert (tests["3"]["score"], tests["3"]["max_score"], tests["3"]["status"]) == (2, 3, "failed")
    assert tests["4"].keys() & {"score", "status"} == set() and tests["4"]["max_score"] == 2.5
    results = json.loads(format_of("prairielearn").render(report, language="en"))
    assert results["score"] == pytest.approx(17 / 18), "what is open is in neither"
    assert "17 / 20.5, 2.5 points still to be graded by hand" in results["message"]
    assert {one["name"] for one in results["tests"]} >= {"answer: Why max pooling"}
    commands = [line for line in github.render(report, language="en").splitlines() if line.startswith("::")]
    assert not [line for line in commands if line.startswith(("::error", "::warning"))]
    assert [line for line in commands if line.startswith("::notice") and "title=distribute_value" in line]
    page = format_of("html").render(report, language="en")
    assert "See &lt;b&gt;page 3&lt;/b&gt;" in page and "Still to be graded by hand: 2.5 points." in page


def test_what_only_informs_fails_nothing():
    report = samples.by_hand()
    root = ET.fromstring(junit.render(report, language="en"))
    assert root.find("testsuite[@name='distribute_value']/testcase/skipped") is not None
    assert gradebook.standing(report).text("en") == "partly right", "the answer has 2 of 3"
    names, _, row = gradebook.render(standings_of([report]), language="en").splitlines()
    cells = dict(zip(names.split(","), row.split(","), strict=True))
    assert (cells["distribute_value"], cells["answer"], cells["proof"]) == ("not right yet", "2", "")
    assert cells["to be graded by hand"] == "3.5"


# --- Markdown


@BY_NAME
@pytest.mark.parametrize("language", ["zh", "en"])
def test_markdown_has_a_row_for_every_function(sample, language):
    text = markdown.render(sample.report, language=language)
    rows = [line for line in text.split("\n") if line.startswith("| ") and "---" not in line]
    assert len(rows) == len(sample.report.problems) + len(sample.report.manual) + 1
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {5}


def test_markdown_as_it_is_read():
    check_golden("mixed.zh.md", markdown.render(samples.mixed(), language="zh"))
    check_golden("unreadable.en.md", markdown.render(samples.unreadable(), language="en"))
    check_golden("by_hand.en.md", markdown.render(samples.by_hand(), language="en"))


@pytest.mark.parametrize(
    "text",
    [
        "<img src=x>",
        "[a](http://x)",
        "# head",
        "| a | b |",
        "**b**",
        "`c`",
        "@all",
        "![i](u)",
        "a\n\n# b",
        "1. x",
        "- x",
    ],
)
def test_markdown_of_a_student_is_shown_as_it_is(text):
    shown = markdown.escape(text)
    assert "<" not in shown
    assert "@" not in shown
    assert "\n" not in shown
    assert not re.search(r"(?<!\\)[\[\]`*|#!]", shown.replace("&#64;", ""))
    assert not re.match(r"(\d+\.|[-+#>])", shown)


@pytest.mark.parametrize("text", ["a`b", "```\nx\n```", "`", "``a``", "|"])
def test_code_cannot_be_left(text):
    block = markdown.fence(text).split("\n")
    assert block[0].removesuffix("text") == block[-1]
    assert not any(line.startswith(block[-1]) for line in block[1:-1])
    span = markdown.code(text)
    ticks = re.match("`+", span)[0]
    assert span.endswith(ticks)
    assert ticks not in span[len(ticks) : -len(ticks)]


# --- GitHub Actions


def commands(text):
    """Return the lines the runner would obey, as it reads a log."""
    obeyed, stopped = [], None
    for line in re.split("[\r\n]+", text):
        start = line.lstrip()
        if stopped is not None:
            stopped = None if start == f"::{stopped}::" else stopped
        elif start.startswith("::stop-commands::"):
            stopped = start.removeprefix("::stop-commands::")
        elif start.startswith(("::", "##[")):
            obeyed.append(start)
    assert stopped is None
    return obeyed


def test_annotations_stand_at_the_students_lines():
    text = github.render(samples.mixed(), language="en", root="/home/student")
    obeyed = commands(text)
    assert obeyed[0] == (
        "::error file=assignment/cnn.py,line=14,title=zero_pad%3A not right yet"
        "::The result has shape (8, 7, 7, 6); expected is (4, 7, 7, 2)."
    )
    assert sum(line.startswith("::error") for line in obeyed) == 3
    assert sum(line.startswith("::warning") for line in obeyed) == 1
    assert obeyed[-2] == "::notice title=Autograding complete::Points 46/100"
    assert obeyed[-1] == '::notice title=Autograding report::{"totalPoints":46,"maxPoints":100}'
    assert "1216 of 1280" in text


@pytest.mark.parametrize(
    "text", ["::error::x", "a\n::set-output name=x::y", "a\r\n::warning::z", "%0A::error::x", "a::b,c:d"]
)
def test_a_student_gives_no_commands(text):
    obeyed = commands(github.render(with_text(text), language="en"))
    assert [re.match(r"::(\w+) ", line)[1] for line in obeyed] == ["error", "notice", "notice", "notice"]
    escaped = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    assert obeyed[0].endswith(f"::{escaped}")


def test_the_token_is_new_every_time():
    first, second = (github.render(samples.hostile(), language="en").split("\n")[0] for _ in range(2))
    assert first != second
    assert len(first) > 40


def test_no_more_annotations_than_github_shows():
    many = samples.report(
        *(samples.problem(f"f{number}", "failed") for number in range(15)),
        notes=tuple(Note(message=say("{text}", text=inert("x"))) for _ in range(20)),
    )
    obeyed = commands(github.render(many, language="en"))
    assert sum(line.startswith("::error") for line in obeyed) == 10
    assert sum(line.startswith("::notice") for line in obeyed) == 10


def test_a_summary_stays_below_githubs_limit():
    huge = samples.report(
        *(samples.problem(f"f{number}", "failed", message=say("{text}", text="积" * 400)) for number in range(1500))
    )
    text = github.summary(huge, language="zh")
    assert len(text.encode()) <= 900 << 10
    assert "题因篇幅略去。" in text.splitlines()[-1] and text.count("```") % 2 == 0
    assert github.summary(samples.mixed(), language="zh") == markdown.render(samples.mixed(), language="zh")
