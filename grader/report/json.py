"""`grade/report/v1`: the report as JSON to build on.

The types here are what is published: the schema follows from them, and stays as it is when a noun of `grader.model`
changes. A field that both have by one name is carried over; the others are said one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Literal, TypeVar

import msgspec
from msgspec import UNSET, Struct, UnsetType

from grader.errors import Span
from grader.language import Bilingual, Language, Message
from grader.model import Adjustment, Category, Criterion, Exhibit, ManualResult, Note, Status, Visibility, Withheld
from grader.model.outcome import CATEGORIES
from grader.report import Format
from grader.report.evidence import lay_open, show_kind, show_value
from grader.report.next_step import next_step
from grader.report.points import Points, Score, round_points, shown_points
from grader.report.wording import AnyCase, AnyCheck, AnyProblem, AnyReport, proportion, summary_of

R = TypeVar("R", bound=Struct)

SCHEMA: Literal["grade/report/v1"] = "grade/report/v1"


class Place(Struct, frozen=True, kw_only=True):
    """Where in the student's file; `cell` is a notebook's cell from 1, else 0."""

    path: str
    line: int
    column: int
    cell: int


class InputV1(Struct, frozen=True, kw_only=True):
    """One argument of a case that may be shown: what it is, and the beginning of it as text."""

    name: str
    kind: str
    text: str


class EvidenceV1(Struct, frozen=True, kw_only=True):
    """One labelled group of lines about a case that may be shown."""

    label: str
    lines: list[str]


class InstructorV1(Struct, frozen=True, kw_only=True):
    """What only an instructor sees of a hidden case."""

    seed: int
    seconds: float
    inputs: list[InputV1]
    evidence: list[EvidenceV1]


class CaseV1(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One case. `inputs` and `evidence` are there for public cases, `instructor` in an instructor's report."""

    index: int
    status: Status
    share: float
    message: str
    category: Category | Literal[""] = ""
    output: str = ""
    differing: int = 0
    total: int = 0
    magnitude: int | None = None
    error: str = ""
    at: Place | None = None
    inputs: list[InputV1] | UnsetType = UNSET
    evidence: list[EvidenceV1] | UnsetType = UNSET
    instructor: InstructorV1 | UnsetType = UNSET


class CheckV1(Struct, frozen=True, kw_only=True):
    """One check; `statistics` is all that is said of hidden cases, in a sentence.

    `proportional` says that the score is in proportion to those of the other checks, some of which are not full.
    """

    name: str
    kind: str
    visibility: Visibility
    status: Status
    score: float | None
    max_score: float
    message: str
    statistics: str
    hint: str
    cases: list[CaseV1]
    proportional: bool = False


class AdjustmentV1(Struct, frozen=True, kw_only=True):
    """What changed a score after the checks, by the `policy` of this name; `points` below 0 were taken off."""

    policy: str
    reason: str
    points: float


class ProblemV1(Struct, frozen=True, kw_only=True):
    """One graded function; `blames` are the student's own helpers that make it go wrong.

    `score` is the sum of the checks' after the `adjustments`, one by one and never below 0; they are there if there are
    any. `hint_penalty` is what those of the policy `hints` took off.
    `mistake` is there in an instructor's report if a known mistake was recognised. `cause` is there where several
    functions fail for one reason, and says it.
    """

    function: str
    title: str
    status: Status
    score: float | None
    max_score: float
    bonus: bool
    message: str
    diagnosis: str
    at: Place | None
    blames: list[str]
    hints: list[str]
    more_hints: int
    hint_penalty: float
    adjustments: list[AdjustmentV1] | UnsetType = UNSET
    checks: list[CheckV1]
    mistake: str | UnsetType = UNSET
    cause: str | UnsetType = UNSET


class CriterionV1(Struct, frozen=True, kw_only=True):
    """By what a person grades: `points` is null where a criterion has no points of its own."""

    says: str
    points: float | None


class ManualV1(Struct, frozen=True, kw_only=True):
    """What a person grades; while it is open, `score` is null."""

    name: str
    title: str
    open: bool
    score: float | None
    max_score: float
    bonus: bool
    criteria: list[CriterionV1]
    comment: str


class NoteV1(Struct, frozen=True, kw_only=True):
    """A remark that costs nothing."""

    message: str
    at: Place | None


class ReportV1(Struct, frozen=True, kw_only=True):
    """One submission graded; points are rounded to cents so that they add up, `seed` is null for students.

    A score is null where something in it was not graded: our machinery failed, or the rubric. Without `problems`
    nothing was graded at all, and `notes` say why.
    `adjustments` are of the whole submission, and there if there are any: they change `score`, and the
    `bonus_adjustments` change `bonus`.
    `manual` is there where a person grades something. What of `max_score` and `max_bonus` is still to be graded by hand
    is `open_points` and `open_bonus`.
    `rubric_digest` is of the rubric and its reference together; `rubric_file_digest`, the SHA-256 of the rubric's file,
    is there in an instructor's report. `replay` is there where the student's hidden cases are a variant.
    """

    schema: Literal["grade/report/v1"]
    assignment: str
    language: Language
    submission: str
    score: float | None
    max_score: float
    bonus: float | None
    max_bonus: float
    adjustments: list[AdjustmentV1] | UnsetType = UNSET
    bonus_adjustments: list[AdjustmentV1] | UnsetType = UNSET
    next: str
    problems: list[ProblemV1]
    manual: list[ManualV1] | UnsetType = UNSET
    open_points: float | UnsetType = UNSET
    open_bonus: float | UnsetType = UNSET
    notes: list[NoteV1]
    seed: int | None
    rubric_digest: str
    rubric_file_digest: str | UnsetType = UNSET
    submission_digest: str
    versions: dict[str, str]
    tier: str
    self_check: bool
    replay: str | UnsetType = UNSET
    seconds: float


