"""Whether a rubric's application works with the reference, and names all that it calls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress

from grader.application.building import EXAMPLES, NETWORK, START, STATE, Built, build, source_of
from grader.application.calling import NoValue, apply, loaded_in_part, parted
from grader.application.exporting import check_javascript
from grader.application.network import read_examples, read_network
from grader.author.check.checkup import Look, look
from grader.checks.authored import used
from grader.errors import UsageError
from grader.execution import Engine
from grader.execution.running import largest
from grader.grading import Plan
from grader.language import Message, listed, say
from grader.model import Value


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
    """Yield what is wrong with the module when it is loaded, and why what the grader calls by itself gives nothing."""
    if START not in built.functions and (users := [name for name in built.functions if _takes_state(built, name)]):
        yield say(
            "{functions} take `state`, and there is no `start` that makes the first one.", functions=listed(users)
        )
    limits = largest([problem.limits for problem in plan.rubric.problems])
    state: Value = None
    made: dict[str, Value] = {}
    with engine.session(source_of(built, plan.reference), limits) as session:
        for name in (START, EXAMPLES, NETWORK):
            if name not in built.functions:
                continue
            try:
                made[name], *kept = parted(name, apply(session, built, limits, name, _given(built, name, state)))
                state = made[name] if name == START else kept[0] if kept else state
            except NoValue as error:
                yield say("`{name}` gives nothing with the reference: {why}", name=name, why=error.message)
        if not made and built.functions:  # the module is loaded with the first call
            with suppress(NoValue):
                apply(session, built, limits, next(iter(built.functions)), {})
        yield from (loaded_in_part(built, each) for each in session.happenings)
    if NETWORK in made and EXAMPLES in made:
        yield from _not_exported(made)


def _given(built: Built, name: str, state: Value) -> Mapping[str, Value]:
    return {STATE: state} if _takes_state(built, name) else {}


def _takes_state(built: Built, name: str) -> bool:
    return STATE in built.functions[name].parameters


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
    for name in built.functions:
        taken = used(built.source.text, name, built.name)
        missing = [each for each in graded if each in taken and each not in built.needs.get(name, ())]
        if missing:
            yield say("`{name}` calls {functions}, which its `needs` do not name.", name=name,
                      functions=listed(missing))  # fmt: skip
