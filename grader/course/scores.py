"""What counts of a person's attempts, after every adjustment: a function of what is kept, so it can be found anew.

The order is: marks by hand and points of single functions that somebody set, then the rubric's policies (which attempt,
lateness, cap), then the points of the whole that somebody set.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from grader.course.extensions import Extension, extensions_of, read_extensions
from grader.course.policies import CountedWork, GradedAttempt, counted
from grader.course.store import Decision, HandIn, Kept, Store
from grader.errors import Fault, Span
from grader.grading import marks
from grader.grading.adjusting import summed
from grader.language import inert, say
from grader.model import OVERRIDE, Adjustment, Instant, Person, Policies, Report
from grader.report.points import show_points


class PersonScore(Struct, frozen=True, kw_only=True, eq=False):
    """What a person gets: of which attempt, by which kept report, and what the policies made of it."""

    attempt: HandIn
    kept: Kept
    report: Report[Any]


def score_of(
    store: Store,
    person: Person,
    attempts: Sequence[tuple[HandIn, Kept]],
    decisions: Sequence[Decision],
    policies: Policies,
) -> PersonScore | None:
    """Return what the person gets of these attempts, given in order of time; `None` if there are none."""
    holding = [each for each in decisions if _holds(each)]
    handed_in = [
        GradedAttempt(
            report=_by_hand(store.report(kept.id, evidence="none"), holding),
            at=attempt.handed_in,
            number=number,
            id=str(number),
            late=bool(attempt.noted.get("late")),
        )
        for number, (attempt, kept) in enumerate(attempts, 1)
    ]
    found: CountedWork = counted(
        policies, handed_in, [extension for each in holding if (extension := as_extension(each))]
    )
    if found.which is None or found.report is None:
        return None
    attempt, kept = attempts[found.which.number - 1]
    report = replace(found.report, submission=inert(person.id, 200))
    whole = [each for each in holding if each.kind == "override" and not each.item]
    return PersonScore(attempt=attempt, kept=kept, report=_set(report, whole[-1]) if whole else report)


def _holds(decision: Decision) -> bool:
    """Return whether a decision holds now: an override may hold until a day."""
    if decision.kind != "override" or not decision.until:
        return True
    return datetime.fromisoformat(decision.until) > datetime.now(UTC)


def as_extension(decision: Decision) -> Extension | None:
    """Return the extension that was decided, `None` for a decision of another kind."""
    if decision.kind != "extension":
        return None
    until = None
    if decision.until:
        minute, offset, zone = decision.until.split(" ", 2)
        until = Instant(minute=int(minute), offset=int(offset), zone=zone)
    return Extension(who=decision.person, until=until, extra=int(decision.points or 0), why=inert(decision.why, 400))


def extension_decisions(
    store: Store, path: Path, deadline: Instant | None, who: str
) -> tuple[list[Mapping[str, Any]], tuple[Fault, ...]]:
    """Return what a table of extensions decides that is not decided already, and remarks on rows that change nothing.

    Raises what `read_extensions` raises.
    """
    people = list(store.people().values())
    table = read_extensions(path, people, deadline)
    known = {(each.person, each.until, each.points) for each in store.decisions() if each.kind == "extension"}
    found: list[Mapping[str, Any]] = []
    for person in people:
        for each in extensions_of(person, table.extensions):
            until = f"{each.until.minute} {each.until.offset} {each.until.zone}" if each.until is not None else ""
            extra = Fraction(each.extra)
            if (person.id, until, extra) not in known:
                found.append(
                    {
                        "kind": "extension",
                        "person": person.id,
                        "until": until,
                        "points": extra,
                        "why": each.why,
                        "who": who,
                    }
                )
    return found, table.remarks


def _by_hand(report: Report[Any], decisions: Sequence[Decision]) -> Report[Any]:
    """Return the report with marks, and with the points of functions that somebody set; the later of two counts."""
    given = {
        each.item: marks.Mark(name="", item=each.item, score=each.points, comment=_said(each), at=Span(path=""))
        for each in decisions
        if each.kind == "mark"
    }
    set_to = {each.item: each for each in decisions if each.kind == "override" and each.item}
    problems = [
        _set(problem, set_to[problem.function]) if problem.function in set_to else problem
        for problem in report.problems
    ]
    return (
        summed(replace(marks.filled(report, given), problems=()), problems) if set_to else marks.filled(report, given)
    )


def _said(decision: Decision) -> Any:
    return inert(decision.why, marks.LONGEST_COMMENT, lines=True)


def _set(scored: Any, decision: Decision) -> Any:
    """Return a function's result, or a whole report, with the points that somebody set: at most what it is worth.

    More could not be set, so more stands only where the rubric was mended since; then the reason says so. It is told
    too where the points are those that there would be anyway: what comes later changes them no more.
    """
    asked = decision.points if decision.points is not None else Fraction(0)
    points = min(asked, scored.max_score)
    said = say("set by {who}: {why}", who=inert(decision.who, 80), why=inert(decision.why, 400))
    if decision.until:
        said = say("{what}, until {date}", what=said, date=shown_until(decision))
    if points < asked:
        said = say("{what}; set to {asked}, now worth {most} at most", what=said, asked=show_points(asked),
                   most=show_points(scored.max_score))  # fmt: skip
    own = Adjustment(policy=OVERRIDE, reason=said, points=points - scored.score)
    return replace(scored, score=points, adjustments=(*scored.adjustments, own))


def shown_until(decision: Decision) -> str:
    """Return the instant until which an override holds, as people read it."""
    return inert(decision.until[:16].replace("T", " "), 40)


def overrides(store: Store, people: Collection[str]) -> list[Decision]:
    """Return the points of the whole that were set of these people and hold: nothing else changes their scores."""
    found = {
        each.person: each
        for each in store.decisions()
        if each.person in people and each.kind == "override" and not each.item and _holds(each)
    }
    return [found[person] for person in sorted(found)]


def by_person(decisions: Sequence[Decision]) -> Mapping[str, list[Decision]]:
    """Return the decisions by the person they are about."""
    found: dict[str, list[Decision]] = {}
    for each in decisions:
        found.setdefault(each.person, []).append(each)
    return found
