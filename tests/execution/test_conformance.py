"""What every engine must do, whatever runs the source."""

import math
import sys
import time

import numpy as np
from execution_kit import LIMITS, one, run, source

from grader.execution import Helpers
from grader.model import Absent, Raised, Returned, SourceLine, Stopped

VALUES = [
    None,
    True,
    0,
    -(2**63) + 1,
    2**64,
    -(10**60),
    1.5,
    -0.0,
    1e-320,
    math.inf,
    -math.inf,
    1 - 2j,
    "",
    "填充 \x1b[31m \ud800 \U0001f600",
    (),
    (1, [2.0, (3,)], {"a": None, 7: "b"}),
    [],
    {},
]
ARRAYS = [
    np.arange(6.0).reshape(1, 2, 3),
    np.arange(12, dtype=np.int16).reshape(3, 4).T,
    np.array([[True, False]]),
    np.zeros((0, 3)),
    np.array(2.5),
    np.array([1 + 2j, np.nan], np.complex64),
    np.array([np.inf, -np.inf, np.nan, -0.0], np.float32),
    np.array([1, 2, 3], np.float16),
    np.array([2**64 - 1], np.uint64),
    np.arange(10)[::-3],
]
ECHO = "def echo(x): return x\n"


def test_values_come_back_as_they_went(engine):
    got = run(engine, ECHO, *(("echo", value) for value in VALUES)).outcomes
    assert [(type(each.value), repr(each.value)) for each in got] == [(type(value), repr(value)) for value in VALUES]


def test_nan_comes_back(engine):
    assert math.isnan(one(engine, ECHO, "echo", math.nan).value)


def test_arrays_come_back_as_they_went(engine):
    got = run(engine, ECHO, *(("echo", value) for value in ARRAYS)).outcomes
    for outcome, want in zip(got, ARRAYS, strict=True):
        assert type(outcome.value) is np.ndarray
        assert (outcome.value.dtype, outcome.value.shape) == (want.dtype, want.shape)
        np.testing.assert_array_equal(outcome.value, want)


def test_kinds_without_a_plain_counterpart_become_the_nearest(engine):
    text = """
        import numpy as np
        from collections import OrderedDict, namedtuple
        class Own(float):
            def __float__(self): return 99.0
            def __eq__(self, other): return True
        class Array(np.ndarray):
            def __array__(self, *a, **k): return np.zeros(1)
            dtype = shape = property(lambda self: 1 / 0)
        Pair = namedtuple("Pair", "a b")
        def own(): return Own(1.5)
        def double(): return np.float64(2.5)
        def single(): return np.float32(0.5)
        def integer(): return np.int8(-3)
        def boolean(): return np.bool_(True)
        def big_endian(): return np.array([1, 2], ">i4")
        def long_double(): return np.array([1.5], np.longdouble)
        def subclass(): return np.arange(3.0).view(Array)
        def pair(): return Pair(1, OrderedDict(b=2))
    """
    names = ["own", "double", "single", "integer", "boolean", "big_endian", "long_double", "subclass", "pair"]
    got = [outcome.value for outcome in run(engine, text, *((name,) for name in names)).outcomes]
    assert got[:1] + got[2:5] == [1.5, 0.5, -3, True]
    assert [type(value) for value in got[:5]] == [float, np.float64, np.float32, int, bool]
    assert got[5].dtype == np.int32 and got[5].tolist() == [1, 2]
    assert got[6].dtype == np.float64 and got[6].tolist() == [1.5]
    assert type(got[7]) is np.ndarray and got[7].tolist() == [0, 1, 2]
    assert got[8] == (1, {"b": 2}) and got[8].fields == ("a", "b") and type(got[8][1]) is dict


REFUSED = [
    ("(x for x in [1])", "generator"),
    ("memoryview(b'1')", "memoryview"),
    ("{}.keys()", "dict_keys"),
    ("object()", "object"),
    ("np.zeros(2, 'V3')", "ndarray of records"),
    ("np.zeros((1,) * 33)", "ndarray of 33 dimensions"),
    ("{(1, 2): 3}", "dict key tuple"),
    ("{True: 3}", "dict key bool"),
    ("type('\\x1b[31m' + 'y' * 500, (), {})()", "\x1b[31m" + "y" * 95),
    ("Liar()", "Liar"),
]


def test_what_the_wire_does_not_carry_is_refused_by_name(engine):
    text = f"""
        import numpy as np
        class Liar:
            __class__ = np.ndarray
            __array_interface__ = property(lambda self: 1 / 0)
        def give(number): return [{", ".join(f"lambda: ({expression})" for expression, _ in REFUSED)}][number]()
    """
    got = run(engine, text, *(("give", number) for number in range(len(REFUSED)))).outcomes
    assert [(each.reason, each.detail) for each in got] == [("kind", kind) for _, kind in REFUSED]


