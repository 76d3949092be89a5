"""Sources held against rules."""

import pytest

from grader import submission
from grader.checks.rules.judging import breaches


@pytest.fixture
def held(tmp_path):
    """Return a function that holds a text (and modules beside it) against rules: kind, construct and place of each."""

    def hold(text, rules, graded=(), function="f", **modules):
        for name, module in modules.items():
            file = tmp_path / f"{name.replace('.', '/')}.py"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(module, "utf-8")
        path = tmp_path / "s.py"
        path.write_text(text, "utf-8")
        found = breaches(submission.load(path, [function]), function, rules, graded)
        return None if found is None else [(each.kind, each.what, _place(each.at)) for each in found]

    def _place(at):
        name = at.path.rpartition("/")[2]
        return at.line if name == "s.py" else f"{name}:{at.line}"

    return hold
