"""Why a student's code raised: a sentence with the line and the names in it, for the exceptions students really meet.

An exception's own words could carry a hidden input, so of a hidden case only what stands in the source is repeated:
names, keys and formulas of the line that raised, if it is the graded function's own. The words then choose the
sentence and nothing else.
"""

from grader.explain.raised.reason import reason
from grader.explain.raised.scene import Scene, owner, scene, told

__all__ = ["Scene", "owner", "reason", "scene", "told"]
