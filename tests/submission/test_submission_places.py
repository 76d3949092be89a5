"""Folders and archives: the submission is found or the candidates are listed; nothing unsafe is opened."""

import io
import stat
import warnings
import zipfile

import pytest
from submission_desk import NAMES, remarks

from grader import submission
from grader.errors import SubmissionError, UsageError

DEF = b"def zero_pad(X, pad):\n    return X\n"
OTHER = b"import numpy as np\nprint(1)\n"


def packed(*members, compression=zipfile.ZIP_DEFLATED):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", compression) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, content in members:
            archive.writestr(name, content)
    return data.getvalue()


@pytest.fixture(params=["folder", "zip"])
def hand_in(request, desk):
    """Return a function that hands in files as a folder or as an archive and reads them."""

    def read(files, pattern=""):
        if request.param == "zip":
            return desk.read(packed(*files.items()), "work.zip", pattern)
        for name, content in files.items():
            desk.put(content, f"work/{name}")
        return submission.load(desk.folder / "work", NAMES, pattern)

    return read


def test_the_file_the_rubric_names(hand_in):
    student = hand_in({"cnn.py": DEF, "old.py": DEF, "notes.txt": b"x"}, "cnn.py")
    assert student.name in ("work/cnn.py", "work.zip/cnn.py")
    assert student.source.path.endswith("/cnn.py")


def test_a_glob_is_a_pattern_too(hand_in):
    assert hand_in({"a/hw3_li.ipynb": b'{"nbformat": 4, "cells": []}', "b.py": DEF}, "hw3_*.ipynb").name.endswith(
        "hw3_li.ipynb"
    )


def test_the_only_file_that_defines_a_graded_function(hand_in):
    assert hand_in({"answer.py": DEF, "plot.py": OTHER, "sub/more.py": OTHER}, "cnn.py").name.endswith("/answer.py")


def test_the_only_file(hand_in):
    assert hand_in({"deep/er/x.py": OTHER, "README.md": b""}).name.endswith("deep/er/x.py")


def test_several_are_listed_and_not_guessed(hand_in):
    with pytest.raises(UsageError) as caught:
        hand_in(
            {
                "cnn.py": DEF,
                "cnn.ipynb": b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": "def zero_pad(X, p): X+p"}]}',
                "c.py": OTHER,
            }
        )
    assert "2 files" in caught.value.message.text("en")
    assert caught.value.hint.text("en").endswith("take the others away:\n  cnn.ipynb\n  cnn.py")


def test_a_notebook_of_the_name_the_rubric_has_for_a_script(hand_in):
    book = b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": "from layers import *"}]}'
    assert hand_in({"cnn.ipynb": book, "layers.py": DEF}, "cnn.py").name.endswith("cnn.ipynb")
    assert hand_in({"cnn.ipynb": book, "cnn.py": DEF}, "cnn.py").name.endswith("cnn.py")


def test_none_is_said(hand_in):
    with pytest.raises(UsageError, match="no Python file or notebook"):
        hand_in({"report.docx": b"x", "cnn.rar": b"x"})


def test_a_folders_only_archive_is_what_was_handed_in(desk):
    """A platform makes a folder of each upload; of archives within one another the third stays closed."""
    desk.put(packed(("cnn.py", DEF)), "work/sub/cnn.zip")
    desk.put(b"x", "work/report.docx")
    student = submission.load(desk.folder / "work", NAMES)
    assert student.name == "cnn.zip/cnn.py" and "zero_pad" in student.symbols
    twice = packed(("work.zip", packed(("cnn.py", DEF))))
    desk.put(twice, "twice.zip")
    assert "zero_pad" in submission.load(desk.folder / "twice.zip", NAMES).symbols
    desk.put(packed(("again.zip", twice)), "thrice.zip")
    with pytest.raises(UsageError, match="no Python file or notebook"):
        submission.load(desk.folder / "thrice.zip", NAMES)
    desk.put(twice, "work/other.zip")
    with pytest.raises(UsageError, match="2 files that could be the submission"):
        submission.load(desk.folder / "work", NAMES)


def test_what_tools_leave_behind_is_passed_over(hand_in):
    files = {"cnn.py": DEF, "__MACOSX/._cnn.py": b"\0\5", ".ipynb_checkpoints/cnn.py": DEF, "__pycache__/cnn.py": DEF}
    assert hand_in(files).name.endswith("/cnn.py")


