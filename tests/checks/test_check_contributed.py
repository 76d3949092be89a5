"""Kinds of checks that other packages add by an entry point: one class, and nothing else is touched."""

import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from tests.plugins.install import install

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = "import numpy as np\n\n\ndef double(x):\n    return 2 * x\n"
FLAT = "import numpy as np\n\n\ndef double(x):\n    return 2 * x.ravel()\n"
RUBRIC = """\
title: Shapes
language: en
seed: 7
submission: work.py
reference: solution.py
problems:
  double:
    points: 4
    checks:
      - shape: the same shape
        squeeze: {squeeze}
        draw: {{x: "normal(2, 3)"}}
"""


@pytest.fixture
def course(tmp_path):
    """A rubric with a check of an installed kind, its reference and a submission whose shape is wrong."""
    folder = tmp_path / "course"
    folder.mkdir()
    (folder / "grading.yaml").write_text(RUBRIC.format(squeeze="false"), "utf-8")
    (folder / "solution.py").write_text(REFERENCE, "utf-8")
    (folder / "work.py").write_text(FLAT, "utf-8")
    return folder


@pytest.fixture
def site(tmp_path):
    return install(tmp_path / "site")


def run(*words, site, cwd):
    """Run Python with our package and what is installed in `site`."""
    path = os.pathsep.join(map(str, (site, ROOT)))
    return subprocess.run(
        [sys.executable, "-P", *map(str, words)], cwd=cwd, capture_output=True, check=False, encoding="utf-8",
        env={**os.environ, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8", "XDG_CACHE_HOME": str(cwd / ".cache")},
    )  # fmt: skip


def grade(*words, site, cwd):
    return run("-m", "grader", *words, "--rubric", "grading.yaml", "--lang", "en", site=site, cwd=cwd)


def test_an_installed_kind_grades(course, site):
    right = json.loads(grade("solution.py", "--format", "json", site=site, cwd=course).stdout)
    assert right["problems"][0]["score"] == 4, right
    wrong = json.loads(grade("work.py", "--format", "json", site=site, cwd=course).stdout)
    (check,) = wrong["problems"][0]["checks"]
    assert (check["kind"], check["score"], len(check["cases"])) == ("shape", 0, 4)
    assert check["cases"][0]["category"] == "shape"


@pytest.mark.parametrize("form", ["text", "html", "markdown", "json"])
def test_a_category_of_its_own_is_told_in_its_own_words(course, site, form):
    (course / "work.py").write_text("def double(x):\n    return 'twice'\n", "utf-8")
    shown = grade("work.py", "--format", form, site=site, cwd=course)
    assert (shown.returncode, shown.stderr) == (1, "")
    assert "This is neither a number nor an array." in " ".join(shown.stdout.replace("\\", "").split())
    if form == "json":
        jsonschema.validate(json.loads(shown.stdout), json.loads((ROOT / "docs/report.schema.json").read_text("utf-8")))


def test_its_preparation_is_not_remembered(course, site):
    """A preparation is kept by our own package's files; nobody would notice that another's had changed."""
    grade("solution.py", site=site, cwd=course)
    assert not list((course / ".cache").rglob("*.prepared"))


@pytest.mark.parametrize(
    ("line", "said", "marked"),
    [
        ("squeeze: perhaps", "Expected `true` or `false`", "perhaps"),
        ("squeze: true", "Unknown key `squeze`.", "squeze"),
    ],
)
def test_a_fault_in_its_keys_has_its_line_and_caret(course, site, line, said, marked):
    path = course / "grading.yaml"
    path.write_text(path.read_text("utf-8").replace("squeeze: false", line), "utf-8")
    shown = grade("solution.py", site=site, cwd=course)
    assert shown.returncode == 2 and said in shown.stderr
    row = next(number for number, text in enumerate(path.read_text("utf-8").splitlines(), 1) if line in text)
    assert f"grading.yaml:{row}:" in shown.stderr
    assert "^" * len(marked) in shown.stderr


def test_without_the_package_the_kind_is_unknown(course, tmp_path):
    shown = grade("solution.py", site=tmp_path / "nothing", cwd=course)
    assert shown.returncode == 2 and "A check must say its kind" in shown.stderr


def test_its_keys_are_in_the_schema(course, site):
    program = "from grader.rubric.schema import text; print(text())"
    schema = json.loads(run("-c", program, site=site, cwd=course).stdout)
    assert {"$ref": "#/$defs/shape"} in schema["$defs"]["check"]["oneOf"]
    assert "leave out axes of length 1" in schema["$defs"]["shape"]["properties"]["squeeze"]["description"]


def test_it_has_a_section_in_the_reference(course, site):
    program = (
        "from bench.reference import about_kind\nfrom grader.checks import named\n"
        "print(*about_kind(named('shape'), 'en'), *about_kind(named('shape'), 'zh'), sep='\\n')"
    )
    shown = run("-c", program, site=site, cwd=course)
    assert "| `squeeze` | `true` or `false` | leave out axes of length 1 |" in shown.stdout, shown.stderr
    assert "不计长度为 1 的轴" in shown.stdout


HALF = """\
from typing import ClassVar

from grader.checks.kind import Kind


class Shape(Kind, frozen=True, kw_only=True):
    kind: ClassVar[str] = "shape"
"""


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("import no_such_thing\n", "ModuleNotFoundError"),
        ("Shape = dict\n", "TypeError: the entry point shape of pingfen.checks is no kind of check called shape"),
        (HALF, "TypeError: Shape has no title, about, judge"),
        (HALF + "    timed: ClassVar[bool] = True\n", "TypeError: Shape has no title, about, judge, timing"),
    ],
)
def test_a_kind_that_cannot_be_loaded_is_named_at_its_line(course, tmp_path, text, what):
    package = tmp_path / "source"
    (package / "other").mkdir(parents=True)
    (package / "other/__init__.py").write_text(text, "utf-8")
    head = '[project]\nname = "other"\nversion = "1"\n[project.entry-points."pingfen.checks"]\nshape = "other:Shape"\n'
    (package / "pyproject.toml").write_text(head, "utf-8")
    shown = grade("solution.py", site=install(tmp_path / "broken", package), cwd=course)
    assert shown.returncode == 2 and "grading.yaml:10:" in shown.stderr
    assert f"The installed kind of check `shape` cannot be loaded: {what}" in " ".join(shown.stderr.split())
