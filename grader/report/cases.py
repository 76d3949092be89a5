"""The cases that a rubric draws, as a table for instructors: hidden cases are among them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from grader.checks.kind import kind_of
from grader.language import Language, Message, inert, listed, say
from grader.model import Check, Part, Problem, Raised, Returned, Signature, Task
from grader.report.evidence import is_array
from grader.report.lines import wrap
from grader.report.points import show_points
from grader.report.wording import VISIBILITIES
from grader.values import family_of
from grader.values.family import Style

if TYPE_CHECKING:
    from grader.model import Value

WIDTH = 80
_LONGEST = 120
_STYLE = Style(digits=4, depth=1, quote=lambda text: inert(text, 60))
_MARGIN = 18  # number and seed


def render(
    problems: Sequence[Problem], tasks: Sequence[Task], signatures: Mapping[str, Signature], language: Language
) -> str:
    """Return the table in lines of at most 80 cells: every check with its kind, who sees it and its share.

    Each case has a line with its number, its seed, and the shapes of its inputs and outputs.
    """
    groups = [say(" case        seed  inputs → outputs").text(language)]
    for problem in problems:
        lines = wrap(_head(problem).text(language), WIDTH)
        for check in problem.checks:
            lines += ["", *("  " + line for line in wrap(_about(check).text(language), WIDTH - 2))]
            described = [said.text(language) for said in kind_of(check).described()]
            lines += [f"    {line}" for said in described for line in wrap(said, WIDTH - 4)]
            for task in tasks:
                if task.key == (problem.function, check.key):
                    lines += _case(problem, check, task, signatures[problem.function], language)
        groups.append("\n".join([*lines, ""]))
    return "\n\n".join(groups) + "\n"


def _head(problem: Problem) -> Message:
    points = say("{points} points", points=show_points(problem.points))
    if problem.bonus:
        points = say("bonus {points}", points=show_points(problem.points))
    return say("{function} · {title} · {points}", function=problem.function, title=problem.title, points=points)


def _about(check: Check) -> Message:
    return say(
        "{check} · {kind} · {seen} · {share}",
        check=check.name,
        kind=kind_of(check).title,
        seen=VISIBILITIES[check.visibility],
        share=f"{float(check.share * 100):.4g}%" if check.penalty is None else say("takes points off"),
    )


def _case(problem: Problem, check: Check, task: Task, signature: Signature, language: Language) -> Iterator[str]:
    case = task.case
    given = ", ".join(f"{name} {show_short(value)}" for name, value in case.calls[0].inputs(signature.parameters))
    text = say("{given} → {back}", given=given, back=_back(problem, check, task)).text(language)
    number = f"{case.index:>5}  {case.seed:>10} "
    for line in wrap(text, WIDTH - _MARGIN):
        yield f"{number}{line}"
        number = " " * _MARGIN


def _back(problem: Problem, check: Check, task: Task) -> Message | str:
    """Return what comes out, or what is asked of it."""
    asked = kind_of(check).asked(task.case)
    if asked:
        return listed(asked)
    outcome = task.want[0] if task.want else None
    if isinstance(outcome, Returned):
        return _outputs(problem.returns, outcome.value)
    return inert(outcome.type, 60) if isinstance(outcome, Raised) else "?"


def _outputs(returns: Sequence[Part], value: Value) -> str:
    if isinstance(value, tuple | list) and len(value) == len(returns):
        return ", ".join(f"{part.name} {show_short(item)}" for part, item in zip(returns, value, strict=True))
    return f"{returns[0].name} {show_short(value)}" if len(returns) == 1 else show_short(value)


def show_short(value: Value) -> str:
    """Return a value in few characters: an array as its shape (and its dtype, unless it is float64), a number as is."""
    text = _short(value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _short(value: Value) -> str:
    if is_array(value):
        shape = "×".join(map(str, value.shape)) if value.ndim > 1 else str(value.shape)
        return shape if value.dtype == "float64" else f"{value.dtype} {shape}"
    family = family_of(value)
    if not family.container:
        return family.shown(value, _STYLE, _short)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{inert(str(key), 40)}: {_short(item)}" for key, item in family.parts(value)) + "}"
    if type(value) not in (tuple, list):
        return family.shown(value, _STYLE, _short)
    inside = ", ".join(_short(item) for _, item in family.parts(value))
    return f"[{inside}]" if isinstance(value, list) else f"({inside})"
