"""Loading a source: forgiving, so that what fails is noted and costs nothing by itself."""

from __future__ import annotations

import builtins
import marshal
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from types import CodeType, ModuleType
from typing import Any

from ..wire import Frame
from . import standing, streams
from .executing import Late, compiled, execute, guarded_lines
from .importing import OFFERED, Importer, Quiet
from .line import Line

HAPPENINGS = 100
CODE_BYTES = 4 << 20
"""What a compiled text may take at most: the usual one takes 20 kB, 1 MiB of honest text some 2 MB."""
_DETAIL = 300


class Loaded:
    """A source's names after loading, the name its frames carry, and what happened on the way."""

    def __init__(self) -> None:
        self.namespace: dict[str, Any] = {}
        self.file = ""
        self.happenings: list[list[Any]] = []


def load(frame: Frame, line: Line, offered: Collection[str] | None = OFFERED) -> Loaded:
    """Load the source in `frame` and return its names.

    After the header's `patience`, in seconds, or at once if it is `lean`, only definitions, imports and constants are
    run. Besides the standard library the source may import `offered` (None: whatever is installed). `line` is what
    stand-ins are asked through. A text that is compiled here is handed to the grader before any of it is run: for the
    other workers of this source, which need not compile it anew, and as a sign of life.
    """
    header = frame.header
    texts = _texts(frame)
    loaded = Loaded()
    loaded.file = header["file"]
    loader = _Loader(loaded, dict(zip(header["modules"], texts[1:], strict=True)), offered)
    loader.late = header["lean"]
    code = _code(frame)
    if code is None and not header["lean"]:
        try:
            code = compiled(texts[0], loaded.file)
            data = _marshalled(code)
            fits = len(data) <= CODE_BYTES
        except MemoryError:
            fits = False
        line.write({"was": "compiled", "id": header["id"], "fits": fits}, [data] if fits else [])
    with _timer(loader, header["patience"]):
        loader.run("submission", loaded.file, texts[0], code)
    standing.replace(loaded.namespace, header["stand_ins"], line)
    return loaded


def _code(frame: Frame) -> CodeType | None:
    size = frame.header["code"]
    return marshal.loads(bytes(frame.body[-size:])) if size else None  # another worker of this source made it


def _marshalled(code: CodeType | None) -> bytes:
    try:
        return marshal.dumps(code) if code is not None else b""
    except ValueError:  # nested too deeply for marshal
        return b""


def _texts(frame: Frame) -> list[str]:
    texts, start = [], 0
    for size in frame.header["sizes"]:
        texts.append(bytes(frame.body[start : start + size]).decode("utf-8", "surrogatepass"))
        start += size
    return texts


@contextmanager
def _timer(loader: _Loader, patience: float) -> Iterator[None]:
    """Interrupt the statement that runs when `patience` seconds are over (0: never), where there are such timers.

    The grader's own clock does not depend on it: this one only tells which statement it was.
    """
    try:
        from signal import ITIMER_REAL, SIG_DFL, SIGALRM, setitimer, signal
    except ImportError:  # Windows
        patience = 0

    def interrupt(*_: Any) -> None:
        loader.late = True
        raise Late

    if patience:
        signal(SIGALRM, interrupt)
        setitimer(ITIMER_REAL, patience)
    try:
        yield
    except Late:  # it came between two statements
        loader.failed(Late(), 0)
    finally:
        if patience:
            setitimer(ITIMER_REAL, 0)
            signal(SIGALRM, SIG_DFL)


class _Loader:
    """Runs a source's text and its own modules; `late` says that only definitions are run from now on."""

    def __init__(self, loaded: Loaded, own: dict[str, str], offered: Collection[str] | None) -> None:
        self.late = False
        self._loaded = loaded
        self._own_texts = own
        self._made: dict[str, ModuleType] = {}
        self._seen: set[str] = set()
        self._texts: dict[str, str] = {}
        self._guards: dict[str, frozenset[int]] = {}
        importer = Importer(offered, own, self._own, self._missing, self._guarded)
        leave = {"exit": _leave, "quit": _leave}
        shown = {"get_ipython": Quiet, "display": Quiet}
        self._builtins = {**vars(builtins), "__import__": importer, "input": _no_input, **leave, **shown}

    def run(self, name: str, file: str, text: str, code: CodeType | None = None) -> ModuleType:
        """Run `text` as module `name`; return the module. `code` is all of it compiled, if that can be done."""
        module = ModuleType(name)
        module.__dict__.update(__file__=file, __builtins__=self._builtins)
        sys.modules.setdefault(name, module)
        if file == self._loaded.file:
            self._loaded.namespace = module.__dict__
        self._texts[file] = text
        execute(text, file, module.__dict__, self, code)
        return module

    def failed(self, error: BaseException, line: int) -> None:
        """Note that the statement at `line` raised `error`."""
        file = self._loaded.file
        lines = streams.frames(error.__traceback__, file)
        line = lines[0][0] if lines else line
        if isinstance(error, Late):
            self._happened("timeout", line, "")
        else:
            told = streams.told(error, file)
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
        file, number = frame.f_code.co_filename, frame.f_lineno
        if file not in self._texts or _is_outermost(self._texts[file], number):
            return False
        if file not in self._guards:
            self._guards[file] = guarded_lines(self._texts[file])
        return number in self._guards[file]

    def _own(self, name: str) -> ModuleType:
        if name not in self._made:
            self._made[name] = ModuleType(name)  # a circular import finds what there is so far
            file, text = f"{name}.py", self._own_texts[name]
            self._made[name] = self.run(name, file, text, None if self.late else compiled(text, file))
        return self._made[name]


def _is_outermost(text: str, number: int) -> bool:
    """Whether nothing can be around line `number`: most imports, and no reason to parse the text."""
    line = text.split("\n", number)[number - 1] if 0 < number <= text.count("\n") + 1 else ""
    return line.startswith(("import ", "from "))


def _no_input(*_: Any) -> str:
    raise EOFError("input() has no one to ask here")


def _leave(code: Any = None) -> None:
    raise SystemExit(code)
