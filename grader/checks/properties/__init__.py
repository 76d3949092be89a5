"""Properties: what must hold of a function without an expected value. `laws` has a class for each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar

from msgspec import Struct

from grader.checks.kind import Keeping, Kind
from grader.errors import Span
from grader.language import Bilingual, Message, say
from grader.model import Case, Check, Mismatch, Outcome, Part, Problem, Returned, Template, Verdict

if TYPE_CHECKING:
    from grader.cases.recipe import Subject
    from grader.cases.scrutiny import Vocabulary
    from grader.errors import Fault
    from grader.reading.nodes import Log, Node
    from grader.reading.tables import Key


class Property(Struct, frozen=True, kw_only=True):
    """One property as the rubric states it: the name of its law, with its options."""

    name: str
    options: tuple[tuple[str, Template], ...] = ()
    at: Span


class Properties(Kind, frozen=True, kw_only=True):
    """Properties checked on drawn inputs, each on its own cases."""

    properties: tuple[Property, ...]

    kind: ClassVar[str] = "properties"
    title: ClassVar[Bilingual] = Bilingual("性质", "properties")
    about: ClassVar[Bilingual] = Bilingual("不需要期望值就能检查的性质", "properties that need no expected value")
    borrows: ClassVar[bool] = True
    telling: ClassVar[bool] = False
    extendable: ClassVar[bool] = False
    keeping: ClassVar[Keeping] = "hollow"

    @classmethod
    def own_keys(cls) -> tuple[Key[Any], ...]:
        """Return `properties`."""
        from grader.reading.draws import TEMPLATE
        from grader.reading.scalars import NAME_PATTERN, Type
        from grader.reading.tables import Key, list_of

        options = {"type": "object", "additionalProperties": TEMPLATE}
        one = Type(
            read=_property,
            schema={
                "anyOf": [
                    {"type": "string", "pattern": NAME_PATTERN},
                    {"type": "object", "additionalProperties": options, "minProperties": 1, "maxProperties": 1},
                ]
            },
            name="property",
        )
        properties = Key(
            name="properties",
            type=list_of(one, say("a list of properties"), single=True),
            zh=cls.about.zh,
            en=cls.about.en,
            required=True,
        )
        return (properties,)

    def examine(self, problem: Problem, check: Check, scope: Vocabulary) -> Iterator[Fault]:
        """Yield what is wrong with each property's options."""
        from grader.cases.scrutiny import output_names, scrutinize_template
        from grader.checks.properties.law import Known
        from grader.checks.properties.laws import law_called
        from grader.errors import RubricError

        known = Known(drawn=scope.known, outputs=output_names(problem.returns), complete=not scope.open)
        for stated in self.properties:
            try:
                law = law_called(stated.name, stated.at)
            except RubricError as error:
                yield from error.faults
                continue
            yield from law.examine(stated, known)
            for template in law.computed(stated):
                yield from scrutinize_template(template, scope)

    def draw(self, subject: Subject) -> list[Case]:
        """Return a case for each property and each draw; all properties share the inputs that suit them."""
        from msgspec.structs import replace

        from grader.checks.properties.laws import law_called

        count = subject.check.cases
        shared = subject.recipe.draw(count)
        cases: list[Case] = []
        for stated in self.properties:
            law = law_called(stated.name, stated.at)
            condition = law.condition(subject, stated, shared[0])
            suits = condition is None or all(condition.holds(inputs.names) for inputs in shared)
            for inputs in shared if suits else subject.recipe.draw(count, condition):
                case = law.case(subject, stated, inputs)
                cases.append(replace(case, index=len(cases), property=stated.name))
        return cases

    def judge(
        self, check: Check, returns: tuple[Part, ...], case: Case, got: Sequence[Outcome], want: Sequence[Outcome]
    ) -> Verdict:
        """Return full marks if the case's property holds, else none and the evidence."""
        from msgspec.structs import replace

        from grader.checks.properties.law import Observed
        from grader.checks.properties.laws import law_called
        from grader.comparison.outputs import reference_values

        truths = reference_values(check, case.truth[0].function if case.truth else case.function, want)
        values = [outcome for outcome in got if isinstance(outcome, Returned)]
        if len(values) < len(got):
            stopped = next(call for call, outcome in enumerate(got) if not isinstance(outcome, Returned))
            return Verdict(share=Fraction(0), call=stopped)
        law = law_called(case.property, check.at)
        found = law.judge(Observed(check=check, returns=returns, case=case, got=values, truths=truths))
        if found is None:
            return Verdict(share=Fraction(1))
        output = found.mismatch.output
        mismatch = replace(
            found.mismatch,
            property=law.name,
            output=output.partition("[")[0] if law.outputs_named_by_student else output,
        )
        return Verdict(share=Fraction(0), mismatches=(mismatch,), call=found.call)

    def sentence(self, mismatch: Mismatch, *, public: bool) -> Message | None:
        """Return the sentence of the law that does not hold."""
        from grader.checks.properties.laws import LAWS

        law = LAWS.get(mismatch.property)  # of a call that did not return there is none
        return None if law is None else law.sentence(mismatch, public=public)

    def asked(self, case: Case) -> list[Message | str]:
        """Return the case's property."""
        return [case.property]

    def written(self) -> Mapping[str, str]:
        """Return the properties' names."""
        from grader.reading.writing import flow_list

        return {"properties": flow_list(dict.fromkeys(each.name for each in self.properties))}


def _property(node: Node, log: Log) -> Property | None:
    from grader.reading.draws import read_template
    from grader.reading.nodes import Mapping, Scalar
    from grader.reading.scalars import name_in
    from grader.reading.tables import unique

    wanted = say("a property, or one with options: `samples_independent: {{over: X}}`")
    inside: Node | None
    if isinstance(node, Mapping) and len(node.pairs) == 1:
        word, inside = node.pairs[0]
    elif isinstance(node, Scalar):
        word, inside = node, None
    else:
        log.expected(wanted, node)
        return None
    name = name_in(word.text)
    if name is None:
        log.expected(wanted, word)
        return None
    if inside is None:
        return Property(name=name, at=word.at)
    if not isinstance(inside, Mapping):
        log.expected(say("a mapping from options to their values"), inside)
        return None
    options = [(key.text, read_template(value, log)) for key, value in unique(inside, log)]
    return Property(name=name, options=tuple((key, value) for key, value in options if value is not None), at=word.at)
