"""Sealing: hidden cases put into a kit without their answers (`grader.comparison.seals` says how answers are compared).

What stands in the kit of a hidden case: its arguments as drawn, the form of its answer, grids, salted digests.
"""

from grader.release.sealing.sealing import LeftOut, Sealing, Work, seal

__all__ = ["LeftOut", "Sealing", "Work", "seal"]
