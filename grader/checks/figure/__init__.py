"""Figures: what the function draws with matplotlib, compared with what the reference draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar

from grader.checks.kind import Kind, led
from grader.language import Bilingual, Message, inert, listed, say
from grader.model import Call, Case, Check, Mismatch, Outcome, Part, Returned, Verdict

if TYPE_CHECKING:
    from grader.cases.recipe import Inputs, Subject
    from grader.comparison.figures import Drawn, State
    from grader.reading.nodes import Log, Node
    from grader.reading.tables import Key


class Figure(Kind, frozen=True, kw_only=True):
    """What the function draws with matplotlib, compared with what the reference draws.

    `parts` are compared, each for its share. Without them these are all data that the reference draws, and its titles,
    axis labels and other than linear scales. Colours, widths, markers and the order of artists do not count.
    """

    parts: tuple[tuple[str, Fraction], ...] = ()

    kind: ClassVar[str] = "figure"
    title: ClassVar[Bilingual] = Bilingual("图", "figure")
    about: ClassVar[Bilingual] = Bilingual(
        "函数用 matplotlib 画的图与参考实现比较：检查名",
        "what the function draws with matplotlib, against the reference: the check's name",
    )
    weight: ClassVar[int] = 2
    pictured: ClassVar[bool] = True
    portable: ClassVar[bool] = False

    @classmethod
    def own_keys(cls) -> tuple[Key[Any], ...]:
        """Return `parts`."""
        from grader.comparison.figures import PARTS
        from grader.reading.scalars import SHARE, Type
        from grader.reading.tables import Key

        word = {"enum": list(PARTS)}
        shares = {"type": "object", "propertyNames": word, "additionalProperties": SHARE, "minProperties": 1}
        return (
            Key(
                name="parts",
                type=Type(read=_parts, schema={"anyOf": [{"type": "array", "items": word, "minItems": 1}, shares]}),
                zh="要比较的部分：一个列表（平分），或各部分占的比例，如 {lines: 80%, title: 20%}。"
                "lines 线、scatter 散点、"
                "bars 柱形和直方图、images 图像、pie 饼图、texts 图中文字、title 标题、labels 坐标轴名称、legend 图例、"
                "scale 坐标轴刻度类型、limits 坐标轴范围。不写时比较参考图里画出的数据、标题、坐标轴名称和非线性的刻度",
                en="what is compared: a list, in equal shares, or a mapping to shares, like {lines: 80%, title: 20%}. "
                "lines; scatter: points; bars: bars and histograms; images; pie; texts: what is written into the "
                "plot; title; labels: of the axes; legend; scale: linear, log and others; limits: of the axes. If "
                "left out: the data that the reference draws, its titles, axis labels and scales that are not linear",
            ),
        )

    def call(self, subject: Subject, inputs: Inputs) -> Call:
        """Return the call whose value is the figure that it draws."""
        from msgspec.structs import replace

        return replace(subject.call(inputs.names), act="figure")

    def judge(
        self, check: Check, returns: tuple[Part, ...], case: Case, got: Sequence[Outcome], want: Sequence[Outcome]
    ) -> Verdict:
        """Return the verdict: each part earns its share, as much of it as is right.

        Raises RubricError where the reference draws nothing that can be compared, or not the parts that are asked for.
        """
        from grader.comparison.drawn import compared
        from grader.comparison.figures import figure_of
        from grader.comparison.outputs import reference_values

        (truth,) = reference_values(check, case.function, want)
        theirs = figure_of(truth)
        shares = self._shares(check, case.function, theirs)
        if not isinstance(got[0], Returned):
            return Verdict(share=Fraction(0))
        mine = figure_of(got[0].value)
        if isinstance(mine, str) or isinstance(theirs, str):
            state = "much" if mine == "much" else "nothing"
            return Verdict(share=Fraction(0), mismatches=(Mismatch(category="figure", property=state),))
        found = [(share, compared(part, mine, theirs, check.compare)) for part, share in shares]
        wrong = [each for _, scored in found for each in scored.mismatches]
        if len(mine.plots) != len(theirs.plots):
            count = Mismatch(
                category="figure", property="plots", got=len(mine.plots), want=len(theirs.plots), index=(0,)
            )
            wrong.insert(0, count)
        share = sum((share * scored.right for share, scored in found), Fraction(0))
        return Verdict(share=share, mismatches=tuple(wrong) if share < 1 else ())

    def alike(
        self, check: Check, returns: tuple[Part, ...], case: Case, got: Sequence[Outcome], other: Sequence[Outcome]
    ) -> bool:
        """Return whether two figures have the same parts, those that both lack included."""
        from grader.comparison.drawn import compared
        from grader.comparison.figures import figure_of, parts_of

        if not isinstance(got[0], Returned) or not isinstance(other[0], Returned):
            return False
        mine, theirs = figure_of(got[0].value), figure_of(other[0].value)
        if isinstance(mine, str) or isinstance(theirs, str):
            return mine == theirs
        parts = [part for part, _ in self.parts] or {*parts_of(mine), *parts_of(theirs)}
        pairs = (mine, theirs), (theirs, mine)  # what the one to compare with lacks is not looked at
        return all(compared(part, *pair, check.compare).right == 1 for part in parts for pair in pairs)

    def _shares(self, check: Check, function: str, want: Drawn | State) -> Sequence[tuple[str, Fraction]]:
        """Return the parts that are compared and their shares. Raises RubricError."""
        from grader.comparison.figures import has, parts_of
        from grader.errors import Fault, RubricError

        message, hint = None, None
        if isinstance(want, str):
            message, hint = _UNDRAWN.get(want, _UNDRAWN["nothing"])
        elif missing := [part for part, _ in self.parts if part != "scale" and not has(want, part)]:
            message = say("The figure of the reference has no {parts}.", parts=listed(missing))
            hint = say("Leave them out of `parts`, or have the reference draw them.")
        elif not self.parts and not parts_of(want):
            others = sorted({name for plot in want.plots for name in plot.others})
            message = say(
                "Nothing that the reference draws can be compared: {what}.", what=inert(", ".join(others), 200)
            )
            hint = say("Lines, points, bars, histograms, images, pies and texts can; `parts` names them.")
        if message is not None:
            said = led(function, message)
            raise RubricError([Fault(at=check.at, message=said, hint=hint)])
        assert not isinstance(want, str)
        every = parts_of(want)
        return self.parts or [(part, Fraction(1, len(every))) for part in every]

    def sentence(self, mismatch: Mismatch, *, public: bool) -> Message | None:
        """Return in what a figure differs; of a hidden case no number and no text of it."""
        from grader.checks.figure.wording import said_of

        return said_of(mismatch, public=public) if mismatch.category == "figure" else None

    def asked(self, case: Case) -> list[Message | str]:
        """Return the parts of the figure."""
        return [part for part, _ in self.parts] or [say("a figure")]

    def written(self) -> Mapping[str, str]:
        """Return its parts."""
        from grader.reading.writing import exact_share

        if not self.parts:
            return {}
        return {"parts": "{" + ", ".join(f"{part}: {exact_share(share)}" for part, share in self.parts) + "}"}


def _parts(node: Node, log: Log) -> tuple[tuple[str, Fraction], ...] | None:
    """Return the parts that are named, with their shares; `None` after a fault."""
    from grader.comparison.figures import PARTS
    from grader.comparison.figures import Part as Named
    from grader.reading.nodes import Mapping as Table
    from grader.reading.nodes import Sequence as Items
    from grader.reading.scalars import SHARE, Type, choice
    from grader.reading.tables import unique

    word: Type[str] = choice(Named)
    if isinstance(node, Items) and node.items:
        names = [word.read(each, log) for each in node.items]
        if None in names:
            return None
        if len({*names}) < len(names):
            log.add(node.at, say("A part stands here twice."))
            return None
        return tuple((str(name), Fraction(1, len(names))) for name in names)
    if not isinstance(node, Table) or not node.pairs:
        log.expected(say("a list of parts, or a mapping from parts to shares"), node,
                     say("Possible here: {keys}.", keys=", ".join(f"`{part}`" for part in PARTS)))  # fmt: skip
        return None
    found = [(word.read(key, log), SHARE.read(value, log)) for key, value in unique(node, log)]
    read = tuple((str(name), share) for name, share in found if name is not None and share is not None)
    if len(read) < len(found):
        return None
    if sum(share for _, share in read) != 1:
        log.add(node.at, say("The shares of the parts do not add up to 100%."))
        return None
    return read


_UNDRAWN: dict[str, tuple[Message, Message | None]] = {
    "absent": (
        say("the reference draws nothing, for matplotlib is not there."),
        say("Install matplotlib into the Python that `runtime: {{python: …}}` names, and import it in the reference."),
    ),
    "nothing": (say("the reference draws no figure."), None),
    "much": (
        say("the reference draws more than can be compared."),
        say("Up to 64 plots, 2000 artists and 200000 numbers can: draw fewer points."),
    ),
}
