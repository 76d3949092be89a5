"""Runs one command in a setting and writes how it ended: `redteam_launcher.py SETTING SECONDS RESULT COMMAND…`.

Settings: "asis"; "user" (an ordinary user: another user id where it can read Python and the project, else one in a
user namespace); "bare" (an ordinary user who can make no namespace); "docker" (root with the capabilities and the
system calls that Docker's default profile leaves). RESULT is JSON: the exit status, seconds, the peak memory in bytes
of the command and what it waited for, and the processes it left behind five seconds after its end (ended then).
"""

import ctypes
import errno
import json
import os
import platform
import signal
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
USER = 61_234
NEW_USER = 0x10000000
NEW_ANY = 0x7E020000
ARM = platform.machine() == "aarch64"

# By number (x86-64, aarch64); from moby's profiles/seccomp/default.json and oci/caps/defaults.go.
REFUSED = {
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "mount_setattr": (442, 442),
    "keyctl": (250, 219),
    "add_key": (248, 217),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
}
CLONE, CLONE3 = (56, 220), (435, 435)
CAPABILITIES = {0, 1, 3, 4, 5, 6, 7, 8, 10, 13, 18, 27, 29, 31}

libc = ctypes.CDLL(None, use_errno=True)


def checked(result, what):
    if result != 0:
        raise OSError(ctypes.get_errno(), what)


def become_user():
    """An ordinary user in earnest, or, where Python lies in root's own folders, in a user namespace."""
    if os.geteuid() != 0:
        return
    files = (Path(sys.executable).resolve(), ROOT / "grading.yaml", Path(json.__file__).resolve())
    folders = [folder for file in files for folder in file.parents]
    if all(folder.stat().st_mode & 0o001 for folder in folders):
        os.setgroups([])
        os.setresgid(USER, USER, USER)
        os.setresuid(USER, USER, USER)
    else:
        user_namespace()


def user_namespace():
    """User 61234 of a new user namespace; the exec that follows takes away the capabilities in it."""
    user, group = os.geteuid(), os.getegid()
    checked(libc.unshare(NEW_USER), "unshare")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{USER} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{USER} {group} 1")


def become_bare():
    """An ordinary user of a user namespace in which no further one may be made."""
    user_namespace()
    Path("/proc/sys/user/max_user_namespaces").write_text("0")


def become_docker():
    """Root as in a container: few capabilities, no namespaces, no mounts."""
    sys.path.insert(0, str(ROOT))
    from grader.execution.confinement import kernel, seccomp

    refuse = seccomp.end(seccomp.refuse(errno.EPERM))
    flags = [
        seccomp.load(seccomp.low(0)),
        seccomp.mask(NEW_ANY),
        *seccomp.one_of((0,), seccomp.end(seccomp.ALLOW), refuse),
    ]
    over = [(0x05, 0, 0, 1)]
    program = [seccomp.load(seccomp.NUMBER)]
    for numbers in REFUSED.values():
        program += seccomp.one_of((numbers[ARM],), refuse, over)
    program += seccomp.one_of((CLONE3[ARM],), seccomp.end(seccomp.refuse(errno.ENOSYS)), over)
    program += seccomp.one_of((CLONE[ARM],), flags, seccomp.end(seccomp.ALLOW))
    seccomp.install(seccomp.assemble(program))
    for capability in range(41):
        if capability not in CAPABILITIES:
            libc.prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP; a kernel may know fewer
    kernel.prctl(47, 4)  # PR_CAP_AMBIENT: clear all; the exec that follows keeps what the bounding set allows


SETTINGS = {"asis": lambda: None, "user": become_user, "bare": become_bare, "docker": become_docker}


def main(setting, seconds, result, *command):
    checked(libc.prctl(36, 1, 0, 0, 0), "PR_SET_CHILD_SUBREAPER")
    began = time.monotonic()
    child = os.fork()
    if not child:
        try:
            os.setsid()
            SETTINGS[setting]()
            os.execv(command[0], command)
        finally:
            os._exit(127)
    status, peak, late = wait(child, began + float(seconds))
    answer = {"status": status, "late": late, "peak": peak, "seconds": time.monotonic() - began, "left": left_behind()}
    Path(result).write_text(json.dumps(answer))


def wait(child, until):
    """Return exit status (negative: signal), peak memory, and whether it had to be killed at `until`."""
    late = False
    while True:
        pid, status, usage = os.wait4(child, os.WNOHANG)
        if pid:
            return os.waitstatus_to_exitcode(status), usage.ru_maxrss * 1024, late
        if time.monotonic() > until and not late:
            late = True
            os.kill(child, signal.SIGKILL)
        time.sleep(0.005)


def left_behind():
    """Return the command lines of processes that are still there five seconds on, and end them."""
    until = time.monotonic() + 5
    while time.monotonic() < until:
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return []
        time.sleep(0.01)
    left = [int(pid) for pid in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()]
    lines = [f"{pid}: {Path(f'/proc/{pid}/cmdline').read_bytes()!r}" for pid in left]
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    return lines


if __name__ == "__main__":
    main(*sys.argv[1:])
