"""The problems of a rubric, from what was written of each and what they say of one another."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from grader.language import Bilingual
from grader.model import Check, Draw, Problem
from grader.rubric import document, problems
from grader.rubric.asked import check_asked
from grader.rubric.checks import CASES, HINT, VISIBILITY
from grader.rubric.drafts import Draft, check_generator, check_outputs, drafts_of
from grader.rubric.kinds import FORMS
from grader.rubric.likes import resolve
from grader.rubric.log import Log
from grader.rubric.needs import check_needs
from grader.rubric.scalars import Word
from grader.rubric.settings import COMPARE_KEY, LIMITS_KEY, Given, comparison, given, limits
from grader.rubric.shares import check_total, shares
from grader.rubric.tables import Entries


def assemble(entries: Entries, log: Log) -> tuple[Problem, ...]:
    """Return the problems that could be read, their checks shared out and their draws resolved."""
    written = entries.get(document.PROBLEMS_KEY, ())
    found = {one.function: one.entries for one in written if one.function is not None and one.entries is not None}
    drafts = {word.text: drafts_of(word.text, inner.get(problems.CHECKS, ()), log) for word, inner in found.items()}
    draws = resolve(drafts, log, kept=entries.has(document.EXPECTED))
    for checks in drafts.values():
        for draft in checks:
            check_generator(draft, entries.has(document.GENERATORS), log)
    done = tuple(_problem(word, inner, drafts[word.text], draws, entries, log) for word, inner in found.items())
    names = [one.function.text for one in written if one.function is not None]
    check_needs({word.text: inner.get(problems.NEEDS, ()) for word, inner in found.items()}, names, log)
    total = entries.get(document.TOTAL)
    all_points = all(inner.get(problems.POINTS_KEY) is not None for inner in found.values())
    if total is not None and all_points and len(found) == len(written):
        check_total(done, total, entries.place(document.TOTAL), log)
    return done


def _problem(
    word: Word, inner: Entries, drafts: tuple[Draft, ...], draws: Mapping[Draft, Draw], entries: Entries, log: Log
) -> Problem:
    function = word.text
    returns = inner.get(problems.RETURNS_KEY, ())
    for draft in drafts:
        check_outputs(draft, returns, log)
        check_asked(draft, log)
    checks = inner.get(problems.CHECKS, ())
    split = shares(drafts, word.at, log, whole=len(drafts) == len(checks))
    levels = (given(entries, COMPARE_KEY), given(inner, COMPARE_KEY))
    return Problem(
        function=function,
        title=inner.get(problems.TITLE, Bilingual(function, function)),
        points=inner.get(problems.POINTS_KEY, Fraction(1)),
        bonus=inner.get(problems.BONUS, False),
        needs=_needs(inner),
        returns=returns,
        limits=limits(given(entries, LIMITS_KEY), given(inner, LIMITS_KEY)),
        checks=tuple(
            check for draft in drafts if (check := _check(draft, draws.get(draft), split[draft], levels)) is not None
        ),
        hints=inner.get(problems.HINTS, ()),
        hint_cost=inner.get(problems.HINT_COST, Fraction(0)),
        at=word.at,
    )


def _needs(inner: Entries) -> tuple[str, ...] | None:
    words = inner.get(problems.NEEDS)
    return None if words is None else tuple(word.text for word in words)


def _check(draft: Draft, draw: Draw | None, share: Fraction, levels: tuple[Given, Given]) -> Check | None:
    entries = draft.entries
    if draft.plan is None or draw is None:
        return None
    return Check(
        key=draft.key,
        name=draft.name,
        plan=draft.plan,
        share=share,
        visibility=entries.get(VISIBILITY, "public" if draft.kind in ("example", "rules") else "hidden"),
        cases=entries.get(CASES, FORMS[draft.kind].cases),
        draw=draw,
        compare=comparison(*levels, given(entries, COMPARE_KEY)),
        hint=entries.get(HINT),
        at=draft.at,
    )
