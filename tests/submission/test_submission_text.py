"""From bytes to text: every encoding that students use is read right, or refused by name."""

import pytest
from submission_desk import NAMES, remarks

from grader import submission
from grader.errors import SubmissionError, UsageError

CODE = '"""卷积神经网络：填充函数的实现与说明"""\ndef zero_pad(X, pad):\n    return "补零"\n'


@pytest.mark.parametrize(
    "data",
    [
        CODE.encode(),
        b"\xef\xbb\xbf" + CODE.encode(),
        CODE.encode("utf-16"),
        b"\xff\xfe" + CODE.encode("utf-16-le"),
        b"\xfe\xff" + CODE.encode("utf-16-be"),
        b"# -*- coding: gbk -*-\n" + CODE.encode("gbk"),
        b"#!/usr/bin/python\n# vim: set fileencoding=gb2312 :\n" + CODE.encode("gb2312"),
        b"# coding: gb18030\n" + CODE.encode("gb18030"),
        b"# coding=utf8\n" + CODE.encode(),
        b"# coding: big5\n" + CODE.replace("实现与说明", "").replace("积网络", "").encode("big5", "ignore"),
        CODE.encode("gbk"),
        b"# -*- coding: utf-8 -*-\n" + CODE.encode("gbk"),
    ],
    ids=["utf8", "bom", "utf16", "le", "be", "gbk", "gb2312", "gb18030", "utf8-line", "big5", "bare-gbk", "lying-utf8"],
)
def test_encodings_that_students_use_are_read(desk, data):
    student = desk.read(data)
    assert "zero_pad" in student.symbols
    assert not student.broken
    assert "补零" in student.source.text or b"big5" in data


def test_gbk_without_a_coding_line_is_read_with_a_remark(desk):
    assert remarks(desk.read(CODE.encode("gbk"))) == [("The file is not UTF-8; it was read as GBK.", 0, 0)]
    assert remarks(desk.read(CODE.encode())) == []


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ("# 實作卷積神經網路的零填充與池化\n".encode("big5"), "seems to be Big5"),
        ("# これはゼロパディングのかんすうです\n".encode("shift_jis"), "seems to be Shift_JIS"),
        ("# fonction de remplissage à zéro, déjà testée\n".encode("cp1252"), "seems to be Windows-1252"),
        (CODE.encode("utf-16-le"), "seems to be UTF-16"),
        (CODE.encode("utf-32"), "seems to be UTF-32"),
        (b"x = 1\0\n" * 3, "holds NUL bytes"),
        (b"# coding: utf-7\n+AAo-import os", "names utf-7, which is not accepted"),
        (b"# coding: rot13\n", "names rot13"),
        (b"\n# coding: unicode_escape\n", "names unicode_escape"),
        (b"# coding: punycode\n", "names punycode"),
        (b"# coding: no-such-thing\n", "names no-such-thing"),
        (b"# coding: gbk\n\xff\xff\xff", "says it is GB18030, but it is not"),
        (b"\xef\xbb\xbfx = '\xff'", "says it is UTF-8, but it is not"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(desk, data, sentence):
    with pytest.raises(SubmissionError) as caught:
        desk.read(data)
    assert sentence in caught.value.message.text("en")
    assert caught.value.hint is not None


def test_the_refused_line_is_named(desk):
    with pytest.raises(SubmissionError) as caught:
        desk.read(b"x = 1\ny = 2\n# d\xe9j\xe0 vu\n")
    assert caught.value.at.line == 3


def test_a_coding_line_counts_only_where_python_looks_for_it(desk):
    student = desk.read(b"x = 1\n# coding: utf-7\nz = '# coding: rot13'\n")
    assert "utf-7" in student.source.text


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_numbers_hold_for_every_line_end(desk, end):
    lines = [
        "import numpy as np",
        "",
        "# 评分函数:zero_pad",
        "def zero_pad(X, pad):",
        "\tif X:",
        "\t\treturn 1",
        "\treturn 2",
        "",
    ]
    student = desk.read(end.join(lines))
    assert (student.symbols["zero_pad"].line, student.symbols["zero_pad"].end_line) == (4, 7)
    assert student.markers[0].line == 3
    assert submission.line(student, student.source.span(4)) == "def zero_pad(X, pad):"


def test_form_feeds_and_odd_separators_are_no_lines(desk):
    student = desk.read("\f\nx = 'a\u2028b\x0bc\x1c'\n\f\ndef zero_pad(X, pad): return X\n")
    assert student.symbols["zero_pad"].line == 4


def test_large_files_are_refused_with_their_size(desk):
    with pytest.raises(SubmissionError, match=r"3\.0 MiB; at most 1 MiB"):
        desk.read(b"# " + b"x" * (3 << 20))
    with pytest.raises(SubmissionError, match=r"21\.0 MiB; at most 20 MiB"):
        desk.read(b" " * (21 << 20), "cnn.ipynb")
    with pytest.raises(SubmissionError, match="more than 100000 words"):
        desk.read(b"a;" * 300_000)


def test_an_endless_string_leaves_no_line_that_is_surely_code(desk):
    with pytest.raises(SubmissionError, match="triple quotes") as caught:
        desk.read('def zero_pad(X, pad):\n    return X\n\ndef broken(:\n    return """\n')
    assert caught.value.at.line == 5


def test_the_docstring_that_swallows_a_definition_is_the_one_pointed_at(desk):
    text = 'def zero_pad(X, pad):\n    """One.\n    return X\n\ndef pool_forward(A, h):\n    """Two."""\n    return A\n'
    with pytest.raises(SubmissionError, match="triple quotes") as caught:
        desk.read(text)
    assert caught.value.at.line == 2


def test_an_empty_file_is_told_so(desk):
    assert remarks(desk.read(b"")) == [("The file holds no code.", 0, 1)]
    assert remarks(desk.read("# 只有注释\n".encode())) == [("The file holds no code.", 0, 1)]


def test_the_digest_is_of_what_was_handed_in(desk):
    first, again, other = desk.read(b"x = 1\n"), desk.read(b"x = 1\n"), desk.read(b"x = 1\r\n")
    assert first.source.digest == again.source.digest != other.source.digest
    assert len(first.source.digest) == 64


def test_paths_that_are_not_there_or_of_another_kind(desk, tmp_path):
    with pytest.raises(UsageError, match="is not there"):
        submission.load(tmp_path / "none.py", NAMES)
    with pytest.raises(UsageError, match="is not a Python file"):
        desk.read(b"", "answer.docx")


def test_names_are_inert(desk):
    student = desk.read(b"def zero_pad(X, pad): return X\n", "\x1b[2J\u202e.py")
    assert "\x1b" not in student.name + student.source.path
    assert "\u202e" not in student.name + student.source.path
