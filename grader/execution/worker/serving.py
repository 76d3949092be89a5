"""What a worker does: it sends that it is ready, loads one source, and makes calls until the grader closes the wire."""

from __future__ import annotations

import faulthandler
import gc
import os
import random
import signal
import sys
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from copy import deepcopy
from typing import Any, NoReturn

import numpy as np
import numpy.fft
import numpy.linalg
import numpy.random  # numpy imports these three late; here the fork server does it once for all workers

from ...values import Packed, pack, unpack, with_arrays
from ...values.family import Buffer, Oversized, Refused
from ...values.functions import compile_here
from ..laying import lay
from ..wire import Frame, Wire, frame_bytes
from . import streams
from .acts import Asked, NotThere, perform, settle
from .binding import bound
from .describing import NAME, described
from .loading import LoadedModule, load
from .showing import absent, draw_nowhere, missing_in

Seal = Callable[[int, float], None]

with_arrays()  # now: a confined worker can import nothing any more

_clock = time.perf_counter
_seed_numpy, _seed_python = np.random.seed, random.seed
_state_of_numpy, _state_of_python = np.random.get_state, random.getstate
_OVERSIZED = {"was": "stopped", "reason": "result"}


def serve(wire: Wire, tier: str, seal: Seal, offered: Collection[str] | None) -> NoReturn:
    """Answer frames on `wire` until it ends, then end this process.

    `seal(memory, cpu_seconds)` puts the limits on and is called before the source is touched. `offered` is what a
    source may import beside the standard library (None: whatever is installed).
    """
    streams.reset()
    draw_nowhere()
    compile_here()
    if hasattr(signal, "SIGUSR1"):  # the grader asks where this process is, once a call's time is over
        faulthandler.register(signal.SIGUSR1, 2, all_threads=False)
    versions = {"python": ".".join(map(str, sys.version_info[:3])), "numpy": np.__version__}
    wire.write({"was": "ready", "id": "", "tier": tier, "versions": versions})
    loaded = LoadedModule()
    while True:
        frame = wire.read()
        if frame is None:
            os._exit(0)
        header = frame.header
        streams.reset()
        if header["do"] == "load":
            seal(header["memory"], header["cpu_seconds"])
            sys.argv[:] = [header["file"]]
            root = os.getcwd()  # noqa: PTH109
            if header["folder"] or header["files"]:
                wire.write({"was": "laid", "id": header["id"], "fault": _stand_by_files(frame)})
            settle(root)
            gc.freeze()
            gc.enable()
            loaded = load(frame, wire, offered)
            pieces = frame_bytes({"was": "loaded", "id": header["id"], "happenings": loaded.happenings})
        else:
            wire.call, wire.room = header["id"], header["result"]
            pieces = answer(frame, loaded)
        sys.settrace(None)
        sys.setprofile(None)
        streams.flush()
        wire.put(pieces)


def _stand_by_files(frame: Frame) -> str:
    """Make the folder with the source's data files the working folder; write those that came in the frame.

    Return why it cannot be done, "" if it was.
    """
    header = frame.header
    start = sum(header["sizes"])
    files = []
    for name, size in header["files"]:
        files.append((name, frame.body[start : start + size]))
        start += size
    try:
        os.chdir(header["folder"] or lay(os.getcwd(), files, header["fixed"]))  # noqa: PTH109 - pathlib costs 4 ms
    except OSError as error:
        return error.strerror or str(error)
    return ""


def answer(frame: Frame, loaded: LoadedModule) -> list[Buffer]:
    """Make the call in `frame`; return the frame with its outcome, in pieces."""
    streams.bytes_written()
    header, buffers = _outcome(frame, loaded)
    streams.flush()
    known = {"id": frame.header["id"], "printed": streams.bytes_written()}
    try:
        return frame_bytes({**header, **known}, buffers)
    except Oversized:
        return frame_bytes({**_OVERSIZED, **known, "seconds": header["seconds"]})


