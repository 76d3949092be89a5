"""Proposes known mistakes from clusters that have none: wrong variants of the reference that answer as students did.

First each slip in the reference is tried, as an audit makes them; then the shortest of the students' functions, with
the names changed. What is proposed was run, and passes the test by which `grade` recognises a mistake: it answers as
the student in the failing and the passing cases. A student's function is run behind its own submission, confined, and
never beside the reference. The hints are left open for the author.
"""

from __future__ import annotations

import ast
import builtins
import difflib
import textwrap
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from grader.course.insight.clusters import Cluster
from grader.course.store import Store
from grader.errors import Span
from grader.execution import Engine
from grader.explain.failing import recognise
from grader.grading.prepared import Prepared, narrow
from grader.grading.runs import run
from grader.grading.variants import as_variant, called_as, mending_limits, try_all
from grader.model import (
    Absent,
    Case,
    Check,
    CheckResult,
    Exhibit,
    Mistake,
    Outcome,
    Problem,
    ProblemResult,
    Raised,
    Returned,
    Submission,
    Task,
    Trial,
    Verdict,
    Withheld,
)
from grader.rubric.mistake_arguments import OPEN
from grader.rubric.mistakes import Original, originals, renamed

Slips = Callable[[str, str], Iterable[tuple[str, str]]]
"""Yields the slips in one function of a text: the name of each, and the function's text with it."""
MOST_STUDENTS = 8
"""Students' functions of a cluster that are tried."""


class Proposal(Struct, frozen=True, kw_only=True, eq=False):
    """A known mistake for a cluster: its name, its text in the file of mistakes, and whether it is a student's code."""

    cluster: Cluster
    name: str
    text: str
    students: bool


class VariantBench(Struct, frozen=True, kw_only=True, eq=False):
    """What variants are run with; `submission_with` returns a submission by the number of a result, if it is kept."""

    prepared: Prepared
    engine: Engine
    submission_with: Callable[[int], Submission | None]


def proposals(
    store: Store, found: Sequence[Cluster], bench: VariantBench, slips: Slips, taken: Collection[str]
) -> Iterator[tuple[Cluster, Proposal | None]]:
    """Yield each cluster with its proposal, `None` where nothing answers as they did.

    `taken` are the symbols of the known mistakes. Raises SyntaxError or ValueError if the reference is not Python.
    """
    text = bench.prepared.plan.reference.source.text
    known = originals(text)
    for function in dict.fromkeys(each.function for each in found):
        own = [each for each in found if each.function == function]
        if function not in known:
            yield from ((each, None) for each in own)
            continue
        search = _Search(bench, known[function], taken)
        search.try_slips(list(slips(text, function)))
        for cluster in own:
            yield cluster, search.proposal(cluster, store)


