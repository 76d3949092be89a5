"""Answers in variables: what stands under a name once the source was run, compared with the reference's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from grader.checks.values import Values
from grader.language import Bilingual
from grader.model import Call, Subject

if TYPE_CHECKING:
    from typing import Self

    from grader.cases.recipe import Inputs
    from grader.cases.recipe import Subject as Tried
    from grader.reading.tables import Entries, Key


class Variable(Values, frozen=True, kw_only=True):
    """The value of a variable outside functions, such as an answer in a notebook, compared with the reference's."""

    variable: str

    kind: ClassVar[str] = "variable"
    subject: ClassVar[Subject] = "variable"
    title: ClassVar[Bilingual] = Bilingual("变量", "variable")
    about: ClassVar[Bilingual] = Bilingual("要评分的变量名", "the variable that is graded, by its name")
    cases: ClassVar[int] = 1
    extendable: ClassVar[bool] = False

    @classmethod
    def own_keys(cls) -> tuple[Key[Any], ...]:
        """Return `variable`."""
        from grader.reading.scalars import IDENTIFIER
        from grader.reading.tables import Key

        return (Key(name="variable", type=IDENTIFIER, zh=cls.about.zh, en=cls.about.en, required=True),)

    @classmethod
    def read(cls, entries: Entries) -> Self:
        """Return the look at the variable; without a name that could be read there is a fault already."""
        return cls(variable=entries.get(cls.own_keys()[0], ""))

    def label(self) -> str:
        """Return the variable's name."""
        return self.variable

    def variables(self) -> tuple[str, ...]:
        """Return the variable's name."""
        return (self.variable,)

    def call(self, subject: Tried, inputs: Inputs) -> Call:
        """Return the look at the variable."""
        name = subject.problem.function
        return Call(function=name, arguments=(), act="variable", given={"name": self.variable})
