"""Cases: a rubric's draws made into arguments and calls, the same on every machine."""

from grader.cases.drawing import draw
from grader.cases.examination import examine
from grader.cases.labels import labelled
from grader.cases.library import Reference

__all__ = ["Reference", "draw", "examine", "labelled"]
