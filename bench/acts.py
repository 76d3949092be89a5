"""What a case costs of each kind of work, beside a plain call of a function: one worker makes all of them.

And what a worker costs whose source imports pandas and matplotlib, by whether the server imported them ahead.
"""

from __future__ import annotations

import sys
from pathlib import Path

from bench.timing import median
from grader.execution import Engine, open_engine
from grader.model import Call, Limits, Source

COUNT, ROUNDS = 200, 7
TEXT = """
import sys

class Stack:
    def __init__(self):
        self.items = []

    def push(self, item):
        self.items.append(item)

    def __len__(self):
        return len(self.items)

def double(x):
    return 2 * x

def greet(x):
    print("hello", x)

if __name__ == "__main__":
    print(2 * int(input()))
"""
STEPS = [["push", [1]], ["__len__", []]] * 4
CALLS = {
    "a function": Call(function="double", arguments=(3,)),
    "a function that prints": Call(function="greet", arguments=(3,), act="printed", given={"prompts": False}),
    "a function that finds a file": Call(function="double", arguments=(3,), given={"files": {"a.csv": "1,2\\n"}}),
    "an object and 8 calls": Call(
        function="Stack", arguments=(), act="play", given={"steps": STEPS, "watch": [], "state": False}
    ),
    "a program": Call(
        function="program", arguments=(), act="program",
        given={"stdin": "3\\n", "prompts": False, "args": [], "writes": []},
    ),
}  # fmt: skip


LIBRARIES = "import pandas\nimport matplotlib.pyplot\ndef double(x):\n    return 2 * x\n"
AHEAD = {"each worker": (), "the server": ("pandas", "matplotlib.pyplot")}


def _with_libraries() -> dict[str, float]:
    """Return the milliseconds of a worker with one call, from its start, by who imports the two libraries."""
    here = Path(sys.executable)
    python = f"{here.parent}/./{here.name}"  # in this spelling it offers all that is installed for it
    source, calls = Source(path="work.py", digest="", text=LIBRARIES), [CALLS["a function"]]
    engines = {who: open_engine(python=python, ahead=ahead) for who, ahead in AHEAD.items()}
    taken: dict[str, list[float]] = {who: [] for who in engines}
    try:
        for turn in range(ROUNDS + 1):
            for who, engine in engines.items():
                ran = engine.run(source, calls, {"double": Limits()})
                taken[who] += [1000 * ran.seconds] * bool(turn)
    finally:
        for engine in engines.values():
            engine.close()
    return {who: median(values) for who, values in taken.items()}


def _each(engine: Engine, call: Call) -> float:
    """Return the milliseconds that each of many calls takes, without the start of their worker."""
    return (_milliseconds(engine, call, COUNT) - _milliseconds(engine, call, 1)) / (COUNT - 1)


def _milliseconds(engine: Engine, call: Call, count: int) -> float:
    ran = engine.run(Source(path="work.py", digest="", text=TEXT), [call] * count, {call.function: Limits()})
    return 1000 * ran.seconds


def main() -> None:
    """Print milliseconds a case, without the start of the worker, and its ratio to a function's, medians of rounds."""
    engine = open_engine()
    try:
        taken = {name: median([_each(engine, call) for _ in range(ROUNDS)]) for name, call in CALLS.items()}
    finally:
        engine.close()
    for name, each in taken.items():
        print(f"{name:32} {each:6.2f} ms  {each / taken['a function']:5.1f}")
    for who, each in (workers := _with_libraries()).items():
        print(f"pandas, matplotlib: {who:12} {each:6.0f} ms  {each / workers['the server']:5.1f}")


if __name__ == "__main__":
    main()
