"""The wire: what may cross it does, unchanged; what may not is refused on either side, whatever the bytes."""

import contextlib
import math
import tracemalloc

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as nps

from grader.execution.answers import happenings, outcome, question
from grader.execution.boards import Connection
from grader.execution.wire import HEAD, MAGIC, frame_bytes
from grader.values import Forged, Oversized, Refused, pack, unpack

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(-(2**400), 2**400)
    | st.floats()
    | st.complex_numbers()
    | st.text(st.characters(exclude_categories=()), max_size=20)
)
DTYPES = (
    nps.boolean_dtypes()
    | nps.integer_dtypes()
    | nps.unsigned_integer_dtypes()
    | nps.floating_dtypes(sizes=(16, 32, 64))
    | nps.complex_number_dtypes(sizes=(64, 128))
)
ARRAYS = nps.arrays(DTYPES, nps.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4))
VALUES = st.recursive(
    SCALARS | ARRAYS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(st.text(max_size=5) | st.integers(-(2**62), 2**62), inner, max_size=4)
    ),
    max_leaves=12,
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from("ifcntlda"),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=15,
)


def _nested(node, depth):
    return ["l", _nested(node, depth - 1)] if depth else node


def crossed(value):
    """Return `value` after it has been through a line, as the grader reads it."""
    packed = pack(value, 1 << 20)
    line = fed(frame_bytes({"value": packed.node}, packed.buffers))
    frame = line.take()
    assert line.take() is None and not line.incoming
    return unpack(frame.header["value"], frame.body)


def fed(pieces, limit=1 << 20):
    line = Connection((-1, -1), -1, 0, lambda: None, lambda: 0)
    line.begin(limit)
    line.incoming += b"".join(pieces)
    return line


def same(got, want):
    if isinstance(want, (np.float64, np.complex128)):
        return type(got) is type(want) and same(got.item(), want.item())
    if isinstance(want, np.ndarray):
        little = want.dtype.newbyteorder("=")
        return (
            type(got) is np.ndarray
            and (got.dtype, got.shape) == (little, want.shape)
            and np.array_equal(got, want, equal_nan=want.dtype.kind in "fc")
        )
    if type(want) in (tuple, list):
        return type(got) is type(want) and len(got) == len(want) and all(map(same, got, want))
    if type(want) is dict:
        return type(got) is dict and list(got) == list(want) and all(same(got[key], want[key]) for key in want)
    if type(want) is complex:
        return type(got) is complex and same(got.real, want.real) and same(got.imag, want.imag)
    if type(want) is float:
        return type(got) is float and (math.isnan(got) if math.isnan(want) else repr(got) == repr(want))
    return type(got) is type(want) and got == want


@given(VALUES)
def test_values_cross_unchanged(value):
    assert same(crossed(value), value)


@given(ARRAYS)
def test_arrays_come_back_whole_whatever_their_strides(array):
    for view in (array.T, array[..., ::-1] if array.ndim else array, np.asfortranarray(array)):
        assert same(crossed(view), view)


@given(VALUES)
def test_copies_are_writable_and_own_their_data(value):
    packed = pack([value], 1 << 20)
    for part in _arrays(unpack(packed.node, bytes(b"".join(packed.buffers)), copied=True)):
        assert part.flags.writeable and part.flags.owndata


def _arrays(value):
    if isinstance(value, np.ndarray):
        yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, (list, tuple)) else ():
        yield from _arrays(part)


