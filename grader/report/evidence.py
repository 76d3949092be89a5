"""The evidence of one case as labelled lines of text: inputs, expected, got, how much differs, what was printed.

Each family of `grader.values` shows its own values. numpy is not imported where there is no array.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any, TypeGuard

from grader.comparison.values import spelt
from grader.language import Language, Message, inert, say, say_count
from grader.model import Exhibit, Mismatch, Withheld
from grader.report.lines import Row, cell_width, pad, show_place
from grader.report.printed import printed_by, printed_rows, text_rows
from grader.report.wording import (
    STATES,
    AnyCheck,
    AnyProblem,
    about,
    category_in_words,
    exhibit_of,
    first_failing,
    how_many,
)
from grader.values import family_of, parts, shown
from grader.values.plain import show_number

if TYPE_CHECKING:
    import numpy as np

    from grader.model import Value

SMALL = 24
"""Arrays of at most this many elements are shown whole."""

_CALLS = 12
"""Calls before the one that is wrong that are shown."""

_DEPTH = 3
_ROWS, _INPUTS, _LINES = 6, 8, 6


def lay_open(exhibit: Exhibit, language: Language, room: int = 64) -> list[Row]:
    """Return the rows that show a failing case; lines are made for about `room` characters."""
    if exhibit.steps:
        return [*_steps(exhibit, language, room), *_printed_row(exhibit)]
    rows = [Row(say("input"), _inputs(exhibit, room))] if exhibit.inputs else []
    if exhibit.error:
        rows += _raised(exhibit, language, room)
    elif exhibit.mismatches:
        if exhibit.compared is not None:
            rows.append(Row(say("compared"), [exhibit.compared.text(language)]))
        rows += _difference(exhibit, language, room)
    return [*rows, *_handout(exhibit), *_printed_row(exhibit)]


def _printed_row(exhibit: Exhibit) -> list[Row]:
    if not exhibit.stdout.strip() or any(each.category == "printed" for each in exhibit.mismatches):
        return []
    return [Row(say("printed"), _first_lines(exhibit.stdout), "quiet")]


def _steps(exhibit: Exhibit, language: Language, room: int) -> list[Row]:
    """Return the calls that were made one after another, and what the last one gives and should give."""
    calls = [
        f"{inert(code, room)}  → {inert(want, room)}" if want else inert(code, room)
        for code, want, _ in exhibit.steps[:-1]
    ]
    code, want, got = exhibit.steps[-1]
    rows = [Row(say("calls"), [*calls[-_CALLS:], inert(code, room)], "code")]
    if len(calls) > _CALLS:
        rows[0].lines.insert(0, "…")
    if exhibit.error:
        rows += _raised(exhibit, language, room)
    if not exhibit.mismatches:
        return rows
    if exhibit.error:
        asked = any(each.category == "raised" and each.want for each in exhibit.mismatches)
        return rows if asked or not want else [*rows, Row(say("expected"), [inert(want, room)], "good")]
    nothing = say("nothing").text(language)
    return [
        *rows,
        Row(say("expected"), [inert(want or nothing, room)], "good"),
        Row(say("got"), [inert(got or nothing, room)], "bad"),
    ]


def where(mismatch: Mismatch, language: Language) -> str:
    """Return where a mismatch is: `Z[0, 1, 2]`, `cache.W`, or the result as a whole."""
    whole = mismatch.output in ("", "result")
    name = say("result").text(language) if whole else inert(spelt(mismatch.output), 80)
    if mismatch.index is None or not mismatch.index:
        return name
    return f"{name}[{', '.join(str(place) for place in mismatch.index)}]"


def sides(mismatch: Mismatch, room: int = 64) -> tuple[str, str]:
    """Return the expected and the returned value of a mismatch, with enough digits to tell them apart."""
    want, got = mismatch.want, mismatch.got
    if mismatch.category not in ("values", "nan", "text"):
        return _worded(want, room), _worded(got, room)
    if all(isinstance(side, int | float | complex) and not isinstance(side, bool) for side in (want, got)):
        return show_pair(want, got)
    return show_value(want, room), show_value(got, room)


def _worded(side: Value, room: int) -> str:
    """Return a side that is a value or words about one (`(2, 3)`, `float32`)."""
    return inert(side, max(room, 8)) if isinstance(side, str) else show_value(side, room)


def how_much(mismatch: Mismatch) -> Message | None:
    """Return how many elements differ and by how much at worst."""
    if mismatch.category == "items":
        return say_count("{count} of {total} items is wrong", "{count} of {total} items are wrong",
                         mismatch.differing, total=mismatch.total)  # fmt: skip
    if mismatch.category == "condition" and mismatch.worst_absolute:
        return say("by up to {absolute}", absolute=f"{mismatch.worst_absolute:.3g}")
    if mismatch.category not in _IN_CELLS or mismatch.total < (2 if mismatch.category == "text" else 1):
        return None
    count = say_count("{count} of {total} elements differs", "{count} of {total} elements differ",
                      mismatch.differing, total=mismatch.total)  # fmt: skip
    if mismatch.differing == mismatch.total:
        count = say("all {total} elements differ", total=mismatch.total)
    if not mismatch.worst_absolute or isinstance(mismatch.want, bool):
        return count if mismatch.total > 1 else None
    absolute = f"{mismatch.worst_absolute:.3g}"
    if mismatch.total == 1:
        return say("by {absolute}", absolute=absolute)
    return say("{count}, by up to {absolute}", count=count, absolute=absolute)


def _inputs(exhibit: Exhibit, room: int) -> list[str]:
    widest = min(max(len(name) for name, _ in exhibit.inputs), 16)
    lines: list[str] = []
    for name, value in exhibit.inputs[:_INPUTS]:
        head = inert(name, 40).ljust(widest)
        rows = text_rows(value, room - widest - 2) or show_rows(value, room - widest - 2)
        if rows and len(lines) + len(rows) <= _INPUTS:
            lines += [f"{head if number == 0 else ' ' * widest}  {row}" for number, row in enumerate(rows)]
        else:
            lines.append(f"{head}  {show_value(value, room - widest - 2)}")
    return lines + (["…"] if len(exhibit.inputs) > _INPUTS else [])


def _raised(exhibit: Exhibit, language: Language, room: int) -> list[Row]:
    rows = [Row(say("error"), _first_lines(exhibit.error), "bad", error=True)]
    frames = [f"{show_place(at).text(language)}   {text.strip()}" for at, text in exhibit.frames[-3:]]
    if frames:
        rows.append(Row(say("your line") if len(frames) == 1 else say("your lines"), frames, "code"))
    if exhibit.want is not None:
        want = printed_by(exhibit.want)
        lines = text_rows(want, room)
        rows.append(Row(say("expected"), lines or [show_outline(want, room)], "good", table=bool(lines)))
    asked = next((each.want for each in exhibit.mismatches if each.category == "raised"), None)
    if isinstance(asked, str) and asked:
        rows.append(Row(say("expected"), [inert(asked, room)], "good"))
    return rows


_MASKED = {True: say("masked"), False: say("not masked")}


def _difference(exhibit: Exhibit, language: Language, room: int) -> list[Row]:
    first = exhibit.mismatches[0]
    name = where(first, language)
    want, got = sides(first, room - len(name) - 3)
    if first.category == "mask":
        want, got = (_MASKED[bool(side)].text(language) for side in (first.want, first.got))
    much = how_much(first)
    amount = [much.text(language)] if much is not None else []
    if first.category == "printed":
        return printed_rows(exhibit, first, language, room)
    if first.category == "figure":
        from grader.report.figures import figure_rows

        return figure_rows(exhibit, language, room)
    whole = _whole(exhibit, first, room)
    if first.category in _LACKING and (first.category != "columns" or first.differing):
        rows = _lacking(first, name, room)
    elif first.category == "items":
        rows = _items(first, name, room)
    elif first.category == "condition":
        rows = [Row(say("must hold"), [inert(str(first.want), max(room, 8))], "good")] if first.want else []
        rows += [Row(say("got"), _outputs(exhibit.got, room), "bad")] if exhibit.returned else []
    elif whole is not None:
        rows = [Row(say("expected"), whole[0], "good"), Row(say("got"), whole[1], "bad")]
        if first.category in _IN_CELLS:
            at = say("first at {place}: expected {want}, got {got}", place=name, want=want, got=got)
            amount.insert(0, at.text(language))
    elif first.want is None and first.got is None:
        rows = [Row(say("where"), [name])]
    elif first.want is None and first.property:
        rows = [Row(say("got"), [f"{name} = {got}"], "bad")]
    elif first.category == "raised":
        rows = [
            Row(say("expected"), [want], "good"),
            Row(say("got"), [got or say("no exception").text(language)], "bad"),
        ]
    else:
        about = _aspect(first.category, name).text(language)
        rows = [Row(say("expected"), [f"{about} = {want}"], "good"), Row(say("got"), [f"{about} = {got}"], "bad")]
    if amount:
        rows.append(Row(say("differs"), amount))
    others = [
        say("`{name}` does not hold.", name=item.property).text(language)
        if item.category == "condition"
        else say("{place}: {remark}", place=where(item, language), remark=category_in_words(item.category)).text(
            language
        )
        for item in exhibit.mismatches[1:4]
    ]
    return [*rows, Row(say("also"), others)] if others else rows


_LACKING: dict[str, tuple[Message, Message]] = {
    "keys": (say("missing keys"), say("extra keys")),
    "fields": (say("missing fields"), say("extra fields")),
    "columns": (say("missing columns"), say("extra columns")),
    "members": (say("missing elements"), say("too many")),
}


def _lacking(mismatch: Mismatch, name: str, room: int) -> list[Row]:
    """Return which parts are missing and which are too many; the mismatch has both as text."""
    missing, extra = _LACKING[mismatch.category]
    pairs = ((missing, mismatch.want, "good"), (extra, mismatch.got, "bad"))
    return [
        Row(label, [f"{name}: {_worded(keys, room)}"], tone)
        for label, keys, tone in pairs
        if isinstance(keys, str) and keys
    ]


def _items(mismatch: Mismatch, name: str, room: int) -> list[Row]:
    """Return which items are missing and which are too many; the mismatch has both as text."""
    pairs = ((say("missing"), mismatch.want, "good"), (say("too many"), mismatch.got, "bad"))
    return [
        Row(label, [f"{name}: {inert(items, max(room, 8))}"], tone)
        for label, items, tone in pairs
        if isinstance(items, str) and items
    ]


def _aspect(category: str, place: str) -> Message:
    """Return what the two sides of a mismatch are about: the value at a place, its shape, its dtype, its type."""
    match category:
        case "shape" | "empty":
            return say("shape of {place}", place=place)
        case "mask":
            return say("mask of {place}", place=place)
        case "dtype":
            return say("dtype of {place}", place=place)
        case "type":
            return say("type of {place}", place=place)
        case "length":
            return say("length of {place}", place=place)
        case "rows":
            return say("rows of {place}", place=place)
        case "index":
            return say("row labels of {place}", place=place)
        case "columns":
            return say("columns of {place}", place=place)
        case _:
            return say("{name}", name=place)


_IN_CELLS = ("values", "nan", "mask", "text")
_OF_TABLES = (*_IN_CELLS, "index", "rows", "columns")
_TABLES = ("table", "series")


def _outputs(value: Value, room: int) -> list[str]:
    """Return what came back: of several outputs each by itself, small arrays as rows."""
    several = value if isinstance(value, tuple) and 0 < len(value) <= _INPUTS else (value,)
    parts = [show_rows(each, room) for each in several]
    if sum(len(rows) or 1 for rows in parts) > _INPUTS:
        return [show_value(value, room)]
    return [line for each, rows in zip(several, parts, strict=True) for line in rows or [show_value(each, room)]]


def _whole(exhibit: Exhibit, first: Mismatch, room: int) -> tuple[list[str], list[str]] | None:
    """Return both arrays as rows of numbers if the result is one small array, both tables if it is a table."""
    tables = all(family_of(each).compared_as in _TABLES for each in (exhibit.want, exhibit.got))
    inside = first.output.partition("[")[0] if tables else first.output
    if first.category not in (_OF_TABLES if tables else _IN_CELLS) or inside not in ("", "result"):
        return None
    want, got = show_rows(exhibit.want, room), show_rows(exhibit.got, room)
    return (want, got) if want and got else None


def _handout(exhibit: Exhibit) -> list[Row]:
    """Return the handout's lines that differ for the student's function and say something that no mismatch says."""
    rows: list[Row] = []
    first = exhibit.mismatches[0] if exhibit.mismatches else None
    if first is not None and _whole(exhibit, first, 64) is not None:
        return rows
    shapes = [(str(item.want), str(item.got)) for item in exhibit.mismatches if item.category == "shape"]
    for label, want, got in exhibit.handout:
        told = not got or got.startswith("? (") or (want, got) in shapes
        if not told and len(rows) < 4 and not _reads_alike(want, got):
            rows += [
                _labelled(say("handout"), label, want, "good"),
                _labelled(say("yours"), label, got, "bad"),
            ]
    return rows


_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_ROUNDED = 1e-9
"""How far two numbers of a handout's line are apart, relatively, that differ by the order of a sum only."""


