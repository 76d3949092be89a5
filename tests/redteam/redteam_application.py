"""Puts attacks to use in an application, all in one process, and writes what a page would be told.

`redteam_application.py RUBRIC FOLDER HONEST NAME=PATH…` writes FOLDER/NAME.student.json: what stands in the page in
both languages, what each call answered and, after each call, whether the application and the honest one still answer.
"""

import sys
from contextlib import closing
from pathlib import Path

from grader.execution.start import start

if __name__ == "__main__":
    start()

import msgspec
from redteam_workspace import FUNCTIONS, Workspace

from grader.application.building import build
from grader.application.calling import NoValue
from grader.application.page import live_page
from grader.application.running import Running
from grader.errors import GraderError
from grader.execution import open_engine
from grader.grading import prepare, read

SEED = 730519864
MODULE = """\
import cnn
import numpy as np

X, W, B, HOW = np.ones((1, 4, 4, 2)), np.ones((2, 2, 2, 3)), np.ones((1, 1, 1, 3)), {"pad": 1, "stride": 1, "f": 2}
CACHES = {}


def start():
    return 0


def steady(x):
    return x + 40


def zero_pad():
    return cnn.zero_pad(X, 1)


def conv_single_step():
    return cnn.conv_single_step(X[0], np.ones((4, 4, 2)), np.ones((1, 1, 1)))


def conv_forward():
    made, CACHES["conv"] = cnn.conv_forward(X, W, B, HOW)
    return made


def conv_backward():
    conv_forward()
    return cnn.conv_backward(np.ones((1, 5, 5, 3)), CACHES["conv"])


def pool_forward():
    made, CACHES["pool"] = cnn.pool_forward(X, HOW, "max")
    return made


def create_mask_from_window():
    return cnn.create_mask_from_window(np.array([[1.0, 3.0], [2.0, 0.0]]))


def distribute_value():
    return cnn.distribute_value(2.0, (2, 2))


def pool_backward():
    pool_forward()
    return cnn.pool_backward(np.ones((1, 3, 3, 2)), CACHES["pool"], "max")


def kept(state):
    return {"state": cnn.zero_pad(X, 1), "done": True}


def told(state):
    return state


def locked():
    return cnn.zero_pad(X, 1)
"""
RUBRIC = f"""
title: Attacked
language: en
seed: {SEED}
submission: assignment/cnn.py
reference: solutions/cnn.py
limits: {{seconds: 1, memory: 512 MiB, output: 64 KiB}}
application: {{module: application/calls.py, page: application/page.html, needs: {{locked: [zero_pad]}}}}
problems:
  zero_pad:
    points: 10
    checks:
      - example: public
        share: 50%
        legacy_seed: 1
        draw: {{X: "randn(1, 3, 3, 2)", pad: 2}}
      - values: hidden
        cases: 1
        draw: {{m: 1..3, h: 1..5, w: 1..5, c: 1..3, X: "normal(m, h, w, c)", pad: 0..3}}
"""
PAGE = "<!doctype html><html><head><title>Attacked</title></head><body><p></p></body></html>\n"


def place(workspace: Workspace) -> None:
    """Make the workspace's rubric a short one with an application of all functions."""
    workspace.rubric.write_text(f"# {workspace.canary}\n{RUBRIC}", "utf-8")
    folder = workspace.folder / "application"
    folder.mkdir()
    (folder / "calls.py").write_text(MODULE, "utf-8")
    (folder / "page.html").write_text(PAGE, "utf-8")


def answer(running: Running, name: str, **arguments: object) -> object:
    """Return what a page is told of a call; only our own faults are raised."""
    try:
        return {"value": running.call(name, arguments)}
    except NoValue as error:
        return {"failure": error.kind, "en": error.message.text("en"), "zh": error.message.text("zh")}


def told(running: Running, honest: Running) -> dict[str, object]:
    """Return all that the page of an attack is told, and what came of the calls between."""
    known: dict[str, object] = {lang: running.standing(lang) for lang in ("zh", "en")}
    known["page"] = live_page(PAGE, known["en"], "0")
    known["calls"], known["between"] = {}, []
    for name in (*FUNCTIONS, "kept", "told", "locked", "told", "reset", "told"):
        if name == "reset":
            running.reset()
            continue
        known["calls"][f"{len(known['calls'])} {name}"] = answer(running, name)
        known["between"].append([answer(running, "steady", x=2), answer(honest, "zero_pad")])
    return known


def main(rubric, folder, honest, *named):
    plan = read(Path(rubric))
    built, engine = build(plan.rubric), open_engine()
    try:
        prepared = prepare(plan, engine)
        with closing(Running(built, prepared, engine, Path(honest))) as good:
            for each in named:
                name, _, path = each.partition("=")
                try:
                    with closing(Running(built, prepared, engine, Path(path))) as running:
                        known = told(running, good)
                except GraderError as error:
                    known = {"error": type(error).__name__, "en": error.message.text("en")}
                Path(folder, f"{name}.student.json").write_bytes(msgspec.json.encode(known))
    finally:
        engine.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
