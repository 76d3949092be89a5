"""Execution: runs a source's functions in worker processes and returns the outcome of each call.

The names are imported when they are first used, so that importing `grader.execution.start` costs almost no time.
"""

from __future__ import annotations

TYPE_CHECKING = False  # that of `typing` costs 3 ms before the server is even started
if TYPE_CHECKING:
    from grader.execution.engine import Engine, Helpers, Ran, Session, StandIn, Wait, open_engine, slow_to_import

__all__ = ["Engine", "Helpers", "Ran", "Session", "StandIn", "Wait", "open_engine", "slow_to_import"]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(name)
    from grader.execution import engine

    return getattr(engine, name)
