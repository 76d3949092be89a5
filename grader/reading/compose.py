"""YAML text -> nodes, with bounds that hold before anything is built, or why the parser gave up.

The parser's events are composed here, without recursion and without YAML's own types: `yaml.compose` recurses in C
(a hundred thousand brackets end the process) and resolves every scalar by YAML 1.1's rules (`on` is true), neither of
which a rubric wants. An alias costs as much as the node that it repeats, so no expansion outgrows the bound.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import yaml
from yaml.error import Mark, MarkedYAMLError, YAMLError
from yaml.events import (
    AliasEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    StreamEndEvent,
)
from yaml.reader import ReaderError

from grader.errors import Span
from grader.language import Message, say
from grader.reading.nodes import LINE_END, Log, Mapping, Node, Scalar, Sequence, full_width, narrow, quoted
from grader.reading.tables import BELOW

MOST_NODES = 20_000
MOST_DEPTH = 30

_Loader: type[yaml.SafeLoader] | type[yaml.CSafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def compose(text: str, log: Log) -> Node | None:
    """Return the one document in `text`, or None after a fault that leaves nothing to read."""
    try:
        return _Composer(log).document(events(text))
    except yaml.YAMLError as error:
        complain(error, text, log)
    except _Unreadable as error:
        log.add(error.at, error.message)
    return None


def events(text: str) -> Iterator[Event]:
    """Yield what YAML's parser meets in a text, without making anything of it. Raises YAMLError."""
    loader = _Loader(text)
    try:
        while (event := loader.get_event()) is not None and not isinstance(event, StreamEndEvent):
            yield event
    finally:
        loader.dispose()


class _Unreadable(Exception):
    def __init__(self, at: Span, message: Message) -> None:
        super().__init__(message.template)
        self.at = at
        self.message = message


class _Open:
    """A collection whose end has not come."""

    def __init__(self, start: CollectionStartEvent, at: Span) -> None:
        self.start = start
        self.at = at
        self.children: list[Node] = []


class _Composer:
    def __init__(self, log: Log) -> None:
        self.log = log
        self.open: list[_Open] = []
        self.anchors: dict[str, Node] = {}
        self.size = 0
        self.root: Node | None = None

    def document(self, events: Iterator[Event]) -> Node | None:
        documents = 0
        for event in events:
            if isinstance(event, ScalarEvent):
                self.place(self.scalar(event), event.anchor)
            elif isinstance(event, CollectionStartEvent):
                self.begin(event)
            elif isinstance(event, MappingEndEvent | SequenceEndEvent):
                done = self.open.pop()
                self.place(self.collection(done, event), done.start.anchor)
            elif isinstance(event, AliasEvent):
                self.place(self.aliased(event), None)
            elif isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise _Unreadable(self.span(event), say("A second document begins here; a rubric is one document."))
        return self.root

    def span(self, event: Event, end: Event | None = None) -> Span:
        start, stop = event.start_mark, (end or event).end_mark
        if start is None or stop is None:
            return Span(path=self.log.path)
        end_column = stop.column + 1 if stop.line == start.line else 0
        return Span(path=self.log.path, line=start.line + 1, column=start.column + 1, end_column=end_column)

    def scalar(self, event: ScalarEvent) -> Scalar:
        at = self.span(event)
        if event.tag is not None:
            self.refuse_tag(event.tag, at)
        flow = bool(self.open) and bool(self.open[-1].start.flow_style)
        plain = event.style in {None, ""} and (event.tag is not None or event.implicit[0])
        return Scalar(text=event.value, style="" if plain else event.style or "'", flow=flow, at=at)

    def begin(self, event: CollectionStartEvent) -> None:
        at = self.span(event)
        if event.tag is not None:
            self.refuse_tag(event.tag, at)
        if not event.flow_style and self.open and isinstance(self.open[-1].start, MappingStartEvent):
            siblings = self.open[-1].children
            at = siblings[-1].at if len(siblings) % 2 else at
        self.open.append(_Open(event, at))
        if len(self.open) > MOST_DEPTH:
            raise _Unreadable(at, say("This goes more than {most} levels deep.", most=MOST_DEPTH))

    def collection(self, done: _Open, end: Event) -> Node:
        size = 1 + sum(child.size for child in done.children)
        depth = 1 + max((child.depth for child in done.children), default=0)
        at = self.span(done.start, end) if done.start.flow_style else done.at
        if isinstance(done.start, MappingStartEvent):
            pairs = tuple(self.pairs(done.children))
            if not done.start.flow_style and pairs and at.line == pairs[0][0].at.line:
                at = pairs[0][0].at
            return Mapping(pairs=pairs, at=at, size=size, depth=depth)
        return Sequence(items=tuple(done.children), at=at, size=size, depth=depth)

    def pairs(self, children: list[Node]) -> Iterator[tuple[Scalar, Node]]:
        for key, value in zip(children[::2], children[1::2], strict=True):
            if not isinstance(key, Scalar):
                self.log.add(key.at, say("A key must be plain text."))
            elif key.text == "<<" and not key.style:
                hint = say("To draw as another check does, write `like:`.")
                self.log.add(key.at, say("A rubric cannot merge with `<<`."), hint)
            else:
                yield key, value

    def aliased(self, event: AliasEvent) -> Node:
        name = event.anchor or ""
        node = self.anchors.get(name)
        if node is None:
            message = say("No anchor `&{name}` is complete before this alias.", name=quoted(name))
            raise _Unreadable(self.span(event), message)
        if len(self.open) + node.depth > MOST_DEPTH:
            raise _Unreadable(self.span(event), say("This goes more than {most} levels deep.", most=MOST_DEPTH))
        self.size += node.size - 1
        return node

    def place(self, node: Node, anchor: str | None) -> None:
        """Put a finished node where it belongs."""
        self.size += 1
        if self.size > MOST_NODES:
            message = say("This rubric has more than {most} entries once its aliases are written out.", most=MOST_NODES)
            raise _Unreadable(node.at, message)
        if anchor is not None:
            self.anchors[anchor] = node
        if self.open:
            self.open[-1].children.append(node)
        else:
            self.root = node

    def refuse_tag(self, tag: str, at: Span) -> None:
        self.log.add(
            at, say("A rubric cannot use the tag `{tag}`.", tag=quoted(tag.replace("tag:yaml.org,2002:", "!!")))
        )


