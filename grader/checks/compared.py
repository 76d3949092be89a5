"""What of a returned value is compared: the value, or expressions of it, in the form nearest to the expected one.

Expressions are computed in the grader's process, over what a student's function returned. So it must first have the
form and the shapes of what the reference returned, and its expressions may take no more effort than the reference's do,
but for a little. What has another form is compared as it is, and so differs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from grader.comparison.outputs import misnamed, names_whole, output_shares, score
from grader.comparison.values import brought_near, ruled
from grader.language import Message, inert, listed, say
from grader.values import compared_as, parts

if TYPE_CHECKING:
    from grader.errors import Fault
    from grader.model import Case, Check, Comparison, Expression, Part, Value

SLACK, LEAST = 4, 1 << 20
"""An expression over a student's value may take this many times the reference's effort, and this much more."""
MOST_PARTS = 1 << 16


class Compared(Struct, frozen=True, kw_only=True, eq=False):
    """The two values that are compared, and the outputs that they are taken apart into."""

    got: Value
    want: Value
    returns: tuple[Part, ...]


def compared(check: Check, returns: tuple[Part, ...], case: Case, got: Value, want: Value) -> Compared:
    """Return what is compared of two values, expressions in place of what they replace.

    Raises RubricError for an expression that has no value for what the reference returns.
    """
    rule = check.compare
    if rule.of is not None:
        mine, theirs = _of(rule.of, returns, case, got, want)
        return Compared(got=mine, want=theirs, returns=())
    replaced = {name: own.of for name, own in rule.outputs if own.of is not None}
    if not replaced:
        return Compared(got=got, want=want, returns=returns)
    new = {name: _of(of, returns, case, got, want, name) for name, of in replaced.items()}
    return Compared(
        got=_with(got, returns, {name: pair[0] for name, pair in new.items()}),
        want=_with(want, returns, {name: pair[1] for name, pair in new.items()}),
        returns=returns,
    )


def nearest(check: Check, returns: tuple[Part, ...], case: Case, got: Value, want: Value) -> Compared:
    """Return what is compared, each output of `got` in the form nearest to the expected one."""
    rule = check.compare
    if not rule.free:
        return Compared(got=got, want=want, returns=returns)
    found = compared(check, returns, case, got, want)
    names = [name for name, _ in output_shares(found.returns)]
    if not names:
        return replace(found, got=brought_near(found.got, found.want, rule))
    pairs = {name: (output_of(found.got, returns, name), output_of(found.want, returns, name)) for name in names}
    near = {
        name: brought_near(mine[0], theirs[0], ruled(rule, name), name)
        for name, (mine, theirs) in pairs.items()
        if mine and theirs
    }
    return replace(found, got=_with(found.got, returns, near))


def agree(check: Check, returns: tuple[Part, ...], case: Case, got: Value, want: Value) -> bool:
    """Return whether two values agree as the check compares them, also where `want` is not the reference's."""
    from grader.comparison.values import differences
    from grader.errors import RubricError

    rule = check.compare
    if not rule.free:
        return not differences(got, want, rule)
    try:
        both = compared(check, returns, case, got, want)
    except RubricError:  # what is no answer has perhaps no value of the expression
        both = Compared(got=got, want=want, returns=returns)
    if misnamed(both.returns, both.want) is not None:
        return not differences(both.got, both.want, rule)
    return not any(each.mismatches for each in score(both.got, both.want, both.returns, rule))


def spoken(rule: Comparison) -> Message | None:
    """Return in a few words how an answer may differ, or what is compared in its place; `None` for nothing of this."""
    found = _ways(rule)
    for name, own in rule.outputs:
        found += [say("{output}: {said}", output=name, said=each) for each in _ways(own)]
    return None if not found else say("{ways}", ways=listed(found))


