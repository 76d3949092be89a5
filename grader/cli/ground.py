"""What `grade` grades with: a rubric prepared now, or recalled from an earlier run."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from grader.execution import Engine
from grader.grading.prepared import Plan, Prepared
from grader.grading.remembered import Recalled, Wanted, recall, remember

if TYPE_CHECKING:
    from grader.model import Rubric


class Ground:
    """Finds and prepares what is `wanted` of the rubric at `path`; with `memory`, by way of what is remembered."""

    def __init__(self, path: Path, wanted: Wanted, *, memory: bool) -> None:
        self._path, self._wanted = path, wanted
        self._memory = memory and os.name == "posix"
        self._recalled: Recalled | None = recall(wanted) if self._memory else None
        self._plan: Plan = self._recalled.prepared.plan if self._recalled else self._read()
        self._new: Prepared | None = None

    @property
    def rubric(self) -> Rubric:
        """The rubric."""
        return self._plan.rubric

    def prepared(self, engine: Engine) -> Prepared:
        """Return the cases and what is expected of them. Raises as `read` and `prepare` do."""
        if self._recalled is not None and self._recalled.fits(engine):
            return self._recalled.prepared
        from grader.grading import prepare

        if self._recalled is not None:
            self._plan = self._read()
        self._new = prepare(self._plan, engine, self._wanted.only)
        return self._new

    def keep(self, engine: Engine) -> None:
        """Remember what was prepared now."""
        if self._memory and self._new is not None:
            remember(self._wanted, self._new, engine)

    def _read(self) -> Plan:
        from grader.grading import read, varied

        reference = self._wanted.reference
        return varied(read(self._path, Path(reference) if reference else None), self._wanted.variant)
