"""Which of several files is graded: by what is written in them, not by raw text or by name alone."""

import json

import pytest
from submission_desk import NAMES, remarks

from grader import submission
from grader.errors import SubmissionError, UsageError

STUB = "def zero_pad(X, pad):\n    ### START CODE HERE ###\n    Z = None\n    ### END CODE HERE ###\n    return Z\n"
WRITTEN = STUB.replace("None", "X + pad")
OTHERWISE = STUB.replace("None", "X - pad")


def book(*sources):
    cells = [{"cell_type": "code", "source": source, "outputs": [], "metadata": {}} for source in sources]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells})


@pytest.fixture
def hand_in(desk, tmp_path):
    def put(files):
        for name, content in files.items():
            desk.put(content, f"work/{name}")
        return submission.load(tmp_path / "work", NAMES, "cnn.py")

    return put


@pytest.mark.parametrize(
    ("files", "chosen"),
    [
        ({"cnn.py": STUB, "cnn.ipynb": book(WRITTEN)}, "cnn.ipynb"),
        ({"cnn.py": STUB, "cnn.ipynb": book(STUB, WRITTEN)}, "cnn.ipynb"),
        ({"cnn.py": STUB, "cnn.ipynb": book(WRITTEN.splitlines(keepends=True))}, "cnn.ipynb"),
        ({"cnn.py": WRITTEN, "cnn.ipynb": book(STUB)}, "cnn.py"),
        ({"cnn.py": STUB, "cnn (1).py": WRITTEN}, "cnn (1).py"),
        ({"cnn.py": STUB, "cnn-Copy1.ipynb": book(WRITTEN), "cnn.ipynb": book(STUB)}, "cnn-Copy1.ipynb"),
        ({"cnn.py": STUB, "my work.ipynb": book(WRITTEN)}, "my work.ipynb"),
        ({"cnn.py": STUB, "cnn.ipynb": book(STUB)}, "cnn.py"),
        ({"cnn.py": STUB, "a.ipynb": book(WRITTEN), "a (1).ipynb": book(WRITTEN)}, "a (1).ipynb"),
        ({"cnn.py": "from layers import *\n", "layers.py": WRITTEN}, "cnn.py"),
    ],
)
def test_what_is_written_is_graded(hand_in, files, chosen):
    student = hand_in(files)
    assert student.name == f"work/{chosen}"
    told = any("still the stub" in said for said, _, _ in remarks(student))
    assert told == (chosen not in ("cnn.py",))


def test_a_notebook_beside_that_is_named_alone_is_read_in_its_place(desk):
    desk.put(book(WRITTEN), "cnn.ipynb")
    student = submission.load(desk.put(STUB), NAMES, "cnn.py")
    assert student.source.path.endswith("cnn.ipynb")
    assert not submission.load(desk.put(STUB), NAMES, "cnn.py", helpers=False).source.path.endswith("cnn.ipynb")


def test_where_both_are_written_it_is_said_which_counts(hand_in):
    student = hand_in({"cnn.py": WRITTEN, "cnn.ipynb": book(OTHERWISE)})
    assert student.name == "work/cnn.py"
    assert any("cnn.ipynb has functions written too" in said for said, _, _ in remarks(student))


def test_a_notebook_exported_as_a_script_is_no_other_work(hand_in):
    assert remarks(hand_in({"cnn.py": f"# In[1]:\n{WRITTEN}", "cnn.ipynb": book(WRITTEN)})) == []


def test_of_several_that_are_written_none_is_guessed(hand_in):
    books = {"final.ipynb": book(WRITTEN), "old.ipynb": book(OTHERWISE.splitlines(keepends=True))}
    with pytest.raises(UsageError, match="2 files that could be"):
        hand_in(books)
    with pytest.raises(UsageError, match="2 files that could be"):
        hand_in({"cnn.py": STUB, **books})


def test_text_in_markdown_or_in_a_string_defines_nothing(hand_in):
    text = json.loads(book(WRITTEN))
    text["cells"][0]["cell_type"] = "markdown"
    quoted = book('example = """\ndef zero_pad(X, pad):\n    return X\n"""')
    assert hand_in({"a.ipynb": json.dumps(text), "b.ipynb": book(WRITTEN), "c.ipynb": quoted}).name == "work/b.ipynb"


DISGUISED = {
    "a Word document": b"PK\x03\x04\x14\x00[Content_Types].xml word/document.xml",
    "an Excel workbook": b"PK\x03\x04\x14\x00[Content_Types].xml xl/workbook.xml",
    "a Word or WPS document": b"PK\x03\x04\x14\x00cnn.py",
    "a document of Word, Excel or WPS": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512),
    "a PDF document": b"%PDF-1.4\n%\xe2\xe3",
    "an RTF document": b"{\\rtf1\\ansi def zero_pad(X): return X}",
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(40),
    "a web page": b"\xef\xbb\xbf\n<!DOCTYPE html><html>def zero_pad</html>",
    "a packed archive": b"7z\xbc\xaf\x27\x1c" + bytes(40),
    "compiled Python": b"\xa7\x0d\x0d\x0a" + bytes(60),
}


@pytest.mark.parametrize("kind", DISGUISED)
@pytest.mark.parametrize("suffix", ["py", "ipynb"])
def test_a_document_under_a_name_of_code_is_told_as_what_it_is(desk, kind, suffix):
    with pytest.raises(SubmissionError, match=f"This file is {kind}"):
        desk.read(DISGUISED[kind], f"cnn.{suffix}")


def test_a_document_under_its_own_name_is_told_too(desk):
    with pytest.raises(UsageError, match="is a Word document"):
        desk.read(DISGUISED["a Word document"], "cnn.docx")


@pytest.mark.parametrize(
    ("content", "name", "told"),
    [
        (book(WRITTEN), "cnn.py", "This is a notebook"),
        (book(WRITTEN), "cnn.ipynb.txt", "This is a notebook"),
        (WRITTEN, "cnn.ipynb", "This is a Python script"),
        (WRITTEN, "cnn.txt", "This is a Python script"),
        (WRITTEN, "cnn.py", ""),
        (book(WRITTEN), "cnn.ipynb", ""),
        ('{"nbformat": 4}\n' + WRITTEN, "cnn.py", ""),
        ("<<<<<<< HEAD\n" + WRITTEN, "cnn.py", "Python cannot read this"),
    ],
)
def test_code_is_read_as_what_it_is(desk, content, name, told):
    student = desk.read(content, name)
    assert not student.symbols["zero_pad"].untouched
    said = " ".join(each for each, _, _ in remarks(student))
    assert told in said if told else not said


def test_a_text_without_code_is_no_submission(desk):
    with pytest.raises(UsageError, match="not a Python file"):
        desk.read("I was ill, sorry.\n", "cnn.txt")
