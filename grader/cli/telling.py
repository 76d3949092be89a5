"""How an error of the command line reaches a person."""

from __future__ import annotations

import sys

from grader.cli.language import asked_language
from grader.errors import GraderError
from grader.report import faults


def tell(error: GraderError) -> int:
    """Write the error as sentences with a way out to standard error; return its exit code."""
    text = faults.render(error, language=asked_language(sys.argv))
    encoding = sys.stderr.encoding or "utf-8"
    print(text.encode(encoding, "replace").decode(encoding), file=sys.stderr)
    return error.exit_code
