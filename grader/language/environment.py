"""The language that the environment is set to."""

from __future__ import annotations

import os

from grader.language.message import Language


def environment_language() -> Language:
    """Return "zh" where LC_ALL, LC_MESSAGES or LANG (the first that is set; POSIX order) begins with zh, else "en"."""
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(variable, "")
        if value:
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"
