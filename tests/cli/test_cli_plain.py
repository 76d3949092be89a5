"""What is understood without click is what click would have understood."""

import os
import subprocess
import sys
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.cli import grade
from grader.cli.app import app
from grader.cli.entry import COMMANDS, understood
from grader.cli.grading import GradeRequest

WORDS = st.lists(
    st.sampled_from(
        ["a.py", "b/c.ipynb", "字.py", "--official", "--self-check", "--lang", "en", "-h", "--", "-", *COMMANDS]
    )
    | st.text(max_size=4),
    max_size=4,
)


@given(WORDS)
def test_click_would_have_understood_the_same(words):
    plain = understood(words)
    if plain is None:
        return
    asked = []
    with mock.patch.object(grade, "run", lambda request: asked.append(request) or 0), pytest.raises(SystemExit) as end:
        app.main(args=words, prog_name="grade")
    assert end.value.code == 0
    assert asked == [GradeRequest(paths=plain[0], official=plain[1])]


@pytest.mark.parametrize(
    "words", [[], ["a.py"], ["a.py", "b.py", "--official"], ["--self-check"], ["--self-check", "--official", "x"]]
)
def test_plain_words_need_no_click(words):
    assert understood(words) is not None


@pytest.mark.parametrize(
    "words", [["check"], ["a.py", "--lang", "en"], ["--help"], ["-"], ["--", "a.py"], ["grade", "a.py"]]
)
def test_everything_else_is_left_to_click(words):
    assert understood(words) is None


@pytest.mark.parametrize("words", [[], ["--lang", "en"]])
def test_a_reader_that_has_gone_is_said_in_a_sentence(words):
    example = Path(__file__).resolve().parents[2] / "examples" / "linear_regression"
    reader, writer = os.pipe()
    os.close(reader)
    try:
        command = [sys.executable, "-m", "grader", *[str(example / "assignment")] * 9, "--self-check", *words]
        run = subprocess.run(
            command, cwd=example, stdout=writer, stderr=subprocess.PIPE, text=True, check=False, timeout=120
        )
    finally:
        os.close(writer)
    assert run.returncode == 3 and "Traceback" not in run.stderr
    assert "The output cannot be written: Broken pipe" in run.stderr
