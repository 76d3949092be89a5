"""The files that grading needs, for a solved notebook and a choice of checks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from grader.drafting.checks import Draft
from grader.drafting.rubric import Plan, write
from grader.drafting.solution import Solved
from grader.language import Language
from grader.release.stubs import stub


class Assembly:
    """Makes the rubric, the reference, the stub, the generators, and the modules that lie beside the notebook."""

    def __init__(self, solved: Solved, *, title: str, file: str, language: Language, beside: Path) -> None:
        from secrets import randbelow

        self.file = file
        self.owners: dict[int, Draft] = {}
        self._solved = solved
        self._plan = Plan(title=title, language=language, seed=2**62 + randbelow(2**62), file=file, generators=False)
        self._modules = {
            name: (beside / f"{name}.py").read_text("utf-8")
            for name in solved.modules
            if (beside / f"{name}.py").is_file()
        }

    def files(self, checks: Mapping[str, Sequence[Draft]]) -> dict[str, str]:
        """Return the files by path; from then on `owners` says which check stands on which line of the rubric."""
        from msgspec.structs import replace

        generators = [one.generator.text for each in checks.values() for one in each if one.generator is not None]
        plan = replace(self._plan, generators=bool(generators))
        text, self.owners = write(plan, self._solved.graded, checks)
        graded = [one.name for one in self._solved.graded]
        made = {
            "grading.yaml": text,
            f"solutions/{self.file}": self._solved.text,
            f"assignment/{self.file}": stub(self._solved.text, graded, self.file),
        }
        if generators:
            made["solutions/generators.py"] = "\n\n\n".join(["import numpy as np", *dict.fromkeys(generators)]) + "\n"
        for name, module in self._modules.items():
            made |= {f"solutions/{name}.py": module, f"assignment/{name}.py": stub(module, (), f"{name}.py")}
        return made
