"""What is wrong with a rubric's draws, found without drawing: every fault at its line and column."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from grader.cases.expression import calls, names, parse
from grader.cases.failure import Failure, expression_fault, fault, is_verbatim, once, quoted, resembling
from grader.cases.functions import CONSTANTS
from grader.cases.gradients import is_call, not_a_call
from grader.cases.library import bind, check_arity, needs_legacy
from grader.cases.properties import Known, rule_of
from grader.cases.recipe import leaves, needed, uses
from grader.cases.registry import FUNCTIONS
from grader.cases.sizes import examine_sizes
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


class Scope(Struct, frozen=True, kw_only=True):
    """What an expression may speak of where it stands.

    `known` are the names with a value, `later` those that only a later line draws, with that line's number; `open`
    says that other names may have a value too. `signatures` are the reference's functions. `reference` and `random`
    say whether they may be called and whether anything may be drawn; `legacy` whether there is a `legacy_seed`.
    """

    signatures: Mapping[str, Signature]
    known: frozenset[str]
    later: Mapping[str, int] = {}
    open: bool = False
    reference: bool = True
    random: bool = False
    legacy: bool = False


def scrutinize(expression: Expression, scope: Scope) -> Iterator[Fault]:
    """Yield every fault of an expression, from left to right."""
    try:
        tree = parse(expression.text)
    except Failure as failure:
        yield expression_fault(expression, failure)
        return
    for found in sorted(_failures(tree, scope), key=lambda each: each.start):
        yield expression_fault(expression, found)


def _failures(tree: ast.expr, scope: Scope) -> Iterable[Failure]:
    for name in names(tree):
        if name.id not in scope.known and name.id not in CONSTANTS and not scope.open:
            yield _no_value(name.id, scope).in_node(name)
    for word, node in calls(tree):
        try:
            _check_call(word, node, scope)
        except Failure as failure:
            yield failure.in_node(node)
    for part in ast.walk(tree):
        if isinstance(part, ast.BinOp) and isinstance(part.op, ast.LShift) and not scope.random:
            yield Failure(say("Nothing can be drawn at random here.")).in_node(part)


def _no_value(name: str, scope: Scope) -> Failure:
    if name in scope.later:
        message = say("`{name}` is used before it is drawn, in line {line}.", name=quoted(name), line=scope.later[name])
        return Failure(message)
    text = say("A text needs quotes of its own: {example}.", example=f"'\"{quoted(name)}\"'")
    if name in FUNCTIONS or name in scope.signatures:
        return Failure(say("`{name}` is a function, not a value.", name=quoted(name)), text)
    return Failure(say("`{name}` is not drawn.", name=quoted(name)), resembling(name, scope.known) or text)


def _check_call(name: str, node: ast.Call, scope: Scope) -> None:
    starred = any(isinstance(argument, ast.Starred) for argument in node.args)
    keywords = [keyword.arg or "" for keyword in node.keywords]
    if name in scope.signatures:
        if not scope.reference:
            raise Failure(say("The reference cannot be called here."))
        if not starred:
            bind(scope.signatures[name], name, len(node.args), keywords)
    elif name in FUNCTIONS:
        function = FUNCTIONS[name]
        if function.draws and not scope.random:
            raise Failure(say("Nothing can be drawn at random here."))
        if function.legacy and not scope.legacy:
            raise needs_legacy(name)
        if not starred:
            check_arity(function, len(node.args), keywords)
    elif name in scope.known:
        raise Failure(say("`{name}` is a value, not a function.", name=quoted(name))).in_node(node.func)
    else:
        hint = resembling(name, (*FUNCTIONS, *scope.signatures))
        raise Failure(say("There is no function `{name}`.", name=quoted(name)), hint).in_node(node.func)


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
