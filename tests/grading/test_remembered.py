"""What is remembered of a preparation: used only while nothing it was made from has changed, and never trusted."""

import json
import os
import pickle
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from msgspec.structs import replace

from grader.execution import open_engine
from grader.grading import prepare, read, remembered
from grader.grading.remembered import Wanted, recall, remember

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "linear_regression"


@pytest.fixture(scope="module")
def engine():
    engine = open_engine()
    yield engine
    engine.close()


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
    (file,) = remembered.folder().glob("*.prepared")
    return file


def test_what_was_prepared_is_recalled_whole(course, engine):
    wanted, prepared = kept(course, engine)
    found = recall(wanted)
    assert found is not None and found.fits(engine)
    for name in ("plan", "cases", "want"):
        once = pickle.loads(pickle.dumps(getattr(prepared, name)))
        assert pickle.dumps(getattr(found.prepared, name)) == pickle.dumps(once)
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


def test_another_grader_or_another_worker_prepares_anew(course, engine, monkeypatch):
    wanted, _ = kept(course, engine)
    found = recall(wanted)
    assert not replace(found, versions={**found.versions, "numpy": "1.0"}).fits(engine)
    monkeypatch.setattr(remembered, "__version__", "0")
    assert recall(wanted) is None


def test_only_the_users_own_file_is_read(course, engine):
    wanted, _ = kept(course, engine)
    assert stat.S_IMODE(the_file().stat().st_mode) == 0o600
    assert stat.S_IMODE(remembered.folder().stat().st_mode) == 0o700
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


def grade(course, *words):
    command = [sys.executable, "-m", "grader", "--rubric", course / "grading.yaml", course / "solutions", *words]
    env = {key: value for key, value in os.environ.items() if key != "CI"}
    return subprocess.run([*map(str, command)], capture_output=True, text=True, check=False, env=env)


def test_a_reference_found_in_a_folder_or_an_archive_is_found_anew(course):
    archive = Path(shutil.make_archive(str(course / "reference"), "zip", course / "solutions"))
    for reference in (archive, course / "solutions"):
        run = grade(course, "--reference", reference, "--self-check")
        assert (run.returncode, run.stderr) == (0, "")
        assert [*remembered.folder().glob("*.prepared")] == []


def test_the_second_run_says_what_the_first_did(course):
    first, second = (json.loads(grade(course, "--format", "json", "--self-check").stdout) for _ in range(2))
    assert the_file().stat().st_size > 1000
    assert {**first, "seconds": 0} == {**second, "seconds": 0}


def test_official_grading_keeps_and_recalls_nothing(course):
    assert grade(course, "--official").returncode == 0
    assert not remembered.folder().exists()
