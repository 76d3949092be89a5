"""`needs`: which function builds on which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from grader.language import say
from grader.rubric.log import Log, did_you_mean, quoted
from grader.rubric.scalars import Word


def check_needs(needs: Mapping[str, Sequence[Word]], functions: Sequence[str], log: Log) -> None:
    """Record needs that are no function of the rubric, and the first circle among the others."""
    for function, words in needs.items():
        for word in words:
            if word.text not in functions:
                near = log.nearest(word.text, [name for name in functions if name != function])
                message = say("`{name}` is no function of this rubric.", name=quoted(word.text))
                log.add(word.at, message, did_you_mean(near))
    from graphlib import CycleError, TopologicalSorter

    graph = {function: [word.text for word in words if word.text in functions] for function, words in needs.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        circle: list[str] = error.args[1][::-1]
        last = circle[-2]
        at = next(word.at for word in needs[last] if word.text == circle[0])
        log.add(at, say("`needs` goes round in a circle: {steps}.", steps=" → ".join(map(quoted, circle))))