def _reads_alike(want: str, got: str) -> bool:
    """Return whether two of a handout's lines say the same but for the last digits of their numbers."""
    if want == got:
        return True
    mine, theirs = (tuple(map(float, _NUMBER.findall(text))) for text in (got, want))
    around = ["".join(_NUMBER.sub("#", text).split()) for text in (got, want)]
    return around[0] == around[1] and all(
        math.isclose(one, other, rel_tol=_ROUNDED, abs_tol=_ROUNDED**2) for one, other in zip(mine, theirs, strict=True)
    )


def _labelled(head: Message, label: str, value: str, tone: str) -> Row:
    """Return a handout's label and value; a value of several lines stands below its label: columns stay aligned."""
    name, text = inert(label, 60), inert(value, 300, lines=True)
    if "\n" not in text.strip():
        return Row(head, [f"{name} = {text.strip()}"], tone)
    return Row(head, [f"{name} =", *_first_lines(text, 4)], tone, table=True)


def _first_lines(text: str, most: int = _LINES) -> list[str]:
    lines = [line for line in text.split("\n") if line.strip()]
    return lines if len(lines) <= most else [*lines[: most - 1], "…"]


def check_text(problem: AnyProblem, check: AnyCheck, language: Language) -> str:
    """Return what is wrong with a check: sentences, and the evidence of its first failing case if it may be shown."""
    if check.status == "passed":
        return STATES["passed"].word.text(language)
    if problem.cause is not None:  # the case follows from it
        return problem.cause.message.text(language)
    lines = [sentence.text(language) for sentence in check_sentences(problem, check)]
    if problem.diagnosis is not None:
        lines.append(say("Diagnosis: {what}", what=problem.diagnosis).text(language))
    case = first_failing(check)
    exhibit = exhibit_of(case) if case is not None else None
    if case is not None and isinstance(case.exhibit, Withheld):
        lines.append(say("For instructors only; seed {seed}.", seed=case.exhibit.seed).text(language))
    return "\n".join([*lines, *(evidence_lines(exhibit, language) if exhibit is not None else [])])


