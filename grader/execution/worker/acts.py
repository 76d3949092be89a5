"""What a worker can be asked to do with a loaded source: to call a function, to run it as a program, and the like.

Each act takes what was `Asked` and returns the value that is sent back; what it raises is the outcome instead. An act
is added by a function and its line in `ACTS`. What is `given` to it beside the arguments:

| act | given | its value |
|---|---|---|
| call | | what the function returns |
| drawn | | what it returns, functions among it as text |
| apply | `named` arguments; `beside`: the file of an own module | dict: what it returns, or raises and on which lines |
| name | | the function itself, as text |
| points | `at`: lists of arguments | a list of what the function that is returned gives for each |
| printed | `prompts` | what the function prints |
| program | `args`, `prompts`, `writes` | dict: what it prints, its exit code, the texts of the files it left |
| variable | `name` | what stands under the name |
| play | `steps`, `watch`, `state` | dict: what came of a new object and of each method that was called on it |
| figure | | dict: what it draws with matplotlib, as `figures.walked` says |
| steps | `module`, `file`, `source`, `run`, `names` | a list: what the author's module's `run` gives, step by step |

With any of them, `files` (texts or bytes by name) lie in a working folder of its own. With `stdin`, `input()` and
`sys.stdin` give that text; without it `input()` has no one to ask. `prompts` says whether what `input` shows belongs to
what is printed; what goes to `sys.stderr` never does. A program may be a `variant`: the text that stands under a name.
The text `module` is run anew in each case and imports the source under the name `source`; the arguments have `names`.
"""

from __future__ import annotations

import operator
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import deepcopy
from typing import Any, NamedTuple

from ...values import pack, unpack
from ...values.family import Foreign, Oversized, Refused
from ..laying import lay
from .binding import bound
from .describing import described, frames, name_of
from .figures import walked
from .loading import LoadedModule
from .streams import recording, typing
from .texts import as_text


class Asked(NamedTuple):
    """A function, its arguments, what the act is given beside them, and how many bytes the value may take."""

    function: str
    arguments: tuple[Any, ...]
    given: Mapping[str, Any]
    loaded: LoadedModule
    room: int


class NotThere(Exception):
    """The source has no such function; `found` is the type of what has the name instead ("": nothing has)."""

    def __init__(self, found: str) -> None:
        super().__init__()
        self.found = found


def perform(act: str, asked: Asked) -> Any:
    """Return the value of an act. Raises NotThere, and whatever the source raises."""
    with _in_folder(asked, fresh=act == "program"), typing(asked.given.get("stdin")):
        return ACTS[act](asked)


def _call(asked: Asked) -> Any:
    function = _named(asked)
    positional, named = bound(function, asked.arguments, asked.loaded.parameters.get(asked.function, ()))
    return function(*positional, **named)


def _apply(asked: Asked) -> dict[str, Any]:
    try:
        return {"value": _named(asked)(**asked.given["named"])}
    except (NotThere, SystemExit, MemoryError):
        raise
    except BaseException as error:
        known = described(error, asked.loaded.file)
        beside = frames(error.__traceback__, asked.given["beside"])
        return {"raised": known["type"], "message": known["message"], "lines": known["frames"], "beside": beside}


def _named(asked: Asked) -> Any:
    function = asked.loaded.namespace.get(asked.function)
    if not callable(function):
        raise NotThere(name_of(type(function)) if asked.function in asked.loaded.namespace else "")
    return function


def _drawn(asked: Asked) -> Any:
    return as_text(_call(asked), asked.loaded, asked.function)


def _name(asked: Asked) -> Any:
    return as_text(_named(asked), asked.loaded, asked.function)


def _points(asked: Asked) -> list[Any]:
    function = _call(asked)
    if not callable(function):
        raise TypeError(f"a function must be returned, not {name_of(type(function))}")
    return [function(*place) for place in asked.given["at"]]


