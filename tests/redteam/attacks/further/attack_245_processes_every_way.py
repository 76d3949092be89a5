# RED-TEAM SUBMISSION attack_245_processes_every_way  (test material for a sandboxed grader; do not import outside a sandbox)
# class: resources
# success of the attack: processes by subprocess, multiprocessing, pty, posix_spawn, vfork and raw clone outlive the grading
# on: honest

import os as _os

def _mark(tag, data=b""):
    for d in ("..", "/tmp", "/var/tmp", "/dev/shm", _os.path.expanduser("~")):
        try:
            with open(_os.path.join(d, "REDTEAM_PWNED_245_" + tag), "wb") as fh:
                fh.write(bytes(data)[:4096])
        except Exception:
            pass

import ctypes, os, subprocess, sys, threading
def zero_pad(X, pad):
    libc = ctypes.CDLL(None)
    sleeper = [sys.executable, "-c", "import time; time.sleep(45)"]
    for way in (lambda: subprocess.Popen(sleeper, start_new_session=True), lambda: os.posix_spawn(sys.executable, sleeper, {}), lambda: os.system("sleep 45 &"),
                lambda: os.forkpty(), lambda: __import__("multiprocessing").Process(target=print).start(), lambda: threading.Thread(target=print).start(),
                lambda: __import__("_thread").start_new_thread(print, ()), lambda: os.execv(sys.executable, sleeper)):
        try:
            way(); _mark("process")
        except BaseException:
            pass
    for nr, args in ((56, (17, 0, 0, 0, 0)), (57, ()), (58, ()), (435, (ctypes.create_string_buffer(88), 88)), (220, (17, 0, 0, 0, 0)), (0x40000000 + 57, ())):
        pid = libc.syscall(nr, *args) if nr < 0x40000000 else -1
        if pid == 0:
            _mark("clone"); os._exit(0)
    return np.zeros(1)