def test_a_list_that_holds_itself_is_carried_as_deep_as_any(engine):
    got = one(engine, "def f():\n    loop = []\n    loop.append(loop)\n    return loop\n", "f")
    assert type(got) is Returned and type(got.value) is list and repr(got.value).count("[") < 20


def test_a_view_that_claims_to_be_huge_is_refused_before_it_is_copied(engine):
    text = """
        import numpy as np
        def view(): return np.broadcast_to(1.0, (10**6, 10**6))
        def many(): return [0.5] * 200_000
        def long(): return ["x" * 30] * 90_000
    """
    got = run(engine, text, ("view",), ("many",), ("long",)).outcomes
    assert [outcome.reason for outcome in got] == ["result"] * 3


def test_results_of_a_function_together_are_bounded(engine):
    text = "import numpy as np\ndef give(n): return np.zeros(n, np.uint8)\n"
    limits = LIMITS.__class__(result=1 << 20)
    got = run(engine, text, ("give", 700_000), ("give", 700_000), ("give", 10), limits=limits).outcomes
    assert [type(outcome).__name__ for outcome in got] == ["Returned", "Stopped", "Returned"]
    assert got[1].reason == "result"


def test_outcomes_stand_in_the_order_of_the_calls(engine):
    text = "def f(x): return ('f', x)\ndef g(x): return ('g', x)\n"
    got = run(engine, text, ("f", 1), ("g", 2), ("f", 3), ("g", 4), ("f", 5)).outcomes
    assert [outcome.value for outcome in got] == [("f", 1), ("g", 2), ("f", 3), ("g", 4), ("f", 5)]


def test_no_calls_no_outcomes(engine):
    assert run(engine, "x = 1\n").outcomes == ()


def test_each_function_has_a_fresh_module(engine):
    text = """
        count = 0
        def f():
            global count
            count += 1
            return count
        g = f
    """
    got = run(engine, text, ("f",), ("f",), ("g",)).outcomes
    assert [outcome.value for outcome in got] == [1, 2, 1]


def test_together_gives_the_same_outcomes(engine):
    text = "def f(x): return x + 1\ndef g(x): return 1 / x\n"
    calls = [("f", 1), ("g", 0), ("f", 2), ("g", 2.0)]
    apart, together = run(engine, text, *calls).outcomes, run(engine, text, *calls, together=True).outcomes
    assert [getattr(each, "value", None) for each in together] == [2, None, 3, 0.5]
    assert [type(each) for each in apart] == [type(each) for each in together]


def test_arguments_arrive_writable_and_a_change_is_told(engine):
    text = """
        def change(x, d):
            x[0] = 5
            d["k"].append(1)
        def keep(x, d): return x.flags.owndata and x.flags.writeable
        def spoil(x, d): d["k"] = object()
    """
    calls = [(name, np.arange(3.0), {"k": []}) for name in ("change", "keep", "spoil")]
    changed, kept, spoilt = run(engine, text, *calls).outcomes
    assert changed.arguments[0].tolist() == [5, 1, 2] and changed.arguments[1] == {"k": [1]}
    assert (kept.value, kept.arguments) == (True, None)
    assert spoilt.arguments[0].tolist() == [0, 1, 2] and spoilt.arguments[1] is None


def test_an_exception_is_told_with_its_own_lines(engine):
    text = """\
        class Odd(KeyError, ValueError):
            pass
        def inner(x):
            raise Odd("no " + x)
        def outer(x):
            return [inner(each) for each in [x]]
    """
    got = one(engine, text, "outer", "way")
    assert isinstance(got, Raised)
    assert (got.type, got.message) == ("Odd", "'no way'")
    assert got.parents == ("KeyError", "LookupError", "ValueError", "Exception", "BaseException")
    assert got.frames[0] == SourceLine(line=6, function="outer") and got.frames[-1] == SourceLine(
        line=4, function="inner"
    )


HOSTILE = [
    ("fail(Mute())", "Mute"),
    ("fail(ValueError('z' * 10**7))", "ValueError"),
    ("fail(KeyboardInterrupt())", "KeyboardInterrupt"),
    ("fail(GeneratorExit())", "GeneratorExit"),
    ("fail(Named())", "Named"),
    ("deep(0)", "RecursionError"),
    ("input('?')", "EOFError"),
]


