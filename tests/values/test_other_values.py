"""Sets, bytes, exact numbers, dates, records, other arrays, tables and sparse matrices: to a worker and back, compared.

The grader's process imports no pandas: that is done in workers of a Python that has it, and in this test.
"""

import dataclasses
import datetime
import subprocess
import sys
from collections import namedtuple
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import scipy.sparse
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.author.replay import literal
from grader.comparison.seals import cells_of, grid_of, numbers_in
from grader.comparison.values import EXACT, differences, spelt
from grader.execution import open_engine
from grader.model import Call, Comparison, Limits, Returned, Source
from grader.report.evidence import show_kind, show_rows, show_value
from grader.values import Forged, Held, Refused, family_of, fingerprint, pack, sealable, unpack

Point = namedtuple("Point", "x y")


@dataclasses.dataclass
class Box:
    """A dataclass."""

    width: float
    label: str = ""


@dataclasses.dataclass(slots=True)
class Slim:
    """A dataclass with slots."""

    width: float


FRAME = pd.DataFrame({"price": [1.5, np.nan, 2.0], "name": ["u", None, "w"], "count": [1, 2, 3]}, index=["x", "y", "z"])
EVERY = {
    "set": {1, 2.5, "a", (1, "b"), None},
    "frozenset": frozenset({3, 4}),
    "bytes": b"abc",
    "long bytes": bytes(range(256)) * 4,
    "bytearray": bytearray(b"abc"),
    "range": range(5, 0, -2),
    "Decimal": Decimal("1.50"),
    "Fraction": Fraction(1, 3),
    "date": datetime.date(2024, 1, 2),
    "datetime": datetime.datetime(2024, 1, 2, 3, 4, 5, 6, datetime.timezone(datetime.timedelta(hours=8))),
    "time": datetime.time(1, 2, 3),
    "timedelta": datetime.timedelta(1, 2, 3),
    "named tuple": Point(1.5, [2]),
    "dataclass": Box(1.5, "a"),
    "slots": Slim(2.0),
    "texts": np.array([["ab", "c"]]),
    "byte strings": np.array([b"ab", b"c"]),
    "dates": np.array(["2024-01-01", "NaT"], "M8[D]"),
    "datetime64": np.datetime64("2024-01-01T02:03"),
    "timedelta64": np.timedelta64(3, "h"),
    "structured": np.array([(1, "a"), (2, "b")], [("i", "i4"), ("s", "U3")]),
    "objects": np.array([1, "a", None, [2]], object),
    "DataFrame": FRAME,
    "Series": FRAME["price"],
    "Index": FRAME.index,
    "Categorical": pd.Categorical(["a", "b", None, "a"]),
    "NaT": pd.NaT,
    "NA": pd.NA,
    "columns of pandas": pd.DataFrame(
        {
            "zone": pd.date_range("2024", periods=3, tz="Asia/Shanghai"),
            "whole": pd.array([1, None, 3], "Int64"),
            "kind": pd.Categorical(["p", "q", "p"], ordered=True),
            "span": pd.to_timedelta([1, 2, 3], unit="s"),
            "any": [1, "x", 2.5],
        }
    ),
    "levels": FRAME.set_index(["name", "count"]),
    "no rows": FRAME.iloc[:0],
    "sparse": scipy.sparse.csr_matrix(np.eye(3)),
}
"""A value of each family, as a student's code has it."""


def joined(value):
    packed = pack(value, 1 << 20)
    return packed.node, b"".join(packed.buffers)


def sent(value):
    """Return a value as it stands in the grader."""
    return unpack(*joined(value))


@pytest.fixture(scope="module")
def engine():
    own = Path(sys.executable)
    course = own.with_name("python" if own.name != "python" else "python3")  # by another name it is a course's
    made = open_engine(python=str(course))
    yield made
    made.close()


ECHO = """
import collections, dataclasses, datetime, decimal, fractions
import pandas, scipy.sparse

Point = collections.namedtuple("Point", "x y")

@dataclasses.dataclass
class Box:
    width: float
    label: str = ""

@dataclasses.dataclass(slots=True)
class Slim:
    width: float

def echo(x):
    assert type(x).__module__ != "grader.values"
    return x

def spoil(x):
    x["price"] = 0
"""


@pytest.mark.parametrize("name", EVERY)
def test_every_value_is_passed_to_a_worker_and_comes_back(name, engine):
    value = sent(EVERY[name])
    source = Source(path="work.py", text=ECHO, digest="", modules=())
    (outcome,) = engine.run(source, [Call(function="echo", arguments=(value,))], {"echo": Limits()}).outcomes
    assert isinstance(outcome, Returned), outcome
    assert outcome.arguments is None
    assert joined(outcome.value) == joined(value)
    assert differences(outcome.value, value, EXACT) == []


