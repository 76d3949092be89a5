"""The store of a class: one SQLite file with all that was handed in, graded, decided and changed.

It is written as results come, in transactions of one submission each (WAL, sqlite.org/wal.html), so that Ctrl-C and
`kill -9` lose nothing that was finished. One process writes; others may read at the same time.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, tzinfo
from fractions import Fraction
from functools import lru_cache, partial
from hashlib import sha256
from pathlib import Path, PurePath
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from grader.course.store import journal
from grader.course.store.encoding import Bodies, Evidence, Unreadable, decoded, encoded, outlined
from grader.course.store.schema import MIGRATIONS
from grader.errors import EngineError, UsageError
from grader.language import inert, say
from grader.model import OVERRIDE, Person, Policies, ProblemResult, Report
from grader.report.wording import is_graded

LEAN = 512
"""Results without evidence that are at hand: of students whose functions are alike, each is read once."""
BUSY = 30.0
"""Seconds that a writer waits for another one."""


class HandIn(Struct, frozen=True, kw_only=True):
    """One hand-in of a person: what it was, when it came, and where it lay. `noted` is what the platform says of it."""

    id: int
    person: str
    submission: int
    digest: str
    handed_in: datetime | None
    path: str
    noted: Mapping[str, Any] = {}

    @property
    def place(self) -> str:
        """Where it lay in the folder that was named: nothing of the instructor's machine."""
        path, folder = PurePath(self.path), PurePath(self.noted.get("beneath", ""))
        return str(path.relative_to(folder)) if path.is_relative_to(folder) and path != folder else path.name


class ClassRun(Struct, frozen=True, kw_only=True):
    """One run: `kind` is "grade" or "regrade"; `state` is "running", "done", "proposed", "applied" or "undone".

    `rubric` is the digest of the rubric with its reference, `grader` that of this package.
    """

    id: int
    kind: str
    began: str
    ended: str | None
    state: str
    rubric: str
    grader: str
    tier: str
    detail: Mapping[str, Any]


class Kept(Struct, frozen=True, kw_only=True):
    """A report as it is kept: without policies and marks by hand. `graded`: no fault of ours is in it.

    In the column `key` the `variant`, whose hidden cases it was graded with, follows the key after a space.
    """

    id: int
    submission: int
    run: int
    key: str
    graded: bool
    results: tuple[int, ...]
    variant: str = ""


class Decision(Struct, frozen=True, kw_only=True):
    """What a person decided about another's score: `kind` is "mark", "override", "extension", "leave", "note"."""

    id: int
    kind: str
    person: str
    item: str
    points: Fraction | None
    until: str
    why: str
    who: str
    made: str


