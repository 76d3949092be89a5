"""Where the server and a worker begin: `python -I main.py ROOT PARENT WITHOUT SHELF AHEAD [PATHS...]`.

PARENT is the grader's process id: this is then the fork server (`forking`), its control socket at descriptor 3. It
imports numpy once and forks a worker per request. It knows no rubric, no reference and no expected value, so a worker
cannot find one in what it inherits.

PARENT is 0 where there is no fork server: this is then a single worker. The wire is on stdin and stdout, and what is
printed goes to stderr; the source finds other descriptors in their places.

WITHOUT names layers of confinement to leave out, separated by commas. SHELF is the folder from which a worker that has
no scratch may read data files. AHEAD names modules that the server imports once, separated by commas. PATHS say where
numpy is. A Python that needs none was chosen for a course and offers all that is installed for it.
"""

from __future__ import annotations

import gc
import os
import sys

TYPE_CHECKING = False  # that of `typing` costs 3 ms
if TYPE_CHECKING:
    from typing import NoReturn


OLDEST = (3, 10)
"""The oldest Python that a course may choose; this file itself is read by older ones, too."""


def main() -> NoReturn:
    """Do what this process is for, until the grader is gone."""
    root, parent, without, shelf, ahead, *paths = sys.argv[1:]
    if sys.version_info < OLDEST:
        _refuse(parent)
    sys.path[:0] = paths
    sys.path.append(root)
    layers = frozenset(filter(None, without.split(",")))
    if parent == "0":
        _work(root, layers, shelf, bool(paths))
    _serve(root, int(parent), layers, shelf, ahead.split(",") if ahead else [], bool(paths))


def _refuse(parent: str) -> NoReturn:
    """Answer that this Python is too old, with its version; another answer would be an error in our own files."""
    why = "{}.{}.{} is too old".format(*sys.version_info[:3])
    if parent != "0" and os.read(3, 1 << 16):
        os.write(3, ('{"error": "%s"}' % why).encode())  # noqa: UP031
    sys.exit(why)


def _serve(root: str, parent: int, without: frozenset[str], shelf: str, ahead: list[str], ours: bool) -> NoReturn:
    """Be the fork server; `ours` says that the grader's own Python runs it."""
    gc.disable()  # imports make no garbage worth the time of looking for it
    try:
        from grader.execution.worker import forking
        from grader.execution.worker.importing import OFFERED, import_ahead

        sys.path.remove(root)
        if ahead and not import_ahead(ahead):
            _begin_again(",".join(ahead))
        server = forking.Server(parent, without, shelf, OFFERED if ours else None)
    except Exception:
        _answer_with_error()
        raise
    server.run()


def _begin_again(ahead: str) -> NoReturn:
    """Start this server anew without the modules `ahead`: one of them left a thread behind."""
    command = sys.orig_argv
    command[command.index(ahead)] = ""
    os.execv(sys.executable, command)


def _answer_with_error() -> None:
    """Answer the first request with the error at hand, such as that this Python has no numpy.

    A server that ended before the request came would leave the grader with a broken pipe instead of the reason.
    """
    import json
    import traceback

    why = traceback.format_exc()
    if os.read(3, 1 << 16):
        os.write(3, json.dumps({"error": why}).encode())


def _work(root: str, without: frozenset[str], shelf: str, ours: bool) -> NoReturn:
    """Be a single worker, confined as far as that can be done without a server: there are no namespaces."""
    source, sink = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    os.close(nothing)
    if sys.platform == "win32":
        import msvcrt

        msvcrt.setmode(source, os.O_BINARY)
        msvcrt.setmode(sink, os.O_BINARY)
    from grader.execution.confinement import only_threads
    from grader.execution.confinement.layers import prepare
    from grader.execution.wire import Wire
    from grader.execution.worker.importing import OFFERED, installed
    from grader.execution.worker.serving import serve

    sys.path.remove(root)
    only_threads(os.environ)
    offered = OFFERED if ours else None
    layers = prepare(without | {"namespaces"}, installed(offered), shelf)
    serve(Wire(source, sink), layers.enter(), layers.seal, offered)


if __name__ == "__main__":
    main()
