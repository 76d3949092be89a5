"""The keys of a check of rules: what the function's text must hold and must not."""

from __future__ import annotations

import re

from grader.language import say
from grader.model import KEYWORDS, Rules
from grader.rubric.log import Log
from grader.rubric.nodes import Node, Scalar
from grader.rubric.quantities import SHARE
from grader.rubric.scalars import TRUTH, Type
from grader.rubric.tables import Entries, Key, list_of

_CONSTRUCT = r"\.?[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*(\.[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)*|@"
_ALTERNATIVES = rf"({_CONSTRUCT})( *\| *({_CONSTRUCT}))*"
_WANTED = say("a dotted name like `np.pad`, an attribute like `.dot`, a keyword like `for`, or `@`")


def _constructs(node: Node, log: Log) -> tuple[str, ...] | None:
    from keyword import iskeyword

    if not isinstance(node, Scalar):
        log.expected(_WANTED, node)
        return None
    texts = tuple(part.strip() for part in node.text.split("|"))
    for text in texts:
        if not re.fullmatch(_CONSTRUCT, text) or (iskeyword(text) and text not in KEYWORDS):
            hint = say("Keywords: {words}.", words=", ".join(sorted(KEYWORDS))) if iskeyword(text) else None
            log.expected(_WANTED, node, hint)
            return None
    return texts


def _construct(node: Node, log: Log) -> str | None:
    texts = _constructs(node, log)
    if texts is not None and len(texts) > 1:
        log.expected(_WANTED, node)
        return None
    return None if texts is None else texts[0]


CONSTRUCT = Type(read=_construct, schema={"type": "string", "pattern": f"^({_CONSTRUCT})$"})
ALTERNATIVES = Type(read=_constructs, schema={"type": "string", "pattern": f"^{_ALTERNATIVES}$"})

FORBID = Key(
    name="forbid",
    type=list_of(CONSTRUCT, say("a list like `[np.pad, scipy.signal, eval]`"), single=True),
    zh="不许用的：点号名（连同它下面的一切）、任何对象的属性（.dot）、关键字或 @；经别名来的也算，跟踪不了的算违反",
    en="what may not be used: dotted names with all that is in them, attributes of anything (.dot), keywords or @; "
    "by whatever name it comes, and what cannot be followed counts",
)
REQUIRE = Key(
    name="require",
    type=list_of(ALTERNATIVES, say("a list like `[np.pad, for | while]`"), single=True),
    zh="必须用的，每项至少用到一处；「np.pad | np.zeros」是两者之一",
    en="what must be used, each of them somewhere; `np.pad | np.zeros` is either",
)
NO_LOOPS = Key(
    name="no_loops",
    type=TRUTH,
    zh="true 表示不许有 Python 循环：for、while、推导式、递归、map、np.vectorize、交给别的函数去调用的函数等",
    en="true for no loop in Python: for, while, comprehensions, recursion, map, np.vectorize, own functions that are "
    "handed to others to be called, and the like",
)
EACH = Key(
    name="each",
    type=SHARE,
    zh="每处违反扣掉这个检查的多少，如 25%；不写则一处就扣完",
    en="what each violation costs of this check, like 25%; all of it if left out",
)


def rules_plan(entries: Entries) -> Rules | None:
    """Return the rules, None where a key could not be read."""
    if any(entries.has(key) and entries.get(key) is None for key in (FORBID, REQUIRE, NO_LOOPS, EACH)):
        return None
    whole = Rules()
    return Rules(
        forbid=entries.get(FORBID, ()),
        require=entries.get(REQUIRE, ()),
        no_loops=entries.get(NO_LOOPS, False),
        each=entries.get(EACH, whole.each),
    )
