"""Looks for answers of the reference's own kind that would fail: with another sign, in another order, drawn otherwise.

A sign is tried: the reference runs with a library that turns vectors round, which is as right. An order or a draw shows
in the reference's text. Whether another one is right the author knows alone, so these are remarks and no faults.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from fractions import Fraction

from grader.author.check import ways
from grader.author.check.checkup import Checkup, Look, calling, of_check
from grader.grading import narrow
from grader.grading.variants import try_all
from grader.language import Message, listed, say
from grader.model import Check, Problem, Returned

_DECOMPOSING = {"eig", "eigh", "svd", "qr"}
_WITHOUT_ORDER = {"set", "frozenset", "permutations", "combinations", "combinations_with_replacement", "product"}
_DRAWING = {"choice", "permutation", "permuted", "shuffle"}


def another_form_fails(checkup: Checkup) -> Look | None:
    """Look whether a right answer of another form would fail; `None` where none is found."""
    tree = ast.parse(checkup.plan.reference.source.text)
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    remarks = [*_signs(checkup, tree), *_orders(checkup, functions), *_draws(checkup, functions)]
    if not remarks:
        return None
    title = say("Right answers in another form may fail. If they are right, say so in the rubric.")
    return Look(title=title, holds=True, details=tuple(remarks))


def _signs(checkup: Checkup, tree: ast.Module) -> Iterator[Message]:
    """Yield the checks that the reference itself fails once a library turns vectors round."""
    if not _DECOMPOSING & _words(tree):
        return
    names = [problem.function for problem in checkup.prepared.chosen if any(map(_strict, problem.checks))]
    tried = [answer for name in names for answer in calling(name, (ways.other_signs,))]
    for judged in try_all(narrow(checkup.prepared, names), checkup.engine, tried):
        problem = judged.problem
        for check, trials in judged.trials:
            failing = [each for each in trials if each.verdict.share < 1 and isinstance(each.got[0], Returned)]
            if not failing or not _strict(check):
                continue
            shares = _shares(problem)
            by_part = [dict(each.verdict.by_part) for each in failing]
            wrong = [name for name in shares if any(each.get(name, shares[name]) < shares[name] for each in by_part)]
            way = f"outputs: {{{', '.join(f'{name}: {{up_to: sign}}' for name in wrong)}}}" if wrong else "up_to: sign"
            what = say(
                "with the other sign of what numpy finds up to its sign (eig, eigh, svd, qr) the reference itself "
                "fails. Write {example}.",
                example=f"`compare: {{{way}}}`",
            )
            yield of_check(problem.function, check, what)


def _shares(problem: Problem) -> dict[str, Fraction]:
    from grader.comparison.outputs import output_shares

    return dict(output_shares(problem.returns))


def _strict(check: Check) -> bool:
    """Return whether a check takes one form only."""
    return check.demand.compares and not check.compare.free


def _orders(checkup: Checkup, functions: dict[str, ast.FunctionDef]) -> Iterator[Message]:
    """Yield the checks of functions that return a list in an order that nobody asked for."""
    for problem in checkup.prepared.chosen:
        node = functions.get(problem.function)
        source = _unordered(node) if node is not None else ""
        if not source:
            continue
        for check in filter(_strict, problem.checks):
            what = say(
                "the reference returns a list in the order of `{source}`, and any other order fails. If it does not "
                "count, write {example}.",
                source=source, example="`compare: {order: any}`",
            )  # fmt: skip
            yield of_check(problem.function, check, what)


def _unordered(node: ast.FunctionDef) -> str:
    """Return what gives the returned list its order, where that is a set or something of itertools."""
    made = {
        target.id: each.value
        for each in ast.walk(node)
        if isinstance(each, ast.Assign) and len(each.targets) == 1
        for target in each.targets
        if isinstance(target, ast.Name)
    }
    returned = [each.value for each in ast.walk(node) if isinstance(each, ast.Return) and each.value is not None]

    def settled(value: ast.expr) -> ast.expr:
        return made.get(value.id, value) if isinstance(value, ast.Name) else value

    for value in map(settled, returned):
        inner: ast.expr | None = None
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id in ("list", "tuple"):
            inner = value.args[0] if value.args else None
        elif isinstance(value, ast.ListComp):
            inner = value.generators[0].iter
        if inner is not None and (name := _without_order(settled(inner))):
            return name
    return ""


def _without_order(value: ast.expr) -> str:
    if isinstance(value, ast.Set | ast.SetComp):
        return "set"
    if not isinstance(value, ast.Call):
        return ""
    name = value.func.id if isinstance(value.func, ast.Name) else getattr(value.func, "attr", "")
    return name if name in _WITHOUT_ORDER else ""


def _draws(checkup: Checkup, functions: dict[str, ast.FunctionDef]) -> Iterator[Message]:
    """Yield the checks of functions that choose at random in one of several ways."""
    for problem in checkup.prepared.chosen:
        node = functions.get(problem.function)
        called = {each.func.attr for each in ast.walk(node) if isinstance(each, ast.Call)
                  and isinstance(each.func, ast.Attribute)} if node is not None else set()  # fmt: skip
        if used := sorted(_DRAWING & called):
            for check in filter(_strict, problem.checks):
                what = say(
                    "the reference chooses with {calls}; who draws in another way gets other numbers from the same "
                    "seed, and fails. If whichever is right, judge by conditions: {example}.",
                    calls=listed([f"`{each}`" for each in used]), example="`holds: {…: all_in(result, X)}`",
                )  # fmt: skip
                yield of_check(problem.function, check, what)


def _words(tree: ast.AST) -> set[str]:
    return {
        each.id if isinstance(each, ast.Name) else each.attr
        for each in ast.walk(tree)
        if isinstance(each, ast.Name | ast.Attribute)
    }
