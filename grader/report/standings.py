"""What all tables of a class say in the same way: a person's mark, what it is out of, and whose a row is."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from pathlib import PurePath

from msgspec import Struct

from grader.errors import UsageError
from grader.language import Language, Message, inert, listed, say, say_count
from grader.model.standing import Person, Standing
from grader.report.points import Score, round_points, show_points, shown_points
from grader.report.wording import AnyReport, is_graded

_NAMED = 5
"""How many people a remark names."""


def language_of(standings: Sequence[Standing], language: Language | None) -> Language:
    """Return the language asked for, else that of the first report, else English."""
    first: Language = next((one.report.language for one in standings if one.report is not None), "en")
    return language or first


def mark_of(report: AnyReport | None) -> Fraction | None:
    """Return required and bonus points together, in cents, as far as they are graded.

    It is `None` where nothing was handed in, or something could not be graded: our fault is never a zero.
    """
    if report is None or not is_graded(report):
        return None
    points = shown_points(report)
    return points.required.score + points.bonus.score


def scale_of(standings: Iterable[Standing]) -> Score:
    """Return the most required points of any report, and the most with bonus, as `score` and `max_score`."""
    reports = [one.report for one in standings if one.report is not None]
    required = max((round_points(report.max_score) for report in reports), default=Fraction(0))
    return Score(required, max((round_points(each.max_score + each.max_bonus) for each in reports), default=required))


def highest(out_of: str, scale: Score) -> Fraction:
    """Return the highest mark that a platform takes which grades `out_of` so many points; 0 where nobody has any.

    Raises UsageError where the rubric grades out of another number: a mark would then mean something else.
    """
    if not scale.max_score:
        return Fraction(0)
    number = out_of.strip().replace(",", ".")
    most = Fraction(number) if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", number) else Fraction(0)
    if most not in (scale.score, scale.max_score):
        given = show_points(most) if most else inert(out_of or "?", 40)
        wanted = [show_points(each) for each in dict.fromkeys((scale.score, scale.max_score))]
        raise UsageError(
            say("The file to fill in grades out of {found}, the rubric out of {wanted}.", found=given,
                wanted=wanted[0]),
            say("Set the assignment's points there to {wanted}, then download the file anew.",
                wanted=say("{first} or {then}", first=wanted[0], then=wanted[1]) if wanted[1:] else wanted[0]),
        )  # fmt: skip
    return most


def called(person: Person) -> list[tuple[str, str]]:
    """Return all that a person is called by: `id`, `name`, `email`, and the platforms' ids.

    An id that is the path of what was handed in is also its last part, with and without the suffix of a file.
    """
    path = PurePath(person.id)
    own = [("id", text) for text in dict.fromkeys((person.id, path.name, path.stem))]
    return [*person.ids.items(), *own, ("email", person.email), ("name", person.name)]


class Matched(Struct, frozen=True, kw_only=True):
    """Whose the rows of a file are; `unknown` and `unclear` rows are nobody's, `absent` people have no row."""

    rows: Mapping[int, Standing]
    unknown: Sequence[int]
    unclear: Sequence[int]
    absent: Sequence[Standing]

    def remarks(self, names: Mapping[int, str]) -> list[Message]:
        """Return what is to be told, given what each row is called."""

        def those(rows: Sequence[int]) -> Message:
            return named([names[row] for row in rows])

        said = []
        if self.unknown:
            said.append(
                say_count("{count} row is nobody's here, and stays as it is: {names}",
                          "{count} rows are nobody's here, and stay as they are: {names}",
                          len(self.unknown), names=those(self.unknown))
            )  # fmt: skip
        if self.unclear:
            said.append(
                say_count("{count} row could be more than one person's, and stays as it is: {names}",
                          "{count} rows could be more than one person's, and stay as they are: {names}",
                          len(self.unclear), names=those(self.unclear))
            )  # fmt: skip
        if self.absent:
            people = named([each.person.name or each.person.id for each in self.absent])
            said.append(
                say_count("{count} person is not in the file: {names}", "{count} people are not in the file: {names}",
                          len(self.absent), names=people)
            )  # fmt: skip
        return said


def named(names: Sequence[str]) -> Message:
    """Return some names, harmless and in a row, with an ellipsis for those that are not named."""
    return listed([*(inert(name, 60) for name in names[:_NAMED]), *(["…"] if names[_NAMED:] else [])])


def matched(rows: Mapping[int, Sequence[tuple[str, str]]], standings: Sequence[Standing]) -> Matched:
    """Return whose the rows are: each gives what it calls somebody (`canvas`, `email`, …), the surest first.

    The first of them that anybody here is called by decides. A row that more than one person is called by, and rows
    that are one person's, are unclear.
    """
    people: dict[tuple[str, str], set[int]] = {}
    for number, one in enumerate(standings):
        for kind, text in called(one.person):
            if text:
                people.setdefault((kind, _folded(text)), set()).add(number)
    found = {
        row: next((people[key] for key in ((kind, _folded(text)) for kind, text in keys) if key in people), set())
        for row, keys in rows.items()
    }
    of_one = {row: next(iter(each)) for row, each in found.items() if len(each) == 1}
    count = Counter(of_one.values())
    sure = {row: number for row, number in of_one.items() if count[number] == 1}
    met = set().union(*found.values())
    return Matched(
        rows={row: standings[number] for row, number in sure.items()},
        unknown=[row for row, each in found.items() if not each],
        unclear=[row for row, each in found.items() if each and row not in sure],
        absent=[one for number, one in enumerate(standings) if number not in met],
    )


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
