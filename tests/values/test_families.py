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
from grader.values import (
    Forged,
    Oversized,
    Refused,
    arrays,
    containers,
    dates,
    exact,
    family_of,
    frames,
    items,
    leaves,
    mapped,
    pack,
    plain,
    records,
    sets,
    sparse,
    unpack,
)
from grader.values.family import DEPTH

MODULES = (plain, containers, records, sets, exact, dates, arrays, items, sparse, frames)
FAMILIES = [family for module in MODULES for family in module.FAMILIES]
values.with_arrays()
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


AROUND = {
    "t": lambda node: ["t", node],
    "l": lambda node: ["l", node],
    "d": lambda node: ["d", ["k", node]],
    "z": lambda node: ["z", node],
    "s": lambda node: ["s", ["t", node]],
    "r": lambda node: ["r", "Point", ["x"], node],
    "N": lambda node: ["N", "Point", ["x"], node],
    "O": lambda node: ["O", [1], node],
    "v": lambda node: ["v", [1], ["x"], node],
    "S": lambda node: ["S", None, [[None], 0, 1, 1], ["object", ["O", [1], node]]],
    "F": lambda node: ["F", [[None], 0, 1, 1], [[None], 0, 1, 1], [["object", ["O", [1], node]]]],
}
"""A container of each tag around a node."""


@pytest.mark.parametrize("tag", [tag for tag, (_, container) in values.TAGS.items() if container])
def test_a_container_is_no_deeper_than_the_wire_allows(tag):
    node = 1
    for _ in range(DEPTH + 1):
        node = AROUND[tag](node)
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
    for value in (object(), iter(()), {}.keys(), print, memoryview(b""), np.ma.array(["a"])):
        with pytest.raises(Refused):
            pack(value, 100)
        assert values.compared_as(value) == "strange" or isinstance(value, np.ndarray)


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


SLICES = '''
"""Slices: ["/", start, stop, step]."""

from .family import Family, Forged


def _pack(packer, value, depth):
    return ["/", *(packer.pack(each, depth) for each in (value.start, value.stop, value.step))]


def _make(unpacker, node, depth):
    if len(node) != 4:
        raise Forged("no slice")
    return slice(*(unpacker.value(each, depth + 1) for each in node[1:]))


class Slice(Family):
    compared_as = "slice"
    packs = {slice: _pack}
    tags = {"/": _make}


FAMILIES = (Slice(),)
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

text = "def f(x): return {'reply': slice(x.start, x.stop, 2), 'all': (x, 1.5)}"
engine = open_engine()
calls = [Call(function="f", arguments=(given,)) for given in (slice(0, 3), slice(0, 4))]
ran = engine.run(Source(path="work.py", text=text, digest="", modules=()), calls, {"f": Limits()})
engine.close()
want = {"reply": slice(0, 3, 2), "all": (slice(0, 3), 1.5)}
right, wrong = (outcome.value for outcome in ran.outcomes)
print(json.dumps({
    "shown": show_value(right),
    "kind": show_kind(right["reply"]),
    "right": len(differences(right, want, Comparison())),
    "wrong": [each.output for each in differences(wrong, want, Comparison())],
    "form": [each.category for each in differences(right, {**want, "reply": "0:3"}, Comparison())],
    "digest": cells_of(right["reply"], (), Comparison()) == cells_of(slice(0, 3, 2), (), Comparison()) != None,
    "literal": family_of(slice(1)).literal(slice(1), repr),
    "types": type_names(),
}))
"""


def test_a_family_is_one_module_and_its_place_in_the_list(tmp_path):
    house = tmp_path / "grader"
    shutil.copytree(Path(grader.__file__).parent, house, ignore=shutil.ignore_patterns("__pycache__", "locale"))
    (house / "values" / "slices.py").write_text(SLICES, "utf-8")
    listed = house / "values" / "__init__.py"
    text = listed.read_text("utf-8")
    assert text.count("enlist(containers.FAMILIES)\n") == 1
    text = text.replace("import containers, ", "import slices, containers, ")
    text = text.replace("enlist(containers.FAMILIES)\n", "enlist(containers.FAMILIES)\nenlist(slices.FAMILIES)\n")
    listed.write_text(text, "utf-8")
    done = subprocess.run(
        [sys.executable, "-I", "-c", SEEN, str(tmp_path)], capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "shown": "{'reply': slice(0, 3, 2), 'all': (slice(0, 3, None), 1.5)}",
        "kind": "slice",
        "right": 0,
        "wrong": ["['reply']", "['all'][0]"],
        "form": ["type"],
        "digest": True,
        "literal": "slice(None, 1, None)",
        "types": [
            "str",
            "bool",
            "int",
            "float",
            "complex",
            "tuple",
            "list",
            "dict",
            "slice",
            "set",
            "frozenset",
            "bytes",
            "bytearray",
            "range",
            "array",
        ],
    }
