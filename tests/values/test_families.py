"""Every family of values keeps within the wire's bounds and agrees with itself; another one is one module."""

import contextlib
import json
import math
import shutil
import subprocess
import sys
import tracemalloc
from base64 import b64decode
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import grader
from grader import values
from grader.comparison.seals import cells_of, grid_of, numbers_in
from grader.comparison.values import EXACT, differences
from grader.report.evidence import show_kind, show_value
from grader.values import Forged, Oversized, Refused, arrays, containers, family_of, leaves, mapped, pack, plain, unpack
from grader.values.family import DEPTH

FAMILIES = [*plain.FAMILIES, *containers.FAMILIES, *arrays.FAMILIES]
INNER = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.complex_numbers(allow_nan=False)
    | st.text(max_size=9)
    | st.floats(allow_nan=False).map(np.float64)
    | st.lists(st.integers(-9, 9), max_size=5).map(np.array)
)
VALUES = st.recursive(
    INNER,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(st.text(max_size=3) | st.integers(-9, 9), inner, max_size=4)
    ),
    max_leaves=8,
)
JSON = st.recursive(
    st.none() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(["f8", "b1", "nan", "-1f"]),
    lambda inner: st.lists(inner, max_size=4) | st.tuples(st.sampled_from(sorted(values.TAGS)), inner).map(list),
    max_leaves=9,
)


def packed_size(value, room):
    return sum(map(len, pack(value, room).buffers))


@pytest.mark.parametrize("tag", sorted(values.TAGS))
@settings(max_examples=60)
@given(rest=st.lists(JSON, max_size=4), body=st.binary(max_size=64))
def test_whatever_follows_a_tag_is_a_value_that_can_be_passed_on_or_forged(tag, rest, body):
    try:
        value = unpack([tag, *rest], body)
    except Forged:
        return
    assert packed_size(value, 1 << 20) <= 2 * len(body) + 64
    again = unpack(*joined(value))
    assert repr(joined(again)) == repr(joined(value))  # what the wire does not carry differs from itself
    assert "x" in repr(joined(value)) or differences(again, value, EXACT) == []


def joined(value):
    packed = pack(value, 1 << 20)
    return packed.node, b"".join(packed.buffers)


@pytest.mark.parametrize("tag", sorted(values.TAGS))
def test_no_tag_makes_more_of_a_node_than_it_is_long(tag):
    huge = (1 << 40, [1 << 40], "f" * 16_000, "f8", [[]] * 5_000, ["a", "f8", [1 << 61, 0]])
    tracemalloc.start()
    try:
        for one in huge:
            for node in ([tag, one], [tag, one, one], [tag, "f8", one], [tag, "b1", [0, one]]):
                tracemalloc.reset_peak()
                before = tracemalloc.get_traced_memory()[1]
                with contextlib.suppress(Forged):
                    unpack(node, b"")
                assert tracemalloc.get_traced_memory()[1] - before < 2 << 20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("tag", [tag for tag, (_, container) in values.TAGS.items() if container])
def test_a_container_is_no_deeper_than_the_wire_allows(tag):
    value = unpack([tag], b"")
    node = [tag]
    for _ in range(DEPTH):
        node = [tag, ["k", node]] if family_of(value).compared_as == "dict" else [tag, node]
    with pytest.raises(Forged):
        unpack(node, b"")


@given(VALUES, st.integers(0, 200))
def test_no_value_takes_more_room_than_it_is_given(value, room):
    try:
        assert packed_size(value, room) <= room
    except Oversized:
        assert packed_size(value, 1 << 20) + sum(len(text) for text in texts(value)) > room


def texts(value):
    """Return what counts as text: texts, and numbers that are written out."""
    for key in (key for family in [family_of(value)] if family.compared_as == "dict" for key in value):
        yield from [key] if isinstance(key, str) else []
    if isinstance(value, str):
        yield value
    elif isinstance(value, int) and value.bit_length() > 63:
        yield f"{value:x}"
    for _, item in values.parts(value):
        yield from texts(item)


def test_what_belongs_to_no_family_is_refused_by_name():
    for value in ({1, 2}, b"octets", range(3), object(), np.array(["a"]), np.datetime64("2026-01-01")):
        with pytest.raises(Refused):
            pack(value, 100)
        assert values.compared_as(value) == "strange"


