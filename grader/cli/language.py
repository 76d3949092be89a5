"""Which language to speak: as asked, else as the rubric says, else as the environment is set."""

from __future__ import annotations

import os

from grader.language import Language


def environment_language() -> Language:
    """Return "zh" where LC_ALL, LC_MESSAGES or LANG (the first that is set; POSIX order) begins with zh, else "en"."""
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(variable, "")
        if value:
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"