@given(JSON, st.binary(max_size=64))
@example(["a", "f8", [0, 1 << 61, 1 << 61]], b"")
@example(["a", "f8", [1 << 61]], b"")
@example(["a", "f8", [-1]], b"")
@example(["a", "f8", [2.0]], bytes(16))
@example(["a", "f8", [True]], bytes(16))
@example(["a", "O8", [1]], bytes(16))
@example(["a", "f8", [1] * 33], bytes(16))
@example(["i", "f" * 20_000], b"")
@example(["d", [["l"], 1]], b"")
@example(["d", ["a", 1], ["a", 2]], b"")
@example(["n", "text"], b"")
@example(["c", 1, 2], b"")
@example([["l"], 1], b"")
@example([], b"")
@example({}, b"")
@example(1 << 63, b"")
@example(["i", "1" + "0" * 16_384], b"")
@example(["i", "-" + "f" * 16_384], b"")
@example(["d", [["i", "ff"], 1]], b"")
@example(_nested(["n", ["c", ["f", "nan"], 0.0]], 15), b"")
@example(_nested(["n", ["c", ["f", "nan"], 0.0]], 16), b"")
@example(_nested(["n", ["c", ["f", "nan"], 0.0]], 17), b"")
@example(math.nan, b"")
@example(["l"] + [0] * 100_001, b"")
def test_any_node_is_a_plain_value_or_forged(node, body):
    try:
        value = unpack(node, body)
    except Forged:
        return
    assert same(crossed(value), value)  # what can be read can be passed on


def test_nesting_is_bounded_on_both_sides():
    node, value = 0, 0
    for _ in range(40):
        node, value = ["l", node], [value]
    with pytest.raises(Forged):
        unpack(node, b"")
    with pytest.raises(Refused):
        pack(value, 100)


def test_a_byte_that_is_no_bool_becomes_one():
    got = unpack(["a", "b1", [3]], bytes([0, 2, 255]) + bytes(13))
    assert got.tolist() == [False, True, True] and (got == np.array([False, True, True])).all()


@given(st.binary(max_size=200) | st.binary(max_size=100).map(lambda tail: MAGIC + tail))
def test_any_bytes_are_a_frame_or_too_few_or_forged(data):
    line = fed([data])
    try:
        while line.take() is not None:
            pass
    except Forged:
        pass


@settings(max_examples=200)
@given(VALUES, st.integers(0, 10_000), st.binary(min_size=1, max_size=6), st.booleans())
def test_a_changed_answer_is_an_outcome_or_forged(value, place, patch, cut):
    packed = pack(value, 1 << 20)
    header = {"id": "x", "was": "returned", "value": packed.node, "seconds": 0.1, "peak": 3}
    data = bytearray(b"".join(frame_bytes(header, packed.buffers)))
    place %= len(data)
    data[place : place if cut else place + len(patch)] = patch
    line = fed([data])
    try:
        frame = line.take()
        if frame is not None:
            outcome(frame, "")
    except Forged:
        pass


FIELDS = ["was", "value", "arguments", "seconds", "peak", "type", "message", "parents", "frames", "reason"]


@given(st.dictionaries(st.sampled_from(FIELDS), JSON))
def test_any_header_is_an_answer_or_forged(header):
    for read in (lambda frame: outcome(frame, ""), question, happenings):
        for was in ("returned", "raised", "stopped", "absent", header.get("was")):
            line = fed(frame_bytes({**header, "was": was}))
            with contextlib.suppress(Forged):
                read(line.take())


def test_an_announced_length_is_checked_before_anything_is_kept():
    for text, body in ((1 << 31, 0), (2, 1 << 62), (2, (1 << 20) + 1)):
        with pytest.raises(Forged):
            fed([HEAD.pack(MAGIC, text, body)]).take()


def test_a_small_frame_makes_no_large_thing():
    """What a frame unpacks to stays within a small multiple of its own length."""
    nodes = [["a", "f8", [1 << 40]], ["a", "b1", [0, 1 << 61]], ["i", "f" * 16_000], ["l", *[["l"]] * 5_000]]
    tracemalloc.start()
    try:
        for node in nodes:
            tracemalloc.reset_peak()
            before = tracemalloc.get_traced_memory()[1]
            with contextlib.suppress(Forged):
                unpack(node, b"")
            assert tracemalloc.get_traced_memory()[1] - before < 2 << 20
    finally:
        tracemalloc.stop()


def test_a_header_too_long_to_be_read_is_not_written():
    with pytest.raises(Oversized):
        frame_bytes({"value": "x" * (3 << 20)})


def test_room_is_kept_to():
    with pytest.raises(Oversized):
        pack([np.zeros(10), np.zeros(10)], 100)
    with pytest.raises(Oversized):
        pack("x" * 101, 100)
    assert sum(map(len, pack(np.zeros(12), 96).buffers)) == 96
