"""The `grade` command's first lines: they start the workers' server before anything slow or secret is read."""

from __future__ import annotations

import gc
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

QUIET = {"init", "trust"}
"""The commands that need no server at once; every first word that is no command is a path to grade."""


def main() -> None:
    """Run the command line and exit with its code (see `grader.errors`)."""
    from grader.search_path import sound

    sys.path[:] = sound(sys.path)  # before anything is imported by its name alone
    # A report makes few cycles, and one collection takes 9 ms; idle BLAS threads cost 60 ms of CPU at import.
    gc.set_threshold(400_000)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    words = sys.argv[1:]
    from grader.cli.plain import carry_out, refused, understood

    code = refused(words)
    if code is not None:
        _leave(code)
    if not ({"--help", "-h", "--version"} & set(words)) and not (words and words[0] in QUIET):
        from grader.execution.start import start

        start()
    plain = understood(words)
    if plain is not None:
        _import_msgspec()
        _leave(carry_out(*plain))
    from grader.cli.app import app

    try:
        app(prog_name="grade")
    except SystemExit as end:
        _leave(end.code)


# CPython keeps frames in chunks of 16 KiB, and maps and unmaps one at every call that happens to cross a chunk's end:
# by the depth of one `import` that was 1,300 times a run, 8 ms. What a large frame calls lies in its own 512 KiB.
main.__code__ = main.__code__.replace(co_stacksize=33_000)


def _import_msgspec() -> None:
    """Import msgspec without `typing_extensions`: where that happens to be installed it takes 8 ms, and we use none."""
    name = "typing_extensions"
    if name in sys.modules:
        return
    sys.modules[name] = None  # type: ignore[assignment]
    import msgspec  # noqa: F401

    del sys.modules[name]


def _leave(code: object) -> NoReturn:
    """End this process at once: taking numpy and the rest apart first would take 10 ms."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:  # whoever read it has gone
            code = code or 1
    os._exit(code if isinstance(code, int) else int(code is not None))