def test_hostile_exceptions_are_told_and_bounded(engine):
    text = f"""
        class Mute(Exception):
            def __str__(self): raise SystemExit(0)
        class Meta(type):
            __name__ = property(lambda cls: 1 / 0)
            __mro__ = property(lambda cls: 1 / 0)
        class Named(Exception, metaclass=Meta): pass
        def fail(error): raise error
        def deep(n): return deep(n + 1)
        def f(number): return [{", ".join(f"lambda: {expression}" for expression, _ in HOSTILE)}][number]()
    """
    got = run(engine, text, *(("f", number) for number in range(len(HOSTILE)))).outcomes
    assert [type(each) for each in got] == [Raised] * len(HOSTILE)
    assert [each.type for each in got] == [kind for _, kind in HOSTILE]
    assert all(len(each.message) <= 2000 and len(each.frames) <= 60 for each in got)


def test_an_exit_in_a_call_costs_that_call(engine):
    text = "import sys\ndef f(x):\n    if x: sys.exit(0)\n    return 1\n"
    got = run(engine, text, ("f", 1), ("f", 0)).outcomes
    assert isinstance(got[0], Stopped) and got[0].reason == "exit"
    assert got[1].value == 1


def test_a_missing_function_is_absent_and_named_if_it_is_something_else(engine):
    got = run(engine, "zero_pad = 3\n", ("zero_pad",), ("nothing",)).outcomes
    assert got == (Absent(found="int"), Absent(found=""))


def test_what_is_printed_goes_with_its_call_and_is_cut(engine):
    text = """
        import sys
        print("at the top")
        def f(n):
            print("字" * n, end="")
            print("err", file=sys.stderr)
        def g(): pass
    """
    limits = LIMITS.__class__(output=100)
    got = run(engine, text, ("f", 2), ("f", 1000), ("g",), limits=limits).outcomes
    assert got[0].stdout == "字字err\n"
    assert got[1].stdout.startswith("字" * 20) and len(got[1].stdout.encode()) <= 110
    assert got[2].stdout == ""


def test_a_source_that_swaps_or_closes_its_streams_loses_nothing_else(mortal_engine):
    text = """
        import sys, io, os
        def swap():
            sys.stdout = io.StringIO()
            print("unseen")
        def close():
            sys.stdout.close(); sys.stderr.close(); sys.stdin.close()
            return 1
        def speak():
            print("seen")
            return 2
    """
    got = run(mortal_engine, text, ("swap",), ("close",), ("speak",), together=True).outcomes
    assert [outcome.stdout for outcome in got] == ["", "", "seen\n"]


def test_random_numbers_are_the_same_in_every_run_whatever_the_top_level_seeds(engine):
    text = "import numpy as np, random\nnp.random.seed(SEED)\ndef f(): return np.random.rand(), random.random()\n"
    first = [each.value for each in run(engine, text.replace("SEED", "1"), ("f",), ("f",)).outcomes]
    second = [each.value for each in run(engine, text.replace("SEED", "2"), ("f",), ("f",)).outcomes]
    assert first == second
    assert first[0] != first[1]


def test_stand_ins_answer_for_helpers(engine):
    text = """
        import numpy as np
        def helper(a, k=2, *, loud=False): return None
        def one(x): return helper(x, 3) + helper(k=4, a=x) + helper(a=x)
        def two(x):
            try: return helper("bad", 0)
            except ValueError as error: return str(error)
        def three(x): return helper(x, nope=1)
        def four(x): return helper(object())
    """
    reference = source("def helper(a, k=2):\n    if k == 0: raise ValueError('k is 0')\n    return a * k\n")
    with engine.session(reference, LIMITS) as session:
        names = ("one", "two", "three", "four")
        stand_ins = dict.fromkeys(names, ("helper",))
        calls = [(name, np.array([1.0, 2.0])) for name in names]
        got = run(engine, text, *calls, helpers=Helpers(stand_ins, lambda _, *asked: session.calling(*asked))).outcomes
        plain = run(engine, text, *calls[:1]).outcomes[0]
    assert got[0].value.tolist() == [9.0, 18.0]
    assert got[1].value == "k is 0"
    assert got[2].type == "TypeError" and got[3].type == "TypeError"
    assert plain.type == "TypeError"


def test_the_reference_answers_for_nothing_but_the_helpers_named(mortal_engine):
    """In the worker of a function that is run again with a helper replaced, the reference is one frame away."""
    text = """
        def helper(x): return x
        def f(x):
            line = next(c.cell_contents for c in helper.__closure__ if hasattr(c.cell_contents, "put"))
            line.write({"was": "asks", "id": line.call, "name": "f", "arguments": ["t", 1]})
            return line.read().header["value"]
    """
    asked = []
    reference = source("def helper(x): return x\ndef f(x): return 42\n")
    with mortal_engine.session(reference, LIMITS) as session:

        def answer(_, name, arguments, __):
            asked.append(name)
            return session.calling(name, arguments)

        got = run(mortal_engine, text, ("f", 1), helpers=Helpers({"f": ("helper",)}, answer)).outcomes[0]
    assert isinstance(got, Stopped) and got.reason == "forged"
    assert asked == []


