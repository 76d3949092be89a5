"""What a category of mismatch is: how it is told of a hidden case, in a summary, and what it gives away."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from grader.language import Message, say


class Way(Struct, frozen=True):
    """A way in which an answer may be wrong.

    `hidden` is the sentence of a hidden case and `word` that of a summary. `about` says what it tells of what is
    wanted: its "form" (shape, dtype), its "structure" (keys, lengths) or its "content" (what is in it).
    """

    hidden: Message
    word: Message
    about: Literal["form", "structure", "content"] = "form"


_GENERAL = say("The answer is not the expected one.")

WAYS: dict[str, Way] = {
    "raised": Way(say("An exception of another kind is expected here."), say("not the exception asked for")),
    "type": Way(_GENERAL, say("wrong type")),
    "length": Way(say("The number of items is not the expected one."), say("wrong length"), "structure"),
    "keys": Way(say("The dict does not have the expected keys."), say("wrong keys"), "structure"),
    "fields": Way(say("The fields are not the expected ones."), say("wrong fields"), "structure"),
    "columns": Way(say("The columns are not the expected ones."), say("wrong columns"), "structure"),
    "rows": Way(say("The number of rows is not the expected one."), say("wrong number of rows")),
    "items": Way(
        say("The items are not the expected ones, in whatever order."), say("items missing or too many"), "content"
    ),
    "empty": Way(say("The array is empty, but numbers are expected."), say("an empty array")),
    "shape": Way(say("The shape is not the expected one."), say("wrong shape")),
    "dtype": Way(_GENERAL, say("wrong dtype")),
    "mask": Way(say("The mask is in the wrong places."), say("masked in the wrong places")),
    "index": Way(say("The row labels are not the expected ones."), say("wrong row labels"), "content"),
    "nan": Way(say("NaN or infinity is in the wrong places."), say("NaN or infinity in the wrong places"), "content"),
    "values": Way(say("The values differ."), say("wrong numbers"), "content"),
    "members": Way(say("The set does not hold what it should."), say("wrong members"), "content"),
    "text": Way(say("The text is not the expected one."), say("wrong text"), "content"),
    "printed": Way(say("What is printed is not what is expected."), say("other text is printed"), "content"),
    "figure": Way(say("The figure is not the expected one."), say("another figure is drawn"), "content"),
    "property": Way(say("A property that should hold does not."), say("a property does not hold")),
    "condition": Way(say("A condition that should hold does not."), say("a condition does not hold")),
    "sealed": Way(_GENERAL, say("wrong answer")),
    "slow": Way(say("It takes too long."), say("slower than it may be")),
}
"""By category, in the order in which mismatches of one output are told; any other comes last, as a "sealed" one."""


def way(category: str) -> Way:
    """Return what a category is, general words for one that an installed package added."""
    return WAYS.get(category, WAYS["sealed"])
