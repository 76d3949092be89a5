"""The words that almost every student types, understood without click: importing it would take as long as judging."""

from __future__ import annotations

from grader.cli.commands import COMMANDS

_OFFICIAL = {"--official": True, "--self-check": False}


def understood(words: list[str]) -> tuple[tuple[str, ...], bool | None] | None:
    """Return the paths to grade, and whether officially, if `words` say nothing else; None if they do."""
    options = [word for word in words if word.startswith("-")]
    if not set(options) <= _OFFICIAL.keys() or (words and words[0] in COMMANDS):
        return None
    paths = tuple(word for word in words if not word.startswith("-"))
    return paths, _OFFICIAL[options[-1]] if options else None


def carry_out(paths: tuple[str, ...], official: bool | None) -> int:
    """Grade `paths`; return the exit code, also of an error, which is told."""
    from grader.cli.grading import Request, run
    from grader.errors import GraderError

    try:
        return run(Request(paths=paths, official=official))
    except GraderError as error:
        from grader.cli.telling import tell

        return tell(error)
    except (BrokenPipeError, KeyboardInterrupt):  # whoever read it, or asked for it, has gone: as click does
        return 1
