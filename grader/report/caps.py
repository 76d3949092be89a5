"""What is too long for a platform is cut between whole items or lines, and the text says how much is left out."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from grader.language import Language, Message, say_count


def functions_left_out(count: int) -> Message:
    """Return the sentence for `count` functions for which there was no room."""
    return say_count("{count} further function is left out.", "{count} further functions are left out.", count)


def lines_left_out(count: int) -> Message:
    """Return the sentence for `count` lines for which there was no room."""
    return say_count("{count} further line is left out.", "{count} further lines are left out.", count)


def fitting(
    items: Sequence[str], room: int, left_out: Callable[[int], Message], language: Language,
    *, size: Callable[[str], int] = len,
) -> list[str]:  # fmt: skip
    """Return as many of the `items` as fit into `room`, and what `left_out` says of the others; all where all fit.

    Each item has the `size` of itself and one for what joins it to the next.
    """
    sizes = [size(item) + 1 for item in items]
    if sum(sizes) <= room:
        return list(items)
    room -= size(left_out(len(items)).text(language)) + 1
    kept = 0
    while kept < len(items) and sizes[kept] <= room:
        room -= sizes[kept]
        kept += 1
    return [*items[:kept], left_out(len(items) - kept).text(language)]


def whole_lines(text: str, most: int, language: Language) -> str:
    """Return at most `most` characters of a text, in whole lines; only a first line that is longer is cut itself."""
    if len(text) <= most:
        return text
    first, *others = text.split("\n")
    room = most - len(lines_left_out(len(others)).text(language)) - 2
    if len(first) > room:
        first = first[: max(room, 1) - 1] + "…"
    return "\n".join([first, *fitting(others, most - len(first) - 1, lines_left_out, language)])[:most]
