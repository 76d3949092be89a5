"""What one look at a rubric found."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from grader.language import Message


class Finding(Struct, frozen=True, kw_only=True):
    """One line of the screen: what was looked at, whether it holds, and what does not, each with a way out."""

    title: Message
    holds: bool
    details: tuple[Message, ...] = ()


def finding(good: Message, bad: Message, details: Sequence[Message]) -> Finding:
    """Return the finding: it holds, and is called `good`, where there are no `details` to complain of."""
    return Finding(title=bad if details else good, holds=not details, details=tuple(details))
