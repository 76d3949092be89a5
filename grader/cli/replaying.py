"""`grade show --replay TOKEN`: from a report's token to the student and the hidden cases, with the course's secret."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from grader.cli.secret import needed, secret_of
from grader.errors import UsageError
from grader.grading.personal import PersonalCases, who_of, with_cases
from grader.grading.prepared import Plan
from grader.language import inert, say

if TYPE_CHECKING:
    from grader.cli.authoring import ShowRequest


def personal_plan(request: ShowRequest, plan: Plan) -> Plan:
    """Return the plan with the cases of the student who is named, or whose the token is.

    Raises UsageError for a rubric without variants, without the secret, and for a token of nobody who is known.
    """
    if request.replay is not None and plan.rubric.variants is None:
        raise UsageError(
            say("This rubric has no variants: every report was graded with the same cases."),
            say("Show them: grade show"),
        )
    secret = secret_of(plan, request.secret)
    if request.replay is None:
        if not request.variant:
            return plan
        return with_cases(plan, needed(secret).cases(plan, request.variant))
    token = request.replay
    found = needed(secret).owner(plan, token, _people(request, plan))
    if found is None:
        raise UsageError(
            say("The token {token} is of nobody here.", token=inert(token, 80)),
            say("It may be another assignment's, or made with another secret, or of somebody who is not in the store: "
                "name a roster with --roster FILE, or the student with --variant ID."),
        )  # fmt: skip
    cases, same = found
    _tell(request, cases, same=same)
    return with_cases(plan, cases)


def _tell(request: ShowRequest, cases: PersonalCases, *, same: bool) -> None:
    who = inert(cases.who, 400)
    if cases.who.startswith("group:"):
        request.tell(say("The token is of the group {group}.", group=inert(cases.who.removeprefix("group:"), 400)))
    else:
        request.tell(say("The token is of {person}.", person=who))
    if not same:
        request.tell(
            say("The rubric or its reference was changed since: the cases may be others than those in that report.")
        )


def _people(request: ShowRequest, plan: Plan) -> Iterator[str]:
    """Yield whose a token may be: who is named, those of the class's store, those of a roster."""
    if request.variant:
        yield request.variant
    place = Path(request.store) if request.store else Path(plan.rubric.path).parent / ".grade" / "class.db"
    if request.store or place.exists():
        yield from dict.fromkeys(_of_class(place))
    if request.roster:
        from grader.course.entries import read_roster

        people = read_roster(Path(request.roster)).people.values()
        yield from dict.fromkeys([*map(who_of, people), *(person.id for person in people)])


def _of_class(place: Path) -> Iterable[str]:
    """Return whose the cases of a class are: of those who handed in, as they did, and of everybody alone."""
    from grader.course.runs import variants_of
    from grader.course.store import Store

    with Store(place) as store:
        whose = variants_of(store)
        return [*map(whose, store.attempts()), *map(who_of, store.people().values()), *store.people()]
