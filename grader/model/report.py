"""All that a renderer sees.

Every field is for one of three audiences. *Public* and *hidden-safe* fields stand in the classes themselves;
what only an instructor may see of a hidden case is a `Withheld`, and a student's report is a `Report[Exhibit]`:
it has no place where a `Withheld` could stand, and mypy holds renderers to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Generic, Literal, TypeAlias, TypeVar

from msgspec import Struct

from grader.errors import Span
from grader.language import Bilingual, Inert, Language, Message
from grader.model.outcome import Category, Mismatch
from grader.model.rubric import Visibility

if TYPE_CHECKING:
    from grader.model.outcome import Value

Status: TypeAlias = Literal[
    "passed",
    "partial",
    "failed",
    "not_attempted",
    "error",
    "timeout",
    "out_of_memory",
    "crashed",
    "missing",
    "ungradable",
    "not_graded",
]


class Exhibit(Struct, frozen=True, kw_only=True, eq=False):
    """A case laid open: inputs, expected, got, what was printed and raised. Public for public cases.

    `shown` are the handout's labelled lines: label, expected, got ("" where the call did not return). `frames` are
    the student's own lines of a traceback, innermost last, each with its text. `windows` names inputs and, axis by
    axis, the range (start, end; end exclusive) of their elements that the first wrong element is made of.
    """

    inputs: tuple[tuple[str, Value], ...]
    want: Value
    got: Value
    returned: bool
    mismatches: tuple[Mismatch, ...] = ()
    shown: tuple[tuple[str, str, str], ...] = ()
    stdout: Inert
    error: Inert
    frames: tuple[tuple[Span, Inert], ...] = ()
    windows: Mapping[str, tuple[tuple[int, int], ...]] = {}


class Withheld(Struct, frozen=True, kw_only=True, eq=False):
    """The same of a hidden case, its seed and its seconds: for instructors only."""

    exhibit: Exhibit
    seed: int
    seconds: float


X = TypeVar("X", covariant=True, bound="Exhibit | Withheld")


class CaseResult(Struct, Generic[X], frozen=True, kw_only=True, eq=False):
    """One case. Of a hidden one a student sees a category, neither input nor expected value, and no number.

    Where the structure of what is expected is a secret, `category`, `output` and `message` do not tell it.

    `differing` of `total` elements differ, `magnitude` is the worst relative error's power of ten: of a hidden case for
    instructors only. `error` names the exception type if it is one of Python's own; `at` is the student's own line, of
    a hidden case one on which a statement of the graded function starts.
    """

    index: int
    status: Status
    share: Fraction
    category: Category | Literal[""] = ""
    output: str = ""
    differing: int = 0
    total: int = 0
    magnitude: int | None = None
    error: str = ""
    at: Span | None = None
    message: Message
    exhibit: X | None = None


class CheckResult(Struct, Generic[X], frozen=True, kw_only=True, eq=False):
    """One check: its points, exact, and its cases; `message` says in a sentence what is wrong, if anything."""

    name: Bilingual
    kind: str
    visibility: Visibility
    status: Status
    score: Fraction
    max_score: Fraction
    message: Message | None
    hint: Bilingual | None = None
    cases: tuple[CaseResult[X], ...]


class Note(Struct, frozen=True, kw_only=True):
    """A remark that costs nothing, with its place in the student's file."""

    message: Message
    at: Span | None = None


class Listing(Struct, frozen=True, kw_only=True):
    """Lines of the student's own source, as handed in: the function's, or of the statement that does not parse.

    `at` is where the first line was written; the others follow it in the same file or cell. `caret` is the place of
    a syntax error in the line `ProblemResult.at` points at, in characters of the text here, from 1 (0: none).
    """

    at: Span
    lines: tuple[Inert, ...]
    caret: int = 0


class Adjustment(Struct, frozen=True, kw_only=True):
    """What changes a score after the checks, by the `policy` of this name: `points` (below 0: taken off) and why."""

    policy: str
    reason: Message
    points: Fraction


def adjusted(score: Fraction, adjustments: Iterable[Adjustment]) -> Fraction:
    """Return the score after the adjustments, one by one; it never falls below 0."""
    for each in adjustments:
        score = max(Fraction(0), score + each.points)
    return score


class ProblemResult(Struct, Generic[X], frozen=True, kw_only=True, eq=False):
    """One graded function.

    `message` is the one sentence a student should read first. `blames` are the student's own helpers that make this
    function's result wrong although the function itself is right (it was graded with the reference's helpers).
    `at` is the line of the function's `def`, or the line that does not parse. `diagnosis` is a hypothesis that explains
    every failing case; `hints` are the steps of a ladder shown so far, `more_hints` how many are left. `score` is what
    the checks earned after the `adjustments`. `mistake` names the author's known mistake that was recognised ("" in a
    student's report: its hints speak for it).
    """

    function: str
    title: Bilingual
    status: Status
    score: Fraction
    max_score: Fraction
    bonus: bool
    message: Message | None
    checks: tuple[CheckResult[X], ...]
    at: Span | None = None
    listing: Listing | None = None
    blames: tuple[str, ...] = ()
    diagnosis: Message | None = None
    mistake: str = ""
    hints: tuple[Bilingual, ...] = ()
    more_hints: int = 0
    adjustments: tuple[Adjustment, ...] = ()

    @property
    def earned(self) -> Fraction:
        """What the checks earned, before the adjustments."""
        return sum((check.score for check in self.checks), Fraction(0))

    def taken_by(self, policy: str) -> Fraction:
        """Return how many points the adjustments of a policy took off."""
        score, taken = self.earned, Fraction(0)
        for each in self.adjustments:
            after = adjusted(score, [each])
            taken += score - after if each.policy == policy else 0
            score = after
        return taken


class Report(Struct, Generic[X], frozen=True, kw_only=True, eq=False):
    """One submission graded. Points are exact and rounded only when shown.

    `score` is that of the required problems after the `adjustments`, which are of the whole submission.
    `elsewhere` are functions that the course grades with checks that are not made here, as a student kit says.
    `rubric_digest` tells one rubric with its reference from another; who lacks the reference cannot try a guess of the
    seed against it. `rubric_file_digest` is the SHA-256 of the rubric's file alone; in a student's report it is "" and
    `seed` is `None`. `tier` names the confinement that held; `self_check` says it is below what
    official grading needs.
    """

    assignment: Bilingual
    language: Language
    submission: Inert
    score: Fraction
    max_score: Fraction
    bonus: Fraction
    max_bonus: Fraction
    adjustments: tuple[Adjustment, ...] = ()
    problems: tuple[ProblemResult[X], ...]
    notes: tuple[Note, ...]
    seed: int | None
    rubric_digest: str
    rubric_file_digest: str = ""
    submission_digest: str
    versions: Mapping[str, str]
    tier: str
    self_check: bool
    elsewhere: tuple[str, ...] = ()
    seconds: float
