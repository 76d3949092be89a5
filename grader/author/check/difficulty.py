"""Looks whether the variants of a rubric are equally hard: whether they notice the same wrong versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from statistics import median

from msgspec import Struct
from msgspec.structs import replace

from grader.author.audit.attempts import Result, Testbed, planned_slips
from grader.author.check.checkup import Look, look
from grader.cases.randomness import digest
from grader.errors import Span
from grader.execution import Engine
from grader.grading import Plan, prepare
from grader.grading.checking import with_checkers
from grader.grading.variants import Variant, as_variant, known_mistakes
from grader.language import Message, listed, say, say_count
from grader.model import Rubric
from grader.report.lines import show_place

DRAWN = 5
"""Variants that are drawn. One that is easier than the others for a tenth of a class is among them at 4 in 10 looks."""
MOST_SLIPS = 24
"""Slips in a function that are tried, spread over its lines: the look takes as long as an audit of so many, 5 times."""
TOLERANCE = Fraction(1, 10)
"""The share of a function's wrong versions by which a variant may differ from the middle one; one it always may, since
a slip that few inputs show is noticed by chance."""
MOST_NAMED = 3


class WrongVersion(Struct, frozen=True, kw_only=True):
    """A slip in the reference, or a known mistake, and where it stands."""

    variant: Variant
    says: Message
    at: Span


def equally_hard(plan: Plan, engine: Engine) -> Look | None:
    """Look whether drawn variants take points from the same wrong versions; `None` for a rubric without variants."""
    if plan.rubric.variants is None:
        return None
    if not _vary(plan.rubric):
        bad = say("The variants are all the same: no hidden check draws cases.")
        return look(bad, bad, [say("Let checks be hidden that draw their inputs: visibility: hidden")])
    with with_checkers(plan, engine):
        testbeds = [Testbed(prepare(_drawn(plan, number), engine), engine) for number in range(DRAWN)]
        versions = _versions(testbeds[0])
        tried = [list(testbed.try_all([each.variant for each in versions])) for testbed in testbeds]
    own: dict[str, list[tuple[WrongVersion, Sequence[Result]]]] = {}
    for version, results in zip(versions, zip(*tried, strict=True), strict=True):
        if any(each.killers for each in results) and not all(each.stillborn for each in results):
            own.setdefault(version.variant.function, []).append((version, results))
    return _told(own)


def _vary(rubric: Rubric) -> bool:
    return any(
        check.visibility == "hidden" and check.demand.drawn for problem in rubric.problems for check in problem.checks
    )


def _drawn(plan: Plan, number: int) -> Plan:
    """Return the plan with other hidden cases, the same at every look. The course's secret is not asked for."""
    seed = digest(plan.rubric.seed, "difficulty", number) >> 65
    return replace(plan, rubric=replace(plan.rubric, seed=seed))


def _versions(testbed: Testbed) -> list[WrongVersion]:
    """Return the known mistakes, and so many slips of each function, evenly spread."""
    plan = testbed.prepared.plan
    found = [
        WrongVersion(
            variant=replace(as_variant(each), limits=testbed.hasty(each.function)),
            says=say("the known mistake {name}", name=each.name),
            at=each.at,
        )
        for each in known_mistakes(plan)
    ]
    slips: dict[str, list[WrongVersion]] = {}
    for mutant, variant in planned_slips(testbed)[0]:
        at = plan.reference.source.span(mutant.line)
        slips.setdefault(variant.function, []).append(WrongVersion(variant=variant, says=mutant.says, at=at))
    for every in slips.values():
        step = max(1.0, len(every) / MOST_SLIPS)
        found += [every[int(number * step)] for number in range(min(len(every), MOST_SLIPS))]
    return found


def _told(own: Mapping[str, Sequence[tuple[WrongVersion, Sequence[Result]]]]) -> Look:
    """Return the look, from the wrong versions by function, each with its results in all variants."""
    faults, lines, total = [], [], 0
    for function, tried in own.items():
        total += len(tried)
        counts = [sum(bool(results[number].killers) for _, results in tried) for number in range(DRAWN)]
        shown = ", ".join(map(str, counts))
        middle = median(counts)
        if max(abs(count - middle) for count in counts) <= max(1.0, float(TOLERANCE * len(tried))):
            lines.append(say("{function}: {counts} of {total}", function=function, counts=shown, total=len(tried)))
            continue
        parted = [version for version, results in tried if not all(each.killers for each in results)]
        named = [say("{place}: {remark}", place=show_place(each.at), remark=each.says) for each in parted[:MOST_NAMED]]
        faults.append(
            say("{function}: {counts} of {total}. Draw more cases, or cases that always show what only some notice: "
                "{slips}", function=function, counts=shown, total=len(tried), slips=listed(named))
        )  # fmt: skip
    wrong = say_count("{count} wrong version", "{count} wrong versions", total)
    found = look(
        say("The variants are equally hard: {count} of them, tried with {wrong}, take points from as many.",
            count=DRAWN, wrong=wrong),
        say("Some variants are easier than others: they take points from fewer wrong versions."),
        faults,
    )  # fmt: skip
    return replace(found, details=(*faults, *lines))
