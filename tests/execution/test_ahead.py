"""Calls sent before the last one is answered: never past one whose outcome is shown, and nothing else changes."""

from execution_kit import LIMITS, run

from grader.model import Limits, Returned, Stopped

PEEK = """
    import select
    def f(): return bool(select.select([3], [], [], 0.1)[0])
"""


def test_nothing_is_sent_ahead_of_a_public_call(fork_engine):
    def waiting(**options):
        return [outcome.value for outcome in run(fork_engine, PEEK, *[("f",)] * 4, **options).outcomes]

    assert waiting() == [False] * 4
    assert waiting(public={0, 1}) == [False, False, True, False]
    assert waiting(public=()) == [True, True, True, False]


def test_what_was_printed_stays_with_its_call(mortal_engine):
    text = """
        import os, sys, time
        def f(k):
            print("begin", k)
            if k % 3: sys.stderr.write(f"more {k}\\n" * k)
            return k
    """
    calls = [("f", k) for k in range(40)]
    got = run(mortal_engine, text, *calls, public=()).outcomes
    assert [outcome.value for outcome in got] == [*range(40)]
    assert [outcome.stdout for outcome in got] == [
        f"begin {k}\n" + f"more {k}\n" * (k if k % 3 else 0) for k in range(40)
    ]


def test_a_call_that_ends_its_worker_costs_only_itself(mortal_engine):
    text = """
        import os
        def f(k):
            if k == 5: os._exit(1)
            if k == 9: raise SystemExit
            if k == 12: raise MemoryError
            return k
    """
    got = run(mortal_engine, text, *[("f", k) for k in range(20)], public=()).outcomes
    reasons = {5: "exit", 9: "exit", 12: "memory"}
    assert [one.value if isinstance(one, Returned) else one.reason for one in got] == [
        reasons.get(k, k) for k in range(20)
    ]


def test_an_endless_call_is_found_among_those_sent_ahead(mortal_engine):
    text = """
        def f(k):
            while k == 3: pass
            return k
    """
    limits = Limits(seconds=2, load_seconds=10)  # what is left of it pays for the next worker
    got = run(mortal_engine, text, *[("f", k) for k in range(8)], limits=limits, public=()).outcomes
    assert [one.value if isinstance(one, Returned) else one.reason for one in got][:5] == [0, 1, 2, "timeout", 4]


def test_all_results_share_the_room_of_one(mortal_engine):
    text = "import numpy as np\ndef f(): return np.zeros(30_000)\n"
    limits = Limits(seconds=10, load_seconds=10, result=1_000_000)
    for public in (None, ()):
        got = run(mortal_engine, text, *[("f",)] * 8, limits=limits, public=public).outcomes
        assert [isinstance(one, Returned) for one in got] == [True] * 4 + [False] * 4
        assert {one.reason for one in got if isinstance(one, Stopped)} == {"result"}
    assert LIMITS.result > limits.result
