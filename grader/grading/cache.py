"""A preparation remembered on this machine, so that the next `grade` of the same rubric reads and draws nothing anew.

What is drawn and expected follows from the author's files, from this package and from the versions that ran them. All
of these are compared, and the rubric is prepared anew if one differs or cannot be read. Expected values then lie in the
user's cache folder, readable by that user alone, as the reference is. A confined worker can neither read nor write
there, so nothing is recalled or kept where workers are not confined, nor in official grading.

The file is a pickle read by `_Reader`, which makes nothing but our own frozen nouns, numbers and arrays of plain
numbers: someone else's file could at worst hold other numbers. What numpy itself pickles is not read: numpy can make an
array of objects of any bytes, and that is code to run.
"""

from __future__ import annotations

import io
import json
import os
import pickle
import re
import stat
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from fractions import Fraction
from hashlib import sha256
from pathlib import Path
from types import FunctionType
from typing import Any, Literal

from msgspec import Struct

from grader.checks.kind import Kind
from grader.execution import Engine
from grader.execution.confinement import sufficient
from grader.grading.prepared import Plan, Prepared
from grader.model import Case, Limits, Problem, Task
from grader.values import Oversized, Refused, family_of, pack, unpack
from grader.version import __version__

FORMAT = 4
MOST_BYTES = 32 << 20
MOST_FILES = 32
_PACKAGE = Path(__file__).parents[1]
_OURS = ("grader.model.", "grader.checks.", "grader.grading.prepared", "grader.errors", "grader.language")
_PLAIN = re.compile(r"[<>|][biufc]\d+")
"""The types of arrays that a worker can send, as `dtype.str`: nothing with objects or fields in it."""


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
        """Return whether `engine` may use it: its versions are the same, and its workers cannot have written it."""
        return sufficient(engine.tier) and self.versions == engine.versions


