"""YAML text -> nodes, with bounds that hold before anything is built.

The parser's events are composed here, without recursion and without YAML's own types: `yaml.compose` recurses in C
(a hundred thousand brackets end the process) and resolves every scalar by YAML 1.1's rules (`on` is true), neither of
which a rubric wants. An alias costs as much as what it stands for, so no expansion outgrows the bound.
"""

from __future__ import annotations

from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator

import yaml
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

from grader.errors import Fault, Span
from grader.language import Message, say
from grader.reading.complaints import complain
from grader.reading.log import Log, quoted
from grader.reading.nodes import Mapping, Node, Scalar, Sequence


def decode(data: bytes, path: str) -> tuple[str, Fault | None]:
    """Return the text of UTF-8 (or marked UTF-16) bytes; else "" and a fault at the first byte that is neither."""
    utf16 = data.startswith((BOM_UTF16_BE, BOM_UTF16_LE))
    try:
        return data.decode("utf-16" if utf16 else "utf-8-sig"), None
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-16" if utf16 else "utf-8-sig", errors="replace")
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    hint = say("It seems to be GBK; save it as UTF-8.") if _is_gbk(data) else say("Save it as UTF-8.")
    at = Span(path=path, line=line, column=column)
    return "", Fault(at=at, message=say("This file is not UTF-8 from here on."), hint=hint)


def _is_gbk(data: bytes) -> bool:
    try:
        text = data.decode("gbk")
    except UnicodeDecodeError:
        return False
    return any("\u4e00" <= char <= "\u9fff" for char in text)


MOST_NODES = 20_000
MOST_LEVELS = 30

_Loader: type[yaml.SafeLoader] | type[yaml.CSafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def compose(text: str, log: Log) -> Node | None:
    """Return the one document in `text`, or None after a fault that leaves nothing to read."""
    try:
        return _Composer(log).document(_events(text))
    except yaml.YAMLError as error:
        complain(error, text, log)
    except _Unreadable as error:
        log.add(error.at, error.message)
    return None


def _events(text: str) -> Iterator[Event]:
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
        if len(self.open) > MOST_LEVELS:
            raise _Unreadable(at, say("This goes more than {most} levels deep.", most=MOST_LEVELS))

    def collection(self, done: _Open, end: Event) -> Node:
        size = 1 + sum(child.size for child in done.children)
        levels = 1 + max((child.levels for child in done.children), default=0)
        at = self.span(done.start, end) if done.start.flow_style else done.at
        if isinstance(done.start, MappingStartEvent):
            pairs = tuple(self.pairs(done.children))
            if not done.start.flow_style and pairs and at.line == pairs[0][0].at.line:
                at = pairs[0][0].at
            return Mapping(pairs=pairs, at=at, size=size, levels=levels)
        return Sequence(items=tuple(done.children), at=at, size=size, levels=levels)

    def pairs(self, children: list[Node]) -> Iterator[tuple[Scalar, Node]]:
        for key, value in zip(children[::2], children[1::2], strict=True):
            if not isinstance(key, Scalar):
                self.log.add(key.at, say("A key must be plain text."))
            elif key.text == "<<" and not key.style:
                hint = say("To draw as another check does, write `like:`.")
                self.log.add(key.at, say("Merging with `<<` has no place in a rubric."), hint)
            else:
                yield key, value

    def aliased(self, event: AliasEvent) -> Node:
        name = event.anchor or ""
        node = self.anchors.get(name)
        if node is None:
            message = say("No anchor `&{name}` is complete before this alias.", name=quoted(name))
            raise _Unreadable(self.span(event), message)
        if len(self.open) + node.levels > MOST_LEVELS:
            raise _Unreadable(self.span(event), say("This goes more than {most} levels deep.", most=MOST_LEVELS))
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
            at, say("The tag `{tag}` has no place in a rubric.", tag=quoted(tag.replace("tag:yaml.org,2002:", "!!")))
        )
