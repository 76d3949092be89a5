"""Starting: early, light, knowing nothing; and with another Python if the rubric names one."""

import ctypes
import os
import subprocess
import sys
import time
import venv
from pathlib import Path

import numpy as np
import pytest
from execution_kit import one, run

from grader.errors import EngineError
from grader.execution import open_engine, start
from grader.execution.confinement import ONE_THREAD

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="the fork server is Linux's")
HEAVY = ("numpy", "msgspec", "socket", "subprocess", "json", "threading", "click", "grader.model", "grader.language")


def test_starting_imports_next_to_nothing():
    code = (
        "import sys; from grader.execution.start import start; start(); "
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


@LINUX
def test_a_server_that_was_started_is_taken_and_others_are_let_go():
    first = start.start()
    other = start.start(without="namespaces")
    taken = start.take()
    assert taken is other  # the latest with this Python
    assert not start._started
    os.close(taken.control)
    for server in (first, other):
        assert os.waitpid(server.pid, 0)[0] == server.pid


@LINUX
def test_the_grader_hides_its_memory(fork_engine):
    get_dumpable = 3
    assert ctypes.CDLL(None).prctl(get_dumpable, 0, 0, 0, 0) == 0


def test_a_worker_finds_nothing_of_the_graders(mortal_engine, monkeypatch):
    """Nor does it find what is beside it: not the environment, the folder or the descriptors."""
    monkeypatch.setenv("CANARY", "in-the-environment")
    text = """
        import os, sys
        def environment():
            try: whole = open("/proc/self/environ").read()
            except OSError: whole = ""
            return sorted(os.environ), "CANARY" in whole or "CANARY" in os.environ
        def descriptors():
            found = []
            for fd in range(3, 256):
                try: found.append(os.fstat(fd).st_mode & 0o170000)
                except OSError: pass
            return len(found)
        def argv(): return sys.argv
        def here(): return os.listdir(".") if os.access(".", os.R_OK) else []
        def stdin(): return sys.stdin.read(), os.read(0, 10) == b""
    """
    environment, descriptors, argv, _, stdin = run(
        mortal_engine, text, ("environment",), ("descriptors",), ("argv",), ("here",), ("stdin",)
    ).outcomes
    names, leaked = environment.value
    assert {*names} <= {"HOME", "TMPDIR", "MPLBACKEND", "MPLCONFIGDIR", "TQDM_DISABLE", *ONE_THREAD} and not leaked
    assert descriptors.value <= 2  # the wire
    assert argv.value == ["work.py"]
    assert stdin.value == ("", True)


@pytest.fixture(scope="module")
def pythons(tmp_path_factory):
    """A Python without numpy, and one of a course, with numpy and a package more."""
    folder = tmp_path_factory.mktemp("pythons")
    for each in (folder, *folder.parents[:2]):
        each.chmod(0o755)
    for name in ("bare", "course"):
        venv.create(folder / name, symlinks=True)
    packages = next((folder / "course").glob("lib/python*/site-packages"))
    (packages / "course.pth").write_text(f"{Path(np.__file__).parents[1]}\n")
    (packages / "coursekit.py").write_text("answer = 7\n")
    (packages / "once.py").write_text("import os\nborn = os.getpid()\nhome = os.environ['HOME']\n")
    (packages / "broken.py").write_text("import once\nraise OSError('no licence')\n")
    (packages / "threaded.py").write_text(
        "import threading, time\nthreading.Thread(target=time.sleep, args=(600,), daemon=True).start()\n"
    )
    return folder


@pytest.mark.parametrize("kind", ["fork", "spawn"])
def test_another_python_runs_the_source_and_offers_what_it_has(pythons, kind):
    engine = open_engine(kind, python=str(pythons / "course" / "bin" / "python"))
    text = """
        import sys, coursekit, nowhere
        import numpy as np
        def f(): return coursekit.answer, np.ones(2), sys.prefix
    """
    try:
        answer, ones, prefix = one(engine, text, "f").value
    finally:
        engine.close()
    assert (answer, ones.tolist()) == (7, [1, 1])
    assert prefix == str(pythons / "course")
    assert engine.versions["numpy"] == np.__version__


def imported_ahead(python, ahead, text="def f(): return sorted(set(sys.modules) & {'once', 'threaded', 'coursekit'})"):
    """Return, of two workers of one engine, what came of `f`, and the engine's tier."""
    engine = open_engine(python=str(python), ahead=ahead)
    try:
        return [one(engine, f"import sys\n{text}\n", "f") for _ in range(2)], engine.tier
    finally:
        engine.close()


@LINUX
def test_a_module_that_is_imported_ahead_is_imported_once_for_all_workers(pythons):
    python = pythons / "course" / "bin" / "python"
    text = """
import os, once
def f():
    once.calls = getattr(once, "calls", 0) + 1
    return once.home, os.environ["HOME"], once.calls
"""
    (first, other), _ = imported_ahead(python, ["once"], text)
    assert first.value == other.value  # what one worker changes in it, no other one sees
    home, workers, calls = first.value
    assert (home != workers, Path(home).exists(), calls) == (True, False, 1)
    (first, _), _ = imported_ahead(python, [], text)
    assert first.value == (workers, workers, 1)


@LINUX
def test_temporary_files_lie_in_a_workers_own_folder_though_the_server_had_another(pythons):
    python = pythons / "course" / "bin" / "python"
    text = "import tempfile\ndef f():\n    with tempfile.TemporaryFile() as file: return file.write(b'abc')"
    (first, _), _ = imported_ahead(python, ["once"], text)
    (plain, _), _ = imported_ahead(python, [], text)
    assert first.value == plain.value == 3


@LINUX
def test_what_cannot_be_imported_ahead_is_the_sources_affair(pythons):
    python = pythons / "course" / "bin" / "python"
    (first, _), _ = imported_ahead(python, ["nowhere", "broken", "coursekit"])
    assert first.value == ["coursekit", "once"]


@LINUX
def test_a_module_that_leaves_a_thread_is_not_imported_ahead_and_costs_no_namespaces(pythons):
    python = pythons / "course" / "bin" / "python"
    alone, tier = imported_ahead(python, [])
    assert [each.value for each in alone] == [[], []]
    assert imported_ahead(python, ["coursekit", "threaded"])[1] == tier
    assert [each.value for each in imported_ahead(python, ["coursekit", "threaded"])[0]] == [[], []]


@LINUX
def test_a_server_without_numpy_says_why_however_late_it_is_asked(pythons):
    """It used to say so and end: who asked later met a broken pipe."""
    started = start.start(str(pythons / "bare" / "bin" / "python"))
    time.sleep(1)
    assert os.waitpid(started.pid, os.WNOHANG) == (0, 0)
    with pytest.raises(EngineError, match="No module named 'numpy'"):
        assert open_engine("fork", python=started.python).tier
    assert os.waitpid(started.pid, 0)[0] == started.pid


@pytest.mark.parametrize("kind", ["fork", "spawn"])
@pytest.mark.parametrize("place", ["bare/bin/python", "nowhere/python"])
def test_a_python_that_cannot_run_sources_is_our_error_and_says_why(pythons, kind, place):
    with pytest.raises(EngineError) as caught:
        engine = open_engine(kind, python=str(pythons / place))
        assert engine.tier
    text = caught.value.message.text("en")
    assert str(pythons / place) in text
    assert text.endswith(("No module named 'numpy'", "No such file or directory"))
    assert "numpy" in caught.value.hint.text("zh")


def test_a_server_that_dies_is_our_error():
    if sys.platform != "linux":
        pytest.skip("the fork server is Linux's")
    engine = open_engine("fork")
    assert engine.tier
    os.kill(engine._pid, 9)
    os.waitpid(engine._pid, 0)
    with pytest.raises(EngineError):
        run(engine, "def f(): return 1\ndef g(): return 1\n", ("f",), ("g",))


def test_what_runs_beside_a_student_knows_only_the_wire_and_the_confinement():
    root = str(Path(__file__).parents[2])
    code = f"""
import sys
sys.path[:0] = {start.paths(sys.executable)!r}
sys.path.append({root!r})
import grader.execution.worker.forking
files = {{name: getattr(module, "__file__", None) or "" for name, module in sys.modules.items()}}
print(sorted({{name.partition(".")[0] for name, file in files.items() if "-packages" in file}}))
print(sorted({{".".join(name.split(".")[:3]) for name in files if name.startswith("grader")}}))
"""
    command = [sys.executable, "-I", "-S", "-c", code]
    installed, own = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    assert installed == "['numpy']"
    inner = [f"grader.execution.{name}" for name in ("confinement", "laying", "wire", "worker")]
    families = (
        "arrays containers dates exact family frames functions items numbers plain records sets sparse tables tensors"
    )
    values = [f"grader.values.{name}" for name in families.split()]
    assert own == repr(["grader", "grader.execution", *inner, "grader.values", *values, "grader.version"])
