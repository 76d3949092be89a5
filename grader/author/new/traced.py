"""Runs a notebook's statements one after another and writes down how its functions are called.

The text of this module goes to the worker; it needs numpy and nothing of ours.
"""

from __future__ import annotations

import ast
import copy
import functools
import inspect
import io
import math
import signal
import sys
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import redirect_stdout
from typing import Any

import numpy as np

MOST_CALLS, MOST_INNER = 24, 4
"""Calls of one function that are written down: those that the notebook makes, and those that its functions make."""
MOST_NUMBERS = 20_000
"""Numbers in the arguments of one call; of larger ones a corner is written down."""
MOST_DEEP = 60
"""Objects in objects, such as the nodes of a list, that are looked at."""
SMALL, LARGE = 5, 12
"""Sizes above `LARGE` are cut, the first one to `SMALL`, another one to the next number."""
SECONDS = 20.0
"""Seconds that one statement may take."""


SPECIAL = frozenset((
    *("__init__", "__len__", "__getitem__", "__setitem__", "__delitem__", "__contains__", "__call__", "__str__"),
    *("__repr__", "__bool__", "__int__", "__float__", "__abs__"),
))  # fmt: skip
"""The methods with names of Python's that are watched."""


EXACT = (("decimal", "Decimal"), ("fractions", "Fraction"), ("datetime", "date"), ("datetime", "datetime"))
"""Types that may cross the wire, too, each by its module."""


TABLES = (("pandas", "DataFrame"), ("pandas", "Series"))


class Unfit(Exception):
    """Raised for a value that a rubric cannot hold; its text is the name of the type."""


class TooLong(BaseException):
    """Raised in a statement that takes too long."""


def plain(value: Any, room: list[int]) -> Any:
    """Return a copy of a value in the types that may cross the wire; `room` is the numbers that are left."""
    room[0] -= int(getattr(value, "size", 1)) if type(value).__name__ in ("ndarray", "DataFrame", "Series") else 1
    if room[0] < 0:
        raise Unfit("too large")
    kind = type(value)
    if value is None or kind in (str, bytes, bool, int, float, complex) or (kind.__module__, kind.__name__) in EXACT:
        return value
    if kind is np.ndarray and value.dtype.kind in "biufc" and value.dtype.itemsize <= 16:
        return np.array(value)
    if isinstance(value, np.number | np.bool_) and value.dtype.itemsize <= 16:
        return value
    if kind in (list, tuple, set, frozenset):
        return kind(plain(each, room) for each in value)
    if kind is dict and all(type(key) in (str, int, float, bool) for key in value):
        return {key: plain(each, room) for key, each in value.items()}
    if (kind.__module__.partition(".")[0], kind.__name__) in TABLES:
        return value.copy()
    if callable(value):
        return as_text(value, room)
    raise Unfit(kind.__name__)


CELLS: dict[str, str] = {}
"""The texts that were run, by the file names in their frames."""
NUMPY = ("exp", "log", "sqrt", "sin", "cos", "tan", "tanh", "arctan", "floor", "ceil", "sign", "abs")
"""Functions of numpy's that a rubric knows; those of `math` with these names are the same to it."""


def as_text(value: Any, room: list[int]) -> dict[str, Any]:
    """Return a function as text: what it takes, the expression that it returns ("": it does more), the values of names.

    With its `name` and `source` where it is defined by that name. Raises Unfit for one of which nothing is known.
    """
    name = str(getattr(value, "__name__", "")).replace("fabs", "abs")
    if name in NUMPY and value in (getattr(np, name), getattr(math, name, None), abs):
        return {FUNCTION: "x", "returns": f"{name}(x)", "names": {}, "name": "", "source": ""}
    node = _node(value)
    result: ast.expr | None
    name = ""
    if isinstance(node, ast.FunctionDef):
        name = node.name
        body = node.body[1:] if ast.get_docstring(node) is not None else node.body
        result = body[0].value if len(body) == 1 and isinstance(body[0], ast.Return) else None
        source = ast.get_source_segment(CELLS[value.__code__.co_filename], node) or ""
    else:
        result, source = node.body, ""
    takes = [each.arg for each in node.args.args]
    cells = zip(value.__code__.co_freevars, value.__closure__ or (), strict=True)
    found = {**value.__globals__, **{free: cell.cell_contents for free, cell in cells}}
    read = [each.id for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load)]
    names = {
        each: plain(found[each], room)
        for each in dict.fromkeys(read)
        if each in found and each not in takes and not inspect.ismodule(found[each]) and not callable(found[each])
    }
    return {
        FUNCTION: ", ".join(takes), "returns": ast.unparse(result) if result is not None else "", "names": names,
        "name": name if found.get(name) is value else "", "source": source,
    }  # fmt: skip


FUNCTION = "pingfen function"
"""The key of what a function takes, in the dict that stands for it."""


