"""Checks that ask for an exception."""

from __future__ import annotations

from fractions import Fraction

from grader.comparison.blame import did, fault
from grader.language import say
from grader.model import Case, Check, Mismatch, Outcome, Raised, Returned, Verdict

_ACCIDENTS = ("NotImplementedError", "RecursionError", "UnboundLocalError", "ModuleNotFoundError")
"""Builtin exceptions that happen to a stub or a slip; each counts only under its own name, never as its parent."""


def judge(check: Check, raises: tuple[str, ...], case: Case, got: Outcome, want: Outcome) -> Verdict:
    """Return full marks if the call raised one of `raises` or a subclass of one.

    A call that was stopped earns nothing and has no mismatch. Raises RubricError if the reference does not raise so.
    """
    if not (isinstance(want, Raised) and answers(want, raises)):
        raise fault(
            check,
            say(
                "The reference's {function} does not raise {names} here: {what}",
                function=case.function, names=" | ".join(raises), what=did(want),
            ),
        )  # fmt: skip
    match got:
        case Raised() if answers(got, raises):
            return Verdict(share=Fraction(1))
        case Raised() | Returned():
            name = got.type if isinstance(got, Raised) else ""
            wrong = Mismatch(category="raised", got=name, want=" | ".join(raises))
            return Verdict(share=Fraction(0), mismatches=(wrong,))
        case _:
            return Verdict(share=Fraction(0))


def answers(raised: Raised, raises: tuple[str, ...]) -> bool:
    """Return whether an exception is one of those asked for, by its own name or a parent's."""
    if raised.type in raises:
        return True
    return raised.type not in _ACCIDENTS and any(parent in raises for parent in raised.parents)
