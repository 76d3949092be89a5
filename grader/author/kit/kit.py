"""The student kit: all its files, made from a prepared rubric; the same rubric and files give the same bytes.

Before a kit is written, `leaks` searches its files for what must not be in them.
"""

from __future__ import annotations

import io
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from grader.author import write_files
from grader.author.kit.public import EXPECTED, HEADER, NAME, complete, public_rubric, uncheckable
from grader.author.kit.sealing import Sealing, arrays, given_arrays, secret_arrays
from grader.author.kit.stubs import stub_notebook, stubs, submission_path
from grader.cases.randomness import digest
from grader.checks.compared import names_read
from grader.checks.kind import kind_of
from grader.errors import UsageError
from grader.grading import Plan, Prepared
from grader.grading.data_files import read_bytes
from grader.grading.expected import Expected, dump
from grader.language import Message, inert, listed, say
from grader.model import Case, Check, Returned, Rubric, Task, Value, checks_of
from grader.model.outcome import Lesson
from grader.report.terms import has_bonus, rules
from grader.submission.stubs import digest as outline_digest
from grader.submission.stubs import given_in


def _readme(
    rubric: Rubric, checks: Collection[tuple[str, str]], submission: str, *, sealed: bool = False, install: str = ""
) -> str:
    """Return the README of a kit in the rubric's language; `checks` are those in the kit.

    `install` is the command by which students install the grader; if it is "", the page explains how to install it.
    """
    language, here = rubric.language, {function for function, _ in checks}
    first = next((problem.function for problem in rubric.problems if problem.function in here), "NAME")
    where = say(
        "The grader is called pingfen and needs Python 3.11 or newer. Install it from where your course keeps it: "
        "`pip install FOLDER` from its source, or `pip install FILE.whl` from a file you were given."
    )
    commands = [
        *([install] if install else []),
        f"grade                      # {say('checks the whole file').text(language)}",
        f"grade --only {first:<13} # {say('checks one function').text(language)}",
    ]
    if rubric.application is not None:
        commands.append(f"grade app                  # {say('puts to use what is right').text(language)}")
    parts = [
        f"# {rubric.title.text(language)}",
        say("Write your code in `{path}`, between the markers.", path=submission).text(language),
        *([] if install else [where.text(language)]),
        "\n".join(["```bash", *commands, "```"]),
        *_asked(rubric),
        *(each.text(language) for each in _missing(rubric, checks, sealed=sealed)),
    ]
    return "\n\n".join(parts) + "\n"


def _asked(rubric: Rubric) -> list[str]:
    """Return a list of what the course asks of work that is handed in; none if it asks nothing."""
    said = rules(rubric.policies, bonus=has_bonus(rubric))
    return ["\n".join(f"- {each.text(rubric.language)}" for each in said)] if said else []


def _missing(rubric: Rubric, checks: Collection[tuple[str, str]], *, sealed: bool) -> Iterator[Message]:
    """Yield sentences about checks that are sealed, and about those that are not in the kit."""
    if sealed:
        yield say(
            "Hidden checks are here too, without their answers: a digest tells whether yours is right, and nothing "
            "more."
        )
        yield say(
            "Your course may give you more points than this kit: answers that share a digest are right together or not "
            "at all here, and a function that calls a wrong one is not tried again with a right one."
        )
    if rubric.variants is not None:
        yield say(
            "Your course grades you with hidden cases that nobody else has; the public cases are those of this kit."
        )
    if not complete(rubric, checks):
        yield say(
            "This kit holds only some of the checks. Your course grades with more; the points here are those of the "
            "checks in this kit."
        )
    if absent := uncheckable(rubric, checks):
        yield say("Not checked here, but graded by your course: {functions}.", functions=listed(absent))


_MOMENT = (1980, 1, 1, 0, 0, 0)
"""The time of every file in a zip archive: the earliest that the format can hold (APPNOTE.TXT 4.4.6)."""
_MODE = 0o100644 << 16
_EXECUTABLE = 0o100755 << 16


def write_kit(files: Mapping[str, bytes], folder: Path) -> None:
    """Write the files into `folder`, which is new, empty, or holds an earlier kit.

    Raises UsageError if it holds anything else, EngineError if it cannot be written; nothing is ever deleted.
    """
    if folder.exists() and not (folder.is_dir() and (not any(folder.iterdir()) or _is_kit(folder))):
        raise UsageError(
            say("{path} exists already and is not a student kit.", path=inert(str(folder))),
            say("Name a new folder for the kit: grade release OUT"),
        )
    write_files(files, folder, "wb")


