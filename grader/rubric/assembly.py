"""The problems of a rubric, from what was written of each and what they say of one another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from grader.errors import Span
from grader.language import Bilingual, say
from grader.model import Check, Draw, Problem
from grader.reading.log import Log, did_you_mean, quoted
from grader.reading.scalars import Word
from grader.reading.settings import COMPARE_KEY, LIMITS_KEY, Given, comparison, given, limits
from grader.reading.tables import Entries
from grader.rubric import document, problems
from grader.rubric.checks import CASES, HINT, SHARE_KEY, VISIBILITY
from grader.rubric.likes import Draft, check_generator, drafts_of, resolve
from grader.rubric.problems import percent


def check_needs(needs: Mapping[str, Sequence[Word]], functions: Sequence[str], log: Log) -> None:
    """Record needs that are no function of the rubric, and the first circle among the others."""
    for function, words in needs.items():
        for word in words:
            if word.text not in functions:
                near = log.nearest(word.text, [name for name in functions if name != function])
                message = say("`{name}` is no function of this rubric.", name=quoted(word.text))
                log.add(word.at, message, did_you_mean(near))
    from graphlib import CycleError, TopologicalSorter

    graph = {function: [word.text for word in words if word.text in functions] for function, words in needs.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        circle: list[str] = error.args[1][::-1]
        last = circle[-2]
        at = next(word.at for word in needs[last] if word.text == circle[0])
        log.add(at, say("`needs` goes round in a circle: {steps}.", steps=" → ".join(map(quoted, circle))))


def shares(drafts: Sequence[Draft], at: Span, log: Log, *, whole: bool) -> dict[Draft, Fraction]:
    """Return each check's share of its function's points; what is not written splits the rest evenly.

    With `whole` all of the function's checks are here, and the shares must come to 100%.
    """
    written = {draft: draft.entries.get(SHARE_KEY) for draft in drafts}
    even = {draft: Fraction(1, len(drafts)) for draft in drafts}
    if any(share is None and draft.entries.has(SHARE_KEY) for draft, share in written.items()):
        return even
    known = sum((share for share in written.values() if share is not None), Fraction(0))
    open_ones = [draft for draft, share in written.items() if share is None]
    if known > 1 or (known == 1 and open_ones):
        last = [draft for draft, share in written.items() if share is not None][-1]
        if known > 1:
            message = say("The shares of these checks add up to {whole}, more than 100%.", whole=percent(known))
        else:
            message = say("The shares written come to 100% and leave nothing for {name}.", name=open_ones[0].name)
        log.add(last.entries.place(SHARE_KEY), message)
        return even
    if not open_ones and known < 1:
        if whole and drafts:
            hint = say("Checks without a share split what is left.")
            log.add(at, say("The shares of these checks add up to {whole}, not 100%.", whole=percent(known)), hint)
        return even
    rest = (1 - known) / len(open_ones) if open_ones else Fraction(0)
    return {draft: rest if share is None else share for draft, share in written.items()}


def check_total(problems: Iterable[Problem], total: Fraction, at: Span, log: Log) -> None:
    """Record required points that do not come to `total`."""
    found = sum((problem.points for problem in problems if not problem.bonus), Fraction(0))
    if found != total:
        message = say("The required points add up to {found}, not {total}.", found=_plain(found), total=_plain(total))
        log.add(at, message, say("Points of bonus functions do not count here."))


def _plain(points: Fraction) -> str:
    return f"{float(points):.10g}"


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
        if draft.demand is not None:
            draft.demand.disagreeing(draft.entries, draft.at, returns, log)
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
    if draft.demand is None or draw is None:
        return None
    return Check(
        key=draft.key,
        name=draft.name,
        demand=draft.demand,
        share=share,
        visibility=entries.get(VISIBILITY, draft.kind.visibility),
        cases=entries.get(CASES, draft.kind.cases),
        draw=draw,
        compare=comparison(*levels, given(entries, COMPARE_KEY)),
        hint=entries.get(HINT),
        at=draft.at,
    )
