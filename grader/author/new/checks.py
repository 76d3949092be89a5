"""Drafts checks from a notebook's calls: public examples, and hidden cases with other numbers of the same shapes."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from grader.author.kit.stubs import stub
from grader.author.new.calls import Dependencies, GradedCall, backwards
from grader.author.new.solution import Graded, Solved
from grader.author.new.translation import Untranslatable, afresh, draw_of, translate
from grader.language import Bilingual, Language
from grader.reading.writing import Line, block, decimal, draw_value, flow_list, list_item, scalar

MOST = 5
"""Examples of one function; a notebook that calls it more often shows the same thing again."""
_EXAMPLE = Bilingual("笔记本示例", "notebook example")
_HIDDEN = Bilingual("隐藏测试", "hidden test")
_OTHER = Bilingual("同样的形状，另外的数", "same shapes, other numbers")


class DraftCheck(Struct, frozen=True, kw_only=True):
    """A check to be tried: its kind and name, its own lines, its cell, the text of the generator it needs ("": none).

    `fallback` is the check to try if the reference fails this one, `fresh` the check that draws other numbers. `output`
    is what the notebook printed in that cell.
    """

    function: str
    kind: str
    name: str
    lines: tuple[Line, ...]
    cell: int
    output: str = ""
    generator: str = ""
    fallback: DraftCheck | None = None
    fresh: DraftCheck | None = None


def drafts(
    calls: Sequence[GradedCall], solved: Solved, language: Language
) -> tuple[list[DraftCheck], list[GradedCall]]:
    """Return the checks of one function's calls, and the calls of which no check can be made."""
    made: list[DraftCheck] = []
    lost: list[GradedCall] = []
    for example in calls:
        if len(made) == MOST:
            break
        draft = _drawn(example, len(made) + 1, solved, language)
        if draft is None:
            lost.append(example)
        elif _inputs(draft) not in [_inputs(one) for one in made]:
            made.append(draft)
    return made, lost


def _inputs(draft: DraftCheck) -> list[Line]:
    """Return the lines of a check that decide its inputs."""
    return [line for line in draft.lines if line[0] != "show"]


def _drawn(example: GradedCall, number: int, solved: Solved, language: Language) -> DraftCheck | None:
    """Return the check of a call: by the lines of a draw, else by a generator, else none."""
    generated = _generated(example, number, solved, language)
    try:
        found = draw_of(example, solved.functions)
    except Untranslatable:
        return generated
    seed: tuple[Line, ...] = ()
    fresh = None
    if found.seed is not None:
        seed = (("legacy_seed", str(found.seed)),)
        fresh = _fresh(example, _draw(afresh(found)), language)
    lines = (*seed, *_draw(found.lines), *_show(example, found.names))
    return replace(_check(example, number, lines, language), fresh=fresh, fallback=generated)


def _generated(example: GradedCall, number: int, solved: Solved, language: Language) -> DraftCheck | None:
    """Return the check of a call whose arguments a generator makes.

    It is `None` where their statements need a name that is not known, or draw at random without a seed.
    """
    if example.arguments is None:
        return None
    found = backwards([*example.arguments.values()], example.before, solved.binds | {"np", "numpy"})
    if found.unknown or found.unseeded:
        return None
    name = f"{example.graded.name}_{number}"
    names = {value.id: parameter for parameter, value in example.arguments.items() if isinstance(value, ast.Name)}
    made = _check(example, number, (("generator", name), *_show(example, names)), language)
    made = replace(made, generator=_generator(example, found, name, str(found.seed)))
    if found.seed is None:
        return made
    drawn = f"{name}_drawn"
    fresh = _fresh(example, (("generator", drawn),), language)
    return replace(made, fresh=replace(fresh, generator=_generator(example, found, drawn, "seed")))


def _generator(example: GradedCall, found: Dependencies, name: str, seed: str) -> str:
    """Return the text of a function that makes an example's arguments; numpy's seed is the expression `seed`."""
    lines = [
        f"def {name}(seed, index):",
        f'    """Return the arguments of the call in cell {example.piece.cell.number}."""',
    ]
    if found.seed is not None:
        lines.append(f"    np.random.seed({seed})")
    lines += [f"    {line}" if line else "" for piece in found.pieces for line in ast.unparse(piece.node).split("\n")]
    pairs = ", ".join(f'"{parameter}": {ast.unparse(value)}' for parameter, value in (example.arguments or {}).items())
    return "\n".join([*lines, f"    return {{{pairs}}}"])


def _check(example: GradedCall, number: int, lines: tuple[Line, ...], language: Language) -> DraftCheck:
    """Return the check of the call itself: a public example, or hidden values."""
    kind, name = ("values", _HIDDEN) if example.hidden else ("example", _EXAMPLE)
    return DraftCheck(
        function=example.graded.name,
        kind=kind,
        name=f"{name.text(language)} {number}",
        lines=(("cases", "1"), *lines) if example.hidden else lines,
        cell=example.piece.cell.number,
        output=example.piece.cell.output,
    )


