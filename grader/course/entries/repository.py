"""A student's git repository, read without git.

Git runs what a repository's own files tell it to: hooks, `core.fsmonitor`, `core.sshCommand`, `gpg.program` (`git log`
where `log.showSignature` is set), the promisor of a partial clone (any command that misses an object). Safe settings on
the command line answer the dangers that are known today. A checkout's times and trees need little of git, so this
little is read here: references, loose objects and packs (gitformat-pack(5): index version 2, both kinds of deltas).
Nothing is followed out of `.git`: no link, no `.git` file, no alternates; every size is bounded.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from itertools import islice
from typing import BinaryIO

from grader.course.entries.times import plausible
from grader.errors import GraderError
from grader.submission.reading import Folder

_REF = re.compile(r"refs/[A-Za-z0-9._/+=@,-]{1,300}")
_SHA = re.compile(r"[0-9a-f]{40}")
_COMMITTER = re.compile(rb"^committer [^\n]*> (\d{1,12}) ([+-])(\d\d)(\d\d)$", re.MULTILINE)
_MOST_REFS = 2000
_MOST_PACKS = 200
_LARGEST = 32 << 20
_LONGEST_CHAIN = 200
_KINDS = {1: "commit", 2: "tree", 3: "blob", 4: "tag"}


class Repository:
    """The objects and references below a folder's `.git`. A method returns `None` for what is not there or is odd."""

    def __init__(self, base: Folder, inside: str) -> None:
        self._base = base
        self._git = f"{inside}/.git" if inside not in ("", ".") else ".git"
        self._packs: list[str] | None = None

    def head(self) -> str | None:
        """Return the commit that is checked out."""
        text = self._text("HEAD").strip()
        return self.reference(text[5:]) if text.startswith("ref: ") else _sha(text)

    def reference(self, name: str) -> str | None:
        """Return what a reference (`refs/heads/main`) names."""
        if not _REF.fullmatch(name) or ".." in name:
            return None
        return _sha(self._text(name).strip()) or self._packed().get(name)

    def tags(self, prefix: str) -> dict[str, str]:
        """Return the commits of the tags below `prefix` ("submit"), by their names."""
        start = f"refs/tags/{prefix}/"
        names = {name for name in self._packed() if name.startswith(start)} | set(self._loose(start.rstrip("/")))
        found = {name.removeprefix("refs/tags/"): self._commit(self.reference(name)) for name in sorted(names)}
        return {name: commit for name, commit in found.items() if commit is not None}

    def time(self, commit: str) -> datetime | None:
        """Return when a commit was made, as its author's machine said."""
        kind, data = self.object(commit) or ("", b"")
        found = _COMMITTER.search(data) if kind == "commit" else None
        if found is None:
            return None
        minutes = (int(found[3]) * 60 + int(found[4])) * (1 if found[2] == b"+" else -1)
        try:
            return plausible(datetime.fromtimestamp(int(found[1]), timezone(timedelta(minutes=minutes))))
        except (ValueError, OverflowError, OSError):
            return None

    def tree(self, commit: str) -> str | None:
        """Return the tree of a commit."""
        kind, data = self.object(commit) or ("", b"")
        found = re.match(rb"tree ([0-9a-f]{40})\n", data) if kind == "commit" else None
        return found[1].decode() if found else None

    def entries(self, tree: str) -> Iterator[tuple[str, str, str]]:
        """Yield the mode, the name and the object of each entry of a tree."""
        kind, data = self.object(tree) or ("", b"")
        at = 0
        while kind == "tree" and (end := data.find(b"\0", at)) > 0 and end + 21 <= len(data):
            mode, _, name = data[at:end].partition(b" ")
            yield mode.decode("ascii", "replace"), name.decode("utf-8", "replace"), data[end + 1 : end + 21].hex()
            at = end + 21

    def object(self, sha: str) -> tuple[str, bytes] | None:
        """Return the kind and the bytes of an object."""
        try:
            return self._loose_object(sha) or self._packed_object(sha)
        except (zlib.error, struct.error, ValueError, OSError, IndexError):
            return None

    def _commit(self, sha: str | None) -> str | None:
        """Return the commit that a tag is for."""
        for _ in range(5):
            found = self.object(sha) if sha else None
            if found is None or found[0] == "commit":
                return sha if found else None
            match = re.match(rb"object ([0-9a-f]{40})\n", found[1]) if found[0] == "tag" else None
            sha = match[1].decode() if match else None
        return None

    def _open(self, name: str) -> BinaryIO | None:
        try:
            file = self._base.open(f"{self._git}/{name}")
        except GraderError:
            return None
        if isinstance(file, Folder):
            file.__exit__()
            return None
        return file

    def _text(self, name: str, most: int = 4096) -> str:
        file = self._open(name)
        if file is None:
            return ""
        with file:
            return file.read(most).decode("utf-8", "replace")

    def _packed(self) -> dict[str, str]:
        found = {}
        for line in self._text("packed-refs", 1 << 20).splitlines()[:_MOST_REFS]:
            sha, _, name = line.partition(" ")
            if _SHA.fullmatch(sha) and _REF.fullmatch(name):
                found[name] = sha
        return found

    def _loose(self, folder: str) -> Iterator[str]:
        waiting = [folder]
        for _ in range(_MOST_REFS):
            if not waiting:
                return
            path = waiting.pop()
            for name, is_folder in self._listed(path):
                if is_folder:
                    waiting.append(f"{path}/{name}")
                else:
                    yield f"{path}/{name}"

    def _listed(self, folder: str) -> list[tuple[str, bool]]:
        try:
            with self._base.listed(f"{self._git}/{folder}") as entries:
                kept = [(each.name, each.is_dir(follow_symlinks=False)) for each in islice(entries, _MOST_REFS)]
        except GraderError:
            return []
        return sorted(kept)

    def _loose_object(self, sha: str) -> tuple[str, bytes] | None:
        file = self._open(f"objects/{sha[:2]}/{sha[2:]}")
        if file is None:
            return None
        with file:
            data = _inflated(file, _LARGEST + 100)
        head, _, body = data.partition(b"\0")
        kind, _, size = head.decode("ascii", "replace").partition(" ")
        return (kind, body) if size.isdecimal() and int(size) == len(body) else None

    def _packed_object(self, sha: str) -> tuple[str, bytes] | None:
        if self._packs is None:
            names = [name.removesuffix(".idx") for name, _ in self._listed("objects/pack") if name.endswith(".idx")]
            self._packs = names[:_MOST_PACKS]
        for pack in self._packs:
            at = self._offset(pack, sha)
            file = self._open(f"objects/pack/{pack}.pack") if at is not None else None
            if file is not None and at is not None:
                with file:
                    return self._unpacked(file, pack, at)
        return None

    def _offset(self, pack: str, sha: str) -> int | None:
        """Return where an object stands in a pack, by its index."""
        file = self._open(f"objects/pack/{pack}.idx")
        if file is None:
            return None
        wanted = bytes.fromhex(sha)
        with file:
            if file.read(8) != b"\xfftOc\0\0\0\2":
                return None
            fan = struct.unpack(">256L", file.read(1024))
            low, high, count = (fan[wanted[0] - 1] if wanted[0] else 0), fan[wanted[0]], fan[255]
            while low < high:
                middle = (low + high) // 2
                file.seek(1032 + 20 * middle)
                here = file.read(20)
                if here == wanted:
                    file.seek(1032 + 24 * count + 4 * middle)
                    (at,) = struct.unpack(">L", file.read(4))
                    if at & 0x80000000:
                        file.seek(1032 + 28 * count + 8 * (at & 0x7FFFFFFF))
                        (at,) = struct.unpack(">Q", file.read(8))
                    return int(at)
                low, high = (middle + 1, high) if here < wanted else (low, middle)
        return None

    def _unpacked(self, file: BinaryIO, pack: str, at: int) -> tuple[str, bytes] | None:
        """Return the object at a place of a pack; deltas are applied from the object that they lead to."""
        deltas: list[bytes] = []
        while len(deltas) < _LONGEST_CHAIN and sum(map(len, deltas)) <= _LARGEST:
            file.seek(at)
            kind, size = _head(file)
            base = at - _distance(file) if kind == 6 else self._offset(pack, file.read(20).hex()) if kind == 7 else None
            data = _inflated(file, min(size, _LARGEST) + 1)
            if kind in _KINDS:
                for delta in reversed(deltas):
                    data = _applied(data, delta)
                return (_KINDS[kind], data) if len(data) <= _LARGEST else None
            if base is None:
                return None
            deltas.append(data)
            at = base
        return None


