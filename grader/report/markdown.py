"""The report in Markdown (CommonMark with GitHub's tables): for step summaries, issues and release notes."""

from __future__ import annotations

import re

from grader.language import Bilingual, Language, Message, say
from grader.model import ManualResult
from grader.report import Format
from grader.report.by_hand import criteria, state_of, title_of, to_tell, total
from grader.report.caps import fitting, functions_left_out
from grader.report.evidence import check_sentences, evidence_lines
from grader.report.lines import show_place
from grader.report.next_step import next_step
from grader.report.points import Points, Score, shown_points, worth
from grader.report.wording import (
    STATES,
    VISIBILITIES,
    AnyCheck,
    AnyProblem,
    AnyReport,
    adjusted_total,
    cases_to_show,
    check_worth,
    counted,
    exhibit_of,
    has_checks,
    heading,
    how_scored,
    how_to_publish,
    is_instructors,
    place_of,
    remarks_below,
    title,
    to_explain,
)

_LOST = STATES["not_graded"].word
_MEANT = re.compile(r"([\\`*_{}\[\]()#+\-.!|~^$:])")


def render(report: AnyReport, *, language: Language, most: int | None = None) -> str:
    """Return the report as Markdown; foreign text is a code span or block, or has every sign of Markdown escaped.

    Of more than `most` bytes of UTF-8, whole functions are left out from the last one on, and the text says how many.
    """
    points = shown_points(report)

    def say_it(message: Message | Bilingual) -> str:
        return escape(message.text(language))

    def sum_of(*, bonus: bool) -> str:
        whole = total(points, bonus=bonus)
        return whole if isinstance(whole, str) else say_it(whole)

    head = f"## {say_it(report.assignment)}: {sum_of(bonus=False) if report.problems else say_it(_LOST)}"
    about = code(report.submission)
    if points.bonus.max_score:
        about += " · " + say_it(say("bonus {points}", points=total(points, bonus=True)))
    parts = [
        head,
        about,
        *(say_it(sentence) for sentence in adjusted_total(report)),
        f"**{say_it(say('Next: {step}', step=next_step(report)))}**",
    ]
    if report.problems:
        parts.append(_table(report, points, language))
    explained = [
        "\n\n".join(_explained(group, points, language, every=is_instructors(report))) for group in to_explain(report)
    ]
    below = [part for item in to_tell(report) for part in _by_hand(item, language)]
    if report.notes:
        places = [code(show_place(note.at).text(language)) + " " if note.at else "" for note in report.notes]
        below.append("\n".join(f"- {at}{say_it(note.message)}" for at, note in zip(places, report.notes, strict=True)))
    if (way := how_to_publish(report)) is not None:
        below.append(say_it(way))
    if report.replay:
        below.append(say_it(say("Replay token, for your instructor: {token}", token=report.replay)))
    if most is not None:
        room = most - _bytes("\n\n".join([*parts, *below]))
        explained = fitting(explained, room, functions_left_out, language, size=_bytes)
    return "\n\n".join([*parts, *explained, *below]) + "\n"


def _bytes(text: str) -> int:
    """Return how long a part of the text is, with a line end behind it."""
    return len(text.encode()) + 1


def escape(text: str) -> str:
    """Return text that Markdown shows as it is: no markup, no tag, no mention, no line of its own."""
    spelt = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("@", "&#64;")
    return " ".join(_MEANT.sub(r"\\\1", spelt).split())


def code(text: str) -> str:
    """Return text as a code span, in more backticks than it has in a row; `|` is escaped for tables."""
    flat = " ".join(text.split()) or " "
    ticks = "`" * (_longest(flat) + 1)
    space = " " if flat.startswith("`") or flat.endswith("`") else ""
    return f"{ticks}{space}{flat}{space}{ticks}".replace("|", "\\|")


def fence(text: str) -> str:
    """Return text as a code block that it cannot close."""
    ticks = "`" * max(3, _longest(text) + 1)
    return f"{ticks}text\n{text}\n{ticks}"


