"""Loading a source. A statement that fails is noted, and the others are run all the same.

All of a text is compiled and run at once, which is twice as fast as one statement at a time. Where a statement fails,
the rest is run one by one.
"""

from __future__ import annotations
import __future__

import ast
import builtins
import gc
import marshal
import sys
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from functools import partial, reduce
from operator import or_
from types import CodeType, ModuleType, TracebackType
from typing import Any

from ..wire import Frame, Wire
from .awaiting import new_loop
from .describing import frames, message_of, name_of
from .importing import Importer, LentHelpers, OwnModules, beside, guarded_lines
from .showing import Quiet
from .streams import ask

HAPPENINGS = 100
CODE_BYTES = 4 << 20
"""What a compiled text may take at most: the usual one takes 20 kB, 1 MiB of honest text some 2 MB."""
_DETAIL = 300
_COROUTINE = 0x80  # inspect.CO_COROUTINE: a statement that awaits


class LoadedModule:
    """A source's names after loading, the file name in its frames, and what went wrong meanwhile.

    `parameters` are the reference's, by function. `run_as_program` runs all of it anew, as `__main__`, or another
    text in its place; it raises what the program raises. `run_beside_lent` loads it anew where helpers are
    replaced, so that what it does outside of functions calls these, too. `run_beside` runs a text that is not the
    source's, which imports the source under a name, and returns what it defines; its frames carry the given file name.
    """

    run_as_program: Callable[[str], None]
    run_beside_lent: Callable[[], None]
    run_beside: Callable[[str, str, str], dict[str, Any]]

    def __init__(self) -> None:
        self.namespace: dict[str, Any] = {}
        self.file = ""
        self.text = ""
        self.happenings: list[list[Any]] = []
        self.parameters: dict[str, list[str]] = {}