def test_configuration_inside_a_submission_is_never_read(hand_in):
    bomb = b"a: &a [x,x]\nb: &b [*a,*a]\n" * 50
    assert "zero_pad" in hand_in({"submission.py": DEF, "grading.yaml": bomb, "pyproject.toml": b"["}, "cnn.py").symbols


def test_helpers_that_are_imported_come_along(hand_in):
    student = hand_in(
        {
            "cnn.py": b"import numpy as np\nfrom layers import *\nimport shapes as s, missing\nimport json, random\n"
            + DEF,
            "layers.py": b"from deeper import f\n%matplotlib inline\ndef conv_forward(A): return A\nx = = 1\n",
            "deeper.py": "# coding: gbk\nf = '深'\n".encode("gbk"),
            "shapes.py": b"import cnn\n",
            "unused.py": b"1",
            "numpy.py": b"raise SystemExit",
            "json.py": b"raise SystemExit",
            "random.py": b"raise SystemExit",
        },
        "cnn.py",
    )
    modules = dict(student.source.modules)
    assert set(modules) == {"layers", "shapes", "deeper", "cnn"}
    assert modules["layers"] == "from deeper import f\n\ndef conv_forward(A): return A\n\n"
    assert "深" in modules["deeper"]


@pytest.mark.parametrize("start", ["./", "./work//", "work/./"])
def test_helpers_in_an_archive_with_steps_that_lead_nowhere(desk, start):
    members = ((f"{start}cnn.py", b"from layers import *\n" + DEF), (f"{start}layers.py", b"x = 1\n"))
    assert dict(desk.read(packed(*members), "work.zip", "cnn.py").source.modules) == {"layers": "x = 1\n"}
    with pytest.raises(SubmissionError, match="twice"):
        desk.read(packed(*members, (f"{start}.//cnn.py", DEF)), "work.zip", "cnn.py")


def test_a_helper_that_cannot_be_read_is_told(hand_in):
    student = hand_in({"cnn.py": b"import odd\n" + DEF, "odd.py": b"# coding: utf-7\n"}, "cnn.py")
    assert student.source.modules == ()
    assert remarks(student)[0][0] == "odd.py was not loaded: The coding line names utf-7, which is not accepted."


def test_helpers_change_the_digest(desk):
    first = desk.read(packed(("cnn.py", b"import h\n" + DEF), ("h.py", b"x = 1")), "a.zip", "cnn.py")
    other = desk.read(packed(("cnn.py", b"import h\n" + DEF), ("h.py", b"x = 2")), "b.zip", "cnn.py")
    assert first.source.digest != other.source.digest


def test_beside_a_single_file_only_what_is_nobody_elses_work(desk):
    desk.put(b"x = 1\n", "tools.py")
    desk.put(DEF, "neighbour.py")
    student = desk.read(b"import tools\nfrom neighbour import *\n", "cnn.py")
    assert dict(student.source.modules) == {"tools": "x = 1\n"}


def test_links_are_not_followed(desk, tmp_path):
    secret = desk.put(DEF, "secret/solution.py")
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "cnn.py").symlink_to(secret)
    (tmp_path / "work" / "more").symlink_to(tmp_path / "secret")
    for path in (tmp_path / "work", tmp_path / "work" / "cnn.py"):
        with pytest.raises(SubmissionError, match=r"cnn\.py is a link"):
            submission.load(path, NAMES, "cnn.py")
    (tmp_path / "work" / "own.py").write_bytes(b"import h\n" + DEF)
    (tmp_path / "work" / "h.py").symlink_to(secret)
    assert submission.load(tmp_path / "work", NAMES).source.modules == ()


def test_a_pipe_is_no_file(tmp_path):
    import os

    os.mkfifo(tmp_path / "cnn.py")
    with pytest.raises(SubmissionError, match="not an ordinary file"):
        submission.load(tmp_path / "cnn.py", NAMES)


def test_huge_folders_are_refused(desk, tmp_path):
    (tmp_path / "work").mkdir()
    for number in range(5001):
        (tmp_path / "work" / str(number)).touch()
    with pytest.raises(UsageError, match="more than 5000 files"):
        submission.load(tmp_path / "work", NAMES)