def test_while_one_waits_for_an_answer_the_other_is_heard(mortal_engine, monkeypatch):
    """Else the time that one answer takes would be the other function's."""
    monkeypatch.setattr("grader.execution.workers.cores", lambda: 2)
    text = "def helper(): pass\ndef f(): return helper()\ndef g(): return helper()\n"
    answered = []

    def answer(asker, name, arguments, _):
        until = time.monotonic() + 20
        while asker == "f" and "g" not in answered and time.monotonic() < until:
            yield time.monotonic() + 0.01
        answered.append(asker)
        return Returned(value=name)

    helpers = Helpers({"f": ("helper",), "g": ("helper",)}, answer)
    got = run(mortal_engine, text, ("f",), ("g",), helpers=helpers).outcomes
    assert [each.value for each in got] == ["helper", "helper"]
    assert answered == ["g", "f"]


def test_two_who_ask_one_session_are_each_told_their_own(mortal_engine, monkeypatch):
    monkeypatch.setattr("grader.execution.workers.cores", lambda: 2)
    text = """
        def helper(x): pass
        def f(): return [helper(x) for x in range(20)]
        def g(): return [helper(-x) for x in range(20)]
    """
    reference = source("import time\ndef helper(x):\n    time.sleep(0.002)\n    return x\n")
    with mortal_engine.session(reference, LIMITS) as session:
        helpers = Helpers({"f": ("helper",), "g": ("helper",)}, lambda _, *asked: session.calling(*asked))
        got = run(mortal_engine, text, ("f",), ("g",), helpers=helpers).outcomes
    assert [each.value for each in got] == [[*range(20)], [-x for x in range(20)]]


def test_a_session_keeps_its_source_loaded(engine):
    text = "n = 0\ndef f(k):\n    global n\n    n += k\n    return n\n"
    with engine.session(source(text), LIMITS) as session:
        assert [session.call("f", (k,)).value for k in (1, 2, 3)] == [1, 3, 6]
        assert session.call("g", ()) == Absent()


def test_a_session_asks_for_the_helpers_that_are_replaced(engine):
    text = "def helper(a):\n    return 0\ndef f(a):\n    return helper(a) + 1\n"

    def twice(_, name, arguments, __):
        yield from ()
        return Returned(value=2 * arguments[0])

    helpers = Helpers({"f": ("helper",)}, twice)
    with engine.session(source(text), LIMITS, helpers=helpers) as session:
        session.call("", ())
        assert [session.call("f", (k,)).value for k in (1, 2, 3)] == [3, 5, 7]


def test_a_session_tells_the_cpu_time_of_its_worker(mortal_engine):
    text = """
        import os, time
        def sleep(seconds): time.sleep(seconds)
        def work(seconds):
            until = time.process_time() + seconds
            while time.process_time() < until: pass
        def die(): os._exit(1)
    """
    with mortal_engine.session(source(text), LIMITS) as session:
        assert session.usage.cpu == 0.0
        session.call("", ())
        loaded = session.usage.cpu
        session.call("sleep", (0.3,))
        slept = session.usage.cpu
        session.call("work", (0.3,))
        worked = session.usage.cpu
        session.call("die", ())
        assert session.usage.cpu == 0.0, "there is no worker now"
    if sys.platform == "linux":
        assert 0.0 < loaded <= slept < loaded + 0.3 <= slept + 0.3 <= worked
    else:
        assert loaded == slept == worked == 0.0


def test_the_engine_says_what_it_is(engine):
    assert engine.tier in ("namespaces", "landlock+seccomp", "limits", "process")
    assert set(engine.versions) == {"python", "numpy"}
    assert engine.versions["numpy"] == np.__version__


def test_the_standard_library_is_whole_in_a_worker(mortal_engine):
    """The server leaves out what it does not need itself; a source finds it all the same."""
    text = """
        import hashlib, secrets
        from pathlib import Path
        import numpy as np
        def f():
            drawn = [np.random.default_rng().random() for _ in range(2)]
            return hashlib.sha256(b"x").hexdigest()[:8], len(secrets.token_hex(4)), Path("a/b").name, len(set(drawn))
    """
    assert one(mortal_engine, text, "f").value == ("2d711642", 8, "b", 2)