def load(frame: Frame, wire: Wire, offered: Collection[str] | None) -> LoadedModule:
    """Load the source in `frame` and return its names.

    After the header's `patience`, in seconds, or at once if it is `lean`, only definitions, imports and constants are
    run. Besides the standard library the source may import `offered` (None: whatever is installed). Calls of helpers
    that are replaced are sent over `wire`. A text that is compiled here is sent to the grader before any of it is run:
    the other workers of this source need not compile it again, and the grader knows that it can be compiled.
    """
    header = frame.header
    texts = _texts(frame)
    loaded = LoadedModule()
    loaded.file, loaded.parameters, loaded.text = header["file"], header["parameters"], texts[0]
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
        wire.write({"was": "compiled", "id": header["id"], "fits": fits}, [data] if fits else [])
    loaded.run_as_program = partial(loader.run_as_program, loaded.file, texts[0], code)
    loaded.run_beside_lent = partial(loader.run_beside_lent, loaded.file, texts[0])
    loaded.run_beside = loader.run_beside
    if header["definitions"]:
        with _timer(loader, header["patience"]):
            loader.run("submission", loaded.file, texts[0], code)
    loader.lent = LentHelpers(header["stand_ins"], loaded.parameters, wire)  # now: loading asks nobody
    loader.lent.put(loaded.namespace)
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
    """Interrupt the statement that runs when `patience` seconds are over, where there are such timers.

    The grader has its own clock. This one only finds out which statement took so long.
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
    """Runs a source's text and its `own` modules; `late` says that only definitions are run from now on.

    What is `lent` takes the place of what a statement outside functions defines as soon as it has run.
    """

    lent: LentHelpers | None = None

    def __init__(self, loaded: LoadedModule, own: dict[str, str], offered: Collection[str] | None) -> None:
        self.late = False
        self._loaded = loaded
        self._own_texts = own
        self._made: dict[str, ModuleType] = {}
        self._loop: Any = None
        self._seen: set[str] = set()
        self._texts: dict[str, str] = {}
        self._guards: dict[str, frozenset[int]] = {}
        importer = Importer(offered, own, self._own, self._missing, self._guarded)
        self._importer = importer
        leave = {"exit": _leave, "quit": _leave}
        notebook = {name: Quiet("IPython", name) for name in ("get_ipython", "display")}
        if own:
            sys.meta_path.append(OwnModules(own, self._own))
        self._builtins = {**vars(builtins), "__import__": importer, "input": ask, **leave, **notebook}

    def run(self, name: str, file: str, text: str, code: CodeType | None = None) -> ModuleType:
        """Run `text` as module `name`; return the module. `code` is all of it compiled, if that can be done."""
        module = self._made.setdefault(name, ModuleType(name))  # a circular import finds what there is so far
        package = name if any(each.startswith(f"{name}.") for each in self._own_texts) else name.rpartition(".")[0]
        module.__dict__.update(__file__=file, __builtins__=self._builtins, __package__=package)
        sys.modules.setdefault(name, module)  # where dataclasses and pickle look for the module of a class
        if file == self._loaded.file:
            self._loaded.namespace = module.__dict__
        self._texts[file] = text
        self._execute(text, file, module.__dict__, code)
        return module

    def run_as_program(self, file: str, text: str, code: CodeType | None, other: str) -> None:
        """Run `text`, or the `other`, as `__main__` in a namespace of its own; its own modules are loaded anew."""
        text, code = (other, None) if other else (text, code)
        for name in [each for each in self._made if each != "submission"]:
            sys.modules.pop(name, None)
            del self._made[name]
        module = sys.modules["__main__"] = ModuleType("__main__")
        self._made.setdefault("submission", module)  # what a module of its own finds that imports the program again
        module.__dict__.update(__file__=file, __builtins__=self._builtins)
        self._texts[file] = text
        if self.lent is not None and self.lent.names:
            tree = ast.parse(text, file)
            run = self._one_by_one(tree, file, module.__dict__, 0)
            for node in tree.body:
                run(node)
        else:
            exec(code or compile(text, file, "exec", dont_inherit=True), module.__dict__)  # noqa: S102 (as below)

    def run_beside_lent(self, file: str, text: str) -> None:
        """Run `text` anew in a module of its own, if any helpers are replaced."""
        if self.lent is not None and self.lent.names:
            self.late = False
            sys.modules.pop("submission", None)
            self._made.pop("submission", None)
            self.run("submission", file, text)

    def run_beside(self, source: str, text: str, file: str) -> dict[str, Any]:
        """Run a `text` that is not the source's, and imports it as `source`; return its names."""
        return beside(text, file, source, self._made["submission"], self._importer)

    def _execute(self, text: str, file: str, namespace: dict[str, Any], code: CodeType | None) -> None:
        error: BaseException | None = None
        reached = (0, 0)
        if code is not None:
            try:
                exec(code, namespace)  # noqa: S102 (this is the worker: running the source is what it is for)
                return
            except BaseException as raised:
                error, reached = raised, _reached(raised.__traceback__, code)
        try:
            tree = ast.parse(text, file)
        except _UNPARSABLE as unparsable:
            self.failed(unparsable, getattr(unparsable, "lineno", 0) or 0)
            return
        run = self._one_by_one(tree, file, namespace, ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)  # as notebooks allow it
        for node in tree.body:
            if (node.end_lineno or 0, node.end_col_offset or 0) <= reached:
                continue
            if error is not None and (node.lineno, node.col_offset) <= reached:
                self._statement_failed(node, error, run)
            elif _is_definition(node) or not self.late:
                self._run_statement(node, run)

    def _one_by_one(
        self, tree: ast.Module, file: str, namespace: dict[str, Any], flags: int
    ) -> Callable[[ast.stmt], None]:
        """Return what runs one statement of `tree` in `namespace`, compiled with these flags."""
        flags |= _future_flags(tree)

        def run(node: ast.stmt) -> None:
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and node is not tree.body[0]:
                return  # by itself a text would be the docstring
            if self.lent is not None:
                self.lent.put(namespace)
            code = compile(ast.Module(body=[node], type_ignores=[]), file, "exec", flags, dont_inherit=True)
            if code.co_flags & _COROUTINE:
                self._await(eval(code, namespace))  # noqa: S307 (as above)
            else:
                exec(code, namespace)  # noqa: S102 (as above)

        return run

    def _await(self, statement: Any) -> None:
        """Run a statement that awaits; all of them share one loop, as in a notebook."""
        self._loop = self._loop or new_loop()
        self._loop.run_until_complete(statement)

    def _run_statement(self, node: ast.stmt, run: Callable[[ast.stmt], None]) -> None:
        try:
            run(node)
        except BaseException as error:
            self._statement_failed(node, error, run)

    def _statement_failed(self, node: ast.stmt, error: BaseException, run: Callable[[ast.stmt], None]) -> None:
        """Note that `node` failed. If only its decorators are missing, the definition is made without them."""
        if isinstance(error, ModuleNotFoundError) and isinstance(node, _DECORATED) and node.decorator_list:
            node.decorator_list = []
            self._run_statement(node, run)
        else:
            self.failed(error, node.lineno)

    def failed(self, error: BaseException, line: int) -> None:
        """Note that the statement at `line` raised `error`."""
        file = self._loaded.file
        lines = frames(error.__traceback__, file)
        line = lines[0][0] if lines else line
        if isinstance(error, Late):
            self._happened("timeout", line, "")
        else:
            self._happened("raised", line, f"{name_of(type(error))}: {message_of(error)}"[:_DETAIL])

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
        file, text = f"{name.replace('.', '/')}.py", self._own_texts[name]
        if file == self._loaded.file:
            return self._made["submission"]
        if name not in self._made:
            module = self.run(name, file, text, None if self.late else compiled(text, file))
            above, _, leaf = name.rpartition(".")
            if above in self._made:
                setattr(self._made[above], leaf, module)
        return self._made[name]


