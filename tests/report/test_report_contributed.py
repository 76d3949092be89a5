"""Report formats that other packages add by an entry point."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from grader.report import FILES, FORMATS, Format, contributed, format_of
from tests.plugins.install import install

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples/linear_regression"


@pytest.fixture
def site(tmp_path):
    return install(tmp_path / "site")


def grade(*words, site, cwd=EXAMPLE):
    return subprocess.run(
        [sys.executable, "-P", "-m", "grader", *map(str, words)], cwd=cwd, capture_output=True, check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (site, ROOT))), "PYTHONIOENCODING": "utf-8"},
        encoding="utf-8",
    )  # fmt: skip


def package(folder, text, points):
    """Write a package `other` with one module and the entry points of formats in it."""
    (folder / "other").mkdir(parents=True)
    (folder / "other/__init__.py").write_text(text, "utf-8")
    lines = "".join(f'{name} = "{value}"\n' for name, value in points.items())
    head = '[project]\nname = "other"\nversion = "2"\n[project.entry-points."pingfen.reports"]\n'
    (folder / "pyproject.toml").write_text(head + lines, "utf-8")
    return folder


def test_an_installed_package_adds_a_format(site):
    words = ("solutions/regression.py", "--rubric", "grading.yaml", "--format", "lines")
    run = grade(*words, "--lang", "en", site=site)
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.splitlines()[0] == "loss: 4 of 4 points"
    assert grade(*words, "--lang", "zh", site=site).stdout.splitlines()[0] == "loss：4 分中得 4 分"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_format_in_the_documentation_works(language, tmp_path):
    page = (ROOT / "docs" / language / "commands.md").read_text("utf-8")
    files = dict(re.findall(r'```\w+ title="([^"]+)"\n(.*?)```', page, re.DOTALL))
    (tmp_path / "course_extras").mkdir()
    (tmp_path / "course_extras/lines.py").write_text(files["course_extras/lines.py"], "utf-8")
    head = '[project]\nname = "course-extras"\nversion = "1"\n'
    (tmp_path / "pyproject.toml").write_text(head + files["pyproject.toml"], "utf-8")
    site = install(tmp_path / "site", tmp_path)
    run = grade("solutions/regression.py", "--rubric", "grading.yaml", "--format", "lines", site=site)
    assert run.stdout.startswith("loss: 4\n")


def test_files_and_several_submissions_are_as_the_format_says(site, tmp_path):
    both = ("solutions/regression.py", "assignment/regression.py")
    joined = grade(*both, "--format", "lines", "--rubric", "grading.yaml", site=site)
    assert "\n\n" in joined.stdout
    grade(*both, "--format", "lines", "--rubric", "grading.yaml", "--out", tmp_path / "out", site=site)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "assignment-regression.py.lines.txt",
        "solutions-regression.py.lines.txt",
    ]


def test_a_name_that_is_nobodys_is_a_usage_error_that_lists_all_formats(site, tmp_path):
    run = grade("--format", "latex", site=site)
    assert run.returncode == 2 and "'lines'" in run.stderr and "'markdown'" in run.stderr
    alone = grade("--format", "lines", site=tmp_path)
    assert alone.returncode == 2 and "'lines'" not in alone.stderr.split("one of")[1]


def test_ours_come_first_and_look_at_no_other_package(tmp_path, monkeypatch):
    site = install(tmp_path / "site", package(tmp_path / "source", "FORMAT = 1/0", {"json": "other:FORMAT"}))
    monkeypatch.syspath_prepend(str(site))
    monkeypatch.setattr("importlib.metadata.entry_points", None)
    suffixes = {"json": "json", "html": "html", "markdown": "md", "junit": "xml", "gradescope": "json", "csv": "txt",
                "prairielearn": "json", "jsonl": "jsonl", "html-class": "html", "classroom50": "json",
                "coursera": "json", "nbgrader": "csv"}  # fmt: skip
    assert {name: format_of(name).suffix for name in FORMATS} == {**dict.fromkeys(FORMATS, "txt"), **suffixes}
    monkeypatch.undo()
    monkeypatch.syspath_prepend(str(site))
    assert contributed() == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("raise ImportError('no pandas')", "cannot be loaded: ImportError: no pandas"),
        ("FORMAT = 'text'", "is not a `grader.report.Format`"),
        (
            "from grader.report import Format\nFORMAT = Format()",
            "`grader.report.Format` with `render` or `table`",
        ),
        (
            "import grader.report\nFORMAT = grader.report.Format(render=lambda report, language: [][0])",
            "The report format odd failed: IndexError: list index out of range",
        ),
    ],
)
def test_what_fails_in_anothers_format_is_no_students_fault(tmp_path, text, said):
    site = install(tmp_path / "site", package(tmp_path / "source", text, {"odd": "other:FORMAT"}))
    run = grade("solutions/regression.py", "--format", "odd", "--lang", "en", site=site)
    assert run.returncode == 3 and said in run.stderr and "Traceback" not in run.stderr


def test_a_students_report_in_anothers_format_holds_nothing_hidden(tmp_path):
    text = """
from grader.model import Withheld
from grader.report import Format

def render(report, *, language):
    exhibits = [case.exhibit for one in report.problems for check in one.checks for case in check.cases]
    return f"{sum(isinstance(each, Withheld) for each in exhibits)} withheld, seed {report.seed}"

FORMAT = Format(render=render)
"""
    site = install(tmp_path / "site", package(tmp_path / "source", text, {"odd": "other:FORMAT"}))
    words = ("assignment/regression.py", "--format", "odd", "--rubric", "grading.yaml")
    assert grade(*words, site=site).stdout == "0 withheld, seed None\n"
    assert "seed None" not in grade(*words, "--audience", "instructor", site=site).stdout


def test_a_format_is_one_declaration():
    assert all(isinstance(format_of(name), Format) for name in FORMATS)
    assert all((format_of(name).render is None) == (format_of(name).table is not None) for name in FORMATS)
    assert all(format_of(name).file and format_of(name).fills for name in FILES)
