"""The fork server: `python -I server.py ROOT PARENT WITHOUT [PATHS...]`, its control socket at descriptor 3.

It imports numpy once and forks a worker per request. It knows no rubric, no reference and no expected value, so a
worker cannot find one in what it inherits. WITHOUT names layers of confinement to leave out, with commas.
Requests are packets of JSON:

    {"do": "lease"}                     -> {"pid": …} with two descriptors: the wire, what the worker prints
    {"do": "drop", "pid": …}            kill it; no answer
    {"do": "end", "pid": …}             -> {"status": …} its exit code or -signal; it is killed if need be
    {"do": "ready", "count": …}         keep so many workers forked ahead; no answer

When the control socket ends, so does everything here.
"""

from __future__ import annotations

import sys


def main() -> None:
    """Import what workers need, then serve until the grader is gone."""
    root, parent, without, *paths = sys.argv[1:]
    sys.path[:0] = paths
    sys.path.append(root)
    from grader.execution.worker import forking

    sys.path.remove(root)
    forking.Server(int(parent), without).run()


if __name__ == "__main__":
    main()
