"""`grade release` as it is typed."""

import subprocess
import sys


def release(folder, *words):
    command = [sys.executable, "-m", "grader", "release", *words, "--lang", "en"]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)


def test_check_passes_and_writes_nothing(squares):
    before = sorted(squares.rglob("*"))
    run = release(squares, "--check", "out")
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout == "The assignment follows from the reference.\n"
    assert sorted(squares.rglob("*")) == before


def test_check_shows_what_no_longer_follows(squares):
    stub = squares / "work" / "squares.py"
    stub.write_text(stub.read_text("utf-8").replace("how many there are", "their number"), "utf-8")
    for words in (["--check"], ["out"]):
        run = release(squares, *words)
        assert run.returncode == 1
        assert '-    """Return the squares of x, and their number."""' in run.stdout
        assert '+    """Return the squares of x, and how many there are."""' in run.stdout
        assert not (squares / "out").exists()
    assert release(squares, "--update").returncode == 0
    assert release(squares, "--check").returncode == 0


def test_check_misses_a_stub_that_a_kit_would_make(squares):
    (squares / "work" / "squares.py").unlink()
    run = release(squares, "--check")
    assert (run.returncode, run.stdout.splitlines()[0]) == (1, "work/squares.py is not there.")
    assert release(squares, "out").returncode == 0
    assert "y = None" in (squares / "out" / "work" / "squares.py").read_text("utf-8")


def test_a_kit_and_its_zip(squares):
    run = release(squares, "out", "--zip", "--notebook")
    assert (run.returncode, run.stdout) == (0, "Wrote 7 files to out.\n")
    first = (squares / "out.zip").read_bytes()
    assert release(squares, "out", "--zip", "--notebook").returncode == 0
    assert (squares / "out.zip").read_bytes() == first


def test_a_kit_that_would_tell_is_not_written(squares):
    readme = squares / "work" / "README.md"
    readme.write_text("The seed is 918273645.\n", "utf-8")
    run = release(squares, "out")
    assert run.returncode == 1
    assert run.stdout.startswith("work/README.md: It holds the rubric's seed.\n")
    assert not (squares / "out").exists()


def test_it_wants_a_folder(squares):
    run = release(squares)
    assert run.returncode == 2
    assert "grade release OUT" in run.stderr


def test_a_kit_makes_no_kit(squares):
    assert release(squares, "out").returncode == 0
    run = release(squares / "out", "again")
    assert run.returncode == 2
    assert "student kit already" in run.stderr
