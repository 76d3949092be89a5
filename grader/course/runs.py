"""Runs over a class: what is handed in is taken into the store, graded, and counted; a run can be compared and undone.

A run of kind "grade" grades what is new, and only people who handed in something new get another score. A rubric that
was mended, or a newer grader, changes nobody's score until a run of kind "regrade" is applied. A "decision" is a run
that a person's mark or override made.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from grader.course.grading import GradedWork, GradingJob, ResultPiece, with_kept
from grader.course.sameness import Fingerprints, own_digest
from grader.course.scores import by_person, score_of
from grader.course.store import ClassRun, HandIn, Kept, Store, journal
from grader.errors import UsageError
from grader.grading.personal import CourseSecret, who_of, with_cases
from grader.grading.prepared import Plan
from grader.language import inert, listed, say
from grader.model import Rubric

Crew = Callable[[Iterable[GradingJob]], Iterator[GradedWork]]
"""Grades jobs; yields each report as it comes, in any order."""
Seen = Callable[[GradedWork, int, int], None]
"""Is told of each report that came, with how many are done and how many there are."""


MOST_NAMED = 20
"""People that an error names."""
SECRET = "secret "
"""Begins the names of the facts that tell a class's secrets apart; the rubric's seed follows."""


class Course:
    """A class and the rubric it is graded by. `key` stands for all that a report follows from beside the submission."""

    def __init__(
        self, store: Store, plan: Plan, sameness: Fingerprints, tier: str, secret: CourseSecret | None = None
    ) -> None:
        """Take the class; a rubric with variants needs the course's secret. Raises UsageError for another secret."""
        self.store, self.plan, self.tier = store, plan, tier
        self.key, self._authored, self._versions = sameness.whole, sameness.authored, sameness.versions
        self._secret, self._sameness = secret, sameness
        if secret is not None:
            refuse_another(store, plan.rubric, secret)

    def grade(self, crew: Crew, seen: Seen, again: Collection[str] = ()) -> ClassRun | None:
        """Grade whoever handed in something new, and count it; return `None` if there was nothing to do.

        What these people handed in is graded `again`, where another run might find something else: at a limit of time,
        say. Whoever handed in the very same is counted anew with them.

        All attempts of a person are graded by the rubric as it is now. A run that was stopped goes on, and what the
        grader itself failed at is tried again. What crew and `seen` raise ends the run; what came until then is kept.
        """
        doubted = {each.submission for person in again for each in self.store.attempts(person)}
        alike = {each.person for each in self.store.attempts() if each.submission in doubted} if doubted else set[str]()
        about = self.store.uncounted() | run_out(self.store) | alike
        if not about:
            return None
        run = self._begin("grade")
        with self.store.change():
            self.store.doubt(doubted, self.key)
        own = [each for person in sorted(about) for each in self.store.attempts(person)]
        self._graded(run, self._missing(own), crew, seen)
        with self.store.change():
            for each in own:
                self.store.adopt(run, each.submission, self.key)
            count(self.store, run, about, self.plan, key=self.key, stand={"why": "handed in"})
            self.store.end_run(run, "done")
        return self.store.run(run)

    def regrade(self, crew: Crew, seen: Seen) -> ClassRun:
        """Grade everything by the rubric as it is now; nobody's score changes until the run is applied."""
        run = self._begin("regrade")
        self._graded(run, self._missing(self.store.attempts()), crew, seen)
        with self.store.change():
            for each in self.store.attempts():
                self.store.adopt(run, each.submission, self.key)
            about = self.store.people_with_attempts()
            count(self.store, run, about, self.plan, key=self.key, stand=None)
            self.store.note_counted(run)
            self.store.end_run(run, "proposed")
        return self.store.run(run)

    def known(self, job: GradingJob) -> GradingJob:
        """Return a job with what the store holds of its functions, for who cannot read the store.

        One that was never graded holds nothing of its own, and is not read for it.
        """
        if not any(each.graded for each in self.store.reports_of(job.submission)):
            return job
        plan, sameness = self.plan, self._sameness
        if job.cases is not None:
            plan = with_cases(plan, job.cases)
            sameness = Fingerprints(plan, sameness.versions, self.tier)
        return with_kept(job, plan, sameness, self.store.results_for)

    def _missing(self, attempts: Iterable[HandIn]) -> list[tuple[int, str]]:
        """Return the submissions, each with a variant, that have no report by the rubric as it is now."""
        whose = variants_of(self.store) if self._secret is not None else (lambda _: "")
        wanted = ((each.submission, whose(each)) for each in attempts)
        kept = ((each, self.store.kept(each[0], self.key, each[1])) for each in wanted)
        return [each for each, found in kept if found is None or not found.graded]

    def by_another(self) -> int:
        """Return how many scores are by another rubric, reference or grader than those of now."""
        return self.store.counted_by_another(self.key)

    def _begin(self, kind: str) -> int:
        """Note that a run begins, and what tells later why its scores differ from another's."""
        with self.store.change():
            facts = {"key": self.key, "authored": self._authored, "versions": self._versions}
            if self._secret is not None:
                facts["secret"] = self._secret.mark(self.plan.rubric)
            return self.store.begin_run(kind, self.plan.digest, own_digest(), self.tier, facts)

    def _graded(self, run: int, submissions: Iterable[tuple[int, str]], crew: Crew, seen: Seen) -> None:
        """Have submissions graded, each once with each variant, and keep every report as it comes."""
        distinct = list(dict.fromkeys(submissions))
        for done, graded in enumerate(crew(self._jobs(distinct)), 1):
            with self.store.change():
                keep(self.store, run, self.key, graded)
            seen(graded, done, len(distinct))

    def _jobs(self, submissions: Iterable[tuple[int, str]]) -> Iterator[GradingJob]:
        """Yield the jobs; the copies are read one by one, so memory stays flat. The secret is in none of them."""
        for number, who in submissions:
            archive, digest, path, noted = self.store.handed_in(number)
            here = archive is None
            yield GradingJob(
                submission=number,
                archive=archive,
                path=path if here else "",
                beneath=noted.get("beneath", "") if here else "",
                place=digest if here else "",
                fault=noted.get("fault", ""),
                killed=noted.get("killed", ""),
                cases=self._secret.cases(self.plan, who) if self._secret is not None else None,
            )


