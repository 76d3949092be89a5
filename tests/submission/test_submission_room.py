"""What reading takes of the grader's own process is bounded whatever was handed in; measured in processes apart."""

import bz2
import io
import json
import lzma
import struct
import subprocess
import sys
import zipfile
import zlib

import pytest
from submission_desk import NAMES

from grader import submission
from grader.errors import SubmissionError
from grader.submission import costs

pytestmark = pytest.mark.slow

ROOM = 120 << 20
"""Bytes beyond those of a process that reads a plain file."""
SECONDS = 5
READ = """
import json, re, resource, sys
from pathlib import Path
from grader import submission
from grader.errors import GraderError
before = re.search(r"VmRSS:\\s*(\\d+)", Path("/proc/self/status").read_text())
said = None
try:
    student = submission.load(Path(sys.argv[1]), sys.argv[3:], sys.argv[2])
    said = [message.text("en") for message, _ in student.remarks]
except GraderError as error:
    said = error.message.text("en")
peak = re.search(r"VmHWM:\\s*(\\d+)", Path("/proc/self/status").read_text())
used = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps([said, (int(peak[1]) - int(before[1])) * 1024, used.ru_utime + used.ru_stime]))
"""
DEF = b"def zero_pad(X, pad):\n    return X\n"


@pytest.fixture
def read(desk):
    """Return a function that reads what is handed in and says what was said: a refusal or the list of remarks."""
    if not sys.platform.startswith("linux"):
        pytest.skip("measured by what Linux says of a process")

    def reading(content, name="cnn.py", pattern="cnn.py", room=ROOM):
        path = desk.put(content, name) if content is not None else desk.folder / name
        run = subprocess.run(
            [sys.executable, "-c", READ, str(path), pattern, *NAMES], capture_output=True, check=True, text=True
        )
        said, took, seconds = json.loads(run.stdout)
        assert took < room, f"{took >> 20} MiB"
        assert seconds < SECONDS
        return said

    return reading


def zip_of(packed, method, declared, name=b"cnn.py", flags=0, crc=0):
    """Return a .zip of one member as its directory declares it, whatever it is."""
    about = struct.pack("<4H3L2H", flags, method, 0, 33, crc, len(packed), declared, len(name), 0)
    local = b"PK\3\4" + struct.pack("<H", 46) + about + name + packed
    entry = b"PK\1\2" + struct.pack("<2H", 0x32E, 46) + about + struct.pack("<3H2L", 0, 0, 0, 0o100644 << 16, 0) + name
    return local + entry + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 1, 1, len(entry), len(local), 0)


def packed_zeros(packer, mebibytes):
    return b"".join([*(packer.compress(bytes(1 << 20)) for _ in range(mebibytes)), packer.flush()])


def lzma_member(data, dictionary=1 << 16, declared=1 << 16):
    filters = [{"id": lzma.FILTER_LZMA1, "dict_size": dictionary}]
    packed = packed_zeros(lzma.LZMACompressor(lzma.FORMAT_RAW, filters=filters), data) if isinstance(data, int) else (
        lzma.compress(data, lzma.FORMAT_RAW, filters=filters)
    )  # fmt: skip
    return struct.pack("<2BHBL", 9, 4, 5, 93, declared) + packed


def test_a_member_larger_than_its_archive_says(read):
    room, damaged = 40 << 20, "The archive is damaged or of an unknown kind."
    assert read(zip_of(packed_zeros(bz2.BZ2Compressor(), 60), 12, 1000), "work.zip", room=room) == damaged
    assert read(zip_of(lzma_member(60), 14, 1000, flags=2), "work.zip", room=room) == damaged
    deflated = packed_zeros(zlib.compressobj(wbits=-15), 60)
    assert read(zip_of(deflated, 8, 1000), "work.zip", room=room) == damaged


def test_a_member_that_is_not_what_its_directory_says(desk):
    good = zip_of(DEF, 0, len(DEF), crc=zlib.crc32(DEF))
    assert "zero_pad" in desk.read(good, "work.zip").symbols
    spoilt = {
        "another sum": zip_of(DEF, 0, len(DEF), crc=zlib.crc32(DEF) ^ 1),
        "another name": good.replace(b"cnn.py", b"dnn.py", 1),
        "another signature": b"PK\7\x08" + good[4:],
        "a patch": good[:6] + b"\x20" + good[7:],
    }
    for what, data in spoilt.items():
        with pytest.raises(SubmissionError, match="damaged"):
            raise AssertionError(f"{what} is read: {desk.read(data, 'work.zip').symbols}")


