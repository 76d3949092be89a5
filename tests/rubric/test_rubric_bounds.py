"""Whatever the file holds: loading ends, says where the fault is, and raises nothing but UsageError."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rubric_samples import HEAD

from grader.errors import UsageError
from grader.model import Rubric
from grader.reading import compose
from grader.rubric import load

ROOT = Path(__file__).parents[2]
SHIPPED = (ROOT / "grading.yaml").read_text("utf-8")
GOOD = HEAD + 'problems:\n  mean:\n    points: 4\n    checks:\n      - values: 随机\n        draw: {x: "normal(3)"}\n'

SNIPPETS = [
    *(*"[]{}:,-#&*!|>'\"%@`?\t\n ", "\r\n", "\x00", "\x07", "\x85", "\u2028", "\ufeff", "\U0001f600", "é"),
    *("<<: *a", "&a ", "*a", "!!python/name:os.system ", "---\n", "...\n", "? ", "- ", ": ", "  ", "null", "~"),
    *("values: ", "like: ", "draw: ", "share: 50%", "problems:", "needs: [a]", "returns: {a: 1%}", "1..3", "1e999"),
    *("9" * 400, "(" * 50, "[" * 50, "{a: " * 40, "x" * 2000),
]

fuzz = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def sound(result):
    """Hold what is promised of every result."""
    assert (result.rubric is None or isinstance(result.rubric, Rubric)) and (result.rubric is not None or result.faults)
    for fault in result.faults:
        assert fault.at.line >= 1
        assert fault.at.column >= 1
        assert fault.message.text("en") and fault.message.text("zh")
        assert fault.hint is None or (fault.hint.text("en") and fault.hint.text("zh"))
    places = [(fault.at.line, fault.at.column) for fault in result.faults]
    assert places == sorted(places)
    if result.rubric is not None and not result.faults:
        assert all(sum(check.share for check in problem.checks) == 1 for problem in result.rubric.problems)


@fuzz
@given(data=st.binary(max_size=400))
def test_any_bytes(loaded, data):
    sound(loaded(data))


@fuzz
@given(parts=st.lists(st.sampled_from(SNIPPETS), max_size=40))
def test_anything_like_yaml(loaded, parts):
    sound(loaded("".join(parts)))


@fuzz
@given(
    edits=st.lists(
        st.tuples(st.integers(0, len(SHIPPED)), st.integers(0, 30), st.sampled_from(["", *SNIPPETS])), max_size=4
    )
)
def test_the_shipped_rubric_with_accidents(loaded, edits):
    text = SHIPPED
    for start, length, snippet in edits:
        text = text[:start] + snippet + text[start + length :]
    sound(loaded(text))


@fuzz
@given(lines=st.lists(st.sampled_from(SHIPPED.splitlines(keepends=True)), max_size=60))
def test_lines_of_the_shipped_rubric_in_any_order(loaded, lines):
    sound(loaded("".join(lines)))


def only(result):
    (fault,) = result.faults
    return (fault.at.line, fault.at.column, fault.message.text("en"), fault.hint and fault.hint.text("en"))


def test_gbk_is_named(loaded):
    line, column, message, hint = only(loaded(GOOD.encode("gbk")))
    assert (line, column) == (10, 17)
    assert message == "This file is not UTF-8 from here on."
    assert hint == "It seems to be GBK; save it as UTF-8."


def test_bytes_that_are_no_text(loaded):
    assert only(loaded(b"title: x\n \xff\xff"))[:2] == (2, 2)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings_that_say_what_they_are(loaded, encoding):
    result = loaded(GOOD.encode(encoding))
    assert result.faults == ()
    assert result.rubric.problems[0].checks[0].key == "随机"
    assert result.rubric.title.en == "Two functions"


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n"])
def test_line_ends(loaded, end):
    result = loaded(GOOD.replace("points: 4", "points: -1").replace("\n", end))
    assert [(fault.at.line, fault.line_text) for fault in result.faults] == [(8, "    points: -1")]


def test_too_long(loaded):
    assert only(loaded("# " + "x" * (1 << 20)))[2] == "A rubric is at most 1024 KiB long."


def test_many_entries(loaded):
    assert "20000 entries" in only(loaded("- a\n" * 30_000))[2]


@pytest.mark.parametrize("text", ["[" * 500_000, "{a: " * 200_000, "- " * 500_000, "? " * 500_000])
def test_depth_beyond_any_stack(loaded, text):
    assert any("levels deep" in fault.message.text("en") for fault in loaded(text).faults)


def test_an_alias_may_not_deepen_what_it_stands_for(loaded):
    steps = "".join(f"a{step}: &a{step} [[[[[*a{step - 1}]]]]]\n" for step in range(1, 10))
    assert "levels deep" in only(loaded("a0: &a0 [x]\n" + steps))[2]


def test_a_thousand_checks_in_a_row_of_likes(loaded):
    checks = "".join(f"      - {{values: c{n}, like: c{n - 1}, where: {'x' * 900}}}\n" for n in range(1, 900))
    result = loaded(HEAD + "problems:\n  f:\n    points: 1\n    checks:\n      - {values: c0, draw: {x: 1}}\n" + checks)
    assert len(result.faults) == 900 - 9
    assert len(result.rubric.problems[0].checks) == 9


def test_suggestions_are_not_looked_for_without_end(loaded):
    checks = "".join(f"      - {{values: c{n}, like: d{n}}}\n" for n in range(2000))
    result = loaded(HEAD + "problems:\n  f:\n    points: 1\n    checks:\n" + checks)
    assert len(result.faults) == 2000


@pytest.mark.parametrize("name", ["nowhere.yaml", "", "a\0b", "x" * 5000])
def test_what_is_no_file_is_a_usage_error(tmp_path, name):
    with pytest.raises(UsageError) as raised:
        load(tmp_path / name)
    assert raised.value.exit_code == 2
    assert raised.value.message.text("zh") != raised.value.message.text("en")


def test_python_parser_reads_the_same(monkeypatch):
    """Without libyaml PyYAML's own parser stands in."""
    fast = load(ROOT / "grading.yaml")
    monkeypatch.setattr(compose, "_Loader", yaml.SafeLoader)
    slow = load(ROOT / "grading.yaml")
    assert slow.faults == ()
    assert slow.rubric == fast.rubric


@fuzz
@given(parts=st.lists(st.sampled_from(SNIPPETS), max_size=40))
def test_python_parser_is_held_to_the_same(loaded, parts):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compose, "_Loader", yaml.SafeLoader)
        sound(loaded("".join(parts)))


def test_loading_imports_little():
    code = (
        "import sys, pathlib, msgspec\n"
        "before = set(sys.modules)\n"
        "import grader.rubric as r\n"
        "assert not r.load(pathlib.Path('grading.yaml')).faults\n"
        "heavy = {'numpy', 'ast', 'inspect', 'difflib', 'json', 'jinja2', 'rich', 'click', 'asyncio'}\n"
        "print(*sorted(heavy & set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
