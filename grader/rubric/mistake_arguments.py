"""The arguments of `@mistake(…)` and `edit(…)`, read as literals with the place of each."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from msgspec import Struct

from grader.errors import Span
from grader.language import Bilingual, say
from grader.reading.nodes import Log, did_you_mean, quoted
from grader.reading.scalars import name_in

OPEN = "…"
"""A hint that is still to be written: the mistake is recognised and has no hint there."""


class Arguments(Struct, frozen=True, kw_only=True):
    """The arguments of a mistake; `replace` holds for each pair the old text, the new text and its place."""

    of: str
    of_at: Span
    name: str
    replace: tuple[tuple[str, str, Span], ...]
    hints: tuple[Bilingual, ...]
    at: Span


def place(node: ast.stmt | ast.expr | ast.keyword, path: str, lines: Sequence[str], *, name: str = "") -> Span:
    """Return where a node begins, in characters (the tree counts bytes); with `name`, where that name follows."""
    line = lines[node.lineno - 1]
    column = len(line.encode()[: node.col_offset].decode(errors="ignore"))
    if name:
        start = line.find(name, column)
        return Span(path=path, line=node.lineno, column=start + 1, end_column=start + len(name) + 1)
    end = 0
    if node.end_lineno == node.lineno and node.end_col_offset is not None:
        end = len(line.encode()[: node.end_col_offset].decode(errors="ignore")) + 1
    return Span(path=path, line=node.lineno, column=column + 1, end_column=end)


def read_arguments(
    call: ast.Call, names: tuple[str, ...], path: str, lines: Sequence[str], log: Log
) -> Arguments | None:
    """Return the arguments of a call that has these keywords, None after a fault."""
    reader = _ArgumentReader(call, path, lines, log)
    before = log.count
    reader.check_keywords(names)
    of, name = reader.text("of"), reader.text("name") if "name" in names else "-"
    replace = reader.pairs("replace") if "replace" in names else ()
    hints = reader.hints()
    if name and "name" in names and name_in(name) is None:
        log.add(
            reader.at("name"),
            say(
                "Expected {wanted}, found {found}.",
                wanted=say("a name as Python allows"),
                found=say("`{text}`", text=quoted(name)),
            ),
        )
    if log.count > before:
        return None
    return Arguments(of=of, of_at=reader.at("of"), name=name, replace=replace, hints=hints, at=reader.at(""))


class _ArgumentReader:
    def __init__(self, call: ast.Call, path: str, lines: Sequence[str], log: Log) -> None:
        self.call = call
        self.path = path
        self.lines = lines
        self.log = log
        self.values = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}

    def at(self, name: str) -> Span:
        return place(self.values.get(name, self.call), self.path, self.lines)

    def check_keywords(self, names: tuple[str, ...]) -> None:
        for value in self.call.args:
            self.log.add(place(value, self.path, self.lines), say("Give the arguments by name here: of=…, zh=…, en=…"))
        for keyword in self.call.keywords:
            if keyword.arg not in names:
                word = keyword.arg or "**"
                at = place(keyword, self.path, self.lines, name=keyword.arg or "")
                near = self.log.nearest(word, [name for name in names if name not in self.values])
                self.log.add(at, say("Unknown key `{key}`.", key=quoted(word)), did_you_mean(near))
        for name in names:
            if name not in self.values and name not in {"zh", "en"}:
                self.log.add(self.at(""), say("`{key}` is missing here.", key=name))
        if not {"zh", "en"} & self.values.keys():
            self.log.add(self.at(""), say("Hints are missing here: zh=[…], en=[…]."))

    def text(self, name: str) -> str:
        value = self.literal(name)
        if value is None or (isinstance(value, str) and value):
            return value or ""
        self.log.add(self.at(name), say("`{key}` must be text.", key=name))
        return ""

    def pairs(self, name: str) -> tuple[tuple[str, str, Span], ...]:
        node, value = self.values.get(name), self.literal(name)
        if value is None:
            return ()
        if isinstance(node, ast.List | ast.Tuple) and isinstance(value, list | tuple) and value:
            found = [
                (*pair, place(inner, self.path, self.lines))
                for pair, inner in zip(value, node.elts, strict=True)
                if isinstance(pair, tuple | list)
                and len(pair) == 2
                and all(isinstance(x, str) for x in pair)
                and pair[0]
            ]
            if len(found) == len(value):
                return tuple(found)
        self.log.add(self.at(name), say('`replace` must be a list of pairs: [("old", "new")].'))
        return ()

    def hints(self) -> tuple[Bilingual, ...]:
        zh, en = self.texts("zh"), self.texts("en")
        if zh and en and len(zh) != len(en):
            message = say("There are {zh} hints in Chinese and {en} in English.", zh=len(zh), en=len(en))
            self.log.add(self.at("en"), message)
            return ()
        return tuple(map(Bilingual, zh or en, en or zh))

    def texts(self, name: str) -> tuple[str, ...]:
        value = self.literal(name)
        several = (value,) if isinstance(value, str) else value
        if isinstance(several, list | tuple) and several and all(isinstance(text, str) and text for text in several):
            return tuple(text for text in several if text != OPEN)
        if value is not None:
            self.log.add(self.at(name), say("`{key}` must be a list of texts.", key=name))
        return ()

    def literal(self, name: str) -> object:
        """Return a literal's value; None if it is not given, or after a fault."""
        node = self.values.get(name)
        if node is None:
            return None
        try:
            value: object = ast.literal_eval(node)
        except (ValueError, TypeError, MemoryError, RecursionError, SyntaxError):
            value = None
        if value is None:
            self.log.add(self.at(name), say("`{key}` must be written out, without names or calls.", key=name))
        return value
