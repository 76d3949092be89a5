"""The files a rubric names, found from its own folder."""

from __future__ import annotations

import os
from pathlib import Path

from grader.language import Message, say
from grader.rubric.log import Log, quoted
from grader.rubric.tables import Entries, Key


def absolute(text: str, folder: Path) -> str:
    """Return the path `text`, absolute; a relative one starts in `folder`."""
    return os.path.normpath(folder / text)


def submission(entries: Entries, key: Key[str], folder: Path) -> str:
    """Return where a student's file is expected; it need not be there."""
    return absolute(entries.get(key, ""), folder)


def existing(entries: Entries, key: Key[str], folder: Path, log: Log) -> str:
    """Return the path behind `key`, "" after a fault or if none is written; the file must be there."""
    text = entries.get(key)
    if text is None:
        return ""
    path = absolute(text, folder)
    if _is(path):
        return path
    log.add(entries.place(key), say("There is no file `{path}`.", path=quoted(text)), _nearby(path, text, log))
    return ""


def python(entries: Entries, key: Key[str], folder: Path, log: Log) -> str:
    """Return the Python behind `key`: a path from the rubric's folder, or a command on this machine's search path."""
    text = entries.get(key)
    if text is None:
        return ""
    if os.sep in text or "/" in text:
        return existing(entries, key, folder, log)
    from shutil import which

    # An empty or relative entry of PATH would lead to where work is handed in.
    places = os.environ.get("PATH", os.defpath).split(os.pathsep)
    found = which(text, path=os.pathsep.join(entry for entry in places if os.path.isabs(entry)))  # noqa: PTH117
    if found is None:
        log.add(entries.place(key), say("This machine has no command `{name}`.", name=quoted(text)))
        return ""
    return absolute(found, folder)


def _is(path: str) -> bool:
    try:
        return Path(path).exists()
    except (OSError, ValueError):
        return False


def _nearby(path: str, text: str, log: Log) -> Message | None:
    from grader.rubric.log import did_you_mean

    folder = Path(path).parent
    try:
        names = sorted(child.name for child in folder.iterdir())
    except (OSError, ValueError):
        return None
    near = log.nearest(Path(path).name, names)
    return did_you_mean(None if near is None else str(Path(text).with_name(near)))
