"""Reads files that strangers made, bounded in number, depth and size; finds which of them is the submission.

Below a trusted folder no link is followed. A path that is checked and then opened may be exchanged for a link in
between; a folder that is held open cannot. So each step of a path is opened from the folder before it (`openat` with
O_NOFOLLOW), which every POSIX system has. `openat2` with RESOLVE_BENEATH would take one call in all, but only on Linux,
and through ctypes, whose import costs more than it saves. On Windows folders cannot be opened: there each step is
checked (link, junction) and then opened by its path.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePath, PurePosixPath
from typing import BinaryIO

from msgspec import Struct
from msgspec.structs import replace

from grader.errors import GraderError, Span, SubmissionError, UsageError
from grader.language import Inert, Message, inert, say
from grader.submission.choosing import SUFFIXES, Sought, choose, defines, instead_of, is_work, look, several_in
from grader.submission.costs import NOTEBOOK, SCRIPT, too_large
from grader.submission.files import LARGEST, HandedIn

_HELD = os.open in os.supports_dir_fd and os.scandir in os.supports_fd
_ORDINARY = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
"""O_NONBLOCK: a pipe that nobody writes to is opened at once, so that it can be refused."""
_PASSING = getattr(os, "O_PATH", os.O_RDONLY) | getattr(os, "O_DIRECTORY", 0)
"""O_PATH: a folder on the way need not be readable; a drop box is not."""
_NAME_SURROGATE = 0x20000000
"""The bit of a reparse tag that says that it points to another place: links and junctions have it, files in a
synchronised folder do not ([MS-FSCC] 2.1.2.1)."""


class Folder:
    """A folder that is held open: what is in it is opened from it, never by its path. A context manager."""

    def __init__(self, path: Path, handle: int) -> None:
        self.path = path
        self._handle = handle

    @classmethod
    def at(cls, path: Path) -> Folder:
        """Return the folder at a trusted path, to which links are followed. Raises UsageError."""
        try:
            return cls(path, os.open(path, _PASSING) if _HELD else -1)
        except (OSError, ValueError) as error:
            raise _fault(path, error) from None

    def __enter__(self) -> Folder:
        return self

    def __exit__(self, *_: object) -> None:
        if self._handle >= 0:
            os.close(self._handle)

    def open(self, name: str) -> Folder | BinaryIO:
        """Return the folder or the file at `name` ("a/b.py"; "" is this folder), in which no part may be a link.

        Raises SubmissionError for a link, UsageError for what is not there or cannot be read.
        """
        parts = PurePath(name).parts or (".",)
        path = self.path / name
        try:
            handle = self._descend(parts) if _HELD else self._go(parts)
        except (OSError, ValueError) as error:
            raise _fault(path, error) from None
        if handle < 0 or stat.S_ISDIR(os.fstat(handle).st_mode):
            return Folder(path, handle)
        return os.fdopen(handle, "rb")

    @contextmanager
    def listed(self, name: str) -> Iterator[Iterator[os.DirEntry[str]]]:
        """Yield the entries of the folder at `name`, while they may be read. Raises as `open` does."""
        with self.open(name) as folder:
            path = self.path / name
            if not isinstance(folder, Folder):
                raise _fault(path, NotADirectoryError())
            try:
                entries = os.scandir(folder._handle) if _HELD else os.scandir(path)
            except OSError as error:
                raise _fault(path, error) from None
            with entries:
                yield entries

    def _descend(self, parts: tuple[str, ...]) -> int:
        """Open the last of `parts`, each from the one before; raises OSError."""
        at = self._handle
        for number, part in enumerate(parts, start=1):
            how = _ORDINARY if number == len(parts) else _PASSING | os.O_NOFOLLOW
            try:
                below = os.open(part, how, dir_fd=at)
            except OSError:
                if stat.S_ISLNK(os.stat(part, dir_fd=at, follow_symlinks=False).st_mode):
                    raise _LinkError(self.path.joinpath(*parts[:number])) from None
                raise
            finally:
                if at != self._handle:
                    os.close(at)
            at = below
        return at

    def _go(self, parts: tuple[str, ...]) -> int:
        """Open the last of `parts` by its path, -1 for a folder; raises OSError."""
        path = self.path
        for part in parts:
            path = path / part
            about = path.lstat()
            if stat.S_ISLNK(about.st_mode) or getattr(about, "st_reparse_tag", 0) & _NAME_SURROGATE:
                raise _LinkError(path)
        return -1 if stat.S_ISDIR(about.st_mode) else os.open(path, _ORDINARY)


class _LinkError(OSError):
    """A step of a path is a link."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path


