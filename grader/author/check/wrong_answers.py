"""Looks at wrong answers: known mistakes, and right answers that are rounded or spoilt.

Each known mistake loses points, in its own function only, and is recognised; each check can fail; and every tolerance
lies far from rounding noise on one side and from known mistakes on the other.

Noise has two sources, and is to be less than a hundredth of the tolerance. What a function does to the rounding of its
inputs is seen by rounding them to 30 bits: that moves each number by at most 2^-31 of itself, 2^22 times more than
double precision does, and the result by as many times more (the forward error is the condition number times the
backward error: N. J. Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., section 1.6). What it rounds on
the way is seen beside a run in extended precision.

Known mistakes are to differ from the reference by more than ten times the tolerance in some case.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import partial
from typing import Any

from msgspec.structs import replace

from grader.author.audit.expecting import expecting_nothing
from grader.author.check import ways
from grader.author.check.checkup import Checkup, Look, calling, look, of_check, of_mistake, values_agree
from grader.comparison.values import fitted
from grader.explain.failing import recognise
from grader.grading import Prepared, narrow
from grader.grading.checking import with_checkers
from grader.grading.judging import Judged, judge
from grader.grading.reference_answers import ReferenceAnswers
from grader.grading.runs import reference_limits, run
from grader.grading.second_look import second_look
from grader.grading.variants import Variant, beside, in_place, try_all
from grader.language import Message, listed, say, say_count
from grader.model import Check, Mistake, Problem, Returned, Submission, Trial
from grader.values import element_count, mapped


def mistakes_lose_points(checkup: Checkup) -> Look:
    """Look whether every known mistake loses points in its own function."""
    full = [
        of_mistake(mistake, say("gets full marks. Draw cases on which it shows."))
        for mistake, judged in checkup.tried
        if judged.is_right
    ]
    count = len(checkup.tried)
    return look(
        say_count("The known mistake loses points.", "All {count} known mistakes lose points.", count),
        say("{wrong} of {count} known mistakes lose no points.", wrong=len(full), count=count),
        full,
    )


def mistakes_are_recognised(checkup: Checkup) -> Look:
    """Look whether every known mistake that loses points is recognised, so that students get its own hints."""
    known = [mistake for mistake, _ in checkup.tried]
    wrong, answers = [], ReferenceAnswers()
    with checkup.engine.session(
        beside(checkup.plan.reference.source, known), reference_limits(checkup.prepared.limits)
    ) as session:
        for mistake, judged in checkup.tried:
            if judged.earned == 1:
                continue
            own = [each for each in known if each.function == mistake.function]
            found = recognise(own, judged.trials, partial(answers.outcome, session), judged.problem.returns)
            if found is not mistake:
                wrong.append(of_mistake(mistake, _taken(found)))
    return look(
        say("Each known mistake is recognised and gets its own hints."),
        say_count("{count} of them is not recognised.", "{count} of them are not recognised.", len(wrong)),
        wrong,
    )


def _taken(found: Mistake | None) -> Message:
    if found is None:
        return say("is not recognised.")
    return say("is taken for {other}: do they differ on any case?", other=found.name)


def failed(judged: Judged) -> set[tuple[str, str]]:
    """Return the checks, by function and key, in which an answer lost something."""
    return {
        (judged.problem.function, check.key)
        for check, trials in judged.trials
        if any(trial.verdict.share < 1 for trial in trials)
    }


FEW = 4
"""Cases of each function that builds on a wrong one: the wrong one is to blame for all of them."""


def mistakes_cost_once(checkup: Checkup) -> Look:
    """Look for known mistakes that cost points in another function, one that only calls the wrong one."""
    functions = {mistake.function for mistake, judged in checkup.tried if judged.earned < 1}
    dependents = {function: _dependents(checkup, function) for function in functions}
    wronged = [
        (mistake, judged.problem.subject, name)
        for mistake, judged in checkup.tried
        if judged.earned < 1 and dependents[mistake.function]
        for name in _wronged(checkup, mistake, dependents[mistake.function])
    ]
    costly = [
        of_mistake(
            mistake, say("costs points in {function} too, which only builds on it: name it in needs.", function=name)
        )
        for mistake, subject, name in wronged
        if subject != "class"
    ]
    remarks = [
        of_mistake(mistake, say("costs points in {function} too: a right class cannot be lent to it.", function=name))
        for mistake, subject, name in wronged
        if subject == "class"
    ]
    found = look(
        say("Known mistakes cost points in their own function only, those of a class apart.")
        if remarks
        else say("Each known mistake costs points in its own function only."),
        say_count(
            "{count} costs points in other functions too.", "{count} cost points in other functions too.", len(costly)
        ),
        costly,
    )
    return replace(found, details=(*found.details, *remarks))


def _dependents(checkup: Checkup, function: str) -> set[str]:
    """Return the functions that fail where `function` does, whatever the rubric says of their needs."""
    names = {problem.function for problem in checkup.prepared.chosen} - {function}
    part = _thinned(narrow(checkup.prepared, names))
    broken = Variant(function=function, symbol="raises__", text="def raises__(*given):\n    raise RuntimeError\n")
    return _failing(_judged(checkup, part, in_place(checkup.plan.reference, [broken])))


def _wronged(checkup: Checkup, mistake: Mistake, dependents: Collection[str]) -> set[str]:
    """Return those of the `dependents` that lose points because of the mistake."""
    own = narrow(checkup.prepared, {mistake.function})
    others = _thinned(narrow(checkup.prepared, dependents))
    part = replace(others, chosen=own.chosen + others.chosen, tasks=own.tasks + others.tasks)
    student = in_place(checkup.plan.reference, [mistake])
    judged = _judged(checkup, part, student)
    with with_checkers(checkup.plan, checkup.engine):
        judged |= second_look(checkup.engine, student, part, judged, {}, ReferenceAnswers())
    return _failing(judged) - {mistake.function}


def _judged(checkup: Checkup, part: Prepared, student: Submission) -> dict[str, Judged]:
    _, got = run(checkup.engine, student.source, [task.case.calls for task in part.tasks], part.limits)
    with with_checkers(checkup.plan, checkup.engine):
        return judge(part.chosen, part.tasks, got)


def _failing(judged: Mapping[str, Judged]) -> set[str]:
    return {name for name, one in judged.items() if failed(one)}


def _thinned(prepared: Prepared) -> Prepared:
    """Return `prepared` with only the smallest cases of each function, which are quick."""
    by_size = sorted(prepared.tasks, key=lambda task: element_count(task.case.calls[0].arguments))
    tasks = [
        task
        for problem in prepared.chosen
        for task in [task for task in by_size if task.case.function == problem.function][:FEW]
    ]
    return replace(prepared, tasks=tuple(tasks))


FINER = 2.0 ** (52 - ways.BITS)
BELOW, ABOVE = 1 / 100, 10.0
"""The least distances, as parts and multiples of the tolerance."""


def tolerances_are_far(checkup: Checkup) -> Look:
    """Look for results that rounding moves near their tolerance, and for known mistakes that come near it."""
    found = look(
        say("Tolerances are far from rounding noise and from known mistakes."),
        say("A tolerance is too near to rounding noise or to a known mistake."),
        [*_noisy(checkup), *_near(checkup)],
    )
    return replace(found, details=(*found.details, *_zero_but_for_rounding(checkup)))


def _zero_but_for_rounding(checkup: Checkup) -> Iterator[Message]:
    """Yield a remark for each check some of whose expected values are rounding noise around 0; that is no fault."""
    for key, check in checkup.prepared.checks.items():
        own = [task for task in checkup.prepared.tasks if task.key == key]
        noisy = [task for task in own if task.noise]
        if noisy:
            names = sorted({name or "result" for task in noisy for name in task.noise})
            what = say(
                "in {count} of {cases} cases what is expected is zero but for rounding ({names}). An answer is taken "
                "there that is as near to zero. Draw inputs for which it is another number, or give `compare` an "
                "`atol`.",
                count=len(noisy), cases=len(own), names=listed(names),
            )  # fmt: skip
            yield of_check(key[0], check, what)


def _noisy(checkup: Checkup) -> list[Message]:
    factors = {ways.rounded: BELOW * FINER, ways.extended: BELOW}
    probing = [
        (factor, answer)
        for problem in checkup.prepared.chosen
        for factor, answer in zip(factors.values(), calling(problem.function, tuple(factors)), strict=True)
    ]
    judged = try_all(checkup.prepared, checkup.engine, [answer for _, answer in probing])
    found: dict[int, Message] = {}
    for (factor, _), one in zip(probing, judged, strict=True):
        for check, trials in one.trials:
            for trial in trials if check.demand.compares else ():
                if id(check) not in found and _agree(trial, check, factor, one.problem) is False:
                    found[id(check)] = of_check(one.problem.function, check, _too_near(trial, check))
    return list(found.values())


def _too_near(trial: Trial, check: Check) -> Message:
    number = trial.case.index + 1
    if check.demand.printing:
        return say(
            "in case {number} rounding alone may change what is printed. Print fewer digits, or compare the numbers "
            "alone: `output: numbers`.",
            number=number,
        )
    return say(
        "in case {number} rounding alone may move the result by more than a hundredth of the tolerance. Draw other "
        "numbers, or widen rtol or atol.",
        number=number,
    )


def _near(checkup: Checkup) -> list[Message]:
    return [
        of_mistake(mistake, say("differs from the reference by less than ten times the tolerance."))
        for mistake, judged in checkup.tried
        if judged.earned < 1 and not _far(judged)
    ]


def _far(judged: Judged) -> bool:
    """Return whether some case fails at ten times the tolerance too, or fails by something else than numbers."""
    return any(
        trial.verdict.share < 1 and not (check.demand.compares and _agree(trial, check, ABOVE, judged.problem))
        for check, trials in judged.trials
        for trial in trials
    )


def _agree(trial: Trial, check: Check, factor: float, problem: Problem) -> bool | None:
    """Return whether both values agree within `factor` times the tolerance; `None` if one side returned nothing."""
    got, want = trial.got[0], trial.want[0]
    if not isinstance(got, Returned) or not isinstance(want, Returned):
        return None
    return values_agree(got, want, fitted(check, trial.task), problem.returns, trial.case, factor)


def every_check_can_fail(checkup: Checkup, given_away: Collection[tuple[str, str]] = ()) -> Look:
    """Look for checks that every wrong answer passes: known mistakes, and right answers that were spoilt.

    Of the checks `given_away`, by function and key, the stub earns every point: they cannot be failed by doing nothing.
    Rules and limits of time are left out: the rubric says what they demand, and a wrong answer need not break them.
    """
    checks = {
        (problem.function, check.key): check
        for problem in checkup.plan.rubric.problems
        for check in problem.checks
        if check.demand.decisive
    }
    nothing = {(function, check.key): (check, why) for function, check, why in expecting_nothing(checkup.prepared)}
    done = {key for _, judged in checkup.tried for key in failed(judged)}
    done |= _spoilt(checkup, {key: check for key, check in checks.items() if key not in done})
    idle = [
        of_check(function, check, say("every wrong answer that was tried passes. Does it compare anything?"))
        for (function, key), check in checks.items()
        if (function, key) not in {*done, *nothing, *given_away}
    ]
    idle += [of_check(key[0], check, why) for key, (check, why) in nothing.items() if key not in given_away]
    free = [
        of_check(function, check, say("the stub gets all its points, with nothing written."))
        for (function, key), check in checks.items()
        if (function, key) in given_away
    ]
    if free:
        title = say_count(
            "{count} check gives all its points for nothing.", "{count} checks give all their points for nothing.",
            len(free),
        )  # fmt: skip
        return look(title, title, [*free, *idle])
    return look(
        say_count("The check can fail.", "Each of the {count} checks can fail.", len(checks)),
        say_count(
            "{count} check passes whatever a function returns.",
            "{count} checks pass whatever a function returns.",
            len(idle),
        ),
        idle,
    )


def _spoilt(checkup: Checkup, left: Mapping[tuple[str, str], Check]) -> set[tuple[str, str]]:
    """Return those of the checks `left` in which the reference's answer loses points once it is spoilt in some way."""
    functions = sorted({function for function, _ in left})
    prepared = narrow(checkup.prepared, functions)
    numbers = [answer for name in functions for answer in calling(name, ways.NUMBERS)]
    forms = [answer for name in functions for answer in calling(name, ways.FORMS)]
    found = {key for judged in try_all(prepared, checkup.engine, numbers) for key in failed(judged)}
    of_form = {key for judged in try_all(prepared, checkup.engine, forms) for key in failed(judged)}
    return found | {key for key in of_form if key in left and left[key].demand.weight < 2} | _spoilt_here(checkup, left)


def _spoilt_here(checkup: Checkup, left: Mapping[tuple[str, str], Check]) -> set[tuple[str, str]]:
    """Return those of the checks `left` that notice a spoilt answer, and do not call a function for its value."""
    found = set()
    returns = {problem.function: problem.returns for problem in checkup.prepared.chosen}
    for task in checkup.prepared.tasks:
        want = task.want[0] if task.want else None
        other = any(call.act != "call" for call in task.case.calls)
        if task.key not in left or task.key in found or not other or not isinstance(want, Returned):
            continue
        got = replace(want, value=mapped(want.value, _spoil))
        verdict = left[task.key].demand.judge(left[task.key], returns[task.case.function], task.case, [got], task.want)
        if verdict.share < 1:
            found.add(task.key)
    return found


def _spoil(value: Any) -> Any:
    if isinstance(value, str):
        return f"{value}? 1"  # another text, more words, and one number more
    return not value if isinstance(value, bool) else value if value is None else value + 1
