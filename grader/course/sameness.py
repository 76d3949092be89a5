"""What a function's result follows from, as a digest: who has the same digest has the same result.

These are the function's own code and that of all that it reaches by name, as syntax trees, so comments and layout do
not count; the statements outside functions; the rubric's item with its seeds; the same of the reference, for every
graded function that is reached, since a wrong one may be replaced by the reference's; the known mistakes, the course's
other files; the versions and this package. Where a name can be found in another way (`globals()`, `eval`), all the
code counts.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from msgspec import Struct

from grader.checks.checkers import Checker
from grader.course.store.encoding import value_digest
from grader.errors import Span
from grader.grading.prepared import Plan
from grader.model import Submission

_DUNDER = {"__init__", "__name__", "__main__", "__version__", "__doc__", "__future__", "__all__"}
"""Of the names that begin with two underscores those by which nothing is reached; others may lead to any code."""
_BY_TEXT = {
    "globals",
    "locals",
    "vars",
    "eval",
    "exec",
    "getattr",
    "__import__",
    "compile",
    "sys",
    "inspect",
    "builtins",
}
"""Names by which code can reach what it does not name."""


class Closure(Struct, frozen=True, kw_only=True):
    """The code that a function reaches by name: the functions' names, a digest of the syntax trees, one of the layout.

    `layout` is that of the text with its line numbers, which comments change, too.
    """

    names: frozenset[str]
    digest: str
    layout: str


class Code:
    """A source's statements by the names that they bind, and those that run when it is loaded."""

    def __init__(self, submission: Submission) -> None:
        source = submission.source
        tree = ast.parse(source.text)
        self.lines = source.text.split("\n")
        self.homes: dict[str, list[ast.stmt]] = {}
        self.outside: list[ast.stmt] = []
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                self.homes.setdefault(node.name, []).append(node)
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or _runs_at_once(node):
                self.outside.append(node)
        self.whole = tree.body
        self.beside = _digest(source.modules, [(name, sha256(data).hexdigest()) for name, data in source.files])
        self.place = _digest(source.path, source.places)
        self._names = {node: _names(node) for node in tree.body}
        self._trees: dict[ast.stmt, str] = {}
        self.by_text = _hidden(set[str]().union(*self._names.values()), *map(_names_in, source.modules))

    def closure(self, name: str) -> Closure:
        """Return what the function `name` reaches; of a name that is not there, what runs at loading."""
        if self.by_text:
            return self.everything()
        found, waiting = set[str](), {name, *(each for node in self.outside for each in self._names[node])}
        while waiting:
            found |= waiting
            waiting = {
                each for one in waiting for node in self.homes.get(one, ()) for each in self._names[node]
            } & self.homes.keys() - found
        reached = [node for node in self.whole if node in self.outside or getattr(node, "name", None) in found]
        return self._made(found & self.homes.keys(), reached)

    def everything(self) -> Closure:
        """Return all of the code."""
        return self._made(self.homes.keys(), self.whole)

    def _made(self, names: Iterable[str], nodes: list[ast.stmt]) -> Closure:
        texts = [(node.lineno, self.lines[node.lineno - 1 : node.end_lineno]) for node in nodes]
        return Closure(
            names=frozenset(names),
            digest=_digest(self.beside, *map(self._tree, nodes)),
            layout=_digest(self.place, sorted(self.homes), *texts),  # a report may suggest a name that stands there
        )

    def _tree(self, node: ast.stmt) -> str:
        if node not in self._trees:
            self._trees[node] = _digest(ast.dump(node))
        return self._trees[node]


