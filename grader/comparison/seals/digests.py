"""Digests of cells: fast where nobody could guess them, slow where somebody might."""

from __future__ import annotations

from collections.abc import Iterable

COST = 14
"""The binary logarithm of scrypt's N where guessing is made slow: 16 MiB and some 50 ms a guess."""
BLOCK = 8


def digest(cells: Iterable[bytes], salt: bytes, cost: int) -> str:
    """Return the digest of several outputs' cells in hexadecimal (SHA-256; scrypt with N = 2**cost where cost > 0)."""
    from hashlib import scrypt, sha256

    whole = sha256(salt)
    for each in cells:
        whole.update(sha256(each).digest())
    if not cost:
        return whole.hexdigest()
    memory = 128 * BLOCK * ((1 << cost) + 8)  # RFC 7914, section 2: N + p blocks of 128 r bytes, and a little more
    return scrypt(whole.digest(), salt=salt, n=1 << cost, r=BLOCK, p=1, maxmem=memory, dklen=32).hex()
