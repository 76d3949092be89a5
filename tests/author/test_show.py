"""`grade show`: the cases drawn, and one of them made again to the last bit."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import hypothesis.extra.numpy as arrays
import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings
from numpy.testing import assert_array_equal

from grader import submission
from grader.author.replay import literal
from grader.cases.functions import FUNCTIONS
from grader.execution import open_engine
from grader.grading import prepare, read
from grader.report.lines import cell_width
from grader.values.arrays import READABLE

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "linear_regression"

RUBRIC = """title: t
language: en
seed: 7
submission: {submission}
reference: reference.py
problems:
  f:
    title: {{zh: 函数, en: The function}}
    points: 3
    bonus: true
    checks:
      - values: {{zh: 数, en: numbers}}
        cases: 2
        draw: {{np: "normal(3)", options: {{rate: 0.1, name: '"max"'}}, np_list: "(np, np)"}}
        share: 50%
      - errors: bad
        cases: 1
        raises: ValueError
        draw: {{np: "normal(0)", options: 1..3}}
      - properties: [deterministic]
        cases: 1
"""
REFERENCE = """import numpy


def f(np, options):
    if len(np) == 0:
        raise ValueError("empty")
    return np * options["rate"] + numpy.random.rand() * 0 + len(options["name"])
"""


@pytest.fixture
def folder(tmp_path):
    """Return a folder with a rubric of one function whose parameter is called `np`."""
    (tmp_path / "grading.yaml").write_text(RUBRIC.format(submission="student.py"), "utf-8")
    (tmp_path / "reference.py").write_text(REFERENCE, "utf-8")
    (tmp_path / "student.py").write_text(REFERENCE.replace("* 0 +", "+"), "utf-8")
    return tmp_path


def show(folder, *words, stdin=""):
    return subprocess.run(
        [sys.executable, "-m", "grader", "show", *words],
        cwd=folder, capture_output=True, text=True, check=False, encoding="utf-8", input=stdin,
        env={**os.environ, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"},
    )  # fmt: skip


def test_every_case_stands_in_the_table(folder):
    run = show(folder)
    assert (run.returncode, run.stderr) == (0, "")
    lines = run.stdout.splitlines()
    assert "f · The function · bonus 3" in lines
    assert "  numbers · values · hidden · 50%" in lines
    assert len([line for line in lines if "→ (3,)" in line]) == 2
    assert len([line for line in lines if line.endswith("→ ValueError")]) == 1
    assert len([line for line in lines if line.endswith("→ deterministic")]) == 1
    assert any("np (3,), options {rate: 0.1, name: 'max'}" in line for line in lines)
    assert lines[-1].startswith("For instructors only") and lines[-1].endswith("Seed 7.")


def test_seeds_are_those_of_the_cases(folder):
    engine = open_engine()
    cases = [task.case for task in prepare(read(folder / "grading.yaml"), engine).tasks]
    engine.close()
    said = show(folder).stdout
    assert all(f" {case.index}  {case.seed:>10} " in said for case in cases)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_shipped_rubric_fits_80_columns(language):
    run = show(ROOT, "--lang", language)
    assert run.returncode == 0
    assert max(map(cell_width, run.stdout.splitlines())) <= 80
    assert "conv_forward" in run.stdout and "pool_backward" in run.stdout


def test_one_function_only(folder):
    run = show(EXAMPLE, "loss")
    assert "loss" in run.stdout and "gradient ·" not in run.stdout
    assert show(EXAMPLE, "los").returncode == 2


def play(folder, name, *words):
    """Return what the script of a case prints, and its text."""
    assert show(folder, "--case", name, "--script", "again.py", *words).returncode == 0
    run = subprocess.run(
        [sys.executable, "again.py"], cwd=folder, capture_output=True, text=True, check=False, encoding="utf-8"
    )
    return run, (folder / "again.py").read_text("utf-8")


def test_a_script_makes_the_same_call(folder, monkeypatch):
    """The student adds a random number: the script gives the very one that grading gives."""
    engine = open_engine()
    prepared = prepare(read(folder / "grading.yaml"), engine)
    student = submission.load(folder / "student.py", ["f"])
    calls = [call for task in prepared.tasks for call in task.case.calls]
    graded = engine.run(student.source, calls, prepared.limits).outcomes[1]
    engine.close()
    run, text = play(folder, "f.数[1]")
    assert run.returncode == 0, run.stderr
    assert "hidden" in text and str(prepared.tasks[1].case.seed) in text
    names = {}
    monkeypatch.setattr(sys, "argv", ["again.py"])
    exec(text, names)
    assert_array_equal(names["np_"], prepared.tasks[1].case.names["np"])
    assert names["np_list"][0] is names["np_"]
    assert_array_equal(names["want_"], prepared.tasks[1].want[0].value)
    assert_array_equal(names["got_"], graded.value)
    assert (names["got_"] != names["want_"]).all()


def test_a_script_says_what_is_asked(folder):
    run, text = play(folder, "f.bad[0]")
    assert "# This is to raise ValueError." in text
    assert "ValueError: empty" in run.stderr and "student.py" in run.stderr
    run, text = play(folder, "f.properties")
    assert "# The property is deterministic." in text and "want_" not in text
    assert run.stdout.count("got_") == 2


def test_a_script_calls_a_notebooks_code(folder):
    cell = {"cell_type": "code", "metadata": {}, "source": REFERENCE, "outputs": [], "execution_count": None}
    book = {"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": [cell]}
    (folder / "student.ipynb").write_text(json.dumps(book), "utf-8")
    run, _ = play(folder, "f.numbers[0]", "--submission", "student.ipynb")
    assert run.returncode == 0, run.stderr
    assert (folder / "again_submission.py").exists()


def test_without_a_file_the_script_is_printed(folder):
    printed = show(folder, "--case", "f.numbers[0]").stdout
    _, written = play(folder, "f.numbers[0]")
    assert printed.replace("replay.py", "again.py") == written


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--case", "g.numbers[0]"], "It has: f"),
        (["--case", "f.nombers[0]"], "f.数, f.bad"),
        (["--case", "f.numbers[2]"], "0 to 1"),
        (["--repl"], "--script and --repl need one case."),
        (["--case", "f.numbers[0]", "--script", "no/such/folder.py"], "cannot be written"),
    ],
)
def test_what_is_not_there_is_told_with_what_there_is(folder, words, said):
    run = show(folder, *words, "--lang", "en")
    assert run.returncode == 2 and said in run.stderr


def test_a_prompt_with_names_answer_and_both_functions(folder):
    typed = "print(np.shape, want.shape)\nprint((reference(np, options) == want).all())\nf(np)\nprint(f)\n"
    run = show(folder, "--case", "f.numbers[0]", "--repl", stdin=typed)
    assert "(3,) (3,)" in run.stdout and "True" in run.stdout
    assert "missing 1 required positional argument" in run.stderr
    assert "<f, in a worker>" in run.stdout


LEAVES = st.one_of(
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=True),
    st.complex_numbers(allow_nan=True),
    st.text(max_size=5),
    st.none(),
    arrays.arrays(
        st.sampled_from(["float64", "float32", "int64", "uint8", "bool", "complex128"]),
        arrays.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3),
    ),
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(st.text(max_size=3) | st.integers(), inner, max_size=3),
    ),
    max_leaves=6,
)


def made(text):
    """Return the value of a literal."""
    from base64 import b64decode

    return eval(text, {"np": np, "nan": np.nan, "inf": np.inf, "b64decode": b64decode})


def same(one, other):
    if isinstance(one, np.ndarray):
        plain = np.ascontiguousarray(one)
        return one.dtype == other.dtype and one.shape == other.shape and _bits(plain) == _bits(other)
    if isinstance(one, tuple | list):
        return type(one) is type(other) and len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    return type(one) is type(other) and repr(one) == repr(other)


def _bits(array):
    """Return an array's bytes, with every NaN as the same one."""
    if array.dtype.kind not in "fc":
        return array.tobytes()
    parts = array.reshape(-1).view(array.real.dtype)
    return np.where(np.isnan(parts), np.nan, parts).astype(parts.dtype).tobytes()


