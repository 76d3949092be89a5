"""The public rubric: of an author's rubric, the checks that a kit can make without the reference or the seed."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable
from fractions import Fraction

from grader.language import Bilingual
from grader.model import (
    Check,
    Comparison,
    Errors,
    Example,
    Expression,
    Gradient,
    Limits,
    Part,
    Problem,
    Properties,
    Rubric,
    Rules,
)
from grader.rubric.plans import DEFAULT_PROPERTIES_NAME

EXPECTED = "expected.json"
NAME = "grading.yaml"
HEADER = Bilingual(
    "# 公开的评分标准，由 grade release 生成，请不要修改。",
    "# The public rubric, made by grade release; do not edit.",
)
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_./-]*")
_WORDS = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}
_LIMITS = ("seconds", "cpu_seconds", "memory", "output", "result", "load_seconds")
_COMPARISON = ("rtol", "atol", "dtype", "size_one", "sequence", "nan_equal")


def text(rubric: Rubric, kept: Collection[tuple[str, str]], submission: str) -> str:
    """Return the text of a kit's rubric; `kept` are the checks in it, by function and key.

    A problem's points are those of its kept checks, so that a kit never promises more than it has looked at.
    """
    lines = [
        HEADER.text(rubric.language),
        f"title: {_title(rubric, kept)}",
        f"language: {rubric.language}",
        f"submission: {word(submission)}",
        f"expected: {EXPECTED}",
        *([f"elsewhere: [{', '.join(more)}]"] if (more := elsewhere(rubric, kept)) else []),
        "",
        "problems:",
    ]
    names = {function for function, _ in kept}
    for problem in rubric.problems:
        checks = [check for check in problem.checks if (problem.function, check.key) in kept]
        if checks:
            lines += _problem(problem, checks, names)
    return "\n".join(lines) + "\n"


def word(value: str) -> str:
    """Return a text as YAML: plain where that is safe, else in double quotes."""
    if _PLAIN.fullmatch(value) and value.lower() not in _WORDS:
        return value
    quoted = json.dumps(value, ensure_ascii=False)
    return "".join(char if char.isprintable() else json.dumps(char)[1:-1] for char in quoted)


def both(value: Bilingual) -> str:
    """Return an author's text in both languages as YAML."""
    return word(value.zh) if value.zh == value.en else f"{{zh: {word(value.zh)}, en: {word(value.en)}}}"


def complete(rubric: Rubric, kept: Collection[tuple[str, str]]) -> bool:
    """Return whether every check of the rubric is in the kit."""
    return not elsewhere(rubric, kept)


def elsewhere(rubric: Rubric, kept: Collection[tuple[str, str]]) -> list[str]:
    """Return the functions of which some checks are not in the kit: the course's verdict may be another."""
    return [
        problem.function
        for problem in rubric.problems
        if not all((problem.function, check.key) in kept for check in problem.checks)
    ]


def uncheckable(rubric: Rubric, kept: Collection[tuple[str, str]]) -> list[str]:
    """Return the functions of which no check is in the kit."""
    here = {function for function, _ in kept}
    return [problem.function for problem in rubric.problems if problem.function not in here]


def _title(rubric: Rubric, kept: Collection[tuple[str, str]]) -> str:
    if complete(rubric, kept):
        return both(rubric.title)
    return both(Bilingual(f"{rubric.title.zh}（自查）", f"{rubric.title.en} (self-check)"))


def _problem(problem: Problem, checks: list[Check], names: Collection[str]) -> list[str]:
    whole = sum((check.share for check in checks), Fraction(0))
    needs = [name for name in problem.needs or () if name in names]
    lines = [
        f"  {problem.function}:",
        f"    title: {both(problem.title)}",
        f"    points: {_points(problem.points * whole)}",
        *(["    bonus: true"] if problem.bonus else []),
        *([f"    needs: [{', '.join(needs)}]"] if needs else []),
        *([f"    returns: {_returns(problem.returns)}"] if problem.returns else []),
        *_settings("    limits", problem.limits, Limits(), _LIMITS),
        "    checks:",
    ]
    shares = _shares([check.share / whole for check in checks])
    for check, share in zip(checks, shares, strict=True):
        lines += _check(check, share)
    return lines


