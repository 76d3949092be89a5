"""Variations of a check: what an author could write differently in the rubric, smallest changes first."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from grader.audit.drawlines import leaves, literals, rewritten, substituted, yaml
from grader.audit.findings import Change
from grader.cases.registry import FUNCTIONS
from grader.errors import Span
from grader.model import Check, DrawLine, Errors, Example, Expression, Problem, Properties, Property, Signature, Values

MORE = 24
"""Cases that are drawn where nothing else is varied."""
FEW = 8
"""Cases that are drawn of any other variation, or as many as the check has."""
_RANGE = re.compile(r"(?<![\w.\])])(\d+)\.\.(\d+)(?![\w.(\[])")
_STEADY = ("inputs_unchanged", "deterministic")


class Variation(Struct, frozen=True, kw_only=True):
    """A check written differently by `changes`, which lets `cases` cases be drawn; more are a further change."""

    check: Check
    changes: tuple[Change, ...]
    cases: int

    def upto(self, original: Check, case: int) -> tuple[Change, ...]:
        """Return the changes that let the case number `case` (from 0) be drawn."""
        if case < self.cases:
            return self.changes
        more = Change(at=original.at, before=f"cases: {original.cases}", after=f"cases: {case + 1}")
        return (*self.changes, more)


def variations(problem: Problem, signature: Signature) -> Iterator[tuple[Check, Variation]]:
    """Yield the checks of a problem with what they could be, smallest changes first over all checks.

    Examples and properties, which a check of values would have to be added for, are varied where there is none.
    """
    every = [check for check in problem.checks if check.draw.lines]
    drawn = [check for check in every if not isinstance(check.plan, Example | Properties)] or every
    plain = [_as_values(check) for check in drawn]
    left_out = partial(_left_out, defaults=signature.defaults)
    for vary in (_more, _properties, left_out, _wider, _spread, _named, _unconditioned, _otherwise):
        for original, check in zip(drawn, plain, strict=True):
            yield from ((original, each) for each in vary(check))


def _as_values(check: Check) -> Check:
    """Return the check as one of values that draws freely: an example's legacy numbers become new ones.

    One that would have to be added has no `cases` yet.
    """
    lines = check.draw.lines
    if check.draw.legacy_seed is not None:
        lines = tuple(rewritten(line, lambda text: [re.sub(r"\brandn\(", "normal(", text)])[-1] for line in lines)
    plan = check.plan if isinstance(check.plan, Errors) else Values()
    cases = 0 if isinstance(check.plan, Example | Properties) else check.cases
    return replace(check, plan=plan, cases=cases, draw=replace(check.draw, lines=lines, legacy_seed=None))


def _more(check: Check) -> Iterator[Variation]:
    if check.cases:
        yield Variation(check=replace(check, cases=max(check.cases, MORE)), changes=(), cases=check.cases)
    else:
        yield _varied(check, check.draw.lines)


def _properties(check: Check) -> Iterator[Variation]:
    if not isinstance(check.plan, Errors):
        plan = Properties(properties=tuple(Property(name=name, at=check.at) for name in _STEADY))
        added = Change(at=check.at, before="", after=f"- properties: [{', '.join(_STEADY)}]")
        yield Variation(check=replace(check, plan=plan, cases=1), changes=(added,), cases=len(_STEADY))


def _left_out(check: Check, defaults: Sequence[str]) -> Iterator[Variation]:
    """Yield a further check that leaves the last parameters to their defaults."""
    lines = tuple(line for line in check.draw.lines if not set(line.names) <= set(defaults))
    if len(lines) < len(check.draw.lines):
        draw = replace(check.draw, lines=lines)
        yield Variation(check=_longer(replace(check, draw=draw)), changes=(_added(check, lines),), cases=FEW)


def _wider(check: Check) -> Iterator[Variation]:
    """Yield the check with one range wider: by one at the lower end, by two at the upper."""
    yield from _each_line(check, lambda text: [_RANGE.sub(_wide, text)])


def _named(check: Check) -> Iterator[Variation]:
    """Yield the check with one number that is written out, wherever it stands, a size that is drawn."""
    taken = {name for line in check.draw.lines for name in line.names}
    name = next(each for each in ("n", "k", "size", "drawn_size") if each not in taken)
    for number in dict.fromkeys(each for line in check.draw.lines for each in literals(line)):
        lines = tuple(substituted(line, number, name) for line in check.draw.lines)
        at = Span(path=check.draw.at.path, line=check.draw.at.line)
        size = DrawLine(names=(name,), value=Expression(text=f"1..{number + 2}", at=at), at=at)
        yield _varied(check, (size, *lines))


def _spread(check: Check) -> Iterator[Variation]:
    """Yield the check with one number that is written out a range."""
    yield from _each_line(check, lambda text: list(_each_number(text)))
    yield from _each_line(check, lambda text: [f"0..{text}"] if text.isdigit() else [])


def _unconditioned(check: Check) -> Iterator[Variation]:
    if check.draw.where is not None:
        gone = Change(at=check.draw.where.at, before=f"where: {check.draw.where.text}", after="")
        yield Variation(
            check=_longer(replace(check, draw=replace(check.draw, where=None))), changes=(gone,), cases=check.cases
        )


def _otherwise(check: Check) -> Iterator[Variation]:
    """Yield the check with one line drawn by another generator that takes the same arguments."""
    yield from _each_line(check, _drawn_otherwise)


def _each_line(check: Check, rewrite: Callable[[str], list[str]]) -> Iterator[Variation]:
    for index, line in enumerate(check.draw.lines):
        for new in rewritten(line, rewrite):
            if new != line:
                yield _varied(check, (*check.draw.lines[:index], new, *check.draw.lines[index + 1 :]))


def _varied(check: Check, lines: tuple[DrawLine, ...]) -> Variation:
    """Return the check with other lines of `draw`."""
    old = check.draw.lines
    if not check.cases:
        changes: tuple[Change, ...] = (_added(check, lines),)
    else:
        news = lines[len(lines) - len(old) :]
        changes = tuple(
            [Change(at=line.at, before="", after=yaml(line)) for line in lines[: len(lines) - len(old)]]
            + [Change(at=a.at, before=yaml(a), after=yaml(b)) for a, b in zip(old, news, strict=True) if a != b]
        )
    varied = _longer(replace(check, draw=replace(check.draw, lines=lines)))
    return Variation(check=varied, changes=changes, cases=check.cases or FEW)


def _drawn_otherwise(text: str) -> list[str]:
    found = re.match(r"(\w+)\(", text)
    own = FUNCTIONS.get(found[1]) if found else None
    if found is None or own is None or not own.draws or own.sizes != 0:
        return []
    alike = [each for each in FUNCTIONS.values() if each.draws and not each.legacy and each.sizes == 0 and each != own]
    rest = text[found.end() - 1 :]
    return [*(other.name + rest for other in alike), f"-1 - abs({text})", f"0 * {text}"]


def _each_number(text: str) -> Iterator[str]:
    if not _RANGE.search(text):
        for begin, end, number in leaves(text):
            yield f"{text[:begin]}1..{number + 2}{text[end:]}"


def _wide(found: re.Match[str]) -> str:
    return f"{max(int(found[1]) - 1, 0)}..{int(found[2]) + 2}"


def _longer(check: Check) -> Check:
    return replace(check, cases=max(check.cases, FEW))


def _added(check: Check, lines: tuple[DrawLine, ...]) -> Change:
    drawn = ", ".join(yaml(line) for line in lines)
    return Change(at=check.at, before="", after=f"- {{values: …, cases: {FEW}, draw: {{{drawn}}}}}")
