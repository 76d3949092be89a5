"""Values: seeded cases compared with the reference, each named output for its share."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import ClassVar

from grader.checks.kind import Keeping, Kind
from grader.language import Bilingual
from grader.model import Case, Check, Outcome, Part, Returned, Verdict


class Values(Kind, frozen=True, kw_only=True):
    """Seeded cases compared with the reference."""

    kind: ClassVar[str] = "values"
    title: ClassVar[Bilingual] = Bilingual("数值", "values")
    about: ClassVar[Bilingual] = Bilingual(
        "与参考实现比较的隐藏用例：检查名", "hidden cases against the reference: the check's name"
    )
    cases: ClassVar[int] = 5
    compares: ClassVar[bool] = True
    weight: ClassVar[int] = 2
    keeping: ClassVar[Keeping] = "sealed"

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