def _node(value: Any) -> ast.Lambda | ast.FunctionDef:
    """Return where a function is written in the notebook. Raises Unfit where that is unknown."""
    code = getattr(value, "__code__", None)
    if code is None or code.co_filename not in CELLS or value.__defaults__ or hasattr(value, "pingfen_watched"):
        raise Unfit("function")
    takes = [*code.co_varnames[: code.co_argcount]]
    found = [
        node
        for node in ast.walk(ast.parse(CELLS[code.co_filename]))
        if isinstance(node, ast.Lambda | ast.FunctionDef) and node.lineno == code.co_firstlineno
        and [each.arg for each in node.args.args] == takes and not (node.args.kwonlyargs or node.args.vararg)
        and (isinstance(node, ast.FunctionDef) or _same_code(node, code))
    ]  # fmt: skip
    if not found:
        raise Unfit("function")
    return found[0]


def _same_code(node: ast.Lambda, code: Any) -> bool:
    made = eval(compile(ast.Expression(node), "", "eval"), {})  # noqa: S307 (this makes a function and calls none)
    return (made.__code__.co_code, made.__code__.co_consts) == (code.co_code, code.co_consts)


def cut(value: Any, sizes: dict[int, int]) -> Any:
    """Return a value with the corner of each array in it; equal sizes stay equal, `sizes` are those that were cut."""
    if isinstance(value, np.ndarray):
        for size in value.shape:
            if size > LARGE:
                sizes.setdefault(size, SMALL + len(sizes))
        return value[tuple(slice(sizes.get(size, size)) for size in value.shape)]
    if type(value) in (list, tuple):
        return type(value)(cut(each, sizes) for each in value)
    return {key: cut(each, sizes) for key, each in value.items()} if type(value) is dict else value


class Counting(io.StringIO):
    """Takes the place of what is printed to, and counts the texts that come."""

    count = 0

    def write(self, text: str) -> int:
        """Count a text and forget it."""
        self.count += 1
        return len(text)


class Notebook:
    """A notebook that is being run: its names, and the calls of `watched` functions so far."""

    def __init__(self, watched: Collection[str]) -> None:
        self.watched = frozenset(watched)
        self.names: dict[str, Any] = {"__name__": "__main__"}
        self.calls: list[dict[str, Any]] = []
        self.failures: list[tuple[int, str]] = []
        self.depth = self.place = 0
        self.printed = Counting()
        self._counts: dict[tuple[str, bool], int] = {}
        self._results: list[tuple[Any, int, int]] = []

    def run(self, pieces: Sequence[str], seconds: float) -> None:
        """Run the statements; one that raises or takes too long does not keep the next from being run."""
        until = time.monotonic() + seconds
        for self.place, text in enumerate(pieces):
            CELLS[f"<cell {self.place}>"] = text
            left = until - time.monotonic()
            if left <= 0:
                self.failures.append((self.place, "TimeoutError"))
                return
            self.depth = 0
            with_alarm(min(left, SECONDS))
            try:
                # This is a worker's: what it runs is confined.
                exec(compile(text, f"<cell {self.place}>", "exec", dont_inherit=True), self.names)  # noqa: S102
            except TooLong:
                self.failures.append((self.place, "TimeoutError"))
            except (Exception, SystemExit) as error:
                self.failures.append((self.place, f"{type(error).__name__}: {error}"[:200]))
            finally:
                with_alarm(0.0)
            self._watch()

    def _watch(self) -> None:
        for name in self.watched:
            made = self.names.get(name)
            if inspect.isfunction(made) and not hasattr(made, "pingfen_watched"):
                self.names[name] = self._watching(name, made)
            elif inspect.isclass(made) and "pingfen_watched" not in vars(made):
                made.pingfen_watched = True  # type: ignore[attr-defined]
                for method in {"__init__", *vars(made)}:
                    function = getattr(made, method)
                    if inspect.isfunction(function) and (method in SPECIAL or not method.startswith("_")):
                        setattr(made, method, self._watching(name, function, method))

    def _watching(self, name: str, function: Callable[..., Any], method: str = "") -> Callable[..., Any]:
        @functools.wraps(function)
        def called(*given: Any, **named: Any) -> Any:
            number = self._noted(name, function, given, named, method)
            before = image(given[0]) if method and number is not None else None
            printed, drawn = (self.printed.count, artists()) if self.depth == 0 else (0, 0)
            self.depth += 1
            try:
                result = function(*given, **named)
            except Exception:
                if number is not None:
                    self.calls[number]["raised"] = True
                raise
            finally:
                self.depth -= 1
            if number is not None:
                self.calls[number]["looks"] = bool(method) and image(given[0]) == before
                self.calls[number]["printed"] = self.printed.count > printed
                self.calls[number]["drew"] = self.depth == 0 and artists() != drawn
                self._returned(number, result)
            return result

        called.pingfen_watched = True  # type: ignore[attr-defined]
        return called

    def _noted(
        self, name: str, function: Callable[..., Any], given: Sequence[Any], named: Mapping[str, Any], method: str
    ) -> int | None:
        """Write a call down; return its number, `None` if there are enough of them."""
        key = (f"{name}.{method}", self.depth > 0)
        self._counts[key] = self._counts.get(key, 0) + 1
        if self._counts[key] > (MOST_INNER if self.depth else MOST_CALLS):
            return None
        note: dict[str, Any] = {"function": name, "method": method, "place": self.place, "inner": self.depth > 0}
        try:
            arguments = bound(function, given, named)
            if method:
                del arguments[next(iter(arguments))]
            note["arguments"] = plain_arguments(arguments, note)
            note["from"] = {each: at for each, value in arguments.items() if (at := self._maker(value))}
        except Exception as error:  # an argument or a default may refuse to be copied in ways of its own
            note["unfit"] = str(error)[:80]
        self.calls.append(note)
        return len(self.calls) - 1

    def _maker(self, value: Any) -> list[int]:
        """Return which call's result a value is, and which item of it (-1: the whole); [] if it is none."""
        if isinstance(value, np.ndarray | tuple | list | dict):
            for made, call, item in reversed(self._results):
                if made is value:
                    return [call, item]
        return []

    def _returned(self, number: int, result: Any) -> None:
        note = self.calls[number]
        try:
            note["result"] = plain(result, [MOST_NUMBERS])
        except Exception:  # it is then a call without a result that is known
            return
        if self.depth == 0 and not note["method"] and "arguments" in note and len(self._results) < 400:
            self._results.append((result, number, -1))
            if type(result) is tuple:
                self._results += [(each, number, item) for item, each in enumerate(result)]


