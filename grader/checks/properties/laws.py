"""The laws that a property may name. Each is one class: its options, its calls, its judge and its sentences.

`LAWS` at the end lists them. Numpy is imported where it is needed, since a rubric is examined without it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from msgspec.structs import replace

from grader.cases.expression import fault, quoted, resembling, words
from grader.checks.kind import led
from grader.checks.properties import Property
from grader.checks.properties.calls import CallsIndependent, DependsOn, RandomStateUnchanged
from grader.checks.properties.law import Finding, Known, Law, Observed, names_of, refused, unknown_names
from grader.comparison.outputs import check_error, find_output, has_output, named_numbers
from grader.comparison.values import EXACT, differences
from grader.errors import Fault, RubricError, Span
from grader.language import Message, inert, say, say_count
from grader.model import Case, Mismatch, Template
from grader.values import compared_as, type_name

if TYPE_CHECKING:
    import numpy as np

    from grader.cases.recipe import Inputs, Requirement, Subject
    from grader.model import Value

DTYPES = (
    *("bool", "int", "float", "complex", "str", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32"),
    *("uint64", "float16", "float32", "float64", "complex64", "complex128"),
)
"""What `dtype` may ask for: a kind, or an exact dtype."""


class InputsUnchanged(Law):
    """`inputs_unchanged`: the call changes none of its arguments."""

    name: ClassVar[str] = "inputs_unchanged"

    def judge(self, observed: Observed) -> Finding | None:
        """Return the argument that was changed: `want` is what was in it before the call, `got` what was after."""
        after = observed.got[0].arguments
        if after is None:
            return None
        before = observed.case.calls[0].arguments
        for place, (now, once) in enumerate(zip(after, before, strict=False), start=1):
            name = next((name for name, value in observed.case.names.items() if value is once), f"#{place}")
            if found := differences(now, once, EXACT, name):
                return Finding(_of_property(found[0]))
        return Finding(Mismatch(category="property"))

    def sentence(self, mismatch: Mismatch, *, public: bool) -> Message:
        """Return what was changed."""
        if not mismatch.output:
            return say("The call changed one of its arguments; work on a copy.")
        return say("The call changed its argument {name}; work on a copy.", name=inert(mismatch.output, 80))


class Deterministic(Law):
    """`deterministic`: the same call twice gives the same."""

    name: ClassVar[str] = "deterministic"

    def case(self, subject: Subject, stated: Property, inputs: Inputs) -> Case:
        """Return the case of the same call twice."""
        call = subject.call(inputs.names)
        return subject.case(inputs, (call, call))

    def judge(self, observed: Observed) -> Finding | None:
        """Return how the second value differs from the first: they are to be equal to the last bit."""
        found = differences(observed.got[1].value, observed.got[0].value, EXACT)
        return Finding(_of_property(found[0]), 1) if found else None

    def sentence(self, mismatch: Mismatch, *, public: bool) -> Message | None:
        """Return the usual causes."""
        said = say(
            "Two calls with the same arguments gave different results: is there a random number, or something left "
            "over from an earlier call?"
        )
        return led(mismatch.output, said)


class SamplesIndependent(Law):
    """`samples_independent: {over: A_prev}`: each sample of a batch comes out as it does alone, wherever it stands.

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
        from grader.cases.recipe import Requirement

        over = self._over(subject, stated, first.names)
        message = say("`{name}` never has two samples, so none can depend on another.", name=", ".join(over))
        return Requirement(holds=lambda names: _rows(names[over[0]]) >= 2, names=over, at=stated.at, message=message)

    def case(self, subject: Subject, stated: Property, inputs: Inputs) -> Case:
        """Return the case of m + 2 calls: the batch, each of its m samples alone (`[i:i+1]`), the batch reversed.

        The reference makes the first two. The option `over` holds the names that were cut and reversed.
        """
        over = self._over(subject, stated, inputs.names)
        values: dict[str, Any] = {name: inputs.names[name] for name in over}
        count = _rows(inputs.names[over[0]])
        if any(value.shape[0] != count for value in values.values()):
            raise refused(stated, say("{names} must have equally many samples.", names=", ".join(over)))
        alone = [{name: value[i : i + 1] for name, value in values.items()} for i in range(count)]
        turned = {name: value[::-1].copy() for name, value in values.items()}
        changed = (subject.varied(inputs, changes) for changes in (*alone, turned))
        calls = (subject.call(inputs.names), *changed)
        return subject.case(inputs, calls, truth=calls[:2], options={"over": over})

    def judge(self, observed: Observed) -> Finding | None:
        """Return the first call in which a sample's rows differ from its rows in the batch.

        Of the outputs only those with one row a sample are compared: a first axis of length m in what the reference
        returns for the batch, and of length 1 for a sample. Others are weights in a cache and the like.
        """
        import numpy as np

        from grader.values.numbers import largest

        names, count = _per_sample(observed)
        batch = observed.numbers(observed.got[0].value)
        for call, outcome in enumerate(observed.got[1:], start=1):
            mine = observed.numbers(outcome.value)
            for name in names:
                if name not in batch:  # of another kind, which the values' own sentence says
                    value = observed.got[0].value
                    known = has_output(name, observed.returns)
                    there = find_output(value, name, observed.returns) if known else [value]
                    kind = type_name(there[0]) if there else "None"
                    return Finding(Mismatch(category="type", output=name, got=kind, want="array"))
                whole = np.asarray(batch[name])
                if whole.ndim == 0 or len(whole) != count:
                    wanted = str((count, *whole.shape[1:]))
                    return Finding(Mismatch(category="shape", output=name, got=str(whole.shape), want=wanted))
                rows = whole[call - 1 : call] if call <= count else whole[::-1]
                found = observed.differing(np.asarray(mine.get(name, 0.0)), rows, largest(whole), name)
                if found is not None:
                    return Finding(_in_batch(found, call - 1 if call <= count else -1, count), call)
        return None

    def sentence(self, mismatch: Mismatch, *, public: bool) -> Message | None:
        """Return the usual cause, of all but a wrong shape."""
        if mismatch.category != "property":
            return None
        said = say("A sample's result depends on the other samples of its batch: is a sample index missing or fixed?")
        return led(mismatch.output, said)

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
    return getattr(value, "ndim", 0) > 0


