"""What all formats say in the same words: states, categories, the sentences about a check, the next thing to do.

A state has a word and a sign, so that a report never needs colour.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from grader.checks import named
from grader.errors import Span
from grader.language import Bilingual, Message, say, say_count
from grader.model import (
    CaseResult,
    CheckResult,
    Exhibit,
    ManualResult,
    ProblemResult,
    Report,
    Status,
    Visibility,
    Withheld,
)
from grader.model.categories import way
from grader.report.lines import show_place
from grader.report.points import Score, arithmetic, show_score

if TYPE_CHECKING:
    from grader.checks.kind import Kind

AnyReport: TypeAlias = Report[Exhibit | Withheld]
AnyProblem: TypeAlias = ProblemResult[Exhibit | Withheld]
AnyCheck: TypeAlias = CheckResult[Exhibit | Withheld]
AnyCase: TypeAlias = CaseResult[Exhibit | Withheld]


class State(Struct, frozen=True):
    """How a status is shown: its word, its sign, the sign where only ASCII can be shown, and its colour."""

    word: Message
    sign: str
    ascii: str
    colour: str


STATES: dict[Status, State] = {
    "passed": State(say("passed"), "✓", "+", "green"),
    "partial": State(say("partly right"), "◐", "~", "yellow"),
    "failed": State(say("not right yet"), "✗", "x", "red"),
    "not_attempted": State(say("not attempted"), "○", "o", "bright_black"),
    "error": State(say("raised an error"), "✗", "x", "red"),
    "timeout": State(say("too slow"), "✗", "x", "red"),
    "out_of_memory": State(say("out of memory"), "✗", "x", "red"),
    "crashed": State(say("crashed"), "✗", "x", "red"),
    "not_run": State(say("not run"), "–", "-", "bright_black"),
    "missing": State(say("missing"), "?", "?", "red"),
    "ungradable": State(say("cannot be read"), "!", "!", "magenta"),
    "not_graded": State(say("not graded"), "–", "-", "bright_black"),
}

VISIBILITIES: dict[Visibility, Message] = {"public": say("public"), "hidden": say("hidden")}

NEVER_CALLED = ("ungradable", "missing", "not_graded")
"""States of a function that was never called: its checks say nothing more."""


def category_in_words(category: str) -> Message:
    """Return a mismatch's category in a few words, general ones for a category that an installed package added."""
    return way(category).word


def kind_title(check: AnyCheck) -> Bilingual:
    """Return what the check's kind is called: its bare name where the package that adds it is not installed."""
    kind = _kind(check)
    return Bilingual(check.kind, check.kind) if kind is None else kind.title


def _kind(check: AnyCheck) -> type[Kind] | None:
    try:
        return named(check.kind)
    except KeyError:
        return None


def title(problem: AnyProblem) -> Bilingual:
    """Return what stands beside a function's name: its title, "" in a language where that is the name once more."""
    zh, en = ("" if text == problem.function else text for text in (problem.title.zh, problem.title.en))
    return Bilingual(zh, en)


def is_full(problem: AnyProblem) -> bool:
    """Return whether all of the problem's points were earned."""
    return problem.is_full


def to_explain(report: AnyReport) -> list[list[AnyProblem]]:
    """Return the problems that need words, in order; those that have one cause are one group."""
    groups: list[list[AnyProblem]] = []
    for problem in report.problems:
        if problem.status == "not_attempted" or (is_full(problem) and not problem.blames):
            continue
        same = next((group for group in groups if _same_cause(problem, group[0])), None)
        if same is None:
            groups.append([problem])
        else:
            same.append(problem)
    return groups


def _same_cause(one: AnyProblem, other: AnyProblem) -> bool:
    if one.cause is not None or other.cause is not None:
        return one.cause == other.cause
    stopped = one.status == other.status and one.status in ("ungradable", "not_graded")
    return stopped and (one.at, one.message) == (other.at, other.message)


def place_of(problem: AnyProblem) -> Span | None:
    """Return where a problem's section points: at the cause that it shares with others, else at the function."""
    return problem.cause.at if problem.cause is not None else problem.at


def counted(group: Sequence[AnyProblem]) -> Message | None:
    """Return how many functions one cause stops, in place of their cases; None where there is no such cause."""
    if group[0].cause is None or group[0].status in NEVER_CALLED:
        return None
    return say_count(
        "{count} function stops because of it; its cases are not listed.",
        "{count} functions stop because of it; their cases are not listed.",
        len(group),
    )


def has_checks(problem: AnyProblem) -> bool:
    """Return whether the checks of a problem that is not full say more than its message."""
    return problem.status not in NEVER_CALLED and problem.cause is None and not is_full(problem)


def failing(problem: AnyProblem) -> list[AnyCheck]:
    """Return the checks that did not earn all their points."""
    return [check for check in problem.checks if check.status != "passed"]


