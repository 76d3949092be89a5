"""What a student reads of code that raises or does not compile: the line first, the reason, nothing twice."""

import pytest
from grading_kit import by_function

from grader.errors import SubmissionError
from grader.grading.tally import ungraded
from grader.submission import load

MASK = "mask = x == np.max(x)"


def changed(text, old, new):
    assert text.count(old) == 1
    return text.replace(old, new)


@pytest.fixture
def mask(graded, reference_text):
    """Return a function that grades the reference with another line in create_mask_from_window."""

    def grade_line(line, before=""):
        text = changed(reference_text, MASK, line)
        report = graded(changed(text, "def create_mask_from_window", f"{before}def create_mask_from_window"))
        return report, by_function(report)["create_mask_from_window"]

    return grade_line


def test_the_first_sentence_names_the_line_the_reason_and_the_type(mask, reference_text):
    number = reference_text[: reference_text.index(MASK)].count("\n") + 1
    _, problem = mask("mask = (x == np.maxx(x))")
    said = f"Line {number}: `np` has no `maxx`; did you mean `np.max`? (AttributeError)"
    assert problem.message.text("en") == said
    assert problem.message.text("zh").startswith(f"第 {number} 行：")
    assert {case.message.text("en") for check in problem.checks for case in check.cases} == {said}


def test_a_helper_is_named_with_the_line_that_called_it(mask, reference_text):
    _, problem = mask("mask = best(x)", before="def best(x):\n    return x == np.maxx(x)\n\n\n")
    first = reference_text[: reference_text.index("def create_mask_from_window")].count("\n") + 1
    called = reference_text[: reference_text.index(MASK)].count("\n") + 1 + 4
    assert problem.message.text("en").startswith(f"Line {first + 1}, in best (called in line {called}): `np` has no")


def test_an_exception_without_a_reason_keeps_its_own_words_where_that_is_public(mask):
    _, problem = mask("raise LookupError('secret')")
    assert problem.message.text("en").endswith(": Raised LookupError: secret")
    hidden = [case.message.text("en") for check in problem.checks[1:] for case in check.cases]
    assert hidden and not any("secret" in text for text in hidden)
    assert all(text.endswith(": Raised LookupError.") for text in hidden)


def test_hidden_cases_are_told_their_line_and_no_number(mask):
    _, problem = mask("mask = (x == np.max(x)) if x.shape == (2, 3) else x[9, 9]")
    hidden = {case.message.text("en") for check in problem.checks[1:] for case in check.cases if case.status == "error"}
    assert len(hidden) == 1
    assert "An index runs past the end of an axis" in hidden.pop()


def test_what_does_not_compile_is_told_once_with_its_line(mask, reference_text):
    number = reference_text[: reference_text.index(MASK)].count("\n") + 1
    report, problem = mask("break")
    assert problem.message.text("en").startswith(f"Line {number}: break and continue belong into a loop")
    assert not any("break" in note.message.text("en") for note in report.notes)
    assert problem.checks[0].message.text("en") == "It could not be called, because its def failed."


def test_a_file_that_cannot_be_read_at_all_is_told_with_the_line(prepared, engine, tmp_path):
    path = tmp_path / "cnn.py"
    path.write_text('x = 1\n"""\ndef zero_pad(X, pad):\n    return X\n', "utf-8")
    with pytest.raises(SubmissionError) as caught:
        load(path, ["zero_pad"])
    report = ungraded(prepared, "cnn.py", caught.value, engine)
    assert report.problems[0].message.text("en").startswith("Line 2: The triple quotes that open here")
    assert report.notes[0].message == report.problems[0].message
