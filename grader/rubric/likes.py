"""`like`: a check that draws what another one draws, with lines of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from msgspec import Struct

from grader.checks.kind import Kind
from grader.errors import Span
from grader.language import Bilingual, say
from grader.model import Draw, DrawLine, Expression, TextTemplate
from grader.reading.nodes import Log, did_you_mean, quoted
from grader.reading.tables import Entries
from grader.rubric.checks import DRAW_KEY, FILES_KEY, GENERATOR, LEGACY_SEED, LIKE, WHERE, Written, check_table


class Draft(Struct, frozen=True, kw_only=True, eq=False):
    """One check of `function`; `demand` is None where it cannot be used, though others may draw like it."""

    function: str
    kind: type[Kind]
    key: str
    name: Bilingual
    at: Span
    entries: Entries
    demand: Kind | None


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


def _draft(function: str, kind: type[Kind], entries: Entries) -> Draft | None:
    key = check_table(kind).name
    name = entries.get(key)
    unnamed = name is None and not key.required and not entries.has(key)
    if name is None and not unnamed:
        return None
    demand = kind.read(entries)
    own = demand.label() if demand is not None else ""
    called = name or (Bilingual(own, own) if own else kind.title)
    return Draft(
        function=function,
        kind=kind,
        key=called.en if unnamed else called.zh,
        name=called,
        at=entries.place(key),
        entries=entries,
        demand=demand,
    )


def check_generator(draft: Draft, generators: bool, log: Log) -> None:
    """Record a generator function where the rubric names no file of them."""
    if draft.entries.has(GENERATOR) and not generators:
        hint = say("Name it at the top: generators: generators.py")
        log.add(draft.entries.place(GENERATOR), say("The rubric names no file of generators."), hint)


MOST_STEPS = 8

Drafts: TypeAlias = Mapping[str, Sequence[Draft]]
"""The checks of each function."""


_KEYS = (DRAW_KEY, WHERE, LIKE, LEGACY_SEED, GENERATOR, FILES_KEY)


def resolve(drafts: Drafts, log: Log, *, expected: bool = False) -> dict[Draft, Draw]:
    """Return the draw of each check, except where one of its keys is faulty or its `like` leads nowhere.

    With `expected`, the cases come from a student kit's file, and a check need not say how they are drawn.
    """
    everyone = [draft for checks in drafts.values() for draft in checks]
    targets: dict[Draft, Draft | None] = {}
    for draft in everyone:
        if any(draft.entries.has(key) and draft.entries.get(key) is None for key in _KEYS):
            targets[draft] = None
        elif draft.entries.has(LIKE):
            targets[draft] = _named(draft, drafts, log)
        elif draft.kind.borrows and not _draws(draft) and not expected:
            targets[draft] = _first_values(draft, drafts[draft.function], log)
    in_circles: set[Draft] = set()
    chains = {draft: _chain(draft, targets, in_circles, log) for draft in everyone}
    return {draft: _folded(chain, log) for draft, chain in chains.items() if chain}


def _draws(draft: Draft) -> bool:
    return draft.entries.has(DRAW_KEY) or draft.entries.has(GENERATOR)


def _first_values(draft: Draft, neighbours: Sequence[Draft], log: Log) -> Draft | None:
    comparing = [other for other in neighbours if other.kind.compares]
    if comparing:
        return min(
            comparing, key=lambda other: other.kind.visibility == "public"
        )  # an example only if there is no other
    hint = say("Give it a `draw:`, or a `like:` that names a check.")
    log.add(draft.at, say("`{name}` draws nothing, and no values check here has a draw.", name=quoted(draft.key)), hint)
    return None


def _named(draft: Draft, drafts: Drafts, log: Log) -> Draft | None:
    """Find the check that `like` names: by its name in the same function, or by function.name."""
    text = draft.entries.get(LIKE, "")
    places = [(draft.function, text)]
    places += [(text[:dot], text[dot + 1 :].strip()) for dot, char in enumerate(text) if char == "."]
    for function, name in places:
        checks = drafts.get(function, ())
        found = [other for other in checks if other.key == name] or [o for o in checks if o.name.en == name]
        if found:
            return found[0]
    names = [other.key for other in drafts[draft.function] if other is not draft]
    names += [f"{function}.{other.key}" for function, checks in drafts.items() for other in checks]
    hint = did_you_mean(log.nearest(text, names)) or say("A check of another function is named function.check.")
    log.add(draft.entries.place(LIKE), say("No check is called `{name}`.", name=quoted(text)), hint)
    return None


def _chain(
    draft: Draft, targets: Mapping[Draft, Draft | None], in_circles: set[Draft], log: Log
) -> tuple[Draft, ...] | None:
    """Return `draft`, the check it draws like, the one that draws like, and so on."""
    chain = [draft]
    while chain[-1] in targets:
        target = targets[chain[-1]]
        if target is None:
            return None
        if target in chain:
            if target is draft and draft not in in_circles:
                in_circles.update(chain)
                round_trip = " → ".join(quoted(step.key) for step in (*chain, draft))
                log.add(draft.entries.place(LIKE), say("`like` goes round in a circle: {steps}.", steps=round_trip))
            return None
        if len(chain) > MOST_STEPS:
            message = say("`like` leads through more than {most} checks.", most=MOST_STEPS)
            log.add(draft.entries.place(LIKE), message)
            return None
        chain.append(target)
    return tuple(chain)


def _folded(chain: tuple[Draft, ...], log: Log) -> Draw:
    root, draft = chain[-1], chain[0]
    lines: list[DrawLine] = []
    where: Expression | None = None
    legacy_seed: int | None = None
    generator = ""
    files: dict[str, TextTemplate] = {}
    for step in reversed(chain):
        own = step.entries
        lines = _merged(lines, own.get(DRAW_KEY, ()), log)
        where = _both(where, own.get(WHERE))
        legacy_seed = own.get(LEGACY_SEED) if own.has(LEGACY_SEED) else legacy_seed
        generator = own.get(GENERATOR, generator)
        files |= dict(own.get(FILES_KEY, ()))
    return Draw(
        lines=tuple(lines),
        where=where,
        stream=f"{root.function}.{root.key}",
        legacy_seed=legacy_seed,
        generator=generator,
        files=tuple(files.items()),
        at=draft.entries.place(DRAW_KEY) if draft.entries.has(DRAW_KEY) else draft.at,
    )


def _merged(base: list[DrawLine], own: Sequence[DrawLine], log: Log) -> list[DrawLine]:
    """Put each own line in the place of the one that draws the same names, else at the end."""
    lines = list(base)
    for line in own:
        for position, other in enumerate(base):
            if other.names == line.names:
                lines[position] = line
                break
            if set(other.names) & set(line.names):
                together = ", ".join(other.names)
                message = say("The check that `like` names draws `{names}` together.", names=quoted(together))
                log.add(line.at, message, say("Replace all of them: {names}: …", names=quoted(together)))
                break
        else:
            lines.append(line)
    return lines


def _both(other: Expression | None, own: Expression | None) -> Expression | None:
    if other is None or own is None:
        return own or other
    return Expression(text=f"({other.text}) and ({own.text})", at=own.at)
