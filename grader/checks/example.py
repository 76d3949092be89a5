"""Examples: public cases of values, shown with input and expected output as the handout prints them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar

from grader.checks.values import Values, at_key
from grader.language import Bilingual, inert
from grader.model import Case, Check, Expression, Part, Problem, Value, Visibility

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Self

    from grader.cases.evaluation import Evaluator
    from grader.cases.scrutiny import Vocabulary
    from grader.errors import Fault
    from grader.reading.nodes import Log, Node
    from grader.reading.tables import Entries, Key

LONGEST = 2000
"""Characters of a printed value."""


class Example(Values, frozen=True, kw_only=True):
    """Public cases, shown with input and expected output; `show` are labelled lines as the handout prints them.

    In a `show` expression the drawn names, the output names and `result` may be used.
    """

    show: tuple[tuple[str, Expression], ...] = ()

    kind: ClassVar[str] = "example"
    title: ClassVar[Bilingual] = Bilingual("示例", "example")
    about: ClassVar[Bilingual] = Bilingual("公开示例：检查名", "a public example: its name")
    cases: ClassVar[int] = 1
    visibility: ClassVar[Visibility] = "public"
    extendable: ClassVar[bool] = False

    @classmethod
    def own_keys(cls) -> tuple[Key[Any], ...]:
        """Return `show` and `holds`."""
        from grader.reading.draws import EXPRESSION
        from grader.reading.scalars import Type
        from grader.reading.tables import Key

        show = Key(
            name="show",
            type=Type(read=_show, schema={"type": "object", "additionalProperties": EXPRESSION}),
            zh="像讲义那样打印的行：名称: 表达式；可以用抽到的名字、输出的名字和 result",
            en="lines as the handout prints them, label: expression, "
            "over the drawn names, the outputs' names and result",
        )
        from grader.checks.conditions import conditions_key

        return at_key(), show, conditions_key()

    @classmethod
    def read(cls, entries: Entries) -> Self:
        """Return the example, without lines where these could not be read."""
        from grader.checks.conditions import held

        at, show, _ = cls.own_keys()
        return held(cls, entries, at=entries.get(at), show=entries.get(show, ()))  # type: ignore[return-value]

    def examine(self, problem: Problem, check: Check, scope: Vocabulary) -> Iterator[Fault]:
        """Yield what is wrong with the expressions that are compared, and with the lines to show."""
        from msgspec.structs import replace

        from grader.cases.scrutiny import output_names, scrutinize

        yield from super().examine(problem, check, scope)
        inside = replace(scope, known=scope.known | output_names(problem.returns), reference=False)
        for _, expression in self.show:
            yield from scrutinize(expression, inside)

    def labelled(self, returns: tuple[Part, ...], case: Case, value: Value) -> tuple[tuple[str, str], ...]:
        """Return the labels with what `show` makes of the returned `value`, printed as Python prints it.

        In the expressions `result` is the value itself, the names of `returns` are its parts and all else is what was
        drawn. What has no value, because the student returned something else, is "?" and Python's name for the error.
        """
        if not self.show:
            return ()
        from grader.cases.evaluation import Evaluator, quiet
        from grader.cases.library import Plain
        from grader.checks.compared import scope

        evaluator = Evaluator(scope(returns, case, value), Plain())
        with quiet():
            return tuple((label, _printed(evaluator, line.text)) for label, line in self.show)

    def reads(self) -> frozenset[str]:
        """Return the names that the lines speak of."""
        from grader.cases.expression import reads

        return frozenset(name for _, line in self.show for name in reads(line.text))

    def written(self) -> Mapping[str, str]:
        """Return the lines."""
        from grader.reading.writing import flow_mapping, quoted, scalar

        return (
            {"show": flow_mapping((scalar(label), quoted(line.text)) for label, line in self.show)} if self.show else {}
        )


def _show(node: Node, log: Log) -> tuple[tuple[str, Expression], ...] | None:
    from grader.language import say
    from grader.reading.draws import EXPRESSION
    from grader.reading.nodes import Mapping
    from grader.reading.tables import unique

    if not isinstance(node, Mapping):
        log.expected(say("a mapping from labels to expressions"), node)
        return None
    lines = [(label.text, EXPRESSION.read(value, log)) for label, value in unique(node, log)]
    return tuple((label, value) for label, value in lines if value is not None)


def _printed(evaluator: Evaluator, text: str) -> str:
    from grader.cases.expression import Failure

    try:
        return _text(evaluator.evaluate(text))
    except Failure as failure:
        return f"? ({failure.word})"
    except (ValueError, OverflowError, MemoryError, RecursionError) as error:
        return f"? ({type(error).__name__})"


def _text(value: Any) -> str:
    """Return a value as Python prints it, or nearly so: a table is not printed by pandas here."""
    import numpy as np

    from grader.values import Held, family_of, shown

    if isinstance(value, Held):
        return inert("\n".join(family_of(value).rows(value, 75, 8)) or shown(value, 8), LONGEST, lines=True)
    with np.printoptions(precision=8, threshold=1000, edgeitems=3, linewidth=75, suppress=False, legacy=False):
        return inert(str(value), LONGEST, lines=True)
