"""Writes the public rubric: those checks of a rubric that are in a kit, without the reference and the seed."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from fractions import Fraction

from msgspec.structs import replace

from grader.checks.kind import kind_of
from grader.language import Bilingual
from grader.model import (
    Application,
    Check,
    Comparison,
    Criterion,
    Limits,
    ManualItem,
    Part,
    Penalty,
    Policies,
    Problem,
    Rubric,
)
from grader.model.policies import DAY, AttemptRule, LateRule
from grader.reading.writing import (
    Line,
    bilingual,
    block,
    decimal,
    exact_share,
    flow_list,
    flow_mapping,
    list_item,
    quoted,
    scalar,
)
from grader.rubric.document import OWN

EXPECTED = "expected.json"
NAME = "grading.yaml"
HEADER = Bilingual(
    "# 公开的评分标准，由 grade release 生成，请不要修改。",
    "# The public rubric, made by grade release; do not edit.",
)
_LIMITS = ("seconds", "cpu_seconds", "memory", "output", "result", "load_seconds")
_COMPARISON = ("rtol", "atol", "dtype", "size_one", "sequence", "nan_equal", "order", "axis")


def public_rubric(
    rubric: Rubric,
    within: Collection[tuple[str, str]],
    submission: str,
    data: Mapping[str, str] = {},
    places: Mapping[str, str] = {},
) -> str:
    """Return the text of a kit's rubric; `within` are the checks in it, by function and key.

    `data` are the paths in the kit of the course's data files, by the name in the code, and `places` those of the
    application's files, by their paths here.

    A problem's points are those of its checks in the kit, so that a kit never promises points that it has not checked.
    """
    head: list[Line] = [
        ("title", _title(rubric, within)),
        ("language", rubric.language),
        ("submission", scalar(submission)),
        ("expected", EXPECTED),
    ]
    if rubric.runtime:
        head.append(("runtime", flow_mapping([("python", OWN)])))
    if data:
        head.append(("files", flow_mapping((scalar(name), scalar(path)) for name, path in data.items())))
    if more := elsewhere(rubric, within):
        head.append(("elsewhere", flow_list(more)))
    lines = [HEADER.text(rubric.language), *block(head), "", "problems:"]
    names = {function for function, _ in within}
    for problem in rubric.problems:
        checks = [check for check in problem.checks if (problem.function, check.key) in within]
        if checks:
            lines += _problem(problem, checks, names)
    if rubric.manual:
        lines += ["manual:", *(line for item in rubric.manual for line in _manual(item))]
    if rubric.application is not None:
        lines += ["application:", *block(_application(rubric.application, places), 2)]
    if asked := list(_policies(rubric.policies)):
        lines += ["policies:", *block(asked, 2)]
    return "\n".join(lines) + "\n"


def complete(rubric: Rubric, within: Collection[tuple[str, str]]) -> bool:
    """Return whether every check of the rubric is in the kit."""
    return not elsewhere(rubric, within)


def elsewhere(rubric: Rubric, within: Collection[tuple[str, str]]) -> list[str]:
    """Return the functions some of whose checks are not in the kit: the course may grade them differently."""
    return [
        problem.function
        for problem in rubric.problems
        if not all((problem.function, check.key) in within for check in problem.checks)
    ]


def uncheckable(rubric: Rubric, within: Collection[tuple[str, str]]) -> list[str]:
    """Return the functions without a check in the kit."""
    here = {function for function, _ in within}
    return [problem.function for problem in rubric.problems if problem.function not in here]


def _title(rubric: Rubric, within: Collection[tuple[str, str]]) -> str:
    if complete(rubric, within):
        return bilingual(rubric.title)
    return bilingual(Bilingual(f"{rubric.title.zh}（自查）", f"{rubric.title.en} (self-check)"))


def _problem(problem: Problem, checks: list[Check], names: Collection[str]) -> list[str]:
    whole = sum((check.share for check in checks), Fraction(0))
    if not whole:  # what only takes points off has nothing here to take them off from
        checks = [replace(check, penalty=None) for check in checks]
    needs = [name for name in problem.needs or () if name in names]
    lines: list[Line] = [("title", bilingual(problem.title)), ("points", decimal(problem.points * whole))]
    if problem.bonus:
        lines.append(("bonus", "true"))
    if problem.all_or_nothing:
        lines.append(("all_or_nothing", "true"))
    if needs:
        lines.append(("needs", flow_list(needs)))
    if problem.returns:
        lines.append(("returns", _returns(problem.returns)))
    if limits := list(_different(problem.limits, Limits(), _LIMITS)):
        lines.append(("limits", flow_mapping(limits)))
    if problem.hints:
        lines.append(("hints", flow_list(map(bilingual, problem.hints))))
    if problem.hint_cost:
        lines.append(("hint_cost", decimal(problem.hint_cost)))
    # The last share is not written: it then is exactly what the others leave.
    last = [check.key for check in checks if check.share][-1:]
    shares = [exact_share(check.share / whole) if check.share and check.key not in last else "" for check in checks]
    items = [list_item(_check(check, part), 6) for check, part in zip(checks, shares, strict=True)]
    return [f"  {problem.function}:", *block(lines, 4), "    checks:", *(line for each in items for line in each)]


def _check(check: Check, part: str) -> Iterator[Line]:
    own, name = kind_of(check).written(), bilingual(check.name)
    yield check.kind, own.get(check.kind, name)
    if check.kind in own and check.name != kind_of(check).title:
        yield "name", name
    yield from ((key, value) for key, value in own.items() if key != check.kind)
    yield "visibility", check.visibility
    if part:
        yield "share", part
    if check.all_or_nothing:
        yield "all_or_nothing", "true"
    if check.penalty is not None:
        yield "penalty", _penalty(check.penalty)
    if check.demand.drawn:
        yield "cases", str(check.cases)
        if found := _comparison(check.compare, Comparison()):
            yield "compare", flow_mapping(found)
    if check.hint:
        yield "hint", bilingual(check.hint)


def _penalty(penalty: Penalty) -> str:
    each = decimal(penalty.each)
    if penalty.at_most is None:
        return each
    return flow_mapping({"each": each, "at_most": decimal(penalty.at_most)}.items())


def _manual(item: ManualItem) -> Iterator[str]:
    lines: list[Line] = [("title", bilingual(item.title)), ("points", decimal(item.points))]
    if item.bonus:
        lines.append(("bonus", "true"))
    if item.criteria:
        lines.append(("criteria", flow_list(map(_criterion, item.criteria))))
    yield f"  {item.name}:"
    yield from block(lines, 4)


def _criterion(criterion: Criterion) -> str:
    says = bilingual(criterion.says)
    if criterion.points is None:
        return says
    return flow_mapping({"says": says, "points": decimal(criterion.points)}.items())


def _application(application: Application, places: Mapping[str, str]) -> Iterator[Line]:
    yield "title", bilingual(application.title)
    yield "module", scalar(places[application.module])
    yield "page", scalar(places[application.page])
    if application.data:
        yield "data", flow_mapping((scalar(name), scalar(places[path])) for name, path in application.data)
    stages = flow_mapping((name, flow_list(needed)) for name, needed in application.stages)
    yield "needs", stages if application.stages else flow_list(application.needs)


def _policies(policies: Policies) -> Iterator[Line]:
    """Yield what the course asks; the deadline with its offset, since a student's machine may know no zones."""
    if policies.deadline is not None:
        yield "deadline", f"{policies.deadline.local:%Y-%m-%d %H:%M} {policies.deadline.offset_text}"
    if policies.grace:
        yield "grace", _minutes(policies.grace)
    if policies.late is not None:
        yield "late", flow_mapping(_late(policies.late))
    if (days := policies.late_days) is not None:
        most = [("at_most", str(days.at_most))] if days.at_most is not None else []
        yield "late_days", flow_mapping([("budget", str(days.budget)), *most])
    if (attempts := policies.attempts) != AttemptRule():
        written: list[tuple[str, str]] = [("count", attempts.count)]
        written += [("at_most", str(attempts.at_most))] if attempts.at_most is not None else []
        written += [("cool_down", _minutes(attempts.cool_down))] if attempts.cool_down else []
        yield "attempts", flow_mapping(written)
    if policies.cap is not None:
        yield "cap", f"{decimal(policies.cap * 100)}%"


