"""Reads a class from its store, each report once and each function's result once for all who handed in the same.

What is kept of a result is small: shares, the reason that was found, and a fingerprint of each wrong answer. The values
themselves stay in the store.
"""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from hashlib import sha256
from typing import Any

import numpy as np
from msgspec import Struct

from grader.course.sameness import Fingerprints
from grader.course.store import Store
from grader.course.units import units
from grader.grading.prepared import Plan
from grader.language import Bilingual, Language, Message
from grader.model import CaseResult, CheckResult, Exhibit, Person, ProblemResult, Report, Status, Visibility, Withheld

DIGITS = 6
"""Significant digits of a wrong answer that count: the same slip adds up in another order, and rounds otherwise."""
UNTRIED = ("not_attempted", "missing", "not_run")
"""States of a function that was not written."""
UNREAD = ("ungradable", "not_graded")


class CheckOutline(Struct, frozen=True, kw_only=True):
    """How one check of a function came out: the share of its points."""

    name: Bilingual
    kind: str
    visibility: Visibility
    points: Fraction
    share: Fraction


class Wrong(Struct, frozen=True, kw_only=True):
    """A wrong case: its check's and its own place, whether it returned, and a fingerprint of what came of it."""

    check: int
    index: int
    public: bool
    returned: bool
    answer: str


class Outline(Struct, frozen=True, kw_only=True):
    """One function's result without its values; `number` is that of the result in the store.

    `share` is what its checks earned, before adjustments: where it calls a wrong function of the student's own it was
    graded with a right one, so a mistake counts where it was made. `caused`: it fails for a reason outside of it.
    `told` is what is said first of its own mistake, and `blames` are wrong functions of the student's that it calls.
    `code` is a digest of a wrong function's syntax tree, or of its lines.
    """

    number: int
    function: str
    title: Bilingual
    status: Status
    bonus: bool
    points: Fraction
    share: Fraction
    checks: tuple[CheckOutline, ...]
    wrong: tuple[Wrong, ...]
    mistake: str
    hints: tuple[Bilingual, ...]
    diagnosis: Message | None
    told: Message | None
    caused: bool
    blames: tuple[str, ...]
    code: str

    @property
    def answers(self) -> tuple[tuple[int, int, str], ...]:
        """What it answered where it was wrong."""
        return tuple((each.check, each.index, each.answer) for each in self.wrong)


class Member(Struct, frozen=True, kw_only=True):
    """A person with a score: the points that count, and the numbers of the functions' results.

    `unit` is the same for all who stand behind one hand-in.
    """

    person: Person
    unit: str
    score: Fraction
    max_score: Fraction
    attempts: int
    results: tuple[int, ...]


class ClassView(Struct, frozen=True, kw_only=True):
    """A class as it stands. `results` are the outlines by number; `absent` is how many people have no score.

    `authored` has by function what the newest results were graded by of the author's files. `older` is how many reports
    were graded by something else, which statistics leave out; policies, and what a person decided, are no part of it.
    `handed_in` are the times of all attempts, as far as they are known.
    """

    assignment: Bilingual
    language: Language
    authored: Mapping[str, str]
    members: tuple[Member, ...]
    absent: int
    older: int
    results: Mapping[int, Outline]
    handed_in: tuple[datetime, ...]

    def of(self, member: Member) -> list[Outline]:
        """Return the outlines of a member's functions."""
        return [self.results[number] for number in member.results]

    def is_by(self, plan: Plan) -> bool:
        """Return whether the results are what this rubric with its reference gives."""
        return self.authored == Fingerprints(plan, {}, "").authored


def gather(store: Store) -> ClassView | None:
    """Return the class as it stands, `None` where nobody has a score. Raises EngineError for a damaged store."""
    frames: list[tuple[Person, Report[Any], tuple[int, ...]]] = []
    people, absent = store.members(), 0
    attempts: dict[str, int] = {}
    times = []
    for each in store.attempts():
        if each.person not in people:
            continue
        attempts[each.person] = attempts.get(each.person, 0) + 1
        times += [each.handed_in] if each.handed_in is not None else []
    standing = {person: run for person, run in store.standings() if person in people}
    for person in people.values():
        found = store.outline(standing[person.id], person.id) if person.id in standing else None
        if found is None:
            absent += 1
        else:
            frames.append((person, *found))
    if not frames:
        return None
    keys = {person.id: store.key_of(person.id, standing[person.id]) for person, _, _ in frames}
    newest, alike = _newest(store, set(keys.values()))
    ours = [each for each in frames if keys[each[0].id] in alike]
    first = next(report for person, report, _ in ours if keys[person.id] == newest["key"])
    outlines = {number: outlined(number, store.result_outline(number)) for number in _numbers(ours)}
    unit_of = units(store)
    members = tuple(
        Member(
            person=person, unit=unit_of[person.id], score=report.score, max_score=report.max_score,
            attempts=attempts.get(person.id, 0), results=numbers,
        )
        for person, report, numbers in ours
    )  # fmt: skip
    return ClassView(
        assignment=first.assignment,
        language=first.language,
        authored=newest["authored"],
        members=members,
        absent=absent,
        older=len(frames) - len(ours),
        results=outlines,
        handed_in=tuple(sorted(times)),
    )