def _longest(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)


def _table(report: AnyReport, points: Points, language: Language) -> str:
    titles = [say("Function"), say("State"), say("Points")]
    lines = ["| | " + " | ".join(escape(title.text(language)) for title in titles) + " |", "|---|---|---|---:|"]
    every: list[AnyProblem | ManualResult] = [*report.problems, *report.manual]
    for one in sorted(every, key=lambda one: one.bonus):
        if isinstance(one, ManualResult):
            name, state, beside_it = one.name, state_of(one), title_of(one).text(language)
            shown = worth(points.manual[name])
        else:
            name, state, beside_it = one.function, STATES[one.status], title(one).text(language)
            shown = worth(points.problems[name])
        about = escape(beside_it)
        if one.bonus:
            about += f" \\({escape(say('bonus').text(language))}\\)"
        word = escape(state.word.text(language))
        number = shown if isinstance(shown, str) else escape(shown.text(language))
        lines.append(f"| {state.sign} | {code(name)} {about} | {word} | {number} |")
    return "\n".join(lines)


def _by_hand(item: ManualResult, language: Language) -> list[str]:
    """Return the comment and the criteria of an item that a person grades."""
    parts = [f"### {state_of(item).sign} {code(item.name)}"]
    if item.comment:
        parts.append(f"**{escape(say('Comment: {comment}', comment=item.comment).text(language))}**")
    listed = [f"- {escape(each.text(language))}" for each in criteria(item)]
    return [*parts, "\n".join(listed)] if listed else parts


def _explained(group: list[AnyProblem], points: Points, language: Language, *, every: bool) -> list[str]:
    problem = group[0]
    functions = ", ".join(code(item.function) for item in group)
    parts = [f"### {STATES[problem.status].sign} {functions}"]
    if (at := place_of(problem)) is not None:
        parts[0] += f" · {code(show_place(at).text(language))}"
    if problem.message is not None:
        parts.append(f"**{escape(problem.message.text(language))}**")
    parts += [escape(sentence.text(language)) for sentence in remarks_below(problem)]
    if problem.listing is not None and problem.listing.caret and problem.at is not None:
        index = problem.at.line - problem.listing.at.line
        parts += [fence(line) for line in problem.listing.lines[index : index + 1]]
    if (count := counted(group)) is not None:
        parts.append(escape(count.text(language)))
    if has_checks(problem):
        pairs = list(zip(problem.checks, points.checks[problem.function], strict=True))
        for check, shown in pairs:
            if check.status != "passed":
                parts += _check(problem, check, shown, language, every=every)
        passed = [_head(problem, check, shown, language) for check, shown in pairs if check.status == "passed"]
        parts += ["  \n".join(passed)] if passed else []
    return parts


def _head(problem: AnyProblem, check: AnyCheck, shown: Score, language: Language) -> str:
    seen = escape(VISIBILITIES[check.visibility].text(language))
    head = f"{STATES[check.status].sign} {escape(check.name.text(language))} · {seen}"
    points = check_worth(problem, shown)
    told = [points] if isinstance(points, str) else [escape(points.text(language))] if points is not None else []
    share = how_scored(problem, check)
    about = [escape(share.text(language))] if share is not None else []
    return " · ".join([head, *told, *about])


def _check(problem: AnyProblem, check: AnyCheck, shown: Score, language: Language, *, every: bool) -> list[str]:
    said = [message for message in check_sentences(problem, check) if message != problem.message]
    lines = [_head(problem, check, shown, language), *(escape(message.text(language)) for message in said)]
    parts = ["  \n".join(lines)]
    for case in cases_to_show(check, every=every):
        exhibit = exhibit_of(case)
        if exhibit is None:
            continue
        if every:
            parts.append(escape(heading(case).text(language)))
        parts.append(fence("\n".join(evidence_lines(exhibit, language))))
    return parts


FORMAT = Format(render=render, suffix="md", join="\n".join)
