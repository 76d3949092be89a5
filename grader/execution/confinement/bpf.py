"""A classic BPF program that decides over a system call by its number and arguments.

A program is a list of instructions (code, jt, jf, k); `struct seccomp_data` is what it loads from:
nr at 0, arch at 4, the six 64-bit arguments from 16 on (https://docs.kernel.org/userspace-api/seccomp_filter.html).
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TypeAlias

Instruction: TypeAlias = "tuple[int, int, int, int]"
Block: TypeAlias = "list[Instruction]"

ALLOW = 0x7FFF0000
KILL = 0x80000000
_REFUSE = 0x00050000

_LOAD, _JUMP, _EQUAL, _AT_LEAST, _AND, _RETURN = 0x20, 0x05, 0x15, 0x35, 0x54, 0x06
NUMBER, ARCHITECTURE = 0, 4


def refuse(errno: int) -> int:
    """Return the decision "fail with `errno`"."""
    return _REFUSE | errno


def load(offset: int) -> Instruction:
    """Return the instruction that loads 32 bits of the call."""
    return (_LOAD, 0, 0, offset)


def low(argument: int) -> int:
    """Return the offset of the low half of an argument, counted from 0 (both machines are little-endian)."""
    return 16 + 8 * argument


def high(argument: int) -> int:
    """Return the offset of the high half of an argument."""
    return low(argument) + 4


def end(decision: int) -> Block:
    """Return the block that ends with `decision`."""
    return [(_RETURN, 0, 0, decision)]


def one_of(values: tuple[int, ...], then: Block, otherwise: Block) -> Block:
    """Return the block that goes on with `then` if what was loaded is one of `values`."""
    tests = [(_EQUAL, len(values) - place + len(otherwise) - 1, 0, value) for place, value in enumerate(values)]
    return [*tests, *otherwise, *then]


def mask(bits: int) -> Instruction:
    """Return the instruction that keeps only `bits` of what was loaded."""
    return (_AND, 0, 0, bits)


def search(leaves: list[tuple[int, Block]]) -> Block:
    """Return the block that goes on with the leaf in whose range the loaded number lies.

    A leaf is (first number, block), sorted; its range reaches to the next leaf's. A tree keeps the way short: this
    runs on every system call of a student's program.
    """
    if len(leaves) == 1:
        return leaves[0][1]
    middle = len(leaves) // 2
    below, above = search(leaves[:middle]), search(leaves[middle:])
    return [(_AT_LEAST, 0, 1, leaves[middle][0]), (_JUMP, 0, 0, len(below)), *below, *above]


def assemble(block: Block) -> bytes:
    """Return `block` as an array of `struct sock_filter`."""
    return b"".join(struct.pack("=HBBI", *instruction) for instruction in block)
