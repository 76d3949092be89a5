"""Rules: how a function may be written. They are held against its text; nothing is run."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar

from grader.checks.kind import Kind
from grader.language import Bilingual, Message, say
from grader.model import Case, Check, Outcome, Part, Submission, Verdict, Violation, Visibility

if TYPE_CHECKING:
    from grader.checks.rules.judging import Breach
    from grader.errors import Span
    from grader.reading.nodes import Log, Node
    from grader.reading.tables import Entries, Key
    from grader.submission.costs import TimeLeft

KEYWORDS = frozenset(
    {"assert", "class", "del", "for", "global", "if", "import", "lambda", "raise", "try", "while", "with", "yield"}
)
"""Keywords that a rule may name; `for` covers loops and comprehensions."""

_CONSTRUCT = r"\.?[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*(\.[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)*|@"
_ALTERNATIVES = rf"({_CONSTRUCT})( *\| *({_CONSTRUCT}))*"
_WANTED = say("a dotted name like `np.pad`, an attribute like `.dot`, a keyword like `for`, or `@`")


class Rules(Kind, frozen=True, kw_only=True):
    """How the function and the student's own helpers may be written.

    A construct is a dotted name (`np.pad`; `scipy.signal` with all that is in it), a name (`eval`, `zero_pad`), an
    attribute of any object (`.dot`), a keyword (`for`) or the sign `@`. None of `forbid` may be used. Of each group in
    `require` one must be used. `no_loops` forbids what repeats in Python. Each violation costs `each` of the check.
    """

    forbid: tuple[str, ...] = ()
    require: tuple[tuple[str, ...], ...] = ()
    no_loops: bool = False
    each: Fraction = Fraction(1)

    kind: ClassVar[str] = "rules"
    title: ClassVar[Bilingual] = Bilingual("规定", "rules")
    about: ClassVar[Bilingual] = Bilingual(
        "写法上的规定，只看源代码：检查名", "how it may be written: the check's name"
    )
    cases: ClassVar[int] = 0
    visibility: ClassVar[Visibility] = "public"
    drawn: ClassVar[bool] = False
    telling: ClassVar[bool] = False
    decisive: ClassVar[bool] = False

    @classmethod
    def own_keys(cls) -> tuple[Key[Any], ...]:
        """Return `forbid`, `require`, `no_loops` and `each`."""
        from grader.reading.scalars import SHARE, TRUTH, Type
        from grader.reading.tables import Key, list_of

        construct = Type(read=_construct, schema={"type": "string", "pattern": f"^({_CONSTRUCT})$"})
        alternatives = Type(read=_constructs, schema={"type": "string", "pattern": f"^{_ALTERNATIVES}$"})
        return (
            Key(
                name="forbid",
                type=list_of(construct, say("a list like `[np.pad, scipy.signal, eval]`"), single=True),
                zh="不许用的：点号名（连同它下面的一切）、任何对象的属性（.dot）、关键字或 @；"
                "经别名来的也算，跟踪不了的算违反",
                en="what may not be used: dotted names with all that is in them, attributes of any object (.dot), "
                "keywords or @; an alias counts too, and what cannot be followed is a violation",
            ),
            Key(
                name="require",
                type=list_of(alternatives, say("a list like `[np.pad, for | while]`"), single=True),
                zh="必须用的，每项至少用到一处；「np.pad | np.zeros」是两者之一",
                en="what must be used, each at least once; `np.pad | np.zeros` means one of the two",
            ),
            Key(
                name="no_loops",
                type=TRUTH,
                zh="true 表示不许有 Python 循环：for、while、推导式、递归、map、np.vectorize、"
                "交给别的函数去调用的函数等",
                en="true forbids loops in Python: for, while, comprehensions, recursion, map, np.vectorize, "
                "own functions that others are given to call, and the like",
            ),
            Key(
                name="each",
                type=SHARE,
                zh="每处违反扣掉这个检查的多少，如 25%；不写则一处就扣完",
                en="the share of this check that each violation costs, like 25%; all of it if left out",
            ),
        )

    def disagreeing(self, entries: Entries, at: Span, returns: tuple[Part, ...], log: Log) -> None:
        """Record a check without rules."""
        if not (self.forbid or self.require or self.no_loops):
            keys = ", ".join(f"`{key.name}`" for key in self.own_keys()[:3])
            log.add(at, say("These rules ask for nothing."), say("Possible here: {keys}.", keys=keys))

    def judge(
        self, check: Check, returns: tuple[Part, ...], case: Case, got: Sequence[Outcome], want: Sequence[Outcome]
    ) -> Verdict:
        """Return full marks: a check of rules has no cases, and `price` takes away what its violations cost."""
        return Verdict(share=Fraction(1))

    def violations(
        self, student: Submission, function: str, graded: Sequence[str], time_left: TimeLeft | None = None
    ) -> tuple[Violation, ...] | None:
        """Return where a function's text breaks the rules; `None` where there is no function, or only a stub."""
        from grader.checks.rules.judging import breaches

        found = breaches(student, function, self, graded, time_left)
        return None if found is None else tuple(Violation(message=_said(each), at=each.at) for each in found)

    def price(self, violations: int) -> Fraction:
        """Return `each` for every violation, the whole check at most."""
        return min(Fraction(1), self.each * violations)

    def described(self) -> list[Message]:
        """Return what may not be used, what must be, and whether loops are forbidden."""
        told = []
        if self.forbid:
            told.append(say("Not to be used: {what}", what=", ".join(self.forbid)))
        if self.require:
            told.append(say("To be used: {what}", what=", ".join(" | ".join(group) for group in self.require)))
        if self.no_loops:
            told.append(say("No loops"))
        return told

    def written(self) -> Mapping[str, str]:
        """Return the rules."""
        from grader.reading.writing import exact_share, flow_list, quoted

        own = {}
        if self.forbid:
            own["forbid"] = flow_list(map(quoted, self.forbid))
        if self.require:
            own["require"] = flow_list(quoted(" | ".join(group)) for group in self.require)
        if self.no_loops:
            own["no_loops"] = "true"
        if self.each != 1:
            own["each"] = exact_share(self.each)
        return own


def _said(breach: Breach) -> Message:
    match breach.kind:
        case "forbidden":
            return say("`{what}` may not be used in this function", what=breach.what)
        case "required":
            return say("this function is to use `{what}`, and does not", what=breach.what)
        case "loop":
            return say("this function is to do without loops, and here is one ({what})", what=breach.what)
        case "unresolved":
            return say(
                "the text does not show what `{what}` gives here; write the name of the function itself",
                what=breach.what,
            )
        case "entangled":
            return say("the names in this function cannot be followed; write it more simply")


def _constructs(node: Node, log: Log) -> tuple[str, ...] | None:
    from keyword import iskeyword

    from grader.reading.nodes import Scalar

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
