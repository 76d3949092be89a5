"""A report: all that a renderer sees, and who may see each field of it.

What only an instructor may see of a hidden case is a `Withheld`. A student's report is a `Report[Exhibit]`: its type
has no place for a `Withheld`, and mypy holds renderers to it. One table, `SEEN`, declares the audience of every field,
and `for_students` follows it. A field that is added without its line there fails a test, and would fail grading.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeAlias, TypeVar, cast

from msgspec import Struct

from grader.errors import Span
from grader.language import Bilingual, Inert, Language, Message
from grader.model.outcome import Mismatch
from grader.model.rubric import Criterion, Subject, Visibility

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
    "not_run",
    "missing",
    "ungradable",
    "not_graded",
]


class Exhibit(Struct, frozen=True, kw_only=True, eq=False):
    """All evidence of one case: its inputs, what was expected and returned, what was printed and raised.

    `returned` is false where the call did not return, and `got` is then `None`. `handout` are the handout's labelled
    lines: label, expected, got ("" where the call did not return); `steps` are calls one after another, up to the
    first that is wrong: the code, expected, got ("" where it is as expected). `frames` are the student's own lines of a
    traceback, innermost last, each with its text. `compared` says how an answer may differ from what was expected, or
    what of it is compared: `want` and `got` are then that, `got` in the form nearest to `want`. `windows` names inputs
    that the first wrong element was computed from, each with the range (start, end; end exclusive) of its elements
    along each axis.
    """

    inputs: tuple[tuple[str, Value], ...]
    want: Value
    got: Value
    returned: bool
    compared: Message | None = None
    mismatches: tuple[Mismatch, ...] = ()
    handout: tuple[tuple[str, str, str], ...] = ()
    steps: tuple[tuple[str, str, str], ...] = ()
    stdout: Inert
    error: Inert
    frames: tuple[tuple[Span, Inert], ...] = ()
    windows: Mapping[str, tuple[tuple[int, int], ...]] = {}


class Withheld(Struct, frozen=True, kw_only=True, eq=False):
    """The evidence of a hidden case, its seed, and how many seconds it took: for instructors only."""

    exhibit: Exhibit
    seed: int
    seconds: float


X = TypeVar("X", covariant=True, bound="Exhibit | Withheld")


class CaseResult(Struct, Generic[X], frozen=True, kw_only=True, eq=False):
    """One case. Of a hidden case a student sees a category, but no input, no expected value and no number.

    Where the structure of the expected value is a secret, `category`, `output` and `message` do not reveal it.

    `differing` of `total` elements differ, and `magnitude` is the power of ten of the worst relative error, rounded
    down; of a hidden case only instructors see these. `error` names the exception type if it is one of Python's own.
    `at` is the student's own line; in a hidden case it is one on which a statement of the graded function starts.
    """

    index: int
    status: Status
    share: Fraction
    category: str = ""
    output: str = ""
    differing: int = 0
    total: int = 0
    magnitude: int | None = None
    error: str = ""
    at: Span | None = None
    message: Message
    exhibit: X | None = None


class CheckResult(Struct, Generic[X], frozen=True, kw_only=True, eq=False):
    """One check: its exact points, its cases, and a sentence about what is wrong, if anything."""

    name: Bilingual
    kind: str
    visibility: Visibility
    status: Status
    score: Fraction
    max_score: Fraction
    message: Message | None
    hint: Bilingual | None = None
    all_or_nothing: bool = False
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


OVERRIDE = "override"
"""The policy of points that somebody set."""


class Adjustment(Struct, frozen=True, kw_only=True):
    """A change of a score after the checks: the name of the policy, its reason, and the points (below 0: taken off)."""

    policy: str
    reason: Message
    points: Fraction


def adjusted(score: Fraction, adjustments: Iterable[Adjustment]) -> Fraction:
    """Return the score after the adjustments, one by one; it never falls below 0."""
    for each in adjustments:
        score = max(Fraction(0), score + each.points)
    return score


class Cause(Struct, frozen=True, kw_only=True):
    """What makes several functions fail alike: what it is, the one thing to do, and where it was met."""

    message: Message
    step: Message
    at: Span | None = None


class ProblemResult(Struct, Generic[X], frozen=True, kw_only=True, eq=False):
    """One graded function.

    `message` is the one sentence a student should read first. `blames` are the student's own helpers that make this
    function's result wrong although the function itself is right (it was graded with the reference's helpers).
    `cause` is there where another function fails for the same reason: then `message` says that, and the cases follow
    from it. `at` is the line of the function's `def`, or the line that does not parse. `diagnosis` is a hypothesis that
    explains every failing case, and `found_at` the place that it names. `hints` are those shown so far, and
    `more_hints` is how many are left. `score` is what the checks earned after the `adjustments`. `mistake` names the
    author's known mistake that was recognised; it is "" in a student's report, which shows the mistake's hints instead.
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
    found_at: Span | None = None
    mistake: str = ""
    hints: tuple[Bilingual, ...] = ()
    more_hints: int = 0
    adjustments: tuple[Adjustment, ...] = ()
    cause: Cause | None = None
    subject: Subject = "function"

    @property
    def is_full(self) -> bool:
        """Whether it is right and has all of its points."""
        return self.status == "passed" and self.score >= self.max_score

    @property
    def is_graded(self) -> bool:
        """Whether it has points: our machinery did its work, or somebody set them."""
        return self.status != "not_graded" or any(each.policy == OVERRIDE for each in self.adjustments)

    @property
    def required(self) -> bool:
        """Whether its points count among those that are required; what has no points only informs."""
        return not self.bonus and self.max_score > 0

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