def _fault(path: Path, error: OSError | ValueError) -> GraderError:
    where = inert(str(path))
    match error:
        case _LinkError():
            return SubmissionError(
                say("{path} is a link; links are not followed.", path=inert(str(error.path))),
                hint=say("Hand in the file or folder that the link leads to, or give its path."),
                at=Span(path=inert(str(path), 1000)),
            )
        case FileNotFoundError() | NotADirectoryError():
            return UsageError(say("{path} is not there.", path=where))
    why = error.strerror if isinstance(error, OSError) else str(error)
    return UsageError(say("{path} cannot be read: {why}", path=where, why=inert(why or "")))


class FoundFile(Struct, frozen=True, kw_only=True):
    """A file that is the submission: its name in reports, its path for spans, its suffix, its bytes.

    `beside` returns the bytes of a helper module in the same folder, or None, and raises SubmissionError for one that
    cannot be taken. Without it the file has no helper modules. `handed_in` has the data files beside it, if any belong
    to it. `chosen` says why this file was taken, where it is not obvious.
    """

    name: Inert
    path: Inert
    suffix: str
    data: bytes
    beside: Callable[[str], bytes | None] | None
    handed_in: HandedIn | None = None
    chosen: Message | None = None


_DEEPEST = 5
_MOST_FILES = 5000
_PASSED_OVER = frozenset({"__pycache__", "__MACOSX", "node_modules", "site-packages", "venv", "env"})


def in_file(
    file: BinaryIO,
    path: Path,
    sought: Sought,
    beside: Callable[[str], bytes | None] | None,
    handed_in: HandedIn | None,
) -> FoundFile:
    """Return a submission that is one file, `path`.

    `beside` returns its helper modules, if it has any, and `handed_in` its data files. A module that defines a graded
    function may be another student's work: it is not taken, and a remark says so.
    """

    def not_graded(module: str) -> bytes | None:
        found = beside(module) if beside is not None else None
        if found is not None and defines(found, sought.names):
            raise SubmissionError(
                say("It defines a graded function, so it may be another student's. Hand in a folder or a .zip.")
            )
        return found

    return FoundFile(
        name=inert(path.name),
        path=inert(str(path), 1000),
        suffix=path.suffix.lower(),
        data=read(file, str(path)),
        beside=not_graded if beside is not None else None,
        handed_in=handed_in,
    )


def twin_of(folder: Folder, file: str, found: FoundFile, sought: Sought) -> FoundFile | None:
    """Return the script or notebook of the same name beside `file` that is written where this one is still a stub."""
    other = PurePosixPath(file).with_suffix(".py" if found.suffix == ".ipynb" else ".ipynb")
    place = Path(found.path).with_suffix(other.suffix)
    data = _glance(folder, str(other))
    if not look(data, sought, str(place)).written:
        return None
    return replace(
        found,
        name=inert(place.name),
        path=inert(str(place), 1000),
        suffix=other.suffix,
        data=data,
        chosen=instead_of(Path(found.path).name, place.name),
    )


def in_folder(folder: Folder, path: Path, sought: Sought) -> FoundFile:
    """Return the submission in the folder at `path`.

    Raises UsageError if there is none, or several; SubmissionError where a link stands in its place.
    """
    every = sorted(_walk(folder, path, ("",)))
    files = [file for file in every if file.lower().endswith(SUFFIXES)]
    if not files and (links := sorted(_walk(folder, path, SUFFIXES if every else ("",), links=True))):
        raise _fault(path / links[0], _LinkError(path / links[0]))
    files = files or every
    chosen, why = choose(files, lambda file: _glance(folder, file), sought, str(path))
    place = path / chosen
    called = path.name if path.name not in ("", "..") else path.resolve().name
    return FoundFile(
        name=inert(f"{called}/{chosen}"),
        path=inert(str(place), 1000),
        suffix=place.suffix.lower(),
        data=_read_in(folder, chosen, str(place)),
        beside=lambda module: helper(folder, chosen, module),
        handed_in=HandedIn(
            paths=lambda: every,
            folder=str(PurePosixPath(chosen).parent),
            read=lambda name: _read_in(folder, name, name, LARGEST),
        ),
        chosen=why,
    )


