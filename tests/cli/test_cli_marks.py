"""What a person grades: open in every report until a table gives its marks, for one submission, several or a class."""

import csv
import json

import pytest
from cli_runs import in_process, in_text

RUBRIC = """\
title: {zh: 作业一, en: Homework 1}
language: en
seed: 7
submission: assignment/hw.py
reference: solutions/hw.py
total: 5
problems:
  double: {points: 2, checks: [{values: numbers, draw: {x: normal(3)}}]}
  extra: {points: 0, checks: [{values: numbers, draw: {x: normal(3)}}]}
manual:
  essay:
    title: {zh: 为什么取中位数, en: Why the median}
    points: 3
    criteria:
      - {says: {zh: 提到离群值, en: names outliers}, points: 2}
      - {says: {zh: 举了例子, en: gives an example}, points: 1}
"""
RIGHT = "def double(x):\n    return 2 * x\n\n\ndef extra(x):\n    return x + 1\n"


@pytest.fixture
def course(tmp_path):
    (tmp_path / "grading.yaml").write_text(RUBRIC, "utf-8")
    texts = {
        "solutions": RIGHT,
        "class/alice": RIGHT,
        "class/bob": RIGHT.replace("x + 1", "x + 2"),
        "class/李雷": RIGHT.replace("2 * x", "3 * x"),
    }
    for folder, text in texts.items():
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "hw.py").write_text(text, "utf-8")
    return tmp_path


def grade(course, *words):
    return in_text(in_process(["--lang", "en", *words], cwd=course, environment={}))


def marked(course, *rows, name="marks.csv"):
    (course / name).write_text("\n".join(["name,item,points,comment", *rows, ""]), "utf-8")
    return name


def test_what_is_open_does_not_fail(course):
    run = grade(course, "class/alice", "--self-check")
    assert run.returncode == 0, run.stderr
    assert "required 2 / 5, 3 points still to be graded by hand" in run.stdout
    assert "  - names outliers (2 points)" in run.stdout
    run = grade(course, "class/alice", "--only", "double")
    assert (run.returncode, "required 2 / 2\n" in run.stdout) == (0, True), "only what was asked for"


def test_marks_reach_a_class_and_what_is_missing_stays_open(course):
    table = marked(course, "alice,essay,3,", "李雷,essay,2,Where is the example?")
    run = grade(course, "class", "--each", "--manual", table, "--out", "reports", "--format", "json")
    assert run.returncode == 1, run.stderr
    assert run.stdout.split("\n")[2:] == [
        "class/alice  5 / 5  full marks",
        "class/bob    2 / 5  open          ○essay",
        "class/李雷   2 / 5  partly right  ✗double ◐essay",
        "",
    ]
    report = json.loads((course / "reports" / "李雷.json").read_text("utf-8"))
    assert (report["score"], report["open_points"]) == (2, 0)
    assert (report["manual"][0]["score"], report["manual"][0]["comment"]) == (2, "Where is the example?")
    assert json.loads((course / "reports" / "bob.json").read_text("utf-8"))["open_points"] == 3


def test_the_gradebook_is_a_table_of_marks(course):
    assert grade(course, "class", "--each", "--format", "csv", "--output", "class/book.csv").returncode == 1
    rows = list(csv.DictReader((course / "class/book.csv").read_text("utf-8-sig").splitlines()))
    assert [row["essay"] for row in rows] == ["3", "", "", ""], "the first row says what an essay is worth"
    for row, points in zip(rows[1:], ("3", "2.5", ""), strict=True):
        row["essay"] = points
    with (course / "class/book.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    run = grade(course, "class", "--each", "--format", "csv", "--manual", "class/book.csv")
    seen = csv.DictReader(run.stdout.removeprefix("\ufeff").splitlines())
    assert [(row["submission"], row["total"], row["essay"]) for row in seen] == [
        ("(out of)", "5", "3"), ("class/alice", "5", "3"), ("class/bob", "4.5", "2.5"), ("class/李雷", "0", ""),
    ]  # fmt: skip


@pytest.mark.parametrize("words", [["class/alice"], ["class/alice/hw.py"], ["class/alice", "class/bob"]])
def test_one_submission_and_several_paths(course, words):
    run = grade(course, *words, "--manual", marked(course, "alice,essay,1,Short."))
    assert "Comment: Short." in run.stdout and "required 3 / 5" in run.stdout
    assert run.returncode == 1, "two points are missing now"
    run = grade(course, *words, "--manual", marked(course, "alice,essay,3,"))
    assert run.returncode == 0 and "required 5 / 5" in run.stdout


def test_others_rows_are_passed_over_for_one_and_a_fault_for_a_class(course):
    table = marked(course, "bob,essay,1,")
    run = grade(course, "class/alice", "--manual", table)
    assert run.returncode == 0 and "marks.csv has no mark for what is graded here." in run.stderr
    run = grade(course, "class", "--each", "--manual", marked(course, "bbo,essay,1,"))
    assert run.returncode == 2 and "marks.csv:2:11: No submission is called `bbo`." in run.stderr
    assert "Did you mean `bob`?" in run.stderr and run.stdout == ""


def test_a_report_of_a_file_that_cannot_be_read_keeps_its_marks(course):
    (course / "class/alice/hw.py").write_text("def double(x:\n", "utf-8")
    run = grade(course, "class/alice", "--manual", marked(course, "alice,essay,3,"))
    assert "required 3 / 5" in run.stdout and run.returncode == 1


def test_a_table_that_was_handed_in_is_not_followed(course):
    table = marked(course, "alice,essay,3,", name="class/alice/marks.csv")
    run = grade(course, "class/alice", "--manual", table)
    assert run.returncode == 2 and "came with what is graded" in run.stderr


def test_a_rubric_without_such_items_says_so(course):
    (course / "grading.yaml").write_text(RUBRIC[: RUBRIC.index("manual")].replace("total: 5\n", ""), "utf-8")
    run = grade(course, "class/alice", "--manual", marked(course, "alice,essay,3,"))
    assert run.returncode == 2 and "nothing that a person grades" in run.stderr


def test_a_report_in_chinese(course):
    run = grade(course, "class/李雷", "--manual", marked(course, "李雷,essay,2,例子呢？"), "--lang", "zh")
    assert "◐ essay   人工批改" in run.stdout and "评语：例子呢？" in run.stdout
    assert "仅供参考" in run.stdout
