"""Generators: what a line of `draw` may call for random values, one module a family, each with examples.

In an example, `>>>` stands before an expression and its value stands below, drawn with seed 1 in a case of its own
(after `legacy_seed: 1` in the legacy family).
"""

from grader.cases.generators import discrete, legacy, matrices, numbers, ranked, text

FAMILIES = (numbers, ranked, discrete, matrices, text, legacy)
"""The modules that register generators, in the order they are best explained in."""

__all__ = ["FAMILIES"]