class Store:
    """An open store; `with` closes it. Raises UsageError for a file that is no store, or a later version's."""

    def __init__(self, path: Path, *, fresh: bool = False) -> None:
        if not fresh and not path.exists():
            raise UsageError(
                say("There is no class at {path} yet.", path=inert(str(path), 1000)),
                say("Grade one first: grade class SUBMISSIONS…"),
            )
        self.path = path
        self._lean = lru_cache(LEAN)(partial(self._result, evidence="none"))
        try:
            self.connection = _opened(path)
            _migrate(self.connection, path)
        except sqlite3.DatabaseError as error:
            raise UsageError(
                say("{path} cannot be read as the store of a class: {why}",
                    path=inert(str(path), 1000), why=inert(str(error), 200)),
                say("Name another file: --store FILE"),
            ) from error  # fmt: skip

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    @contextmanager
    def change(self) -> Iterator[sqlite3.Connection]:
        """Make what is done in the block one change: all of it is written, or nothing."""
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield self.connection
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")

    def fact(self, name: str, made: Callable[[], str]) -> str:
        """Return what is known by `name`; where nothing is, it is `made`, and kept."""
        self.connection.execute("INSERT INTO facts VALUES (?, ?) ON CONFLICT DO NOTHING", (name, made()))
        return str(self.connection.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()[0])

    def facts(self, beginning: str) -> dict[str, str]:
        """Return what is known by names that begin so."""
        rows = self.connection.execute("SELECT name, value FROM facts WHERE substr(name, 1, ?) = ?",
                                       (len(beginning), beginning))  # fmt: skip
        return dict(rows.fetchall())

    def people(self) -> dict[str, Person]:
        """Return everybody of the course by id, in the order of the ids."""
        rows = self.connection.execute("SELECT id, name, email, section, team, ids FROM people ORDER BY id")
        return {
            row[0]: Person(id=row[0], name=inert(row[1], 200), email=row[2], section=row[3], group=row[4],
                           ids=json.loads(row[5]))
            for row in rows
        }  # fmt: skip

    def left(self) -> dict[str, Decision]:
        """Return who left the course, with the decision that says so."""
        return {each.person: each for each in self.decisions() if each.kind == "leave"}

    def members(self) -> dict[str, Person]:
        """Return everybody who did not leave the course, by id, in the order of the ids."""
        left = self.left()
        return {name: person for name, person in self.people().items() if name not in left}

    def add_people(self, people: Iterable[Person]) -> None:
        """Add people, or what is newly known of them; what is not said any more stays."""
        said = "name = coalesce(nullif(excluded.name, ''), name), email = coalesce(nullif(excluded.email, ''), email), "
        said += "section = coalesce(nullif(excluded.section, ''), section), "
        said += "team = coalesce(nullif(excluded.team, ''), team), ids = json_patch(ids, excluded.ids)"
        rows = [
            (each.id, each.name, each.email, each.section, each.group, json.dumps(dict(each.ids))) for each in people
        ]
        self.connection.executemany(
            f"INSERT INTO people VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET {said}", rows
        )

    def add_attempt(self, attempt: Mapping[str, Any], body: bytes | None, *, known: bool) -> int:
        """Add what a person handed in, or what is new of one that is `known`; return the id of the submission."""
        run = self.connection.execute
        run("INSERT INTO submissions (digest, body) VALUES (?, ?) ON CONFLICT DO NOTHING", (attempt["digest"], body))
        number = int(run("SELECT id FROM submissions WHERE digest = ?", (attempt["digest"],)).fetchone()[0])
        row = (attempt["path"], attempt["named_by"], json.dumps(attempt["noted"]))
        of = (attempt["person"], number, attempt["handed_in"])
        if known:
            run("UPDATE attempts SET path = ?, named_by = ?, noted = ? WHERE id = (SELECT max(id) FROM attempts "
                "WHERE person = ? AND submission = ? AND handed_in = ?)", (*row, *of))  # fmt: skip
        else:
            run("INSERT INTO attempts (path, named_by, noted, person, submission, handed_in) "
                "VALUES (?, ?, ?, ?, ?, ?)", (*row, *of))  # fmt: skip
        return number

    def has_attempt(self, person: str, digest: str, handed_in: str, path: str) -> bool:
        """Return whether this hand-in of a person is known.

        Where nobody says when it came, what lay at the same place last is compared, also with what the time was known
        of: who goes back to an earlier version has handed in anew.
        """
        rows = self.connection.execute(
            "SELECT digest, path FROM attempts a JOIN submissions s ON s.id = submission "
            "WHERE person = ? AND (handed_in = ? OR ? = '') ORDER BY a.id", (person, handed_in, handed_in)
        ).fetchall()  # fmt: skip
        here = [known for known, place in rows if place == path and not handed_in]
        return here[-1] == digest if here else any(known == digest for known, _ in rows)

    def mean_times(self, zone: tzinfo) -> None:
        """Take every time that was written without a zone to be meant in this one."""
        rows = self.connection.execute(
            "SELECT id, json_extract(noted, '$.clock'), handed_in FROM attempts "
            "WHERE json_extract(noted, '$.clock') IS NOT NULL"
        ).fetchall()  # fmt: skip
        told = [(number, datetime.fromisoformat(clock).replace(tzinfo=zone), was) for number, clock, was in rows]
        meant = [(at.astimezone(UTC).isoformat(), number, was) for number, at, was in told]
        with self.change():
            self.connection.executemany(
                "UPDATE attempts SET handed_in = ? WHERE id = ?",
                [(at, number) for at, number, was in meant if at != was],
            )

    def attempts(self, person: str | None = None) -> Iterator[HandIn]:
        """Yield the attempts, of everybody or of one person, in the order of time; those without a time come first.

        One whose time was told later is one attempt, with that time; so is one of which a table now says an earlier
        time than it did. (A later time may be the same work handed in once more.)
        """
        whose, of = ("person = ? AND ", (person,)) if person is not None else ("", ())
        rows = self.connection.execute(
            "SELECT a.id, person, submission, digest, handed_in, path, noted FROM attempts a JOIN submissions s "
            f"ON s.id = submission WHERE {whose}NOT EXISTS (SELECT 1 FROM attempts b INDEXED BY attempts_by "
            "WHERE b.person = a.person AND b.handed_in != '' AND b.submission = a.submission AND b.path = a.path "
            "AND b.id > a.id AND (a.handed_in = '' OR (b.handed_in < a.handed_in AND json_extract(a.noted, "
            "'$.by_table') AND json_extract(b.noted, '$.by_table')))) ORDER BY person, handed_in, a.id",
            of,
        )  # fmt: skip
        for number, own, submission, digest, when, path, noted in rows:
            yield HandIn(
                id=number, person=own, submission=submission, digest=digest, path=path, noted=json.loads(noted),
                handed_in=datetime.fromisoformat(when) if when else None,
            )  # fmt: skip

    def people_with_attempts(self) -> set[str]:
        """Return the ids of those who handed in anything."""
        return {row[0] for row in self.connection.execute("SELECT DISTINCT person FROM attempts")}

    def handed_in(self, submission: int) -> tuple[bytes | None, str, str, dict[str, Any]]:
        """Return the archive of what was handed in (`None`: not kept), its digest, where it lay, what is noted."""
        row = self.connection.execute(
            "SELECT body, digest, path, noted FROM submissions s JOIN attempts a ON a.submission = s.id "
            "WHERE s.id = ? ORDER BY a.id DESC LIMIT 1",
            (submission,),
        ).fetchone()
        return row[0], row[1], row[2], json.loads(row[3])

    def begin_run(self, kind: str, rubric: str, grader: str, tier: str, detail: Mapping[str, Any]) -> int:
        """Note that a run begins; return its number. `detail` is what is to be told of it later."""
        run = self.connection.execute(
            "INSERT INTO runs (kind, began, state, rubric, grader, tier, detail) VALUES (?, ?, 'running', ?, ?, ?, ?)",
            (kind, journal.now(), rubric, grader, tier, json.dumps(detail)),
        )
        return int(run.lastrowid or 0)

    def end_run(self, run: int, state: str) -> None:
        """Note how a run ended."""
        self.connection.execute(
            "UPDATE runs SET state = ?, ended = coalesce(ended, ?) WHERE id = ?", (state, journal.now(), run)
        )

    def note_counted(self, run: int) -> None:
        """Note in a run up to which entry of the journal it knows of what was decided."""
        self.connection.execute(
            "UPDATE runs SET detail = json_set(detail, '$.counted', (SELECT coalesce(max(id), 0) FROM journal)) "
            "WHERE id = ?", (run,)
        )  # fmt: skip

    def changed_since_counted(self, run: int) -> list[str]:
        """Return of whom the journal has entries that a counted run does not know of."""
        rows = self.connection.execute(
            "SELECT DISTINCT person FROM journal WHERE person != '' AND what != 'note' AND id > "
            "(SELECT coalesce(json_extract(detail, '$.counted'), 0) FROM runs WHERE id = ?) ORDER BY person", (run,)
        )  # fmt: skip
        return [row[0] for row in rows]

    def runs(self) -> list[ClassRun]:
        """Return the runs, the oldest first."""
        rows = self.connection.execute(
            "SELECT id, kind, began, ended, state, rubric, grader, tier, detail FROM runs ORDER BY id"
        )
        return [
            ClassRun(**dict(zip(ClassRun.__struct_fields__, [*row[:-1], json.loads(row[-1])], strict=True)))
            for row in rows
        ]

    def run(self, number: int) -> ClassRun:
        """Return a run. Raises UsageError if there is none of this number."""
        found = next((run for run in self.runs() if run.id == number), None)
        if found is None:
            raise UsageError(
                say("There is no run {number}.", number=number), say("See which there are: grade class show")
            )
        return found

    def kept(self, submission: int, key: str, variant: str = "") -> Kept | None:
        """Return what is kept of a submission that was graded with all that `key` stands for, and with a variant."""
        own = (each for each in self.reports_of(submission) if (each.key, each.variant) == (key, variant))
        return next(own, None)

    def reports_of(self, submission: int) -> list[Kept]:
        """Return all that is kept of a submission, the oldest run's first."""
        rows = self.connection.execute(
            "SELECT id, submission, run, key, graded, results FROM reports WHERE submission = ? ORDER BY run, id",
            (submission,),
        ).fetchall()
        return [_kept(*row) for row in rows]

    def keep_result(self, key: str, layout: str, record: bytes) -> int:
        """Keep one function's result, unless it is kept already; return its number."""
        run = self.connection.execute
        run("INSERT INTO results (key, layout, body) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", (key, layout, record))
        return int(run("SELECT id FROM results WHERE key = ? AND layout = ?", (key, layout)).fetchone()[0])

    def keep_bodies(self, bodies: Bodies) -> None:
        """Keep values by their digests."""
        self.connection.executemany("INSERT INTO bodies VALUES (?, ?) ON CONFLICT DO NOTHING", bodies.items())

    def keep_report(
        self, of: tuple[int, str], run: int, key: str, frame: bytes, results: Sequence[int], *, graded: bool
    ) -> int:
        """Keep a report: its `frame` without results, and the numbers of these. One that was not graded is replaced.

        It is `of` a submission and a variant.
        """
        submission, variant = of
        self.connection.execute(
            "INSERT INTO reports (submission, run, key, body, results, graded) VALUES (?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (submission, key) DO UPDATE SET run = excluded.run, body = excluded.body, "
            "results = excluded.results, graded = excluded.graded WHERE NOT reports.graded",
            (submission, run, _with_variant(key, variant), frame, json.dumps(results), graded),
        )
        found = self.kept(submission, key, variant)
        assert found is not None
        return found.id

    def doubt(self, submissions: Iterable[int], key: str) -> None:
        """Let reports of submissions by this key be replaced by what is found once more; scores stay as they are."""
        self.connection.executemany(
            "UPDATE reports SET graded = 0 WHERE submission = ? "
            "AND (key = ? OR substr(key, 1, length(?) + 1) = ? || ' ')",
            [(each, key, key, key) for each in submissions],
        )

    def results_for(self, keys: Iterable[str]) -> dict[str, list[tuple[int, str, bytes]]]:
        """Return by key what is kept of it: number, layout and record."""
        found: dict[str, list[tuple[int, str, bytes]]] = {}
        for key in keys:
            rows = self.connection.execute("SELECT id, layout, body FROM results WHERE key = ?", (key,)).fetchall()
            if rows:
                found[key] = rows
        return found

    def body(self, digest: str) -> bytes:
        """Return a value's bytes. Raises KeyError."""
        row = self.connection.execute("SELECT body FROM bodies WHERE digest = ?", (digest,)).fetchone()
        if row is None:
            raise KeyError(digest)
        return bytes(row[0])

    def report(self, number: int, *, evidence: Evidence = "all") -> Report[Any]:
        """Return a kept report, without policies and marks by hand. Raises as `whole` does."""
        row = self.connection.execute("SELECT body, results FROM reports WHERE id = ?", (number,)).fetchone()
        return self.whole(row[0], json.loads(row[1]), evidence=evidence)

    def whole(self, frame: bytes, results: Sequence[int], *, evidence: Evidence) -> Report[Any]:
        """Return the report of a frame and the numbers of its results, with the evidence that is asked for.

        With none it takes a tenth of the time. Raises EngineError where it cannot be read.
        """
        with self._readable():
            report: Report[Any] = decoded(frame, self.body)
            problems = tuple([self.result(each, evidence=evidence) for each in results])
            return replace(report, problems=problems) if results else report

    @contextmanager
    def _readable(self) -> Iterator[None]:
        """Raise EngineError where the block meets a record that cannot be read."""
        try:
            yield
        except Unreadable as error:
            raise EngineError(
                say(
                    "A report in {path} cannot be read: {why}",
                    path=inert(str(self.path), 400),
                    why=inert(str(error), 200),
                ),
                say("A later version of the grader may have written it; grade the class again."),
            ) from error

    def result(self, number: int, *, evidence: Evidence = "all") -> ProblemResult[Any]:
        """Return one function's kept result. Raises Unreadable."""
        return self._lean(number) if evidence == "none" else self._result(number, evidence=evidence)

    def _result(self, number: int, *, evidence: Evidence) -> ProblemResult[Any]:
        row = self.connection.execute("SELECT body FROM results WHERE id = ?", (number,)).fetchone()
        found: ProblemResult[Any] = decoded(row[0], self.body, evidence=evidence)
        return found

    def decide(self, decision: Mapping[str, Any], run: int | None = None) -> int:
        """Write down what a person decided, in the journal too; return its number."""
        said = {name: decision.get(name) or "" for name in ("kind", "person", "item", "until", "why", "who")}
        points = decision.get("points")
        said["points"] = str(points) if points is not None else None
        made = self.connection.execute(
            "INSERT INTO adjustments (kind, person, item, points, until, why, who, made, run) "
            "VALUES (:kind, :person, :item, :points, :until, :why, :who, :made, :run)",
            said | {"made": journal.now(), "run": run},
        )
        journal.write(self.connection, said["kind"], said["person"], said | {"decision": made.lastrowid})
        return int(made.lastrowid or 0)

    def decisions(self, person: str | None = None) -> list[Decision]:
        """Return what was decided and holds, of everybody or of one person, the oldest first."""
        rows = self.connection.execute(
            "SELECT id, kind, person, item, points, until, why, who, made FROM adjustments "
            "WHERE withdrawn IS NULL AND (? IS NULL OR person = ?) ORDER BY id", (person, person)
        )  # fmt: skip
        return [
            Decision(
                **dict(
                    zip(
                        Decision.__struct_fields__,
                        [*row[:4], Fraction(row[4]) if row[4] is not None else None, *row[5:]],
                        strict=True,
                    )
                )
            )
            for row in rows
        ]

    def withdraw(self, number: int, run: int, why: str, who: str) -> str:
        """Take a decision back; it stays written down. Return whom it was about. Raises UsageError."""
        found = next((each for each in self.decisions() if each.id == number), None)
        if found is None:
            raise UsageError(
                say("There is no decision {number} that holds.", number=number),
                say("See which there are: grade class show PERSON"),
            )
        self.connection.execute("UPDATE adjustments SET withdrawn = ? WHERE id = ?", (run, number))
        entry = {"decision": number, "kind": found.kind, "item": found.item, "why": why, "who": who}
        journal.write(self.connection, "withdrawn", found.person, entry)
        return found.person

    def undecide(self, run: int) -> None:
        """Withdraw what was decided in a run, and let hold again what was withdrawn in it."""
        self.connection.execute("UPDATE adjustments SET withdrawn = NULL WHERE withdrawn = ?", (run,))
        self.connection.execute("UPDATE adjustments SET withdrawn = run WHERE run = ?", (run,))

    def put_score(
        self, run: int, person: str, of: tuple[int, int, int], report: Report[Any], policies: Policies
    ) -> None:
        """Keep what a run gives a person: a report after every adjustment.

        It is `of` an attempt and a kept report, chosen from the attempts up to the one with that number.
        """
        bodies: Bodies = {}
        frame, asked = encoded(replace(report, problems=()), bodies), encoded(policies, bodies)
        digest = sha256(asked).hexdigest()
        self.keep_bodies(bodies | {digest: asked})
        changed = [
            (each.function, each) for each in report.problems if any(a.policy == OVERRIDE for a in each.adjustments)
        ]
        results = self._with_overrides(of[1], dict(changed))
        self.connection.execute(
            "INSERT INTO scores VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                run,
                person,
                *of[:2],
                str(report.score),
                str(report.bonus),
                frame,
                digest,
                json.dumps(results),
                of[2],
                is_graded(report),
            ),
        )

    def _with_overrides(self, kept: int, changed: Mapping[str, ProblemResult[Any]]) -> list[int]:
        """Return the numbers of a report's results, in which somebody set the points of those that are `changed`."""
        row = self.connection.execute("SELECT results FROM reports WHERE id = ?", (kept,)).fetchone()
        numbers: list[int] = json.loads(row[0])
        if not changed:
            return numbers
        return [self._with_override(number, changed) for number in numbers]

    def _with_override(self, number: int, changed: Mapping[str, ProblemResult[Any]]) -> int:
        kept = self.result(number)
        if kept.function not in changed:
            return number
        now = changed[kept.function]
        result = replace(kept, score=now.score, adjustments=now.adjustments)
        bodies: Bodies = {}
        record = encoded(result, bodies)
        self.keep_bodies(bodies)
        return self.keep_result(sha256(record).hexdigest(), "", record)

    def policies_of(self, person: str) -> Policies:
        """Return the policies of the score that counts of a person."""
        row = self.connection.execute(
            "SELECT policies FROM standings JOIN scores USING (run, person) WHERE person = ?", (person,)
        ).fetchone()
        return decoded(self.body(row[0]), self.body) if row is not None else Policies()

    def key_of(self, person: str, run: int) -> str:
        """Return the key of the report that a run counted of a person."""
        row = self.connection.execute(
            "SELECT key FROM scores s JOIN reports r ON r.id = s.report WHERE s.run = ? AND person = ?", (run, person)
        ).fetchone()
        return str(row[0]).partition(" ")[0] if row is not None else ""

    def origin(self, person: str, run: int) -> ClassRun | None:
        """Return the run that graded the report which `run` counted of a person."""
        row = self.connection.execute(
            "SELECT r.run FROM scores s JOIN reports r ON r.id = s.report WHERE s.run = ? AND person = ?", (run, person)
        ).fetchone()
        return self.run(row[0]) if row is not None else None

    def failed_report(self, submission: int, of: str | None = None) -> Kept | None:
        """Return the report of a submission, `of` a variant, at which we failed, where there is no other."""
        found = [each for each in self.reports_of(submission) if of is None or each.variant in ("", of)]
        return found[-1] if found and not found[-1].graded else None

    def counted_report(self, attempt: HandIn) -> Kept | None:
        """Return the report by which an attempt counts now, if it does."""
        row = self.connection.execute(
            "SELECT report FROM standings JOIN scores USING (run, person) WHERE person = ? AND attempt = ?",
            (attempt.person, attempt.id),
        ).fetchone()
        return next((each for each in self.reports_of(attempt.submission) if row and each.id == row[0]), None)

    def uncounted(self) -> set[str]:
        """Return who handed in something since the score that counts was made, or has none by a graded report."""
        rows = self.connection.execute(
            "SELECT a.person FROM attempts a LEFT JOIN standings t ON t.person = a.person LEFT JOIN scores s "
            "ON s.run = t.run AND s.person = a.person "
            "GROUP BY a.person HAVING max(a.id) > coalesce(max(s.seen), 0) OR NOT max(s.graded)"
        )
        return {row[0] for row in rows}

    def counted_by_another(self, key: str) -> int:
        """Return how many scores that count are of reports with another key."""
        row = self.connection.execute(
            "SELECT count(*) FROM standings JOIN scores USING (run, person) JOIN reports r ON r.id = report "
            "WHERE r.key != ? AND substr(r.key, 1, length(?) + 1) != ? || ' '", (key,) * 3
        ).fetchone()  # fmt: skip
        return int(row[0])

    def is_graded(self, run: int, person: str) -> bool:
        """Return whether all of the score that a run gave a person is graded: in what is not, 0 is no points."""
        row = self.connection.execute("SELECT graded FROM scores WHERE run = ? AND person = ?", (run, person))
        return bool((row.fetchone() or (False,))[0])

    def scored(self, run: int) -> set[str]:
        """Return whom a run gave a score."""
        return {row[0] for row in self.connection.execute("SELECT person FROM scores WHERE run = ?", (run,))}

    def points(self, run: int | None, person: str) -> tuple[str, str] | None:
        """Return the required and the bonus points that a run gave a person, if any, as the journal has them."""
        execute = self.connection.execute
        row: tuple[str, str] | None = execute(
            "SELECT score, bonus FROM scores WHERE run = ? AND person = ?", (run, person)
        ).fetchone()
        return row

    def score(self, run: int, person: str, *, evidence: Evidence = "all") -> tuple[int | None, Report[Any]] | None:
        """Return the attempt and the whole report that a run gave a person, if it gave one."""
        row = self.connection.execute(
            "SELECT attempt, body, results FROM scores WHERE run = ? AND person = ?", (run, person)
        ).fetchone()  # fmt: skip
        return (row[0], self.whole(row[1], json.loads(row[2]), evidence=evidence)) if row else None

    def outline(self, run: int, person: str) -> tuple[Report[Any], tuple[int, ...]] | None:
        """Return the report that a run gave a person without its results, and their numbers. Raises EngineError."""
        row = self.connection.execute(
            "SELECT body, results FROM scores WHERE run = ? AND person = ?", (run, person)
        ).fetchone()  # fmt: skip
        return (self.whole(row[0], (), evidence="none"), tuple(json.loads(row[1]))) if row else None

    def copy_of(self, person: str) -> bytes | None:
        """Return the zip archive of what counts of a person, `None` where none was kept."""
        row = self.connection.execute(
            "SELECT b.body FROM standings n JOIN scores s ON s.run = n.run AND s.person = n.person "
            "JOIN attempts a ON a.id = s.attempt JOIN submissions b ON b.id = a.submission WHERE n.person = ?",
            (person,),
        ).fetchone()  # fmt: skip
        return row[0] if row is not None else None

    def handed_in_at(self, person: str) -> datetime | None:
        """Return when what counts of a person was handed in, `None` where nobody knows."""
        row = self.connection.execute(
            "SELECT a.handed_in FROM standings n JOIN scores s ON s.run = n.run AND s.person = n.person "
            "JOIN attempts a ON a.id = s.attempt WHERE n.person = ?",
            (person,),
        ).fetchone()  # fmt: skip
        return datetime.fromisoformat(row[0]) if row is not None and row[0] else None

    def result_outline(self, number: int) -> ProblemResult[Any]:
        """Return one function's kept result with digests in place of its large values. Raises EngineError."""
        row = self.connection.execute("SELECT body FROM results WHERE id = ?", (number,)).fetchone()
        with self._readable():
            found: ProblemResult[Any] = outlined(row[0])
        return found

    def standings(self) -> list[tuple[str, int]]:
        """Return everybody who has a score, with the run whose score counts."""
        return self.connection.execute("SELECT person, run FROM standings ORDER BY person").fetchall()

    def standing(self, person: str) -> int | None:
        """Return the run whose score of a person counts, if one does."""
        row = self.connection.execute("SELECT run FROM standings WHERE person = ?", (person,)).fetchone()
        return row[0] if row else None

    def seen(self, person: str) -> int:
        """Return the number of the last attempt that the score that counts of a person was chosen from."""
        row = self.connection.execute(
            "SELECT seen FROM standings JOIN scores USING (run, person) WHERE person = ?", (person,)
        ).fetchone()
        return int(row[0]) if row else 0

    def run_at(self, run: int, person: str) -> int | None:
        """Return the run whose score of a person counted when `run` had ended; `run` itself if it gave one."""
        row = self.connection.execute(
            "SELECT max(s.run) FROM scores s JOIN runs r ON r.id = s.run WHERE person = ? AND s.run <= ? "
            "AND (s.run = ? OR r.state IN ('done', 'applied'))", (person, run, run)
        ).fetchone()  # fmt: skip
        return row[0] if row else None

    def adopt(self, run: int, submission: int, key: str) -> None:
        """Let a report be one of `run` that an earlier run made, which was undone, only proposed, or stopped."""
        self.connection.execute(
            "UPDATE reports SET run = ? WHERE submission = ? AND (key = ? OR key LIKE ? || ' %') AND graded AND run IN "
            "(SELECT id FROM runs WHERE state IN ('undone', 'proposed') OR (state = 'running' AND kind = 'regrade'))",
            (run, submission, key, key),
        )  # fmt: skip

    def stand(self, person: str, run: int | None, why: Mapping[str, Any]) -> None:
        """Let the score that `run` gave a person count, or none; the journal says what it was and is, and why."""
        execute = self.connection.execute
        before = self.standing(person)
        row = execute("SELECT body, results FROM scores WHERE run = ? AND person = ?", (run, person)).fetchone()
        if run is None:
            execute("DELETE FROM standings WHERE person = ?", (person,))
        else:
            execute(
                "INSERT INTO standings VALUES (?, ?) ON CONFLICT (person) DO UPDATE SET run = excluded.run",
                (person, run),
            )
        score, bonus = (self.points(run, person) if row else None) or (None, None)
        digest = journal.score_digest(*row) if row else None
        entry = {"before": before, "run": run, "score": score, "bonus": bonus, "digest": digest, **why}
        journal.write(self.connection, "score", person, entry)


