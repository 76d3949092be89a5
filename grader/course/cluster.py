"""Grades on the workers of a dask cluster (docs.dask.org): chunks go out, reports come back, one process writes.

A worker gets the rubric, the reference and the course's other files once, with the plug-in `CourseOnWorker`, and lays
them in a folder of its own. It grades only if it would come to the same reports: by the same grader, Python and numpy,
confined in the same way. Jobs and reports are msgpack, never pickled objects. The rubric's seeds and the reference
pass the network, so a connection that is not TLS is refused unless it stays on this machine.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from ipaddress import ip_address
from itertools import chain
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import msgspec
from distributed import Client, KilledWorker, WorkerPlugin, as_completed

from grader import grading
from grader.course.grading import GradedWork, Grader, GradingJob
from grader.course.parcels import Parcel, compare, lay
from grader.course.sharing import Alone, Chunk, shared
from grader.errors import EngineError, GraderError, UsageError
from grader.execution.engine import open_engine
from grader.language import inert, say

CHUNK = 50
"""Submissions that go out together: at 0.1 s each, the network's milliseconds do not count."""
WAITING = 2
"""Chunks that are out for each thread of the cluster."""
CONNECTING = 30
"""Seconds to wait for the scheduler's answer."""
PATIENCE = 120.0
"""Seconds without any worker after which a run ends."""
LOOKING = 5.0
"""Seconds between two looks at how many workers there are."""
_POLL = 0.02
_MOST_RECENT = 64 << 20
"""Bytes of results and values that a worker keeps, for submissions that have functions in common."""
_JOBS, _REPORTS = msgspec.msgpack.Decoder(list[GradingJob]), msgspec.msgpack.Decoder(list[GradedWork])


def on_cluster(
    jobs: Iterable[GradingJob],
    *,
    address: str,
    parcel: Parcel,
    insecure: bool,
    alone: Alone,
    known: Callable[[GradingJob], GradingJob] = lambda job: job,
) -> Iterator[GradedWork]:
    """Have jobs graded on the cluster at `address`; yield each report as it comes, in any order.

    `known` returns a job with what the store holds of it already, so that workers grade only what changed.
    Raises UsageError for an address that may not be used, EngineError where the cluster cannot grade or is lost: what
    came until then is kept.
    """
    check(address, insecure=insecure)
    here: list[GradingJob] = []
    rest = _apart(jobs, here)
    first = next(rest, None)
    if first is not None:
        with _client(address) as client, closing(_Cluster(client, parcel)) as hands:
            yield from shared(map(known, chain([first], rest)), hands, size=CHUNK, alone=alone)
    yield from alone(here)


def _apart(jobs: Iterable[GradingJob], here: list[GradingJob]) -> Iterator[GradingJob]:
    """Yield the jobs but those of which the store has no copy, too large for one: they lie `here` and nowhere else."""
    for job in jobs:
        if job.archive is None and not job.fault and not job.killed:
            here.append(job)
        else:
            yield job


def check(address: str, *, insecure: bool) -> None:
    """Raise UsageError for an address that is none, or over which secrets would travel in clear."""
    try:
        parts = urlsplit(address)
        known = parts.scheme in ("tcp", "tls") and parts.hostname is not None and parts.port is not None
    except ValueError:
        known = False
    if not known:
        raise UsageError(
            say(
                "--dask is a scheduler's address, such as tls://10.0.0.1:8786; this is {text}.",
                text=inert(address, 200),
            )
        )
    if parts.scheme == "tcp" and not insecure and not _is_loopback(parts.hostname or ""):
        raise UsageError(
            say("Over tcp:// the reference and the hidden seeds would cross the network in clear."),
            say("Start the cluster with TLS and name it tls://…; on a network that nobody else can read, or behind a "
                "tunnel: --insecure"),
        )  # fmt: skip


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@contextmanager
def _client(address: str) -> Iterator[Any]:
    connect: Any = Client
    shown = inert(address, 200)
    try:
        client = connect(address, timeout=CONNECTING, set_as_default=False)
    except (OSError, TypeError, ValueError, RuntimeError) as error:
        told = say(
            "Its certificates are named by dask's own settings: DASK_DISTRIBUTED__COMM__TLS__CA_FILE and the like."
        )
        raise EngineError(
            say("There is no dask scheduler at {address}: {why}", address=shown, why=inert(str(error), 400)),
            told if address.startswith("tls") else None,
        ) from error
    try:
        yield client
    finally:
        with suppress(Exception):  # a scheduler that is gone has nothing to be told
            client.close(timeout=5)


