"""`grade release [OUT]`: the student kit, from the author's files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from grader.cli.app import LANG, RUBRIC
from grader.cli.paths import RubricRequest
from grader.errors import UsageError
from grader.grading import Plan, Prepared, prepare
from grader.language import inert, listed, say, say_count

if TYPE_CHECKING:
    from grader.author.kit.sealing import Sealing


class ReleaseRequest(RubricRequest, frozen=True, kw_only=True):
    """What the command line of `grade release` asks for."""

    out: str | None
    check: bool
    update: bool
    notebook: bool
    zipped: bool
    sealed: bool
    seed: int | None
    install: str
    gradescope: bool
    wheel: str | None


@click.command(name="release")
@click.argument("out", required=False, metavar="[OUT]")
@RUBRIC
@click.option("--check", is_flag=True, help="Only check that the assignment still follows from the reference.")
@click.option("--update", is_flag=True, help="Write the stubs into the assignment's folder first.")
@click.option("--notebook", is_flag=True, help="Add a notebook version.")
@click.option("--zip", "zipped", is_flag=True, help="Write OUT.zip too.")
@click.option("--sealed", is_flag=True, help="Add hidden checks, their answers sealed.")
@click.option(
    "--seed", type=click.IntRange(0, 2**63 - 1), help="Draw the sealed cases with this seed, not the rubric's."
)
@click.option("--install", metavar="COMMAND", default="", help="How students install the grader, for the kit's README.")
@click.option("--gradescope", is_flag=True, help="Write an autograder for Gradescope into the file OUT, not a kit.")
@click.option("--wheel", metavar="FILE", help="The grader's wheel for --gradescope (default: made of this grader).")
@LANG
@click.pass_context
def release_command(ctx: click.Context, /, **options: Any) -> None:
    """Write the student kit into the folder OUT: stubs, public rubric, expected values of public checks.

    Exit code 0: done; 1: the assignment no longer follows from the reference, or the kit would give something away;
    2: usage or rubric.
    """
    request = ReleaseRequest(**options)
    if request.out is None and not (request.check or request.update):
        raise UsageError(
            say("The kit needs a folder."),
            say("Name one: grade release OUT. To compare only: grade release --check"),
        )
    _refuse_together(request)
    plan = request.plan()
    if plan.expected is not None:
        raise UsageError(say("This is a student kit already; a kit is made from the author's files."))
    if request.gradescope:
        _gradescope(plan, Path(request.out or ""), request)
        return
    if request.update:
        _update(plan, request)
    right = _follows(plan, request)
    if right and request.out is not None and not request.check:
        right = _release(plan, Path(request.out), request)
    ctx.exit(0 if right else 1)


def _refuse_together(request: ReleaseRequest) -> None:
    """Raise UsageError for options that are about a kit beside those that are about an autograder."""
    kits = (request.check, request.update, request.notebook, request.zipped, request.sealed, request.install)
    if request.gradescope and (any(kits) or request.seed is not None):
        raise UsageError(
            say("An autograder is no kit, so the options of a kit mean nothing to it."),
            say("Write them one after the other: grade release OUT.zip --gradescope"),
        )
    if request.gradescope and not str(request.out).endswith(".zip"):
        raise UsageError(
            say("Gradescope takes a zip file."), say("Name one: grade release autograder.zip --gradescope")
        )
    if request.wheel is not None and not request.gradescope:
        raise UsageError(say("Only an autograder takes a wheel along: --gradescope"))


def _gradescope(plan: Plan, out: Path, request: ReleaseRequest) -> None:
    """Write the autograder to `out`, once the rubric in it was prepared as it will be there."""
    from tempfile import TemporaryDirectory

    from grader.author import write_files
    from grader.author.kit.autograder import EXECUTABLE, autograder, differs
    from grader.author.kit.kit import archive
    from grader.author.kit.wheel import own_wheel, wheel_at
    from grader.grading import read

    if plan.rubric.variants is not None:
        raise UsageError(
            say("This rubric has variants, so no autograder can be made of it: the course's secret stays with you."),
            say("Export what was handed in, and grade it here: grade class EXPORT"),
        )
    made = autograder(plan, own_wheel() if request.wheel is None else wheel_at(Path(request.wheel)))
    course = {path: data for path, data in made.files.items() if path.startswith("course/")}
    with TemporaryDirectory(prefix="pingfen-") as folder:
        write_files(course, Path(folder), "xb")
        copied = read(Path(folder, made.rubric))
        if (error := differs(plan, copied, Path(folder))) is not None:
            raise error
        with request.engine(plan) as engine:
            prepare(copied, engine)
    write_files({out.name: archive(made.files, executable=EXECUTABLE)}, out.parent, "wb")
    shown = inert(str(out), 200)
    request.tell(
        say_count(
            "Wrote {path} with {count} file of the course: reference and seed are in it, so it is not for students.",
            "Wrote {path} with {count} files of the course: reference and seed are in it, so it is not for students.",
            len(course),
            path=shown,
        )
    )


def _update(plan: Plan, request: ReleaseRequest) -> None:
    """Write the stubs to where the rubric expects submissions."""
    from grader.author.kit.stubs import stubs

    for path, text in stubs(plan).items():
        file = Path(plan.rubric.path).parent / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        request.tell(say("Wrote {path}.", path=path))


def _follows(plan: Plan, request: ReleaseRequest) -> bool:
    """Return whether the assignment follows from the reference, and show what differs.

    With `--check` a missing file counts as a difference; else it does not, since the kit gets it in any case.
    """
    from grader.author.kit.stubs import outdated

    right = True
    for found in outdated(plan):
        if found.diff:
            right = False
            request.tell(say("{path} no longer follows from the reference:", path=found.path))
            click.echo(found.diff)
        elif request.check:
            right = False
            request.tell(say("{path} is not there.", path=found.path))
    if not right:
        request.tell(say("Change the reference or the stub, or write the stub anew: grade release --update"))
    elif request.check:
        request.tell(say("The assignment follows from the reference."))
    return right


def _release(plan: Plan, out: Path, request: ReleaseRequest) -> bool:
    """Write the kit into `out`, unless it holds what students must not see; return whether it was written."""
    from grader.author.kit.kit import archive, build, drawn_apart, leaks, write_kit
    from grader.author.kit.lessons import lessons
    from grader.author.kit.public import uncheckable

    with request.engine(plan) as engine:
        prepared = prepare(drawn_apart(plan, request.seed), engine)
        taught, untaught = lessons(prepared, engine)
    sealing = _seal(prepared, request) if request.sealed else None
    kit = build(prepared, with_notebook=request.notebook, sealing=sealing, lessons=taught, install=request.install)
    if found := leaks(kit, prepared, [plan.rubric.seed]):
        for leak in found:
            request.tell(say("{path}: {remark}", path=leak.path, remark=leak.message))
        request.tell(say("Nothing was written: students would get what is not for them."))
        return False
    write_kit(kit.files, out)
    if request.zipped:
        out.with_name(f"{out.name}.zip").write_bytes(archive(kit.files, out.name))
    for name in uncheckable(plan.rubric, kit.checks):
        request.tell(
            say(
                "{function}: the kit can check nothing of it, so students only learn that the course grades it. A "
                "public check changes that: an `example`, or `visibility: public`.",
                function=name,
            )
        )
    for function in dict.fromkeys(mistake.function for mistake in untaught):
        names = listed([mistake.name for mistake in untaught if mistake.function == function])
        request.tell(
            say(
                "{function}: a kit cannot recognise these known mistakes, since its public cases do not show them or "
                "what they return there could be guessed: {names}.",
                function=function, names=names,
            )
        )  # fmt: skip
    count, shown = len(kit.files), inert(str(out), 200)
    request.tell(say_count("Wrote {count} file to {path}.", "Wrote {count} files to {path}.", count, path=shown))
    return True


def _seal(prepared: Prepared, request: ReleaseRequest) -> Sealing:
    """Seal the hidden checks; say which are left out, what differs, and how long guessing the weakest digest takes."""
    from grader.author.kit.sealing import joined, seal_hidden, weakest

    sealing = seal_hidden(prepared)
    count = len(sealing.seals)
    request.tell(say_count("{count} digest seals hidden answers.", "{count} digests seal hidden answers.", count))
    for one in sealing.left_out:
        request.tell(
            say("Left out: {function}, {check}: {reason}.", function=one.function, check=one.name, reason=one.reason)
        )
    for said in joined(sealing, prepared.checks):
        request.tell(said)
    if sealing.work:
        work, seconds, years = weakest(sealing.work)
        request.tell(
            say(
                "The easiest to guess is one of {function}, {check}: {bits:.0f} bits, {seconds:.2g} s a guess here, so "
                "{years:.2g} years of one core on average.",
                function=work.function, check=work.name, bits=work.bits, seconds=seconds, years=years,
            )
        )  # fmt: skip
    return sealing
