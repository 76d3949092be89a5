"""The audit as a person reads it, one screen with the survivors first, and as JSON to build on: `grade/audit/v1`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec

from grader.author.audit.findings import Audit, Caught, Change, FunctionAudit, Suggestion, Survivor
from grader.checks import named
from grader.errors import Span
from grader.language import Bilingual, Language, Message, inert, listed, say, say_count
from grader.report.lines import cell_width, cut, pad, wrap


def show_path(at: Span) -> str:
    """Return `solutions/cnn.py:81`: the path from the working folder if it lies below it, and the line."""
    path, here = Path(at.path), Path.cwd()
    return f"{path.relative_to(here) if path.is_relative_to(here) else path}:{at.line}"


WIDTH = 80
MOST = 4
"""Changes to the rubric that are shown, and survivors without a suggestion, unless `--all` is given."""
EACH = 2
"""Survivors that are shown for each change that would notice them."""


def survivor_lines(survivors: Sequence[Survivor], language: Language, *, everything: bool) -> Iterator[str]:
    """Yield lines of at most 80 cells about the survivors: first those that a change of the rubric would notice."""
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
        noticed = say_count(
            "That notices {count} variant that gets full marks now:",
            "That notices {count} variants that get full marks now:",
            len(group),
        )
        yield from _wrapped(noticed, language, 2)
        for each in group if everything else group[:EACH]:
            yield from _survivor(each, language)
            assert each.suggestion is not None
            yield from _wrapped(_shows(each.suggestion), language, 4)
    for each in lost if everything else lost[:MOST]:
        yield ""
        yield from _survivor(each, language)
        yield from _wrapped(
            say("{place}: no draw was found that shows it.", place=show_path(each.rubric_at)), language, 4
        )
        if each.mark:
            yield from _wrapped(say("If it is equivalent, say so in that line: {mark}", mark=each.mark), language, 4)
    shown = sum(min(len(group), EACH) for _, group in several[:MOST]) + len(lost[:MOST])
    if not everything and len(survivors) > shown:
        more = len(survivors) - shown
        yield ""
        yield say_count("… and {count} more (--all)", "… and {count} more (--all)", more).text(language)


def _allowed(survivors: Sequence[Survivor], language: Language) -> Iterator[str]:
    """Yield, for each habit that loses no points, the functions in which it does not, and what would forbid it."""
    if not survivors:
        return
    yield ""
    yield from _wrapped(say("Not counted, since it is for you to allow or forbid:"), language, 0)
    habits: dict[str, list[Survivor]] = {}
    for each in survivors:
        habits.setdefault(each.says.text(language), []).append(each)
    for habit, group in habits.items():
        names = listed(list(dict.fromkeys(each.function for each in group)))
        yield from _wrapped(say("{habit} ({functions})", habit=habit, functions=names), language, 2)
        ways = {change.after for each in group if each.suggestion for change in each.suggestion.changes if change.after}
        if ways:
            yield from _wrapped(say("To forbid it, add {after}", after=", ".join(sorted(ways))), language, 4)


def _survivor(survivor: Survivor, language: Language) -> Iterator[str]:
    heading = say(
        "{place} {function}: {slip}", place=show_path(survivor.at), function=survivor.function, slip=survivor.says
    )
    yield from _wrapped(heading, language, 2)
    for sign, several in (("-", survivor.before), ("+", survivor.after)):
        yield from ("    " + inert(f"{sign} {line.strip()}", 200) for line in several)


def _change(change: Change) -> Message:
    place = show_path(change.at)
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


def as_text(audit: Audit, *, language: Language, least: Fraction | None = None, everything: bool = False) -> str:
    """Return the audit in lines of at most 80 cells; `least` is the score that is required."""
    title = say("How strong the rubric is · {title}", title=audit.title)
    lines = [title.text(language), "", *_table(audit, language), "", *_score(audit, language, least)]
    for each in audit.unfailing:
        lines += ["", *_wrapped(each, language, 0)]
    lines += survivor_lines([each for each in audit.survivors if not each.allowed], language, everything=everything)
    lines += _allowed([each for each in audit.survivors if each.allowed], language)
    lines += _idle(audit, language)
    return "\n".join(line.rstrip() for line in lines) + "\n"


def as_percent(score: Fraction) -> str:
    """Return a score as a percentage with one decimal, rounded down so that 100% means all."""
    tenths = score * 1000 // 1
    return f"{tenths // 10}.{tenths % 10}%".replace(".0%", "%")


def _table(audit: Audit, language: Language) -> Iterator[str]:
    heads = (say("killed"), say("survived"), say("equivalent"), say("known mistakes"), say("hollow answers"))
    words = [head.text(language) for head in heads]
    room = WIDTH - sum(cell_width(word) + 2 for word in words)
    name = min(max(cell_width(each.function) for each in audit.functions), room)
    yield " " * name + "".join("  " + word for word in words)
    for each in audit.functions:
        numbers = [str(each.killed), str(each.survived), str(each.equivalent), _of(each.mistakes), _hollow(each)]
        yield pad(cut(each.function, name), name) + "".join(
            "  " + number.rjust(cell_width(word)) for number, word in zip(numbers, words, strict=True)
        )


def _of(caught: Caught) -> str:
    return f"{caught.caught}/{caught.total}" if caught.total else "–"


def _hollow(function: FunctionAudit) -> str:
    """Return how many hollow answers lose points, and what the best of them still earns."""
    return f"{_of(function.hollow)} ≤{function.hollow_earns * 100 // 1}%"


def _score(audit: Audit, language: Language, least: Fraction | None) -> Iterator[str]:
    stillborn = sum(each.stillborn for each in audit.functions)
    said = [
        say(
            "{score} of the mutants are killed: {killed} of {total}; {stillborn} more only raise and do not count.",
            score=as_percent(audit.score),
            killed=audit.killed,
            total=audit.killed + audit.survived,
            stillborn=stillborn,
        )
    ]
    if least is not None:
        said.append(
            say("That is enough: {least} is asked for.", least=as_percent(least))
            if audit.holds(least)
            else say(
                "That is not enough: at least {least} of the mutants and every known mistake and hollow answer must "
                "lose points.",
                least=as_percent(least),
            )
        )
    for each in said:
        yield from wrap(each.text(language), WIDTH)


def _idle(audit: Audit, language: Language) -> Iterator[str]:
    """Yield the checks that decide nothing, function by function, without those that are there to be read."""
    idle = [check for check in audit.idle if named(check.kind).visibility != "public" or not check.killed]
    if not idle:
        return
    yield ""
    yield from wrap(
        say(
            "Checks that decide nothing, examples aside: what one of them notices, others of its function notice too."
        ).text(language),
        WIDTH,
    )
    for function in dict.fromkeys(check.function for check in idle):
        names = [
            say("{name}", name=check.name) if check.killed else say("{name} (notices nothing at all)", name=check.name)
            for check in idle
            if check.function == function
        ]
        yield from _wrapped(say("{function}: {checks}", function=function, checks=listed(names)), language, 2)


SCHEMA = "grade/audit/v1"


def as_json(audit: Audit) -> str:
    """Return the audit as one JSON object, every survivor and every check in it."""
    found = {
        "schema": SCHEMA,
        "title": audit.title,
        "score": float(audit.score),
        "killed": audit.killed,
        "survived": audit.survived,
        "functions": audit.functions,
        "checks": audit.checks,
        "decide_nothing": [{"function": check.function, "key": check.key} for check in audit.idle],
        "survivors": [_plain_survivor(each) for each in audit.survivors],
        "equivalents": audit.equivalents,
        "cannot_fail": [Bilingual(each.text("zh"), each.text("en")) for each in audit.unfailing],
    }
    plain = msgspec.to_builtins(found, enc_hook=_plain)
    return msgspec.json.format(msgspec.json.encode(_places(plain)), indent=2).decode() + "\n"


def _plain_survivor(survivor: Survivor) -> dict[str, Any]:
    fields = {name: getattr(survivor, name) for name in survivor.__struct_fields__}
    return fields | {"says": Bilingual(survivor.says.text("zh"), survivor.says.text("en"))}


def _plain(value: Any) -> Any:
    if isinstance(value, Fraction):
        return float(value)
    raise NotImplementedError(type(value))  # as msgspec asks of an `enc_hook`


def _places(value: Any) -> Any:
    """Return builtins with every place as `path:line`."""
    if isinstance(value, dict):
        if value.keys() == set(Span.__struct_fields__):
            return show_path(msgspec.convert(value, Span))
        return {key: _places(each) for key, each in value.items()}
    return [_places(each) for each in value] if isinstance(value, list | tuple) else value
