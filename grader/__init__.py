"""pingfen (评分): grade numerical assignments fairly, safely and with reasons.

`from pingfen import check` checks one function from a notebook or a REPL; so does `from grader import check`, unless a
file of the student's is called `grader.py`.
"""

from grader.version import __version__

__all__ = ["__version__", "check"]


def __getattr__(name: str) -> object:
    """Find `check` when it is first used: the command line imports this package and needs none of it."""
    if name == "check":
        from grader.search_path import WithoutHere

        with WithoutHere():  # not a student's own msgspec.py or json.py
            from grader.desk.checking import check

        return check
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
