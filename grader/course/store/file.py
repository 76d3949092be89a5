"""The file of a store: opened, brought up to the schema, and changed as a whole or not at all."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

from grader.course.store.schema import MIGRATIONS
from grader.errors import UsageError
from grader.language import inert, say

BUSY = 30.0
"""Seconds that a writer waits for another one."""


class StoreFile:
    """An open file; `with` closes it. Raises UsageError for a file that is no store, or a later version's."""

    def __init__(self, path: Path, *, fresh: bool = False) -> None:
        if not fresh and not path.exists():
            raise UsageError(
                say("There is no class at {path} yet.", path=inert(str(path), 1000)),
                say("Grade one first: grade class SUBMISSIONS…"),
            )
        self.path = path
        try:
            self.connection = _opened(path)
            _migrate(self.connection, path)
        except sqlite3.DatabaseError as error:
            raise UsageError(
                say("{path} cannot be read as the store of a class: {why}",
                    path=inert(str(path), 1000), why=inert(str(error), 200)),
                say("Name another file: --store FILE"),
            ) from error  # fmt: skip

    def __enter__(self) -> Self:
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

    def body(self, digest: str) -> bytes:
        """Return a value's bytes. Raises KeyError."""
        row = self.connection.execute("SELECT body FROM bodies WHERE digest = ?", (digest,)).fetchone()
        if row is None:
            raise KeyError(digest)
        return bytes(row[0])


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
