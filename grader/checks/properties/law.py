"""What a law is: the options that a property of its name may have, the calls that test it, and how these are judged."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct
from msgspec.structs import replace

from grader.cases.expression import fault, quoted, resembling, words
from grader.checks.properties import Property
from grader.comparison.outputs import check_error, find_output, has_output, named_numbers
from grader.comparison.values import compare, ruled
from grader.errors import Fault, RubricError
from grader.language import Message, say
from grader.model import Case, Check, Mismatch, Part, Returned, Template

if TYPE_CHECKING:
    import numpy as np

    from grader.cases.recipe import Inputs, Requirement, Subject
    from grader.model import Value


class Known(Struct, frozen=True, kw_only=True):
    """The names that the options of a property may speak of; `complete` unless a generator function draws others."""

    drawn: frozenset[str]
    outputs: frozenset[str]
    complete: bool = True


class Observed(Struct, frozen=True, kw_only=True, eq=False):
    """What a property is judged on: the student's calls, all returned, and the reference's values."""

    check: Check
    returns: tuple[Part, ...]
    case: Case
    got: Sequence[Returned]
    truths: Sequence[Value]

    def numbers(self, value: Value) -> dict[str, Value]:
        """Return the numbers and arrays in a returned value, by their outputs' names."""
        return dict(named_numbers(value, "", self.returns))

    def output(self, value: Value, name: str) -> list[Value]:
        """Return the output `name` of a returned value, if it is there. Raises RubricError if `returns` lacks it."""
        if not has_output(name, self.returns):
            raise check_error(self.check, say("returns has no output called {name}.", name=name))
        return find_output(value, name, self.returns)

    def wanted(self) -> Iterator[tuple[str, Value, Value]]:
        """Yield what each option asks of an output: its name, the student's value and the option's.

        The student's value is None if the result has no such output. The name is "" where the whole result is meant.
        """
        for name, want in self.case.options.items():
            mine = self.output(self.got[0].value, name)
            yield "" if name == "result" else name, mine[0] if mine else None, want

    def differing(self, one: np.ndarray, other: np.ndarray, scale: float, output: str) -> Mismatch | None:
        """Return how two arrays differ; where the check sets no `atol`, `rtol` times `scale` is allowed."""
        rule = ruled(self.check.compare, output)
        return compare(one, other, rule if rule.atol is not None else replace(rule, atol=rule.rtol * scale), output)


class Finding(Struct, frozen=True):
    """A property that does not hold: the evidence and the call that shows it."""

    mismatch: Mismatch
    call: int = 0


class Law(ABC):
    """The law behind the properties of one name. Its docstring is what the reference for authors says of it."""

    name: ClassVar[str]
    options: ClassVar[tuple[str, ...]] = ()
    needed: ClassVar[tuple[str, ...]] = ()
    outputs_named_by_student: ClassVar[bool] = False
    """Its mismatches may name an output by a key of the student's own dict, which could hold a hidden input."""

    def examine(self, stated: Property, known: Known) -> Iterator[Fault]:
        """Yield what is wrong with the options as they stand."""
        given = [name for name, _ in stated.options]
        for name in given:
            if name not in self.options:
                message = say("`{property}` has no option `{name}`.", property=self.name, name=quoted(name))
                yield fault(stated.at, message, resembling(name, self.options))
        for name in self.needed:
            if name not in given:
                yield fault(stated.at, say("`{property}` needs the option `{name}`.", property=self.name, name=name))

    def computed(self, stated: Property) -> list[Template]:
        """Return the options that are expressions over the drawn names."""
        return []

    def condition(self, subject: Subject, stated: Property, first: Inputs) -> Requirement | None:
        """Return what must hold of inputs besides `where`, given the first inputs drawn."""
        return None

    def case(self, subject: Subject, stated: Property, inputs: Inputs) -> Case:
        """Return the case with those inputs, of one call if a law does not say otherwise.

        Raises RubricError where the property makes no sense.
        """
        return subject.case(inputs, (subject.call(inputs.names),))

    @abstractmethod
    def judge(self, observed: Observed) -> Finding | None:
        """Return why it does not hold, `None` where it does.

        Raises RubricError where the function's results cannot show it.
        """

    def sentence(self, mismatch: Mismatch, *, public: bool) -> Message | None:
        """Return what a student reads of one of its mismatches; `None` for the general sentence."""
        return None


def names_of(stated: Property, option: str) -> tuple[str, ...]:
    """Return the names an option consists of, () if it is not given."""
    template = dict(stated.options).get(option)
    return words(template) if template is not None else ()


def unknown_names(stated: Property, option: str, known: frozenset[str]) -> Iterator[Fault]:
    """Yield a fault for an option that is given but does not consist of `known` names."""
    template = dict(stated.options).get(option)
    if template is None:
        return
    given = words(template)
    if not given:
        yield fault(template.at, say("`{name}` must be a name, or a list of names.", name=option))
    for word in given:
        if word not in known:
            yield fault(template.at, say("`{name}` is not known here.", name=quoted(word)), resembling(word, known))


def refused(stated: Property, message: Message, hint: Message | None = None) -> RubricError:
    """Return the error of a property that cannot be tried on what was drawn."""
    return RubricError([fault(stated.at, message, hint)])