def run_out(store: Store) -> set[str]:
    """Return whose score still has an override that has run out since it was counted."""
    began = {run.id: datetime.fromisoformat(run.began) for run in store.runs()}
    counted = {person: began[run] for person, run in store.standings()}
    now, never = datetime.now(UTC), datetime.max.replace(tzinfo=UTC)
    return {
        each.person
        for each in store.decisions()
        if each.kind == "override"
        and each.until
        and counted.get(each.person, never) < datetime.fromisoformat(each.until) <= now
    }


def counting_runs(store: Store) -> set[int]:
    """Return the runs whose reports count: not those that were only proposed, or undone."""
    return {run.id for run in store.runs() if run.state in ("done", "applied", "running") and run.kind != "regrade"} | {
        run.id for run in store.runs() if run.kind == "regrade" and run.state == "applied"
    }


def variants_of(store: Store) -> Callable[[HandIn], str]:
    """Return what tells by whose name an attempt's hidden cases are drawn: "" in a class that never had variants."""
    if not store.facts(SECRET):
        return lambda _: ""
    people = store.people()
    return lambda each: who_of(people[each.person], each.noted.get("together", ()))


def refuse_another(store: Store, rubric: Rubric, secret: CourseSecret) -> None:
    """Raise UsageError where the class was graded with another secret: nobody's hidden cases would be the same."""
    mark = secret.mark(rubric)
    if store.fact(f"{SECRET}{rubric.seed}", lambda: mark) != mark:
        raise UsageError(
            say("This class was graded with another secret, so everybody would have other hidden cases."),
            say("Take that secret. If it is lost or known to others: a new secret, and another `seed` in the rubric."),
        )


