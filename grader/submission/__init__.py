"""What a student handed in: a script, a notebook, a folder or an archive, read and never run."""

from grader.submission.costs import forget
from grader.submission.loading import caret, line, lines, load, refused, signatures

__all__ = ["caret", "forget", "line", "lines", "load", "refused", "signatures"]