def archive(files: Mapping[str, bytes], top: str = "", executable: Collection[str] = ()) -> bytes:
    """Return a zip archive of the files, in the folder `top` if it is named, some of them `executable`.

    It is not compressed, for compression differs by machine.
    """
    from zipfile import ZIP_STORED, ZipFile, ZipInfo

    stream = io.BytesIO()
    with ZipFile(stream, "w", ZIP_STORED) as archive:
        for path, data in sorted(files.items()):
            member = ZipInfo(f"{top}/{path}" if top else path, date_time=_MOMENT)
            member.create_system = 3
            member.external_attr = _EXECUTABLE if path in executable else _MODE
            archive.writestr(member, data)
    return stream.getvalue()


def _is_kit(folder: Path) -> bool:
    try:
        first = (folder / NAME).read_text("utf-8").partition("\n")[0]
    except (OSError, UnicodeDecodeError):
        return False
    return first in (HEADER.zh, HEADER.en)


MOST_BYTES = 64 << 20
MAKEFILE = b".PHONY: grade\ngrade:\n\t@grade $(FILE)\n"
_JUNK = {"__pycache__", "node_modules", "venv"}


class Kit(Struct, frozen=True, kw_only=True, eq=False):
    """The files of a kit by path, sorted, with forward slashes, and its `checks`, by function and key."""

    files: Mapping[str, bytes]
    checks: frozenset[tuple[str, str]]


def drawn_apart(plan: Plan, seed: int | None = None) -> Plan:
    """Return the plan by which a kit's cases are drawn; its hidden cases differ from those that the course grades with.

    They follow from the `seed` (else the rubric's) and from the reference, which is in no kit. So a student who has a
    kit cannot try seeds against it, and does not know the course's inputs, unless there are few to draw from.
    """
    first = plan.rubric.seed if seed is None else seed
    return replace(plan, rubric=replace(plan.rubric, seed=digest(first, "kit", plan.digest) >> 65))


def build(
    prepared: Prepared,
    *,
    with_notebook: bool = False,
    sealing: Sealing | None = None,
    lessons: Sequence[Lesson] = (),
    install: str = "",
) -> Kit:
    """Return the kit of a rubric: the assignment's folder, the public rubric and what is expected of public cases.

    With `sealing`, hidden cases are in it too; `lessons` are what known mistakes teach; `install` is the command in
    its README that installs the grader. Raises UsageError or RubricError if no stub can be made of the reference or
    nothing is public, EngineError for a value that cannot be written.
    """
    plan = prepared.plan
    checks = checks_of(plan.rubric.problems)
    public_ones = [
        replace(task, case=_public(task.case, checks[task.key], plan))
        for task in prepared.tasks
        if checks[task.key].visibility == "public" and kind_of(checks[task.key]).portable
    ]
    expected = replace(_expected(plan, public_ones, sealing), lessons=tuple(lessons))
    files = dict(_assignment(plan, with_notebook=with_notebook))
    there = frozenset(task.key for task in expected.tasks)
    there |= {
        (function, key)
        for (function, key), check in checks.items()
        if not check.demand.drawn and check.visibility == "public" and function in expected.signatures
    }
    if not there and any(check.visibility == "public" for check in checks.values()):
        hint = say("Figures need the course's own Python, which a kit does not have. Make another check public, too.")
        raise UsageError(say("No public check of this rubric can be in a kit, so it could check nothing."), hint)
    if not there:
        hint = say("Give a function an `example`, or a check `visibility: public`.")
        raise UsageError(say("Nothing in this rubric is public, so a kit could check nothing."), hint)
    data = _data(plan)
    files |= {path: plan.files[name] for name, path in data.items()}
    places = _application(plan.rubric)
    files |= {place: read_bytes(Path(path)) for path, place in places.items()}
    files[NAME] = public_rubric(plan.rubric, there, submission_path(plan), data, places).encode()
    files[EXPECTED] = dump(expected)
    files["Makefile"] = MAKEFILE
    page = _readme(plan.rubric, there, submission_path(plan), sealed=bool(expected.seals), install=install)
    files["README.md"] = files.get("README.md", page.encode())
    return Kit(files=dict(sorted(files.items())), checks=there)