def latest(
    store: Store, submission: int, counting: Collection[int], key: str = "", of: str | None = None
) -> Kept | None:
    """Return the report of a submission that counts: by the `key`, or else by the run that counted last.

    Of a class with variants, only one that was made with the hidden cases `of` somebody, or with everybody's.
    """
    rows = [
        each
        for each in store.reports_of(submission)
        if each.graded and each.run in counting and (of is None or each.variant in ("", of))
    ]
    now = [each for each in rows if each.key == key]
    return now[0] if now else rows[-1] if rows else None


def count(
    store: Store,
    run: int,
    people: Collection[str],
    plan: Plan | None,
    *,
    key: str = "",
    stand: Mapping[str, Any] | None,
) -> None:
    """Count these people, in a change that was begun; with `stand` the score counts, and the journal says why.

    Without a `plan` its policies are those of the score that counts now.
    """
    decisions, whose = by_person(store.decisions()), variants_of(store)
    counting = counting_runs(store) | {run}
    for name, person in store.people().items():
        if name not in people:
            continue
        pairs = []
        for each in store.attempts(name):
            if plan is None and each.id > store.seen(name):
                continue  # it came since, or its run was undone: a decision does not count it
            of = whose(each)
            kept = latest(store, each.submission, counting, key, of) or store.failed_report(each.submission, of)
            kept = kept or store.counted_report(each)  # of a group that is made up otherwise now
            if kept is not None:
                pairs.append((each, kept))
        asked = plan.rubric.policies if plan is not None else store.policies_of(name)
        score = score_of(store, person, pairs, decisions.get(name, ()), asked)
        if score is not None:
            made_of = (score.attempt.id, score.kept.id, max(each.id for each, _ in pairs))
            report = score.report
            if score.kept.key == key:  # the rubric's policies may have changed since it was graded
                report = replace(report, **_rubric_of(store, name, plan, key))
            store.put_score(run, person.id, made_of, report, asked)
            if stand is not None:
                store.stand(person.id, run, stand)


def _rubric_of(store: Store, person: str, plan: Plan | None, key: str) -> dict[str, str]:
    """Return the digests of the rubric whose policies count a person: the plan's, or that of the score that counts."""
    if plan is not None:
        return {"rubric_digest": plan.digest, "rubric_file_digest": plan.rubric.digest}
    standing = store.standing(person)
    was = store.outline(standing, person) if standing and store.key_of(person, standing) == key else None
    return {"rubric_digest": was[0].rubric_digest, "rubric_file_digest": was[0].rubric_file_digest} if was else {}


def apply(store: Store, run: int, people: Collection[str]) -> None:
    """Let what a proposed run gives these people count.

    Raises UsageError where anything was decided or counted since: the run does not know of it.
    """
    with store.change():
        if since := store.changed_since_counted(run):
            shown = [inert(each, 80) for each in since[:MOST_NAMED]] + ["…"] * (len(since) > MOST_NAMED)
            raise UsageError(
                say("While run {number} was counted, something was decided or graded of: {people}. Nothing is applied.",
                    number=run, people=listed(shown)),
                say("Give the same command again: it counts that in, and what is graded is not graded again."),
            )  # fmt: skip
        for person in sorted(people):
            store.stand(person, run, {"why": "regrade"})
        store.end_run(run, "applied")


def recounted(store: Store, decisions: Sequence[Mapping[str, Any]]) -> int:
    """Write down decisions, and count the people anew whom they are about; return the number of the run."""
    with store.change():
        run = _decision(store)
        for each in decisions:
            store.decide(each, run)
        kinds = ", ".join(sorted({str(each["kind"]) for each in decisions}))
        _end_decision(store, run, {str(each["person"]) for each in decisions}, kinds)
    return run


def withdrawn(store: Store, number: int, why: str, who: str) -> int:
    """Take a decision back, and count the person anew; return the number of the run. Raises UsageError."""
    with store.change():
        run = _decision(store)
        person = store.withdraw(number, run, why, who)
        _end_decision(store, run, {person}, "withdrawn")
    return run


