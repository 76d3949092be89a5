"""What a function builds on: as the rubric says, else as the reference's source shows."""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from grader.model import Rubric, Submission


def discover(rubric: Rubric, reference: Submission) -> Rubric:
    """Return the rubric with every problem's `needs` known: the graded functions its reference calls."""
    graded = {problem.function for problem in rubric.problems}
    problems = []
    for problem in rubric.problems:
        if problem.needs is None:
            symbol = reference.symbols.get(problem.function)
            called = symbol.calls if symbol else ()
            needs = tuple(name for name in called if name in graded and name != problem.function)
            problems.append(msgspec.structs.replace(problem, needs=needs))
        else:
            problems.append(problem)
    return msgspec.structs.replace(rubric, problems=tuple(problems))


def mentions(source: Submission) -> dict[str, frozenset[str]]:
    """Return which of a source's own names the text of each function or class in it mentions, calls or not."""
    lines = source.source.text.split("\n")
    own = set(source.symbols)
    return {
        name: frozenset(own.intersection(re.findall(r"\w+", "\n".join(lines[symbol.line - 1 : symbol.end_line]))))
        - {name}
        for name, symbol in source.symbols.items()
    }


def reachable(name: str, graph: Mapping[str, frozenset[str]]) -> set[str]:
    """Return all that `name` comes to in `graph`, step by step."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        for each in graph.get(waiting.pop(), ()):
            if each not in found:
                found.add(each)
                waiting.append(each)
    return found
