"""The runs of a class."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from grader.course.store import journal
from grader.course.store.file import StoreFile
from grader.errors import UsageError
from grader.language import say


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


class RunTables(StoreFile):
    """Questions to the runs, and new ones."""

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

    def unfinished(self) -> ClassRun | None:
        """Return the last run that grades, if it has not ended: it is at work, or was stopped."""
        graded = [run for run in self.runs() if run.kind in ("grade", "regrade")]
        return graded[-1] if graded and graded[-1].state == "running" else None

    def run(self, number: int) -> ClassRun:
        """Return a run. Raises UsageError if there is none of this number."""
        found = next((run for run in self.runs() if run.id == number), None)
        if found is None:
            raise UsageError(
                say("There is no run {number}.", number=number), say("See which there are: grade class show")
            )
        return found
