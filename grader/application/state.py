"""What an application keeps between two runs: a plain value in a file of the user's own."""

from __future__ import annotations

import json
import time
from base64 import b64decode, b64encode
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import msgspec
from msgspec import Struct

from grader.desk.own_files import read_own, write_own
from grader.model import Value
from grader.values import Forged, Oversized, Refused, pack, unpack
from grader.values.family import NODES

MOST_BYTES = 32 << 20
MOST_KEPT = 16 << 20
"""Bytes of a state; as text in the file they are a third more."""
WRITTEN = 2.0  # seconds between two times that a state is written
_MOST_SIGNS = 32 * NODES  # of JSON, in all texts too: read, as many weigh 200 MB


class _Kept(Struct, frozen=True, kw_only=True):
    """The state as it is written: its node is JSON by itself, for a text may hold what UTF-8 has no place for."""

    module: str
    node: str
    data: str


class KeptState:
    """What one submission's application keeps, in memory and, some time after each change, in a file.

    The file lies beside the rubric, in the folder for what the grader notes there. It is of the module and the data
    with one digest: another module's state is not read. Several runs on one submission may write it: what a run has not
    changed it does not write.
    """

    def __init__(self, rubric: Path, submission: Path, digest: str) -> None:
        whose = sha256(f"{rubric.name}\0{submission.absolute()}".encode("utf-8", "surrogateescape")).hexdigest()[:16]
        self._rubric, self._name, self._digest = rubric, f"application-{whose}.json", digest
        self._changed, self._written = False, 0.0
        self.value: Value = self._read()
        """What is kept, `None` if nothing is."""

    def keep(self, value: Value) -> None:
        """Keep `value` from now on; `None` forgets what was kept. It is written at the next `save` that is due."""
        self.value, self._changed = value, True

    def save(self, *, at_once: bool = False) -> None:
        """Write what was changed, if that is due: training changes it several times a second.

        Where it cannot be written, as in a folder that many share, it lasts as long as the run.
        """
        if not self._changed or (not at_once and time.monotonic() - self._written < WRITTEN):
            return
        self._changed, self._written = False, time.monotonic()
        with suppress(Refused, Oversized, OSError):
            node, buffers = pack(self.value, MOST_KEPT, by_name=True)
            data = b64encode(b"".join(bytes(each) for each in buffers)).decode()
            kept = _Kept(module=self._digest, node=json.dumps(node, separators=(",", ":")), data=data)
            write_own(self._rubric, self._name, msgspec.json.encode(kept))

    def _read(self) -> Value:
        data = read_own(self._rubric, self._name, MOST_BYTES)
        with suppress(msgspec.MsgspecError, ValueError, Forged, RecursionError):
            kept = msgspec.json.decode(data or b"", type=_Kept)
            if kept.module == self._digest and sum(map(kept.node.count, "[{,")) <= _MOST_SIGNS:
                state: Value = unpack(json.loads(kept.node), bytearray(b64decode(kept.data, validate=True)))
                return state
        return None
