"""No call that is not shown begins, in any worker, before all that are shown are answered."""

import time

import pytest
from execution_kit import LIMITS, run, source

from grader.execution import running
from grader.model import Limits, Returned, Stopped

CLOCKS = """
    import time
    def quick(hidden): return time.monotonic()
    def slow(hidden):
        began = time.monotonic()
        time.sleep(0 if hidden else 0.3)
        return began if hidden else time.monotonic()
    def late(hidden): return slow(hidden)
"""
CALLS = [(name, hidden) for name in ("quick", "slow", "late") for hidden in (False, True)]


def test_a_round_ends_before_the_next_begins(mortal_engine):
    ran = run(mortal_engine, CLOCKS, *CALLS, public={0, 2, 4})
    times = [outcome.value for outcome in ran.outcomes]
    assert max(times[0::2]) <= min(times[1::2])


def test_it_does_whatever_the_order_of_the_calls(mortal_engine):
    calls = [(name, hidden) for name in ("quick", "slow", "late") for hidden in (True, False)]
    times = [outcome.value for outcome in run(mortal_engine, CLOCKS, *calls, public={1, 3, 5}).outcomes]
    assert max(times[1::2]) <= min(times[0::2])


def test_outcomes_come_in_the_order_asked_for_whichever_function_begins(engine):
    from grader.execution.running import grouped
    from grader.model import Call

    calls = [Call(function=name, arguments=(at,), seconds=at) for at, name in enumerate("abab")]
    groups = grouped(calls, {"a": LIMITS, "b": LIMITS}, None, {1, 2})
    assert [(group.function, [place for place, _ in group.calls]) for group in groups] == [("b", [1, 3]), ("a", [2, 0])]
    text = """
        def a(x): return "a", x
        def b(x): return "b", x
    """
    made = engine.run(source(text), calls, {"a": LIMITS, "b": LIMITS}, public={1, 2})
    assert [outcome.value for outcome in made.outcomes] == [("a", 0), ("b", 1), ("a", 2), ("b", 3)]


def test_a_worker_that_waits_keeps_what_it_had(mortal_engine):
    text = """
        kept = []
        def f(x):
            kept.append(x)
            return list(kept)
        g = f
    """
    calls = [("f", 1), ("f", 2), ("g", 1), ("g", 2)]
    assert [outcome.value for outcome in run(mortal_engine, text, *calls, public={0, 2}).outcomes] == [
        [1], [1, 2], [1], [1, 2],
    ]  # fmt: skip


def test_workers_that_would_hold_too_much_are_let_go(mortal_engine, monkeypatch):
    monkeypatch.setattr(running, "PARKED_BYTES", 0)
    ran = run(mortal_engine, CLOCKS, *CALLS, public={0, 2, 4})
    assert all(isinstance(outcome, Returned) for outcome in ran.outcomes)
    assert min(ran.left.values()) > 2 * LIMITS.seconds - 2


def test_a_worker_that_waits_does_nothing_meanwhile(fork_engine):
    """Else a timer set in a call that is shown could watch the calls of others that are not."""
    text = """
        import signal, time
        ticks = []
        def watch(hidden):
            if not hidden:
                signal.signal(signal.SIGALRM, lambda *_: ticks.append(time.monotonic()))
                signal.setitimer(signal.ITIMER_REAL, 0.01, 0.01)
                return time.monotonic()
            signal.setitimer(signal.ITIMER_REAL, 0)
            return ticks, time.monotonic()
        def work(hidden):
            began = time.monotonic()
            time.sleep(0.5)
            return began
    """
    ran = run(fork_engine, text, ("watch", False), ("watch", True), ("work", False), ("work", True), public={0, 2})
    parked = ran.outcomes[0].value
    ticks, resumed = ran.outcomes[1].value
    assert [tick for tick in ticks if parked + 0.1 < tick < resumed - 0.1] == []


def test_what_happens_in_a_loading_after_the_first_round_is_not_told(mortal_engine):
    text = """
        import os, time
        def f(hidden):
            if hidden: os._exit(0)
        def g(hidden): pass
        raise ValueError(time.monotonic())
    """
    calls = [("f", False), ("f", True), ("f", True), ("g", False), ("g", True)]
    ran = run(mortal_engine, text, *calls, public={0, 3})
    assert [type(outcome) for outcome in ran.outcomes] == [Returned, Stopped, Stopped, Returned, Returned]
    assert len(ran.happenings) == 2


def bomb(depth):
    lines = [f"{' ' * level}try: pass\n{' ' * level}finally:" for level in range(1, depth + 1)]
    return "\n".join(["def bomb():", *lines, f"{' ' * (depth + 1)}x = 1"]) + "\n"


@pytest.mark.parametrize("count", [1, 12])
def test_what_cannot_be_compiled_is_said_to_be_so(fork_engine, count):
    """Python writes the lines of a `finally` out twice, so 17 of them in one another are 131,072."""
    text = "def f(): return 1\n" + bomb(17) * count
    limits = Limits(seconds=1, load_seconds=1, memory=512 << 20)
    (got,) = run(fork_engine, text, ("f",), limits=limits).outcomes
    assert isinstance(got, Stopped) and got.reason == "compile"


def test_an_answer_far_larger_than_it_may_be_is_not_taken(mortal_engine):
    from execution_kit import source

    from grader.model import Call

    text = "import numpy as np\ndef f(n): return np.zeros(n)\ndef g(n): return [0] * n\n"
    calls = [Call(function=name, arguments=(n,), room=100_000) for name in ("f", "g") for n in (5_000, 50_000)]
    got = mortal_engine.run(source(text), calls, {"f": LIMITS, "g": LIMITS}).outcomes
    assert [outcome.reason if isinstance(outcome, Stopped) else len(outcome.value) for outcome in got] == [
        5_000, "result", "result", "result",
    ]  # fmt: skip


def test_a_session_that_is_paused_does_nothing_meanwhile(fork_engine):
    """Else a timer could take the processor from the reference while that is timed."""
    from execution_kit import source

    text = """
        import signal, time
        ticks = []
        def watch():
            signal.signal(signal.SIGALRM, lambda *_: ticks.append(time.monotonic()))
            signal.setitimer(signal.ITIMER_REAL, 0.01, 0.01)
        def seen():
            signal.setitimer(signal.ITIMER_REAL, 0)
            return ticks
    """
    with fork_engine.session(source(text), LIMITS) as session:
        with session.paused():  # nothing is loaded yet
            pass
        session.call("watch", ())
        with session.paused():
            began = time.monotonic()
            time.sleep(0.4)
            ended = time.monotonic()
        ticks = session.call("seen", ()).value
    assert [tick for tick in ticks if began + 0.1 < tick < ended - 0.1] == []
