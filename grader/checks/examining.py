"""What is wrong with a rubric's draws, found without drawing: every fault at its line and column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from grader.cases.expression import fault, is_verbatim, once, quoted, resembling
from grader.cases.scrutiny import Vocabulary, scrutinize, scrutinize_template
from grader.checks.kind import kind_of
from grader.errors import Fault
from grader.language import say
from grader.model import Check, Draw, Problem, Rubric, Signature


def examine(rubric: Rubric, signatures: Mapping[str, Signature]) -> list[Fault]:
    """Return what is wrong with the draws of a rubric; `signatures` are those of the reference's functions.

    Expressions that cannot be read, unknown names, functions, generators and properties, names used before they are
    drawn, parameters that are never drawn, arguments that do not fit.
    """
    found: list[Fault] = []
    inherited: list[Fault] = []
    for problem in rubric.problems:
        if problem.function not in signatures:
            message = say("The reference has no function `{name}`.", name=quoted(problem.function))
            found.append(fault(problem.at, message, resembling(problem.function, signatures)))
        for check in problem.checks:
            if not check.demand.drawn:
                continue
            scope = _scope(check.draw, signatures)
            found += _lines(check.draw, scope)
            found += kind_of(check).examine(problem, check, scope)
            rooted = check.draw.stream == f"{problem.function}.{check.key}"
            (found if rooted else inherited).extend(_parameters(problem, check, signatures))
            if (where := check.draw.where) is not None and (faults := list(scrutinize(where, scope))):
                (found if is_verbatim(where) else inherited).extend(faults)
    known = [each.message for each in found]
    return once([*found, *(each for each in inherited if each.message not in known)])


def _scope(draw: Draw, signatures: Mapping[str, Signature]) -> Vocabulary:
    """Return what may be spoken of when all lines are drawn."""
    return Vocabulary(
        signatures=signatures,
        known=frozenset(name for line in draw.lines for name in line.names),
        open=bool(draw.generator),
        legacy=draw.legacy_seed is not None,
    )


def _lines(draw: Draw, scope: Vocabulary) -> Iterator[Fault]:
    later = {name: line.at.line for line in draw.lines for name in line.names}
    known: set[str] = set()
    for line in draw.lines:
        here = replace(scope, known=frozenset(known), later=later, random=True)
        yield from scrutinize_template(line.value, here)
        known |= set(line.names)
        later = {name: number for name, number in later.items() if name not in known}


def _parameters(problem: Problem, check: Check, signatures: Mapping[str, Signature]) -> Iterator[Fault]:
    function = problem.function
    if function not in signatures or check.draw.generator:
        return
    signature = signatures[function]
    drawn = {name for line in check.draw.lines for name in line.names}
    last = max((place for place, name in enumerate(signature.parameters) if name in drawn), default=-1)
    for place, name in enumerate(signature.parameters):
        if name in drawn or (name in signature.defaults and place > last):
            continue
        message = say("`{function}` takes `{name}`, which is never drawn.", function=function, name=name)
        if name in signature.defaults:
            message = say("`{name}` must be drawn too, for it comes before other arguments.", name=name)
        yield fault(check.draw.at, message, resembling(name, drawn - set(signature.parameters)))
