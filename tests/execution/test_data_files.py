"""A source opens the data files that were handed in with it, in every tier, and no others."""

import sys
from pathlib import Path

import pytest
from execution_kit import one, run, source

from grader.errors import EngineError
from grader.execution.start import start
from grader.execution.workers import ForkEngine, SpawnEngine
from grader.model import Call, Limits, Raised, Returned

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="workers are forked on Linux")
WITHOUT = {
    "namespaces": "",
    "landlock+seccomp": "namespaces",
    "limits": "namespaces,landlock,seccomp",
    "process": "namespaces,landlock,seccomp,limits",
}
READS = """
import os
K = float(open("k.txt").read())
def here(): return K + float(open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "k.txt")).read())
def below(): return open("data/deep/day 1.csv", "rb").read().decode()
def above(): return open("../more/m.txt").read()
def text(path): return open(path).read()
def listed(path): return sorted(os.listdir(path))
def folder(): return os.getcwd()
def when(): return os.stat("data/deep/day 1.csv").st_atime_ns
def spoilt():
    try: open("k.txt", "w").write("9")
    except OSError: return "refused"
    return "written"
"""
FILES = (("../more/m.txt", b"up"), ("data/deep/day 1.csv", b"1,2\n"), ("k.txt", b"2.5"))


@pytest.fixture(scope="module", params=WITHOUT)
def tier(request):
    """An engine that forks its workers, in each tier."""
    if sys.platform != "linux":
        pytest.skip("workers are forked on Linux")
    start(without=WITHOUT[request.param])
    engine = ForkEngine()
    if engine.tier != request.param:
        engine.close()
        pytest.skip(f"this machine does not grant {request.param}")
    yield engine
    engine.close()


def test_a_source_opens_its_files_by_their_paths(tier):
    ran = run(tier, READS, ("here",), ("below",), ("above",), files=FILES)
    assert [each.value for each in ran.outcomes] == [5.0, "1,2\n", "up"]
    assert ran.happenings == ()


@pytest.mark.parametrize("threads", [False, True])
def test_where_nothing_is_forked(threads):
    engine = SpawnEngine(threads=threads)
    try:
        assert run(engine, READS, ("here",), ("above",), files=FILES).outcomes[0].value == 5.0
        shelf = Path(engine._shelf.path)
    finally:
        engine.close()
    assert not shelf.exists()


def test_one_source_cannot_find_the_files_of_another(tier):
    own, other = one(tier, READS, "folder", files=FILES), one(tier, READS, "folder", files=(("k.txt", b"7"),))
    assert one(tier, READS, "here", files=(("k.txt", b"7"),)).value == 14.0
    if tier.tier == "namespaces":  # each worker has a scratch of its own
        assert isinstance(one(tier, READS, "text", "/tmp/work/data/deep/day 1.csv", files=(("k.txt", b"7"),)), Raised)
    elif tier.tier == "landlock+seccomp":
        assert own.value != other.value
        shelf = str(Path(other.value).parent)
        for path in (shelf, other.value):
            assert one(tier, READS, "listed", path, files=FILES).type == "PermissionError"


def test_what_one_call_writes_reaches_no_other_function(tier):
    changed = one(tier, READS, "spoilt", files=FILES)
    if tier.tier in ("namespaces", "landlock+seccomp"):
        assert isinstance(changed, Returned)
        assert run(tier, READS, ("spoilt",), ("here",), files=FILES).outcomes[1].value == 5.0
        assert changed.value == ("written" if tier.tier == "namespaces" else "refused")


def test_that_one_function_reads_a_file_cannot_be_seen_by_another(tier):
    if tier.tier == "namespaces":
        pytest.skip("each worker has its own copy")
    unread = (*FILES, ("new.txt", b"1"))  # no other test has opened these
    before, _, after = (one(tier, READS, name, files=unread).value for name in ("when", "below", "when"))
    assert before == after


@LINUX
def test_the_shelf_is_gone_with_the_engine():
    start(without="namespaces")
    engine = ForkEngine()
    assert one(engine, READS, "here", files=FILES).value == 5.0
    shelf = Path(engine._shelf.path)
    assert shelf.exists()
    engine.close()
    assert not shelf.exists()


@pytest.mark.parametrize(
    "odd",
    [
        "k.txt/x.csv",
        "../work/k.txt",
        "../work/data",
        f"{'n' * 300}.csv",
        f"{'n' * 300}/x.csv",
        "data/deep/day 1.csv/x.csv",
    ],
)
def test_a_name_that_cannot_lie_beside_the_others_costs_nobody_else(tier, odd):
    """An archive may hold a file in a file, a folder may be called as ours is, and a name may be too long."""
    files = ((odd, b"7"), *FILES)
    assert one(tier, READS, "here", files=files).value == 5.0
    assert one(tier, READS, "below", files=files).value == "1,2\n"
    assert one(tier, READS, "above", files=files).value == "up"


@LINUX
def test_files_that_cannot_be_laid_are_our_fault(monkeypatch):
    start(without="namespaces")
    engine = ForkEngine()
    try:
        monkeypatch.setattr(engine._shelf, "path", "/proc/nowhere")
        with pytest.raises(EngineError, match="cannot be written"):
            one(engine, READS, "here", files=FILES)
        monkeypatch.setattr(engine._shelf, "folder_of", lambda _: "/nowhere/at/all")
        with pytest.raises(EngineError, match="data files cannot be laid"):
            engine.run(source(READS, files=FILES), [Call(function="here", arguments=())], {"here": Limits()})
    finally:
        engine.close()
