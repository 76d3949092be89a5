"""A small course and its class: two functions, one of which builds on the other, an essay, and a folder of hand-ins."""

import json
import textwrap
from contextlib import contextmanager
from pathlib import Path

import pytest

from grader.course import grading as of_class
from grader.course.standings import standing_of, standings
from grader.course.store import Store
from grader.errors import EngineError
from grader.language import say
from grader.report import format_of
from tests.cli.cli_runs import as_process, in_process, in_text

RUBRIC = """\
title: t
language: en
seed: 90711
submission: work/hw.py
reference: solutions/hw.py
problems:
  double:
    points: 4
    checks:
      - values: small numbers
        cases: 3
        draw: {x: 1..9}
      - values: large numbers
        visibility: hidden
        cases: 3
        draw: {x: 100..999}
  total:
    points: 6
    checks:
      - values: lists
        cases: 4
        draw: {xs: "integers(1, 9, 4)"}
manual:
  essay: {points: 2, title: essay}
"""
REFERENCE = """
def double(x):
    return 2 * x


def total(xs):
    return sum(double(x) for x in xs)
"""
STUB = """
def double(x):
    pass


def total(xs):
    pass
"""
RIGHT = REFERENCE
WRONG_DOUBLE = REFERENCE.replace("2 * x", "3 * x")
WRONG_TOTAL = REFERENCE.replace("return sum(", "return -sum(")


class Class:
    """A course in a folder, its hand-ins, and `grade class` over them."""

    def __init__(self, folder: Path):
        self.folder = folder
        for name in ("solutions", "work", "handed in"):
            (folder / name).mkdir()
        self.rubric(RUBRIC)
        (folder / "solutions" / "hw.py").write_text(REFERENCE, "utf-8")
        (folder / "work" / "hw.py").write_text(STUB, "utf-8")

    def rubric(self, text):
        (self.folder / "grading.yaml").write_text(text, "utf-8")

    def mend(self, old, new):
        text = (self.folder / "grading.yaml").read_text("utf-8")
        assert old in text
        self.rubric(text.replace(old, new))

    def hand_in(self, person, text, name="hw.py"):
        folder = self.folder / "handed in" / person
        folder.mkdir(exist_ok=True)
        (folder / name).write_text(textwrap.dedent(text), "utf-8")

    def command(self, *words, process=False, **environment):
        run = as_process if process else in_process
        base = {"LANG": "en_US.UTF-8", "LC_ALL": "", "LC_MESSAGES": ""}
        return in_text(run(["class", *words], cwd=self.folder, environment=base | environment))

    def run(self, *words):
        done = self.command("handed in", "--jobs", "1", *words)
        assert done.returncode in (0, 1), done.stderr
        return done.stdout

    @property
    def path(self):
        return self.folder / ".grade" / "class.db"

    @property
    def store(self):
        return Store(self.path)

    def standing(self, person):
        with self.store as store:
            return standing_of(store, person, evidence="all")

    def scores(self, run=None):
        with self.store as store:
            return {
                one.person.id: float(one.report.score) if one.report is not None else None
                for one in standings(store, run, evidence="none")
            }

    def reports(self):
        """Return everybody's whole report as JSON has it, without what each run measures anew."""
        render = format_of("json").render
        with self.store as store:
            return {
                one.person.id: timeless(json.loads(render(one.report, language="en")))
                for one in standings(store, evidence="all")
            }


def timeless(node):
    match node:
        case dict():
            return {key: timeless(value) for key, value in node.items() if key not in ("seconds", "submission")}
        case list():
            return [timeless(value) for value in node]
    return node


@pytest.fixture
def classroom(tmp_path):
    """Return a class in which nobody has handed in anything yet."""
    return Class(tmp_path)


@pytest.fixture
def graded(classroom):
    """Return a class of three that is graded once."""
    for person, text in (("ann", RIGHT), ("bob", WRONG_DOUBLE), ("cleo", WRONG_TOTAL)):
        classroom.hand_in(person, text)
    classroom.run()
    return classroom


@contextmanager
def our_fault():
    """While the block runs in this process, the grader itself fails at whatever is handed in."""

    def failing(*_, **__):
        raise EngineError(say("No."))

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(of_class, "results_of", failing)
        yield
