"""Drafts checks from a notebook's calls: public examples, and hidden cases with other numbers of the same shapes."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from msgspec.structs import replace

from grader.author.new.calls import GradedCall, backwards
from grader.author.new.drafts import DraftCheck, Slot, range_or_value
from grader.author.new.functions import within
from grader.author.new.generators import near_text, repeating_text, seen_text
from grader.author.new.inputs import (
    Lines,
    ReferenceFacts,
    alike,
    as_written,
    conditions,
    has_arrays,
    is_random,
    loosened,
    wider,
)
from grader.author.new.inventing import sizes_in
from grader.author.new.pieces import Piece
from grader.author.new.solution import Graded, Solved
from grader.author.new.tracing import Record, Trace
from grader.author.new.translation import Untranslatable, afresh, draw_of, translate
from grader.author.new.written import Uninventable
from grader.language import Bilingual, Language
from grader.model import Value
from grader.reading.writing import Line, draw_value, flow_list, quoted, scalar
from grader.values import element_count, fingerprint
from grader.values.functions import WrittenFunction
from grader.values.tables import Series, Table

MOST = 5
"""Examples of one function; a notebook that calls it more often shows the same thing again."""
_EXAMPLE = Bilingual("笔记本示例", "notebook example")
_HIDDEN = Bilingual("隐藏测试", "hidden test")
_OTHER = Bilingual("同样的形状，另外的数", "same shapes, other numbers")
_WIDER = Bilingual("另外的形状", "other shapes")
_NUMBERS = Bilingual("另外的数", "other numbers")
_WHOLE = Bilingual("另外的整数", "other whole numbers")
_LAWS = Bilingual("对任何输入都成立", "holds for every input")
_NEAR = (0.5, 0.1, 0.02)
"""How far single numbers move, as a part of themselves: the next one where the reference refuses the first."""
MOST_NUMBERS = 2000
"""Numbers of a call's arguments that a generator is written for."""


def seen_of(function: str, trace: Trace) -> str:
    """Return the kind of check that sees what a function does: values, figure, printed, or "" where nothing is seen."""
    mine = [one for one in trace.records if one.function == function and not one.method]
    if any(one.drew for one in mine) and all(one.result is None for one in mine):
        return "figure"
    if not mine or not all(one.returned and one.result is None for one in mine):
        return "values"
    return "printed" if any(one.printed for one in mine) else ""


