"""Which language to speak: as asked, else as the rubric says, else as the environment is set."""

from __future__ import annotations

from collections.abc import Sequence

from grader.language import Language
from grader.language.environment import environment_language

__all__ = ["asked_language", "environment_language"]


def asked_language(words: Sequence[str]) -> Language:
    """Return the language after `--lang` in a command line that may have failed to parse, else the environment's."""
    for word, following in zip(words, [*words[1:], ""], strict=True):
        value = word.removeprefix("--lang=") if word.startswith("--lang=") else following if word == "--lang" else ""
        if value in ("zh", "en"):
            return "zh" if value == "zh" else "en"
    return environment_language()
