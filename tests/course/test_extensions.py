"""A table of extensions: who has how much more time, and every fault of it with its place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.course.extensions import extensions_of, read_extensions
from grader.errors import RubricError, TableError, UsageError
from grader.language import inert
from grader.model import Instant, Person
from grader.reading.moments import moment_in

DUE = moment_in("2026-10-10 23:59 Asia/Shanghai")
CLASS = (
    Person(id="2026001", name=inert("李雷"), email="lilei@example.edu", group="red", ids={"github": "lilei"}),
    Person(id="2026002", name=inert("韩梅梅"), group="red"),
    Person(id="2026003", name=inert("Ann Lee"), group="blue"),
    Person(id="2026004", name=inert("Ann Lee")),
    Person(id="=cmd", name=inert("=1+1")),
)


@pytest.fixture
def read(tmp_path):
    """Return a function that reads a table's text or bytes."""

    def from_text(written, deadline=DUE):
        path = tmp_path / "extensions.csv"
        path.write_bytes(written if isinstance(written, bytes) else written.encode())
        return read_extensions(path, CLASS, deadline)

    return from_text


def told(read, written):
    """Return the faults as `line:column sentence (way out)`."""
    with pytest.raises(TableError) as caught:
        read(written)
    return [
        f"{fault.at.line}:{fault.at.column} {fault.message.text('en')}"
        + (f" ({fault.hint.text('en')})" if fault.hint else "")
        for fault in caught.value.faults
    ]


def test_a_row_gives_a_student_or_a_group_more_time(read):
    table = read(
        "student,group,until,extra,why\n"
        "2026001,,2026-10-12 23:59,,ill\n"
        "lilei,,,36 h,\n"
        ",Blue,2026/10/13 08:00 +00:00,,trip\n"
        "韩梅梅,,,2 天,\n"
    )
    assert [(each.who, each.is_group, str(each.until or each.extra), each.why) for each in table.extensions] == [
        ("2026001", False, "2026-10-12 23:59 Asia/Shanghai", "ill"),
        ("2026001", False, "2160", ""),
        ("blue", True, "2026-10-13 08:00 +00:00", "trip"),
        ("2026002", False, "2880", ""),
    ]
    assert [each.at.line for each in extensions_of(CLASS[0], table.extensions)] == [2, 3]
    assert [each.at.line for each in extensions_of(CLASS[2], table.extensions)] == [4]
    assert extensions_of(CLASS[3], table.extensions) == (), "who has no group is in no group"


def test_chinese_heads_excels_encodings_and_formula_guards(read):
    written = "学号;截止时间;原因\r\n'=cmd;2026-10-12 23:59;病假\r\n"
    for encoding in ("utf-8-sig", "gb18030", "utf-16"):
        (each,) = read(written.encode(encoding)).extensions
        assert (each.who, each.why, each.until.zone) == ("=cmd", "病假", "Asia/Shanghai")


def test_every_fault_is_told_at_once_with_its_place(read):
    assert told(
        read,
        "student,until,extra,why\n"
        "2026009,2026-10-12 23:59,,\n"
        "Ann Leee,,1 day,\n"
        "Ann Lee,,1 day,\n"
        "2026001,tomorrow,,\n"
        "2026001,,2,\n"
        "2026001,,,ill\n"
        "2026001,2026-10-12 23:59,1 day,\n"
        ",,1 day,\n"
        "2026001,2026-10-12 23:59 Asia/Shanhai,,\n"
        "2026001,,1 day,a,b\n",
    ) == [
        "2:1 Nobody in this class is called `2026009`.",
        "3:1 Nobody in this class is called `Ann Leee`. "
        "(Did you mean one of these: 2026003 (Ann Lee), 2026004 (Ann Lee)?)",
        "4:1 `Ann Lee` names 2 people; write the id. (Ids: 2026003 (Ann Lee), 2026004 (Ann Lee))",
        "5:9 `tomorrow` is no date with a time. (Write it like `2026-10-12 23:59`.)",
        "6:10 `2` is no length of time. (Write it like `2 days`, `36 h` or `90 min`.)",
        "7:1 This row does not say until when, or how much longer.",
        "8:26 A row fills `until` or `extra`, not both.",
        "9:0 This row names no student and no group.",
        "10:9 There is no time zone `Asia/Shanhai`. (Did you mean `Asia/Shanghai`?)",
        "11:18 This row has more cells than the head. (A text with a comma in it stands between double quotes.)",
    ]


def test_faults_of_the_head(read):
    assert told(read, "studnet,until\n2026001,2026-10-12 23:59\n") == [
        "1:1 No column of extensions is called `studnet`. (Did you mean `student`?)"
    ]
    assert "says who" in told(read, "why,until\nx,2026-10-12 23:59\n")[0]
    assert "twice" in told(read, "id,name,until\n")[0]
    assert "empty" in told(read, "")[0]


def test_an_extension_that_gives_no_time_is_a_remark(read):
    table = read("id,until\n2026001,2025-10-12 23:59\n")
    assert [(each.at.line, each.at.column) for each in table.remarks] == [(2, 9)]
    assert len(table.extensions) == 1, "a deadline that was moved past it is no fault"


def test_a_time_needs_a_zone_where_there_is_no_deadline(read):
    with pytest.raises(TableError):
        read("id,until\n2026001,2026-10-12 23:59\n", None)


def test_what_is_no_table_is_said(tmp_path):
    with pytest.raises(UsageError):
        read_extensions(tmp_path / "none.csv", CLASS, DUE)
    (tmp_path / "x.csv").write_bytes(b"\x00\x01\xff")
    with pytest.raises(UsageError):
        read_extensions(tmp_path / "x.csv", CLASS, DUE)


CELLS = st.text(max_size=20) | st.sampled_from(["2026001", "red", "1 day", "2026-10-12 23:59", "", "9" * 30, "'=cmd"])
ROWS = st.lists(st.lists(CELLS, min_size=1, max_size=6), max_size=6)


@given(ROWS, st.sampled_from([",", ";", "\t"]), st.booleans())
def test_any_table_is_read_or_refused_with_places(tmp_path_factory, rows, comma, headed):
    text = "\n".join(comma.join(row) for row in rows)
    path = tmp_path_factory.mktemp("any") / "x.csv"
    path.write_bytes((("student,until,extra\n" if headed else "") + text).encode("utf-8", "surrogatepass"))
    try:
        table = read_extensions(path, CLASS, DUE)
    except TableError as error:
        assert all(fault.at.line >= 1 for fault in error.faults)
    except (UsageError, RubricError):
        pass
    else:
        assert all(isinstance(each.until, Instant) or each.extra > 0 for each in table.extensions)
