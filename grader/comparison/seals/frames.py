"""An expected answer taken apart: the containers that `returns` names, and a lock for each output in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from grader.comparison.forms import form
from grader.comparison.seals.grids import Unsealable, cells, grid_of
from grader.comparison.shares import names_whole
from grader.model import Comparison, Part
from grader.model.seal import Frame, Grid, Lock

if TYPE_CHECKING:
    from grader.model import Value


def framed(
    want: Value, returns: tuple[Part, ...], rule: Comparison, random: Callable[[], float]
) -> tuple[Frame, tuple[Lock, ...], tuple[Value, ...]]:
    """Return an answer's frame, its locks, and the outputs that they lock. Raises Unsealable."""
    locks: list[Lock] = []
    outputs: list[Value] = []

    def leaf(value: Value, name: str) -> int:
        grids = tuple(grid_of(each, rule, random, None) for each in numbers(value))
        locks.append(Lock(output=name, grids=grids))
        outputs.append(value)
        return len(locks) - 1

    def frame(value: Value, parts: tuple[Part, ...], prefix: str) -> Frame:
        if not parts:
            return leaf(value, prefix.rstrip("."))
        if names_whole(parts, value):
            part = parts[0]
            return frame(value, part.parts, f"{prefix}{part.name}.")
        if isinstance(value, dict):
            known = {part.name: part for part in parts}
            return ["d", *([key, _named(key, item, known, prefix)] for key, item in value.items())]
        items = value if isinstance(value, tuple | list) else ()
        inner = [frame(item, part.parts, f"{prefix}{part.name}.") for item, part in zip(items, parts, strict=True)]
        return ["t" if isinstance(value, tuple) else "l", *inner]

    def _named(key: str | int, item: Value, known: dict[str, Part], prefix: str) -> Frame:
        part = known.get(key) if isinstance(key, str) else None
        return frame(item, part.parts, f"{prefix}{part.name}.") if part else None

    return frame(want, returns, ""), tuple(locks), tuple(outputs)


def unframed(frame: Frame, locks: tuple[Lock, ...]) -> Any:
    """Return a frame as Python's containers, with its locks in the places of the outputs."""
    if frame is None:
        return None
    if isinstance(frame, int):
        return locks[frame]
    if frame[0] == "d":
        return {key: unframed(inner, locks) for key, inner in frame[1:]}
    inner = [unframed(each, locks) for each in frame[1:]]
    return tuple(inner) if frame[0] == "t" else inner


def numbers(value: Value) -> Iterator[Value]:
    """Yield the numbers and arrays within a value, in the order of its cells."""
    kind = form(value)
    if kind == "number":
        yield value
    elif isinstance(value, tuple | list):
        for item in value:
            yield from numbers(item)
    elif isinstance(value, dict):
        for key in sorted(value, key=repr):
            yield from numbers(value[key])
    elif kind == "strange":
        raise Unsealable("kind")


def cells_of(value: Value, grids: tuple[Grid, ...], rule: Comparison) -> bytes | None:
    """Return the cells of an output, containers, texts and keys included; `None` if it cannot be right."""
    left = iter(grids)
    parts = list(_cells(value, left, rule))
    return (
        None
        if None in parts or next(left, None) is not None
        else b"\n".join(part for part in parts if part is not None)
    )


def _cells(value: Value, grids: Iterator[Grid], rule: Comparison) -> Iterator[bytes | None]:
    match form(value):
        case "none":
            yield b"none"
        case "text":
            yield b"text %b" % repr(value).encode()
        case "number":
            grid = next(grids, None)
            yield None if grid is None else cells(value, grid, rule)
        case "sequence" if isinstance(value, tuple | list):
            kind = type(value).__name__ if rule.sequence == "same" else "sequence"
            yield f"{kind} {len(value)}".encode()
            for item in value:
                yield from _cells(item, grids, rule)
        case "dict" if isinstance(value, dict):
            yield f"dict {len(value)}".encode()
            for key in sorted(value, key=repr):
                yield repr(key).encode()
                yield from _cells(value[key], grids, rule)
        case _:
            yield None
