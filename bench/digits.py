"""Trains the weights that ship with the digits: `python -m bench.digits` (a minute or two).

It uses the reference's functions, writes `assignment/application/weights.npz`, and prints time and accuracy by epoch.
With `--dry` it writes nothing. `--expected` keeps the weights that ship, and writes anew what each layer gives with
them, which the application's `agrees` compares a student's functions with. `--app` trains as the page of `grade app`
does, piece by piece in a confined worker, until 97 % of the test images are read right, and writes nothing.
"""

from __future__ import annotations

import importlib
import shutil
import sys
import tempfile
import time
from contextlib import closing
from operator import eq
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from grader.application.building import build
from grader.application.running import Running
from grader.execution import open_engine
from grader.grading import prepare, read

ROOT = Path(__file__).resolve().parents[1]
WEIGHTS = ROOT / "assignment" / "application" / "weights.npz"
EPOCHS = 10
IMAGES = 2
"""How many test images the file keeps the layers of."""


def application() -> ModuleType:
    """Return the application's module, which finds the reference under the name `cnn`."""
    sys.path[:0] = [str(ROOT / "solutions"), str(ROOT / "assignment")]
    try:
        return importlib.import_module("application.digits")
    finally:
        del sys.path[:2]


def judged(digits: ModuleType, state: dict[str, Any]) -> dict[str, Any]:
    """Return the state after all test images were read."""
    place, done = 0, False
    while not done:
        piece = digits.judge(state, place)
        state, place, done = piece["state"], piece["place"], piece["done"]
    return state


def rounded(state: dict[str, Any]) -> dict[str, np.ndarray[Any, Any]]:
    """Return what the file keeps: parameters in single precision, which keeps the file and pages with them small."""
    return {name: value.astype(np.float32) for name, value in (*state["parameters"].items(), ("first", state["first"]))}


def expected(digits: ModuleType, parameters: dict[str, Any]) -> dict[str, np.ndarray[Any, Any]]:
    """Return what each layer gives for the first test images, by its name in the file."""
    names = [layer for _, layer in digits.LAYERS]
    layers = zip(names, digits._layers(parameters, digits._data()[2][:IMAGES]), strict=True)
    return {f"expected_{name}": found.astype(np.float32) for name, found in layers}


def renew(digits: ModuleType) -> None:
    """Write the layers' numbers anew beside the weights that ship."""
    with np.load(WEIGHTS) as file:
        kept = {name: file[name] for name in file.files}
    np.savez(WEIGHTS, **kept | expected(digits, digits._shipped()))


def write(digits: ModuleType, state: dict[str, Any]) -> int:
    """Write the weights and what they reach on the test images; return how many of them are right."""
    kept = rounded(state)
    read_back = {name: kept[name].astype(float) for name in state["parameters"]}
    right = judged(digits, {**state, "parameters": read_back})["judged"]["right"]
    layers = expected(digits, read_back)
    np.savez(WEIGHTS, **kept, **layers, seed=state["seed"], step=state["step"], right=right)
    return right


AIM = 0.97


def as_the_page_does() -> None:
    """Train from fresh weights through the application, as its page does, and print how long it took."""
    with tempfile.TemporaryDirectory() as folder:
        for name in ("assignment", "solutions"):
            shutil.copytree(ROOT / name, Path(folder, name))
        plan = read(Path(shutil.copy(ROOT / "grading.yaml", folder)))
        with closing(open_engine()) as engine:
            running = Running(build(plan.rubric), prepare(plan, engine), engine, Path(folder, "solutions/cnn.py"))
            with closing(running):
                _train(running)


def _train(running: Running) -> None:
    running.call("begin", {})
    wall = pieces = right = 0.0
    epoch = 1
    while right < AIM:
        began = time.perf_counter()
        done: Any = running.call("train", {})
        wall += time.perf_counter() - began
        pieces += done["seconds"]
        if done["epoch"] > epoch:
            epoch = done["epoch"]
            place, over, same = 0, False, 0
            while not over:
                read_now: Any = running.call("judge", {"place": place})
                place, over = read_now["place"], read_now["done"]
                same += sum(map(eq, read_now["labels"], read_now["digits"]))
            right = same / read_now["total"]
            print(f"{done['images']} images, {wall:.1f} s ({pieces:.1f} s in the worker): test {right:.1%}", flush=True)


def main() -> None:
    if "--app" in sys.argv[1:]:
        as_the_page_does()
        return
    digits = application()
    if "--expected" in sys.argv[1:]:
        renew(digits)
        return
    state = digits.begin()["state"]
    total = len(digits._data()[3])
    began, cpu = time.perf_counter(), time.process_time()
    for epoch in range(1, EPOCHS + 1):
        done = digits.train(state, steps=digits._batches())
        state = done["state"]
        wall, used = time.perf_counter() - began, time.process_time() - cpu
        right = judged(digits, state)["judged"]["right"]
        began, cpu = time.perf_counter() - wall, time.process_time() - used
        print(
            f"epoch {epoch:2}: loss {done['loss']:.3f}, training {done['accuracy']:.1%}, test {right / total:.1%}, "
            f"{wall:.1f} s ({used:.1f} s CPU), {done['images'] / used:.0f} images/s of CPU",
            flush=True,
        )
    if "--dry" not in sys.argv[1:]:
        print(f"{write(digits, state)} of {total} right: {WEIGHTS.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
