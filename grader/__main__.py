"""`python -m grader`: the same as `grade`. Run as a file, with `python -P`, it finds its package without a search path.

Without -P the current folder is on the search path before the first line here is read. Then a `grader.py` there is run
in place of this file, and a file there replaces the standard module of its name.
"""

import sys
from os.path import abspath, dirname

if __name__ == "__main__":
    if "grader" not in sys.modules:
        sys.path.insert(0, dirname(dirname(abspath(__file__))))  # noqa: PTH100, PTH120
        import grader  # noqa: F401 - imports nothing that could be taken from elsewhere

        del sys.path[0]
    from grader.cli.entry import main

    main()
