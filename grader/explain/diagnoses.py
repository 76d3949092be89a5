"""The sentence for a diagnosis: what is seen, and where to look.

It is fit for hidden cases too: names of the rubric, formulas in them, factors; no input and no expected value.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from grader.language import Message, listed, say, say_count
from grader.model import Cause, Diagnosis


def explanation(diagnosis: Diagnosis) -> Message:
    """Return what a student reads of `diagnosis`; a likely one is told as such, an output's name leads."""
    said = _TOLD[diagnosis.cause](diagnosis)
    if diagnosis.when:
        said = say("Only where {when}: {said}", when=diagnosis.when, said=said)
    if diagnosis.certainty == "likely" and diagnosis.cause not in _FACTS:
        said = say("Perhaps: {said}", said=said)
    return say("{output}: {said}", output=diagnosis.output, said=said) if diagnosis.output else said


_FACTS: tuple[Cause, ...] = ("right_only_where", "wrong_only_where", "changed_input", "axis_off", "left_out")
"""What the cases show as a fact, though it may not be the reason."""


def _plain(message: Message) -> Callable[[Diagnosis], Message]:
    """Return a function that puts the diagnosis' words and numbers into a message."""
    return lambda found: replace(message, parameters={**found.words, **found.numbers, **_axes(found)})


def _axes(found: Diagnosis) -> dict[str, Message]:
    """Return the axes as an enumeration in the language, with its noun (`axes`) and without (`order`)."""
    if "axes" not in found.words:
        return {}
    order = listed(found.words["axes"].split(", "))
    one = "," not in found.words["axes"]
    return {"axes": say("axis {names}", names=order) if one else say("axes {names}", names=order), "order": order}


def _as_if(found: Diagnosis) -> Message:
    name, value = found.words["name"], found.words["value"]
    if value in (f"{name}.T", f"{name}.swapaxes(0, 1)"):
        return say(
            "This is what comes out if axes 0 and 1 of {name} are exchanged; are its indices in the right order?",
            name=name,
        )
    if name in value:
        return say("This is what comes out if {name} is replaced by {value}.", name=name, value=value)
    return say(
        "This is what comes out if {name} is replaced by {value}; is {name} used everywhere it should be?",
        name=name, value=value,
    )  # fmt: skip


def _not_finite(found: Diagnosis) -> Message:
    name = found.words.get("name", "")
    match found.words["where"]:
        case "everywhere":
            return say("Every number is NaN or infinite; is something divided by zero, or an array never filled?")
        case "zero":
            return say("NaN or infinity stands exactly where {name} is 0; what is divided by it, or logged?", name=name)
        case "negative":
            return say("NaN stands exactly where {name} is negative; is a root or a logarithm taken of it?", name=name)
        case "large":
            return say("NaN or infinity stands exactly where {name} is large; does exp overflow?", name=name)
        case _:
            return say("Some numbers are NaN or infinite; is something divided by zero there?")


def _rounded(found: Diagnosis) -> Message:
    if not found.numbers["decimals"]:
        return say("The numbers are rounded to whole numbers.")
    return say("The numbers are rounded to {decimals} decimals; return them as they are.", **found.numbers)


def _axes_too_many(found: Diagnosis) -> Message:
    return say_count(
        "The result has {count} axis too many; is a sum or an index missing?",
        "The result has {count} axes too many; is a sum or an index missing?", int(found.numbers["by"]),
    )  # fmt: skip


def _axes_too_few(found: Diagnosis) -> Message:
    return say_count(
        "The result has {count} axis too few; was something summed or indexed away?",
        "The result has {count} axes too few; was something summed or indexed away?", int(found.numbers["by"]),
    )  # fmt: skip


def _axis_off(found: Diagnosis) -> Message:
    by, axis, formula = int(found.numbers["by"]), found.numbers["axis"], found.words["formula"]
    if found.certainty == "likely":  # the length is a fact; a formula found in few cases is not
        long, short = say("Axis {axis} is too long by {by}."), say("Axis {axis} is too short by {by}.")
    else:
        long = say("Axis {axis} is too long by {by}; its length is {formula}.")
        short = say("Axis {axis} is too short by {by}; its length is {formula}.")
    return replace(long if by > 0 else short, parameters={"axis": axis, "by": abs(by), "formula": formula})


