"""Classroom 50's `autograder.py`, run as its runner does: in the student's checkout, with the kit beside the script."""

import json
import shutil
import subprocess
import sys

import pytest
from recipe_machine import RIGHT, SECRETS
from test_platforms import BROUGHT, KINDS, PRINTS, RECIPES, WRONG, environment, kit, machine, student  # noqa: F401

GIVEN = {
    "CLASSROOM": "c", "ASSIGNMENT": "a", "ASSIGNMENT_TYPE": "individual", "USERNAME": "u", "OWNER": "u",
    "SUBMISSION_TAG": "submit/2026-11-30T10-00-00Z-abc", "COMMIT_URL": "https://example.org/c",
    "RELEASE_URL": "https://example.org/r", "REVIEW_URL": "https://example.org/v",
}  # fmt: skip
REQUIRED = {
    "schema", "classroom", "assignment", "assignment_type", "owner", "submission", "commit", "release", "review",
    "datetime", "score", "max-score", "tests",
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("text", "score"), [(RIGHT, 600), (WRONG, 200), (PRINTS, 0)], ids=KINDS)
def test_classroom_50_has_its_file(tmp_path, machine, kit, text, score):  # noqa: F811
    bundle, checkout = tmp_path / "bundle", student(tmp_path, kit, text, BROUGHT)
    shutil.copytree(machine / "tools", bundle)
    shutil.copytree(kit, bundle / "kit")
    shutil.copy(RECIPES / "classroom50/autograder.py", bundle)
    (tmp_path / "sitecustomize.py").write_text(_INSTALLED, "utf-8")
    given = {**environment(machine), **GIVEN, "PYTHONPATH": str(tmp_path), "MACHINE": str(machine / "grader")}
    command = [sys.executable, str(bundle / "autograder.py")]
    ran = subprocess.run(command, cwd=checkout, env=given, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    result = json.loads((checkout / "result.json").read_text("utf-8"))
    assert REQUIRED <= set(result) <= REQUIRED | {"graded_at", "submitted_by"}
    assert (result["schema"], result["score"], result["max-score"]) == ("classroom50/result/v1", score, 600)
    assert sum(test["score"] for test in result["tests"]) == score
    assert [word for word in SECRETS if word in json.dumps(result)] == []


_INSTALLED = '''
import os, shutil, venv

def create(folder, with_pip):
    """Make the environment of what is installed here: the test loads nothing."""
    assert with_pip
    shutil.copytree(os.environ["MACHINE"], folder, dirs_exist_ok=True, symlinks=True)

venv.create = create
'''
