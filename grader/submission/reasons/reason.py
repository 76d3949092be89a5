"""From an exception's type to what may be said of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from grader.language import Message
from grader.submission.reasons import arrays, calls, names, others
from grader.submission.reasons.nothing import nothing
from grader.submission.reasons.scene import Scene
from grader.submission.reasons.wholes import whole

Told = Callable[[Scene], Message | None]

_REASONS: Mapping[str, tuple[Told, ...]] = {
    "UnboundLocalError": (names.unbound,),
    "NameError": (names.undefined,),
    "ModuleNotFoundError": (names.absent,),
    "ImportError": (names.absent,),
    "AttributeError": (nothing, names.attribute),
    "IndexError": (whole, calls.subscript, arrays.past_the_end, arrays.shapes),
    "KeyError": (arrays.key,),
    "TypeError": (
        nothing,
        whole,
        calls.arguments,
        calls.data_type,
        calls.callable_,
        calls.subscript,
        calls.iterable,
        arrays.shapes,
        others.kinds,
    ),
    "ValueError": (whole, calls.of_pad, arrays.shapes, arrays.unpacked),
    "ZeroDivisionError": (others.by_zero,),
    "RecursionError": (others.endless,),
    "AssertionError": (others.assertion,),
    "EOFError": (others.asked,),
    "FileNotFoundError": (others.file,),
    "MemoryError": (others.large,),
    "OverflowError": (arrays.shapes,),
}


def reason(scene: Scene) -> Message | None:
    """Return the sentence for what was raised, `None` where Python's own words must do."""
    try:
        for kind in (scene.raised.type, *scene.raised.parents):
            for told in _REASONS.get(kind, ()):
                if (said := told(scene)) is not None:
                    return said
    except RecursionError:  # the line is nested too deeply to be followed or written out
        return None
    return None
