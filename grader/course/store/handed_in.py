"""Who is in the course, what they handed in, and when."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, tzinfo
from pathlib import PurePath
from typing import Any

from msgspec import Struct

from grader.course.store.decided import DecisionTables
from grader.language import inert
from grader.model import Person

_RETELLS = """b.person = a.person AND b.handed_in != '' AND b.submission = a.submission AND b.path = a.path
AND b.id > a.id AND (a.handed_in = '' OR (b.handed_in < a.handed_in AND json_extract(a.noted, '$.by_table')
AND json_extract(b.noted, '$.by_table')))"""
"""Whether attempt b is attempt a, with the time that was told later."""


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


class PeopleTables(DecisionTables):
    """Questions to the people and their attempts, and new ones."""

    def people(self) -> dict[str, Person]:
        """Return everybody of the course by id, in the order of the ids."""
        rows = self.connection.execute("SELECT id, name, email, section, team, ids FROM people ORDER BY id")
        return {
            row[0]: Person(id=row[0], name=inert(row[1], 200), email=row[2], section=row[3], group=row[4],
                           ids=json.loads(row[5]))
            for row in rows
        }  # fmt: skip

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
        """Add what a person handed in, or what is new of one that is `known`; return the id of the submission.

        That it is late, as a platform said once, stays known.
        """
        run = self.connection.execute
        run("INSERT INTO submissions (digest, body) VALUES (?, ?) ON CONFLICT DO NOTHING", (attempt["digest"], body))
        number = int(run("SELECT id FROM submissions WHERE digest = ?", (attempt["digest"],)).fetchone()[0])
        row = (attempt["path"], attempt["named_by"], json.dumps(attempt["noted"]))
        of = (attempt["person"], number, attempt["handed_in"])
        if known:
            run("UPDATE attempts SET path = ?, named_by = ?, noted = json_patch(json_object('late', "
                "json_extract(noted, '$.late')), ?) WHERE id = (SELECT max(id) FROM attempts "
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
            f"WHERE {_RETELLS}) ORDER BY person, handed_in, a.id",
            of,
        )  # fmt: skip
        for number, own, submission, digest, when, path, noted in rows:
            yield HandIn(
                id=number, person=own, submission=submission, digest=digest, path=path, noted=json.loads(noted),
                handed_in=datetime.fromisoformat(when) if when else None,
            )  # fmt: skip

    def retells(self, attempt: int, other: int | None = None) -> bool:
        """Return whether the later of two attempts is the other one, with the time that was told later.

        Without the `other`: whether an attempt is any earlier one with its time.
        """
        row = self.connection.execute(
            f"SELECT 1 FROM attempts a JOIN attempts b ON {_RETELLS} WHERE b.id = ? AND (? IS NULL OR a.id = ?)",
            (max(attempt, other or 0), other, min(attempt, other or attempt)),
        ).fetchone()
        return row is not None

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
