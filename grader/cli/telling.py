"""How an error of the command line, or a note beside a report, reaches a person."""

from __future__ import annotations

import sys

from grader.cli.language import asked_language
from grader.errors import GraderError
from grader.language import Message


def tell(error: GraderError) -> int:
    """Write the error as sentences with a way out to standard error; return its exit code."""
    from grader.report import faults

    _write(faults.render(error, language=asked_language(sys.argv)))
    return error.exit_code


def note(message: Message) -> None:
    """Write a sentence to standard error."""
    _write(message.text(asked_language(sys.argv)))


def _write(text: str) -> None:
    encoding = sys.stderr.encoding or "utf-8"
    print(text.encode(encoding, "replace").decode(encoding), file=sys.stderr)
