"""A small class: a rubric, its reference, and what was handed in; and stores of it, graded here."""

from contextlib import contextmanager
from functools import partial

from grader import grading
from grader.course.crew import alone as one_process
from grader.course.entries import entries
from grader.course.intake import take_in
from grader.course.runs import Course
from grader.course.sameness import Fingerprints
from grader.course.shards import bind
from grader.course.store import Store

RUBRIC = """
title: Small
language: en
seed: 1
submission: work.py
reference: ref.py
limits: {seconds: 20}
problems:
  first: {points: 3, checks: [{example: numbers, draw: {x: 3}}, {values: more, cases: 3, draw: {x: "normal(3)"}}]}
  second: {points: 2, checks: [{values: much, cases: 3, draw: {x: "normal(3)"}}]}
"""
REFERENCE = "def first(x):\n    return x + 1\n\n\ndef second(x):\n    return x * 2\n"
STUB = "def first(x):\n    pass\n\n\ndef second(x):\n    pass\n"


def work(number):
    """Return the text of one submission of many: right, wrong in one function, or broken; no two are alike."""
    text = f"MARK = {number}\n\n\n" + REFERENCE
    match number % 4:
        case 1:
            return text.replace("x * 2", f"x * {number + 3}")
        case 2:
            return text.replace("x + 1", "x + )")
        case 3:
            return text.replace("return x + 1", f"raise ValueError({number})")
    return text


def course_in(folder, count, rubric=RUBRIC):
    """Write the rubric and `count` submissions into a folder; return the folder of the submissions."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in {"grading.yaml": rubric, "ref.py": REFERENCE, "work.py": STUB}.items():
        (folder / name).write_text(text, "utf-8")
    handed = folder / "handed"
    handed.mkdir(exist_ok=True)
    for number in range(count):
        (handed / f"s{number:03}.py").write_text(work(number), "utf-8")
    return handed


def graded(folder, store, engine, *, shard=None, hands=None, seen=lambda *_: None):
    """Grade what was handed in into a store, as `grade class run` does; return the run."""
    with course_of(folder, store, engine, hands) as (course, crew):
        bind(course.store, shard)
        found = entries([folder / "handed"], None, own=(), unpacked=folder / "unpacked")
        take_in(course.store, found, (), "work.py", shard)
        return course.grade(crew, seen)


@contextmanager
def course_of(folder, store, engine, hands=None):
    """Yield a class and who grades it, as the commands have them: this process, or `hands`."""
    plan = grading.read(folder / "grading.yaml")
    with Store(store, fresh=True) as opened:
        course = Course(opened, plan, Fingerprints(plan, engine.versions, engine.tier), engine.tier)
        alone = partial(one_process, prepared=lambda: grading.prepare(plan, engine), engine=engine, store=opened)
        yield course, partial(hands, alone=alone, known=course.known) if hands is not None else alone


COURSE_FILES = {
    "course/grading.yaml": """
title: Many files
language: en
seed: 1
submission: handout/work.py
reference: ../secret/ref.py
generators: parts/gen.py
mistakes: known.py
files: {table.csv: data/table.csv}
problems:
  first: {points: 3, checks: [{values: more, cases: 3, generator: some, draw: {x: "n"}}]}
""",
    "course/handout/work.py": "def first(x):\n    pass\n",
    "course/parts/gen.py": "def some(seed, index):\n    return {'n': index}\n",
    "course/known.py": 'edit(of="first", name="twice", replace=[("+", "-")], en=["Add."])\n',
    "course/data/table.csv": "1,2\n",
    "secret/ref.py": "import tools\n\n\ndef first(x):\n    open('table.csv')\n    return tools.more(x) + 0\n",
    "secret/tools.py": "def more(x):\n    return x + 1\n",
    "course/unused.txt": "private\n",
}
"""A course whose files lie in several folders."""
