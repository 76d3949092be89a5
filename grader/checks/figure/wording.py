"""What a student reads of a figure that is not the expected one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from grader.language import Message, inert, say, say_count
from grader.model import Mismatch

if TYPE_CHECKING:
    from grader.model import Value

_TOLD: dict[tuple[str, str], Message] = {
    ("", "nothing"): say("No figure is drawn."),
    ("", "much"): say("Far too much is drawn to be compared."),
    ("title", "unwritten"): say("The title is missing."),
    ("xlabel", "unwritten"): say("The label of the x axis is missing."),
    ("ylabel", "unwritten"): say("The label of the y axis is missing."),
    ("legend", "unwritten"): say("The legend is missing."),
    ("texts", "unwritten"): say("Nothing is written into the plot."),
    ("legend", "exchanged"): say("A name in the legend stands for other data than it should."),
    ("lines", "swapped"): say("x and y of a line are exchanged."),
    ("scatter", "swapped"): say("x and y of the points are exchanged."),
    ("scatter", "joined"): say("A line joins points that are to stand alone."),
    ("lines", "apart"): say("Points stand alone that a line is to join."),
    ("bars", "across"): say("The bars stand upright, but are to lie."),
    ("bars", "upright"): say("The bars lie, but are to stand upright."),
    ("images", "upside"): say("The image is upside down."),
    ("images", "mirrored"): say("Left and right of the image are exchanged."),
    ("images", "transposed"): say("Rows and columns of the image are exchanged."),
}
"""What may be told of a hidden case, too: it gives away no number and no text."""

_OTHER = say("The figure is not the expected one.")
_HIDDEN: dict[str, Message] = {
    "lines": say("The lines are not the expected ones."),
    "scatter": say("The points are not the expected ones."),
    "bars": say("The bars are not the expected ones."),
    "images": say("The image is not the expected one."),
    "pie": say("The pie chart is not the expected one."),
    "texts": say("What is written into the plot is not what is expected."),
    "title": say("The title is not the expected one."),
    "xlabel": say("The label of the x axis is not the expected one."),
    "ylabel": say("The label of the y axis is not the expected one."),
    "legend": say("The legend does not have the expected names."),
    "xscale": say("The scale of the x axis is not the expected one."),
    "yscale": say("The scale of the y axis is not the expected one."),
    "xlim": say("The x axis does not have the expected limits."),
    "ylim": say("The y axis does not have the expected limits."),
}

_PUBLIC: dict[tuple[str, str], Message] = {
    ("title", ""): say("The title is {got}, but {want} is expected."),
    ("xlabel", ""): say("The label of the x axis is {got}, but {want} is expected."),
    ("ylabel", ""): say("The label of the y axis is {got}, but {want} is expected."),
    ("xscale", ""): say("The scale of the x axis is {got}, but {want} is expected."),
    ("yscale", ""): say("The scale of the y axis is {got}, but {want} is expected."),
    ("xlim", ""): say("The x axis goes over {got}, but {want} is expected."),
    ("ylim", ""): say("The y axis goes over {got}, but {want} is expected."),
    ("lines", "count"): say("A line has {got} points, but {want} are expected."),
    ("lines", "x"): say("The x values of a line differ, first at point {number}: {got}, but {want} is expected."),
    ("lines", "y"): say("The y values of a line differ, first at point {number}: {got}, but {want} is expected."),
    ("lines", "xy"): say("Neither the x nor the y values of a line are the expected ones."),
    ("scatter", "count"): say("There are {got} points, but {want} are expected."),
    ("scatter", "x"): say("The x values of the points differ: {got}, but {want} is expected."),
    ("scatter", "y"): say("The y values of the points differ: {got}, but {want} is expected."),
    ("scatter", "xy"): say("Neither the x nor the y values of the points are the expected ones."),
    ("bars", "count"): say("There are {got} bars, but {want} are expected."),
    ("bars", "x"): say("Bar {number} is at {got}, but {want} is expected."),
    ("bars", "y"): say("Bar {number} ends at {got}, but {want} is expected."),
    ("bars", "base"): say("Bar {number} begins at {got}, but {want} is expected."),
    ("bars", "names"): say("The bars are called {got}, but {want} is expected."),
    ("images", "shape"): say("The image has the shape {got}, but {want} is expected."),
    ("images", "extent"): say("The image extends over {got}, but {want} is expected."),
    ("images", "y"): say("The image differs, first at {at}: {got}, but {want} is expected."),
    ("pie", "count"): say("The pie has {got} pieces, but {want} are expected."),
    ("pie", "y"): say("Piece {number} of the pie is {got} of it, but {want} is expected."),
    ("legend", "both"): say("The legend has {got}, but {want} is expected."),
    ("legend", "missing"): say("The legend lacks {want}."),
    ("legend", "extra"): say("The legend should not have {got}."),
    ("texts", "both"): say("{got} is written into the plot, but {want} is expected."),
    ("texts", "missing"): say("{want} is not written into the plot."),
    ("texts", "extra"): say("{got} should not be written into the plot."),
    ("images", "missing"): say("An image is missing."),
    ("images", "extra"): say("There is an image too many."),
    ("pie", "missing"): say("A pie chart is missing."),
    ("pie", "extra"): say("There is a pie chart too many."),
}
"""By what is wrong and in which way; "" where there is one way only."""


def said_of(mismatch: Mismatch, *, public: bool) -> Message:
    """Return in what a figure differs; of a hidden case no number and no text of it."""
    said = _TOLD.get((mismatch.output, mismatch.property))
    if said is None:
        said = _of_values(mismatch) if public else _HIDDEN.get(mismatch.output, _OTHER)
    number = mismatch.index[0] if public and mismatch.index else 0
    return say("Plot {number}: {said}", number=number, said=said) if number else said


def _of_values(mismatch: Mismatch) -> Message:
    if mismatch.property == "plots":
        return say_count(
            "{count} plot is drawn, but {want} are expected.", "{count} plots are drawn, but {want} are expected.",
            _whole(mismatch.got), want=_whole(mismatch.want),
        )  # fmt: skip
    way = mismatch.property
    if mismatch.output in ("legend", "texts"):
        way = "both" if mismatch.got and mismatch.want else "extra" if mismatch.got else "missing"
    if (counted := _one_more_or_less(mismatch)) is not None:
        return counted
    said = _PUBLIC.get((mismatch.output, way)) or _PUBLIC.get((mismatch.output, ""))
    if said is None:
        return _HIDDEN.get(mismatch.output, _OTHER)
    index = (mismatch.index or (0,))[1:]
    got, want = _both(mismatch.got, mismatch.want)
    every = {"got": got, "want": want, "number": index[0] + 1 if index else 0, "at": f"[{', '.join(map(str, index))}]"}
    return replace(said, parameters={name: each for name, each in every.items() if f"{{{name}}}" in said.template})


def _one_more_or_less(mismatch: Mismatch) -> Message | None:
    """Return that a line, points or bars are missing or too many; `None` where it is something else."""
    named = inert(str(mismatch.got), 60) if mismatch.property == "missing" and mismatch.got else ""
    many, few = _whole(mismatch.got), _whole(mismatch.want)
    match mismatch.output, mismatch.property:
        case "lines", "missing" if named:
            return say("The line “{name}” is missing.", name=named)
        case "lines", "missing":
            return say_count(
                "A line through {count} point is missing.", "A line through {count} points is missing.", few
            )
        case "lines", "extra":
            return say_count("There is a line through {count} point too many.",
                             "There is a line through {count} points too many.", many)  # fmt: skip
        case "scatter", "missing":
            return say_count("{count} point is missing.", "{count} points are missing.", few)
        case "scatter", "extra":
            return say_count("There is {count} point too many.", "There are {count} points too many.", many)
        case "bars", "missing":
            return say_count("{count} bar is missing.", "{count} bars are missing.", few)
        case "bars", "extra":
            return say_count("There is {count} bar too many.", "There are {count} bars too many.", many)
    return None


def _whole(value: Value) -> int:
    return value if isinstance(value, int) else 0


def _both(got: Value, want: Value) -> tuple[str, str]:
    """Return both sides: texts in quotation marks, numbers in as many digits as it takes to tell them apart."""
    if isinstance(got, float) and isinstance(want, float):
        for digits in (6, 9, 12, 17):
            if f"{got:.{digits}g}" != f"{want:.{digits}g}":
                break
        return f"{got:.{digits}g}", f"{want:.{digits}g}"
    return _one(got), _one(want)


def _one(value: Value) -> str:
    return inert(f"“{value}”", 100) if isinstance(value, str) else inert(str(value), 40)
