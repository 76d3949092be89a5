"""Sentences in Chinese and English from one catalogue, and foreign text made harmless.

A message is a template of the catalogue and its parameters; its language is chosen when it is shown.

What a student wrote, printed or named cannot steer a terminal, a log or a page: `inert` takes away what no format
wants. These are control characters (terminal sequences, forged lines), bidirectional and zero-width characters (text
that looks like other text; https://trojansource.codes), lone surrogates, commands to a CI's log, and unbounded length.
Renderers still escape for their own format.
"""

from __future__ import annotations

import gettext
import os
import re
import unicodedata
from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Literal, NewType, TypeAlias

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
            template = _spaced(template, shown)
        return template.format(**({"count": self.count} | shown if self.plural else shown))


Parameter: TypeAlias = "str | int | float | Fraction | Message | Bilingual"


def say(template: str, /, **parameters: Parameter) -> Message:
    """Return the message `template` (English, the catalogue's key) with its parameters."""
    return Message(template=template, parameters=parameters)


def say_count(one: str, many: str, count: int, /, **parameters: Parameter) -> Message:
    """Return a message that says `{count}`, in the singular or the plural."""
    return Message(template=one, plural=many, count=count, parameters=parameters)


def listed(names: Sequence[str | Message]) -> Message:
    """Return names, or other parts, as an enumeration in the language: "a, b" or "a、b". There must be at least one."""
    whole = say("{name}", name=names[0])
    for name in names[1:]:
        whole = say("{first}, {then}", first=whole, then=name)
    return whole


def _shown(value: Parameter, language: Language) -> object:
    return value.text(language) if isinstance(value, Message | Bilingual) else value


def _spaced(template: str, shown: Mapping[str, object]) -> str:
    """Return the template with spaces where a Chinese character will meet a letter or a digit, and none between two.

    What is put in may be in either script ("Z", "返回值"), so the template alone cannot know
    (https://www.w3.org/TR/clreq/#mixed_text_composition_in_horizontal_writing_mode).
    """
    for name, value in shown.items():
        before, place, after = template.partition(f"{{{name}}}")
        if not place or not value or not isinstance(value, str):
            continue
        first, last = value[0], value[-1]
        if _latin(first) and _han(before[-1:]):
            before += " "
        elif _han(first) and before.endswith(" ") and _han(before[-2:-1]):
            before = before[:-1]
        if _latin(last) and _han(after[:1]):
            after = " " + after
        elif _han(last) and after.startswith(" ") and _han(after[1:2]):
            after = after[1:]
        template = before + place + after
    return template


def _han(char: str) -> bool:
    return "\u4e00" <= char <= "\u9fff"


def _latin(char: str) -> bool:
    return char.isascii() and (char.isalnum() or char in "()[]_")


@cache
def _catalogue(language: Language) -> gettext.NullTranslations:
    locale = Path(__file__).parent / "locale"
    return gettext.translation("pingfen", locale, [language], fallback=True)


def environment_language() -> Language:
    """Return "zh" where LC_ALL, LC_MESSAGES or LANG (the first that is set; POSIX order) begins with zh, else "en"."""
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(variable, "")
        if value:
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"


Inert = NewType("Inert", str)
"""Text of foreign origin that went through `inert`; report fields that hold such text have this type."""

_COMMAND = re.compile(
    r"^[ \t]*::|::(?=(?:add-mask|add-matcher|add-path|debug|echo|endgroup|error|group|notice|remove-matcher|save-state"
    r"|set-env|set-output|stop-commands|warning)\b)|##\[",
    re.IGNORECASE | re.MULTILINE,
)
"""What GitHub's runner takes for a command, wherever a report may break a line; it skips white space in front."""

_DROPPED = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def inert(text: str, limit: int = 400, *, lines: bool = False) -> Inert:
    r"""Return `text` with every control, format or unassigned character spelt as `\xNN` or `\uNNNN`.

    At most `limit` characters are kept (an ellipsis marks the cut); line ends are kept if `lines`, tabs
    become spaces.
    """
    cut = text[:limit]
    if len(text) > limit:
        cut = cut[:-1] + "…"
    if not (cut.isascii() and cut.isprintable()):
        cut = "".join(_spelt(char, lines) for char in cut)
    if "::" in cut or "##[" in cut:
        cut = _COMMAND.sub(_no_command, cut)
    return Inert(cut)


def plain(text: str, limit: int = 250) -> Inert:
    """Return a message that may have several lines as one inert line, cut behind a sentence or a word."""
    line = " ".join(text.split())
    if len(line) > limit:
        cut = line[: limit - 1]
        sentence, word = cut.rfind(". ") + 1, cut.rfind(" ")
        line = cut[: sentence if sentence > limit // 3 else word if word > limit // 3 else len(cut)].rstrip() + " …"
    return inert(line, limit + 2)


def _no_command(found: re.Match[str]) -> str:
    return found[0].replace("::", r":\x3a").replace("##", r"#\x23")


def _spelt(char: str, lines: bool) -> str:
    if char == "\n" and lines:
        return char
    if char == "\t":
        return "    "
    if unicodedata.category(char) not in _DROPPED:
        return char
    code = ord(char)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