def _fresh(example: GradedCall, lines: tuple[Line, ...], language: Language) -> DraftCheck:
    """Return the hidden check that draws other numbers in the same shapes."""
    return DraftCheck(
        function=example.graded.name,
        kind="values",
        name=_OTHER.text(language),
        lines=(("cases", "3"), *lines),
        cell=example.piece.cell.number,
    )


def _draw(lines: Sequence[tuple[str, str]]) -> tuple[Line, ...]:
    return (("draw", [(names, draw_value(text)) for names, text in lines]),) if lines else ()


def _show(example: GradedCall, known: Mapping[str, str]) -> Iterator[Line]:
    """Yield the line `show`: what the notebook prints, where a rubric can express it."""
    if example.hidden:
        return
    names = dict(known)
    returns, targets = example.graded.returns, example.targets
    if len(targets) == 1:
        names[targets[0]] = "result"
    elif targets:
        places = returns if len(returns) == len(targets) else [f"result[{index}]" for index in range(len(targets))]
        names |= dict(zip(targets, places, strict=True))
    texts: dict[str, str] = {}
    for label, node in example.displayed:
        try:
            texts.setdefault(label[:60], translate(node, names | {"result": "result"}, ()))
        except Untranslatable:
            continue
    if texts:
        yield "show", [(scalar(label), draw_value(text)) for label, text in texts.items()]


POINTS = Fraction(10)
"""The points of a function for which the notebook gives none."""
_SEED = Bilingual("所有隐藏用例都由它决定：不要给学生", "every hidden case follows from it: keep it from students")
_MORE = Bilingual(
    "再加隐藏用例，换别的形状和边界情况。例如：",
    "Add hidden cases with other shapes and at the edges. For example:",
)
_RANDOM = Bilingual("随机输入", "random inputs")


class Assembly:
    """Makes the rubric, the reference, the stub, the generators, and the modules that lie beside the notebook.

    `owners` are the checks by their lines in the rubric that was made last.
    """

    def __init__(self, solved: Solved, *, title: str, file: str, language: Language, beside: Path) -> None:
        from secrets import randbelow

        self.file = file
        self.owners: dict[int, DraftCheck] = {}
        self._solved = solved
        self._title, self._language = title, language
        self._seed = 2**62 + randbelow(2**62)
        there = [(name, beside / f"{name}.py") for name in solved.modules]
        self._modules = {name: path.read_text("utf-8") for name, path in there if path.is_file()}

    def files(self, checks: Mapping[str, Sequence[DraftCheck]]) -> dict[str, str]:
        """Return the files by path; functions without checks are not in the rubric."""
        generators = [one.generator for each in checks.values() for one in each if one.generator]
        graded = [one.name for one in self._solved.graded]
        made = {
            "grading.yaml": self._rubric(checks, with_generators=bool(generators)),
            f"solutions/{self.file}": self._solved.text,
            f"assignment/{self.file}": stub(self._solved.text, graded, self.file),
        }
        if generators:
            made["solutions/generators.py"] = "\n\n\n".join(["import numpy as np", *dict.fromkeys(generators)]) + "\n"
        for name, module in self._modules.items():
            made |= {f"solutions/{name}.py": module, f"assignment/{name}.py": stub(module, (), f"{name}.py")}
        return made

    def _rubric(self, checks: Mapping[str, Sequence[DraftCheck]], *, with_generators: bool) -> str:
        head: list[Line] = [
            ("title", scalar(self._title)),
            ("language", self._language),
            ("seed", f"{self._seed}   # {_SEED.text(self._language)}"),
            ("submission", f"assignment/{self.file}"),
            ("reference", f"solutions/{self.file}"),
        ]
        if with_generators:
            head.append(("generators", "solutions/generators.py"))
        lines = [*block(head), "", "problems:"]
        self.owners = {}
        for graded in self._solved.graded:
            if not checks.get(graded.name):
                continue
            problem: list[Line] = [("points", decimal(graded.points or POINTS))]
            if graded.optional:
                problem.append(("bonus", "true"))
            if graded.returns:
                problem.append(("returns", flow_list(graded.returns)))
            lines += [f"  {graded.name}:", *block(problem, 4), "    checks:"]
            for draft in checks[graded.name]:
                first = len(lines) + 1
                lines += list_item([(draft.kind, scalar(draft.name)), *draft.lines], 6)
                self.owners |= dict.fromkeys(range(first, len(lines) + 1), draft)
            lines += [*self._skeleton(graded), ""]
        return "\n".join(lines).rstrip("\n") + "\n"

    def _skeleton(self, graded: Graded) -> list[str]:
        """Return the comment that shows how hidden cases would be added."""
        parameters = ", ".join(f"{one.arg}: …" for one in graded.node.args.args)
        return [
            f"      # {_MORE.text(self._language)}",
            f"      # - values: {_RANDOM.text(self._language)}",
            "      #   cases: 5",
            f"      #   draw: {{n: 1..4, {parameters}}}",
        ]
