"""Wrong variants of the reference, graded as submissions: one engine, one drawing of each function's cases."""

from pathlib import Path

from grader import submission
from grader.grading import grade, prepare, read
from grader.grading.reference_answers import ReferenceAnswers
from grader.rubric.mistakes import mistakes, originals, renamed
from tests.explain.wrong_variants import VARIANTS, Wrong

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = (ROOT / "solutions" / "cnn.py").read_text("utf-8")
ORIGINALS = {name: original.text for name, original in originals(REFERENCE).items()}
KNOWN = mistakes(ROOT / "solutions" / "mistakes.py", REFERENCE)

LAST = 9
"""An attempt at which every hint is told."""

__all__ = ["KNOWN", "LAST", "ORIGINALS", "REFERENCE", "VARIANTS", "Desk", "own_text"]


def own_text(wrong):
    """Return the text of the wrong function: of a variant, or of a known mistake."""
    if not isinstance(wrong, Wrong):
        return renamed(wrong.text, wrong.symbol, wrong.function)
    text = ORIGINALS[wrong.function]
    for old, new in wrong.changes:
        assert old in text, (wrong.function, wrong.name, old)
        text = text.replace(old, new)
    return text


class Desk:
    """Grades wrong variants, each alone in an otherwise right file."""

    def __init__(self, engine, folder):
        self.engine, self.file = engine, folder / "cnn.py"
        self.plan = read(ROOT / "grading.yaml")
        self.names = [problem.function for problem in self.plan.rubric.problems]
        self.prepared = {}
        self.told = {}
        self.answers = ReferenceAnswers()

    def report(self, wrong, only=(), attempt=1):
        """Return the instructor's report of a file with `wrong` in it, on the functions `only` (all if none)."""
        if only not in self.prepared:
            self.prepared[only] = prepare(self.plan, self.engine, only)
        text = REFERENCE.replace(ORIGINALS[wrong.function], own_text(wrong))
        assert text != REFERENCE
        self.file.write_text(text, "utf-8")
        student = submission.load(self.file, self.names)
        report = grade(self.prepared[only], student, self.engine, {wrong.function: attempt}, self.answers)
        if attempt >= LAST:
            self.told[wrong] = next(one for one in report.problems if one.function == wrong.function)
        return report

    def problem(self, wrong, attempt=1):
        """Return the result of the function concerned."""
        return self.report(wrong, (wrong.function,), attempt).problems[0]

    def at_last(self, wrong):
        """Return the result of the function concerned at the last attempt, when every hint is told; graded once."""
        return self.told[wrong] if wrong in self.told else self.problem(wrong, LAST)