class _Cluster:
    """The workers of a cluster, each with the course laid out; chunks that are out, by their tasks' names."""

    def __init__(self, client: Any, parcel: Parcel) -> None:
        self._client, self._name = client, f"pingfen-{uuid4().hex}"
        self._out: dict[str, tuple[Any, Chunk]] = {}
        self._looked = self._seen = 0.0
        self._threads = 1
        completed: Any = as_completed
        self._done = completed([], loop=client.loop)
        try:
            client.register_plugin(CourseOnWorker(self._name, parcel))
        except GraderError:
            raise
        except Exception as error:  # whatever a worker raised: without the package it cannot even say what
            raise EngineError(
                say("A worker of the cluster cannot grade: {why}", why=inert(f"{type(error).__name__}: {error}", 400)),
                say("Install the same version there, with the cluster's packages: pip install 'pingfen[cluster]'"),
            ) from error
        self._look()

    @property
    def room(self) -> int:
        return self._threads * WAITING

    def give(self, chunk: Chunk) -> None:
        data, key = msgspec.msgpack.encode(chunk), f"{self._name}-{uuid4().hex}"
        future = self._client.submit(_grade, self._name, data, key=key, pure=False)
        self._out[key] = future, chunk
        self._done.add(future)

    def taken(self) -> Iterator[tuple[Chunk, Sequence[GradedWork] | None]]:
        while not self._done.has_ready():
            time.sleep(_POLL)
            self._look()
        for future in self._done.next_batch(block=False):
            _, chunk = self._out.pop(future.key)
            reports = _answer(future)
            future.release()  # the cluster forgets it at once, so its memory does not grow with the class
            yield chunk, reports

    def _look(self) -> None:
        """See now and then how many threads the cluster has. Raises EngineError where it has had none for long."""
        now = time.monotonic()
        if now - self._looked < LOOKING:
            return
        self._looked = now
        try:
            threads = sum(self._client.nthreads().values())
        except OSError as error:
            raise _lost(str(error)) from error
        self._seen = now if threads or not self._seen else self._seen
        self._threads = max(1, threads)
        if now - self._seen > PATIENCE:
            raise _lost("no worker is left")

    def close(self) -> None:
        with suppress(Exception):  # a scheduler that is gone has nothing to be told
            self._client.cancel([future for future, _ in self._out.values()], force=True)
            self._client.unregister_worker_plugin(self._name)


def _answer(future: Any) -> list[GradedWork] | None:
    """Return the reports of a chunk, `None` where its workers died of it. Raises EngineError."""
    try:
        return _REPORTS.decode(future.result())
    except KilledWorker:
        return None
    except GraderError:
        raise
    except Exception as error:
        raise _lost(f"{type(error).__name__}: {error}") from error


def _lost(why: str) -> EngineError:
    return EngineError(
        say("The cluster does not grade any more: {why}", why=inert(why, 400)),
        say("What was graded is kept, and the same command goes on."),
    )


