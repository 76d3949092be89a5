"""A message is a template of the catalogue and its parameters; a language is chosen when it is shown."""

from __future__ import annotations

import gettext
from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Literal, TypeAlias

from msgspec import Struct

Language: TypeAlias = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")


class Bilingual(Struct, frozen=True):
    """An author's text in both languages; what was written once serves for both."""

    zh: str
    en: str

    def text(self, language: Language) -> str:
        """Return the text in `language`."""
        return self.zh if language == "zh" else self.en


class Message(Struct, frozen=True, kw_only=True):
    """A sentence of the catalogue, not yet in a language.

    `template` is the English text with `{name}` places; `plural` and `count` choose between one and many.
    Parameters are put in as they are and never formatted again, so a student's text cannot become a template.
    """

    template: str
    plural: str = ""
    count: int = 0
    parameters: Mapping[str, Parameter] = {}

    def text(self, language: Language) -> str:
        """Return the sentence in `language`; English stands in where a translation is missing."""
        catalogue = _catalogue(language)
        if self.plural:
            template = catalogue.ngettext(self.template, self.plural, self.count)
        else:
            template = catalogue.gettext(self.template)
        if not self.parameters and not self.plural:
            return template.replace("{{", "{").replace("}}", "}")
        shown = {name: _shown(value, language) for name, value in self.parameters.items()}
        if language == "zh":
            shown = {name: _spaced(template, name, value) for name, value in shown.items()}
        return template.format(**({"count": self.count} | shown if self.plural else shown))


Parameter: TypeAlias = "str | int | float | Fraction | Message | Bilingual"


def say(template: str, /, **parameters: Parameter) -> Message:
    """Return the message `template` (English, the catalogue's key) with its parameters."""
    return Message(template=template, parameters=parameters)


def say_count(one: str, many: str, count: int, /, **parameters: Parameter) -> Message:
    """Return a message that says `{count}`, in the singular or the plural."""
    return Message(template=one, plural=many, count=count, parameters=parameters)


def listed(names: Sequence[str]) -> Message:
    """Return names as an enumeration in the language: "a, b" or "a、b". There must be at least one."""
    whole = say("{name}", name=names[0])
    for name in names[1:]:
        whole = say("{first}, {then}", first=whole, then=name)
    return whole


def _shown(value: Parameter, language: Language) -> object:
    return value.text(language) if isinstance(value, Message | Bilingual) else value


def _spaced(template: str, name: str, value: object) -> object:
    """Return a text with a space where it would touch a Chinese character of the template with a letter or digit.

    What is put in may be in either script ("Z", "返回值"), so the template alone cannot have the space
    (https://www.w3.org/TR/clreq/#mixed_text_composition_in_horizontal_writing_mode).
    """
    start = template.find(f"{{{name}}}")
    if not isinstance(value, str) or start < 0:
        return value
    before, after = template[start - 1 : start], template[start + len(name) + 2 :][:1]
    left = " " if _han(before) and _latin(value[:1]) else ""
    return f"{left}{value}{' ' if _han(after) and _latin(value[-1:]) else ''}"


def _han(char: str) -> bool:
    return "\u4e00" <= char <= "\u9fff"


def _latin(char: str) -> bool:
    return char.isascii() and (char.isalnum() or char in set("()[]_"))


@cache
def _catalogue(language: Language) -> gettext.NullTranslations:
    locale = Path(__file__).parent / "locale"
    return gettext.translation("pingfen", locale, [language], fallback=True)