def _ways(rule: Comparison) -> list[Message]:
    found: list[Message] = []
    if rule.of is not None:
        found.append(say("what is compared is {expression}", expression=inert(rule.of.text, 120)))
    if rule.order != "same":
        found.append(say("in any order") if rule.order == "any" else say("in any order, within the items, too"))
    if rule.axis == "labels":
        found.append(say("whatever the labels are called"))
    elif rule.up_to:
        changes = listed([_CHANGES[each] for each in rule.up_to])
        found.append(say("{axis} up to {changes}", changes=changes, axis=_AXES[rule.axis]))
    return found


_CHANGES = {"sign": say("sign"), "scale": say("a factor"), "permutation": say("order"), "rotation": say("a rotation")}
_AXES = {"columns": say("columns"), "rows": say("rows"), "all": say("the whole")}


def names_read(rule: Comparison) -> frozenset[str]:
    """Return the names that the expressions read which are compared."""
    from grader.cases.expression import reads

    own = (each.of for each in (rule, *(one for _, one in rule.outputs)))
    return frozenset(name for of in own if of is not None for name in reads(of.text))


def faults(check: Check, returns: tuple[Part, ...], case: Case, want: Value) -> Iterator[Fault]:
    """Yield why the reference's value cannot be compared as the check says."""
    from grader.errors import Fault, RubricError

    try:
        found = compared(check, returns, case, want, want)
    except RubricError as error:
        yield from error.faults
        return
    rules = check.compare.outputs if found.returns else (("", check.compare),)
    if found.returns and (check.compare.order != "same" or check.compare.up_to):
        if not (len(returns) == 1 and names_whole(returns, want)):
            yield Fault(
                at=check.at,
                message=say("Of several outputs it is not said which one may have several forms."),
                hint=say("Name it: {example}", example=f"compare: {{outputs: {{{returns[-1].name}: …}}}}"),
            )
        rules = ((returns[0].name, check.compare),) if not check.compare.outputs else rules
    for name, rule in rules:
        for value in output_of(found.want, returns, name) if name else [found.want]:
            if (message := _unsuited(name or "result", value, rule)) is not None:
                yield Fault(at=check.at, message=message)


def _unsuited(name: str, want: Value, rule: Comparison) -> Message | None:
    if rule.order != "same":
        from grader.comparison.order import has_items

        deep = getattr(want, "ndim", 0)
        if not has_items(want) or (rule.order == "everywhere" and (deep > 2 or (deep and want.dtype.kind == "c"))):  # type: ignore[union-attr]
            return say("`order` is for lists, tuples and arrays; what the reference returns as {name} has no items "
                       "that could stand in another order.", name=name)  # fmt: skip
    if rule.up_to:
        from grader.comparison.forms import unsuited

        if unsuited(want, rule):
            return say("`up_to` is for vectors and matrices, or for whole numbers as labels; what the reference "
                       "returns as {name} is something else.", name=name)  # fmt: skip
    return None


def _of(
    of: Expression, returns: tuple[Part, ...], case: Case, got: Value, want: Value, output: str = ""
) -> tuple[Value, Value]:
    """Return the expression's values; where the student's has none, both outputs as they were returned."""
    from grader.cases.effort import Meter
    from grader.cases.evaluation import settled
    from grader.cases.expression import Failure, expression_fault, reads
    from grader.errors import RubricError

    try:
        theirs, spent = evaluated(of, scope(returns, case, want), Meter())
        wanted = settled(theirs)
        if compared_as(wanted) == "strange":
            raise Failure(say("This is no value that can be compared."))
    except Failure as failure:
        raise RubricError([expression_fault(of, failure)]) from None
    own = output_of(got, returns, output) if output else [got]
    raw = (own[0] if own else None, output_of(want, returns, output)[0] if output else want)
    read = reads(of.text)
    mine, reference = (scope(returns, case, value) for value in (got, want))
    outputs = set(scope(returns, replace(case, names={}), want)) & read
    if not all(name in mine and alike(mine[name], reference[name]) for name in outputs):
        return raw
    try:
        return evaluated(of, mine, Meter(SLACK * spent + LEAST))[0], wanted
    except Failure:
        return raw


