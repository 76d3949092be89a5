import re
import subprocess
import sys
from pathlib import Path

import pytest
import report_samples as samples
from report_golden import check_golden

from grader.report.lines import cell_width
from grader.report.terminal import render

EVERY = samples.samples()
BY_NAME = pytest.mark.parametrize("sample", EVERY, ids=lambda sample: sample.name)


@BY_NAME
@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_people_read(sample, language):
    check_golden(f"{sample.name}.{language}.txt", render(sample.report, language=language))


@BY_NAME
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("width", [40, 60, 80, 100])
def test_no_line_is_wider_than_the_terminal(sample, language, width):
    text = render(sample.report, language=language, width=width)
    assert [line for line in text.split("\n") if cell_width(line) > width] == []


def uncoloured(text):
    return [line.rstrip() for line in re.sub(r"\x1b\[[0-9;]*m", "", text).split("\n")]


@BY_NAME
def test_colour_takes_nothing_away(sample):
    plain = render(sample.report, language="zh")
    coloured = render(sample.report, language="zh", colour=True)
    assert "\x1b[" in coloured
    lines = iter(uncoloured(coloured))
    assert all(line in lines for line in plain.split("\n"))


def test_a_terminal_with_colour_gets_the_slice_with_the_error():
    coloured = render(samples.mixed(), language="en", colour=True)
    lines = uncoloured(coloured)
    at = next(number for number, line in enumerate(lines) if "Z[0, :, :, 3]" in line)
    assert lines[at + 1].split() == ["expected", "got"]
    assert lines[at + 3].split() == ["0.67", "-1.08", "-0.926", "0.491", "-0.736", "0.419", "-1.15", "0.547"]
    assert len(re.findall(r"\x1b\[1;4;[0-9;]*m *-0.926 ", coloured)) == 1
    assert "Z[0, :, :, 3]" not in render(samples.mixed(), language="en")


@BY_NAME
def test_a_log_gets_no_control_characters(sample):
    text = render(sample.report, language="en")
    assert all(char.isprintable() or char == "\n" for char in text)


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "gbk"])
@BY_NAME
def test_terminals_without_unicode_get_what_they_can_show(sample, encoding):
    text = render(sample.report, language="zh", encoding=encoding)
    text.encode(encoding)
    assert "#" in text or "." in text
    assert ("下一步" in text or "漂亮" in text) == (encoding == "gbk")


def test_ascii_is_still_a_good_report():
    check_golden("mixed.ascii.txt", render(samples.mixed(), language="zh", encoding="ascii"))


def test_narrow_terminals_keep_the_names():
    check_golden("mixed.narrow.txt", render(samples.mixed(), language="zh", width=48))


def test_markup_of_a_student_is_shown_as_it_is():
    text = render(samples.hostile(), language="en", colour=True)
    assert "[bold]" in text
    assert "\x1b[31m[red]" not in text
    assert "\u202e" not in text


def test_a_student_reads_nothing_of_a_hidden_case():
    student, teacher = (render(report, language="en") for report in (samples.mixed(), samples.instructor()))
    assert "987654321" in teacher
    assert "20240501" in teacher
    assert "987654321" not in student
    assert "eed" not in student.replace("needs", "")


def test_passed_but_blamed_functions_name_the_culprit():
    text = render(samples.blamed(), language="en")
    assert "it goes wrong now because of your zero_pad" in " ".join(text.split())
    assert "First fix zero_pad (cnn.py:14): it also spoils the result of\n  conv_forward." in text


def test_a_caret_stands_below_the_place_even_after_chinese():
    lines = render(samples.unreadable(), language="en").split("\n")
    at = next(number for number, line in enumerate(lines) if line.strip().endswith("^"))
    assert lines[at - 1][lines[at].index("^")] == "("


def test_a_log_costs_no_import_beyond_the_report():
    """Rich costs a third of numpy's import; only colour needs it."""
    code = (
        f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r}); import report_samples; "
        "from grader.report import json, lines, terminal; "
        "text = terminal.render(report_samples.mixed(), language='zh'); "
        "sys.exit(any(name.split('.')[0] in ('rich', 'jinja2') for name in sys.modules) or 'zero_pad' not in text)"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
