"""pingfen (评分): grade numerical assignments fairly, safely and with reasons.

`from pingfen import check` checks one function from a notebook or a REPL; `grader` offers it, too, where no file of a
student's has that name.
"""

from grader.version import __version__

__all__ = ["__version__", "check"]


def __getattr__(name: str) -> object:
    """Find `check` when it is first used: the command line imports this package and needs none of it."""
    if name == "check":
        from grader.search_path import WithoutHere

        with WithoutHere():  # a student's own msgspec.py or json.py is not what is meant
            from grader.desk.checking import check

        return check
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
