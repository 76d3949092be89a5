"""Makes a solved notebook into an assignment, and tries it out before anything is written."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

from msgspec import Struct

from grader.author.new import methods, module_name, readme, tools
from grader.author.new.assembly import Assembly
from grader.author.new.calls import examples
from grader.author.new.cells import NotebookCell, figures, handout, read_notebook, title_of
from grader.author.new.checks import Drafter, seen_of
from grader.author.new.drafts import Slot, variable_check
from grader.author.new.libraries import given, installed, needed
from grader.author.new.pieces import Piece, pieces_of
from grader.author.new.solution import Graded, Solved, solve
from grader.author.new.summary import FunctionMade, Summary
from grader.author.new.tracing import Trace, imported, modules_beside, trace
from grader.author.new.trial import Rehearsal, Settled
from grader.errors import UsageError
from grader.execution import open_engine, slow_to_import
from grader.execution.start import offering_all
from grader.language import Language, Message, inert, listed, say
from grader.rubric.document import OWN
from grader.submission.files import gather_files
from grader.submission.reading import Folder, files_beside
from grader.submission.symbols import Definition

_MISSING = re.compile(r"NameError: name '(?P<name>\w+)' is not defined")
_MOST_REASONS = 5
_CHINESE = re.compile("[\u4e00-\u9fff]")


class Made(Struct, frozen=True, kw_only=True, eq=False):
    """An assignment's files by path, and what its author should know of it."""

    files: Mapping[str, str | bytes]
    summary: Summary


def from_notebook(path: Path, name: str, language: Language | None) -> Made:
    """Return the assignment called `name` that the solved notebook or .py file at `path` makes.

    The notebook's code runs in confined workers only. The reference gets full marks and the stub none: checks for which
    that does not hold are left out. Raises UsageError for a file that is neither, and if it has no graded function or
    none of them can be checked.
    """
    cells = read_notebook(path)
    spoken = language or _spoken(cells)
    title = title_of(cells, name)
    remarks = [each for cell in cells for each in cell.remarks]
    pieces = pieces_of(cells, remarks)
    beside = modules_beside([piece.text for piece in pieces], path.parent)
    data, untaken = _data_beside([*(cell.source for cell in cells), *beside.values()], path)
    remarks += untaken
    solved = solve(cells, pieces, beside, title, spoken)
    remarks += solved.remarks
    if not solved.graded:
        raise UsageError(say("No function to be graded was found in {path}.", path=inert(str(path))), _advice(pieces))
    found = installed({name for piece in pieces for name in imported(piece.text)}, beside)
    with closing(open_engine(python=offering_all() if found else "")) as engine:
        seen = trace(solved.pieces, solved.watched, beside, engine, data)
    if names := given(solved, seen):
        solved = solve(cells, pieces, beside, title, spoken, names)
    slots = _drafted(solved, seen, spoken)
    draws = any(draft.kind == "figure" for each in slots.values() for slot in each for draft in slot)
    libraries = needed(solved, found, draws=draws)
    python = offering_all() if libraries else ""
    assembly = Assembly(
        solved,
        cells,
        title=title,
        file=f"{module_name(path.stem)}.py",
        language=spoken,
        modules=modules_beside([solved.text], path.parent),
    )
    assembly.data, _ = _data_beside([solved.text], path)
    assembly.runtime = OWN if libraries else ""
    opened = partial(open_engine, python=python, ahead=slow_to_import(solved.text) if python else ())
    with closing(opened()) as engine:
        settled = Rehearsal(assembly, slots, engine, opened).settle()
    if libraries:
        remarks.append(
            say("The rubric's runtime is the Python that runs grade, for the sake of {libraries}. If the course has a "
                "Python of its own, name it there.", libraries=listed(sorted(libraries)))
        )  # fmt: skip
    if not any(settled.checks.values()):
        raise UsageError(
            say("No call of a graded function in {path} can be repeated.", path=inert(str(path))),
            _joined([*_why_none(solved, seen, settled), *untaken]),
        )
    files = {**assembly.files(settled.checks), **_around(cells, solved, name, assembly.file, spoken)}
    return Made(files=files, summary=_summary(solved, seen, settled, remarks))


