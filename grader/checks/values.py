"""Values: seeded cases compared with the reference, each named output for its share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar

from msgspec.structs import replace

from grader.checks.kind import Keeping, Kind
from grader.language import Bilingual, say
from grader.model import Call, Case, Check, Expression, Outcome, Part, Problem, Returned, Value, Verdict

if TYPE_CHECKING:
    from typing import Self

    from grader.cases.recipe import Inputs, Subject
    from grader.cases.scrutiny import Vocabulary
    from grader.errors import Fault, Span
    from grader.reading.nodes import Log
    from grader.reading.tables import Entries, Key


class Values(Kind, frozen=True, kw_only=True):
    """Seeded cases compared with the reference.

    A function that is returned is called `at` these places, and what it gives there is compared.
    """

    at: Expression | None = None

    kind: ClassVar[str] = "values"
    title: ClassVar[Bilingual] = Bilingual("数值", "values")
    about: ClassVar[Bilingual] = Bilingual(
        "与参考实现比较的隐藏用例：检查名", "hidden cases against the reference: the check's name"
    )
    cases: ClassVar[int] = 5
    compares: ClassVar[bool] = True
    weight: ClassVar[int] = 2
    keeping: ClassVar[Keeping] = "sealed"

    @classmethod
    def own_keys(cls) -> tuple[Key[Any], ...]:
        """Return `at`, `holds` and `checker`."""
        from grader.checks.checkers import checker_key
        from grader.checks.conditions import conditions_key

        return at_key(), conditions_key(), checker_key()

    @classmethod
    def read(cls, entries: Entries) -> Self:
        """Return the check, judged by its conditions if it has any."""
        from grader.checks.checkers import checked
        from grader.checks.conditions import held

        at = entries.get(at_key())
        return checked(entries, at=at) or held(cls, entries, at=at)  # type: ignore[return-value]

    def disagreeing(self, entries: Entries, at: Span, returns: tuple[Part, ...], log: Log) -> None:
        """Record a check that is judged in two ways."""
        from grader.checks.checkers import checker_key
        from grader.checks.conditions import conditions_key

        if entries.has(checker_key()) and entries.has(conditions_key()):
            log.add(entries.place(checker_key()), say("A check is judged by `holds` or by a `checker`, not by both."))

    def call(self, subject: Subject, inputs: Inputs) -> Call:
        """Return the call, with the places where what it returns is called."""
        plain = subject.call(inputs.names)
        if self.at is None:
            return plain
        places = [list(each) if isinstance(each, tuple) else [each] for each in subject.items(self.at, inputs)]
        return replace(plain, act="points", given={**plain.given, "at": places})

    def judge(
        self, check: Check, returns: tuple[Part, ...], case: Case, got: Sequence[Outcome], want: Sequence[Outcome]
    ) -> Verdict:
        """Return the verdict: each output that `returns` names earns its share."""
        from grader.comparison.outputs import check_error, misnamed, output_shares, reference_values, score, verdict

        (truth,) = reference_values(check, case.truth[0].function if case.truth else case.function, want)
        wrong = misnamed(returns, truth)
        if wrong is not None:
            raise check_error(check, wrong)
        if not isinstance(got[0], Returned):
            return Verdict(share=Fraction(0), by_part=tuple((name, Fraction(0)) for name, _ in output_shares(returns)))
        rule = check.compare
        if rule.of is None and not rule.outputs:
            return verdict(score(got[0].value, truth, returns, rule), named=bool(returns))
        from grader.checks.compared import compared

        both = compared(check, returns, case, got[0].value, truth)
        return verdict(score(both.got, both.want, both.returns, rule), named=bool(both.returns))

    def examine(self, problem: Problem, check: Check, scope: Vocabulary) -> Iterator[Fault]:
        """Yield what is wrong with the expressions that are compared, and where a returned function is called."""
        from grader.cases.scrutiny import output_names, scrutinize

        if self.at is not None:
            yield from scrutinize(self.at, replace(scope, random=True))
        rule = check.compare
        written = [each.of for each in (rule, *(own for _, own in rule.outputs)) if each.of is not None]
        if written:
            inside = replace(scope, known=scope.known | output_names(problem.returns), reference=False)
            for expression in written:
                yield from scrutinize(expression, inside)

    def unfit(self, check: Check, returns: tuple[Part, ...], case: Case, want: Value) -> Iterator[Fault]:
        """Yield why the reference's value cannot be compared as the check says."""
        if check.compare.free:
            from grader.checks.compared import faults

            yield from faults(check, returns, case, want)


def at_key() -> Key[Expression]:
    """Return the key `at`."""
    from grader.reading.draws import EXPRESSION
    from grader.reading.tables import Key

    return Key(
        name="at",
        type=EXPRESSION,
        zh="函数返回的是函数时，在这些地方调用它并比较结果，如 linspace(-1, 1, 5)；多个参数写成元组的列表",
        en="where a function that is returned is called, for its values to be compared, like linspace(-1, 1, 5); "
        "several arguments are a list of tuples",
    )
