"""Runs the author's checkers: in a worker of the reference's, which is opened when the first one is asked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from grader.checks.kind import kind_of
from grader.errors import ReferenceFailure
from grader.grading.prepared import Plan
from grader.grading.runs import reference_limits
from grader.language import inert, say
from grader.model import Raised, Returned, Value

if TYPE_CHECKING:
    from grader.checks.checkers import Checker
    from grader.execution import Engine, Session


@contextmanager
def with_checkers(plan: Plan, engine: Engine) -> Iterator[None]:
    """While the block runs, let the checkers of the rubric be asked; nothing is done for a rubric without any."""
    if not any(hasattr(kind_of(check), "checker") for problem in plan.rubric.problems for check in problem.checks):
        yield
        return
    from grader.checks.checkers import asking

    limits = reference_limits({problem.function: problem.limits for problem in plan.rubric.problems})
    sessions: dict[str, Session] = {}
    with ExitStack() as opened:

        def ask(checker: Checker, arguments: tuple[Value, ...]) -> Value:
            if checker.path not in sessions:
                source = plan.reference.source
                try:
                    own = Path(checker.path).read_text("utf-8")
                except (OSError, ValueError):
                    raise ReferenceFailure(say("The file {path} cannot be read.", path=inert(checker.path))) from None
                text = f"{source.text}\n\n{own}"
                sessions[checker.path] = opened.enter_context(engine.session(replace(source, text=text), limits))
            outcome = sessions[checker.path].call(checker.function, arguments)
            if isinstance(outcome, Returned):
                return outcome.value
            what = (
                f"{outcome.type}: {outcome.message}" if isinstance(outcome, Raised) else getattr(outcome, "reason", "-")
            )
            raise ReferenceFailure(
                say("The checker {function} did not return: {what}", function=checker.function, what=inert(what, 200))
            )

        with asking(ask):
            yield
