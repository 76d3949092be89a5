"""The units of a Python text that can be mutated, and which of them lie between one and another."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping

from grader.author.source_text import Edit, SourceText, bound_names
from grader.submission.symbols import Definition


class TopLevel:
    """One top-level function or class, and what operators ask about its nodes.

    `modules` are the names that imports bound in the whole text. What is printed counts where `printing`.
    """

    def __init__(
        self, name: str, node: Definition | ast.ClassDef | ast.Module, written: SourceText, *, printing: bool = False
    ) -> None:
        self.name = name
        self.node = node
        self.written = written
        self.printing = printing
        self.modules = {
            name
            for each in ast.walk(written.tree)
            if isinstance(each, ast.Import | ast.ImportFrom)
            for name in bound_names(each)
        }
        self.reads = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}

    def nodes(self) -> Iterator[ast.AST]:
        """Yield the nodes whose meaning a grader could see, in the order written.

        Left out are docstrings, annotations, decorators, what is printed where no check looks at it, the text of
        exceptions, and the inside of f-strings (whose places Python before 3.12 does not know).
        """
        yield from _visible(self.node, self.printing)

    def changed(self, edit: Edit | None) -> str:
        """Return its lines with an edit made."""
        assert not isinstance(self.node, ast.Module)
        begin, _ = self.written.part(self.node)
        _, end = self.written.lines(self.node.lineno, self.node.end_lineno or self.node.lineno)
        text = self.written.text[begin:end]
        return text if edit is None else edit.apply(text, begin)

    def function(self, node: ast.AST) -> Definition | None:
        """Return the innermost function that holds `node`."""
        return next((each for each in self.written.above(node) if isinstance(each, Definition)), None)

    def parameters(self, node: ast.AST) -> tuple[str, ...]:
        """Return the parameters of the innermost function that holds `node`."""
        function = self.function(node)
        if function is None:
            return ()
        return tuple(each.arg for each in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs))


class WholeProgram(TopLevel):
    """What a text does outside of what it imports and defines; a variant of it is the whole text."""

    def __init__(self, name: str, written: SourceText) -> None:
        super().__init__(name, written.tree, written, printing=True)
        own = [node for node in written.tree.body if not isinstance(node, _DEFINING)]
        self._own = own[1:] if ast.get_docstring(written.tree) is not None else own
        self.reads = {each.id for node in own for each in ast.walk(node) if isinstance(each, ast.Name)}

    def nodes(self) -> Iterator[ast.AST]:
        """Yield the nodes of its own statements."""
        for node in self._own:
            yield from _visible(node, printing=True)

    def changed(self, edit: Edit | None) -> str:
        """Return the whole text with an edit made."""
        return self.written.text if edit is None else edit.apply(self.written.text)


_DEFINING = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def units(written: SourceText, programs: Collection[str] = (), *, printing: bool = False) -> dict[str, TopLevel]:
    """Return the top-level functions and classes of a text by name; the last definition of a name counts.

    Each of the `programs`, which stand for the whole text, is one by its name.
    """
    found = {
        node.name: TopLevel(node.name, node, written, printing=printing)
        for node in written.tree.body
        if isinstance(node, Definition | ast.ClassDef)
    }
    return found | {name: WholeProgram(name, written) for name in programs}


def reaching(known: Mapping[str, TopLevel], start: str, target: str, graded: Collection[str]) -> set[str]:
    """Return all units on a path of calls from `start` to `target`, both included; none if there is no path.

    A path does not lead through other graded functions, which are audited by themselves.
    """
    inside = {name for name in _reached(known, start, graded) if target in _reached(known, name, graded)}
    return inside if start in inside else set()


def _reached(known: Mapping[str, TopLevel], start: str, graded: Collection[str]) -> set[str]:
    found, waiting = set(), [start]
    while waiting:
        name = waiting.pop()
        if name not in found and name in known and (name == start or name not in graded):
            found.add(name)
            waiting += known[name].reads
    return found


def _visible(node: ast.AST, printing: bool) -> Iterator[ast.AST]:
    yield node
    if isinstance(node, ast.JoinedStr) or _is_silent(node, printing) or _is_prompt(node):
        return
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list", "type_comment", "bases"):
            continue
        if isinstance(node, ast.Raise) and name in ("exc", "cause"):
            continue
        if isinstance(node, ast.Assert) and name == "msg":
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not _is_silent(child, printing):
                yield from _visible(child, printing)


def _is_prompt(node: ast.AST) -> bool:
    """Return whether a call asks for input: its prompt is compared on request only."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "input"


def _is_silent(node: ast.AST, printing: bool) -> bool:
    """Return whether a statement is a text standing alone (a docstring) or prints."""
    if not isinstance(node, ast.Expr):
        return False
    value = node.value
    if isinstance(value, ast.Constant):
        return True
    return (
        not printing and isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "print"
    )
