"""What `grade init --from-notebook` says at the end: what was made, and what is left to do, on one screen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from grader.author.new.solution import Kind
from grader.language import Language, Message, listed, say, say_count
from grader.report.lines import cell_width, cut, pad, wrap

WIDTH = 80
MOST = 12
"""Things to do that are shown."""


class FunctionMade(Struct, frozen=True, kw_only=True):
    """What is graded: how many public and hidden checks it got, and how many slips in the reference these notice."""

    name: str
    kind: Kind
    public: int
    hidden: int
    killed: int
    slips: int


class Summary(Struct, frozen=True, kw_only=True):
    """What was made of a notebook; `todo` is for its author, and `looks` are what `grade check` objects to."""

    functions: tuple[FunctionMade, ...]
    todo: tuple[Message, ...]
    looks: tuple[Message, ...]


def lines(summary: Summary, language: Language) -> Iterator[str]:
    """Yield lines of at most 80 cells: a table of the functions, and what is left to do."""
    every = summary.functions
    yield from _wrapped(
        say(
            "{functions}: {checked} with a check, {hidden} with a hidden one.",
            functions=say_count("{count} function to be graded", "{count} functions to be graded", len(every))
            if all(one.kind == "function" for one in every)
            else say_count("{count} item to be graded", "{count} items to be graded", len(every)),
            checked=sum(one.public + one.hidden > 0 for one in every),
            hidden=sum(one.hidden > 0 for one in every),
        ),
        language,
    )
    yield ""
    yield from _table(every, language)
    todo = [*summary.todo, *_weak(every), *(say("grade check: {look}", look=each) for each in summary.looks)]
    yield ""
    if not todo:
        yield from _wrapped(
            say("Nothing is left to do: grade check holds, and every slip that was tried loses points."), language
        )
        return
    yield say("Left to do:").text(language)
    for number, each in enumerate(todo[:MOST], 1):
        yield from _item(f"{number:2}. ", each, language)
    if len(todo) > MOST:
        more = len(todo) - MOST
        yield "    " + say_count("… and {count} more", "… and {count} more", more).text(language)


def _table(every: Sequence[FunctionMade], language: Language) -> Iterator[str]:
    heads = [
        say("public checks").text(language), say("hidden checks").text(language), say("slips noticed").text(language),
    ]  # fmt: skip
    room = WIDTH - sum(cell_width(head) + 2 for head in heads)
    width = min(max(cell_width(one.name) for one in every) + 2, room)
    yield " " * width + "".join("  " + head for head in heads)
    for one in every:
        noticed = f"{one.killed} / {one.slips}" if one.slips else "–"
        cells = [str(one.public or "–"), str(one.hidden or "–"), noticed]
        row = "".join(
            "  " + " " * (cell_width(head) - cell_width(cell)) + cell for head, cell in zip(heads, cells, strict=True)
        )
        yield pad("  " + cut(one.name, width - 2), width) + row


def _weak(every: Sequence[FunctionMade]) -> Iterator[Message]:
    """Yield what to do about slips that nobody notices."""
    weak = [one.name for one in every if one.killed < one.slips]
    if weak:
        yield say(
            "Some slips in {functions} keep full marks. `grade audit` shows them, and which line of the rubric would "
            "notice them.",
            functions=listed(weak),
        )


def _wrapped(message: Message, language: Language) -> Iterator[str]:
    yield from wrap(message.text(language), WIDTH)


def _item(mark: str, message: Message, language: Language) -> Iterator[str]:
    for number, line in enumerate(wrap(message.text(language), WIDTH - len(mark))):
        yield (" " * len(mark) if number else mark) + line
