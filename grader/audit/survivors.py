"""Survivors as a person reads them: what to write in the rubric, and which of them it would notice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from grader.audit.findings import Change, Suggestion, Survivor
from grader.audit.place import near
from grader.language import Language, Message, inert, say, say_count
from grader.report.width import wrap

WIDTH = 80
MOST = 4
"""Changes to the rubric that are shown, and survivors without advice, unless all are asked for."""
EACH = 2
"""Survivors that are shown of those one change would notice."""


def lines(survivors: Sequence[Survivor], language: Language, *, everything: bool) -> Iterator[str]:
    """Yield the survivors in lines of at most 80 cells: first those that one change of the rubric would notice."""
    groups: dict[tuple[Change, ...], list[Survivor]] = {}
    lost = [each for each in survivors if each.suggestion is None]
    for each in survivors:
        if each.suggestion is not None:
            groups.setdefault(each.suggestion.changes, []).append(each)
    several = sorted(groups.items(), key=lambda group: -len(group[1]))
    for changes, group in several if everything else several[:MOST]:
        yield ""
        for change in changes:
            yield from _wrapped(_change(change), language, 0)
        yield from _wrapped(_count(len(group)), language, 2)
        for each in group if everything else group[:EACH]:
            yield from _survivor(each, language)
            assert each.suggestion is not None
            yield from _wrapped(_shows(each.suggestion), language, 4)
    for each in lost if everything else lost[:MOST]:
        yield ""
        yield from _survivor(each, language)
        yield from _wrapped(say("{place}: no draw was found that shows it.", place=near(each.rubric_at)), language, 4)
        if each.mark:
            yield from _wrapped(say("If it is equivalent, say so in that line: {mark}", mark=each.mark), language, 4)
    shown = sum(min(len(group), EACH) for _, group in several[:MOST]) + len(lost[:MOST])
    if not everything and len(survivors) > shown:
        more = len(survivors) - shown
        yield ""
        yield say_count("… and {count} more (--all)", "… and {count} more (--all)", more).text(language)


def _count(count: int) -> Message:
    return say_count(
        "That notices {count} that gets full marks now:", "That notices {count} that get full marks now:", count
    )


def _survivor(survivor: Survivor, language: Language) -> Iterator[str]:
    said = say("{place} {function}: {slip}", place=near(survivor.at), function=survivor.function, slip=survivor.says)
    yield from _wrapped(said, language, 2)
    for sign, several in (("-", survivor.before), ("+", survivor.after)):
        yield from ("    " + inert(f"{sign} {line.strip()}", 200) for line in several)


def _change(change: Change) -> Message:
    place = near(change.at)
    if change.before and change.after:
        return say("{place}: {after} instead of {before}", place=place, before=change.before, after=change.after)
    if change.after:
        return say("{place}: add {after}", place=place, after=change.after)
    return say("{place}: leave out {before}", place=place, before=change.before)


def _shows(suggestion: Suggestion) -> Message:
    drawn = ", ".join(f"{name} = {value}" for name, value in suggestion.drawn)
    return say("It then shows in case {case}: {drawn}", case=suggestion.case, drawn=drawn)


def _wrapped(message: Message, language: Language, indent: int) -> Iterator[str]:
    for number, line in enumerate(wrap(message.text(language), WIDTH - indent - 2)):
        yield " " * (indent + (2 if number else 0)) + line