def check_sentences(problem: AnyProblem, check: AnyCheck) -> list[Message]:
    """Return the sentences about a check that is not full; the problem's own stands in if the check has none."""
    said = about(problem, check) or [problem.message or STATES[check.status].word]
    count = how_many(check)
    if count is not None:
        said.append(count)
    if check.hint is not None:
        said.append(say("Hint: {hint}", hint=check.hint))
    return said


def evidence_lines(exhibit: Exhibit, language: Language) -> list[str]:
    """Return the rows of a case as aligned lines."""
    rows = lay_open(exhibit, language)
    labels = [row.label.text(language) for row in rows]
    widest = max((cell_width(label) for label in labels), default=0)
    lines = []
    for row, label in zip(rows, labels, strict=True):
        text = [piece for line in row.lines for piece in line.split("\n")]
        lines += [f"{pad(label if number == 0 else '', widest)}  {line}" for number, line in enumerate(text)]
    return lines


def is_array(value: object) -> TypeGuard[np.ndarray]:
    """Return whether `value` is an array."""
    return hasattr(value, "dtype") and hasattr(value, "shape")


def show_pair(first: Any, second: Any, digits: int = 6) -> tuple[str, str]:
    """Return two differing numbers with as many digits as it takes to see that they differ."""
    for more in (digits, 9, 12, 17):
        shown = show_number(first, more), show_number(second, more)
        if shown[0] != shown[1]:
            return shown
    return shown


