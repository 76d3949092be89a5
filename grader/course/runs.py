"""Runs over a class: what is handed in is taken into the store, graded, and counted; a run can be compared and undone.

A run of kind "grade" grades what is new, and only people who handed in something new get another score. A rubric that
was mended, or a newer grader, changes nobody's score until a run of kind "regrade" is applied. A "decision" is a run
that a person's mark or override made.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from grader.course.grading import Graded, Job, Piece
from grader.course.sameness import Sameness, own_digest
from grader.course.scores import as_mapping, score_of
from grader.course.store import Attempt, Kept, Run, Store
from grader.errors import UsageError
from grader.grading.prepared import Plan
from grader.language import inert, listed, say
from grader.model import Person, Standing
from grader.reading.nodes import Log, did_you_mean

Crew = Callable[[Iterable[Job]], Iterator[Graded]]
"""Grades jobs; yields each report as it comes, in any order."""
Seen = Callable[[Graded, int, int], None]
"""Is told of each report that came, with how many are done and how many there are."""


class Course:
    """A class and the rubric it is graded by. `key` stands for all that a report follows from beside the submission."""

    def __init__(self, store: Store, plan: Plan, sameness: Sameness, tier: str) -> None:
        self.store, self.plan, self.tier = store, plan, tier
        self.key, self._authored = sameness.whole, sameness.authored

    def grade(self, crew: Crew, seen: Seen) -> Run | None:
        """Grade every attempt that has no report yet, and count it; return `None` if there was nothing to do.

        A run that was stopped goes on. What crew and `seen` raise ends the run; what came until then is kept.
        """
        counted = self._counted()
        new = [each for each in self.store.attempts() if self._latest(each.submission, counted) is None]
        if not new and self._with_attempts() <= self._standing_people():
            return None
        run = self._begin("grade")
        self._graded(run, [each.submission for each in new], crew, seen)
        with self.store.change():
            people = self.store.people()
            stale = {each.person for each in new} | (self._with_attempts() - self._standing_people())
            self._score(run, [person for name, person in people.items() if name in stale], stand={"why": "handed in"})
            self.store.end_run(run, "done", {**self._facts(), "attempts": len(new)})
        return self.store.run(run)

    def regrade(self, crew: Crew, seen: Seen) -> Run:
        """Grade everything by the rubric as it is now; nobody's score changes until the run is applied."""
        run = self._begin("regrade")
        missing = [
            each.submission
            for each in self.store.attempts()
            if (kept := self.store.kept(each.submission, self.key)) is None or not kept.graded
        ]
        self._graded(run, missing, crew, seen)
        with self.store.change():
            self._score(run, self.store.people().values(), stand=None, key_only=True)
            self.store.end_run(run, "proposed", self._facts())
        return self.store.run(run)

    def apply(self, run: int, people: Collection[str], why: Mapping[str, Any]) -> None:
        """Let what a proposed run gives these people count."""
        with self.store.change():
            for person in sorted(people):
                self.store.stand(person, run, why)
            self.store.end_run(run, "applied")

    def decide(self, decisions: Sequence[Mapping[str, Any]]) -> Run:
        """Write down decisions, and count the people anew whom they are about."""
        with self.store.change():
            run = self._begin_in("decision")
            for each in decisions:
                self.store.decide(each)
            about = {str(each["person"]) for each in decisions}
            self.recount(run, about, {"why": ", ".join(sorted({str(each["kind"]) for each in decisions}))})
        return self.store.run(run)

    def recount(self, run: int, about: Collection[str], why: Mapping[str, Any]) -> None:
        """Count these people anew, of reports that are kept, in a change that was begun."""
        people = self.store.people()
        self._score(run, [people[name] for name in sorted(about)], stand=why)
        self.store.end_run(run, "done", self._facts())

    def _begin(self, kind: str) -> int:
        with self.store.change():
            return self._begin_in(kind)

    def _begin_in(self, kind: str) -> int:
        return self.store.begin_run(kind, self.plan.digest, own_digest(), self.tier)

    def _facts(self) -> dict[str, Any]:
        """Return what tells later why this run's scores differ from another's."""
        return {"key": self.key, "authored": self._authored}

    def _graded(self, run: int, submissions: Iterable[int], crew: Crew, seen: Seen) -> None:
        """Have submissions graded, each once, and keep every report as it comes."""
        distinct = list(dict.fromkeys(submissions))
        for done, graded in enumerate(crew(self._jobs(distinct)), 1):
            with self.store.change():
                keep(self.store, run, self.key, graded)
            seen(graded, done, len(distinct))

    def _jobs(self, submissions: Iterable[int]) -> Iterator[Job]:
        """Yield the jobs; the copies are read one by one, so memory stays flat."""
        places = {each.submission: each for each in self.store.attempts()}
        for number in submissions:
            archive = self.store.archive(number)
            attempt = places[number]
            yield Job(
                submission=number,
                archive=archive,
                path="" if archive is not None else attempt.path,
                beneath="" if archive is not None else str(attempt.noted.get("beneath", "")),
                fault=attempt.noted.get("fault", ""),
            )

    def _counted(self) -> set[int]:
        return {run.id for run in self.store.runs() if run.state in ("done", "applied", "running")}

    def _latest(self, submission: int, counted: Collection[int]) -> Kept | None:
        """Return the report of a submission that counts: by the rubric as it is, or by the one that counted last."""
        now = self.store.kept(submission, self.key)
        if now is not None and now.graded and now.run in counted:
            return now
        rows = [each for each in self.store.reports_of(submission) if each.run in counted and each.graded]
        return rows[-1] if rows else None

    def _with_attempts(self) -> set[str]:
        return {row[0] for row in self.store.connection.execute("SELECT DISTINCT person FROM attempts")}

    def _standing_people(self) -> set[str]:
        return {row[0] for row in self.store.connection.execute("SELECT person FROM standings")}

    def _score(
        self, run: int, people: Iterable[Person], *, stand: Mapping[str, Any] | None, key_only: bool = False
    ) -> None:
        """Count people, in a change that was begun; with `stand` the score counts, and the journal says why."""
        decisions, counted = as_mapping(self.store.decisions()), self._counted()
        attempts = _by_person(self.store.attempts())
        for person in people:
            pairs = []
            for each in attempts.get(person.id, ()):
                kept = (
                    self.store.kept(each.submission, self.key) if key_only else self._latest(each.submission, counted)
                )
                kept = kept or (self.store.kept(each.submission, self.key))
                if kept is not None:
                    pairs.append((each, kept))
            score = score_of(self.store, person, pairs, decisions.get(person.id, ()))
            if score is None:
                continue
            self.store.put_score(run, person.id, score.attempt.id, score.kept.id, score.report)
            if stand is not None:
                self.store.stand(person.id, run, stand)


