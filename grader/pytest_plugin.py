"""`pytest -p grader.pytest_plugin`: every check of a rubric is a test item, so that an editor's test explorer shows it.

A `grading.yaml` that pytest collects is graded once, by `grade` in a process of its own; an item passes where its
check earned full points and is skipped where the function is still a stub.

A rubric whose path stands on pytest's own command line is named; any other is found. Where `CI` is set, a found one
counts only in the folder that pytest was called from: further down it may have been handed in.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from grader.search_path import WithoutHere

with WithoutHere():  # `python -m pytest` puts the current folder on the search path, in front
    from grader.desk.asking import ask_json
    from grader.errors import GraderError
    from grader.language import environment_language
    from grader.report.lines import cell_width, pad, show_error


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> RubricFile | None:
    """Collect rubrics."""
    if file_path.name != "grading.yaml":
        return None
    here = parent.config.invocation_params.dir
    if os.environ.get("CI") and not _named(file_path, parent.config) and not _lies_in(file_path, here):
        parent.warn(pytest.PytestCollectionWarning(f"{file_path} was passed over: it is not named, and not in {here}"))
        return None
    return RubricFile.from_parent(parent, path=file_path)


def _lies_in(file: Path, here: Path) -> bool:
    """Return whether `file` lies in the folder `here` itself; a link further down leads to no rubric, either."""
    if file.is_relative_to(here):
        return file.parent == here
    return file.parent.samefile(here)


def _named(file: Path, config: pytest.Config) -> bool:
    """Return whether `file` itself stands among the paths of the command line, as it is written there.

    A folder that holds it does not name it, nor does the name of a file that it is a link to.
    """
    call = config.invocation_params
    typed = {str(word) for word in call.args}
    words = [word.partition("::")[0] for word in config.args if word in typed]  # `args` also has what an ini file adds
    return any(_written(call.dir / word) == _written(file) for word in words)


def _written(path: Path) -> str:
    return os.path.abspath(path)  # noqa: PTH100 - links are not followed


class RubricFile(pytest.File):
    """A rubric; its submission is graded when it is collected."""

    def collect(self) -> Iterable[pytest.Item]:
        """Return an item for each check."""
        try:
            named = _named(self.path, self.config)
            report = ask_json(None, rubric=self.path) if named else ask_json(None, here=self.path.parent)
        except GraderError as error:
            with WithoutHere():  # the catalogue is read by the standard library
                said = show_error(error, language=environment_language())
            raise self.CollectError(said) from error
        for problem in report["problems"]:
            for check in problem["checks"]:
                name = f"{problem['function']}::{check['name']}"
                yield CheckItem.from_parent(self, name=name, problem=problem, check=check)


class NotPassed(Exception):
    """A check that earned less than its points; the report's own sentences say why."""


class CheckItem(pytest.Item):
    """One check of one function."""

    def __init__(self, *, problem: dict[str, Any], check: dict[str, Any], **rest: Any) -> None:
        super().__init__(**rest)
        self.problem, self.check = problem, check

    def runtest(self) -> None:
        """Pass, skip or fail as the check did; what only informs fails no run."""
        if self.check["status"] == "not_attempted" or self.problem["status"] == "not_attempted":
            pytest.skip(self.problem.get("message") or "")
        if self.check["status"] != "passed":
            sentences = [self.problem.get("message"), self.check.get("message"), *self.problem.get("hints", [])]
            said = "\n".join([*dict.fromkeys(each for each in sentences if each), *self._evidence()])
            if not self.problem["max_score"]:
                pytest.xfail(said)
            raise NotPassed(said)

    def _evidence(self) -> list[str]:
        """Return the first failing case that may be shown: its input, what was expected, the student's own line."""
        failing = (case for case in self.check["cases"] if case["status"] != "passed")
        case: dict[str, Any] = next(failing, {})
        rows = case.get("evidence") or []
        labels = [pad(row["label"], max(cell_width(one["label"]) for one in rows)) for row in rows]
        lines = [
            f"  {label if number == 0 else ' ' * cell_width(label)}  {line}"
            for label, row in zip(labels, rows, strict=True)
            for number, line in enumerate("\n".join(row["lines"]).split("\n"))
        ]
        at = case.get("at") or self.problem.get("at")
        return lines if at is None else [*lines, "  " + _place(at)]

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Show the report's sentences, not a traceback of ours."""
        if isinstance(excinfo.value, NotPassed):
            return str(excinfo.value)
        return super().repr_failure(excinfo)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Point at the student's function."""
        at = self.problem.get("at")
        if at is None or at["cell"]:
            return self.path, None, self.name
        return self.path.parent / at["path"], max(at["line"] - 1, 0), self.name


def _place(at: dict[str, Any]) -> str:
    """Return a place as editors make it a link: `path:line`; of a notebook its cell, too."""
    return f"{at['path']}:{at['line']}" if not at["cell"] else f"{at['path']} [{at['cell']}]:{at['line']}"
