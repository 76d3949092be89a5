"""The store of a class: one SQLite file with all that was handed in, graded, decided and changed.

It is written as results come, in transactions of one submission each (WAL, sqlite.org/wal.html), so that Ctrl-C and
`kill -9` lose nothing that was finished. One process writes; others may read at the same time.
"""

from __future__ import annotations

from grader.course.store.counted import ScoreTables
from grader.course.store.decided import Decision
from grader.course.store.handed_in import HandIn, PeopleTables
from grader.course.store.kept import Kept
from grader.course.store.ran import ClassRun

__all__ = ["ClassRun", "Decision", "HandIn", "Kept", "Store"]


class Store(PeopleTables, ScoreTables):
    """An open store; `with` closes it. Each question stands with the tables that it is about, with its SQL.

    Raises UsageError for a file that is no store, or a later version's.
    """
