"""A prompt with one case's names, the reference's answer, and both functions: each in a worker of its own."""

from __future__ import annotations

from typing import Any

from grader.execution import Engine, Session
from grader.grading import Prepared
from grader.grading.runs import generous
from grader.language import Language, say
from grader.model import Outcome, Raised, Returned, Stopped, Submission, Value
from grader.rehearsal.replay import Replayed


class CallFailed(Exception):
    """A call did not return; says what came of it instead."""


class Remote:
    """A function of a source that is called in its worker, as it is when it is graded."""

    def __init__(self, session: Session, function: str) -> None:
        self._session, self._function = session, function

    def __call__(self, *arguments: Value) -> Value:
        """Return what the function returns. Raises CallFailed where it does not."""
        outcome = self._session.call(self._function, arguments)
        print(getattr(outcome, "stdout", ""), end="")
        if isinstance(outcome, Returned):
            return outcome.value
        raise CallFailed(_told(outcome))

    def __repr__(self) -> str:
        return f"<{self._function}, in a worker>"


def interact(found: Replayed, prepared: Prepared, student: Submission, engine: Engine, language: Language) -> None:
    """Open a prompt with the drawn names, `want`, the student's function by its name, and `reference`."""
    import code

    function = found.case.function
    limits = generous(prepared.limits)
    with (
        engine.session(student.source, limits) as theirs,
        engine.session(prepared.plan.reference.source, limits) as ours,
    ):
        names: dict[str, Any] = {
            **found.case.names,
            function: Remote(theirs, function),
            "reference": Remote(ours, function),
        }
        arguments = ", ".join(name for name in found.parameters if name in found.case.names)
        if found.want and isinstance(found.want[0], Returned):
            names["want"] = found.want[0].value
        banner = say(
            "{name}: {names}\n{function}({arguments}) is the student's, reference({arguments}) the reference's.",
            name=found.name,
            names=", ".join(names),
            function=function,
            arguments=arguments,
        )
        code.interact(banner.text(language), local=names, exitmsg="")


def _told(outcome: Outcome) -> str:
    if isinstance(outcome, Raised):
        return f"{outcome.type}: {outcome.message}"
    return outcome.detail or outcome.reason if isinstance(outcome, Stopped) else "?"
