"""Checkers: an author's own Python function that says what an answer is worth.

It runs in a worker of the reference's, never in the grader's process and never beside a student's code, and what the
student's function returned is data to it. Its verdict and its sentence come back as data, too. A checker that fails, or
returns what is no verdict, is the author's fault: nobody's answer is worth nothing for it.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

from msgspec import Struct

from grader.checks.kind import Keeping
from grader.checks.values import Values
from grader.errors import EngineError, Fault, ReferenceFailure, Span
from grader.language import Message, inert, say
from grader.model import Case, Check, Expression, Mismatch, Outcome, Part, Problem, Returned, Value, Verdict
from grader.values import foreign

if TYPE_CHECKING:
    from grader.cases.scrutiny import Vocabulary
    from grader.reading.nodes import Log, Node
    from grader.reading.tables import Entries, Key

LONGEST = 400
"""Characters of a checker's sentence that are shown."""
_FINEST = 10**6


class Checker(Struct, frozen=True, kw_only=True):
    """A function of a Python file, with its parameters' names; those that have a default may be left out.

    `digest` is the SHA-256 of the file when the rubric was read.
    """

    path: str
    digest: str
    function: str
    parameters: tuple[str, ...]
    at: Span


Ask: TypeAlias = Callable[[Checker, tuple[Value, ...]], Value]
"""Runs a checker in a worker. Raises ReferenceFailure if it does not return."""
_ASKED: list[Ask] = []


@contextmanager
def asking(ask: Ask) -> Iterator[None]:
    """Let checkers be run by `ask` inside."""
    _ASKED.append(ask)
    try:
        yield
    finally:
        _ASKED.pop()


class CheckedValues(Values, frozen=True, kw_only=True):
    """Seeded cases whose values the author's own function judges."""

    checker: Checker

    compares: ClassVar[bool] = False
    loose: ClassVar[bool] = True
    keeping: ClassVar[Keeping] = "conditions"
    portable: ClassVar[bool] = False

    def made_from(self) -> tuple[tuple[str, str], ...]:
        """Return the checker's file with its digest."""
        return ((self.checker.path, self.checker.digest),)

    def judge(
        self, check: Check, returns: tuple[Part, ...], case: Case, got: Sequence[Outcome], want: Sequence[Outcome]
    ) -> Verdict:
        """Return the verdict of the checker. Raises EngineError where it gives none: then nothing is graded."""
        from grader.comparison.outputs import reference_values

        (truth,) = reference_values(check, case.truth[0].function if case.truth else case.function, want)
        if not isinstance(got[0], Returned):
            return Verdict(share=Fraction(0))
        if kind := foreign(got[0].value):
            return Verdict(share=Fraction(0), mismatches=(Mismatch(category="type", got=kind),))
        try:
            share, says = self._verdict(returns, case, got[0].value, truth)
        except ReferenceFailure as error:  # not the student's fault, and no other submission's
            place = f"{Path(self.checker.path).name}:{self.checker.function}"
            # What it raised may hold a hidden value; the author sees it where the case is tried again.
            message = say(
                "The course's checker {place} failed in case {number} of the check {check}, so this cannot be graded.",
                place=place,
                number=case.index + 1,
                check=check.name,
            )
            raise EngineError(message) from error
        wrong = Mismatch(category="condition", property=self.checker.function, got=says)
        return Verdict(share=share, mismatches=() if share == 1 else (wrong,))

    def examine(self, problem: Problem, check: Check, scope: Vocabulary) -> Iterator[Fault]:
        """Yield which parameters of the checker nothing is known for."""
        from grader.cases.scrutiny import output_names

        known = scope.known | output_names(problem.returns) | {"expected", "inputs"}
        for name in self.checker.parameters:
            if name not in known and not scope.open:
                message = say("The checker {function} takes `{name}`, which is not drawn.",
                              function=self.checker.function, name=name)  # fmt: skip
                yield Fault(at=self.checker.at, message=message, hint=_NAMES)

    def unfit(self, check: Check, returns: tuple[Part, ...], case: Case, want: Value) -> Iterator[Fault]:
        """Yield that the checker does not accept what the reference returns."""
        try:
            share, says = self._verdict(returns, case, want, want)
        except ReferenceFailure as error:
            yield Fault(at=self.checker.at, message=error.message, hint=error.hint)
            return
        if share < 1:
            message = say("The checker {function} does not accept what the reference returns: {says}",
                          function=self.checker.function, says=inert(says or "-", LONGEST))  # fmt: skip
            yield Fault(at=self.checker.at, message=message)

    def sentence(self, mismatch: Mismatch, *, public: bool) -> Message | None:
        """Return the checker's own sentence, of a hidden case only that it does not accept the answer."""
        if mismatch.category != "condition":
            return None
        if public and mismatch.got:
            return say("{says}", says=inert(str(mismatch.got), LONGEST))
        return say("The answer does not pass the check that your course has for it.")

    def asked(self, case: Case) -> list[Message | str]:
        """Return which function judges."""
        return [say("what {function} accepts", function=self.checker.function)]

    def _verdict(self, returns: tuple[Part, ...], case: Case, value: Value, truth: Value) -> tuple[Fraction, str]:
        """Return the share that a value earns, and what the checker says. Raises ReferenceFailure."""
        from grader.checks.compared import scope

        if not _ASKED:
            raise EngineError(say("The checker {function} cannot be run here.", function=self.checker.function))
        inputs: Any = dict(case.names)
        names = {**inputs, **scope(returns, case, value), "expected": truth, "inputs": inputs}
        arguments: tuple[Any, ...] = tuple(names.get(name) for name in self.checker.parameters)
        verdict = read_verdict(_ASKED[-1](self.checker, arguments))
        if verdict is None:
            message = say("The checker {function} returns no verdict.", function=self.checker.function)
            raise ReferenceFailure(message, _VERDICT)
        return verdict


