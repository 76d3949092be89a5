"""Every submission of the corpus gets, function by function, the verdict that is written beside it.

A folder holds one submission and an `expected.yaml`:

    about: what this one is
    submission: work.zip         # what is handed in; else the only other file
    encoding: gbk                # the file is saved in this encoding before it is graded
    line_ends: "\\r\\n"
    refused: a part of the sentence   # where nothing can be read at all
    functions:                   # those that are not simply right
      zero_pad: {status: partial, most: 60, least: 20, says: a part of the sentence}
      conv_forward: {status: passed, blames: [zero_pad]}
    notes: [a part of a remark]
    awaits: what has to be mended before this verdict is given (the test fails when it is)

`most` and `least` are percent of the function's points. A bug report becomes a folder.
"""

from pathlib import Path

import pytest
import yaml

from grader.errors import SubmissionError, UsageError
from grader.execution import open_engine
from grader.grading import grade as graded
from grader.grading import handed_in as read_submission
from grader.grading import prepare, read
from grader.grading.tally import ungraded

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
FOLDERS = sorted(path.parent for path in HERE.glob("*/expected.yaml"))
QUICK_SLIPS = {
    "slip_pad_reflected",
    "slip_step_prints_instead",
    "slip_forward_float32_output__share_of_whole_numbers",
    "slip_forward_transposed_output",
    "slip_forward_keys_exchanged__mask_argmax_row",
    "slip_backward_samples_mixed",
    "slip_pool_padded",
    "slip_everything_at_once",
    "slip_random_answers",
}
"""Of the slips, one or two for each function, and those of several at once; the others are slow together."""


def _in_turn(folder):
    slow = folder.name.startswith("slip_") and folder.name not in QUICK_SLIPS
    return pytest.param(folder, id=folder.name, marks=pytest.mark.slow if slow else ())


RIGHT = {"status": "passed", "most": 100, "least": 100, "blames": []}


@pytest.fixture(scope="session")
def grade():
    """Return a function that grades a path; one engine and one drawing of the cases serve the whole corpus."""
    plan = read(ROOT / "grading.yaml")
    engine = open_engine()
    try:
        prepared = prepare(plan, engine)

        def one(path):
            try:
                student = read_submission(plan, path)
            except (SubmissionError, UsageError) as error:
                return ungraded(prepared, str(path), error, engine)
            return graded(prepared, student, engine)

        yield one
    finally:
        engine.close()


def handed_in(folder, wanted, scratch):
    if "submission" in wanted:
        return folder / wanted["submission"]
    (only,) = (path for path in folder.iterdir() if path.name not in ("expected.yaml", "__pycache__"))
    if not {"encoding", "line_ends"} & wanted.keys():
        return only
    text = only.read_text("utf-8").replace("\n", wanted.get("line_ends", "\n"))
    saved = scratch / "submission.py"
    saved.write_bytes(text.encode(wanted.get("encoding", "utf-8")))
    return saved


def all_said(problem):
    """Return everything a report says of one function, in English."""
    said = [problem.message, *problem.hints]
    for check in problem.checks:
        said += [check.message, *(case.message for case in check.cases)]
    return " ".join(message.text("en") for message in said if message is not None)


def faults(problem, wanted):
    """Yield what differs from the expected verdict of one function."""
    statuses = wanted["status"] if isinstance(wanted["status"], list) else [wanted["status"]]
    percent = 100 * problem.score / problem.max_score
    if problem.status not in statuses:
        yield f"status {problem.status}, not {' or '.join(statuses)}"
    if not wanted.get("least", 0) <= percent <= wanted.get("most", 0):
        yield f"{float(percent):.1f} %, not {wanted.get('least', 0)} to {wanted.get('most', 0)} %"
    if sorted(problem.blames) != sorted(wanted.get("blames", [])):
        yield f"blames {problem.blames}, not {wanted.get('blames', [])}"
    if wanted.get("says", "") not in all_said(problem):
        yield f"does not say {wanted['says']!r} but {all_said(problem)!r}"


@pytest.mark.parametrize("folder", [_in_turn(folder) for folder in FOLDERS])
def test_verdicts(folder, grade, tmp_path, request):
    wanted = yaml.safe_load((folder / "expected.yaml").read_text("utf-8"))
    if "awaits" in wanted:
        request.applymarker(pytest.mark.xfail(strict=True, reason=wanted["awaits"]))
    report = grade(handed_in(folder, wanted, tmp_path))
    differing = {}
    for problem in report.problems:
        expected = wanted.get("functions", {}).get(problem.function, RIGHT)
        if expected["status"] == "passed":
            expected = RIGHT | expected
        if found := list(faults(problem, expected)):
            differing[problem.function] = found
    assert differing == {}
    told = [note.message.text("en") for note in report.notes]
    told += map(all_said, report.problems)  # a remark that a function's own sentence says is no note
    assert [note for note in wanted.get("notes", []) if not any(note in one for one in told)] == []
    assert wanted.get("refused", "") in " ".join(told)


def test_the_corpus_is_large_and_names_only_what_is_graded():
    assert len(FOLDERS) >= 60
    names = {problem.function for problem in read(ROOT / "grading.yaml").rubric.problems}
    for folder in FOLDERS:
        wanted = yaml.safe_load((folder / "expected.yaml").read_text("utf-8"))
        assert wanted.get("functions", {}).keys() <= names
        assert wanted["about"]
