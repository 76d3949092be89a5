"""The rubric of a notebook as text, with the lines on which each check stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from msgspec import Struct

from grader.drafting.checks import Draft
from grader.drafting.solution import Graded
from grader.language import Bilingual, Language
from grader.release.public import word

POINTS = Fraction(10)
"""What a function is worth where the notebook does not say."""
_SEED = Bilingual("所有隐藏用例都由它决定：不要给学生", "every hidden case follows from it: keep it from students")
_MORE = Bilingual(
    "再加隐藏用例，换别的形状和边界情况。例如：",
    "Add hidden cases with other shapes and at the edges. For example:",
)
_RANDOM = Bilingual("随机输入", "random inputs")


class Plan(Struct, frozen=True, kw_only=True):
    """What the rubric is written from: its title, seed, files and language."""

    title: str
    language: Language
    seed: int
    file: str
    generators: bool


def write(plan: Plan, graded: Sequence[Graded], checks: Mapping[str, Sequence[Draft]]) -> tuple[str, dict[int, Draft]]:
    """Return the rubric's text and, for each line of a check, the check; functions without checks are left out."""
    lines = [
        f"title: {word(plan.title)}",
        f"language: {plan.language}",
        f"seed: {plan.seed}   # {_SEED.text(plan.language)}",
        f"submission: assignment/{plan.file}",
        f"reference: solutions/{plan.file}",
        *(["generators: solutions/generators.py"] if plan.generators else []),
        "",
        "problems:",
    ]
    owners: dict[int, Draft] = {}
    for one in graded:
        if not checks.get(one.name):
            continue
        lines += [f"  {one.name}:", f"    points: {_points(one.points or POINTS)}"]
        lines += ["    bonus: true"] if one.optional else []
        lines += [f"    returns: [{', '.join(one.returns)}]"] if one.returns else []
        lines.append("    checks:")
        for draft in checks[one.name]:
            first = len(lines) + 1
            lines += [f"      - {draft.kind}: {word(draft.name)}", *(f"        {line}" for line in draft.lines)]
            owners |= dict.fromkeys(range(first, len(lines) + 1), draft)
        lines += [f"      # {line}" for line in _skeleton(one, plan.language)]
        lines.append("")
    return "\n".join(lines).rstrip("\n") + "\n", owners


def _skeleton(graded: Graded, language: Language) -> list[str]:
    parameters = ", ".join(f"{one.arg}: …" for one in graded.node.args.args)
    return [
        _MORE.text(language),
        f"- values: {_RANDOM.text(language)}",
        "  cases: 5",
        f"  draw: {{n: 1..4, {parameters}}}",
    ]


def _points(points: Fraction) -> str:
    return f"{float(points):.6f}".rstrip("0").rstrip(".")
