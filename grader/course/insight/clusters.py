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

from grader.course.insight.gathering import UNREAD, UNTRIED, ClassView, Outline, pattern
from grader.language import Bilingual, Message

Sort: TypeAlias = Literal["mistake", "diagnosis", "answers", "error", "code", "sentence"]


class Cluster(Struct, frozen=True, kw_only=True):
    """People who failed in one function alike.

    `sort` says by what: a known `mistake`, one diagnosis, the same wrong answers, the same error, the same code,
    or only the same sentence. `results` are the numbers of their different results, the commonest first, and `alike` is
    how many of the people gave the commonest wrong answers. `helpers` are functions of their own that are wrong
    besides.
    """

    function: str
    title: Bilingual
    sort: Sort
    mistake: str
    said: Message | Bilingual | None
    people: tuple[str, ...]
    results: tuple[int, ...]
    alike: int
    helpers: tuple[str, ...] = ()

    @property
    def key(self) -> int:
        """What tells it from others: the number of its commonest result."""
        return self.results[0]


def clusters(view: ClassView) -> list[Cluster]:
    """Return the clusters, function by function in the rubric's order, the largest first."""
    owners: dict[int, list[str]] = defaultdict(list)
    for member in view.members:
        for number in member.results:
            owners[number].append(member.person.id)
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


def _of_function(outlines: Sequence[Outline], owners: Mapping[int, list[str]]) -> list[Cluster]:
    labels = _Labels()
    for outline in outlines:
        labels.add(_keys(outline))
    groups: dict[int, list[Outline]] = defaultdict(list)
    for outline in outlines:
        groups[labels.of(_keys(outline))].append(outline)
    found: list[Cluster] = []
    single: dict[Any, list[Outline]] = defaultdict(list)
    for same in groups.values():
        sort = _sort(same)
        if sort == "sentence" and sum(len(owners[each.number]) for each in same) == 1:
            single[pattern(same[0].told, words=False)] += same
        else:
            found.append(_cluster("answers" if sort == "sentence" else sort, same, owners))
    found += [_cluster("sentence", same, owners) for same in single.values()]
    return sorted(found, key=lambda each: (-len(each.people), each.sort, each.mistake, each.results))


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


class _Labels:
    """Numbers for keys; keys that came together have the same one."""

    def __init__(self) -> None:
        self._first: dict[Any, int] = {}
        self._same: list[int] = []

    def add(self, keys: Sequence[Any]) -> None:
        """Take in keys that came together."""
        known = [self._root(self._first[key]) for key in keys if key in self._first]
        if not known:
            known = [len(self._same)]
            self._same.append(known[0])
        for each in known:
            self._same[each] = min(known)
        for key in keys:
            self._first[key] = min(known)

    def of(self, keys: Sequence[Any]) -> int:
        """Return the number of keys that were taken in."""
        return self._root(self._first[keys[0]])

    def _root(self, label: int) -> int:
        while self._same[label] != label:
            label = self._same[label]
        return label


def _sort(same: Sequence[Outline]) -> Sort:
    if any(each.mistake for each in same):
        return "mistake"
    if any(each.diagnosis is not None for each in same):
        return "diagnosis"
    if len({each.answers for each in same}) > 1:
        return "code"
    return "sentence"


def _cluster(sort: Sort, same: Sequence[Outline], owners: Mapping[int, list[str]]) -> Cluster:
    counted: Counter[Any] = Counter()
    for each in same:
        counted[each.answers] += len(owners[each.number])
    order = sorted(
        same, key=lambda each: (bool(each.blames), -counted[each.answers], -len(owners[each.number]), each.number)
    )
    first = order[0]
    mistakes = Counter(each.mistake for each in same for _ in owners[each.number] if each.mistake)
    if sort == "answers" and not any(each.returned for each in first.wrong):
        sort = "error"
    return Cluster(
        function=first.function,
        title=first.title,
        sort=sort,
        mistake=mistakes.most_common(1)[0][0] if mistakes else "",
        said=_said(sort, order),
        people=tuple(sorted({person for each in same for person in owners[each.number]})),
        results=tuple(each.number for each in order),
        alike=max(counted.values()),
        helpers=first.blames,
    )


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
