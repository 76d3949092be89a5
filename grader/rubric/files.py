"""The files that a rubric names: their paths, and a fault for one that is not there."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from grader.language import Message, say
from grader.reading.draws import is_file_name
from grader.reading.nodes import Log, Mapping, Node, did_you_mean, quoted
from grader.reading.nodes import Sequence as Listed
from grader.reading.scalars import TEXT, Type, Word
from grader.reading.tables import Entries, Key, unique


def _data(node: Node, log: Log) -> tuple[tuple[str, Word], ...] | None:
    """Return each path with the name that it has in the code, "" where that is not said."""
    if isinstance(node, Mapping) and node.pairs:
        pairs = [(key.text, TEXT.read(value, log), value.at) for key, value in unique(node, log)]
    elif isinstance(node, Listed) and node.items:
        pairs = [("", TEXT.read(item, log), item.at) for item in node.items]
    else:
        log.expected(say("a list of paths, or a mapping from names to paths"), node)
        return None
    for name, _, at in pairs:
        if name and not is_file_name(name):
            log.add(at, say("`{name}` is no name of a file in the working folder.", name=quoted(name)))
            return None
    return tuple((name, Word(text=path, at=at)) for name, path, at in pairs if path is not None)


_PATHS = [{"type": "array", "items": TEXT, "minItems": 1}, {"type": "object", "additionalProperties": TEXT}]
DATA_FILES = Type(read=_data, schema={"anyOf": _PATHS}, name="data_files")


def absolute(text: str, folder: Path) -> str:
    """Return the path `text`, absolute; a relative one starts in `folder`."""
    return os.path.normpath(folder / text)


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


def data_files(
    written: Iterable[tuple[str, Word]], homes: Sequence[Path], folder: Path, log: Log
) -> tuple[tuple[str, str], ...]:
    """Return the paths of data files by the names that they have in the code.

    A name that is not written begins in the first of the `homes` that holds the file.
    """
    found: dict[str, str] = {}
    for name, word in written:
        path = Path(absolute(word.text, folder))
        if not path.is_file():
            log.add(
                word.at, say("There is no file `{path}`.", path=quoted(word.text)), _nearby(str(path), word.text, log)
            )
            continue
        home = next((each for each in homes if path.is_relative_to(each)), path.parent)
        found[name or path.relative_to(home).as_posix()] = str(path)
    return tuple(found.items())


def _is(path: str) -> bool:
    try:
        return Path(path).exists()
    except (OSError, ValueError):
        return False


def _nearby(path: str, text: str, log: Log) -> Message | None:
    folder = Path(path).parent
    try:
        names = sorted(child.name for child in folder.iterdir())
    except (OSError, ValueError):
        return None
    near = log.nearest(Path(path).name, names)
    return did_you_mean(None if near is None else str(Path(text).with_name(near)))
