"""The cases that a rubric draws, as a table: for instructors, since hidden ones are among them."""

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
from grader.values.plain import show_number

if TYPE_CHECKING:
    from grader.model import Value

WIDTH = 80
_LONGEST = 120
_MARGIN = 18  # number and seed


def render(
    problems: Sequence[Problem], tasks: Sequence[Task], signatures: Mapping[str, Signature], language: Language
) -> str:
    """Return the table in lines of at most 80 cells: every check with its kind, who sees it and its share.

    A line for each case holds its number, its seed, and the shapes of what goes in and comes out.
    """
    groups = [say(" case        seed  inputs → outputs").text(language)]
    for problem in problems:
        lines = wrap(_head(problem).text(language), WIDTH)
        for check in problem.checks:
            own = [task for task in tasks if task.key == (problem.function, check.key)]
            lines += ["", *("  " + line for line in wrap(_about(check).text(language), WIDTH - 2))]
            told = [said.text(language) for said in kind_of(check).described()]
            lines += [f"    {line}" for said in told for line in wrap(said, WIDTH - 4)]
            lines += [
                line for each in own for line in _case(problem, check, each, signatures[problem.function], language)
            ]
        groups.append("\n".join([*lines, ""]))
    return "\n\n".join(groups) + "\n"


def _head(problem: Problem) -> Message:
    points = say("{points} points", points=show_points(problem.points))
    if problem.bonus:
        points = say("bonus {points}", points=show_points(problem.points))
    return say("{function} · {title} · {points}", function=problem.function, title=problem.title, points=points)


def _about(check: Check) -> Message:
    return say(
        "{check} · {kind} · {seen} · {share}%",
        check=check.name,
        kind=kind_of(check).title,
        seen=VISIBILITIES[check.visibility],
        share=f"{float(check.share * 100):.4g}",
    )


def _case(problem: Problem, check: Check, task: Task, signature: Signature, language: Language) -> Iterator[str]:
    case = task.case
    given = ", ".join(
        f"{name} {show_form(value)}" for name, value in zip(signature.parameters, case.calls[0].arguments, strict=False)
    )
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
        return ", ".join(f"{part.name} {show_form(item)}" for part, item in zip(returns, value, strict=True))
    return f"{returns[0].name} {show_form(value)}" if len(returns) == 1 else show_form(value)


def show_form(value: Value) -> str:
    """Return a value in few characters: an array as its shape (and its dtype, unless it is float64), a number as is."""
    text = _form(value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _form(value: Value) -> str:
    if is_array(value):
        shape = "×".join(map(str, value.shape)) if value.ndim > 1 else str(value.shape)
        return shape if value.dtype == "float64" else f"{value.dtype} {shape}"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{inert(str(key), 40)}: {_form(item)}" for key, item in value.items()) + "}"
    if isinstance(value, tuple | list):
        inside = ", ".join(map(_form, value))
        return f"[{inside}]" if isinstance(value, list) else f"({inside})"
    if isinstance(value, str):
        return inert(repr(value[:60]), 60)
    return "None" if value is None else show_number(value, 4)
