"""What a function builds on: as the rubric says, else as the reference's source shows."""

from __future__ import annotations

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
