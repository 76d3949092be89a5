"""A worker that was not forked: `python -I alone.py ROOT WITHOUT [PATHS...]`, for systems without a fork server.

The wire is on stdin and stdout, what is printed goes to stderr; the source finds other descriptors in their places.
"""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Put the descriptors in their places, confine this process as far as may be, and serve."""
    root, without, *paths = sys.argv[1:]
    source, sink = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    os.close(nothing)
    if sys.platform == "win32":
        import msvcrt

        msvcrt.setmode(source, os.O_BINARY)
        msvcrt.setmode(sink, os.O_BINARY)
    sys.path[:0] = paths
    sys.path.append(root)
    import numpy.fft
    import numpy.linalg
    import numpy.random  # noqa: F401

    from grader.execution import confinement
    from grader.execution.wire import Wire
    from grader.execution.worker.importing import OFFERED, installed
    from grader.execution.worker.serving import serve

    sys.path.remove(root)
    os.environ.clear()
    offered = OFFERED if paths else None
    layers = frozenset(["namespaces", *filter(None, without.split(","))])
    plan = confinement.Setup(without=layers, readable=installed(offered))
    ground = confinement.prepare(plan)

    def seal(memory: int, cpu_seconds: float) -> None:
        ground.seal(confinement.Bounds(memory=memory, cpu_seconds=cpu_seconds))

    serve(Wire(source, sink), ground.enter(), seal, offered)


if __name__ == "__main__":
    main()
