"""Files of a class for platforms: each as its platform reads it, and never a zero that is our fault."""

import io
import json
import zipfile

import class_samples as classes
import jsonschema
import pandas
import pytest
import report_samples as samples
from msgspec.structs import replace
from platform_readers import CLASSROOM50, moodle_grades, names_in, rows_of
from report_golden import check_golden

from grader.errors import EngineError, UsageError
from grader.language import inert, say
from grader.model import Adjustment
from grader.report import FILES, FORMATS, format_of
from grader.report.exporting import exported

EVERY = samples.samples()
BY_NAME = pytest.mark.parametrize("sample", EVERY, ids=lambda sample: sample.name)
CLASS = classes.a_class()


def file_of(kind, standings=CLASS, *, language="en", filled=None):
    """Return the only file of a kind as text, and what is told about it."""
    (file,) = exported(kind, classes.reading(standings), language=language, filled=filled)
    return b"".join(file.data).decode(), [remark.text("en") for remark in file.remarks]


# --- the table


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_table_has_people_times_and_maxima(language):
    text, _ = file_of("csv", language=language)
    check_golden(f"class.{language}.csv", text)
    head, most, *people = rows_of(text)
    assert {len(row) for row in (head, most, *people)} == {len(head)}
    assert most[0] in ("(out of)", "（满分值）")
    assert [row[0] for row in people] == ["s1", "s2", "s3", "s4", "s5"]


def test_in_the_table_our_fault_and_nothing_are_empty():
    frame = pandas.read_csv(io.StringIO(file_of("csv")[0].removeprefix("\ufeff")), index_col="id")
    assert frame["total"].to_dict() == {"(out of)": 55, "s1": 55, "s2": 28.33, "s3": 0, "s4": None, "s5": None} | {
        name: pytest.approx(float("nan"), nan_ok=True) for name in ("s4", "s5")
    }
    assert frame["status"]["s4"] == "not graded" and frame["status"]["s5"] == "nothing handed in"


# --- JSON Lines


def test_json_lines_come_one_by_one_from_a_stream():
    taken = []

    def stream():
        for one in CLASS:
            taken.append(one)
            yield one

    (file,) = exported("jsonl", classes.reading(stream()), language="en")
    chunks = iter(file.data)
    first = b""
    while not first:
        first = next(chunks)
    assert len(taken) == 1, "the second person was not asked for yet"
    lines = [json.loads(line) for line in (first + b"".join(chunks)).splitlines()]
    assert [line["person"]["id"] for line in lines] == ["s1", "s2", "s3", "s4", "s5"]
    assert [line["report"] and line["report"]["score"] for line in lines] == [55, 28.33, 0, None, None]
    assert lines[0]["handed_in"] == "2026-11-28T21:05:00Z" and lines[0]["attempts"] == 3


# --- Canvas

CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Homework 1 (7),"
    "\"Convolutional networks, step by step (8)\",Final Score\r\n"
    "    Points Possible,,,,,10.00,55.00,(read only)\r\n"
    "\"Lovelace, Ada\",101,,ada,One,9.5,,90.1\r\n"
    "\"Euler, Leonhard\",102,,leo,One,,12.00,\r\n"
    "\"王, 小明\",103,,wang,\"One, Two\",3,EX,\r\n"
    "=cmd|'/c calc'!A1,104,,x,One,,40,\r\n"
    "\"Noether, Emmy\",105,,emmy,One,,7,\r\n"
    "\"Student, Test\",900,,test,One,,,\r\n"
)  # fmt: skip


def test_canvas_is_filled_in_and_nothing_else_changes():
    text, told = file_of("canvas", filled=CANVAS.encode())
    expected = CANVAS.replace("9.5,,90.1", "9.5,55,90.1").replace(",,12.00,", ",,28.33,")
    assert text == expected, "EX, what was not graded and what was not handed in stay"
    assert told == ["1 row is nobody's here, and stays as it is: Student, Test"]


