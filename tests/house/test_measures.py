"""The house keeps its measures: functions of one screen, no import circle, plain names, every module explained."""

import ast
from collections import defaultdict
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted((ROOT / "grader").rglob("*.py"))
LONG: dict[str, str] = {
    "grader/author/audit/operators.py": "every slip that the audit makes, one function each",
    "grader/author/kit/sealing.py": "what is sealed follows from how hard it is to guess",
    "grader/cases/evaluation.py": "one function for each kind of node, and the bounds of every operation",
    "grader/checks/rules/flow/calls.py": "what a call makes flow: own functions, a library's, those that find by name",
    "grader/checks/rules/flow/members.py": "what an attribute, an item or an operator of a value leads to",
    "grader/checks/rules/flow/statements.py": "one function for each construct of Python, and the table of them",
    "grader/checks/rules/looping.py": "every way in which Python repeats, with one list of exceptions",
    "grader/checks/rules/reaching.py": "every way from one function to another, by name or by an operator",
    "grader/checks/properties/laws.py": "a property is one class, and all stand in one list",
    "grader/values/frames.py": "four families of pandas', compared, shown and digested by the same functions",
    "grader/values/items.py": "four kinds of arrays, with the dates of numpy",
    "grader/values/tables.py": "what pandas holds, on the wire: read, checked and made again in one place",
    "grader/report/terminal.py": "the page from its head to its foot, in the order in which it is read",
    "grader/execution/conversation.py": "all that is said with one worker, from its first word to its end",
    "grader/model/rubric.py": "the nouns of a rubric, from an output's share to the whole",
    "grader/model/report.py": "all that a report holds, and the one table of who may see each field",
    "grader/report/evidence.py": "the rows of a case, one function for each way in which an answer differs",
    "grader/explain/raised.py": "every exception's sentence, and the one table that says which exception has which",
}
"""Modules of more than 400 lines, each with its reason."""
VAGUE = {"utils", "util", "helpers", "helper", "common", "manager", "base", "misc"}


def _id(path):
    return str(path.relative_to(ROOT))


def _name(path):
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


NAMES = {_name(path): path for path in MODULES}


@cache
def _tree(path):
    return ast.parse(path.read_text("utf-8"))


def _functions(path):
    return [node for node in ast.walk(_tree(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def _long(function):
    return function.end_lineno - function.lineno + 1


def _parameters(function):
    every = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    return len(every) - (function.args.args[:1] != [] and function.args.args[0].arg in ("self", "cls"))


def _at_the_top(statements):
    """Imports that run when the module does: not those for types, nor those inside functions."""
    for node in statements:
        if isinstance(node, ast.If):
            typing = isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
            yield from _at_the_top(node.orelse if typing else [*node.body, *node.orelse])
        elif isinstance(node, ast.ImportFrom | ast.Import):
            yield node


def _imported(path):
    """The project's modules that this one cannot be imported without."""
    package = _name(path) if path.name == "__init__.py" else _name(path.parent)
    for node in _at_the_top(_tree(path).body):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in NAMES)
            continue
        above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
        home = ".".join([*above, node.module or ""]).strip(".")
        for alias in node.names:
            found = f"{home}.{alias.name}" if f"{home}.{alias.name}" in NAMES else home
            if found in NAMES:
                yield found


def test_a_module_of_more_than_400_lines_has_a_reason():
    long = {_id(path) for path in MODULES if len(path.read_text("utf-8").splitlines()) > 400}
    assert long == set(LONG)


def test_functions_fit_a_screen_and_take_few_parameters():
    every = [
        (f"{_id(path)} {each.name}", _long(each), _parameters(each)) for path in MODULES for each in _functions(path)
    ]
    assert [(name, lines) for name, lines, _ in every if lines > 60] == []
    assert [(name, parameters) for name, _, parameters in every if parameters > 6] == []


def test_no_module_imports_itself_by_a_way_round():
    graph = {name: set(_imported(path)) - {name} for name, path in NAMES.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" → ".join(reversed(error.args[1])))


def test_no_name_says_nothing():
    assert [_id(path) for path in MODULES if path.stem in VAGUE or path.parent.name in VAGUE] == []


def test_a_class_has_its_name_alone():
    homes = defaultdict(list)
    for path in MODULES:
        for node in _tree(path).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                homes[node.name].append(_id(path))
    assert {name: where for name, where in homes.items() if len(where) > 1} == {}


def test_every_module_says_what_it_is_for():
    assert [_id(path) for path in MODULES if not ast.get_docstring(_tree(path))] == []
