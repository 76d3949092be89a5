"""Properties: what must hold of a function without an expected value, one registered rule each."""

from grader.cases.failure import fault, quoted, resembling
from grader.checks.properties import Property
from grader.checks.properties.linear import LinearIn
from grader.checks.properties.rule import Rule
from grader.checks.properties.samples import SamplesIndependent
from grader.checks.properties.single import Deterministic, Dtype, Finite, InputsUnchanged, Shape
from grader.errors import RubricError
from grader.language import say

RULES: dict[str, Rule] = {
    rule.name: rule
    for rule in (
        InputsUnchanged(),
        Deterministic(),
        SamplesIndependent(),
        LinearIn(),
        Shape(),
        Dtype(),
        Finite(),
    )
}
"""Every property by the name it has in a rubric."""


def rule_of(stated: Property) -> Rule:
    """Return the rule of a property. Raises RubricError if there is none of that name."""
    if stated.name not in RULES:
        message = say("There is no property `{name}`.", name=quoted(stated.name))
        raise RubricError([fault(stated.at, message, resembling(stated.name, RULES))])
    return RULES[stated.name]