def test_canvas_keeps_mark_semicolons_and_ends_of_lines():
    plain = CANVAS.replace('"One, Two"', "One").replace("networks, step", "networks step").replace('"', "")
    data = plain.replace("Lovelace, Ada", "Ada").replace("\r\n", "\n").replace(",", ";").encode()
    with pytest.raises(UsageError, match="no single assignment"):
        file_of("canvas", filled=data)
    named = data.replace(b"Convolutional networks step by step", b'"Convolutional networks, step by step')
    text, _ = file_of("canvas", filled=b"\xef\xbb\xbf" + named.replace(b"step (8)", b'step (8)"'))
    assert text.startswith("\ufeffStudent;ID") and "\r" not in text and "9.5;55;90.1" in text


def test_canvas_finds_the_only_assignment_and_asks_among_several():
    alone = CANVAS.replace(",Homework 1 (7)", "").replace("Convolutional networks, step by step (8)", "HW (8)")
    alone = "".join(row.replace(",10.00,", ",").replace(",9.5,", ",") for row in alone.splitlines(keepends=True))
    assert "One,55,90.1" in file_of("canvas", filled=alone.encode())[0]
    with pytest.raises(UsageError, match="no single assignment"):
        file_of("canvas", filled=CANVAS.replace("Convolutional networks, step by step (8)", "HW (8)").encode())


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (CANVAS.replace("55.00", "100").encode(), "grades out of 100, the rubric out of 55"),
        (b"id,name\n1,Ada\n", "no gradebook of Canvas"),
        (CANVAS.encode("utf-16"), None),
        ("Student,ID,Section,x (1)\nJosé,1,A,\n".encode("latin-1"), "no text in UTF-8"),
        (b"", "no gradebook of Canvas"),
    ],
)  # fmt: skip
def test_another_file_is_refused(data, said):
    if said is None:
        (file,) = exported("canvas", classes.reading(CLASS), language="en", filled=data)
        assert "9.5,55,90.1" in b"".join(file.data).decode("utf-16")
        return
    with pytest.raises(UsageError, match=said):
        file_of("canvas", filled=data)


def test_canvas_without_a_gradebook_has_the_head_that_the_importer_wants():
    text, told = file_of("canvas", language="zh")
    check_golden("canvas.zh.csv", text)
    head, possible, *people = rows_of(text)
    assert "Student" in head[0] and "ID" in head[1] and "Section" in head[4]
    assert "Points Possible" in possible[0] and possible[-1] == "55"
    assert [(row[1], row[-1]) for row in people] == [
        ("101", "55"), ("102", "28.33"), ("103", "0"), ("104", ""), ("105", ""),
    ]  # fmt: skip
    assert people[3][0].startswith("'=") and "new assignment" in told[0]


def test_a_title_that_ends_like_an_assignment_of_canvas_is_no_such_number():
    report = replace(classes.full(), assignment=samples.Bilingual("作业 (2)", "Homework (2)"))
    head = rows_of(file_of("canvas", [classes.standing(classes.person("s1"), report)])[0])[0]
    assert head[-1] == "Homework [2]"


# --- Moodle

HEAD = {
    "en": "Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,"
    "Last modified (submission),Last modified (grade),Feedback comments",
    "zh": "标识符,全名,电子邮件地址,状态,成绩,最高分,允许更改成绩,最后修改（学生）,最后修改（教师）,反馈评语",
    "fr": "Identifiant,Nom complet,Adresse de courriel,Statut,Note,Note maximale,La note peut être modifiée,"
    "Dernière modification (travail),Dernière modification (note),Commentaires",
    "xx": "Aaa,Bbb,Ccc,Ddd,Eee,Fff,Ggg,Hhh (a),Iii (b),Jjj",
}
WORD = {"en": "Participant ", "zh": "参与者", "fr": "Participant ", "xx": "Qq "}
PEOPLE = [
    ("11", "Ada Lovelace", "s1@example.org", "Submitted for grading", "", "55.00", "-"),
    ("12", "Leonhard Euler", "S2@example.org", "Submitted for grading", "3.50", "55.00", "Seen by hand, ok"),
    ("13", "王 小明", "s3@example.org", "Submitted for grading", "", "55.00", ""),
    ("14", "=cmd|'/c calc'!A1", "s4@example.org", "Submitted for grading", "20.00", "55.00", ""),
    ("15", "Emmy Noether", "s5@example.org", "No submission", "", "55.00", ""),
    ("99", "Someone Else", "else@example.org", "No submission", "", "55.00", ""),
]


