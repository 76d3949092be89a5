"""Loading a source, statement by statement and forgiving: what fails is noted and costs nothing by itself."""

from __future__ import annotations

import ast
import builtins
import sys
from collections.abc import Callable, Collection
from types import ModuleType
from typing import Any

from ..wire import Frame
from . import raising, standing
from .importing import OFFERED, Importer
from .line import Line
from .missing import Quiet
from .statements import future_flags, guarded_lines, is_definition

HAPPENINGS = 100
_DETAIL = 300


class Loaded:
    """A source's names after loading, the name its frames carry, and what happened on the way."""

    def __init__(self) -> None:
        self.namespace: dict[str, Any] = {}
        self.file = ""
        self.happenings: list[list[Any]] = []


def load(frame: Frame, line: Line, offered: Collection[str] | None = OFFERED) -> Loaded:
    """Load the source in `frame` and return its names.

    `line` is told each statement that may take long before it runs. If the header's `lean` is set, only definitions,
    imports and constants are run. Besides the standard library the source may import `offered` (None: whatever is
    installed).
    """
    header = frame.header
    texts = _texts(frame)
    loaded = Loaded()
    loaded.file = header["file"]
    own = dict(zip(header["modules"], texts[1:], strict=True))
    loader = _Loader(loaded, own, offered, lambda at: line.write({"was": "at", "id": header["id"], "line": at}))
    loader.run("submission", loaded.file, texts[0], lean=header["lean"])
    standing.replace(loaded.namespace, header["stand_ins"], line)
    return loaded


def _texts(frame: Frame) -> list[str]:
    texts, start = [], 0
    for size in frame.header["sizes"]:
        texts.append(bytes(frame.body[start : start + size]).decode("utf-8", "surrogatepass"))
        start += size
    return texts


class _Loader:
    def __init__(
        self, loaded: Loaded, own: dict[str, str], offered: Collection[str] | None, announce: Callable[[int], None]
    ) -> None:
        self._loaded = loaded
        self._announce = announce
        self._texts = own
        self._made: dict[str, ModuleType] = {}
        self._seen: set[str] = set()
        self._guards: dict[str, frozenset[int]] = {}
        self._trees: dict[str, ast.Module] = {}
        importer = Importer(offered, self._texts, self._own, self._missing, self._guarded)
        leave = {"exit": _leave, "quit": _leave}
        shown = {"get_ipython": Quiet, "display": Quiet}
        self._builtins = {**vars(builtins), "__import__": importer, "input": _no_input, **leave, **shown}

    def run(self, name: str, file: str, text: str, *, lean: bool) -> ModuleType:
        """Run `text` as module `name`; return the module."""
        module = ModuleType(name)
        module.__dict__.update(__file__=file, __builtins__=self._builtins)
        sys.modules.setdefault(name, module)
        main = file == self._loaded.file
        if main:
            self._loaded.namespace = module.__dict__
        try:
            tree = ast.parse(text, file)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            self._note(error, getattr(error, "lineno", 0) or 0)
            return module
        self._trees[file] = tree
        flags = future_flags(tree)
        for node in tree.body:
            definition = is_definition(node)
            if definition or not lean:
                if main and not definition:
                    self._announce(node.lineno)
                self._statement(node, module.__dict__, file, flags)
        return module

    def _statement(self, node: ast.stmt, namespace: dict[str, Any], file: str, flags: int) -> None:
        try:
            try:
                _run(node, namespace, file, flags)
            except ModuleNotFoundError:
                if not getattr(node, "decorator_list", None):
                    raise
                node.decorator_list = []  # type: ignore[attr-defined]  # a decorator out of a module that is missing
                _run(node, namespace, file, flags)
        except BaseException as error:
            lines = raising.frames(error.__traceback__, self._loaded.file)
            self._note(error, lines[0][0] if lines else node.lineno)

    def _note(self, error: BaseException, line: int) -> None:
        told = raising.told(error, self._loaded.file)
        self._happened("raised", line, f"{told['type']}: {told['message']}"[:_DETAIL])

    def _happened(self, kind: str, line: int, detail: str) -> None:
        if len(self._loaded.happenings) < HAPPENINGS:
            self._loaded.happenings.append([kind, line, detail])

    def _missing(self, module: str, frame: Any) -> None:
        if module not in self._seen:
            self._seen.add(module)
            at = frame.f_lineno if frame.f_code.co_filename == self._loaded.file else 0
            self._happened("module", at, module[:_DETAIL])

    def _guarded(self, frame: Any) -> bool:
        file = frame.f_code.co_filename
        if file not in self._guards and file in self._trees:
            self._guards[file] = guarded_lines(self._trees[file])
        return frame.f_lineno in self._guards.get(file, ())

    def _own(self, name: str) -> ModuleType:
        if name not in self._made:
            self._made[name] = ModuleType(name)  # a circular import finds what there is so far
            self._made[name] = self.run(name, f"{name}.py", self._texts[name], lean=False)
        return self._made[name]


def _run(node: ast.stmt, namespace: dict[str, Any], file: str, flags: int) -> None:
    code = compile(ast.Module(body=[node], type_ignores=[]), file, "exec", flags, dont_inherit=True)
    exec(code, namespace)  # noqa: S102 (this is the worker: running the source is what it is for)


def _no_input(*_: Any) -> str:
    raise EOFError("input() has no one to ask here")


def _leave(code: Any = None) -> None:
    raise SystemExit(code)
