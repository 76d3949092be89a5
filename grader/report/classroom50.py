"""The report as Classroom 50's `result.json` (foundation50/classroom50, `schemas/result-v1.schema.json`).

Its scores are whole numbers, so points are told in cents: 17.33 of 40 points are 1733 of 4000. Its runner says in the
environment what is graded, and takes any file that cannot be read, or an exit code other than 0, for a failure of its
own. So where something was not graded, there is no file.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from fractions import Fraction
from typing import Literal

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from grader.errors import UsageError
from grader.language import Language, Message, say
from grader.report import Format
from grader.report.by_hand import item_text, state_of
from grader.report.caps import whole_lines
from grader.report.coursera import not_graded
from grader.report.next_step import in_short
from grader.report.points import CENTS, Score, less_from_the_last, shown_points
from grader.report.wording import STATES, AnyProblem, AnyReport, is_graded, remarks_below

_MOST = 4000
"""Characters of output for one test."""
_MOST_BYTES = 9 << 20
"""A file above 10 MiB is refused."""
_NEEDED = ("CLASSROOM", "ASSIGNMENT", "SUBMISSION_TAG", "COMMIT_URL", "RELEASE_URL")


class ClassroomTest(Struct, frozen=True, kw_only=True, rename="kebab"):
    """One function, or an item that a person grades; Classroom 50 keeps the `output` as it is."""

    test_name: str
    passed: bool
    score: int
    max_score: int
    output: str


class ClassroomResult(Struct, frozen=True, kw_only=True):
    """The file, with no other key. The runner itself knows `owner`, `assignment_type` and `datetime` better."""

    schema: Literal["classroom50/result/v1"] = "classroom50/result/v1"
    classroom: str
    assignment: str
    assignment_type: str
    owner: str
    submission: str
    commit: str
    release: str
    review: str
    datetime: str
    score: int
    max_score: int = msgspec.field(name="max-score")
    tests: list[ClassroomTest]


def render(
    report: AnyReport, *, language: Language, environment: Mapping[str, str], now: datetime | None = None
) -> str:
    """Return the text of `result.json`; the score is that of required and bonus together, at most the required maximum.

    The tests' scores add up to it. Raises EngineError where something was not graded, UsageError outside of a runner.
    """
    if not is_graded(report):
        raise not_graded(report, "Classroom 50")
    missing = [name for name in _NEEDED if not environment.get(name, "").strip()]
    if missing or not environment["SUBMISSION_TAG"].startswith("submit/"):
        raise UsageError(
            say("Classroom 50 says in its runner what is graded; {name} is not set as it is there.",
                name=", ".join(missing) or "SUBMISSION_TAG"),
            say("Run this in the runner: `autograder.py` calls it."),
        )  # fmt: skip
    points = shown_points(report)
    most = _cents(points.required.max_score)
    score = min(_cents(points.required.score + points.bonus.score), most)
    result = ClassroomResult(
        classroom=environment["CLASSROOM"],
        assignment=environment["ASSIGNMENT"],
        assignment_type=environment.get("ASSIGNMENT_TYPE") or "individual",
        owner=environment.get("OWNER") or environment.get("USERNAME") or environment.get("GITHUB_ACTOR") or "unknown",
        submission=environment["SUBMISSION_TAG"],
        commit=environment["COMMIT_URL"],
        release=environment["RELEASE_URL"],
        review=environment.get("REVIEW_URL") or environment["COMMIT_URL"],
        datetime=f"{(now or datetime.now(UTC)).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        score=score,
        max_score=most,
        tests=_adding_up(_tests(report, language), score, language),
    )
    return msgspec.json.format(msgspec.json.encode(result), indent=2).decode() + "\n"


def _tests(report: AnyReport, language: Language) -> list[ClassroomTest]:
    """Return a test for each function and each graded item; the first one's output also says what the numbers are."""
    points = shown_points(report)
    room = min(_MOST, _MOST_BYTES // (4 * max(len(report.problems) + len(report.manual), 1)))

    def output(*said: Message) -> str:
        return whole_lines("\n".join(each.text(language) for each in said), room, language)

    tests = [
        _test(one.function, points.problems[one.function], output(*_sentences(one)), passed=one.is_full)
        for one in report.problems
    ]
    tests += [
        _test(item.name, points.manual[item.name], output(state_of(item).word, *item_text(item)), passed=item.is_full)
        for item in report.manual
    ]
    head = output(say("The scores here are hundredths of a point."), *in_short(report))
    return [replace(test, output=f"{head}\n\n{test.output}") for test in tests[:1]] + tests[1:]


def _sentences(problem: AnyProblem) -> list[Message]:
    said = [problem.message] if problem.message is not None else []
    return [STATES[problem.status].word, *said, *remarks_below(problem)]


def _test(name: str, shown: Score, output: str, *, passed: bool) -> ClassroomTest:
    score, most = _cents(shown.score), _cents(shown.max_score)
    return ClassroomTest(test_name=name, passed=passed, score=score, max_score=most, output=output)


def _adding_up(tests: list[ClassroomTest], score: int, language: Language) -> list[ClassroomTest]:
    """Return the tests with scores that add up to `score`: less from the last ones on, or one test more."""
    more = sum(test.score for test in tests) - score
    if more < 0:
        name = say("added to the whole").text(language)
        added = ClassroomTest(test_name=name, passed=True, score=-more, max_score=-more, output="")
        return [*tests, added]
    changed = []
    for test, left in zip(tests, less_from_the_last([test.score for test in tests], score), strict=True):
        less = test.score - left
        said = say("{count} less than earned, so that all add up to the score.", count=less).text(language)
        changed.append(replace(test, score=left, output=f"{test.output}\n{said}") if less else test)
    return changed


def _cents(points: Fraction) -> int:
    return int(points * CENTS)


FORMAT = Format(render=render, suffix="json", asks=("environment", "now"), platform=True)
