"""Which part of a class one machine of several grades: all that a person handed in, since a score needs all of it.

The part follows from the person's id alone, so every machine finds it without asking another one, in every version and
whatever else is handed in.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from hashlib import sha256

from msgspec import Struct

from grader.course.store import Store
from grader.errors import UsageError
from grader.language import inert, say

MOST = 100_000
PART = "shard"
"""The fact of a store that says which part it holds; "" for a whole class."""
_FORM = re.compile(r"(?:([0-9]{1,6})|auto)(?:/([0-9]{1,6}))?")
_COUNTED = (
    ("CI_NODE_INDEX", "CI_NODE_TOTAL", 1),  # GitLab: parallel: N
    ("CIRCLE_NODE_INDEX", "CIRCLE_NODE_TOTAL", 0),
    ("BUILDKITE_PARALLEL_JOB", "BUILDKITE_PARALLEL_JOB_COUNT", 0),
    ("SLURM_PROCID", "SLURM_NTASKS", 0),
)
"""What names the part in an environment, what says how many there are, and where counting begins."""


class Shard(Struct, frozen=True, kw_only=True):
    """Part `number` of `count`; parts are numbered from 1."""

    number: int
    count: int

    def __str__(self) -> str:
        return f"{self.number}/{self.count}"

    def holds(self, person: str) -> bool:
        """Return whether a person belongs to this part."""
        digest = sha256(person.encode("utf-8", "surrogatepass")).digest()
        return int.from_bytes(digest[:8], "big") % self.count == self.number - 1


def shard(text: str, environment: Mapping[str, str] = os.environ) -> Shard:
    """Return the part that a text names: "2/8", or "auto" or "auto/8", where the environment says which.

    Raises UsageError for a text or an environment that names none.
    """
    form = _FORM.fullmatch(text)
    if form is None:
        raise _no_shard(text)
    count = int(form[2]) if form[2] else None
    if form[1] is None:
        return _of_environment(environment, count)
    if count is None or not 1 <= int(form[1]) <= count <= MOST:
        raise _no_shard(text)
    return Shard(number=int(form[1]), count=count)


def bind(store: Store, shard: Shard | None) -> None:
    """Note which part of a class a store holds. Raises UsageError for one that holds another part."""
    asked = str(shard) if shard is not None else ""
    held = store.fact(PART, lambda: "" if store.people_with_attempts() else asked)
    if held == asked:
        return
    path = inert(str(store.path), 1000)
    raise UsageError(
        say("{path} holds part {part} of a class.", path=path, part=held) if held
        else say("{path} holds a whole class.", path=path),
        say("Name another file, --store FILE, or this part: --shard {part}", part=held) if held
        else say("Name another file: --store FILE"),
    )  # fmt: skip


def _no_shard(text: str) -> UsageError:
    return UsageError(
        say("--shard is a part and how many there are, such as 2/8; this is {text}.", text=inert(text, 40)),
        say("Parts are numbered from 1. Where the environment says which part this is: --shard auto, or auto/8"),
    )


def _of_environment(environment: Mapping[str, str], count: int | None) -> Shard:
    """Return the part that a CI, a Slurm array or an indexed job of Kubernetes says this is."""
    place, total = _place(environment)
    total = count if count is not None else total
    if place is None or total is None or not 0 <= place < total <= MOST:
        raise UsageError(
            say("The environment does not say which part this is.") if place is None
            else say("The environment says that this is part {number}, but not of how many, or of fewer.",
                     number=place + 1),
            say("Name it: --shard 2/8. With --shard auto/8 the part is read from CI_NODE_INDEX, SLURM_ARRAY_TASK_ID, "
                "JOB_COMPLETION_INDEX and the like, and only their number is given."),
        )  # fmt: skip
    return Shard(number=place + 1, count=total)


def _place(environment: Mapping[str, str]) -> tuple[int | None, int | None]:
    """Return which part this is, from 0, and how many there are, each as far as the environment says."""

    def number(name: str) -> int | None:
        text = environment.get(name, "")
        return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else None

    if (task := number("SLURM_ARRAY_TASK_ID")) is not None:
        whole = (number("SLURM_ARRAY_TASK_MIN"), number("SLURM_ARRAY_TASK_STEP") or 1) == (1, 1)
        return task - 1, number("SLURM_ARRAY_TASK_MAX") if whole else None  # else a part of the array is run again
    if (index := number("JOB_COMPLETION_INDEX")) is not None:  # of Kubernetes, which does not say how many there are
        return index, None
    for own, total, first in _COUNTED:
        if (index := number(own)) is not None:
            return index - first, number(total)
    return None, None
