"""Conditions in place of one right answer: `holds` of a check of values, judged by what the function returned.

Whatever meets them is right, also what the reference would not return. They are computed in the grader's process, with
no more effort than they take for the reference's value, but for a little.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar

from msgspec import Struct

from grader.checks.example import Example
from grader.checks.kind import Keeping
from grader.checks.values import Values
from grader.language import Bilingual, Message, inert, say
from grader.model import Case, Check, Expression, Mismatch, Outcome, Part, Problem, Returned, Value, Verdict

if TYPE_CHECKING:
    from grader.cases.conditions import Sameness, Unmet
    from grader.cases.scrutiny import Vocabulary
    from grader.errors import Fault
    from grader.model import Comparison
    from grader.reading.nodes import Log, Node
    from grader.reading.scalars import Type
    from grader.reading.tables import Entries, Key

SHOWN = 60
"""Characters of a side of a comparison."""


class HeldCondition(Struct, frozen=True, kw_only=True):
    """What must hold, by its name, for which share of a case; `says` is the author's sentence where it does not."""

    name: str
    that: Expression
    share: Fraction
    says: Bilingual | None = None


class _Held(Values, frozen=True, kw_only=True):
    """Values that are judged by conditions."""

    holds: tuple[HeldCondition, ...] = ()

    compares: ClassVar[bool] = False
    loose: ClassVar[bool] = True
    keeping: ClassVar[Keeping] = "conditions"


class HeldValues(_Held, frozen=True, kw_only=True):
    """Seeded cases whose values must meet conditions."""

    def judge(
        self, check: Check, returns: tuple[Part, ...], case: Case, got: Sequence[Outcome], want: Sequence[Outcome]
    ) -> Verdict:
        """Return the verdict: each condition earns its share."""
        return _judged(self.holds, check, returns, case, got, want)

    def examine(self, problem: Problem, check: Check, scope: Vocabulary) -> Iterator[Fault]:
        """Yield what is wrong with the conditions."""
        return _examined(self.holds, problem, scope)

    def unfit(self, check: Check, returns: tuple[Part, ...], case: Case, want: Value) -> Iterator[Fault]:
        """Yield which conditions the reference does not meet."""
        return _unmet(self.holds, check, returns, case, want)

    def sentence(self, mismatch: Mismatch, *, public: bool) -> Message | None:
        """Return which condition does not hold; of a hidden case only its name and the author's own sentence."""
        return _sentence(self.holds, mismatch, public=public)

    def asked(self, case: Case) -> list[Message | str]:
        """Return the conditions."""
        return [f"{each.name}: {inert(each.that.text, 200)}" for each in self.holds]

    def reads(self) -> frozenset[str]:
        """Return the names that the conditions speak of."""
        return _reads(self.holds)

    def written(self) -> Mapping[str, str]:
        """Return the conditions."""
        return _written(self.holds)


class HeldExample(Example, frozen=True, kw_only=True):
    """Public cases whose values must meet conditions, shown with their lines."""

    holds: tuple[HeldCondition, ...] = ()

    compares: ClassVar[bool] = False
    loose: ClassVar[bool] = True
    keeping: ClassVar[Keeping] = "conditions"

    judge = HeldValues.judge
    unfit = HeldValues.unfit
    sentence = HeldValues.sentence
    asked = HeldValues.asked

    def examine(self, problem: Problem, check: Check, scope: Vocabulary) -> Iterator[Fault]:
        """Yield what is wrong with the conditions and with the lines to show."""
        yield from _examined(self.holds, problem, scope)
        yield from super().examine(problem, check, scope)

    def reads(self) -> frozenset[str]:
        """Return the names that the conditions and the lines speak of."""
        return _reads(self.holds) | super().reads()

    def written(self) -> Mapping[str, str]:
        """Return the conditions and the lines."""
        return {**super().written(), **_written(self.holds)}


def conditions_key() -> Key[tuple[HeldCondition, ...]]:
    """Return the key `holds`."""
    from grader.reading.draws import EXPRESSION
    from grader.reading.scalars import SHARE, Type
    from grader.reading.tables import BILINGUAL, Key, table

    that = Key(
        name="that", type=EXPRESSION, required=True,
        zh="要成立的条件，如 A @ v == w * v", en="what must hold, like A @ v == w * v",
    )  # fmt: skip
    share = Key(name="share", type=SHARE, zh="占每个用例的份额，如 40%", en="its share of each case, like 40%")
    says = Key(
        name="say", type=BILINGUAL, zh="不成立时对学生说的话", en="what a student is told where it does not hold"
    )
    long = table(that, share, says, name="condition")
    return Key(
        name="holds",
        type=Type(
            read=lambda node, log: _conditions(node, log, long, (that, share, says)),
            schema={
                "type": "object",
                "additionalProperties": {"anyOf": [EXPRESSION, long]},
                "minProperties": 1,
            },
        ),
        zh="不与参考结果比较，而是看这些条件是否成立，名称: 条件；可以用抽到的名字、输出的名字、result 和 "
        "expected（参考结果）；== 指在容差之内相等",
        en="conditions that are judged in place of the reference's value, name: condition, over the drawn names, the "
        "outputs' names, result and expected (the reference's result); == means equal within the tolerance",
    )


