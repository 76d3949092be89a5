"""A small course with an application: two functions, and a module that counts what it is asked."""

import os
import re
import signal
import subprocess
import sys
from contextlib import closing
from typing import NamedTuple

import pytest

from grader.application.building import build
from grader.application.running import Running
from grader.grading import prepare, read

RUBRIC = """\
title: {zh: 两倍, en: Twice}
language: en
seed: 918273645
submission: work.py
reference: answers/work.py
application:
  module: application/count.py
  page: application/count.html
  data: [application/words.txt]
  needs:
    doubled: [double]
    summed: [double, add]
    examples: [double]
problems:
  double:
    points: 1
    checks:
      - example: shown
        draw: {x: [1.5, 2.5]}
      - values: drawn
        draw: {x: normal(3)}
  add:
    points: 1
    needs: [double]
    checks:
      - values: drawn
        draw: {a: normal(), b: normal()}
"""

REFERENCE = '''\
"""Twice."""

import numpy as np


def double(x):
    """Return 2 x."""
    ### START CODE HERE ###
    y = 2 * np.asarray(x)
    ### END CODE HERE ###
    return y


def add(a, b):
    """Return 2 a + 2 b."""
    ### START CODE HERE ###
    s = double(a) + double(b)
    ### END CODE HERE ###
    return s
'''

STUB = REFERENCE.replace("2 * np.asarray(x)", "None").replace("double(a) + double(b)", "None")

MODULE = '''\
"""Counts."""

import time

import numpy as np
import work


def start():
    return {"calls": 0, "history": np.zeros(2)}


def doubled(x):
    return {"value": work.double(x), "shape": np.shape(x)}


def summed(state, a, b=1):
    calls = state["calls"] + 1
    kept = {"calls": calls, "history": np.append(state["history"], a)}
    return {"state": kept, "sum": work.add(a, b), "calls": calls}


def words():
    with open("words.txt") as file:
        return file.read().split()


def told(state):
    return state["history"]


def odd():
    return {"nan": np.array([1.0, np.nan]), "inf": float("inf"), "big": 2**70, "truth": np.bool_(True), 3: None}


def strange():
    return {1, 2}


def wrong():
    raise ValueError("no </script><b> here")


def endless():
    while True:
        time.sleep(0.01)


def ends():
    import os

    os._exit(0)


def network(state):
    return {
        "input": {"name": "x", "shape": [2]}, "output": "y",
        "nodes": [{"op": "Mul", "inputs": ["x", "two"], "output": "y"}],
        "weights": {"two": np.array([2.0, 2.0])},
    }


def examples(state):
    inputs = np.array([[1.0, 2.0], [0.5, -3.0]])
    return {"inputs": inputs, "outputs": np.stack([work.double(each) for each in inputs])}


def _private():
    return 1
'''

PAGE = """\
<!doctype html>
<html><head><meta charset="utf-8"><title>Count</title><style>body { margin: 1rem }</style></head>
<body><p id="title"></p><p id="locked"></p><output id="answer"></output><button id="ask">ask</button>
<script>
const show = (id, text) => { document.getElementById(id).textContent = text; };
app.onchange(() => {
  show("title", app.title);
  show("locked", Object.entries(app.stages ?? {}).filter(([, stage]) => !stage.open).map(([name]) => name).join(" "));
});
document.getElementById("ask").addEventListener("click", async () => {
  if (app.deployed) return show("answer", JSON.stringify(app.run([1, 3]).y));
  try { show("answer", JSON.stringify((await app.call("doubled", { x: [1, 3] })).value)); }
  catch (failure) { show("answer", `${failure.kind}: ${failure.message}`); }
});
</script></body></html>
"""


@pytest.fixture
def course(tmp_path):
    """Write the course, and return its folder."""
    files = {
        "grading.yaml": RUBRIC, "work.py": REFERENCE, "answers/work.py": REFERENCE, "application/count.py": MODULE,
        "application/count.html": PAGE, "application/words.txt": "one two three\n",
    }  # fmt: skip
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


@pytest.fixture
def run(course, engine):
    """Return what runs the course's application with a submission's text; it is closed at the end."""
    opened = []

    def run(text=None, path="work.py"):
        if text is not None:
            (course / "work.py").write_text(text, "utf-8")
        plan = read(course / "grading.yaml")
        running = Running(build(plan.rubric), prepare(plan, engine), engine, course / path)
        opened.append(running)
        return running

    yield run
    for each in opened:
        with closing(each):
            pass


class Served(NamedTuple):
    """A `grade app` at work: its process, its address, its port and what it said before."""

    process: subprocess.Popen
    address: str
    port: int
    said: str


@pytest.fixture
def app():
    """Return what starts `grade app` in a folder; each is ended by Ctrl-C, and must end well."""
    started = []

    def start(folder, *words):
        process = subprocess.Popen(
            [sys.executable, "-m", "grader", "app", *words], cwd=folder, text=True, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, env={**os.environ, "CI": "true", "PYTHONUNBUFFERED": ""},
        )  # fmt: skip
        started.append(process)
        lines = []
        for line in iter(process.stdout.readline, ""):
            lines.append(line)
            if found := re.search(r"http://127\.0\.0\.1:(\d+)/[\w-]{20,}/", line):
                return Served(process, found[0], int(found[1]), "".join(lines))
        raise AssertionError(process.stderr.read())

    yield start
    for process in started:
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0


@pytest.fixture
def expect():
    """Return playwright's expectations, which wait."""
    return pytest.importorskip("playwright.sync_api").expect


@pytest.fixture
def opened(app, course, tab):
    """Return what opens a course's application with a submission's text; the browser is to complain of nothing."""
    work = course / read(course / "grading.yaml").rubric.submission

    def opened(text, language="en", width=1280):
        work.write_text(text, "utf-8")
        served = app(course)
        tab.set_viewport_size({"width": width, "height": 900})
        tab.complaints.clear()
        tab.requests.clear()
        tab.goto(f"{served.address}?lang={language}")
        return served

    yield opened
    complaints = list(tab.complaints)
    tab.goto("about:blank")  # a page whose server has ended would complain in the next test
    assert complaints == []