def _decision(store: Store) -> int:
    before = [run for run in store.runs() if run.state in ("done", "applied")]
    last = before[-1] if before else None
    rubric, tier = (last.rubric, last.tier) if last is not None else ("", "")
    return store.begin_run("decision", rubric, own_digest(), tier, {})


def _end_decision(store: Store, run: int, people: Collection[str], why: str) -> None:
    standing = {person: number for person, number in store.standings() if person in people}
    keys = {person: store.key_of(person, number) for person, number in standing.items()}
    for key in sorted({*keys.values()}):
        about = [person for person in standing if keys[person] == key]
        count(store, run, about, None, key=key, stand={"why": why})
    store.end_run(run, "done")


def keep(store: Store, run: int, key: str, graded: GradedWork) -> None:
    """Keep a report that came, in a change that was begun."""
    store.keep_bodies(graded.bodies)
    numbers = [_number(store, piece) for piece in graded.pieces]
    if graded.loading is not None:
        _number(store, graded.loading)
    store.keep_report((graded.submission, graded.variant), run, key, graded.frame, numbers, graded=graded.graded)


def _number(store: Store, piece: ResultPiece) -> int:
    return piece.number or store.keep_result(piece.key, piece.layout, piece.record)


class Undone(Struct, frozen=True, kw_only=True):
    """What undoing a run did: whose score it changed, who is back in the course, and who is left out of it again."""

    changed: tuple[str, ...]
    back: tuple[str, ...]
    left: tuple[str, ...]


def undo(store: Store, number: int) -> Undone:
    """Take a run back: whoever's score it set has the one before again, and what was decided in it is withdrawn.

    Runs after it that changed nobody's score do not stand in the way; what was decided in them is counted anew.
    Raises UsageError where a later run built on it, or where it set nobody's score.
    """
    run = store.run(number)
    about = _set_by(store, number)
    since = {person: now for person in about if (now := store.standing(person)) is not None and now > number}
    if run.state == "undone" or not (about or run.kind == "decision"):
        raise UsageError(say("Run {number} set nobody's score, so there is nothing to undo.", number=number))
    if later := [each.id for each in store.runs() if each.id > number and _builds_on(store, each, since)]:
        raise UsageError(
            say("Scores were changed after run {number}, by: {runs}.", number=number,
                runs=listed([f"{each}" for each in later])),
            say("Undo the later runs first: grade class undo {run}. A single decision is taken back by its number, "
                "which `grade class show PERSON` tells: grade class withdraw NUMBER --why …", run=later[-1]),
        )  # fmt: skip
    here, was = store.members(), {person: _points(store, store.standing(person), person) for person in about}
    with store.change():
        store.undecide(number)
        for person, before in about.items():
            if person in since or store.standing(person) == number:
                store.stand(person, before, {"why": "undo", "undone": number})
        store.end_run(number, "undone")
        if decided := {person for person in since if store.decided_since(number, person)}:
            _end_decision(store, _decision(store), decided, "undo")
    there = store.members()
    return Undone(
        changed=tuple(sorted(each for each in was if was[each] != _points(store, store.standing(each), each))),
        back=tuple(sorted(there.keys() - here.keys())),
        left=tuple(sorted(here.keys() - there.keys())),
    )


def _set_by(store: Store, number: int) -> dict[str, int | None]:
    """Return whose score a run set, each with the run whose score counted before."""
    return {
        event.person: event.body["before"]
        for event in journal.events(store.connection)
        if event.what == "score" and event.body["run"] == number and "undone" not in event.body
    }


def _builds_on(store: Store, run: ClassRun, people: Collection[str]) -> bool:
    """Return whether a run set the score of some of these people, and gave anybody another one than before."""
    about = _set_by(store, run.id) if run.state in ("done", "applied") else {}
    return not about.keys().isdisjoint(people) and any(
        _points(store, run.id, person) != _points(store, before, person) for person, before in about.items()
    )


def _points(store: Store, run: int | None, person: str) -> tuple[object, ...] | None:
    points = store.points(run, person)
    return (*points, store.is_graded(run, person)) if run is not None and points is not None else None
