"""What is wrong with a rubric's draws, found without drawing: every fault at its line and column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from grader.cases.expression import parse
from grader.cases.failure import quoted, resembling
from grader.cases.gradients import is_call, not_a_call
from grader.cases.places import fault, is_verbatim, once
from grader.cases.properties import Known, rule_of
from grader.cases.scrutiny import Scope, scrutinize
from grader.cases.sizes import examine_sizes
from grader.cases.template import leaves, needed, uses
from grader.errors import Fault, RubricError
from grader.language import say
from grader.model import (
    Check,
    Draw,
    Efficiency,
    Example,
    Expression,
    Gradient,
    Part,
    Problem,
    Properties,
    Property,
    Rubric,
    Rules,
    Signature,
    Template,
)


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
            if isinstance(check.plan, Rules):
                continue
            scope = _scope(check.draw, signatures)
            found += _lines(check.draw, scope)
            found += _plan(problem, check, scope)
            rooted = check.draw.stream == f"{problem.function}.{check.key}"
            (found if rooted else inherited).extend(_parameters(problem, check, signatures))
            if (where := check.draw.where) is not None and (faults := list(scrutinize(where, scope))):
                (found if is_verbatim(where) else inherited).extend(faults)
    known = [each.message for each in found]
    return once([*found, *(each for each in inherited if each.message not in known)])


def _scope(draw: Draw, signatures: Mapping[str, Signature]) -> Scope:
    """Return what may be spoken of when all lines are drawn."""
    return Scope(
        signatures=signatures,
        known=frozenset(name for line in draw.lines for name in line.names),
        open=bool(draw.generator),
        legacy=draw.legacy_seed is not None,
    )


def _lines(draw: Draw, scope: Scope) -> Iterator[Fault]:
    later = {name: line.at.line for line in draw.lines for name in line.names}
    known: set[str] = set()
    for line in draw.lines:
        here = replace(scope, known=frozenset(known), later=later, random=True)
        yield from _template(line.value, here)
        known |= set(line.names)
        later = {name: number for name, number in later.items() if name not in known}


def _template(template: Template, scope: Scope) -> Iterator[Fault]:
    for _, leaf in leaves(template):
        if isinstance(leaf, Expression):
            yield from scrutinize(leaf, scope)


def _plan(problem: Problem, check: Check, scope: Scope) -> Iterator[Fault]:
    plan = check.plan
    outputs = frozenset({"result", *_names(problem.returns)})
    if isinstance(plan, Example):
        inside = replace(scope, known=scope.known | outputs, reference=False)
        for _, expression in plan.show:
            yield from scrutinize(expression, inside)
    elif isinstance(plan, Gradient):
        yield from _gradient(plan, check, scope)
    elif isinstance(plan, Efficiency):
        yield from examine_sizes(check, plan)
    elif isinstance(plan, Properties):
        for stated in plan.properties:
            yield from _property(stated, outputs, scope)


def _gradient(plan: Gradient, check: Check, scope: Scope) -> Iterator[Fault]:
    faults = list(scrutinize(plan.forward, scope))
    yield from faults
    if plan.upstream and plan.upstream not in scope.known and not scope.open:
        message = say("`upstream` is `{name}`, which is not drawn.", name=quoted(plan.upstream))
        yield fault(check.at, message, resembling(plan.upstream, scope.known))
    if faults:
        return
    if not is_call(parse(plan.forward.text), scope.signatures):
        yield not_a_call(plan)
    try:
        used = needed(check.draw.lines, uses(plan.forward))
    except RubricError:
        return  # a line of the draw cannot be read, which has been said
    for output, name in plan.wrt:
        if name not in used:
            message = say("`wrt` names `{name}`, but `of` does not depend on it.", name=quoted(name))
            yield fault(
                check.at, message, resembling(name, used) or say("As in `{example}`.", example=f"wrt: {{{output}: X}}")
            )


def _property(stated: Property, outputs: frozenset[str], scope: Scope) -> Iterator[Fault]:
    try:
        rule = rule_of(stated)
    except RubricError as error:
        yield from error.faults
        return
    yield from rule.examine(stated, Known(drawn=scope.known, outputs=outputs, complete=not scope.open))
    for template in rule.computed(stated):
        yield from _template(template, scope)


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


def _names(parts: tuple[Part, ...]) -> Iterator[str]:
    for part in parts:
        yield part.name
        yield from _names(part.parts)
