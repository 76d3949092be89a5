"""Before any submission: read the rubric, draw the cases, run the reference on them."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path, PurePath

from msgspec.structs import replace

from grader import rubric, submission
from grader.cases.expression import fault as located
from grader.cases.expression import once
from grader.checks.drawing import draw, examine
from grader.checks.kind import kind_of
from grader.comparison.outputs import ungradable
from grader.errors import Fault, ReferenceFailure, RubricError, Span, UsageError
from grader.execution import Engine, Session
from grader.grading.checking import with_checkers
from grader.grading.data_files import data_files, with_data
from grader.grading.expected import load, select
from grader.grading.prepared import Plan, Prepared
from grader.grading.runs import reference_limits, run, with_room
from grader.language import Inert, Message, inert, say
from grader.model import (
    Absent,
    Call,
    Case,
    Check,
    Outcome,
    Problem,
    Raised,
    Returned,
    Rubric,
    Signature,
    Source,
    Stopped,
    Submission,
    Task,
    Value,
    checks_of,
)
from grader.values import foreign


def unreadable(reference: Submission) -> list[Fault]:
    """Return a fault for each statement of the reference that does not parse."""
    return [
        Fault(
            at=replace(broken.at, column=submission.caret(reference, broken.at)),
            message=say("The reference does not parse: {what}", what=broken.message),
            hint=broken.hint,
            line_text=broken.line_text,
        )
        for broken in reference.broken
    ]


def raising(plan: Plan, checks: Mapping[tuple[str, str], Check], tasks: Sequence[Task]) -> list[Fault]:
    """Return a fault for each line of the reference where a case raises that does not ask for it."""
    found: dict[tuple[int, str], Fault] = {}
    for task in tasks:
        for outcome in task.want:
            if isinstance(outcome, Raised) and not checks[task.key].demand.wants_raised:
                fault = lacking(plan, outcome) or _fault(outcome, task.case, checks[task.key], plan.reference)
                found.setdefault((fault.at.line, task.case.function), fault)
    return once(list(found.values()))


def lacking(plan: Plan, outcome: Outcome) -> Fault | None:
    """Return that the reference needs a library which the Python that runs it lacks, if that is why it failed.

    The fault stands at `runtime`, or at the reference's import where the rubric has none.
    """
    found = re.match(r"No module named '(\w{1,60})", outcome.message) if isinstance(outcome, Raised) else None
    if found is None or not isinstance(outcome, Raised) or outcome.type != "ModuleNotFoundError":
        return None
    module, source = found[1], plan.reference.source
    if plan.rubric.runtime:
        at = plan.rubric.runtime_at
        hint = say("Install it into this Python: {python}", python=inert(plan.rubric.runtime, 1000))
    else:
        lines = enumerate(source.text.splitlines(), 1)
        at = source.span(next((number for number, text in lines if _imports(text, module)), 1))
        hint = say(
            "Sources run with numpy alone. Name a Python that has what the course uses: `runtime: {{python: …}}`."
        )
    return located(at, say("The reference needs {module}, which is not there.", module=module), hint)


def _imports(text: str, module: str) -> bool:
    return re.match(rf"\s*(import|from)\s+{module}\b", text) is not None


def unfit(plan: Plan, checks: Mapping[tuple[str, str], Check], tasks: Sequence[Task]) -> list[Fault]:
    """Return why the reference's values cannot be compared as their checks say, each fault once."""
    returns = {problem.function: problem.returns for problem in plan.rubric.problems}
    found: list[Fault] = []
    for task in tasks:
        value = task.want[0] if task.want else None
        if isinstance(value, Returned) and not foreign(value.value):
            check = checks[task.key]
            found += kind_of(check).unfit(check, returns[task.case.function], task.case, value.value)
    return once(found)


def _fault(outcome: Raised, case: Case, check: Check, reference: Submission) -> Fault:
    """Return the fault at the reference's own line that raised (line 0 if none is known)."""
    lines = [frame.line for frame in outcome.frames]
    at = reference.source.span(lines[-1]) if lines else Span(path=reference.source.path)
    return Fault(
        at=at,
        message=_no_value(case.function, inert(reason_of(outcome), 200)),
        hint=say("It was called for case {number} of the check {check}.", number=case.index + 1, check=check.name),
        line_text=submission.line(reference, at) if at.line else "",
    )


def value_of(
    session: Session,
    function: str,
    arguments: tuple[Value, ...],
    *,
    plan: Plan | None = None,
    act: str = "drawn",
    given: Mapping[str, Value] = {},
) -> Value:
    """Return what the reference's function returns in `session`. Raises ReferenceFailure if it does not return.

    With the `plan` whose `drawing_source` the session runs, the failure names the line where that stands. Raises
    RubricError for a library that is not there.
    """
    outcome = session.make(Call(function=function, arguments=arguments, act=act, given=given))
    if isinstance(outcome, Returned):
        if kind := foreign(outcome.value):
            raise ReferenceFailure(ungradable(function, kind))
        return outcome.value
    if plan is not None and (fault := lacking(plan, outcome)):
        raise RubricError([fault])
    what = inert(reason_of(outcome))
    if isinstance(outcome, Raised) and outcome.frames and plan is not None:
        at = written(plan, outcome.frames[-1].line)
        what = inert(f"{what} ({'/'.join(PurePath(at.path).parts[-2:])}:{at.line})", 800)
    raise ReferenceFailure(_no_value(function, what))


