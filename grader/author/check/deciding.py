"""Every check can fail: a known mistake, or a right answer spoilt, loses points in it.

Rules and limits of time are left out: what they ask for stands in the rubric, and nothing wrong need break them.
"""

from __future__ import annotations

from collections.abc import Mapping

from grader.author.check import spoilers
from grader.author.check.blaming import failed
from grader.author.check.scene import Finding, Scene, called, finding
from grader.grading import narrow
from grader.grading.variants import try_all
from grader.language import say, say_count
from grader.model import Check, Efficiency, Rules
from grader.report.focus import show_place


def deciding(scene: Scene) -> Finding:
    """Look for checks that nothing can fail: neither a known mistake nor a spoilt answer."""
    checks = {
        (problem.function, check.key): check
        for problem in scene.plan.rubric.problems
        for check in problem.checks
        if not isinstance(check.plan, Rules | Efficiency)
    }
    done = {key for _, judged in scene.tried for key in failed(judged)}
    done |= _spoilt(scene, {key: check for key, check in checks.items() if key not in done})
    idle = [
        say(
            "{place}: {function}, {check}: all of them pass. Does it compare anything?",
            place=show_place(check.at),
            function=function,
            check=check.name,
        )
        for (function, key), check in checks.items()
        if (function, key) not in done
    ]
    return finding(
        say_count("The check can fail.", "Each of the {count} checks can fail.", len(checks)),
        say_count("{count} check can be failed by nothing.", "{count} checks can be failed by nothing.", len(idle)),
        idle,
    )


def _spoilt(scene: Scene, left: Mapping[tuple[str, str], Check]) -> set[tuple[str, str]]:
    """Return those of the checks in which an answer loses that is the reference's, spoilt in one way."""
    functions = sorted({function for function, _ in left})
    if not functions:
        return set()
    prepared = narrow(scene.prepared, functions)
    numbers = [answer for name in functions for answer in called(name, spoilers, spoilers.NUMBERS)]
    forms = [answer for name in functions for answer in called(name, spoilers, spoilers.FORMS)]
    found = {key for judged in try_all(prepared, scene.engine, numbers) for key in failed(judged)}
    of_form = {key for judged in try_all(prepared, scene.engine, forms) for key in failed(judged)}
    return found | {key for key in of_form if key in left and left[key].kind in ("properties", "errors")}
