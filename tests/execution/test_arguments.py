"""Arguments reach a function as they do where a student calls it: by position or by name, and texts as literals."""

import pytest
from execution_kit import LIMITS, one

from grader.execution import Helpers
from grader.model import Call, Raised, Returned, Source

NAMES = ("A", "hp", "mode")
BOUND = {
    "def f(A, hp, mode): return (A, hp, mode)": (1, 2, 3),
    "def f(x, y, z): return (x, y, z)": (1, 2, 3),
    "def f(hp, A, mode): return (A, hp, mode)": (2, 1, 3),  # another order is a mistake
    "def f(A, hp, *, mode='max'): return (A, hp, mode)": (1, 2, 3),
    "def f(x, y, *, mode): return (x, y, mode)": (1, 2, 3),
    "def f(A, *, mode='max', hp): return (A, hp, mode)": (1, 2, 3),
    "def f(*, mode, hp, A): return (A, hp, mode)": (1, 2, 3),
    "def f(A, mode='max', *, hp): return (A, hp, mode)": (1, 2, 3),
    "def f(hp, A, *, mode): return (A, hp, mode)": (2, 1, 3),
    "def f(A, /, hp, *, mode): return (A, hp, mode)": (1, 2, 3),
    "def f(A, **more): return (A, more['hp'], more['mode'])": (1, 2, 3),
    "def f(x, /, **more): return (x, more['hp'], more['mode'])": (1, 2, 3),
    "def f(**more): return (more['A'], more['hp'], more['mode'])": (1, 2, 3),
    "def f(A, *more, mode='max'): return (A, *more)": (1, 2, 3),
    "import functools\ndef d(g):\n    @functools.wraps(g)\n    def w(*a, **k): return g(*a, **k)\n    return w\n"
    "@d\ndef f(A, hp, *, mode): return (A, hp, mode)": (1, 2, 3),
    "class C:\n    def __call__(self, A, hp, mode): return (A, hp, mode)\nf = C()": (1, 2, 3),
    "import functools\ndef g(k, A, hp, mode): return (A, hp, mode)\nf = functools.partial(g, 0)": (1, 2, 3),
}


def call(engine, text, *arguments):
    source = Source(path="work.py", text=text, digest="", parameters={"f": NAMES})
    return engine.run(source, [Call(function="f", arguments=arguments)], {"f": LIMITS}).outcomes[0]


@pytest.mark.parametrize("text", BOUND)
def test_a_call_is_made_by_name_where_it_can_only_be_made_so(fork_engine, text):
    outcome = call(fork_engine, text, 1, 2, 3)
    assert isinstance(outcome, Returned), outcome
    assert outcome.value == BOUND[text]


@pytest.mark.parametrize(
    "text",
    [
        "def f(A, hp): return 1",
        "def f(A, hp, *, kind='max'): return 1",  # another name
        "def f(A, hp, *, kind): return 1",
        "def f(A, hp, *, mode, more): return 1",
        "def f(mode, A, *, hp): return A + 'x'",
    ],
)
def test_what_cannot_be_called_so_still_raises(fork_engine, text):
    outcome = call(fork_engine, text, 1, 2, 3)
    assert isinstance(outcome, Raised) and outcome.type == "TypeError"


def test_a_default_of_a_parameter_by_name_holds(fork_engine):
    assert call(fork_engine, "def f(A, hp, *, mode='max'): return (A, hp, mode)", 1, 2).value == (1, 2, "max")


def test_a_helper_that_takes_names_only_can_be_lent(fork_engine):
    text = "def pad(X, *, width, fill=0): return 0\ndef f(x): return pad(x, width=2) + pad(x, fill=1, width=3)"
    asked = []

    def answer(_, name, arguments, __):
        asked.append((name, arguments))
        yield from ()
        return Returned(value=1)

    source = Source(path="work.py", text=text, digest="", parameters={"f": ("x",), "pad": ("A", "width", "fill")})
    made = [Call(function="f", arguments=(5,))]
    ran = fork_engine.run(source, made, {"f": LIMITS}, helpers=Helpers({"f": ("pad",)}, answer))
    assert ran.outcomes[0].value == 2
    assert asked == [("pad", (5, 2)), ("pad", (5, 3, 1))]


def test_texts_arrive_as_the_literals_that_a_student_calls_with(engine):
    text = (
        "def f(mode, hp, many): return [mode is 'max', mode is not 'average', hp['kind'] is 'same_2', "
        "[*hp][0] is 'kind', many[0][0] is 'relu', many[1] is '']"
    )
    came = one(engine, text, "f", "max", {"kind": "same_2"}, [("relu",), ""])
    assert came.value == [True] * 6
