"""A reference that is at fault is told to its author at the reference's own line, never to a student."""

import pytest

from grader.errors import RubricError
from grader.grading import prepare, read

RUBRIC = """\
title: T
language: en
seed: 7
total: 10
reference: solutions/t.py
submission: assignment/t.py
problems:
  twice:
    points: 10
    checks:
      - {{values: v, draw: {{x: {draw}}}}}
"""


@pytest.fixture
def faults(tmp_path, engine):
    """Return a function that prepares a rubric of one function and returns what is told of its reference."""

    def told(reference, draw="normal(2)"):
        (tmp_path / "solutions").mkdir(exist_ok=True)
        (tmp_path / "solutions/t.py").write_text(reference, "utf-8")
        (tmp_path / "grading.yaml").write_text(RUBRIC.format(draw=draw), "utf-8")
        with pytest.raises(RubricError) as caught:
            prepare(read(tmp_path / "grading.yaml"), engine)
        return caught.value.faults

    return told


def test_a_reference_that_does_not_parse_is_pointed_at(faults):
    (fault,) = faults("def half(x):\n    return x\n\ndef twice(x)\n    return x + x\n")
    assert fault.at.path.endswith("solutions/t.py")
    assert (fault.at.line, fault.at.column, fault.line_text) == (4, 13, "def twice(x)")
    assert fault.message.text("en") == "The reference does not parse: expected ':'"
    assert "A colon is missing" in fault.hint.text("en")


def test_the_caret_stands_under_the_character_as_it_is_shown(faults):
    (fault,) = faults("def twice(x):\n    y = '\u200b' + x）\n    return x\n")
    assert fault.line_text[fault.at.column - 1] == "）"


def test_a_reference_that_raises_is_pointed_at_once(faults):
    (fault,) = faults("def twice(x):\n    return half(x)\n\ndef half(x):\n    raise ValueError('no half')\n")
    assert (fault.at.path[-14:], fault.at.line) == ("solutions/t.py", 5)
    assert fault.line_text == "    raise ValueError('no half')"
    assert fault.message.text("en") == "The reference's twice did not return: ValueError: no half"


def test_a_reference_that_raises_while_cases_are_drawn_is_named_with_its_line(faults):
    (fault,) = faults("def twice(x):\n    raise ValueError('no')\n", draw="1 + twice(normal(2))")
    assert fault.at.path.endswith("grading.yaml")
    assert fault.message.text("en").endswith("solutions/t.py:2)")
    assert "ValueError: no" in fault.message.text("en")
