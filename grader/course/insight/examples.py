"""For each misconception a case to show in the next lecture: the smallest in which the wrong answer differs.

Public cases are in the store. Where they show nothing, or only in large arrays, all checks are drawn anew by the public
seed: such a case tells nothing of a hidden one. A known mistake is run in place of its students; of another cluster one
student's function is, confined as in grading.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from grader.course.copies import laid_out
from grader.course.insight.clusters import Cluster
from grader.course.insight.gathering import ClassView
from grader.course.store import Store
from grader.errors import GraderError
from grader.execution import Engine
from grader.explain import NOTHING
from grader.grading import handed_in, prepare
from grader.grading.checking import with_checkers
from grader.grading.judging import judge
from grader.grading.prepared import Plan, Prepared, narrow
from grader.grading.results import problem_result
from grader.grading.runs import run
from grader.grading.variants import as_variant, known_mistakes, mending_limits, try_all
from grader.language import Bilingual
from grader.model import Exhibit, Mistake, ProblemResult, Submission, Withheld
from grader.values import element_count

LOOKED_AT = 6
"""Results of a cluster in which an example is looked for."""
SMALL = 30
"""Elements of an input that fits a slide; for a smaller one than a larger public case the checks are drawn anew."""
MOST_RUN = 40
"""Clusters of which a student's function is run, the largest first."""


class PublicExample(Struct, frozen=True, kw_only=True, eq=False):
    """A case that tells nothing of a hidden one: of which check, all evidence, and how many elements its input has.

    It is a public check's, or `drawn` by the public seed.
    """

    check: Bilingual
    exhibit: Exhibit
    size: int
    drawn: bool

    @property
    def rank(self) -> tuple[bool, bool, int]:
        """What the best example has least of: a value is wrong, the input is small."""
        other = any(each.property for each in self.exhibit.mismatches)
        return not self.exhibit.returned, other, self.size


def kept_example(store: Store, cluster: Cluster, view: ClassView) -> PublicExample | None:
    """Return the best of the public cases that are kept, `None` where every one is right."""
    results = [
        store.result(number)
        for number in cluster.results[:LOOKED_AT]
        if any(each.public for each in view.results[number].wrong)
    ]
    return _best(results, public=True)


def _best(results: Iterable[ProblemResult[Any]], *, public: bool) -> PublicExample | None:
    """Return the best example among wrong cases; with `public`, among those of public checks."""
    found = [
        PublicExample(
            check=check.name,
            exhibit=exhibit,
            size=element_count(tuple(one for _, one in exhibit.inputs)),
            drawn=check.visibility != "public",
        )
        for result in results
        for check in result.checks
        for case in check.cases
        if case.status != "passed" and (check.visibility == "public" or not public)
        if (exhibit := _exhibit(case.exhibit)) is not None and (exhibit.mismatches or exhibit.error)
    ]
    return min(found, key=lambda each: each.rank, default=None)


def _exhibit(held: Exhibit | Withheld | None) -> Exhibit | None:
    return held.exhibit if isinstance(held, Withheld) else held


def read_again(store: Store, plan: Plan, person: str) -> Submission | None:
    """Return what counts of a person as it was handed in, `None` where it was not kept or cannot be read any more."""
    archive = store.copy_of(person)
    if archive is None:
        return None
    try:
        with laid_out(archive) as path:
            student = handed_in(plan, path, beneath=path.parent, helpers=False)
    except GraderError:
        return None
    names = {name: each.parameters for name, each in plan.signatures.items()}
    return replace(student, source=replace(student.source, parameters=names))


class PublicDraw:
    """Draws all checks by the public seed and runs on them what a cluster's students wrote."""

    def __init__(self, plan: Plan, engine: Engine, store: Store) -> None:
        rubric = replace(plan.rubric, seed=plan.rubric.public_seed)
        self._prepared: Prepared = prepare(replace(plan, rubric=rubric), engine)
        self._engine, self._store = engine, store
        self._plan, self._left = plan, MOST_RUN

    def examples(self, found: Sequence[Cluster]) -> Mapping[int, PublicExample]:
        """Return what was found by the clusters' keys; the largest clusters are looked at first."""
        with with_checkers(self._plan, self._engine):
            made = self._of_mistakes(found)
            rest = (each for each in found if each.key not in made and not each.helpers)
            for cluster in sorted(rest, key=lambda each: -each.units)[:MOST_RUN]:
                example = self._of_student(cluster)
                if example is not None:
                    made[cluster.key] = example
        return made

    def _of_mistakes(self, found: Sequence[Cluster]) -> dict[int, PublicExample]:
        known = {(each.function, each.name): each for each in known_mistakes(self._plan)}
        pairs: list[tuple[Cluster, Mistake]] = [
            (each, mistake) for each in found if (mistake := known.get((each.function, each.mistake))) is not None
        ]
        limits = self._prepared.limits
        variants = [
            replace(as_variant(mistake), limits=mending_limits(limits[mistake.function])) for _, mistake in pairs
        ]
        made = {}
        for (cluster, _), judged in zip(pairs, try_all(self._prepared, self._engine, variants), strict=True):
            signature = self._plan.signatures[cluster.function]
            example = _best([problem_result(judged, self._plan.reference, signature, NOTHING)], public=False)
            if example is not None:
                made[cluster.key] = example
        return made

    def _of_student(self, cluster: Cluster) -> PublicExample | None:
        """Run one student's function on the cases."""
        student = read_again(self._store, self._plan, cluster.people[0])
        return self._run(cluster.function, student) if student is not None else None

    def _run(self, function: str, student: Submission) -> PublicExample | None:
        part = narrow(self._prepared, [function])
        calls = [task.case.calls for task in part.tasks]
        _, got = run(self._engine, student.source, calls, part.limits, public=part.shown)
        judged = judge(part.chosen, part.tasks, got)[function]
        result = problem_result(judged, student, self._plan.signatures[function], NOTHING)
        return _best([result], public=False)
