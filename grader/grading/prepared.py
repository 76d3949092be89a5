"""What grading starts from: a plan that was read, and a plan that is prepared. Light, so that both load at once."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from grader.grading.kept import Kept
from grader.grading.known import Memory
from grader.model import Case, Limits, Outcome, Problem, Rubric, Signature, Submission


class Plan(Struct, frozen=True, kw_only=True, eq=False):
    """A rubric and its reference, read and found without fault; nothing has been run yet.

    Where the rubric names `kept` cases, these stand for the reference, which is then an empty source.
    """

    rubric: Rubric
    reference: Submission
    signatures: Mapping[str, Signature]
    kept: Kept | None = None

    @property
    def digest(self) -> str:
        """The SHA-256 of the rubric and its reference; of a student kit's rubric alone, which holds no secret.

        A digest of the rubric alone would let anybody who knows all of it but the seed try seeds.
        """
        if self.kept is not None:
            return self.rubric.digest
        from hashlib import sha256

        return sha256(f"{self.rubric.digest}\n{self.reference.source.digest}".encode()).hexdigest()


class Prepared(Struct, frozen=True, kw_only=True, eq=False):
    """A rubric ready to grade with: the drawn cases and what the reference makes of them, kept for a whole class.

    `chosen` are the problems to grade: all, or those asked for. Without a reference the cases are those `kept`. Those
    whose time is measured are `timed`: they are not run with the others. `generators` is the digest of the file of that
    name as it was read. What is learnt of known mistakes is kept in `memory`.
    """

    plan: Plan
    chosen: tuple[Problem, ...]
    cases: tuple[Case, ...]
    want: tuple[tuple[Outcome, ...], ...]
    limits: Mapping[str, Limits]
    kept: Kept | None = None
    timed: tuple[Case, ...] = ()
    generators: str = ""
    memory: Memory = field(default_factory=Memory)