def _advice(pieces: Sequence[Piece]) -> Message:
    """Return what to do with a notebook in which nothing is marked as graded."""
    defines = any(isinstance(piece.node, Definition | ast.ClassDef) for piece in pieces)
    if not defines and any({"input", "print"} & piece.reads for piece in pieces):
        return say("A program that reads and prints is not made into checks: write a rubric with `program` for it.")
    return say("Write `# GRADED FUNCTION: name` above it, or START CODE HERE and END CODE HERE around its solution.")


def _data_beside(texts: Sequence[str], path: Path) -> tuple[tuple[tuple[str, bytes], ...], list[Message]]:
    """Return the files of data beside a notebook or below its folder that its code names, and remarks on others."""
    with Folder.at(path.parent) as folder:
        files, remarks = gather_files("\n".join(texts), files_beside(folder, path.name))
    return files, [message for message, _ in remarks]


def _drafted(solved: Solved, seen: Trace, language: Language) -> dict[str, list[Slot]]:
    """Return the drafts of each function's checks, none of what only ever does nothing that can be seen."""
    calls = list(examples(solved.rest, solved.graded))
    drafted = {
        one.name: Drafter(one, solved, seen, kind, language).slots([each for each in calls if each.graded is one])
        for one in solved.graded
        if one.kind == "function" and (kind := seen_of(one.name, seen))
    }
    classes = {one.name: methods.slots(one, solved, seen, language) for one in solved.graded if one.kind == "class"}
    variables: dict[str, list[Slot]] = {
        one.name: [(variable_check(one),)] for one in solved.graded if one.kind == "variable"
    }
    return {**drafted, **classes, **variables}


def _summary(solved: Solved, seen: Trace, settled: Settled, remarks: Sequence[Message]) -> Summary:
    """Return what was made, and what is left to do: what was mended, what is not checked and why, what is stale."""
    todo = list(remarks)
    if seen.stopped is not None:
        todo.append(_ended(seen.stopped))
    todo += [
        say("Cell {cell}: {function} no longer returns what is printed here.", cell=one.cell, function=one.function)
        for one in settled.stale
    ]
    todo += _lost(solved, seen, settled)
    functions = []
    unchecked: dict[str, Message] = {}
    unhidden: dict[str, Message] = {}
    audited = {each.function: each for each in settled.audit.functions} if settled.audit else {}
    for one in solved.graded:
        own = settled.checks.get(one.name, ())
        public, hidden = sum(each.public for each in own), sum(each.hidden for each in own)
        found = audited.get(one.name)
        functions.append(
            FunctionMade(
                name=one.name, kind=one.kind, public=public, hidden=hidden,
                killed=found.killed if found else 0, slips=found.killed + found.survived if found else 0,
            )
        )  # fmt: skip
        if not own:
            unchecked[one.name] = _reason(one, solved, seen, settled)
        elif not hidden and one.kind == "function":
            unhidden[one.name] = settled.reasons.get(one.name) or say(
                "no other inputs like those of the notebook were found"
            )
    todo += [
        say("No check for {functions}: {why}. Add one to grading.yaml.", functions=listed(names), why=why)
        for names, why in _by_reason(unchecked)
    ]
    todo += [
        say("No hidden check for {functions}: {why}. Add one to grading.yaml.", functions=listed(names), why=why)
        for names, why in _by_reason(unhidden)
    ]
    todo += [
        each
        for one in solved.graded
        if one.kind == "class" and settled.checks.get(one.name)
        for each in methods.left_out(one, solved, seen)
    ]
    todo += settled.faults
    looks = [each.title for each in settled.looks]
    return Summary(
        functions=tuple(functions), todo=tuple({each.text("en"): each for each in todo}.values()), looks=tuple(looks)
    )


def _why_none(solved: Solved, seen: Trace, settled: Settled) -> list[Message]:
    """Return why no function has a check, each reason with the functions that it holds for."""
    if seen.stopped is not None:
        return [_ended(seen.stopped)]
    reasons = {one.name: _reason(one, solved, seen, settled) for one in solved.graded}
    found = [say("{function}: {why}", function=listed(names), why=why) for names, why in _by_reason(reasons)]
    return found[:_MOST_REASONS]


def _joined(messages: Sequence[Message]) -> Message:
    """Return sentences one after another; within them there may be commas."""
    whole = messages[0]
    for message in messages[1:]:
        whole = say("{first}; {then}", first=whole, then=message)
    return whole


