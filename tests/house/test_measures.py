"""The house keeps its measures: small files, small functions, plain names, every public thing explained."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted((ROOT / "grader").rglob("*.py"))
VAGUE = {"utils", "util", "helpers", "helper", "common", "manager", "base", "misc"}


def _id(path):
    return str(path.relative_to(ROOT))


def _functions(path):
    tree = ast.parse(path.read_text("utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def test_modules_are_short():
    lengths = {_id(path): len(path.read_text("utf-8").splitlines()) for path in MODULES}
    assert {name: length for name, length in lengths.items() if length > 400} == {}


def _count(node):
    """Return how many parameters a function takes, `self` and `cls` apart."""
    named = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    return len(named) - (node.args.args[:1] != [] and node.args.args[0].arg in ("self", "cls"))


def test_functions_are_short_and_take_few_parameters():
    functions = [(_id(path), node) for path in MODULES for node in _functions(path)]
    lengths = {f"{name}: {node.name}": node.end_lineno - node.lineno + 1 for name, node in functions}
    assert {name: length for name, length in lengths.items() if length > 50} == {}
    counts = {f"{name}: {node.name}": _count(node) for name, node in functions}
    assert {name: count for name, count in counts.items() if count > 7} == {}


def test_no_name_says_nothing():
    assert [_id(path) for path in MODULES if path.stem in VAGUE or path.parent.name in VAGUE] == []


def test_every_module_says_what_it_is_for():
    assert [_id(path) for path in MODULES if not ast.get_docstring(ast.parse(path.read_text("utf-8")))] == []