_QUOTE = say('Text with , : [ ] {{ }} or # in it must stand in quotes: "normal(2, 3)".')
_INDENT = say("Lines that belong together begin in the same column.")

_NO_COLON = "could not find expected ':'"
_NO_VALUE = "mapping values are not allowed in this context"

_PROBLEMS: dict[str, tuple[Message, Message | None]] = {
    _NO_VALUE: (say("No `: ` may stand here."), _QUOTE),
    "did not find expected key": (say("A key is expected here."), _INDENT),
    "did not find expected '-' indicator": (say("The list ends here without its `-`."), _INDENT),
    "did not find expected ',' or ']'": (say("A comma or `]` is missing here."), _QUOTE),
    "did not find expected ',' or '}'": (say("A comma or `}}` is missing here."), _QUOTE),
    "did not find expected node content": (say("A value is missing here."), _QUOTE),
    "block sequence entries are not allowed in this context": (
        say("A list with `-` begins on a line of its own."),
        None,
    ),
    "did not find expected <document start>": (say("The rubric is complete before this; nothing may follow."), None),
    "found unknown escape character": (
        say("`\\` begins an escape that YAML does not know."),
        say("In single quotes a `\\` stays a `\\`."),
    ),
}

_NEVER_CLOSED = {
    "while parsing a flow sequence": say("This `[` is never closed."),
    "while parsing a flow mapping": say("This `{{` is never closed."),
    "while scanning a quoted scalar": say("This quotation mark is never closed."),
}

_STRANGE_START = "found character that cannot start any token"


def complain(error: YAMLError, text: str, log: Log) -> None:
    """Record why the parser gave up."""
    if isinstance(error, ReaderError):
        at = _offset(error, text, log.path)
        log.add(at, say("An invisible control character stands here."))
    elif isinstance(error, MarkedYAMLError) and error.problem_mark is not None:
        _marked(error, error.problem_mark, text, log)
    else:
        log.add(Span(path=log.path, line=1, column=1), say("This is not YAML: {problem}", problem=quoted(str(error))))


