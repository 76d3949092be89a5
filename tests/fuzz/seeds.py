"""What the fuzzer starts from: one good example of each form."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import numpy as np

from grader.execution.wire import frame_bytes
from grader.values import pack

ROOT = Path(__file__).resolve().parents[2]


def seeds() -> dict[str, list[bytes]]:
    """Return good inputs by reader."""
    script = (ROOT / "assignment/cnn.py").read_bytes()
    cells = [{"cell_type": "code", "metadata": {}, "outputs": [], "source": "%magic\ndef zero_pad(X, pad):\n    !ls\n"}]
    notebook = json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": cells}).encode()
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("a/cnn.py", script)
        archive.writestr("作业/b.ipynb", notebook)
    value = {"Z": np.arange(6.0).reshape(2, 3), "cache": (1, 2.5, None, "x", [True, 1j])}
    packed = pack(value, 1 << 20)
    frame = b"".join(bytes(piece) for piece in frame_bytes({"value": packed.node}, packed.buffers))
    return {
        "wire": [frame],
        "script": [script, "# 评分函数：f\nprint 1\n".encode("gbk")],
        "notebook": [notebook],
        "archive": [zipped.getvalue()],
        "grading": [(ROOT / "examples/linear_regression/grading.yaml").read_bytes(), b"a: &a [*a]\n"],
    }
