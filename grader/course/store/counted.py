"""What each run counts for a person, and whose score counts now."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from grader.course.store import journal
from grader.course.store.encoding import Bodies, Evidence, decoded, encoded
from grader.course.store.handed_in import HandIn
from grader.course.store.kept import Kept, ReportTables
from grader.course.store.ran import ClassRun, RunTables
from grader.model import OVERRIDE, Policies, ProblemResult, Report
from grader.report.wording import is_graded


class CountedHandIn(Struct, frozen=True, kw_only=True):
    """A hand-in that counts: its submission, the convention that told of it, and who handed it in `together`."""

    submission: int
    named_by: str
    together: tuple[str, ...]


class ScoreTables(ReportTables, RunTables):
    """Questions to the scores, and new ones."""

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

    def policies_of(self, person: str, run: int | None = None) -> Policies:
        """Return the policies of the score that counts of a person, or of that which a run gave."""
        row = self.connection.execute(
            "SELECT policies FROM scores WHERE person = ? AND run = ?", (person, run or self.standing(person))
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

    def counted_hand_ins(self) -> dict[str, CountedHandIn]:
        """Return by person the hand-in that the score comes from."""
        rows = self.connection.execute(
            "SELECT n.person, a.submission, a.named_by, coalesce(json_extract(a.noted, '$.together'), '[]') "
            "FROM standings n JOIN scores s ON s.run = n.run AND s.person = n.person "
            "JOIN attempts a ON a.id = s.attempt ORDER BY n.person"
        )
        return {
            person: CountedHandIn(submission=submission, named_by=named_by, together=tuple(json.loads(together)))
            for person, submission, named_by, together in rows
        }

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

    def untimed(self, run: int | None = None) -> dict[str, bool]:
        """Return whose score, now or by a run, is of work without a time, and whether the platform says it is late."""
        rows = self.connection.execute(
            "SELECT s.person, coalesce(json_extract(a.noted, '$.late'), 0) FROM scores s "
            "JOIN attempts a ON a.id = s.attempt LEFT JOIN standings n ON n.person = s.person "
            "WHERE a.handed_in = '' AND s.run = coalesce(?, n.run) ORDER BY s.person",
            (run,),
        )
        return {person: bool(late) for person, late in rows}

    def standings(self) -> list[tuple[str, int]]:
        """Return everybody who has a score, with the run whose score counts."""
        return self.connection.execute("SELECT person, run FROM standings ORDER BY person").fetchall()

    def standing(self, person: str) -> int | None:
        """Return the run whose score of a person counts, if one does."""
        row = self.connection.execute("SELECT run FROM standings WHERE person = ?", (person,)).fetchone()
        return row[0] if row else None

    def seen(self, person: str, run: int | None = None) -> int:
        """Return the number of the last attempt that the score that counts of a person, or a run's, was chosen from."""
        row = self.connection.execute(
            "SELECT seen FROM scores WHERE person = ? AND run = ?", (person, run or self.standing(person))
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
