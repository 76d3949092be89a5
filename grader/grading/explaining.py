"""Why a function fails, as far as can be told, and the hints that go with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from grader.execution import Engine, Session
from grader.explain import Explanation
from grader.grading.judging import Judged
from grader.grading.known import recognise
from grader.grading.memo import Memo
from grader.grading.runs import generous
from grader.grading.variants import beside
from grader.model import Message, Mistake, Returned, Submission, Value

if TYPE_CHECKING:
    import ast

    from grader.grading.prepared import Prepared


def shared_names(function: str, reference: Submission, student: Submission) -> dict[str, str]:
    """Return names for places in the arguments (`A_prev.shape[1]` is `n_H_prev`), as the reference unpacks them.

    A name that does not occur in the student's function, docstring and comments included, says nothing to its author
    and is left out.
    """
    import ast
    import re

    theirs, own = _text(function, reference), set(re.findall(r"\w+", _text(function, student)))
    try:
        tree = ast.parse(theirs)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            for place, name in _unpacked(node.targets[0], node.value):
                if name in own:
                    found.setdefault(place, name)
    return found


def _text(function: str, source: Submission) -> str:
    symbol = source.symbols.get(function)
    return "\n".join(source.source.text.splitlines()[symbol.line - 1 : symbol.end_line]) if symbol else ""


def _unpacked(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, str]]:
    """Yield the places that an assignment gives names to: `m, n = X.shape`, `m = X.shape[0]`, `h, w = shape`."""
    import ast

    if isinstance(target, ast.Tuple) and isinstance(value, ast.Attribute | ast.Name):
        for index, item in enumerate(target.elts):
            if isinstance(item, ast.Name):
                yield f"{ast.unparse(value)}[{index}]", item.id
    if isinstance(target, ast.Name) and isinstance(value, ast.Subscript) and isinstance(value.slice, ast.Constant):
        yield ast.unparse(value), target.id


def explain(
    prepared: Prepared,
    student: Submission,
    engine: Engine,
    judged: Mapping[str, Judged],
    attempts: Mapping[str, int],
    memo: Memo,
) -> dict[str, Explanation]:
    """Return an explanation for each function that fails; `attempts` (from 1) says how many hints to show.

    Where answers are sealed there is none: nothing is known of them but that they differ.
    """
    if prepared.seals:
        return {}
    failing = {name: one for name, one in judged.items() if one.earned < 1 and _tried(student, name)}
    if not failing:
        return {}
    reference = prepared.plan.reference.source
    mistakes = memo.read(prepared.plan.rubric.mistakes, reference.text, failing)
    told = {}
    with engine.session(beside(reference, mistakes), generous(prepared.limits)) as session:
        for name, one in failing.items():
            if one.blames:  # what came of it came of a wrong helper too
                mistake = diagnosis = None
            else:
                mistake = recognise(session, mistakes, one, memo)
                diagnosis = None if mistake is not None else _diagnosed(prepared, student, one, session, memo)
            told[name] = _explanation(one, mistake, diagnosis, attempts.get(name, 1))
    return told


def _tried(student: Submission, name: str) -> bool:
    return name in student.symbols and not student.symbols[name].untouched


def _diagnosed(prepared: Prepared, student: Submission, judged: Judged, session: Session, memo: Memo) -> Message | None:
    from grader.explain.diagnoses import explanation
    from grader.explain.values import Context, diagnose

    def reference(function: str, arguments: tuple[Value, ...]) -> Value:
        outcome = memo.answer(session, function, arguments)
        return outcome.value if isinstance(outcome, Returned) else None

    # What a submission makes of a case that is timed is told to nobody: by then it may have seen hidden ones.
    trials = [trial for check, each in judged.trials if check.kind != "efficiency" for trial in each]
    name = judged.problem.function
    parameters = prepared.plan.signatures[name].parameters
    found = diagnose(
        judged.problem,
        [trial.case for trial in trials],
        [trial.got for trial in trials],
        [trial.want for trial in trials],
        context=Context(
            parameters=parameters, names=shared_names(name, prepared.plan.reference, student), reference=reference
        ),
    )
    return explanation(found) if found is not None else None


def _explanation(judged: Judged, mistake: Mistake | None, diagnosis: Message | None, attempt: int) -> Explanation:
    ladder = mistake.hints if mistake is not None else judged.problem.hints
    return Explanation(
        diagnosis=diagnosis,
        mistake=mistake.name if mistake is not None else "",
        hints=ladder[:attempt],
        more=max(0, len(ladder) - attempt),
    )
