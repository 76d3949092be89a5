"""Writes the rubric's reference from the reader's own types: `python -m bench.reference`; a test holds the pages to it.

The sentences are those of the keys and the docstrings; `bench.reference_zh` has the docstrings' in Chinese.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

from bench.reference_zh import CHINESE
from grader.cases import library  # noqa: F401 - registers what expressions may call
from grader.cases.functions import FUNCTIONS, Function
from grader.cases.generators import FAMILIES
from grader.checks import own_kinds
from grader.checks.kind import Kind
from grader.checks.properties.laws import LAWS
from grader.errors import Span
from grader.language import Language, Message
from grader.reading.nodes import Log, Node, Scalar, Sequence
from grader.reading.scalars import Type
from grader.reading.settings import COMPARE, LIMITS
from grader.reading.tables import Key
from grader.rubric.application import APPLICATION_KEY
from grader.rubric.checks import COMMON, check_table
from grader.rubric.document import PROBLEM, RUBRIC, RUNTIME
from grader.rubric.manual import ITEM
from grader.rubric.policies import POLICIES

ROOT = Path(__file__).resolve().parents[1]
LANGUAGES: tuple[Language, ...] = ("zh", "en")
TABLES: dict[str, Type[Any]] = {
    "rubric": RUBRIC,
    "problem": PROBLEM,
    "manual": ITEM,
    "policies": POLICIES,
    "compare": COMPARE,
    "limits": LIMITS,
    "runtime": RUNTIME.type,
    "application": APPLICATION_KEY.type,
}


FULL_STOP = {"zh": "。", "en": "."}
PLACES = {
    "runtime": {"zh": "[见下](#用哪个-python-运行)", "en": "[see below](#the-python-that-runs-sources)"},
    "limits": {"zh": "[见下](#限额)", "en": "[see below](#limits)"},
    "compare": {"zh": "[见下](#怎样比较结果)", "en": "[see below](#how-results-are-compared)"},
    "application": {
        "zh": "[见下](#写好的函数派上什么用场)",
        "en": "[see below](#what-the-functions-are-put-to-use-in)",
    },
    "policies": {"zh": "[见下](#对提交的要求)", "en": "[see below](#what-is-asked-of-work-that-is-handed-in)"},
}
"""Where the keys of a table that stands inside another are told."""


def page(language: Language) -> str:
    """Return the reference in one language: a hand-written text in which `{{NAME}}` stands for a list."""
    text = (ROOT / "docs" / language / "reference.in.md").read_text("utf-8")
    return re.sub(r"\{\{(\w+)\}\}", lambda found: _part(found[1], language), text)


def _part(name: str, language: Language) -> str:
    if name in ("manual", "policies"):
        keys = _keys(TABLES[name])
        return "\n\n".join([_table(keys, language), *(part for key in keys for part in _inside(key, language))])
    if name in TABLES:
        return _table(_keys(TABLES[name]), language)
    if name == "common":
        return _table(COMMON, language)
    makers: dict[str, Callable[[Language], Iterable[str]]] = {
        "kinds": _kinds,
        "properties": _properties,
        "generators": _generators,
        "functions": _functions,
    }
    return "\n\n".join(makers[name](language))


def _keys(table: Type[Any]) -> list[Key[Any]]:
    properties: Any = table.schema["properties"]
    return list(properties.values())


def _table(keys: Iterable[Key[Any]], language: Language) -> str:
    head = {"zh": "| 键 | 值 | 含义 |\n|---|---|---|", "en": "| key | value | meaning |\n|---|---|---|"}[language]
    rows = (f"| `{key.name}` | {_value(key, language)} | {_sentence(key, language)} |" for key in keys)
    return "\n".join([head, *rows])


class _Asked(Log):
    """A log that keeps what the reader wanted, which it says of values that are nothing of the kind."""

    def __init__(self) -> None:
        super().__init__("", "")
        self.wanted: list[Message] = []

    def expected(self, wanted: Message, node: Node, hint: Message | None = None) -> None:
        self.wanted.append(wanted)


NOWHERE = Span(path="")
NOTHING: tuple[Node, ...] = (
    Sequence(items=(), at=NOWHERE, size=0, depth=0),
    Scalar(text="", style="", flow=False, at=NOWHERE),
)
"""What no key may stand for: a list of nothing, and nothing at all."""


def _value(key: Key[Any], language: Language) -> str:
    """Return what may stand behind a key, in the reader's words. Raises IndexError for a reader that takes nothing."""
    if place := PLACES.get(key.type.name):
        return place[language]
    asked = _Asked()
    for node in NOTHING:
        key.type.read(node, asked)
    said = asked.wanted[0].text(language).strip().replace("|", "\\|")
    if key.type.name in ("text", "name"):
        said += {"zh": "，或 `{zh: …, en: …}`", "en": ", or `{zh: …, en: …}`"}[language]
    return said.replace("`, `", "`、`") if language == "zh" else said


def _sentence(key: Key[Any], language: Language) -> str:
    said = (key.zh if language == "zh" else key.en).replace("|", "\\|")
    if key.required and key.unless:
        must = {"zh": f"；没有写 `{key.unless}` 时**必须写**", "en": f"; **required** unless `{key.unless}` is written"}
        return said + must[language]
    return said + {"zh": "；**必须写**", "en": "; **required**"}[language] if key.required else said