def files_beside(folder: Folder, file: str) -> HandedIn:
    """Return the files in the folder that holds `file`, and below it; none where there are too many to look through."""
    above = str(PurePosixPath(file).parent)

    def paths() -> list[str]:
        with folder.open(above) as own:
            try:
                return [*_walk(own, folder.path / above, ("",))] if isinstance(own, Folder) else []
            except GraderError:
                return []

    return HandedIn(
        paths=paths, folder="", read=lambda name: _read_in(folder, str(PurePosixPath(above, name)), name, LARGEST)
    )


def packed(folder: Folder, path: Path) -> str | None:
    """Return the only .zip in the folder at `path`, None if there is none, or code beside it.

    Raises UsageError for several.
    """
    archives = []
    for name in _walk(folder, path, (*SUFFIXES, ".zip")):
        if not name.lower().endswith(".zip"):
            return None
        if is_work(name):
            archives.append(name)
    if len(archives) > 1:
        raise several_in(str(path), sorted(archives))
    return archives[0] if archives else None


def read(file: BinaryIO, where: str, most: int = 0) -> bytes:
    """Return the bytes of a file.

    Raises SubmissionError if it is not an ordinary file, or larger than `most` bytes (0: what its kind may have).
    """
    at = Span(path=inert(where, 1000))
    about = os.fstat(file.fileno())
    if not stat.S_ISREG(about.st_mode):
        raise SubmissionError(say("{path} is not an ordinary file.", path=inert(where)), at=at)
    limit = most or (NOTEBOOK if where.lower().endswith(".ipynb") or _begins_as_json(file) else SCRIPT)
    if about.st_size > limit:
        raise too_large(about.st_size, limit, at)
    try:
        data = file.read(limit + 1)
    except OSError as error:
        raise UsageError(
            say("{path} cannot be read: {why}", path=inert(where), why=inert(error.strerror or ""))
        ) from None
    if len(data) > limit:
        raise too_large(len(data), limit, at)
    return data


def _begins_as_json(file: BinaryIO) -> bool:
    """Return whether a file may be a notebook under another name."""
    try:
        begin = file.read(16)
        file.seek(0)
    except OSError:  # it is read again, and then it is said
        return False
    return begin.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{")


def _read_in(folder: Folder, name: str, where: str, most: int = 0) -> bytes:
    with folder.open(name) as file:
        if isinstance(file, Folder):
            raise SubmissionError(
                say("{path} is not an ordinary file.", path=inert(where)), at=Span(path=inert(where, 1000))
            )
        return read(file, where, most)


def _walk(folder: Folder, path: Path, suffixes: tuple[str, ...], *, links: bool = False) -> Iterator[str]:
    """Yield the paths, relative to `folder`, of the files in it with one of the suffixes: no link, or only `links`."""
    waiting = [("", 0)]
    seen = 0
    while waiting:
        prefix, depth = waiting.pop()
        with folder.listed(prefix) as entries:
            for entry in entries:
                seen += 1
                if seen > _MOST_FILES:
                    raise UsageError(
                        say("{where} holds more than {most} files.", where=inert(str(path)), most=_MOST_FILES),
                        hint=say("Give the submission's own folder, or the file itself."),
                    )
                name = prefix + entry.name
                if entry.is_dir(follow_symlinks=False):
                    if depth < _DEEPEST and entry.name not in _PASSED_OVER and not entry.name.startswith("."):
                        waiting.append((name + "/", depth + 1))
                elif entry.name.lower().endswith(suffixes) and (
                    entry.is_symlink() if links else entry.is_file(follow_symlinks=False)
                ):
                    yield name


def _glance(folder: Folder, name: str) -> bytes:
    """Return the bytes of a candidate, none if it cannot be read."""
    try:
        return _read_in(folder, name, name)
    except (SubmissionError, UsageError):
        return b""


def helper(folder: Folder, file: str, module: str) -> bytes | None:
    """Return the bytes of a module (`a`, or `a.b` in a folder) beside `file`, None if there is none.

    Raises SubmissionError, as for a link.
    """
    place = place_of(module)
    try:
        return _read_in(folder, str(PurePosixPath(file).parent / place), place)
    except UsageError:
        return None


def place_of(module: str) -> str:
    """Return the path of a module's file."""
    return f"{module.replace('.', '/')}.py"
