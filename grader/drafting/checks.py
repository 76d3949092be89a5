"""The checks that a notebook's own calls make: its examples in public, other numbers in the same shapes in secret."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from grader.drafting.calls import Example, arguments
from grader.drafting.drawing import afresh, as_yaml, lines_of
from grader.drafting.generators import Generator, generator_of
from grader.drafting.translation import Untranslatable, translate
from grader.language import Bilingual, Language
from grader.release.public import word

MOST = 5
"""Examples of one function; a notebook that calls it more often shows the same thing again."""
_EXAMPLE = Bilingual("笔记本示例", "notebook example")
_HIDDEN = Bilingual("隐藏测试", "hidden test")
_OTHER = Bilingual("同样的形状，另外的数", "same shapes, other numbers")


class Draft(Struct, frozen=True, kw_only=True):
    """A check to be tried: its kind and name, its own lines of YAML, its cell, the generator it needs.

    `instead` is what to try where it does not work out, `fresh` the check that draws other numbers. `output` is what
    the notebook printed in that cell.
    """

    function: str
    kind: str
    name: str
    lines: tuple[str, ...]
    cell: int
    output: str = ""
    generator: Generator | None = None
    instead: Draft | None = None
    fresh: Draft | None = None


class Settings(Struct, frozen=True, kw_only=True):
    """What all drafts share: the language, the reference's functions, all names that the reference binds."""

    language: Language
    functions: frozenset[str]
    known: frozenset[str]


def drafts(found: Sequence[Example], settings: Settings) -> tuple[list[Draft], list[Example]]:
    """Return the checks of one function's calls, and the calls that nothing can be made of."""
    made: list[Draft] = []
    lost: list[Example] = []
    for example in found:
        if len(made) == MOST:
            break
        draft = _drawn(example, len(made) + 1, settings)
        if draft is None:
            lost.append(example)
        elif _inputs(draft) not in [_inputs(one) for one in made]:
            made.append(draft)
    return made, lost


def _inputs(draft: Draft) -> tuple[str, ...]:
    """Return what says which inputs a check has: all but what is shown of it."""
    place = draft.lines.index("show:") if "show:" in draft.lines else len(draft.lines)
    return draft.lines[:place]


def _drawn(example: Example, number: int, settings: Settings) -> Draft | None:
    """Return the check of a call: by the lines of a draw, else by a generator, else none."""
    generated = _generated(example, number, settings)
    try:
        lines = lines_of(example, settings.functions)
    except Untranslatable:
        return generated
    seed = () if lines.seed is None else (f"legacy_seed: {lines.seed}",)
    fresh = None if lines.seed is None else _fresh(example, _draw(afresh(lines)), settings)
    own = (*seed, *_draw(lines.lines), *_show(example, lines.names, settings))
    return replace(_check(example, number, own, settings), fresh=fresh, instead=generated)


def _generated(example: Example, number: int, settings: Settings) -> Draft | None:
    name = f"{example.graded.name}_{number}"
    made = generator_of(example, name, settings.known)
    if made is None:
        return None
    other = generator_of(example, f"{name}_drawn", settings.known, fresh=True) if made.seeded else None
    fresh = None if other is None else _fresh(example, (f"generator: {other.name}",), settings, other)
    given = arguments(example) or {}
    names = {value.id: name for name, value in given.items() if isinstance(value, ast.Name)}
    own = (f"generator: {made.name}", *_show(example, names, settings))
    return replace(_check(example, number, own, settings), fresh=fresh, generator=made)


def _check(example: Example, number: int, lines: tuple[str, ...], settings: Settings) -> Draft:
    name = (_HIDDEN if example.hidden else _EXAMPLE).text(settings.language)
    return Draft(
        function=example.graded.name,
        kind="values" if example.hidden else "example",
        name=f"{name} {number}",
        lines=("cases: 1", *lines) if example.hidden else lines,
        cell=example.piece.cell.number,
        output=example.piece.cell.output,
    )


def _fresh(example: Example, lines: tuple[str, ...], settings: Settings, generator: Generator | None = None) -> Draft:
    return Draft(
        function=example.graded.name,
        kind="values",
        name=_OTHER.text(settings.language),
        lines=("cases: 3", *lines),
        cell=example.piece.cell.number,
        generator=generator,
    )


def _draw(lines: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    return ("draw:", *(f"  {names}: {as_yaml(text)}" for names, text in lines)) if lines else ()


def _show(example: Example, drawn: Mapping[str, str], settings: Settings) -> Iterator[str]:
    """Yield the lines of `show`: what the notebook prints, as far as a rubric can say it."""
    if example.hidden:
        return
    names = dict(drawn)
    returns, targets = example.graded.returns, example.targets
    if len(targets) == 1:
        names[targets[0]] = "result"
    elif targets:
        places = returns if len(returns) == len(targets) else [f"result[{index}]" for index in range(len(targets))]
        names |= dict(zip(targets, places, strict=True))
    shown: dict[str, str] = {}
    for label, node in example.shown:
        try:
            shown.setdefault(label[:60], translate(node, names | {"result": "result"}, ()))
        except Untranslatable:
            continue
    if shown:
        yield "show:"
        yield from (f"  {word(label)}: {as_yaml(text)}" for label, text in shown.items())
