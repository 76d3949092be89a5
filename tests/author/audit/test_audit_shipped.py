"""The shipped rubric is strong: the score stands on the README and is held here."""

from fractions import Fraction
from pathlib import Path

import pytest

from grader.author.audit import audit
from grader.author.audit.rendering import as_percent
from grader.grading import read

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.slow
def test_the_shipped_rubric_notices_98_of_100_slips(engine):
    found = audit(read(ROOT / "grading.yaml"), engine)
    print(f"{as_percent(found.score)} of {found.killed + found.survived} mutants")
    assert found.holds(Fraction(98, 100))
    assert [(each.function, each.at.line, each.after) for each in found.survivors] == []
    assert found.killed > 800
    for readme in ("README.md", "README.zh.md"):
        assert f"**{as_percent(found.score)}**" in (ROOT / readme).read_text("utf-8")
    assert all(each.reason for each in found.equivalents) and len(found.equivalents) == 11
    assert all(each.hollow_earns < Fraction(15, 100) for each in found.functions)
