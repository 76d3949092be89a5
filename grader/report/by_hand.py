"""What all formats say in the same words about items that a person grades."""

from __future__ import annotations

from collections.abc import Sequence

from grader.language import Bilingual, Message, say
from grader.model import Criterion, ManualResult
from grader.report.points import Points, points_in_words, show_score
from grader.report.wording import STATES, AnyReport, State

_OPEN = State(say("open"), "○", "o", "yellow")


def state_of(item: ManualResult) -> State:
    """Return how an item stands: open, or graded, with the sign of as many points as it has."""
    if item.score is None:
        return _OPEN
    like = STATES["passed" if item.is_full else "partial" if item.score else "failed"]
    return State(say("by hand"), like.sign, like.ascii, like.colour)


def title_of(item: ManualResult) -> Bilingual:
    """Return what stands beside an item's name: its title, "" in a language where that is the name once more."""
    zh, en = ("" if text == item.name else text for text in (item.title.zh, item.title.en))
    return Bilingual(zh, en)


def total(points: Points, *, bonus: bool = False) -> Message | str:
    """Return a sum of points, and how many of them are open."""
    whole, left = (points.bonus, points.open_bonus) if bonus else (points.required, points.open)
    if not left:
        return show_score(whole)
    return say("{score}, {points} still to be graded by hand", score=show_score(whole), points=points_in_words(left))


def still_open(points: Points) -> list[Message]:
    """Return a sentence for the required points that are open, and one for the bonus points."""
    said = []
    if points.open:
        said.append(say("Still to be graded by hand: {points}.", points=points_in_words(points.open)))
    if points.open_bonus:
        said.append(say("Still to be graded by hand, bonus: {points}.", points=points_in_words(points.open_bonus)))
    return said


def criterion(each: Criterion) -> Message:
    """Return one criterion, with what it is worth where that is said."""
    if each.points is None:
        return say("{name}", name=each.says)
    return say("{criterion} ({points})", criterion=each.says, points=points_in_words(each.points))


def criteria(item: ManualResult) -> list[Message]:
    """Return the criteria of an item, for a list."""
    return [criterion(each) for each in item.criteria]


def item_text(item: ManualResult) -> list[Message]:
    """Return what a plain text says of an item: whether it is open, the comment, and the criteria one by one."""
    said = [say("Still to be graded by hand.")] if item.is_open else []
    if item.comment:
        said.append(say("Comment: {comment}", comment=item.comment))
    return [*said, *(say("- {criterion}", criterion=each) for each in criteria(item))]


def to_tell(report: AnyReport) -> Sequence[ManualResult]:
    """Return the items of which more is to be said than the table says: a comment, or criteria that are not all met."""
    return [item for item in report.manual if item.comment or (item.criteria and not item.is_full)]
