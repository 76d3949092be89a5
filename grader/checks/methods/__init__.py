"""Methods: a constructor and a drawn sequence of calls, judged step by step beside the reference's object."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeAlias

from msgspec import Struct

from grader.checks.kind import Kind
from grader.language import Bilingual, Message, say
from grader.model import (
    Case,
    Check,
    DrawLine,
    Expression,
    Mismatch,
    Outcome,
    Part,
    Problem,
    Subject,
    Trial,
    Value,
    Verdict,
    Visibility,
)

if TYPE_CHECKING:
    from grader.cases.recipe import Subject as Tried
    from grader.cases.scrutiny import Vocabulary
    from grader.errors import Fault, Span
    from grader.reading.nodes import Log
    from grader.reading.tables import Entries, Key

MOST_STEPS = 200


Another: TypeAlias = Literal["new", "alike", "either"]
"""Another object of the class: one that was just made, one in the same state, or one of both in turn."""


class CalledMethod(Struct, frozen=True, kw_only=True):
    """A method that may be called: how its arguments are drawn, how often it comes up, and when it may be called.

    With `another` its last argument is another object of the class.
    """

    name: str
    draw: tuple[DrawLine, ...] = ()
    weight: int = 1
    when: Expression | None = None
    another: Another | None = None


class Methods(Kind, frozen=True, kw_only=True):
    """Methods called one after another on an object; each step has to give what it gives on the reference's object.

    `steps` is the least and the greatest number of calls. After each step the methods `observe` are called, too, so
    that what a method leaves behind is seen at once. The outputs of the problem's `returns` are the methods.
    """

    calls: tuple[CalledMethod, ...]
    steps: tuple[int, int] = (4, 12)
    observe: tuple[str, ...] = ()

    kind: ClassVar[str] = "methods"
    subject: ClassVar[Subject] = "class"
    title: ClassVar[Bilingual] = Bilingual("方法", "methods")
    about: ClassVar[Bilingual] = Bilingual(
        "对一个对象依次调用各个方法，每一步与参考实现比较：检查名",
        "methods called one after another on an object, each step against the reference: the check's name",
    )
    cases: ClassVar[int] = 10
    visibility: ClassVar[Visibility] = "public"
    weight: ClassVar[int] = 2
    compares: ClassVar[bool] = False

    @classmethod
    def own_keys(cls) -> tuple[Key[Any], ...]:
        """Return `calls`, `steps` and `observe`."""
        from grader.checks.methods.keys import CALLS, OBSERVE, STEPS

        return (CALLS, STEPS, OBSERVE)

    def disagreeing(self, entries: Entries, at: Span, returns: tuple[Part, ...], log: Log) -> None:
        """Record outputs that are no methods that are called, and the other way round."""
        from grader.checks.methods.keys import disagreeing

        disagreeing(self, at, returns, log)

    def examine(self, problem: Problem, check: Check, scope: Vocabulary) -> Iterator[Fault]:
        """Yield what is wrong with the draws and conditions of the methods."""
        from grader.checks.methods.sequences import examine

        return examine(self, problem, scope)

    def draw(self, subject: Tried) -> list[Case]:
        """Return cases of one call each, which makes an object and calls its methods. Raises RubricError."""
        from grader.checks.methods.sequences import sequences

        return sequences(self, subject)

    def judge(
        self, check: Check, returns: tuple[Part, ...], case: Case, got: Sequence[Outcome], want: Sequence[Outcome]
    ) -> Verdict:
        """Return the verdict of one sequence: the methods that are right in some step, and which is to blame.

        Raises RubricError where the reference's object cannot be made.
        """
        from grader.checks.methods.judging import judged

        return judged(self, check, returns, case, got, want)

    def passed(self, check: Check, returns: tuple[Part, ...], trials: Sequence[Trial]) -> Fraction:
        """Return what the methods earn that are to blame in no case, and were seen to work in some.

        A method that is wrong costs its own share only: what follows in a sequence is not held against another one.
        """
        from grader.checks.methods.judging import passed

        return passed(self, check.compare, shares(returns, self.calls), trials)

    def culprit(self, check: Check, trials: Sequence[Trial]) -> str:
        """Return the method that is to blame in the first sequence that fails."""
        from grader.checks.methods.judging import to_blame

        return next((name for _, name in to_blame(self, check.compare, trials) if name), "")

    def steps_in(self, case: Case) -> int:
        """Return how many calls the case makes."""
        return len(steps_of(case))

    def shorter(self, case: Case, kept: Sequence[int]) -> Case:
        """Return the case with these of its calls alone."""
        from msgspec.structs import replace

        call = case.calls[0]
        fewer = replace(call, given={**call.given, "steps": [steps_of(case)[place] for place in kept]})
        return replace(case, calls=(fewer,), truth=(fewer,))

    def fair(self, case: Case, shorter: Case, want: Outcome, came: Outcome) -> bool:
        """Return whether in the shorter case the reference raises only where it does in the whole one."""
        from grader.checks.methods.judging import is_fair

        return is_fair(case, shorter, want, came)

    def told(self, check: Check, trial: Trial) -> tuple[tuple[str, str, str], ...]:
        """Return the calls up to the first wrong one, each with what is expected and what came of it."""
        from grader.checks.methods.judging import told

        return told(self, check, trial)

    def sentence(self, mismatch: Mismatch, *, public: bool) -> Message | None:
        """Return that an exception was raised that should not be; of a hidden case its line is told instead."""
        if public and mismatch.category == "raised" and mismatch.got and not mismatch.want:
            return say("{method}: {got} was raised, but a value is expected.",
                       method=mismatch.output, got=str(mismatch.got))  # fmt: skip
        return None

    def written(self) -> Mapping[str, str]:
        """Return the methods, and those that only look."""
        from grader.reading.writing import flow_list, flow_mapping

        own = {"calls": flow_mapping((each.name, "{}") for each in self.calls)}
        return own | ({"observe": flow_list(self.observe)} if self.observe else {})

    def asked(self, case: Case) -> list[Message | str]:
        """Return the names of the methods that are called."""
        return [str(step[0]) for step in steps_of(case)]


def steps_of(case: Case) -> list[list[Value]]:
    """Return the calls that a case makes on its object: the method's name, a list of arguments, and which other object.

    The last is missing where the method takes none.
    """
    return case.calls[0].given["steps"]  # type: ignore[return-value]


def shares(returns: tuple[Part, ...], called: Sequence[CalledMethod]) -> Mapping[str, Fraction]:
    """Return what each method earns of a case: what `returns` says, else all the same."""
    if returns:
        return {part.name: part.share for part in returns}
    return {each.name: Fraction(1, len(called)) for each in called}


def outcome_of(value: Value, key: str) -> Value:
    """Return a part of what a play gave; `None` where there is none."""
    return value.get(key) if isinstance(value, dict) else None
