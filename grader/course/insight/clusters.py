"""The misconception map: who fails in a function for the same reason, or with the same wrong answers.

Two results are of one cluster if they are the same known mistake; if one sentence diagnoses both, with the same words
in it or the same wrong answers, since the words may be a student's own names; if they are the same wrong answers; or if
the function is the same code. What a function answers whose helper is wrong, too, is not looked at.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeAlias

from msgspec import Struct

from grader.course.insight.gathering import UNREAD, UNTRIED, ClassView, Member, Outline, pattern
from grader.course.labels import Labels
from grader.language import Bilingual, Message

Sort: TypeAlias = Literal["mistake", "diagnosis", "answers", "error", "code", "sentence"]


class Cluster(Struct, frozen=True, kw_only=True):
    """People who failed in one function alike.

    `sort` says by what: a known `mistake`, one diagnosis, the same wrong answers, the same error, the same code,
    or only the same sentence. `units` is how many hand-ins of different people it was seen in. `results` are the
    numbers of their different results, the commonest first, and `alike` is how many of the people gave the commonest
    wrong answers, 1 if no two hand-ins gave the same. `helpers` are functions of their own that are wrong besides.
    """

    function: str
    title: Bilingual
    sort: Sort
    mistake: str
    said: Message | Bilingual | None
    people: tuple[str, ...]
    units: int
    results: tuple[int, ...]
    alike: int
    helpers: tuple[str, ...] = ()

    @property
    def key(self) -> int:
        """What tells it from others: the number of its commonest result."""
        return self.results[0]


def clusters(view: ClassView) -> list[Cluster]:
    """Return the clusters, function by function in the rubric's order, the largest first."""
    owners: dict[int, list[Member]] = defaultdict(list)
    for member in view.members:
        for number in member.results:
            owners[number].append(member)
    by_function: dict[str, list[Outline]] = {}
    for member in view.members[:1]:
        by_function = {each.function: [] for each in view.of(member)}
    for outline in view.results.values():
        if _fails(outline):
            by_function.setdefault(outline.function, []).append(outline)
    return [each for outlines in by_function.values() for each in _of_function(outlines, owners)]


def _fails(outline: Outline) -> bool:
    """Return whether a function was tried, is wrong, and by a mistake of its own."""
    return bool(outline.wrong) and outline.status not in (*UNTRIED, *UNREAD) and not outline.caused


def _of_function(outlines: Sequence[Outline], owners: Mapping[int, list[Member]]) -> list[Cluster]:
    labels = Labels()
    for outline in outlines:
        labels.add(_keys(outline))
    groups: dict[int, list[Outline]] = defaultdict(list)
    for outline in outlines:
        groups[labels.of(_keys(outline))].append(outline)
    found: list[Cluster] = []
    single: dict[Any, list[Outline]] = defaultdict(list)
    for same in groups.values():
        sort = _sort(same)
        if sort == "sentence" and len(_units(same, owners)) == 1:
            single[pattern(same[0].told, words=False)] += same
        else:
            found.append(_cluster("answers" if sort == "sentence" else sort, same, owners))
    found += [_cluster("sentence", same, owners) for same in single.values()]
    return sorted(found, key=lambda each: (-each.units, -len(each.people), each.sort, each.mistake, each.results))


def _keys(outline: Outline) -> list[Any]:
    """Return what makes a result one with others that have it, too."""
    keys: list[Any] = [("code", outline.code)] if outline.code else []
    if outline.mistake:
        keys.append(("mistake", outline.mistake))
    elif outline.diagnosis is not None:
        bare = pattern(outline.diagnosis, words=False)
        keys += [(bare, pattern(outline.diagnosis, words=True)), (bare, outline.answers)]
    if not outline.blames:
        keys.append(("answers", outline.answers))
    return keys or [("number", outline.number)]


def _sort(same: Sequence[Outline]) -> Sort:
    if any(each.mistake for each in same):
        return "mistake"
    if any(each.diagnosis is not None for each in same):
        return "diagnosis"
    if len({each.answers for each in same}) > 1:
        return "code"
    return "sentence"


def _cluster(sort: Sort, same: Sequence[Outline], owners: Mapping[int, list[Member]]) -> Cluster:
    answered: dict[Any, list[Outline]] = defaultdict(list)
    for each in same:
        answered[each.answers].append(each)
    counted = {answers: len(_units(each, owners)) for answers, each in answered.items()}
    order = sorted(
        same,
        key=lambda each: (bool(each.blames), -counted[each.answers], -len(_units([each], owners)), each.number),
    )
    first = order[0]
    mistakes = Counter(each.mistake for each in same for _ in _units([each], owners) if each.mistake)
    if sort == "answers" and not any(each.returned for each in first.wrong):
        sort = "error"
    return Cluster(
        function=first.function,
        title=first.title,
        sort=sort,
        mistake=mistakes.most_common(1)[0][0] if mistakes else "",
        said=_said(sort, order),
        people=tuple(sorted({member.person.id for each in same for member in owners[each.number]})),
        units=len(_units(same, owners)),
        results=tuple(each.number for each in order),
        alike=max(
            sum(len(owners[each.number]) for each in answered[answers]) if units > 1 else 1
            for answers, units in counted.items()
        ),
        helpers=first.blames,
    )


def _units(same: Sequence[Outline], owners: Mapping[int, list[Member]]) -> set[str]:
    return {member.unit for each in same for member in owners[each.number]}


def _said(sort: Sort, order: Sequence[Outline]) -> Message | Bilingual | None:
    """Return the sentence that names a cluster: the plainest hint that was shown, the diagnosis, or what is first told.

    A diagnosis names a line of one student's file, which is left out.
    """
    hints = max((each.hints for each in order), key=len)
    if sort == "mistake" and hints:
        return hints[-1]
    said = next((each.diagnosis for each in order if each.diagnosis is not None), None) or order[0].told
    return without_place(said) if said is not None else None


def without_place(said: Message) -> Message:
    """Return a sentence without the place in front of it."""
    what = said.parameters.get("what")
    return what if "where" in said.parameters and isinstance(what, Message) else said
