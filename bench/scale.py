"""What a class takes, by its size and the processes that grade it: `python -m bench.scale [SUBMISSIONS]`.

Grades generated submissions with 1 and 2 processes, fully confined, into a store; fits time = a + b·n to three sizes of
one process, where b is its wall time and c its processor time for a submission. Of p processes on k processors the
model says a + n·max(b/p, c/k): workers run beside the process, so one keeps more than one processor busy. What it says
of two processes is compared with what they took. Nothing else should be running.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

ROOT = Path(__file__).resolve().parents[1]
RUBRIC = ROOT / "grading.yaml"
TICK = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
MANY = 10_000
"""People of the class in which memory is measured, twice: with the reference and with the stub."""
SIZES = (4, 2, 1)
"""A model is fitted to the class's fourth, half and whole; one of a single size could not tell start from work."""


class Taken(Struct, frozen=True, kw_only=True):
    """What one run took: seconds, CPU seconds of students' workers and ours, MB of the parent, bytes of the store."""

    count: int
    processes: int
    seconds: float
    theirs: float
    ours: float
    parent: float
    store: int

    @property
    def rate(self) -> float:
        """Submissions a second."""
        return self.count / self.seconds


def submissions(folder: Path, count: int) -> None:
    """Write submissions of which no two have a function in common: two of three right, the others wrong or broken."""
    folder.mkdir()
    right = (ROOT / "solutions/cnn.py").read_text("utf-8")
    stub = (ROOT / "assignment/cnn.py").read_text("utf-8")
    for number in range(count):
        text = stub if number % 6 == 5 else right
        if number % 6 == 4:
            text = text.replace(" + ", " - ", 1 + number % 5)
        own = "\n".join(_marked(text.split("\n"), number))
        (folder / f"s{number:06}.py").write_text(own, "utf-8")


def alike(folder: Path, count: int) -> None:
    """Write `count` submissions that are the reference and as many stubs: a large class of which little is graded."""
    folder.mkdir()
    for name in ("solutions/cnn.py", "assignment/cnn.py"):
        text = (ROOT / name).read_text("utf-8")
        for number in range(count):
            (folder / f"{name[0]}{number:06}.py").write_text(text, "utf-8")


def _marked(lines: list[str], number: int) -> Iterator[str]:
    """Yield the lines with an own statement at the head of each function, so that nothing is taken from another's."""
    for line in lines:
        yield line
        if line.startswith("def ") and line.rstrip().endswith(":"):
            yield f"    _own = {number}"


def graded(handed: Path, store: Path, processes: int) -> Taken:
    """Grade what was handed in, in a process of its own, and return what that took."""
    words = [sys.executable, "-P", "-m", "grader", "class", "run", str(handed), "--rubric", str(RUBRIC)]
    words += ["--store", str(store), "--jobs", str(processes)]
    began = time.perf_counter()
    run = subprocess.Popen(
        words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env={**os.environ, "XDG_CACHE_HOME": os.devnull}
    )
    watch = _Watch(run.pid)
    watch.start()
    _, said = run.communicate()
    seconds = time.perf_counter() - began
    watch.join()
    if run.returncode not in (0, 1):
        raise SystemExit(said.decode())
    return Taken(count=len(list(handed.iterdir())), processes=processes, seconds=seconds, theirs=watch.theirs,
                 ours=watch.ours, parent=watch.parent, store=store.stat().st_size)  # fmt: skip


class _Watch(threading.Thread):
    """Looks at the processes of a run: the CPU time of the grader's own, of the workers' servers and below, memory.

    A worker lives for some tens of milliseconds, so its time is read from its server, which waits for it.
    """

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._pid = pid
        self._ours: dict[int, float] = {}
        self._theirs: dict[int, float] = {}
        self.parent = 0.0

    @property
    def ours(self) -> float:
        return sum(self._ours.values())

    @property
    def theirs(self) -> float:
        return sum(self._theirs.values())

    def run(self) -> None:
        while self._look():
            time.sleep(0.05)

    def _look(self) -> bool:
        every = {pid: seen for pid in _pids() if (seen := _seen(pid)) is not None}
        if self._pid not in every:
            return False
        self.parent = max(self.parent, _peak(self._pid))
        for pid, (above, cpu, with_children) in every.items():
            if pid != self._pid and not self._is_below(pid, every):
                continue
            if _is_server(pid):
                self._theirs[pid] = with_children
            elif above in every and not _is_server(above) and above not in self._theirs:
                self._ours[pid] = cpu
        return True

    def _is_below(self, pid: int, every: dict[int, tuple[int, float, float]]) -> bool:
        while pid in every and pid != self._pid:
            pid = every[pid][0]
        return pid == self._pid


def _pids() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdecimal()]  # noqa: PTH208 - pathlib is slower