def _expected(plan: Plan, public_ones: list[Task], sealing: Sealing | None) -> Expected:
    """Return the tasks with what they expect: sealed ones first, because seals name them by their places."""
    tasks = (*sealing.tasks, *public_ones) if sealing is not None else tuple(public_ones)
    functions = {task.case.function for task in tasks}
    return Expected(
        signatures={name: one for name, one in plan.signatures.items() if name in functions},
        tasks=tasks,
        seals=sealing.seals if sealing is not None else (),
        given=_given(plan, functions),
    )


def _given(plan: Plan, functions: Collection[str]) -> Mapping[str, str]:
    """Return digests of what the stubs hold, where that is anything: it is no attempt."""
    found = given_in(plan.reference.original, functions, solved=True)
    return {name: outline_digest(outline) for name, outline in sorted(found.items()) if outline}


def _public(case: Case, check: Check, plan: Plan) -> Case:
    """Return a public case with only the names that a report shows or that judging needs."""
    needed = {*plan.signatures[case.function].parameters, *kind_of(check).reads(), *names_read(check.compare)}
    names: Mapping[str, Value] = {name: value for name, value in case.names.items() if name in needed}
    return replace(case, names=names, seed=0, truth=())


def _assignment(plan: Plan, *, with_notebook: bool) -> Iterator[tuple[str, bytes]]:
    """Yield the student's folder: stubs, README, figures, and all other files there for students."""
    root = Path(plan.rubric.path).parent
    made = stubs(plan)
    submission = submission_path(plan)
    texts = ""
    for path, data in _shipped(plan, root):
        if path not in made:
            yield path, data
        if path == str(Path(submission).with_name("README.md")):
            texts = data.decode("utf-8", "replace")
    for path, text in made.items():
        if path.endswith(".ipynb"):
            yield path, stub_notebook(text, texts).encode()
        else:
            yield path, text.encode()
            if with_notebook and path == submission:
                yield str(Path(path).with_suffix(".ipynb")), stub_notebook(text, texts).encode()


def _data(plan: Plan) -> Mapping[str, str]:
    """Return where the data files of the rubric's `files` lie in a kit, by their names in the code.

    They lie as beside the author's rubric. What is elsewhere, or lies where students write, which official grading
    would refuse, lies in the folder `data`.
    """
    root = Path(plan.rubric.path).parent.resolve()
    theirs = (root / submission_path(plan)).parent
    found = {}
    for name, path in plan.rubric.files:
        own = Path(path).resolve()
        stays = own.is_relative_to(root) and (theirs == root or not own.is_relative_to(theirs))
        found[name] = own.relative_to(root).as_posix() if stays else f"data/{name}"
    return found


def _application(rubric: Rubric) -> Mapping[str, str]:
    """Return where the files of the rubric's application lie in a kit, by their paths here.

    They lie as beside the author's rubric. What is elsewhere lies in the folder `application`, data under its name in
    the code. Raises UsageError where two would have one place.
    """
    found = rubric.application
    if found is None:
        return {}
    root = Path(rubric.path).parent.resolve()
    places: dict[str, str] = {}
    for name, path in (("", found.module), ("", found.page), *found.data):
        real = Path(path).resolve()
        inside = real.relative_to(root).as_posix() if real.is_relative_to(root) else ""
        place = inside or f"application/{name or real.name}"
        if place in places.values() and path not in places:
            raise UsageError(
                say("Two files of the application would have one place in a kit: {path}.", path=inert(place, 200)),
                say("Keep them in the rubric's folder, or give one another name."),
            )
        places[path] = place
    return places


