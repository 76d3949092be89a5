"""Values: seeded cases compared with the reference, each named output for its share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar

from grader.checks.kind import Keeping, Kind
from grader.language import Bilingual
from grader.model import Call, Case, Check, Expression, Outcome, Part, Problem, Returned, Verdict

if TYPE_CHECKING:
    from grader.cases.recipe import Inputs, Subject
    from grader.cases.scrutiny import Vocabulary
    from grader.errors import Fault
    from grader.reading.tables import Key


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
        """Return `at`."""
        from grader.reading.draws import EXPRESSION
        from grader.reading.tables import Key

        at = Key(
            name="at",
            type=EXPRESSION,
            zh="函数返回的是函数时，在这些地方调用它并比较结果，如 linspace(-1, 1, 5)；多个参数写成元组的列表",
            en="where a function that is returned is called, for its values to be compared, like linspace(-1, 1, 5); "
            "several arguments are a list of tuples",
        )
        return (at,)

    def examine(self, problem: Problem, check: Check, scope: Vocabulary) -> Iterator[Fault]:
        """Yield what is wrong with the places where a returned function is called."""
        from msgspec.structs import replace

        from grader.cases.scrutiny import scrutinize

        if self.at is not None:
            yield from scrutinize(self.at, replace(scope, random=True))

    def call(self, subject: Subject, inputs: Inputs) -> Call:
        """Return the call, with the places where what it returns is called."""
        from msgspec.structs import replace

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
        return verdict(score(got[0].value, truth, returns, check.compare), named=bool(returns))
