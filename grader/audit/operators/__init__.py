"""The operators: the slips that are made in a reference to see whether its rubric notices."""

from grader.audit.operators import (  # noqa: F401 - each registers its operators
    arithmetic,
    bounds,
    calls,
    conditions,
    constants,
    lookups,
    loops,
    names,
    order,
    reductions,
    statements,
)
from grader.audit.operators.operator import OPERATORS, Operator

__all__ = ["OPERATORS", "Operator"]
