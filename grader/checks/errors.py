"""Errors: inputs for which the function must raise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar

from grader.checks.kind import Kind
from grader.language import Bilingual, Message, say
from grader.model import Case, Check, Mismatch, Outcome, Part, Raised, Returned, Stopped, Verdict

if TYPE_CHECKING:
    from grader.reading.tables import Key

_ACCIDENTS = ("NotImplementedError", "RecursionError", "UnboundLocalError", "ModuleNotFoundError")
"""Exceptions that a stub or a slip raises: each counts only under its own name, not as its parent's."""


class Errors(Kind, frozen=True, kw_only=True):
    """The function must raise one of these exceptions (by name, subclasses count)."""

    raises: tuple[str, ...]

    kind: ClassVar[str] = "errors"
    title: ClassVar[Bilingual] = Bilingual("异常", "errors")
    about: ClassVar[Bilingual] = Bilingual(
        "应当报错的输入：检查名", "inputs that must raise an error: the check's name"
    )
    wants_raised: ClassVar[bool] = True
    weight: ClassVar[int] = 1

    @classmethod
    def own_keys(cls) -> tuple[Key[Any], ...]:
        """Return `raises`."""
        from grader.reading.scalars import IDENTIFIER
        from grader.reading.tables import Key, list_of

        raises = Key(
            name="raises",
            type=list_of(IDENTIFIER, say("the name of an exception, or a list of names"), single=True),
            zh="应当抛出的异常名，子类也算",
            en="the exceptions that may be raised, by name; subclasses count",
            required=True,
        )
        return (raises,)

    def judge(
        self, check: Check, returns: tuple[Part, ...], case: Case, got: Sequence[Outcome], want: Sequence[Outcome]
    ) -> Verdict:
        """Return full marks if the call raised one of `raises` or a subclass of one.

        A call that was stopped earns nothing and has no mismatch. Raises RubricError if the reference raises none.
        """
        from grader.comparison.outputs import check_error, outcome_in_words

        names = " | ".join(self.raises)
        if not (isinstance(want[0], Raised) and is_asked_for(want[0], self.raises)):
            what = outcome_in_words(want[0])
            raise check_error(
                check,
                say("The reference's {function} does not raise {names} here: {what}",
                    function=case.function, names=names, what=what),
            )  # fmt: skip
        match got[0]:
            case Raised() as raised if is_asked_for(raised, self.raises):
                return Verdict(share=Fraction(1))
            case Raised() | Returned() | Stopped(reason="kind") as other:
                name = other.type if isinstance(other, Raised) else ""
                wrong = Mismatch(category="raised", got=name, want=names)
                return Verdict(share=Fraction(0), mismatches=(wrong,))
            case _:
                return Verdict(share=Fraction(0))

    def asked(self, case: Case) -> list[Message | str]:
        """Return the exceptions."""
        return list(self.raises)

    def written(self) -> Mapping[str, str]:
        """Return the exceptions."""
        from grader.reading.writing import flow_list

        return {"raises": flow_list(self.raises)}


def is_asked_for(raised: Raised, raises: tuple[str, ...]) -> bool:
    """Return whether an exception is one of `raises`, by its own name or a parent's."""
    if raised.type in raises:
        return True
    return raised.type not in _ACCIDENTS and any(parent in raises for parent in raised.parents)