def _outcome(frame: Frame, loaded: LoadedModule) -> tuple[dict[str, Any], list[Buffer]]:
    header = frame.header
    try:
        frame, others, given = _parted(frame, loaded)
        arguments = unpack(header["arguments"], frame.body, copied=True, classes=loaded.namespace.get)
    except ModuleNotFoundError as error:  # the library whose value is an argument
        return {**_raised(absent(str(error.name)), loaded.file), "seconds": 0.0}, []
    except Exception as error:  # that library is not what it was: the source has changed it
        return {**_raised(error, loaded.file), "seconds": 0.0}, []
    asked = Asked(header["function"], arguments, given, loaded, header["result"])
    _call_others(others, loaded)
    _seed_numpy(header["seed"])
    _seed_python(header["seed"])
    before = _random_state() if header["watched"] else None
    began = _clock()
    try:
        value = perform(header["do"], asked)
        moved = before is not None and _random_state() != before
        _call_others(others, loaded)
        what, buffers = _returned(value, arguments, frame)
        if moved and what["was"] == "returned":
            what["moved"] = True
    except NotThere as missing:
        return {"was": "absent", "found": missing.found}, []
    except Oversized:
        what, buffers = dict(_OVERSIZED), []
    except BaseException as error:
        what, buffers = _raised(error, loaded.file), []
        del error
    what["seconds"] = _clock() - began
    return what, buffers


def _parted(
    frame: Frame, loaded: LoadedModule
) -> tuple[Frame, Sequence[tuple[str, tuple[Any, ...]]], Mapping[str, Any]]:
    """Return the frame with its own arguments alone, the calls that are made beside it, and what its act is given."""
    if not frame.header["more"]:
        return frame, (), {}
    node, end = frame.header["more"]
    others, given = unpack(node, frame.body[end:], copied=True, classes=loaded.namespace.get)
    return frame._replace(body=frame.body[:end]), others, given


def _call_others(others: Sequence[tuple[str, tuple[Any, ...]]], loaded: LoadedModule) -> None:
    """Make the calls beside the one that was asked for. That they fail is no fault of its function."""
    for name, arguments in others:
        with suppress(Exception, SystemExit):
            function = loaded.namespace[name]
            positional, named = bound(function, deepcopy(arguments), loaded.parameters.get(name, ()))
            function(*positional, **named)


def _random_state() -> tuple[Any, ...]:
    """Return the state of `numpy.random` and of `random`."""
    name, keys, *rest = _state_of_numpy(legacy=True)
    return name, np.asarray(keys).tobytes(), *rest, _state_of_python()


def _returned(value: Any, arguments: Any, frame: Frame) -> tuple[dict[str, Any], list[Buffer]]:
    room = frame.header["result"]
    if (module := missing_in(value)) is not None:
        raise absent(module)
    try:
        node, buffers = pack(value, room, by_name=True)
    except Refused as refused:
        return {"was": "stopped", "reason": "kind", "detail": str(refused)[:NAME]}, []
    except Oversized:
        return dict(_OVERSIZED), []
    what: dict[str, Any] = {"was": "returned", "value": node, "peak": _peak()}
    changed = _changed(arguments, frame, room - sum(len(each) for each in buffers))
    if changed is not None:
        what["arguments"] = changed.node
        buffers = [*buffers, *changed.buffers]
    return what, buffers


def _changed(arguments: Any, frame: Frame, room: int) -> Packed | None:
    """Return the arguments as they are now, packed, if they are no longer as they came.

    An argument that can no longer be packed, or not into its share of `room` bytes, becomes None.
    """
    packed = _packed(arguments, room)
    if packed is None:
        packable = tuple(each if _packed((each,), room // len(arguments)) else None for each in arguments)
        return _packed(packable, room) or pack((None,) * len(packable), room)
    if packed.node == frame.header["arguments"] and b"".join(packed.buffers) == frame.body:
        return None
    # The dtype of a drawn column was chosen here: as they came, the arguments are not what the frame says.
    fresh = _packed(unpack(frame.header["arguments"], frame.body, copied=True), room)
    if fresh is not None and fresh.node == packed.node and b"".join(fresh.buffers) == b"".join(packed.buffers):
        return None
    return packed


def _packed(value: Any, room: int) -> Packed | None:
    try:
        return pack(value, room)
    except (Refused, Oversized):
        return None


def _raised(error: BaseException, file: str) -> dict[str, Any]:
    kind = type(error)
    if issubclass(kind, SystemExit):
        return {"was": "stopped", "reason": "exit"}
    if issubclass(kind, MemoryError):
        error.__traceback__ = None  # its frames hold what filled the memory
        gc.collect()
        return {"was": "stopped", "reason": "memory"}
    return {"was": "raised", **described(error, file)}


def _peak() -> int:
    try:
        import resource
    except ImportError:
        return 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
