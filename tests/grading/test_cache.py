"""What is remembered of a preparation: used only while nothing it was made from has changed, and never trusted."""

import json
import os
import pickle
import shutil
import stat
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import msgspec
import numpy as np
import pytest
from msgspec import Struct
from msgspec.structs import replace

from grader.grading import cache, prepare, read
from grader.grading.cache import Wanted, recall, remember
from grader.model import Limits

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "linear_regression"


@pytest.fixture
def course(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return shutil.copytree(EXAMPLE, tmp_path / "course")


def kept(course, engine):
    wanted = Wanted(rubric=str(course / "grading.yaml"))
    prepared = prepare(read(course / "grading.yaml"), engine)
    remember(wanted, prepared, engine)
    return wanted, prepared


def the_file():
    (file,) = cache.folder().glob("*.prepared")
    return file


def laid_open(value):
    """Return `value` as what can be compared: an array as its type, shape, order and bytes."""
    if isinstance(value, np.ndarray | np.generic):
        order = "F" if np.ndim(value) > 1 and value.flags.f_contiguous else "C"
        return type(value), value.dtype, value.shape, value.flags.writeable, order, value.tobytes()
    if isinstance(value, Struct):
        return type(value), [laid_open(getattr(value, name)) for name in value.__struct_fields__]
    if isinstance(value, dict):
        return {name: laid_open(each) for name, each in value.items()}
    return (type(value), [*map(laid_open, value)]) if isinstance(value, list | tuple) else (type(value), repr(value))


def test_what_was_prepared_is_recalled_whole(course, engine):
    wanted, prepared = kept(course, engine)
    found = recall(wanted)
    assert found is not None and found.fits(engine)
    for name in ("plan", "tasks"):
        assert laid_open(getattr(found.prepared, name)) == laid_open(getattr(prepared, name))
    assert (found.prepared.chosen, found.prepared.limits) == (prepared.chosen, prepared.limits)


@pytest.mark.parametrize("change", [{"variant": "7"}, {"only": ("predict",)}, {"reference": "/elsewhere.py"}])
def test_another_question_has_another_answer(course, engine, change):
    wanted, _ = kept(course, engine)
    assert recall(Wanted(rubric=wanted.rubric, **change)) is None


def test_a_changed_file_is_prepared_anew(course, engine):
    for name in ("grading.yaml", "solutions/" + next((course / "solutions").glob("*.py")).name):
        wanted, _ = kept(course, engine)
        assert recall(wanted) is not None
        file, seen = course / name, (course / name).stat()
        file.write_text(file.read_text("utf-8").replace("e", "e", 1) + "\n", "utf-8")
        os.utime(file, ns=(seen.st_atime_ns, seen.st_mtime_ns))
        assert recall(wanted) is None
        shutil.copy(EXAMPLE / name, file)


def with_generators(course):
    """Let the rubric have a file of generators; return it."""
    file, rubric = course / "solutions/makers.py", course / "grading.yaml"
    file.write_text("def one(seed, index):\n    return 1\n", "utf-8")
    rubric.write_text(
        rubric.read_text("utf-8").replace("problems:", "generators: solutions/makers.py\nproblems:"), "utf-8"
    )
    return file


@pytest.mark.parametrize("name", ["grading.yaml", "solutions/regression.py", "solutions/makers.py"])
def test_what_was_changed_while_a_class_was_graded_is_prepared_anew(name, course, engine):
    """What is remembered says which files it was made from as they were read, not as they are when it is written."""
    with_generators(course)
    wanted = Wanted(rubric=str(course / "grading.yaml"))
    prepared = prepare(read(course / "grading.yaml"), engine)
    before = (course / name).read_text("utf-8")
    (course / name).write_text(before + "\n", "utf-8")
    remember(wanted, prepared, engine)
    assert recall(wanted) is None
    (course / name).write_text(before, "utf-8")
    assert recall(wanted) is not None, "it is still good for the files that it was made from"


def test_a_generators_file_with_a_neighbour_of_its_own_is_remembered(course, engine):
    file = with_generators(course)
    file.write_text("from regression import loss\n" + file.read_text("utf-8"), "utf-8")
    wanted, _ = kept(course, engine)
    assert recall(wanted) is not None


@pytest.mark.skipif(sys.platform != "linux", reason="a pipe's size is set by Linux")
def test_the_command_remembers_no_reference_that_it_did_not_read(course):
    """The author mends the reference while a class is graded: the next run must not take old numbers for its own."""
    import fcntl

    words = [sys.executable, "-P", "-m", "grader", "--rubric", "grading.yaml", "solutions/regression.py"]
    reference = course / "solutions/regression.py"
    reader, writer = os.pipe()
    fcntl.fcntl(writer, 1031, 4096)  # F_SETPIPE_SZ: a page does not fit, so the command waits with its report in hand
    run = subprocess.Popen([*words, "--format", "html"], cwd=course, stdout=writer, stderr=subprocess.DEVNULL)
    os.close(writer)
    with os.fdopen(reader, "rb") as stream:
        assert stream.read(1)
        text = reference.read_text("utf-8")
        reference.write_text(text.replace("np.mean(error**2)", "np.mean(error**2) / 2"), "utf-8")
        assert reference.read_text("utf-8") != text
        stream.read()
    assert run.wait() == 0
    words += ["--format", "json"]
    again, officially = (
        json.loads(subprocess.run([*words, *more], cwd=course, capture_output=True).stdout)["score"]
        for more in ([], ["--official"])
    )
    assert again == officially


def test_another_grader_or_another_worker_prepares_anew(course, engine, monkeypatch):
    wanted, _ = kept(course, engine)
    found = recall(wanted)
    assert not replace(found, versions={**found.versions, "numpy": "1.0"}).fits(engine)
    monkeypatch.setattr(cache, "__version__", "0")
    assert recall(wanted) is None


def test_only_the_users_own_file_is_read(course, engine):
    wanted, _ = kept(course, engine)
    assert stat.S_IMODE(the_file().stat().st_mode) == 0o600
    assert stat.S_IMODE(cache.folder().stat().st_mode) == 0o700
    the_file().chmod(0o644)
    assert recall(wanted) is None


class _Trap:
    def __init__(self, place):
        self.place = place

    def __reduce__(self):
        return os.mkdir, (str(self.place),)


def test_a_file_that_was_tampered_with_makes_nothing_happen(course, engine, tmp_path):
    wanted, _ = kept(course, engine)
    data = the_file().read_bytes()
    place = tmp_path / "trapped"
    for forged in (b"", data[: len(data) // 2], data[:-9], pickle.dumps(_Trap(place)), b"\x80\x05N."):
        the_file().write_bytes(forged)
        assert recall(wanted) is None
    assert not place.exists()
    pickle.loads(pickle.dumps(_Trap(place)))  # the trap works where pickle is read without care
    assert place.exists()


class _Made:
    """Something that a pickle has made by a call."""

    def __init__(self, *call):
        self.call = call

    def __reduce__(self):
        return self.call[0], self.call[1:]


def forgeries():
    """Yield what is no preparation: how it was made, and its bytes."""
    yield "an array of objects at any address", pickle.dumps(_Made(np.ndarray, (1,), "O", b"A" * 8), 5)
    yield "the same by its own maker", pickle.dumps(_Made(cache._array, "|O", (1,), "C", b"A" * 8), 5)
    yield "the same by numpy's", pickle.dumps(np.array([None]), 5)
    yield "a thousand gigabytes", pickle.dumps(_Made(bytearray, 10**12), 5)
    yield "an array of as many", pickle.dumps(_Made(np.ndarray, (10**12,)), 5)
    yield "an array that is not there", pickle.dumps(_Made(cache._array, "<f8", (10**12,), "C", b""), 5)
    yield "bytes that are not there", b"\x80\x05\x96" + (10**12).to_bytes(8, "little")
    yield "a frame that is not there", b"\x80\x05\x95" + (2**62).to_bytes(8, "little") + b"N."
    yield "a number that takes hours", pickle.dumps(_Made(Fraction, "1e999999999"), 5)
    yield "a nest", b"\x80\x05" + b"]" * 200_000 + b"a" * 199_999 + b"."
    yield "a name of ours that is none", b"\x80\x05cgrader.model.nothing\nX\n."
    yield "a function of ours", b"\x80\x05cgrader.grading.cache\n_write\n."
    for module, name in (("fractions", "Fraction"), ("grader.model.rubric", "Limits"), ("msgspec._utils", "rebuild")):
        change = b"\x80\x05c%b\n%b\nN}\x8c\x06forged\x88s\x86b."
        yield f"a change of {name}", change % (module.encode(), name.encode())


@pytest.mark.parametrize(("what", "forged"), [*forgeries()], ids=lambda one: one if isinstance(one, str) else "")
def test_whatever_is_forged_is_prepared_anew(what, forged, course, engine):
    wanted, _ = kept(course, engine)
    data = the_file().read_bytes()
    stamp = data[: data.index(b"\x80\x05", 2)]
    for whole in (forged, stamp + forged):
        the_file().write_bytes(whole)
        assert recall(wanted) is None
    assert not any(hasattr(one, "forged") for one in (Fraction, Limits, msgspec._utils.rebuild))


@pytest.mark.parametrize("change", ["runtime", "path", "nouns"])
def test_neither_a_python_nor_another_rubric_is_taken_from_a_forged_file(change, course, engine):
    wanted, prepared = kept(course, engine)
    data = the_file().read_bytes()
    rubric, tasks = prepared.plan.rubric, prepared.tasks
    if change == "nouns":
        tasks = ("no task",)
    else:
        rubric = replace(rubric, **{change: str(course / "evil.sh")})
    whole = replace(prepared.plan, rubric=rubric), prepared.chosen, tasks, dict(prepared.limits)
    the_file().write_bytes(data[: data.index(b"\x80\x05", 2)] + cache._dumped(whole))
    assert recall(wanted) is None


def test_a_rubric_with_a_python_of_its_own_is_recalled_as_long_as_it_names_it(course, engine):
    text = (course / "grading.yaml").read_text("utf-8")
    (course / "grading.yaml").write_text(f"runtime: {{python: {sys.executable}}}\n{text}", "utf-8")
    wanted, _ = kept(course, engine)
    assert recall(wanted) is not None


@pytest.mark.parametrize("how", ["a link", "a link to the folder", "a pipe", "a folder for all", "relative"])
def test_only_an_ordinary_file_of_the_users_folder_is_read(how, course, engine, monkeypatch, tmp_path):
    wanted, _ = kept(course, engine)
    file, folder = the_file(), cache.folder()
    if how == "a folder for all":
        folder.chmod(0o777)
    elif how == "a link to the folder":
        folder.rename(tmp_path / "moved")
        folder.symlink_to(tmp_path / "moved")
    elif how == "relative":
        monkeypatch.chdir(tmp_path)
        shutil.copytree(tmp_path / "cache", tmp_path / ".cache")
        for home, own in (("cache", "/nowhere"), (".cache", "."), ("", "")):
            monkeypatch.setenv("XDG_CACHE_HOME", home)
            monkeypatch.setenv("HOME", own)
            assert cache.folder().is_absolute() and recall(wanted) is None
    else:
        file.rename(tmp_path / "moved")
        file.symlink_to(tmp_path / "moved") if how == "a link" else os.mkfifo(file, 0o600)
    assert recall(wanted) is None


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives a file away")
def test_nothing_of_somebody_elses_is_read(course, engine):
    wanted, _ = kept(course, engine)
    os.chown(the_file(), 12345, 12345)
    assert recall(wanted) is None


def grade(course, *words):
    command = [sys.executable, "-m", "grader", "--rubric", course / "grading.yaml", course / "solutions", *words]
    return subprocess.run([*map(str, command)], capture_output=True, text=True, check=False)


def test_a_reference_found_in_a_folder_or_an_archive_is_found_anew(course):
    archive = Path(shutil.make_archive(str(course / "reference"), "zip", course / "solutions"))
    for reference in (archive, course / "solutions"):
        run = grade(course, "--reference", reference, "--self-check")
        assert (run.returncode, run.stderr) == (0, "")
        assert [*cache.folder().glob("*.prepared")] == []


def test_the_second_run_says_what_the_first_did(course):
    first, second = (json.loads(grade(course, "--format", "json", "--self-check").stdout) for _ in range(2))
    assert the_file().stat().st_size > 1000
    assert {**first, "seconds": 0} == {**second, "seconds": 0}


def test_official_grading_keeps_and_recalls_nothing(course):
    assert grade(course, "--official").returncode == 0
    assert not cache.folder().exists()


def test_a_deadline_is_recalled_too(course, engine):
    """It is plain numbers: what could not be kept would be read anew by every run."""
    with (course / "grading.yaml").open("a", encoding="utf-8") as file:
        file.write("\npolicies:\n  deadline: 2026-10-10 23:59 Asia/Shanghai\n  late: {slope: 10% a day}\n")
    wanted, prepared = kept(course, engine)
    found = recall(wanted)
    assert found is not None
    assert found.prepared.plan.rubric.policies == prepared.plan.rubric.policies
