"""`grade class similar` over a class: leads in sentences, as a table, side by side, and the class's code for Dolos."""

import csv
import io
import re
import zipfile
from datetime import UTC, datetime

import pytest

from grader.course.similarity.dolos import DolosEntry, dolos_zip
from tests.course.conftest import Class

RUBRIC = """\
title: t
language: en
seed: 90711
submission: work/hw.py
reference: solutions/hw.py
problems:
  smooth:
    points: 4
    checks:
      - values: lists
        visibility: hidden
        cases: 4
        draw: {xs: "integers(1, 9, 6)"}
"""
REFERENCE = "def smooth(xs):\n    return [sum(xs[:at + 1]) for at in range(len(xs))]\n"
STUB = "def smooth(xs):\n    pass\n"
ODD = """
def smooth(xs):
    # every second one counts twice, and what is left over is carried along
    made, carried = [], 0
    for at, x in enumerate(xs):
        if at % 2 == 1 and x > carried:
            made.append(2 * x - carried // 3)
        elif x == carried:
            made.append(x + at * 5)
        else:
            carried = max(carried, x) - min(at, 4)
            made.insert(0, carried)
    while len(made) < len(xs):
        made.append(carried + len(made) * 11)
    return [made[at] - made[-at - 1] for at in range(len(made))]
"""
RENAMED = re.sub(r"\b(made|carried|at)\b", r"my_\1", ODD).replace("# every", "# I think every")


def another(number):
    """Return a function that nobody else writes, as wrong as theirs."""
    return f"def smooth(xs):\n    found = xs{' * 1' * number}\n    return found[{number % 5}:]\n"


@pytest.fixture(scope="module")
def similar(tmp_path_factory):
    """Return a class of 22 in which two have the same odd function, and one hands in what cannot be read."""
    classroom = Class(tmp_path_factory.mktemp("class"))
    classroom.rubric(RUBRIC)
    (classroom.folder / "solutions" / "hw.py").write_text(REFERENCE, "utf-8")
    (classroom.folder / "work" / "hw.py").write_text(STUB, "utf-8")
    classroom.hand_in("=ann", ODD)
    classroom.hand_in("bob", RENAMED)
    for number in range(19):
        classroom.hand_in(f"s{number}", another(number))
    classroom.hand_in("zoe", "", name="essay.txt")
    classroom.run()
    return classroom


def test_leads_in_sentences_and_as_a_table(similar):
    told = similar.command("similar", "--csv", "leads.csv")
    assert told.returncode == 0, told.stderr
    text = " ".join(told.stdout.split())
    assert "never a verdict" in text.split("1. ")[0]
    assert "1. =ann – bob: expected by chance" in text
    assert "smooth: the same code but for names; nobody else has it" in text
    assert "smooth: the same answers in all hidden cases, 4 of them wrong; nobody else has it" in text
    assert "Innocent causes" in text
    assert "2. " not in text
    assert "it cannot be read: zoe" in text
    rows = list(csv.reader((similar.folder / "leads.csv").open(encoding="utf-8-sig")))
    assert rows[1][:2] == ["'=ann", "bob"]
    assert rows[1][3:6] == ["smooth", "tree up to names; answers", "0"]
    assert float(rows[1][2]) < 0.05


def test_it_is_told_in_chinese(similar):
    assert "除名称外代码相同" in similar.command("similar", "--lang", "zh").stdout


def test_no_report_says_any_of_it(similar):
    before = similar.reports()
    similar.command("similar")
    assert similar.reports() == before
    assert "similar" not in str(before)
    assert "same code" not in similar.command("show", "bob").stdout


def test_two_side_by_side(similar):
    told = similar.command("similar", "bob", "=ann")
    assert "smooth: the same code but for names" in told.stdout
    assert re.search(r"my_made, my_carried = \[\], 0 +│ +made, carried = \[\], 0", told.stdout)
    assert "different code" in similar.command("similar", "bob", "s3").stdout
    assert "cannot be read" in similar.command("similar", "bob", "zoe").stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["bob"], "Name two people"),
        (["bob", "nobody"], "Nobody in this class is called `nobody`"),
        (["--to", "moss=x"], "dolos="),
    ],
)
def test_what_cannot_be_asked(similar, words, said):
    told = similar.command("similar", *words)
    assert told.returncode == 2
    assert said in told.stderr


def test_a_small_class_is_told_that_chance_is_unknown(classroom):
    classroom.rubric(RUBRIC)
    (classroom.folder / "solutions" / "hw.py").write_text(REFERENCE, "utf-8")
    classroom.hand_in("ann", ODD)
    classroom.hand_in("bob", RENAMED)
    classroom.run()
    text = " ".join(classroom.command("similar").stdout.split())
    assert "2 people or groups: below 20, chance cannot be told" in text
    assert "1. ann – bob smooth:" in text
    assert "expected" not in text


def read_as_dolos(archive):
    """Return the rows and the template of a zip, read as Dolos reads it (lib/src/lib/dataset.ts)."""
    with zipfile.ZipFile(io.BytesIO(archive)) as whole:
        rows = list(csv.DictReader(io.StringIO(whole.read("info.csv").decode())))
        for row in rows:
            row["text"] = whole.read(row["filename"]).decode()
        ignored = [row for row in rows if row["ignored"] == "true"]
        assert len(ignored) <= 1
        assert {*whole.namelist()} == {"info.csv", *(row["filename"] for row in rows)}
        return [row for row in rows if row["ignored"] != "true"], ignored


def test_the_classes_code_for_dolos(similar):
    told = similar.command("similar", "--to", "dolos=class.zip")
    assert "21 files for Dolos" in told.stdout
    rows, (template,) = read_as_dolos((similar.folder / "class.zip").read_bytes())
    assert template["text"] == STUB
    assert [row["full_name"] for row in rows][:2] == ["'=ann", "bob"]
    assert rows[0]["text"] == ODD
    assert not any("sum(xs[:at + 1])" in row["text"] for row in rows)


def test_names_in_the_zip_are_plain_and_differ():
    when = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
    people = ["../etc/passwd", "info", "Info", "张三", "李四", "-rf", "template"]
    entries = [DolosEntry(person=each, full_name=each, label="A", handed_in=when, code="x") for each in people]
    rows, ignored = read_as_dolos(dolos_zip(entries, ""))
    assert not ignored
    assert len({row["filename"].lower() for row in rows}) == len(people)
    assert all(re.fullmatch(r"[A-Za-z0-9][\w-]*\.py", row["filename"], re.ASCII) for row in rows)
    assert [row["full_name"] for row in rows] == [*people[:5], "'-rf", "template"]
    assert rows[0]["created_at"] == "2026-11-30 12:00:00 +0000"