def _newest(store: Store, keys: set[str]) -> tuple[Mapping[str, Any], set[str]]:
    """Return the detail of the last run that graded by one of the `keys`, and the keys of the same author's files.

    A key stands for the grader and the packages, too; a run of decisions has none.
    """
    ran = [run for run in store.runs() if run.detail.get("key") in keys]
    if not ran:
        return {"key": max(keys), "authored": {}}, keys
    newest = max(ran, key=lambda run: (run.state in ("done", "applied"), run.id)).detail
    return newest, {run.detail["key"] for run in ran if run.detail["authored"] == newest["authored"]}


def _numbers(frames: Iterable[tuple[Person, Report[Any], tuple[int, ...]]]) -> list[int]:
    return sorted({number for _, _, numbers in frames for number in numbers})


def outlined(number: int, result: ProblemResult[Any]) -> Outline:
    """Return the outline of a result, read with or without its large values."""
    wrong = tuple(
        Wrong(
            check=place,
            index=case.index,
            public=check.visibility == "public",
            returned=_returned(case),
            answer=answer_of(case),
        )
        for place, check in enumerate(result.checks)
        for case in check.cases
        if case.status != "passed"
    )
    full = result.max_score or Fraction(1)
    return Outline(
        number=number,
        function=result.function,
        title=result.title,
        status=result.status,
        bonus=result.bonus,
        points=result.max_score,
        share=min(Fraction(1), max(Fraction(0), result.earned / full)),
        checks=tuple(map(_checked, result.checks)),
        wrong=wrong,
        mistake=result.mistake,
        hints=result.hints,
        diagnosis=result.diagnosis,
        told=_told(result),
        caused=result.cause is not None,
        blames=result.blames,
        code=_code(result.listing.lines) if wrong and result.listing is not None else "",
    )


def _code(lines: Sequence[str]) -> str:
    """Return a digest of a function's code: comments, its docstring and its layout do not count."""
    text = "\n".join(lines)
    try:
        tree = ast.parse(textwrap.dedent(text))
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node) is not None:
                del node.body[0]
        text = ast.dump(tree)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        pass  # cut off, or no whole statement: its lines tell
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _told(result: ProblemResult[Any]) -> Message | None:
    """Return what is said of the function by itself: where others of the student's are wrong, of its first check."""
    own = next((check.message for check in result.checks if check.message is not None), None)
    return own if result.blames and own is not None else result.message


def _checked(check: CheckResult[Any]) -> CheckOutline:
    passed = Fraction(int(check.status == "passed"))
    share = check.score / check.max_score if check.max_score else passed
    return CheckOutline(
        name=check.name, kind=check.kind, visibility=check.visibility, points=check.max_score, share=share
    )


def _returned(case: CaseResult[Any]) -> bool:
    held = case.exhibit
    exhibit: Exhibit | None = held.exhibit if isinstance(held, Withheld) else held
    return exhibit is not None and exhibit.returned


_PLACES = {"where", "line", "lines", "cell", "first_line"}
"""Parameters of a sentence that name a place in one student's file."""


def pattern(said: Message | Bilingual | None, *, words: bool) -> Any:
    """Return what a sentence says but for places; without `words`, the words that are put in are left out, too."""
    if not isinstance(said, Message):
        return said.en if said is not None and words else None
    inner = []
    for name, value in sorted(said.parameters.items()):
        if isinstance(value, Message | Bilingual):
            inner.append((name, pattern(value, words=words)))
        elif name not in _PLACES and words:
            inner.append((name, str(value)))
    return said.template, tuple(inner)


def answer_of(case: CaseResult[Any]) -> str:
    """Return a fingerprint of what came of a wrong case: equal for equal wrong answers, but for rounding.

    It is of how the answer differs: in which outputs, by how many elements, and what the first wrong one is.
    """
    held = case.exhibit
    exhibit: Exhibit | None = held.exhibit if isinstance(held, Withheld) else held
    parts: list[Any] = [case.status, case.error, case.category, str(case.share)]
    if not _returned(case):
        parts += [pattern(case.message, words=True)]
    elif exhibit is not None:
        for each in exhibit.mismatches:
            parts += [each.category, each.output, each.index, each.differing, each.total, each.property,
                      _rounded(each.got), _rounded(each.worst_absolute)]  # fmt: skip
    return sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _rounded(value: Any) -> Any:
    """Return a number with as many digits as count; anything else as it is written."""
    if isinstance(value, np.ndarray | np.generic) and value.size == 1:
        value = value.item()
    if isinstance(value, complex):
        return _rounded(value.real), _rounded(value.imag)
    return f"{value:.{DIGITS - 1}e}" if isinstance(value, float) else repr(value)[:400]


def shares(view: ClassView, functions: Sequence[str]) -> tuple[list[Member], list[list[float]]]:
    """Return the members whose functions can be told apart, and each function's points of them.

    Left out is who handed in what cannot be read, and where several functions fail for one reason outside of them: that
    mistake would count several times.
    """
    kept, rows = [], []
    for member in view.members:
        own = {each.function: each for each in view.of(member)}
        found = [own.get(name) for name in functions]
        if any(one is None or one.caused or one.status in UNREAD for one in found):
            continue
        kept.append(member)
        rows.append([float(one.share * one.points) for one in found if one is not None])
    return kept, rows
