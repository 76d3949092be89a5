"""Every kind of file says of everybody what the report says: written, and read as its platform reads it."""

import class_samples as classes
import pytest
from class_samples import person, standing
from msgspec.structs import replace
from platform_readers import READERS
from report_samples import F

from grader.language import say
from grader.model import Adjustment
from grader.report import FILES, FORMATS, Surroundings, format_of
from grader.report.exporting import exported, is_apart


def whole(report, score, bonus=None, policy="override"):
    """Return a report whose points were set, or lessened, as a whole."""
    taken = Adjustment(policy=policy, reason=say("as a whole"), points=F(score) - report.score)
    left = report.bonus if bonus is None else F(bonus)
    less = (Adjustment(policy=policy, reason=say("as a whole"), points=left - report.bonus),)
    return replace(report, score=F(score), adjustments=(taken,), bonus=left,
                   bonus_adjustments=less if left != report.bonus else ())  # fmt: skip


REPORTS = {
    "full": classes.full(),
    "half": classes.half(),
    "nothing": classes.nothing_right(),
    "ours": classes.not_graded(),
    "absent": None,
    "bonus": classes.with_bonus(),
    "late": whole(classes.full(), 44, policy="late"),
    "later": whole(classes.with_bonus(), 11, 4, policy="late"),
    "raised": whole(classes.half(), 50),
    "given": whole(classes.nothing_right(), 55),
}
CLASS = [
    standing(
        person(name, name.title(), canvas=f"{number}", moodle=f"{number}"),
        replace(report, submission=name) if report is not None else None,
    )
    for number, (name, report) in enumerate(REPORTS.items(), 101)
]
WORKSHEET = "Identifier,Full name,Email address,Status,Grade,Maximum Grade,Last modified (submission)\n" + "".join(
    f"Participant {one.person.ids['moodle']},{one.person.name},,,,55.00,-\n" for one in CLASS
)


def test_every_kind_has_a_reader():
    assert READERS.keys() == {*FORMATS, *FILES}


@pytest.mark.parametrize("kind", [*FORMATS, *FILES])
def test_it_says_what_the_report_says(kind, tmp_path):
    reader, folder = READERS[kind], bool(format_of(kind).links)
    place = Surroundings(environment=classes.RUNNER, now=classes.AT)
    people = [one for one in CLASS if kind not in ("classroom50", "coursera") or one.person.id != "ours"]
    filled = WORKSHEET.encode() if format_of(kind).fills == "must" else None
    apart = folder or is_apart(kind, several=True)
    for file in exported(kind, classes.reading(people), language="en", filled=filled, apart=apart, place=place):
        path = tmp_path / "out" / file.name if file.name else tmp_path / "out"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"".join(file.data))
    told = reader.read(tmp_path / "out", [one.person for one in people])
    for one in people:
        if one.person.id != "ours" or kind in BLANK:
            assert told.get(one.person.id) == pytest.approx(reader.wanted(one), abs=0.01), one.person.id


@pytest.mark.parametrize("kind", [kind for kind in (*FORMATS, *FILES) if not format_of(kind).evidence])
def test_what_asks_for_no_evidence_shows_none(kind):
    filled = WORKSHEET.encode() if format_of(kind).fills == "must" else None
    (bare,) = exported(kind, classes.reading(CLASS), language="en", filled=filled)
    (full,) = exported(kind, lambda *, evidence: CLASS, language="en", filled=filled)
    assert b"".join(bare.data) == b"".join(full.data)


def test_of_several_files_one_persons_evidence_is_held_at_a_time():
    asked = []

    def read(*, evidence):
        for one in CLASS:
            asked.append((one.person.id, evidence))
            yield one

    index, first, *_ = exported("html-class", read, language="en", apart=True)
    assert index.name == "index.html" and first.name == "students/full.html"
    files = exported("html-class", read, language="en", apart=True)
    asked.clear()
    next(files)
    assert asked == [(one.person.id, False) for one in CLASS]
    next(files)
    assert asked[len(CLASS) :] == [("full", True)]


BLANK = {"json", "jsonl", "prairielearn", "gradescope", "csv", "canvas", "moodle", "nbgrader", "junit",
         "github", "html-class"}  # fmt: skip
"""The kinds from which a platform takes a mark for everybody: our own fault is none there. The others show the points
that there are, with a word."""
