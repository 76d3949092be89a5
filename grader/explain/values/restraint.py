"""What keeps a hypothesis from telling too much of hidden cases: it looks at public ones, and others may silence it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from msgspec.structs import replace

from grader.explain.values.samples import Array, Evidence, Hypothesis, Sample, perhaps
from grader.language import Message


def public_only(hypothesis: Hypothesis, *, few: bool = False) -> Hypothesis:
    """Return the hypothesis limited to public cases that hold more than two numbers, or only so many (`few`).

    This is for a coarse hypothesis, one that many expected values would confirm. Somebody who knows some hidden cases
    could find another's values with it, coarsely first and then digit by digit, or one number after the other.
    """

    def limited(evidence: Evidence) -> Message | None:
        public = evidence.public
        return None if public is None or public.telling is few else hypothesis(public)

    return limited


def uncontradicted(hypothesis: Hypothesis) -> Hypothesis:
    """Return a hypothesis on public cases that is not told where most of the wrong hidden cases contradict it.

    It must hold of a number as closely as the check does: a coarse one would say by its silence how near a number is.
    """

    def limited(evidence: Evidence) -> Message | None:
        said = hypothesis(evidence)
        return None if said is not None and _contradicted(said, hypothesis, evidence) else said

    return limited


def _contradicted(said: Message, hypothesis: Hypothesis, evidence: Evidence) -> bool:
    """Return whether neither the wrong hidden cases together nor most of them, each by itself, bear the same out.

    That is one bit, and it tells no more than trying an answer does: nothing near is right. Where whole numbers are
    expected, which could be tried one after the other, cases are not looked at.
    """
    hidden = [replace(one, public=True) for one in evidence.wrong if not one.public and _is_fine(one.want)]

    def bear_out(some: Sequence[Sample]) -> bool:
        found = hypothesis(replace(evidence, wrong=tuple(some), right=()))
        return found is not None and _plain_of(found).template == _plain_of(said).template

    if not hidden or bear_out(hidden):
        return False
    return 2 * sum(bear_out([one]) for one in hidden) < len(hidden)


def _is_fine(want: Array) -> bool:
    """Return whether most of the numbers are no whole ones."""
    return want.dtype.kind == "f" and bool(want.size) and float(np.mean(want == np.round(want))) < _WHOLE


_WHOLE = 0.5


def _plain_of(said: Message) -> Message:
    """Return the sentence without "Perhaps"."""
    inner = said.parameters.get("said")
    return inner if isinstance(inner, Message) and said.template == perhaps(inner).template else said