def worksheet(language="en", *, comma=False):
    lines = [HEAD[language]]
    for number, name, email, status, grade, most, feedback in PEOPLE:
        grade, most = (f'"{text}"' if comma and text else text for text in (grade, most))
        if comma:
            grade, most = grade.replace(".", ","), most.replace(".", ",")
        said = f'"{feedback}"' if feedback and feedback != "-" else ""
        lines.append(
            f'"{WORD[language]}{number}","{name}",{email},"{status}",{grade},{most},Yes,-,'
            f'"Friday, 27 November 2026, 9:05 PM",{said}'
        )
    return "\r\n".join(lines) + "\r\n"


def imported(text, language):
    head, *rows = rows_of(text)
    assert head == HEAD[language].split(",") and all(row[0].startswith(WORD[language]) for row in rows)
    return moodle_grades(text)


@pytest.mark.parametrize("comma", [False, True])
@pytest.mark.parametrize("language", HEAD)
def test_moodle_is_filled_in_whatever_language_its_heads_are_in(language, comma):
    data = worksheet(language, comma=comma)
    text, told = file_of("moodle", filled=data.encode())
    got = imported(text, language)
    assert {number: grade for number, (grade, _) in got.items()} == {
        "11": "55", "12": "28.33", "13": "0", "14": "20,00" if comma else "20.00", "15": "", "99": "",
    }  # fmt: skip
    assert got["11"][1].startswith('<div class="pingfen">') and got["12"][1] == "Seen by hand, ok"
    assert got["14"][1] == got["15"][1] == ""
    assert told == [
        "1 row is nobody's here, and stays as it is: Someone Else",
        "1 feedback that somebody wrote is kept.",
    ]
    untouched = [[cell for place, cell in enumerate(row) if place not in (4, 9)] for row in rows_of(text)]
    assert untouched == [[c for place, c in enumerate(row) if place not in (4, 9)] for row in rows_of(data)]
    assert not text.startswith("\ufeff") and text.count("\r\n") == data.count("\r\n") == text.count("\n")


def test_a_feedback_of_ours_is_written_anew_and_is_short():
    text, _ = file_of("moodle", filled=worksheet().encode())
    again, told = file_of("moodle", filled=text.encode())
    assert again == text and len(told) == 2
    lengthy = replace(classes.nothing_right(), problems=tuple(
        samples.problem(f"f{number}", "failed", message=say("{text}", text=inert("<b>" * 20))) for number in range(40)
    ))  # fmt: skip
    one = [classes.standing(classes.person("s1", moodle="11"), lengthy)]
    long, _ = file_of("moodle", one, filled=worksheet().encode())
    feedback = imported(long, "en")["11"][1]
    assert len(feedback) <= 500 and "further functions are left out." in feedback and feedback.endswith("</div>")
    assert "<b>" not in feedback and "&lt;b&gt;" in feedback


def test_who_has_no_number_is_found_by_email_or_name():
    by_mail = replace(CLASS[0], person=classes.person("s1", "someone"))
    by_name = replace(CLASS[2], person=replace(classes.person("x", "王  小明"), email=""))
    got = imported(file_of("moodle", [by_mail, by_name], filled=worksheet().encode())[0], "en")
    assert (got["11"][0], got["13"][0]) == ("55", "0")


def test_an_unclear_row_is_told_and_stays():
    namesake = replace(CLASS[0].person, id="s9", email="", ids={})
    other = replace(CLASS[1].person, email="", ids={}, name=inert("Ada Lovelace"))
    unclear = [classes.standing(namesake, classes.full()), classes.standing(other, classes.half())]
    text, told = file_of("moodle", unclear, filled=worksheet().encode())
    assert text == worksheet() and "1 row could be more than one person's, and stays as it is: Ada Lovelace" in told


