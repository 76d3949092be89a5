"""The journal: every change of a score, in a chain of hashes, so that a change made behind its back is found.

An entry's hash is the SHA-256 of the hash before it and of the entry itself. Whoever can write the file can write the
whole chain anew, so `verify` also takes the hash that was noted elsewhere (a mail to oneself, a printed list): from the
entry that has it backwards, nothing can have changed.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from msgspec import Struct

from grader.language import Message, inert, say

BEGINNING = "0" * 64
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

    `noted` is the hash of an entry that was written down elsewhere.
    """
    found: list[Message] = []
    before, seen, last = BEGINNING, not noted, dict[str, tuple[object, ...]]()
    number = 0
    for number, row in enumerate(connection.execute("SELECT * FROM journal ORDER BY id"), 1):
        if row[0] != number or row[5] != _hash(before, *row[:5]):
            found.append(say("Entry {number} of the journal is not what was written.", number=row[0]))
            break
        before = row[5]
        seen = seen or before == noted
        if row[2] == "score":
            body = json.loads(row[4])
            last[row[3]] = tuple(body[name] for name in ("run", "score", "bonus", "digest"))
    if not seen and not found:
        found.append(say("No entry of the journal has the hash that was noted: it was written anew."))
    rows = connection.execute("SELECT person, run, score, bonus, body FROM standings JOIN scores USING (run, person)")
    there = {person: (run, score, bonus, sha256(body).hexdigest()) for person, run, score, bonus, body in rows}
    for person in sorted(last.keys() | there.keys()) if not found else ():
        if last.get(person, NONE) != there.get(person, NONE):
            found.append(say("The score of {person} is not the one in the journal.", person=inert(person, 80)))
    return found


def head(connection: sqlite3.Connection) -> str:
    """Return the hash of the last entry."""
    row = connection.execute("SELECT hash FROM journal ORDER BY id DESC LIMIT 1").fetchone()
    return str(row[0]) if row else BEGINNING


def _hash(before: str, *entry: Any) -> str:
    return sha256(json.dumps([before, *entry], ensure_ascii=False).encode("utf-8", "surrogatepass")).hexdigest()
