"""A worker's life: it says it is ready, loads one source, and answers calls until the grader hangs up."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Collection
from typing import NoReturn

import numpy as np

from ..wire import frame_bytes
from . import calling, streams
from .line import Line
from .loading import Loaded, load

Seal = Callable[[int, float], None]


def serve(line: Line, tier: str, seal: Seal, offered: Collection[str] | None) -> NoReturn:
    """Answer frames on `line` until it ends, then end this process.

    `seal(memory, cpu_seconds)` puts the limits on and is called before the source is touched. `offered` is what a
    source may import beside the standard library (None: whatever is installed).
    """
    streams.settle()
    versions = {"python": ".".join(map(str, sys.version_info[:3])), "numpy": np.__version__}
    line.write({"was": "ready", "id": "", "tier": tier, "versions": versions})
    loaded = Loaded()
    while True:
        frame = line.read()
        if frame is None:
            os._exit(0)
        header = frame.header
        streams.settle()
        if header["do"] == "load":
            seal(header["memory"], header["cpu_seconds"])
            sys.argv[:] = [header["file"]]
            loaded = load(frame, line, offered)
            told = frame_bytes({"was": "loaded", "id": header["id"], "happenings": loaded.happenings})
        else:
            line.call, line.room = header["id"], header["result"]
            told = calling.answer(frame, loaded)
        sys.settrace(None)
        sys.setprofile(None)
        streams.flush()
        line.put(told)
