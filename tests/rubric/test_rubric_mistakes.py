"""The author's file of known mistakes: read, never run."""

import os
from pathlib import Path

import pytest
from test_rubric_faults import RULER, told

from grader.errors import RubricError, UsageError
from grader.rubric.mistakes import mistakes

ROOT = Path(__file__).parents[2]
FILES = sorted((Path(__file__).parent / "mistakes").glob("*.txt"))

REFERENCE = '''\
from functools import cache

K = 3


@cache
def fact(n):
    """n! by itself."""
    return 1 if n < 2 else n * fact(n - 1)


def scale(x, by=2, *, of=1):
    # scale x
    return x * by  # x * by


async def later(x):
    return x
'''

GOOD = '''\
"""Known mistakes."""

import math

from somewhere import edit, mistake


@mistake(of="scale", zh=["想一想", "是乘，不是加"], en=["think", "times, not " "plus"])
def adds(x, factor):
    """Has another docstring."""
    return x + factor + K


edit(of="fact", name="starts_late", replace=[("n < 2", "n < 3")], en="Look at 2!")
edit(
    of="scale",
    name="forgets",
    replace=(("x * by", "x"), ("by=2", "by=3")),
    zh=("忘了乘",),
)
edit(of="later", name="negates", replace=[["return x", "return -x"]], en=["minus"])
'''


@pytest.fixture
def written(tmp_path):
    def write(text):
        path = tmp_path / "mistakes.py"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def test_mistakes_are_read_in_order(written):
    found = mistakes(written(GOOD), REFERENCE)
    assert [(one.function, one.name, one.symbol) for one in found] == [
        ("scale", "adds", "scale__adds"),
        ("fact", "starts_late", "fact__starts_late"),
        ("scale", "forgets", "scale__forgets"),
        ("later", "negates", "later__negates"),
    ]
    assert [[(hint.zh, hint.en) for hint in one.hints] for one in found] == [
        [("想一想", "think"), ("是乘，不是加", "times, not plus")],
        [("Look at 2!", "Look at 2!")],
        [("忘了乘", "忘了乘")],
        [("minus", "minus")],
    ]
    assert [(one.at.line, one.at.column, one.at.end_column) for one in found[:2]] == [(9, 5, 9), (14, 1, 83)]


def test_those_of_some_functions_are_read_alone(written):
    assert [one.name for one in mistakes(written(GOOD), REFERENCE, ["fact", "later"])] == ["starts_late", "negates"]
    assert mistakes(written(GOOD), REFERENCE, ["nothing"]) == ()
    spoilt = GOOD.replace('of="scale"', 'of="scales"', 1)
    with pytest.raises(RubricError):
        mistakes(written(spoilt), REFERENCE)
    assert [one.name for one in mistakes(written(spoilt), REFERENCE, ["fact"])] == ["starts_late"]


def test_the_texts_are_functions_of_their_own_names(written):
    adds, late, forgets, negates = mistakes(written(GOOD), REFERENCE)
    assert adds.text.startswith("def scale__adds(x, factor):\n")
    assert late.text.startswith("@cache\ndef fact__starts_late(n):\n")
    assert forgets.text == "def scale__forgets(x, by=3, *, of=1):\n    # scale x\n    return x  # x"
    assert negates.text.startswith("async def later__negates(x):")


def test_reference_and_variants_make_one_module(written):
    found = mistakes(written(GOOD), REFERENCE)
    module = {}
    exec("\n".join([REFERENCE, *(one.text for one in found)]), module)
    assert module["scale__adds"](2, 5) == 10
    assert module["scale__forgets"](2, 5) == 2
    assert module["fact__starts_late"](4) == 24  # calls the reference's fact
    assert module["fact__starts_late"](2) == 1
    assert module["fact"](2) == 2


def test_nothing_of_the_file_is_run(written, tmp_path):
    trap = tmp_path / "trap"
    text = f"""
@mistake(of="fact", en=["x"])
def opens(n, at=open({str(trap)!r}, "w")):
    return n
"""
    with pytest.raises(RubricError):
        mistakes(written(text), REFERENCE)
    mistakes(written(text.replace("n, at", "at")), REFERENCE)
    assert not trap.exists()


def test_the_shipped_mistakes_have_no_fault():
    reference = (ROOT / "solutions" / "cnn.py").read_text("utf-8")
    found = mistakes(ROOT / "solutions" / "mistakes.py", reference)
    assert len(found) >= 40
    compile("\n".join([reference, *(one.text for one in found)]), "mistakes", "exec")
    assert all(one.hints and one.symbol in one.text for one in found)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_author_is_told(path, written):
    text, _, wanted = path.read_text("utf-8").partition(RULER)
    with pytest.raises(RubricError) as raised:
        mistakes(written(text), REFERENCE)
    got = told(raised.value.faults)
    if os.environ.get("PINGFEN_GOLDEN") == "write":
        path.write_text(text + RULER + got, "utf-8")
        return
    assert got == wanted


def test_files_that_cannot_be_read(written, tmp_path):
    with pytest.raises(UsageError):
        mistakes(tmp_path / "nowhere.py", REFERENCE)
    for data in ("提示".encode("gbk"), b"x = 1\0", b"#" * (1 << 21), b"(" * 5000):
        with pytest.raises(RubricError) as raised:
            mistakes(written(data), REFERENCE)
        assert len(raised.value.faults) == 1


def test_a_reference_that_is_not_python(written):
    with pytest.raises(RubricError) as raised:
        mistakes(written(GOOD), "def f(:\n")
    assert "reference" in raised.value.faults[0].message.text("en")