def test_what_is_done_to_a_table_is_seen(engine):
    source = Source(path="work.py", text=ECHO, digest="", modules=())
    call = Call(function="spoil", arguments=(sent(FRAME),))
    (outcome,) = engine.run(source, [call], {"spoil": Limits()}).outcomes
    assert [each.output for each in differences(outcome.arguments[0], sent(FRAME), EXACT)][:1] == ["[:'price']"]


@pytest.mark.parametrize("name", EVERY)
def test_every_stage_takes_every_value(name):
    value = sent(EVERY[name])
    assert fingerprint(value) == fingerprint(sent(EVERY[name]))
    assert 0 < len(show_value(value)) <= 62
    assert show_kind(value).isprintable()
    assert all(len(row) <= 64 for row in show_rows(value, 60))
    assert differences(family_of(value).zero(value), value, Comparison()) != [] or name in ("no rows", "objects", "NaT")
    rule = Comparison(sequence="same")
    others = [sent(other) for label, other in EVERY.items() if label != name]
    assert all(differences(other, value, rule) for other in others if type(other) is not type(value))


@pytest.mark.parametrize("name", EVERY)
def test_every_value_is_written_as_python_reads_it(name):
    value = sent(EVERY[name])
    names = {"np": np, "nan": np.nan, "inf": np.inf, "student_": sys.modules[__name__]}
    assert differences(sent(eval(literal(value), names)), value, EXACT) == []


@pytest.mark.parametrize("name", EVERY)
def test_equal_values_share_their_cells(name):
    value, rule = sent(EVERY[name]), Comparison()
    if sealable(value, rule):
        grids = tuple(grid_of(each, rule, lambda: 0.4, None) for each in numbers_in(value))
        cells = cells_of(value, grids, rule)
        assert cells == cells_of(sent(EVERY[name]), grids, rule)
        assert cells is not None or name == "any"
        assert cells_of(family_of(value).zero(value), grids, rule) != cells or name in ("no rows", "NaT")


def test_what_is_remembered_is_what_was_prepared():
    import io
    import pickle

    from grader.grading.cache import _dumped, _Reader

    for name, value in EVERY.items():
        again = _Reader(io.BytesIO(_dumped((sent(value), 1)))).load()[0]
        assert joined(again) == joined(sent(value)), name
    with pytest.raises(pickle.UnpicklingError):
        _Reader(io.BytesIO(pickle.dumps(datetime.date(2024, 1, 1)))).load()


def test_the_grader_needs_no_pandas():
    node, body = joined(FRAME)
    code = (
        "import sys; from grader.values import unpack, shown, pack; from grader.report.evidence import show_rows\n"
        f"table = unpack({node!r}, {body!r}); show_rows(table); shown(table); pack(table, 1 << 20)\n"
        "print([name for name in ('pandas', 'scipy', 'torch') if name in sys.modules])"
    ).replace("nan", "float('nan')" if "nan" not in repr(node) else "nan")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "[]", done.stderr


MEMBERS = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=4)
    | st.binary(max_size=4),
    lambda inner: st.tuples(inner, inner) | st.frozensets(inner, max_size=3),
    max_leaves=5,
)


@given(st.sets(MEMBERS, max_size=8))
def test_a_set_is_the_same_in_whatever_order_it_was_made(members):
    one, other = sent(members), sent({*sorted(members, key=repr, reverse=True)})
    assert joined(one) == joined(other)
    assert unpack(*joined(one), copied=True) == members
    assert differences(one, other, EXACT) == []


@settings(max_examples=60)
@given(st.sets(st.floats(-1e6, 1e6), min_size=1, max_size=40), st.randoms(use_true_random=False))
def test_floats_in_a_set_agree_within_tolerance(numbers, random):
    near = {each * (1 + 1e-9 * random.uniform(-1, 1)) for each in numbers}
    if len(near) == len(numbers):
        assert differences(sent(near), sent(numbers), Comparison()) == []
    assert differences(sent(numbers | {2e6}), sent(numbers), Comparison())[0].got == "2e+06"


class Liar:
    """Runs code of its own wherever it can."""

    def __eq__(self, other):
        raise AssertionError("asked whether it is equal")

    def __hash__(self):
        return 1

    def __getattr__(self, name):
        raise AssertionError(f"asked for {name}")


class Sets(set):
    """A set that says something else of itself."""

    def __iter__(self):
        raise AssertionError

    __len__ = __contains__ = __iter__


class Number(Decimal):
    """A Decimal that says something else of itself."""

    def __str__(self):
        raise AssertionError

    as_tuple = __format__ = __str__


class Day(datetime.datetime):
    """A date that says something else of itself."""

    @property
    def year(self):
        raise AssertionError

    month = utcoffset = isoformat = year


