"""An author's words, in one language or both."""

from __future__ import annotations

from grader.language import Bilingual, inert, say
from grader.rubric.log import Log
from grader.rubric.nodes import Mapping, Node
from grader.rubric.scalars import TEXT, Type
from grader.rubric.tables import Key, table

ZH = Key(name="zh", type=TEXT, zh="中文", en="Chinese")
EN = Key(name="en", type=TEXT, zh="英文", en="English")
_BOTH = table(ZH, EN)

LONGEST_NAME = 80


def _bilingual(node: Node, log: Log) -> Bilingual | None:
    if not isinstance(node, Mapping):
        text = TEXT.read(node, log)
        return None if text is None else Bilingual(text, text)
    entries = _BOTH.read(node, log)
    if entries is None:
        return None
    zh, en = entries.get(ZH), entries.get(EN)
    if zh is None and en is None:
        if not node.pairs:
            log.expected(say("text, or a mapping with `zh` and `en`"), node)
        return None
    return Bilingual(zh or en or "", en or zh or "")


BILINGUAL = Type(read=_bilingual, schema={"anyOf": [TEXT, _BOTH]}, name="text")


def _name(node: Node, log: Log) -> Bilingual | None:
    name = _bilingual(node, log)
    if name is None:
        return None
    for text in (name.zh, name.en):
        if len(text) > LONGEST_NAME or inert(text, LONGEST_NAME) != text:
            log.add(node.at, say("A check's name is one line of at most {most} characters.", most=LONGEST_NAME))
            return None
    return name


NAME = Type(read=_name, schema=BILINGUAL.schema, name="name")
