"""A rubric from its file: read the bytes, the nodes, the keys, then hold what spans several places together."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from grader.errors import Fault, Span, UsageError
from grader.language import Bilingual, say
from grader.model import Rubric
from grader.rubric import document, paths
from grader.rubric.assembly import assemble
from grader.rubric.compose import compose
from grader.rubric.decode import decode
from grader.rubric.log import Log
from grader.rubric.tables import Entries

MOST_BYTES = 1 << 20


class Loaded(Struct, frozen=True, kw_only=True):
    """A rubric and its faults.

    With faults nothing may be graded; `rubric` then holds what could be read, for later stages to add theirs, or is
    None where that makes no sense.
    """

    rubric: Rubric | None
    faults: tuple[Fault, ...]


def load(path: Path) -> Loaded:
    """Read the rubric at `path`; every fault at once, in file order. Raises UsageError if it is not a readable file."""
    data, full = read(path), str(path.absolute())
    if len(data) > MOST_BYTES:
        at = Span(path=full, line=1, column=1)
        message = say("A rubric is at most {most} KiB long.", most=MOST_BYTES >> 10)
        return Loaded(rubric=None, faults=(Fault(at=at, message=message),))
    text, fault = decode(data, full)
    if fault is not None:
        return Loaded(rubric=None, faults=(fault,))
    log = Log(full, text)
    root = compose(text, log)
    entries = None if root is None else document.RUBRIC.read(root, log)
    if root is None and not log.faults:
        log.add(Span(path=full, line=1, column=1), say("The rubric is empty."))
    rubric = None if entries is None else _rubric(entries, data, path, log)
    return Loaded(rubric=rubric, faults=log.faults)


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
    reference = paths.existing(entries, document.REFERENCE, folder, log)
    expected = paths.existing(entries, document.EXPECTED, folder, log)
    mistakes = paths.existing(entries, document.MISTAKES, folder, log)
    generators = paths.existing(entries, document.GENERATORS, folder, log)
    runtime = entries.get(document.RUNTIME)
    python = "" if runtime is None else paths.python(runtime, document.PYTHON, folder, log)
    problems = assemble(entries, log)
    if not problems or not (reference or expected):
        return None
    return Rubric(
        title=entries.get(document.TITLE, Bilingual("", "")),
        language=entries.get(document.LANGUAGE, "zh"),
        seed=entries.get(document.SEED, 0),
        path=str(path.absolute()),
        digest=sha256(data).hexdigest(),
        submission=paths.submission(entries, document.SUBMISSION, folder),
        reference=reference,
        expected=expected,
        mistakes=mistakes,
        generators=generators,
        runtime=python,
        elsewhere=tuple(word.text for word in entries.get(document.ELSEWHERE, ())),
        problems=problems,
    )