def _with_variant(key: str, variant: str) -> str:
    return f"{key} {variant}" if variant else key


def _kept(number: int, submission: int, run: int, key: str, graded: int, results: str) -> Kept:
    own, _, variant = key.partition(" ")
    return Kept(
        id=number, submission=submission, run=run, key=own, graded=bool(graded), results=tuple(json.loads(results)),
        variant=variant,
    )  # fmt: skip


def _opened(path: Path) -> sqlite3.Connection:
    """Return the open database, which its user alone may read: it holds hidden cases."""
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if path.parent.name == ".grade":
            with suppress(FileExistsError), (path.parent / ".gitignore").open("x", encoding="utf-8") as ignore:
                ignore.write("*\n")
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600))
    connection = sqlite3.connect(path, timeout=BUSY, isolation_level=None)
    for pragma in ("journal_mode = WAL", "foreign_keys = ON", "synchronous = NORMAL"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    version = _version(connection)
    if version > len(MIGRATIONS):
        raise UsageError(
            say("{path} was written by a later version of the grader.", path=inert(str(path), 1000)),
            say("Install that version, or name another file: --store FILE"),
        )
    while version < len(MIGRATIONS):
        try:
            connection.executescript(
                f"BEGIN IMMEDIATE; {MIGRATIONS[version]}; PRAGMA user_version = {version + 1}; COMMIT;"
            )
        except sqlite3.OperationalError:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            if _version(connection) == version:
                raise
        version = _version(connection)  # another process that opens a new store at the same time may have taken steps


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
