"""Rules held against a student's text; nothing is run."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Collection, Iterator, Mapping

from grader.errors import Span
from grader.model import KEYWORDS, Rules, Submission, Violation
from grader.submission.aliases import Target
from grader.submission.reaching import Use, chain, reached
from grader.submission.scopes import Entangled, Scope, Unit, World

MOST = 50
"""Violations told of one function."""

_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_STATEMENTS: Mapping[str, tuple[type[ast.AST], ...]] = {
    "assert": (ast.Assert,),
    "class": (ast.ClassDef,),
    "del": (ast.Delete,),
    "for": (ast.For, ast.AsyncFor, *_COMPREHENSIONS),
    "global": (ast.Global,),
    "if": (ast.If, ast.IfExp),
    "import": (ast.Import, ast.ImportFrom),
    "lambda": (ast.Lambda,),
    "raise": (ast.Raise,),
    "try": (ast.Try, ast.TryStar),
    "while": (ast.While,),
    "with": (ast.With, ast.AsyncWith),
    "yield": (ast.Yield, ast.YieldFrom),
}
_SHORT = {"np": "numpy", "pd": "pandas", "plt": "matplotlib.pyplot", "tf": "tensorflow", "sp": "scipy"}
"""How authors write modules in a rule."""
_LOOPING: tuple[str, ...] = (
    "map",
    "filter",
    "functools.reduce",
    "itertools",
    "np.vectorize",
    "np.apply_along_axis",
    "np.apply_over_axes",
    "np.frompyfunc",
    "np.fromfunction",
    "np.fromiter",
)
"""Functions that loop in Python without a loop being seen."""
_INNER = ("lib", "core", "_core")
"""Where numpy keeps what it offers at its top: `numpy.lib.pad` is `numpy.pad`."""


def violations(
    student: Submission, function: str, rules: Rules, graded: Collection[str]
) -> tuple[Violation, ...] | None:
    """Return where `function` and the student's own functions that it uses do not keep the rules, line by line.

    `graded` functions stand for themselves, and are not gone into. Returns `None` where there is nothing to look at: no
    such function, or a stub. Never raises.
    """
    symbol = student.symbols.get(function)
    if symbol is None or symbol.untouched:
        return None
    at = student.source.span(symbol.line)
    start = ast.Name(id=function, ctx=ast.Load(), lineno=symbol.line)
    try:
        module = Scope(ast.parse(student.source.text), None, World(dict(student.source.modules)))
        used = list(reached(start, module, frozenset(graded) - {function}))
        loops = list(_loops(used, student, module.world)) if rules.no_loops else []
    except (Entangled, RecursionError, MemoryError, SyntaxError, ValueError):
        return (Violation(kind="entangled", what="", at=at),)
    found = [*_forbidden(used, rules, student), *loops]
    for group in rules.require:
        if not any(_is(use, construct) for use in used for construct in group):
            found.append(Violation(kind="required", what=" | ".join(group), at=at))
    return tuple(dict.fromkeys(found))[:MOST]


def _forbidden(used: Collection[Use], rules: Rules, student: Submission) -> Iterator[Violation]:
    for use in used:
        for construct in rules.forbid:
            if _is(use, construct):
                yield Violation(kind="forbidden", what=construct, at=_at(use, student))


def _is(use: Use, construct: str) -> bool:
    """Return whether a use is of the construct that an author named."""
    if construct == "@":
        return isinstance(use.node, ast.BinOp | ast.AugAssign) and isinstance(use.node.op, ast.MatMult)
    if construct in KEYWORDS:
        return isinstance(use.node, _STATEMENTS[construct])
    if construct.startswith("."):
        return any(isinstance(node, ast.Attribute) and node.attr == construct[1:] for node in chain(use.node))
    return any(_covers(construct, target) for target in use.targets)


def _covers(construct: str, target: Target) -> bool:
    """Return whether a dotted name is, or holds, what is used."""
    if isinstance(target, Unit):
        return target.name == construct and target.scope.outer is None and not hasattr(builtins, construct)
    first, dot, rest = construct.partition(".")
    path = _SHORT.get(first, first) + dot + rest
    if target == path or target.startswith(path + "."):
        return True
    parts = target.split(".")
    return parts[0] == "numpy" and len(parts) > 2 and parts[1] in _INNER and path == f"numpy.{parts[-1]}"


def _loops(used: Collection[Use], student: Submission, world: World) -> Iterator[Violation]:
    comes_to: dict[int, set[int]] = {}
    for use in used:
        comes_to.setdefault(id(use.root), set()).update(id(each.node) for each in use.targets if isinstance(each, Unit))
    for use in used:
        what = _loop(use) or ("recursion" if _recurs(use, comes_to, world) else "")
        if what:
            yield Violation(kind="loop", what=what, at=_at(use, student))


def _loop(use: Use) -> str:
    if isinstance(use.node, ast.For | ast.AsyncFor):
        return "for"
    if isinstance(use.node, ast.While):
        return "while"
    if isinstance(use.node, _COMPREHENSIONS):
        return "comprehension"
    return next((name for name in _LOOPING for target in use.targets if _covers(name, target)), "")


def _recurs(use: Use, comes_to: Mapping[int, set[int]], world: World) -> bool:
    """Return whether a function is used here from which the way leads back to where it is used. Raises Entangled."""
    waiting = [id(each.node) for each in use.targets if isinstance(each, Unit)]
    seen: set[int] = set()
    while waiting:
        one = waiting.pop()
        if one == id(use.root):
            return not isinstance(use.node, ast.Lambda)
        if one not in seen:
            seen.add(one)
            world.step(1 + len(comes_to.get(one, ())))
            waiting += comes_to.get(one, ())
    return False


def _at(use: Use, student: Submission) -> Span:
    return Span(path=use.file, line=use.line) if use.file else student.source.span(use.line)