_NAMES = say("It may take drawn names, the outputs' names, `result`, `expected` and `inputs`.")
_VERDICT = say('Return True or False, a share from 0 to 1, or one of these with a sentence: `(0.5, "…")`.')


def read_verdict(value: Any) -> tuple[Fraction, str] | None:
    """Return the share and the sentence of a verdict; `None` for what is none."""
    says: Any = ""
    if isinstance(value, tuple | list) and len(value) == 2:
        value, says = value
    elif isinstance(value, dict) and "share" in value and value.keys() <= {"share", "says"}:
        value, says = value["share"], value.get("says", "")
    if not isinstance(value, bool | int | float) or not isinstance(says, str | None):
        return None
    if not math.isfinite(value) or not 0 <= value <= 1:
        return None
    return Fraction(value).limit_denominator(_FINEST), says or ""


def checker_key() -> Key[Checker]:
    """Return the key `checker`."""
    from grader.reading.scalars import Type
    from grader.reading.tables import Key

    return Key(
        name="checker",
        type=Type(read=_read, schema={"type": "string", "pattern": r"^.+\.py:[A-Za-z_]\w*$"}),
        zh="自己写的判分函数，文件.py:函数；参数取抽到的名字、输出的名字、result、expected 和 inputs，"
        "返回真假、0 到 1 的份额，或者再加一句话",
        en="a function of your own that judges, file.py:function; its parameters are drawn names, the outputs' names, "
        "result, expected and inputs; it returns True or False, a share from 0 to 1, or one of these with a sentence",
    )


def _read(node: Node, log: Log) -> Checker | None:
    from grader.reading.nodes import Scalar, quoted

    text = node.text if isinstance(node, Scalar) else ""
    file, _, function = text.rpartition(":")
    if not file or not function.isidentifier():
        log.expected(say("a file and a function, like `checkers.py:accepts`"), node)
        return None
    from grader.checks.authored import read_authored

    authored = read_authored(file, node, log)
    if authored is None:
        return None
    found = next(
        (each for each in authored.tree.body if isinstance(each, ast.FunctionDef) and each.name == function), None
    )
    if found is None:
        log.add(node.at, say("`{path}` has no function `{name}`.", path=quoted(file), name=quoted(function)))
        return None
    given = found.args
    needed = [*given.posonlyargs, *given.args]
    count = len(needed) - len(given.defaults)
    return Checker(
        path=str(authored.path),
        digest=sha256(authored.data).hexdigest(),
        function=function,
        parameters=tuple(each.arg for each in needed[:count]),
        at=node.at,
    )


def checked(entries: Entries, *, at: Expression | None) -> CheckedValues | None:
    """Return what a check asks for that has a checker, `None` where it has none that could be read."""
    found = entries.get(checker_key())
    return None if found is None else CheckedValues(checker=found, at=at)
