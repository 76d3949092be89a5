"""What awaits outside of functions, as cells of a notebook may."""

from __future__ import annotations

from typing import Any


def new_loop() -> Any:
    """Return an event loop without a pipe to itself, since a confined worker may make none: no thread can wake it."""
    import asyncio
    import selectors

    pipe = dict.fromkeys(("_make_self_pipe", "_close_self_pipe", "_write_to_self"), lambda _: None)
    return type("Loop", (asyncio.SelectorEventLoop,), {**pipe, "_ssock": None, "_csock": None})(
        selectors.SelectSelector()
    )
