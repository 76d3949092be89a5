"""The reference's own functions called in another way, which stand beside it as answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from grader.rehearsal.answers import Answer

Way = Callable[[Callable[..., Any], Sequence[Any]], Any]


def called(function: str, module: ModuleType, ways: Sequence[Way]) -> list[Answer]:
    """Return answers that call `function` by each of the `ways` of `module`, whose text goes to the worker."""
    name = f"pingfen_{module.__name__.rpartition('.')[2]}"
    symbols = {way.__name__: f"{function}__{way.__name__}_{name}" for way in ways}
    text = f"import {name}\n" + "".join(
        f"\n\ndef {symbol}(*given):\n    return {name}.{way}({function}, given)\n" for way, symbol in symbols.items()
    )
    modules = ((name, Path(str(module.__file__)).read_text("utf-8")),)
    return [Answer(function=function, symbol=symbol, text=text, modules=modules) for symbol in symbols.values()]
