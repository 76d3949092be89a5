"""Marks that a person gave come from a table as people keep it, and whatever is wrong with it is said at its place."""

from fractions import Fraction as F

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.errors import MarksError, Span, UsageError
from grader.grading import marks
from grader.language import Bilingual
from grader.model import ManualItem
from grader.report.lines import show_error

ITEMS = tuple(
    ManualItem(name=name, title=Bilingual(zh, en), points=F(points), bonus=False, at=Span(path="grading.yaml"))
    for name, zh, en, points in (("essay", "问答题", "An essay", 3), ("talk", "报告", "talk", "2.5"))
)
PATHS = ["class/alice", "class/bob/hw.py", "class/李雷"]


@pytest.fixture
def read(tmp_path):
    """Return a function that reads a table, and returns what each of three submissions gets."""

    def marks_of(table, paths=PATHS, *, all_here=True):
        file = tmp_path / "marks.csv"
        file.write_bytes(table if isinstance(table, bytes) else table.encode())
        own = marks.shared_out(marks.read(file, ITEMS, ["mean"]), paths, all_here=all_here)
        return [{item: (mark.score, mark.comment) for item, mark in each.items()} for each in own]

    return marks_of


ALL = [{"essay": (F(2), "no example"), "talk": (F("2.5"), "")}, {}, {"essay": (F(0), "")}]


