"""Whether a rubric's application works with the reference, and names all that it calls."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from grader.application.building import EXAMPLES, NETWORK, START, STATE, Built, build, source_of
from grader.application.exporting import check_javascript
from grader.application.network import read_examples, read_network
from grader.author.check.checkup import Look, look
from grader.errors import UsageError
from grader.execution import Engine
from grader.execution.running import largest
from grader.explain.sentences import of_outcome
from grader.grading import Plan
from grader.language import Message, listed, say
from grader.model import Call, Returned, Value


def application_works(plan: Plan, engine: Engine) -> Look | None:
    """Look whether the application starts and can be exported, and whether its `needs` are all; `None` without one.

    Raises UsageError or RubricError for one that cannot be read.
    """
    if plan.rubric.application is None:
        return None
    built = build(plan.rubric, anywhere=True)  # the author's own
    return look(
        say("The application starts with the reference, and `needs` names all that it calls."),
        say("The application does not do all that its `needs` promise."),
        [*_unnamed(built, [problem.function for problem in plan.rubric.problems]), *_failing(built, plan, engine)],
    )


def _failing(built: Built, plan: Plan, engine: Engine) -> Iterator[Message]:
    """Yield why a function that the grader calls by itself gives nothing with the reference, or nothing to export."""
    limits = largest([problem.limits for problem in plan.rubric.problems])
    state: Value = None
    made: dict[str, Value] = {}
    with engine.session(source_of(built, plan.reference), limits) as session:
        for name in (START, EXAMPLES, NETWORK):
            if name not in built.functions:
                continue
            named: Value = {STATE: state} if STATE in built.functions[name].parameters else {}
            outcome = session.make(Call(function=name, arguments=(), act="apply", given={"named": named}))
            if isinstance(outcome, Returned):
                made[name] = outcome.value
                state = outcome.value if name == START else state
                continue
            said = of_outcome(outcome, limits, public=True)
            assert said is not None
            yield say("`{name}` gives nothing with the reference: {why}", name=name, why=said)
    if NETWORK in made and EXAMPLES in made:
        yield from _not_exported(made)


def _not_exported(made: Mapping[str, Value]) -> Iterator[Message]:
    try:
        network = read_network(made[NETWORK])
        difference = check_javascript(network, read_examples(made[EXAMPLES], network))
        if difference is not None:
            difference.require(say("The page"))
    except UsageError as error:
        yield say("It cannot be exported: {why}", why=error.message)


def _unnamed(built: Built, graded: list[str]) -> Iterator[Message]:
    """Yield which of the rubric's functions a function of the module calls without its `needs` saying so."""
    for name, uses in _uses(built.source.text, built.name).items():
        missing = [each for each in graded if each in uses and each not in built.needs.get(name, ())]
        if name in built.functions and missing:
            yield say("`{name}` calls {functions}, which its `needs` do not name.", name=name,
                      functions=listed(missing))  # fmt: skip


def _uses(text: str, module: str) -> Mapping[str, set[str]]:
    """Return what each function of a text takes from `module`, by itself or by functions that it calls."""
    tree = ast.parse(text)
    taken = {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == module
        for alias in node.names
    }
    bodies = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    direct: dict[str, set[str]] = {name: set() for name in bodies}
    calls: dict[str, set[str]] = {name: set() for name in bodies}
    for name, body in bodies.items():
        for node in ast.walk(body):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == module:
                direct[name].add(node.attr)
            elif isinstance(node, ast.Name) and node.id in taken:
                direct[name].add(taken[node.id])
            elif isinstance(node, ast.Name) and node.id in bodies:
                calls[name].add(node.id)
    while any(not direct[each] <= direct[name] for name in bodies for each in calls[name]):
        for name in bodies:
            direct[name] |= {use for each in calls[name] for use in direct[each]}
    return direct