def _late(late: LateRule) -> Iterator[tuple[str, str]]:
    if late.steps:
        yield "steps", flow_mapping((_minutes(most), exact_share(share)) for most, share in late.steps)
    elif late.steady:
        unit = {1: "minute", 60: "hour", DAY: "day", 7 * DAY: "week"}[late.each]
        yield "slope", f"{exact_share(late.take)} per {unit}"
    elif late.take:
        yield "take", exact_share(late.take)
        if late.each:
            yield "each", _minutes(late.each)
    if late.at_most < 1:
        yield "at_most", exact_share(late.at_most)
    if late.until is not None:
        yield "until", _minutes(late.until)
    if late.of != "maximum":
        yield "of", late.of


def _minutes(minutes: int) -> str:
    """Return a length of time as a rubric has it: `1 day 2 h`."""
    (days, rest), units = divmod(minutes, DAY), ("day", "h", "min")
    counts = (days, *divmod(rest, 60))
    return " ".join(f"{count} {unit}" for count, unit in zip(counts, units, strict=True) if count)


def _comparison(rule: Comparison, default: Comparison) -> list[tuple[str, str]]:
    """Return the settings of a comparison that differ from the default ones."""
    found = [*_different(rule, default, _COMPARISON)]
    if rule.up_to != default.up_to:
        found.append(("up_to", flow_list(rule.up_to)))
    if rule.of is not None:
        found.append(("of", quoted(rule.of.text)))
    outputs = [(scalar(name), flow_mapping(_comparison(own, replace(rule, of=None)))) for name, own in rule.outputs]
    return [*found, *([("outputs", flow_mapping(outputs))] if outputs else [])]


def _different(
    given: Limits | Comparison, default: Limits | Comparison, keys: Iterable[str]
) -> Iterator[tuple[str, str]]:
    found = [(key, getattr(given, key)) for key in keys if getattr(given, key) != getattr(default, key)]
    yield from ((key, value if isinstance(value, str) else json.dumps(value)) for key, value in found)


def _returns(parts: Iterable[Part]) -> str:
    return flow_mapping(
        (scalar(part.name), _returns(part.parts) if part.parts else exact_share(part.share)) for part in parts
    )