class Drafter:
    """Drafts the checks of one function from its calls; `kind` is what is compared: `values`, `figure` or `printed`."""

    def __init__(self, graded: Graded, solved: Solved, trace: Trace, kind: str, language: Language) -> None:
        self.kind = kind
        self.graded, self.solved, self.trace, self.language = graded, solved, trace, language
        own = [one for one in trace.records if one.function == graded.name and one.arguments is not None]
        outer = [one for one in own if not one.inner]
        self.records = _distinct(outer or own)
        self.known = ReferenceFacts(
            functions=solved.functions, defaults=_defaults(graded.takes), words=_words(solved.text)
        )
        self.arrays = any(has_arrays([*(one.arguments or {}).values()]) for one in self.records)
        self.taken = {*solved.functions, *(one.arg for one in ast.walk(graded.takes) if isinstance(one, ast.arg))}

    def slots(self, calls: Sequence[GradedCall]) -> list[Slot]:
        """Return drafts for each of the function's calls, then hidden checks, then properties."""
        written = self._written(calls)
        made: list[Slot] = []
        for record in self.records:
            if len(made) < MOST:
                made.append(self._example(record, written.get(id(record)), len(made) + 1))
        if not made:
            statically = [self._statically(call, number + 1, None) for number, call in enumerate(calls[:MOST])]
            made = [each for each in statically if each]
        others = (tuple(self._same(calls, written)), tuple(self._wider(calls, written)))
        if self.kind != "values":
            return [tuple(_compared(slot, self.kind)) for slot in (*made, *others) if slot]
        properties = tuple(self._properties()) if any(others) else ()
        return [each for each in (*made, *others, properties) if each]

    def _written(self, calls: Sequence[GradedCall]) -> dict[int, GradedCall]:
        """Return the call in the notebook's text that made a record, by the record's id."""
        places = {id(piece): place for place, piece in enumerate(self.solved.pieces)}
        mine = [one for one in self.trace.records if one.function == self.graded.name and not one.inner]
        found: dict[int, GradedCall] = {}
        for call in calls:
            place = places.get(id(call.piece), -1)
            earlier = sum(places.get(id(each.piece), -1) == place for each in calls[: calls.index(call)])
            here = [one for one in mine if one.place == place]
            if earlier < len(here):
                found[id(here[earlier])] = call
        return found

    def _example(self, record: Record, call: GradedCall | None, number: int) -> Slot:
        """Return the drafts of a call itself: as it is written, as it was seen, or one like it."""
        found = [*self._statically(call, number, record)] if call is not None else []
        piece = self.solved.pieces[record.place]
        hidden = piece.cell.role == "hidden tests"
        show = found[0].lines[-1:] if found and found[0].lines and found[0].lines[-1][0] == "show" else ()
        show = show if all(isinstance(each[1], str) for each in (show[0][1] if show else ())) else ()
        try:
            lines = () if record.cut else _draw(as_written(record))
            if lines or not record.arguments:
                found.append(self._check(piece, number, (*lines, *show), record, hidden=hidden))
        except Uninventable:
            pass
        if not record.cut and _is_literal(record):
            name = f"{self.graded.name}_{number}_seen"
            draft = self._check(piece, number, (("generator", name),), record, hidden=hidden)
            found.append(replace(draft, generator=seen_text(record, name, piece.cell.number)))
        if not hidden:
            try:
                lines = _draw(
                    alike(record, self.trace.records, [record], ReferenceFacts(functions=self.solved.functions))
                )
                found.append(replace(self._check(piece, number, lines, record, hidden=False), wanted=None, output=""))
            except Uninventable:
                pass
        return tuple(found)

    def _statically(self, call: GradedCall, number: int, record: Record | None) -> Slot:
        """Return the drafts that the text of a call gives: lines of a draw, or a generator of its statements."""
        found: list[DraftCheck] = []
        try:
            draw = draw_of(call, self.solved.functions)
            seed: tuple[Line, ...] = (("legacy_seed", str(draw.seed)),) if draw.seed is not None else ()
            lines = (*seed, *_draw(draw.lines), *_show(call, draw.names))
            found.append(self._check(call.piece, number, lines, record, hidden=call.hidden))
        except Untranslatable:
            pass
        generated = self._generated(call, f"{self.graded.name}_{number}", None)
        if generated is not None and call.arguments is not None:
            names = {one.id: name for name, one in call.arguments.items() if isinstance(one, ast.Name)}
            lines = (("generator", f"{self.graded.name}_{number}"), *_show(call, names))
            draft = self._check(call.piece, number, lines, record, hidden=call.hidden)
            found.append(replace(draft, generator=generated))
        return tuple(found)

    def _generated(self, call: GradedCall, name: str, seed: str | None) -> str | None:
        """Return the text of a generator of a call's arguments, with the seed that is given in place of its own.

        It is `None` where its statements need a name that is not known, or draw at random without a seed.
        """
        if call.arguments is None or any(_holds(one, WrittenFunction | Table | Series) for one in self.records):
            return None
        found = backwards([*call.arguments.values()], call.before, self.solved.binds | {"np", "numpy"})
        if found.unknown or found.unseeded or (seed and found.seed is None):
            return None
        return repeating_text(call, found, name, seed or str(found.seed))

    def _same(self, calls: Sequence[GradedCall], written: Mapping[int, GradedCall]) -> Iterator[DraftCheck]:
        """Yield drafts that draw other numbers in the shapes of a call."""
        for lines, record, call in self._bases(calls, written):
            if is_random(lines):
                yield from self._hidden(_OTHER if self.arrays else _NUMBERS, 3, lines, record, call)
            if call is not None:
                name = f"{self.graded.name}_drawn"
                text = self._generated(call, name, "seed")
                if text is not None:
                    yield self._by_generator(name, text, record, call)
        for record in self.records[:2]:
            name = f"{self.graded.name}_near"
            if _is_literal(record) and (text := near_text(record, name)):
                yield self._by_generator(name, text, record, None)

    def _by_generator(self, name: str, text: str, record: Record | None, call: GradedCall | None) -> DraftCheck:
        (draft,) = self._hidden(_OTHER if self.arrays else _NUMBERS, 3, (), record, call)
        return replace(draft, lines=(("cases", "3"), ("generator", name)), generator=text)

    def _wider(self, calls: Sequence[GradedCall], written: Mapping[int, GradedCall]) -> Iterator[DraftCheck]:
        """Yield drafts that draw other sizes than those of a call."""
        for lines, record, call in self._bases(calls, written):
            for varied in wider(lines, self.taken):
                yield from self._hidden(_WIDER if sizes_in(lines) else _WHOLE, 6, varied, record, call)

    def _bases(
        self, calls: Sequence[GradedCall], written: Mapping[int, GradedCall]
    ) -> Iterator[tuple[Lines, Record | None, GradedCall | None]]:
        """Yield the lines that hidden checks are made of: those of a call's text, then those like what was seen."""
        texts = [(call, self._record_of(call, written)) for call in calls]
        for call, record in texts[:2]:
            try:
                draw = draw_of(call, self.solved.functions)
            except Untranslatable:
                continue
            if draw.seed is not None:
                lines = afresh(draw)
                yield loosened(lines, record) if record is not None else lines, record, call
                yield lines, record, call
        for known, near in product((self.known, replace(self.known, words=None)), _NEAR):
            for record in sorted(self.records, key=_weight, reverse=True)[:2]:
                if known.words is None and not _has_texts(record):
                    continue
                seen = [record, *self.records]
                try:
                    lines = alike(record, self.trace.records, seen, known, near)
                except Uninventable:
                    continue
                yield lines, record, None

    def _record_of(self, call: GradedCall, written: Mapping[int, GradedCall]) -> Record | None:
        return next((one for one in self.records if written.get(id(one)) is call), None)

    def _hidden(
        self, name: Bilingual, cases: int, lines: Lines, record: Record | None, call: GradedCall | None
    ) -> Iterator[DraftCheck]:
        """Yield hidden checks of cases that are drawn by `lines`, the one that is most unlike the public ones first."""
        for where in conditions(lines, self.records) if lines else [""]:
            yield DraftCheck(
                function=self.graded.name,
                kind="values",
                name=name.text(self.language),
                lines=(("cases", str(cases)), *_draw(lines), *((("where", quoted(where)),) if where else ())),
                cell=self._cell(record, call),
                like=(record.result,) if record is not None and record.returned and not record.cut else None,
            )

    def _cell(self, record: Record | None, call: GradedCall | None) -> int:
        if call is not None:
            return call.piece.cell.number
        return self.solved.pieces[record.place].cell.number if record is not None else self.graded.cell

    def _check(
        self, piece: Piece, number: int, lines: tuple[Line, ...], record: Record | None, *, hidden: bool
    ) -> DraftCheck:
        """Return the check of a call itself: a public example, or hidden values."""
        kind, name = ("values", _HIDDEN) if hidden else ("example", _EXAMPLE)
        lines = tuple(line for line in lines if line[0] != "show") if hidden else lines
        return DraftCheck(
            function=self.graded.name,
            kind=kind,
            name=f"{name.text(self.language)} {number}",
            lines=(("cases", "1"), *lines) if hidden else lines,
            cell=piece.cell.number,
            output=piece.cell.output if any(line[0] == "show" for line in lines) else "",
            wanted=None if record is None or record.cut else tuple((record.arguments or {}).values()),
        )

    def _properties(self) -> Iterator[DraftCheck]:
        """Yield drafts of what holds for every input: those that ask for most first."""
        if not self.arrays:
            return
        for laws in (["inputs_unchanged", "deterministic"], ["inputs_unchanged"], ["deterministic"]):
            yield DraftCheck(
                function=self.graded.name,
                kind="properties",
                name=_LAWS.text(self.language),
                lines=(("properties", flow_list(laws)), ("share", "10%")),
                cell=self.graded.cell,
            )


