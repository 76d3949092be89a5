"""What differs between two runs, person by person, and why: which item, which cases, which adjustment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, Literal, TypeAlias

from msgspec import Struct

from grader.course.store import ClassRun, Store
from grader.language import Message, listed, say, say_count
from grader.model import OVERRIDE, Adjustment, CaseResult, CheckResult, Person, ProblemResult, Report
from grader.report.points import apportion, round_points, show_points

Origin: TypeAlias = Literal["attempt", "rubric", "grader", "again", "decision"]
"""Why a score differs: another attempt counts, the rubric (its reference, mistakes or files) was changed, only the
grader was (or Python, a package, the confinement), nothing was and the same found something else when it graded again
(at a limit of time, say), or a person decided something."""

MOST_PARTS = 6
"""Checks of a function that a cause names."""


class ChangeCause(Struct, frozen=True, kw_only=True):
    """One reason for a change: what it concerns (a function, an item, "" for the whole), by how much, and why.

    Where the rubric changed another function's item, and not that of this one, it changed that of its `helpers`.
    """

    of: str
    origin: Origin
    points: Fraction
    said: Message
    helpers: tuple[str, ...] = ()


class ScoreChange(Struct, frozen=True, kw_only=True, eq=False):
    """How a person's score differs between two runs; a report that is not there has no score."""

    person: Person
    before: Report[Any] | None
    after: Report[Any] | None
    causes: tuple[ChangeCause, ...]

    @property
    def points(self) -> Fraction:
        """The difference of required and bonus points together."""
        return _total(self.after) - _total(self.before)

    @property
    def unasked(self) -> bool:
        """Whether nobody asked for the difference: another version of the grader made it, or grading again."""
        return bool(self.causes) and all(cause.origin in ("grader", "again") for cause in self.causes)


def changes(store: Store, first: ClassRun | None, then: ClassRun | None) -> Iterator[ScoreChange]:
    """Yield who has another score by run `then` than by run `first`, by ids; `None`: what counts now."""
    for person in store.members().values():
        one, other = (_by_run(store, run, person.id) for run in (first, then))
        if one is None and other is None:
            continue
        runs = [store.origin(person.id, found[2]) if found else None for found in (one, other)]
        before, after = one[1] if one else None, other[1] if other else None
        if before is not None and after is not None and (before.score, before.bonus) == (after.score, after.bonus):
            continue
        attempt = one is not None and other is not None and one[0] != other[0]
        causes = tuple(_causes(before, after, runs, other_attempt=attempt))
        yield ScoreChange(person=person, before=before, after=after, causes=causes)


def _by_run(store: Store, run: ClassRun | None, person: str) -> tuple[int | None, Report[Any], int] | None:
    number = store.run_at(run.id, person) if run is not None else store.standing(person)
    found = store.score(number, person, evidence="none") if number is not None else None
    return (*found, number) if found is not None and number is not None else None


def _causes(
    before: Report[Any] | None, after: Report[Any] | None, runs: Sequence[ClassRun | None], *, other_attempt: bool
) -> Iterator[ChangeCause]:
    if before is None or after is None:
        said = say("graded for the first time") if before is None else say("no longer graded")
        whole = _total(after) - _total(before)
        yield ChangeCause(of="", origin="attempt", points=whole, said=said)
        return
    if other_attempt:
        yield ChangeCause(
            of="", origin="attempt", points=_total(after) - _total(before), said=say("another attempt counts")
        )
        return
    own = {problem.function: problem for problem in before.problems}
    for problem in after.problems:
        old = own.pop(problem.function, None)
        if old is None or (old.score, old.max_score) != (problem.score, problem.max_score):
            yield from _of_problem(old, problem, runs)
    for name, old in own.items():
        yield ChangeCause(of=name, origin="rubric", points=-old.score, said=say("no longer graded"))
    marks = {item.name: item for item in before.manual}
    for item in after.manual:
        mark = marks.get(item.name)
        was = (mark.score if mark is not None else None) or Fraction(0)
        if (item.score or Fraction(0)) != was:
            yield ChangeCause(
                of=item.name, origin="decision", points=(item.score or Fraction(0)) - was, said=say("mark by hand")
            )
    yield from _of_adjustments("", before.adjustments, after.adjustments, "rubric")
    yield from _of_adjustments("", before.bonus_adjustments, after.bonus_adjustments, "rubric")


def _of_problem(
    old: ProblemResult[Any] | None, new: ProblemResult[Any], runs: Sequence[ClassRun | None]
) -> Iterator[ChangeCause]:
    if old is None:
        yield ChangeCause(of=new.function, origin="rubric", points=new.score, said=say("newly graded"))
        return
    origin, helpers = _origin(old, new, runs)
    earned = new.earned - old.earned
    if earned:
        said = _of_checks(old, new)
        yield ChangeCause(of=new.function, origin=origin, points=earned, said=said, helpers=helpers)
    yield from _of_adjustments(new.function, old.adjustments, new.adjustments, origin)


def _of_checks(old: ProblemResult[Any], new: ProblemResult[Any]) -> Message:
    """Return which checks have other points, each with its cases, or that the function's worth changed and no more.

    Besides, which helpers a second look replaced only then or only now: points may come or go with that alone.
    """
    said = [] if _scaled(old, new) else _parts(old, new)
    if old.max_score != new.max_score:
        said.append(_worth(old, new))
    if ended := [name for name in old.blames if name not in new.blames]:
        said.append(say("no longer graded with a right {helpers}", helpers=listed(ended)))
    if begun := [name for name in new.blames if name not in old.blames]:
        said.append(say("now graded with a right {helpers}", helpers=listed(begun)))
    return listed(said)