def _is_outermost(text: str, number: int) -> bool:
    """Return whether line `number` is an import that no block encloses; then the text need not be parsed (4 ms)."""
    line = text.split("\n", number)[number - 1] if 0 < number <= text.count("\n") + 1 else ""
    return line.startswith(("import ", "from "))


def _leave(code: Any = None) -> None:
    raise SystemExit(code)


_DEFINING = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom, ast.Pass, ast.Global)


def _is_definition(node: ast.stmt) -> bool:
    """Return whether `node` only defines or imports: it is run even when time for loading has run out."""
    if isinstance(node, _DEFINING):
        return True
    if isinstance(node, ast.Assign):
        return _is_plain(node.value) and all(isinstance(target, ast.Name) for target in node.targets)
    if isinstance(node, ast.AnnAssign):
        return node.value is None or _is_plain(node.value)
    if isinstance(node, ast.Try):
        blocks = [node.body, node.orelse, node.finalbody, *(handler.body for handler in node.handlers)]
        return all(_is_definition(each) for block in blocks for each in block)
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_plain(value: ast.expr) -> bool:
    """Return whether `value` is a constant, a container of such, a constant with a sign, a lambda or another name."""
    if isinstance(value, (ast.Tuple, ast.List, ast.Set)):
        return all(_is_plain(item) for item in value.elts)
    if isinstance(value, ast.Dict):
        return all(item is not None and _is_plain(item) for item in (*value.keys, *value.values))
    if isinstance(value, ast.UnaryOp):
        return _is_plain(value.operand)
    if isinstance(value, ast.Attribute):
        return _is_plain(value.value)
    return isinstance(value, (ast.Constant, ast.Name, ast.Lambda))


def _future_flags(tree: ast.Module) -> int:
    """Return the compiler flags of the `from __future__ import ...` in `tree`."""
    imports = [node for node in tree.body if isinstance(node, ast.ImportFrom) and node.module == "__future__"]
    features = [getattr(__future__, alias.name, None) for node in imports for alias in node.names]
    return reduce(or_, (getattr(each, "compiler_flag", 0) for each in features), 0)


_DECORATED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_UNPARSABLE = (SyntaxError, ValueError, RecursionError, MemoryError)


class Late(BaseException):
    """Time for loading has run out."""


def compiled(text: str, file: str) -> CodeType | None:
    """Return all of `text` compiled, `None` where that cannot be done; its frames carry the name `file`.

    Raises MemoryError where it takes more than there is.
    """
    gc.disable()  # a syntax tree is many objects and no garbage
    try:
        return compile(text, file, "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError):  # perhaps one statement only: a `return` outside a function
        return None
    finally:
        gc.enable()


def _reached(traceback: TracebackType | None, code: CodeType) -> tuple[int, int]:
    """Return line and column of the statement of `code` that raised; (0, 0) if none of it has run."""
    while traceback is not None and traceback.tb_frame.f_code is not code:
        traceback = traceback.tb_next
    if traceback is None:
        return 0, 0
    if not hasattr(code, "co_positions"):  # Python 3.10
        return traceback.tb_lineno or 0, 0
    line, _, column, _ = [*code.co_positions()][traceback.tb_lasti // 2]
    return line or traceback.tb_lineno or 0, column or 0
