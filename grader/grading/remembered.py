"""A preparation remembered on this machine, so that the next `grade` of the same rubric reads and draws nothing anew.

What is drawn and expected follows from the author's files, from this package and from the versions that ran them: all
of these are compared, and whatever differs or cannot be read is prepared anew. Expected values lie in the user's own
cache folder then, readable by that user alone, as the reference does that they follow from. A worker can neither read
nor write there as long as it is confined, so nothing is recalled or kept where it is not, nor in official grading.

The file is a pickle read by `_Reader`, which makes nothing but our own nouns, numbers and arrays: someone else's file
could at worst hold other numbers.
"""

from __future__ import annotations

import os
import pickle
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

from msgspec import Struct

from grader.execution import Engine
from grader.execution.confinement.tiers import sufficient
from grader.grading.prepared import Plan, Prepared
from grader.version import __version__

FORMAT = 1
MOST_BYTES = 32 << 20
MOST_FILES = 32
_PACKAGE = Path(__file__).parents[1]
_OURS = ("grader.model.", "grader.grading.prepared", "grader.errors", "grader.language.")
_OTHERS = {
    ("builtins", "complex"),
    ("builtins", "bytearray"),
    ("fractions", "Fraction"),
    ("msgspec._utils", "rebuild"),
    ("numpy", "dtype"),
    ("numpy", "ndarray"),
    ("numpy._core.multiarray", "_reconstruct"),
    ("numpy._core.multiarray", "scalar"),
    ("numpy._core.numeric", "_frombuffer"),
}


class Wanted(Struct, frozen=True, kw_only=True):
    """What is to be prepared: the files, as absolute paths, the functions and the variant asked for."""

    rubric: str
    reference: str = ""
    only: tuple[str, ...] = ()
    variant: str = ""


class _Stamp(Struct, frozen=True, kw_only=True):
    """What a preparation was made from and with."""

    wanted: Wanted
    made_by: str
    versions: tuple[tuple[str, str], ...]
    files: tuple[tuple[str, str], ...]


class Recalled(Struct, frozen=True, kw_only=True):
    """A preparation made earlier, good for workers of these `versions`."""

    prepared: Prepared
    versions: Mapping[str, str]

    def fits(self, engine: Engine) -> bool:
        """Return whether it may be used with `engine`: the same versions, and what it runs cannot have written it."""
        return sufficient(engine.tier) and self.versions == engine.versions


def recall(wanted: Wanted) -> Recalled | None:
    """Return what was prepared earlier for `wanted`, if nothing it was made from has changed since."""
    file = _file(wanted)
    try:
        with file.open("rb") as stream:
            seen = os.fstat(stream.fileno())
            if seen.st_uid != os.geteuid() or seen.st_mode & 0o077 or seen.st_size > MOST_BYTES:
                return None
            stamp = _Reader(stream).load()
            if not isinstance(stamp, _Stamp) or stamp.wanted != wanted or stamp.made_by != _made_by():
                return None
            if any(_digest(path) != digest for path, digest in stamp.files):
                return None
            plan, chosen, cases, want, limits = _Reader(stream).load()
    except (OSError, pickle.UnpicklingError, EOFError, ValueError, TypeError, AttributeError, IndexError, KeyError):
        return None  # none there, or damaged: it is made anew
    prepared = Prepared(plan=plan, chosen=chosen, cases=cases, want=want, limits=limits)
    return Recalled(prepared=prepared, versions=dict(stamp.versions))


def remember(wanted: Wanted, prepared: Prepared, engine: Engine) -> None:
    """Keep `prepared` for the next run, if it can be told later whether it still holds.

    Not kept: a student kit's (it is quick to read), one with efficiency checks, a reference that was found in a folder
    or archive or has files of its own beside it, and anything where student code could have had a hand in it.
    """
    plan = prepared.plan
    source = plan.reference.source
    alone = not source.modules and Path(wanted.reference or plan.rubric.reference) == Path(source.path)
    if prepared.kept is not None or prepared.timed or not alone or not sufficient(engine.tier):
        return
    stamp = _Stamp(
        wanted=wanted,
        made_by=_made_by(),
        versions=tuple(sorted(engine.versions.items())),
        files=tuple((path, _digest(path)) for path in _sources(plan)),
    )
    whole = (plan, prepared.chosen, prepared.cases, prepared.want, dict(prepared.limits))
    data = pickle.dumps(stamp, 5) + pickle.dumps(whole, 5)
    if len(data) <= MOST_BYTES:
        _write(_file(wanted), data)


class _Reader(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        """Return one of our nouns, a number's or an array's type; nothing else can be made."""
        if module == __name__ or module.startswith(_OURS) or (module, name) in _OTHERS:
            found = super().find_class(module, name)
            if (module, name) in _OTHERS or (isinstance(found, type) and found.__module__ == module):
                return found
        raise pickle.UnpicklingError(f"{module}.{name} has no place here")


def _file(wanted: Wanted) -> Path:
    text = "\0".join((wanted.rubric, wanted.reference, wanted.variant, *wanted.only))
    return folder() / f"{sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}.prepared"


def folder() -> Path:
    """Return the cache folder, as the XDG base directory specification says."""
    home = os.environ.get("XDG_CACHE_HOME", "")
    return Path(home if home.startswith("/") else os.path.expanduser("~/.cache")) / "pingfen"  # noqa: PTH111


def _sources(plan: Plan) -> Iterator[str]:
    yield plan.rubric.path
    yield plan.reference.source.path
    if plan.rubric.generators:
        yield plan.rubric.generators


def _digest(path: str) -> str:
    return sha256(Path(path).read_bytes()).hexdigest()


def _made_by() -> str:
    """Return what tells this package, this Python and this machine from others."""
    import numpy as np

    machine = os.uname()
    own = sha256(f"{FORMAT} {__version__} {sys.version} {np.__version__} {machine.nodename} {machine.machine}".encode())
    for name, size, changed in sorted(_own_files(str(_PACKAGE))):
        own.update(f"{name} {size} {changed}\n".encode())
    return own.hexdigest()


def _own_files(where: str) -> Iterator[tuple[str, int, int]]:
    with os.scandir(where) as entries:
        for entry in entries:
            if entry.name.endswith(".py"):
                seen = entry.stat()
                yield entry.path, seen.st_size, seen.st_mtime_ns
            elif "." not in entry.name and entry.name != "__pycache__" and entry.is_dir():
                yield from _own_files(entry.path)


def _write(file: Path, data: bytes) -> None:
    """Write the file whole or not at all; a folder that cannot be written keeps nothing."""
    new = file.with_suffix(f".{os.getpid()}")
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
        new.replace(file)
        kept = sorted(file.parent.glob("*.prepared"), key=lambda each: each.stat().st_mtime)
        for old in kept[:-MOST_FILES]:
            old.unlink()
    except OSError:
        with suppress(OSError):
            new.unlink()