def _per_sample(observed: Observed) -> tuple[list[str], int]:
    """Return the outputs with one row a sample, as the reference has them, and the number of samples."""
    count = len(observed.got) - 2
    batch, single = (observed.numbers(truth) for truth in observed.truths[:2])
    names = [
        name for name, value in batch.items() if name in single and _rows(value) == count and _rows(single[name]) == 1
    ]
    if not names:
        message = say("No output of {name} has one row a sample.", name=observed.case.function)
        raise check_error(observed.check, message)
    return names, count


def _rows(value: Any) -> int:
    return len(value) if _is_batch(value) else 0


def _in_batch(found: Mismatch, sample: int, count: int) -> Mismatch:
    """Return the mismatch with its index in the whole batch's terms; `sample` is -1 in the reversed batch."""
    index = found.index
    if index:
        index = (sample if sample >= 0 else count - 1 - index[0], *index[1:])
    elif sample >= 0:
        index = (sample,)
    return replace(found, category="property", index=index)


class LinearIn(Law):
    """`linear_in: {argument: W}`: f(a) + f(b) = f(a + b) + f(0), with everything else the same.

    `outputs` says which outputs that is about, if not about all.
    """

    name: ClassVar[str] = "linear_in"
    options: ClassVar[tuple[str, ...]] = ("argument", "outputs")
    needed: ClassVar[tuple[str, ...]] = ("argument",)
    outputs_named_by_student: ClassVar[bool] = True

    def examine(self, stated: Property, known: Known) -> Iterator[Fault]:
        """Yield a fault for an option that is not known, and for names that are not."""
        yield from super().examine(stated, known)
        if known.complete:
            yield from unknown_names(stated, "argument", known.drawn)
        yield from unknown_names(stated, "outputs", known.outputs)

    def case(self, subject: Subject, stated: Property, inputs: Inputs) -> Case:
        """Return the case of four calls: f(a), f(b), f(a + b) and f(0). So a constant term is allowed."""
        from grader.cases.evaluation import is_array
        from grader.cases.randomness import digest

        names = names_of(stated, "argument")
        value: Any = inputs.names.get(names[0]) if names else None
        if not isinstance(value, float) and not (is_array(value) and value.dtype.kind in "fc"):
            raise refused(stated, say("`{name}` must be a float or an array of floats.", name=", ".join(names)))
        other = _another(value, digest(inputs.seed, self.name, *names))
        calls = tuple(subject.varied(inputs, {names[0]: each}) for each in (value, other, value + other, value * 0.0))
        options: dict[str, Value] = {"argument": names[0]}
        if outputs := names_of(stated, "outputs"):
            options["outputs"] = outputs
        return subject.case(inputs, calls, options=options)

    def judge(self, observed: Observed) -> Finding | None:
        """Return where the two sides differ: `got` is from the right side, `want` from the left."""
        import numpy as np

        from grader.values.numbers import largest

        asked = observed.case.options.get("outputs")
        outputs = [str(name) for name in asked] if isinstance(asked, tuple | list) else ["result"]
        sides = [_numbers_of(observed, outcome.value, outputs) for outcome in observed.got]
        for name in dict.fromkeys(name for side in sides for name in side):
            if any(name not in side for side in sides):
                return Finding(Mismatch(category="type", output=name, got="None", want="float"))
            one, other, both, zero = (_floats(side[name]) for side in sides)
            if not one.shape == other.shape == both.shape == zero.shape:
                odd = next(each for each in (other, both, zero) if each.shape != one.shape)
                return Finding(Mismatch(category="shape", output=name, got=str(odd.shape), want=str(one.shape)))
            scale = max(largest(each) for each in (one, other, both, zero))
            with np.errstate(all="ignore"):
                found = observed.differing(both + zero, one + other, scale, name)
            if found is not None:
                return Finding(_of_property(found), 2)
        return None if all(sides) else _no_number(observed)

    def sentence(self, mismatch: Mismatch, *, public: bool) -> Message | None:
        """Return the equation that does not hold."""
        if mismatch.category != "property":
            return None
        said = say("The result is not linear where it should be: f(a) + f(b) is not f(a + b) + f(0).")
        return led(mismatch.output, said)