class ManualResult(Struct, frozen=True, kw_only=True):
    """What a person graded, or has still to grade: then it is open, and `score` is `None`."""

    name: str
    title: Bilingual
    score: Fraction | None = None
    max_score: Fraction
    bonus: bool
    criteria: tuple[Criterion, ...] = ()
    comment: Inert = Inert("")

    @property
    def is_open(self) -> bool:
        """Whether nobody has graded it yet."""
        return self.score is None

    @property
    def is_full(self) -> bool:
        """Whether it has all of its points."""
        return self.score is not None and self.score >= self.max_score


class Report(Struct, Generic[X], frozen=True, kw_only=True, eq=False):
    """One submission graded. Points are exact and rounded only when shown.

    `score` is that of the required problems and `manual` items after the `adjustments`, which apply to the whole
    submission, and `bonus` that of the others after the `bonus_adjustments`. What is open counts in `max_score` and
    `max_bonus`, and has no score yet.
    `elsewhere` are functions that the course grades with checks that a student kit lacks. `rubric_digest` identifies
    the rubric together with its reference: without the reference nobody can try a guess of the seed against it.
    `rubric_file_digest` is the SHA-256 of the rubric's file alone; in a student's report it is "" and `seed` is `None`.
    `tier` names the confinement that was in force; `self_check` says that it is weaker than official grading requires.
    `replay` stands for the variant that it was graded with; who has the course's secret gets the cases from it.
    """

    assignment: Bilingual
    language: Language
    submission: Inert
    score: Fraction
    max_score: Fraction
    bonus: Fraction
    max_bonus: Fraction
    adjustments: tuple[Adjustment, ...] = ()
    bonus_adjustments: tuple[Adjustment, ...] = ()
    problems: tuple[ProblemResult[X], ...]
    manual: tuple[ManualResult, ...] = ()
    notes: tuple[Note, ...]
    seed: int | None
    rubric_digest: str
    rubric_file_digest: str = ""
    submission_digest: str
    versions: Mapping[str, str]
    tier: str
    self_check: bool
    elsewhere: tuple[str, ...] = ()
    replay: str = ""
    seconds: float

    def open_points(self, *, bonus: bool = False) -> Fraction:
        """Return the points, required or bonus, that are still to be graded by hand."""
        left = (one.max_score for one in self.manual if one.is_open and one.bonus is bonus)
        return sum(left, Fraction(0))

    @property
    def is_full(self) -> bool:
        """Whether all required points were earned, as far as they are graded."""
        return self.score + self.open_points() >= self.max_score

    @property
    def is_set(self) -> bool:
        """Whether somebody set its required points, so that it has some whatever could be graded."""
        return any(each.policy == OVERRIDE for each in self.adjustments)


Audience: TypeAlias = Literal["student", "instructor"]