@pytest.mark.parametrize(
    "table",
    [
        "name,item,points,comment\nalice,essay,2,no example\nalice,talk,2.5,\n李雷,essay,0,\nbob,essay,,\n",
        "name,essay,talk,essay comment\nalice,2,2.5,no example\n李雷,0,,\n",
        "姓名,题目,分数,评语\nalice,问答题,2,no example\nalice,报告,２．５,\n李雷,essay,0分,\n",
        "学生;问答题;报告;问答题评语\nalice;2;2,5;no example\n李雷;0;;\n",
        "Talk\tEssay_Comment\tAn essay\tSubmission\n2.5\tno example\t2\tclass/alice\n\t\t0\t李雷\n",
        'submission,status,required,mean,essay,talk,"essay comment",to be graded by hand\n'
        "class/alice,open,2,1,2,2.5,no example,3\nclass/bob/hw.py,open,,,,,,\nclass/李雷,open,2,1,0,,,3\n",
        "name,item,points,comment,,\n,,,,,\nALICE,essay,2, no example ,,\nalice,talk,02.50,,,\n李雷 ,essay,0,,,\n",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_tables_as_people_keep_them(read, table, encoding, end):
    assert read(table.replace("\n", end).encode(encoding)) == ALL


@pytest.mark.parametrize("name", ["class/bob/hw.py", "bob/hw.py", "hw.py", "hw", "bob", "Bob", "bob\\hw"])
def test_a_submission_is_called_as_reports_call_it_or_shorter(read, name):
    assert read(f"name,essay\n{name},1\n") == [{}, {"essay": (F(1), "")}, {}]


@pytest.mark.parametrize("name", ["hw.py", "hw", "class/alice/hw.py", "alice"])
def test_one_submission_alone_takes_its_own_row(read, name):
    table = f"name,essay\nbob,1\n{name},2\n"
    assert read(table, ["class/alice/hw.py"], all_here=False) == [{"essay": (F(2), "")}]


def test_a_comment_may_have_lines_and_commas_and_is_inert(read):
    (own, _, _) = read('name,item,points,comment\nalice,essay,,"Well,\nbut \x1b[31mred"\n')
    assert own == {"essay": (None, "Well,\nbut \\x1b[31mred")}


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("", "marks.csv:1: The table is empty."),
        ("name,comment\nalice,x\n", "marks.csv:1:6: This column does not say which item it is about."),
        ("name,esay\nalice,1\n", "marks.csv:1:6: No item is called `esay`."),
        ("essay\n1\n", "marks.csv:1:1: The table needs a column of names and one of points."),
        ("name,essay,essay\nalice,1,2\n", "marks.csv:1:12: The column `essay` is there twice."),
        ("name,essay,An essay\nalice,1,2\n", "marks.csv:1:12: The column `An essay` is there twice."),
        ("name,essay\nalice,4\n", "marks.csv:2:7: Column `essay`: 4 is more than the 3 that `essay` is worth."),
        ("name,talk\nalice,2.51\n", "marks.csv:2:7: Column `talk`: 2.51 is more than the 2.5 that `talk` is worth."),
        ("name,essay\nalice,-1\n", "marks.csv:2:7: Column `essay`: `-1` is no number of points from 0 to 3."),
        ("name,essay\nalice,nan\n", "marks.csv:2:7: Column `essay`: `nan` is no number of points from 0 to 3."),
        ("name,essay\nalice,1,2\n", "marks.csv:2:9: This row has more cells than the head."),
        ("name,essay\n,1\n", "marks.csv:2: This row names no submission."),
        ("name,item,points\nalice,esay,1\n", "marks.csv:2:7: No item is called `esay`."),
        ("name,item,points\nalice,,1\n", "marks.csv:2: No item is called ``."),
        ("name,essay\nalcie,1\n", "marks.csv:2:7: No submission is called `alcie`."),
        ('name,item,points,comment\nalice,essay,1,"a\nb"\nalice,essay,2,\n',
         "marks.csv:4:13: `essay` of `alice` has a mark already."),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_place(read, table, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(MarksError) as caught:
        read(table)
    text = show_error(caught.value, "en")
    assert text.startswith(said) and text.endswith("The table of marks has faults; nothing was graded.\n")
    assert show_error(caught.value, "zh").endswith("成绩表有错误，没有评分。\n")


def test_every_fault_is_told_at_once_and_in_order(read):
    with pytest.raises(MarksError) as caught:
        read("name,item,points\nnobody,essay,1\nalice,essay,9\nalice,esay,1\n")
    assert [fault.at.line for fault in caught.value.faults] == [2, 3, 4]


def test_a_name_that_two_submissions_share_is_not_guessed(read):
    paths = ["class/alice/hw.py", "class/bob/hw.py"]
    with pytest.raises(MarksError) as caught:
        read("name,essay\nhw.py,1\n", paths)
    assert caught.value.faults[0].message.text("en") == "`hw.py` names 2 submissions; write more of the path."
    assert read("name,essay\nalice,1\n", paths) == [{"essay": (F(1), "")}, {}]


@pytest.mark.parametrize("data", [b"PK\x03\x04\x00\x00", b"\x00\x01\x02", b"name,essay\n\xff\xff\xff,1\n"])
def test_what_is_no_text_is_refused_with_a_way_out(read, data):
    with pytest.raises(UsageError) as caught:
        read(data)
    assert "CSV" in caught.value.message.text("en") and caught.value.hint is not None


def test_a_table_that_is_not_there(tmp_path):
    with pytest.raises(UsageError, match="There is no table of marks"):
        marks.read(tmp_path / "no.csv", ITEMS)


CELLS = st.sampled_from(
    ["name", "essay", "talk", "item", "points", "comment", "alice", "bob", "1", "9", "x", "", '"', "\n", ",", ";", "\t"]
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cells=st.lists(st.one_of(CELLS, st.text(max_size=3)), max_size=30))
def test_any_text_gives_marks_within_their_points_or_faults_with_a_line(read, cells):
    try:
        own = read("".join(cells).encode("utf-8", "replace"))
    except MarksError as error:
        assert all(fault.at.line >= 1 and fault.message.text("zh") for fault in error.faults)
        return
    except UsageError:
        return
    most = {item.name: item.points for item in ITEMS}
    assert all(score is None or 0 <= score <= most[item] for each in own for item, (score, _) in each.items())
