"""`grade watch` grades again only what was edited, within moments of saving."""

import os
import re
import subprocess
import sys
import threading
import time
from pathlib import Path

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
        second = lines.wait(r"^✓ loss")
        assert not re.search(r"^\S gradient", second, re.MULTILINE)
    finally:
        process.terminate()
        process.wait(10)