def _marked(error: MarkedYAMLError, mark: Mark, text: str, log: Log) -> None:
    problem = str(error.problem)
    at = Span(path=log.path, line=mark.line + 1, column=mark.column + 1)
    closed = _NEVER_CLOSED.get(str(error.context))
    if closed and error.context_mark is not None and not text[mark.index :].strip():
        start = error.context_mark
        log.add(Span(path=log.path, line=start.line + 1, column=start.column + 1), closed)
    elif problem == _STRANGE_START:
        _strange_start(text[mark.index : mark.index + 1], at, log)
    elif _better(error, mark, log):
        return
    elif problem in _PROBLEMS:
        message, hint = _PROBLEMS[problem]
        log.add(at, message, _elsewhere(error, mark, text) or hint)
    else:
        log.add(at, say("This is not YAML: {problem}", problem=quoted(problem)))


def _better(error: MarkedYAMLError, mark: Mark, log: Log) -> bool:
    """Record the cause at its own place, if it can be found: the parser notices it only later."""
    start = error.context_mark or mark
    above = _above(mark.line + 1, log) if error.problem == _NO_VALUE else 0
    for number in dict.fromkeys((start.line + 1, mark.line + 1, above)):
        line = log.line(number)
        at = full_width(line)
        if at >= 0:
            place = Span(path=log.path, line=number, column=at + 1, end_column=at + 2)
            log.add(place, say("YAML does not know this sign."), narrow(line[at]))
            return True
    if error.problem == _NO_COLON:
        _without_colon(start.line + 1, log)
        return True
    if above and _indented(log.line(above)) == _indented(log.line(mark.line + 1)):
        _without_colon(above, log)
        return True
    if error.problem == "did not find expected key" and not start.column:
        return _slipped(mark, log)
    return False


def _above(number: int, log: Log) -> int:
    """Return the number of the nearest line above that is not empty, 0 if that line has a key."""
    number -= 1
    while number and not log.line(number).strip():
        number -= 1
    return 0 if re.search(r":(\s|$)", log.line(number)) else number


def _indented(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _without_colon(number: int, log: Log) -> None:
    """Record that a line has no `: `, or none with a space."""
    line = log.line(number)
    start = _indented(line)
    tight = re.match(r"[\w-]+(:)\S", line[start:])
    if tight:
        column = start + tight.start(1) + 1
        at = Span(path=log.path, line=number, column=column, end_column=column + 1)
        log.add(at, say("A space is missing after this `:`."))
        return
    at = Span(path=log.path, line=number, column=start + 1, end_column=len(line.rstrip()) + 1)
    log.add(at, say("A `:` is missing in this line."), say("Write a key, a `:`, a space and the value."))


def _slipped(mark: Mark, log: Log) -> bool:
    """Record a function above `mark` that stands at the margin, where only a rubric's own keys do."""
    for number in range(mark.line, 0, -1):
        found = re.match(r"([^\W\d]\w*)\s*:", log.line(number))
        if found:
            if found[1] in log.margin:
                return False
            at = Span(path=log.path, line=number, column=1, end_column=len(found[1]) + 1)
            log.add(at, say("`{name}` begins too far left.", name=quoted(found[1])), BELOW)
            return True
    return False


def _elsewhere(error: MarkedYAMLError, mark: Mark, text: str) -> Message | None:
    """Return a hint if the cause is probably in a line above."""
    if error.context in _NEVER_CLOSED and error.context_mark is not None and error.context_mark.line < mark.line:
        return say("What was opened in line {line} is not closed yet.", line=error.context_mark.line + 1)
    before = text[: mark.index].rpartition("\n")[2]
    if error.problem == _NO_VALUE and ": " not in before:
        return say("Either the line above lacks its `:`, or this line begins too far right.")
    return None


def _strange_start(char: str, at: Span, log: Log) -> None:
    if char == "\t":
        log.add(at, say("A tab stands here."), say("YAML is indented with spaces."))
    else:
        log.add(at, say("Text that begins with `{char}` must stand in quotes.", char=quoted(char)))


def _offset(error: ReaderError, text: str, path: str) -> Span:
    """Return the place of the character; libyaml counts UTF-8 bytes, the parser in Python characters."""
    before = text[: error.position]
    if error.encoding == "?":
        before = text.encode()[: error.position].decode(errors="ignore")
    lines = LINE_END.split(before)
    return Span(path=path, line=len(lines), column=len(lines[-1]) + 1)