class _Search:
    """Wrong variants of one function that were run, and what came of them."""

    def __init__(self, bench: VariantBench, original: Original, taken: Collection[str]) -> None:
        self._part = narrow(bench.prepared, [original.name])
        self._bench, self._original = bench, original
        self._taken = {*taken}
        self._names = _names_of(bench.prepared.plan.reference.source.text)
        self._slips: list[Mistake] = []
        self._texts: dict[str, str] = {}
        self._outcomes: dict[tuple[str, str, int], Outcome] = {}

    @property
    def _problem(self) -> Problem:
        return self._part.chosen[0]

    def try_slips(self, texts: Sequence[tuple[str, str]]) -> None:
        """Run texts of the function, each with its name, beside the reference."""
        self._slips = [self._mistake(name, text) for name, text in texts]
        limits = mending_limits(self._part.limits[self._original.name])
        variants = [replace(as_variant(each), limits=limits) for each in self._slips]
        for mistake, judged in zip(self._slips, try_all(self._part, self._bench.engine, variants), strict=True):
            for _, trials in judged.trials:
                for trial in trials:
                    self._outcomes[mistake.symbol, trial.case.check, trial.case.index] = trial.got[0]
        self._slips.sort(key=lambda each: len(self._changed(each)))

    def _mistake(self, name: str, text: str) -> Mistake:
        """Return a text of the function as a mistake under a free name."""
        free = self._free(name)
        symbol = f"{self._original.name}__{free}"
        self._texts[symbol] = text
        variant = renamed(text, self._original.name, symbol)
        return Mistake(function=self._original.name, name=free, hints=(), text=variant, at=Span(path=""))

    def proposal(self, cluster: Cluster, store: Store) -> Proposal | None:
        """Return the mistake that answers as the cluster's students did: the smallest slip, else a student's code."""
        results = {number: store.result(number) for number in cluster.results[:MOST_STUDENTS]}
        trials = trials_of(self._problem, results[cluster.key], self._part.tasks)
        found = recognise(self._slips, trials, self._outcome, self._problem.returns)
        if found is not None:
            return self._proposed(cluster, found, self._written(found), students=False)
        texts = {number: normalised(each, self._original, self._names) for number, each in results.items()}
        written = {number: text for number, text in texts.items() if text is not None}
        for number, text in sorted(written.items(), key=lambda pair: (len(pair[1]), pair[1])):
            mistake = self._mistake("as_students_did", text)
            self._run(mistake, self._bench.submission_with(number))
            if recognise([mistake], trials, self._outcome, self._problem.returns) is not None:
                body = renamed(text, self._original.name, mistake.name)
                return self._proposed(cluster, mistake, body, students=True)
            del self._texts[mistake.symbol]
        return None

    def _run(self, mistake: Mistake, student: Submission | None) -> None:
        """Run a student's function behind the submission that it is from."""
        if student is None:
            return
        source = replace(student.source, text=f"{student.source.text}\n\n\n{mistake.text}")
        calls = [tuple(called_as(mistake.symbol, call) for call in task.case.calls) for task in self._part.tasks]
        limits = {mistake.symbol: self._part.limits[self._original.name]}
        _, got = run(self._bench.engine, source, calls, limits, public=())
        for task, outcomes in zip(self._part.tasks, got, strict=True):
            self._outcomes[mistake.symbol, task.case.check, task.case.index] = outcomes[0]

    def _outcome(self, mistake: Mistake, case: Case) -> Outcome:
        return self._outcomes.get((mistake.symbol, case.check, case.index), Absent())

    def _proposed(self, cluster: Cluster, found: Mistake, written: str, *, students: bool) -> Proposal:
        """Return the proposal; its name is taken from now on."""
        self._taken.add(found.symbol)
        of = f"of={found.function!r}".replace("'", '"')
        if students:
            text = f'@mistake({of}, zh=["{OPEN}"], en=["{OPEN}"])\n{written}\n'
        else:
            lines = ["edit(", f"    {of},", f'    name="{found.name}",', f"    replace={written},",
                     f'    zh=["{OPEN}"],', f'    en=["{OPEN}"],', ")"]  # fmt: skip
            text = "\n".join(lines) + "\n"
        return Proposal(cluster=cluster, name=found.name, text=text, students=students)

    def _written(self, mistake: Mistake) -> str:
        """Return the argument `replace` of an edit that makes this slip."""
        old, new = replacement(self._original.text, self._texts[mistake.symbol])
        return f"[({_literal(old)}, {_literal(new)})]"

    def _changed(self, mistake: Mistake) -> str:
        old, new = replacement(self._original.text, self._texts[mistake.symbol])
        return old + new

    def _free(self, name: str) -> str:
        word = name.replace("-", "_")
        numbers = (word if number == 1 else f"{word}_{number}" for number in range(1, 100_000))
        return next(each for each in numbers if f"{self._original.name}__{each}" not in self._taken | {*self._texts})


def replacement(text: str, changed: str) -> tuple[str, str]:
    """Return words of a text, and what stands in their place in the changed one; they occur there only once.

    They are the whole lines that differ, with as many lines above as tell them from others.
    """
    old, new = text.split("\n"), changed.split("\n")
    blocks = [each for each in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
              if each[0] != "equal"]  # fmt: skip
    first, last = blocks[0][1], blocks[-1][2]
    start, end = blocks[0][3], blocks[-1][4]
    if first == last:  # only added: the line above goes with it
        first, start = first - 1, start - 1
    while text.count("\n".join(old[first:last])) > 1 and first > 0:
        first, start = first - 1, start - 1
    before, after = "\n".join(old[first:last]), "\n".join(new[start:end])
    indent = len(before) - len(before.lstrip(" "))
    if after[:indent].isspace() and text.count(before[indent:]) == 1:
        return before[indent:], after[indent:]
    return before, after


def _literal(text: str) -> str:
    """Return a text as Python, with double quotes where it holds none."""
    return repr(text) if '"' in text or "\\" in text or "\n" in text else f'"{text}"'


