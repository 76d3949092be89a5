"""The rubric that ships and rubrics of a test's own, graded."""

from datetime import datetime

import pytest
from grading_kit import ROOT

from grader import submission
from grader.grading import grade, prepare, read

RUNNER = {
    "CLASSROOM": "numerics", "ASSIGNMENT": "cnn", "SUBMISSION_TAG": "submit/1",
    "COMMIT_URL": "https://example.org/c", "RELEASE_URL": "https://example.org/r",
}  # fmt: skip
"""What Classroom 50's runner sets; its format refuses to be written without."""


class Clock:
    """A clock that stands still: one format says when a report was made."""

    @staticmethod
    def now(zone):
        return datetime(2026, 11, 30, tzinfo=zone)


@pytest.fixture(autouse=True)
def runner(monkeypatch):
    """Let every format be written."""
    monkeypatch.setattr("grader.cli.writing.datetime", Clock)
    for name, value in RUNNER.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(scope="session")
def reference_text():
    """Return the reference's source."""
    return (ROOT / "solutions/cnn.py").read_text("utf-8")


@pytest.fixture(scope="module")
def folder(request, tmp_path_factory):
    """Return a folder with the module's own `RUBRIC` and `REFERENCE` in it."""
    folder = tmp_path_factory.mktemp("course")
    (folder / "grading.yaml").write_text(request.module.RUBRIC, "utf-8")
    (folder / "r.py").write_text(request.module.REFERENCE, "utf-8")
    return folder


@pytest.fixture(scope="module")
def ready(folder, engine):
    """Return the module's own rubric, prepared."""
    return prepare(read(folder / "grading.yaml"), engine)


@pytest.fixture
def graded(prepared, engine, tmp_path):
    """Return a function that grades a text and returns the report."""
    names = [problem.function for problem in prepared.plan.rubric.problems]

    def grade_text(text, **options):
        path = tmp_path / "cnn.py"
        path.write_text(text, "utf-8")
        return grade(prepared, submission.load(path, names), engine, **options)

    return grade_text
