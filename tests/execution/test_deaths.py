"""One call's death is one call's death."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from execution_kit import LIMITS, one, run, source

from grader.execution import Helpers
from grader.model import Limits, Returned, Stopped

SHORT = Limits(seconds=0.5, load_seconds=1.0)


def reasons(outcomes):
    return [outcome.reason if isinstance(outcome, Stopped) else type(outcome).__name__ for outcome in outcomes]


@pytest.mark.parametrize(
    ("body", "reason", "detail"),
    [
        ("while True: pass", "timeout", ""),
        ("time.sleep(60)", "timeout", ""),
        ("os._exit(0)", "exit", ""),
        ("os.abort()", "crash", None),
        ("ctypes.string_at(0)", "crash", "SIGSEGV"),
        ("return np.ones(1 << 40)", "memory", ""),
        ("return [bytes(1 << 24) for _ in range(1 << 20)]", "memory", ""),
        ("return np.zeros(1 << 25)", "result", ""),
    ],
)
def test_a_death_costs_one_call(mortal_engine, body, reason, detail):
    text = f"""
        import ctypes, os, signal, time
        import numpy as np
        def f(x):
            print("before", flush=True)
            if x:
                {body}
            return x
    """
    got = run(
        mortal_engine,
        text,
        ("f", 1),
        ("f", 0),
        limits=Limits(seconds=1 if reason == "timeout" else 5, memory=512 << 20),
    ).outcomes
    assert isinstance(got[0], Stopped)
    if detail is None:  # process 1 of a namespace does not hear its own SIGABRT; abort(3) then ends it otherwise
        detail = got[0].detail
        assert detail.startswith("SIG")
    assert (got[0].reason, got[0].detail) == (reason, detail)
    assert got[0].stdout == "before\n"
    assert isinstance(got[1], Returned) and got[1].value == 0


def test_a_call_that_fills_the_memory_leaves_the_next_one_enough(mortal_engine):
    text = """
        hoard = []
        def f(x):
            while x: hoard.append(bytes(1 << 22))
            return len(bytes(1 << 22))
    """
    got = run(mortal_engine, text, ("f", 1), ("f", 0), limits=Limits(memory=256 << 20)).outcomes
    assert reasons(got) == ["memory", "Returned"]


def test_a_loop_that_catches_every_signal_and_exception_still_ends(mortal_engine):
    text = """
        import signal, time
        def f():
            for each in range(1, 65):
                try: signal.signal(each, lambda *a: None)
                except (OSError, ValueError): pass
            time.time = time.monotonic = time.perf_counter = lambda: 0
            while True:
                try:
                    while True: pass
                except BaseException: pass
    """
    assert one(mortal_engine, text, "f", limits=SHORT).reason == "timeout"


def test_cpu_seconds_are_bounded_apart_from_the_clock(fork_engine):
    text = "import time\ndef spin():\n    while True: pass\ndef wait():\n    time.sleep(1.2)\n    return 1\n"
    limits = Limits(seconds=20, cpu_seconds=0.7)
    got = run(fork_engine, text, ("spin",), ("wait",), limits=limits)
    assert got.outcomes[0].reason == "cpu" and got.outcomes[1].value == 1
    assert got.seconds < 15


def test_calls_within_the_limit_are_all_made(mortal_engine):
    text = "import time\ndef f(): time.sleep(0.6); return 1\n"
    got = run(mortal_engine, text, *[("f",)] * 7, limits=Limits(seconds=1))
    assert reasons(got.outcomes) == ["Returned"] * 7


def test_slow_calls_are_bounded_together(fork_engine, monkeypatch):
    monkeypatch.setattr("grader.execution.budgets.MOST_CALLS", 3)
    text = "import time\ndef f(): time.sleep(0.6); return 1\n"
    names = reasons(run(fork_engine, text, *[("f",)] * 9, limits=Limits(seconds=1)).outcomes)
    assert names[0] == "Returned" and names[-3:] == ["unreached"] * 3


def test_after_two_endless_calls_the_rest_is_not_run(mortal_engine):
    text = "def f():\n    while True: pass\ndef g(): return 1\n"
    got = run(mortal_engine, text, *[("f",)] * 4, ("g",), limits=SHORT)
    assert reasons(got.outcomes) == ["timeout", "timeout", "unreached", "unreached", "Returned"]


def test_a_flood_is_drained_and_stopped(mortal_engine):
    text = """
        def flood():
            while True: print("x" * 10_000)
        def much():
            print("y" * 1_000_000)
            return 1
    """
    got = run(mortal_engine, text, ("flood",), ("flood",), ("much",), limits=Limits(seconds=20, output=1000)).outcomes
    assert reasons(got) == ["output", "output", "Returned"]
    assert got[0].stdout == "x" * 1000 and got[2].stdout == "y" * 1000


def test_what_is_no_answer_is_forged(mortal_engine):
    text = """
        import os
        def spray(what):
            for fd in range(3, 64):
                try:
                    os.set_blocking(fd, False)
                    os.write(fd, what.encode("latin-1"))
                except OSError: pass
            return 1
        def honest(): return 2
    """
    frame = "PF1\n" + "\x02\0\0\0" + "\0" * 8 + "{}"
    empty = "PF1\n" + "\x02\0\0\0" + "\0" * 8 + "[]"
    huge = "PF1\n" + "\x02\0\0\0" + "\xff" * 8 + "{}"
    for what in ('{"passed": true}' * 9, frame, empty, huge):
        got = run(mortal_engine, text, ("spray", what), ("honest",)).outcomes
        assert reasons(got) == ["forged", "Returned"], what


def test_a_worker_that_asks_for_ever_is_timed_out(mortal_engine, monkeypatch):
    text = """
        def help(): pass
        def f():
            while True:
                try: help()
                except RuntimeError: pass
        def g():
            for number in range(10 ** 9): help(number)
    """
    reference = source("def help(number=0): return 1\n")

    def none(_):
        yield from ()
        return 0

    monkeypatch.setattr("grader.execution.workers.cores", lambda: 1)  # one busy with questions slows the other's
    with mortal_engine.session(reference, LIMITS) as session:
        helpers = Helpers({"f": ("help",), "g": ("help",)}, lambda _, *asked: session.calling(*asked), none)
        got = run(mortal_engine, text, ("f",), ("g",), limits=SHORT, helpers=helpers)
    assert reasons(got.outcomes) == ["timeout", "Raised"]
    assert got.outcomes[1].message == "asked too often"


def test_a_worker_that_hangs_up_and_lives_on_is_killed(mortal_engine):
    text = "import os, time\ndef f():\n    os.closerange(3, 64)\n    time.sleep(60)\n"
    assert one(mortal_engine, text, "f").reason == "crash"


def test_a_session_outlives_its_worker(mortal_engine):
    text = "import os\ndef f(x):\n    if x: os._exit(3)\n    return 1\n"
    with mortal_engine.session(source(text), LIMITS) as session:
        assert reasons([session.call("f", (x,)) for x in (0, 1, 0)]) == ["Returned", "exit", "Returned"]


def test_large_values_cross_while_others_wait(mortal_engine):
    text = "def f(x): return x * 2\ng = h = f\n"
    big = np.ones((1500, 1500))
    got = run(mortal_engine, text, ("f", big), ("g", big), ("h", 1)).outcomes
    assert got[0].value.sum() == got[1].value.sum() == 2 * big.size and got[2].value == 2


@pytest.mark.parametrize("statement", ["while True: pass", "import os; os._exit(0)", "import sys; sys.exit('no')"])
def test_loading_that_does_not_end_well_costs_only_its_statement(mortal_engine, statement):
    text = f"LIMIT = 3\ndef f(): return LIMIT\n{statement}\ndef g(): return f() + 1\n"
    got = run(mortal_engine, text, ("f",), ("g",), limits=SHORT)
    assert [outcome.value for outcome in got.outcomes] == [3, 4]
    kind, line = ("timeout", 3) if "while" in statement else ("raised", 0 if "_exit" in statement else 3)
    assert [(each.kind, each.line) for each in got.happenings] == [(kind, line)]


def test_loading_again_costs_the_function_its_time(fork_engine):
    text = "import os, time\ndef slow(x=time.sleep(0.4)): pass\ndef f(): os._exit(0)\n"
    got = run(fork_engine, text, *[("f",)] * 20, limits=Limits(seconds=0.5, load_seconds=5)).outcomes
    assert reasons(got)[0] == "exit" and reasons(got)[-10:] == ["unreached"] * 10


def test_loading_that_is_always_slow_is_given_up(fork_engine):
    names = [f"f{number}" for number in range(12)]
    text = "import time\nclass Slow:\n    time.sleep(0.5)\n" + "\n".join(f"def {name}(): return 1" for name in names)
    got = run(fork_engine, text, *[(name,) for name in names], limits=Limits(seconds=5, load_seconds=1))
    assert {*reasons(got.outcomes)} == {"Returned", "timeout"}


def test_a_definition_that_hangs_is_not_there(mortal_engine):
    text = "def slow():\n    while True: pass\ndef f(x=slow()): return 1\ndef g(): return 2\n"
    got = run(mortal_engine, text, ("f",), ("g",), limits=SHORT)
    assert reasons(got.outcomes) == ["Absent", "Returned"]
    assert [(each.kind, each.line) for each in got.happenings] == [("timeout", 3)]


def test_a_definition_that_cannot_be_interrupted_stops_every_call(mortal_engine):
    text = """
        def slow():
            while True:
                try:
                    while True: sum(range(1000))
                except BaseException: pass
        def f(x=slow()): return 1
    """
    got = run(mortal_engine, text, ("f",), ("f",), limits=Limits(seconds=0.5, load_seconds=2.0))
    assert reasons(got.outcomes) == ["timeout", "timeout"]  # it is compiled within that, also on a busy machine


PARENT = """
import sys
sys.path.insert(0, {root!r})
from grader.execution import open_engine
from grader.model import Call, Limits, Source
engine = open_engine({kind!r})
text = "def f():\\n    print('running', flush=True)\\n    while True: pass\\n"
limits = dict.fromkeys(["f", "g"], Limits(seconds=600))
print(engine.tier, flush=True)
calls = [Call(function=name, arguments=()) for name in limits]
engine.run(Source(path="w.py", text=text + "g = f\\n", digest=""), calls, limits)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("kind", ["fork", "spawn"])
def test_nothing_survives_a_killed_grader(kind, tmp_path):
    root = str(Path(__file__).parents[2])
    script = tmp_path / "grader_to_be_killed.py"
    script.write_text(PARENT.format(root=root, kind=kind))
    parent = subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE)
    try:
        assert parent.stdout.readline()
        family = _wait_for_workers(parent.pid)
    finally:
        parent.send_signal(signal.SIGKILL)
        parent.wait()
    _await(lambda: not any(map(_alive, family)))


