"""Which language to speak: as asked, else as the rubric says, else as the environment is set."""

from __future__ import annotations

import os
from collections.abc import Sequence

from grader.language import Language


def asked_language(words: Sequence[str]) -> Language:
    """Return the language after `--lang` in a command line that may have failed to parse, else the environment's."""
    for word, following in zip(words, [*words[1:], ""], strict=True):
        value = word.removeprefix("--lang=") if word.startswith("--lang=") else following if word == "--lang" else ""
        if value in ("zh", "en"):
            return "zh" if value == "zh" else "en"
    return environment_language()


def environment_language() -> Language:
    """Return "zh" where LC_ALL, LC_MESSAGES or LANG (the first that is set; POSIX order) begins with zh, else "en"."""
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(variable, "")
        if value:
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"
