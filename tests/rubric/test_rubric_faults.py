"""Faulty rubrics, one file each: the rubric, a line of `=`, and what its author is told.

After a change of wording, `PINGFEN_GOLDEN=write pytest tests/rubric/test_rubric_faults.py` writes the files
anew; read the difference before it is kept.
"""

import os
from pathlib import Path

import pytest

from grader.rubric import load

FOLDER = Path(__file__).parent / "faults"
FILES = sorted(FOLDER.glob("*.txt"))
RULER = "=" * 72 + "\n"


def told(faults):
    """Return the faults as a person would want them: place, sentence, line, caret, way out."""
    parts = []
    for fault in faults:
        at = fault.at
        lines = [f"{at.line}:{at.column} {fault.message.text('en')}"]
        if fault.line_text:
            width = max(at.end_column - at.column, 1)
            lines += [f"  | {fault.line_text}", "  | " + " " * (at.column - 1) + "^" * width]
        if fault.hint is not None:
            lines.append(f"  {fault.hint.text('en')}")
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_author_is_told(path, tmp_path):
    written, _, wanted = path.read_text("utf-8").partition(RULER)
    (tmp_path / "reference.py").touch()
    rubric = tmp_path / "grading.yaml"
    rubric.write_text(written, "utf-8")
    loaded = load(rubric)
    got = told(loaded.faults)
    if os.environ.get("PINGFEN_GOLDEN") == "write":
        path.write_text(written + RULER + got, "utf-8")
        return
    assert got == wanted
    assert got, "every rubric here is faulty"


def test_every_fault_stands_in_the_file_and_reads_in_chinese(tmp_path):
    (tmp_path / "reference.py").touch()
    rubric = tmp_path / "grading.yaml"
    for path in FILES:
        written = path.read_text("utf-8").partition(RULER)[0]
        rubric.write_text(written, "utf-8")
        lines = written.split("\n")
        for fault in load(rubric).faults:
            assert fault.at.path == str(rubric)
            assert 1 <= fault.at.line <= len(lines) + 1
            assert 1 <= fault.at.column <= len([*lines, ""][fault.at.line - 1]) + 1
            assert fault.message.text("zh") != fault.message.text("en")
            assert fault.hint is None or fault.hint.text("zh") != fault.hint.text("en")