def _await(condition):
    until = time.monotonic() + 10
    while not condition() and time.monotonic() < until:
        time.sleep(0.02)
    assert condition()


def _wait_for_workers(parent):
    """Return every descendant of `parent` once two of them have burnt CPU for a while."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        family = _descendants(parent)
        if sum(_cpu(pid) > 20 for pid in family) >= 2:
            return family
        time.sleep(0.05)
    raise AssertionError("the workers never ran")


def _descendants(pid):
    children = []
    for task in Path(f"/proc/{pid}/task").glob("*"):
        children += [int(each) for each in (task / "children").read_text().split()]
    return children + [each for child in children for each in _descendants(child)]


def _cpu(pid):
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11])


def _alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_closing_the_engine_ends_its_workers():
    from grader.execution.workers import ForkEngine

    engine = ForkEngine()
    assert engine.tier
    family = _descendants(os.getpid())
    before = {pid for pid in family if _alive(pid)}
    engine.close()
    _await(lambda: len([pid for pid in before if not _alive(pid)]) >= 2)


def test_what_a_worker_leaves_behind_is_swept_up():
    """Without seccomp a source can fork; the server inherits its orphans and ends them."""
    from grader.execution import start
    from grader.execution.workers import ForkEngine

    start.start(without="namespaces,landlock,seccomp,limits")
    engine = ForkEngine()
    text = """
        import os, time
        def f():
            reader, writer = os.pipe()
            if os.fork() == 0:
                os.setsid()
                for _ in range(3):
                    if os.fork() == 0: pass
                os.write(writer, b"%9d" % os.getpid())
                time.sleep(600)
            return [int(os.read(reader, 9)) for _ in range(8)]
        def g(): return 1
    """
    try:
        assert engine.tier == "process"
        got = run(engine, text, ("f",), ("g",), ("g",)).outcomes
        assert [type(outcome) for outcome in got] == [Returned] * 3
        strays = got[0].value
        assert len({*strays}) == 8
        _await(lambda: not any(map(_alive, strays)))
    finally:
        engine.close()


def test_what_was_printed_before_the_time_was_over_is_kept_and_no_more(mortal_engine):
    text = "def f():\n    print('once')\n    while True: pass\n"
    got = one(mortal_engine, text, "f", limits=SHORT)
    assert (got.reason, got.stdout) == ("timeout", "once\n")
    if sys.platform != "win32":
        assert {tuple((each.line, each.function) for each in sample) for sample in got.samples} == {((3, "f"),)}


def test_a_loading_that_only_the_grader_can_stop_has_its_line(fork_engine):
    text = (
        "import itertools, collections\nx = 1\nlast = collections.deque(itertools.count(), maxlen=0)\n"
        "def f(): return x\n"
    )
    got = run(fork_engine, text, ("f",), limits=SHORT)
    assert got.outcomes[0].value == 1
    assert [(each.kind, each.line) for each in got.happenings] == [("timeout", 3)]