def reason_of(outcome: Raised | Stopped | Absent) -> str:
    """Return in a few words why a call did not return."""
    match outcome:
        case Raised():
            return f"{outcome.type}: {outcome.message}" if outcome.message else outcome.type
        case Stopped():
            return outcome.detail or outcome.reason
        case Absent():
            return outcome.found or "-"


def _no_value(function: str, what: Inert) -> Message:
    return say("The reference's {function} did not return: {what}", function=function, what=what)


def read(path: Path, reference: Path | None = None) -> Plan:
    """Read the rubric at `path` and its reference (or another one).

    Raises RubricError with every fault of the author's at once; UsageError if a file is not there.
    """
    loaded = rubric.load(path)
    if loaded.rubric is None:
        raise RubricError(loaded.faults)
    if loaded.rubric.expected and reference is None:
        return _without_reference(loaded.rubric, loaded.faults)
    truth = submission.load(reference or Path(loaded.rubric.reference), loaded.rubric.defined)
    files = data_files(loaded.rubric, truth.source)
    truth = replace(truth, source=with_data(truth.source, files))
    signatures = submission.signatures(truth)
    faults = (*loaded.faults, *(unreadable(truth) or examine(loaded.rubric, signatures)))
    if faults:
        raise RubricError(faults)
    others = {each.function: Signature(parameters=()) for each in loaded.rubric.problems if not each.named}
    return Plan(
        rubric=_with_needs(loaded.rubric, truth), reference=truth, signatures={**signatures, **others}, files=files
    )


def _called_outside(text: str, problem: Problem, functions: Collection[str]) -> tuple[str, ...]:
    """Return which of these functions a program or a variable calls, as a text tells.

    A helper that reads the variable could tell its value, so it is none.
    """
    tree = ast.parse(text)
    rest: list[ast.stmt] = [node for node in tree.body if getattr(node, "name", "") not in functions]
    names = {name for check in problem.checks for name in check.demand.variables()}
    if problem.subject == "variable":
        rest = [node for node in rest if isinstance(node, ast.Assign | ast.AnnAssign) and names & {*_bound(node)}]
    called = [each.func for node in rest for each in ast.walk(node) if isinstance(each, ast.Call)]
    reading = {
        getattr(node, "name", "")
        for node in tree.body
        if any(isinstance(each, ast.Name) and each.id in names for each in ast.walk(node))
    }
    found = (each.id for each in called if isinstance(each, ast.Name) and each.id in functions)
    return tuple(dict.fromkeys(name for name in found if name not in reading))