def test_a_dictionary_of_four_gibibytes(read):
    data = zip_of(lzma_member(DEF, declared=0xFFFFFFFF), 14, len(DEF), flags=2, crc=zlib.crc32(DEF))
    assert read(data, "work.zip") == []
    assert read(zip_of(b"\x09\x04\x05\0\xff" + b"\xff" * 40, 14, 100), "work.zip") == (
        "The archive is damaged or of an unknown kind."
    )


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_honest_archives_are_read_however_they_are_packed(desk, method):
    noise = zlib.compress(b"x" * 300_000, 0)
    book = {"nbformat": 4, "metadata": {"x": noise.hex()}, "cells": [{"cell_type": "code", "source": DEF.decode()}]}
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", method) as archive:
        archive.writestr("cnn.ipynb", json.dumps(book))
    assert "zero_pad" in desk.read(data.getvalue(), "work.zip").symbols


BROKEN = "More than 500 statements of this file are not valid Python."


@pytest.mark.parametrize("line", ["a b\n", "return\n", "if x\n  y\n"])
def test_a_file_of_nothing_but_slips(read, line):
    assert read(line.encode() * 15_000, room=60 << 20) == BROKEN


def test_a_helper_of_nothing_but_slips_is_left_out(read, desk):
    desk.put(b"a b\n" * 30_000, "work/odd.py")
    desk.put(b"import odd\n" + DEF, "work/cnn.py")
    assert read(None, "work") == [f"odd.py was not loaded: {BROKEN}"]


def test_remarks_of_one_kind_are_counted_beyond_some(read):
    said = read(b"a b\n" * 400 + DEF)
    assert len(said) == 50 and said[-1] == "… and 351 more like these."
    marks = b"".join(b"# GRADED FUNCTION: a%d\ndef b%d(x): return x\n" % (each, each) for each in range(6000))
    said = read(marks + DEF)
    assert len(said) == 50 and said[-1] == "… and 5951 more like these."


CELL = json.dumps({"cell_type": "code", "metadata": {}, "outputs": [], "source": DEF.decode()})
FULL = 20 << 20


def notebook(source="0", saved="0"):
    """Return a notebook of one good cell, another with `source`, and what was `saved`, all as JSON."""
    other = f'{{"cell_type":"code","metadata":{{}},"outputs":[],"source":{source}}}'
    return f'{{"nbformat":4,"nbformat_minor":5,"cells":[{CELL},{other}],"metadata":{{"e":"😀","x":{saved}}}}}'.encode()


