"""What a person grades by hand: the items below `manual`, their points and their criteria."""

from __future__ import annotations

from fractions import Fraction

from grader.language import Bilingual, say
from grader.model import Criterion, ManualItem
from grader.reading.nodes import Log, Mapping, Node
from grader.reading.scalars import ANY_POINTS, NAME_PATTERN, TRUTH, Type, Word, read_word
from grader.reading.tables import BILINGUAL, NAME, Entries, Key, list_of, table, unique

SAYS = Key(name="says", type=BILINGUAL, zh="标准的内容", en="what the criterion asks for", required=True)
WORTH = Key(name="points", type=ANY_POINTS, zh="达到这一条得多少分", en="what it is worth")
_CRITERION = table(SAYS, WORTH, name="criterion")


def _criterion(node: Node, log: Log) -> Criterion | None:
    """Read a text, a text in two languages, or a text with its points."""
    if isinstance(node, Mapping) and not {"zh", "en"} & {key.text for key, _ in node.pairs}:
        entries = _CRITERION.read(node, log)
        says = None if entries is None else entries.get(SAYS)
        return None if entries is None or says is None else Criterion(says=says, points=entries.get(WORTH))
    says = BILINGUAL.read(node, log)
    return None if says is None else Criterion(says=says)


TITLE = Key(name="title", type=NAME, zh="这一题的名称，写在报告里", en="what reports call it")
POINTS = Key(name="points", type=ANY_POINTS, zh="分数，如 3 或 2.5", en="its points, like 3 or 2.5", required=True)
BONUS = Key(
    name="bonus",
    type=TRUTH,
    zh="true 表示选做题，另外计分",
    en="true for points that are counted apart from the required ones",
)
CRITERIA = Key(
    name="criteria",
    type=list_of(
        Type(read=_criterion, schema={"anyOf": [BILINGUAL, _CRITERION]}),
        say("a list of criteria, each a text or `{{says: …, points: 1}}`"),
        single=True,
    ),
    zh="按什么评分，一条一项；学生在报告里看得到",
    en="by what it is graded; reports show it to students",
)
ITEM = table(TITLE, POINTS, BONUS, CRITERIA, name="manual_item")


def _items(node: Node, log: Log) -> tuple[ManualItem, ...] | None:
    if not isinstance(node, Mapping) or not node.pairs:
        log.expected(say("a mapping from names to what a person grades, like `essay: {{points: 3}}`"), node)
        return None
    items = [_item(read_word(key, log), ITEM.read(value, log), log) for key, value in unique(node, log)]
    found = tuple(item for item in items if item is not None)
    return found if len(found) == len(node.pairs) else None


def _item(word: Word | None, entries: Entries | None, log: Log) -> ManualItem | None:
    points = None if entries is None else entries.get(POINTS)
    if word is None or entries is None or points is None:
        return None
    criteria = entries.get(CRITERIA, ())
    worth = [each.points for each in criteria if each.points is not None]
    whole = sum(worth, Fraction(0))
    complete = len(worth) == len(criteria)
    if worth and (whole > points or (complete and whole != points)):
        from grader.reading.writing import decimal  # only faults need it

        shown = {"whole": decimal(whole), "points": decimal(points)}
        log.add(entries.place(CRITERIA), say("The points of these criteria add up to {whole}, not {points}.", **shown))
    return ManualItem(
        name=word.text,
        title=entries.get(TITLE, Bilingual(word.text, word.text)),
        points=points,
        bonus=entries.get(BONUS, False),
        criteria=criteria,
        at=word.at,
    )


MANUAL_KEY = Key(
    name="manual",
    type=Type(
        read=_items,
        schema={
            "type": "object",
            "propertyNames": {"pattern": NAME_PATTERN},
            "additionalProperties": ITEM,
            "minProperties": 1,
        },
    ),
    zh="由人批改的题：名字和它的分数、评分标准；用 grade --manual 登分",
    en="what a person grades: names with their points and criteria; marks come by grade --manual",
)
