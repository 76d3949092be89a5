"""A rubric from its file: read the bytes, the nodes, the keys, then hold what spans several places together."""

from __future__ import annotations

import os
from pathlib import Path

from msgspec import Struct

from grader.errors import Fault, Span, UsageError
from grader.language import Bilingual, Message, say
from grader.model import Rubric
from grader.reading.compose import compose, decode
from grader.reading.log import Log, quoted
from grader.reading.tables import Entries, Key
from grader.rubric import document
from grader.rubric.assembly import assemble


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
    from grader.reading.log import did_you_mean

    folder = Path(path).parent
    try:
        names = sorted(child.name for child in folder.iterdir())
    except (OSError, ValueError):
        return None
    near = log.nearest(Path(path).name, names)
    return did_you_mean(None if near is None else str(Path(text).with_name(near)))


MOST_BYTES = 1 << 20


class LoadedRubric(Struct, frozen=True, kw_only=True):
    """A rubric and its faults.

    With faults nothing may be graded; `rubric` then holds what could be read, for later stages to add theirs, or is
    None where that makes no sense.
    """

    rubric: Rubric | None
    faults: tuple[Fault, ...]


def load(path: Path) -> LoadedRubric:
    """Read the rubric at `path`; every fault at once, in file order. Raises UsageError if it is not a readable file."""
    data, full = read(path), str(path.absolute())
    if len(data) > MOST_BYTES:
        at = Span(path=full, line=1, column=1)
        message = say("A rubric is at most {most} KiB long.", most=MOST_BYTES >> 10)
        return LoadedRubric(rubric=None, faults=(Fault(at=at, message=message),))
    text, fault = decode(data, full)
    if fault is not None:
        return LoadedRubric(rubric=None, faults=(fault,))
    log = Log(full, text, margin=[key.name for key in document.KEYS])
    root = compose(text, log)
    entries = None if root is None else document.RUBRIC.read(root, log)
    if root is None and not log.faults:
        log.add(Span(path=full, line=1, column=1), say("The rubric is empty."))
    rubric = None if entries is None else _rubric(entries, data, path, log)
    return LoadedRubric(rubric=rubric, faults=log.faults)


def read(path: Path) -> bytes:
    """Return the bytes of `path`, at most one more than a rubric may have. Raises UsageError."""
    try:
        if not path.is_file():
            raise UsageError(say("There is no rubric `{path}`.", path=str(path)))
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        raise UsageError(say("The rubric `{path}` cannot be read.", path=str(path))) from error


def _rubric(entries: Entries, data: bytes, path: Path, log: Log) -> Rubric | None:
    from hashlib import sha256

    folder = path.absolute().parent
    reference = existing(entries, document.REFERENCE, folder, log)
    expected = existing(entries, document.EXPECTED, folder, log)
    mistakes = existing(entries, document.MISTAKES, folder, log)
    generators = existing(entries, document.GENERATORS, folder, log)
    runtime = entries.get(document.RUNTIME)
    interpreter = "" if runtime is None else python(runtime, document.PYTHON, folder, log)
    problems = assemble(entries, log)
    if not problems or not (reference or expected):
        return None
    return Rubric(
        title=entries.get(document.TITLE, Bilingual("", "")),
        language=entries.get(document.LANGUAGE, "zh"),
        seed=entries.get(document.SEED, 0),
        path=str(path.absolute()),
        digest=sha256(data).hexdigest(),
        submission=submission(entries, document.SUBMISSION, folder),
        reference=reference,
        expected=expected,
        mistakes=mistakes,
        generators=generators,
        runtime=interpreter,
        elsewhere=tuple(word.text for word in entries.get(document.ELSEWHERE, ())),
        problems=problems,
    )
