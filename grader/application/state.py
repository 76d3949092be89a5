"""What an application keeps between two runs: a plain value in a file of the user's own."""

from __future__ import annotations

import json
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
_MOST_SIGNS = 32 * NODES  # of JSON, in all texts too: read, as many weigh 200 MB


class _Kept(Struct, frozen=True, kw_only=True):
    """The state as it is written: its node is JSON by itself, for a text may hold what UTF-8 has no place for."""

    module: str
    node: str
    data: str


class StateFile:
    """The state of one submission in the application whose module has this text.

    It lies beside the rubric, in the folder for what the grader notes there. Another module's state is not read.
    """

    def __init__(self, rubric: Path, submission: Path, module: str) -> None:
        whose = sha256(f"{rubric.name}\0{submission.absolute()}".encode("utf-8", "surrogateescape")).hexdigest()[:16]
        self._rubric, self._name = rubric, f"application-{whose}.json"
        self._module = sha256(module.encode("utf-8", "surrogatepass")).hexdigest()

    def read(self) -> Value:
        """Return what is kept, `None` if nothing is or the file is damaged."""
        data = read_own(self._rubric, self._name, MOST_BYTES)
        with suppress(msgspec.MsgspecError, ValueError, Forged, RecursionError):
            kept = msgspec.json.decode(data or b"", type=_Kept)
            if kept.module == self._module and sum(map(kept.node.count, "[{,")) <= _MOST_SIGNS:
                state: Value = unpack(json.loads(kept.node), bytearray(b64decode(kept.data, validate=True)))
                return state
        return None

    def write(self, state: Value) -> None:
        """Keep `state`. Where that cannot be written, as in a folder that many share, it lasts as long as the run."""
        with suppress(Refused, Oversized, OSError):
            node, buffers = pack(state, MOST_BYTES // 2, by_name=True)
            data = b64encode(b"".join(bytes(each) for each in buffers)).decode()
            kept = _Kept(module=self._module, node=json.dumps(node, separators=(",", ":")), data=data)
            write_own(self._rubric, self._name, msgspec.json.encode(kept))

    def forget(self) -> None:
        """Keep nothing any more."""
        self.write(None)
