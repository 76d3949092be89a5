"""A roster is read as courses and platforms write it, and whatever is wrong with it is said at its place."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.course.entries import read_roster, read_rosters
from grader.course.entries.times import moment
from grader.errors import TableError, UsageError
from grader.report.lines import show_error


@pytest.fixture
def read(tmp_path):
    """Return a function that reads a table."""

    def roster_of(table):
        file = tmp_path / "roster.csv"
        file.write_bytes(table if isinstance(table, bytes) else table.encode())
        return read_roster(file, UTC)

    return roster_of


def rows(roster):
    return [(each.id, each.name, each.email, each.section, each.group) for each in roster.people.values()]


CLASS = [("1", "Ann Lee", "a@u.edu", "S1", "Red"), ("2", "李雷", "l@u.edu", "S2", "")]


@pytest.mark.parametrize(
    "table",
    [
        "id,name,email,section,group\n1,Ann Lee,a@u.edu,S1,Red\n2,李雷,l@u.edu,S2,\n",
        "Group;Student ID;E-Mail;Full Name;Section;other\nRed;1;a@u.edu;Ann Lee;S1;x\n;2;l@u.edu;李雷;S2;y\n",
        "学号\t姓名\t邮箱\t班级\t小组\n1\tAnn Lee\ta@u.edu\tS1\tRed\n\n2\t李雷\tl@u.edu\tS2\t\n",
        "SID,First Name,Last Name,Email,Sections,Team\n1,Ann,Lee,a@u.edu,S1,Red\n2,雷,李,l@u.edu,S2,\n",
        '"id","name","email","section","group"\n"1"," Ann Lee ","a@u.edu","S1","Red"\n2,李雷,l@u.edu,S2\n',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_rosters_as_courses_keep_them(read, table, encoding, end):
    assert rows(read(table.replace("\n", end).encode(encoding))) == CLASS


def ids(roster):
    return {person.id: dict(person.ids) for person in roster.people.values()}


def test_canvas_gradebook(read):
    table = (
        "Student,ID,SIS User ID,SIS Login ID,Section,Homework 1 (77)\n,,,,,Manual Posting\n    满分,,,,,10.00\n"
        '"Lee, Ann",12,u1,ann,S1,\n"Student, Test",13,,test,S1,\n'
    )
    assert ids(read(table)) == {
        "ann": {"canvas": "12", "sis": "u1", "login": "ann"}, "test": {"canvas": "13", "login": "test"},
    }  # fmt: skip


@pytest.mark.parametrize(
    "table",
    [
        "Identifier,Full name,Email address,Status,Grade,Last modified (submission)\n"
        'Participant 12,Ann Lee,a@u.edu,Submitted,,"Thursday, 1 October 2026, 10:30 PM"\n'
        "Participant 13,Bo,b@u.edu,,,-\n",
        "标识符,姓名,电子邮件地址,状态,成绩,上次修改（作业）\n"
        "参与人12,Ann Lee,a@u.edu,,,2026年10月1日 星期四 22:30\n参与人13,Bo,b@u.edu,,,-\n",
        "编号,全名,邮件地址,最后修改（学生）\n"
        "参与者 12,Ann Lee,a@u.edu,2026年10月1日 下午10:30\n参与者 13,Bo,b@u.edu,\n",
    ],
)
def test_moodles_worksheet(read, table):
    roster = read(table)
    assert ids(roster) == {"a@u.edu": {"moodle": "12"}, "b@u.edu": {"moodle": "13"}}
    assert roster.handed_in == {"a@u.edu": datetime(2026, 10, 1, 22, 30, tzinfo=UTC)}


def test_github_classroom_and_its_heir(read):
    assert ids(read("identifier,github_username,github_id,name\nAnn (1),ann-l,4,\n")) == {
        "Ann (1)": {"github": "ann-l"}
    }
    heir = read("username,first_name,last_name,email,section,github_id\nann-l,Ann,Lee,,S1,4\n")
    assert rows(heir) == [("ann-l", "Ann Lee", "", "S1", "")]


def test_the_id_is_what_tells_everybody_apart(read):
    assert [*read("name,email\nSam,s@u.edu\nSam,t@u.edu\n").people] == ["s@u.edu", "t@u.edu"]
    assert [*read("学号,姓名,邮箱\n1,Ann,a@u.edu\n,Bo,b@u.edu\n").people] == ["a@u.edu", "b@u.edu"]
    assert [*read("姓名,组\nAnn,1\nBo,1\n").people] == ["Ann", "Bo"]
    assert [*read("name,number\n'=SUM(1),7\n").people] == ["7"]


@pytest.mark.parametrize(
    ("table", "faults"),
    [
        ("", [(1, 0, "The table is empty.")]),
        ("id,name\n", [(1, 0, "The table names nobody.")]),
        ("points,comment\n1,2\n", [(1, 1, "The table has no column that names a person.")]),
        ("id,name\n1,Ann\n2,Bo\n １,Cy\n,Dee\n", [(4, 1, "`１` is there twice."), (5, 0, "This row has no id.")]),
        ("学号,姓名\n1,Ann\n,Bo\n", [(3, 0, "This row has no id.")]),
        ("学号,email\n1,a@u\n1,b@u\n,c@u\n", [(3, 1, "`1` is there twice.")]),
        ("name\nSam\nsam\n", [(3, 1, "`sam` is there twice.")]),
        ("id,name,id\n1,Ann,2\n", [(1, 9, "The column `id` is there twice.")]),
        ("id,name\n1,Lee, Ann\n", [(2, 7, "This row has more cells than the head.")]),
        ("id,name,section\n1,Ann,S\n,,S1\n", [(3, 0, "This row names nobody.")]),
    ],
)
def test_every_fault_is_told_at_its_place(read, table, faults):
    with pytest.raises(TableError) as error:
        read(table)
    told = [(each.at.line, each.at.column, each.message.text("en")) for each in error.value.faults]
    assert told == faults
    assert "名单" in show_error(error.value, "zh")


def test_a_whole_class_is_no_group(read):
    with pytest.raises(TableError) as error:
        read("id,group\n" + "".join(f"{number},A\n" for number in range(60)))
    (fault,) = error.value.faults
    assert (fault.at.line, fault.at.column, fault.message.text("en")) == (2, 3, "60 people are in the group `A`.")


def test_what_is_no_table_is_said(read, tmp_path):
    with pytest.raises(UsageError, match="is no roster in CSV"):
        read(b"PK\x03\x04\0\0\0\xff")
    with pytest.raises(UsageError, match="There is no roster"):
        read_roster(tmp_path / "nowhere.csv")


def test_names_from_a_table_are_inert(read):
    (person,) = read("id,name\n1,a\x1b[31m\u202e\n").people.values()
    assert person.name == "a\\x1b[31m\\u202e"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(st.one_of(st.binary(max_size=300), st.text("id,name;\t\n\"'=1a\r姓名", max_size=120).map(str.encode)))
def test_any_bytes_are_a_roster_or_an_error_with_a_place(read, data):
    try:
        roster = read(data)
    except TableError as error:
        assert error.faults and all(fault.at.line for fault in error.faults)
    except UsageError as error:
        assert error.message.text("en")
    else:
        assert roster.people and all(key == person.id for key, person in roster.people.items())


CST = timezone(timedelta(hours=8))


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2026-10-01T12:00:00Z", datetime(2026, 10, 1, 12, tzinfo=UTC)),
        ("2026-10-01 12:00:00.123456789 -07:00", datetime(2026, 10, 1, 19, 0, 0, 123456, tzinfo=UTC)),
        ("2026-10-01 12:00:00.5 UTC", datetime(2026, 10, 1, 12, 0, 0, 500000, tzinfo=UTC)),
        ("2026-10-01 12:00:00 Asia/Shanghai", datetime(2026, 10, 1, 4, tzinfo=UTC)),
        ("2026-10-01 12:00 +0800", datetime(2026, 10, 1, 4, tzinfo=UTC)),
        ("2026_10_01_T_12_00_30", datetime(2026, 10, 1, 4, 0, 30, tzinfo=UTC)),
        ("2026-10-01T12-00", datetime(2026, 10, 1, 4, tzinfo=UTC)),
        ("2026-10-01", datetime(2026, 9, 30, 16, tzinfo=UTC)),
        ("Thursday, 1 October 2026, 12:05 AM", datetime(2026, 9, 30, 16, 5, tzinfo=UTC)),
        ("2026年10月1日 星期四 上午12:05", datetime(2026, 9, 30, 16, 5, tzinfo=UTC)),
        ("2026-13-01", None), ("2026-10-01 12:00 XYZT", None), ("hw1", None), ("", None), ("-", None),
        ("1 Foo 2026 12:00", None), ("0000-01-01 00:00", None), ("0001-01-01 00:00 +1400", None),
        ("9999-12-31 23:59 -1400", None), ("2026-10-01 12:00 +9900", None),
    ],
)  # fmt: skip
def test_times_as_platforms_write_them(text, time):
    assert moment(text, CST) == time


def test_a_time_without_a_zone_is_this_machines(read):
    assert moment("2026-10-01 12:00").tzinfo is not None


@settings(max_examples=200, deadline=None)
@given(st.text("0123456789-_:T. +ZUC/年月日午上下,apmOctober", max_size=60))
def test_any_text_is_a_time_or_none(text):
    at = moment(text, UTC)
    assert at is None or at.tzinfo is not None


@pytest.fixture
def together(tmp_path):
    """Return a function that reads several tables as one roster."""

    def roster_of(*tables):
        files = [tmp_path / f"{number}.csv" for number in range(len(tables))]
        for file, table in zip(files, tables, strict=True):
            file.write_text(table, "utf-8")
        return read_rosters(files, UTC)

    return roster_of


def test_two_sections_are_one_roster_and_who_is_in_both_is_one(together):
    roster = together(
        "id,name,section,group\n1,Ann Lee,A,Red\n2,Bo,,\n", "id,name,email,section,group\n2,,b@u,B,Blue\n3,Cy,,B,Blue\n"
    )
    assert rows(roster) == [
        ("1", "Ann Lee", "", "A", "Red"),
        ("2", "Bo", "b@u", "B", "Blue"),
        ("3", "Cy", "", "B", "Blue"),
    ]


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ("id,name\n1,Ann\n2,Bo\n", "id,name\n3,Cy\n2,Bob\n", "`2` has `Bob` here, and `Bo` in another roster."),
        ("id,section\n1,A\n2,A\n", "id,section\n3,B\n2,B\n", "`2` has `B` here, and `A` in another roster."),
        ("id,email\n1,a@u\n2,b@u\n", "id,email\n4,d@u\n3,b@u\n", "`b@u` is `3` here, and `2` in another roster."),
        ("id,github\n1,a\n2,b\n", "id,github\n4,d\n2,c\n", "`2` has `c` here, and `b` in another roster."),
        (
            "id,group\n1,\n2,G1\n",
            "id,group\n4,\n3,g1\n",
            "The group `g1` is in another roster too, with other members.",
        ),
    ],
)
def test_rosters_that_contradict_each_other_are_told_with_both_places(together, tmp_path, first, second, said):
    with pytest.raises(TableError) as caught:
        together(first, second)
    (fault,) = caught.value.faults
    assert fault.message.text("en") == said
    assert (fault.at.path, fault.at.line) == (str(tmp_path / "1.csv"), 3)
    assert fault.hint.text("en") == f"In {tmp_path / '0.csv'}, line 3, it is otherwise."


OWN = "学号,姓名,邮箱,班级\n2026001,李雷,lilei@example.edu,A\n2026002,韩梅梅,,A\n2026003,Ann Lee,,B\n"
SHEET = (
    "Identifier,Full name,ID number,Email address,Status,Grade,Last modified (submission)\n"
    'Participant 11,Lei Li,,LiLei@example.edu,,,"Thursday, 1 October 2026, 10:30 PM"\n'
    "Participant 12,Meimei,2026002,,,,-\n"
    'Participant 13,"Lee, Ann",,ann@example.edu,,,-\n'
    "Participant 14,Some Teacher,,teacher@example.edu,,,-\n"
)


def both(tmp_path, own=OWN, sheet=SHEET):
    for name, text in (("roster.csv", own), ("worksheet.csv", sheet)):
        (tmp_path / name).write_text(text, "utf-8")
    return read_rosters([tmp_path / "roster.csv", tmp_path / "worksheet.csv"], CST)


def test_the_courses_own_roster_wins_over_moodles_worksheet(tmp_path):
    found = both(tmp_path)
    assert [(each.id, each.name, each.email, each.section, each.ids["moodle"]) for each in found.people.values()] == [
        ("2026001", "李雷", "lilei@example.edu", "A", "11"),
        ("2026002", "韩梅梅", "", "A", "12"),
        ("2026003", "Ann Lee", "ann@example.edu", "B", "13"),
    ]
    assert found.handed_in == {"2026001": datetime(2026, 10, 1, 22, 30, tzinfo=CST)}


@pytest.mark.parametrize(
    ("old", "new", "line", "told"),
    [
        (",2026002,,", ",2026002,lilei@example.edu,", 3, "several people of another roster: 2026001, 2026002"),
        (",,LiLei@", ",2026009,lilei@", 2, "`2026001` has `2026009` here, and `2026001` in another roster."),
    ],
)
def test_tables_that_say_different_things_of_one_person_are_refused(tmp_path, old, new, line, told):
    with pytest.raises(TableError) as caught:
        both(tmp_path, sheet=SHEET.replace(old, new).replace("LiLei", "lilei" if line == 2 else "li"))
    faults = [fault for fault in caught.value.faults if told in fault.message.text("en")]
    assert [(Path(fault.at.path).name, fault.at.line) for fault in faults] == [("worksheet.csv", line)]


NAMESAKES = "Identifier,Full name,Email address\nParticipant 11,Wei Zhang,wz1@u\nParticipant 12,Zhang Wei,wz2@u\n"


def test_a_namesake_in_a_worksheet_is_never_taken_for_somebody_in_the_course(tmp_path):
    with pytest.raises(TableError) as caught:
        both(tmp_path, "id,name\n1,Zhang Wei\n", NAMESAKES)
    (fault,) = caught.value.faults
    assert fault.at.line == 3
    assert fault.message.text("en") == "`Zhang Wei` may be `1` of another roster, and so may who is in line 2."


def test_who_is_known_by_an_address_is_not_looked_for_by_name(tmp_path):
    found = both(tmp_path, "id,name,email\n1,Zhang Wei,wz2@u\n", NAMESAKES)
    assert [(each.id, each.ids["moodle"]) for each in found.people.values()] == [("1", "12")]


def test_the_courses_id_is_canvass_sis_id_whatever_the_name(tmp_path):
    sheet = 'Student,ID,SIS User ID,SIS Login ID,Section\n"Li, A.",101,s1,,A\nAn Li,102,s2,,A\n'
    found = both(tmp_path, "id,name\ns1,An Li\n", sheet)
    assert [(each.id, each.ids["canvas"]) for each in found.people.values()] == [("s1", "101")]


def test_two_sections_that_tell_other_times_of_one_person_are_refused(together):
    with pytest.raises(TableError) as caught:
        together("id,submitted_at\n1,2026-10-10 23:00\n", "id,submitted_at\n1,2026-10-12 08:00\n")
    (fault,) = caught.value.faults
    assert "`1` has `2026-10-12 08:00` here, and `2026-10-10 23:00` in another" in fault.message.text("en")