def _compared(slot: Slot, kind: str) -> Iterator[DraftCheck]:
    """Yield drafts as checks of another kind with the same cases; what is printed by its text, then by its numbers."""
    for way in ((), (("output", "numbers"),)) if kind == "printed" else ((),):
        for draft in slot:
            lines = (*(line for line in draft.lines if line[0] != "show"), *way)
            if draft.kind == "example":
                lines = (("visibility", "public"), ("cases", "1"), *lines)
            yield replace(draft, kind=kind, lines=lines, output="", like=None)


def _defaults(spec: ast.arguments) -> dict[str, Value]:
    """Return the defaults that are texts or truth values, by parameter."""
    names = [one.arg for one in (*spec.posonlyargs, *spec.args)]
    pairs = zip(reversed(names), reversed(spec.defaults), strict=False)
    return {
        name: value.value
        for name, value in pairs
        if isinstance(value, ast.Constant) and isinstance(value.value, str | bool)
    }


def _words(text: str) -> frozenset[str]:
    """Return the texts that stand in a source, such as the names of modes; single letters are none."""
    found = (node.value for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant))
    return frozenset(each for each in found if isinstance(each, str))


def _has_texts(record: Record) -> bool:
    return any(isinstance(each, str) for each in (record.arguments or {}).values())


