"""What differs between two runs, person by person, and why: which item, which cases, which adjustment."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, Literal, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from grader.course.store import ClassRun, Store
from grader.language import Message, listed, say, say_count
from grader.model import OVERRIDE, Adjustment, CaseResult, CheckResult, Person, ProblemResult, Report
from grader.model.report import adjusted
from grader.report.points import apportion, round_points, show_points

Origin: TypeAlias = Literal["attempt", "time", "rubric", "grader", "again", "decision"]
"""Why a score differs: another attempt counts, the time of the same one was told later, the rubric (its reference,
mistakes or files) was changed, only the grader was (or Python, a package, the confinement), nothing was and the same
found something else when it graded again (at a limit of time, say), or a person decided something."""
_ASKED: Mapping[str, tuple[str, ...]] = {
    "late": ("deadline", "grace", "late", "late_days"),
    "cap": ("cap",),
    "attempt": ("attempts", "deadline", "grace", "late", "late_days", "cap"),
}
"""What a rubric asks that a policy follows from, and which attempt counts."""

MOST_PARTS = 6
"""Checks of a function that a cause names."""


class ChangeCause(Struct, frozen=True, kw_only=True):
    """One reason for a change: what it concerns (a function, an item, "" for the whole), by how much, and why.

    Where the rubric changed another function's item, and not that of this one, it changed that of its `helpers`.
    """

    of: str
    origins: tuple[Origin, ...]
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
        return bool(self.causes) and all({*cause.origins} <= {"grader", "again"} for cause in self.causes)


class _Counted(Struct, frozen=True, kw_only=True, eq=False):
    """What counts of a person by a run: the attempt, its report, the run that counted it, and that which graded it."""

    person: str
    attempt: int
    report: Report[Any]
    run: int
    graded: ClassRun | None


def changes(store: Store, first: ClassRun | None, then: ClassRun | None) -> Iterator[ScoreChange]:
    """Yield who has another score by run `then` than by run `first`, by ids; `None`: what counts now."""
    for person in store.members().values():
        one, other = (_by_run(store, run, person.id) for run in (first, then))
        before, after = one.report if one else None, other.report if other else None
        if one is None or other is None:
            causes = _of_nothing(before, after)
        elif (one.report.score, one.report.bonus) == (other.report.score, other.report.bonus):
            continue
        else:
            causes = tuple(_causes(store, one, other))
        if causes:
            yield ScoreChange(person=person, before=before, after=after, causes=causes)


def _by_run(store: Store, run: ClassRun | None, person: str) -> _Counted | None:
    number = store.run_at(run.id, person) if run is not None else store.standing(person)
    found = store.score(number, person, evidence="none") if number is not None else None
    if number is None or found is None:
        return None
    attempt, report = found
    return _Counted(person=person, attempt=attempt or 0, report=report, run=number, graded=store.origin(person, number))


def _of_nothing(before: Report[Any] | None, after: Report[Any] | None) -> tuple[ChangeCause, ...]:
    if before is None and after is None:
        return ()
    said = say("graded for the first time") if before is None else say("no longer graded")
    return (ChangeCause(of="", origins=("attempt",), points=_total(after) - _total(before), said=said),)


def _causes(store: Store, one: _Counted, other: _Counted) -> Iterator[ChangeCause]:
    before, after = one.report, other.report
    if one.attempt != other.attempt and not store.retells(one.attempt, other.attempt):
        origins, points = _of_choice(store, one, other), _total(after) - _total(before)
        yield ChangeCause(of="", origins=origins, points=points, said=say("another attempt counts"))
        return
    found = [*_of_problems(one, other), *_of_marks(store, one, other)]
    yield from found
    inherited = max(found, key=lambda cause: abs(cause.points)).origins if found else ("rubric",)

    def origins_of(policy: str) -> tuple[Origin, ...]:
        return _asked(store, one, other, policy) or inherited

    for bonus, was, now in (
        (False, before.adjustments, after.adjustments),
        (True, before.bonus_adjustments, after.bonus_adjustments),
    ):
        old, new = (_effects(_summed(report, bonus=bonus), each) for report, each in ((before, was), (after, now)))
        yield from _of_adjustments("", old, new, origins_of)


def _asked(store: Store, one: _Counted, other: _Counted, policy: str) -> tuple[Origin, ...]:
    """Return why a policy does something else: a time that was told, what somebody decided, what the rubric asks."""
    if policy == OVERRIDE:
        return ("decision",)
    found: list[Origin] = []
    if policy == "late" and one.attempt != other.attempt:
        found.append("time")
    if policy != "cap" and _decided(store, one, "extension") != _decided(store, other, "extension"):
        found.append("decision")
    asked = [store.policies_of(one.person, each.run) for each in (one, other)]
    if any(getattr(asked[0], name) != getattr(asked[1], name) for name in _ASKED.get(policy, ())):
        found.append("rubric")
    return tuple(found)


def _decided(store: Store, counted: _Counted, kind: str, item: str = "") -> list[int]:
    held = store.held(counted.person, counted.run)
    return [each.id for each in held if (each.kind, each.item) == (kind, item)]


def _of_choice(store: Store, one: _Counted, other: _Counted) -> tuple[Origin, ...]:
    """Return why another attempt counts: it came since, its time was told, or it is worth more now than the others."""
    newer = max(one.attempt, other.attempt)
    if newer > min(store.seen(one.person, each.run) for each in (one, other)):
        return ("time",) if store.retells(newer) else ("attempt",)
    if asked := _asked(store, one, other, "attempt"):
        return asked
    first, then = one.graded, other.graded
    if first is None or then is None or first.detail.get("authored") != then.detail.get("authored"):
        return ("rubric",)
    return ("again" if _grader(first) == _grader(then) else "grader",)


def _of_problems(one: _Counted, other: _Counted) -> Iterator[ChangeCause]:
    own = {problem.function: problem for problem in one.report.problems}
    for problem in other.report.problems:
        old = own.pop(problem.function, None)
        if old is None or (old.score, old.max_score) != (problem.score, problem.max_score):
            yield from _of_problem(old, problem, (one.graded, other.graded))
    for name, old in own.items():
        yield ChangeCause(of=name, origins=("rubric",), points=-old.score, said=say("no longer graded"))


def _of_marks(store: Store, one: _Counted, other: _Counted) -> Iterator[ChangeCause]:
    old, new = ({item.name: item.score or Fraction(0) for item in each.report.manual} for each in (one, other))
    for name in dict.fromkeys([*new, *old]):
        points = new.get(name, Fraction(0)) - old.get(name, Fraction(0))
        if not points:
            continue
        decided = _decided(store, one, "mark", name) != _decided(store, other, "mark", name)
        origins: tuple[Origin, ...] = ("decision",) if decided else ("rubric",)
        said = say("mark by hand") if name in new else say("no longer graded")
        yield ChangeCause(of=name, origins=origins, points=points, said=said)


def _of_problem(
    old: ProblemResult[Any] | None, new: ProblemResult[Any], runs: Sequence[ClassRun | None]
) -> Iterator[ChangeCause]:
    if old is None:
        yield ChangeCause(of=new.function, origins=("rubric",), points=new.score, said=say("newly graded"))
        return
    origin, helpers = _origin(old, new, runs)
    earned = new.earned - old.earned
    if earned:
        said = _of_checks(old, new)
        yield ChangeCause(of=new.function, origins=(origin,), points=earned, said=said, helpers=helpers)
    was, now = (_effects(each.earned, each.adjustments) for each in (old, new))
    yield from _of_adjustments(
        new.function, was, now, lambda policy: ("decision",) if policy == OVERRIDE else (origin,)
    )


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


def _effects(score: Fraction, adjustments: Sequence[Adjustment]) -> Mapping[str, Adjustment]:
    """Return by policy what the adjustments did to a score in their order: it never falls below 0."""
    found = {}
    for each in adjustments:
        after = adjusted(score, [each])
        found[each.policy] = replace(each, points=after - score)
        score = after
    return found


def _summed(report: Report[Any], *, bonus: bool) -> Fraction:
    every: list[Any] = [*report.problems, *report.manual]
    return sum((each.score or Fraction(0) for each in every if each.bonus is bonus), Fraction(0))


def _of_adjustments(
    of: str, old: Mapping[str, Adjustment], new: Mapping[str, Adjustment], origins: Callable[[str], tuple[Origin, ...]]
) -> Iterator[ChangeCause]:
    for policy in dict.fromkeys([*old, *new]):
        was, now = old.get(policy), new.get(policy)
        told_alike = policy != OVERRIDE or was is None or now is None or was.reason == now.reason
        if (was.points if was else 0) == (now.points if now else 0) and told_alike:
            continue
        points = (now.points if now else Fraction(0)) - (was.points if was else Fraction(0))
        telling = now or was
        assert telling is not None
        said = telling.reason if now is not None else say("no longer: {reason}", reason=telling.reason)
        yield ChangeCause(of=of, origins=origins(policy), points=points, said=said)


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