def recall(wanted: Wanted) -> Recalled | None:
    """Return what was prepared earlier for `wanted`, if nothing it was made from has changed since."""
    file = _file(wanted)
    try:
        with os.fdopen(os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as stream:
            if not _ours_alone(file.parent.lstat(), 0o022) or not _ours_alone(seen := os.fstat(stream.fileno()), 0o077):
                return None
            if not stat.S_ISREG(seen.st_mode) or seen.st_size > MOST_BYTES:
                return None
            stamp = _Reader(stream).load()
            if not isinstance(stamp, _Stamp) or stamp.wanted != wanted or stamp.made_by != _made_by():
                return None
            if any(_digest(path) != digest for path, digest in stamp.files):
                return None
            prepared = _prepared(wanted, *_Reader(stream).load())
            return Recalled(prepared=prepared, versions=dict(stamp.versions))
    except Exception:  # none there, or damaged in whatever way a file of any bytes can be: it is made anew
        return None


def _prepared(wanted: Wanted, plan: Plan, chosen: Any, tasks: Any, limits: Any) -> Prepared:
    """Return what was read as a preparation. Raises ValueError where it cannot be that of `wanted`."""
    rubric = plan.rubric
    kinds = [
        (Problem, chosen),
        (Task, tasks),
        (Case, [task.case for task in tasks]),
        (Limits, limits.values()),
        (Problem, rubric.problems),
    ]
    if not isinstance(plan, Plan) or any(not isinstance(one, kind) for kind, all_ in kinds for one in all_):
        raise ValueError("something else is remembered here")
    # What is to be opened, or even run, is never taken from here alone.
    if rubric.path != wanted.rubric or rubric.expected or (rubric.runtime and rubric.runtime != _runtime(rubric.path)):
        raise ValueError("this is another rubric")
    return Prepared(plan=plan, chosen=chosen, tasks=tasks, limits=limits)


def _runtime(path: str) -> str:
    from grader.rubric import load

    found = load(Path(path)).rubric
    return "" if found is None else found.runtime


def _ours_alone(seen: os.stat_result, others: int) -> bool:
    return seen.st_uid == os.geteuid() and not seen.st_mode & others


def remember(wanted: Wanted, prepared: Prepared, engine: Engine) -> None:
    """Keep `prepared` for the next run, if it can be found out then whether it is still right.

    Not kept are a student kit's preparation (it is quick to read), one with checks that are timed or judged by a file
    of the author's, one whose reference was found in a folder or archive or has files of its own beside it, and any
    that student code could have changed.
    """
    plan = prepared.plan
    source = plan.reference.source
    alone = not source.modules and Path(wanted.reference or plan.rubric.reference) == Path(source.path)
    own = all(check.demand.portable for problem in plan.rubric.problems for check in problem.checks)
    if plan.expected is not None or prepared.timed or not alone or not own or not sufficient(engine.tier):
        return
    stamp = _Stamp(
        wanted=wanted,
        made_by=_made_by(),
        versions=tuple(sorted(engine.versions.items())),
        files=tuple(_files_read(prepared)),
    )
    whole = (plan, prepared.chosen, prepared.tasks, dict(prepared.limits))
    try:
        data = _dumped(stamp) + _dumped(whole)
    except pickle.PicklingError:  # a value of a kind that is not kept
        return
    if len(data) <= MOST_BYTES:
        _write(_file(wanted), data)


def _dumped(value: object) -> bytes:
    written = io.BytesIO()
    _Writer(written, 5).dump(value)
    return written.getvalue()


class _Writer(pickle.Pickler):
    def reducer_override(self, value: Any) -> Any:
        """Write arrays and numpy's numbers as `_array` and `_scalar` read them."""
        import numpy as np

        if isinstance(value, np.dtype):
            raise pickle.PicklingError("a type is no value")
        if isinstance(value, Kind) and not type(value).__module__.startswith(_OURS):
            raise pickle.PicklingError("nobody would notice that another package's kind of check has changed")
        if not isinstance(value, Fraction | FunctionType) and family_of(value).tags.keys() & _PACKED:
            return _value, _packed(value)
        if not isinstance(value, np.ndarray | np.generic):
            return NotImplemented
        if not _PLAIN.fullmatch(value.dtype.str):
            raise pickle.PicklingError(f"{value.dtype} is not kept")
        if isinstance(value, np.ndarray) and type(value) is not np.ndarray:
            raise pickle.PicklingError("a masked array is not kept")
        if isinstance(value, np.generic):
            return _scalar, (value.dtype.str, value.tobytes())
        order: Literal["C", "F"] = "F" if value.flags.f_contiguous and not value.flags.c_contiguous else "C"
        data = value.tobytes(order)
        return _array, (value.dtype.str, value.shape, order, bytearray(data) if value.flags.writeable else data)


class _Reader(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        """Return what makes one of our nouns, a number or an array; nothing else can be made, and no class be had.

        A class that could be had could be changed by the opcode BUILD, for the rest of this process.
        """
        if (module, name) in _MAKERS:
            return _Maker(_MAKERS[module, name])
        if module == __name__ or module.startswith(_OURS):
            found = super().find_class(module, name)
            ours = isinstance(found, type) and found.__module__ == module and issubclass(found, Struct)
            if ours and found.__struct_config__.frozen:
                return _Maker(found)
        raise pickle.UnpicklingError(f"{module}.{name} has no place here")


class _Maker:
    """Something to call, in place of the thing itself."""

    __slots__ = ("make",)

    def __init__(self, make: Callable[..., Any]) -> None:
        self.make = make

    def __call__(self, *arguments: Any) -> Any:
        """Return what is made."""
        return self.make(*arguments)

    def __setstate__(self, state: object) -> None:
        """Raise UnpicklingError: nothing is changed."""
        raise pickle.UnpicklingError("this has no state")


def _noun(maker: _Maker, fields: dict[str, Any]) -> Any:
    """Return a noun, as `msgspec._utils.rebuild` would."""
    return maker.make(**fields)


def _fraction(numerator: int, denominator: int) -> Fraction:
    return Fraction(int(numerator), int(denominator))


def _complex(real: float, imaginary: float) -> complex:
    return complex(real, imaginary)


def _scalar(kind: str, data: bytes) -> Any:
    return _array(kind, (), "C", data)[()]


def _packed(value: Any) -> tuple[str, bytes]:
    """Return a value as the wire has it. Raises PicklingError for what the wire does not carry."""
    try:
        packed = pack(value, MOST_BYTES)
    except (Refused, Oversized) as error:
        raise pickle.PicklingError("not kept") from error
    return json.dumps(packed.node), b"".join(packed.buffers)


def _value(node: str, body: bytes) -> Any:
    """Return what `_packed` wrote. Raises Forged."""
    return unpack(json.loads(node), bytearray(body))


_PACKED = frozenset("szorNuOvDQTRPFSICEL")
"""The tags of values that pickle would make by their classes."""


def _array(kind: str, shape: tuple[int, ...], order: Any, data: bytes | bytearray) -> Any:
    if not _PLAIN.fullmatch(kind) or not isinstance(data, bytes | bytearray):
        raise pickle.UnpicklingError("this is no array of ours")
    import numpy as np

    return np.ndarray(shape, kind, data, order=order)  # refuses a shape that asks for more than there is


_MAKERS: Mapping[tuple[str, str], Callable[..., Any]] = {
    ("msgspec._utils", "rebuild"): _noun,
    ("builtins", "complex"): _complex,
    ("fractions", "Fraction"): _fraction,
    (__name__, "_scalar"): _scalar,
    (__name__, "_array"): _array,
    (__name__, "_value"): _value,
}


def _file(wanted: Wanted) -> Path:
    text = "\0".join((wanted.rubric, wanted.reference, wanted.variant, *wanted.only))
    return folder() / f"{sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}.prepared"


def folder() -> Path:
    """Return the cache folder, as the XDG base directory specification says; never one from the current folder on."""
    home = os.environ.get("XDG_CACHE_HOME", "")
    found = Path(home if os.path.isabs(home) else os.path.expanduser("~/.cache"))  # noqa: PTH111, PTH117
    return (found if found.is_absolute() else Path(os.devnull)) / "pingfen"


def _files_read(prepared: Prepared) -> Iterator[tuple[str, str]]:
    """Yield each file with its digest when it was read: an author may have changed it since."""
    plan = prepared.plan
    yield plan.rubric.path, plan.rubric.digest
    yield plan.reference.source.path, plan.reference.source.digest
    if plan.rubric.generators:
        yield plan.rubric.generators, prepared.generators
    for name, path in plan.rubric.files:
        yield path, sha256(plan.files[name]).hexdigest()
    for problem in plan.rubric.problems:
        for check in problem.checks:
            yield from check.demand.made_from()


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
