"""The operators: the slips that are made in a reference to see whether its rubric notices."""

from grader.author.audit.operators import calls, expressions, statements  # noqa: F401 - each registers its operators
from grader.author.audit.sources import OPERATORS, Operator

__all__ = ["OPERATORS", "Operator"]
