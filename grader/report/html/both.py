"""Text in both languages at once: the page carries both, and a switch shows one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from grader.language import LANGUAGES, Bilingual, Language, Message

if TYPE_CHECKING:
    from markupsafe import Markup


class Both(Struct, frozen=True):
    """One text in each language."""

    zh: str
    en: str

    def text(self, language: Language) -> str:
        """Return the text in `language`."""
        return self.zh if language == "zh" else self.en


def both(message: Message | Bilingual) -> Both:
    """Return a message in both languages."""
    zh, en = (message.text(language) for language in LANGUAGES)
    return Both(zh, en)


def marked(text: Both | Message | Bilingual | str) -> Markup:
    """Return escaped HTML that holds both languages; what is the same in both stands once."""
    from markupsafe import Markup, escape

    if isinstance(text, str):
        return escape(text)
    zh, en = text.text("zh"), text.text("en")
    if zh == en:
        return escape(zh)
    return Markup('<span class="t" lang="zh">{}</span><span class="t" lang="en">{}</span>').format(zh, en)
