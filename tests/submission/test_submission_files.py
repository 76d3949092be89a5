"""Data files that the code names are read with it, from what was handed in and from nowhere else."""

import os
import sys
import zipfile

import pytest
from submission_desk import NAMES, remarks

from grader import submission

CODE = """
import numpy as np
K = np.load("k.npy")
rows = open('data/day 1.csv')
more = open(folder + "/m.txt")
# README.md says more
def zero_pad(X, pad):
    return X
"""
FILES = {
    "k.npy": b"\x93NUMPY",
    "data/day 1.csv": b"1,2\n",
    "deep/er/M.txt": b"up",
    "README.md": b"read me",
    "unused.csv": b"never",
    "other.py": b"x = 1",
    "grading.yaml": b"seed: 42",
    ".hidden/k.npy": b"h",
    "__pycache__/k.npy": b"p",
    "~$k.npy": b"t",
}
TAKEN = {"k.npy": b"\x93NUMPY", "data/day 1.csv": b"1,2\n", "deep/er/M.txt": b"up", "README.md": b"read me"}


@pytest.fixture
def handed_in(desk, tmp_path):
    def read(text=CODE, files=FILES, name="cnn.py"):
        for path, content in files.items():
            desk.put(content, f"work/{path}")
        desk.put(text, f"work/{name}")
        return submission.load(tmp_path / "work", NAMES, "cnn.py")

    return read


def names(student):
    return [name for name, _ in student.source.files]


def test_of_a_folder_those_that_are_named(handed_in):
    student = handed_in(CODE + 'open("grading.yaml"), open("other.py")\n')
    assert dict(student.source.files) == TAKEN
    assert remarks(student) == []


def test_a_file_above_the_code(handed_in):
    student = handed_in('open("../data/k.csv")\n', {"data/k.csv": b"1"}, "src/cnn.py")
    assert student.source.files == (("../data/k.csv", b"1"),)


@pytest.mark.parametrize("text", ['glob("*.csv")', 'f"{day}.csv"', "day + '.csv'", '"{}.csv".format(day)'])
def test_an_end_names_every_file_that_has_it(handed_in, text):
    student = handed_in(f"x = {text}\n", {"a.csv": b"1", "data/b.CSV": b"2", "c.txt": b"3"})
    assert names(student) == ["a.csv", "data/b.CSV"]


def test_what_a_helper_names(handed_in):
    assert names(handed_in("import mine\n", {"mine.py": b"K = open('k.csv')\n", "k.csv": b"1"})) == ["k.csv"]


def test_of_an_archive(tmp_path):
    with zipfile.ZipFile(tmp_path / "work.zip", "w") as archive:
        archive.writestr("top/cnn.py", CODE)
        for path, content in FILES.items():
            archive.writestr(f"top/{path}", content)
    student = submission.load(tmp_path / "work.zip", NAMES, "cnn.py")
    assert dict(student.source.files) == TAKEN


def test_of_a_single_file_only_where_its_neighbours_are_its_own(desk, tmp_path):
    desk.put(b"1", "k.npy")
    path = desk.put('import numpy as np\nK = np.load("k.npy")\n')
    assert submission.load(path, NAMES, helpers=True).source.files == (("k.npy", b"1"),)
    assert submission.load(path, NAMES, helpers=False).source.files == ()


def test_other_bytes_are_another_submission(handed_in):
    digests = {handed_in(files=files).source.digest for files in (FILES, {"k.npy": b"2"}, {"k.npy": b"\x93NUMPY2"})}
    assert len(digests) == 3


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there, and there are no pipes")
def test_nothing_behind_a_link_and_nothing_but_files(handed_in, tmp_path):
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret/k.npy").write_bytes(b"secret")
    work = tmp_path / "work"
    work.mkdir()
    (work / "k.npy").symlink_to(tmp_path / "secret/k.npy")
    (work / "linked").symlink_to(tmp_path / "secret")
    os.mkfifo(work / "m.txt")
    student = handed_in(CODE + 'open("../secret/k.npy"), open("/etc/passwd.txt"), open("linked/k.npy")\n', {})
    assert student.source.files == ()


def test_a_file_that_is_exchanged_for_a_link_is_not_followed(handed_in, tmp_path, monkeypatch):
    from grader.submission import files

    named = files._named

    def exchanged(text, paths):
        for path in named(text, paths):
            (tmp_path / "work" / path).unlink()
            (tmp_path / "work" / path).symlink_to("/etc/hostname")
            yield path

    monkeypatch.setattr(files, "_named", exchanged)
    student = handed_in(files={"k.npy": b"1"})
    assert student.source.files == ()
    assert "link" in remarks(student)[0][0]


def test_what_is_too_large_is_left_out_and_said(handed_in, tmp_path):
    large = tmp_path / "work" / "data" / "day 1.csv"
    large.parent.mkdir(parents=True)
    with large.open("wb") as file:
        file.truncate(9 << 20)
    student = handed_in(files={"k.npy": b"1"})
    assert names(student) == ["k.npy"]
    assert "day 1.csv was not loaded" in remarks(student)[0][0]
    together = {f"{number}.bin": bytes(7 << 20) for number in range(3)}
    student = handed_in('x = open(f"{n}.bin")\n', together)
    assert names(student) == ["0.bin", "1.bin"]
    assert "2.bin" in remarks(student)[0][0]


def test_of_a_thousand_files_the_first_are_taken_and_the_rest_is_said(handed_in):
    student = handed_in('x = open(f"{n}.csv")\n', {f"{number:04}.csv": b"1" for number in range(1000)})
    assert len(names(student)) == 32
    assert "at most 32 data files" in remarks(student)[0][0]


def test_bombs_in_an_archive_are_left_out(tmp_path):
    with zipfile.ZipFile(tmp_path / "work.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("cnn.py", CODE)
        archive.writestr("k.npy", os.urandom(9 << 20))
    student = submission.load(tmp_path / "work.zip", NAMES, "cnn.py")
    assert student.source.files == ()
    assert "k.npy was not loaded" in remarks(student)[0][0]