def _kinds(language: Language) -> Iterator[str]:
    for kind in own_kinds():
        yield from about_kind(kind, language)


def about_kind(kind: type[Kind], language: Language) -> Iterator[str]:
    """Yield the section about a kind of check: its keys, and which keys of other kinds it lacks."""
    keys = _keys(check_table(kind).table)
    yield f"### {kind.kind}"
    own = [key for key in keys if key not in COMMON]
    yield _table(own, language)
    for key in own:
        yield from _inside(key, language)
    lacks = [f"`{key.name}`" for key in COMMON if key not in keys]
    if lacks:
        yield {"zh": f"没有 {'、'.join(lacks)}。", "en": f"It has no {', '.join(lacks)}."}[language]


def _inside(key: Key[Any], language: Language) -> Iterator[str]:
    """Yield the table that the value behind a key may be, or each value in it, if there is one."""
    own = key.type.schema.get("properties")
    if isinstance(own, dict) and all(isinstance(each, Key) for each in own.values()):
        yield {"zh": f"`{key.name}` 里可以写：", "en": f"`{key.name}` may have:"}[language]
        yield _table(own.values(), language)
    for table in {id(each): each for each in _tables(key.type.schema)}.values():
        if {each.name for each in _keys(table)} == {"zh", "en"}:
            continue  # the same text in two languages
        yield {"zh": f"`{key.name}` 里的每一项可以写：", "en": f"Each entry of `{key.name}` may have:"}[language]
        yield _table(_keys(table), language)


def _tables(schema: Any) -> Iterator[Type[Any]]:
    """Yield the tables that stand for the values of a mapping or the items of a list."""
    if isinstance(schema, Type):
        if "properties" in schema.schema:
            yield schema
        else:
            yield from _tables(schema.schema)
    elif isinstance(schema, dict):
        for name in ("additionalProperties", "items", "anyOf", "oneOf"):
            yield from _tables(schema.get(name))
    elif isinstance(schema, list | tuple):
        for each in schema:
            yield from _tables(each)


def _properties(language: Language) -> Iterator[str]:
    for law in LAWS.values():
        first, *rest = _paragraphs(law.__doc__ or "", language)
        yield f"- {first}" + "".join(f"\n\n    {each}" for each in rest)


def _generators(language: Language) -> Iterator[str]:
    for purpose, family in FAMILIES.items():
        first, *about = _paragraphs(purpose, language)
        head, *more = re.split(r"\. |: |：", first, maxsplit=1)
        yield f"### {head.rstrip('.。')}"
        yield from [f"{each[0].upper()}{each[1:].rstrip('.。')}{FULL_STOP[language]}" for each in more] + about
        for generator in family:
            yield _signature(FUNCTIONS[generator.__name__], 1)
            yield from _paragraphs(generator.__doc__ or "", language)
            yield f"```text\n{_examples(generator.__doc__ or '')}\n```"


def _functions(language: Language) -> Iterator[str]:
    plain = [each for each in FUNCTIONS.values() if not each.draws]
    head = {"zh": "| 函数 | 结果 |\n|---|---|", "en": "| function | result |\n|---|---|"}[language]
    told = [each for each in plain if each.work.__doc__]
    rows = [f"| {_signature(each, 0)} | {_paragraphs(each.work.__doc__ or '', language)[0]} |" for each in told]
    yield "\n".join([head, *rows])
    for most in (1, 2):
        names = ", ".join(f"`{each.name}`" for each in plain if not each.work.__doc__ and each.most == most)
        yield {
            (1, "zh"): f"逐个元素，与 numpy 相同：{names}。",
            (1, "en"): f"Element by element, as numpy does: {names}.",
            (2, "zh"): f"整个数组，或者沿第二个参数 `axis`，与 numpy 相同：{names}。",
            (2, "en"): f"Of a whole array, or along `axis`, the second argument, as numpy does: {names}.",
        }[most, language]


def _signature(function: Function, given: int) -> str:
    shown = []
    for each in list(inspect.signature(function.work).parameters.values())[given:]:
        star = "*" if each.kind == each.VAR_POSITIONAL else "**" if each.kind == each.VAR_KEYWORD else ""
        shown.append(f"{star}{each.name}" + ("" if each.default is each.empty else "=…"))
    return f"`{function.name}({', '.join(shown)})`"


def _paragraphs(text: str, language: Language) -> list[str]:
    """Return the paragraphs of a docstring, examples apart. Raises KeyError for one that has no Chinese."""
    found = [" ".join(each.split()) for each in dedent(text).strip().split("\n\n")]
    told = [each for each in found if not each.startswith(">>>")]
    return told if language == "en" else [CHINESE[each] for each in told]


def _examples(text: str) -> str:
    return dedent(text[text.rindex("\n", 0, text.index(">>>")) :]).strip()


def main() -> None:
    """Write the reference in both languages."""
    for language in LANGUAGES:
        (ROOT / "docs" / language / "reference.md").write_text(page(language), "utf-8")


if __name__ == "__main__":
    main()
