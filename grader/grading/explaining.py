"""Why a function fails, as far as can be told, and the hints that go with it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from grader.execution import Engine
from grader.grading.judging import Judged
from grader.grading.known import recognise
from grader.model import Bilingual, Message, Mistake, Submission

if TYPE_CHECKING:
    from grader.grading.pipeline import Prepared


class Explanation(Struct, frozen=True, kw_only=True, eq=False):
    """What is told about one failing function.

    `hints` are the steps of the ladder shown at this attempt, `more` how many are left; `mistake` names the known
    mistake that was recognised, `diagnosis` is the sentence of a hypothesis that explains every failing case.
    """

    diagnosis: Message | None = None
    mistake: str = ""
    hints: tuple[Bilingual, ...] = ()
    more: int = 0


NOTHING = Explanation()


def explain(
    prepared: Prepared, student: Submission, engine: Engine, judged: Mapping[str, Judged], attempts: Mapping[str, int]
) -> dict[str, Explanation]:
    """Return an explanation for each function that fails; `attempts` (from 1) says how many hints to show."""
    failing = {
        name: one
        for name, one in judged.items()
        if one.earned < 1 and not (name in student.symbols and student.symbols[name].untouched)
    }
    if not failing:
        return {}
    found = recognise(engine, prepared.plan.reference, _mistakes(prepared), prepared.limits, failing)
    return {name: _explanation(one, found.get(name), attempts.get(name, 1)) for name, one in failing.items()}


def _explanation(judged: Judged, mistake: Mistake | None, attempt: int) -> Explanation:
    ladder = mistake.hints if mistake is not None else judged.problem.hints
    return Explanation(
        mistake=mistake.name if mistake is not None else "",
        hints=ladder[:attempt],
        more=max(0, len(ladder) - attempt),
    )


def _mistakes(prepared: Prepared) -> tuple[Mistake, ...]:
    """Read the author's known mistakes: only now, because a right submission needs none of them."""
    path = prepared.plan.rubric.mistakes
    if not path:
        return ()
    from grader.rubric.mistakes import mistakes

    return mistakes(Path(path), prepared.plan.reference.source.text)
