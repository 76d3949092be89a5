"""Texts that are run as code, and functions that reach names by their text in other hands."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from grader.submission.following.calls import GIVEN_NAMES, LISTING, UNKNOWN, Site, is_asked
from grader.submission.following.library import RUNNING, SPECIAL, under
from grader.submission.following.members import text, what
from grader.submission.following.values import Heap, Namespace, Unit

if TYPE_CHECKING:
    from grader.submission.following.world import World


def run(path: str, site: Site) -> None:
    """Follow texts that are run as code where they are written out; else take note that they cannot be followed."""
    world = site.scope.world
    name = under(path, RUNNING)
    if not site.arguments:
        world.change(name, site.node, site.scope)
    for number, (keyword, cell, node) in enumerate(site.arguments):
        word = text(node)
        if keyword in GIVEN_NAMES or (number and name in ("eval", "exec")):
            world.runs.append((site, name, cell, False))
        elif word is not None:
            _run_text(word, name, site)
        elif not isinstance(node, ast.Constant) and keyword in ("", "*", "**", "stmt", "setup", "source"):
            asked = name == "eval" and is_asked(node, site)
            world.runs.append((site, name, world.patch("input") if asked else cell, not asked))


def _run_text(word: str, name: str, site: Site) -> None:
    world = site.scope.world
    try:
        code = ast.parse(word.strip())
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return  # it raises
    for each in ast.walk(code):
        world.step()
        if isinstance(each, ast.expr | ast.stmt | ast.excepthandler | ast.arg):
            each.lineno = getattr(site.node, "lineno", 1)
    world.run(code, site.scope, binds=name == "exec")
    if name == "exec" and site.scope.frame.is_class:
        world.change(name, site.node, site.scope)
    if len(code.body) == 1 and isinstance(code.body[0], ast.Expr):
        world.pour(world.cell(code.body[0].value), site.into)


def settle_sites(world: World) -> None:
    """Take note of what runs a text that is not written out, and of `setattr` and the like in other hands."""
    for site, name, cell, is_text in world.runs:
        if is_text:
            known = any(isinstance(value, Unit | str) for value in cell.held)
        else:
            known = all(isinstance(value, Namespace) and value.of is site.scope.top for value in cell.held)
        if not known:
            world.change(name, site.node, site.scope)
    for site, path in world.sites:
        if path == UNKNOWN and world.cell(site.function).held:
            continue
        for name, cell, _ in site.arguments:
            if name in GIVEN_NAMES and under(path, RUNNING):
                continue
            for value in world.deep(cell):
                if isinstance(value, str) and value in SPECIAL:
                    if not (path == "map" and is_asked(site.positional(1)[1], site)):
                        world.change(value, site.node, site.scope)
                elif isinstance(value, Namespace) and not isinstance(value.of, Unit | Heap) and path not in LISTING:
                    world.change(what(value), site.node, site.scope)
