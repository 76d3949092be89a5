"""Whatever seed an imported assignment gets, it has nothing that its own `grade check` objects to."""

from itertools import count

import pytest
from course_notebooks import build
from new_kit import report, run

from grader.author.new import write_new
from grader.author.new.conversion import from_notebook

NOTEBOOKS = ("boxes", "deep", "minmax", "typos")
"""They draw few whole numbers, which may be public ones, and values that their references refuse."""


@pytest.mark.slow
@pytest.mark.parametrize("seed", (0, 1))
@pytest.mark.parametrize("name", NOTEBOOKS)
def test_no_seed_gives_what_grade_check_objects_to(tmp_path, monkeypatch, name, seed):
    drawn = count(7919 * seed + 13, 104729)
    monkeypatch.setattr("secrets.randbelow", lambda _: next(drawn))
    made = from_notebook(build(name, tmp_path), "new", "en")
    write_new(made.files, tmp_path / "new")
    assert [look.text("en") for look in made.summary.looks] == []
    looked = run(tmp_path / "new", "check", "--lang", "en")
    assert looked.returncode == 0, looked.stdout
    assert report(tmp_path / "new")["score"] == 0
