"""Which functions of an application may be called, by a student's report, and what the page is told of that."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from msgspec import Struct

from grader.application.building import Built
from grader.language import Language
from grader.model import Exhibit, Problem, ProblemResult, Report, Status, Submission
from grader.report.points import show_points


class Stage(Struct, frozen=True, kw_only=True):
    """A function of the module: `open` if it may be called, else the functions of the rubric that are `missing`."""

    open: bool
    missing: tuple[str, ...] = ()


class FunctionState(Struct, frozen=True, kw_only=True):
    """A function of the rubric, as the page shows it; `says` is the first thing a student should read about it."""

    name: str
    title: str
    status: Status
    right: bool
    points: str
    of: str
    says: str
    unlocks: tuple[str, ...]


class PageStanding(Struct, frozen=True, kw_only=True, rename={"following": "next"}):
    """What the page knows: `following` is the function that is to be written next to unlock more, if there is one."""

    title: str
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
            unlocks=tuple(name for name, stage in found.items() if each.function in stage.missing),
        )
        for each in report.problems
    )


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
