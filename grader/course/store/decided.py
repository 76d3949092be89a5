"""What people decided about others' scores."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from msgspec import Struct

from grader.course.store import journal
from grader.course.store.file import StoreFile
from grader.errors import UsageError
from grader.language import say


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


class DecisionTables(StoreFile):
    """Questions to what was decided, and new decisions, which the journal has, too."""

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
        return self._those("withdrawn IS NULL AND (? IS NULL OR person = ?)", (person, person))

    def held(self, person: str, run: int) -> list[Decision]:
        """Return what was decided of a person and held when `run` had ended; of an undone run, what it decided too."""
        return self._those(
            "person = ? AND run <= ? AND (withdrawn IS NULL OR withdrawn > ? OR (withdrawn = ? AND run = withdrawn))",
            (person, run, run, run),
        )

    def decided_since(self, run: int, person: str) -> list[Decision]:
        """Return what was decided of a person after a run and holds, or held then and was withdrawn since."""
        return self._those(
            "person = ? AND kind != 'leave' AND CASE WHEN run > ? THEN withdrawn IS NULL ELSE withdrawn > ? END",
            (person, run, run),
        )

    def decided_in(self, run: int) -> list[Decision]:
        """Return what was decided in a run, whatever holds of it now."""
        return self._those("run = ?", (run,))

    def withdrawn_in(self, run: int) -> list[Decision]:
        """Return what earlier runs decided, or none did, and this run took back."""
        return self._those("withdrawn = ? AND run IS NOT withdrawn", (run,))

    def _those(self, which: str, values: tuple[str | int | None, ...]) -> list[Decision]:
        columns = ", ".join(Decision.__struct_fields__)
        rows = self.connection.execute(f"SELECT {columns} FROM adjustments WHERE {which} ORDER BY id", values)
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

    def left(self) -> dict[str, Decision]:
        """Return who left the course, with the decision that says so."""
        return {each.person: each for each in self.decisions() if each.kind == "leave"}
