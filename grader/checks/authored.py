"""Python files of an author's that compose what is graded: how they are read, and what each function uses."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from grader.language import say

if TYPE_CHECKING:
    from grader.reading.nodes import Log, Node


class Authored(NamedTuple):
    """A Python file of the author's: where it is, its bytes, and what they say."""

    path: Path
    data: bytes
    tree: ast.Module


def read_authored(file: str, node: Node, log: Log) -> Authored | None:
    """Return the Python file of this path from the rubric's folder; `None`, and a fault at the node, for none."""
    from grader.reading.nodes import quoted

    path = Path(node.at.path).parent / file
    try:
        data = path.read_bytes()
        return Authored(path, data, ast.parse(data))
    except OSError:
        log.add(node.at, say("There is no file `{path}`.", path=quoted(file)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        log.add(node.at, say("The file `{path}` does not parse.", path=quoted(file)))
    return None


@lru_cache(maxsize=64)
def used(text: str, function: str, source: str) -> frozenset[str]:
    """Return the names that a function of a text takes from the module `source`, by way of other functions, too.

    What stands outside of functions and runs when the text is loaded counts for all of them.
    """
    tree = ast.parse(text)
    names = _Imported(tree, source)
    homes: dict[str, list[ast.AST]] = {}
    loaded: list[ast.AST] = []
    for node in tree.body:
        defined = [*_defined(node)]
        for name in defined:
            homes.setdefault(name, []).append(node)
        if not defined and not isinstance(node, ast.Import | ast.ImportFrom):
            loaded.append(node)
    found, seen, waiting = set[str](), set[str](), [function]
    nodes: list[ast.AST] = loaded
    while nodes or waiting:
        for part in nodes:
            found |= names.taken_in(part)
            waiting += [each.id for each in ast.walk(part) if isinstance(each, ast.Name) and each.id in homes]
        here = set(waiting) - seen
        seen |= here
        nodes, waiting = [node for name in here for node in homes.get(name, ())], []
    return frozenset(found)


class _Imported:
    """Under which names a text has the module `source` and what it takes from it."""

    def __init__(self, tree: ast.Module, source: str) -> None:
        self.whole, self.parts, self.everything = set[str](), dict[str, str](), False
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                self.whole |= {each.asname or each.name for each in node.names if each.name == source}
            elif isinstance(node, ast.ImportFrom) and node.module == source:
                self.parts |= {each.asname or each.name: each.name for each in node.names}
                self.everything |= "*" in self.parts

    def taken_in(self, node: ast.AST) -> set[str]:
        """Return the names of the module's that a part of the text uses; with a star any name may be one."""
        found = set()
        for each in ast.walk(node):
            if isinstance(each, ast.Attribute) and isinstance(each.value, ast.Name) and each.value.id in self.whole:
                found.add(each.attr)
            elif isinstance(each, ast.Name) and (each.id in self.parts or self.everything):
                found.add(self.parts.get(each.id, each.id))
        return found


def _defined(node: ast.stmt) -> Iterator[str]:
    """Yield the names that a statement outside of functions gives a value that is used later."""
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Assign(targets=targets):
            yield from (each.id for target in targets for each in ast.walk(target) if isinstance(each, ast.Name))
        case ast.AnnAssign(target=ast.Name(id=name)):
            yield name


def imports(text: str, source: str) -> bool:
    """Return whether a text imports the module `source`, or anything of it."""
    names = _Imported(ast.parse(text), source)
    return bool(names.whole or names.parts)
