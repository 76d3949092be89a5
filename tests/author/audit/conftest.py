"""A folder with a reference and a rubric, audited."""

import textwrap

import pytest

from grader.author.audit import audit
from grader.grading import read


@pytest.fixture
def assignment(tmp_path):
    """Return a function that writes an assignment and returns the path of its rubric."""

    def write(reference, problems, mistakes="", extra=""):
        (tmp_path / "reference.py").write_text(textwrap.dedent(reference).lstrip("\n"), "utf-8")
        (tmp_path / "mistakes.py").write_text(textwrap.dedent(mistakes), "utf-8")
        head = (
            "title: {zh: 小作业, en: Tiny}\nlanguage: en\nseed: 7\nsubmission: reference.py\nreference: reference.py\n"
        )
        tail = "mistakes: mistakes.py\n" if mistakes else ""
        rubric = tmp_path / "grading.yaml"
        rubric.write_text(
            head + tail + extra + "problems:\n" + textwrap.indent(textwrap.dedent(problems), "  "), "utf-8"
        )
        return rubric

    return write


@pytest.fixture
def audited(assignment, engine):
    """Return a function that writes an assignment and returns its audit."""
    return lambda *parts, **more: audit(read(assignment(*parts, **more)), engine)
