"""What a student reads of code that raises or does not compile: the line first, the reason, nothing twice."""

import gc
import re
import weakref

import pytest
from grading_kit import by_function

from grader.errors import SubmissionError
from grader.explain.scene import tree
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


def hidden_cases(problem):
    return [case for check in problem.checks if check.visibility == "hidden" for case in check.cases]


def test_of_hidden_cases_only_the_function_s_own_line_is_told(mask, reference_text):
    _, problem = mask("mask = best(x)", before="def best(x):\n    return x == np.maxx(x)\n\n\n")
    called = reference_text[: reference_text.index(MASK)].count("\n") + 1 + 4
    cases = hidden_cases(problem)
    assert {case.at.line for case in cases} == {called}
    said = f"Line {called}, in a function that is called there: Raised AttributeError."
    assert {case.message.text("en") for case in cases} == {said}
    assert {case.message.text("zh") for case in cases} == {
        f"第 {called} 行，在那里调用的函数中：抛出了 AttributeError。"
    }
    assert {len(case.exhibit.exhibit.frames) for case in cases} == {2}, "an instructor sees the helper's line too"


BITS = "np.asarray(x, dtype=np.float64).reshape(-1)[:1].view(np.uint64)[0] % 997"
CHANNELS = {
    "a made-up line": f"exec(compile('\\n' * (100 + int({BITS})) + 'raise KeyError', __file__, 'exec'))",
    "a line of a helper": f"far(int({BITS}))",
    "a long statement": f"exec(compile('\\n' * (start + int({BITS})) + 'raise KeyError', __file__, 'exec'))",
}


@pytest.mark.parametrize("how", CHANNELS)
def test_a_line_is_no_message(how, mask, reference_text):
    """A line number carried twenty bits of each hidden input out of a run."""
    steps = "".join(f"    if n == {n}:\n        raise KeyError\n" for n in range(997))
    start = reference_text[: reference_text.index(MASK)].count("\n") + 1
    before = f"def far(n):\n{steps}\n\n" if how == "a line of a helper" else ""
    line = CHANNELS[how].replace("start", str(start))
    if how == "a long statement":
        line += f"; text = {'(' + chr(10) * 1000 + ')'}"
    _, problem = mask(f"{line}\n    mask = x", before=before)
    cases = hidden_cases(problem)
    assert {case.status for case in cases} == {"error"}
    (at,) = {case.at.line for case in cases}
    assert problem.listing.at.line < at < problem.listing.at.line + 20
    digits = re.compile(r"\d+")
    numbers = {int(each) for case in cases for each in digits.findall(case.message.text("en"))}
    assert numbers == {at}


@pytest.mark.parametrize(("count", "told"), [(190, True), (210, False)])
def test_a_function_of_very_many_statements_is_told_no_line_of_hidden_cases(count, told, mask):
    _, problem = mask("".join(f"y{n} = x + {n}\n    " for n in range(count)) + "mask = {}[0]")
    cases = hidden_cases(problem)
    assert {case.at is not None for case in cases} == {told}
    assert problem.checks[0].cases[0].at is not None, "of a public case it is"


def test_only_one_tree_is_kept(tmp_path):
    """A text that is as large as may be has a tree of some hundred megabytes."""
    first = weakref.ref(tree("def f(x):\n    return x\n"))
    for number in range(2):
        tree(f"def f(x):\n    return {number}\n").at(2)
    gc.collect()
    assert first() is None


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
    assert problem.message.text("en").startswith(f"Line {number}: break and continue belong inside a loop")
    assert not any("break" in note.message.text("en") for note in report.notes)
    assert problem.checks[0].message.text("en") == "It was not called, because its def line failed."


def test_a_file_that_cannot_be_read_at_all_is_told_with_the_line(prepared, engine, tmp_path):
    path = tmp_path / "cnn.py"
    path.write_text('x = 1\n"""\ndef zero_pad(X, pad):\n    return X\n', "utf-8")
    with pytest.raises(SubmissionError) as caught:
        load(path, ["zero_pad"])
    report = ungraded(prepared, "cnn.py", caught.value, engine)
    assert report.problems[0].message.text("en").startswith("Line 2: The triple quotes that open here")
    assert report.notes[0].message == report.problems[0].message


LONG = "This sentence of a message is not cut in the middle of a word. "


def test_a_message_of_several_lines_is_read_as_a_person_reads_it(mask, graded, reference_text):
    """Inside a function and outside of all; of a long one whole sentences or words are kept."""
    raised = "raise ValueError('first\\n\\tsecond\\r\\nthird')"
    report, problem = mask(f"{raised}\n    mask = x")
    public = next(check for check in problem.checks if check.visibility == "public")
    shown = [problem.message.text("en"), *(case.message.text("en") for case in public.cases)]
    assert all("Raised ValueError: first second third" in said for said in shown), shown
    report = graded(f"{reference_text}\n\n{raised}\nraise RuntimeError({LONG * 9!r})\nint({'word ' * 90!r})\n")
    for language in ("en", "zh"):
        said = [note.message.text(language) for note in report.notes]
        first, second, third = (
            next(each for each in said if kind in each) for kind in ("first", "RuntimeError", "int()")
        )
        assert "ValueError: first second third" in first
        assert "of a word. …" in second and "word …" in third, said
        assert not any("\\x" in each or "\n" in each for each in said), said


@pytest.mark.parametrize("line", ["warnings.filterwarnings('error')", "np.seterr(all='raise')"])
def test_a_warning_that_the_file_makes_an_error_names_the_line_that_does_so(graded, reference_text, line):
    text = changed(reference_text, MASK, f"np.zeros(1) / np.zeros(1); {MASK}")
    problem = by_function(graded(f"import warnings\nimport numpy as np\n{line}\n{text}"))["create_mask_from_window"]
    assert "Line 3 makes errors of warnings, and this line draws one" in problem.message.text("en")


def test_of_warnings_that_are_none_of_the_file_s_nothing_is_said(graded, reference_text):
    text = changed(reference_text, MASK, f"np.zeros(1) / np.zeros(1); {MASK}")
    report = graded(f"import warnings\nwarnings.filterwarnings('ignore')\n{text}")
    assert by_function(report)["create_mask_from_window"].status == "passed"


@pytest.mark.parametrize("call", ["exit()", "sys.exit(1)", "os._exit(0)"])
def test_what_ends_the_program_is_named_with_its_line(mask, reference_text, call):
    number = reference_text[: reference_text.index(MASK)].count("\n") + 1
    _, problem = mask(f"{MASK}; import os, sys; {call}")
    assert problem.message.text("en") == f"Line {number} ends the whole program; the function must return instead."
    assert all(case.at.line == number for case in hidden_cases(problem))


def test_where_it_may_have_been_one_of_several_no_line_is_named(mask):
    _, problem = mask(f"{MASK}\n    exit() if x.size > 1 else None\n    exit()")
    assert problem.message.text("en") == "Ended the whole program (exit, quit or os._exit) instead of returning."
