"""What an audit finds: how many wrong variants a rubric notices, which ones it misses, and how much each check does."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal, TypeAlias

from msgspec import Struct

from grader.checks import named
from grader.errors import Span
from grader.language import Bilingual, Language, Message

Sort: TypeAlias = Literal["mutant", "mistake", "hollow"]
"""A slip in the reference, a known mistake of the author's list, an answer without work."""


class Change(Struct, frozen=True, kw_only=True):
    """A line of the rubric to change; `before` is "" for a new line, `after` for one to delete."""

    at: Span
    before: str
    after: str


class Suggestion(Struct, frozen=True, kw_only=True):
    """Changes to a check that were tried and notice a survivor, and the case that then shows it.

    `case` is the number of that case in the changed check, from 0; `drawn` are its numbers and texts, and the shapes
    of its arrays.
    """

    changes: tuple[Change, ...]
    case: int
    drawn: tuple[tuple[str, str], ...]


class Survivor(Struct, frozen=True, kw_only=True):
    """A wrong variant of `function` that gets full marks.

    `at` is the place of the slip in the reference (or of the mistake in its file), `before` and `after` are the lines
    there, `slip` is what differs in a word or two; `rubric_at` is the rubric's line for the function, and `mark` the
    comment that would declare the variant equivalent. Mistakes and hollow answers have no lines, no slip and no mark.
    One that is `allowed` is a habit that the rubric may allow, and does not count.
    """

    sort: Sort
    function: str
    name: str
    says: Message
    at: Span
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    slip: str = ""
    mark: str = ""
    rubric_at: Span
    suggestion: Suggestion | None = None
    allowed: bool = False


class Equivalent(Struct, frozen=True, kw_only=True):
    """A mutant that the author declared equivalent to the reference, and the reason given."""

    function: str
    slip: str
    reason: str
    at: Span


class Caught(Struct, frozen=True):
    """Of `total` wrong variants, the number that lose points (`caught`)."""

    caught: int
    total: int


class FunctionAudit(Struct, frozen=True, kw_only=True):
    """One function: what became of its mutants, its known mistakes and hollow answers.

    `stillborn` mutants raise whatever their arguments are; any check would notice them, so they do not count.
    `hollow_earns` is the largest fraction of the points that a hollow answer gets.
    """

    function: str
    at: Span
    killed: int
    survived: int
    equivalent: int
    stillborn: int
    mistakes: Caught
    hollow: Caught
    hollow_earns: Fraction


class CheckAudit(Struct, frozen=True, kw_only=True):
    """One check: how many wrong variants lose points by it (`killed`), and how many by it alone (`alone`).

    Where `alone` is 0 the check decides nothing: without it the same variants would be noticed.
    """

    function: str
    key: str
    name: Bilingual
    kind: str
    at: Span
    killed: int
    alone: int


class Audit(Struct, frozen=True, kw_only=True):
    """How strong a rubric is. `stillborn`, `equivalent`, `allowed` and hollow variants are no part of the score.

    `unfailing` says which checks nothing can fail, and why.
    """

    title: Bilingual
    language: Language
    functions: tuple[FunctionAudit, ...]
    checks: tuple[CheckAudit, ...]
    survivors: tuple[Survivor, ...]
    equivalents: tuple[Equivalent, ...]
    unfailing: tuple[Message, ...] = ()

    @property
    def killed(self) -> int:
        """How many mutants lose points."""
        return sum(each.killed for each in self.functions)

    @property
    def survived(self) -> int:
        """How many mutants get full marks and are not marked as equivalent."""
        return sum(each.survived for each in self.functions)

    @property
    def score(self) -> Fraction:
        """The fraction of the mutants that lose points, stillborn and equivalent ones aside; 1 where there are none."""
        tried = self.killed + self.survived
        return Fraction(self.killed, tried) if tried else Fraction(1)

    @property
    def idle(self) -> tuple[CheckAudit, ...]:
        """The checks that decide nothing, without those of kinds that a slip need not break."""
        return tuple(check for check in self.checks if not check.alone and named(check.kind).decisive)

    def holds(self, least: Fraction) -> bool:
        """Return whether the score is at least `least`, and every known mistake and hollow answer loses points.

        A check that nothing can fail is never enough.
        """
        return not self.unfailing and self.score >= least and all(each.sort == "mutant" for each in self.survivors)