def many(piece, opening="[", closing="]"):
    return opening + ",".join([piece] * ((FULL - 5000) // (len(piece.encode()) + 1))) + closing


def test_a_cell_of_nothing_but_line_ends(read):
    """A wide character makes the text four times as large as the 20 MiB of the file; the cell comes on top of both."""
    ends = json.dumps("\n" * (FULL // 2 - 5000))
    assert read(notebook(ends), "cnn.ipynb", room=130 << 20) == "The file has 10.0 MiB; at most 1 MiB are read."
    said = "The file is too long: more than 100000 words of code."
    assert read(notebook(json.dumps("\n" * 300_000)), "cnn.ipynb") == said


@pytest.mark.parametrize("piece", ['"ab"', "1e9", "[]", '"a\\"["'])
def test_a_notebook_of_many_small_parts(read, piece):
    refused = "The notebook is too large to be read: clear its outputs and save it again."
    assert read(notebook(saved=many(piece)), "cnn.ipynb", room=100 << 20) == refused
    assert read(notebook(source=many(piece)), "cnn.ipynb", room=100 << 20) == refused


@pytest.mark.parametrize("piece", ['"ab"', "1e9", "[]"])
@pytest.mark.parametrize("encoding", ["utf-16", "gbk"])
def test_it_has_them_in_any_encoding(read, piece, encoding):
    """The second byte of a character may be that of a backslash; then a string seems not to end."""
    room = FULL // 2 if encoding == "utf-16" else FULL
    saved = "[" + ",".join([piece] * ((room - 5000) // (len(piece) + 1))) + "]"
    text = notebook(saved=saved).decode().replace("😀", '乗\\"' if encoding == "utf-16" else "癨")
    refused = "The notebook is too large to be read: clear its outputs and save it again."
    assert read(text.encode(encoding), "cnn.ipynb", room=100 << 20) == refused


@pytest.mark.parametrize(
    "source", ["%%html\n<img src='" + "😀" + "iVBOR" * 3_000_000, "%%writefile d.csv" + "\n1,2,3" * 90_000]
)
def test_what_is_no_python_counts_by_its_lines(read, source):
    assert read(notebook(json.dumps(source, ensure_ascii=False)), "cnn.ipynb", room=230 << 20) == []


def test_a_notebook_of_as_many_keys_as_are_read(read):
    saved = "{" + ",".join(f'"key{number}":1e{number % 300}' for number in range(340_000)) + "}"
    pad = '"' + "p" * (FULL - len(saved) - 5000) + '"'
    assert read(notebook(saved=f"[{pad},{saved}]"), "cnn.ipynb", room=230 << 20) == [
        "This cell's source is not text; it was skipped."
    ]


def test_a_notebook_with_pictures_and_printed_arrays_is_read(desk):
    picture = {"output_type": "display_data", "data": {"image/png": "iVBOR" * 200_000, "text/plain": ["<Figure>"]}}
    printed = {"output_type": "stream", "name": "stdout", "text": ["[255, 254, 253, 252, 251]\n"] * 150_000}
    cell = {"cell_type": "code", "metadata": {}, "outputs": [picture] * 5 + [printed], "source": DEF.decode()}
    assert "zero_pad" in desk.notebook(cell).symbols


def test_a_script_and_its_helpers_share_what_is_read(read, desk):
    desk.put(b"import tools, more\n" + DEF, "work/cnn.py")
    desk.put(b"x=[" + b"a," * 40_000 + b"]\n", "work/tools.py")
    desk.put(b"x=[" + b"a," * 10_000 + b"]\n", "work/more.py")
    assert read(None, "work") == [
        "more.py was not loaded: Together with the files read before it, it has more than 100000 words of code."
    ]
    desk.put(b"x=[" + b"a," * 500_000 + b"]\n", "work/tools.py")
    assert read(None, "work") == ["tools.py was not loaded: The file is too long: more than 100000 words of code."]


def test_a_line_counts_as_a_word(read):
    said = "The file is too long: more than 100000 words of code."
    assert read(DEF + b"def g():\n" + b" a\n" * 60_000) == said
    assert read(DEF + b"\n" * 110_000) == said


def test_a_long_file_is_read(desk):
    loop = (
        "    for h in range(n_H):  # 逐行\n        A[i, h, w, c] = np.sum(W[:, :, :, c] * a[h : h + f]) + float(b[0])\n"
    )
    assert "zero_pad" in desk.read(DEF.decode() + "def g(A, W, b):\n" + loop * 1500).symbols


@pytest.mark.parametrize("form", ["folder", "zip"])
def test_candidates_are_looked_into_up_to_a_bound(read, desk, form):
    many = {f"n{number}.ipynb": (b"def" + b" " * 76 + b"\n") * ((FULL - 100) // 80) for number in range(4)}
    name = "work" if form == "folder" else "work.zip"
    for each, content in many.items():
        desk.put(content, f"work/{each}")
    if form == "zip":
        with zipfile.ZipFile(desk.folder / name, "w", zipfile.ZIP_STORED) as archive:
            for each, content in many.items():
                archive.writestr(each, content)
    assert read(None, name) == f"{desk.folder / name} holds 4 files that could be the submission."


def test_time_runs_out_while_candidates_are_looked_into_too(desk, monkeypatch):
    monkeypatch.setattr(costs, "SECONDS", 0.05)
    for number in range(20):
        desk.put(b"\ndef " * (costs.SCRIPT // 6), f"work/n{number}.py")
    with pytest.raises(SubmissionError, match="takes too long"):
        submission.load(desk.folder / "work", NAMES)
