"""The reference's helpers, lent to a student's function: who answers, and what is not answered.

A helper of the reference may come back to the function that asks: `is_odd` calls `is_even`. Its answer would then be
what the function is to compute, so there is none. It is found out where it happens, by a line at the head of each
function in question, because a text does not show what a table, a decorator or a name made at run time leads to.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache

from msgspec.structs import replace

from grader.execution import Session, StandIn, Wait
from grader.model import Outcome, Returned, Source, Value

_HEAD = """
def _pingfen_entered(name, _pingfen={"asker": "", "counted": (), "entered": 0}):
    if name == _pingfen["asker"]:
        raise RuntimeError(f"it would come back to {name}")
    _pingfen["entered"] += name in _pingfen["counted"]
"""
_FOOT = """
def _pingfen_answer(asker, helper, *arguments):
    _pingfen_entered.__defaults__[0].update(asker=asker, counted=())
    return globals()[helper](*arguments)

def _pingfen_count(function, counted, *arguments):
    _pingfen_entered.__defaults__[0].update(asker="", counted=counted, entered=0)
    globals()[function](*arguments)
    return _pingfen_entered.__defaults__[0]["entered"]

class _PingfenLent:
    def __init__(self, name, own):
        self.__dict__.update(_pingfen_name=name, _pingfen_own=own)
    def __call__(self, *arguments, **named):
        _pingfen_entered(self._pingfen_name)
        return self._pingfen_own(*arguments, **named)
    def __getattr__(self, name):
        return getattr(self._pingfen_own, name)
    def __setattr__(self, name, value):
        setattr(self._pingfen_own, name, value)
"""


def lendable(reference: Source, names: Collection[str]) -> Source:
    """Return the reference, with each of the functions `names` made to say that it is entered; for `lender`, `count`.

    Its lines are not where they were.
    """
    return replace(reference, text=_watched(reference.text, frozenset(names)))


def lender(session: Session) -> StandIn:
    """Return what answers in a session on what `lendable` made: a helper that comes back to who asks it raises."""

    def answer(asker: str, helper: str, arguments: tuple[Value, ...]) -> Wait[Outcome]:
        came = yield from session.calling("_pingfen_answer", (asker, helper, *arguments))
        if isinstance(came, Returned) and came.arguments is not None:
            return replace(came, arguments=came.arguments[2:])
        return came

    return answer


def count(session: Session, function: str, helpers: tuple[str, ...], arguments: tuple[Value, ...]) -> Wait[Outcome]:
    """Return how often `helpers` are entered while the reference's `function` runs, in a session as `lender`'s."""
    return session.calling("_pingfen_count", (function, helpers, *arguments))


@lru_cache(maxsize=8)  # a class asks for the same few
def _watched(text: str, names: frozenset[str]) -> str:
    from grader.submission.symbols import statements

    tree = ast.parse(text)
    plain = set()
    for node in statements(tree):
        match node:
            case ast.FunctionDef(name=name, decorator_list=decorators):
                own = {name, *map(_owner, decorators)} & names  # `@name.register` adds a body to `name`
                node.body[:0] = [_entered(each) for each in sorted(own)]
                plain |= own if not decorators else set()
            case ast.Assign(value=ast.Lambda() as made) | ast.AnnAssign(value=ast.Lambda() as made):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                own = {target.id for target in targets if isinstance(target, ast.Name)} & names
                steps = [*(_entered(each).value for each in sorted(own)), made.body]
                made.body = ast.Subscript(ast.Tuple(steps, ast.Load()), ast.Constant(-1), ast.Load())
                plain |= own
    wrapped = "".join(f"{name} = _PingfenLent({name!r}, {name})\n" for name in sorted(names - plain))
    first = _after_the_future(tree.body)
    tree.body[first:first] = ast.parse(_HEAD).body
    return f"{ast.unparse(ast.fix_missing_locations(tree))}\n{_FOOT}\n{wrapped}"


def _entered(name: str) -> ast.Expr:
    return ast.Expr(ast.Call(ast.Name("_pingfen_entered", ast.Load()), [ast.Constant(name)], []))


def _owner(decorator: ast.expr) -> str:
    """Return the name before the dot of a decorator such as `name.register(list)`, "" for any other."""
    match decorator.func if isinstance(decorator, ast.Call) else decorator:
        case ast.Attribute(value=ast.Name(id=name)):
            return name
    return ""


def _after_the_future(body: Sequence[ast.stmt]) -> int:
    """Return the place behind a module's docstring and its imports from `__future__`, which must come first."""
    place = 0
    for number, node in enumerate(body):
        text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and number == 0
        if not text and not (isinstance(node, ast.ImportFrom) and node.module == "__future__"):
            break
        place = number + 1
    return place


def asking(helpers: Mapping[str, Sequence[str]]) -> set[str]:
    """Return all functions that ask or are asked."""
    return {*helpers, *(name for own in helpers.values() for name in own)}
