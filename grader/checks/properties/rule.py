"""What a property is to the drawing of cases: options that can be checked, and calls."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import ClassVar

from msgspec import Struct

from grader.cases.failure import fault, quoted, resembling
from grader.cases.recipe import Inputs, Requirement, words
from grader.cases.subject import Planned, Subject
from grader.checks.properties import Property
from grader.errors import Fault, RubricError
from grader.language import Message, say
from grader.model import Template


class Known(Struct, frozen=True, kw_only=True):
    """The names that the options of a property may speak of; `complete` unless a generator function draws others."""

    drawn: frozenset[str]
    outputs: frozenset[str]
    complete: bool = True


class Rule(ABC):
    """One property. What its calls are is written at `grader.model.Case`."""

    name: ClassVar[str]
    options: ClassVar[tuple[str, ...]] = ()
    needed: ClassVar[tuple[str, ...]] = ()

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

    @abstractmethod
    def plan(self, subject: Subject, stated: Property, inputs: Inputs) -> Planned:
        """Return the calls to make with those inputs. Raises RubricError where the property makes no sense."""


def option(stated: Property, name: str) -> Template | None:
    """Return the option `name` as written, if it is given."""
    return next((template for key, template in stated.options if key == name), None)


def names_of(stated: Property, name: str) -> tuple[str, ...]:
    """Return the names an option consists of, () if it is not given."""
    template = option(stated, name)
    return words(template) if template is not None else ()


def unknown_names(stated: Property, name: str, known: frozenset[str]) -> Iterator[Fault]:
    """Yield a fault for an option that is given but does not consist of `known` names."""
    template = option(stated, name)
    if template is None:
        return
    given = words(template)
    if not given:
        message = say("`{name}` must be a name, or a list of names.", name=name)
        yield fault(template.at, message)
    for word in given:
        if word not in known:
            yield fault(template.at, say("`{name}` is not known here.", name=quoted(word)), resembling(word, known))


def refused(stated: Property, message: Message, hint: Message | None = None) -> RubricError:
    """Return the error of a property that cannot be tried on what was drawn."""
    return RubricError([fault(stated.at, message, hint)])
