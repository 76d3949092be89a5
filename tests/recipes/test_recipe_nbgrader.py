"""nbgrader's recipe: a course's folder as `nbgrader collect` leaves it, and the table in place of `nbgrader export`."""

import csv
import shutil

import pytest
from recipe_machine import RIGHT, SECRETS, shell
from test_platforms import PRINTS, RECIPES, WRONG, environment, installed, laid, machine  # noqa: F401

STAMP = "2026-10-01 12:00:00.000000 UTC"


@pytest.fixture
def collected(tmp_path, machine, course):  # noqa: F811
    """A course of two assignments, of which the second has a rubric, with a roster."""
    installed(machine)
    shutil.copytree(course, tmp_path / "grading" / "ps2")
    shutil.copy(RECIPES / "nbgrader/grade.sh", tmp_path)
    works = {"ada": RIGHT, "bob": WRONG, "eve": PRINTS}
    laid(tmp_path, {"nbgrader_config.py": "raise SystemExit('nobody runs this')\n",
                    "roster.csv": "id,name\nada,Ada L\nbob,Bob M\neve,Eve N\nzoe,Zoe O\n"})  # fmt: skip
    for person, text in works.items():
        for assignment in ("ps1", "ps2"):
            own = f"submitted/{person}/{assignment}"
            laid(tmp_path, {f"{own}/squares.py": text, f"{own}/timestamp.txt": STAMP})
    return tmp_path


def run(folder, machine, assignment="ps2"):  # noqa: F811
    return shell(f"bash grade.sh {assignment}", cwd=folder, **environment(machine))


def scores(folder):
    return {row["student_id"]: row for row in csv.DictReader((folder / "ps2.csv").open(encoding="utf-8"))}


def test_nbgraders_table_has_everybody(collected, machine):  # noqa: F811
    ran = run(collected, machine)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    told = scores(collected)
    assert {person: row["score"] for person, row in told.items()} == {
        "ada": "6.0", "bob": "2.0", "eve": "0.0", "zoe": "0.0",
    }  # fmt: skip
    assert told["ada"]["timestamp"] == "2026-10-01 12:00:00" and told["zoe"]["timestamp"] == ""
    assert {row["max_score"] for row in told.values()} == {"6.0"}
    pages = {page.stem: page.read_text("utf-8") for page in (collected / "reports/ps2").iterdir()}
    assert pages.keys() == {"ada", "bob", "eve"}
    assert not [word for word in SECRETS for text in (ran.stdout, *pages.values()) if word in text]


def test_it_goes_on_with_who_is_collected_later(collected, machine):  # noqa: F811
    run(collected, machine)
    own = "submitted/zoe/ps2"
    laid(collected, {f"{own}/squares.py": RIGHT, f"{own}/timestamp.txt": STAMP})
    assert run(collected, machine).returncode == 0
    assert scores(collected)["zoe"]["score"] == "6.0"


def test_without_a_rubric_or_an_assignment_there_is_no_table(collected, machine):  # noqa: F811
    assert run(collected, machine, "ps1").returncode == 2
    assert run(collected, machine, "").returncode != 0
    assert [path.name for path in collected.glob("*.csv")] == ["roster.csv"]
