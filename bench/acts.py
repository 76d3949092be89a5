"""What a case costs of each kind of work, beside a plain call of a function: one worker makes all of them."""

from __future__ import annotations

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


if __name__ == "__main__":
    main()
