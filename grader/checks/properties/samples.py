"""`samples_independent`: each sample of a batch comes out as it does alone, wherever it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from grader.cases.arithmetic import is_array
from grader.cases.recipe import Inputs, Requirement
from grader.cases.subject import Planned, Subject
from grader.checks.properties import Property
from grader.checks.properties.rule import Known, Rule, names_of, refused, unknown_names
from grader.errors import Fault
from grader.language import say
from grader.model import Value


class SamplesIndependent(Rule):
    """`samples_independent: {over: A_prev}`: the batch, each sample alone, and the batch reversed.

    `over` names what was drawn for the whole batch, along its first axis; what the lines of `draw` compute from it is
    computed anew. Without `over` it is the first array among the arguments, and every other that was drawn with the
    same name as its first size (`normal(m, …)`). Only batches of two samples and more are tried.
    """

    name: ClassVar[str] = "samples_independent"
    options: ClassVar[tuple[str, ...]] = ("over",)

    def examine(self, stated: Property, known: Known) -> Iterator[Fault]:
        """Yield a fault for an option that is not known, and for names that are not."""
        yield from super().examine(stated, known)
        if known.complete:
            yield from unknown_names(stated, "over", known.drawn)

    def condition(self, subject: Subject, stated: Property, first: Inputs) -> Requirement:
        """Return that there are at least two samples."""
        over = self._over(subject, stated, first.names)
        name = ", ".join(over)
        return Requirement(
            holds=lambda names: _samples(names, over) >= 2,
            names=over,
            at=stated.at,
            message=say("`{name}` never has two samples, so none can depend on another.", name=name),
        )

    def plan(self, subject: Subject, stated: Property, inputs: Inputs) -> Planned:
        """Return the batch, each sample alone, and the batch reversed; as truth the batch and its first sample."""
        over = self._over(subject, stated, inputs.names)
        values: dict[str, Any] = {name: inputs.names[name] for name in over}
        count = _samples(inputs.names, over)
        if any(value.shape[0] != count for value in values.values()):
            raise refused(stated, say("{names} must have equally many samples.", names=", ".join(over)))
        alone = [{name: value[i : i + 1] for name, value in values.items()} for i in range(count)]
        turned = {name: value[::-1].copy() for name, value in values.items()}
        calls = [subject.call(inputs.names)]
        calls += [subject.varied(inputs, changes) for changes in (*alone, turned)]
        return Planned(calls=tuple(calls), truth=tuple(calls[:2]), options={"over": over})

    def _over(self, subject: Subject, stated: Property, names: Mapping[str, Value]) -> tuple[str, ...]:
        over = names_of(stated, "over")
        if not over:
            arrays = [name for name in subject.arguments(names) if _is_batch(names[name])]
            size = subject.recipe.first_size(arrays[0]) if arrays else ""
            over = (*arrays[:1], *(name for name in arrays[1:] if size and subject.recipe.first_size(name) == size))
        for name in over or ("",):
            if not _is_batch(names.get(name)):
                hint = say("Say which arrays hold one sample a row: `{example}`.", example="over: A_prev")
                raise refused(stated, say("No array of samples was drawn for `{name}`.", name=name or self.name), hint)
        return over


def _is_batch(value: object) -> bool:
    return is_array(value) and value.ndim > 0


def _samples(names: Mapping[str, Value], over: tuple[str, ...]) -> int:
    value: Any = names[over[0]]
    return int(value.shape[0])