def _seen(pid: int) -> tuple[int, float, float] | None:
    """Return a process's parent, its CPU seconds, and those with the children that it waited for."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    except OSError:
        return None
    own = int(fields[11]) + int(fields[12])
    return int(fields[1]), own / TICK, (own + int(fields[13]) + int(fields[14])) / TICK


def _is_server(pid: int) -> bool:
    try:
        return b"execution/worker/main.py" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def _peak(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/status").read_text("utf-8").split("\n")
    except OSError:
        return 0.0
    return max([int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")], default=0.0)


def fitted(taken: list[Taken]) -> tuple[float, float]:
    """Return the seconds that a run takes to begin, and those of a submission, by least squares."""
    counts, seconds = [each.count for each in taken], [each.seconds for each in taken]
    mean, mid = sum(counts) / len(counts), sum(seconds) / len(seconds)
    spread = sum((count - mean) ** 2 for count in counts)
    slope = sum((count - mean) * (each - mid) for count, each in zip(counts, seconds, strict=True)) / spread
    return mid - slope * mean, slope


def inserts(store: Path, rounds: int = 2000) -> float:
    """Return how many reports a second one process writes: each with its results, in a transaction of its own."""
    from grader.course.grading import GradedWork, ResultPiece
    from grader.course.runs import keep
    from grader.course.store import Store

    with Store(store) as opened:
        row = opened.connection.execute(
            "SELECT submission, run, body, results FROM reports WHERE graded LIMIT 1"
        ).fetchone()
        records = [bytes(each[0]) for each in opened.connection.execute("SELECT body FROM results LIMIT 9")]
        began = time.perf_counter()
        for number in range(rounds):
            pieces = tuple(ResultPiece(key=f"{number}.{place}", record=each) for place, each in enumerate(records))
            one = GradedWork(submission=row[0], variant="", frame=bytes(row[2]), pieces=pieces, loading=None, bodies={},
                             graded=True, afresh=len(pieces))  # fmt: skip
            with opened.change():
                keep(opened, row[1], f"bench-{number}", one)
        return rounds / (time.perf_counter() - began)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int, nargs="?", default=200)
    parser.add_argument("--many", type=int, default=MANY, help="half of the people in the class of equal submissions")
    asked = parser.parse_args()
    count = asked.count
    taken = []
    with tempfile.TemporaryDirectory(prefix="pingfen-bench-") as made:
        folder = Path(made)
        for processes, part in [*((1, part) for part in SIZES), (2, 1)]:
            handed = folder / f"{processes}-{part}"
            submissions(handed, max(3, count // part))
            taken.append(graded(handed, folder / f"{processes}-{part}.db", processes))
            shutil.rmtree(handed)
        a, b = fitted(taken[:-1])
        writes = inserts(folder / "2-1.db")
        grown = []
        for part in (10, 1):
            alike(folder / "alike", max(1, asked.many // part))
            grown.append(graded(folder / "alike", folder / f"alike-{part}.db", 1))
            shutil.rmtree(folder / "alike")
    tell(taken, a, b, writes)
    print("\n| people, of equal submissions | s | parent MB |")
    print("|---|---|---|")
    for each in grown:
        print(f"| {each.count:,} | {each.seconds:.1f} | {each.parent:.0f} |")


def tell(taken: list[Taken], a: float, b: float, writes: float) -> None:
    """Print the tables of docs/scale.md."""
    print(
        "| processes | submissions | s | a second | CPU s each: students' workers | ours | parent MB | store kB each |"
    )
    print("|---|---|---|---|---|---|---|---|")
    for each in taken:
        cpu = f"{each.theirs / each.count:.3f} | {each.ours / each.count:.3f}"
        print(f"| {each.processes} | {each.count} | {each.seconds:.1f} | {each.rate:.1f} | {cpu} | {each.parent:.0f} | "
              f"{each.store / each.count / 1000:.1f} |")  # fmt: skip
    two, first, last = taken[-1], taken[0], taken[len(SIZES) - 1]
    each_more = (last.store - first.store) / (last.count - first.count)  # what all have in common is kept once
    cpu, processors = (last.theirs + last.ours) / last.count, os.cpu_count() or 1
    said = a + two.count * max(b / two.processes, cpu / processors)
    print(f"\ntime = {a:.2f} s + submissions · max({b:.3f} s / processes, {cpu:.3f} s / processors)")
    print(f"two processes: {said:.1f} s by the model, {two.seconds:.1f} s measured ({two.seconds / said - 1:+.0%})")
    print(f"two against one: {taken[-2].seconds / two.seconds:.2f} times")
    print(f"one writer: {writes:.0f} reports a second, as many as {writes * cpu:.0f} processors make\n")
    print("| submissions | processor hours | with 16 processors | store |")
    print("|---|---|---|---|")
    for size in (10_000, 100_000, 1_000_000):
        hours = cpu * size / 3600
        print(f"| {size:,} | {hours:.1f} | {hours / 16:.1f} h | {each_more * size / 1e9:.1f} GB |")


if __name__ == "__main__":
    main()
