"""The nouns of grading: data only, frozen, made in one stage and read in the next."""

from grader.errors import Fault, Span
from grader.language import Bilingual, Inert, Language, Message
from grader.model.application import Application
from grader.model.outcome import (
    Absent,
    Call,
    Case,
    Category,
    Entry,
    Happening,
    Mismatch,
    Outcome,
    Raised,
    Returned,
    SourceLine,
    Stopped,
    StopReason,
    Task,
    Trial,
    Value,
    Verdict,
    Violation,
)
from grader.model.policies import AttemptRule, Instant, LateDays, LateRule, Policies
from grader.model.report import (
    OVERRIDE,
    Adjustment,
    CaseResult,
    Cause,
    CheckResult,
    Exhibit,
    Listing,
    ManualResult,
    Note,
    ProblemResult,
    Report,
    Status,
    Withheld,
)
from grader.model.rubric import (
    Check,
    Comparison,
    Constant,
    Criterion,
    Demand,
    Draw,
    DrawLine,
    Expression,
    Items,
    Limits,
    ManualItem,
    Mistake,
    Pairs,
    Part,
    Penalty,
    Problem,
    Rubric,
    Subject,
    Template,
    TextTemplate,
    Visibility,
    checks_of,
)
from grader.model.standing import Person, Standing
from grader.model.submission import Broken, Marker, Origin, Signature, Source, Submission, Symbol