def _check(check: Check, share: str) -> list[str]:
    first, *rest = _plan(check)
    drawn = check.kind != "rules"
    return [
        f"      - {first}",
        *(f"        {line}" for line in rest),
        f"        visibility: {check.visibility}",
        *([f"        share: {share}"] if share else []),
        *([f"        cases: {check.cases}"] if drawn else []),
        *(f"        {line}" for line in _settings("compare", check.compare, Comparison(), _COMPARISON) if drawn),
        *([f"        hint: {both(check.hint)}"] if check.hint else []),
    ]


def _plan(check: Check) -> list[str]:
    """Return the lines that say what kind of check it is; how its cases were drawn is left out."""
    name = both(check.name)
    match check.plan:
        case Example(show=show):
            return [f"example: {name}", *([f"show: {_pairs(show)}"] if show else [])]
        case Gradient() as plan:
            wrt = ", ".join(f"{output}: {given}" for output, given in plan.wrt)
            upstream = [f"upstream: {plan.upstream}"] if plan.upstream else []
            return [f"gradient: {name}", f"of: {word(plan.forward.text)}", f"wrt: {{{wrt}}}", *upstream]
        case Properties(properties=properties):
            listed = ", ".join(dict.fromkeys(each.name for each in properties))
            named = [] if check.name == DEFAULT_PROPERTIES_NAME else [f"name: {name}"]
            return [f"properties: [{listed}]", *named]
        case Errors(raises=raises):
            return [f"errors: {name}", f"raises: [{', '.join(raises)}]"]
        case Rules() as plan:
            return [f"rules: {name}", *_rules(plan)]
        case _:
            return [f"values: {name}"]


def _rules(plan: Rules) -> list[str]:
    forbid = ", ".join(map(json.dumps, plan.forbid))
    require = ", ".join(json.dumps(" | ".join(each)) for each in plan.require)
    return [
        *([f"forbid: [{forbid}]"] if forbid else []),
        *([f"require: [{require}]"] if require else []),
        *(["no_loops: true"] if plan.no_loops else []),
        *([f"each: {_share(plan.each)}"] if plan.each != 1 else []),
    ]


def _pairs(show: Iterable[tuple[str, Expression]]) -> str:
    return "{" + ", ".join(f"{word(label)}: {json.dumps(line.text, ensure_ascii=False)}" for label, line in show) + "}"


def _returns(parts: Iterable[Part]) -> str:
    inner = (f"{word(part.name)}: {_returns(part.parts) if part.parts else _share(part.share)}" for part in parts)
    return "{" + ", ".join(inner) + "}"


def _settings(name: str, given: Limits | Comparison, default: Limits | Comparison, keys: Iterable[str]) -> list[str]:
    """Return a line with the settings that are not the default ones, if there are any."""
    found = [(key, getattr(given, key)) for key in keys if getattr(given, key) != getattr(default, key)]
    if not found:
        return []
    shown = ", ".join(f"{key}: {value if isinstance(value, str) else json.dumps(value)}" for key, value in found)
    return [f"{name}: {{{shown}}}"]


def _points(points: Fraction) -> str:
    """Return points as a decimal, exact or to the sixth place."""
    return f"{float(points):.6f}".rstrip("0").rstrip(".")


def _shares(shares: list[Fraction]) -> list[str]:
    """Return shares as they can be written; the last is left out, and so takes exactly what the others leave."""
    return [*(_share(share) for share in shares[:-1]), ""]


def _share(share: Fraction) -> str:
    hundred = share * 100
    exact = f"{float(hundred):.6f}".rstrip("0").rstrip(".")
    if Fraction(exact) == hundred or share.denominator > 9999:
        return f"{exact}%"
    return f"{share.numerator}/{share.denominator}"