def first_public(problem: AnyProblem) -> tuple[AnyCheck, Exhibit] | None:
    """Return the evidence of the first failing case that may be shown, with its check."""
    for check in failing(problem):
        for case in check.cases:
            if isinstance(case.exhibit, Exhibit) and check.visibility == "public" and case.status != "passed":
                return check, case.exhibit
    return None


def first_failing(check: AnyCheck) -> AnyCase | None:
    """Return the first case of `check` that did not pass."""
    return next((case for case in check.cases if case.status != "passed"), None)


def is_instructors(report: AnyReport) -> bool:
    """Return whether the report was made for an instructor: a student's has no seed."""
    return report.seed is not None


def how_to_publish(report: AnyReport) -> Message | None:
    """Return how a check is made public, in an instructor's report that lists failing cases of a hidden one."""
    hidden = (check for each in report.problems for check in each.checks if check.visibility == "hidden")
    if not is_instructors(report) or all(check.status == "passed" for check in hidden):
        return None
    return say("Students see the cases of a hidden check once the rubric says `visibility: public` in it.")


def cases_to_show(check: AnyCheck, *, every: bool) -> list[AnyCase]:
    """Return the failing cases whose evidence is shown: the first, or `every` one for an instructor."""
    return [case for case in check.cases if case.status != "passed"][: None if every else 1]


def exhibit_of(case: AnyCase) -> Exhibit | None:
    """Return the evidence of a case; that of a hidden case is in an instructor's report alone."""
    return case.exhibit.exhibit if isinstance(case.exhibit, Withheld) else case.exhibit


def heading(case: AnyCase) -> Message:
    """Return which case this is; a hidden one's seed and time follow, for instructors."""
    if isinstance(case.exhibit, Withheld):
        return say("Case {number}, seed {seed}, {seconds:.3g} s (for instructors only)", number=case.index + 1,
                   seed=case.exhibit.seed, seconds=case.exhibit.seconds)  # fmt: skip
    return say("Case {number}", number=case.index + 1)


def proportion(problem: AnyProblem, check: AnyCheck) -> Message | None:
    """Return why a check has fewer points than one would expect: it earns in proportion to those of more weight."""
    if check.status == "not_run":
        return None
    kinds = {each.kind: _kind(each) for each in problem.checks}
    weights = {name: kind.weight for name, kind in kinds.items() if kind is not None}
    earning = max((weights.get(each.kind, 0) for each in problem.checks if each.max_score), default=0)
    weighty = [each for each in problem.checks if weights.get(each.kind) == earning]
    full = check.score == check.max_score or all(each.score == each.max_score for each in weighty)
    if weights.get(check.kind, earning) == earning or full:
        return None
    return say("Scored in proportion to the other checks.")


def check_worth(problem: AnyProblem, shown: Score) -> Message | str | None:
    """Return what is shown of a check's points: that it takes some off, or nothing where the function has none."""
    if shown.max_score:
        return show_score(shown)
    return say("takes points off") if problem.max_score else None


def how_scored(problem: AnyProblem, check: AnyCheck) -> Message | None:
    """Return why a check that is partly right has the points that it has."""
    if check.all_or_nothing and check.status != "passed":
        return say("Scored all or nothing.")
    return proportion(problem, check)


def how_many(check: AnyCheck) -> Message | None:
    """Return how many of the check's cases are not right, if it has several that may differ, and how many not run."""
    kind = _kind(check)
    unrun = sum(case.status == "not_run" for case in check.cases)
    wrong = sum(case.status != "passed" for case in check.cases) - unrun
    left = say_count("{count} case not run", "{count} cases not run", unrun) if unrun else None
    if not wrong or len(check.cases) < 2 or not (kind is None or kind.decisive):
        return left
    total = len(check.cases)
    count = say_count("{count} of {total} cases is not right", "{count} of {total} cases are not right", wrong,
                      total=total)  # fmt: skip
    if wrong == total:
        count = say("neither case is right") if total == 2 else say("none of the {total} cases is right", total=total)
    return say("{first}; {then}", first=count, then=left) if left is not None else count


def about(problem: AnyProblem, check: AnyCheck) -> list[Message]:
    """Return the sentences about a check that is not full, without the one that its problem already says.

    A hidden check has its own sentence as long as all its cases went wrong in one way. Otherwise, or where the
    student's own line can be named, the coarse summary says more.
    """
    case = first_failing(check)
    said = check.message or (case.message if case is not None else None)
    if check.visibility == "hidden" and (said is None or len(_failures(check)) > 1 or (case is not None and case.at)):
        said = summary_of(check)
    return [said] if said is not None and said != problem.message else []


def why_not(report: AnyReport) -> Message | None:
    """Return why nothing of a submission, or not all of it, was graded; None where it was."""
    if not report.problems:
        return _sentences([_placed(note.message, note.at) for note in report.notes])
    if report.is_set:
        return None
    states = {problem.status for problem in report.problems}
    lost = [problem for problem in report.problems if not problem.is_graded]
    if not lost and not (len(states) == 1 and states <= {"ungradable", "missing"}):
        return None
    first = (lost or report.problems)[0]
    at = first.at if first.status == "ungradable" else None
    said = [] if first.message is None else [_placed(first.message, at)]
    more = [note for note in report.notes if note.message != first.message and (at is None or note.at != at)]
    return _sentences([*said, *(_placed(note.message, note.at) for note in more)])