def _sha(text: str) -> str | None:
    return text if _SHA.fullmatch(text) else None


def _inflated(file: BinaryIO, most: int) -> bytes:
    """Return what is packed from here on, at most so many bytes."""
    unpacker, parts, room = zlib.decompressobj(), [], most
    while not unpacker.eof and room > 0 and (piece := unpacker.unconsumed_tail or file.read(1 << 16)):
        parts.append(unpacker.decompress(piece, room))
        room -= len(parts[-1])
    return b"".join(parts)


def _head(file: BinaryIO) -> tuple[int, int]:
    """Return the kind and the size that stand before an object in a pack."""
    byte = file.read(1)[0]
    kind, size, shift = byte >> 4 & 7, byte & 15, 4
    while byte & 0x80 and shift < 64:
        byte = file.read(1)[0]
        size |= (byte & 0x7F) << shift
        shift += 7
    return kind, size


def _distance(file: BinaryIO) -> int:
    """Return how far before a delta its base stands."""
    byte = file.read(1)[0]
    distance = byte & 0x7F
    for _ in range(9):
        if not byte & 0x80:
            return distance
        byte = file.read(1)[0]
        distance = (distance + 1 << 7) | byte & 0x7F
    raise ValueError


def _applied(base: bytes, delta: bytes) -> bytes:
    """Return what a delta makes of its base. Raises ValueError or IndexError for one that is broken."""
    at, sizes = 0, []
    for _ in range(2):
        size, shift = 0, 0
        while True:
            byte = delta[at]
            at += 1
            size |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80 or shift > 63:
                break
        sizes.append(size)
    if sizes[0] != len(base) or sizes[1] > _LARGEST:
        raise ValueError
    made = bytearray()
    while at < len(delta) and len(made) <= sizes[1]:
        code = delta[at]
        at += 1
        if not code & 0x80:
            made += delta[at : at + code]
            at += code
            continue
        start = length = 0
        for bit in range(4):
            if code >> bit & 1:
                start |= delta[at] << 8 * bit
                at += 1
        for bit in range(3):
            if code >> 4 + bit & 1:
                length |= delta[at] << 8 * bit
                at += 1
        made += base[start : start + (length or 0x10000)]
    if len(made) != sizes[1]:
        raise ValueError
    return bytes(made)