def trials_of(problem: Problem, result: ProblemResult[Any], tasks: Iterable[Task]) -> list[tuple[Check, list[Trial]]]:
    """Return a student's cases as they were tried, from what is kept of them.

    Left out are cases of several calls, and those that were decided with the reference's helpers.
    """
    known: Mapping[tuple[str, int], Task] = {
        (task.case.check, task.case.index): task for task in tasks if len(task.case.calls) == 1
    }
    found = []
    for check, kept in zip(problem.checks, result.checks, strict=False):
        found.append((check, list(_trials(check, kept, known))))
    return found


def _trials(check: Check, kept: CheckResult[Any], known: Mapping[tuple[str, int], Task]) -> Iterator[Trial]:
    for case in kept.cases:
        held, task = case.exhibit, known.get((check.key, case.index))
        exhibit: Exhibit | None = held.exhibit if isinstance(held, Withheld) else held
        if task is None or exhibit is None or not (exhibit.returned or exhibit.error):
            continue
        if exhibit.returned:
            got: Outcome = Returned(value=exhibit.got)
        else:
            name, _, message = exhibit.error.partition(": ")
            got = Raised(type=name, message=message)
        yield Trial(task=task, got=(got,), verdict=Verdict(share=case.share, mismatches=exhibit.mismatches))


def normalised(result: ProblemResult[Any], original: Original, names: Collection[str]) -> str | None:
    """Return a student's function by itself, with the reference's parameters and without comments and own names.

    `None` where it needs what the reference does not have (`names`), or cannot be told from its lines.
    """
    if result.listing is None:
        return None
    try:
        body = ast.parse(textwrap.dedent("\n".join(result.listing.lines))).body
        theirs = ast.parse(original.text).body[0]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    node = body[0] if len(body) == 1 else None
    if not isinstance(node, ast.FunctionDef) or not isinstance(theirs, ast.FunctionDef) or node.name != original.name:
        return None
    own, right = _parameters(node), _parameters(theirs)
    if len(own) != len(right) or node.args.vararg or node.args.kwarg:
        return None
    node.decorator_list, node.returns = [], None
    if ast.get_docstring(node) is not None:
        node.body = node.body[1:] or [ast.Pass()]
    used = {each.id for each in ast.walk(theirs) if isinstance(each, ast.Name)}
    new = _NewNames(dict(zip(own, right, strict=True)), {*used, *names, *dir(builtins)})
    new.visit(node)
    if new.unknown or new.refused:
        return None
    return ast.unparse(ast.fix_missing_locations(node))


def _parameters(node: ast.FunctionDef) -> list[str]:
    return [each.arg for each in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]


def _names_of(text: str) -> set[str]:
    """Return the names that a source binds outside of functions."""
    found = set()
    for node in ast.parse(text).body:
        for each in ast.walk(node) if not isinstance(node, ast.FunctionDef | ast.ClassDef) else (node,):
            match each:
                case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.Name(id=name, ctx=ast.Store()):
                    found.add(name)
                case ast.alias(name=name, asname=other):
                    found.add((other or name).partition(".")[0])
    return found


class _NewNames(ast.NodeTransformer):
    """Gives a student's names to the reference's, or new ones; notes what is bound nowhere."""

    def __init__(self, names: dict[str, str], known: Collection[str]) -> None:
        self._names, self._known = names, known
        self._bound: set[str] = set()
        self.unknown: set[str] = set()
        self.refused = False

    def visit(self, node: ast.AST) -> Any:
        """Rename what a node binds or reads."""
        if not self._bound:
            self._bound = {
                each.id for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
            } | {each.arg for each in ast.walk(node) if isinstance(each, ast.arg)}
        match node:
            case ast.Global() | ast.Nonlocal() | ast.Import() | ast.ImportFrom() | ast.ClassDef() | ast.Lambda():
                self.refused = True
            case ast.ExceptHandler(name=str()):
                self.refused = True
            case ast.Name():
                if node.id in self._bound:
                    node.id = self._new(node.id)
                elif node.id not in self._known:
                    self.unknown.add(node.id)
            case ast.arg():
                node.arg, node.annotation = self._new(node.arg), None
            case ast.AnnAssign(value=ast.expr() as value, target=ast.Name() as target):
                node = ast.copy_location(ast.Assign(targets=[target], value=value), node)
        return self.generic_visit(node)

    def _new(self, name: str) -> str:
        """Return the new name: one that the reference uses stays."""
        if name not in self._names:
            taken = {*self._names.values(), *self._known, *self._bound}
            free = next(each for each in (f"x{number}" for number in range(1, 100_000)) if each not in taken)
            self._names[name] = name if name in self._known and name not in self._names.values() else free
        return self._names[name]
