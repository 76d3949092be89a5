"""Prints the numbers of a rubric's hidden cases, rounded, that no public case has: `redteam_hidden.py RUBRIC`."""

import json
import sys
from pathlib import Path

import numpy as np
from redteam_checks import rounded

from grader.execution import open_engine
from grader.grading import prepare, read
from grader.model import Returned


def numbers(value):
    """Yield every number in `value` that is not a whole one."""
    if isinstance(value, dict):
        value = tuple(value.values())
    if isinstance(value, tuple | list):
        for item in value:
            yield from numbers(item)
    elif isinstance(value, float | np.ndarray) and np.asarray(value).dtype.kind == "f":
        yield from (rounded(each) for each in np.asarray(value).ravel().tolist() if each != round(each, 3))


def main(path):
    plan = read(Path(path))
    engine = open_engine()
    found = {"public": set(), "hidden": set()}
    visibility = {
        (problem.function, check.key): check.visibility for problem in plan.rubric.problems for check in problem.checks
    }
    try:
        prepared = prepare(plan, engine)
    finally:
        engine.close()
    for task in prepared.tasks:
        case, want = task.case, task.want
        seen = found[visibility[case.function, case.check]]
        for call in (*case.calls, *case.truth):
            seen.update(numbers(call.arguments))
        for outcome in want:
            if isinstance(outcome, Returned):
                seen.update(numbers(outcome.value))
    json.dump(sorted(found["hidden"] - found["public"]), sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
