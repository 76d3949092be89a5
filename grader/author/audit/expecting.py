"""Checks that expect nothing: the reference returns None in every case, so no answer that returns nothing is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from grader.grading import Prepared
from grader.language import Message, say
from grader.model import Check, Returned


def expecting_nothing(prepared: Prepared) -> Iterator[tuple[str, Check, Message]]:
    """Yield each check that compares values where there are none, with its function and why it cannot fail."""
    for (function, key), check in prepared.checks.items():
        own = [task for task in prepared.tasks if task.key == (function, key)]
        values = [one for task in own for one in task.want if isinstance(one, Returned)]
        if check.demand.compares and values and all(one.value is None for one in values):
            yield function, check, _why(function, values)


def _why(function: str, values: Sequence[Returned]) -> Message:
    if any(one.stdout.strip() for one in values):
        return say(
            "the reference's {function} prints and returns nothing (None), and what is printed is not graded: whatever "
            "a function does, it gets full marks if it returns nothing. Let {function} return the text or the numbers.",
            function=function,
        )
    if any(one.arguments is not None for one in values):
        return say(
            "the reference's {function} changes its arguments and returns nothing (None), and changed arguments are "
            "not graded: whatever a function does, it gets full marks if it returns nothing. Let {function} return "
            "what it changed.",
            function=function,
        )
    return say(
        "the reference's {function} returns nothing (None) in every case: whatever a function does, it gets full marks "
        "if it returns nothing. Let {function} return its answer.",
        function=function,
    )
