"""Sentences for evidence: what differs (a mismatch), and what line of thought explains it (a diagnosis)."""

from grader.comparison.explain.diagnoses import explanation
from grader.comparison.explain.mismatches import sentence

__all__ = ["explanation", "sentence"]
