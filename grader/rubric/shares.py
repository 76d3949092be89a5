"""What must add up: the shares of a function's checks, the points of the rubric."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from grader.errors import Span
from grader.language import say
from grader.model import Problem
from grader.rubric.checks import SHARE_KEY
from grader.rubric.drafts import Draft
from grader.rubric.log import Log
from grader.rubric.returns import percent


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