def _bound(node: ast.Assign | ast.AnnAssign) -> Iterator[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return (each.id for target in targets for each in ast.walk(target) if isinstance(each, ast.Name))


def _with_needs(found: Rubric, reference: Submission) -> Rubric:
    """Return the rubric with every problem's `needs` known: the graded functions it calls, where none are named.

    A program is taken to need all that the reference calls outside of graded functions, a variable what the statement
    calls that gives it its value, a training what the author's module calls.
    """
    problems = {problem.function: problem for problem in found.problems}
    graded = {problem.function for problem in found.problems}

    def called(function: str) -> tuple[str, ...]:
        used = [check.demand.uses(found.defined, found.imported_as) for check in problems[function].checks]
        if any(each is not None for each in used):
            return tuple(dict.fromkeys(name for each in used for name in each or ()))
        if function not in found.defined:
            return _called_outside(reference.source.text, problems[function], found.defined)
        symbol = reference.symbols.get(function)
        return tuple(name for name in (symbol.calls if symbol else ()) if name in graded and name != function)

    return replace(
        found,
        problems=tuple(
            replace(problem, needs=called(problem.function)) if problem.needs is None else problem
            for problem in found.problems
        ),
    )


def prepare(plan: Plan, engine: Engine, only: Sequence[str] = ()) -> Prepared:
    """Draw every case and run the reference on them.

    Raises RubricError for a draw that cannot be made or a reference that fails, UsageError if `only` names no function
    of the rubric.
    """
    problems = choose(plan.rubric, only)
    limits = {problem.function: problem.limits for problem in plan.rubric.problems}
    checks = checks_of(problems)
    if plan.expected is not None:
        own, seals = select(plan.expected.tasks, plan.expected.seals, lambda task: task.key in checks)
        return Prepared(plan=plan, chosen=problems, tasks=with_room(own), seals=seals, limits=limits)
    callable_in_draws = drawing_source(plan)
    with engine.session(callable_in_draws, reference_limits(limits)) as session:
        ask = partial(value_of, session, plan=plan)
        drawn = draw(plan.rubric, plan.signatures, ask, {problem.function for problem in problems})
    # In the order in which a worker makes a function's calls: `grade show` replays a case with the seeds of its place.
    tasks = sorted([Task(case=case) for case in drawn], key=lambda task: checks[task.key].visibility == "hidden")
    timed = [task for task in tasks if checks[task.key].demand.timed]
    others = _answered(plan, engine, [task for task in tasks if not checks[task.key].demand.timed])
    if faults := raising(plan, checks, others):
        raise RubricError(faults)
    with with_checkers(plan, engine):
        if faults := unfit(plan, checks, others):
            raise RubricError(faults)
    others = _with_noise(plan, engine, others, checks)
    return Prepared(
        plan=plan,
        chosen=problems,
        tasks=with_room(others),
        limits=limits,
        timed=tuple(timed),
        generators=callable_in_draws.digest if plan.rubric.generators else "",
    )


def _answered(plan: Plan, engine: Engine, tasks: Sequence[Task]) -> list[Task]:
    """Return the tasks with the reference's outcomes."""
    limits = {problem.function: problem.limits for problem in plan.rubric.problems}
    truth = [task.case.truth for task in tasks]
    asked = [call.function for calls in truth for call in calls]  # a gradient's `of` need be no problem
    granted = {name: limits.get(name) or reference_limits(limits) for name in asked}
    _, want = run(engine, plan.reference.source, truth, granted, together=True, public=())
    return [replace(task, want=outcomes) for task, outcomes in zip(tasks, want, strict=True)]


def _with_noise(
    plan: Plan, engine: Engine, tasks: Sequence[Task], checks: Mapping[tuple[str, str], Check]
) -> list[Task]:
    """Return the tasks with what is zero or rounding noise in their expected values; few are looked at twice."""
    from grader.comparison import noise

    problems = {problem.function: problem for problem in plan.rubric.problems}
    looked = [task for task in tasks if checks[task.key].demand.compares]
    found = [(task, noise.small(task, problems[task.case.function].returns)) for task in looked]
    found = [(task, tops) for task, tops in found if tops]
    if not found:
        return list(tasks)
    doubtful = [task for task, tops in found if any(tops.values())]
    ways = noise.probes()
    calls = [
        [replace(call, arguments=way(call.arguments)) for call in task.case.truth for way in ways] for task in doubtful
    ]
    limits = {name: problem.limits for name, problem in problems.items()}
    outcomes = run(engine, plan.reference.source, calls, limits, together=True, public=())[1] if calls else ()
    probed = {id(task): each for task, each in zip(doubtful, outcomes, strict=True)}

    def judged(task: Task, tops: Mapping[str, float]) -> Task:
        (want,), returns = task.want, problems[task.case.function].returns
        assert isinstance(want, Returned)  # else nothing in it is small
        names = noise.noisy(tops, want.value, probed[id(task)], returns) if id(task) in probed else ()
        return replace(task, scale=noise.scale(task), noise=names)

    new = {id(task): judged(task, tops) for task, tops in found}
    return [new.get(id(task), task) for task in tasks]


def drawing_source(plan: Plan) -> Source:
    """Return what draws may call: the reference and, behind it, the functions of the author's `generators` file.

    The digest is that file's, where there is one.
    """
    source = plan.reference.source
    if not plan.rubric.generators:
        return source
    makers = submission.load(Path(plan.rubric.generators), [], helpers=False)
    if faults := unreadable(makers):
        raise RubricError(faults)
    beside = submission.load(Path(plan.rubric.generators), []).source.files
    both = with_data(source, dict(beside), fixed=False)
    return replace(both, text=f"{source.text}\n\n{makers.source.text}", digest=makers.source.digest)


def written(plan: Plan, line: int) -> Span:
    """Return where a line of `drawing_source(plan)` was written: in the reference, or in the `generators` file."""
    source = plan.reference.source
    last = source.text.count("\n") + 1
    return source.span(line) if line <= last else Span(path=plan.rubric.generators, line=line - last - 1)


def _without_reference(found: Rubric, faults: Sequence[Fault]) -> Plan:
    if faults:
        raise RubricError(faults)
    expected = load(Path(found.expected))
    source = Source(path=found.expected, text="", digest=found.digest)
    nothing = Submission(name=inert(found.expected), source=source, original="", symbols={})
    return Plan(
        rubric=_with_needs(found, nothing),
        reference=nothing,
        signatures=expected.signatures,
        expected=expected,
        files=data_files(found, source),
    )


def choose(rubric: Rubric, only: Sequence[str]) -> tuple[Problem, ...]:
    """Return the problems named in `only` (all if it is empty). Raises UsageError for a name the rubric lacks."""
    names = [problem.function for problem in rubric.problems]
    for name in only:
        if name in rubric.elsewhere and name not in names:
            raise UsageError(say("{name} cannot be checked here; your course grades it.", name=name))
        if name not in names:
            raise UsageError(
                say("The rubric has no function called {name}.", name=inert(name)),
                say("It has: {names}", names=", ".join(names)),
            )
    return tuple(problem for problem in rubric.problems if not only or problem.function in only)