def _constant_offset(found: Diagnosis) -> Message:
    by = found.numbers.get("by", 0)
    if not by:
        return say("Every number is off by one and the same amount.")
    if by > 0:
        return say("Every number is too large by {by}.", by=f"{by:.6g}")
    return say("Every number is too small by {by}.", by=f"{-by:.6g}")


def _first_only(found: Diagnosis) -> Message:
    axis = found.numbers["axis"]
    match found.words["rest"]:
        case "zero":
            return say(
                "Along axis {axis} only index 0 is right, the rest is zero; does the loop end after one turn, at a "
                "return inside it?",
                axis=axis,
            )
        case "repeated":
            return say("Along axis {axis} everything repeats index 0; is an index fixed or forgotten?", axis=axis)
        case _:
            return say("Along axis {axis} only index 0 is right; is an index fixed at 0?", axis=axis)


def _last_only(found: Diagnosis) -> Message:
    if found.words["rest"] == "repeated":
        return say("Along axis {axis} everything repeats the last place; is an index forgotten?", **found.numbers)
    return say("Along axis {axis} only the last place is right; is what came before overwritten?", **found.numbers)


def _one_contribution(found: Diagnosis) -> Message:
    name = found.words["name"]
    if found.words["which"] == "first":
        return say("Only the first entry of {name} counts; does the function return inside the loop?", name=name)
    return say(
        "Only the last entries of {name} count; is something overwritten (=) that should be added up (+=)?", name=name
    )


def _right_only_where(found: Diagnosis) -> Message:
    condition = found.words["condition"]
    if found.numbers["lucky"]:
        return say("It is right where {condition}, and wrong in most other cases.", condition=condition)
    return say("It is right only where {condition}.", condition=condition)


def _zeros(found: Diagnosis) -> Message:
    if "value" in found.words:
        return say("Every element is False; is the condition too strict, or the result never filled in?")
    return say("Nothing but zeros comes back; is the result ever filled in?")


def _elementwise(found: Diagnosis) -> Message:
    match found.words["function"]:
        case "max(x, 0)":
            return say("Negative numbers come back as 0; the others are right.")
        case "trunc(x)":
            return say(
                "Only the whole part of each number comes back; is an array of whole numbers (dtype int) filled, or "
                "int() called?"
            )
        case function:
            return say(
                "What comes back is {function}, where x is the right answer; is a step missing, or one too many?",
                function=function,
            )


def _constant_along(found: Diagnosis) -> Message:
    if not found.words["axes"]:
        return say("The same number stands in every place, but it should not; is one value filled in everywhere?")
    return replace(_CONSTANT_ALONG, parameters={**_axes(found)})


def _left_out(found: Diagnosis) -> Message:
    name, value = found.words["name"], found.words.get("value", "")
    if not value:
        return say("Only calls that leave {name} out are wrong; what is its default?", name=name)
    return say(
        "Only calls that leave {name} out are wrong: they are answered as if it were {value}. What is its default?",
        name=name, value=value,
    )  # fmt: skip


def _entry_missing(found: Diagnosis) -> Message:
    name, axis = found.words["name"], found.numbers["axis"]
    if found.words["which"] == "first":
        return say(
            "The first entry of {name} along axis {axis} does not count; does a loop or a slice start too late?",
            name=name, axis=axis,
        )  # fmt: skip
    return say(
        "The last entry of {name} along axis {axis} does not count; does a loop or a slice stop too early?",
        name=name, axis=axis,
    )  # fmt: skip


def _factor(found: Diagnosis) -> Message:
    """Return how many times too large the numbers are, if that is a number that may be told."""
    name, factor = found.words.get("name", ""), found.words.get("factor", "")
    if name and factor:
        return say("All but the added {name} is {factor} times what it should be.", name=name, factor=factor)
    if name:
        return say("All but the added {name} is off by one and the same factor.", name=name)
    if factor:
        return say("Every number is {factor} times what it should be.", factor=factor)
    return say("Every number is off by one and the same factor.")


