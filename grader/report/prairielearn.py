"""The report as PrairieLearn's `results.json` (https://docs.prairielearn.com/externalGrading/)."""

from __future__ import annotations

import msgspec
from msgspec import Struct

from grader.language import Language
from grader.report import Format
from grader.report.by_hand import item_text, state_of
from grader.report.caps import whole_lines
from grader.report.evidence import check_text
from grader.report.next_step import in_short
from grader.report.points import shown_points
from grader.report.wording import AnyReport, is_graded

_MOST = 8000  # characters of output for one test
_MOST_OF_ALL = 200_000  # characters for all of them: PrairieLearn refuses a file above 1 MB


class PrairieTest(Struct, frozen=True, kw_only=True):
    """One check; PrairieLearn shows all of them, and the text is hidden-safe."""

    name: str
    description: str
    points: float
    max_points: float
    output: str


class PrairieResults(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The file; `score` is the share of the required points that was earned, bonus included, and at most 1.

    What is still to be graded by hand is in neither: PrairieLearn has points of its own for that.

    What cannot be read, or could not be graded, is not `gradable`: it has no score and no tests, and PrairieLearn
    counts no attempt. `format_errors` then says why.
    """

    gradable: bool
    score: float | None = None
    message: str
    output: str = ""
    format_errors: list[str] = []
    tests: list[PrairieTest] = []


def render(report: AnyReport, *, language: Language) -> str:
    """Return the text of `results.json`."""
    gradable = is_graded(report) and any(problem.status != "ungradable" for problem in report.problems)
    lines = [line.text(language) for line in in_short(report, with_points=gradable)]
    said = whole_lines("\n".join(lines), _MOST, language)
    if not gradable:
        return _written(PrairieResults(gradable=False, message=said, format_errors=[said]))
    points = shown_points(report)
    checks = [
        (problem, check, shown)
        for problem in report.problems
        for check, shown in zip(problem.checks, points.checks[problem.function], strict=True)
    ]
    room = min(_MOST, _MOST_OF_ALL // max(len(checks), 1))
    tests = [
        PrairieTest(
            name=f"{problem.function}: {check.name.text(language)}",
            description=problem.title.text(language),
            points=float(shown.score),
            max_points=float(shown.max_score),
            output=whole_lines(check_text(problem, check, language), room, language),
        )
        for problem, check, shown in checks
    ]
    tests += [
        PrairieTest(
            name=f"{item.name}: {item.title.text(language)}",
            description=state_of(item).word.text(language),
            points=float(points.manual[item.name].score),
            max_points=float(points.manual[item.name].max_score),
            output=whole_lines("\n".join(line.text(language) for line in item_text(item)), room, language),
        )
        for item in report.manual
        if not item.is_open
    ]
    return _written(PrairieResults(gradable=True, score=share_of(report), message=said, tests=tests))


def share_of(report: AnyReport) -> float:
    """Return the earned share of the required points, bonus included, at most 1; 1 where no points can be earned."""
    points = shown_points(report)
    most = points.required.max_score - points.open or points.bonus.max_score - points.open_bonus
    return min(1.0, float((points.required.score + points.bonus.score) / most)) if most else 1.0


def _written(results: PrairieResults) -> str:
    return msgspec.json.format(msgspec.json.encode(results), indent=2).decode() + "\n"


FORMAT = Format(render=render, suffix="json", platform=True)
