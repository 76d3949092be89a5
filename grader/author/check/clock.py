"""Another time of day, for runs of the reference that must not depend on it.

The text of this module goes to the worker, where it is imported before the reference; it needs nothing of ours.
"""

from __future__ import annotations

import datetime
import time
from typing import Any


def shift(seconds: float) -> None:
    """Put this process's clock forward for what asks `time` or `datetime` in the usual ways from now on."""
    now, real = time.time, datetime.datetime

    class Moment(real):  # type: ignore[valid-type, misc]
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return cls.fromtimestamp(time.time(), tz)

        @classmethod
        def today(cls) -> Any:
            return cls.fromtimestamp(time.time())

        @classmethod
        def utcnow(cls) -> Any:
            return cls.fromtimestamp(time.time(), datetime.timezone.utc).replace(tzinfo=None)  # noqa: UP017

    class Day(datetime.date):
        @classmethod
        def today(cls) -> Any:
            return cls.fromtimestamp(time.time())

    time.time = lambda: now() + seconds
    time.time_ns = lambda: int((now() + seconds) * 1e9)
    datetime.datetime = Moment  # type: ignore[misc]
    datetime.date = Day  # type: ignore[misc]
