"""The `grade` command's first lines: they start the workers' server before anything slow or secret is read."""

from __future__ import annotations

import gc
import os
import sys

GRADING = {"grade", "check", "audit", "watch", "show", "release", "doctor"}
"""The commands that run code; every other first word is a path to grade."""
QUIET = {"init", "schema"}


def main() -> None:
    """Run the command line and exit with its code (see `grader.errors`)."""
    # A report makes few cycles, and its collections cost 5 % of a run; idle BLAS threads cost 60 ms of CPU at import.
    gc.set_threshold(50_000)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    words = sys.argv[1:]
    if not ({"--help", "-h", "--version"} & set(words)) and not (words and words[0] in QUIET):
        from grader.execution.start import start

        start()
    from grader.cli.app import app

    app(prog_name="grade")