def _offset(found: Diagnosis) -> Message:
    times, name = found.numbers.get("times", 0), found.words["name"]
    if not times:
        return say("Every number is off by a multiple of {name}.", name=name)
    if times == 1:
        return say("{name} is added once too often.", name=name)
    if times == -2:
        return say("{name} is subtracted where it should be added.", name=name)
    return say("Every number is off by {times} times {name}.", times=f"{times:.6g}", name=name)


_CONSTANT_ALONG = say(
    "Nothing changes along {axes}, but it should; does an index not move, or is one value filled in everywhere?"
)

_TOLD: dict[Cause, Callable[[Diagnosis], Message]] = {
    "hard_coded": _plain(
        say("Other inputs get the public example's answer; is it written into the code instead of worked out?")
    ),
    "same_every_time": _plain(say("Different inputs get one and the same answer; are the arguments used at all?")),
    "zeros": _zeros,
    "echo": _plain(say("This is the argument {name} as it came in.")),
    "other_output": _plain(say("This is what {name} should be; are the outputs in the right order?")),
    "precision": _plain(say("The numbers are only as precise as {dtype}; is an array of that dtype made on the way?")),
    "rounded": _rounded,
    "right_but_dtype": _plain(say("The numbers are right; only their dtype should not be {dtype}.")),
    "not_finite": _not_finite,
    "reshaped": _plain(
        say("The numbers and their order are right, only the shape is not; look at reshape and keepdims.")
    ),
    "transposed": _plain(say("The axes are in another order; this is the right result with its axes as {order}.")),
    "unsummed": _plain(say("A sum is missing; summed over {axes}, this would be right.")),
    "summed": _plain(say("Summed too far; this is the right result summed over {axes}.")),
    "too_many_axes": _axes_too_many,
    "too_few_axes": _axes_too_few,
    "axis_without": _plain(say("Axis {axis} has the length {formula}; {name} is missing from that formula.")),
    "axis_with": _plain(say("Axis {axis} has the length {formula}; check how often {name} belongs in that formula.")),
    "axis_for": _plain(say("Axis {axis} has the length {formula}; {name} stands where {instead} belongs.")),
    "axis_rounded_up": _plain(say("Axis {axis} has the length {formula}; it should be rounded down, not up.")),
    "axis_off": _axis_off,
    "axis_formula": _plain(say("Axis {axis} has the length {formula}; check that formula.")),
    "sign": _plain(say("Every number has the wrong sign.")),
    "factor": _factor,
    "factor_but": _factor,
    "offset": _offset,
    "bias_missing": _plain(say("{name} is missing; with it added, every number would be right.")),
    "bias_repeated": _plain(say("{name} is added {times} times instead of once; is it inside the sum?")),
    "constant_offset": _constant_offset,
    "elementwise": _elementwise,
    "flipped": _plain(say("The result is reversed along {axes}.")),
    "shifted": _plain(say("Everything is moved by {by} along axis {axis}; do the indices start in the right place?")),
    "first_only": _first_only,
    "last_only": _last_only,
    "first_missing": _plain(say("Along axis {axis} only index 0 is wrong; does the loop start at 1?")),
    "last_missing": _plain(say("Along axis {axis} only the last place is wrong; does the loop stop too early?")),
    "constant_along": _constant_along,
    "interior_only": _plain(say("Only a border {width} wide along {axes} is wrong; what belongs there?")),
    "border_only": _plain(say("Only a border {width} wide along {axes} is right.")),
    "changed_input": _plain(say("In these cases the call changes its argument {name}; work on a copy.")),
    "as_if": _as_if,
    "exchanged": _plain(say("This is what comes out if {name} and {other} change places; is one taken for the other?")),
    "ignored": _plain(say("This is what comes out if {name} is all zeros; is {name} used?")),
    "opposite": _plain(
        say("Smallest and largest of {name} are exchanged; is it min where max belongs, or the reverse?")
    ),
    "entry_missing": _entry_missing,
    "left_out": _left_out,
    "one_contribution": _one_contribution,
    "right_only_where": _right_only_where,
    "wrong_only_where": _plain(say("It is wrong only where {condition}.")),
    "letter_case": _plain(say("Only capital and small letters differ.")),
    "white_space": _plain(say("Only spaces or line ends differ.")),
    "order": _plain(say("The items are right, but in another order.")),
}
