"""A source as it was handed in, and what can be known of it without running it."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from grader.errors import Span
from grader.language import Inert, Message


class Origin(Struct, frozen=True):
    """Where a line of `Source.text` was written: a line of a file, or of a notebook's cell (cell 0: no notebook)."""

    cell: int
    line: int


class Source(Struct, frozen=True, kw_only=True):
    """Python text that a worker can load.

    `places[i]` says where line i+1 came from (empty: the lines are the file's own). `digest` is the SHA-256 of what was
    handed in. Broken statements and notebook magics are blanked in `text`, line numbers unchanged.

    `modules` are the student's own helper files that `text` imports, directly or through one another: a module's name
    (`pkg.a` of a package, and then `pkg`, too) and its Python text (at most some 32 of them, 1 MiB together). The
    worker makes exactly these importable beside what is installed, and runs each when it is imported. None has the
    name of a standard-library module or of numpy, and a module of the standard library or the worker's environment
    comes before them.

    `files` are the data files that were handed in with it and that its text names: a path with forward slashes from the
    folder of `path` (`../` leads to folders above it that were handed in, too), and the bytes. They lie in the worker's
    working folder, those that are `fixed` (the course's) read-only.
    """

    path: str
    text: str
    digest: str
    places: tuple[Origin, ...] = ()
    modules: tuple[tuple[str, str], ...] = ()
    files: tuple[tuple[str, bytes], ...] = ()
    fixed: tuple[str, ...] = ()
    parameters: Mapping[str, tuple[str, ...]] = {}

    def span(self, line: int, column: int = 0) -> Span:
        """Return where `line` of `text` was written."""
        if 0 < line <= len(self.places):
            place = self.places[line - 1]
            return Span(path=self.path, line=place.line, column=column, cell=place.cell)
        return Span(path=self.path, line=line, column=column)


class Signature(Struct, frozen=True, kw_only=True):
    """What a function takes by position: its parameters in order, and those of them that have a default.

    Of a class these are the constructor's, and `methods` has those of each other method without a default.
    """

    parameters: tuple[str, ...]
    defaults: tuple[str, ...] = ()
    methods: tuple[tuple[str, tuple[str, ...]], ...] = ()


class Symbol(Struct, frozen=True, kw_only=True):
    """A top-level name that is bound to a function, or to something that may be one.

    `parameters` are those that can be given by position, `defaults` those of them that need not be given.
    `untouched`: its body is still a stub, with nothing but a docstring, `pass`, `...`, names bound to None,
    `raise NotImplementedError`, and returns of these. `calls` are the names it calls.
    """

    name: str
    line: int
    end_line: int
    parameters: tuple[str, ...] = ()
    defaults: tuple[str, ...] = ()
    untouched: bool = False
    calls: tuple[str, ...] = ()
    methods: tuple[tuple[str, tuple[str, ...]], ...] = ()


class Marker(Struct, frozen=True, kw_only=True):
    """A comment `# 评分函数:NAME` (or an equivalent), found as a comment token."""

    name: Inert
    line: int
    optional: bool = False


class Broken(Struct, frozen=True, kw_only=True):
    """A statement that does not parse.

    `at` is the place, `message` the parser's words, `line_text` the line, `function` the name that the statement would
    have defined. `line` to `end_line` are blanked in `Source.text`. `hint` says what to write instead, where that is
    known.
    """

    at: Span
    message: Inert
    line_text: Inert
    line: int
    end_line: int
    function: str = ""
    hint: Message | None = None


class Submission(Struct, frozen=True, kw_only=True):
    """One student's work, read but not run.

    `name` is its name in reports. `original` is the text before anything was blanked, line for line. `remarks` are
    sentences about the file for its author: a marker without a function, a name defined twice. `meant` has for each
    missing function a remark that says which one was probably meant, and where; it is among the remarks too.
    """

    name: Inert
    source: Source
    original: str
    symbols: Mapping[str, Symbol]
    markers: tuple[Marker, ...] = ()
    broken: tuple[Broken, ...] = ()
    meant: Mapping[str, tuple[Message, Span]] = {}
    remarks: tuple[tuple[Message, Span], ...] = ()