def _distinct(records: Sequence[Record]) -> list[Record]:
    found: dict[object, Record] = {}
    for one in records:
        found.setdefault(fingerprint([*(one.arguments or {}).values()]), one)
    return [*found.values()]


def _holds(record: Record, kinds: Any) -> bool:
    return any(isinstance(each, kinds) for each in within([*(record.arguments or {}).values()]))


def _is_literal(record: Record) -> bool:
    """Return whether a generator may return a record's arguments, written out."""
    return 0 < _count(record) <= MOST_NUMBERS and not _holds(record, WrittenFunction)


def _count(record: Record) -> int:
    return element_count([*(record.arguments or {}).values()])


def _weight(record: Record) -> tuple[int, int]:
    """Return how well a record shows what inputs are like: with all its arguments, and large but not too large."""
    count = _count(record)
    return len(record.arguments or {}), count if count <= MOST_NUMBERS else -count


def _draw(lines: Sequence[tuple[str, str]]) -> tuple[Line, ...]:
    values = [(names, range_or_value(text)) for names, text in lines]
    return (("draw", values),) if values else ()


def _show(example: GradedCall, known: Mapping[str, str]) -> Iterator[Line]:
    """Yield the line `show`: what the notebook prints, where a rubric can express it."""
    if example.hidden:
        return
    names = dict(known)
    returns, targets = example.graded.returns, example.targets
    if len(targets) == 1:
        names[targets[0]] = "result"
    elif targets:
        places = returns if len(returns) == len(targets) else [f"result[{index}]" for index in range(len(targets))]
        names |= dict(zip(targets, places, strict=True))
    texts: dict[str, str] = {}
    for label, node in example.displayed:
        try:
            texts.setdefault(label[:60], translate(node, names | {"result": "result"}, ()))
        except Untranslatable:
            continue
    if texts:
        yield "show", [(scalar(label), draw_value(text)) for label, text in texts.items()]
