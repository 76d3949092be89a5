"""A folder with a reference, where a rubric can be written and loaded."""

import pytest
from rubric_samples import HEAD

from grader.rubric import load


@pytest.fixture
def loaded(tmp_path):
    """Return a function that loads a rubric's text or bytes."""
    (tmp_path / "reference.py").touch()

    def load_text(written):
        data = written if isinstance(written, bytes) else written.encode()
        path = tmp_path / "grading.yaml"
        path.write_bytes(data)
        return load(path)

    return load_text


@pytest.fixture
def good(loaded):
    """Return a function that loads the problems of a rubric without fault."""

    def load_problems(problems, head=HEAD):
        result = loaded(head + problems)
        assert [(fault.at.line, fault.message.text("en")) for fault in result.faults] == []
        return result.rubric

    return load_problems
