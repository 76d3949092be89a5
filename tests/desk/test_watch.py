"""`grade watch` grades again only what was edited, within moments of saving."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from grader.desk.watching import Watched
from grader.errors import SubmissionError
from grader.grading import prepare, read

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples/linear_regression"


class Lines:
    """A process's output, read by a thread, so that waiting for a line has an end."""

    def __init__(self, process):
        self.text = ""
        self.thread = threading.Thread(target=self._read, args=(process.stdout,), daemon=True)
        self.thread.start()

    def _read(self, stream):
        for line in iter(stream.readline, ""):
            self.text += line

    def wait(self, pattern, seconds=30):
        end = time.monotonic() + seconds
        while not re.search(pattern, self.text, re.MULTILINE):
            assert time.monotonic() < end, f"{pattern!r} never came; there is\n{self.text}"
            time.sleep(0.05)
        seen, self.text = self.text, ""
        return seen


def test_only_the_edited_function_is_graded_again(tmp_path):
    file = tmp_path / "regression.py"
    full = (EXAMPLE / "solutions/regression.py").read_text("utf-8")
    stub = (EXAMPLE / "assignment/regression.py").read_text("utf-8")
    file.write_text(stub, "utf-8")
    command = [sys.executable, "-m", "grader", "watch", str(file), "--rubric", str(EXAMPLE / "grading.yaml")]
    process = subprocess.Popen(
        [*command, "--lang", "en"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    try:
        lines = Lines(process)
        first = lines.wait(r"^Watching ")
        assert "loss" in first and "gradient" in first
        start, end = full.index("def loss"), full.index("# 评分函数:gradient")
        written = stub[: stub.index("def loss")] + full[start:end] + stub[stub.index("# 评分函数:gradient") :]
        file.write_text(written, "utf-8")
        second = lines.wait(r"^required 4 / 10")
        assert re.search(r"^── \d\d:\d\d:\d\d graded again: loss ─", second, re.MULTILINE)
        assert re.search(r"^✓ loss .*\n○ gradient", second, re.MULTILINE)
        renamed = tmp_path / "regression.py~"
        renamed.write_text(full, "utf-8")
        file.unlink()
        time.sleep(0.3)
        assert process.poll() is None
        renamed.rename(file)
        third = lines.wait(r"^Everything is right")
        assert re.search(r"^✓ loss .*\n✓ gradient", third, re.MULTILINE) and "not there" not in third
        file.write_text("def loss(:\n" * 3, "utf-8")
        lines.wait(r"^required 0 / 10")
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0 and "Traceback" not in lines.text
    finally:
        process.terminate()
        process.wait(10)


def states(found):
    return found.functions, [(one.function, one.status, one.at.line) for one in found.report.problems]


def test_what_was_not_edited_keeps_its_result_and_learns_its_line(engine, tmp_path):
    file = tmp_path / "regression.py"
    full = (EXAMPLE / "solutions/regression.py").read_text("utf-8")
    lines = full.splitlines()
    places = [1 + next(n for n, line in enumerate(lines) if line.startswith(f"def {f}(")) for f in ("loss", "gradient")]
    file.write_text(full, "utf-8")
    watched = Watched(prepare(read(EXAMPLE / "grading.yaml"), engine), engine, file)
    first = watched.regrade()
    right = [("loss", "passed", places[0]), ("gradient", "passed", places[1])]
    assert states(first) == (("loss", "gradient"), right)
    assert watched.regrade() is None
    file.write_text(full.replace("def loss(X, y, w, b):\n", "def loss(X, y, w, b):\n    return 0.5\n\n\n"), "utf-8")
    second = watched.regrade()
    assert states(second) == (("loss",), [("loss", second.report.problems[0].status, places[0]),
                                          ("gradient", "passed", places[1] + 3)])  # fmt: skip
    assert 0 < second.report.score < second.report.max_score == first.report.max_score == 10
    file.write_text("\n" + file.read_text("utf-8"), "utf-8")
    third = watched.regrade()
    assert third.functions == ("loss",)  # what is said of a wrong one names lines
    assert [one.at.line for one in third.report.problems] == [places[0] + 1, places[1] + 4]
    file.write_text("half = 1 / 2\n" + file.read_text("utf-8"), "utf-8")
    assert watched.regrade().functions == ("loss", "gradient")


def test_what_a_person_grades_stays_open_while_functions_are_graded_again(engine, tmp_path):
    rubric = tmp_path / "grading.yaml"
    text = (EXAMPLE / "grading.yaml").read_text("utf-8")
    text = text.replace("assignment/", f"{EXAMPLE}/assignment/").replace("solutions/", f"{EXAMPLE}/solutions/")
    text = "".join(line for line in text.splitlines(keepends=True) if not line.startswith("total:"))
    rubric.write_text(text + "\nmanual: {essay: {points: 3}}\n", "utf-8")
    file, full = tmp_path / "regression.py", (EXAMPLE / "solutions/regression.py").read_text("utf-8")
    file.write_text(full, "utf-8")
    watched = Watched(prepare(read(rubric), engine), engine, file)
    first = watched.regrade().report
    file.write_text(full.replace("def loss(X, y, w, b):\n", "def loss(X, y, w, b):\n    return 0.5\n\n\n"), "utf-8")
    second = watched.regrade()
    assert second.functions == ("loss",)
    assert first.max_score == second.report.max_score == 13
    assert first.open_points() == second.report.open_points() == 3


def test_a_sealed_kit_can_be_watched(engine, tmp_path):
    run = subprocess.run(
        [sys.executable, "-m", "grader", "release", str(tmp_path / "kit"), "--sealed"],
        cwd=EXAMPLE, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout + run.stderr
    file = tmp_path / "kit/assignment/regression.py"
    stub, full = file.read_text("utf-8"), (EXAMPLE / "solutions/regression.py").read_text("utf-8")
    watched = Watched(prepare(read(tmp_path / "kit/grading.yaml"), engine), engine, file)
    watched.regrade()
    start, end = full.index("def gradient"), len(full)
    file.write_text(stub[: stub.index("def gradient")] + full[start:end], "utf-8")
    found = watched.regrade()
    assert found.functions == ("gradient",)
    assert [one.status for one in found.report.problems] == ["not_attempted", "passed"]


@pytest.mark.skipif(os.name != "posix", reason="links and pipes are POSIX's")
def test_a_file_that_becomes_a_link_or_a_pipe_is_not_read(engine, tmp_path):
    file, full = tmp_path / "regression.py", (EXAMPLE / "solutions/regression.py").read_text("utf-8")
    file.write_text(full, "utf-8")
    watched = Watched(prepare(read(EXAMPLE / "grading.yaml"), engine), engine, file)
    watched.regrade()
    for put in (
        lambda: os.mkfifo(file),
        lambda: file.symlink_to(EXAMPLE / "solutions/regression.py"),
        lambda: file.symlink_to("/dev/zero"),
        lambda: (tmp_path / "regression.py").write_bytes(b"#" * (1 << 21)),
    ):
        file.unlink()
        put()
        with pytest.raises(SubmissionError):
            watched.regrade()
    file.write_text(full.replace("error**2", "error"), "utf-8")
    assert watched.regrade().report.score < 10
