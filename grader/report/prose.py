"""What is to be said of one check as plain lines, for the formats that have one box of text a check."""

from __future__ import annotations

from grader.language import Language, Message, say
from grader.model import Exhibit, Withheld
from grader.report.evidence import lay_open
from grader.report.focus import AnyCheck, AnyProblem, about, first_failing, how_many
from grader.report.width import cells, pad
from grader.report.words import STATES


def told(problem: AnyProblem, check: AnyCheck, language: Language) -> str:
    """Return what is wrong with a check: sentences, and its first failing case if that may be shown."""
    if check.status == "passed":
        return STATES["passed"].word.text(language)
    lines = [sentence.text(language) for sentence in sentences(problem, check)]
    if problem.diagnosis is not None:
        lines.append(say("Diagnosis: {what}", what=problem.diagnosis).text(language))
    case = first_failing(check)
    exhibit = case.exhibit if case is not None else None
    if isinstance(exhibit, Withheld):
        lines.append(say("For instructors only; seed {seed}.", seed=exhibit.seed).text(language))
        exhibit = exhibit.exhibit
    return "\n".join([*lines, *(evidence(exhibit, language) if exhibit is not None else [])])


def sentences(problem: AnyProblem, check: AnyCheck) -> list[Message]:
    """Return the sentences about a check that is not full, the problem's own first if the check has none."""
    said = about(problem, check) or [problem.message or STATES[check.status].word]
    count = how_many(check)
    if count is not None:
        said.append(count)
    if check.hint is not None:
        said.append(say("Hint: {hint}", hint=check.hint))
    return said


def evidence(exhibit: Exhibit, language: Language) -> list[str]:
    """Return a case laid open as aligned lines."""
    rows = lay_open(exhibit, language)
    labels = [row.label.text(language) for row in rows]
    widest = max((cells(label) for label in labels), default=0)
    lines = []
    for row, label in zip(rows, labels, strict=True):
        text = [piece for line in row.lines for piece in line.split("\n")]
        lines += [f"{pad(label if number == 0 else '', widest)}  {line}" for number, line in enumerate(text)]
    return lines