def _placed(message: Message, at: Span | None) -> Message:
    return message if at is None else say("{place}: {remark}", place=show_place(at), remark=message)


def _sentences(messages: Sequence[Message]) -> Message | None:
    """Return messages as sentences, each with its end, and one alone as it is; None where there is none."""
    if len(messages) < 2:
        return next(iter(messages), None)
    whole = _ended(messages[0])
    for message in messages[1:]:
        whole = say("{first} {then}", first=whole, then=_ended(message))
    return whole


def _ended(message: Message) -> Message:
    said = message.text("en")
    is_ended = said.endswith((".", "!", "?", "…")) or (said.endswith(")") and ". (" in said)
    return message if is_ended else say("{sentence}.", sentence=message)


def is_graded(report: AnyReport, *, bonus: bool | None = None) -> bool:
    """Return whether all of a submission was graded, or all of its bonus or required functions.

    Where our machinery or the rubric failed, there are no points, not 0, unless somebody set the required ones.
    """
    if bonus is not True and report.is_set:
        return True
    of = [problem for problem in report.problems if bonus in (None, problem.bonus)]
    return bool(report.problems) and all(problem.is_graded for problem in of)


def adjusted_total(report: AnyReport) -> list[Message]:
    """Return how the required and the bonus points were adjusted as a whole, each if they were, and are graded."""
    said = []
    if report.adjustments and is_graded(report, bonus=False):
        said.append(say("Required points: {arithmetic}", arithmetic=arithmetic(_sum(report), report.adjustments)))
    if report.bonus_adjustments and is_graded(report, bonus=True):
        earned = _sum(report, bonus=True)
        said.append(say("Bonus points: {arithmetic}", arithmetic=arithmetic(earned, report.bonus_adjustments)))
    return said


def _sum(report: AnyReport, *, bonus: bool = False) -> Fraction:
    """Return the points before the adjustments of the whole report."""
    every: list[AnyProblem | ManualResult] = [*report.problems, *report.manual]
    return sum((one.score or Fraction(0) for one in every if one.bonus is bonus), Fraction(0))


def remarks_below(problem: AnyProblem) -> list[Message]:
    """Return what stands below a problem's first sentence: why, the hints so far, and what changed its points."""
    said = []
    if problem.diagnosis is not None:
        said.append(say("Diagnosis: {what}", what=problem.diagnosis))
    if problem.mistake:
        said.append(say("For instructors: the known mistake {name}.", name=problem.mistake))
    said += [say("Hint: {hint}", hint=hint) for hint in problem.hints]
    if problem.adjustments and problem.is_graded:
        said.append(say("Points: {arithmetic}", arithmetic=arithmetic(problem.earned, problem.adjustments)))
    if problem.more_hints:
        said.append(
            say_count(
                "{count} more hint comes with the next try.",
                "{count} more hints come with further tries.",
                problem.more_hints,
            )
        )
    return said


def summary_of(check: AnyCheck) -> Message | None:
    """Return what may be said of a hidden check: the ways it failed; for an instructor also how much differs."""
    cases = [case for case in check.cases if case.status != "passed"]
    if not cases:
        return None
    said = _failures(check)[:3]
    worst = max(cases, key=lambda case: (case.differing / case.total if case.total else 0, case.magnitude or -99))
    if worst.differing and worst.total > 1:
        said.append(say("up to {differing} of {total} elements", differing=worst.differing, total=worst.total))
    sizes = [case.magnitude for case in cases if case.magnitude is not None]
    if sizes:
        said.append(_error(max(sizes)))
    whole = said[0]
    for message in said[1:]:  # there may be commas within
        whole = say("{first}; {then}", first=whole, then=message)
    return whole


def _error(magnitude: int) -> Message:
    """Return how large a relative error is; `magnitude` is its power of ten, rounded down."""
    if magnitude > 0:
        return say("off by {times} times what is expected, or more", times=f"{10.0**magnitude:g}")
    if magnitude == 0:
        return say("off by as much as what is expected, or more")
    if magnitude > -5:
        return say("off by {share} of what is expected, or more", share=f"{10.0 ** (magnitude + 2):g}%")
    return say("relative error about {size}", size=f"1e{magnitude}")


def _failures(check: AnyCheck) -> list[Message]:
    """Return the ways in which the check's cases went wrong, each once."""
    ways: list[Message] = []
    for case in check.cases:
        way = category_in_words(case.category) if case.category else STATES[case.status].word
        if case.error and case.at is not None:
            way = say("{error} at {place}", error=case.error, place=show_place(case.at))
        if case.status != "passed" and way not in ways:
            ways.append(way)
    return ways