def test_bonus_is_capped_at_moodles_highest_grade_or_counts_where_that_has_room():
    one = [classes.standing(classes.person("s1", moodle="11"), classes.with_bonus())]
    text, told = file_of("moodle", one, filled=worksheet().encode())
    assert imported(text, "en")["11"][0] == "55" and "1 mark with bonus was above the highest grade, 55" in told[1]
    text, _ = file_of("moodle", one, filled=worksheet().replace("55.00", "75.00").encode())
    assert imported(text, "en")["11"][0] == "75"
    with pytest.raises(UsageError, match="grades out of 100"):
        file_of("moodle", one, filled=worksheet().replace("55.00", "100.00").encode())


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (None, "its own worksheet only"),
        ("ID,Full name,Grade\n11,Ada,\n", "no column `Identifier`"),
        ("Identifier,Full name,Mark\nParticipant 1,Ada,x\n", "no column `Grade`"),
        (HEAD["en"] + "\n", "no column `Identifier`"),
    ],
)
def test_what_is_no_worksheet_is_refused(data, said):
    with pytest.raises(UsageError, match=said):
        file_of("moodle", filled=data and data.encode())


def test_feedback_files_are_in_the_folders_of_moodle():
    hostile = classes.standing(classes.person("s8", "../_Bob_/\\ O:Neil", moodle="18"), classes.full())
    nobody = classes.standing(classes.person("s9", "No Number"), classes.full())
    (file,) = exported("moodle-feedback", classes.reading([*CLASS, hostile, nobody]), language="en")
    names = names_in(b"".join(file.data))
    assert names == sorted(
        f"{name}_assignsubmission_file_/report.html"
        for name in ("Ada Lovelace_11", "Euler, Leonhard_12", "王 小明_13", "Bob  O Neil_18")
    )
    for name in names:  # as Moodle reads it (importziplib.php)
        assert name.split("/")[0].split("_", 4)[1:4:2] == [name.split("_")[1], "file"]
    assert [remark.text("en") for remark in file.remarks] == [
        "1 person has no participant's number of Moodle, and no page: No Number"
    ]


def test_a_worksheet_gives_the_numbers_of_feedback_files():
    people = [replace(one, person=replace(one.person, ids={})) for one in CLASS]
    (file,) = exported("moodle-feedback", classes.reading(people), language="en", filled=worksheet("zh").encode())
    assert {name.split("_")[1] for name in names_in(b"".join(file.data))} == {"11", "12", "13"}


# --- Classroom 50


def lost(report):
    return not report.problems or any(problem.status == "not_graded" for problem in report.problems)


@BY_NAME
@pytest.mark.parametrize("language", ["en", "zh"])
def test_classroom_50_accepts_every_report(sample, language):
    if lost(sample.report):
        with pytest.raises(EngineError):
            classes.text_of("classroom50", sample.report, language)
        return
    result = json.loads(classes.text_of("classroom50", sample.report, language))
    jsonschema.validate(result, CLASSROOM50)
    assert result["score"] == sum(test["score"] for test in result["tests"]) <= result["max-score"]
    assert all(test["score"] <= test["max-score"] for test in result["tests"])


def test_classroom_50_counts_in_cents():
    result = json.loads(classes.text_of("classroom50", classes.half()))
    assert (result["score"], result["max-score"]) == (2833, 5500)
    assert "hundredths of a point" in result["tests"][0]["output"] and result["datetime"] == "2026-11-28T21:05:00Z"
    bonus = json.loads(classes.text_of("classroom50", classes.with_bonus()))
    assert bonus["score"] == bonus["max-score"] == 5500 and bonus["tests"][-1]["score"] == 0
    assert "2000 less than earned" in bonus["tests"][-1]["output"]
    late = Adjustment(policy="late", reason=say("late by 1 day"), points=samples.F(-20))
    adjusted = replace(classes.full(), adjustments=(late,), score=samples.F(35))
    scores = [test["score"] for test in json.loads(classes.text_of("classroom50", adjusted))["tests"]]
    assert scores == [1500, 2000]


