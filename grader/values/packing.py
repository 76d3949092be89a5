"""Values to nodes and buffers and back, by the families; nothing here runs what it reads."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from . import PACKS, TAGS, pack_of_base, with_arrays
from .family import Buffer, Node, Packer, Unpacker, Value

with_arrays()  # now: a confined worker can import nothing any more


class Packed(NamedTuple):
    """A value ready for a frame."""

    node: Node
    buffers: list[Buffer]


def pack(value: Value, room: int) -> Packed:
    """Return `value` as a node and its buffers, which take at most `room` bytes.

    Raises Refused for what the wire does not carry, Oversized for too many bytes or parts.
    """
    packer = Packer(room, PACKS, pack_of_base)
    return Packed(packer.pack(value, 0), packer.buffers)


def unpack(node: Node, body: Buffer, *, own: bool = False) -> Value:
    """Return the value that `node` spells, its arrays laid over `body` (writable if `body` is) or, if `own`, copies.

    Raises Forged for anything `pack` would not have written, bytes of `body` left over included.
    """
    return unpack_all((node,), body, own=own)[0]


def unpack_all(nodes: Iterable[Node], body: Buffer, *, own: bool = False) -> list[Value]:
    """Return the values that `nodes` spell one after the other in `body`, as `unpack` does. Raises Forged."""
    unpacker = Unpacker(body, own, TAGS)
    values = [unpacker.whole(node) for node in nodes]
    unpacker.finish()
    return values
