"""A check read but not finished: its draw may come from another check, its share from its neighbours."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from grader.errors import Span
from grader.language import Bilingual, say
from grader.model import Gradient, Kind, Part
from grader.rubric.checks import GENERATOR
from grader.rubric.kinds import FORMS, Written
from grader.rubric.log import Log, did_you_mean, quoted
from grader.rubric.plans import DEFAULT_PROPERTIES_NAME, NAME_KEY, WRT, Plan
from grader.rubric.tables import Entries


class Draft(Struct, frozen=True, kw_only=True, eq=False):
    """One check of `function`; `plan` is None where it cannot be used, though others may draw like it."""

    function: str
    kind: Kind
    key: str
    name: Bilingual
    at: Span
    entries: Entries
    plan: Plan | None


def drafts_of(function: str, written: Iterable[Written], log: Log) -> tuple[Draft, ...]:
    """Return the checks of a function that have a name, each name once."""
    drafts: dict[str, Draft] = {}
    for check in written:
        draft = None if check.entries is None else _draft(function, check.kind, check.entries)
        if draft is None:
            continue
        first = drafts.setdefault(draft.key, draft)
        if first is not draft:
            hint = say("The first one is in line {line}; give this one another name.", line=first.at.line)
            log.add(draft.at, say("Two checks here are called `{name}`.", name=quoted(draft.key)), hint)
    return tuple(drafts.values())


def _draft(function: str, kind: Kind, entries: Entries) -> Draft | None:
    form = FORMS[kind]
    name = entries.get(form.name)
    if name is None and form.name is NAME_KEY and not entries.has(NAME_KEY):
        return Draft(
            function=function,
            kind=kind,
            key=DEFAULT_PROPERTIES_NAME.en,
            name=DEFAULT_PROPERTIES_NAME,
            at=entries.at,
            entries=entries,
            plan=form.plan(entries),
        )
    if name is None:
        return None
    return Draft(
        function=function,
        kind=kind,
        key=name.zh,
        name=name,
        at=entries.place(form.name),
        entries=entries,
        plan=form.plan(entries),
    )


def check_outputs(draft: Draft, returns: tuple[Part, ...], log: Log) -> None:
    """Record gradients of outputs that `returns` does not name; without it there is one output, under any name."""
    wrt = draft.entries.get(WRT) if isinstance(draft.plan, Gradient) else None
    if not wrt:
        return
    if not returns:
        if len(wrt) > 1:
            message = say("`wrt` names several outputs, but the function has no `returns`.")
            log.add(wrt[1][0].at, message, say("Name its outputs: returns: {{dX: 50%, dW: 50%}}"))
        return
    names = [part.name for part in returns]
    for output, _ in wrt:
        if output.text not in names:
            hint = did_you_mean(log.nearest(output.text, names))
            log.add(output.at, say("`{name}` is no output named in `returns`.", name=quoted(output.text)), hint)


def check_generator(draft: Draft, generators: bool, log: Log) -> None:
    """Record a generator function where the rubric names no file of them."""
    if draft.entries.has(GENERATOR) and not generators:
        hint = say("At the top: generators: generators.py")
        log.add(draft.entries.place(GENERATOR), say("The rubric names no file of generators."), hint)