def _shipped(plan: Plan, root: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the files of the student's folder, without hidden files and those of tools.

    Where that folder also holds the author's files (the rubric, the reference), only its README and figures are taken.
    """
    folder = (root / submission_path(plan)).parent
    rubric = plan.rubric
    authors = [Path(path) for path in (rubric.path, rubric.reference, rubric.mistakes, rubric.generators) if path]
    shared = any(path.is_relative_to(folder) for path in authors)
    total = 0
    for file in sorted(folder.rglob("*")) if folder.is_dir() else []:
        parts = file.relative_to(folder).parts
        wanted = not shared or parts[0] in ("README.md", "README.zh.md", "figures")
        hidden = any(part.startswith(".") or part in _JUNK for part in parts)
        if wanted and not hidden and file.is_file() and not file.is_symlink():
            total += file.stat().st_size
            if total > MOST_BYTES:
                raise UsageError(
                    say("{folder} holds more than {most} MiB.", folder=inert(str(folder)), most=MOST_BYTES >> 20),
                    say("A kit takes all of the student's folder; keep there only what students need."),
                )
            yield file.relative_to(root).as_posix(), file.read_bytes()


SHORTEST = 12
"""Characters in a line of the reference that is searched for: shorter ones (`Z = Z + 1`) may occur by chance."""


class Leak(Struct, frozen=True, kw_only=True):
    """Something secret in a file of the kit."""

    path: str
    message: Message


def leaks(kit: Kit, prepared: Prepared, seeds: Collection[int] = ()) -> list[Leak]:
    """Return what a kit gives away: the seed, lines of the reference, known mistakes' names, hidden expected values.

    `seeds` are further seeds that must not be in it. Not counted are lines of the reference in a README, which the
    author wrote for students, and lines that the stub keeps.
    """
    return [*_words(kit, prepared, {prepared.plan.rubric.seed, *seeds}), *_values(kit, prepared)]


def _words(kit: Kit, prepared: Prepared, seeds: Collection[int]) -> Iterator[Leak]:
    secret = _secret_lines(prepared)
    names = _mistakes(prepared)
    long = "|".join(str(seed) for seed in sorted(seeds) if seed > 999)
    for path, data in kit.files.items():
        text = data.decode("utf-8", "replace")
        if long and re.search(rf"(?<![\d.])(?:{long})(?!\d)", text):
            yield Leak(path=path, message=say("It holds the rubric's seed."))
        for name in names:
            if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text):
                yield Leak(path=path, message=say("It names the known mistake {name}.", name=name))
        if not path.endswith(".md"):
            lines = {_bare(line) for line in text.replace("\\n", "\n").replace('\\"', '"').split("\n")}
            yield from (
                Leak(path=path, message=say("It holds a line of the reference: {line}", line=inert(line, 80)))
                for line in sorted(secret & lines)
            )


def _secret_lines(prepared: Prepared) -> set[str]:
    """Return the reference's lines that no stub keeps."""
    source = prepared.plan.reference
    texts = [source.original, *(text for _, text in source.source.modules)]
    lines = {_bare(line) for text in texts for line in text.split("\n")}
    lines -= {_bare(line) for text in stubs(prepared.plan).values() for line in text.split("\n")}
    return {line for line in lines if len(line) >= SHORTEST and not line.startswith("#")}


def _bare(line: str) -> str:
    """Return a line without white space and a notebook's quotes around it."""
    return re.sub(r"\s+", "", line.strip().strip('",'))


def _mistakes(prepared: Prepared) -> set[str]:
    """Return the known mistakes' names that are not ordinary words."""
    path = prepared.plan.rubric.mistakes
    if not path:
        return set()
    from grader.rubric.mistakes import mistakes

    found = mistakes(Path(path), prepared.plan.reference.source.text, programs=prepared.plan.rubric.programs)
    return {each.name for each in found if "_" in each.name} | {each.symbol for each in found}


def _values(kit: Kit, prepared: Prepared) -> Iterator[Leak]:
    """Yield a leak for each hidden case of which an expected array is in the kit."""
    from grader.grading.expected import read

    tasks = read(kit.files[EXPECTED]).tasks
    open_ones = arrays([outcome.value for task in tasks for outcome in task.want if isinstance(outcome, Returned)])
    open_ones |= arrays([value for task in tasks for value in task.case.names.values()])
    open_ones |= {each for task in tasks for each in given_arrays(task.case)}
    checks = checks_of(prepared.plan.rubric.problems)
    for task in prepared.tasks:
        if checks[task.key].visibility == "hidden" and secret_arrays(task) & open_ones:
            message = say(
                "It holds what {function} is expected to return in a hidden case of {check}.",
                function=task.case.function,
                check=checks[task.key].name,
            )
            yield Leak(path=EXPECTED, message=message)
