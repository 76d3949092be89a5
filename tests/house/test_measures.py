"""The house keeps its measures: small files, small functions, plain names, every public thing explained."""

import ast
from pathlib import Path

import pytest

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


@pytest.mark.parametrize("path", MODULES, ids=_id)
def test_functions_are_short_and_take_few_parameters(path):
    long = [
        f"{node.name}: {node.end_lineno - node.lineno + 1} lines"
        for node in _functions(path)
        if node.end_lineno - node.lineno + 1 > 50
    ]
    wide = [
        f"{node.name}: {count} parameters"
        for node in _functions(path)
        if (
            count := len([*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs])
            - (node.args.args[:1] != [] and node.args.args[0].arg in ("self", "cls"))
        )
        > 7
    ]
    assert long + wide == []


def test_no_name_says_nothing():
    assert [_id(path) for path in MODULES if path.stem in VAGUE or path.parent.name in VAGUE] == []


@pytest.mark.parametrize("path", MODULES, ids=_id)
def test_every_module_says_what_it_is_for(path):
    assert ast.get_docstring(ast.parse(path.read_text("utf-8")))
