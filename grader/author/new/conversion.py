"""Makes a solved notebook into an assignment, and tries it out before anything is written."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec import Struct

from grader import submission
from grader.author.kit.stubs import regions_of
from grader.author.new import module_name, readme, tools, write_new
from grader.author.new.calls import examples
from grader.author.new.cells import NotebookCell, figures, handout, read_notebook, title_of
from grader.author.new.checks import Assembly, DraftCheck, drafts
from grader.author.new.solution import Solved, solve
from grader.checks.kind import kind_of
from grader.errors import Fault, RubricError, UsageError
from grader.execution import open_engine
from grader.grading import Prepared, grade, prepare, read
from grader.language import Bilingual, Language, Message, inert, say
from grader.model import Exhibit, Report, Returned, Withheld

_NUMBER = re.compile(r"[-+]?\d+\.?\d*(?:e[-+]?\d+)?")


def try_out(
    assembly: Assembly, checks: Mapping[str, Sequence[DraftCheck]]
) -> tuple[list[DraftCheck], list[DraftCheck]]:
    """Return the drafted checks that cannot be drawn or that the reference fails, and the stale ones.

    A check is stale if the notebook's output lacks a number that the reference returns now. Raises RubricError for a
    fault outside the checks.
    """
    drafted = {(one.function, one.name): one for each in checks.values() for one in each}
    with TemporaryDirectory() as folder:
        write_new(assembly.files(checks), Path(folder))
        try:
            report, printed = _graded(Path(folder), assembly.file)
        except RubricError as error:
            found = [one for fault in error.faults if (one := _owner(fault, assembly, drafted)) is not None]
            if not found:
                raise
            return found, []
    passed = {
        (problem.function, check.name.en)
        for problem in report.problems
        for check in problem.checks
        if check.status == "passed"
    }
    failing = [draft for place, draft in drafted.items() if place not in passed]
    stale = [
        draft for place, draft in drafted.items() if draft.output and not _agrees(draft.output, printed.get(place, ()))
    ]
    return failing, stale


def _owner(fault: Fault, assembly: Assembly, drafted: Mapping[tuple[str, str], DraftCheck]) -> DraftCheck | None:
    """Return the check that a fault is about: by its line, or by its name in the hint where the reference failed."""
    check = fault.hint.parameters.get("check") if fault.hint is not None else None
    if isinstance(check, Bilingual):
        return drafted.get((str(fault.message.parameters.get("function")), check.en))
    return assembly.owners.get(fault.at.line)


def _graded(folder: Path, file: str) -> tuple[Report[Exhibit | Withheld], Mapping[tuple[str, str], tuple[str, ...]]]:
    """Return the reference's report, and what each example shows of its answers, by function and check."""
    plan = read(folder / "grading.yaml")
    with closing(open_engine()) as engine:
        prepared = prepare(plan, engine)
        reference = submission.load(folder / "solutions" / file, [one.function for one in plan.rubric.problems])
        return grade(prepared, reference, engine), _printed(prepared)


def _printed(prepared: Prepared) -> dict[tuple[str, str], tuple[str, ...]]:
    returns = {problem.function: problem.returns for problem in prepared.chosen}
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for task in prepared.tasks:
        check, place = prepared.checks[task.key], (task.case.function, prepared.checks[task.key].name.en)
        if check.demand.compares and isinstance(task.want[0], Returned):
            lines = kind_of(check).labelled(returns[task.case.function], task.case, task.want[0].value)
            found[place] = (*found.get(place, ()), *(text for _, text in lines))
    return found


def _agrees(output: str, expected: Sequence[str]) -> bool:
    """Return whether the notebook's output contains every expected number."""
    printed = [float(number) for number in _NUMBER.findall(output)]
    wanted = [float(number) for text in expected for number in _NUMBER.findall(text)]
    return all(any(math.isclose(one, other, rel_tol=1e-6, abs_tol=1e-8) for other in printed) for one in wanted)


_CHINESE = re.compile("[\u4e00-\u9fff]")


class Made(Struct, frozen=True, kw_only=True, eq=False):
    """An assignment's files by path, and remarks for its author."""

    files: Mapping[str, str | bytes]
    remarks: tuple[Message, ...]