class Zone(datetime.tzinfo):
    """A time zone that runs code."""

    def utcoffset(self, moment):
        raise AssertionError


@dataclasses.dataclass
class Hostile:
    """A dataclass whose attributes run code."""

    width: float

    def __getattribute__(self, name):
        raise AssertionError(name)

    __eq__ = __getattribute__


class Pair(Point):
    """A named tuple that says something else of itself."""

    def __iter__(self):
        raise AssertionError

    __getitem__ = __len__ = __iter__


class Frame(pd.DataFrame):
    """A DataFrame that says something else of itself."""

    @property
    def _constructor(self):
        raise AssertionError

    columns = index = dtypes = shape = values = _mgr = _constructor

    def __getattr__(self, name):
        raise AssertionError(name)

    __len__ = __getitem__ = to_numpy = __getattr__


def test_no_code_of_a_value_is_run():
    frame = Frame.__new__(Frame)
    frame.__dict__.update(FRAME.__dict__)
    hostile = Hostile.__new__(Hostile)
    object.__setattr__(hostile, "width", 2.0)
    pairs = [
        (Sets({1, 2}), {1, 2}),
        (Number("1.5"), Decimal("1.5")),
        (Day(2024, 1, 2), datetime.datetime(2024, 1, 2)),
        (Pair(1, 2), Point(1, 2)),
        (frame, FRAME),
    ]
    for value, plain in pairs:
        assert differences(sent(value), sent(plain), Comparison()) == []
    assert sent(hostile).fields == {"width": 2.0}
    for value in (Liar(), {Liar()}, Box(Liar(), ""), datetime.datetime(2024, 1, 1, tzinfo=Zone()), {"a": {Liar()}}):
        with pytest.raises(Refused):
            pack(value, 1 << 20)


@pytest.mark.parametrize(
    "node",
    [
        ["s", 2, 1],
        ["s", 1, 1],
        ["s", ["l", 1]],
        ["s", ["t", ["d"]]],
        ["o", "0"],
        ["o", "AB"],
        ["o", 3],
        ["R", 0, 1, 0],
        ["D", "1_0"],
        ["D", "1e5"],
        ["Q", 2, 4],
        ["Q", 1, 0],
        ["T", "date", 2024, 2, 30],
        ["T", "timedelta", 0, 0, 10**7],
        ["T", "datetime", 2024, 1, 1, 0, 0, 0, 0, 10**12],
        ["r", "P", ["x", "x"], 1, 2],
        ["r", "\x1b[31m", ["x"], 1],
        ["N", "P", ["x\n"], 1],
        ["v", [1], ["\x1b"], ["u", "U", [1], "a"]],
        ["C", ["\x1b", ["O", [0]]]],
        ["N", "P", ["x"], 1, 2],
        ["u", "U", [2], "a"],
        ["u", "U", [1], 1],
        ["u", "M8[fortnight]", [1], 1],
        ["O", [1 << 40]],
        ["v", [2], ["x"], ["u", "U", [1], "a"]],
        ["P", "csr_matrix", [1, 1], ["a", "i8", [1]], ["a", "i8", [1]], ["a", "f8", [1]]],
        ["F", [[None], 0, 1 << 50, 1], [[None], 0, 1, 1], []],
        ["F", [[None], 0, 1, 1], [[None], 0, 2, 1], [["object", ["O", [1], None]]]],
        ["S", ["l"], [[None], 0, 0, 1], ["object", ["O", [0]]]],
        ["I", [[None, None], [["object", ["O", [0]]]]]],
        ["C", ["object", ["O", [0]]]],
        ["E", "nothing"],
    ],
)
def test_what_packing_would_not_have_written_is_forged(node):
    with pytest.raises(Forged):
        unpack(node, b"")


def test_what_stands_in_the_grader_for_a_value_is_no_array_and_no_container():
    for value in map(sent, EVERY.values()):
        if isinstance(value, Held):
            assert not hasattr(value, "dtype") or not hasattr(value, "shape")
            assert not isinstance(value, tuple | list | dict | np.ndarray)