def held(kind: type[Values], entries: Entries, **own: Any) -> Values:
    """Return what a check asks for: conditions, if it has any."""
    found = entries.get(conditions_key())
    if not found:
        return kind(**own)
    return HeldExample(holds=found, **own) if issubclass(kind, Example) else HeldValues(holds=found, **own)


def _conditions(
    node: Node, log: Log, long: Type[Entries], keys: tuple[Key[Any], ...]
) -> tuple[HeldCondition, ...] | None:
    from grader.reading.draws import EXPRESSION
    from grader.reading.nodes import Mapping as MappingNode
    from grader.reading.tables import LONGEST_NAME, unique

    if not isinstance(node, MappingNode) or not node.pairs:
        log.expected(say("a mapping from names to conditions"), node)
        return None
    read: list[tuple[str, Expression, Fraction | None, Bilingual | None]] = []
    for key, value in unique(node, log):
        if len(key.text) > LONGEST_NAME or inert(key.text, LONGEST_NAME) != key.text:
            log.add(key.at, say("A check's name is one line of at most {most} characters.", most=LONGEST_NAME))
        elif not isinstance(value, MappingNode):
            expression = EXPRESSION.read(value, log)
            read += [(key.text, expression, None, None)] if expression is not None else []
        elif (entries := long.read(value, log)) is not None and (that := entries.get(keys[0])) is not None:
            read.append((key.text, that, entries.get(keys[1]), entries.get(keys[2])))
    if len(read) < len(node.pairs):
        return None
    return _shared(read, node, log)


def _shared(
    read: Sequence[tuple[str, Expression, Fraction | None, Bilingual | None]], node: Node, log: Log
) -> tuple[HeldCondition, ...] | None:
    """Return the conditions with their shares: those without one split what is left evenly."""
    written = sum((share for _, _, share, _ in read if share is not None), Fraction(0))
    left = [name for name, _, share, _ in read if share is None]
    if written > 1 or (left and written == 1) or (not left and written < 1):
        log.add(node.at, say("The shares of these conditions do not add up to 100%, or leave nothing for one of them."))
        return None
    rest = (1 - written) / len(left) if left else Fraction(0)
    return tuple(
        HeldCondition(name=name, that=that, share=rest if share is None else share, says=says)
        for name, that, share, says in read
    )


def _judged(
    holds: Sequence[HeldCondition],
    check: Check,
    returns: tuple[Part, ...],
    case: Case,
    got: Sequence[Outcome],
    want: Sequence[Outcome],
) -> Verdict:
    from grader.checks.compared import LEAST, SLACK
    from grader.comparison.outputs import reference_values

    (truth,) = reference_values(check, case.truth[0].function if case.truth else case.function, want)
    if not isinstance(got[0], Returned):
        return Verdict(share=Fraction(0))
    share, mismatches = Fraction(0), []
    for one in holds:
        _, spent = _asked(one, check.compare, _scope(returns, case, truth, truth), float("inf"))
        scope = _scope(returns, case, got[0].value, truth)
        why, _ = _asked(one, check.compare, scope, SLACK * spent + LEAST)
        if why is None:
            share += one.share
        else:
            mismatches.append(_mismatch(one, why))
    return Verdict(share=share, mismatches=tuple(mismatches))


def _scope(returns: tuple[Part, ...], case: Case, value: Value, truth: Value) -> dict[str, Value]:
    from grader.checks.compared import scope

    return {**scope(returns, case, value), "expected": truth}


def _asked(
    one: HeldCondition, rule: Comparison, names: Mapping[str, Value], most: float
) -> tuple[Unmet | Message | None, int]:
    """Return why a condition does not hold (a message: it has no value), and the effort that it took to find out."""
    from grader.cases.conditions import Conditions
    from grader.cases.effort import Meter, metered
    from grader.cases.evaluation import quiet
    from grader.cases.expression import Failure

    meter = Meter(most)
    with quiet(), metered(meter):
        try:
            return Conditions(names, _sameness(rule)).broken(one.that.text), meter.spent
        except Failure as failure:
            return failure.message, meter.spent
        except (ArithmeticError, LookupError, TypeError, ValueError, MemoryError, RecursionError) as error:
            reason = inert(str(error) or type(error).__name__, 120)
            return say("This cannot be computed: {reason}", reason=reason), meter.spent