def artists() -> int:
    """Return how many things stand in the plots that are open."""
    plots = sys.modules.get("matplotlib.pyplot")
    if plots is None:
        return 0
    return sum(1 + len(each.get_children()) for number in plots.get_fignums() for each in plots.figure(number).axes)


def image(value: Any) -> Any:
    """Return what an object and the objects in it hold, as a value that differs where they do."""
    try:
        return _image(value, ())
    except Exception:  # an object may refuse to be looked at in ways of its own
        return object()


def _image(value: Any, above: tuple[int, ...]) -> Any:
    kind = type(value)
    if kind in (str, bytes, bool, int, float, complex) or value is None:
        return repr(value)
    if isinstance(value, np.ndarray):
        return value.shape, value.tobytes()
    if id(value) in above or len(above) > MOST_DEEP or callable(value) or inspect.ismodule(value):
        return id(value)
    above = (*above, id(value))
    if kind in (list, tuple, set, frozenset):
        return [kind.__name__, *(_image(each, above) for each in value)]
    held = value if kind is dict else object.__getattribute__(value, "__dict__")
    return [(_image(name, above), _image(each, above)) for name, each in held.items()]


def plain_arguments(arguments: Mapping[str, Any], note: dict[str, Any]) -> dict[str, Any]:
    """Return copies of a call's arguments, of large ones a corner: `note` then says that they were cut.

    Raises Unfit for what may not cross the wire.
    """
    room = [MOST_NUMBERS]
    try:
        return {name: plain(value, room) for name, value in arguments.items()}
    except Unfit as error:
        if str(error) != "too large":
            raise
    sizes: dict[int, int] = {}
    room = [MOST_NUMBERS]
    note["cut"] = True
    return {name: plain(cut(value, sizes), room) for name, value in arguments.items()}


def bound(function: Callable[..., Any], given: Sequence[Any], named: Mapping[str, Any]) -> dict[str, Any]:
    """Return a call's arguments by parameter, up to the last one that is given.

    Raises Unfit for `*args` and the like.
    """
    signature = inspect.signature(function)
    found = signature.bind(*given, **named).arguments
    made: dict[str, Any] = {}
    last = list(found)[-1:]
    for name, parameter in signature.parameters.items():
        if not last or (made and last[0] in made):
            break
        if parameter.kind not in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD):
            raise Unfit(str(parameter))
        made[name] = found.get(name, copy.deepcopy(parameter.default))
    if last and last[0] not in made:
        raise Unfit(last[0])
    return made


def with_alarm(seconds: float) -> None:
    """Interrupt what runs after so many seconds, where this can be done; 0.0 takes it back."""
    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGALRM, _ring)
        signal.setitimer(signal.ITIMER_REAL, seconds)


def _ring(*_: object) -> None:
    raise TooLong


def all_input(cases: Any, target: Any) -> None:
    """Call `target` with the input of each test case, as the helpers of test modules do."""
    for case in cases:
        given = case["input"] if isinstance(case, dict) and "input" in case else ()
        target(*given) if isinstance(given, list | tuple) else target(given)


def trace(pieces: Sequence[str], watched: Collection[str], seconds: float) -> dict[str, Any]:
    """Return the calls of the `watched` functions that running `pieces` makes, and which pieces failed and why."""
    notebook = Notebook(watched)
    np.random.seed(0)  # a draw without a seed gives something, though not what the notebook saw
    with redirect_stdout(notebook.printed):
        notebook.run(pieces, seconds)
    return {"calls": notebook.calls, "failures": notebook.failures}