class Seen(Struct, frozen=True):
    """Who sees a field as it is, and what a student gets in its place.

    `of` makes that of the field's value. Where the field belongs to a hidden check, `hidden` makes it, if it is given.
    """

    audience: Audience
    of: Callable[[Any], Any]
    hidden: Callable[[Any], Any] | None = None

    def for_student(self, value: Any, *, hidden: bool) -> Any:
        """Return what a student gets in place of the field's `value`; `hidden`: it belongs to a hidden check."""
        return self.hidden(value) if hidden and self.hidden is not None else self.of(value)


def _same(value: Any) -> Any:
    return value


def _nothing(value: Any) -> None:
    return None


def _no_text(value: Any) -> str:
    return ""


def _zero(value: Any) -> int:
    return 0


def _whole_seconds(value: float) -> float:
    """Return whole seconds: the duration of a call can carry a hidden input out."""
    return float(math.ceil(value))


def _public(value: Any) -> Exhibit | None:
    return value if isinstance(value, Exhibit) else None


PUBLIC = Seen("student", _same)
"""Students see it as it is; of a hidden case it is coarse enough to tell."""
SECRET = Seen("instructor", _nothing)
"""For instructors only."""
COUNTED = Seen("student", _same, hidden=_zero)
"""A number that falls as the answer comes nearer: with it a student could find what a hidden case expects by trying."""
MEASURED = Seen("student", _same, hidden=_nothing)
"""An exact measure: students see it of public checks only."""


def _all_public(names: str) -> dict[str, Seen]:
    return dict.fromkeys(names.split(), PUBLIC)


SEEN: Mapping[type[Struct], Mapping[str, Seen]] = {
    Report: {
        **_all_public(
            "assignment language submission score max_score bonus max_bonus adjustments bonus_adjustments problems "
            "manual notes rubric_digest submission_digest versions tier self_check elsewhere replay"
        ),
        "seed": SECRET,
        "rubric_file_digest": Seen("instructor", _no_text),
        "seconds": Seen("instructor", _whole_seconds),
    },
    ProblemResult: {
        **_all_public(
            "function title status score max_score bonus message checks at listing blames diagnosis found_at hints "
            "more_hints adjustments cause subject"
        ),
        "mistake": Seen("instructor", _no_text),
    },
    CheckResult: _all_public("name kind visibility status score max_score message hint all_or_nothing cases"),
    CaseResult: {
        **_all_public("index status share category output error at message"),
        "differing": COUNTED,
        "total": COUNTED,
        "magnitude": MEASURED,
        "exhibit": Seen("instructor", _public),
    },
    Exhibit: _all_public("inputs want got returned compared mismatches handout steps stdout error frames windows"),
    Withheld: {
        "exhibit": SECRET,
        "seed": SECRET,
        "seconds": SECRET,
    },
    Mismatch: _all_public("category output index got want differing total worst_absolute worst_relative property"),
    Cause: _all_public("message step at"),
    ManualResult: _all_public("name title score max_score bonus criteria comment"),
    Criterion: _all_public("says points"),
    Adjustment: _all_public("policy reason points"),
    Note: _all_public("message at"),
    Listing: _all_public("at lines caret"),
}
"""By type and field. An `Exhibit` and its `Mismatch` belong to a public case or stand in a `Withheld`."""


def for_students(report: Report[Exhibit | Withheld]) -> Report[Exhibit]:
    """Return the report without hidden exhibits, what was measured on them and the seed; times in whole seconds.

    Raises KeyError for a field whose audience is not declared.
    """
    return cast("Report[Exhibit]", _seen(report, hidden=False))


def _seen(value: Any, *, hidden: bool) -> Any:
    """Return `value` with what students may see of each record in it; `hidden`: it belongs to a hidden check."""
    if isinstance(value, tuple):
        return tuple(_seen(item, hidden=hidden) for item in value)
    declared = SEEN.get(type(value)) if isinstance(value, Struct) else None
    if declared is None:  # a number, a text, a sentence, a place: the field that holds it has the audience
        return value
    below = value.visibility == "hidden" if isinstance(value, CheckResult) else hidden
    return type(value)(
        **{
            name: _seen(declared[name].for_student(getattr(value, name), hidden=below), hidden=below)
            for name in value.__struct_fields__
        }
    )
