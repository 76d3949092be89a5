"""The course whose rubric the recipes grade by."""

import pytest
from recipe_machine import FILES


@pytest.fixture(scope="session")
def course(tmp_path_factory):
    """A course's folder, with a rubric that names everything a rubric can name."""
    folder = tmp_path_factory.mktemp("course") / "squares"
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return folder