def show_kind(value: Value) -> str:
    """Return what `value` is: `float64 (4, 3, 3, 2)` for arrays, `tuple (2)` for containers, `int` for the rest."""
    return family_of(value).kind(value)


def show_value(value: Value, limit: int = 60, digits: int = 4) -> str:
    """Return `value` on one line of about `limit` characters: arrays with dtype, shape and their first numbers."""
    if is_array(value):
        from grader.values.arrays import elements

        return elements(value, limit, digits)
    text = _shown(value, digits, _DEPTH)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def show_outline(value: Value, limit: int = 60) -> str:
    """Return a value on one line; of a tuple or list that holds more than numbers only what each item is."""
    sequence = family_of(value).compared_as == "sequence"
    if sequence and any(is_array(item) or family_of(item).container for _, item in parts(value)):
        text = ", ".join(show_kind(item) for _, item in parts(value))
        return text if len(text) <= limit else text[: limit - 1] + "…"
    return show_value(value, limit)


def show_rows(value: Value, limit: int = 60, digits: int = 5) -> list[str]:
    """Return a table, or a small array of one or two dimensions (at most 6 rows), as aligned rows, else none."""
    if rows := family_of(value).rows(value, limit, digits):
        return [inert(row, limit) for row in rows]
    if not is_array(value) or not 0 < value.size <= SMALL or value.ndim not in (1, 2):
        return []
    from grader.values.arrays import masked_elements

    cells = list(masked_elements(value, digits))
    table = [cells[start : start + value.shape[-1]] for start in range(0, value.size, value.shape[-1])]
    wide = max(len(cell) for row in table for cell in row)
    rows = ["[" + " ".join(cell.rjust(wide) for cell in row) + "]" for row in table]
    if value.ndim == 2:
        rows = [("[" if number == 0 else " ") + row for number, row in enumerate(rows)]
        rows[-1] += "]"
    return rows if len(rows) <= _ROWS and len(rows[0]) < limit else []


def _shown(value: Value, digits: int, depth: int) -> str:
    return shown(value, digits, depth, lambda text: inert(text, 60))