def _scaled(old: ProblemResult[Any], new: ProblemResult[Any]) -> bool:
    """Return whether every check came out as before, and has the same part of the function's points."""

    def part(problem: ProblemResult[Any]) -> list[tuple[str, str, Fraction, Fraction]]:
        most = problem.max_score or Fraction(1)
        return [(each.kind, each.name.en, each.score / most, each.max_score / most) for each in problem.checks]

    return part(old) == part(new)


def _parts(old: ProblemResult[Any], new: ProblemResult[Any]) -> list[Message]:
    """Return what each check with other points had and has, in cents that add up; the largest change first."""
    own = {(check.kind, check.name.en): (check, cents) for check, cents in zip(old.checks, _cents(old), strict=True)}
    parts: list[tuple[Fraction, Message]] = []
    for check, then in zip(new.checks, _cents(new), strict=True):
        before, first = own.pop((check.kind, check.name.en), (None, Fraction(0)))
        if before is None:
            parts.append((then, say("{check} is new ({points})", check=check.name, points=show_points(then))))
        elif before.score != check.score:
            parts.append((then - first, _of_check(before, check, first, then)))
    for check, first in own.values():
        parts.append((-first, say("{check} is gone ({points})", check=check.name, points=show_points(-first))))
    parts.sort(key=lambda part: -abs(part[0]))
    said = [each for _, each in parts[:MOST_PARTS]]
    if rest := [points for points, _ in parts[MOST_PARTS:]]:
        said.append(say_count("and {count} more ({points})", "and {count} more ({points})", len(rest),
                              points=show_points(sum(rest, Fraction(0)))))  # fmt: skip
    return said


def _cents(problem: ProblemResult[Any]) -> list[Fraction]:
    return apportion([check.score for check in problem.checks], round_points(problem.earned))


def _of_check(before: CheckResult[Any], check: CheckResult[Any], first: Fraction, then: Fraction) -> Message:
    points = say("{first} → {then}", first=show_points(first), then=show_points(then))
    why = []
    if cases := _different(before.cases, check.cases):
        numbers = ", ".join(str(each + 1) for each in cases[:5])
        one = len(cases) == 1
        why.append(say("case {numbers}", numbers=numbers) if one else say("cases {numbers}", numbers=numbers))
    if before.max_score != check.max_score:
        why.append(_worth(before, check))
    if not why:
        return say("{check} {points}", check=check.name, points=points)
    which = why[0] if len(why) == 1 else say("{first}; {then}", first=why[0], then=why[1])
    return say("{check} {points} ({which})", check=check.name, points=points, which=which)


def _worth(before: CheckResult[Any] | ProblemResult[Any], after: CheckResult[Any] | ProblemResult[Any]) -> Message:
    return say("worth {then}, before {first}", then=show_points(after.max_score), first=show_points(before.max_score))


def _different(before: Sequence[CaseResult[Any]], after: Sequence[CaseResult[Any]]) -> list[int]:
    own = {case.index: case.share for case in before}
    return sorted(
        {case.index for case in after if own.get(case.index) != case.share}
        | (own.keys() - {case.index for case in after})
    )


def _of_adjustments(
    of: str, before: Sequence[Adjustment], after: Sequence[Adjustment], origin: Origin
) -> Iterator[ChangeCause]:
    old, new = _by_policy(before), _by_policy(after)
    for policy in dict.fromkeys([*old, *new]):
        was, now = old.get(policy), new.get(policy)
        told_alike = policy != OVERRIDE or was is None or now is None or was.reason == now.reason
        if (was.points if was else 0) == (now.points if now else 0) and told_alike:
            continue
        points = (now.points if now else Fraction(0)) - (was.points if was else Fraction(0))
        telling = now or was
        assert telling is not None
        why: Origin = "decision" if policy == OVERRIDE else origin
        said = telling.reason if now is not None else say("no longer: {reason}", reason=telling.reason)
        yield ChangeCause(of=of, origin=why, points=points, said=said)


def _by_policy(adjustments: Sequence[Adjustment]) -> Mapping[str, Adjustment]:
    return {each.policy: each for each in adjustments}


def _origin(
    old: ProblemResult[Any], new: ProblemResult[Any], runs: Sequence[ClassRun | None]
) -> tuple[Origin, tuple[str, ...]]:
    """Return why a function's result differs, and the helpers whose items are the reason where its own is not.

    Another function's item can do that only by a second look, which replaces a helper that is not right by its item.
    """
    first, then = runs
    if first is None or then is None or not _authored(first, new.function):
        return "rubric", ()
    changed = [
        name
        for name in dict.fromkeys((new.function, *old.blames, *new.blames))
        if _authored(first, name) != _authored(then, name)
    ]
    if changed:
        return "rubric", () if new.function in changed else tuple(changed)
    return "again" if _grader(first) == _grader(then) else "grader", ()


def _authored(run: ClassRun, function: str) -> Any:
    return run.detail.get("authored", {}).get(function)


def _grader(run: ClassRun) -> tuple[Any, ...]:
    """Return all that a result follows from beside the author's files and what was handed in."""
    return run.grader, run.tier, run.detail.get("versions")


def _total(report: Report[Any] | None) -> Fraction:
    return report.score + report.bonus if report is not None else Fraction(0)