@settings(deadline=None)
@given(VALUES)
def test_literals_make_the_same_value(value):
    assert same(value, made(literal(value)))


def test_literals_of_large_arrays_are_their_bytes():
    large = np.random.default_rng(0).normal(size=(READABLE, 2))
    assert len(literal(large)) < 12 * large.size
    assert same(large, made(literal(large)))


def test_literals_call_known_values_by_name():
    array = np.zeros(2)
    assert literal((array, {"x": array}), {id(array): "X"}) == "(X, {'x': X})"


WITHOUT_VALUES = """      - rules: plain
        forbid: [np.pad, scipy]
        require: ["for | while"]
        no_loops: true
      - efficiency: quick
        at_most: 20
        growth: 1.5
        over: n
        sizes: [2, 3, 4]
        cases: 2
        draw: {n: 1, np: "normal(n)", options: {rate: 2.0, name: '""'}}
"""


def test_rules_and_limits_of_time_are_shown_too(folder):
    rubric = folder / "grading.yaml"
    rubric.write_text(rubric.read_text("utf-8") + WITHOUT_VALUES, "utf-8")
    lines = show(folder, "--lang", "en").stdout.splitlines()
    assert "    Not to be used: np.pad, scipy" in lines and "    To be used: for | while" in lines
    joined = " ".join(" ".join(lines).split())
    assert "np (2,), options {rate: 2, name: ''} → at most 20 times the reference's time, time grows" in joined
    run, text = play(folder, "f.quick[1]")
    assert run.returncode == 0 and text.count("np.random.seed(8128)") == 3
    assert show(folder, "--case", "f.plain", "--lang", "en").stderr.startswith("f.plain has no cases.")


def test_the_generators_are_listed_with_an_example(tmp_path):
    command = [sys.executable, "-m", "grader", "show", "--generators", "--lang"]
    en, zh = (
        subprocess.run([*command, lang], cwd=tmp_path, capture_output=True, encoding="utf-8", check=True).stdout
        for lang in ("en", "zh")
    )
    for function in FUNCTIONS.values():
        if function.draws:
            name = re.escape(function.name)
            assert re.search(rf"\n  {name}\(.*\)\n(?:      .+\n)+?      {name}\(.*\)  →  .+\n", en), function.name
        else:
            assert re.search(rf"\b{function.name}\b", en[en.index("Plain functions") :]), function.name
    assert "constant(-2.5, 2, 2)  →  [[-2.5 -2.5] [-2.5 -2.5]]\n" in en
    assert "标准正态分布的数，float64。" in zh