def _printed(asked: Asked) -> str:
    _named(asked)
    with recording(asked.room, prompts=asked.given["prompts"]) as recorder:
        _call(asked)
        return recorder.text()


def _program(asked: Asked) -> dict[str, Any]:
    code: Any = 0
    other = asked.loaded.namespace[asked.given["variant"]] if "variant" in asked.given else ""
    sys.argv[:] = [asked.loaded.file, *asked.given["args"]]
    with recording(asked.room, prompts=asked.given["prompts"]) as recorder:
        try:
            asked.loaded.run_as_program(other)
        except SystemExit as end:
            code = end.code
        printed = recorder.text()
    left = {name: _text_of(name, asked.room) for name in asked.given["writes"]}
    return {"printed": printed, "exit": code if type(code) is int else int(code is not None), "files": left}


def _text_of(name: str, room: int) -> str | None:
    """Return the text of a file that the program left, `None` if there is none. Raises Oversized."""
    try:
        with open(name, "rb") as file:  # noqa: PTH123 - pathlib costs the server 4 ms
            data = file.read(room + 1)
    except OSError:
        return None
    if len(data) > room:
        raise Oversized
    return data.decode("utf-8", "replace")


def _variable(asked: Asked) -> Any:
    asked.loaded.run_beside_lent()
    if asked.given["name"] not in asked.loaded.namespace:
        raise NotThere("")
    return asked.loaded.namespace[asked.given["name"]]


def _figure(asked: Asked) -> dict[str, Any]:
    _named(asked)
    return walked(lambda: _call(asked), asked.room)


def _steps(asked: Asked) -> list[Any]:
    """Run the author's module beside the source, and list what its function returns or yields."""
    given = asked.given
    module = asked.loaded.run_beside(given["source"], given["module"], given["file"])
    return list(module[given["run"]](**dict(zip(given["names"], asked.arguments, strict=True))))


def _play(asked: Asked) -> dict[str, Any]:
    """Make an object and call its methods one by one; each outcome is kept as it was before the next call.

    A step is a method's name, its arguments and, where the last one is another object, "new" or "alike".
    """
    made: list[Any] = []
    fresh = asked._replace(arguments=deepcopy(asked.arguments))  # the object may keep and change what it is given
    whole = _step(lambda: made.append(_call(asked)), asked)
    came: dict[str, Any] = {"made": whole, "first": [], "steps": [], "seen": [], "state": None}
    if whole["raised"]:
        return came

    def called(method: str, arguments: Sequence[Any] = (), another: str = "") -> dict[str, Any]:
        def do() -> Any:
            others = [deepcopy(made[0]) if another == "alike" else _call(fresh)] if another else []
            return _do(made[0], method, *arguments, *others)

        return _step(do, asked, made[0])

    came["first"] = [called(each) for each in asked.given["watch"]]
    for step in asked.given["steps"]:
        came["steps"].append(called(*step))
        came["seen"].append([called(each) for each in asked.given["watch"]])
    if asked.given["state"]:
        came["state"] = {name: _as_it_is(value, asked.room) for name, value in _attributes(made[0]).items()}
    return came


def _do(made: Any, method: str, *arguments: Any) -> Any:
    """Call a method; one that belongs to an operator or a function of Python's by way of that.

    So `==` is False where both sides return NotImplemented. Raises AttributeError for a method that is missing.
    """
    special = _SPECIAL.get(method)
    if special is None:
        return getattr(made, method)(*arguments)
    try:
        return special(made, *arguments)
    except TypeError:
        if not hasattr(type(made), method):
            getattr(made, method)
        raise


_SPECIAL: Mapping[str, Callable[..., Any]] = {
    **{f"__{name.strip('_')}__": getattr(operator, name) for name in operator.__all__},
    "__len__": len, "__bool__": bool, "__str__": str, "__repr__": repr, "__hash__": hash, "__iter__": list,
    "__float__": float, "__int__": int, "__complex__": complex, "__round__": round, "__divmod__": divmod,
}  # fmt: skip


