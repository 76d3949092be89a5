import pytest
from report_golden import check_golden

from grader.errors import Fault, RubricError, Span, SubmissionError, UsageError
from grader.language import say
from grader.report.lines import cell_width, show_error


def fault(line=12, column=7, end=0, text="    poins: 15", message=None, hint=None):
    return Fault(
        at=Span(path="/course/grading.yaml", line=line, column=column, end_column=end),
        message=message or say("{name}", name="unknown key poins"),
        hint=hint,
        line_text=text,
    )


def test_faults_as_an_author_reads_them():
    error = RubricError(
        [
            fault(column=5, end=10, hint=say("{name}", name="did you mean points?")),
            fault(line=3, column=12, text='title: {zh: "卷积网络", eng: x}', end=0),
            fault(line=7, column=25, end=28, text='  - values: {zh: 随机输入, eng: "random"}'),
            fault(line=100, column=0, text=""),
        ]
    )
    check_golden("faults.en.txt", show_error(error, "en"))
    check_golden("faults.zh.txt", show_error(error, "zh"))


@pytest.mark.parametrize("before", ["", "abc: ", "标题: ", "\tx: ", "标\t题é: "])
def test_the_caret_is_below_the_place(before):
    lines = show_error(
        RubricError([fault(column=len(before) + 1, end=len(before) + 4, text=before + "bad")]), "en"
    ).split("\n")
    shown, caret = lines[1], lines[2]
    assert caret.endswith("^^^")
    assert cell_width(caret[: caret.index("^")]) == cell_width(shown[: shown.index("bad")])


def test_wide_text_gets_wide_carets():
    lines = show_error(RubricError([fault(column=1, end=3, text="标题: x")]), "en").split("\n")
    assert lines[2].endswith("│ ^^^^")


def test_at_most_twenty_are_shown_in_file_order():
    text = show_error(RubricError([fault(line=line) for line in range(25, 0, -1)]), "en")
    assert text.count("unknown key") == 20
    assert "grading.yaml:1:7" in text
    assert "grading.yaml:21:7" not in text
    assert "… and 5 more" in text


def test_other_errors_name_the_way_out():
    error = UsageError(say("There is no {name}.", name="x.py"), say("Did you mean {name}?", name="cnn.py"))
    assert show_error(error, "en") == "There is no x.py.\nDid you mean cnn.py?\n"
    unreadable = SubmissionError(say("{name}", name="not text"), at=Span(path="/a/cnn.py", line=3))
    assert show_error(unreadable, "en") == "cnn.py:3: not text\n"


def test_a_path_below_here_is_shown_short(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    error = RubricError(
        [Fault(at=Span(path=str(tmp_path / "a" / "grading.yaml"), line=1), message=say("{name}", name="no"))]
    )
    assert show_error(error, "en").startswith("a/grading.yaml:1: no")
