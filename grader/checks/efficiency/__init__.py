"""Efficiency: how long the function may take beside the reference, at one size of input or at several."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar

from grader.checks.kind import Keeping, Kind
from grader.language import Bilingual, Message, say
from grader.model import Case, Check, Mismatch, Outcome, Part, Problem, Returned, Verdict

if TYPE_CHECKING:
    from grader.cases.recipe import Subject
    from grader.cases.scrutiny import Vocabulary
    from grader.checks.timing import Bench, Timing, Turn
    from grader.errors import Fault, Span
    from grader.reading.nodes import Log
    from grader.reading.tables import Entries, Key

FEWEST_SIZES = 3
"""Sizes that a slope is taken from."""


class Efficiency(Kind, frozen=True, kw_only=True):
    """How long the function may take; it is timed by turns with the reference.

    `at_most` is how many times as long as the reference it may take. `growth` is the largest exponent of the time's
    growth (the slope of log time over log size) with the drawn name `over`, which is drawn as each of `sizes`. `None`
    stands for no limit.
    """

    at_most: float | None = None
    growth: float | None = None
    over: str = ""
    sizes: tuple[int, ...] = ()

    kind: ClassVar[str] = "efficiency"
    title: ClassVar[Bilingual] = Bilingual("效率", "efficiency")
    about: ClassVar[Bilingual] = Bilingual("与参考实现比较快慢：检查名", "how long it may take: the check's name")
    cases: ClassVar[int] = 5
    timed: ClassVar[bool] = True
    telling: ClassVar[bool] = False
    decisive: ClassVar[bool] = False
    keeping: ClassVar[Keeping] = "beside"

    @classmethod
    def own_keys(cls) -> tuple[Key[Any], ...]:
        """Return `at_most`, `growth`, `over` and `sizes`."""
        from grader.reading.scalars import IDENTIFIER, number, whole
        from grader.reading.tables import Key, list_of

        return (
            Key(
                name="at_most",
                type=number(1, 1e6, above=True),
                zh="最多用参考实现的多少倍时间，如 20；两者轮流运行，取各次比值的中位数；"
                "写了 sizes 时，每个规模都要满足",
                en="how many times as long as the reference it may take, at each size, like 20: "
                "the median over runs by turns",
            ),
            Key(
                name="growth",
                type=number(0, 10, above=True),
                zh="时间随规模增长的最大指数：1 是线性，2 是平方；取对数坐标下的斜率，如 1.3；应与 at_most 一起写",
                en="the largest exponent of the time's growth with size, 1 for linear, 2 for quadratic: "
                "a log-log slope, like 1.3; `at_most` belongs beside it",
            ),
            Key(
                name="over",
                type=IDENTIFIER,
                zh="抽取时决定规模的名字",
                en="the drawn name that sets the size",
            ),
            Key(
                name="sizes",
                type=list_of(whole(1, 10**9), say("a list of sizes, like `[200, 400, 800]`")),
                zh="它依次取的值，至少三个，由小到大",
                en="what it is drawn as, one after another: at least three, the smallest first",
            ),
        )

    def disagreeing(self, entries: Entries, at: Span, returns: tuple[Part, ...], log: Log) -> None:
        """Record a check without a limit, `growth` without `sizes`, and sizes that no slope can be taken from."""
        at_most, growth, over, sizes = self.own_keys()
        if self.at_most is None and self.growth is None:
            keys = ", ".join(f"`{key.name}`" for key in (at_most, growth))
            log.add(at, say("No limit is set here."), say("Possible here: {keys}.", keys=keys))
        for key in (over, sizes):
            if self.growth is not None and not entries.has(key):
                log.add(entries.place(growth), say("`growth` needs `{key}`.", key=key.name))
            elif self.growth is None and entries.has(key):
                log.add(entries.place(key), say("`{key}` says nothing without `growth`.", key=key.name))
        if self.sizes and (len(self.sizes) < FEWEST_SIZES or list(self.sizes) != sorted(set(self.sizes))):
            log.add(entries.place(sizes), say("`sizes` are at least {least}, the smallest first.", least=FEWEST_SIZES))

    def examine(self, problem: Problem, check: Check, scope: Vocabulary) -> Iterator[Fault]:
        """Yield a fault where no line of the draw draws `over` by itself."""
        from grader.cases.expression import fault, quoted, resembling

        alone = [line.names[0] for line in check.draw.lines if len(line.names) == 1]
        if self.over and self.over not in alone:
            message = say("`over` is `{name}`, which is not drawn.", name=quoted(self.over))
            yield fault(check.at, message, resembling(self.over, alone))

    def draw(self, subject: Subject) -> list[Case]:
        """Return the cases: each has one call for every size (one, where growth is not asked for), the largest last.

        Its names are those of the last call. The reference makes the same calls.
        """
        count = subject.check.cases
        recipes = [subject.recipe.at(self.over, size) for size in self.sizes] or [subject.recipe]
        cases = []
        for inputs in zip(*(recipe.draw(count) for recipe in recipes), strict=True):
            calls = tuple(subject.call(each.names) for each in inputs)
            cases.append(subject.case(inputs[-1], calls=calls, truth=calls))
        return cases

    def judge(
        self, check: Check, returns: tuple[Part, ...], case: Case, got: Sequence[Outcome], want: Sequence[Outcome]
    ) -> Verdict:
        """Return the worst verdict of the calls, each compared with the reference's value, whatever time it took."""
        from grader.checks.compared import compared
        from grader.comparison.outputs import check_error, misnamed, reference_values, score, verdict

        worst = Verdict(share=Fraction(1))
        for call, (outcome, truth) in enumerate(zip(got, reference_values(check, case.function, want), strict=True)):
            wrong = misnamed(returns, truth)
            if wrong is not None:
                raise check_error(check, wrong)
            if not isinstance(outcome, Returned):
                return Verdict(share=Fraction(0), call=call)
            both = compared(check, returns, case, outcome.value, truth)
            one = verdict(score(both.got, both.want, both.returns, check.compare), call=call)
            worst = min(worst, one, key=lambda each: each.share)
        return worst

    def timing(self, problem: Problem, check: Check, cases: Sequence[Case], bench: Bench) -> Timing:
        """Return the cases timed once: right or wrong, and the times of the right ones."""
        from grader.checks.efficiency.limits import Measurement

        return Measurement(self, problem, check, cases, bench)

    def misfits(self, problem: Problem, turns: Sequence[Turn]) -> Iterator[Message]:
        """Yield why a limit does not fit the reference: too quick to be timed, or too near to the limit."""
        from grader.checks.efficiency.limits import misfits

        return misfits(self, problem, turns)

    def unnoticed(self, turns: Sequence[Turn]) -> Iterator[Message]:
        """Yield what the limits cannot notice."""
        if self.growth is not None and self.at_most is None:
            yield say("`growth` alone misses code that is slowed down on small inputs on purpose; add `at_most`.")
        if self.growth is not None and all(turn.first for turn in turns):
            yield say(
                "The first call in a new process says nothing about the smallest size. Draw several cases, each with "
                "other numbers."
            )

    def sentence(self, mismatch: Mismatch, *, public: bool) -> Message | None:
        """Return the limit that is broken, and not what was measured: that differs from run to run."""
        if mismatch.category != "slow":
            return None
        most = f"{float(mismatch.want):g}" if isinstance(mismatch.want, int | float) else ""
        if mismatch.property == "growth":
            return say("The time grows faster than the size to the power {most}: is there a loop in a loop?", most=most)
        if mismatch.property == "fixed":
            return say(
                "Small inputs take more than {most} times as long as with the reference, and large ones hardly longer: "
                "what takes so long whatever the size?",
                most=most,
            )
        return say("It takes more than {most} times as long as the reference.", most=most)

    def asked(self, case: Case) -> list[Message | str]:
        """Return the limits."""
        limits: list[Message | str] = []
        if self.at_most is not None:
            limits.append(say("at most {most:g} times the reference's time", most=self.at_most))
        if self.growth is not None:
            limits.append(say("time grows at most with the power {power:g}", power=self.growth))
        return limits

    def written(self) -> Mapping[str, str]:
        """Raise TypeError: no kit has a check that needs the reference to run beside."""
        raise TypeError("a check of efficiency has no place in a kit")
