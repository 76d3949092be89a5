"""What a course asks of work that is handed in: `policies`, with the deadline, what lateness costs, and attempts."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

from grader.language import Message, say
from grader.model.policies import AttemptRule, Chosen, Instant, LateDays, LateRule, Policies, Whole
from grader.reading import nodes
from grader.reading.moments import DURATION, Unclear, minutes_in, moment_in
from grader.reading.nodes import Log, Node, Scalar, did_you_mean, quoted
from grader.reading.scalars import SHARE, Type, choice, scalar, whole
from grader.reading.tables import Entries, Key, table, unique


def _moment(node: Node, log: Log) -> Instant | None:
    found = moment_in(node.text) if isinstance(node, Scalar) else None
    if isinstance(found, Instant):
        return found
    if isinstance(found, Unclear):
        log.add(node.at, found.message, found.hint)
    else:
        log.expected(say("a date and a time with its zone, like `2026-10-10 23:59 Asia/Shanghai`"), node)
    return None


MOMENT = Type(read=_moment, schema={"type": "string", "minLength": 16})


def _duration_hint(text: str, log: Log) -> Message | None:
    return did_you_mean(f"{text} min") if re.fullmatch("[1-9][0-9]{0,4}", text) else None


MINUTES = scalar(
    minutes_in,
    say("a length of time, like `15 min`, `1 day` or `1 day 12 h`"),
    {"type": "string", "pattern": f"^{DURATION}$"},
    _duration_hint,
)

_CAP = r"([0-9]{1,4}(?:\.[0-9]{1,6})?) ?%"


def _cap(text: str) -> Fraction | None:
    found = re.fullmatch(_CAP, text)
    return Fraction(found[1]) / 100 if found and Fraction(found[1]) >= 100 else None


def _cap_hint(text: str, log: Log) -> Message | None:
    if re.fullmatch("[0-9]{3,4}", text):
        return did_you_mean(f"{text}%")
    return say("A cap drops bonus points alone, so required points always count up to 100%.")


CAP_SHARE = scalar(
    _cap,
    say("a share from 100% up, like `100%` or `110%`"),
    {"type": "string", "pattern": f"^{_CAP}$"},
    _cap_hint,
)

_SLOPE = r"(.{1,12}?) ?(?:an?|per|/) ?([a-z]{1,7})"


def _slope(node: Node, log: Log) -> tuple[Fraction, int] | None:
    """Read `10% a day`: a share, and the minutes in which it is taken."""
    found = re.fullmatch(_SLOPE, node.text) if isinstance(node, Scalar) else None
    each = minutes_in(f"1 {found[2]}") if found else None
    if found is None or each is None or not isinstance(node, Scalar):
        log.expected(say("a share in a time, like `10% a day` or `1% an hour`"), node)
        return None
    share = SHARE.read(Scalar(text=found[1], style=node.style, flow=node.flow, at=node.at), log)
    return None if share is None else (share, each)


def _steps(node: Node, log: Log) -> tuple[tuple[int, Fraction], ...] | None:
    if not isinstance(node, nodes.Mapping) or not node.pairs:
        log.expected(say("a mapping from how late to what is taken, like `{{1 day: 10%, 3 days: 30%}}`"), node)
        return None
    steps: list[tuple[int, Fraction]] = []
    for key, value in unique(node, log):
        until, share = MINUTES.read(key, log), SHARE.read(value, log)
        if until is None or share is None:
            continue
        if steps and until <= steps[-1][0]:
            log.add(key.at, say("The steps of lateness stand in order, the shortest first."))
        elif steps and share < steps[-1][1]:
            log.add(
                value.at,
                say("Who is later would lose less here: {share} after {before}.", share=quoted(_text(value)),
                    before=_shown(steps[-1][1])),
            )  # fmt: skip
        steps.append((until, share))
    return tuple(steps) if len(steps) == len(node.pairs) else None


def _text(node: Node) -> str:
    return node.text if isinstance(node, Scalar) else ""


def _shown(share: Fraction) -> str:
    from grader.reading.writing import decimal  # only faults need it

    return f"{decimal(share * 100)}%"


_WHOLES: Type[Whole] = choice(Whole)
_CHOSEN: Type[Chosen] = choice(Chosen)
_STEPS_SCHEMA = {
    "type": "object",
    "propertyNames": {"pattern": f"^{DURATION}$"},
    "additionalProperties": SHARE,
    "minProperties": 1,
}

TAKE = Key(
    name="take",
    type=SHARE,
    zh="迟交扣掉的份额；写了 each 就每迟那么久扣一次，不写就只扣一次",
    en="the share that lateness takes: once, or for each `each`",
)
EACH = Key(
    name="each",
    type=MINUTES,
    zh="每迟多久扣一次 take，不足也算",
    en="how much lateness costs `take` once; a part of it costs as much",
)
SLOPE = Key(
    name="slope",
    type=Type(read=_slope, schema={"type": "string", "pattern": _SLOPE}),
    zh="按迟交的分钟数成比例扣，如 10% a day",
    en="what is taken in proportion to the minutes, like `10% a day`",
)
STEPS = Key(
    name="steps",
    type=Type(read=_steps, schema=_STEPS_SCHEMA),
    zh="一档一档扣：迟到多久为止扣多少，如 {1 day: 10%, 3 days: 30%}；超过最后一档不计分",
    en="what is taken up to how late, like {1 day: 10%, 3 days: 30%}; what is later than the last step gets no points",
)
AT_MOST = Key(
    name="at_most", type=SHARE, zh="最多扣多少（配合 each 或 slope）", en="the most that `each` or `slope` takes"
)
UNTIL = Key(
    name="until",
    type=MINUTES,
    zh="迟交超过这么久不计分",
    en="how late work still gets points",
)
OF = Key(
    name="of",
    type=_WHOLES,
    zh="份额按什么算。maximum：必做题的满分（默认）；score：得到的分。选做题总是按得到的分算",
    en="what the shares are of. maximum: all required points there are (default); score: those that were earned. Of "
    "bonus points it is always what was earned",
)
LATE_TABLE = table(TAKE, EACH, SLOPE, STEPS, AT_MOST, UNTIL, OF)


def _late(node: Node, log: Log) -> LateRule | None:
    entries = LATE_TABLE.read(node, log)
    if entries is None or _late_contradicts(entries, log):
        return None
    take, each = entries.get(SLOPE) or (entries.get(TAKE, Fraction(0)), entries.get(EACH, 0))
    return LateRule(
        take=take,
        each=each,
        steady=entries.has(SLOPE),
        steps=entries.get(STEPS, ()),
        at_most=entries.get(AT_MOST, Fraction(1)),
        until=entries.get(UNTIL),
        of=entries.get(OF, "maximum"),
    )


def _late_contradicts(entries: Entries, log: Log) -> bool:
    """Record what does not go together in `late`; return whether there is any of it."""
    before = log.count
    ways = [key for key in (TAKE, SLOPE, STEPS) if entries.has(key)]
    if len(ways) > 1:
        one, other = ways[0].name, ways[1].name
        log.add(
            entries.place(ways[1]),
            say("`{one}` and `{other}` both say what lateness takes.", one=one, other=other),
            say("Write one of the two."),
        )
    if not ways and not entries.has(UNTIL):
        log.add(
            entries.at,
            say("`late` does not say what lateness takes."),
            say("Write `take: 10%` with `each: 1 day`, a `slope`, `steps`, or `until`."),
        )
    if entries.has(EACH) and not entries.has(TAKE):
        log.add(entries.place(EACH), say("`each` needs `take`: the share that is taken so often."))
    growing = entries.has(SLOPE) or entries.has(EACH)
    if entries.has(AT_MOST) and not growing:
        log.add(entries.place(AT_MOST), say("`at_most` bounds what grows: `each` or `slope`."))
    first, most = entries.get(TAKE), entries.get(AT_MOST)
    if first is not None and most is not None and most < first:
        log.add(
            entries.place(AT_MOST),
            say("`at_most` is less than `take`: {most} after {first}.", most=_shown(most), first=_shown(first)),
        )
    return log.count > before


BUDGET = Key(
    name="budget",
    type=whole(1, 365),
    zh="一个学生有多少天宽限，用完才扣分",
    en="how many late days a student has, used before points are taken",
    required=True,
)
DAYS_HERE = Key(
    name="at_most",
    type=whole(1, 365),
    zh="这次作业最多用几天；不写则不限",
    en="how many of them this assignment takes; all if left out",
)
LATE_DAYS_TABLE = table(BUDGET, DAYS_HERE)


def _late_days(node: Node, log: Log) -> LateDays | None:
    entries = LATE_DAYS_TABLE.read(node, log)
    budget = None if entries is None else entries.get(BUDGET)
    if entries is None or budget is None:
        return None
    here = entries.get(DAYS_HERE)
    if here is not None and here > budget:
        log.add(entries.place(DAYS_HERE), say("`at_most` is more than the whole `budget` of {budget}.", budget=budget))
    return LateDays(budget=budget, at_most=here)


COUNT = Key(
    name="count",
    type=_CHOSEN,
    zh="哪一次算数。last：最后一次（默认）；best：扣分之后最高的一次",
    en="which attempt counts. last (default); best: the one with the most points after all that is taken",
)
MOST_ATTEMPTS = Key(
    name="at_most",
    type=whole(1, 10000),
    zh="最多算几次，再交的不算；不写则不限",
    en="how many attempts count, later ones do not; all if left out",
)
COOL_DOWN = Key(
    name="cool_down",
    type=MINUTES,
    zh="两次之间至少隔多久，来得更早的不算，也不占次数",
    en="how long has to be between two; one that comes sooner does not count and costs no attempt",
)
ATTEMPTS_TABLE = table(COUNT, MOST_ATTEMPTS, COOL_DOWN)


def _attempts(node: Node, log: Log) -> AttemptRule | None:
    entries = ATTEMPTS_TABLE.read(node, log)
    if entries is None:
        return None
    return AttemptRule(
        count=entries.get(COUNT, "last"), at_most=entries.get(MOST_ATTEMPTS), cool_down=entries.get(COOL_DOWN, 0)
    )


DEADLINE = Key(
    name="deadline",
    type=MOMENT,
    zh="截止时间：日期、时间和时区名，或 +08:00 这样的时差；这一分钟之内都不算迟",
    en="the minute in which work is still in time: a date, a time and the zone's name, or an offset like +08:00",
)
GRACE = Key(
    name="grace",
    type=MINUTES,
    zh="迟这么久之内不算迟；超过了就从截止时间算起",
    en="how late costs nothing; what is later is late from the deadline on",
)
LATE = Key(
    name="late",
    type=Type(read=_late, schema=LATE_TABLE.schema, name="late"),
    zh="迟交扣多少；不写则只说明迟交，不扣分",
    en="what lateness takes; if left out it is told and takes nothing",
)
LATE_DAYS = Key(
    name="late_days",
    type=Type(read=_late_days, schema=LATE_DAYS_TABLE.schema, name="late_days"),
    zh="宽限天数：每一天把这个学生的截止时间推后 24 小时",
    en="late days: each moves that student's deadline by 24 hours",
)
ATTEMPTS = Key(
    name="attempts",
    type=Type(read=_attempts, schema=ATTEMPTS_TABLE.schema, name="attempts"),
    zh="几次提交里哪一次算数；读不了的和没能评分的不占次数",
    en="which of several attempts counts; what cannot be read or graded costs none",
)
CAP = Key(
    name="cap",
    type=CAP_SHARE,
    zh="必做和选做合计最多算到必做满分的多少，超出的从选做得分里去掉",
    en="up to which share of the required points they count together with bonus points; the rest of the bonus drops",
)
KEYS: tuple[Key[Any], ...] = (DEADLINE, GRACE, LATE, LATE_DAYS, ATTEMPTS, CAP)
POLICIES = table(*KEYS)


def _policies(node: Node, log: Log) -> Policies | None:
    entries = POLICIES.read(node, log)
    if entries is None:
        return None
    if isinstance(node, nodes.Mapping) and not node.pairs:
        log.expected(say("what the course asks, like `deadline`"), node)
    for key in (GRACE, LATE, LATE_DAYS):
        if entries.has(key) and not entries.has(DEADLINE):
            log.add(
                entries.place(key),
                say("`{key}` needs a `deadline`.", key=key.name),
                say("Write it above, like `deadline: 2026-10-10 23:59 Asia/Shanghai`."),
            )
    if entries.has(LATE_DAYS) and not entries.has(LATE):
        log.add(
            entries.place(LATE_DAYS),
            say("`late_days` save nothing here, since lateness takes nothing."),
            say("If work gets no points once they are used up, write `late: {{take: 100%}}`."),
        )
    return Policies(
        deadline=entries.get(DEADLINE),
        grace=entries.get(GRACE, 0),
        late=entries.get(LATE),
        late_days=entries.get(LATE_DAYS),
        attempts=entries.get(ATTEMPTS, AttemptRule()),
        cap=entries.get(CAP),
        at=entries.at,
    )


POLICIES_KEY = Key(
    name="policies",
    type=Type(read=_policies, schema=POLICIES.schema, name="policies"),
    zh="对提交的要求：截止时间、迟交扣分、次数、选做得分的上限；由 grade class 执行",
    en="what the course asks of work that is handed in: deadline, lateness, attempts, a cap; grade class applies it",
)
