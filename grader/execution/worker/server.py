"""The fork server: `python -I server.py ROOT PARENT WITHOUT [PATHS...]`, its control socket at descriptor 3.

It imports numpy once and forks a worker per request. It knows no rubric, no reference and no expected value, so a
worker cannot find one in what it inherits. WITHOUT names layers of confinement to leave out, with commas.
PATHS say where numpy is; a Python that needs none was chosen for a course and offers all that is installed for it.
Requests are packets of JSON:

    {"do": "lease", "more": …}          -> {"pid": …} with two descriptors: the wire, what the worker prints;
                                           so many more may soon be asked for, and some are forked ahead
    {"do": "drop", "pid": …}            kill it; no answer
    {"do": "end", "pid": …}             -> {"status": …} its exit code or -signal; it is killed if need be

An answer may be {"error": …} instead. When the control socket ends, so does everything here.
"""

from __future__ import annotations

import gc
import sys


def main() -> None:
    """Import what workers need, then serve until the grader is gone."""
    gc.disable()  # imports make no garbage worth the time of looking for it
    root, parent, without, *paths = sys.argv[1:]
    sys.path[:0] = paths
    sys.path.append(root)
    try:
        from grader.execution.worker import forking
        from grader.execution.worker.importing import OFFERED

        sys.path.remove(root)
        server = forking.Server(int(parent), without, OFFERED if paths else None)
    except Exception:
        _complain()
        raise
    server.run()


def _complain() -> None:
    """Answer the first request: a Python without numpy has no more to say than why.

    Who ended before it came would leave the grader with a broken pipe instead of the reason.
    """
    import json
    import os
    import traceback

    why = traceback.format_exc()
    if os.read(3, 1 << 16):
        os.write(3, json.dumps({"error": why}).encode())


if __name__ == "__main__":
    main()
