"""The data files that a course gives to everything that runs: submissions, the reference and the generators."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from msgspec.structs import replace

from grader.errors import UsageError
from grader.language import inert, say
from grader.model import Rubric, Source

MOST_BYTES = 16 << 20


def data_files(rubric: Rubric, reference: Source) -> Mapping[str, bytes]:
    """Return the course's data files by the names under which sources find them.

    They are those of the rubric's `files`. Without that key they are what the reference reads, as far as students were
    given it: as it lies in the folder of the file that is handed out. Raises UsageError for a file that cannot be read,
    or for more than 16 MiB together.
    """
    if rubric.files:
        found = {name: read_bytes(Path(path)) for name, path in rubric.files}
        if sum(map(len, found.values())) > MOST_BYTES:
            raise UsageError(say("The rubric's `files` have more than {most} MiB together.", most=MOST_BYTES >> 20))
        return found
    handed_out, own = Path(rubric.submission).parent, Path(reference.path).parent
    if handed_out == own:
        return {}
    beside = {name: handed_out / name for name, _ in reference.files}
    return {name: read_bytes(path) for name, path in beside.items() if path.is_file()}


def read_bytes(path: Path) -> bytes:
    """Return what the file holds. Raises UsageError if it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        why = inert(error.strerror or "")
        raise UsageError(say("{path} cannot be read: {why}", path=inert(str(path)), why=why)) from error


def with_data(source: Source, files: Mapping[str, bytes], *, fixed: bool = True) -> Source:
    """Return a source that finds `files`; its own of the same name give way to them if they are `fixed`."""
    if not files:
        return source
    own = dict(source.files)
    every = {**own, **files} if fixed else {**files, **own}
    return replace(source, files=tuple(every.items()), fixed=tuple(name for name in files if fixed or name not in own))


def digest(files: Mapping[str, bytes]) -> str:
    """Return a SHA-256 of all names and contents, "" if there are none."""
    if not files:
        return ""
    whole = sha256()
    for name, data in sorted(files.items()):
        whole.update(f"{len(name)} {name} {len(data)} ".encode("utf-8", "surrogatepass") + data)
    return whole.hexdigest()
