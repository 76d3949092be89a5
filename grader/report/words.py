"""The fixed words of a report: states, categories, kinds. A state has a word and a sign, so colour is never needed."""

from __future__ import annotations

from msgspec import Struct

from grader.language import Message, say
from grader.model import Status


class State(Struct, frozen=True):
    """How a status is shown: its word, its sign, the sign where only ASCII can be shown, and its colour."""

    word: Message
    sign: str
    ascii: str
    colour: str


STATES: dict[Status, State] = {
    "passed": State(say("passed"), "✓", "+", "green"),
    "partial": State(say("partly right"), "◐", "~", "yellow"),
    "failed": State(say("not right yet"), "✗", "x", "red"),
    "not_attempted": State(say("not attempted"), "○", "o", "bright_black"),
    "error": State(say("raised an error"), "✗", "x", "red"),
    "timeout": State(say("too slow"), "✗", "x", "red"),
    "out_of_memory": State(say("out of memory"), "✗", "x", "red"),
    "crashed": State(say("crashed"), "✗", "x", "red"),
    "missing": State(say("missing"), "?", "?", "red"),
    "ungradable": State(say("cannot be read"), "!", "!", "magenta"),
    "not_graded": State(say("not graded"), "–", "-", "bright_black"),
}

CATEGORIES: dict[str, Message] = {
    "type": say("another kind of object"),
    "length": say("another length"),
    "keys": say("other keys"),
    "shape": say("another shape"),
    "empty": say("an empty array"),
    "dtype": say("another dtype"),
    "nan": say("NaN or infinity in the wrong places"),
    "values": say("other numbers"),
    "text": say("another text"),
    "property": say("a property does not hold"),
    "sealed": say("another answer"),
    "raised": say("not the exception asked for"),
    "slow": say("slower than it may be"),
}


def clauses(messages: list[Message]) -> Message:
    """Return the messages as one, with a semicolon of the language between them: there may be commas within."""
    whole = messages[0]
    for message in messages[1:]:
        whole = say("{first}; {then}", first=whole, then=message)
    return whole
