"""The report as JUnit XML, by the schema that Jenkins checks it against: one suite a function, one test case a check.

The schema (github.com/jenkinsci/xunit-plugin, junit-10.xsd) is also pytest's `xunit2`. It gives properties to suites
alone, and a test case no file or line. So the points of the whole report stand in a suite without test cases.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable

from grader.language import Language, Message, say
from grader.model import ManualResult, Status
from grader.report import Format
from grader.report.by_hand import item_text, state_of
from grader.report.evidence import check_text
from grader.report.lines import show_place
from grader.report.points import Score, arithmetic, show_points, shown_points, worth
from grader.report.wording import STATES, AnyCheck, AnyProblem, AnyReport, adjusted_total, is_graded, place_of, why_not

_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # https://www.w3.org/TR/xml/#charsets
_BROKEN: tuple[Status, ...] = ("error", "timeout", "out_of_memory", "crashed", "ungradable")
_SKIPPED: tuple[Status, ...] = ("not_graded", "not_run")
_COUNTS = (("failures", "failure"), ("errors", "error"), ("skipped", "skipped"))
TOTAL = "points"
"""The suite that holds the points of the whole report."""


def render(report: AnyReport, *, language: Language) -> str:
    """Return the report as XML text; points are properties, as the format has no place of its own for them.

    What is not right is a `failure`, what stopped an `error`. What was not run or not graded, what a person has still
    to grade, a bonus function not attempted, and what is not right but only informs, is `skipped`. Where nothing was
    graded at all, an `error` says why.
    """
    points = shown_points(report)
    root = ET.Element("testsuites", name=_clean(report.assignment.text(language)), time=f"{report.seconds:.3f}")
    for problem in report.problems:
        checks = points.checks[problem.function]
        root.append(_suite(problem, points.problems[problem.function], checks, language))
    root.extend(_by_hand(item, points.manual[item.name], language) for item in report.manual)
    if not report.problems:
        root.append(_nothing(report, language))
    for name in ("tests", "failures", "errors"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in root)))
    total = ET.SubElement(root, "testsuite", name=TOTAL, tests="0", failures="0", errors="0")
    properties = ET.SubElement(total, "properties")
    if is_graded(report):
        _points(properties, points.required, "points")
        _points(properties, points.bonus, "bonus")
        for left, name in ((points.open, "open_points"), (points.open_bonus, "open_bonus")):
            if left:
                ET.SubElement(properties, "property", name=name, value=show_points(left))
    _adjusted(properties, adjusted_total(report), language)
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _suite(problem: AnyProblem, whole: Score, shown: tuple[Score, ...], language: Language) -> ET.Element:
    suite = ET.Element("testsuite", name=problem.function)
    cases = [_case(problem, check, language) for check in problem.checks]
    suite.set("tests", str(len(cases)))
    for attribute, tag in _COUNTS:
        suite.set(attribute, str(sum(case.find(tag) is not None for case in cases)))
    if problem.at is not None:
        suite.set("file", _clean(problem.at.path))
    properties = ET.SubElement(suite, "properties")
    if whole.graded:
        _points(properties, whole, "points")
        for number, score in enumerate(shown, 1):
            _points(properties, score, f"points.{number}")
    if problem.adjustments and whole.graded:
        _adjusted(properties, [arithmetic(problem.earned, problem.adjustments)], language)
    suite.extend(cases)
    return suite


def _case(problem: AnyProblem, check: AnyCheck, language: Language) -> ET.Element:
    case = ET.Element("testcase", name=_clean(check.name.text(language)), classname=f"grade.{problem.function}")
    tag = _tag(problem, check)
    if tag:
        own = check.message if problem.cause is None else problem.cause.message
        message = own or problem.message or STATES[check.status].word
        result = ET.SubElement(case, tag, message=_clean(message.text(language)), type=check.status)
        place = [show_place(at).text(language)] if (at := place_of(problem)) is not None else []
        result.text = _clean("\n".join([*place, check_text(problem, check, language)]))
    return case


def _tag(problem: AnyProblem, check: AnyCheck) -> str:
    if check.status == "passed":
        return ""
    if check.status in _SKIPPED or (problem.bonus and check.status == "not_attempted") or not problem.max_score:
        return "skipped"
    return "error" if check.status in _BROKEN else "failure"


def _by_hand(item: ManualResult, shown: Score, language: Language) -> ET.Element:
    """Return the suite of an item that a person grades: a test case that is skipped while the item is open."""
    tag = "skipped" if item.is_open else "" if item.is_full else "failure"
    suite = ET.Element("testsuite", name=item.name, tests="1", failures="0", errors="0", skipped="0")
    if not item.is_open:
        _points(ET.SubElement(suite, "properties"), shown, "points")
    case = ET.SubElement(suite, "testcase", name=_clean(item.title.text(language)), classname=f"grade.{item.name}")
    said = [state_of(item).word, worth(shown)] if not item.is_open else []
    lines = [each if isinstance(each, str) else each.text(language) for each in (*said, *item_text(item))]
    if tag:
        suite.set(next(attribute for attribute, one in _COUNTS if one == tag), "1")
        found = ET.SubElement(case, tag, message=_clean(lines[0]))
        found.text = _clean("\n".join(lines))
    elif item.comment:
        ET.SubElement(case, "system-out").text = _clean("\n".join(lines))
    return suite


def _nothing(report: AnyReport, language: Language) -> ET.Element:
    suite = ET.Element("testsuite", name="grade", tests="1", failures="0", errors="1", skipped="0")
    case = ET.SubElement(suite, "testcase", name=STATES["not_graded"].word.text(language), classname="grade.grade")
    why = _clean((why_not(report) or say("not graded")).text(language))
    ET.SubElement(case, "error", message=why, type="not_graded").text = why
    return suite


def _points(properties: ET.Element, shown: Score, name: str) -> None:
    ET.SubElement(properties, "property", name=name, value=show_points(shown.score))
    ET.SubElement(properties, "property", name=f"max_{name}", value=show_points(shown.max_score))


def _adjusted(properties: ET.Element, sentences: Iterable[Message], language: Language) -> None:
    for sentence in sentences:
        ET.SubElement(properties, "property", name="adjusted", value=_clean(sentence.text(language)))


def _clean(text: str) -> str:
    return _ILLEGAL.sub("\ufffd", text)


FORMAT = Format(render=render, suffix="xml")
