"""A confined worker can do all that a numerical course needs, and little else."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

NUMPY = """
import numpy as np
rng = np.random.default_rng(1)
a = rng.normal(size=(30, 30))
u, s, v = np.linalg.svd(a)
import numpy.polynomial, numpy.ma, numpy.testing, numpy.ctypeslib
np.random.seed(1)
answer = [
    bool(np.allclose(u * s @ v, a)),
    bool(np.allclose(np.linalg.inv(a) @ a, np.eye(30))),
    bool(np.allclose(np.fft.ifft(np.fft.fft(a)), a)),
    bool(np.allclose(np.einsum("ij,jk", a, a), a @ a)),
    len(np.linalg.eigvals(a)) == 30,
    round(float(np.random.randn()), 6) == 1.624345,
]
"""
STANDARD = """
import bz2, csv, ctypes, dataclasses, datetime, decimal, hashlib, json, lzma, re, sqlite3, statistics, unittest, zlib
import concurrent.futures, http.client, multiprocessing, typing, xml.etree.ElementTree
answer = [hashlib.sha256(b"").hexdigest()[:6], str(decimal.Decimal(1) / 4), open("/dev/null").read()]
"""
SCRATCH = """
import os, tempfile, numpy as np
np.save("a.npy", np.arange(3))
with tempfile.TemporaryFile() as file:
    file.write(b"x")
answer = [os.listdir("."), np.load("a.npy").tolist()]
"""
TIERS = ["", "namespaces", "landlock", "namespaces,landlock"]


@pytest.mark.parametrize("without", TIERS)
def test_numpy_and_the_standard_library_work(confined, without):
    numpy, standard = confined(NUMPY, STANDARD, without=without)["answers"]
    assert numpy == [True] * 6
    assert standard == ["e3b0c4", "0.25", ""]


def test_scratch_is_private_and_gone_with_the_worker(confined):
    ran = confined(SCRATCH, SCRATCH)
    if ran["tier"] != "namespaces":
        pytest.skip(f"no namespaces here: {ran['missing']}")
    assert ran["answers"] == [[["a.npy"], [0, 1, 2]]] * 2


def test_without_a_bounded_scratch_nothing_can_be_written(confined):
    write = """
    answer = []
    for path in ("", "/tmp/", "/dev/shm/", "/var/tmp/"):
        try:
            open(path + "pingfen-tried", "w")
        except OSError as error:
            answer.append(error.errno)
    """
    assert confined(write, without="namespaces")["answers"] == [[13, 13, 13, 13]]


@pytest.fixture
def open_to_all():
    """A folder that every user may read: pytest's own lie where only this one may look, and a worker may be another."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def test_installed_packages_are_out_of_reach_unless_the_course_asks(confined, open_to_all):
    (open_to_all / "coursework.py").write_text("VALUE = 7\n")
    site = str(Path(pytest.__file__).parents[1])
    code = f"""
    import sys
    sys.path[:0] = [{site!r}, {str(open_to_all)!r}]
    answer = []
    for name in ("pytest", "coursework"):
        try:
            answer.append(bool(__import__(name)))
        except ImportError:
            answer.append(False)
    """
    for without in ("", "namespaces"):
        assert confined(code, without=without)["answers"] == [[False, False]]
        assert confined(code, without=without, readable=str(open_to_all))["answers"] == [[False, True]]


def test_a_worker_owns_nothing_and_may_do_nothing_special(confined):
    ask = """
    import os, ctypes
    caps = (ctypes.c_uint32 * 6)()
    libc = ctypes.CDLL(None)
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    answer = [libc.capget(header, caps), list(caps), os.getgroups(), os.getuid()]
    """
    ran = confined(ask)
    failed, caps, groups, user = ran["answers"][0]
    assert failed == 0
    assert caps == [0] * 6
    if os.geteuid() == 0 and "user" not in ran["missing"]:
        assert groups == []
        assert user > 0


def test_in_namespaces_a_worker_is_alone(confined):
    ran = confined("import os; answer = [os.getpid(), os.path.exists('/proc'), os.path.exists('/home'), os.getcwd()]")
    if ran["tier"] != "namespaces":
        pytest.skip(f"no namespaces here: {ran['missing']}")
    assert ran["answers"] == [[1, True, False, "/tmp/work"]] or ran["answers"] == [[1, False, False, "/tmp/work"]]


CALLS = """
import ctypes, errno
libc = ctypes.CDLL(None, use_errno=True)
def failure(number):
    ctypes.set_errno(0)
    libc.syscall(ctypes.c_long(number), 0, 0, 0, 0, 0)
    return errno.errorcode.get(ctypes.get_errno(), "none")
answer = {str(number): failure(number) for number in (435, 452, 463, 500, 425, 434, 438, 449)}
"""


def test_unknown_calls_look_like_an_old_kernel_and_known_ones_are_refused(confined):
    failures = confined(CALLS)["answers"][0]
    assert {failures[number] for number in ("435", "452", "463", "500")} == {"ENOSYS"}
    assert {failures[number] for number in ("425", "434", "438", "449")} == {"EPERM"}


@pytest.mark.parametrize("without", ["namespaces,landlock", "namespaces"])
def test_a_file_that_may_be_read_cannot_be_emptied(confined, open_to_all, without):
    file = open_to_all / "data"
    file.write_text("kept")
    file.chmod(0o666)
    code = f"""
    import os
    answer = []
    for flags in (os.O_RDONLY | os.O_TRUNC, os.O_RDONLY):
        try:
            answer.append(len(os.read(os.open({str(file)!r}, flags), 9)))
        except OSError as error:
            answer.append(error.strerror)
    """
    assert confined(code, without=without, readable=str(open_to_all))["answers"] == [["Operation not permitted", 4]]
    assert file.read_text() == "kept"


def test_other_machines_calls_kill(confined):
    x32 = "import ctypes; ctypes.CDLL(None).syscall(ctypes.c_long(0x40000000 + 39)); answer = 'alive'"
    assert confined(x32)["answers"] == [f"died: {int(signal.SIGSYS)}"]


def test_a_layer_that_fails_in_the_worker_stops_it(confined):
    answer = confined("answer = 'went on'", breaking="os.close(layers.rules)")["answers"][0]
    assert answer.startswith("failed:")
    assert "Bad file descriptor" in answer


def test_workers_die_with_their_server(tmp_path):
    program = """
import os, sys, time
sys.path[:0] = sys.argv[1:3]
import numpy
from grader.execution.confinement.layers import prepare
layers = prepare([*filter(None, sys.argv[3].split(","))])
pid = layers.fork()
if not pid:
    layers.enter()
    layers.seal(memory=1 << 30, cpu_seconds=10)
    os.write(1, b"sealed\\n")
    time.sleep(60)
print(pid, flush=True)
time.sleep(60)
"""
    import numpy

    roots = [str(Path(numpy.__file__).parents[1]), str(Path(__file__).resolve().parents[3])]
    for without in ("", "namespaces"):
        server = subprocess.Popen(
            [sys.executable, "-I", "-c", program, *roots, without],
            stdout=subprocess.PIPE,
            env={"OPENBLAS_NUM_THREADS": "1"},
        )
        lines = {server.stdout.readline().strip(), server.stdout.readline().strip()}
        worker = int((lines - {b"sealed"}).pop())
        server.kill()
        server.wait()
        until = time.monotonic() + 5
        while time.monotonic() < until and _alive(worker):
            time.sleep(0.01)
        assert not _alive(worker)
        server.stdout.close()


def _alive(pid):
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False