def render(report: AnyReport, *, language: Language) -> str:
    """Return the report as JSON text (`grade/report/v1`), indented, with sentences in `language`."""
    encoded = msgspec.json.encode(to_wire(report, language))
    return msgspec.json.format(encoded, indent=2).decode() + "\n"


def schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of `grade/report/v1`, the same from every Python."""
    from inspect import cleandoc  # takes longer to import than a report to write

    made = msgspec.json.schema(ReportV1)
    for described in made["$defs"].values():
        described["description"] = cleandoc(described["description"])  # Python 3.13 has taken the indentation off
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": SCHEMA, **made}


def to_wire(report: AnyReport, language: Language) -> ReportV1:
    """Return the report in the types of `grade/report/v1`."""
    points = shown_points(report)
    return _alike(
        ReportV1,
        report,
        language,
        schema=SCHEMA,
        language=language,
        **_points(points.required),
        bonus=_points(points.bonus)["score"],
        max_bonus=float(points.bonus.max_score),
        next=next_step(report).text(language),
        adjustments=_wire(report.adjustments, language) or UNSET,
        bonus_adjustments=_wire(report.bonus_adjustments, language) or UNSET,
        problems=[_problem(problem, points, language) for problem in report.problems],
        manual=[_manual(item, points.manual[item.name], language) for item in report.manual] or UNSET,
        open_points=float(points.open) if report.manual else UNSET,
        open_bonus=float(points.open_bonus) if report.manual else UNSET,
        rubric_file_digest=report.rubric_file_digest or UNSET,
        replay=report.replay or UNSET,
        versions=dict(sorted(report.versions.items())),
        seconds=round(report.seconds, 3),
    )


def _problem(problem: AnyProblem, points: Points, language: Language) -> ProblemV1:
    checks = zip(problem.checks, points.checks[problem.function], strict=True)
    return _alike(
        ProblemV1,
        problem,
        language,
        **_points(points.problems[problem.function]),
        message=_sentence(problem.message, language),
        diagnosis=_sentence(problem.diagnosis, language),
        hint_penalty=float(round_points(problem.taken_by("hints"))),
        adjustments=_wire(problem.adjustments, language) or UNSET,
        checks=[_check(problem, check, score, language) for check, score in checks],
        mistake=problem.mistake or UNSET,
        cause=problem.cause.message.text(language) if problem.cause is not None else UNSET,
    )


def _manual(item: ManualResult, shown: Score, language: Language) -> ManualV1:
    return _alike(ManualV1, item, language, open=item.is_open, **_points(shown))


def _check(problem: AnyProblem, check: AnyCheck, score: Score, language: Language) -> CheckV1:
    return _alike(
        CheckV1,
        check,
        language,
        **_points(score),
        message=_sentence(check.message, language),
        statistics=_sentence(summary_of(check), language),
        hint=_sentence(check.hint, language),
        cases=[_case(case, check.visibility, language) for case in check.cases],
        proportional=proportion(problem, check) is not None,
    )


def _case(case: AnyCase, visibility: Visibility, language: Language) -> CaseV1:
    exhibit = case.exhibit
    public = exhibit if isinstance(exhibit, Exhibit) and visibility == "public" else None
    return _alike(
        CaseV1,
        case,
        language,
        share=float(round(case.share, 6)),
        category=case.category if case.category in CATEGORIES else "",  # the schema has no place for a package's own
        inputs=_inputs(public) if public is not None else UNSET,
        evidence=_evidence(public, language) if public is not None and case.status != "passed" else UNSET,
        instructor=_instructor(exhibit, language) if isinstance(exhibit, Withheld) else UNSET,
    )


def _instructor(withheld: Withheld, language: Language) -> InstructorV1:
    return InstructorV1(
        seed=withheld.seed,
        seconds=round(withheld.seconds, 4),
        inputs=_inputs(withheld.exhibit),
        evidence=_evidence(withheld.exhibit, language),
    )


def _inputs(exhibit: Exhibit) -> list[InputV1]:
    return [InputV1(name=name, kind=show_kind(value), text=show_value(value, 200)) for name, value in exhibit.inputs]


def _evidence(exhibit: Exhibit, language: Language) -> list[EvidenceV1]:
    rows = lay_open(exhibit, language)
    return [EvidenceV1(label=row.label.text(language), lines=row.lines) for row in rows]


def _points(score: Score) -> dict[str, float | None]:
    return {"score": float(score.score) if score.graded else None, "max_score": float(score.max_score)}


def _sentence(said: Message | Bilingual | None, language: Language) -> str:
    return said.text(language) if said is not None else ""


def _alike(kind: type[R], noun: Struct, said_in: Language, /, **other: Any) -> R:
    """Return a record with the fields `other`, and with the noun's own for the rest of its fields."""
    names = set(kind.__struct_fields__) - other.keys()
    return kind(**{name: _wire(getattr(noun, name), said_in) for name in names}, **other)


def _wire(value: Any, language: Language) -> Any:
    """Return a noun's field as JSON has it."""
    match value:
        case Message() | Bilingual():
            return value.text(language)
        case Fraction():
            return float(round_points(value))
        case Span():
            return _alike(Place, value, language)
        case Criterion():
            return _alike(CriterionV1, value, language)
        case Adjustment():
            return _alike(AdjustmentV1, value, language)
        case Note():
            return _alike(NoteV1, value, language)
        case tuple():
            return [_wire(item, language) for item in value]
        case _:
            return value


def _array(texts: Sequence[str]) -> str:
    return "[" + ",\n".join(text.strip() for text in texts) + "]\n"


FORMAT = Format(render=render, suffix="json", join=_array)
