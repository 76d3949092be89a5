"""Reports and results as they were graded, without policies and marks by hand."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from grader.course.store.encoding import Bodies, Evidence, Unreadable, decoded, outlined
from grader.course.store.file import StoreFile
from grader.errors import EngineError
from grader.language import inert, say
from grader.model import ProblemResult, Report

LEAN = 512
"""Results without evidence that are at hand: of students whose functions are alike, each is read once."""


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


class ReportTables(StoreFile):
    """Questions to what is kept, and what is new in it."""

    def __init__(self, path: Path, *, fresh: bool = False) -> None:
        super().__init__(path, fresh=fresh)
        self._lean = lru_cache(LEAN)(partial(self._result, evidence="none"))

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
        return [as_kept(*row) for row in rows]

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
            (submission, run, with_variant(key, variant), frame, json.dumps(results), graded),
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

    def result_outline(self, number: int) -> ProblemResult[Any]:
        """Return one function's kept result with digests in place of its large values. Raises EngineError."""
        row = self.connection.execute("SELECT body FROM results WHERE id = ?", (number,)).fetchone()
        with self._readable():
            found: ProblemResult[Any] = outlined(row[0])
        return found

    def failed_report(self, submission: int, of: str | None = None) -> Kept | None:
        """Return the report of a submission, `of` a variant, at which we failed, where there is no other."""
        found = [each for each in self.reports_of(submission) if of is None or each.variant in ("", of)]
        return found[-1] if found and not found[-1].graded else None


def with_variant(key: str, variant: str) -> str:
    """Return what the column `key` says of a report that was graded with a variant."""
    return f"{key} {variant}" if variant else key


def as_kept(number: int, submission: int, run: int, key: str, graded: int, results: str) -> Kept:
    """Return a row of the reports."""
    own, _, variant = key.partition(" ")
    return Kept(
        id=number, submission=submission, run=run, key=own, graded=bool(graded), results=tuple(json.loads(results)),
        variant=variant,
    )  # fmt: skip
