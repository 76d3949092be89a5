"""A worker learns nothing of another one: each way that one could tell the other something is refused."""

import platform

import pytest

WAYS = """
import ctypes, errno, fcntl, os, struct, time
libc = ctypes.CDLL(None, use_errno=True)

def call(number, *arguments):
    ctypes.set_errno(0)
    words = [ctypes.c_long(each) if isinstance(each, int) else each for each in (number, *arguments)]
    if libc.syscall(*words) < 0:
        raise OSError(ctypes.get_errno(), "")

shared = os.open(os.__file__, os.O_RDONLY)
lock = struct.pack("hhqqi4x", fcntl.F_RDLCK, 0, 1, 1, 0)
page = libc.mmap
page.restype = ctypes.c_void_p
page = page(None, ctypes.c_size_t(4096), 1, 1, shared, ctypes.c_long(0))
other = os.getppid() or 2  # process 1 of a namespace of its own is this one
ways = {
    "a record lock": lambda: fcntl.fcntl(shared, fcntl.F_SETLK, lock),
    "whose record lock": lambda: fcntl.fcntl(shared, fcntl.F_GETLK, lock),
    "an open file's lock": lambda: fcntl.fcntl(shared, 37, lock),
    "a file's lock": lambda: fcntl.flock(shared, fcntl.LOCK_SH),
    "another's CPU clock": lambda: time.clock_gettime(~other << 3 | 2),
    "a futex on a file's page": lambda: call(202, ctypes.c_void_p(page), 1, 1, 0, 0, 0),
    "another futex call": lambda: call(454, ctypes.c_void_p(page), 1, 1, 2),
    "the page cache": lambda: call(27, ctypes.c_void_p(page), 4096, ctypes.create_string_buffer(1)),
    "a read that does not wait": lambda: os.preadv(shared, [bytearray(8)], 0, os.RWF_NOWAIT),
    "driving pages out": lambda: os.posix_fadvise(shared, 0, 0, os.POSIX_FADV_DONTNEED),
    "driving pages out of a mapping": lambda: call(28, ctypes.c_void_p(page), 4096, 21),
    "the machine's memory": lambda: call(99, ctypes.create_string_buffer(200)),
    "free space": lambda: os.statvfs(os.__file__),
    "another's session": lambda: os.getsid(other),
    "another's priority": lambda: os.getpriority(os.PRIO_PROCESS, other),
    "a file that both may write": lambda: open(os.__file__, "a"),
    "a file's time": lambda: os.utime(os.__file__, (1, 1)),
    "a name in a shared folder": lambda: open(os.path.join(os.path.dirname(os.__file__), "told"), "w"),
    "shared memory": lambda: call(29, 1234, 100, 0o1666),
    "an abstract socket": lambda: __import__("socket").socket(1, 1),
    # The kernel counts these for everyone, so what one makes shows in the number that another gets.
    "the number of a process": os.fork,
    "the number of a thread": lambda: __import__("_thread").start_new_thread(print, ()),
    "the number of a pipe": os.pipe,
    "the number of a file in memory": lambda: os.memfd_create("told"),
    "the number of an event": lambda: call(290, 0, 0),
    "the number of a poll": lambda: __import__("select").epoll(),
    "the number of a timer": lambda: call(283, 1, 0),
}
answer = []
for name, way in ways.items():
    try:
        way()
        answer.append(name)
    except (OSError, RuntimeError):  # a thread that cannot be started
        pass
before = os.stat(os.__file__)
os.read(shared, 100)
answer += ["a file's access time"] if os.stat(os.__file__).st_atime_ns != before.st_atime_ns else []
"""


@pytest.mark.skipif(platform.machine() != "x86_64", reason="the numbers of the calls are those of x86-64")
@pytest.mark.parametrize("without", ["", "namespaces", "landlock"])
def test_no_way_is_open(confined, without):
    first, second = confined(WAYS, WAYS, without=without)["answers"]
    assert (first, second) == ([], [])