def keep(store: Store, run: int, key: str, graded: Graded) -> None:
    """Keep a report that came, in a change that was begun."""
    store.keep_bodies(graded.bodies)
    numbers = [_number(store, piece) for piece in graded.pieces]
    if graded.loading is not None:
        _number(store, graded.loading)
    store.keep_report(graded.submission, run, key, graded.frame, numbers, graded=graded.graded)


def _number(store: Store, piece: Piece) -> int:
    return piece.number or store.keep_result(piece.key, piece.layout, piece.record)


def _by_person(attempts: Iterable[Attempt]) -> dict[str, list[Attempt]]:
    found: dict[str, list[Attempt]] = {}
    for each in attempts:
        found.setdefault(each.person, []).append(each)
    return found


def undo(store: Store, number: int) -> list[str]:
    """Take a run back: whoever's score it set has the one before again. Return these people.

    Raises UsageError where a later run built on it, or where it set nobody's score.
    """
    run = store.run(number)
    about: dict[str, int | None] = {}
    rows = store.connection.execute("SELECT person, body FROM journal WHERE what = 'score' ORDER BY id")
    for person, text in rows:
        body = json.loads(text)
        if body["run"] == number:
            about[person] = body["before"]
    later = sorted({standing for person in about if (standing := store.standing(person)) not in (number, None)})
    if run.state == "undone" or not about:
        raise UsageError(say("Run {number} set nobody's score, so there is nothing to undo.", number=number))
    if later:
        raise UsageError(
            say("Scores were changed after run {number}, by: {runs}.", number=number,
                runs=listed([f"{each}" for each in later])),
            say("Undo the later runs first: grade class undo {run}", run=later[-1]),
        )  # fmt: skip
    with store.change():
        for person, before in about.items():
            store.stand(person, before, {"why": "undo", "undone": number})
        store.end_run(number, "undone")
    return sorted(about)


class Summary(Struct, frozen=True, kw_only=True):
    """How many people there are, how many have a score, and whose is missing.

    `absent` handed in nothing; what `refused` handed in cannot be graded; at `failed` the grader itself failed.
    """

    people: int
    graded: int
    absent: tuple[str, ...]
    refused: tuple[str, ...]
    failed: tuple[str, ...]


def summary(store: Store) -> Summary:
    """Return how far the class is graded."""
    absent, refused, failed, graded, people = [], [], [], 0, 0
    for one in standings(store):
        people += 1
        states = {problem.status for problem in one.report.problems} if one.report is not None else set()
        if one.report is None:
            absent.append(one.person.id)
        elif "not_graded" in states:
            failed.append(one.person.id)
        elif states == {"ungradable"}:
            refused.append(one.person.id)
        else:
            graded += 1
    return Summary(people=people, graded=graded, absent=tuple(absent), refused=tuple(refused), failed=tuple(failed))


def standing_of(store: Store, name: str, run: int | None = None) -> Standing:
    """Return how one person stands. Raises UsageError where nobody is called so."""
    person = store.people().get(name)
    if person is None:
        raise UsageError(
            say("Nobody here is called {person}.", person=inert(name, 80)),
            did_you_mean(Log("", "").nearest(name, store.people())),
        )
    return _standing(store, person, list(store.attempts(name)), run)


def standings(store: Store, run: int | None = None) -> Iterator[Standing]:
    """Yield how everybody stands, in the order of the ids: now, or by one run. Memory does not grow with the class."""
    attempts = _by_person(store.attempts())
    for person in store.people().values():
        yield _standing(store, person, attempts.get(person.id, []), run)


def _standing(store: Store, person: Person, attempts: Sequence[Attempt], run: int | None) -> Standing:
    at = run if run is not None else store.standing(person.id)
    found = store.score(at, person.id) if at is not None else None
    if found is None:
        return Standing(person=person, attempts=len(attempts))
    number, report = found
    place = next((place for place, each in enumerate(attempts, 1) if each.id == number), 0)
    attempt = attempts[place - 1] if place else None
    return Standing(
        person=person,
        report=report,
        submission=attempt.path if attempt else "",
        handed_in=attempt.handed_in if attempt else None,
        attempt=place,
        attempts=len(attempts),
    )
