"""Help and usage errors in the language asked for; a run that shows neither reads neither."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def grade(*words, **environment):
    return subprocess.run(
        [sys.executable, "-m", "grader", *words], capture_output=True, text=True, encoding="utf-8", check=False,
        env={**os.environ, "LC_ALL": "C.UTF-8", "PYTHONIOENCODING": "utf-8", **environment},
    )  # fmt: skip


def test_help_is_in_the_language_of_the_environment_or_as_asked():
    for run in (grade("check", "--help", LC_ALL="zh_CN.UTF-8"), grade("check", "--lang", "zh", "-h")):
        assert run.returncode == 0
        assert "用法：" in run.stdout and "检查评分标准，不评任何人。" in run.stdout and "显示这段说明。" in run.stdout
        assert "Check a rubric" not in run.stdout and "Options" not in run.stdout
    run = grade("check", "--help")
    assert run.stdout.startswith("Usage: grade check [OPTIONS]") and "Check a rubric" in run.stdout
    listed = grade("--help", LC_ALL="zh_CN.UTF-8").stdout
    assert "命令" in listed and "新建一份马上就能评的作业。" in listed


def test_help_tells_every_exit_code():
    for locale, colon, stopped in (
        ("C.UTF-8", ":", "130: stopped with Ctrl-C."),
        ("zh_CN.UTF-8", "：", "130：用 Ctrl-C 停止。"),
    ):
        said = " ".join(grade("--help", LC_ALL=locale).stdout.split())
        assert stopped in said, said
        assert all(f"{code}{colon}" in said for code in range(4))


@pytest.mark.parametrize(
    ("words", "chinese", "english"),
    [
        (["--frmat", "csv"], "没有 '--frmat' 这个选项", "No such option"),
        (["--format", "xml"], "'--format' 的值不对：", "Invalid value for '--format'"),
        (["--attempt", "0"], "0 不在 x>=1 的范围内", "0 is not in the range x>=1"),
        (["check", "x"], "多出了参数（x）", "Got unexpected extra argument (x)"),
        (["audit", "--min", "much"], "请写成 0.98 或 98%。", "Write it as 0.98 or 98%."),
    ],
)
def test_usage_errors_are_in_the_language_asked_for(words, chinese, english):
    run = grade(*words, "--lang", "zh")
    assert (run.returncode, run.stdout) == (2, "")
    assert chinese in run.stderr and "错误：" in run.stderr and "Error" not in run.stderr
    run = grade(*words)
    assert run.returncode == 2
    assert english in run.stderr and "Error: " in run.stderr


def test_what_must_be_given_is_told_in_the_language_asked_for():
    """The word for an option that must be given is not the one for a task that must be done."""
    said = grade("class", "override", "--help", "--lang", "zh").stdout
    assert "[必填]" in said and "必做]" not in said
    assert "[required]" in grade("class", "override", "--help").stdout
    for words, missing in ((["override", "ann", "--points", "1"], "选项 '--why'"), (["note", "ann"], "参数 'TEXT'")):
        run = grade("class", *words, "--lang", "zh")
        assert (run.returncode, run.stdout) == (2, "")
        assert run.stderr.endswith(f"错误：缺少{missing}。\n") and "用法：" in run.stderr
    assert grade("class", "override", "ann", "--points", "1").stderr.endswith("Error: Missing option '--why'.\n")


def test_the_default_command_is_not_named_in_its_usage():
    assert grade("grade", "--help", "--lang", "en").stdout.startswith("Usage: grade [OPTIONS] [PATH]…\n")
    said = grade("--bogus", "--lang", "en").stderr
    assert said.startswith("Usage: grade [OPTIONS] [PATH]…\n") and "'grade grade --help'" in said


def test_a_misspelt_command_is_recognised():
    run = grade("wach", "--lang", "en")
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr.strip() == "wach is not there.\nDid you mean the command `grade watch`?"
    assert "Did you mean the command `grade release`?" in grade("relaese").stderr
    assert "是不是想用命令 `grade check`？" in grade("chekc", "--lang", "zh").stderr
    assert "Give the file" in grade("cnn.py").stderr


def test_grading_binds_no_catalogue_and_guesses_no_word():
    code = """
import gettext, sys
sys.argv = ["grade", "solutions/cnn.py", "--only", "zero_pad", "--lang", "en"]
from grader.cli.app import app
try:
    app(prog_name="grade")
except SystemExit as end:
    print(end.code, gettext.textdomain(), "difflib" in sys.modules)
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT)
    assert run.stdout.splitlines()[-1] == "0 messages False", run.stderr