@pytest.mark.parametrize("gone", ["CLASSROOM", "SUBMISSION_TAG", "COMMIT_URL"])
def test_classroom_50_needs_its_runner(gone, monkeypatch):
    monkeypatch.delitem(classes.RUNNER, gone)
    with pytest.raises(UsageError, match=gone):
        classes.text_of("classroom50", classes.full())


# --- Coursera, nbgrader, Autolab


def test_coursera_has_the_share_and_at_most_64_kb():
    assert json.loads(classes.text_of("coursera", classes.half()))["fractionalScore"] == pytest.approx(28.33 / 55)
    assert json.loads(classes.text_of("coursera", classes.with_bonus()))["fractionalScore"] == 1
    huge = samples.report(
        *(samples.problem(f"f{number}", "failed", message=say("{text}", text="“积”" * 100)) for number in range(900))
    )
    text = classes.text_of("coursera", huge, "zh")
    assert len(text.encode()) < 64_000
    assert "题因篇幅略去。" in json.loads(text)["feedback"].splitlines()[-1]
    with pytest.raises(EngineError, match="Coursera gets no file"):
        classes.text_of("coursera", classes.not_graded())


def test_nbgraders_table_opens_where_nbgraders_own_does():
    frame = pandas.read_csv(io.StringIO(file_of("nbgrader")[0]), index_col="student_id")
    assert list(frame.columns) == [
        "assignment", "duedate", "timestamp", "last_name", "first_name", "email", "raw_score",
        "late_submission_penalty", "score", "max_score",
    ]  # fmt: skip
    names = frame.loc["s2", ["last_name", "first_name", "score", "max_score"]].tolist()
    assert names == ["Euler", "Leonhard", 28.33, 55]
    assert frame["score"].isna().tolist() == [False, False, False, True, False], "only our fault is blank"
    assert frame["score"]["s5"] == 0 and frame["timestamp"].isna()["s5"]
    late = Adjustment(policy="late", reason=say("late by 1 day"), points=samples.F(-5, 2))
    report = replace(classes.full(), adjustments=(late,), score=samples.F(105, 2))
    row = rows_of(file_of("nbgrader", [classes.standing(classes.person("s1"), report)])[0])[1]
    assert row[-4:] == ["55.0", "2.5", "52.5", "55.0"]


@BY_NAME
def test_autolab_reads_the_last_line(sample):
    *_, table, last = classes.text_of("autolab", sample.report).splitlines()
    assert json.loads(table)["_presentation"] == "semantic"
    scores = json.loads(last)["scores"]
    graded = {one.function for one in sample.report.problems if one.status != "not_graded" and one.max_score}
    graded |= {item.name for item in sample.report.manual if not item.is_open}
    assert set(scores) == graded and all(isinstance(score, float) for score in scores.values())


# --- all of them


@pytest.mark.parametrize("kind", [*FORMATS, *FILES])
def test_nobody_can_read_what_is_hidden(kind):
    one = [classes.standing(classes.person("s1", "Ada", canvas="1", moodle="11"), samples.instructor())]
    filled = (
        worksheet().replace("55.00", f"{float(samples.instructor().max_score):g}").encode()
        if kind == "moodle"
        else None
    )
    place = classes.Surroundings(environment=classes.RUNNER, now=classes.AT)
    data = b"".join(
        b"".join(file.data) for file in exported(kind, classes.reading(one), language="en", filled=filled, place=place)
    )
    if kind == "moodle-feedback":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            data = archive.read(archive.namelist()[0])
    assert b"987654321" not in data and b"20240501" not in data and data
    assert format_of(kind).suffix


@pytest.mark.parametrize("kind", [*FORMATS, *FILES])
def test_an_empty_class_has_its_files_too(kind):
    nobody = [classes.standing(classes.person("s5", "Emmy Noether", canvas="105", moodle="15"))]
    filled = worksheet().encode() if kind == "moodle" else None
    for people in ([], nobody):
        for file in exported(kind, classes.reading(people), language="en", filled=filled):
            data = b"".join(file.data)
            assert data == filled or kind != "moodle"
            if kind in ("csv", "canvas", "nbgrader"):
                assert len({len(row) for row in rows_of(data.decode())}) == 1
