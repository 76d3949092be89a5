"""A course in a folder: a rubric, a reference, and what students hand in, graded as by the command."""

import textwrap

import pytest

from grader.grading import for_students, grade, handed_in, prepare, read
from grader.report import terminal

HEAD = "title: t\nlanguage: en\nseed: 90711\nsubmission: work/hw.py\nreference: solutions/hw.py\n"


class Course:
    """What `course` gives: `graded` returns a student's report, `shown` its text."""

    def __init__(self, folder, engine):
        self.folder, self.engine = folder, engine
        self._made_of, self._prepared = {}, None

    def plan(self):
        return read(self.folder / "grading.yaml")

    def prepared(self):
        """Return the course ready to grade, as long as no file of it changes: as a class has it."""
        files = (path for path in self.folder.rglob("*") if path.is_file() and path.parent.name != "handed_in")
        now = {path: path.read_bytes() for path in files}
        if now != self._made_of:
            self._prepared = prepare(self.plan(), self.engine)
            self._made_of = now
        return self._prepared

    def full(self, source):
        path = self.folder / "handed_in" / "hw.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(textwrap.dedent(source), "utf-8")
        prepared = self.prepared()
        return grade(prepared, handed_in(prepared.plan, path), self.engine)

    def graded(self, source):
        return for_students(self.full(source))

    def points(self, source):
        return float(self.full(source).score)

    def shown(self, source, language="en"):
        return terminal.render(self.graded(source), language=language)


@pytest.fixture
def course(tmp_path, engine):
    """Return a course of these problems (YAML below `problems:`), this reference and these files by path."""

    def made(problems, reference, *, stub="", head="", **files):
        for name in ("solutions", "work"):
            (tmp_path / name).mkdir(exist_ok=True)
        rubric = f"{HEAD}{head}problems:\n{textwrap.indent(textwrap.dedent(problems), '  ')}"
        (tmp_path / "grading.yaml").write_text(rubric, "utf-8")
        (tmp_path / "solutions" / "hw.py").write_text(textwrap.dedent(reference), "utf-8")
        (tmp_path / "work" / "hw.py").write_text(textwrap.dedent(stub), "utf-8")
        for path, text in files.items():
            (tmp_path / path).write_text(text, "utf-8")
        return Course(tmp_path, engine)

    return made
