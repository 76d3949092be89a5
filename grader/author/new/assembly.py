"""The files of an assignment: its rubric, the reference, the stub, the generators, the modules beside them."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from itertools import chain, count

from grader.author.kit.stubs import stub
from grader.author.new.cells import NotebookCell, by_hand
from grader.author.new.drafts import DraftCheck
from grader.author.new.solution import Graded, Solved
from grader.errors import RubricError
from grader.language import Bilingual, Language, inert
from grader.reading.scalars import name_in
from grader.reading.tables import LONGEST_NAME
from grader.reading.writing import Line, block, decimal, flow_list, list_item, scalar

POINTS = Fraction(10)
"""The points of a function for which the notebook gives none."""
_MOST_SEEDS = 3
_SEED = Bilingual("所有隐藏用例都由它决定：不要给学生", "every hidden case follows from it: keep it from students")
_RUNTIME = Bilingual("运行代码的 Python：课程要用的库装在那里", "runs the code, with the libraries of the course")
_MORE = Bilingual(
    "再加隐藏用例，换别的形状和边界情况。例如：",
    "Add hidden cases with other shapes and at the edges. For example:",
)
_SCHEME = Bilingual(
    "评分要点。写成 criteria，报告就会给学生看：", "The mark scheme. As criteria, reports show it to students:"
)
_RANDOM = Bilingual("随机输入", "random inputs")


def _given(module: str, name: str) -> str:
    """Return a module beside the notebook as students get it: without solutions, where it marks any."""
    try:
        return stub(module, (), f"{name}.py")
    except (RubricError, SyntaxError):
        return module


def _items(cells: Sequence[NotebookCell], taken: Collection[str], language: Language) -> list[str]:
    """Return the lines of the items that a person grades; `taken` are names that they may not have.

    A mark scheme was hidden from students, so it is a comment: reports show `criteria`.
    """
    found: dict[str, list[str]] = {}
    for cell, title, criteria in by_hand(cells):
        stem = re.sub(r"\W+", "_", cell.name).strip("_")[:60]
        stem = stem if name_in(stem) == stem else f"item_{stem}".rstrip("_")
        names = chain([stem], (f"{stem}_{number}" for number in count(2)))
        name = next(name for name in names if name not in found and name not in taken)
        lines: list[Line] = [("title", scalar(inert(title, LONGEST_NAME)))] if title else []
        lines.append(("points", decimal(POINTS if cell.points is None else cell.points)))
        found[name] = list(block([(name, lines)], 2))
        if criteria:
            scheme = (f"    #   - {inert(each, 400)}" for each in criteria)
            found[name] += [f"    # {_SCHEME.text(language)}", "    # criteria:", *scheme]
    return [line for each in found.values() for line in each]


class Assembly:
    """Makes the rubric, the reference, the stub, the generators, and the modules that lie beside the notebook.

    `owners` are the checks by their lines in the rubric that was made last; `whole` are the functions whose outputs
    have no names, and so earn together. `runtime` is the Python that the rubric names, "" for none;
    `data` are the files that the reference reads, for students as well.
    """

    def __init__(
        self,
        solved: Solved,
        cells: Sequence[NotebookCell],
        *,
        title: str,
        file: str,
        language: Language,
        modules: Mapping[str, str],
    ) -> None:
        self.runtime = ""
        self.data: Sequence[tuple[str, bytes]] = ()
        self.file = file
        self.owners: dict[int, DraftCheck] = {}
        self.whole: set[str] = set()
        self._solved = solved
        self._title, self._language = title, language
        self._modules = modules
        self._by_hand = _items(cells, {one.name for one in solved.graded}, language)
        self._seeds = 0
        self.reseeded()

    def reseeded(self) -> bool:
        """Draw the rubric's seed anew; return whether this was done, as it is some times only."""
        from secrets import randbelow

        if self._seeds == _MOST_SEEDS:
            return False
        self._seeds += 1
        self._seed = 2**62 + randbelow(2**62)
        return True

    def files(self, checks: Mapping[str, Sequence[DraftCheck]], times: int = 1) -> dict[str, str | bytes]:
        """Return the files by path; functions without checks are not in the rubric. `times` as many cases are drawn."""
        generators = [one.generator for each in checks.values() for one in each if one.generator]
        graded = [one.name for one in self._solved.graded]
        made: dict[str, str | bytes] = {
            "grading.yaml": self._rubric(checks, times, with_generators=bool(generators)),
            f"solutions/{self.file}": self._solved.text,
            f"assignment/{self.file}": stub(self._solved.text, graded, self.file),
        }
        if generators:
            made["solutions/generators.py"] = "\n\n\n".join(["import numpy as np", *dict.fromkeys(generators)]) + "\n"
        for name, module in self._modules.items():
            made |= {f"solutions/{name}.py": module, f"assignment/{name}.py": _given(module, name)}
        made |= {f"{folder}/{name}": content for folder in ("solutions", "assignment") for name, content in self.data}
        return made

    def _rubric(self, checks: Mapping[str, Sequence[DraftCheck]], times: int, *, with_generators: bool) -> str:
        head: list[Line] = [
            ("title", scalar(self._title)),
            ("language", self._language),
            ("seed", f"{self._seed}   # {_SEED.text(self._language)}"),
            ("submission", f"assignment/{self.file}"),
            ("reference", f"solutions/{self.file}"),
        ]
        if self.runtime:
            head.append(("runtime", f"{{python: {scalar(self.runtime)}}}   # {_RUNTIME.text(self._language)}"))
        if with_generators:
            head.append(("generators", "solutions/generators.py"))
        lines = [*block(head), "", "problems:"]
        self.owners = {}
        for graded in self._solved.graded:
            if not checks.get(graded.name):
                continue
            problem: list[Line] = [("points", decimal(POINTS if graded.points is None else graded.points))]
            if graded.optional:
                problem.append(("bonus", "true"))
            if graded.returns and graded.name not in self.whole:
                problem.append(("returns", flow_list(graded.returns)))
            lines += [f"  {graded.name}:", *block(problem, 4), "    checks:"]
            for draft in checks[graded.name]:
                first = len(lines) + 1
                unnamed = graded.returns if graded.name in self.whole else ()
                lines += list_item(draft.item(times, unnamed), 6)
                self.owners |= dict.fromkeys(range(first, len(lines) + 1), draft)
            hidden = graded.kind != "function" or any(draft.hidden for draft in checks[graded.name])
            lines += [*(() if hidden else self._skeleton(graded)), ""]
        if self._by_hand:
            lines += ["manual:", *self._by_hand]
        return "\n".join(lines).rstrip("\n") + "\n"

    def _skeleton(self, graded: Graded) -> list[str]:
        """Return the comment that shows how hidden cases would be added."""
        parameters = ", ".join(f"{one.arg}: …" for one in graded.takes.args)
        return [
            f"      # {_MORE.text(self._language)}",
            f"      # - values: {_RANDOM.text(self._language)}",
            "      #   cases: 5",
            f"      #   draw: {{n: 1..4, {parameters}}}",
        ]