def _by_reason(reasons: Mapping[str, Message]) -> list[tuple[list[str], Message]]:
    """Return the functions that have a reason in common, and the reason."""
    found: dict[str, tuple[list[str], Message]] = {}
    for function, why in reasons.items():
        found.setdefault(why.text("en"), ([], why))[0].append(function)
    return [*found.values()]


def _ended(why: Message) -> Message:
    return say("Running the notebook was ended, so that no call of it is known but by its text: {why}", why=why)


def _lost(solved: Solved, seen: Trace, settled: Settled) -> list[Message]:
    """Return the calls that stopped before their function returned, of functions that have other checks."""
    made = {(one.place, one.function) for one in seen.records if one.returned}
    checked = [one.name for one in solved.graded if settled.checks.get(one.name)]
    return [
        say("Cell {cell}: a call of {function} makes no check: {error}", cell=solved.pieces[place].cell.number,
            function=name, error=_told(place, _cause(place, solved, seen), solved, seen))
        for place in seen.failures
        for name in checked
        if name in solved.pieces[place].reads and (place, name) not in made
    ]  # fmt: skip


def _told(place: int, cause: int, solved: Solved, seen: Trace) -> str | Message:
    """Return why a statement stopped: its own error, or the sentence about the one that is the cause."""
    return inert(seen.failures[place], 160) if cause == place else _stopped(cause, solved, seen)


def _reason(graded: Graded, solved: Solved, seen: Trace, settled: Settled) -> Message:
    """Return why a function has no check."""
    if graded.kind == "function" and not seen_of(graded.name, seen):
        return say("it neither returns nor prints anything that can be compared (let it return what it changes)")
    if graded.kind == "function" and seen_of(graded.name, seen) == "printed" and graded.name not in settled.reasons:
        return say("no check of what it prints holds, as where rounding alone changes it (let it round its numbers)")
    return settled.reasons.get(graded.name) or _unseen(graded, solved, seen)


def _unseen(graded: Graded, solved: Solved, seen: Trace) -> Message:
    """Return why no call of a function was seen that a rubric can repeat."""
    place = next((place for place, piece in enumerate(solved.pieces) if piece.node is graded.node), -1)
    if graded.kind == "variable" and place not in seen.failures:
        return say("its value in cell {cell} cannot be compared", cell=graded.cell)
    mine = [one for one in seen.records if one.function == graded.name]
    unfit = next((one for one in mine if one.arguments is None), None)
    if unfit is not None:
        cell = solved.pieces[unfit.place].cell.number
        if unfit.unfit == "function":
            return say("cell {cell} gives it a function that a rubric cannot write as an expression", cell=cell)
        if unfit.unfit == "too large":
            return say("its inputs in cell {cell} are too large", cell=cell)
        return say("cell {cell} gives it an argument that a rubric cannot draw ({kind})", cell=cell,
                   kind=inert(unfit.unfit, 60))  # fmt: skip
    for place in seen.failures:
        if graded.name in solved.pieces[place].reads | solved.pieces[place].binds:
            return _stopped(_cause(place, solved, seen), solved, seen)
    if mine:
        return say("no call of it in the notebook can be repeated")
    return say("nothing in the notebook calls it")


def _cause(place: int, solved: Solved, seen: Trace) -> int:
    """Return which statement is why one stopped: of a missing name, the earlier one that should have bound it."""
    while missing := _MISSING.match(seen.failures[place]):
        earlier = [at for at in seen.failures if at < place and missing["name"] in solved.pieces[at].binds]
        if not earlier:
            break
        place = earlier[-1]
    return place


def _stopped(place: int, solved: Solved, seen: Trace) -> Message:
    """Return the sentence about a statement that stopped."""
    cell, error = solved.pieces[place].cell.number, inert(seen.failures[place], 160)
    match seen.failures[place].partition(":")[0]:
        case "FileNotFoundError":
            return say("cell {cell} stops with {error} (data must lie beside the notebook)", cell=cell, error=error)
        case "ModuleNotFoundError":
            return say("cell {cell} stops with {error} (only what is installed beside the grader can be imported)",
                       cell=cell, error=error)  # fmt: skip
    return say("cell {cell} stops with {error}", cell=cell, error=error)


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