def _another(value: Any, seed: int) -> Any:
    """Return another value of the same shape, dtype and magnitude, drawn by `seed`."""
    import numpy as np

    rng = np.random.default_rng(seed)
    if not hasattr(value, "shape"):
        return float(rng.uniform(0.5, 2.0)) * (abs(value) or 1.0)
    size = math.sqrt(float(np.mean(np.abs(value) ** 2))) if value.size else 1.0
    return (rng.standard_normal(value.shape) * (size or 1.0)).astype(value.dtype)


def _numbers_of(observed: Observed, value: Value, outputs: Sequence[str]) -> dict[str, Value]:
    """Return the numbers in the `outputs` of a returned value, by their names."""
    found: dict[str, Value] = {}
    for output in outputs:
        name, parts = ("", observed.returns) if output == "result" else (output, ())
        for item in observed.output(value, output):
            found |= named_numbers(item, name, parts)
    return found


def _floats(value: Value) -> np.ndarray:
    import numpy as np

    from grader.values.numbers import number

    array = number(value).array
    return array.astype(np.complex128 if array.dtype.kind == "c" else np.float64)


class Shape(Law):
    """`shape: {Z: "(m, n_H, n_W, n_C)"}`: outputs have these shapes, computed from the drawn names."""

    name: ClassVar[str] = "shape"

    def examine(self, stated: Property, known: Known) -> Iterator[Fault]:
        """Yield a fault for what is no output."""
        return _unknown_outputs(stated, known)

    def computed(self, stated: Property) -> list[Template]:
        """Return the shapes."""
        return [template for _, template in stated.options]

    def case(self, subject: Subject, stated: Property, inputs: Inputs) -> Case:
        """Return the case of one call; its options are the shapes, () of a single number."""
        shapes = {}
        for output, template in stated.options:
            value = subject.recipe.evaluate(template, inputs.names)
            sizes = tuple(value) if isinstance(value, tuple | list) else (value,)
            if not all(type(size) is int for size in sizes):
                raise refused(stated, say("The shape of `{name}` must be whole numbers.", name=output))
            shapes[output] = sizes
        return subject.case(inputs, (subject.call(inputs.names),), options=shapes)

    def judge(self, observed: Observed) -> Finding | None:
        """Return the first output of another shape."""
        from grader.values.numbers import number

        for name, value, want in observed.wanted():
            expected = tuple(want) if isinstance(want, tuple | list) else (want,)
            if compared_as(value) != "number":
                return Finding(Mismatch(category="type", output=name, got=type_name(value), want="array"))
            have = number(value).array.shape
            if have != expected:
                return Finding(Mismatch(category="shape", output=name, got=str(have), want=str(expected)))
        return None


