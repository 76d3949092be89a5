"""The calls that a solved notebook makes when it is run, in a confined worker: each function's arguments and results.

A call in a loop, in a test module or with inputs that another function makes is a call like any other.
"""

from __future__ import annotations

import ast
import os
import stat
from collections.abc import Collection, Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
from msgspec import Struct

from grader.author.new import traced
from grader.author.new.solution import Piece
from grader.errors import GraderError
from grader.execution import Engine
from grader.explain.sentences import of_outcome
from grader.language import Message
from grader.model import Limits, Returned, Source, Value
from grader.submission.reading import Folder

SECONDS = 90.0
"""Seconds that a notebook may run; what comes later is not seen."""
_LIMITS = Limits(
    seconds=SECONDS + 10, cpu_seconds=SECONDS + 10, memory=2 << 30, output=8 << 20, result=512 << 20, load_seconds=30.0
)
_MOST_MODULES, _MOST_TEXT = 14, 900_000
_MOST_DATA, LARGEST = 40 << 20, 15 << 20
"""Bytes of the data files together, and of one: a worker's scratch has no room for more."""
_MOST_FILES = 500
_MOST_LOOKED_AT, _DEEPEST = 4000, 3
_CODE = frozenset({".py", ".ipynb", ".pyc"})
_TEST_HELPERS = "from pingfen_traced import all_input as single_test, all_input as multiple_test\n"
"""Takes the place of the module of that name that deeplearning.ai's test modules import, where it is missing."""


class Record(Struct, frozen=True, kw_only=True, eq=False):
    """One call that the notebook made; `inner` if another of its functions made it.

    `place` is the number of the statement. `arguments` are those of the call by parameter, `None` with the reason in
    `unfit` if a rubric cannot hold them; with `cut` they are corners of arrays that are too large. `result` is `None`
    also where it could not be written down (`returned` is False then). `made_by` says of an argument which record
    returned it and which item of the result it is (-1: all).
    """

    function: str
    place: int
    inner: bool
    arguments: Mapping[str, Value] | None
    unfit: str
    result: Value
    returned: bool
    made_by: Mapping[str, tuple[int, int]]
    cut: bool


class Trace(Struct, frozen=True, kw_only=True, eq=False):
    """What running a notebook showed: its calls in order, and why statements failed, by their number.

    `stopped` is why it was ended as a whole, if it was: then no call is known. `data_read` says whether files of data
    could be laid out for it; workers without a scratch may write none.
    """

    records: tuple[Record, ...] = ()
    failures: Mapping[int, str] = {}
    stopped: Message | None = None
    data_read: bool = True


def trace(
    pieces: Sequence[Piece],
    watched: Collection[str],
    modules: Mapping[str, str],
    engine: Engine,
    data: Mapping[str, bytes] = {},
) -> Trace:
    """Return the calls of the `watched` functions; `modules` and `data` are the files beside the notebook."""
    own = Path(traced.__file__).read_text("utf-8")
    texts = [piece.text for piece in pieces]
    given = f"{texts!r}, {sorted(watched)!r}, {SECONDS}"
    source = f"import pingfen_traced\n\ndef run(files):\n    return pingfen_traced.trace({given}, files)\n"
    beside = {"test_utils": _TEST_HELPERS, **modules, "pingfen_traced": own}
    digest = sha256(source.encode()).hexdigest()
    notebook = Source(path="notebook", text=source, digest=digest, modules=tuple(beside.items()))
    with engine.session(notebook, _LIMITS) as session:
        outcome = session.call("run", ([[name, np.frombuffer(each, np.uint8)] for name, each in data.items()],))
    if not isinstance(outcome, Returned):
        return Trace(stopped=of_outcome(outcome, _LIMITS, public=True))
    found: Any = outcome.value
    return Trace(
        records=tuple(_record(each) for each in found["calls"]),
        failures=dict(found["failures"]),
        data_read=found["data read"],
    )


def _record(found: Mapping[str, Any]) -> Record:
    return Record(
        function=found["function"],
        place=found["place"],
        inner=found["inner"],
        arguments=found.get("arguments"),
        unfit=found.get("unfit", ""),
        result=found.get("result"),
        returned="result" in found,
        cut=found.get("cut", False),
        made_by={name: (at[0], at[1]) for name, at in found.get("from", {}).items()},
    )


def modules_beside(texts: Sequence[str], folder: Path) -> dict[str, str]:
    """Return the modules in a notebook's folder that its code imports, directly or through one another, by name."""
    found: dict[str, str] = {}
    waiting = [name for text in texts for name in imported(text)]
    while waiting:
        name = waiting.pop(0)
        path = folder / f"{name}.py"
        if name in found or not path.is_file() or len(found) == _MOST_MODULES:
            continue
        text = path.read_text("utf-8", "replace")
        if sum(map(len, found.values())) + len(text) < _MOST_TEXT:
            found[name] = text
            waiting += imported(text)
    return found


def data_beside(texts: Sequence[str], folder: Path) -> dict[str, bytes]:
    """Return the files of data in a notebook's folder, or below it, that its code names, by their path there.

    No link is followed. What is hidden, too large, no ordinary file or cannot be read is left out.
    """
    whole = "\n".join(texts)
    found: dict[str, bytes] = {}
    left = _MOST_DATA
    with Folder.at(folder) as held:
        for path in _below(held):
            if path.name in whole and path.suffix not in _CODE and len(found) < _MOST_FILES:
                content = _content(held, str(path), min(left, LARGEST))
                if content is not None:
                    found[str(path)] = content
                    left -= len(content)
    return found


def _below(held: Folder) -> Iterator[PurePosixPath]:
    """Yield the files in a folder and, after those, in the folders below it, as far as they are few."""
    waiting, seen = [PurePosixPath()], 0
    while waiting and seen < _MOST_LOOKED_AT:
        here = waiting.pop(0)
        try:
            with held.listed(str(here)) as entries:
                listed = sorted(islice(entries, _MOST_LOOKED_AT - seen), key=lambda entry: entry.name)
        except GraderError:  # a folder that may not be read, or that was exchanged for a link since
            continue
        seen += len(listed)
        for entry in listed:
            if entry.name.startswith(".") or not entry.name.isprintable():
                continue
            if entry.is_dir(follow_symlinks=False) and len(here.parts) < _DEEPEST:
                waiting.append(here / entry.name)
            elif entry.is_file(follow_symlinks=False):
                yield here / entry.name


def _content(held: Folder, name: str, most: int) -> bytes | None:
    """Return the bytes of an ordinary file of at most so many bytes, `None` of anything else."""
    try:
        with held.open(name) as file:
            if isinstance(file, Folder) or not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                return None
            content = file.read(most + 1)
    except (GraderError, OSError):
        return None
    return content if len(content) <= most else None


def imported(text: str) -> list[str]:
    """Return the top-level modules that a text imports; none if it is not Python."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return []
    names: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name.partition(".")[0] for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.append(node.module.partition(".")[0])
    return list(dict.fromkeys(names))
