"""The author's file of known mistakes: read as syntax, never run.

A mistake is a wrong function written out under `@mistake(of=…, zh=…, en=…)`, or an `edit(of=…, name=…, replace=[…])` of
the reference's own text: of a function or class, or of the whole file where `of` is a program. The file may import
modules for an editor's sake; a variant sees what the reference sees.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from msgspec import Struct

from grader.errors import Fault, RubricError, Span, UsageError
from grader.language import inert, say
from grader.model import Mistake
from grader.reading.nodes import PYTHON_LINE_END, Log, decode, did_you_mean, quoted
from grader.rubric.mistake_arguments import Arguments, place, read_arguments

MISTAKE = ("of", "zh", "en")
EDIT = ("of", "name", "replace", "zh", "en")
"""What each takes, by name."""


class Original(Struct, frozen=True, kw_only=True):
    """A top-level function of a source: its whole text, decorators included, and how many arguments go by position.

    `arguments` is None where any number does. A `program` is the whole source.
    """

    name: str
    text: str
    arguments: int | None
    program: bool = False


Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
"""What a mistake may be of; of a class the arguments are the constructor's."""


def originals(text: str) -> dict[str, Original]:
    """Return the functions of a source by name. Raises SyntaxError or ValueError if it is not Python."""
    lines = lines_of(text)
    found = {}
    for node in ast.parse(text).body:
        if isinstance(node, Function):
            found[node.name] = Original(name=node.name, text=text_of(node, lines), arguments=arguments_of(node))
    return found


def lines_of(text: str) -> list[str]:
    """Return the lines as Python counts them: form feeds and Unicode's separators do not end a line."""
    return re.split("\r\n|\r|\n", text)


def text_of(node: Function, lines: list[str], *, decorators: bool = True) -> str:
    """Return the lines of a top-level function."""
    first = min([node.lineno, *(one.lineno for one in node.decorator_list if decorators)])
    return "\n".join(lines[first - 1 : node.end_lineno])


def arguments_of(node: Function) -> int | None:
    """Return how many arguments go by position, None for any number."""
    if isinstance(node, ast.ClassDef):
        made = [each for each in node.body if isinstance(each, ast.FunctionDef) and each.name == "__init__"]
        return arguments_of(made[0]) if made else None
    return None if node.args.vararg else len(node.args.posonlyargs) + len(node.args.args)


def renamed(text: str, name: str, new: str) -> str:
    """Return `text` with the function `name` defined as `new`; its calls of `name` stay as they are."""
    return re.sub(
        rf"^((?:async\s+)?(?:def|class)\s+){re.escape(name)}\b", rf"\g<1>{new}", text, count=1, flags=re.MULTILINE
    )


def broken(mistakes: Iterable[Mistake], taken: Mapping[str, Original]) -> list[Mistake]:
    """Return the mistakes whose text is not one function under its own name. First all are parsed together."""
    several = list(mistakes)
    if _defines([mistake.symbol for mistake in several], "\n".join(mistake.text for mistake in several), taken):
        return []
    return [mistake for mistake in several if not _defines([mistake.symbol], mistake.text, taken)]


def _defines(symbols: list[str], text: str, taken: Mapping[str, Original]) -> bool:
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return [*map(_defined, body)] == symbols and not taken.keys() & set(symbols)


def _defined(node: ast.stmt) -> str:
    """Return the name of a function or class, or that of the text of a program that is Python; else ""."""
    if isinstance(node, Function):
        return node.name
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and _parses(str(node.value.value)):
        return ast.unparse(node.targets[0])
    return ""


def _parses(text: str) -> bool:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


MOST_BYTES = 1 << 20


