"""Lists what a draw may call, family by family, with a sentence and an example from each function's docstring."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any

import grader.cases.library  # noqa: F401 - registers what expressions may call
from grader.cases.functions import FUNCTIONS
from grader.cases.generators import FAMILIES
from grader.language import Language, Message, say
from grader.report.lines import wrap

WIDTH = 80


def render(language: Language) -> str:
    """Return the page: the families of generators, then how to draw without one and the plain functions."""
    return "\n".join(_lines(language)) + "\n"


def sentences() -> list[str]:
    """Return the sentences of the page that stand in docstrings; the catalogue has their Chinese."""
    return [_sentence(text) for text in (*FAMILIES, *(each.__doc__ for some in FAMILIES.values() for each in some))]


def _lines(language: Language) -> Iterator[str]:
    yield from wrap(say("What follows a name in `draw` is drawn anew for each case:").text(language), WIDTH)
    more = (
        ("m: 2..6", say("a whole number; the values take turns")),
        ("mode: [max, average]", say("one of the values; they take turns")),
        ("n: m + 1", say("any expression of what is drawn before it")),
    )
    yield from (f"  {example:<24} {what.text(language)}" for example, what in more)
    for purpose, family in FAMILIES.items():
        yield ""
        yield from wrap(_translated(purpose, language), WIDTH)
        for generator in family:
            yield f"  {_signature(generator)}"
            yield from (f"      {line}" for line in wrap(_translated(generator.__doc__, language), WIDTH - 6))
            yield f"      {_example(generator.__doc__ or '')}"
    names = ", ".join(sorted(function.name for function in FUNCTIONS.values() if not function.draws))
    yield ""
    yield from wrap(say("Plain functions, as in Python and numpy: {names}.", names=names).text(language), WIDTH)


def _signature(generator: Callable[..., Any]) -> str:
    written = []
    for each in [*inspect.signature(generator).parameters.values()][1:]:
        star = "*" if each.kind is each.VAR_POSITIONAL else ""
        written.append(f"{star}{each.name}" + ("" if each.default is each.empty else "=…"))
    return f"{generator.__name__}({', '.join(written)})"


def _sentence(text: str | None) -> str:
    """Return the first paragraph of a docstring on one line."""
    return " ".join((text or "").split("\n\n")[0].split())


def _translated(text: str | None, language: Language) -> str:
    return Message(template=_sentence(text)).text(language)


def _example(text: str) -> str:
    """Return a docstring's first example in one line: the call and what it gave."""
    call, *rest = text[text.index(">>> ") + 4 :].split("\n")
    given = []
    for line in rest:
        if not line.strip() or line.strip().startswith(">>>"):
            break
        given.append(line.strip())
    return f"{call.strip()}  →  {' '.join(given)}"