@given(VALUES)
def test_every_family_agrees_with_itself(value):
    family = family_of(value)
    assert family in FAMILIES
    assert differences(value, value, EXACT) == []
    assert differences(mapped(value, lambda each: each), value, EXACT) == []
    assert len(show_value(value)) <= 60
    assert show_kind(value).isprintable()


@given(VALUES)
def test_a_literal_has_the_value(value):
    def literal(one):
        return family_of(one).literal(one, literal)

    names = {"np": np, "nan": math.nan, "inf": math.inf, "b64decode": b64decode}
    again = eval(literal(value), names)
    unlike = [each for each in differences(again, value, EXACT) if each.category != "dtype"]
    assert unlike == []


@given(VALUES)
def test_equal_values_share_their_cells(value):
    again = unpack(*joined(value))
    grids = [grid_of(each, EXACT, lambda: 0.5, None) for each in numbers_in(value) if not beyond(each)]
    if len(grids) == len(list(numbers_in(value))):
        assert cells_of(value, tuple(grids), EXACT) == cells_of(again, tuple(grids), EXACT) is not None


def beyond(number):
    return type(number) is int and abs(number) >> 62


@given(VALUES)
def test_the_walk_finds_every_leaf_where_it_is(value):
    for path, leaf in leaves(value):
        there = value
        for key in path:
            there = there[key]
        assert there is leaf or isinstance(value, np.ndarray)


OCTETS = '''
"""Bytes: ["o"], the next buffer."""

from .family import Family, only


def _pack(packer, value, _):
    packer.add(len(value), lambda: bytes(value))
    return ["o", len(value)]


def _make(unpacker, node, _):
    return bytes(unpacker.take(only(node, int)))


class Octets(Family):
    compared_as = "bytes"
    packs = {bytes: _pack}
    tags = {"o": _make}


FAMILIES = (Octets(),)
'''
SEEN = """
import json, sys
sys.path.insert(0, sys.argv[1])
import grader
assert grader.__file__.startswith(sys.argv[1])
from grader.comparison import differences
from grader.comparison.seals import cells_of
from grader.execution import open_engine
from grader.model import Call, Comparison, Limits, Source
from grader.report.evidence import show_kind, show_value
from grader.values import family_of, type_names

text = "def f(x): return {'reply': x + b'!', 'all': (x, 1.5)}"
engine = open_engine()
calls = [Call(function="f", arguments=(octets,)) for octets in (b"right", b"wrong")]
ran = engine.run(Source(path="work.py", text=text, digest="", modules=()), calls, {"f": Limits()})
engine.close()
want = {"reply": b"right!", "all": (b"right", 1.5)}
right, wrong = (outcome.value for outcome in ran.outcomes)
print(json.dumps({
    "shown": show_value(right),
    "kind": show_kind(right["reply"]),
    "right": len(differences(right, want, Comparison())),
    "wrong": [each.output for each in differences(wrong, want, Comparison())],
    "form": [each.category for each in differences(right, {**want, "reply": "right!"}, Comparison())],
    "digest": cells_of(right["reply"], (), Comparison()) == cells_of(b"right!", (), Comparison()) != None,
    "literal": family_of(b"").literal(b"right", repr),
    "types": type_names(),
}))
"""


def test_a_family_is_one_module_and_its_place_in_the_list(tmp_path):
    house = tmp_path / "grader"
    shutil.copytree(Path(grader.__file__).parent, house, ignore=shutil.ignore_patterns("__pycache__", "locale"))
    (house / "values" / "octets.py").write_text(OCTETS, "utf-8")
    listed = house / "values" / "__init__.py"
    text = listed.read_text("utf-8")
    assert text.count("enlist(containers.FAMILIES)\n") == 1
    text = text.replace("import containers, functions, plain", "import containers, functions, octets, plain")
    text = text.replace("enlist(containers.FAMILIES)\n", "enlist(containers.FAMILIES)\nenlist(octets.FAMILIES)\n")
    listed.write_text(text, "utf-8")
    done = subprocess.run(
        [sys.executable, "-I", "-c", SEEN, str(tmp_path)], capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "shown": "{'reply': b'right!', 'all': (b'right', 1.5)}",
        "kind": "bytes",
        "right": 0,
        "wrong": ["['reply']", "['all'][0]"],
        "form": ["type"],
        "digest": True,
        "literal": "b'right'",
        "types": ["str", "bool", "int", "float", "complex", "tuple", "list", "dict", "bytes", "array"],
    }
