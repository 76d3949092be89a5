"""Leads in sentences, as a table and side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from grader.course.similarity.evidence import SMALLEST, THRESHOLD, Basis, Lead, Leads, SharedPart
from grader.course.similarity.shapes import Shapes
from grader.language import Language, Message, inert, listed, say, say_count
from grader.report.cells import cell
from grader.report.cells import line as csv_line
from grader.report.lines import cut, pad, wrap

ALIKE: Mapping[Basis, Message] = {
    "text": say("the same text, with its names and comments"),
    "tree": say("the same code; comments or layout differ"),
    "form": say("the same code but for names"),
}
"""In what two functions' code is equal."""
_NAMES: Mapping[Basis, str] = {"text": "text", "tree": "tree", "form": "tree up to names", "answers": "answers"}
HEAD = say(
    "These are leads for a person to look at, never a verdict. The grader sees that code or mistakes are equal; it "
    "does not see why."
)
FOOT = say(
    "Innocent causes: work done together where that is allowed, one tutor, one lecture or book, public code, the same "
    "assistant, an older year's handout, code from a lab session. Ask both before you conclude anything. No student's "
    "report says any of this."
)
_NARROWEST = 40


def leads_text(found: Leads, unread: Sequence[str], *, most: int, language: Language, width: int) -> str:
    """Return the strongest leads in sentences, `most` of them, between what they are and what they may come from."""
    parts = [HEAD, _basis(found)]
    if unread:
        names = ", ".join(inert(each, 80) for each in unread)
        parts.append(say("Not compared, since it cannot be read: {people}", people=inert(names, 1000)))
    lines = [line for part in parts for line in wrap(part.text(language), width)]
    for number, lead in enumerate(found.leads[:most], 1):
        lines += ["", *_lead_lines(number, lead, found, language, width)]
    if len(found.leads) > most:
        more = say_count("{count} more: --most {all}", "{count} more: --most {all}", len(found.leads) - most,
                         all=len(found.leads))  # fmt: skip
        lines += ["", more.text(language)]
    if not found.leads:
        lines += ["", say("Nothing equal was found that chance does not explain.").text(language)]
    else:
        look = say("To see two side by side: grade class similar {first} {second}",
                   first=_one(found.leads[0].first), second=_one(found.leads[0].second))  # fmt: skip
        lines += ["", look.text(language)]
    lines += ["", *wrap(FOOT.text(language), width)]
    return "\n".join(lines) + "\n"


def _one(name: str) -> str:
    """Return the first of a group's people."""
    return inert(name.split(", ", maxsplit=1)[0], 80)


def _basis(found: Leads) -> Message:
    if not found.told:
        return say(
            "{count} people or groups: below {least}, chance cannot be told. What is equal is listed all the same; it "
            "may mean nothing.", count=found.units, least=SMALLEST,
        )  # fmt: skip
    return say(
        "{count} people or groups were compared, {pairs} pairs. Beside each pair stands how many pairs of this class "
        "would share so much if all worked alone; those below {threshold} are shown.",
        count=found.units, pairs=f"{found.pairs:,}", threshold=THRESHOLD,
    )  # fmt: skip


def _lead_lines(number: int, lead: Lead, found: Leads, language: Language, width: int) -> Iterator[str]:
    first, second = inert(lead.first, 200), inert(lead.second, 200)
    if found.told:
        head = say("{number}. {first} – {second}: expected by chance {expected}", number=number, first=first,
                   second=second, expected=_expected(lead.expected))  # fmt: skip
    else:
        head = say("{number}. {first} – {second}", number=number, first=first, second=second)
    yield from wrap(head.text(language), width)
    alike: dict[str, tuple[Message, list[str]]] = {}
    for trace in lead.traces:
        for said in said_of(trace, told=found.told):
            alike.setdefault(said.text(language), (said, []))[1].append(trace.function)
    for said, functions in alike.values():
        line = say("{functions}: {said}", functions=listed(functions), said=said).text(language)
        yield from (f"    {part}" for part in wrap(line, width - 4))


def said_of(trace: SharedPart, *, told: bool) -> list[Message]:
    """Return in sentences what two share in one function, how many others do, and the chance of it."""
    said = []
    for basis in trace.bases:
        if basis == "answers":
            alike = say_count(
                "the same answers in all hidden cases, {count} of them wrong; {others}",
                "the same answers in all hidden cases, {count} of them wrong; {others}",
                trace.cases,
                others=_others(trace.others_wrong),
            )
            said.append(alike)
        else:
            said.append(say("{alike}; {others}", alike=ALIKE[basis], others=_others(trace.others)))
    if told:
        chance = say("one pair in {number} by chance", number=f"{round(1 / trace.chance):,}")
        said[-1] = say("{said} ({chance})", said=said[-1], chance=chance)
    return said


def _others(count: int) -> Message:
    return say_count("{count} other has it", "{count} others have it", count) if count else say("nobody else has it")


def _expected(number: float) -> str:
    return f"{number:.2g}" if number >= 0.0001 else "< 0.0001"


def leads_csv(found: Leads) -> str:
    """Return the leads as CSV: a row for each pair and function."""
    head = ["first", "second", "expected", "function", "equal", "others", "wrong cases", "others wrong alike", "chance"]
    rows = [head]
    for lead in found.leads:
        for trace in lead.traces:
            expected, chance = (f"{each:.3g}" if found.told else "" for each in (lead.expected, trace.chance))
            rows.append([
                lead.first, lead.second, expected, trace.function, "; ".join(_NAMES[each] for each in trace.bases),
                str(trace.others), str(trace.cases), str(trace.others_wrong), chance,
            ])  # fmt: skip
    return "".join(csv_line(map(cell, row)) for row in rows)


def side_by_side(
    names: tuple[str, str],
    shapes: tuple[Shapes, Shapes],
    *,
    language: Language,
    width: int,
) -> str:
    """Return two people's functions beside each other, those first that are equal up to names."""
    column = max(_NARROWEST, (width - 3) // 2)
    lines = wrap(HEAD.text(language), width)
    common = [name for name in shapes[0] if name in shapes[1]]
    for name in sorted(common, key=lambda each: _alike(shapes, each) is None):
        alike = _alike(shapes, name)
        said = ALIKE[alike] if alike is not None else say("different code")
        lines += ["", say("{functions}: {said}", functions=name, said=said).text(language)]
        columns = [[name, *shape[key].code.split("\n")] for name, shape, key in
                   zip(names, shapes, (name, name), strict=True)]  # fmt: skip
        for at in range(max(map(len, columns))):
            left, right = (inert(each[at].expandtabs(4), 1000) if at < len(each) else "" for each in columns)
            lines.append(f"{pad(cut(left, column), column)} │ {cut(right, column)}".rstrip())
    if not common:
        lines += ["", say("There is no function that both have written.").text(language)]
    lines += ["", *wrap(FOOT.text(language), width)]
    return "\n".join(lines) + "\n"


def _alike(shapes: tuple[Shapes, Shapes], name: str) -> Basis | None:
    one, other = (each[name] for each in shapes)
    if one.form != other.form:
        return None
    return "text" if one.text == other.text else "tree" if one.tree == other.tree else "form"
