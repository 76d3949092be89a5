"""The calls that a solved notebook makes when it is run, in a confined worker: each function's arguments and results.

A call in a loop, in a test module or with inputs that another function makes is a call like any other.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from msgspec import Struct

from grader.author.new import traced
from grader.author.new.functions import with_functions
from grader.author.new.pieces import Piece
from grader.author.new.traced import Unfit
from grader.execution import Engine
from grader.explain.sentences import of_outcome
from grader.language import Message
from grader.model import Limits, Returned, Source, Value

SECONDS = 90.0
"""Seconds that a notebook may run; what comes later is not seen."""
_LIMITS = Limits(
    seconds=SECONDS + 10, cpu_seconds=SECONDS + 10, memory=2 << 30, output=8 << 20, result=512 << 20, load_seconds=30.0
)
_MOST_MODULES, _MOST_TEXT = 14, 900_000
_TEST_HELPERS = "from pingfen_traced import all_input as single_test, all_input as multiple_test\n"
"""Takes the place of the module of that name that deeplearning.ai's test modules import, where it is missing."""


class Record(Struct, frozen=True, kw_only=True, eq=False):
    """One call that the notebook made; `inner` if another of its functions made it.

    `place` is the number of the statement. `arguments` are those of the call by parameter, `None` with the reason in
    `unfit` if a rubric cannot hold them; with `cut` they are corners of arrays that are too large. `result` is `None`
    also where it could not be written down (`returned` is False then). `made_by` says of an argument which record
    returned it and which item of the result it is (-1: all). Of a class, `method` was called ("": it is a function);
    `looks` says that the object was afterwards as before, `raised` that an exception came instead of a result,
    `printed` that something was printed meanwhile, `drew` that a plot
    has changed.
    """

    function: str
    place: int
    inner: bool
    arguments: Mapping[str, Value] | None
    unfit: str
    result: Value
    returned: bool
    made_by: Mapping[str, tuple[int, int]]
    cut: bool
    method: str = ""
    looks: bool = False
    raised: bool = False
    printed: bool = False
    drew: bool = False


class Trace(Struct, frozen=True, kw_only=True, eq=False):
    """What running a notebook showed: its calls in order, and why statements failed, by their number.

    `stopped` is why it was ended as a whole, if it was: then no call is known.
    """

    records: tuple[Record, ...] = ()
    failures: Mapping[int, str] = {}
    stopped: Message | None = None


def trace(
    pieces: Sequence[Piece],
    watched: Collection[str],
    modules: Mapping[str, str],
    engine: Engine,
    files: tuple[tuple[str, bytes], ...] = (),
) -> Trace:
    """Return the calls of the `watched` functions and classes; `modules` and data `files` lie beside the notebook."""
    own = Path(traced.__file__).read_text("utf-8")
    texts = [piece.text for piece in pieces]
    given = f"{texts!r}, {sorted(watched)!r}, {SECONDS}"
    source = f"import pingfen_traced\n\ndef run():\n    return pingfen_traced.trace({given})\n"
    beside = {"test_utils": _TEST_HELPERS, **modules, "pingfen_traced": own}
    digest = sha256(source.encode()).hexdigest()
    notebook = Source(path="notebook", text=source, digest=digest, modules=tuple(beside.items()), files=files)
    with engine.session(notebook, _LIMITS) as session:
        outcome = session.call("run", ())
    if not isinstance(outcome, Returned):
        return Trace(stopped=of_outcome(outcome, _LIMITS, public=True))
    found: Any = outcome.value
    return Trace(
        records=tuple(_record(each) for each in found["calls"]),
        failures=dict(found["failures"]),
    )


def _record(found: Mapping[str, Any]) -> Record:
    arguments, unfit = found.get("arguments"), found.get("unfit", "")
    try:
        arguments = with_functions(arguments)
    except Unfit as error:
        arguments, unfit = None, str(error)
    return Record(
        function=found["function"],
        place=found["place"],
        inner=found["inner"],
        arguments=arguments,
        unfit=unfit,
        result=found.get("result"),
        returned="result" in found,
        cut=found.get("cut", False),
        method=found.get("method", ""),
        looks=found.get("looks", False),
        raised=found.get("raised", False),
        printed=found.get("printed", False),
        drew=found.get("drew", False),
        made_by={name: (at[0], at[1]) for name, at in found.get("from", {}).items()},
    )


def modules_beside(texts: Sequence[str], folder: Path) -> dict[str, str]:
    """Return the modules in a notebook's folder that its code imports, directly or through one another, by name."""
    found: dict[str, str] = {}
    waiting = [name for text in texts for name in imported(text)]
    while waiting:
        name = waiting.pop(0)
        path = folder / f"{name}.py"
        if name in found or not path.is_file() or len(found) == _MOST_MODULES:
            continue
        text = path.read_text("utf-8", "replace")
        if sum(map(len, found.values())) + len(text) < _MOST_TEXT:
            found[name] = text
            waiting += imported(text)
    return found


def imported(text: str) -> list[str]:
    """Return the top-level modules that a text imports; none if it is not Python."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return []
    names: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name.partition(".")[0] for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.append(node.module.partition(".")[0])
    return list(dict.fromkeys(names))
