"""`grade check`, `grade audit` and `grade show`: what an author wants to know of a rubric before students come."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from grader import submission
from grader.cli.app import LANG, REFERENCE, RUBRIC
from grader.cli.paths import RubricRequest
from grader.cli.secret import SECRET
from grader.cli.speaking import asked_language, progress
from grader.cli.writing import put, write_file
from grader.errors import UsageError, unwritable
from grader.execution import Engine
from grader.grading import Plan, Prepared, prepare, varied
from grader.language import inert, say, say_count
from grader.model import Submission
from grader.report.lines import wrap

if TYPE_CHECKING:
    from grader.author.check.checkup import Look

MOST = 6
"""Details shown of one finding."""
WIDTH = 80


class CheckRequest(RubricRequest, frozen=True, kw_only=True):
    """What the command line of `grade check` asks for."""

    everything: bool
    audits: bool


@click.command(name="check")
@RUBRIC
@REFERENCE
@click.option("--all", "everything", is_flag=True, help="Show more than 6 details of a finding.")
@click.option("--audit", "audits", is_flag=True, help="Make slips in the reference too, as `grade audit` does (slow).")
@LANG
@click.pass_context
def check_command(ctx: click.Context, /, **options: Any) -> None:
    """Check a rubric without grading anyone.

    The reference gets full marks and the stub none, known mistakes are recognised, every check can fail, tolerances
    fit, two runs and two seeds agree, and the student kit is right.

    Exit code 0: all of this holds; 1: something does not; 2: the rubric has faults.
    """
    request = CheckRequest(**options)
    plan = request.plan()
    if plan.expected is not None:
        raise UsageError(
            say("This is a student kit. `grade check` checks the rubric that the kit was made from."),
            say("Name that rubric: grade check --rubric FILE"),
        )
    wrong = total = 0
    with request.engine(plan) as engine, request.engine(plan) as other:
        for each in _looks(plan, engine, other, request):
            total += 1
            wrong += not each.holds
            _show(each, request)
    said = (
        say_count("{count} of {total} does not hold.", "{count} of {total} do not hold.", wrong, total=total)
        if wrong
        else say("All of it holds.")
    )
    click.echo("\n" + said.text(request.language))
    ctx.exit(1 if wrong else 0)


def _looks(plan: Plan, engine: Engine, other: Engine, request: CheckRequest) -> Iterator[Look]:
    from grader.author.check import audited, check

    yield from check(plan, engine, other)
    if request.audits:
        yield audited(plan, engine)


def _show(found: Look, request: CheckRequest) -> None:
    language = request.language
    click.echo("\n  ".join(wrap(f"{'✓' if found.holds else '✗'} {found.title.text(language)}", WIDTH - 2)))
    shown = found.details if request.everything else found.details[:MOST]
    for detail in shown:
        click.echo("    " + "\n      ".join(wrap(detail.text(language), WIDTH - 6)))
    if more := len(found.details) - len(shown):
        click.echo("    " + say_count("… and {count} more (--all)", "… and {count} more (--all)", more).text(language))


def read_score(ctx: click.Context, param: click.Parameter, value: str | None) -> Fraction | None:
    """Return the score that is asked for, `98%` or `0.98`, as a fraction from 0 to 1."""
    if value is None:
        return None
    if not re.fullmatch(r"\d{1,3}(\.\d{1,6})?%?", value):
        raise click.BadParameter(say("Write it as 0.98 or 98%.").text(asked_language(sys.argv)), ctx, param)
    found = Fraction(value.rstrip("%")) / (100 if value.endswith("%") else 1)
    if found > 1:
        said = say("A score is at most 1: write it as 0.98 or 98%.")
        raise click.BadParameter(said.text(asked_language(sys.argv)), ctx, param)
    return found


class AuditRequest(RubricRequest, frozen=True, kw_only=True):
    """What the command line of `grade audit` asks for."""

    only: tuple[str, ...]
    least: Fraction | None
    format: str
    output: str | None
    everything: bool


@click.command(name="audit")
@RUBRIC
@REFERENCE
@click.option("--only", metavar="NAME", multiple=True, help="Audit this function only (may be repeated).")
@click.option("--min", "least", callback=read_score, metavar="SCORE", help="Exit with 1 below this score, such as 98%.")
@click.option("--format", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--output", metavar="FILE", help="Write the audit to this file.")
@click.option("--all", "everything", is_flag=True, help="Show every slip that gets full marks.")
@LANG
@click.pass_context
def audit_command(ctx: click.Context, /, **options: Any) -> None:
    """Show how strong a rubric is.

    Slips are made in the reference, one at a time, and each is graded: which of them get full marks all the same? The
    author's known mistakes are graded too, and answers with nothing in them. Mark a slip that changes nothing in the
    reference: `# equivalent: zeros → ones — every entry is set later`.

    Exit code 0: the rubric is strong enough; 1: the score is below --min, or a known mistake or an answer with nothing
    in it gets full marks; 2: the command line or the rubric is wrong.
    """
    from grader.author.audit import audit

    request = AuditRequest(**options)
    plan = request.plan()
    with request.engine(plan) as engine, progress():
        found = audit(plan, engine, request.only)
    if request.format == "json":
        from grader.author.audit.rendering import as_json

        text = as_json(found)
    else:
        from grader.author.audit.rendering import as_text

        text = as_text(found, language=request.language, least=request.least, everything=request.everything)
    put(text, request.output)
    ctx.exit(0 if request.least is None or found.holds(request.least) else 1)


class ShowRequest(RubricRequest, frozen=True, kw_only=True):
    """What the command line of `grade show` asks for."""

    function: str | None
    case: str | None
    script: str | None
    repl: bool
    generators: bool
    submission: str | None
    variant: str
    replay: str | None
    secret: str | None
    roster: str | None
    store: str | None

    def varied(self, plan: Plan) -> Plan:
        """Return the plan with the cases that are asked for, by a token or by whose they are. Raises UsageError."""
        if self.replay is None and plan.rubric.variants is None and self.secret is None:
            return varied(plan, self.variant)
        from grader.cli.replaying import personal_plan

        return personal_plan(self, plan)


@click.command(name="show")
@click.argument("function", required=False)
@click.option(
    "--case", metavar="NAME", help="Print a script for one case, `function.check[index]` (or see --script, --repl)."
)
@click.option("--script", metavar="FILE", help="Write a script that makes the case's calls, for a debugger.")
@click.option("--repl", is_flag=True, help="Open a prompt with the case's names and the reference's answer.")
@click.option("--generators", is_flag=True, help="List the generators that a draw may call, each with an example.")
@click.option(
    "--submission", metavar="PATH", help="The code that --script and --repl call (default: the rubric's submission)."
)
@RUBRIC
@click.option("--variant", metavar="ID", default="", help="Show the cases of `grade --variant ID`.")
@click.option(
    "--replay", metavar="TOKEN", help="Show whose report has this token, and the cases that it was graded with."
)
@SECRET
@click.option(
    "--roster", metavar="FILE", help="With --replay: whose the token may be (CSV), besides the class's people."
)
@click.option(
    "--store", metavar="FILE", help="With --replay: the class's store (default: .grade/class.db beside the rubric)."
)
@LANG
def show_command(**options: Any) -> None:
    """Show the cases that a rubric draws, of one FUNCTION or of all.

    Hidden cases are shown too, so this is for instructors.
    """
    request = ShowRequest(**options)
    if request.generators:
        from grader.author.library import render

        click.echo(render(request.language), nl=False)
        return
    if request.case is None and (request.script is not None or request.repl):
        raise UsageError(
            say("--script and --repl need one case."),
            say("Name it: --case 'function.check[0]'. `grade show` lists all."),
        )
    plan = request.varied(request.plan())
    with request.engine(plan) as engine:
        wanted = request.function if request.case is None else request.case.partition(".")[0]
        prepared = prepare(plan, engine, [wanted] if wanted else ())
        if request.case is None:
            _list(prepared, request)
        else:
            _replay(prepared, engine, request, request.case)


def _list(prepared: Prepared, request: ShowRequest) -> None:
    from grader.report import cases

    tasks = (*prepared.tasks, *prepared.timed)
    click.echo(cases.render(prepared.chosen, tasks, prepared.plan.signatures, request.language))
    request.tell(
        say(
            "For instructors only: this shows what is hidden from students. Seed {seed}.",
            seed=prepared.plan.rubric.seed,
        )
    )


def _replay(prepared: Prepared, engine: Engine, request: ShowRequest, name: str) -> None:
    from grader.author.replay import find_case, interact, script

    found = find_case(prepared, name)
    path = Path(request.submission or prepared.plan.rubric.submission)
    if request.repl:
        interact(found, prepared, _load(prepared, path), engine, request.language)
        return
    file = Path(request.script or "replay.py")
    source = _python(prepared, path, file, write=request.script is not None)
    text = script(found, str(source.absolute()), file.name)
    if request.script is None:
        click.echo(text, nl=False)
        return
    _write(file, text)
    request.tell(say("Wrote {path}. Run it, or step through it: python -m pdb {path}", path=inert(str(file), 200)))


def _python(prepared: Prepared, path: Path, file: Path, *, write: bool) -> Path:
    """Return the .py file to call; the code of anything else is written beside the script."""
    if path.suffix == ".py" and path.is_file():
        return path
    code = file.with_name(f"{file.stem}_submission.py")
    if write:
        _write(code, _load(prepared, path).source.text)
    return code


def _load(prepared: Prepared, path: Path) -> Submission:
    rubric = prepared.plan.rubric
    return submission.load(path, [problem.function for problem in rubric.problems], Path(rubric.submission).name)


def _write(file: Path, text: str) -> None:
    try:
        write_file(file, text)
    except OSError as error:
        path, why = inert(str(file), 200), inert(error.strerror or "")
        raise unwritable(error, say("{path} cannot be written: {why}", path=path, why=why)) from error