class CourseOnWorker(WorkerPlugin):
    """Lays the course on each worker of a cluster, also on those that join later, and takes it away in the end."""

    def __init__(self, name: str, parcel: Parcel) -> None:
        self.name, self.parcel = name, parcel

    def setup(self, worker: Any) -> None:
        """Lay the course out. Raises EngineError where this worker would come to other reports."""
        if worker.state.nthreads != 1:
            raise EngineError(
                say("A worker of the cluster has {count} threads.", count=worker.state.nthreads),
                say("Start a worker for each processor, with one thread: --nworkers -1 --nthreads 1"),
            )
        _desks[self.name] = _Desk(self.parcel, Path(worker.local_directory))

    def teardown(self, worker: Any) -> None:
        """Let go of the course once the submission that is graded right now is done."""
        desk = _desks.pop(self.name, None)
        if desk is not None:
            threading.Thread(target=desk.close).start()


_desks: dict[str, _Desk] = {}
"""The courses of this worker's process, by the plug-ins' names."""


class _Desk:
    """A course as it is laid out on a worker."""

    def __init__(self, parcel: Parcel, above: Path) -> None:
        self._stack, self._lock, self._ended = ExitStack(), threading.Lock(), False
        self._grader: Grader | None = None
        self._recent = _Recent()
        with ExitStack() as stack:
            folder = Path(mkdtemp(prefix="course-", dir=above))
            stack.callback(rmtree, folder, ignore_errors=True)
            self._plan = lay(parcel, folder)
            self._engine = stack.enter_context(closing(open_engine(python=parcel.python, ahead=parcel.ahead)))
            compare(parcel, self._plan, self._engine)
            self._stack = stack.pop_all()

    def grade(self, data: bytes) -> bytes:
        """Grade a chunk. Raises GraderError."""
        found = []
        with self._lock:
            if self._grader is None:  # here, not in `setup`: that would keep the worker from answering meanwhile
                prepared = grading.prepare(self._plan, self._engine)
                self._grader = Grader(prepared, self._engine, self._recent.lookup, self._recent.body)
            for job in _JOBS.decode(data):
                if self._ended:
                    raise EngineError(say("The run was ended."))
                self._recent.sent = job.kept
                found.append(self._grader.grade(job))
                self._recent.add(found[-1])
        return msgspec.msgpack.encode(found)

    def close(self) -> None:
        self._ended = True
        with self._lock:
            self._stack.close()


class _Recent:
    """Results and values of the last submissions, in place of the store, which is on another machine.

    `sent` is what the store holds of the submission that is graded right now.
    """

    def __init__(self) -> None:
        self.sent: Mapping[str, Sequence[tuple[int, str, bytes]]] = {}
        self._bytes = 0
        self._kept: OrderedDict[tuple[str, str], bytes] = OrderedDict()
        self._layouts: dict[str, list[str]] = {}

    def add(self, graded: GradedWork) -> None:
        loading = [graded.loading] if graded.loading is not None else []
        pieces = [(piece.key, f"{piece.layout}", piece.record) for piece in (*graded.pieces, *loading) if piece.record]
        for key, layout, record in (*pieces, *((digest, "body", body) for digest, body in graded.bodies.items())):
            if (key, layout) not in self._kept:
                self._kept[key, layout] = record
                self._layouts.setdefault(key, []).append(layout)
                self._bytes += len(record)
        while self._bytes > _MOST_RECENT:
            (key, layout), record = self._kept.popitem(last=False)
            self._bytes -= len(record)
            self._layouts[key].remove(layout)
            if not self._layouts[key]:
                del self._layouts[key]

    def lookup(self, keys: Iterable[str]) -> dict[str, list[tuple[int, str, bytes]]]:
        return {
            key: [
                *self.sent.get(key, ()),
                *((0, layout, self._kept[key, layout]) for layout in self._layouts.get(key, ())),
            ]
            for key in keys
        }

    def body(self, digest: str) -> bytes:
        return self._kept[digest, "body"]


def _grade(name: str, data: bytes) -> bytes:
    """Grade a chunk on a worker."""
    desk = _desks.get(name)
    if desk is None:
        raise EngineError(
            say("A worker of the cluster that joined later cannot grade."),
            say("Its log says why. Install the same grader, Python and numpy everywhere."),
        )
    return desk.grade(data)
