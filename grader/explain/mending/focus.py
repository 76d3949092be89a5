"""Which lines a slip most likely stands in: those that feed a wrong output and no right one."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator

from grader.explain.mending.written import FunctionText


def lines(written: FunctionText, wrong: Collection[int], right: Collection[int]) -> frozenset[int]:
    """Return the lines of the text that feed some of the returned items that are `wrong` and none that is `right`.

    Items are told by their places in the tuple that the function returns; it is empty where no tuple shows them.
    """
    given = [one.value for one in written.nodes if isinstance(one, ast.Return)]
    returned = [one.elts for one in given if isinstance(one, ast.Tuple)]
    places = {*wrong, *right}
    if not right or not returned or any(len(items) <= max(places) for items in returned):
        return frozenset()
    good, bad = (
        frozenset[int]().union(*(_feeding(written, items[place]) for items in returned for place in some))
        for some in (right, wrong)
    )
    return bad - good


def _feeding(written: FunctionText, item: ast.expr) -> frozenset[int]:
    """Return the lines on which the value of an expression depends, whatever the order they run in."""
    names, found = _names(item), set[ast.stmt]()
    statements = [one for one in written.nodes if isinstance(one, ast.stmt) and one is not written.function]
    inside = set[str]().union(*(_changed_inside(one) for one in statements))
    while True:
        new = [one for one in statements if one not in found and _changed(one) & (names - written.imported)]
        if not new:
            return frozenset(one.lineno for one in found)
        for one in new:
            above = [each for each in written.above(one) if isinstance(each, ast.For | ast.While | ast.If | ast.With)]
            found |= {one, *above}
            for each in (one, *above):
                names |= {name for part in _headed(each) for name in _names(part)}
            names |= {name for each in statements for name in _views(each) & inside if _looked_at(each) in names}


def _headed(statement: ast.stmt) -> Iterator[ast.AST]:
    """Yield the parts of a statement that stand in its first line."""
    for child in ast.iter_child_nodes(statement):
        if not isinstance(child, ast.stmt):
            yield child


def _names(node: ast.AST) -> set[str]:
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}


def _changed(statement: ast.stmt) -> set[str]:
    """Return the names that a statement binds, and those whose values it may change."""
    match statement:
        case ast.Assign(targets=targets):
            return {name for target in targets for name in _bound(target)}
        case ast.AnnAssign(target=target) | ast.For(target=target):
            return _bound(target)
    return _changed_inside(statement)


def _changed_inside(statement: ast.stmt) -> set[str]:
    """Return the names whose values a statement may change in place."""
    match statement:
        case ast.Assign(targets=targets):
            return {name for target in targets if not isinstance(target, ast.Name) for name in _bound(target)}
        case ast.AugAssign(target=target):
            return _bound(target)
        case ast.Expr(value=ast.Call(func=function, args=args)):  # of `a.sort()` and `np.add.at(a, i, 1)` it is a
            return {name for one in (function, *args[:1]) for name in _bound(one)}
    return set()


def _bound(target: ast.expr) -> set[str]:
    """Return the names that an assignment to a target is about: of `a[i], b = …` these are a and b."""
    if isinstance(target, ast.Tuple | ast.List):
        return {name for one in target.elts for name in _bound(one)}
    while isinstance(target, ast.Subscript | ast.Attribute | ast.Starred):
        target = target.value
    return {target.id} if isinstance(target, ast.Name) else set()


def _views(statement: ast.stmt) -> set[str]:
    return _changed(statement) if _looked_at(statement) else set()


def _looked_at(statement: ast.stmt) -> str:
    """Return the name of the array that a statement gives another name, whole or in part: changing one changes both."""
    if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Name | ast.Subscript):
        return next(iter(_bound(statement.value)), "")
    return ""
