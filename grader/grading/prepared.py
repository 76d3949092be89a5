"""What grading starts from: a plan that was read, and one that is prepared. Few imports, for it is needed at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from msgspec import Struct
from msgspec.structs import replace

from grader.errors import UsageError
from grader.grading.data_files import digest
from grader.grading.expected import Expected, select
from grader.language import say
from grader.model import Check, Limits, Problem, Rubric, Signature, Submission, Task, checks_of
from grader.model.outcome import Seal


class Plan(Struct, frozen=True, kw_only=True, eq=False):
    """A rubric and its reference, read and found without fault; nothing has been run yet.

    In a student kit `expected` replaces the reference, which is then an empty source. `files` are the course's data
    files; the reference has them. `replay` stands for the student's variant whose seed the rubric has, if it has one.
    """

    rubric: Rubric
    reference: Submission
    signatures: Mapping[str, Signature]
    expected: Expected | None = None
    files: Mapping[str, bytes] = {}
    replay: str = ""

    @property
    def digest(self) -> str:
        """The SHA-256 of the rubric and its reference; of a student kit's rubric alone, which holds no secret.

        With a digest of the rubric alone, somebody who knows all of it but the seed could try seeds.
        """
        if self.expected is not None:
            return self.rubric.digest
        from hashlib import sha256

        whole = f"{self.rubric.digest}\n{self.reference.source.digest}" + "\n" * bool(self.files) + digest(self.files)
        return sha256(whole.encode()).hexdigest()


def varied(plan: Plan, variant: str) -> Plan:
    """Return the plan with seeds that follow from its own and the `variant`; the plan itself for "".

    The same variant draws the same cases on every machine; examples with a `legacy_seed` stay what they are. Public
    cases follow from the public seed, so they tell nothing of the rubric's seed. Raises UsageError for a student kit,
    whose cases are fixed.
    """
    if not variant:
        return plan
    if plan.expected is not None:
        raise UsageError(say("A student kit has fixed cases, so it has no variants."))
    from grader.cases.randomness import digest

    seed, shown = (digest(each, "variant", variant) >> 65 for each in (plan.rubric.seed, plan.rubric.public_seed))
    return replace(plan, rubric=replace(plan.rubric, seed=seed, public_seed=shown))


class Prepared(Struct, frozen=True, kw_only=True, eq=False):
    """A rubric ready to grade with, the same for a whole class.

    `chosen` are the problems to grade: all, or those asked for. `tasks` are their cases with what is wanted, the public
    ones first. Those that are `timed` are not run with the others. `seals` are a student kit's and name tasks by their
    places. `generators` is the digest of the author's `generators` file as it was read.
    """

    plan: Plan
    chosen: tuple[Problem, ...]
    tasks: tuple[Task, ...]
    limits: Mapping[str, Limits]
    seals: tuple[Seal, ...] = ()
    timed: tuple[Task, ...] = ()
    generators: str = ""

    @property
    def checks(self) -> dict[tuple[str, str], Check]:
        """The checks of the problems to grade, by function and key."""
        return checks_of(self.chosen)

    @property
    def shown(self) -> frozenset[int]:
        """The places of the tasks whose outcome a student sees."""
        checks = self.checks
        return frozenset(place for place, task in enumerate(self.tasks) if checks[task.key].visibility == "public")


def narrow(prepared: Prepared, names: Collection[str]) -> Prepared:
    """Return the part of the preparation that is of the functions `names`."""
    tasks, seals = select(prepared.tasks, prepared.seals, lambda task: task.case.function in names)
    return replace(
        prepared,
        chosen=tuple(problem for problem in prepared.plan.rubric.problems if problem.function in names),
        tasks=tasks,
        seals=seals,
        timed=tuple(task for task in prepared.timed if task.case.function in names),
    )


def with_dependents(prepared: Prepared, names: Collection[str]) -> set[str]:
    """Return `names` and the functions that build on one of them, at any depth."""
    found, problems = set(names), prepared.plan.rubric.problems
    while more := {each.function for each in problems if found & set(each.needs or ())} - found:
        found |= more
    return found
