"""Equivalence marks: comments in the reference that say why a slip changes nothing.

`# 等价: zeros → ones — 每个元素随后都会写上` (or `# equivalent: …`) stands behind the line or alone above it;
several slips are parted by `;`. A mark that fits no slip of its line is a fault, and so is one that a check refutes.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence

from msgspec import Struct

from grader.audit.mutants import NOTHING, Mutant
from grader.errors import Fault, Span
from grader.language import Message, inert, say
from grader.model import Source
from grader.submission.lexing import lex, line_at

_MARK = re.compile(r"#+\s*(?:等价|equivalent)\s*[:：]\s*(?P<body>.*)", re.IGNORECASE)
_REASON = re.compile(r"\s*—+\s*|\s+--\s+")


class Mark(Struct, frozen=True, kw_only=True):
    """One slip declared equivalent in `line` of the text, for a `reason`; `comment` is what is written, `at` where."""

    line: int
    slip: str
    reason: str
    comment: str
    at: Span

    def fits(self, mutant: Mutant) -> bool:
        """Return whether the mutant is the slip this mark is about."""
        return mutant.line == self.line and _bare(mutant.slip) == _bare(self.slip)

    def fault(self, message: Message, hint: Message | None = None) -> Fault:
        """Return a fault at this mark."""
        return Fault(at=self.at, message=message, hint=hint, line_text=self.comment)


def written(mutant: Mutant, language: str) -> str:
    """Return the mark that would declare a mutant equivalent, its reason left open."""
    return f"# 等价: {mutant.slip} — …" if language == "zh" else f"# equivalent: {mutant.slip} — …"


def read(source: Source) -> tuple[list[Mark], list[Fault]]:
    """Return the marks of a source, and a fault for each that does not say what and why."""
    marks: list[Mark] = []
    faults: list[Fault] = []
    lines = source.text.split("\n")
    for offset, comment in lex(source.text).comments:
        found = _MARK.match(comment)
        if found is None:
            continue
        line = line_at(source.text, offset)
        at = source.span(line, offset - source.text.rfind("\n", 0, offset))
        at = Span(path=at.path, line=at.line, column=at.column, end_column=at.column + len(comment), cell=at.cell)
        what, *reason = _REASON.split(found["body"], maxsplit=1)
        if not what.strip() or not reason or not reason[0].strip():
            message = say("An equivalence mark says what and why.")
            hint = say("For example: {example}", example="# equivalent: zeros → ones — every entry is set later")
            faults.append(Fault(at=at, message=message, hint=hint, line_text=lines[line - 1]))
            continue
        for slip in re.split("[;；]", what):
            marks.append(
                Mark(
                    line=_meant(lines, line),
                    slip=slip.strip(),
                    reason=reason[0].strip(),
                    comment=lines[line - 1],
                    at=at,
                )
            )
    return marks, faults


def stale(marks: Sequence[Mark], mutants: Sequence[Mutant]) -> list[Fault]:
    """Return a fault for each mark that fits no mutant, with the slips its line does have."""
    faults = []
    for mark in marks:
        if not any(mark.fits(mutant) for mutant in mutants):
            own = dict.fromkeys(mutant.slip for mutant in mutants if mutant.line == mark.line)
            near = difflib.get_close_matches(mark.slip, own, n=3, cutoff=0)
            hint = say("The line has: {slips}", slips="; ".join(near)) if near else None
            faults.append(mark.fault(say("No mutant of this line is `{slip}`.", slip=inert(mark.slip)), hint))
    return faults


def _meant(lines: Sequence[str], line: int) -> int:
    """Return the line a mark is about: its own, or the next with code where it stands alone."""
    if not lines[line - 1].lstrip().startswith("#"):
        return line
    rest = range(line, len(lines))
    return next((each + 1 for each in rest if lines[each].strip() and not lines[each].lstrip().startswith("#")), line)


def _bare(slip: str) -> str:
    return re.sub(r"\s", "", slip).replace("->", "→").removeprefix(NOTHING).removesuffix(NOTHING)
