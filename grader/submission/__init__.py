"""What a student handed in: a script, a notebook, a folder or an archive, read and never run."""

from grader.submission.loading import caret, line, lines, load, refused, signatures
from grader.submission.patience import forget

__all__ = ["caret", "forget", "line", "lines", "load", "refused", "signatures"]
