"""The wire between grader and worker: frames of a JSON header and raw buffers, and the values that may cross.

Nothing here runs what it reads: no pickle, no `np.load`. Both sides use it; the worker's side may lie, so the reading
half is strict about every length, kind and count, and raises only `Forged`. Needs the standard library and numpy.
"""

from .frames import Buffer, Forged, Frame, Oversized, frame_bytes, parse_frame, parse_head
from .packing import Packed, Refused, pack
from .unpacking import unpack, unpack_all

__all__ = [
    "Buffer",
    "Forged",
    "Frame",
    "Oversized",
    "Packed",
    "Refused",
    "frame_bytes",
    "pack",
    "parse_frame",
    "parse_head",
    "unpack",
    "unpack_all",
]
