"""Cells and sheets: whatever somebody is called stays one cell, is no formula, and changes nothing beside it."""

import csv
import io

import class_samples as classes
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from grader.language import inert
from grader.report.caps import fitting, functions_left_out, lines_left_out, whole_lines
from grader.report.cells import cell, guarded, id_cell, line, quoted
from grader.report.exporting import exported
from grader.report.worksheet import Worksheet

NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(classes.HOSTILE)
TABLES = ("csv", "canvas", "nbgrader")


def parsed(text, delimiter=","):
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


@given(st.lists(NAMES, min_size=1, max_size=5))
def test_cells_come_back_as_they_were_but_for_the_guard(names):
    (row,) = parsed(line(map(cell, [*names, "end"])))
    assert row == [*map(guarded, names), "end"]
    assert not [text for text in row if text.lstrip(" ").startswith(tuple("=+-@\t\r\n＝＋－＠"))]


@given(NAMES)
def test_an_id_comes_back_unless_it_could_call_something(name):
    ((shown, _),) = parsed(line([id_cell(name), "end"]))
    assert shown == name or (shown == f"'{name}" and not name.replace("_", "").isalnum())


@pytest.mark.parametrize(("own", "shown"), [("+8613800000000", "+8613800000000"), ("@ada", "@ada"), ("-1", "-1")])
def test_an_id_that_only_looks_like_a_formula_stays(own, shown):
    assert id_cell(own) == shown


@given(st.lists(NAMES, min_size=1, max_size=4))
@pytest.mark.parametrize("kind", TABLES)
def test_any_name_stays_in_its_row(kind, names):
    people = [
        classes.standing(classes.person(f"s{number}", inert(name, 60)), classes.half())
        for number, name in enumerate(names)
    ]
    (file,) = exported(kind, classes.reading(people), language="en")
    rows = parsed(b"".join(file.data).decode().removeprefix("\ufeff"))
    assert len({len(row) for row in rows}) == 1
    assert len(rows) == len(people) + (1 if kind == "nbgrader" else 2)
    assert sum("28.33" in row for row in rows) == len(people)


SHEETS = st.builds(
    lambda mark, encoding, rows, delimiter, end, last: (mark + (end.join(
        delimiter.join(quoted(each, delimiter) for each in row) for row in rows) + last * end)).encode(encoding),
    st.sampled_from(["", "\ufeff"]), st.just("utf-8"),
    st.lists(st.lists(NAMES, min_size=2, max_size=4), min_size=1, max_size=5),
    st.sampled_from(",;\t"), st.sampled_from(["\n", "\r\n", "\r"]), st.booleans(),
)  # fmt: skip


@given(SHEETS)
@example(b"")
@example(b'a,b\n"unclosed,1\nx,"y" z\n\n,\n')
def test_a_sheet_that_nobody_fills_in_stays_the_same_to_the_byte(data):
    sheet = Worksheet(data)
    list(sheet.rows())
    assert sheet.data() == data


@given(
    st.lists(st.lists(NAMES, min_size=3, max_size=3), min_size=1, max_size=4), st.sampled_from(",;\t"), NAMES, st.data()
)
def test_a_filled_cell_changes_no_other(rows, delimiter, text, draw):
    head = ["a", "b", "c"]
    data = "".join(delimiter.join(quoted(each, delimiter) for each in row) + "\r\n" for row in [head, *rows]).encode()
    sheet = Worksheet(data)
    place = draw.draw(st.integers(1, len(rows))), draw.draw(st.integers(0, 2))
    sheet.put(*place, text)
    wanted = [head, *map(list, rows)]
    wanted[place[0]][place[1]] = text
    assert parsed(sheet.data().decode(), delimiter) == wanted


def test_a_cell_keeps_its_quotes_and_a_short_row_gets_its_cells():
    sheet = Worksheet(b'a,b,c\n"1","2","3"\n4\n')
    sheet.put(1, 1, "9")
    sheet.put(2, 2, "5")
    assert sheet.data() == b'a,b,c\n"1","9","3"\n4,,5\n'


# --- caps


@given(st.lists(st.text("ab积 ", max_size=30), max_size=20), st.integers(40, 300))
def test_whole_items_are_kept_and_the_rest_is_counted(items, room):
    kept = fitting(items, room, functions_left_out, "en")
    if kept != items:
        assert kept[:-1] == items[: len(kept) - 1]
        assert kept[-1].startswith(f"{len(items) - len(kept) + 1} further function")
        assert sum(len(item) + 1 for item in kept) <= max(room, len(kept[-1]) + 1)


@given(st.text("ab\n积", max_size=600), st.integers(60, 400))
def test_a_text_is_cut_between_lines(text, most):
    cut = whole_lines(text, most, "en")
    assert len(cut) <= most
    if len(text) <= most:
        assert cut == text
    else:
        *lines, said = cut.split("\n")
        assert "left out" in said or not text.partition("\n")[2]
        assert lines[1:] == text.split("\n")[1 : len(lines)]
        assert lines_left_out(1).text("en") == "1 further line is left out."