def _runs_at_once(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Return whether a `def` does more when it is met than to bind its name: a decorator, a default, an annotation."""
    arguments = node.args
    every = (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg)
    given = [
        each for each in (*arguments.defaults, *arguments.kw_defaults) if not isinstance(each, ast.Constant | None)
    ]
    annotated = node.returns is not None or any(each is not None and each.annotation is not None for each in every)
    return bool(node.decorator_list or given or annotated)


def _names_in(module: tuple[str, str]) -> set[str]:
    return _names(ast.parse(module[1]))


def _hidden(*names: set[str]) -> bool:
    """Return whether code may be reached in a way that its names do not tell."""
    return any(name in _BY_TEXT or (name.startswith("__") and name not in _DUNDER) for found in names for name in found)


def _names(node: ast.AST) -> set[str]:
    """Return the names that stand in a node, those after a dot and in texts too, by which a function can be found."""
    found = set()
    for each in ast.walk(node):
        match each:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.alias(name=name):
                found.add(name)
            case ast.Constant(value=str(text)) if text.isidentifier():
                found.add(text)
    return found


class Fingerprints:
    """The digests of one plan, graded by workers of these `versions` with the confinement `tier`.

    `authored` has by function what the author's files say of it, `whole` all that any report follows from. Policies
    are no part of it: what they make of a report is computed. `versions` tell of the packages that are installed, too.
    """

    def __init__(self, plan: Plan, versions: Mapping[str, str], tier: str) -> None:
        rubric = plan.rubric
        self._reference = Code(plan.reference)
        self._items = {problem.function: noun_digest(problem) for problem in rubric.problems}
        self._needs = {problem.function: problem.needs or () for problem in rubric.problems}
        # What a module of the author's calls of a source is not told by the source's own names.
        self._by_module = {
            problem.function
            for problem in rubric.problems
            if any(check.demand.uses(rubric.defined, rubric.imported_as) is not None for check in problem.checks)
        }
        author = _digest(
            rubric.seed, rubric.public_seed,
            *(_file(path) for path in (rubric.mistakes, rubric.generators, rubric.expected)),
            *(_file(each.path) for each in _checkers(rubric.problems)),
            *(part for name, data in plan.files.items() for part in (name, sha256(data).hexdigest())),
        )  # fmt: skip
        varied = [noun_digest(rubric.variants)] if rubric.variants is not None else []
        self.authored = {
            name: _digest(author, item, self._reference.closure(name).digest, *varied)
            for name, item in self._items.items()
        }
        self.versions = {**versions, "packages": _digest(_installed(rubric.runtime))}
        self.common = _digest(author, own_digest(), tier, sorted(self.versions.items()))
        shown = (noun_digest(each) for each in (rubric.title, rubric.manual, rubric.elsewhere))
        self.whole = _digest(self.common, rubric.language, *shown, sorted(self.authored.items()))

    def keys(self, student: Submission, code: Code) -> dict[str, tuple[str, str]]:
        """Return for each graded function the digest of all that its result follows from, and of where its code stands.

        Those by the name "" are of what happens while the source is loaded.
        """
        facts = _digest(
            [(each.function, each.line, each.message) for each in student.broken],
            sorted(name for name, symbol in student.symbols.items() if symbol.untouched),
            [(each.name, each.optional) for each in student.markers],
            sorted((name, repr(said)) for name, said in student.meant.items()),
        )
        return {name: self._key(name, code, facts) for name in ("", *self._items)}

    def reached(self, name: str, code: Code) -> set[str]:
        """Return the graded functions that `name` reaches in the student's code or by its needs, and itself."""
        found, waiting = set[str](), {name}
        while waiting:
            one = waiting.pop()
            found.add(one)
            waiting |= ({*code.closure(one).names, *self._needs[one]} & self._items.keys()) - found
        return found

    def _key(self, name: str, code: Code, facts: str) -> tuple[str, str]:
        own = code.everything() if name in self._by_module else code.closure(name)
        graded = sorted({name, *own.names, *self._needs.get(name, ())} & self._items.keys())
        theirs = [(each, self._items[each], self._reference.closure(each).digest) for each in graded]
        return _digest(self.common, name, own.digest, facts, theirs), own.layout


def _checkers(noun: Any) -> Iterator[Checker]:
    """Yield the checkers in a noun of the rubric: each is a function of a file of the author's."""
    match noun:
        case Checker():
            yield noun
        case Struct():
            for name in noun.__struct_fields__:
                yield from _checkers(getattr(noun, name))
        case tuple():
            for item in noun:
                yield from _checkers(item)


def noun_digest(noun: Any) -> str:
    """Return a digest of a noun of the rubric without its place in the file."""
    return _digest(*_parts(noun))


def _parts(noun: Any) -> Iterator[str]:
    match noun:
        case Span():
            return
        case Struct():
            yield type(noun).__name__
            for name in noun.__struct_fields__:
                yield name
                yield from _parts(getattr(noun, name))
        case tuple() | list() | frozenset() | set():
            yield f"({len(noun)}"
            for item in sorted(noun, key=repr) if isinstance(noun, frozenset | set) else noun:
                yield from _parts(item)
        case Mapping():
            for key, item in noun.items():
                yield repr(key)
                yield from _parts(item)
        case type() | None | bool() | int() | float() | str() | bytes():
            yield repr(noun)
        case _:
            yield value_digest(noun) if not callable(noun) else f"{noun.__module__}.{noun.__qualname__}"


@lru_cache(maxsize=1)
def own_digest() -> str:
    """Return the digest of this package's own files: another version may judge otherwise."""
    root = Path(__file__).parents[1]
    files = sorted(file for file in root.rglob("*.py"))
    return _digest(*(part for file in files for part in (file.relative_to(root).as_posix(), file.read_bytes())))


def _installed(runtime: str) -> list[str]:
    """Return what is installed for the Python that runs sources, by the names of its packages with their versions."""
    root = Path(sys.prefix) if not runtime or runtime == sys.executable else Path(runtime).absolute().parents[1]
    places = ("lib/python*/site-packages", "Lib/site-packages")
    return sorted({each.name for place in places for each in root.glob(f"{place}/*.dist-info")})


def _file(path: str) -> str:
    return sha256(Path(path).read_bytes()).hexdigest() if path else ""


def _digest(*parts: Any) -> str:
    whole = sha256()
    for part in parts:
        data = (
            part
            if isinstance(part, bytes)
            else (part if isinstance(part, str) else repr(part)).encode("utf-8", "surrogatepass")
        )
        whole.update(len(data).to_bytes(8, "big") + data)
    return whole.hexdigest()
