"""Which functions of an application may be called, by a student's report, and what the page is told of that."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from msgspec import Struct

from grader.application.building import Built
from grader.language import Bilingual, Language
from grader.model import Exhibit, Problem, ProblemResult, Report, Status, Submission
from grader.report.lines import show_place
from grader.report.points import show_points
from grader.report.wording import place_of


class Stage(Struct, frozen=True, kw_only=True):
    """A function of the module: `open` if it may be called, else the functions of the rubric that are `missing`."""

    open: bool
    missing: tuple[str, ...] = ()


class FunctionState(Struct, frozen=True, kw_only=True):
    """A function of the rubric, as the page shows it.

    `says` is the first thing a student should read about it, `hint` the first hint, `place` where it stands or fails:
    all "" where it is right. `whole` is false where the course grades it with checks that a student kit lacks.
    """

    name: str
    title: str
    status: Status
    right: bool
    points: str
    of: str
    says: str
    hint: str
    place: str
    whole: bool
    unlocks: tuple[str, ...]


class PageStanding(Struct, frozen=True, kw_only=True, rename={"following": "next"}):
    """What the page knows: `following` is the function that is to be written next to unlock more, if there is one."""

    title: Bilingual
    file: str
    language: Language
    stages: Mapping[str, Stage]
    functions: tuple[FunctionState, ...]
    following: str | None
    exportable: bool = False


def is_right(result: ProblemResult[Any]) -> bool:
    """Return whether a function can be built on: it is right, and so is all that it calls itself."""
    return result.status == "passed" and not result.blames


def stages(built: Built, report: Report[Exhibit], student: Submission) -> dict[str, Stage]:
    """Return each function of the module that may be called once what it needs is right.

    A function that only the course grades, as in a student kit, counts as right once it is written.
    """
    graded = {each.function for each in report.problems}
    right = {each.function for each in report.problems if is_right(each)}
    right |= {name for name, one in student.symbols.items() if name not in graded and not one.untouched}
    lacking = {name: tuple(each for each in needed if each not in right) for name, needed in built.needs.items()}
    return {name: Stage(open=not missing, missing=missing) for name, missing in lacking.items()}


def function_states(
    report: Report[Exhibit], found: Mapping[str, Stage], language: Language
) -> tuple[FunctionState, ...]:
    """Return the rubric's functions in its order, with the locked stages that wait for each."""
    return tuple(
        FunctionState(
            name=each.function,
            title=each.title.text(language),
            status=each.status,
            right=is_right(each),
            points=show_points(each.score),
            of=show_points(each.max_score),
            says=_says(each, language),
            hint=each.hints[0].text(language) if each.hints and not is_right(each) else "",
            place=_place(each, language),
            whole=each.function not in report.elsewhere,
            unlocks=tuple(name for name, stage in found.items() if each.function in stage.missing),
        )
        for each in report.problems
    )


def _place(result: ProblemResult[Exhibit], language: Language) -> str:
    at = result.found_at or place_of(result)
    return "" if at is None or is_right(result) else show_place(at).text(language)


def _says(result: ProblemResult[Exhibit], language: Language) -> str:
    message = result.diagnosis or result.message
    return "" if message is None or is_right(result) else message.text(language)


def following(problems: Iterable[Problem], found: Collection[Stage], right: Collection[str]) -> str | None:
    """Return the first function that a locked stage waits for and that builds on nothing that is wrong.

    The stage that waits for the fewest comes first. It may be one that only the course grades. `None` where nothing is
    locked.
    """
    needs = {each.function: each.needs or () for each in problems}
    locked = sorted((stage.missing for stage in found if not stage.open), key=len)
    waited = [name for missing in locked for name in needs if name in missing]
    ready = (name for name in waited if all(each in right for each in needs[name] if each in needs))
    return next(ready, next((name for missing in locked for name in missing), None))
