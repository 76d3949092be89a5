"""The journal: every change of a score, in a chain of hashes, so that a change made behind its back is found.

An entry's hash is the SHA-256 of the hash before it and of the entry itself. Whoever can write the file can write the
whole chain anew, so `verify` also takes the hash that was noted elsewhere (a mail to oneself, a printed list): from the
entry that has it backwards, nothing can have changed.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from msgspec import Struct

from grader.language import Message, inert, say

BEGINNING = "0" * 64
MERGED = "merge"
"""The entry that another store's journal was taken over, up to the hash that it names."""
NONE = (None, None, None, None)
"""What stands in place of run, score, bonus and digest where a person has no score any more."""


class Event(Struct, frozen=True, kw_only=True):
    """One entry: when, what kind of change, whose score, and its details."""

    id: int
    at: str
    what: str
    person: str
    body: Mapping[str, Any]
    hash: str


def now() -> str:
    """Return this instant, as the store writes instants."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def write(connection: sqlite3.Connection, what: str, person: str, body: Mapping[str, Any]) -> None:
    """Add an entry."""
    last = connection.execute("SELECT id, hash FROM journal ORDER BY id DESC LIMIT 1").fetchone() or (0, BEGINNING)
    at, text = now(), json.dumps(body, ensure_ascii=False, sort_keys=True)
    number = last[0] + 1
    entry = (number, at, what, person, text, _hash(last[1], number, at, what, person, text))
    connection.execute("INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?)", entry)


def events(connection: sqlite3.Connection, person: str | None = None) -> Iterator[Event]:
    """Yield the entries, or those of one person, the oldest first."""
    rows = connection.execute(
        "SELECT * FROM journal WHERE ? IS NULL OR person = ? ORDER BY id", (person, person)
    )  # fmt: skip
    for number, at, what, whose, text, digest in rows:
        yield Event(id=number, at=at, what=what, person=whose, body=json.loads(text), hash=digest)


def faults(connection: sqlite3.Connection, noted: str = "") -> list[Message]:
    """Return what is wrong with the chain: an entry that was changed or is gone, scores that are not its last ones.

    So too of the journals of stores that were merged into this one. `noted` is the hash of an entry that was written
    down elsewhere.
    """
    own = _Chain(noted)
    found: list[Message] = []
    if connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
        return [say("The file of the store is damaged.")]
    if (wrong := own.broken(connection.execute("SELECT * FROM journal ORDER BY id"))) is not None:
        return [say("Entry {number} of the journal is not what was written.", number=wrong)]
    seen, heads = own.seen, set[tuple[int, str]]()
    for (shard,) in connection.execute("SELECT shard FROM origins ORDER BY shard").fetchall():
        origin = _Chain(noted, own.merged.get(shard, set()))
        rows = connection.execute(
            "SELECT id, at, what, person, body, hash FROM origin_journal WHERE shard = ? ORDER BY id", (shard,)
        )
        if (wrong := origin.broken(rows)) is not None:
            found.append(say("Entry {number} of the journal of part {part} is not what was written.", number=wrong,
                             part=shard))  # fmt: skip
        seen = seen or origin.seen
        heads |= {(shard, each) for each in origin.met}
        if origin.last not in own.merged.get(shard, ()):
            found.append(say("The journal of part {part} has entries that were not merged.", part=shard))
    gone = {(shard, each) for shard, all_heads in own.merged.items() for each in all_heads - {BEGINNING}} - heads
    found += [say("The journal of part {part} is not the one that was merged.", part=part)
              for part in sorted({shard for shard, _ in gone})]  # fmt: skip
    if not seen and not found:
        found.append(say("No entry of the journal has the hash that was noted: it was written anew."))
    return found or [*_other_scores(connection, own.scores), *_other_decisions(connection)]


class _Chain:
    """What is met while a chain is walked: its last hash, each person's last score, and what was merged.

    `seen` says whether the `noted` hash was met, `met` which of those that are looked `wanted` were.
    """

    def __init__(self, noted: str, wanted: Collection[str] = ()) -> None:
        self.last, self.seen = BEGINNING, not noted
        self.scores: dict[str, tuple[object, ...]] = {}
        self.merged: dict[int, set[str]] = {}
        self.met: set[str] = set()
        self._noted, self._wanted = noted, wanted

    def broken(self, rows: Iterable[tuple[Any, ...]]) -> int | None:
        """Walk the chain; return the number of the first entry that is not what was written."""
        for number, row in enumerate(rows, 1):
            if row[0] != number or row[5] != _hash(self.last, *row[:5]):
                return int(row[0])
            self.last = row[5]
            self.seen = self.seen or self.last == self._noted
            if self.last in self._wanted:
                self.met.add(self.last)
            if row[2] == "score":
                body = json.loads(row[4])
                self.scores[row[3]] = tuple(body[name] for name in ("run", "score", "bonus", "digest"))
            elif row[2] == MERGED:
                body = json.loads(row[4])
                self.merged.setdefault(body["shard"], set()).add(body["head"])
        return None


def _other_scores(connection: sqlite3.Connection, last: Mapping[str, tuple[object, ...]]) -> Iterator[Message]:
    """Yield whose score is not the last one in the journal."""
    rows = connection.execute(
        "SELECT person, run, score, bonus, body, results FROM standings JOIN scores USING (run, person)"
    )
    there = {
        person: (run, score, bonus, score_digest(body, results)) for person, run, score, bonus, body, results in rows
    }
    for person in sorted(last.keys() | there.keys()):
        if last.get(person, NONE) != there.get(person, NONE):
            yield say("The score of {person} is not the one in the journal.", person=inert(person, 80))


def score_digest(body: bytes, results: str) -> str:
    """Return the digest of what a score was made of: the report's frame, and which results it has."""
    return sha256(body + b"\n" + results.encode()).hexdigest()


def _other_decisions(connection: sqlite3.Connection) -> Iterator[Message]:
    """Yield which decision is not what the journal says of it; those of merged parts have their own journals."""
    names = ("kind", "person", "item", "points", "until", "why", "who")
    rows = {row[0]: row[1:] for row in connection.execute(f"SELECT id, {', '.join(names)} FROM adjustments")}
    for event in events(connection):
        number = event.body.get("decision")
        if event.what == event.body.get("kind") and tuple(event.body.get(name) for name in names) != rows.get(number):
            yield say("Decision {number} is not the one in the journal.", number=str(number))


def head(connection: sqlite3.Connection) -> str:
    """Return the hash of the last entry."""
    row = connection.execute("SELECT hash FROM journal ORDER BY id DESC LIMIT 1").fetchone()
    return str(row[0]) if row else BEGINNING


def _hash(before: str, *entry: Any) -> str:
    return sha256(json.dumps([before, *entry], ensure_ascii=False).encode("utf-8", "surrogatepass")).hexdigest()
