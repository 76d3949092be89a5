"""What ends a run from outside is said in a sentence: Ctrl-C, a full disk, a Python that is too old."""

import os
import resource
import signal
import subprocess
import sys

import pytest
from cli_runs import in_process

from grader.cli import entry
from tests.processes import below, of_process, until

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="the processes of a run are looked for in /proc")
RUBRIC = """
title: T
language: en
seed: 1
submission: work.py
reference: ref.py
limits: {seconds: 60}
problems:
  first: {points: 3, checks: [{example: numbers, draw: {x: 3}}]}
"""
ENDLESS = "def first(x):\n    while True:\n        pass\n"
RIGHT = "def first(x):\n    return x + 1\n"


@pytest.fixture
def course(tmp_path):
    (tmp_path / "grading.yaml").write_text(RUBRIC, "utf-8")
    (tmp_path / "ref.py").write_text(RIGHT, "utf-8")
    (tmp_path / "work.py").write_text(ENDLESS, "utf-8")
    for name in ("an", "bo"):
        (tmp_path / "class" / name).mkdir(parents=True)
        (tmp_path / "class" / name / "work.py").write_text(ENDLESS, "utf-8")
    return tmp_path


def started(*words, cwd, **more):
    command = [sys.executable, "-P", "-m", "grader", *map(str, words)]
    return subprocess.Popen(command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more)


@LINUX
@pytest.mark.parametrize(
    ("words", "said"),
    [(["--lang", "en"], "Stopped with Ctrl-C."), (["class", "--each", "--lang", "zh"], "已用 Ctrl-C 停止。")],
)
def test_ctrl_c_is_answered_in_a_sentence_and_ends_the_workers(course, words, said):
    process = started(*words, cwd=course, start_new_session=True)
    try:
        # Student code is being run once a process below has used more than it takes to import numpy.
        seen = until(lambda: (every := below(process.pid)) and any(cpu > 1 for _, cpu in every.values()) and every)
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to all that run in the foreground
        out, err = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == entry.INTERRUPTED and err.strip().splitlines()[-1] == said, (out, err)
    assert "Traceback" not in out + err
    until(lambda: not any((now := of_process(pid)) and now[1] == start for pid, (start, _) in seen.items()))


def small_files():
    """Let this process write files of a kilobyte at most, as if the disk were full then."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (1024, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))


FULL = {
    "a page": (["work.py", "--format", "html", "--output", "page.html"], "page.html: File too large"),
    "a page each": (["class", "--each", "--format", "html", "--out", "pages"], "File too large"),
    "a place without room": (["work.py", "--format", "json", "--output", "/dev/full"], "/dev/full: No space left"),
    "a kit": (["release", "kit"], "kit cannot be written: File too large"),
    "a new assignment": (["init", "new"], "new cannot be written: File too large"),
}


@LINUX
@pytest.mark.parametrize("name", FULL)
def test_a_full_disk_is_our_trouble_and_said_in_a_sentence(course, name):
    words, said = FULL[name]
    for file in (course / "work.py", *course.glob("class/*/work.py")):
        file.write_text(RIGHT, "utf-8")
    (course / "stub.py").write_text("def first(x):\n    return None\n", "utf-8")
    if name == "a kit":
        (course / "grading.yaml").write_text(RUBRIC.replace("work.py", "stub.py").replace("T", "T" * 2000), "utf-8")
    process = started(*words, "--lang", "en", cwd=course, preexec_fn=small_files)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 3 and said in err, (out, err)
    assert "Traceback" not in out + err and "grader itself failed" not in err
    if name != "a kit":  # it replaces an earlier one, of which nothing is ever deleted
        assert not [file for file in course.rglob("*") if file.is_file() and file.stat().st_size == 1024]


@LINUX
def test_a_full_standard_output_is_said_and_a_full_cache_is_nobodys_trouble(course):
    (course / "work.py").write_text(RIGHT, "utf-8")
    with open("/dev/full", "w") as full:  # noqa: PTH123
        run = subprocess.run(
            [sys.executable, "-P", "-m", "grader", "--lang", "en"],
            cwd=course, stdout=full, stderr=subprocess.PIPE, text=True, check=False, timeout=120,
        )  # fmt: skip
    assert run.returncode == 3 and "The output cannot be written: No space left on device" in run.stderr
    assert "Traceback" not in run.stderr
    process = started("--lang", "en", cwd=course, preexec_fn=small_files)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0 and "Everything is right" in out and "Traceback" not in err, (out, err)


TOO_OLD = f"""#!{sys.executable} -S
import sys
words = sys.argv[1:]
place = next(number for number, word in enumerate(words) if word.endswith("main.py"))
sys.argv, sys.version_info = words[place:], (3, 9, 18, "final", 0)
exec(compile(open(words[place]).read(), words[place], "exec"))
"""
PYTHONS = {
    "3.9": (TOO_OLD, "is Python 3.9.18, which is too old to run sources.", "是 Python 3.9.18，太旧了"),
    "one that reads no file of ours": (
        "#!/bin/sh\necho SyntaxError >&2\nexit 1\n",
        "ended before it could run anything.",
        "还没能运行任何代码就退出了。",
    ),
}
"""A Python 3.9, and one before 3.7, to which `from __future__ import annotations` is an error."""


@LINUX
@pytest.mark.parametrize("name", PYTHONS)
def test_a_runtime_that_is_too_old_is_told(course, name):
    text, *sentences = PYTHONS[name]
    old = course / "python"
    old.write_text(text, "utf-8")
    old.chmod(0o755)
    (course / "grading.yaml").write_text(f"{RUBRIC}runtime: {{python: {old}}}\n", "utf-8")
    cures = ("It must be Python 3.10 or later, with numpy.", "它必须是 Python 3.10 或更新的版本，并装有 numpy。")
    for language, said, cure in zip(("en", "zh"), sentences, cures, strict=True):
        words = ["work.py", "--rubric", "grading.yaml", "--lang", language, "--format", "text", "--output", "report"]
        run = in_process(words, cwd=course, environment={})
        err = run.stderr.decode()
        assert run.returncode == 3 and f"{old} {said}" in err and cure in err, err
        assert "".join(said.split()) in "".join((course / "report").read_text("utf-8").split())


def test_the_command_itself_tells_a_python_that_is_too_old(monkeypatch, capsys):
    monkeypatch.setattr(sys, "version_info", (3, 10, 13, "final", 0))
    with pytest.raises(SystemExit) as end:
        entry.main()
    assert end.value.code == 3
    assert capsys.readouterr().err == "grade: Python 3.11 or later is needed. 需要 Python 3.11 或更新的版本。\n"