def _sameness(rule: Comparison) -> Sameness:
    """Return what counts as equal under a rule."""
    from msgspec.structs import replace

    from grader.cases.conditions import Sameness
    from grader.comparison.values import differences

    def allowed(left: Value, right: Value) -> tuple[float, float]:
        from grader.values.numbers import largest, number

        one, other = number(left), number(right)
        if rule.atol is not None:
            return rule.atol, 0.0 if one.kind in ("bool", "int") and other.kind in ("bool", "int") else rule.rtol
        if one.kind in ("bool", "int") and other.kind in ("bool", "int"):
            return 0.0, 0.0
        return rule.rtol * max(largest(one.array), largest(other.array)), rule.rtol

    loose = replace(rule, dtype="any", nan_equal=False, of=None, outputs=())
    return Sameness(
        allowed=allowed,
        same=lambda left, right: not differences(left, right, loose),
        paired=lambda left, right: not differences(left, right, replace(loose, up_to=(), order="any")),
    )


def _mismatch(one: HeldCondition, why: Unmet | Message) -> Mismatch:
    if isinstance(why, Message):
        return Mismatch(category="condition", property=one.name, want=inert(one.that.text, 200), got=None)
    sides = [f"{inert(text, SHOWN)} = {_shown(value)}" for text, value in why.sides if text != _shown(value)]
    return Mismatch(
        category="condition",
        property=one.name,
        want=inert(why.text, 200),
        got=", ".join(sides),
        differing=why.wrong,
        total=why.total,
        worst_absolute=why.apart,
    )


def _shown(value: Value) -> str:
    from grader.comparison.order import listed

    return listed([value])


def _sentence(holds: Sequence[HeldCondition], mismatch: Mismatch, *, public: bool) -> Message | None:
    own = next((each for each in holds if each.name == mismatch.property), None)
    if mismatch.category != "condition" or own is None:
        return None
    said = _found(mismatch) if public else say("`{name}` does not hold.", name=own.name)
    return say("{first} {second}", first=said, second=own.says) if own.says is not None else said


def _found(mismatch: Mismatch) -> Message:
    name, what = mismatch.property, str(mismatch.want)
    if mismatch.got is None:
        return say(
            "`{name}` does not hold: {condition} cannot be computed of what came back.", name=name, condition=what
        )
    if mismatch.worst_absolute and mismatch.total > 1:
        return say(
            "`{name}` does not hold: {condition}, but the two sides are up to {apart} apart.",
            name=name, condition=what, apart=f"{mismatch.worst_absolute:.3g}",
        )  # fmt: skip
    if mismatch.got and mismatch.total <= 1:
        return say(
            "`{name}` does not hold: {condition}, but {sides}.", name=name, condition=what, sides=str(mismatch.got)
        )
    if mismatch.differing:
        return say("`{name}` does not hold: {condition} fails in {count} of {total} places.",
                   name=name, condition=what, count=mismatch.differing, total=mismatch.total)  # fmt: skip
    return say("`{name}` does not hold: {condition}", name=name, condition=what)


def _examined(holds: Sequence[HeldCondition], problem: Problem, scope: Vocabulary) -> Iterator[Fault]:
    from msgspec.structs import replace

    from grader.cases.scrutiny import output_names, scrutinize

    names = scope.known | output_names(problem.returns) | {"expected"}
    for one in holds:
        yield from scrutinize(one.that, replace(scope, known=names, reference=False))


def _unmet(
    holds: Sequence[HeldCondition], check: Check, returns: tuple[Part, ...], case: Case, want: Value
) -> Iterator[Fault]:
    from grader.cases.expression import fault

    for one in holds:
        why, _ = _asked(one, check.compare, _scope(returns, case, want, want), float("inf"))
        if isinstance(why, Message):
            yield fault(one.that.at, say("The condition {name} has no value for the reference: {why}",
                                         name=one.name, why=why))  # fmt: skip
        elif why is not None:
            said = _found(_mismatch(one, why))
            hint = say("This is case {number} of the check.", number=case.index + 1)
            if why.apart:
                hint = say(
                    "This is case {number} of the check. Sums round: write A @ x == b rather than A @ x - b == 0, or "
                    "give `compare` an `atol`.",
                    number=case.index + 1,
                )
            yield fault(one.that.at, say("The reference does not meet its own condition: {why}", why=said), hint)


def _reads(holds: Sequence[HeldCondition]) -> frozenset[str]:
    from grader.cases.expression import reads

    return frozenset(name for one in holds for name in reads(one.that.text))


def _written(holds: Sequence[HeldCondition]) -> Mapping[str, str]:
    from grader.reading.writing import bilingual, exact_share, flow_mapping, quoted

    def one(each: HeldCondition) -> str:
        says = [("say", bilingual(each.says))] if each.says is not None else []
        return flow_mapping([("that", quoted(each.that.text)), ("share", exact_share(each.share)), *says])

    return {"holds": flow_mapping((quoted(each.name), one(each)) for each in holds)}
