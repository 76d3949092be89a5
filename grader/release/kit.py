"""The student kit: every file of it, made from a prepared rubric; the same rubric and files give the same bytes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from grader.cases.expression import reads
from grader.cases.randomness import digest
from grader.errors import UsageError
from grader.grading import Plan, Prepared
from grader.grading.kept import Kept, dump
from grader.language import inert, say
from grader.model import Case, Check, Example, Gradient, Outcome, Value
from grader.release import public
from grader.release.following import place, stubs
from grader.release.notebook import notebook
from grader.release.readme import readme
from grader.release.sealing import Sealing

MOST_BYTES = 64 << 20
MAKEFILE = b".PHONY: grade\ngrade:\n\t@grade $(FILE)\n"
_JUNK = {"__pycache__", "node_modules", "venv"}


class Kit(Struct, frozen=True, kw_only=True, eq=False):
    """The files of a kit by path, sorted, with forward slashes; `checks` are those it can make, by function and key."""

    files: Mapping[str, bytes]
    checks: frozenset[tuple[str, str]]


def drawn_apart(plan: Plan, seed: int | None = None) -> Plan:
    """Return the plan that a kit's cases are drawn by: hidden ones are others than the course grades with.

    They follow from the `seed` (else the rubric's) and from the reference, which is in no kit: who has a kit cannot try
    seeds against it, and knows no input that the course will use, but where there are only few to choose from.
    """
    first = plan.rubric.seed if seed is None else seed
    return replace(plan, rubric=replace(plan.rubric, seed=digest(first, "kit", plan.digest) >> 65))


def build(prepared: Prepared, *, with_notebook: bool = False, sealing: Sealing | None = None, install: str = "") -> Kit:
    """Return the kit of a rubric: the assignment's folder, the public rubric and what is expected of public cases.

    With `sealing` hidden cases are in it too; `install` is the command in its README that installs the grader. Raises
    UsageError or RubricError where the reference gives no stub or nothing is public, EngineError where a value cannot
    be written.
    """
    plan = prepared.plan
    checks = checks_of(plan)
    public_ones = [
        (_public(case, checks[case.function, case.check], plan), want)
        for case, want in zip(prepared.cases, prepared.want, strict=True)
        if checks[case.function, case.check].visibility == "public"
    ]
    kept = _kept(plan, public_ones, sealing)
    files = dict(_assignment(plan, with_notebook=with_notebook))
    there = frozenset((case.function, case.check) for case in kept.cases)
    there |= {
        (function, key)
        for (function, key), check in checks.items()
        if check.kind == "rules" and check.visibility == "public" and function in kept.signatures
    }
    if not there:
        hint = say("Give a function an `example`, or a check `visibility: public`.")
        raise UsageError(say("Nothing in this rubric is public, so a kit could check nothing."), hint)
    files[public.NAME] = public.text(plan.rubric, there, place(plan)).encode()
    files[public.EXPECTED] = dump(kept)
    files["Makefile"] = MAKEFILE
    page = readme(plan.rubric, there, place(plan), sealed=bool(kept.seals), install=install)
    files["README.md"] = files.get("README.md", page.encode())
    return Kit(files=dict(sorted(files.items())), checks=there)


def checks_of(plan: Plan) -> dict[tuple[str, str], Check]:
    """Return the checks of a rubric by function and key."""
    return {(problem.function, check.key): check for problem in plan.rubric.problems for check in problem.checks}


def _kept(plan: Plan, public_ones: list[tuple[Case, tuple[Outcome, ...]]], sealing: Sealing | None) -> Kept:
    """Return what is kept: sealed cases first, because seals name them by their places."""
    sealed = list(zip(sealing.cases, sealing.expected, strict=True)) if sealing is not None else []
    everything = sealed + public_ones
    functions = {case.function for case, _ in everything}
    return Kept(
        signatures={name: one for name, one in plan.signatures.items() if name in functions},
        cases=tuple(case for case, _ in everything),
        want=tuple(want for _, want in everything),
        answers=sealing.answers if sealing is not None else {},
        seals=sealing.seals if sealing is not None else (),
    )


def _public(case: Case, check: Check, plan: Plan) -> Case:
    """Return a public case with the names that are shown and judged by, and no others."""
    needed = set(plan.signatures[case.function].parameters)
    match check.plan:
        case Example(show=show):
            needed |= {name for _, line in show for name in reads(line.text)}
        case Gradient(upstream=upstream, wrt=wrt):
            needed |= {upstream, *(name for _, name in wrt)}
    names: Mapping[str, Value] = {name: value for name, value in case.names.items() if name in needed}
    return replace(case, names=names, seed=0, truth=())


def _assignment(plan: Plan, *, with_notebook: bool) -> Iterator[tuple[str, bytes]]:
    """Yield the student's folder: its stubs, its README and figures, whatever else lies there for students."""
    root = Path(plan.rubric.path).parent
    made = stubs(plan)
    submission = place(plan)
    texts = ""
    for path, data in _shipped(plan, root):
        if path not in made:
            yield path, data
        if path == str(Path(submission).with_name("README.md")):
            texts = data.decode("utf-8", "replace")
    for path, text in made.items():
        if path.endswith(".ipynb"):
            yield path, notebook(text, texts).encode()
        else:
            yield path, text.encode()
            if with_notebook and path == submission:
                yield str(Path(path).with_suffix(".ipynb")), notebook(text, texts).encode()


def _shipped(plan: Plan, root: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the files of the student's folder, hidden ones and those of tools apart.

    Where that folder also holds the author's files (the rubric, the reference), only its README and figures are taken.
    """
    folder = (root / place(plan)).parent
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
