"""How people stand: whose score counts now or counted by a run, and who has none and why. It changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct

from grader.course.roll import Roll
from grader.course.store import Store
from grader.course.store.encoding import Evidence
from grader.model import Instant, Person, Standing
from grader.report.wording import is_graded


class ClassSummary(Struct, frozen=True, kw_only=True):
    """How many people there are, how many have a score, and whose is missing.

    `absent` handed in nothing, `waiting` is not graded yet; what `refused` handed in cannot be graded; at `failed` the
    grader itself failed. Of the graded, `stopped` were stopped somewhere by a limit of time.
    """

    people: int
    graded: int
    absent: tuple[str, ...]
    waiting: tuple[str, ...]
    refused: tuple[str, ...]
    failed: tuple[str, ...]
    stopped: tuple[str, ...]


def summary(store: Store) -> ClassSummary:
    """Return how far the class is graded."""
    absent, waiting, refused, failed, stopped = (list[str]() for _ in range(5))
    graded = people = 0
    for one in standings(store, evidence="none"):
        people += 1
        states = {problem.status for problem in one.report.problems} if one.report is not None else set()
        if one.report is None:
            (waiting if one.attempts else absent).append(one.person.id)
        elif not is_graded(one.report):
            failed.append(one.person.id)
        elif states == {"ungradable"}:
            refused.append(one.person.id)
        else:
            graded += 1
            if any(case.status == "timeout" for each in one.report.problems for check in each.checks
                   for case in check.cases):  # fmt: skip
                stopped.append(one.person.id)
    return ClassSummary(
        people=people,
        graded=graded,
        absent=tuple(absent),
        waiting=tuple(waiting),
        refused=tuple(refused),
        failed=tuple(failed),
        stopped=tuple(stopped),
    )


def standing_of(store: Store, name: str, run: int | None = None, *, evidence: Evidence = "public") -> Standing:
    """Return how the person stands whom `name` means. Raises as `Roll.person` does."""
    return _standing(store, Roll(store.people().values()).person(name), run, evidence=evidence)


def standings(store: Store, run: int | None = None, *, evidence: Evidence = "public") -> Iterator[Standing]:
    """Yield how everybody who did not leave stands, by ids: now, or by one run; without `evidence` much faster."""
    for person in store.members().values():
        yield _standing(store, person, run, evidence=evidence)


def _standing(store: Store, person: Person, run: int | None, *, evidence: Evidence) -> Standing:
    attempts = list(store.attempts(person.id))
    at = store.run_at(run, person.id) if run is not None else store.standing(person.id)
    found = store.score(at, person.id, evidence=evidence) if at is not None else None
    if found is None:
        return Standing(person=person, attempts=len(attempts))
    number, report = found
    place = next((place for place, each in enumerate(attempts, 1) if each.id == number), 0)
    attempt = attempts[place - 1] if place else None
    return Standing(
        person=person,
        report=report,
        submission=attempt.place if attempt else "",
        handed_in=_shown(attempt.handed_in, store.policies_of(person.id).deadline) if attempt else None,
        attempt=place,
        attempts=len(attempts),
    )


def _shown(moment: datetime | None, deadline: Instant | None) -> datetime | None:
    """Return when something was handed in as the clocks show it by which the course sets its deadline."""
    return deadline.shown_here(moment) if moment is not None and deadline is not None else moment
