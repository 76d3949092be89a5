"""The readers of untrusted bytes, each as a function of bytes that may raise only what it declares.

`tests/fuzz/long.py` runs them under a coverage-guided fuzzer (`make fuzz`); `test_findings.py` runs them on what was
found and kept in `corpus/`.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from grader import rubric, submission
from grader.errors import SubmissionError, UsageError
from grader.execution.wire import HEAD, parse_frame, parse_head
from grader.values import Forged, Oversized, unpack_all

NAMES = ("zero_pad", "conv_forward")


def wire(data: bytes) -> None:
    """Take `data` as what a hostile worker wrote: sixteen bytes of head, a JSON header, and what its arrays lie in."""
    if len(data) < HEAD.size:
        return
    try:
        text, _ = parse_head(data[: HEAD.size], 1 << 20)
        frame = parse_frame(data[HEAD.size : HEAD.size + text], bytearray(data[HEAD.size + text :]))
        unpack_all(list(frame.header.values()), frame.body)
    except (Forged, Oversized):
        return


def script(data: bytes) -> None:
    """Take `data` as a student's .py file."""
    _submission(data, "cnn.py")


def notebook(data: bytes) -> None:
    """Take `data` as a student's notebook."""
    _submission(data, "cnn.ipynb")


def archive(data: bytes) -> None:
    """Take `data` as a student's zip archive."""
    _submission(data, "cnn.zip")


def grading(data: bytes) -> None:
    """Take `data` as a rubric."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "grading.yaml"
        path.write_bytes(data)
        rubric.load(path)


def _submission(data: bytes, name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        try:
            submission.load(path, NAMES, "cnn.py")
        except (SubmissionError, UsageError):
            return


READERS = {reader.__name__: reader for reader in (wire, script, notebook, archive, grading)}
