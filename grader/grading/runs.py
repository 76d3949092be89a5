"""Runs the calls of cases on a source."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from msgspec.structs import replace

from grader.execution import Engine, Ran
from grader.model import Call, Limits, Outcome, Returned, Source, Task, Value
from grader.values import family_of

ROOM = 256 << 10
"""Bytes that any result may take in the grader's memory."""
_SLACK = 8  # int64 where int8 is wanted, numbers where truth values are
_LISTED = 48  # so that a list of some thousand numbers is told that it should be an array
_PART = 512  # "1.2345678901234567e-100," is 24 bytes of JSON, and counts 16 times


def run(
    engine: Engine,
    source: Source,
    calls: Sequence[Sequence[Call]],
    limits: Mapping[str, Limits],
    *,
    together: bool = False,
    public: Collection[int] | None = None,
) -> tuple[Ran, tuple[tuple[Outcome, ...], ...]]:
    """Run the calls of many cases on one source; return the run and the outcomes, grouped as the calls were.

    `public` are the places of the cases whose outcome the source's author may see (by default all).
    """
    flat = [(call, public is None or place in public) for place, group in enumerate(calls) for call in group]
    places = {number for number, (_, seen) in enumerate(flat) if seen}
    ran = engine.run(source, [call for call, _ in flat], limits, together=together, public=places)
    return ran, regroup(ran.outcomes, calls)


def with_room(tasks: Sequence[Task]) -> tuple[Task, ...]:
    """Return the tasks, each call with the seconds that the reference took and the bytes that a result may take.

    These are the bytes of what is wanted, and some more: a result that is far larger is wrong whatever it holds, and
    would only fill the grader's memory. What counts is the largest result that is wanted of the function, since a check
    of errors or properties says nothing of the value. Of a function whose answers are sealed nothing is known.
    """
    largest: dict[str, int] = {}
    for task in tasks:
        for one in task.want:
            heavy = _rounded(weight(one.value)) if isinstance(one, Returned) else 0
            largest[task.case.function] = max(heavy, largest.get(task.case.function, 0))
    return tuple(
        _with_room(task, largest[task.case.function]) if task.case.function in largest else task for task in tasks
    )


def _with_room(task: Task, heavy: int) -> Task:
    seconds = sum(getattr(one, "seconds", 0.0) for one in task.want) / max(1, len(task.case.calls))
    calls = tuple(
        replace(call, room=ROOM + _SLACK * (heavy + weight(call.arguments)), seconds=seconds)
        for call in task.case.calls
    )
    return replace(task, case=replace(task.case, calls=calls))


def _rounded(heavy: int) -> int:
    """Return a weight rounded up to a power of two, a small one to an eighth of `ROOM`.

    With the exact weight a student could find the wanted one's size, by trying how large an answer may be.
    """
    return 1 << (max(heavy, ROOM // _SLACK) - 1).bit_length()


def weight(value: Value) -> int:
    """Return about how many bytes a value takes on the wire and as objects, as `Frame.weight` counts them."""
    family = family_of(value)
    if inside := family.contents(value):
        return _PART + sum([weight(item) for item in inside])
    if isinstance(value, str | bytes | bytearray):
        return _PART + 16 * 6 * len(value)
    size = getattr(value, "size", None)  # an array's, or that of one of numpy's numbers
    return _PART + (int(getattr(value, "nbytes", 0)) + min(_LISTED * int(size), ROOM // 4) if size is not None else 0)


def regroup(outcomes: Sequence[Outcome], calls: Sequence[Sequence[Call]]) -> tuple[tuple[Outcome, ...], ...]:
    """Return a flat list of outcomes grouped as `calls` are."""
    rest = iter(outcomes)
    return tuple(tuple(next(rest) for _ in group) for group in calls)


def reference_limits(limits: Mapping[str, Limits]) -> Limits:
    """Return limits for the reference's own session: the largest that any problem grants."""
    return max(limits.values(), key=lambda each: each.seconds)