def evaluated(expression: Expression, names: Mapping[str, Value], meter: Any) -> tuple[Value, int]:
    """Return an expression's value and the effort that it took. Raises Failure."""
    from grader.cases.effort import metered
    from grader.cases.evaluation import Evaluator, contiguous, quiet
    from grader.cases.library import Plain

    with quiet(), metered(meter):
        return contiguous(Evaluator(names, Plain()).evaluate(expression.text)), meter.spent


def scope(returns: tuple[Part, ...], case: Case, value: Value) -> dict[str, Value]:
    """Return what an expression over a returned value may name: what was drawn, the outputs, and `result`."""
    inner = {**named_parts(returns, value, nested=True), **case.names, **named_parts(returns, value, nested=False)}
    return {**inner, "result": value}


def named_parts(returns: tuple[Part, ...], value: Value, *, nested: bool) -> dict[str, Value]:
    """Return the named outputs: of the value itself, or those further inside (their names may be drawn names too)."""
    items = _items(returns, value)
    if not nested:
        return items
    inner: dict[str, Value] = {}
    for part in returns:
        if part.name in items:
            inside = items[part.name]
            inner |= named_parts(part.parts, inside, nested=True) | _items(part.parts, inside)
    return inner


def _items(returns: tuple[Part, ...], value: Value) -> dict[str, Value]:
    if isinstance(value, dict):
        return {part.name: value[part.name] for part in returns if part.name in value}
    if isinstance(value, tuple | list) and len(value) == len(returns):
        return {part.name: item for part, item in zip(returns, value, strict=True)}
    return {returns[0].name: value} if len(returns) == 1 else {}


def alike(got: Value, want: Value) -> bool:
    """Return whether two values have the same containers, and arrays of the same shapes and kinds of numbers."""
    left = MOST_PARTS

    def same(mine: Value, theirs: Value) -> bool:
        nonlocal left
        left -= 1
        if left < 0 or compared_as(mine) != compared_as(theirs):
            return False
        if compared_as(mine) == "number":
            return bool(getattr(mine, "shape", ()) == getattr(theirs, "shape", ()))
        if compared_as(mine) == "text":
            return len(str(mine)) <= 2 * len(str(theirs)) + 80
        inside, others = dict(parts(mine)), dict(parts(theirs))
        return inside.keys() == others.keys() and all(same(inside[key], others[key]) for key in others)

    return same(got, want)


def output_of(value: Value, returns: tuple[Part, ...], name: str) -> list[Value]:
    """Return the undivided output of this name, nothing where the value has none such."""
    head, _, rest = name.partition(".")
    found = _items(returns, value)
    if head not in found:
        return []
    inner = next(part.parts for part in returns if part.name == head)
    return output_of(found[head], inner, rest) if rest else [found[head]]


def _with(value: Value, returns: tuple[Part, ...], new: Mapping[str, Value]) -> Value:
    """Return the value with `new` outputs in place of those of these names."""
    items = _items(returns, value)
    changed: dict[str, Value] = {}
    for part in returns:
        if part.name not in items:
            continue
        inner = {name.partition(".")[2]: each for name, each in new.items() if name.startswith(part.name + ".")}
        if part.name in new:
            changed[part.name] = new[part.name]
        elif inner:
            changed[part.name] = _with(items[part.name], part.parts, inner)
    if not changed:
        return value
    if isinstance(value, dict):
        return {key: changed.get(key, item) if isinstance(key, str) else item for key, item in value.items()}
    if isinstance(value, tuple | list) and len(value) == len(returns):
        made = [changed.get(part.name, item) for part, item in zip(returns, value, strict=True)]
        return tuple(made) if isinstance(value, tuple) else made
    return changed[returns[0].name]