def link(name, mode=stat.S_IFLNK | 0o777):
    info = zipfile.ZipInfo(name)
    info.external_attr = mode << 16
    return info


@pytest.mark.parametrize(
    ("members", "sentence"),
    [
        ([("../cnn.py", DEF)], "leads out"),
        ([("cnn.py", DEF), ("a/../../x", b"")], "leads out"),
        ([("cnn.py", DEF), ("/tmp/x", b"")], "leads out"),
        ([("cnn.py", DEF), ("C:\\x", b"")], "leads out"),
        ([("cnn.py", DEF), ("a\\..\\..\\x", b"")], "leads out"),
        ([(link("cnn.py"), b"../solutions/cnn.py")], "is a link"),
        ([("cnn.py", DEF), (link("d"), b"/")], "is a link"),
        ([("cnn.py", DEF), (link("p", stat.S_IFIFO), b"")], "is a link or a device"),
        ([("cnn.py", DEF), ("cnn.py", OTHER)], "holds cnn.py twice"),
        ([("a/cnn.py", DEF), ("a\\cnn.py", OTHER)], "holds a/cnn.py twice"),
        ([("/".join("abcdefghijklm") + "/cnn.py", DEF)], "too deep"),
        ([("cnn.py", DEF), ("zeros.bin", b"\0" * (3 << 20))], "more than 200 times"),
        ([(f"{number}.txt", b"") for number in range(2001)], "more than 2000 files"),
    ],
)
def test_unsafe_archives_are_refused_before_anything_is_read(desk, members, sentence):
    with pytest.raises(SubmissionError) as caught:
        desk.read(packed(*members), "work.zip", "cnn.py")
    assert sentence in caught.value.message.text("en")


def test_encrypted_archives(desk):
    data = bytearray(packed(("cnn.py", DEF)))
    for magic, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        data[data.index(magic) + offset] |= 1
    with pytest.raises(SubmissionError, match="encrypted"):
        desk.read(bytes(data), "work.zip")


def test_a_size_that_lies_is_found_out(desk):
    data = packed(("cnn.py", b"x = 1\n" * 400_000), compression=zipfile.ZIP_DEFLATED)
    honest = len(b"x = 1\n" * 400_000).to_bytes(4, "little")
    with pytest.raises(SubmissionError, match="damaged"):
        desk.read(data.replace(honest, (600).to_bytes(4, "little")), "work.zip")


def test_too_large_a_member(desk):
    import random

    with pytest.raises(SubmissionError, match=r"2\.0 MiB; at most 1 MiB"):
        desk.read(packed(("cnn.py", b"#" + random.Random(1).randbytes(2 << 20).hex().encode()[: 2 << 20])), "work.zip")


def test_sixty_four_bit_directories_are_refused(desk):
    data = packed(("cnn.py", DEF))
    place = data.rindex(b"PK\5\6")
    with pytest.raises(SubmissionError, match="more than 2000"):
        desk.read(data[:place] + b"PK\6\7" + bytes(16) + data[place:], "work.zip")


@pytest.mark.parametrize(
    "data", [b"", b"PK", b"not a zip", b"PK\5\6" + bytes(10), b"PK\5\6" + b"\1" * 18, packed(("cnn.py", DEF))[:-30]]
)
def test_damaged_archives(desk, data):
    with pytest.raises(SubmissionError):
        desk.read(data, "work.zip")


def test_nothing_is_ever_unpacked(desk, tmp_path):
    desk.read(packed(("cnn.py", b"import h\n" + DEF), ("h.py", b"")), "work.zip")
    assert [path.name for path in tmp_path.iterdir()] == ["work.zip"]


@pytest.mark.parametrize("codec", ["gbk", "utf-8"])
def test_chinese_names_without_the_flag_are_readable(desk, codec):
    data = packed(("xxxxxx/cnn.py", DEF), ("xxxxxx/b.py", DEF))
    wide = "作业三".encode("gbk")
    if codec == "utf-8":
        wide = "作业".encode()
    assert len(wide) == 6
    with pytest.raises(UsageError) as caught:
        desk.read(data.replace(b"xxxxxx", wide), "work.zip")
    assert wide.decode(codec) + "/cnn.py" in caught.value.hint.text("zh")
    assert wide.decode(codec) in desk.read(data.replace(b"xxxxxx", wide), "work.zip", "cnn.py").name