def mistakes(
    path: Path, reference_text: str, only: Collection[str] = (), *, programs: Collection[str] = ()
) -> tuple[Mistake, ...]:
    """Return the known mistakes in the file at `path`, in the order written.

    Those of `programs` are of the whole reference. With `only`, those of these functions, quickly: whether each variant
    is a function is then not checked. Raises RubricError with every fault in what was read of the file; UsageError if
    it cannot be read.
    """
    text = _text(path)
    log = Log(str(path), text, PYTHON_LINE_END)
    body = _parsed(text, log)
    try:
        known = originals(reference_text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        log.add(
            Span(path=str(path), line=1, column=1),
            say("This file edits the reference, but the reference is not Python."),
        )
        raise RubricError(log.faults) from error
    whole = {name: Original(name=name, text=reference_text, arguments=None, program=True) for name in programs}
    reader = _Reader(str(path), text, known | whole, log)
    for statement in body:
        if not only or _about(statement) in (*only, None):
            reader.read(statement)
    found = tuple(reader.found.values())
    for mistake in () if only else broken(found, known):
        if mistake.function in whole:
            log.add(mistake.at, say("After its edit, `{name}` is not Python.", name=mistake.name))
        else:
            log.add(mistake.at, say("After its edit, `{name}` is not a function.", name=mistake.name))
    if log.faults:
        raise RubricError(log.faults)
    return found


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise UsageError(say("The file of mistakes `{path}` cannot be read.", path=str(path))) from error
    at = Span(path=str(path), line=1, column=1)
    if len(data) > MOST_BYTES:
        raise RubricError([Fault(at=at, message=say("This file is longer than {most} KiB.", most=MOST_BYTES >> 10))])
    text, fault = decode(data, str(path))
    if fault is not None:
        raise RubricError([fault])
    return text


def _parsed(text: str, log: Log) -> list[ast.stmt]:
    try:
        return ast.parse(text).body
    except SyntaxError as error:
        at = Span(path=log.path, line=error.lineno or 1, column=error.offset or 1)
        log.add(at, say("This is not Python: {problem}.", problem=inert(error.msg, 200)))
    except (ValueError, RecursionError, MemoryError):
        log.add(Span(path=log.path, line=1, column=1), say("This file is not Python."))
    raise RubricError(log.faults)


class _Reader:
    """Reads one statement after the other; `found` are the mistakes by their symbol."""

    def __init__(self, path: str, text: str, known: Mapping[str, Original], log: Log) -> None:
        self.path = path
        self.lines = lines_of(text)
        self.known = known
        self.log = log
        self.found: dict[str, Mistake] = {}

    def read(self, node: ast.stmt) -> None:
        """Read one statement of the file's top level."""
        if isinstance(node, Function):
            self.function(node)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and _calls(node.value, "edit"):
            self.edit(node.value)
        elif not isinstance(node, ast.Import | ast.ImportFrom) and not _is_text(node):
            message = say("Only imports, functions under `@mistake(…)` and `edit(…)` may stand here.")
            self.log.add(place(node, self.path, self.lines), message)

    def function(self, node: Function) -> None:
        """Read a variant that is written out."""
        at = place(node, self.path, self.lines, name=node.name)
        calls = [one for one in node.decorator_list if isinstance(one, ast.Call) and _calls(one, "mistake")]
        if len(calls) != 1 or len(node.decorator_list) != 1:
            hint = say('Above it: @mistake(of="function", zh=["…"], en=["…"])')
            self.log.add(
                at, say("`{name}` needs `@mistake(…)` above it, and no other decorator.", name=node.name), hint
            )
            return
        given = read_arguments(calls[0], MISTAKE, self.path, self.lines, self.log)
        original = self.original(given)
        if given is None or original is None:
            return
        if original.program:
            message = say("`{function}` is a program: only `edit(…)` can be of it.", function=given.of)
            self.log.add(given.of_at, message)
            return
        wanted, has = original.arguments, arguments_of(node)
        if wanted is not None and has is not None and wanted != has:
            message = say(
                "Parameters by position: {has} here, {wanted} in `{function}`.",
                function=given.of,
                wanted=wanted,
                has=has,
            )
            self.log.add(at, message)
        for inner in ast.walk(node):
            if isinstance(inner, ast.Name) and inner.id == node.name:
                message = say("`{name}` has another name when it runs; it cannot call itself.", name=node.name)
                hint = say("Call the reference's `{function}`.", function=given.of)
                self.log.add(place(inner, self.path, self.lines), message, hint)
        text = text_of(node, self.lines, decorators=False)
        self.keep(given, node.name, renamed(text, node.name, f"{given.of}__{node.name}"), at)

    def edit(self, call: ast.Call) -> None:
        """Read a variant that is the reference with words replaced."""
        given = read_arguments(call, EDIT, self.path, self.lines, self.log)
        original = self.original(given)
        if given is None or original is None:
            return
        text = original.text
        for old, new, at in given.replace:
            if old not in text:
                message = say("`{old}` does not occur in `{function}`.", old=quoted(old), function=given.of)
                self.log.add(at, message, did_you_mean(self.log.nearest(old, map(str.strip, lines_of(text)))))
                return
            text = text.replace(old, new)
        if text == original.text:
            self.log.add(given.at, say("This edit changes nothing."))
            return
        symbol = f"{given.of}__{given.name}"
        text = f"{symbol} = {text!r}" if original.program else renamed(text, given.of, symbol)
        self.keep(given, given.name, text, given.at)

    def original(self, given: Arguments | None) -> Original | None:
        """Return the reference's function that `given` is about."""
        if given is None:
            return None
        found = self.known.get(given.of)
        if found is None:
            message = say("The reference has no function `{name}`.", name=quoted(given.of))
            self.log.add(given.of_at, message, did_you_mean(self.log.nearest(given.of, self.known)))
        return found

    def keep(self, given: Arguments, name: str, text: str, at: Span) -> None:
        """Keep a mistake; two of one function with the same name are a fault."""
        mistake = Mistake(function=given.of, name=name, hints=given.hints, text=text, at=at)
        first = self.found.setdefault(mistake.symbol, mistake)
        if first is not mistake:
            hint = say("The first one is in line {line}; give this one another name.", line=first.at.line)
            message = say("Two mistakes of `{function}` are called `{name}`.", function=given.of, name=name)
            self.log.add(at, message, hint)


def _about(node: ast.stmt) -> str | None:
    """Return the function that the argument `of` of a statement names; None if there is no such text."""
    calls = [node.value] if isinstance(node, ast.Expr) else node.decorator_list if isinstance(node, Function) else []
    keywords = [one for call in calls if isinstance(call, ast.Call) for one in call.keywords if one.arg == "of"]
    value = keywords[0].value if keywords else None
    return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else None


def _calls(call: ast.Call, name: str) -> bool:
    return isinstance(call.func, ast.Name) and call.func.id == name


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