def test_a_table_is_compared_by_labels_kinds_and_cells():
    def told(got, **rule):
        found = differences(sent(got), sent(FRAME), Comparison(**rule))
        return [(each.category, spelt(each.output)) for each in found]

    assert told(FRAME.copy()) == []
    assert told(FRAME.astype({"count": "int32"})) == []
    assert told(FRAME.astype({"count": "int32"}), dtype="exact") == [("dtype", "result['count']")]
    assert told(FRAME.astype({"count": object})) == [("dtype", "result['count']")]
    assert told(FRAME.astype({"count": "Int64", "name": object})) == []
    assert told(FRAME.assign(price=FRAME["price"] * (1 + 1e-9))) == []
    assert told(FRAME.assign(price=[1.5, np.nan, 3.0])) == [("values", "result['price'].loc['z']")]
    assert told(FRAME.fillna({"price": 0.0})) == [("nan", "result['price'].loc['y']")]
    assert told(FRAME[["name", "price", "count"]]) == [("columns", "")]
    assert told(FRAME.drop(columns="name")) == [("columns", "")]
    assert told(FRAME.iloc[:2]) == [("rows", "")]
    assert told(FRAME.reset_index(drop=True)) == [("index", "")]
    assert told(FRAME.rename_axis("key")) == [("index", "")]
    assert told(FRAME.iloc[::-1])[0] == ("index", "")
    assert told(FRAME["price"]) == [("type", "")]
    assert told(FRAME.set_axis(["x", "x", "z"])) == [("index", "")]


def test_rows_in_any_order_agree_where_the_rule_says_so():
    assert differences(sent(FRAME.iloc[::-1]), sent(FRAME), Comparison(order="any")) == []
    plain = FRAME.reset_index(drop=True)
    assert differences(sent(plain.sort_values("count", ascending=False)), sent(plain), Comparison(order="any")) == []
    assert [
        each.output for each in differences(sent(plain.assign(count=[1, 2, 4])), sent(plain), Comparison(order="any"))
    ] == ["[:'count'][@2]"]
    assert differences(sent(FRAME["price"].iloc[::-1]), sent(FRAME["price"]), Comparison(order="any")) == []


def test_a_sparse_matrix_is_no_array_unless_only_numbers_count():
    sparse, dense = scipy.sparse.csc_array(np.eye(3)), np.eye(3)
    assert [each.category for each in differences(sent(sparse), dense, Comparison())] == ["type"]
    assert differences(sent(sparse), dense, Comparison(dtype="any")) == []
    assert differences(dense, sent(sparse), Comparison(dtype="any")) == []
    assert differences(sent(scipy.sparse.coo_matrix(dense)), sent(sparse), Comparison()) == []
    wrong = sparse.copy()
    wrong[1, 2] = 5.0
    assert [each.index for each in differences(sent(wrong), sent(sparse), Comparison())] == [(1, 2)]


def test_records_may_stand_for_each_other_as_the_rule_says():
    other = namedtuple("Other", "x y")(1.5, [2])
    point = sent(EVERY["named tuple"])
    assert differences((1.5, [2]), point, Comparison()) == []
    assert differences(sent(other), point, Comparison()) == []
    assert differences((1.5, [2]), point, Comparison(sequence="same")) != []
    assert [spelt(each.output) for each in differences((1.0, [2]), point, Comparison())] == ["result.x"]
    crate = dataclasses.make_dataclass("Crate", ["label", "width"])("a", 1.5)
    assert differences(sent(crate), sent(Box(1.5, "a")), Comparison()) == []
    assert differences(sent(crate), sent(Box(1.5, "a")), Comparison(dtype="exact")) != []
    assert differences(sent(Slim(1.5)), sent(Box(1.5, "a")), Comparison())[0].want == "label"


TORCH = """
import sys, types
import numpy as np
torch = types.ModuleType("torch")
class Tensor:
    def __init__(self, data): self.data = np.asarray(data)
    def detach(self): return self
    def cpu(self): return self
    def numpy(self): return self.data
torch.Tensor = Tensor
sys.modules["torch"] = torch

class Sly(Tensor):
    def numpy(self): return np.zeros(2)
    detach = cpu = numpy

def tensor(x):
    return torch.Tensor(x * 2)

def sly(x):
    return Sly(x * 2)
"""


def test_a_tensor_is_an_array_read_by_its_own_class(engine):
    source = Source(path="work.py", text=TORCH, digest="", modules=())
    calls = [Call(function=name, arguments=(np.ones(2),)) for name in ("tensor", "sly")]
    ran = engine.run(source, calls, {"tensor": Limits(), "sly": Limits()})
    assert [outcome.value.tolist() for outcome in ran.outcomes] == [[2.0, 2.0]] * 2


REPLACED = """
import datetime, decimal, fractions
real = datetime.date, decimal.Decimal, fractions.Fraction

class Day(datetime.date):
    pass

datetime.date = Day
decimal.Decimal = None

def days():
    return [real[0](2024, 1, 2), Day(2024, 1, 2), real[1]("1.5"), real[2](1, 2)]
"""


def test_types_that_a_source_has_replaced_are_what_they_were(engine):
    source = Source(path="work.py", text=REPLACED, digest="", modules=())
    (outcome,) = engine.run(source, [Call(function="days", arguments=())], {"days": Limits()}).outcomes
    assert isinstance(outcome, Returned), outcome
    assert outcome.value[:2] == [datetime.date(2024, 1, 2)] * 2