def from_notebook(path: Path, name: str, language: Language | None) -> Made:
    """Return the assignment called `name` that the solved notebook at `path` makes.

    Its reference gets full marks: checks that it fails are left out, with a remark. Raises UsageError for a file that
    is not a notebook, and if it has no graded function or none of them can be checked.
    """
    cells = read_notebook(path)
    spoken = language or _spoken(cells)
    title = title_of(cells, name)
    _check_markers(cells)
    solved = solve(cells, title, spoken)
    if not solved.graded:
        raise UsageError(
            say("No function to be graded was found in {path}.", path=inert(str(path))),
            say("Write `# GRADED FUNCTION: name` above it, or START CODE HERE and END CODE HERE around its solution."),
        )
    assembly = Assembly(solved, title=title, file=f"{module_name(path.stem)}.py", language=spoken, beside=path.parent)
    remarks: list[Message] = []
    checks = _tried(assembly, _drafted(solved, spoken, remarks), remarks)
    if not any(checks.values()):
        raise UsageError(
            say("No call of a graded function in {path} can be repeated.", path=inert(str(path))),
            say("Call each function once, after np.random.seed if its arguments are random."),
        )
    files = {**assembly.files(checks), **_around(cells, solved, name, assembly.file, spoken)}
    return Made(files=files, remarks=tuple(remarks))


def _check_markers(cells: Sequence[NotebookCell]) -> None:
    """Raise UsageError for a cell in which a region begins and does not end, or the other way round."""
    for cell in cells:
        try:
            regions_of(cell.source if cell.kind == "code" else "", "")
        except RubricError as error:
            (fault,) = error.faults
            marker = inert(fault.line_text.strip(), 80)
            raise UsageError(
                say("Cell {cell}, line {line}: `{marker}` is not one of a pair.", cell=cell.number, line=fault.at.line,
                    marker=marker),
                say("A region begins and ends in the same cell, each marker on a line of its own."),
            ) from error  # fmt: skip


def _drafted(solved: Solved, language: Language, remarks: list[Message]) -> dict[str, list[DraftCheck]]:
    """Return the checks of each function that its calls in the notebook make; add to `remarks` calls that make none."""
    found = list(examples(solved.rest, solved.graded))
    made: dict[str, list[DraftCheck]] = {}
    for one in solved.graded:
        mine, lost = drafts([each for each in found if each.graded.name == one.name], solved, language)
        fresh = [each.fresh for each in mine if each.fresh is not None]
        made[one.name] = [*mine, *fresh[:1]]
        remarks += [_no_check(example.piece.cell.number, one.name) for example in lost]
    return made


def _tried(
    assembly: Assembly, drafted: Mapping[str, Sequence[DraftCheck]], remarks: list[Message]
) -> dict[str, list[DraftCheck]]:
    """Return the checks that the reference passes; a failing one is replaced by its fallback or left out."""
    checks = {name: list(each) for name, each in drafted.items()}
    while any(checks.values()):
        failing, stale = try_out(assembly, checks)
        if not failing:
            remarks += [
                say(
                    "Cell {cell}: {function} no longer returns what is printed here.",
                    cell=one.cell,
                    function=one.function,
                )
                for one in stale
            ]
            break
        for name, each in checks.items():
            checks[name] = [new for one in each if (new := one.fallback if one in failing else one) is not None]
        remarks += [_no_check(one.cell, one.function) for one in failing if one.fallback is None]
    remarks += [
        say("{function} has no check yet: add one to grading.yaml.", function=name)
        for name, each in checks.items()
        if not each
    ]
    return checks


def _no_check(cell: int, function: str) -> Message:
    return say(
        "Cell {cell}: this call of {function} cannot be repeated, so it makes no check.", cell=cell, function=function
    )


def _around(
    cells: Sequence[NotebookCell], solved: Solved, name: str, file: str, language: Language
) -> dict[str, str | bytes]:
    """Return the files around the code: READMEs for authors and students, figures, and the workflow for GitHub."""
    page = readme(name, file, language)
    return {
        "README.md": "".join(line for line in page.splitlines(keepends=True) if "mistakes.py" not in line),
        "assignment/README.md": handout(cells, [one.name for one in solved.graded], file.removesuffix(".py")),
        **{f"assignment/{place}": data for place, data in figures(cells).items()},
        **tools(file),
    }


def _spoken(cells: Sequence[NotebookCell]) -> Language:
    text = "".join(cell.source for cell in cells)
    return "zh" if len(_CHINESE.findall(text)) > 20 else "en"
