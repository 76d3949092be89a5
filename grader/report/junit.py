"""The report as JUnit XML (https://github.com/testmoapp/junitxml): one suite a function, one test case a check."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable

from grader.language import Language, Message
from grader.model import Status
from grader.report import Format
from grader.report.evidence import check_text
from grader.report.points import Score, arithmetic, show_points, shown_points
from grader.report.wording import STATES, AnyCheck, AnyProblem, AnyReport, adjusted_total

_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # https://www.w3.org/TR/xml/#charsets
_BROKEN: tuple[Status, ...] = ("error", "timeout", "out_of_memory", "crashed", "ungradable")


def render(report: AnyReport, *, language: Language) -> str:
    """Return the report as XML text; points are properties, as the format has no place of its own for them.

    What is not right is a `failure`, what stopped an `error`; what was not graded, and a bonus function not attempted,
    is `skipped`.
    """
    points = shown_points(report)
    root = ET.Element("testsuites", name=_clean(report.assignment.text(language)), time=f"{report.seconds:.3f}")
    totals = dict.fromkeys(("tests", "failures", "errors", "skipped"), 0)
    for problem in report.problems:
        suite = _suite(problem, points.checks[problem.function], language)
        root.append(suite)
        for name in totals:
            totals[name] += int(suite.get(name, "0"))
    for name, count in totals.items():
        root.set(name, str(count))
    properties = ET.SubElement(root, "properties")
    _points(properties, points.required, "points")
    _points(properties, points.bonus, "bonus")
    _adjusted(properties, adjusted_total(report), language)
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _suite(problem: AnyProblem, shown: tuple[Score, ...], language: Language) -> ET.Element:
    suite = ET.Element("testsuite", name=problem.function)
    cases = [_case(problem, check, pair, language) for check, pair in zip(problem.checks, shown, strict=True)]
    suite.set("tests", str(len(cases)))
    for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(attribute, str(sum(case.find(tag) is not None for case in cases)))
    if problem.adjustments:
        sentence = arithmetic(problem.earned, problem.adjustments)
        _adjusted(ET.SubElement(suite, "properties"), [sentence], language)
    suite.extend(cases)
    return suite


def _case(problem: AnyProblem, check: AnyCheck, shown: Score, language: Language) -> ET.Element:
    case = ET.Element("testcase", name=_clean(check.name.text(language)), classname=f"grade.{problem.function}")
    if problem.at is not None:
        case.set("file", _clean(problem.at.path))
        case.set("line", str(problem.at.line))
    _points(ET.SubElement(case, "properties"), shown, "points")
    tag = _tag(problem, check)
    if tag:
        message = check.message or problem.message or STATES[check.status].word
        result = ET.SubElement(case, tag, message=_clean(message.text(language)), type=check.status)
        result.text = _clean(check_text(problem, check, language))
    return case


def _tag(problem: AnyProblem, check: AnyCheck) -> str:
    if check.status == "passed":
        return ""
    if check.status == "not_graded" or (problem.bonus and check.status == "not_attempted"):
        return "skipped"
    return "error" if check.status in _BROKEN else "failure"


def _points(properties: ET.Element, shown: Score, name: str) -> None:
    ET.SubElement(properties, "property", name=name, value=show_points(shown.score))
    ET.SubElement(properties, "property", name=f"max_{name}", value=show_points(shown.max_score))


def _adjusted(properties: ET.Element, sentences: Iterable[Message], language: Language) -> None:
    for sentence in sentences:
        ET.SubElement(properties, "property", name="adjusted", value=_clean(sentence.text(language)))


def _clean(text: str) -> str:
    return _ILLEGAL.sub("\ufffd", text)


FORMAT = Format(render=render, suffix="xml")