class Dtype(Law):
    """`dtype: {Z: float64}`: outputs have these dtypes, or dtypes of this kind (`float`)."""

    name: ClassVar[str] = "dtype"

    def examine(self, stated: Property, known: Known) -> Iterator[Fault]:
        """Yield a fault for what is no output, and for what is no dtype."""
        yield from _unknown_outputs(stated, known)
        for _, template in stated.options:
            given = words(template)
            if len(given) != 1 or given[0] not in DTYPES:
                message = say("A dtype is needed here, as `float64` or `float`.")
                yield fault(template.at, message, resembling(given[0], DTYPES) if given else None)

    def case(self, subject: Subject, stated: Property, inputs: Inputs) -> Case:
        """Return the case of one call; its options are the dtypes."""
        dtypes = {output: "".join(words(template)) for output, template in stated.options}
        return subject.case(inputs, (subject.call(inputs.names),), options=dtypes)

    def judge(self, observed: Observed) -> Finding | None:
        """Return the first output of another dtype."""
        from grader.values.numbers import number

        for name, value, want in observed.wanted():
            if compared_as(value) != "number":
                return Finding(Mismatch(category="type", output=name, got=type_name(value), want=str(want)))
            have = number(value)
            if want not in (have.kind, str(have.array.dtype)):
                return Finding(Mismatch(category="dtype", output=name, got=str(have.array.dtype), want=str(want)))
        return None


def _unknown_outputs(stated: Property, known: Known) -> Iterator[Fault]:
    if not stated.options:
        hint = say("As in `{example}`.", example=f"{stated.name}: {{result: …}}")
        yield fault(stated.at, say("`{property}` needs the name of an output.", property=stated.name), hint)
    for name, _ in stated.options:
        if name not in known.outputs:
            message = say("`{name}` is not an output of this function.", name=quoted(name))
            yield fault(stated.at, message, resembling(name, known.outputs))


class Finite(Law):
    """`finite`: no NaN and no infinity comes back."""

    name: ClassVar[str] = "finite"
    outputs_named_by_student: ClassVar[bool] = True

    def judge(self, observed: Observed) -> Finding | None:
        """Return the first NaN or infinity, or that there is no number at all."""
        import numpy as np

        from grader.values.numbers import number

        found = list(named_numbers(observed.got[0].value, "", observed.returns))
        for name, value in found:
            array = number(value).array
            odd = ~np.isfinite(array)
            if odd.any():
                where = np.unravel_index(int(odd.argmax()), array.shape)
                index = tuple(int(place) for place in where) if array.ndim else None
                return Finding(
                    Mismatch(
                        category="nan", output=name, index=index, got=array[where].item(),
                        differing=int(np.count_nonzero(odd)), total=array.size,
                    )
                )  # fmt: skip
        return None if found else _no_number(observed)

    def sentence(self, mismatch: Mismatch, *, public: bool) -> Message | None:
        """Return how many numbers are not finite, where that may be told."""
        if mismatch.category != "nan":
            return None
        said = say("Some numbers are NaN or infinite; is something divided by zero there?")
        if public:
            said = say_count(
                "{count} of {total} elements is NaN or infinite.", "{count} of {total} elements are NaN or infinite.",
                mismatch.differing, total=mismatch.total,
            )  # fmt: skip
        return led(mismatch.output, said)


def _of_property(found: Mismatch) -> Mismatch:
    return replace(found, category="property")


def _no_number(observed: Observed) -> Finding:
    return Finding(Mismatch(category="type", got=type_name(observed.got[0].value), want="float"))


LAWS: Mapping[str, Law] = {
    law.name: law
    for law in (
        InputsUnchanged(),
        Deterministic(),
        SamplesIndependent(),
        RandomStateUnchanged(),
        CallsIndependent(),
        DependsOn(),
        LinearIn(),
        Shape(),
        Dtype(),
        Finite(),
    )
}
"""Every law by the name that a property of it has in a rubric."""


def law_called(name: str, at: Span) -> Law:
    """Return the law of a property that is stated `at` a place. Raises RubricError if there is none of that name."""
    if name not in LAWS:
        message = say("There is no property `{name}`.", name=quoted(name))
        raise RubricError([fault(at, message, resembling(name, LAWS))])
    return LAWS[name]
