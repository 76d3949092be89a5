"""`--variant`: other hidden numbers for each student, the same ones every time."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "linear_regression"


def grade(*words, cwd=EXAMPLE):
    return subprocess.run(
        [sys.executable, "-m", "grader", *words],
        cwd=cwd, capture_output=True, text=True, check=False, encoding="utf-8",
    )  # fmt: skip


@pytest.fixture(scope="module")
def shown():
    return {name: grade("show", "loss", "--lang", "en", *words) for name, words in {
        "none": (), "a": ("--variant", "2023-001"), "again": ("--variant", "2023-001"), "b": ("--variant", "2023-002"),
    }.items()}  # fmt: skip


def test_each_variant_draws_its_own_cases_and_the_same_every_time(shown):
    assert {run.returncode for run in shown.values()} == {0}
    texts = {name: run.stdout for name, run in shown.items()}
    assert texts["a"] == texts["again"]
    assert len({texts["none"], texts["a"], texts["b"]}) == 3


def test_the_reference_gets_full_marks_in_a_variant_and_the_report_names_its_seed():
    seeds = set()
    for words in ((), ("--variant", "x"), ("--variant", "y")):
        run = grade("solutions", "--format", "json", "--audience", "instructor", *words)
        assert run.returncode == 0
        seeds.add(json.loads(run.stdout)["seed"])
    assert len(seeds) == 3 and all(0 <= seed < 2**63 for seed in seeds)


def test_a_student_kit_has_no_variants(tmp_path):
    assert grade("release", str(tmp_path / "kit")).returncode == 0
    run = grade("--lang", "en", "--variant", "x", cwd=tmp_path / "kit")
    assert run.returncode == 2 and "no variants" in run.stderr