def _step(do: Callable[[], Any], asked: Asked, made: Any = None) -> dict[str, Any]:
    """Return what came of a call: its value as it is now (of the object itself its type's name), or what it raised."""
    try:
        value = do()
        value = f"<{name_of(type(made))}>" if made is not None and value is made else _as_it_is(value, asked.room)
        return {"value": value, "raised": "", "message": "", "parents": [], "frames": []}
    except (NotThere, SystemExit, MemoryError, Oversized):
        raise
    except BaseException as error:
        known = described(error, asked.loaded.file)
        return {
            "value": None, "raised": known["type"], "message": known["message"], "parents": known["parents"],
            "frames": known["frames"],
        }  # fmt: skip


def _as_it_is(value: Any, room: int) -> Any:
    """Return a value that later calls do not change; what the wire does not carry is its type's name."""
    try:
        node, buffers = pack(value, room, by_name=True)
    except Refused as refused:
        return Foreign(str(refused)[:80])
    return unpack(node, b"".join(bytes(each) for each in buffers), copied=True)


def _attributes(made: Any) -> dict[str, Any]:
    try:
        held = object.__getattribute__(made, "__dict__")
    except AttributeError:
        return {}
    return {name: value for name, value in held.items() if type(name) is str}


ACTS: Mapping[str, Callable[[Asked], Any]] = {
    "call": _call,
    "apply": _apply,
    "drawn": _drawn,
    "name": _name,
    "points": _points,
    "printed": _printed,
    "program": _program,
    "variable": _variable,
    "play": _play,
    "figure": _figure,
    "steps": _steps,
}

_RUN = ".run-"
_root, _home, _runs = "", "", 0


def settle(root: str) -> None:
    """Note that the working folder, below `root` or that itself, is the one with the source's data files."""
    global _root, _home
    _root, _home = root, os.getcwd()  # noqa: PTH109


@contextmanager
def _in_folder(asked: Asked, *, fresh: bool) -> Iterator[None]:
    """Work meanwhile in a folder of its own, if there are files for it or it has to be `fresh`.

    The source's own data files are in it, too. Where a worker can write nothing the grader has laid all of them.
    """
    files = asked.given.get("files") or {}
    laid = asked.given.get("folder", "")
    if not (files or fresh):
        yield
        return
    try:
        folder = laid or _new_folder(files)
    except OSError:
        if files:
            raise
        folder, laid = _home, _home  # nothing can be written on this machine, by a program either
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(_home)
        if not laid:
            from shutil import rmtree

            rmtree(folder, ignore_errors=True)


def _new_folder(files: Mapping[str, Any]) -> str:
    """Return a new folder, as deep as the source's own, with the files of that and `files`. Raises OSError."""
    folder = _made_in(os.path.dirname(_home) if _home != _root else _root)  # noqa: PTH120
    every = dict(_own_files(_home)) | {
        name: data if isinstance(data, bytes) else data.encode() for name, data in files.items()
    }
    lay(folder, every.items())
    return folder


def _own_files(folder: str, above: str = "") -> Iterator[tuple[str, bytes]]:
    """Yield the files of a folder and below it; a link would lead a program to what the next one is to find."""
    for entry in os.scandir(folder):
        if entry.is_dir(follow_symlinks=False) and not entry.name.startswith(_RUN):
            yield from _own_files(entry.path, f"{above}{entry.name}/")
        elif entry.is_file(follow_symlinks=False):
            with open(entry.path, "rb") as file:  # noqa: PTH123
                yield above + entry.name, file.read()


def _made_in(above: str) -> str:
    global _runs  # noqa: PLW0603
    _runs += 1
    folder = os.path.join(above, f"{_RUN}{os.getpid()}-{_runs}")  # noqa: PTH118
    try:
        os.mkdir(folder)  # noqa: PTH102
    except OSError:
        from tempfile import mkdtemp  # a machine that has no scratch for a worker

        return mkdtemp()
    return folder
