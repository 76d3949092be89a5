"""The audit as a person reads it: one screen, the survivors first to be mended."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from grader.audit import survivors
from grader.audit.findings import Audit, Caught, CheckAudit, FunctionAudit
from grader.audit.survivors import WIDTH
from grader.language import Language, say
from grader.report.width import cells, cut, pad, wrap


def render(audit: Audit, *, language: Language, least: Fraction | None = None, everything: bool = False) -> str:
    """Return the audit in lines of at most 80 cells; `least` is the score that is asked for."""
    title = say("How strong the rubric is · {title}", title=audit.title)
    lines = [title.text(language), "", *_table(audit, language), "", *_score(audit, language, least)]
    lines += survivors.lines(audit.survivors, language, everything=everything)
    lines += _idle(audit, language)
    return "\n".join(line.rstrip() for line in lines) + "\n"


def percent(score: Fraction) -> str:
    """Return a score as a percentage with one decimal, rounded down so that 100% means all."""
    tenths = score * 1000 // 1
    return f"{tenths // 10}.{tenths % 10}%".replace(".0%", "%")


def _table(audit: Audit, language: Language) -> Iterator[str]:
    heads = (say("killed"), say("survived"), say("equivalent"), say("known mistakes"), say("hollow answers"))
    words = [head.text(language) for head in heads]
    name = min(max(cells(each.function) for each in audit.functions), WIDTH - sum(cells(word) + 2 for word in words))
    yield " " * name + "".join("  " + word for word in words)
    for each in audit.functions:
        numbers = [str(each.killed), str(each.survived), str(each.equivalent), _of(each.mistakes), _hollow(each)]
        yield pad(cut(each.function, name), name) + "".join(
            "  " + number.rjust(cells(word)) for number, word in zip(numbers, words, strict=True)
        )


def _of(caught: Caught) -> str:
    return f"{caught.caught}/{caught.total}" if caught.total else "–"


def _hollow(function: FunctionAudit) -> str:
    """Return how many hollow answers lose points, and what the best of them still earns."""
    return f"{_of(function.hollow)} ≤{function.hollow_earns * 100 // 1}%"


def _score(audit: Audit, language: Language, least: Fraction | None) -> Iterator[str]:
    stillborn = sum(each.stillborn for each in audit.functions)
    said = [
        say(
            "{score} of the mutants are killed: {killed} of {total}; {stillborn} more only raise and do not count.",
            score=percent(audit.score),
            killed=audit.killed,
            total=audit.killed + audit.survived,
            stillborn=stillborn,
        )
    ]
    if least is not None:
        said.append(
            say("That is enough: {least} is asked for.", least=percent(least))
            if audit.holds(least)
            else say(
                "That is not enough: {least} of the mutants, all mistakes and hollow answers.", least=percent(least)
            )
        )
    for each in said:
        yield from wrap(each.text(language), WIDTH)


def _idle(audit: Audit, language: Language) -> Iterator[str]:
    """Yield the checks that decide nothing, function by function; examples are there to be read."""
    idle = [check for check in audit.idle if check.kind != "example" or not check.killed]
    if not idle:
        return
    yield ""
    yield from wrap(
        say("Checks that decide nothing, examples aside: what each notices, others of its function notice too.").text(
            language
        ),
        WIDTH,
    )
    for function in dict.fromkeys(check.function for check in idle):
        names = [_check(check, language) for check in idle if check.function == function]
        said = say("{function}: {checks}", function=function, checks=_listed(names, language)).text(language)
        for number, line in enumerate(wrap(said, WIDTH - 4)):
            yield ("    " if number else "  ") + line


def _check(check: CheckAudit, language: Language) -> str:
    name = check.name.text(language)
    return name if check.killed else say("{name} (notices nothing at all)", name=name).text(language)


def _listed(names: Sequence[str], language: Language) -> str:
    return ("、" if language == "zh" else ", ").join(names)
